# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0

"""Section 8: what the numbers in the buffers mean."""

from pathlib import Path

from hailo_double import Nms
from hailo_double import Quantization
from hailo_double import Recorded
from hailo_double import Stream
from hailo_platform import FormatOrder
from hailo_platform import FormatType
from hailo_platform.pyhailort import _pyhailort
from hailo_platform.pyhailort import pyhailort
from hypothesis import given
from hypothesis import strategies as st
import numpy as np
import pytest

SHAPE = (4, 8, 2)
CODES = np.arange(64, dtype=np.uint8).reshape(SHAPE)
COARSE = Quantization(10.0, 0.25)
PER_FEATURE = Quantization((0.0, 3.0), (0.1, 0.2))


@pytest.fixture
def answer(open_runner, make_hef):
    """Run one frame of a constant network; the output array, in the type asked for."""

    def run(stream, tensor, kind=None, *, prepare=None):
        def set_up(model):
            if kind is not None:
                model.output().set_format_type(getattr(FormatType, kind))
            if prepare is not None:
                prepare(model.output())

        hef = make_hef(stream, computation={stream.name: np.asarray(tensor)})
        return open_runner(hef, prepare=set_up).infer().output()

    return run


# ---------------------------------------------------------------- codes and real values


@pytest.mark.parametrize('order', ['NHWC', 'FCR', 'F8CR'])
@pytest.mark.parametrize(
    ('kind', 'expected'),
    [
        (None, CODES),
        ('UINT16', CODES.astype(np.uint16)),
        ('FLOAT32', (CODES.astype(np.float32) - np.float32(10)) * np.float32(0.25)),
    ],
)
def test_rule_13_plain_orders(answer, order, kind, expected):
    got = answer(Stream('out', SHAPE, order=order, quantization=COARSE), CODES, kind).get_buffer()
    assert got.dtype == expected.dtype
    assert np.array_equal(got, expected)


@pytest.mark.parametrize('kind', ['UINT16', 'FLOAT32'])
def test_rule_11_uint16(answer, kind):
    codes = CODES.astype(np.uint16) * 1000
    stream = Stream('out', SHAPE, 'uint16', quantization=Quantization(100.0, 0.001))
    reals = (codes.astype(np.float32) - np.float32(100)) * np.float32(0.001)
    expected = {'UINT16': codes, 'FLOAT32': reals}[kind]
    assert np.array_equal(answer(stream, codes, kind).get_buffer(), expected)


@pytest.mark.parametrize('kind', ['UINT8', 'FLOAT32'])
def test_rule_10_per_feature_scales_apply_to_floats_only(answer, kind):
    stream = Stream('out', SHAPE, quantization=PER_FEATURE)
    reals = (CODES.astype(np.float32) - np.float32([0, 3])) * np.float32([0.1, 0.2])
    expected = {'UINT8': CODES, 'FLOAT32': reals}[kind]
    assert np.array_equal(answer(stream, CODES, kind).get_buffer(), expected)


def test_real_values_are_rounded_to_codes_and_saturate(answer):
    reals = np.linspace(-10.0, 80.0, 64, dtype=np.float32).reshape(SHAPE)
    got = answer(Stream('out', SHAPE, quantization=COARSE), reals).get_buffer()
    assert np.array_equal(got, np.clip(np.rint(reals / 0.25 + 10), 0, 255))
    assert {got.min(), got.max()} == {0, 255}


@pytest.mark.parametrize(
    'stream',
    [
        Stream('out', (4, 8), order='NHW', class_count=19, quantization=COARSE),
        Stream('out', (4, 8), order='NHW', quantization=COARSE),
        Stream('out', (32,), order='NC', class_count=19, quantization=COARSE),
    ],
)
@pytest.mark.parametrize('kind', ['UINT8', 'FLOAT32'])
def test_section_8_class_ids_are_never_dequantised(answer, stream, kind):
    ids = (np.arange(32) % 19).astype(np.uint8).reshape(stream.shape)
    got = answer(stream, ids, kind).get_buffer()
    assert got.dtype == (np.float32 if kind == 'FLOAT32' else np.uint8)
    assert np.array_equal(got, ids)


def test_section_8_softmax_gives_floats(answer):
    reals = np.full(SHAPE, 0.3, np.float32)
    got = answer(Stream('out', SHAPE, 'float32'), reals).get_buffer()
    assert np.array_equal(got, reals)


@pytest.mark.parametrize(
    ('image', 'kind', 'value', 'expected'),
    [
        (Quantization(), 'UINT8', 9, 9.0),
        (Quantization(), 'FLOAT32', 9.0, 9.0),
        (Quantization(114.0, 0.5), 'UINT8', 120, 3.0),
        (Quantization(114.0, 0.5), 'FLOAT32', 3.0, 3.0),
        (Quantization(114.0, 0.5), 'FLOAT32', 3.25, 3.0),
        (Quantization(114.0, 0.5), 'FLOAT32', 3.75, 4.0),
        (Quantization(114.0, 0.5, (-2.0, 2.5)), 'FLOAT32', 9.0, 2.5),
        (Quantization(114.0, 0.5, (-2.0, 2.5)), 'FLOAT32', -9.0, -2.0),
    ],
)
def test_rule_14_inputs(open_runner, make_hef, image, kind, value, expected):
    """The output is the mean of what the network reads."""

    def prepare(model):
        model.input().set_format_type(getattr(FormatType, kind))

    hef = make_hef(
        Stream('out', SHAPE, quantization=Quantization(128.0, 0.25)),
        image=Stream('input_layer1', (4, 8, 3), quantization=image),
    )
    codes = open_runner(hef, prepare=prepare).infer(value).output().get_buffer()
    assert np.all((codes.astype(float) - 128) * 0.25 == expected)


def test_recorded_frames_are_played_back_again_and_again(open_runner, make_hef):
    frames = [{'depth': np.full((4, 8, 1), value, np.uint8)} for value in (1, 2)]
    runner = open_runner(
        make_hef(
            computation=Recorded(
                tuple(
                    {f'net/{name}': tensor for name, tensor in frame.items()} for frame in frames
                )
            )
        )
    )
    assert [int(runner.infer().output().get_buffer().max()) for _ in range(3)] == [1, 2, 1]


# ---------------------------------------------------------------- HailoRTTransformUtils


@given(st.integers(0, 255), st.floats(1e-4, 10.0), st.sampled_from([np.uint8, np.uint16]))
def test_section_8_dequantise(zero_point, scale, dtype):
    codes = np.arange(200, dtype=dtype)
    reals = np.zeros(200, np.float32)
    info = _pyhailort.QuantInfo(float(zero_point), scale, 0.0, 1.0)
    pyhailort.HailoRTTransformUtils.dequantize_output_buffer(codes, reals, 200, info)
    expected = (codes.astype(np.float32) - np.float32(zero_point)) * np.float32(scale)
    assert np.array_equal(reals, expected)


def test_section_8_dequantise_in_place():
    buffer = np.zeros(12, np.uint8)
    buffer[:3] = [10, 11, 12]
    info = _pyhailort.QuantInfo(10.0, 0.5, 0.0, 1.0)
    pyhailort.HailoRTTransformUtils.dequantize_output_buffer_in_place(buffer, np.float32, 3, info)
    assert buffer.view(np.float32).tolist() == [0.0, 0.5, 1.0]


def test_section_8_quantise_rounds_half_to_even():
    codes = np.zeros(5, np.uint8)
    info = _pyhailort.QuantInfo(10.0, 1.0, -5.0, 5.0)
    reals = np.float32([-9.0, 0.5, 1.5, 2.4, 9.0])
    pyhailort.HailoRTTransformUtils.quantize_input_buffer(reals, codes, 5, info)
    assert codes.tolist() == [5, 10, 12, 12, 15]


def test_section_8_invalid_quantisation_is_refused():
    codes, reals = np.zeros(2, np.uint8), np.zeros(2, np.float32)
    convert = pyhailort.HailoRTTransformUtils.dequantize_output_buffer
    with pytest.raises(pyhailort.HailoRTInvalidOperationException):
        convert(codes, reals, 2, _pyhailort.QuantInfo())
    with pytest.raises(pyhailort.HailoRTException):
        convert(codes.astype(np.int8), reals, 2, _pyhailort.QuantInfo(0.0, 1.0, 0.0, 1.0))


# ---------------------------------------------------------------- NMS

ROWS = np.float32(
    [
        # class, y_min, x_min, y_max, x_max, score
        (0, 0.0, 0.0, 0.5, 0.5, 0.9),
        (2, 0.5, 0.5, 1.0, 1.0, 0.8),
        (0, 0.0, 0.0, 0.5, 0.45, 0.7),
        (0, 0.5, 0.5, 1.0, 1.0, 0.3),
    ]
)


def nms_stream(order='HAILO_NMS_BY_CLASS', **options):
    return Stream('out', dtype='float32', order=order, nms=Nms(3, 10, 20, **options))


def test_section_8_by_class(answer):
    output = answer(nms_stream(), ROWS)
    first, second, third = output.get_buffer()
    assert np.array_equal(first, ROWS[[0, 2, 3], 1:])
    assert (second.shape, second.dtype) == ((0, 5), np.float64)
    assert np.array_equal(third, ROWS[[1], 1:])
    raw = output.get_buffer(None)
    assert np.shares_memory(first, raw)
    assert not np.shares_memory(second, raw)
    assert raw[:6].tolist() == [3.0, *ROWS[0, 1:].tolist()]
    assert raw[16] == 0.0
    assert raw[17] == 1.0


def test_section_6_the_first_bindings_of_an_nms_model_parse_the_hef_again(open_runner, make_hef):
    hef = make_hef(nms_stream(), computation={'out': ROWS})
    runner = open_runner(hef)
    Path(hef).unlink()
    with pytest.raises(pyhailort.HailoRTException, match='HAILO_OPEN_FILE_FAILURE'):
        runner.configured.create_bindings()


def test_section_8_nothing_found(answer):
    found = answer(nms_stream(), np.zeros((0, 6), np.float32)).get_buffer()
    assert [boxes.shape for boxes in found] == [(0, 5)] * 3


def test_section_8_tf_format(answer):
    boxes = answer(nms_stream(), ROWS).get_buffer(tf_format=True)
    assert (boxes.shape, boxes.dtype) == ((3, 5, 10), np.float32)
    assert np.array_equal(boxes[0, :, :3], ROWS[[0, 2, 3], 1:].T)
    assert not boxes[0, :, 3:].any()
    assert not boxes[1].any()


def test_section_8_garbage_may_raise(open_runner, make_hef):
    bindings = open_runner(make_hef(nms_stream(), computation={'out': ROWS})).bindings()
    bindings.output().get_buffer(None)[:] = 60.0
    with pytest.raises(ValueError):
        bindings.output().get_buffer()


@pytest.mark.parametrize(
    ('setter', 'value', 'counts'),
    [
        ('set_nms_score_threshold', 0.5, [2, 0, 1]),
        ('set_nms_score_threshold', 0.95, [0, 0, 0]),
        ('set_nms_iou_threshold', 0.5, [2, 0, 1]),
        ('set_nms_max_proposals_per_class', 1, [1, 0, 1]),
    ],
)
def test_section_8_thresholds_of_the_user(answer, setter, value, counts):
    output = answer(nms_stream(), ROWS, prepare=lambda stream: getattr(stream, setter)(value))
    assert [len(boxes) for boxes in output.get_buffer()] == counts


def test_section_8_thresholds_of_the_hef(answer):
    output = answer(nms_stream(score_threshold=0.5, iou_threshold=0.5), ROWS)
    assert [len(boxes) for boxes in output.get_buffer()] == [1, 0, 1]


def test_section_8_by_score(answer):
    def by_score(stream):
        stream.set_format_order(FormatOrder.HAILO_NMS_BY_SCORE)

    output = answer(nms_stream(), ROWS, prepare=by_score)
    found = output.get_buffer()
    assert [detection.class_id for detection in found] == [0, 2, 0, 0]
    assert [round(detection.score, 3) for detection in found] == [0.9, 0.8, 0.7, 0.3]
    assert (found[1].y_min, found[1].x_min, found[1].y_max, found[1].x_max) == (0.5, 0.5, 1, 1)
    assert output.get_buffer(None)[:2].view(np.uint16) == 4
    with pytest.raises(pyhailort.HailoRTException):
        output.get_buffer(tf_format=True)


@pytest.mark.parametrize('order', ['HAILO_NMS_BY_SCORE', 'HAILO_NMS_WITH_BYTE_MASK'])
def test_section_6_flat_nms_takes_bytes_only(open_runner, make_hef, order):
    runner = open_runner(make_hef(nms_stream(order), computation={'out': ROWS[:0]}))
    (size,) = runner.model.output().shape
    with pytest.raises(pyhailort.HailoRTException, match='Buffer must be of type uint8 for'):
        runner.bindings().output().set_buffer(np.zeros(size, np.int8))


def masks(rows):
    """Make a mask of each box in an 8×4 input, its pixels alternating."""
    sizes = [int(np.ceil((r[4] - r[2]) * 8) * np.ceil((r[3] - r[1]) * 4)) for r in rows]
    return [np.arange(size, dtype=np.uint8) % 2 for size in sizes]


def test_section_8_byte_masks(open_runner, make_hef):
    rows = ROWS[:2]
    tensors = {'out': rows, 'out/masks': np.concatenate(masks(rows))}
    hef = make_hef(nms_stream('HAILO_NMS_WITH_BYTE_MASK'), computation=tensors)
    output = open_runner(hef).infer().output()
    found = output.get_buffer()
    assert [detection.class_id for detection in found] == [0, 2]
    for detection, mask in zip(found, masks(rows)):
        assert np.array_equal(detection.mask, mask)
    assert output.get_buffer(tf_format=True) is None


def test_section_8_masks_beyond_the_budget_are_cut(open_runner, make_hef):
    rows = ROWS[:2]
    tensors = {'out': rows, 'out/masks': np.concatenate(masks(rows))}
    hef = make_hef(nms_stream('HAILO_NMS_WITH_BYTE_MASK'), computation=tensors)

    def prepare(model):
        model.output().set_nms_max_accumulated_mask_size(10)

    found = open_runner(hef, prepare=prepare).infer().output().get_buffer()
    assert [detection.mask.size for detection in found] == [8, 2]
