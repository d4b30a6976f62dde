# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0

"""Section 5: InferModel and its streams."""

from hailo_double import Nms
from hailo_double import Quantization
from hailo_double import Stream
from hailo_platform import FormatOrder
from hailo_platform import FormatType
from hailo_platform import HailoFormatFlags
from hailo_platform.pyhailort import pyhailort
import pytest

UINT8 = Stream('out', (4, 8, 2))
UINT16 = Stream('out', (4, 8, 2), 'uint16')
CLASS_IDS = Stream('out', (4, 8), order='NHW', class_count=19)
BY_CLASS = Stream('out', dtype='float32', order='HAILO_NMS_BY_CLASS', nms=Nms(3, 10, 20))
BY_SCORE = Stream('out', dtype='float32', order='HAILO_NMS_BY_SCORE', nms=Nms(3, 10, 20))
BYTE_MASK = Stream('out', dtype='float32', order='HAILO_NMS_WITH_BYTE_MASK', nms=Nms(3, 10, 20))


def test_section_5_names_and_streams(open_model):
    model = open_model(UINT8, Stream('second', (2,), order='NC'))
    assert model.input_names == ['net/input_layer1']
    assert model.output_names == ['net/out', 'net/second']
    assert model.output('net/second').shape == [2]
    assert model.input().name == 'net/input_layer1'
    assert model.hef.get_network_group_names() == ['net']
    assert model.hef is model.hef


def test_section_5_streams_share_their_state(open_model):
    model = open_model(UINT8)
    assert model.outputs[0] is not model.outputs[0]
    model.output().set_format_type(FormatType.FLOAT32)
    assert model.outputs[0].format.type == FormatType.FLOAT32


def test_section_5_format_is_a_copy(open_model):
    model = open_model(UINT8)
    model.output().format.type = FormatType.FLOAT32
    assert model.output().format.type == FormatType.UINT8


def test_section_5_empty_name_with_several_streams(open_model):
    model = open_model(UINT8, Stream('second', (2,), order='NC'))
    with pytest.raises(pyhailort.HailoRTInvalidOperationException):
        model.output()
    with pytest.raises(pyhailort.HailoRTNotFoundException):
        model.output('net/third')
    with pytest.raises(pyhailort.HailoRTNotFoundException):
        model.input('out')


@pytest.mark.parametrize(
    ('stream', 'shape', 'kind', 'order'),
    [
        (UINT8, [4, 8, 2], 'UINT8', 'NHWC'),
        (UINT16, [4, 8, 2], 'UINT16', 'NHWC'),
        (CLASS_IDS, [4, 8], 'UINT8', 'NHW'),
        (Stream('out', (5,), order='NC'), [5], 'UINT8', 'NC'),
        (BY_CLASS, [3 * (1 + 5 * 10)], 'FLOAT32', 'HAILO_NMS_BY_CLASS'),
        (BY_SCORE, [2 + 22 * 20], 'FLOAT32', 'HAILO_NMS_BY_SCORE'),
        (
            Stream('out', dtype='float32', order='HAILO_NMS_BY_CLASS', nms=Nms(110, 100)),
            [55110],
            'FLOAT32',
            'HAILO_NMS_BY_CLASS',
        ),
    ],
)
def test_section_5_defaults(open_model, stream, shape, kind, order):
    output = open_model(stream).output()
    assert output.shape == shape
    assert type(output.shape) is list
    assert output.format.type == getattr(FormatType, kind)
    assert output.format.order == getattr(FormatOrder, order)
    assert output.format.flags == HailoFormatFlags.NONE
    assert output.is_nms is (stream.nms is not None)
    assert len(output.quant_infos) == 1


def test_rule_10_per_feature_quantisation_is_all_zeros(open_model):
    stream = Stream('out', (4, 8, 2), quantization=Quantization((1.0, 2.0), (0.5, 0.25)))
    (info,) = open_model(stream).output().quant_infos
    assert (info.qp_zp, info.qp_scale, info.limvals_min, info.limvals_max) == (0, 0, 0, 0)


def test_section_5_setters_change_the_nms_shape(open_model):
    output = open_model(BY_CLASS).output()
    output.set_nms_max_proposals_per_class(5)
    assert output.shape == [3 * (1 + 5 * 5)]
    output.set_format_order(FormatOrder.HAILO_NMS_BY_SCORE)
    assert output.shape == [2 + 22 * 20]
    output._infer_stream.set_nms_max_proposals_total(4)
    assert output.shape == [2 + 22 * 4]
    assert not hasattr(output, 'set_nms_max_proposals_total')


def test_section_8_mask_budget(open_model):
    output = open_model(BYTE_MASK).output()
    (before,) = output.shape
    output.set_nms_max_accumulated_mask_size(2 * 4 * 8 + 1000)
    assert output.shape == [before + 1000]


@pytest.mark.parametrize('value', [1, 'UINT8', None, FormatOrder.NHWC])
def test_section_5_format_setters_are_typed(open_model, value):
    with pytest.raises(TypeError):
        open_model().output().set_format_type(value)


@pytest.mark.parametrize('batch', [-1, 65536, 1.0, True, '1'])
def test_section_5_batch_size_is_typed(open_model, batch):
    with pytest.raises(TypeError):
        open_model().set_batch_size(batch)


@pytest.mark.parametrize('name', ['set_hw_latency_measurement_flags', 'get_hw_latency'])
def test_section_5_not_available_in_python(open_model, name):
    assert not hasattr(open_model(), name)
