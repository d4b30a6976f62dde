# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0

"""Section 3 and the HEF errors of section 2."""

from pathlib import Path
import pickle

from hailo_double import code_of
from hailo_double import GIT_LFS_POINTER
from hailo_double import installed
from hailo_double import Machine
from hailo_double import make_group
from hailo_double import Nms
from hailo_double import ProcessDeath
from hailo_double import Quantization
from hailo_double import Stream
from hailo_double import write_hef_of_groups
import hailo_platform
from hailo_platform.pyhailort import _pyhailort
from hailo_platform.pyhailort import pyhailort
import numpy as np
import pytest

PER_FEATURE = Quantization((0.0, 5.0), (0.1, 0.2))
BY_CLASS = Stream('nms', dtype='float32', order='HAILO_NMS_BY_CLASS', nms=Nms(80, 100))


@pytest.fixture(params=['path', 'bytes'])
def load(request):
    """Load a HEF by its path and by its bytes: both answer alike unless a test says otherwise."""

    def load_one(path):
        return hailo_platform.HEF(path if request.param == 'path' else Path(path).read_bytes())

    return load_one


def test_section_3_works_without_any_card(make_hef):
    path = make_hef()
    with installed(Machine()):
        hef = hailo_platform.HEF(path)
    assert hef.path == path
    assert hef.get_network_group_names() == ['net']
    assert hef.get_networks_names() == ['net/net']


def test_section_3_bytes_have_no_path(make_hef):
    assert hailo_platform.HEF(Path(make_hef()).read_bytes()).path is None


@pytest.mark.parametrize(
    ('stream', 'shape', 'kind', 'order', 'quantisation'),
    [
        (
            Stream('a', (4, 8, 2), quantization=Quantization(3.0, 0.5)),
            (4, 8, 2),
            'UINT8',
            'NHWC',
            (3.0, 0.5, -1.5, 126.0),
        ),
        (
            Stream('a', (4, 8, 1), 'uint16', 'FCR', Quantization(0.0, 2.0, (0.0, 30.0))),
            (4, 8, 1),
            'UINT16',
            'FCR',
            (0.0, 2.0, 0.0, 30.0),
        ),
        (Stream('a', (4, 8, 2), order='F8CR'), (4, 8, 2), 'UINT8', 'F8CR', (0.0, 1.0, 0.0, 255.0)),
        (Stream('a', (7,), order='NC'), (7,), 'UINT8', 'NC', (0.0, 1.0, 0.0, 255.0)),
        (Stream('a', (4, 8), order='NHW'), (4, 8), 'UINT8', 'NHW', (0.0, 1.0, 0.0, 255.0)),
        (
            Stream('a', (4, 8, 2), quantization=PER_FEATURE),
            (4, 8, 2),
            'UINT8',
            'NHWC',
            (0.0, 0.0, 0.0, 0.0),
        ),
        (BY_CLASS, (80, 5, 100), 'FLOAT32', 'HAILO_NMS_BY_CLASS', (0.0, 1.0, 0.0, 0.0)),
    ],
)
def test_section_3_vstream_infos(make_hef, stream, shape, kind, order, quantisation):
    hef = hailo_platform.HEF(make_hef(stream))
    (info,) = hef.get_output_vstream_infos()
    assert (info.name, info.network_name) == (f'net/{stream.name}', 'net/net')
    assert info.direction == hailo_platform.HailoStreamDirection.D2H
    assert info.shape == shape
    assert info.format.type == getattr(hailo_platform.FormatType, kind)
    assert info.format.order == getattr(hailo_platform.FormatOrder, order)
    assert info.format.flags == hailo_platform.HailoFormatFlags.NONE
    found = info.quant_info
    assert (found.qp_zp, found.qp_scale, found.limvals_min, found.limvals_max) == quantisation
    assert hef.get_all_vstream_infos()[1].name == info.name


def test_rule_10_validity_of_a_quantisation(make_hef):
    hef = hailo_platform.HEF(
        make_hef(Stream('a', (4, 8, 2), quantization=PER_FEATURE), Stream('b', (4, 8, 2)))
    )
    validity = [_pyhailort.is_qp_valid(info.quant_info) for info in hef.get_output_vstream_infos()]
    assert validity == [False, True]


def test_rule_15_nms_shape_raises_where_there_is_none(make_hef):
    (info,) = hailo_platform.HEF(make_hef()).get_output_vstream_infos()
    with pytest.raises(_pyhailort.HailoRTCustomException):
        hasattr(info, 'nms_shape')


def test_section_3_nms_shape(make_hef):
    (info,) = hailo_platform.HEF(make_hef(BY_CLASS)).get_output_vstream_infos()
    assert info.nms_shape.number_of_classes == 80
    assert info.nms_shape.max_bboxes_per_class == 100
    assert not hasattr(info.nms_shape, 'max_bboxes_total')


@pytest.mark.parametrize('order', ['HAILO_NMS_BY_SCORE', 'HAILO_NMS_WITH_BYTE_MASK'])
def test_section_3_flat_nms_has_no_shape(make_hef, order):
    stream = Stream('nms', dtype='float32', order=order, nms=Nms(3))
    (info,) = hailo_platform.HEF(make_hef(stream)).get_output_vstream_infos()
    with pytest.raises(_pyhailort.HailoRTCustomException, match='Format order has no shape'):
        _ = info.shape
    assert info.nms_shape.max_accumulated_mask_size == 2 * 4 * 8


def test_section_3_infos_are_picklable_and_read_only(make_hef):
    (info,) = hailo_platform.HEF(make_hef(BY_CLASS)).get_output_vstream_infos()
    again = pickle.loads(pickle.dumps(info))
    assert (again.name, again.shape, again.format) == (info.name, info.shape, info.format)
    with pytest.raises(AttributeError):
        info.name = 'other'
    info.format.type = hailo_platform.FormatType.UINT8
    assert info.format.type == hailo_platform.FormatType.FLOAT32


def test_section_3_stream_infos_are_padded(make_hef):
    hef = hailo_platform.HEF(make_hef(Stream('a', (4, 12, 3), 'uint16')))
    (output,) = hef.get_output_stream_infos()
    assert (output.shape, output.data_bytes) == ((4, 16, 8), 2)
    assert [info.sys_index for info in hef.get_all_stream_infos()] == [0, 1]
    (image,) = hef.get_input_stream_infos()
    assert image.direction == hailo_platform.HailoStreamDirection.H2D


def test_section_3_original_names(make_hef):
    hef = hailo_platform.HEF(make_hef(Stream('conv1', (4, 8, 1), original_names=('depth',))))
    assert hef.get_vstream_name_from_original_name('depth') == 'net/conv1'
    assert hef.get_original_names_from_vstream_name('net/conv1') == ['depth']
    assert hef.get_stream_names_from_vstream_name('net/conv1') == ['net/conv1']
    assert hef.get_vstream_names_from_stream_name('net/conv1') == ['net/conv1']
    assert hef.get_sorted_output_names() == ['net/conv1']


def test_section_3_bottleneck(make_hef):
    with pytest.raises(pyhailort.HailoRTException):
        hailo_platform.HEF(make_hef()).bottleneck_fps()
    assert hailo_platform.HEF(make_hef(bottleneck_fps=120.5)).bottleneck_fps() == 120.5


@pytest.mark.parametrize(
    'getter',
    [
        'get_input_vstream_infos',
        'get_output_vstream_infos',
        'get_all_vstream_infos',
        'get_input_stream_infos',
        'get_output_stream_infos',
        'get_all_stream_infos',
    ],
)
def test_rule_16_info_getters_raise_native_exceptions(make_hef, getter):
    hef = hailo_platform.HEF(make_hef())
    with pytest.raises(_pyhailort.HailoRTStatusException) as caught:
        getattr(hef, getter)('unknown')
    assert caught.value.args == ('61',)


@pytest.mark.parametrize(
    ('getter', 'arguments'),
    [
        ('get_networks_names', ('unknown',)),
        ('get_sorted_output_names', ('unknown',)),
        ('bottleneck_fps', ('unknown',)),
        ('get_vstream_name_from_original_name', ('unknown',)),
        ('get_original_names_from_vstream_name', ('unknown',)),
        ('get_stream_names_from_vstream_name', ('unknown',)),
        ('get_vstream_names_from_stream_name', ('unknown',)),
    ],
)
def test_section_3_other_getters_raise_not_found(make_hef, getter, arguments):
    hef = hailo_platform.HEF(make_hef())
    with pytest.raises(pyhailort.HailoRTNotFoundException):
        getattr(hef, getter)(*arguments)


def test_section_3_several_groups(tmp_path):
    groups = [
        make_group(
            name,
            [Stream('in', (4, 8, 3))],
            [Stream('out', (2,), order='NC')],
            is_multi_context=name == 'b',
        )
        for name in ('a', 'b')
    ]
    path = write_hef_of_groups(tmp_path / 'two.hef', [(group, None) for group in groups])
    hef = hailo_platform.HEF(str(path))
    assert [(g.name, g.is_multi_context) for g in hef.get_network_groups_infos()] == [
        ('a', False),
        ('b', True),
    ]
    assert hef.get_output_vstream_infos()[0].name == 'a/out'
    assert hef.get_output_vstream_infos('b')[0].name == 'b/out'


# ---------------------------------------------------------------- section 2: broken files


def cut(content):
    return content[:-5]


def flip(content):
    return content[:-3] + bytes([content[-3] ^ 1]) + content[-2:]


@pytest.mark.parametrize(
    ('damage', 'code'),
    [
        (cut, 91),
        (flip, 91),
        (lambda content: content[:20], 91),
        (lambda content: b'garbage' * 10, 92),
        (lambda content: GIT_LFS_POINTER, 92),
    ],
    ids=['truncated', 'bit flip', 'almost nothing', 'garbage', 'git lfs pointer'],
)
def test_section_2_damaged(make_hef, load, damage, code):
    path = make_hef()
    Path(path).write_bytes(damage(Path(path).read_bytes()))
    with pytest.raises(pyhailort.HailoRTException) as caught:
        load(path)
    assert code_of(caught.value) == code
    assert type(caught.value) is pyhailort.HailoRTException


@pytest.mark.parametrize('options', [{'is_too_old': True}, {'version': 4}])
def test_section_2_too_old_or_too_new(make_hef, load, options):
    with pytest.raises(pyhailort.HailoRTException, match='HAILO_HEF_NOT_SUPPORTED') as caught:
        load(make_hef(**options))
    assert code_of(caught.value) == 92


@pytest.mark.parametrize('damage', [cut, lambda content: GIT_LFS_POINTER])
def test_section_12_older_libraries_know_one_hef_error(make_hef, damage):
    path = make_hef()
    Path(path).write_bytes(damage(Path(path).read_bytes()))
    with installed(Machine(library_version='4.20.0')):
        with pytest.raises(pyhailort.HailoRTInvalidHEFException):
            hailo_platform.HEF(path)


@pytest.mark.parametrize(
    ('make', 'code'),
    [
        (lambda path: None, 13),
        (lambda path: path.mkdir(), 14),
        (lambda path: path.write_bytes(b''), 14),
        (lambda path: path.write_bytes(b'\x01HEF' + bytes(11)), 14),
    ],
    ids=['missing', 'directory', 'empty', 'fifteen bytes'],
)
def test_section_2_unreadable_files(tmp_path, open_vdevice, make, code):
    path = tmp_path / 'net.hef'
    make(path)
    for load in (hailo_platform.HEF, open_vdevice().create_infer_model):
        with pytest.raises(pyhailort.HailoRTException) as caught:
            load(str(path))
        assert code_of(caught.value) == code


def test_section_2_few_bytes_are_corrupted():
    with pytest.raises(pyhailort.HailoRTException) as caught:
        hailo_platform.HEF(b'\x01HEF')
    assert code_of(caught.value) == 91


@pytest.mark.parametrize('source', [Path('net.hef'), bytearray(b'x'), None])
def test_section_2_other_sources(open_vdevice, source):
    with pytest.raises(ValueError, match='path or bytes'):
        hailo_platform.HEF(source)
    with pytest.raises(TypeError):
        open_vdevice().create_infer_model(source)


def test_rule_24_empty_bytes_kill_the_process(hailo_machine):
    with pytest.raises(ProcessDeath, match='SIGSEGV'):
        hailo_platform.HEF(b'')
    (violation,) = hailo_machine.take_violations()
    assert violation.rule == 'rule 24'


# ---------------------------------------------------------------- the writer


@pytest.mark.parametrize(
    ('stream', 'tensors', 'complaint'),
    [
        (Stream('a', (4, 8, 1)), {}, 'no tensor'),
        (Stream('a', (4, 8, 1)), {'a': np.zeros((4, 8))}, 'expected'),
        (BY_CLASS, {'nms': np.zeros((1, 5))}, 'expected'),
    ],
)
def test_tensors_must_fit_their_stream(make_hef, stream, tensors, complaint):
    with pytest.raises(ValueError, match=complaint):
        make_hef(stream, computation=tensors)


@pytest.mark.parametrize(
    'wrong',
    [
        {'order': 'NCHW'},
        {'order': 'NC'},
        {'dtype': 'int8'},
        {'order': 'HAILO_NMS_BY_CLASS'},
        {'nms': Nms(1)},
        {'quantization': Quantization((0.0,), (1.0,))},
    ],
)
def test_streams_must_be_possible(wrong):
    with pytest.raises(ValueError):
        Stream(**{'name': 'a', 'shape': (4, 8, 2), **wrong})
