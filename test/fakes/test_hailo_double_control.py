# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0

"""Section 9: Device and Control."""

import signal
import threading

from hailo_double import Card
from hailo_double import code_of
from hailo_double import installed
from hailo_double import Machine
from hailo_platform import AveragingFactor
from hailo_platform import Device
from hailo_platform import DvmTypes
from hailo_platform import PowerMeasurementTypes
from hailo_platform import SamplingPeriod
from hailo_platform import VDevice
from hailo_platform.pyhailort import _pyhailort
from hailo_platform.pyhailort import pyhailort
from hailo_platform.pyhailort.pyhailort import NotificationId
import pytest

FIRST = '0000:01:00.0'


@pytest.fixture
def control(hailo_machine):
    with Device() as device:
        yield device.control


# ---------------------------------------------------------------- Device


def test_section_2_no_device_at_all():
    with installed(Machine()):
        with pytest.raises(pyhailort.HailoRTException, match='device not found in the system'):
            Device()


@pytest.mark.parametrize('device_id', ['0000:09:00.0', 'nonsense'])
def test_rule_16_absent_device(hailo_machine, device_id):
    with pytest.raises(_pyhailort.HailoRTStatusException) as caught:
        Device(device_id)
    assert caught.value.args == ('2',)


@pytest.mark.parametrize(
    ('switches', 'code'),
    [({'may_open_device': False}, '36'), ({'driver_version': '4.20.0'}, '76')],
)
def test_rule_16_device_that_cannot_be_opened(hailo_machine, switches, code):
    for name, value in switches.items():
        setattr(hailo_machine, name, value)
    with pytest.raises(_pyhailort.HailoRTStatusException) as caught:
        Device()
    assert caught.value.args == (code,)


def test_section_9_devices_beside_a_vdevice(hailo_machine):
    with VDevice(), Device() as first, Device(FIRST) as second:
        assert first.device_id == second.device_id == FIRST
        assert hailo_machine.opened['Device'] == 2
    assert not hailo_machine.opened['Device']


def test_section_9_creation_blocks_sigwinch_in_its_thread(hailo_machine):
    masks = []

    def open_one():
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGWINCH})
        masks.append(signal.pthread_sigmask(signal.SIG_BLOCK, ()))
        Device().release()
        masks.append(signal.pthread_sigmask(signal.SIG_BLOCK, ()))

    thread = threading.Thread(target=open_one)
    thread.start()
    thread.join()
    assert masks[1] - masks[0] == {signal.SIGWINCH}


CONTROL_CALLS = {
    'identify': (),
    'get_chip_temperature': (),
    'get_extended_device_information': (),
    'get_throttling_state': (),
    'set_throttling_state': (True,),
    '_get_health_information': (),
    'power_measurement': (),
    'set_power_measurement': (),
    'stop_power_measurement': (),
}


@pytest.mark.parametrize('call', CONTROL_CALLS)
def test_section_9_released_device(hailo_machine, call):
    device = Device()
    device.release()
    device.release()
    with pytest.raises(pyhailort.HailoRTInvalidOperationException):
        getattr(device.control, call)(*CONTROL_CALLS[call])


@pytest.mark.parametrize('call', CONTROL_CALLS)
@pytest.mark.parametrize('status', [4, 18, 36, 48])
def test_each_control_call_can_fail(hailo_machine, control, call, status):
    hailo_machine.plant(call, status)
    with pytest.raises(pyhailort.HailoRTException) as caught:
        getattr(control, call)(*CONTROL_CALLS[call])
    assert code_of(caught.value) == status
    getattr(control, call)(*CONTROL_CALLS[call])


@pytest.mark.parametrize('call', CONTROL_CALLS)
def test_control_of_a_card_that_left(control, card, call):
    card.vanish()
    with pytest.raises(pyhailort.HailoRTDriverOperationFailedException):
        getattr(control, call)(*CONTROL_CALLS[call])


@pytest.mark.parametrize('call', CONTROL_CALLS)
def test_section_2_firmware_of_another_version(hailo_machine, card, call):
    card.firmware_version = '4.20.0'
    with Device() as device:
        assert 'Device: 4.20.0' in hailo_machine.messages[-1]
        if call == 'identify':
            assert str(device.control.identify().firmware_version).startswith('4.20.0 (')
            return
        with pytest.raises(pyhailort.HailoRTException) as caught:
            getattr(device.control, call)(*CONTROL_CALLS[call])
    assert code_of(caught.value) == 16


# ---------------------------------------------------------------- what it tells


@pytest.mark.parametrize('architecture', ['HAILO8', 'HAILO8L'])
def test_section_9_identify(hailo_machine, card, architecture):
    card.architecture = architecture
    with Device() as device:
        board = device.control.identify()
    assert str(board.firmware_version) == '4.23.0 (release,app,extended context switch buffer)'
    assert (board.firmware_version.major, board.firmware_version.minor) == (4, 23)
    assert str(board.device_architecture) == architecture
    assert board.board_name.rstrip('\0') == 'Hailo-8'
    assert board.is_release is True


def test_section_9_ai_hat_has_no_identity():
    with installed(Machine(Card.ai_hat(architecture='HAILO8L'))):
        with Device() as device:
            board = device.control.identify()
            features = device.control.get_extended_device_information().supported_features
    assert (board.serial_number, board.part_number, board.product_name) == ('', '', '')
    assert features.current_monitoring is False


def test_section_9_temperature(control, card):
    card.temperature_c = (71.5, 73.25)
    found = control.get_chip_temperature()
    assert (found.ts0_temperature, found.ts1_temperature) == (71.5, 73.25)
    assert type(found.sample_count) is int


def test_section_9_extended_information(control, card):
    found = control.get_extended_device_information()
    assert found.neural_network_core_clock_rate == 400_000_000
    assert found.supported_features.current_monitoring is True
    assert found.supported_features.pcie is True


def test_section_9_throttling_state_is_the_protection(control, card):
    card.throttling_level = 2
    assert control.get_throttling_state() is True
    control.set_throttling_state(False)
    assert control.get_throttling_state() is False
    with pytest.raises(TypeError):
        control.set_throttling_state(1)


@pytest.mark.parametrize('level', [-1, 0, 3])
def test_section_9_health(control, card, level):
    card.throttling_level = level
    assert control._get_health_information().current_temperature_throttling_level == level


# ---------------------------------------------------------------- power


@pytest.mark.parametrize(
    ('has_monitor', 'product', 'is_possible'),
    [(True, '', True), (False, 'HAILO-8 EVB', True), (False, 'HAILO-8 M.2', False)],
)
def test_section_9_power_where_the_board_can(control, card, has_monitor, product, is_possible):
    card.has_current_monitoring, card.product_name = has_monitor, product
    if is_possible:
        assert control.power_measurement() == card.power_w
        return
    for attempt in (control.power_measurement, control.set_power_measurement):
        with pytest.raises(pyhailort.HailoRTUnsupportedOpcodeException):
            attempt()


def test_section_9_power_refused_by_the_firmware(control, card):
    card.has_current_monitoring, card.power_refusal = False, 18
    with pytest.raises(pyhailort.HailoRTFirmwareControlFailedException):
        control.power_measurement()


def test_section_9_single_shot_interrupts_the_protection(hailo_machine, control, card):
    control.power_measurement(DvmTypes.AUTO, PowerMeasurementTypes.POWER)
    assert (card.overcurrent_interruptions, card.is_overcurrent_protected) == (1, True)
    assert 'overcurrent protection' in hailo_machine.messages[-1]
    control.power_measurement(DvmTypes.VDD_CORE)
    assert card.overcurrent_interruptions == 1


def test_section_9_continuous_measurement(control, card):
    control.set_power_measurement()
    control.start_power_measurement()
    assert not card.is_overcurrent_protected
    found = control.get_power_measurement()
    assert (found.average_value, found.total_number_of_samples) == (card.power_w, 256)
    control.stop_power_measurement()
    assert card.is_overcurrent_protected


def test_measuring_out_of_order_is_refused(control):
    for attempt in (control.start_power_measurement, control.get_power_measurement):
        with pytest.raises(pyhailort.HailoRTFirmwareControlFailedException):
            attempt()
    control.set_power_measurement()
    control.start_power_measurement(AveragingFactor.AVERAGE_1, SamplingPeriod.PERIOD_140us)
    assert control.get_power_measurement(should_clear=False).total_number_of_samples == 1


@pytest.mark.parametrize('arguments', [(1,), (DvmTypes.AUTO, DvmTypes.AUTO)])
def test_power_arguments_are_typed(control, arguments):
    with pytest.raises(TypeError):
        control.power_measurement(*arguments)


# ---------------------------------------------------------------- notifications


def test_section_9_notifications(control, card):
    heard = []
    clock_changed = NotificationId.HEALTH_MONITOR_CLOCK_CHANGED_EVENT

    def listen(device, notification, opaque):
        body = notification.body.health_monitor_clock_changed_notification
        heard.append((body.previous_clock, body.current_clock, opaque, threading.get_ident()))

    control.set_notification_callback(listen, clock_changed, 'front')
    card.notify(clock_changed, previous_clock=400, current_clock=200)
    card.notify(NotificationId.CPU_ECC_ERROR)
    ((previous, current, opaque, thread),) = heard
    assert (previous, current, opaque) == (400, 200, 'front')
    assert thread != threading.get_ident()
    control.remove_notification_callback(clock_changed)
    card.notify(clock_changed, previous_clock=200, current_clock=400)
    assert len(heard) == 1
    with pytest.raises(pyhailort.HailoRTInvalidArgumentException):
        control.remove_notification_callback(clock_changed)


def test_section_9_an_exception_in_a_notification_is_the_end(hailo_machine, control, card):
    def listen(device, notification, opaque):
        raise KeyError('oops')

    control.set_notification_callback(listen, NotificationId.DEBUG, None)
    card.notify(NotificationId.DEBUG)
    (violation,) = hailo_machine.take_violations()
    assert violation.rule == 'section 9'


def test_release_ends_notifications(hailo_machine, card):
    heard = []
    with Device() as device:
        device.control.set_notification_callback(
            lambda *arguments: heard.append(arguments), NotificationId.DEBUG, None
        )
    card.notify(NotificationId.DEBUG)
    assert not heard


def test_rule_2_a_slow_card_blocks_its_caller(hailo_machine, control):
    hailo_machine.slow_down('get_chip_temperature', 0.001)
    assert control.get_chip_temperature().ts0_temperature > 0
    with pytest.raises(ValueError, match='expected one of'):
        hailo_machine.slow_down('dance', 1.0)
