# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0

"""Section 4: other processes, cards that vanish, and what the double notices."""

import os
import subprocess
import sys
import threading

from hailo_double import Card
from hailo_double import code_of
from hailo_double import installed
from hailo_double import Machine
from hailo_double import ProcessDeath
import hailo_platform
from hailo_platform import Device
from hailo_platform import HailoSchedulingAlgorithm
from hailo_platform import VDevice
from hailo_platform.pyhailort import pyhailort
import pytest

PATIENCE_S = 30.0


def scheduled(**changes):
    params = VDevice.create_params()
    params.scheduling_algorithm = HailoSchedulingAlgorithm.ROUND_ROBIN
    for name, value in changes.items():
        setattr(params, name, value)
    return params


# ---------------------------------------------------------------- multi-process service


@pytest.mark.parametrize(
    ('switches', 'scheduler', 'code'),
    [
        ({'has_service': False}, 'ROUND_ROBIN', 6),
        ({'has_service': True}, 'NONE', 2),
        ({'has_service': True, 'service_version': '4.22.0'}, 'ROUND_ROBIN', 78),
        ({'has_service': True, 'is_service_running': False}, 'ROUND_ROBIN', 77),
    ],
)
def test_section_2_service(hailo_machine, switches, scheduler, code):
    for name, value in switches.items():
        setattr(hailo_machine, name, value)
    params = scheduled(
        multi_process_service=True,
        scheduling_algorithm=getattr(HailoSchedulingAlgorithm, scheduler),
    )
    with pytest.raises(pyhailort.HailoRTException) as caught:
        VDevice(params)
    assert code_of(caught.value) == code


def test_section_4_service_shares_with_other_processes_of_its_group(hailo_machine, card):
    hailo_machine.has_service = True
    card.occupy('camera')
    VDevice(scheduled(multi_process_service=True, group_id='camera')).release()
    for params in (
        scheduled(multi_process_service=True, group_id='other'),
        scheduled(multi_process_service=True),
        scheduled(),
    ):
        with pytest.raises(pyhailort.HailoRTException) as caught:
            VDevice(params)
        assert code_of(caught.value) == 74


def test_section_7_libraries_with_the_service_have_short_queues(hailo_machine, open_runner):
    hailo_machine.has_service = True
    assert open_runner().configured.get_async_queue_size() == 8


@pytest.mark.parametrize(('batch', 'size'), [(0, 8), (1, 8), (2, 4), (3, 2), (8, 1)])
def test_section_4_queues_through_the_service(
    hailo_machine, open_runner, open_vdevice, batch, size
):
    hailo_machine.has_service = True
    vdevice = open_vdevice(multi_process_service=True)
    runner = open_runner(vdevice=vdevice, prepare=lambda model: model.set_batch_size(batch))
    assert runner.configured.get_async_queue_size() == size


def test_section_2_service_dies(hailo_machine, open_vdevice, make_hef):
    hailo_machine.has_service = True
    model = open_vdevice(multi_process_service=True).create_infer_model(make_hef())
    hailo_machine.is_service_running = False
    with pytest.raises(pyhailort.HailoRTException) as caught:
        model.configure()
    assert code_of(caught.value) == 77


# ---------------------------------------------------------------- processes and disappearance


def test_section_4_not_in_a_forked_process(open_vdevice, make_hef):
    vdevice, hef = open_vdevice(), make_hef()
    model = vdevice.create_infer_model(hef)
    child = os.fork()
    if not child:
        codes = 0
        for bit, call in ((1, lambda: vdevice.create_infer_model(hef)), (2, model.configure)):
            try:
                call()
            except hailo_platform.HailoRTException:
                codes |= bit
        os._exit(codes)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 3


def test_rule_22_use_after_release_kills_the_process(hailo_machine, open_vdevice, make_hef):
    vdevice = open_vdevice()
    model = vdevice.create_infer_model(make_hef())
    vdevice.release()
    for use in (model.configure, lambda: model.inputs, lambda: model.set_batch_size(1)):
        with pytest.raises(ProcessDeath, match='rule 22'):
            use()
    assert {violation.rule for violation in hailo_machine.take_violations()} == {'rule 22'}


def test_rule_22_release_before_the_model_is_dropped(hailo_machine, open_vdevice, make_hef):
    vdevice = open_vdevice()
    configured = vdevice.create_infer_model(make_hef()).configure()
    vdevice.release()
    del configured
    (violation,) = hailo_machine.take_violations()
    assert violation.rule == 'rule 22'


def test_a_card_vanishes_and_returns(hailo_machine, card, open_vdevice, make_hef):
    vdevice = open_vdevice()
    model = vdevice.create_infer_model(make_hef())
    card.vanish()
    assert Device.scan() == []
    with pytest.raises(pyhailort.HailoRTDriverOperationFailedException):
        model.configure()
    card.come_back()
    with pytest.raises(pyhailort.HailoRTDriverOperationFailedException):
        model.configure()
    vdevice.release()
    configured = open_vdevice().create_infer_model(make_hef()).configure()
    assert configured.get_async_queue_size() == 32


def test_rule_2_slow_calls_hold_the_gil(hailo_machine):
    """A thread that counts as fast as it can stands still while the card answers."""
    counted = [0]
    is_counting = threading.Event()
    stop = threading.Event()

    def count():
        while not stop.is_set():
            counted[0] += 1
            is_counting.set()

    with Device() as device:
        ask = device.control.get_chip_temperature
        hailo_machine.slow_down('get_chip_temperature', 0.02)
        ask()
        thread = threading.Thread(target=count)
        thread.start()
        assert is_counting.wait(PATIENCE_S)
        interval = sys.getswitchinterval()
        sys.setswitchinterval(0.2)
        try:
            # The other thread may have asked for its turn before the interval grew.
            stood_still = any(counted[0] == (ask(), counted[0])[1] for _ in range(10))
        finally:
            sys.setswitchinterval(interval)
            stop.set()
            thread.join()
    assert stood_still


def test_misuse_and_leftovers_fail_a_test():
    with pytest.raises(AssertionError, match='1 VDevice still open'):
        with installed(Machine(Card())):
            vdevice = VDevice()
    vdevice.release()
    with pytest.raises(AssertionError, match='rule 24'):
        with installed(Machine(Card())) as machine:
            machine.report('rule 24', 'example')


@pytest.mark.parametrize(('value', 'folders'), [('NONE', 0), ('/tmp/logs', 1), (None, 2)], ids=str)
def test_rule_25_where_the_log_would_go(hailo_machine, monkeypatch, value, folders):
    monkeypatch.delenv('HAILORT_LOGGER_PATH', raising=False)
    if value is not None:
        monkeypatch.setenv('HAILORT_LOGGER_PATH', value)
    assert hailo_machine.log_folders is None
    Device.scan()
    assert len(hailo_machine.log_folders) == folders
    monkeypatch.setenv('HAILORT_LOGGER_PATH', '/elsewhere')
    Device.scan()
    assert len(hailo_machine.log_folders) == folders


def test_a_process_that_exits_with_a_frame_in_flight_does_not_hang(make_hef):
    script = (
        'import sys, hailo_double, hailo_platform, numpy\n'
        'hailo_double.current().cards[0].pause()\n'
        'vdevice = hailo_platform.VDevice()\n'
        'configured = vdevice.create_infer_model(sys.argv[1]).configure()\n'
        'configured.activate()\n'
        'bindings = configured.create_bindings(\n'
        '    {"net/input_layer1": numpy.zeros((4, 8, 3), numpy.uint8)},\n'
        '    {"net/depth": numpy.zeros((4, 8, 1), numpy.uint8)},\n'
        ')\n'
        'configured.run_async([bindings])\n'
    )
    environment = {
        'PYTHONPATH': ':'.join(path for path in sys.path if path),
        'HAILO_DOUBLE_CARDS': 'HAILO8',
    }
    command = [sys.executable, '-c', script, make_hef()]
    subprocess.run(command, env=environment, timeout=PATIENCE_S, check=True)


@pytest.mark.parametrize(('level', 'count'), [(None, 2), ('error', 1), ('critical', 0)])
def test_section_15_what_goes_to_stderr(hailo_machine, monkeypatch, capfd, level, count):
    if level is not None:
        monkeypatch.setenv('HAILORT_CONSOLE_LOGGER_LEVEL', level)
    hailo_machine.log('warning', 'first')
    hailo_machine.log('error', 'second')
    assert len(capfd.readouterr().err.splitlines()) == count
    assert hailo_machine.messages[1] == '[HailoRT] [error] second'


def test_a_process_of_its_own_is_set_up_by_its_environment(tmp_path):
    setup = tmp_path / 'setup.py'
    setup.write_text('machine.cards[1].temperature_c = (80.0, 81.0)\n')
    script = (
        'import hailo_platform as h\n'
        'print(h.Device.scan(), h.Device("0000:02:00.0").control.get_chip_temperature())\n'
    )
    environment = {'PYTHONPATH': ':'.join(path for path in sys.path if path)}
    without = subprocess.run(
        [sys.executable, '-c', 'import hailo_platform as h; print(h.Device.scan())'],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert without.stdout == '[]\n'
    environment |= {'HAILO_DOUBLE_CARDS': 'HAILO8,HAILO8L', 'HAILO_DOUBLE_SETUP': str(setup)}
    found = subprocess.run(
        [sys.executable, '-c', script],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "['0000:01:00.0', '0000:02:00.0']" in found.stdout
    assert 'ts0_temperature=80.0' in found.stdout
