# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""A lifecycle node: four plain methods that may raise, and whoever asks is told why."""

from __future__ import annotations

from abc import abstractmethod
from array import array
from collections.abc import Callable
from collections.abc import Mapping
import traceback
from typing import Any
from typing import NoReturn

from lifecycle_msgs.msg import State
from rcl_interfaces.msg import ParameterDescriptor
from rcl_interfaces.msg import SetParametersResult
from rclpy.exceptions import InvalidHandle
from rclpy.impl.implementation_singleton import rclpy_implementation
from rclpy.lifecycle import LifecycleNode
from rclpy.lifecycle import LifecyclePublisher
from rclpy.lifecycle import LifecycleState
from rclpy.lifecycle import TransitionCallbackReturn
from rclpy.node import Node
from rclpy.parameter import Parameter
from rclpy.publisher import Publisher

from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.errors import HailoPerceptionError
from hailo_perception.ros.lifecycle_status import idle_line
from hailo_perception.ros.lifecycle_status import RestingState

_CHANGE_STATE = '/change_state'


class ManagedNode(LifecycleNode):
    """Calls ``configure``, ``activate``, ``deactivate`` and ``release`` as its life goes.

    ``configure`` and ``activate`` raise a HailoPerceptionError when they cannot do it: the
    transition fails, what they began is undone, and the state stays. Any other exception is an
    error of the node: everything is released and the node is unconfigured again.

    As in rclcpp, ``create_publisher`` makes publishers that are silent unless the node is
    active. A read-only parameter is fixed from configure to cleanup, and may change before.

    rclpy of Humble to Kilted swallows what a transition raises, ends the process on a
    transition that the state does not have (ros2/rclpy#1209), and leaves the services that change
    and tell the state in the graph when the node is destroyed; all three are mended here.
    """

    _state_machine: Any

    def __init__(self, name: str, **kwargs: Any) -> None:
        """Make the node, unconfigured; it owns nothing yet."""
        self._is_made = False
        self._is_configured = False
        self._is_active = False
        self._fixed_parameters: set[str] = set()
        self._error: Exception | None = None
        super().__init__(name, **kwargs)
        self._is_made = True
        self.failure = ''
        for service in self.services:
            if service.srv_name.endswith(_CHANGE_STATE):
                service.callback = self._answering(service.callback)
            service.callback = _holding(self._state_machine, service.callback)
        self.add_on_set_parameters_callback(self._on_set_parameters)

    # What a node gives.

    @abstractmethod
    def configure(self) -> None:
        """Read the parameters, open what is needed, create the publishers."""

    @abstractmethod
    def activate(self) -> None:
        """Subscribe and start to work."""

    @abstractmethod
    def deactivate(self) -> None:
        """Unsubscribe and finish what is inside; also after half an ``activate``."""

    @abstractmethod
    def release(self) -> None:
        """Give everything back, from any state and after half a ``configure``."""

    def change_parameters(self, values: Mapping[str, Any]) -> None:
        """Apply new parameter values, all or none; HailoPerceptionError refuses them."""

    def tell_state(self) -> None:
        """Tell whoever listens how it went; called after each transition that was asked for."""

    # What a node gets.

    @property
    def is_configured(self) -> bool:
        """Whether the node is inactive or active, so that its read-only parameters are fixed."""
        return self._is_configured

    @property
    def resting_state(self) -> RestingState:
        """The state that it is in unless it is active, or last was in on its way to another."""
        if self._state_machine.current_state[0] == State.PRIMARY_STATE_FINALIZED:
            return 'finalized'
        return 'inactive' if self._is_configured else 'unconfigured'

    def start(self) -> None:
        """Configure and activate without being asked; raises what stands in the way."""
        for trigger in (self.trigger_configure, self.trigger_activate):
            self._error = None
            trigger()
            if self._error is not None:
                raise self._error

    def close(self) -> None:
        """Release everything at the end of the process."""
        self.release()

    def destroy_node(self) -> None:
        """Remove the node and all its services from the graph.

        A transition that is under way in another thread ends with InvalidHandle, as does whatever
        asks for the state from now on.
        """
        super().destroy_node()
        # The lifecycle's services and its topic are parts of the state machine, which rclpy leaves
        # to the garbage collector; until then clients would wait for a server that is dead.
        machine, self._state_machine = self._state_machine, _Destroyed()
        machine.destroy_when_not_in_use()

    def create_status_publisher(self, *args: Any, **kwargs: Any) -> Publisher:
        """Create a publisher that speaks in every state."""
        return Node.create_publisher(self, *args, **kwargs)

    def create_publisher(self, *args: Any, **kwargs: Any) -> Publisher:
        """Create a publisher that is silent unless the node is active."""
        if not self._is_made:
            return super().create_publisher(*args, **kwargs)
        publisher = self.create_lifecycle_publisher(*args, **kwargs)
        if self._is_active:
            publisher.on_activate(None)
        return publisher

    def destroy_publisher(self, publisher: Publisher) -> bool:
        """Remove a publisher of either kind."""
        if isinstance(publisher, LifecyclePublisher):
            return bool(self.destroy_lifecycle_publisher(publisher))
        return bool(super().destroy_publisher(publisher))

    def declare_parameter(
        self,
        name: str,
        value: Any = None,
        descriptor: ParameterDescriptor | None = None,
        ignore_override: bool = False,
    ) -> Parameter:
        """Declare a parameter, or find it declared by an earlier configure."""
        if self.has_parameter(name):
            return self.get_parameter(name)
        is_fixed = descriptor is not None and descriptor.read_only
        if descriptor is not None and is_fixed:
            descriptor.read_only = False
            descriptor.description += '; fixed from configure to cleanup'
        parameter = super().declare_parameter(name, value, descriptor, ignore_override)
        if is_fixed:
            # Not before: a configured node asks of its first value too whether it may change.
            self._fixed_parameters.add(name)
        return parameter

    # The transitions, as rclpy calls them.

    def on_configure(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Configure, or release what half a configure has opened."""
        result = self._attempt(self.configure, undo=self.release)
        self._is_configured = result == TransitionCallbackReturn.SUCCESS
        return result

    def on_activate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Let the publishers speak and activate, or neither."""
        self._let_speak(state)
        result = self._attempt(self.activate, undo=self.deactivate)
        if result != TransitionCallbackReturn.SUCCESS:
            self._silence(state)
        return result

    def on_deactivate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Deactivate, then silence the publishers: what is inside still goes out."""
        result = self._attempt(self.deactivate)
        self._silence(state)
        return result

    def on_cleanup(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Release everything."""
        return self._attempt_release()

    def on_shutdown(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Release everything, from any state."""
        return self._attempt_release()

    def on_error(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Release everything and be unconfigured; finalized where that fails too."""
        try:
            self.release()
        except Exception:
            self.get_logger().fatal(f'cannot release:\n{traceback.format_exc()}')
            return TransitionCallbackReturn.FAILURE
        finally:
            self._is_active = self._is_configured = False
        return TransitionCallbackReturn.SUCCESS

    def _let_speak(self, state: LifecycleState) -> None:
        self._is_active = True
        super().on_activate(state)

    def _silence(self, state: LifecycleState) -> None:
        self._is_active = False
        super().on_deactivate(state)

    def _attempt_release(self) -> TransitionCallbackReturn:
        result = self._attempt(self.release)
        self._is_active = False
        self._is_configured = result != TransitionCallbackReturn.SUCCESS
        return result

    def _attempt(
        self, action: Callable[[], None], undo: Callable[[], None] = lambda: None
    ) -> TransitionCallbackReturn:
        try:
            try:
                action()
            except HailoPerceptionError:
                undo()
                raise
        except Exception as error:
            self._error = error
            self.failure = str(error)
            if isinstance(error, HailoPerceptionError):
                return TransitionCallbackReturn.FAILURE
            return TransitionCallbackReturn.ERROR
        self.failure = ''
        return TransitionCallbackReturn.SUCCESS

    def _answering(self, change_state: Callable[..., Any]) -> Callable[..., Any]:
        """Wrap the service that changes the state: say why it did not, and live on."""

        def answer(request: Any, response: Any) -> Any:
            self._error = None
            try:
                response = change_state(request, response)
            except rclpy_implementation.RCLError as error:
                if not self.context.ok():
                    raise
                response.success = False
                self.get_logger().warning(f'no such transition now: {error}')
            if isinstance(self._error, HailoPerceptionError):
                self.get_logger().error(str(self._error))
            elif self._error is not None:
                report = ''.join(traceback.format_exception(self._error))
                self.get_logger().error(f'back to unconfigured after an error:\n{report}')
            elif response.success and self._is_configured and not self._is_active:
                self.get_logger().info(
                    idle_line(self.get_fully_qualified_name(), self.resting_state)
                )
            self.tell_state()
            return response

        return answer

    def _on_set_parameters(self, changes: list[Parameter]) -> SetParametersResult:
        values = {change.name: change.value for change in changes}
        try:
            if self._is_configured:
                self._refuse_fixed(values)
                self.change_parameters(values)
        except HailoPerceptionError as error:
            return SetParametersResult(successful=False, reason=str(error))
        return SetParametersResult(successful=True)

    def _refuse_fixed(self, values: Mapping[str, Any]) -> None:
        for name in sorted(self._fixed_parameters.intersection(values)):
            current = _plain(self.get_parameter(name).value)
            if _plain(values[name]) != current:
                raise ConfigurationError(
                    f'{name} is fixed while the node is configured; it stays {current!r}. '
                    'Deactivate and clean up the node first, or restart it with another value'
                )


class _Destroyed:
    """Takes the place of a state machine that is gone; using that one would end the process."""

    def destroy_when_not_in_use(self) -> None:
        """Do nothing: it is done."""

    def __getattr__(self, name: str) -> NoReturn:
        raise InvalidHandle('the node is destroyed')


def _holding(machine: Any, answer: Callable[..., Any]) -> Callable[..., Any]:
    """Keep a state machine alive while an answer uses it; InvalidHandle once it is gone."""

    def answer_meanwhile(request: Any, response: Any) -> Any:
        with machine:
            return answer(request, response)

    return answer_meanwhile


def _plain(value: Any) -> Any:
    """Make a list of an array: one that was declared is a list, one that is set an array."""
    return list(value) if isinstance(value, array) else value
