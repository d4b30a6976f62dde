# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The life of a managed node: what it calls, what it undoes, what it says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

rclpy = pytest.importorskip('rclpy')

from lifecycle_msgs.msg import State  # noqa: E402
from lifecycle_msgs.msg import Transition  # noqa: E402
from lifecycle_msgs.srv import ChangeState  # noqa: E402
from lifecycle_msgs.srv import GetState  # noqa: E402
from rcl_interfaces.msg import ParameterDescriptor  # noqa: E402
from rclpy.context import Context  # noqa: E402
from rclpy.exceptions import InvalidHandle  # noqa: E402
from rclpy.parameter import Parameter  # noqa: E402
from std_msgs.msg import Empty  # noqa: E402

from hailo_perception.core.errors import ConfigurationError  # noqa: E402
from hailo_perception.nodes.managed_node import ManagedNode  # noqa: E402

CONFIGURE, CLEANUP, ACTIVATE, DEACTIVATE = 1, 2, 3, 4
SHUTDOWN = {
    'unconfigured': Transition.TRANSITION_UNCONFIGURED_SHUTDOWN,
    'inactive': Transition.TRANSITION_INACTIVE_SHUTDOWN,
    'active': Transition.TRANSITION_ACTIVE_SHUTDOWN,
}
STATES = {
    State.PRIMARY_STATE_UNCONFIGURED: 'unconfigured',
    State.PRIMARY_STATE_INACTIVE: 'inactive',
    State.PRIMARY_STATE_ACTIVE: 'active',
    State.PRIMARY_STATE_FINALIZED: 'finalized',
}


class Recorder(ManagedNode):
    """Writes down what is called; raises what a test lays ready."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__('recorder', **kwargs)
        self.calls: list[str] = []
        self.errors: dict[str, Exception] = {}
        self.output: Any = None

    def configure(self) -> None:
        self.declare_parameter('fixed', 1, ParameterDescriptor(read_only=True))
        self.declare_parameter('free', 1)
        self.output = self.create_publisher(Empty, 'output', 1)
        self._did('configure')

    def activate(self) -> None:
        self._did('activate')

    def deactivate(self) -> None:
        self._did('deactivate')

    def release(self) -> None:
        if self.output is not None:
            self.destroy_publisher(self.output)
        self.output = None
        self._did('release')

    def change_parameters(self, values: Any) -> None:
        self._did(f'change {values}')

    def _did(self, what: str) -> None:
        self.calls.append(what)
        if what in self.errors:
            raise self.errors.pop(what)

    def ask(self, service: str, request: Any, response: Any) -> Any:
        """Call a service of the node as the executor would."""
        (callback,) = [s.callback for s in self.services if s.srv_name.endswith(service)]
        return callback(request, response)

    def change(self, transition: int) -> bool:
        request = ChangeState.Request(transition=Transition(id=transition))
        return bool(self.ask('/change_state', request, ChangeState.Response()).success)

    @property
    def state(self) -> str:
        return STATES[
            self.ask('/get_state', GetState.Request(), GetState.Response()).current_state.id
        ]


@pytest.fixture
def node() -> Iterator[Recorder]:
    """Make a node in a graph of its own, which nothing outside reaches."""
    context = Context()
    rclpy.init(context=context, domain_id=92)
    node = Recorder(context=context)
    yield node
    node.destroy_node()
    context.try_shutdown()


def names_in_graph(node: Any) -> set[str]:
    """List the recorder, its services and its topics, as another node sees them.

    Less the service that rclpy itself gives no way to end, which no node of ours answers.
    """
    entities = (*node.get_service_names_and_types(), *node.get_topic_names_and_types())
    names = {*(name for name, _ in entities), *(f'/{name}' for name in node.get_node_names())}
    return {
        name
        for name in names
        if name.startswith('/recorder') and not name.endswith('/get_type_description')
    }


def test_a_life(node: Recorder) -> None:
    assert node.state == 'unconfigured'
    assert not node.is_configured
    for _ in range(2):
        assert node.change(CONFIGURE)
        assert (node.state, node.is_configured) == ('inactive', True)
        assert node.resting_state == 'inactive'
        assert not node.output.is_activated
        assert node.change(ACTIVATE)
        assert (node.state, node.output.is_activated) == ('active', True)
        late = node.create_publisher(Empty, 'late', 1)
        assert late.is_activated
        node.destroy_publisher(late)
        assert node.change(DEACTIVATE)
        assert (node.state, node.output.is_activated) == ('inactive', False)
        assert node.change(CLEANUP)
        assert (node.state, node.is_configured) == ('unconfigured', False)
        assert node.resting_state == 'unconfigured'
    assert node.calls == ['configure', 'activate', 'deactivate', 'release'] * 2


@pytest.mark.parametrize('state', SHUTDOWN)
def test_shutdown_releases_everything(state: str, node: Recorder) -> None:
    for name, transition in (('inactive', CONFIGURE), ('active', ACTIVATE)):
        if node.state != state:
            assert node.change(transition)
            assert node.state == name
    assert node.change(SHUTDOWN[state])
    assert (node.state, node.calls[-1], node.is_configured) == ('finalized', 'release', False)
    assert node.resting_state == 'finalized'


@pytest.mark.parametrize(
    ('fails', 'before', 'transition', 'state', 'undone_by'),
    [
        ('configure', (), CONFIGURE, 'unconfigured', 'release'),
        ('activate', (CONFIGURE,), ACTIVATE, 'inactive', 'deactivate'),
    ],
)
def test_what_cannot_be_done_is_undone(
    fails: str,
    before: tuple[int, ...],
    transition: int,
    state: str,
    undone_by: str,
    node: Recorder,
    capfd: Any,
) -> None:
    """The state stays, the reason is logged in one line, and the next attempt may succeed."""
    assert all(map(node.change, before))
    node.errors[fails] = ConfigurationError('expected a, got b, do c')
    assert not node.change(transition)
    assert node.state == state
    assert node.calls[-2:] == [fails, undone_by]
    assert node.failure == 'expected a, got b, do c'
    log = capfd.readouterr().err
    assert 'expected a, got b, do c' in log
    assert 'Traceback' not in log
    assert not node.create_publisher(Empty, 'late', 1).is_activated
    assert node.change(transition)
    assert node.failure == ''


@pytest.mark.parametrize(
    ('fails', 'before', 'transition'),
    [
        ('configure', (), CONFIGURE),
        ('activate', (CONFIGURE,), ACTIVATE),
        ('deactivate', (CONFIGURE, ACTIVATE), DEACTIVATE),
        ('release', (CONFIGURE,), CLEANUP),
    ],
)
def test_an_error_leads_back_to_unconfigured(
    fails: str, before: tuple[int, ...], transition: int, node: Recorder, capfd: Any
) -> None:
    assert all(map(node.change, before))
    node.errors[fails] = RuntimeError('broken')
    assert not node.change(transition)
    assert (node.state, node.is_configured, node.calls[-1]) == ('unconfigured', False, 'release')
    log = capfd.readouterr().err
    assert 'RuntimeError: broken' in log
    assert 'Traceback' in log
    assert node.change(CONFIGURE)


def test_an_impossible_transition_is_refused(node: Recorder) -> None:
    """Where rclpy raises, which would end the process (ros2/rclpy#1209)."""
    assert not node.change(ACTIVATE)
    assert (node.state, node.calls) == ('unconfigured', [])
    assert node.change(CONFIGURE)


def test_a_node_that_cannot_be_shut_down_is_finalized(node: Recorder) -> None:
    """Whether what it holds could be released or not."""
    assert node.change(CONFIGURE)
    node.errors['release'] = ConfigurationError('no')
    node.change(SHUTDOWN['inactive'])
    assert (node.state, node.resting_state, node.failure) == ('finalized', 'finalized', 'no')


def test_start(node: Recorder) -> None:
    node.start()
    assert (node.state, node.calls) == ('active', ['configure', 'activate'])


@pytest.mark.parametrize('error', [ConfigurationError('no'), RuntimeError('broken')])
@pytest.mark.parametrize('fails', ['configure', 'activate'])
def test_start_raises_what_stands_in_the_way(
    fails: str, error: Exception, node: Recorder
) -> None:
    node.errors[fails] = error
    with pytest.raises(type(error), match=str(error)):
        node.start()
    assert node.state != 'active'


@pytest.mark.parametrize(
    ('name', 'prepare', 'complaint'),
    [
        ('fixed', (), ''),
        ('free', (), ''),
        ('free', (CONFIGURE,), ''),
        ('fixed', (CONFIGURE,), 'fixed is fixed while the node is configured; it stays 1'),
        ('fixed', (CONFIGURE, ACTIVATE), 'Deactivate and clean up'),
        ('fixed', (CONFIGURE, CLEANUP), ''),
    ],
)
def test_parameters(
    name: str, prepare: tuple[int, ...], complaint: str, node: Recorder
) -> None:
    """A read-only parameter may change before configure, and survives a cleanup."""
    assert node.change(CONFIGURE)
    assert node.change(CLEANUP)
    assert all(map(node.change, prepare))
    (result,) = node.set_parameters([Parameter(name, value=2)])
    assert result.successful == (not complaint)
    assert complaint in result.reason
    assert node.get_parameter(name).value == (1 if complaint else 2)
    for transition in (CLEANUP, CONFIGURE):
        if (transition == CLEANUP) == node.is_configured:
            node.change(transition)
    assert node.get_parameter(name).value == (1 if complaint else 2)


def test_a_fixed_parameter_may_be_set_to_what_it_is(node: Recorder) -> None:
    assert node.change(CONFIGURE)
    (result,) = node.set_parameters([Parameter('fixed', value=1)])
    assert result.successful


@pytest.mark.parametrize('prepare', [(), (CONFIGURE,), (CONFIGURE, ACTIVATE)])
def test_a_parameter_may_be_declared_at_any_time(prepare: tuple[int, ...], node: Recorder) -> None:
    assert all(map(node.change, prepare))
    descriptor = ParameterDescriptor(read_only=True)
    assert node.declare_parameter('late', 3, descriptor).value == 3
    (result,) = node.set_parameters([Parameter('late', value=4)])
    assert result.successful == (not prepare)


def test_a_refused_change_leaves_all_as_it_was(node: Recorder) -> None:
    assert node.change(CONFIGURE)
    node.errors["change {'free': 3}"] = ConfigurationError('no')
    result = node.set_parameters_atomically([Parameter('free', value=3)])
    assert (result.successful, result.reason) == (False, 'no')
    assert node.get_parameter('free').value == 1


def test_a_destroyed_node_leaves_nothing_in_the_graph(node: Recorder) -> None:
    """Also while something still refers to it: its services have nobody who serves them."""
    watcher = rclpy.create_node('watcher', context=node.context)
    services = {'/recorder', '/recorder/change_state', '/recorder/transition_event'}
    assert services <= names_in_graph(watcher)
    node.destroy_node()
    assert names_in_graph(watcher) == set()
    node.destroy_node()
    watcher.destroy_node()


@pytest.mark.parametrize('service', ['/change_state', '/get_state', '/get_parameters'])
def test_what_is_asked_of_a_destroyed_node_is_refused(service: str, node: Recorder) -> None:
    """Where rclpy would read freed memory, which ends the process."""
    (callback,) = [each.callback for each in node.services if each.srv_name.endswith(service)]
    node.destroy_node()
    with pytest.raises(InvalidHandle):
        callback(None, None)
    for trigger in (node.trigger_configure, node.trigger_shutdown):
        with pytest.raises(InvalidHandle, match='the node is destroyed'):
            trigger()


def test_a_node_may_be_destroyed_amid_a_transition(node: Recorder) -> None:
    """As by Ctrl-C, while the transition hangs in a thread of its own."""
    node.configure = node.destroy_node  # type: ignore[method-assign]
    with pytest.raises(InvalidHandle, match='the node is destroyed'):
        node.change(CONFIGURE)
    assert node.calls == []
