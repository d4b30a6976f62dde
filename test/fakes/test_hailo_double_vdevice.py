# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0

"""Section 4 and the device errors of section 2: who gets which card."""

import gc
import subprocess
import sys
import weakref

from hailo_double import Card
from hailo_double import code_of
from hailo_double import installed
from hailo_double import LOCKS_VARIABLE
from hailo_double import Machine
from hailo_platform import Device
from hailo_platform import HailoSchedulingAlgorithm
from hailo_platform import VDevice
from hailo_platform.pyhailort import pyhailort
import pytest

FIRST, SECOND = '0000:01:00.0', '0000:02:00.0'


def scheduled(**changes):
    params = VDevice.create_params()
    params.scheduling_algorithm = HailoSchedulingAlgorithm.ROUND_ROBIN
    for name, value in changes.items():
        setattr(params, name, value)
    return params


@pytest.fixture
def two_cards():
    with installed(Machine(Card(FIRST), Card(SECOND))) as machine:
        yield machine


# ---------------------------------------------------------------- parameters


def test_section_4_default_parameters():
    params = VDevice.create_params()
    assert params.scheduling_algorithm == 0
    assert type(params.scheduling_algorithm) is int
    assert params.group_id == 'UNIQUE'
    assert params.multi_process_service is False
    assert (params.device_count, params.device_ids) == (1, [])


def test_section_4_setting_ids_sets_the_count():
    params = VDevice.create_params()
    params.device_ids = [FIRST, SECOND]
    assert params.device_count == 2


@pytest.mark.parametrize('algorithm', [1, 'ROUND_ROBIN', True, None])
def test_section_4_scheduler_takes_the_enum_only(algorithm):
    with pytest.raises(TypeError):
        VDevice.create_params().scheduling_algorithm = algorithm


@pytest.mark.parametrize(
    ('name', 'value'),
    [
        ('group_id', 3),
        ('multi_process_service', 1),
        ('device_count', '1'),
        ('device_count', -1),
        ('device_ids', FIRST),
        ('device_ids', [1]),
    ],
)
def test_section_4_parameters_are_typed(name, value):
    with pytest.raises(TypeError):
        setattr(VDevice.create_params(), name, value)


def test_rule_3_scheduler_is_off_by_default(hailo_machine, make_hef):
    with VDevice() as vdevice:
        configured = vdevice.create_infer_model(make_hef()).configure()
        with pytest.raises(pyhailort.HailoRTInvalidOperationException):
            configured.set_scheduler_timeout(1)
        del configured


def test_rule_3_ids_ignore_the_parameters(hailo_machine, make_hef):
    with VDevice(scheduled(), device_ids=[FIRST]) as vdevice:
        configured = vdevice.create_infer_model(make_hef()).configure()
        configured.activate()
        del configured


def test_section_4_ids_twice(hailo_machine):
    with pytest.raises(pyhailort.HailoRTInvalidOperationException):
        VDevice(scheduled(device_ids=[FIRST]), device_ids=[FIRST])


# ---------------------------------------------------------------- section 2: no device


@pytest.mark.parametrize('machine', [Machine(), Machine(Card(), driver_version='')])
def test_rule_17_no_card_or_no_driver(machine):
    with installed(machine):
        assert Device.scan() == []
        with pytest.raises(pyhailort.HailoRTException, match='HAILO_OUT_OF_PHYSICAL') as caught:
            VDevice()
    assert code_of(caught.value) == 74
    assert 'requested: 1, found: 0' in machine.messages[-1]


@pytest.mark.parametrize('device_id', [SECOND, 'nonsense', ''])
def test_section_2_absent_id(hailo_machine, device_id):
    for open_one in (
        lambda: VDevice(device_ids=[device_id]),
        lambda: VDevice(scheduled(device_ids=[device_id])),
    ):
        with pytest.raises(pyhailort.HailoRTInvalidArgumentException):
            open_one()


def test_rule_17_card_of_another_process(hailo_machine, card):
    card.occupy()
    assert Device.scan() == [FIRST]
    with pytest.raises(pyhailort.HailoRTException) as caught:
        VDevice(scheduled())
    assert code_of(caught.value) == 74
    with pytest.raises(pyhailort.HailoRTException) as caught:
        VDevice(scheduled(device_ids=[FIRST]))
    assert code_of(caught.value) == 73
    with Device(FIRST) as device:
        assert device.control.get_chip_temperature().ts0_temperature == card.temperature_c[0]
    card.vacate()
    VDevice(scheduled()).release()


def test_rule_20_another_process_excludes_this_one(tmp_path, hailo_machine, monkeypatch):
    monkeypatch.setenv(LOCKS_VARIABLE, str(tmp_path))
    script = (
        'import sys, hailo_platform\n'
        'vdevice = hailo_platform.VDevice()\n'
        'print("open", flush=True)\n'
        'sys.stdin.read()\n'
    )
    environment = {
        'PYTHONPATH': ':'.join(path for path in sys.path if path),
        'HAILO_DOUBLE_CARDS': 'HAILO8',
        LOCKS_VARIABLE: str(tmp_path),
    }
    with subprocess.Popen(
        [sys.executable, '-c', script],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout.readline() == 'open\n'
        with pytest.raises(pyhailort.HailoRTException) as caught:
            VDevice()
        assert code_of(caught.value) == 74
        process.communicate('')
    assert process.returncode == 0
    VDevice().release()


def test_section_2_permission(hailo_machine):
    hailo_machine.may_open_device = False
    with pytest.raises(pyhailort.HailoRTDriverOperationFailedException) as caught:
        VDevice()
    assert code_of(caught.value) == 36
    assert 'error 13' in hailo_machine.messages[-1]


def test_rule_18_driver_of_another_version():
    with installed(Machine(Card(), driver_version='4.20.0')) as machine:
        with pytest.raises(pyhailort.HailoRTException) as caught:
            VDevice()
    assert code_of(caught.value) == 76
    assert machine.messages == [
        '[HailoRT] [error] Driver version (4.20.0) is different from library version (4.23.0)'
    ]


@pytest.mark.parametrize(('count', 'code'), [(0, 2), (2, 74)])
def test_section_2_device_count(hailo_machine, count, code):
    with pytest.raises(pyhailort.HailoRTException) as caught:
        VDevice(scheduled(device_count=count))
    assert code_of(caught.value) == code
    VDevice().release()


def test_section_4_several_cards(two_cards):
    with VDevice(scheduled(device_count=2)) as vdevice:
        assert vdevice.get_physical_devices_ids() == [FIRST, SECOND]
        for device in vdevice.get_physical_devices():
            assert device.control.identify().board_name.startswith('Hailo-8')
            device.release()
    with VDevice(scheduled(device_ids=[SECOND])) as vdevice:
        assert vdevice.get_physical_devices_ids() == [SECOND]
        with VDevice() as other:
            assert other.get_physical_devices_ids() == [FIRST]


def test_section_4_physical_devices_are_new_handles(hailo_machine):
    with VDevice() as vdevice:
        first, second = vdevice.get_physical_devices() + vdevice.get_physical_devices()
        assert first is not second
        assert hailo_machine.opened['Device'] == 2
        first.release()
        second.release()


# ---------------------------------------------------------------- release and sharing


def test_section_4_release_frees_the_card_and_is_idempotent(hailo_machine):
    vdevice = VDevice()
    vdevice.release()
    vdevice.release()
    with VDevice() as again:
        assert again.get_physical_devices_ids() == [FIRST]
    with pytest.raises(pyhailort.HailoRTException):
        again.create_infer_model('net.hef')


def test_section_4_dropping_releases(hailo_machine):
    vdevice = VDevice()
    del vdevice
    gc.collect()
    assert not hailo_machine.opened['VDevice']


def test_section_4_creation_collects_garbage(hailo_machine):
    class Cycle:
        pass

    cycle = Cycle()
    cycle.itself = cycle
    reference = weakref.ref(cycle)
    del cycle
    VDevice().release()
    assert reference() is None


def test_rule_16_release_raises_native_exceptions(hailo_machine):
    vdevice = VDevice()
    hailo_machine.plant('release', 36)
    with pytest.raises(pyhailort._pyhailort.HailoRTStatusException) as caught:
        vdevice.release()
    assert caught.value.args == ('36',)
    VDevice().release()


def test_rule_20_unique_devices_exclude_each_other(open_vdevice):
    open_vdevice()
    with pytest.raises(pyhailort.HailoRTException) as caught:
        open_vdevice()
    assert code_of(caught.value) == 74


def test_rule_20_one_group_shares(open_vdevice, hailo_machine):
    first = open_vdevice(group_id='camera')
    second = open_vdevice(group_id='camera')
    first.release()
    with pytest.raises(pyhailort.HailoRTException):
        open_vdevice()
    second.release()
    open_vdevice()


@pytest.mark.parametrize('changes', [{'device_ids': [FIRST]}, {'device_count': 2}])
def test_section_4_group_with_other_devices(open_vdevice, changes):
    open_vdevice(group_id='camera')
    with pytest.raises(pyhailort.HailoRTInvalidOperationException):
        open_vdevice(group_id='camera', **changes)


def test_section_4_the_first_of_a_group_decides_on_the_scheduler(open_vdevice, make_hef):
    open_vdevice(group_id='camera')
    second = open_vdevice(group_id='camera', scheduling_algorithm=HailoSchedulingAlgorithm.NONE)
    configured = second.create_infer_model(make_hef()).configure()
    with pytest.raises(pyhailort.HailoRTInvalidOperationException):
        configured.activate()
    configured.set_scheduler_timeout(10)
