# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0

"""Every form of input and output that a HEF may have, run on the simulated device."""

import numpy as np
import pytest

from hailo_perception.backends.hailort import errors
from hailo_perception.backends.hailort.box_lists import boxes_by_score
from hailo_perception.backends.hailort.box_lists import packed_size
from hailo_perception.backends.hailort.box_lists import SCORE_RECORD
from hailo_perception.core.errors import ManifestError
from hailo_perception.core.labels import LabelSet
from hailo_perception.core.quantization import Quantization
from hailo_perception.kernels import load_kernels
from hailo_perception.models.binding import bind
from hailo_perception.models.specification import DepthSpecification
from hailo_perception.models.specification import DetectionSpecification
from hailo_perception.models.specification import InputSpecification
from hailo_perception.models.specification import SegmentationSpecification
from hailo_perception.tasks.detection_heads import head_reader

HEIGHT, WIDTH = 4, 8
RNG = np.random.default_rng(4)


def segmentation(decoder, output, *names):
    return SegmentationSpecification(decoder, output, LabelSet.from_names(*names))


# Outputs.


@pytest.mark.parametrize('order', ['NHWC', 'FCR', 'F8CR'])
@pytest.mark.parametrize('dtype', ['uint8', 'uint16'])
def test_maps_of_codes_keep_their_quantisation(hailo, order, dtype):
    double = hailo.double
    codes = RNG.integers(0, np.iinfo(dtype).max, (HEIGHT, WIDTH, 3), dtype)
    hailo.write(
        [double.Stream('map', codes.shape, dtype, order, double.Quantization(7.0, 0.25))],
        {'map': codes},
    )
    backend = hailo.open()
    (info,) = backend.outputs
    assert (info.name, info.shape, info.dtype) == ('net/map', codes.shape, np.dtype(dtype))
    assert info.quantization == Quantization(0.25, 7.0)
    assert np.array_equal(hailo.answer(backend).tensors['net/map'], codes)


def test_scale_for_each_feature_is_read_as_floats(hailo):
    double = hailo.double
    real = RNG.uniform(0, 10, (HEIGHT, WIDTH, 2)).astype(np.float32)
    quantization = double.Quantization((0.0, 3.0), (0.1, 0.2))
    hailo.write([double.Stream('heads', real.shape, quantization=quantization)], {'heads': real})
    backend = hailo.open()
    (info,) = backend.outputs
    assert (info.dtype, info.quantization) == (np.float32, None)
    answer = hailo.answer(backend).tensors['net/heads']
    assert answer.dtype == np.float32
    assert np.all(np.abs(answer - real) <= (0.051, 0.101))


def test_vector(hailo):
    double = hailo.double
    codes = np.arange(11, dtype=np.uint8)
    hailo.write([double.Stream('fc1', (11,), order='NC')], {'fc1': codes})
    backend = hailo.open()
    assert backend.outputs[0].shape == (1, 1, 11)
    assert np.array_equal(hailo.answer(backend).tensors['net/fc1'].ravel(), codes)


@pytest.mark.parametrize('dtype', ['uint8', 'uint16'])
def test_class_ids_are_never_dequantised(hailo, make_manifest, dtype):
    """The quantisation that the library tells of them is that of the map before them."""
    double = hailo.double
    ids = RNG.integers(0, 3, (HEIGHT, WIDTH), dtype)
    hailo.write(
        [
            double.Stream(
                'x/argmax1', ids.shape, dtype, 'NHW', double.Quantization(5.0, 0.5), class_count=3
            )
        ],
        {'x/argmax1': ids},
    )
    manifest = make_manifest(
        files={'hef': hailo.hef},
        depth=None,
        semantic=segmentation('argmax', '*/argmax1', 'a', 'b', 'c'),
    )
    backend = hailo.open(manifest)
    (info,) = backend.outputs
    assert (info.shape, info.dtype, info.quantization) == ((HEIGHT, WIDTH, 1), np.uint8, None)
    assert bind(manifest, backend.inputs, backend.outputs).semantic == info
    assert np.array_equal(hailo.answer(backend).tensors[info.name][..., 0], ids)


def test_class_ids_in_the_order_of_maps(hailo, make_manifest):
    """What the manifest calls class ids stays ids, also where a scale for each feature lacks."""
    double = hailo.double
    ids = RNG.integers(0, 3, (HEIGHT, WIDTH, 1), np.uint8)
    hailo.write(
        [
            double.Stream(
                'ids', ids.shape, order='FCR', quantization=double.Quantization((0.0,), (0.1,))
            )
        ],
        {'ids': ids},
    )
    manifest = make_manifest(
        files={'hef': hailo.hef}, depth=None, semantic=segmentation('argmax', 'ids', 'a', 'b', 'c')
    )
    backend = hailo.open(manifest)
    assert backend.outputs[0].quantization is None
    assert np.array_equal(hailo.answer(backend).tensors['ids'], ids)


def test_class_ids_in_the_place_of_depth_are_refused(hailo):
    hailo.write([hailo.double.Stream('depth', (HEIGHT, WIDTH), order='NHW', class_count=3)])
    with pytest.raises(ManifestError, match='tasks.depth.output.*holds class ids'):
        hailo.open()


BOXES = np.array(
    [
        (2, 0.1, 0.2, 0.3, 0.4, 0.9),
        (0, 0.5, 0.5, 0.75, 1.0, 0.8),
        (2, 0.0, 0.0, 0.5, 0.5, 0.7),
    ],
    np.float32,
)


@pytest.mark.parametrize(
    'order', ['HAILO_NMS_BY_CLASS', 'HAILO_NMS_BY_SCORE', 'HAILO_NMS_WITH_BYTE_MASK']
)
@pytest.mark.parametrize('rows', [BOXES[:0], BOXES], ids=['nothing', 'three boxes'])
def test_boxes_of_every_order_come_as_boxes_by_class(hailo, make_manifest, order, rows):
    double = hailo.double
    answers = {'boxes': rows}
    if order.endswith('MASK'):
        sizes = [
            int(np.ceil((x1 - x0) * WIDTH) * np.ceil((y1 - y0) * HEIGHT))
            for _, y0, x0, y1, x1, _ in rows.tolist()
        ]
        answers['boxes/masks'] = np.ones(sum(sizes), np.uint8)
    hailo.write(
        [double.Stream('boxes', dtype='float32', order=order, nms=double.Nms(3, 10, 20))], answers
    )
    specification = DetectionSpecification(
        'hailo_nms', ('boxes',), LabelSet.from_names('car', 'bus', 'person')
    )
    manifest = make_manifest(files={'hef': hailo.hef}, depth=None, detection=specification)
    backend = hailo.open(manifest)
    model = bind(manifest, backend.inputs, backend.outputs)
    example = backend.example_outputs()
    for outputs, expected in ((example, rows[:0]), (hailo.answer(backend), rows)):
        reader = head_reader(
            specification, model.detection, (WIDTH, HEIGHT), load_kernels('numpy')
        )
        found = reader.read(outputs.tensors, 0.0)
        by_class = expected[np.argsort(expected[:, 0], kind='stable')]
        assert found.classes.tolist() == by_class[:, 0].tolist()
        assert np.allclose(found.scores, by_class[:, 5])
        y0, x0, y1, x1 = by_class[:, 1:5].T
        assert np.allclose(found.boxes, np.stack([x0 * 8, y0 * 4, x1 * 8, y1 * 4], axis=1))


@pytest.mark.parametrize(
    ('count', 'class_id', 'message'),
    [(3, 0, '3 boxes, room is for 2'), (2, 5, 'class 5, it has 4')],
)
def test_box_list_that_cannot_be(count, class_id, message):
    buffer = np.zeros(2 + 2 * SCORE_RECORD.itemsize, np.uint8)
    buffer[:2].view('<u2')[0] = count
    buffer[2:].view(SCORE_RECORD)['class_id'] = class_id
    with pytest.raises(errors.BoxListError, match=message):
        boxes_by_score(buffer, np.zeros(packed_size(4, 2), np.float32), 4)


# Names.


@pytest.mark.parametrize(
    'pattern', ['net/conv57', 'net/*57', 'conv57', 'con*', 'depth_head', 'depth_*']
)
def test_output_is_found_by_any_of_its_names(hailo, make_manifest, pattern):
    hailo.write(
        [
            hailo.double.Stream('conv57', (HEIGHT, WIDTH, 1), original_names=('depth_head',)),
            hailo.double.Stream('other', (HEIGHT, WIDTH, 2)),
        ]
    )
    manifest = make_manifest(
        files={'hef': hailo.hef}, depth=DepthSpecification('linear', pattern, 120.0)
    )
    backend = hailo.open(manifest)
    model = bind(manifest, backend.inputs, backend.outputs)
    assert model.depth.shape == (HEIGHT, WIDTH, 1)
    assert [info.name for info in model.left_over] == ['net/other']
    assert np.all(hailo.answer(backend, 9).tensors[model.depth.name] == 9)


# Inputs.


@pytest.mark.parametrize('limits', [(0.0, 255.0), (0.0, 254.0)])
def test_raw_pixels_go_in_as_they_are(hailo, make_manifest, limits):
    """Even if the manifest tells how other files of the model want them."""
    double = hailo.double
    scale = limits[1] / 255.0
    hailo.write(
        [
            double.Stream(
                'depth', (HEIGHT, WIDTH, 1), 'uint16', quantization=double.Quantization(0.0, 0.01)
            )
        ],
        image=double.Stream(
            'input', (HEIGHT, WIDTH, 3), quantization=double.Quantization(0.0, scale, limits)
        ),
    )
    manifest = make_manifest(
        files={'hef': hailo.hef},
        input=InputSpecification(WIDTH, HEIGHT, scale=(255.0, 255.0, 255.0)),
    )
    depth = hailo.answer(hailo.open(manifest), 200).tensors['depth']
    assert depth.max() * 0.01 == pytest.approx(200 * scale, abs=0.011)


@pytest.mark.parametrize(
    ('quantization', 'dtype'),
    [
        ((114.0, 0.018723, (-2.134, 2.640)), 'uint8'),
        ((30000.0, 0.0001, (-3.0, 3.5)), 'uint16'),
        (((114.0,) * 3, (0.02,) * 3, (-2.28, 2.82)), 'uint8'),
    ],
    ids=['uint8', 'uint16', 'a scale for each channel'],
)
def test_normalised_input_is_made_of_mean_and_scale(hailo, make_manifest, quantization, dtype):
    double = hailo.double
    mean, scale = (123.7, 116.3, 103.5), (58.4, 57.1, 57.4)
    hailo.write(
        [
            double.Stream(
                'depth',
                (HEIGHT, WIDTH, 1),
                'uint16',
                quantization=double.Quantization(30000.0, 0.0001),
            )
        ],
        image=double.Stream(
            'input', (HEIGHT, WIDTH, 3), dtype, quantization=double.Quantization(*quantization)
        ),
    )
    manifest = make_manifest(
        files={'hef': hailo.hef}, input=InputSpecification(WIDTH, HEIGHT, mean=mean, scale=scale)
    )
    backend = hailo.open(manifest)
    (info,) = backend.outputs
    for value in (0, 90, 255):
        codes = hailo.answer(backend, value).tensors['depth']
        expected = np.mean((value - np.array(mean)) / np.array(scale))
        assert info.quantization.dequantize(codes).mean() == pytest.approx(expected, abs=0.012)


def test_codes_that_are_the_pixels_need_no_table(hailo, make_manifest):
    """A network of 0…1 whose pixels are divided by 255: the image itself goes in."""
    double = hailo.double
    hailo.write(
        [
            double.Stream(
                'depth', (HEIGHT, WIDTH, 1), quantization=double.Quantization(0.0, 1 / 255)
            )
        ],
        image=double.Stream(
            'input', (HEIGHT, WIDTH, 3), quantization=double.Quantization(0.0, 1 / 255, (0.0, 1.0))
        ),
    )
    manifest = make_manifest(
        files={'hef': hailo.hef},
        input=InputSpecification(WIDTH, HEIGHT, scale=(255.0, 255.0, 255.0)),
    )
    assert hailo.answer(hailo.open(manifest), 77).tensors['depth'].max() == 77


def test_normalisation_that_the_manifest_lacks_is_missed(hailo):
    double = hailo.double
    hailo.write(
        [double.Stream('depth', (HEIGHT, WIDTH, 1))],
        image=double.Stream(
            'input',
            (HEIGHT, WIDTH, 3),
            quantization=double.Quantization(114.0, 0.018723, (-2.134, 2.640)),
        ),
    )
    with pytest.raises(ManifestError, match='from -2.134 to 2.64.*0 to 255.*set mean and scale'):
        hailo.open()


@pytest.mark.parametrize(
    ('image', 'message'),
    [
        (((HEIGHT, WIDTH, 6),), 'expected three channels, found 6'),
        (((HEIGHT, WIDTH), 'uint8', 'NHW'), 'expected an image in the order'),
    ],
)
def test_input_that_is_no_colour_image(hailo, image, message):
    double = hailo.double
    hailo.write([double.Stream('depth', (HEIGHT, WIDTH, 1))], image=double.Stream('input', *image))
    with pytest.raises(ManifestError, match=message):
        hailo.open()


def test_network_with_two_inputs(hailo):
    double = hailo.double
    inputs = [double.Stream(name, (HEIGHT, WIDTH, 3)) for name in ('left', 'right')]
    double.write_hef(hailo.hef, inputs, [double.Stream('depth', (HEIGHT, WIDTH, 1))])
    with pytest.raises(ManifestError, match='one input, found 2 .*net/left.*net/right'):
        hailo.open()


def test_image_that_must_not_be_written_goes_in_through_a_copy(hailo, completions):
    backend = hailo.open()
    image = np.full((HEIGHT, WIDTH, 3), 12, np.uint8)
    image.flags.writeable = False
    backend.submit(image, completions.on_done(0))
    ((_, answer),) = completions.wait_for(1)
    assert answer.tensors['depth'].max() == 12


# Buffers.


def test_buffers_are_aligned_and_reused_after_release(hailo):
    backend = hailo.open()
    addresses = set()
    for value in range(10):
        answer = hailo.answer(backend, value)
        tensor = answer.tensors['depth']
        assert tensor.ctypes.data % 4096 == 0
        assert tensor.max() == value
        addresses.add(tensor.ctypes.data)
        answer.release()
        answer.release()
    assert len(addresses) == 1


def test_buffers_that_were_not_released_are_left_alone(hailo):
    backend = hailo.open()
    answers = [hailo.answer(backend, value) for value in range(30)]
    assert [answer.tensors['depth'].max() for answer in answers] == list(range(30))
