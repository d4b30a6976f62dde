# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""One node from its making to its end, led through its states while images come.

The node is the real one, in this process, so that its threads, files and objects can be counted;
it is asked over DDS, as any lifecycle manager would ask it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
import faulthandler
from pathlib import Path
import threading
import time
from typing import Any

from lifecycle_msgs.msg import State
from lifecycle_msgs.msg import Transition
from lifecycle_msgs.srv import ChangeState
from lifecycle_msgs.srv import GetState
import numpy as np
from rcl_interfaces.srv import SetParameters
import rclpy
from rclpy.context import Context
from rclpy.executors import SingleThreadedExecutor
from rclpy.parameter import Parameter
from sensor_msgs.msg import CameraInfo
from sensor_msgs.msg import Image
import yaml

from hailo_perception.backends.recording import save_recording
from hailo_perception.core.camera_model import CameraModel
from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.frame import Header
from hailo_perception.core.tensors import TensorInfo
from hailo_perception.nodes.executor import EnduringExecutor
from hailo_perception.nodes.perception_node import PerceptionNode
from hailo_perception.ros import camera_info
from hailo_perception.ros import images

HANG_GUARD_S = 60.0
DEAF_AFTER_S = 1.0
SIZE = (96, 64)
CAMERA = CameraModel(*SIZE, 80, 80, 48, 32)
PICTURE = np.full((SIZE[1], SIZE[0], 3), 90, np.uint8)
DEPTH = TensorInfo('depth', (32, 48, 1), np.dtype(np.float32))

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


def write_models(folder: Path) -> None:
    """Write two models that replay a depth map, and one whose recording is not there."""
    values = {DEPTH.name: np.full(DEPTH.shape, 0.2, np.float32)}
    save_recording(folder / 'recording.npz', (DEPTH,), [values])
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
        (folder / f'{name}.yaml').write_text(yaml.safe_dump(manifest))


@contextmanager
def life(folder: Path, tally: Counter[str]) -> Iterator[Life]:
    """Begin a life with the models of a folder, whose parameters are all declared, and end it."""
    begun = Life(folder, tally)
    try:
        begun.begin()
        yield begun
        begun.shut_down()
    finally:
        begun.end()
