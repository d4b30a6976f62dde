# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The perception node under a lifecycle manager, over DDS: frames in each state, model changes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
import signal
from typing import Any

import numpy as np
import pytest
import yaml

pytest.importorskip('rclpy')

from diagnostic_msgs.msg import DiagnosticArray  # noqa: E402
from diagnostic_msgs.msg import DiagnosticStatus  # noqa: E402
from lifecycle_msgs.msg import Transition  # noqa: E402
from lifecycle_msgs.srv import ChangeState  # noqa: E402
from lifecycle_msgs.srv import GetState  # noqa: E402
from rcl_interfaces.srv import GetParameters  # noqa: E402
from rcl_interfaces.srv import SetParameters  # noqa: E402
from rclpy.parameter import Parameter  # noqa: E402
from rosgraph_msgs.msg import Clock  # noqa: E402
from sensor_msgs.msg import Image  # noqa: E402
from std_srvs.srv import SetBool  # noqa: E402

from hailo_perception.backends.recording import save_recording  # noqa: E402
from hailo_perception.core.frame import Header  # noqa: E402
from hailo_perception.core.tensors import TensorInfo  # noqa: E402
from hailo_perception.msg import ObjectArray  # noqa: E402
from hailo_perception.msg import PipelineStats  # noqa: E402
from hailo_perception.ros import images  # noqa: E402

SIZE = (96, 64)
PICTURE = np.full((SIZE[1], SIZE[0], 3), 90, np.uint8)
HEAD = TensorInfo('head', (8, 12, 6), np.dtype(np.float32))
IMAGES = '/front/image_raw'
OBJECTS = '/perception/front/objects'


def write_model(folder: Path, label: str, score_threshold: float = 0.25) -> Path:
    """Write a model that finds an object of this class in every image."""
    save_recording(
        folder / f'{label}.npz', (HEAD,), [{'head': np.full(HEAD.shape, 0.9, np.float32)}]
    )
    path = folder / f'{label}.yaml'
    detection = {
        'decoder': 'yolo_new_coords',
        'outputs': ['head'],
        'anchors': [[[20, 20]]],
        'classes': [label],
        'score_threshold': score_threshold,
    }
    manifest = {
        'manifest_version': 1,
        'name': f'finds_{label}',
        'files': {'replay': f'{label}.npz'},
        'input': {'width': SIZE[0], 'height': SIZE[1]},
        'tasks': {'detection': detection},
    }
    path.write_text(yaml.safe_dump(manifest))
    return path


class Operator:
    """Sends images, changes the node's state and parameters, and sees what comes of it."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self._sent = 0
        self._image = client.node.create_publisher(Image, IMAGES, 2)
        client.subscribe(ObjectArray, OBJECTS)
        client.subscribe(PipelineStats, '/perception/stats')
        client.subscribe(DiagnosticArray, '/diagnostics')

    @property
    def objects(self) -> list[Any]:
        return list(self.client.received[OBJECTS])

    @property
    def stats(self) -> Any:
        """The counts of the only camera, as the newest statistics have them."""
        return self.client.received['/perception/stats'][-1].cameras[0]

    @property
    def status(self) -> Any:
        """What the node says of itself in the newest diagnostics; None before the first."""
        arrays = self.client.received['/diagnostics']
        return arrays[-1].status[0] if arrays else None

    def send(self) -> None:
        """Publish an image with the next stamp."""
        self._sent += 1
        self._image.publish(images.to_message(PICTURE, Header(10**9 + 10**7 * self._sent, 'f')))

    def send_until_seen(self) -> None:
        """Send images until the answer to one of them comes."""
        count = len(self.objects)
        self.client.publish_until(self.send, lambda: len(self.objects) > count, 'objects')

    def wait_for_status(self, text: str) -> Any:
        """Wait for diagnostics that say this."""
        self.client.wait_until(lambda: self.status and text in self.status.message, text)
        return self.status

    def change(self, transition: int) -> bool:
        request = ChangeState.Request(transition=Transition(id=transition))
        return bool(self.client.call(ChangeState, '/perception/change_state', request).success)

    def state(self) -> str:
        answer = self.client.call(GetState, '/perception/get_state', GetState.Request())
        return str(answer.current_state.label)

    def set(self, **values: Any) -> Any:
        """Set one parameter and return the result."""
        ((name, value),) = values.items()
        parameter = Parameter(name.replace('__', '.'), value=value).to_parameter_msg()
        request = SetParameters.Request(parameters=[parameter])
        answer = self.client.call(SetParameters, '/perception/set_parameters', request)
        return answer.results[0]

    def get(self, name: str) -> Any:
        request = GetParameters.Request(names=[name])
        answer = self.client.call(GetParameters, '/perception/get_parameters', request)
        return answer.values[0]


@pytest.fixture
def operator(client: Any) -> Operator:
    return Operator(client)


@pytest.fixture
def cars(tmp_path: Path) -> Path:
    return write_model(tmp_path, 'car')


def class_names(message: Any) -> set[str]:
    return {found.class_name for found in message.objects}


def test_twice_through_all_states(
    start_node: Callable[..., Any], operator: Operator, client: Any, cars: Path
) -> None:
    """Frames come while it is active and in no other state; none is lost uncounted."""
    node = start_node('perception_node', autostart=False, model=str(cars), stats_period_s=0.1)
    assert operator.wait_for_status('unconfigured').level == DiagnosticStatus.OK
    for _ in range(2):
        assert client.node.count_publishers(OBJECTS) == 0
        operator.send()
        assert operator.change(Transition.TRANSITION_CONFIGURE)
        assert operator.state() == 'inactive'
        operator.wait_for_status('inactive: ros2 lifecycle set /perception activate')
        client.wait_until(lambda: client.node.count_publishers(OBJECTS) == 1, 'the topics')
        for _ in range(2):
            assert client.node.count_subscribers(IMAGES) == 0
            assert operator.change(Transition.TRANSITION_ACTIVATE)
            operator.send_until_seen()
            operator.send()
            assert operator.change(Transition.TRANSITION_DEACTIVATE)
            client.wait_until(lambda: client.node.count_subscribers(IMAGES) == 0, 'the end')
        count = len(operator.objects)
        operator.send()
        assert operator.state() == 'inactive'
        assert len(operator.objects) == count
        assert operator.change(Transition.TRANSITION_CLEANUP)
        client.wait_until(lambda: client.node.count_publishers(OBJECTS) == 0, 'no topics')
    assert operator.state() == 'unconfigured'
    assert operator.change(Transition.TRANSITION_UNCONFIGURED_SHUTDOWN)
    assert operator.state() == 'finalized'
    assert node.stop() == 0
    assert 'Traceback' not in node.log
    assert 'never retrieved' not in node.log


def test_deactivate_delivers_or_counts_what_is_inside(
    start_node: Callable[..., Any], operator: Operator, client: Any, cars: Path
) -> None:
    """The frame in the network comes out; the one that waited is a drop of cause shutdown."""
    start_node('perception_node', model=str(cars), stats_period_s=0.1, replay_latency_s=0.3)
    operator.send_until_seen()
    client.wait_until(lambda: operator.stats.delivered, 'statistics')
    before = operator.stats
    for _ in range(4):
        operator.send()
    client.wait_until(
        lambda: operator.stats.received - operator.stats.delivered
        - sum(operator.stats.drop_counts) > 0,
        'frames inside',
    )
    assert operator.change(Transition.TRANSITION_DEACTIVATE)
    assert operator.change(Transition.TRANSITION_ACTIVATE)
    count = len(client.received['/perception/stats'])
    client.wait_until(
        lambda: len(client.received['/perception/stats']) > count, 'statistics'
    )
    after = operator.stats
    assert after.received > before.received
    assert after.delivered > before.delivered
    assert after.received == after.delivered + sum(after.drop_counts)


def test_what_does_not_go_is_refused_with_a_reason(
    start_node: Callable[..., Any], operator: Operator, tmp_path: Path, cars: Path
) -> None:
    """A model that is not there: configure fails in one line, and succeeds once it is there."""
    missing = tmp_path / 'missing.yaml'
    node = start_node('perception_node', autostart=False, model=str(missing))
    assert not operator.change(Transition.TRANSITION_ACTIVATE)
    assert not operator.change(Transition.TRANSITION_CONFIGURE)
    assert operator.state() == 'unconfigured'
    assert operator.wait_for_status('missing.yaml').level == DiagnosticStatus.ERROR
    answer = operator.client.call(SetBool, '/perception/enable', SetBool.Request(data=True))
    assert (answer.success, 'not active' in answer.message) == (False, True)

    assert operator.set(model=str(cars)).successful
    assert operator.set(backend='onnx').successful
    assert not operator.change(Transition.TRANSITION_CONFIGURE)
    operator.wait_for_status("expected a file for 'onnx'")
    assert operator.set(backend='replay').successful
    assert operator.change(Transition.TRANSITION_CONFIGURE)
    refused = operator.set(backend='auto')
    assert (refused.successful, 'fixed' in refused.reason) == (False, True)
    assert operator.change(Transition.TRANSITION_ACTIVATE)
    operator.send_until_seen()
    assert operator.change(Transition.TRANSITION_ACTIVE_SHUTDOWN)
    assert operator.state() == 'finalized'
    assert operator.wait_for_status('finalized: start the node').level == DiagnosticStatus.OK
    answer = operator.client.call(SetBool, '/perception/enable', SetBool.Request(data=True))
    assert (answer.success, 'start the node again' in answer.message) == (False, True)
    assert node.log.count('missing.yaml') == 1
    assert 'Traceback' not in node.log
    assert node.stop() == 0


def test_another_model_takes_over_between_two_frames(
    start_node: Callable[..., Any], operator: Operator, client: Any, tmp_path: Path, cars: Path
) -> None:
    """Counts go on, settings that nobody changed follow; a model that fails changes nothing."""
    buses = write_model(tmp_path, 'bus', score_threshold=0.5)
    broken = write_model(tmp_path, 'broken')
    (tmp_path / 'broken.npz').unlink()
    node = start_node('perception_node', model=str(cars), stats_period_s=0.1)
    operator.send_until_seen()
    assert class_names(operator.objects[-1]) == {'car'}
    assert operator.get('detection.score_threshold').double_value == 0.25
    assert operator.set(detection__iou_threshold=0.9).successful

    for bad, reason in (
        (str(broken), 'broken.npz'),
        (str(tmp_path / 'missing.yaml'), 'missing.yaml'),
        ('lightnet', 'lightnet_compact'),
    ):
        result = operator.set(model=bad)
        assert (result.successful, reason in result.reason) == (False, True)
        assert operator.get('model').string_value == str(cars)
        operator.send_until_seen()
        assert class_names(operator.objects[-1]) == {'car'}

    client.wait_until(lambda: operator.stats.delivered, 'statistics')
    delivered = operator.stats.delivered
    operator.send()
    assert operator.set(model=str(buses)).successful
    client.publish_until(
        operator.send, lambda: class_names(operator.objects[-1]) == {'bus'}, 'the new model'
    )
    names = [class_names(message) for message in operator.objects]
    assert names == sorted(names, key=lambda found: found == {'bus'})
    stamps = [message.header.stamp.nanosec for message in operator.objects]
    assert stamps == sorted(stamps)
    assert operator.get('model').string_value == str(buses)
    assert operator.get('detection.score_threshold').double_value == 0.5
    assert operator.get('detection.iou_threshold').double_value == 0.9
    client.wait_until(
        lambda: client.received['/perception/stats'][-1].model == 'finds_bus', 'statistics'
    )
    assert operator.stats.delivered > delivered
    assert operator.set(model=str(cars)).successful
    client.publish_until(
        operator.send, lambda: class_names(operator.objects[-1]) == {'car'}, 'the old model'
    )
    assert operator.get('detection.score_threshold').double_value == 0.25
    assert node.stop() == 0


def test_a_disabled_or_inactive_node_changes_its_model_too(
    start_node: Callable[..., Any], operator: Operator, client: Any, tmp_path: Path, cars: Path
) -> None:
    buses = write_model(tmp_path, 'bus')
    start_node('perception_node', model=str(cars))
    operator.send_until_seen()
    answer = client.call(SetBool, '/perception/enable', SetBool.Request(data=False))
    assert answer.success
    assert operator.set(model=str(buses)).successful
    assert client.call(SetBool, '/perception/enable', SetBool.Request(data=True)).success
    operator.send_until_seen()
    assert class_names(operator.objects[-1]) == {'bus'}
    assert operator.change(Transition.TRANSITION_DEACTIVATE)
    assert operator.set(model=str(cars)).successful
    assert operator.change(Transition.TRANSITION_ACTIVATE)
    operator.send_until_seen()
    assert class_names(operator.objects[-1]) == {'car'}


@pytest.mark.parametrize('is_disabled', [False, True], ids=['deactivated', 'disabled'])
def test_images_that_wait_for_a_calibration_are_counted_when_the_work_stops(
    is_disabled: bool, start_node: Callable[..., Any], operator: Operator, client: Any, cars: Path
) -> None:
    """Every image that came before is accounted for; the oldest were given up on the way."""
    start_node(
        'perception_node', model=str(cars), stats_period_s=0.1, camera__front__pairing='exact'
    )
    told = client.received['/perception/stats']

    def drops(cause: str) -> int:
        causes = (operator.stats.drop_causes, operator.stats.drop_counts) if told else ((), ())
        return int(dict(zip(*causes, strict=True)).get(cause, 0))

    client.publish_until(operator.send, lambda: drops('unpaired'), 'more images than can wait')
    if is_disabled:
        assert client.call(SetBool, '/perception/enable', SetBool.Request(data=False)).success
    else:
        assert operator.change(Transition.TRANSITION_DEACTIVATE)
        assert operator.change(Transition.TRANSITION_ACTIVATE)
    client.wait_until(lambda: drops('shutdown'), 'the images that waited')
    assert drops('shutdown') == 10
    assert operator.stats.received == drops('shutdown') + drops('unpaired')


def test_started_again_after_it_was_killed(
    start_node: Callable[..., Any], operator: Operator, cars: Path
) -> None:
    """What a killed process leaves in shared memory does not hinder the next one."""
    first = start_node('perception_node', model=str(cars))
    operator.send_until_seen()
    assert first.stop(signal.SIGKILL) == -signal.SIGKILL
    start_node('perception_node', model=str(cars))
    operator.send_until_seen()


def values_of(operator: Operator) -> dict[str, str]:
    return {each.key: each.value for each in operator.status.values}


def test_simulated_time(
    start_node: Callable[..., Any], operator: Operator, client: Any, cars: Path
) -> None:
    """Without a clock it works and says that there is none; with one it takes its time."""
    start_node('perception_node', model=str(cars), use_sim_time=True, stats_period_s=0.1)
    operator.send_until_seen()
    operator.wait_for_status('/clock')
    client.wait_until(lambda: values_of(operator)['last_published_timestamp'] != 'n/a', 'a result')
    values = values_of(operator)
    for key in ('output_latency_ms', 'time_since_last_publish_ms', 'oldest_image_age_ms'):
        assert values[key] == 'n/a', key
    clock = client.node.create_publisher(Clock, '/clock', 1)
    message = Clock()
    message.clock.sec = 77
    client.publish_until(
        lambda: clock.publish(message),
        lambda: client.received['/perception/stats'][-1].header.stamp.sec == 77,
        'statistics of that time',
    )
    message.clock.sec = 7
    client.publish_until(
        lambda: clock.publish(message),
        lambda: client.received['/perception/stats'][-1].header.stamp.sec == 7,
        'statistics after a bag started over',
    )
    operator.send_until_seen()
