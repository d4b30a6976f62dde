# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0

"""What keeps a network from being opened: each cause has its own error, remedy and end."""

from dataclasses import replace
import sys
import types

import pytest

from hailo_perception.backends.hailort import errors
from hailo_perception.backends.hailort import host as host_module
from hailo_perception.backends.hailort.host import Host
from hailo_perception.backends.hailort.inspection import inspect_hef
from hailo_perception.backends.hailort.options import HailortOptions
from hailo_perception.backends.hailort.runtime import load_runtime
from hailo_perception.core.errors import BackendError
from hailo_perception.core.errors import ConfigurationError
from hailo_perception.core.errors import ManifestError
from hailo_perception.core.errors import MissingDependencyError


@pytest.fixture
def make_host(tmp_path):
    """Make a file system with a driver of that version ('' for none) and device nodes."""

    def make(driver='4.23.0', nodes=('hailo0',)):
        root = tmp_path / 'root'
        (root / 'dev').mkdir(parents=True)
        for node in nodes:
            (root / 'dev' / node).touch()
        if driver:
            module = root / 'sys/module/hailo_pci'
            module.mkdir(parents=True)
            (module / 'version').write_text(f'{driver}\n')
        return Host(root)

    return make


# The library itself.


def broken_import(monkeypatch, error):
    """Let ``import hailo_platform`` raise."""

    class Finder:
        def find_spec(self, name, path=None, target=None):
            if name == 'hailo_platform':
                raise error

    monkeypatch.delitem(sys.modules, 'hailo_platform', raising=False)
    monkeypatch.setattr(sys, 'meta_path', [Finder(), *sys.meta_path])


@pytest.mark.parametrize(
    ('error', 'expected', 'messages'),
    [
        (
            ModuleNotFoundError('No module', name='hailo_platform'),
            errors.RuntimeMissingError,
            ['hailo_platform is needed to run a network on a Hailo device', 'hailo-all'],
        ),
        (
            ImportError('libhailort version (4.22.0) does not match pyhailort version (4.23.0)'),
            errors.BindingVersionError,
            ['4.22.0 meets 4.23.0', 'of one version'],
        ),
        (
            ImportError('libhailort.so.4.20.0: cannot open shared object file'),
            errors.BindingVersionError,
            ['made for HailoRT 4.20.0', 'not installed'],
        ),
        (
            ModuleNotFoundError('No module named netifaces', name='netifaces'),
            errors.RuntimeUnusableError,
            ['cannot be imported', 'netifaces'],
        ),
        (RuntimeError('undefined symbol'), errors.RuntimeUnusableError, ['undefined symbol']),
    ],
)
def test_library_that_cannot_be_imported(monkeypatch, error, expected, messages):
    broken_import(monkeypatch, error)
    with pytest.raises(expected) as caught:
        load_runtime()
    assert type(caught.value) is expected
    assert isinstance(caught.value, (MissingDependencyError, ConfigurationError))
    for message in messages:
        assert message in str(caught.value)


def test_library_that_lacks_what_is_needed(monkeypatch):
    monkeypatch.setitem(sys.modules, 'hailo_platform', types.ModuleType('hailo_platform'))
    with pytest.raises(errors.RuntimeUnusableError, match='4.18 to 4.23'):
        load_runtime()


# Driver and device.


def open_fails(hailo, expected, *messages, **options):
    with pytest.raises(expected) as caught:
        hailo.open(**options)
    assert type(caught.value) is expected
    for message in messages:
        assert message in str(caught.value)
    return caught.value


@pytest.mark.parametrize(
    ('driver', 'nodes', 'expected', 'message'),
    [
        ('', (), errors.DriverMissingError, 'hailo_pci is not loaded'),
        ('4.23.0', (), errors.DeviceMissingError, 'lspci'),
        ('4.23.0', ('hailo0',), errors.DeviceMissingError, '/sys/class/hailo_chardev'),
    ],
)
def test_no_device(hailo, make_host, driver, nodes, expected, message):
    hailo.card.vanish()
    error = open_fails(hailo, expected, message, host=make_host(driver, nodes))
    assert isinstance(error, BackendError)


@pytest.mark.parametrize('device_ids', [(), ('0000:01:00.0',)])
def test_device_in_use(hailo, device_ids):
    hailo.card.occupy()
    open_fails(
        hailo,
        errors.DeviceBusyError,
        '0000:01:00.0 is in use',
        'hailort_multi_process_service',
        device_ids=device_ids,
    )


def test_fewer_devices_than_asked_for(hailo):
    open_fails(
        hailo,
        errors.DeviceMissingError,
        '2 Hailo devices were asked for, there is 0000:01:00.0',
        device_count=2,
    )


@pytest.mark.parametrize('device_id', ['0000:05:00.0', 'first'])
def test_device_that_there_is_not(hailo, device_id):
    open_fails(
        hailo,
        errors.UnknownDeviceError,
        device_id,
        'devices that are there: 0000:01:00.0',
        device_ids=(device_id,),
    )


def test_device_without_permission(hailo, make_host, monkeypatch):
    hailo.machine.may_open_device = False
    monkeypatch.setattr(host_module.os, 'access', lambda path, mode: False)
    open_fails(
        hailo, errors.DevicePermissionError, 'hailo0 may not be opened', 'udev', host=make_host()
    )


def test_driver_that_fails_though_it_may_be_opened(hailo, make_host):
    hailo.machine.plant('VDevice', 36)
    open_fails(hailo, errors.DriverError, 'dmesg', host=make_host())


def test_driver_of_another_version(hailo, make_host):
    hailo.machine.driver_version = '4.20.0'
    open_fails(
        hailo,
        errors.DriverVersionError,
        'driver is version 4.20.0, the library 4.23.0',
        host=make_host('4.20.0'),
    )


@pytest.mark.parametrize(
    ('call', 'status', 'expected', 'message'),
    [
        ('VDevice', 86, errors.DriverVersionError, 'the library 4.23.0'),
        ('VDevice', 16, errors.FirmwareVersionError, 'firmware is version 4.23.0'),
        ('VDevice', 15, errors.FirmwareVersionError, 'hailo8_fw.bin'),
        ('VDevice', 87, errors.DriverError, 'power-cycle'),
        ('VDevice', 75, errors.UnsupportedChipError, 'HAILO_INVALID_DEVICE_ARCHITECTURE'),
        ('VDevice', 79, errors.UnsupportedChipError, 'Hailo-10'),
        ('VDevice', 77, errors.ServiceError, 'hailort.service'),
        ('VDevice', 62, errors.ServiceError, 'hailort.service'),
        ('VDevice', 78, errors.ServiceVersionError, 'of different versions'),
        ('VDevice', 3, errors.DeviceMemoryError, 'HAILO_OUT_OF_HOST_MEMORY'),
        ('VDevice', 4, errors.ConfigureError, 'hailort.log'),
        ('create_infer_model', 61, errors.HefNetworkError, 'holds no network of that name'),
        ('configure', 3, errors.DeviceMemoryError, 'cma=256M'),
        ('configure', 47, errors.DeviceMemoryError, 'fewer networks'),
        ('configure', 81, errors.DeviceMemoryError, 'fewer networks'),
        ('configure', 84, errors.DeviceMemoryError, 'fewer networks'),
        ('configure', 8, errors.ConfigureError, 'force_desc_page_size=4096'),
        ('configure', 2, errors.ConfigureError, 'hailort.log'),
        ('configure', 36, errors.DriverError, 'dmesg'),
        ('configure', 4, errors.ConfigureError, 'hailort.log'),
    ],
)
def test_status_of_the_library(hailo, call, status, expected, message):
    hailo.machine.plant(call, status)
    open_fails(hailo, expected, message)
    assert hailo.answer(hailo.open(), 7).tensors['depth'].max() == 7


def test_service_that_is_not_part_of_the_library(hailo):
    open_fails(hailo, errors.ServiceError, 'built without it', multi_process_service=True)


def test_service_of_another_version(hailo):
    hailo.machine.has_service = True
    hailo.machine.service_version = '4.22.0'
    open_fails(hailo, errors.ServiceVersionError, 'restart', multi_process_service=True)


def test_group_that_is_open_with_other_devices(hailo):
    hailo.open(device_ids=('0000:01:00.0',))
    open_fails(hailo, errors.DeviceGroupError, "group 'hailo_perception'", 'hailort_group_id')


def test_second_backend_with_a_group_of_its_own_finds_the_device_taken(hailo):
    hailo.open()
    open_fails(hailo, errors.DeviceBusyError, 'is in use', group_id='another')


def test_batch_that_the_queue_cannot_hold(hailo):
    hailo.write(
        [hailo.double.Stream('depth', (1080, 1920, 1))],
        image=hailo.double.Stream(
            'input', (1080, 1920, 3), quantization=hailo.double.Quantization(limits=(0.0, 255.0))
        ),
    )
    hailo.machine.library_version = hailo.machine.driver_version = '4.20.0'
    open_fails(hailo, errors.OptionError, 'no batch of 63', 'hailort_batch_size', batch_size=63)


# The file.


@pytest.mark.parametrize(
    ('spoil', 'expected', 'message'),
    [
        (lambda path: path.unlink(), errors.HefMissingError, 'does not exist'),
        (lambda path: path.write_bytes(b''), errors.HefUnreadableError, 'is empty'),
        (
            lambda path: (path.unlink(), path.mkdir()),
            errors.HefUnreadableError,
            'is a directory',
        ),
        (
            lambda path: path.write_bytes(
                b'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 4101596\n'
            ),
            errors.HefPointerError,
            'git lfs pull',
        ),
        (
            lambda path: path.write_bytes(path.read_bytes()[:-40]),
            errors.HefCorruptError,
            'truncated or damaged',
        ),
        (
            lambda path: path.write_bytes(path.read_bytes()[:-1] + b'\x00'),
            errors.HefCorruptError,
            'truncated or damaged',
        ),
        (
            lambda path: path.write_bytes(b'<html>404: not found</html>' * 9),
            errors.NotAHefError,
            'not a HEF',
        ),
    ],
    ids=['missing', 'empty', 'folder', 'pointer', 'truncated', 'damaged', 'something else'],
)
def test_hef_that_cannot_be_read(hailo, spoil, expected, message):
    spoil(hailo.hef)
    error = open_fails(hailo, expected, message, str(hailo.hef))
    assert isinstance(error, ManifestError)


def test_hef_that_may_not_be_read(hailo, closed_folder):
    manifest = replace(hailo.manifest, files={'hef': closed_folder / 'net.hef'})
    with pytest.raises(errors.HefUnreadableError, match='correct its permissions or the path'):
        hailo.open(manifest)


@pytest.mark.parametrize(
    'attempt',
    [
        lambda hailo: hailo.open(network_group='nix'),
        lambda hailo: inspect_hef(hailo.hef, 'nix'),
    ],
    ids=['open', 'inspect'],
)
def test_error_of_this_package_is_no_cause_of_itself(hailo, attempt):
    """Whoever follows the causes comes to an end."""
    with pytest.raises(errors.HefNetworkError) as caught:
        attempt(hailo)
    assert caught.value.__cause__ is None


def test_error_of_the_library_is_the_cause(hailo):
    hailo.machine.plant('VDevice', 8)
    with pytest.raises(errors.DeviceError) as caught:
        hailo.open()
    assert 'HAILO_INTERNAL_FAILURE' in str(caught.value.__cause__)
    assert caught.value.__suppress_context__


@pytest.mark.parametrize('library', ['4.20.0', '4.23.0'])
@pytest.mark.parametrize('options', [{'is_too_old': True}, {'version': 9}])
def test_hef_of_another_generation(hailo, library, options):
    hailo.machine.library_version = hailo.machine.driver_version = library
    hailo.write([hailo.double.Stream('depth', (4, 8, 1))], **options)
    open_fails(hailo, errors.HefVersionError, 'too old or too new')


@pytest.mark.parametrize('library', ['4.20.0', '4.23.0'])
def test_hef_for_another_chip(hailo, library):
    hailo.machine.library_version = hailo.machine.driver_version = library
    hailo.card.architecture = 'HAILO8L'
    hailo.card.firmware_version = library
    open_fails(hailo, errors.HefChipError, 'the device is HAILO8L', 'hailo8l')


@pytest.mark.parametrize(
    ('asked_for', 'message'),
    [('', 'one must be chosen'), ('right', "there is no 'right'")],
)
def test_hef_of_several_networks(hailo, asked_for, message):
    double = hailo.double
    groups = [
        (
            double.make_group(
                name, [double.Stream('input', (4, 8, 3))], [double.Stream('depth', (4, 8, 1))]
            ),
            None,
        )
        for name in ('front', 'rear')
    ]
    double.write_hef_of_groups(hailo.hef, groups)
    open_fails(hailo, errors.HefNetworkError, 'front, rear', message, network_group=asked_for)
    assert hailo.answer(hailo.open(network_group='rear'), 3).tensors['depth'].max() == 3


def test_manifest_without_a_hef(hailo, make_manifest):
    with pytest.raises(ManifestError, match="a file for 'hef', found only onnx"):
        hailo.open(make_manifest())


# Options.


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        ({'batch_size': 0}, 'batch_size must be 1…63'),
        ({'batch_size': 64}, 'got 64'),
        ({'device_count': 0}, 'device_count must be at least 1'),
        ({'device_ids': ('',)}, 'device_ids'),
        ({'group_id': ''}, 'group_id'),
        ({'power_mode': 'turbo'}, 'performance or ultra_performance'),
        ({'frame_timeout_s': 0.0}, 'frame_timeout_s must be above 0'),
        ({'longest_retry_s': float('nan')}, 'longest_retry_s'),
        ({'health_period_s': 0.5}, 'health_period_s must be 0 or at least 1'),
    ],
)
def test_options_that_cannot_work(options, message):
    with pytest.raises(ConfigurationError, match=message):
        HailortOptions(**options)


def test_delays_double_up_to_the_longest():
    options = HailortOptions(first_retry_s=0.5, longest_retry_s=3.0)
    delays = [options.retry_delay_s(failures) for failures in (0, 1, 2, 3, 4, 5, 100000)]
    assert delays == [0.5, 0.5, 1.0, 2.0, 3.0, 3.0, 3.0]
