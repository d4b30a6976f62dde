# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""A thousand transitions in random order, while images come: what a node may not leave behind.

The node is the real one, in this process, so that its threads, files and objects can be counted;
it is asked over DDS, as any lifecycle manager would ask it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
import faulthandler
import gc
import os
from pathlib import Path
import threading
import time
from typing import Any

from hypothesis import given
from hypothesis import HealthCheck
from hypothesis import Phase
from hypothesis import settings
from hypothesis import strategies as st
import numpy as np
import pytest
import yaml

rclpy = pytest.importorskip('rclpy')

from lifecycle_msgs.msg import State  # noqa: E402
from lifecycle_msgs.msg import Transition  # noqa: E402
from lifecycle_msgs.srv import ChangeState  # noqa: E402
from lifecycle_msgs.srv import GetState  # noqa: E402
from rcl_interfaces.srv import SetParameters  # noqa: E402
from rclpy.context import Context  # noqa: E402
from rclpy.executors import SingleThreadedExecutor  # noqa: E402
from rclpy.parameter import Parameter  # noqa: E402
from sensor_msgs.msg import CameraInfo  # noqa: E402
from sensor_msgs.msg import Image  # noqa: E402

from hailo_perception.backends.recording import save_recording  # noqa: E402
from hailo_perception.backends.replay import ReplayBackend  # noqa: E402
from hailo_perception.core.camera_model import CameraModel  # noqa: E402
from hailo_perception.core.errors import ConfigurationError  # noqa: E402
from hailo_perception.core.frame import Header  # noqa: E402
from hailo_perception.core.tensors import TensorInfo  # noqa: E402
from hailo_perception.nodes.executor import EnduringExecutor  # noqa: E402
from hailo_perception.nodes.model_session import ModelSession  # noqa: E402
from hailo_perception.nodes.perception_node import PerceptionNode  # noqa: E402
from hailo_perception.pipeline.perception import PerceptionPipeline  # noqa: E402
from hailo_perception.ros import camera_info  # noqa: E402
from hailo_perception.ros import images  # noqa: E402
from hailo_perception.ros.camera_subscription import CameraSubscription  # noqa: E402
from hailo_perception.ros.input_watch import InputWatch  # noqa: E402
from hailo_perception.ros.publishers import CameraPublishers  # noqa: E402

TRANSITIONS = 1000
LIVES = 10
STEPS_OF_A_LIFE = 170
"""Of which more than a hundred are transitions, the others changes of the model and results."""
HANG_GUARD_S = 60.0
DEAF_AFTER_S = 1.0
SIZE = (96, 64)
CAMERA = CameraModel(*SIZE, 80, 80, 48, 32)
PICTURE = np.full((SIZE[1], SIZE[0], 3), 90, np.uint8)
DEPTH = TensorInfo('depth', (32, 48, 1), np.dtype(np.float32))
KINDS = (
    PerceptionPipeline,
    ModelSession,
    ReplayBackend,
    CameraPublishers,
    CameraSubscription,
    InputWatch,
    PerceptionNode,
)
CYCLES = 60
MOST_GROWTH_BYTES = 6 << 20
"""Of resident memory over so many cycles; it was 0.2 MB, and 0.1 MB that stay in each are 6."""

UNCONFIGURED, INACTIVE, ACTIVE = (
    State.PRIMARY_STATE_UNCONFIGURED,
    State.PRIMARY_STATE_INACTIVE,
    State.PRIMARY_STATE_ACTIVE,
)
WAYS = {
    (UNCONFIGURED, Transition.TRANSITION_CONFIGURE): INACTIVE,
    (INACTIVE, Transition.TRANSITION_ACTIVATE): ACTIVE,
    (ACTIVE, Transition.TRANSITION_DEACTIVATE): INACTIVE,
    (INACTIVE, Transition.TRANSITION_CLEANUP): UNCONFIGURED,
}
SHUTDOWNS = {
    UNCONFIGURED: Transition.TRANSITION_UNCONFIGURED_SHUTDOWN,
    INACTIVE: Transition.TRANSITION_INACTIVE_SHUTDOWN,
    ACTIVE: Transition.TRANSITION_ACTIVE_SHUTDOWN,
}
FORWARD, BACK = 'forward', 'back'
"""A transition that the state has: of the others by themselves most would be refused."""
FORWARD_FROM = {
    UNCONFIGURED: Transition.TRANSITION_CONFIGURE,
    INACTIVE: Transition.TRANSITION_ACTIVATE,
    ACTIVE: Transition.TRANSITION_DEACTIVATE,
}
BACK_FROM = {
    UNCONFIGURED: Transition.TRANSITION_CONFIGURE,
    INACTIVE: Transition.TRANSITION_CLEANUP,
    ACTIVE: Transition.TRANSITION_DEACTIVATE,
}
FAILING_CONFIGURE, FAILING_ACTIVATE = 'failing configure', 'failing activate'
MODELS = ('good', 'other', 'broken')
STEPS = (
    *sorted({way for _, way in WAYS}),
    FAILING_CONFIGURE,
    FAILING_ACTIVATE,
    *MODELS,
    *('result', FORWARD, BACK) * 3,
)


class FaultyNode(PerceptionNode):
    """The real node, whose next activation can be made to fail when all of it is done."""

    fails = False

    def activate(self) -> None:
        super().activate()
        if self.fails:
            raise ConfigurationError('activate was told to fail')


class Life:
    """One node from its making to its end, and what is asked of it."""

    def __init__(self, folder: Path, tally: Counter[str]) -> None:
        self._folder = folder
        self.tally = tally
        # One context is one DDS participant: what is in it always knows each other, where two that
        # come and go within milliseconds now and then do not.
        self._context = Context()
        rclpy.init(context=self._context)
        self._asker = rclpy.create_node('asker', context=self._context)
        self._asker_executor = SingleThreadedExecutor(context=self._context)
        self._asker_executor.add_node(self._asker)
        self._images = self._asker.create_publisher(Image, '/front/image_raw', 2)
        self._infos = self._asker.create_publisher(CameraInfo, '/front/camera_info', 2)
        self._results: list[Image] = []
        self._asker.create_subscription(
            Image, '/perception/front/depth/image', self._results.append, 2
        )
        self._clients: dict[str, Any] = {}
        self._sent = 0
        self.model = 'good'
        self.state = UNCONFIGURED
        self.node = FaultyNode(
            context=self._context,
            parameter_overrides=[
                Parameter('autostart', value=False),
                Parameter('model', value=self._path('good')),
                Parameter('outputs', value=['depth/image', 'points']),
                Parameter('stats_period_s', value=0.1),
            ],
        )
        self._executor = EnduringExecutor(num_threads=2, context=self._context)
        self._executor.add_node(self.node)
        self._is_over = False
        self._thread = threading.Thread(target=self._spin, name='life')
        self._thread.start()
        self.at_rest = self.entities()

    def begin(self) -> None:
        """Make sure that the node hears, and that all its parameters are declared."""
        self._get_acquainted()
        self.step(Transition.TRANSITION_CONFIGURE)
        self.step(Transition.TRANSITION_CLEANUP)

    def step(self, step: Any) -> None:
        """Take one step; what must come of it follows from the state."""
        if step == 'result':
            self._expect_result()
        elif step in MODELS:
            self._choose(step)
        elif step in (FORWARD, BACK):
            self._change((FORWARD_FROM if step == FORWARD else BACK_FROM)[self.state])
        elif step == FAILING_CONFIGURE:
            before = self.model
            if self.state == UNCONFIGURED:
                self._set_model('broken')
            self._change(Transition.TRANSITION_CONFIGURE)
            if self.state == UNCONFIGURED:
                self._set_model(before)
        elif step == FAILING_ACTIVATE:
            self.node.fails = True
            self._change(Transition.TRANSITION_ACTIVATE)
            self.node.fails = False
        else:
            self._change(step)

    def entities(self) -> dict[str, int]:
        """Count what the node has in the graph."""
        node = self.node
        return {
            'publishers': len(list(node.publishers)),
            'subscriptions': len(list(node.subscriptions)),
            'services': len(list(node.services)),
            'clients': len(list(node.clients)),
            'timers': len(list(node.timers)),
            'guards': len(list(node.guards)),
            'waitables': len(list(node.waitables)),
        }

    def shut_down(self) -> None:
        """Shut the node down from whatever state it is in."""
        request = ChangeState.Request(transition=Transition(id=SHUTDOWNS[self.state]))
        assert self._call('change_state', request).success
        assert self._state() == State.PRIMARY_STATE_FINALIZED
        assert self.entities() == self.at_rest

    def end(self) -> None:
        """Leave the graph, whatever has happened."""
        self._is_over = True
        self._thread.join(HANG_GUARD_S)
        assert not self._thread.is_alive()
        self._executor.shutdown()
        self.node.close()
        self.node.destroy_node()
        self._asker_executor.shutdown()
        self._asker.destroy_node()
        rclpy.shutdown(context=self._context)

    def _spin(self) -> None:
        while not self._is_over:
            self._executor.spin_once(timeout_sec=0.05)

    def _change(self, transition: int) -> None:
        target = WAYS.get((self.state, transition))
        is_done = target is not None and not (
            (transition == Transition.TRANSITION_CONFIGURE and self.model == 'broken')
            or (transition == Transition.TRANSITION_ACTIVATE and self.node.fails)
        )
        self._send()
        request = ChangeState.Request(transition=Transition(id=transition))
        answer = self._call('change_state', request)
        self.tally['transitions'] += 1
        self.tally['done' if is_done else 'refused' if target is None else 'failed'] += 1
        assert answer.success == is_done
        if is_done:
            self.state = target
        assert self._state() == self.state
        if self.state == UNCONFIGURED:
            assert self.entities() == self.at_rest

    def _choose(self, model: str) -> None:
        """Choose a model; a configured node takes it at once, or says why it cannot."""
        is_possible = self.state == UNCONFIGURED or model != 'broken'
        self._send()
        reason = self._set_model(model)
        assert is_possible == (not reason), reason
        self.tally['models'] += self.state != UNCONFIGURED

    def _set_model(self, model: str) -> str:
        parameter = Parameter('model', value=self._path(model)).to_parameter_msg()
        request = SetParameters.Request(parameters=[parameter])
        (result,) = self._call('set_parameters', request).results
        if result.successful:
            self.model = model
        return str(result.reason)

    def _expect_result(self) -> None:
        """An active node answers to images."""
        if self.state == ACTIVE:
            count = len(self._results)
            self._spin_until(lambda: len(self._results) > count, 'a result', self._send)
            self.tally['results'] += 1

    def _send(self) -> None:
        self._sent += 1
        header = Header(10**9 + 10**7 * self._sent, 'front')
        self._infos.publish(camera_info.to_message(CAMERA, header))
        self._images.publish(images.to_message(PICTURE, header))

    def _get_acquainted(self) -> None:
        """Ask what changes nothing until each service answers.

        A server that has not yet heard of its client's ear drops the first answer.
        """
        refused = Transition(id=Transition.TRANSITION_ACTIVATE)
        for service_type, name, request in (
            (ChangeState, 'change_state', ChangeState.Request(transition=refused)),
            (GetState, 'get_state', GetState.Request()),
            (SetParameters, 'set_parameters', SetParameters.Request()),
        ):
            answers: list[Any] = []
            deadline_s = time.monotonic() + HANG_GUARD_S
            while not answers:
                assert time.monotonic() < deadline_s, f'{name} does not answer'
                # A client that was matched by halves stays deaf; another one is not.
                if name in self._clients:
                    self._asker.destroy_client(self._clients[name])
                client = self._asker.create_client(service_type, f'/perception/{name}')
                self._clients[name] = client
                self._spin_until(client.service_is_ready, name)
                began_s = time.monotonic()
                while not answers and time.monotonic() < began_s + DEAF_AFTER_S:
                    client.call_async(request).add_done_callback(answers.append)
                    self._asker_executor.spin_once(timeout_sec=0.05)

    def _state(self) -> int:
        return int(self._call('get_state', GetState.Request()).current_state.id)

    def _call(self, name: str, request: Any) -> Any:
        future = self._clients[name].call_async(request)
        self._spin_until(future.done, f'the answer of {name}')
        return future.result()

    def _spin_until(self, condition: Any, what: str, tick: Any = lambda: None) -> None:
        """Spin until it holds; the deadline only guards against hanging."""
        deadline_s = time.monotonic() + HANG_GUARD_S
        while not condition():
            if time.monotonic() > deadline_s:
                faulthandler.dump_traceback()
                raise TimeoutError(f'waited in vain for {what}')
            tick()
            self._asker_executor.spin_once(timeout_sec=0.05)

    def _path(self, model: str) -> str:
        return str(self._folder / f'{model}.yaml')


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """Write two models that replay a depth map, and one whose recording is not there."""
    values = {DEPTH.name: np.full(DEPTH.shape, 0.2, np.float32)}
    save_recording(tmp_path / 'recording.npz', (DEPTH,), [values])
    for name in MODELS:
        depth = {
            'decoder': 'linear',
            'output': DEPTH.name,
            'maximum_m': 100,
            'valid_range_m': [0.5, 100],
        }
        manifest = {
            'manifest_version': 1,
            'name': name,
            'files': {'replay': 'gone.npz' if name == 'broken' else 'recording.npz'},
            'input': {'width': SIZE[0], 'height': SIZE[1]},
            'tasks': {'depth': depth},
        }
        (tmp_path / f'{name}.yaml').write_text(yaml.safe_dump(manifest))
    return tmp_path


def left_behind() -> dict[str, Any]:
    """Count what lives in this process: threads, open files, objects of the package."""
    gc.collect()
    # Not isinstance, which asks what a weak reference of another test stands for.
    kinds = Counter(
        type(each).__name__ for each in gc.get_objects() if issubclass(type(each), KINDS)
    )
    return {
        'threads': sorted(thread.name for thread in threading.enumerate()),
        'files': len(os.listdir('/proc/self/fd')),
        'objects': dict(kinds),
    }


def resident_bytes() -> int:
    pages = int(Path('/proc/self/statm').read_text().split()[1])
    return pages * os.sysconf('SC_PAGE_SIZE')


@contextmanager
def life(models: Path, tally: Counter[str]) -> Iterator[Life]:
    """Begin a life whose parameters are all declared, and end it."""
    begun = Life(models, tally)
    try:
        begun.begin()
        yield begun
        begun.shut_down()
    finally:
        begun.end()


def test_a_thousand_transitions_leave_nothing_behind(models: Path) -> None:
    tally: Counter[str] = Counter()
    for _ in range(2):
        with life(models, tally) as first:
            for step in (Transition.TRANSITION_CONFIGURE, Transition.TRANSITION_ACTIVATE):
                first.step(step)
            first.step('result')
        del first
        # What is made once for the whole process stays.
        before = left_behind()
    @settings(
        max_examples=LIVES,
        suppress_health_check=list(HealthCheck),
        # A failure is not made smaller: each try is a whole life.
        phases=[Phase.explicit, Phase.reuse, Phase.generate],
    )
    @given(
        st.lists(
            st.sampled_from(STEPS), min_size=STEPS_OF_A_LIFE, max_size=STEPS_OF_A_LIFE
        )
    )
    def live(steps: list[Any]) -> None:
        with life(models, tally) as lived:
            for step in steps:
                lived.step(step)

    live()
    print(dict(tally))
    assert tally['transitions'] >= TRANSITIONS
    assert min(tally[name] for name in ('done', 'failed', 'refused', 'models', 'results')) > 10
    assert left_behind() == before


def test_a_long_life_takes_no_more_memory(models: Path) -> None:
    """Each cycle opens two models, and gives results of both."""
    cycle = (
        Transition.TRANSITION_CONFIGURE,
        Transition.TRANSITION_ACTIVATE,
        'result',
        'other',
        'result',
        'good',
        Transition.TRANSITION_DEACTIVATE,
        Transition.TRANSITION_CLEANUP,
    )
    tally: Counter[str] = Counter()
    with life(models, tally) as lived:
        for step in cycle * (CYCLES // 3):
            lived.step(step)
        memory = resident_bytes()
        for step in cycle * CYCLES:
            lived.step(step)
        gc.collect()
        assert resident_bytes() - memory < MOST_GROWTH_BYTES
