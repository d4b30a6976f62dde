# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0

"""Section 5: what configure() refuses."""

from hailo_double import Card
from hailo_double import code_of
from hailo_double import installed
from hailo_double import Machine
from hailo_double import make_group
from hailo_double import Nms
from hailo_double import Stream
from hailo_double import write_hef_of_groups
from hailo_platform import FormatOrder
from hailo_platform import FormatType
from hailo_platform import HailoPowerMode
from hailo_platform.pyhailort import pyhailort
import pytest

UINT8 = Stream('out', (4, 8, 2))
UINT16 = Stream('out', (4, 8, 2), 'uint16')
SOFTMAX = Stream('out', (4, 8, 2), 'float32')
CLASS_IDS = Stream('out', (4, 8), order='NHW', class_count=19)
MANY_CLASS_IDS = Stream('out', (4, 8), 'uint8', 'NHW', class_count=300)
BY_CLASS = Stream('out', dtype='float32', order='HAILO_NMS_BY_CLASS', nms=Nms(3, 10, 20))
ON_CHIP = Stream(
    'out', dtype='float32', order='HAILO_NMS_BY_CLASS', nms=Nms(3, 10, is_on_chip=True)
)
BY_SCORE = Stream('out', dtype='float32', order='HAILO_NMS_BY_SCORE', nms=Nms(3, 10, 20))
BYTE_MASK = Stream('out', dtype='float32', order='HAILO_NMS_WITH_BYTE_MASK', nms=Nms(3, 10, 20))
IMAGE16 = Stream('input_layer1', (4, 8, 3), 'uint16')


# ---------------------------------------------------------------- configure(): formats


def make_type(kind):
    return lambda model: model.output().set_format_type(getattr(FormatType, kind))


def make_order(order):
    return lambda model: model.output().set_format_order(getattr(FormatOrder, order))


def make_input_type(kind):
    return lambda model: model.input().set_format_type(getattr(FormatType, kind))


def call(name, value):
    return lambda model: getattr(model.output(), name)(value)


@pytest.mark.parametrize(
    ('stream', 'kind', 'is_possible'),
    [
        (UINT8, 'UINT8', True),
        (UINT8, 'UINT16', True),
        (UINT8, 'FLOAT32', True),
        (UINT8, 'AUTO', False),
        (UINT16, 'UINT8', False),
        (UINT16, 'UINT16', True),
        (UINT16, 'FLOAT32', True),
        (CLASS_IDS, 'UINT8', True),
        (CLASS_IDS, 'FLOAT32', True),
        (MANY_CLASS_IDS, 'UINT8', False),
        (MANY_CLASS_IDS, 'UINT16', True),
        (SOFTMAX, 'FLOAT32', True),
        (SOFTMAX, 'UINT8', False),
        (BY_CLASS, 'FLOAT32', True),
        (BY_CLASS, 'UINT8', False),
        (BY_CLASS, 'UINT16', False),
    ],
)
def test_rule_11_output_types(open_runner, make_hef, stream, kind, is_possible):
    if is_possible:
        open_runner(make_hef(stream), prepare=make_type(kind))
        return
    with pytest.raises(pyhailort.HailoRTInvalidArgumentException) as caught:
        open_runner(make_hef(stream), prepare=make_type(kind))
    assert code_of(caught.value) == 2


@pytest.mark.parametrize(
    ('image', 'kind', 'is_possible'),
    [
        (None, 'UINT8', True),
        (None, 'FLOAT32', True),
        (None, 'UINT16', False),
        (IMAGE16, 'UINT8', True),
        (IMAGE16, 'UINT16', True),
        (IMAGE16, 'FLOAT32', True),
    ],
)
def test_section_5_input_types(open_runner, make_hef, image, kind, is_possible):
    if is_possible:
        open_runner(make_hef(image=image), prepare=make_input_type(kind))
        return
    with pytest.raises(pyhailort.HailoRTInvalidArgumentException):
        open_runner(make_hef(image=image), prepare=make_input_type(kind))


@pytest.mark.parametrize(
    ('stream', 'order', 'is_possible'),
    [
        (UINT8, 'FCR', True),
        (UINT8, 'F8CR', True),
        (UINT8, 'NC', False),
        (UINT8, 'HAILO_NMS_BY_CLASS', False),
        (CLASS_IDS, 'NHWC', False),
        (BY_CLASS, 'HAILO_NMS_BY_SCORE', True),
        (BY_SCORE, 'HAILO_NMS_BY_CLASS', True),
        (BY_CLASS, 'HAILO_NMS_WITH_BYTE_MASK', False),
        (BY_CLASS, 'NHWC', False),
        (BYTE_MASK, 'HAILO_NMS_BY_CLASS', False),
    ],
)
def test_rule_13_orders(open_runner, make_hef, stream, order, is_possible):
    if is_possible:
        open_runner(make_hef(stream), prepare=make_order(order))
        return
    with pytest.raises(pyhailort.HailoRTInvalidArgumentException):
        open_runner(make_hef(stream), prepare=make_order(order))


NMS_SETTERS = [
    ('set_nms_score_threshold', 0.5),
    ('set_nms_iou_threshold', 0.5),
    ('set_nms_max_proposals_per_class', 5),
    ('set_nms_max_accumulated_mask_size', 100),
]


@pytest.mark.parametrize('stream', [UINT8, ON_CHIP])
@pytest.mark.parametrize(('setter', 'value'), NMS_SETTERS)
def test_section_5_nms_setter_without_nms_on_the_cpu(open_runner, make_hef, stream, setter, value):
    with pytest.raises(pyhailort.HailoRTInvalidArgumentException):
        open_runner(make_hef(stream), prepare=call(setter, value))


@pytest.mark.parametrize(('setter', 'value'), NMS_SETTERS)
def test_section_5_nms_setter_on_an_input(open_runner, setter, value):
    with pytest.raises(pyhailort.HailoRTInvalidOperationException):
        open_runner(prepare=lambda model: getattr(model.input(), setter)(value))


@pytest.mark.parametrize(
    ('stream', 'setter', 'is_possible'),
    [
        (BY_CLASS, 'set_nms_score_threshold', True),
        (BY_CLASS, 'set_nms_iou_threshold', True),
        (BY_CLASS, 'set_nms_max_proposals_per_class', True),
        (BY_CLASS, 'set_nms_max_accumulated_mask_size', False),
        (BY_SCORE, 'set_nms_max_proposals_per_class', False),
        (BYTE_MASK, 'set_nms_max_accumulated_mask_size', True),
    ],
)
def test_section_5_nms_setters(open_runner, make_hef, stream, setter, is_possible):
    prepare = call(setter, dict(NMS_SETTERS)[setter])
    if is_possible:
        open_runner(make_hef(stream), prepare=prepare)
        return
    with pytest.raises(pyhailort.HailoRTInvalidArgumentException):
        open_runner(make_hef(stream), prepare=prepare)


# ---------------------------------------------------------------- configure(): the rest


@pytest.mark.parametrize(
    ('batch', 'code'), [(0, None), (1, None), (32, None), (33, 6), (63, 6), (64, 2), (65535, 2)]
)
def test_section_5_batch_sizes(open_runner, batch, code):
    def prepare(model):
        model.set_batch_size(batch)

    if code is None:
        open_runner(prepare=prepare)
        return
    with pytest.raises(pyhailort.HailoRTException) as caught:
        open_runner(prepare=prepare)
    assert code_of(caught.value) == code


@pytest.mark.parametrize(
    ('shape', 'batch', 'size'),
    [
        ((640, 640, 3), 0, 27),
        ((960, 960, 3), 0, 12),
        ((1080, 1920, 3), 0, 5),
        ((4, 8, 3), 0, 32),
        ((1080, 1920, 3), 8, 16),
    ],
)
def test_section_7_queue_sizes(open_runner, make_hef, shape, batch, size):
    hef = make_hef(image=Stream('in', shape))
    runner = open_runner(hef, prepare=lambda model: model.set_batch_size(batch))
    assert runner.configured.get_async_queue_size() == size


def test_section_7_queue_of_several_cards(make_hef):
    import hailo_platform

    with installed(Machine(Card(), Card('0000:02:00.0'))):
        params = hailo_platform.VDevice.create_params()
        params.device_count = 2
        with hailo_platform.VDevice(params) as vdevice:
            with vdevice.create_infer_model(make_hef()).configure() as configured:
                assert configured.get_async_queue_size() == 64


def test_section_7_queue_of_older_libraries(hailo_machine, open_runner):
    hailo_machine.library_version = hailo_machine.driver_version = '4.20.0'
    assert open_runner().configured.get_async_queue_size() == 4


@pytest.mark.parametrize('mode', [HailoPowerMode.PERFORMANCE, HailoPowerMode.ULTRA_PERFORMANCE])
def test_section_5_power_mode(open_runner, mode):
    open_runner(prepare=lambda model: model.set_power_mode(mode))


def test_section_5_power_mode_is_typed(open_model):
    with pytest.raises(TypeError):
        open_model().set_power_mode(0)


@pytest.mark.parametrize(
    ('chip', 'hef', 'is_possible'),
    [
        ('HAILO8', 'HAILO8', True),
        ('HAILO8', 'HAILO8R', True),
        ('HAILO8', 'HAILO8L', True),
        ('HAILO8', 'HAILO15H', False),
        ('HAILO8', 'HAILO10H', False),
        ('HAILO8L', 'HAILO8L', True),
        ('HAILO8L', 'HAILO8', False),
        ('HAILO8L', 'HAILO8R', False),
    ],
)
def test_rule_19_architectures(
    hailo_machine, card, open_vdevice, make_hef, chip, hef, is_possible
):
    card.architecture = chip
    model = open_vdevice().create_infer_model(make_hef(architecture=hef))
    if is_possible:
        configured = model.configure()
        has_warned = any('lower performance' in text for text in hailo_machine.messages)
        assert has_warned is ((chip, hef) == ('HAILO8', 'HAILO8L'))
        del configured
        return
    with pytest.raises(pyhailort.HailoRTHEFNotCompatibleWithDevice) as caught:
        model.configure()
    assert code_of(caught.value) == 93
    assert f'Device arch: {chip}, HEF arch: {hef}' in hailo_machine.messages[-1]


def test_rule_19_architecture_error_of_older_libraries(hailo_machine, open_runner, make_hef):
    hailo_machine.library_version = hailo_machine.driver_version = '4.20.0'
    with pytest.raises(pyhailort.HailoRTInvalidHEFException):
        open_runner(make_hef(architecture='HAILO15H'))


@pytest.fixture
def two_groups(tmp_path):
    groups = [
        make_group(name, [Stream('in', (4, 8, 3))], [Stream('out', (2,), order='NC')])
        for name in ('a', 'b')
    ]
    path = write_hef_of_groups(tmp_path / 'two.hef', [(group, None) for group in groups])
    return str(path)


def test_section_5_several_groups_need_a_name(open_vdevice, two_groups):
    vdevice = open_vdevice()
    with pytest.raises(pyhailort.HailoRTInvalidArgumentException):
        vdevice.create_infer_model(two_groups).configure()
    with pytest.raises(pyhailort.HailoRTNotFoundException):
        vdevice.create_infer_model(two_groups, 'c')
    model = vdevice.create_infer_model(two_groups, name='b')
    assert model.output_names == ['b/out']
    assert model.configure().get_async_queue_size() == 32


@pytest.mark.parametrize('code', [8, 47, 81, 84])
def test_section_5_no_room_on_the_host(hailo_machine, open_model, code):
    model = open_model()
    hailo_machine.plant('configure', code)
    with pytest.raises(pyhailort.HailoRTException) as caught:
        model.configure()
    assert code_of(caught.value) == code
    assert model.configure().get_async_queue_size() == 32


def test_section_5_several_configurations(open_runner, open_vdevice, make_hef):
    vdevice = open_vdevice()
    model = vdevice.create_infer_model(make_hef())
    first, second = model.configure(), model.configure()
    assert first.get_async_queue_size() == second.get_async_queue_size()


def test_section_5_later_settings_change_nothing(open_runner):
    import numpy as np

    runner = open_runner()
    runner.model.output().set_format_type(FormatType.FLOAT32)
    bindings = runner.configured.create_bindings()
    bindings.input().set_buffer(np.full((4, 8, 3), 9, np.uint8))
    bindings.output().set_buffer(np.zeros((4, 8, 1), np.uint8))
    runner.configured.run([bindings], 1000)
    assert np.all(bindings.output().get_buffer() == 9)
