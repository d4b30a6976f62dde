# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0

"""Sections 1 and 2: names, enums, exceptions and statuses."""

import importlib
import inspect
import pickle
import subprocess
import sys

from hailo_double import Status
from hailo_double import unimportable
import hailo_platform
from hailo_platform.pyhailort import _pyhailort
from hailo_platform.pyhailort import pyhailort
import pytest

TOP_LEVEL = """
    VDevice Device HEF HailoSchedulingAlgorithm FormatType FormatOrder HailoRTException
    HailoRTStreamAbortedByUser HailoCommunicationClosedException AsyncInferJob HailoPowerMode
    HailoStreamInterface HailoStreamDirection HailoFormatFlags HailoCpuId ConfigureParams
    InputVStreamParams OutputVStreamParams InputVStreams OutputVStreams InferVStreams DvmTypes
    PowerMeasurementTypes SamplingPeriod AveragingFactor MeasurementBufferIndex Endianness
    EthernetDevice PcieDevice UDPRateLimiter __version__
""".split()
DEEPER = """
    InferModel ConfiguredInferModel AsyncInferCompletionInfo HailoRTTimeout HailoRTStreamAborted
    HailoRTInvalidOperationException HailoRTInvalidArgumentException HailoRTNotFoundException
    HailoRTInvalidHEFException HailoRTHEFNotCompatibleWithDevice
    HailoRTDriverOperationFailedException HailoRTUnsupportedOpcodeException
    HailoRTFirmwareControlFailedException HailoRTNetworkGroupNotActivatedException Detection
    DetectionWithByteMask HailoRTTransformUtils NotificationId Control
""".split()
NATIVE = 'VStreamInfo QuantInfo HailoRTStatusException HailoRTCustomException is_qp_valid'.split()


@pytest.mark.parametrize('name', TOP_LEVEL)
def test_section_1_top_level(name):
    assert hasattr(hailo_platform, name)


@pytest.mark.parametrize('name', DEEPER)
def test_section_1_only_below(name):
    assert hasattr(pyhailort, name)
    assert not hasattr(hailo_platform, name)


@pytest.mark.parametrize('name', NATIVE)
def test_section_1_native(name):
    assert hasattr(_pyhailort, name)
    assert not hasattr(hailo_platform, name)


@pytest.mark.parametrize(
    ('owner', 'method', 'parameters'),
    [
        (hailo_platform.HEF, '__init__', 'hef_source'),
        (hailo_platform.HEF, 'get_output_vstream_infos', 'name=None'),
        (hailo_platform.VDevice, '__init__', 'params=None device_ids=None'),
        (hailo_platform.VDevice, 'create_params', ''),
        (hailo_platform.VDevice, 'create_infer_model', "hef_source name=''"),
        (hailo_platform.Device, '__init__', 'device_id=None'),
        (hailo_platform.Device, 'scan', ''),
        (hailo_platform.Device, 'read_log', 'count cpu_id'),
        (pyhailort.InferModel, 'input', "name=''"),
        (pyhailort.InferModel, 'output', "name=''"),
        (pyhailort.InferModel, 'set_batch_size', 'batch_size'),
        (pyhailort.InferModel, 'set_power_mode', 'power_mode'),
        (pyhailort.InferModel, 'configure', ''),
        (
            pyhailort.ConfiguredInferModel,
            'create_bindings',
            'input_buffers=None output_buffers=None',
        ),
        (
            pyhailort.ConfiguredInferModel,
            'wait_for_async_ready',
            'timeout_ms=1000 frames_count=1',
        ),
        (pyhailort.ConfiguredInferModel, 'run_async', 'bindings callback=None'),
        (pyhailort.ConfiguredInferModel, 'run', 'bindings timeout'),
        (pyhailort.ConfiguredInferModel, 'set_scheduler_timeout', 'timeout_ms'),
        (pyhailort.ConfiguredInferModel.Bindings, 'input', "name=''"),
        (pyhailort.ConfiguredInferModel.Bindings.InferStream, 'get_buffer', 'tf_format=False'),
        (hailo_platform.AsyncInferJob, 'wait', 'timeout_ms'),
        (
            pyhailort.Control,
            'power_measurement',
            'dvm=DvmTypes.AUTO measurement_type=PowerMeasurementTypes.AUTO',
        ),
        (
            pyhailort.Control,
            'start_power_measurement',
            'averaging_factor=AveragingFactor.AVERAGE_256 '
            'sampling_period=SamplingPeriod.PERIOD_1100us',
        ),
    ],
)
def test_signatures(owner, method, parameters):
    found = inspect.signature(getattr(owner, method)).parameters.values()
    texts = [
        p.name if p.default is p.empty else f'{p.name}={_default(p.default)}'
        for p in found
        if p.name != 'self'
    ]
    assert texts == parameters.split()


def _default(value):
    return repr(value) if value is None or isinstance(value, (str, bool)) else str(value)


def test_section_4_ids_are_named():
    kinds = inspect.signature(hailo_platform.VDevice).parameters
    assert kinds['device_ids'].kind is inspect.Parameter.KEYWORD_ONLY


@pytest.mark.parametrize(
    'name', ['InputVStreams', 'OutputVStreams', 'EthernetDevice', 'UDPRateLimiter']
)
def test_what_no_program_of_ours_may_use_is_refused(name):
    with pytest.raises(NotImplementedError, match='create_infer_model'):
        getattr(hailo_platform, name)('10.0.0.1')


def test_section_1_versions_agree():
    assert hailo_platform.__version__ == _pyhailort.__version__ == '4.23.0'


@pytest.mark.parametrize(
    ('kind', 'name', 'value'),
    [
        ('FormatType', 'AUTO', 0),
        ('FormatType', 'UINT8', 1),
        ('FormatType', 'UINT16', 2),
        ('FormatType', 'FLOAT32', 3),
        ('FormatOrder', 'NHWC', 1),
        ('FormatOrder', 'FCR', 3),
        ('FormatOrder', 'F8CR', 4),
        ('FormatOrder', 'NHW', 5),
        ('FormatOrder', 'NC', 6),
        ('FormatOrder', '12_BIT_BAYER_RGB', 8),
        ('FormatOrder', 'RGB888', 10),
        ('FormatOrder', 'HAILO_NMS_WITH_BYTE_MASK', 20),
        ('FormatOrder', 'HAILO_NMS_ON_CHIP', 21),
        ('FormatOrder', 'HAILO_NMS_BY_CLASS', 22),
        ('FormatOrder', 'HAILO_NMS_BY_SCORE', 23),
        ('HailoPowerMode', 'ULTRA_PERFORMANCE', 1),
        ('HailoSchedulingAlgorithm', 'NONE', 0),
        ('HailoSchedulingAlgorithm', 'ROUND_ROBIN', 1),
        ('HailoStreamDirection', 'D2H', 1),
        ('HailoStreamInterface', 'INTEGRATED', 3),
        ('HailoFormatFlags', 'TRANSPOSED', 2),
        ('DvmTypes', 'OVERCURRENT_PROTECTION', 9),
        ('DvmTypes', 'AUTO', 2147483647),
        ('PowerMeasurementTypes', 'POWER', 2),
        ('SamplingPeriod', 'PERIOD_1100us', 4),
        ('AveragingFactor', 'AVERAGE_256', 5),
        ('MeasurementBufferIndex', 'MEASUREMENT_BUFFER_INDEX_3', 3),
    ],
)
def test_section_1_enum_values(kind, name, value):
    assert int(getattr(getattr(hailo_platform, kind), name)) == value


def test_section_1_old_nms_order_is_gone():
    assert not hasattr(hailo_platform.FormatOrder, 'HAILO_NMS')
    with pytest.raises(ValueError, match='9'):
        hailo_platform.FormatOrder(9)


def test_section_1_enums_equal_their_own_type_only():
    uint8 = hailo_platform.FormatType.UINT8
    assert uint8 == hailo_platform.FormatType(1)
    assert uint8 != 1
    assert uint8 != hailo_platform.FormatOrder.NHWC
    assert hash(uint8) == hash(hailo_platform.FormatType(1))
    assert str(uint8) == 'FormatType.UINT8'
    assert pickle.loads(pickle.dumps(uint8)) == uint8


def test_section_1_python_subclasses_have_native_members():
    member = hailo_platform.HailoSchedulingAlgorithm.ROUND_ROBIN
    assert type(member) is _pyhailort.SchedulingAlgorithm
    assert not isinstance(member, hailo_platform.HailoSchedulingAlgorithm)


def test_section_1_architectures_are_integers_that_print_their_name():
    hailo8l = pyhailort.DeviceArchitectureTypes.HAILO8L
    assert (hailo8l, str(hailo8l)) == (2, 'HAILO8L')


def test_section_1_import_needs_numpy_only_and_starts_no_thread():
    script = (
        'import sys, threading, hailo_platform\n'
        'assert threading.active_count() == 1\n'
        'assert not {"onnxruntime", "yaml", "cv2"} & set(sys.modules)\n'
    )
    environment = {'PYTHONPATH': ':'.join(path for path in sys.path if path)}
    subprocess.run([sys.executable, '-c', script], env=environment, check=True)


def test_section_1_an_installation_can_be_broken():
    missing = ImportError('libhailort.so.4.20.0: cannot open shared object file')
    with unimportable(missing), pytest.raises(ImportError, match='4.20.0'):
        importlib.import_module('hailo_platform')
    assert importlib.import_module('hailo_platform') is hailo_platform


@pytest.mark.parametrize(
    ('status', 'name', 'text'),
    [
        (2, 'HailoRTInvalidArgumentException', 'Invalid argument. See hailort.log'),
        (4, 'HailoRTTimeout', 'Received a timeout - hailort has failed because a timeout'),
        (6, 'HailoRTInvalidOperationException', 'Invalid operation. See hailort.log'),
        (15, 'InvalidProtocolVersionException', 'HailoRT has failed because an invalid protocol'),
        (18, 'HailoRTFirmwareControlFailedException', 'libhailort control operation failed'),
        (25, 'HailoRTInvalidFrameException', 'An invalid frame was received'),
        (26, 'HailoRTInvalidHEFException', 'Invalid HEF. See hailort.log for more information'),
        (36, 'HailoRTDriverOperationFailedException', 'Failure in hailort driver ioctl. run'),
        (48, 'HailoRTUnsupportedOpcodeException', 'HailoRT has failed because an unsupported'),
        (61, 'HailoRTNotFoundException', 'Item not found. See hailort.log'),
        (62, 'HailoCommunicationClosedException', 'Communication closed failure. Check server'),
        (63, 'HailoRTStreamAborted', 'Stream was aborted'),
        (69, 'HailoRTNetworkGroupNotActivatedException', 'Network group is not activated'),
        (93, 'HailoRTHEFNotCompatibleWithDevice', 'HEF file is not compatible with device.'),
        (3, 'HailoRTException', 'libhailort failed with error: 3 (HAILO_OUT_OF_HOST_MEMORY)'),
        (74, 'HailoRTException', 'error: 74 (HAILO_OUT_OF_PHYSICAL_DEVICES)'),
        (76, 'HailoRTException', 'error: 76 (HAILO_INVALID_DRIVER_VERSION)'),
        (87, 'HailoRTException', 'error: 87 (HAILO_DRIVER_TIMEOUT)'),
    ],
)
def test_section_2_status_becomes_exception(hailo_machine, status, name, text):
    hailo_machine.plant('VDevice', status)
    with pytest.raises(pyhailort.HailoRTException) as caught:
        hailo_platform.VDevice()
    error = caught.value
    assert type(error) is getattr(pyhailort, name)
    assert text in str(error)
    assert type(error.__cause__) is _pyhailort.HailoRTStatusException
    assert error.__cause__.args == (str(status),)
    assert not hasattr(error, 'status')


def test_section_2_hierarchy_is_flat():
    assert pyhailort.HailoRTStreamAborted.__bases__ == (pyhailort.HailoRTException,)
    assert pyhailort.HailoRTStreamAbortedByUser.__bases__ == (pyhailort.HailoRTException,)
    driver_error = pyhailort.HailoRTDriverOperationFailedException
    assert pyhailort.HailoRTPCIeDriverException is driver_error
    assert not issubclass(pyhailort.HailoStatusInvalidValueException, pyhailort.HailoRTException)


@pytest.mark.parametrize(
    'name', ['HailoRTStatusException', 'HailoRTCustomException', 'HailoRTException']
)
def test_section_2_native_exceptions_stand_apart(name):
    kind = getattr(_pyhailort, name)
    assert kind.__bases__ == (Exception,)
    assert not issubclass(kind, pyhailort.HailoRTException)
    assert (kind.__module__, kind.__name__) == (_pyhailort.__name__, name)


def test_faults_know_calls_and_statuses_only(hailo_machine):
    with pytest.raises(ValueError, match='expected one of'):
        hailo_machine.plant('conjure', 2)
    with pytest.raises(ValueError, match='1234'):
        hailo_machine.plant('configure', 1234)
    with pytest.raises(ValueError, match='hang'):
        hailo_machine.plant('configure', 'hang')
    assert max(Status) == 93
