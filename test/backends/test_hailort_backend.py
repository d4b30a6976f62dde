# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0

"""How the device is opened, shared and asked for its state."""

import signal
import stat
import threading
import weakref

import numpy as np
import pytest

from hailo_perception.backends.hailort.host import Host
from hailo_perception.backends.hailort.monitor import Monitor
from hailo_perception.backends.hailort.options import HailortOptions
from hailo_perception.backends.hailort.runtime import load_runtime
from hailo_perception.core.errors import BackendError
from hailo_perception.core.tensors import RawOutputs

PATIENCE_S = 30.0


@pytest.fixture
def calls(hailo, monkeypatch):
    """Record what the backend asks of the library: a list of (call, argument)."""
    import hailo_platform
    from hailo_platform.pyhailort.pyhailort import InferModel

    made = []

    def record(owner, name):
        function = getattr(owner, name)

        def recorded(self, *arguments, **named):
            made.append((name, *arguments))
            return function(self, *arguments, **named)

        monkeypatch.setattr(owner, name, recorded)

    record(hailo_platform.VDevice, '__init__')
    record(hailo_platform.VDevice, 'create_infer_model')
    record(hailo_platform.VDevice, 'release')
    for name in ('set_batch_size', 'set_power_mode', 'configure'):
        record(InferModel, name)
    return made


def test_device_is_opened_with_scheduler_group_batch_and_power_mode(hailo, calls):
    import hailo_platform

    backend = hailo.open(
        device_ids=('0000:01:00.0',),
        group_id='robot',
        batch_size=4,
        power_mode='ultra_performance',
    )
    backend.close()
    (_, parameters), (_, hef, group), *settings = calls[:5]
    assert parameters.scheduling_algorithm == 1
    assert parameters.group_id == 'robot'
    assert parameters.device_ids == ['0000:01:00.0']
    assert not parameters.multi_process_service
    assert (hef, group) == (str(hailo.hef), 'net')
    assert settings == [
        ('set_batch_size', 4),
        ('set_power_mode', hailo_platform.HailoPowerMode.ULTRA_PERFORMANCE),
        ('configure',),
    ]
    assert calls[-1] == ('release',)


@pytest.mark.parametrize(
    'fault', [None, 'run_async', 'wait_for_async_ready', 'completion', 'configure']
)
def test_network_and_model_are_gone_when_the_device_is_released(hailo, monkeypatch, fault):
    """The binding's model refers to the device by a bare pointer."""
    import hailo_platform
    from hailo_platform.pyhailort.pyhailort import ConfiguredInferModel
    from hailo_platform.pyhailort.pyhailort import InferModel

    made = []
    still_there = []

    def remember(owner):
        create = owner.__init__

        def created(self, *arguments):
            made.append(weakref.ref(self))
            create(self, *arguments)

        monkeypatch.setattr(owner, '__init__', created)

    remember(InferModel)
    remember(ConfiguredInferModel)
    release = hailo_platform.VDevice.release

    def released(self):
        still_there.extend(thing() for thing in made if thing() is not None)
        release(self)

    monkeypatch.setattr(hailo_platform.VDevice, 'release', released)
    if fault == 'configure':
        hailo.machine.plant('configure', 8)
        with pytest.raises(BackendError) as caught:
            hailo.open()
        assert caught.value.__cause__ is not None
    else:
        backend = hailo.open()
        kept = []
        if fault is not None:
            hailo.machine.plant(fault, 8)
            try:
                kept.append(hailo.answer(backend))
            except BackendError as error:
                kept.append(error)
        assert isinstance(hailo.answer(backend), RawOutputs)
        backend.close()
    assert len(made) >= 1
    assert still_there == []


def test_two_networks_of_one_group_share_the_device(hailo):
    front, rear = hailo.open(), hailo.open()
    assert hailo.answer(front, 3).tensors['depth'].max() == 3
    front.close()
    assert hailo.answer(rear, 4).tensors['depth'].max() == 4


def test_service_shares_the_device_with_another_process(hailo):
    hailo.machine.has_service = True
    hailo.card.occupy('hailo_perception')
    backend = hailo.open(multi_process_service=True, queue_size=20)
    assert backend.queue_size == 8
    assert isinstance(hailo.answer(backend), RawOutputs)


def test_queue_is_no_longer_than_the_librarys(hailo):
    hailo.machine.library_version = hailo.machine.driver_version = '4.20.0'
    assert hailo.open(queue_size=20).queue_size == 4


@pytest.mark.parametrize('options', [{'device_count': 2}, {'device_ids': ('b', 'a')}])
def test_several_devices_work_together(hailo, completions, options):
    double = hailo.double
    hailo.machine.cards[:] = [double.Card('a'), double.Card('b')]
    hailo.machine.cards[1].temperature_c = (70.0, 71.0)
    backend = hailo.open(queue_size=4, **options)
    for value in range(20):
        assert backend.wait_ready(PATIENCE_S)
        backend.submit(np.full((4, 8, 3), value, np.uint8), completions.on_done(value))
    backend.wait_ready(0)
    health = backend.health()
    backend.close()
    assert completions.tags == list(range(20))
    assert [o.tensors['depth'].max() for _, o in completions.outcomes] == list(range(20))
    assert sorted(health.device_id.split(', ')) == ['a', 'b']
    assert health.temperature_c == 71.0
    assert len(health.temperatures_c) == 4
    assert health.power_w == pytest.approx(3.5)


def test_answers_come_in_order_when_several_devices_overtake_each_other(hailo, completions):
    """The library may complete a later frame first when it uses several devices."""
    backend = hailo.open(queue_size=3)
    held = []
    settle = backend._flights.settle

    def settle_backwards(flight, failure):
        held.append((flight, failure))
        if len(held) == 3:
            for both in reversed(held):
                settle(*both)

    backend._flights.settle = settle_backwards
    for tag in range(3):
        backend.submit(np.zeros((4, 8, 3), np.uint8), completions.on_done(tag))
    completions.wait_for(3)
    assert completions.tags == [0, 1, 2]


@pytest.mark.parametrize(
    ('compiled', 'chip', 'is_warned'),
    [('HAILO8L', 'HAILO8', True), ('HAILO8', 'HAILO8', False), ('HAILO8L', 'HAILO8L', False)],
)
def test_network_for_the_smaller_chip_is_run_with_a_warning(
    hailo, tmp_path, monkeypatch, compiled, chip, is_warned
):
    tool = tmp_path / 'bin' / 'hailortcli'
    tool.parent.mkdir()
    tool.write_text(f'#!/bin/sh\necho "Architecture HEF was compiled for: {compiled}"\n')
    tool.chmod(tool.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv('PATH', str(tool.parent), prepend=':')
    hailo.card.architecture = chip
    hailo.write([hailo.double.Stream('depth', (4, 8, 1))], architecture=compiled)
    backend = hailo.open()
    assert isinstance(hailo.answer(backend), RawOutputs)
    warned = any('compiled for HAILO8L' in warning for warning in backend.warnings)
    assert warned == is_warned


def test_log_file_of_the_library_is_switched_off_unless_asked_for(hailo, monkeypatch):
    monkeypatch.delenv('HAILORT_LOGGER_PATH', raising=False)
    hailo.open()
    assert hailo.machine.log_folders == ()


# Health.


def test_health_of_a_module(hailo, tmp_path):
    (tmp_path / 'sys/module/hailo_pci').mkdir(parents=True)
    (tmp_path / 'sys/module/hailo_pci/version').write_text('4.23.0\n')
    health = hailo.open(host=Host(tmp_path)).health()
    assert health.device == 'Hailo-8 0000:01:00.0'
    assert health.device_id == '0000:01:00.0'
    assert health.architecture == 'HAILO8'
    assert health.temperatures_c == (46.5, 47.25)
    assert health.temperature_c == 47.25
    assert health.power_w == 1.75
    assert health.is_throttling is False
    assert health.firmware_version.startswith('4.23.0')
    assert health.driver_version == '4.23.0'
    assert health.library_version == load_runtime().version
    assert health.outage is None


def test_health_of_a_board_without_a_meter(hailo, tmp_path):
    """A Raspberry Pi AI HAT+ tells neither its name nor its power; it is not even asked."""
    hailo.machine.cards[:] = [hailo.double.Card.ai_hat()]
    health = hailo.open(host=Host(tmp_path)).health()
    assert health.power_w is None
    assert health.driver_version is None
    assert health.temperature_c is not None
    assert hailo.card.overcurrent_interruptions == 0
    assert not [line for line in hailo.machine.messages if 'power' in line]


def test_throttling_is_told(hailo):
    hailo.card.throttling_level = 2
    assert hailo.open().health().is_throttling is True


class Clock:
    def __init__(self):
        self.now_s = 0.0

    def __call__(self):
        return self.now_s


def make_monitor(clock, **options):
    return Monitor(load_runtime(), HailortOptions(**options), clock=clock)


def test_temperature_is_read_each_second_and_power_less_often(hailo):
    clock = Clock()
    monitor = make_monitor(clock, power_period_s=5.0)
    monitor.watch(['0000:01:00.0'])
    assert monitor.wait_s == 1.0
    readings = []
    for second in range(1, 8):
        hailo.card.temperature_c = (40.0 + second, 30.0)
        hailo.card.power_w = float(second)
        clock.now_s = second - 0.5
        monitor.poll()
        clock.now_s = float(second)
        monitor.poll()
        readings.append((monitor.health.temperature_c, monitor.health.power_w))
    assert [temperature for temperature, _ in readings] == [41, 42, 43, 44, 45, 46, 47]
    assert [power for _, power in readings] == [1.75, 1.75, 1.75, 1.75, 5.0, 5.0, 5.0]
    assert hailo.card.overcurrent_interruptions == 2
    monitor.release()
    assert monitor.health.temperature_c is None
    assert monitor.wait_s == float('inf')


@pytest.mark.parametrize('status', [48, 18])
def test_board_that_cannot_measure_is_asked_once(hailo, status, caplog):
    clock = Clock()
    hailo.machine.plant('power_measurement', status, times=None)
    monitor = make_monitor(clock, power_period_s=1.0)
    for second in range(5):
        clock.now_s = float(second)
        if not second:
            monitor.watch(['0000:01:00.0'])
        monitor.poll()
    assert monitor.health.power_w is None
    assert monitor.health.temperature_c is not None
    assert caplog.text.count('does not measure its power') == 1
    monitor.release()


@pytest.mark.parametrize('status', [4, 36])
def test_board_that_missed_a_measurement_is_asked_again(hailo, status, caplog):
    clock = Clock()
    monitor = make_monitor(clock, power_period_s=2.0)
    monitor.watch(['0000:01:00.0'])
    hailo.machine.plant('power_measurement', status, times=2)
    readings = []
    for second in range(1, 8):
        clock.now_s = float(second)
        monitor.poll()
        readings.append(monitor.health.power_w)
    assert readings == [1.75, None, None, None, None, 1.75, 1.75]
    assert caplog.text.count('does not measure its power') == 1
    monitor.release()


def test_silent_firmware_is_asked_less_and_less(hailo):
    """Each question without an answer stops the whole process for a second."""
    clock = Clock()
    monitor = make_monitor(clock)
    monitor.watch(['0000:01:00.0'])
    hailo.machine.plant('get_chip_temperature', 18, times=8)
    waits = []
    for _ in range(9):
        clock.now_s += monitor.wait_s
        monitor.poll()
        waits.append(monitor.wait_s)
    assert waits == [2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0, 60.0, 1.0]
    assert monitor.health.temperature_c is not None
    monitor.release()


@pytest.mark.parametrize(
    ('call', 'power_w', 'architecture'),
    [
        ('Device', None, None),
        ('identify', 1.75, None),
        ('get_extended_device_information', None, 'HAILO8'),
    ],
)
def test_device_that_says_nothing_of_itself_still_runs(hailo, call, power_w, architecture):
    hailo.machine.plant(call, 18, times=None)
    backend = hailo.open()
    assert isinstance(hailo.answer(backend), RawOutputs)
    health = backend.health()
    assert health.device == ('Hailo-8' if architecture else 'Hailo device') + ' 0000:01:00.0'
    assert (health.power_w, health.architecture) == (power_w, architecture)


@pytest.mark.parametrize(('health_period_s', 'is_asked'), [(0.0, False), (1.0, True)])
def test_health_can_be_switched_off(hailo, health_period_s, is_asked):
    health = hailo.open(health_period_s=health_period_s).health()
    assert (health.temperature_c is not None) == is_asked
    assert health.architecture == 'HAILO8'


def test_opening_a_device_blocks_no_signal_of_the_caller(hailo, monkeypatch):
    import hailo_platform

    open_device = hailo_platform.Device.__init__

    def blocking(self, *arguments):
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGWINCH})
        open_device(self, *arguments)

    monkeypatch.setattr(hailo_platform.Device, '__init__', blocking)
    hailo.open()
    assert signal.SIGWINCH not in signal.pthread_sigmask(signal.SIG_BLOCK, ())


def test_slow_device_stops_no_other_thread_while_frames_run(hailo, completions):
    """While the chip works on a frame, and while it is waited for, others run."""
    backend = hailo.open(queue_size=1)
    hailo.card.pause()
    backend.submit(np.zeros((4, 8, 3), np.uint8), completions.on_done(0))
    ran = threading.Event()
    waiting = threading.Thread(target=backend.wait_ready, args=(PATIENCE_S,))
    waiting.start()
    threading.Thread(target=ran.set).start()
    assert ran.wait(PATIENCE_S)
    hailo.card.resume()
    waiting.join(PATIENCE_S)
    completions.wait_for(1)
