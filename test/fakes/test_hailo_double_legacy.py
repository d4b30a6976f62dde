# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0

"""Section 10: the older, blocking path."""

from hailo_double import HANG
from hailo_double import Nms
from hailo_double import Quantization
from hailo_double import Stream
from hailo_platform import ConfigureParams
from hailo_platform import FormatType
from hailo_platform import HailoSchedulingAlgorithm
from hailo_platform import HEF
from hailo_platform import InferVStreams
from hailo_platform import InputVStreamParams
from hailo_platform import OutputVStreamParams
from hailo_platform.pyhailort import _pyhailort
from hailo_platform.pyhailort import pyhailort
import numpy as np
import pytest


@pytest.fixture
def configure(open_vdevice, make_hef):
    """Configure a HEF on a VDevice without scheduler."""

    def configure_one(hef=None, *, algorithm=HailoSchedulingAlgorithm.NONE, vdevice=None):
        vdevice = vdevice or open_vdevice(scheduling_algorithm=algorithm)
        hef = HEF(hef or make_hef())
        (network,) = vdevice.configure(hef, ConfigureParams.create_from_hef(hef))
        assert network in vdevice.loaded_network_groups
        return network

    return configure_one


def open_streams(network, *, format_type=None, timeout_ms=None, **options):
    return InferVStreams(
        network,
        InputVStreamParams.make(network, timeout_ms=timeout_ms),
        OutputVStreamParams.make(network, format_type=format_type, timeout_ms=timeout_ms),
        **options,
    )


def images(*values):
    return {
        'net/input_layer1': np.stack([np.full((4, 8, 3), value, np.uint8) for value in values])
    }


def test_a_batch(configure):
    network = configure()
    assert network.name == 'net'
    with open_streams(network) as pipeline, network.activate(network.create_params()):
        depth = pipeline.infer(images(1, 2, 3))['net/depth']
        again = pipeline.infer(images(4))['net/depth']
    assert (depth.shape, depth.dtype) == ((3, 4, 8, 1), np.uint8)
    assert depth[:, 0, 0, 0].tolist() == [1, 2, 3]
    assert again[0].max() == 4


def test_floats(configure, make_hef):
    network = configure(make_hef(Stream('depth', (4, 8, 1), quantization=Quantization(0.0, 0.5))))
    with open_streams(network, format_type=FormatType.FLOAT32) as pipeline, network.activate():
        depth = pipeline.infer(images(7))['net/depth']
    assert depth.dtype == np.float32
    assert np.all(depth == 7.0)


@pytest.mark.parametrize('tf_nms_format', [False, True])
def test_boxes(configure, make_hef, tf_nms_format):
    stream = Stream('nms', dtype='float32', order='HAILO_NMS_BY_CLASS', nms=Nms(2, 4))
    rows = np.float32([(1, 0.0, 0.0, 0.5, 0.5, 0.9)])
    network = configure(make_hef(stream, computation={'nms': rows}))
    with open_streams(network, tf_nms_format=tf_nms_format) as pipeline, network.activate():
        found = pipeline.infer(images(0, 0))['net/nms']
    if tf_nms_format:
        assert found.shape == (2, 2, 5, 4)
        return
    assert [[len(boxes) for boxes in frame] for frame in found] == [[0, 1], [0, 1]]


def test_not_activated(configure):
    with open_streams(configure()) as pipeline:
        with pytest.raises(pyhailort.HailoRTNetworkGroupNotActivatedException):
            pipeline.infer(images(1))


def test_one_active_network(configure, open_vdevice):
    vdevice = open_vdevice(scheduling_algorithm=HailoSchedulingAlgorithm.NONE)
    first, second = configure(vdevice=vdevice), configure(vdevice=vdevice)
    with first.activate():
        with pytest.raises(pyhailort.HailoRTInvalidOperationException):
            with second.activate():
                pass
    with second.activate():
        pass


def test_activation_with_the_scheduler_only_warns(configure, caplog):
    network = configure(algorithm=HailoSchedulingAlgorithm.ROUND_ROBIN)
    with open_streams(network) as pipeline, network.activate():
        assert pipeline.infer(images(5))['net/depth'].max() == 5
    assert 'activate() is meaningless' in caplog.text


def test_errors_are_raised(hailo_machine, configure):
    network = configure()
    hailo_machine.plant('completion', 8)
    with open_streams(network) as pipeline, network.activate():
        with pytest.raises(pyhailort.HailoRTException, match='HAILO_INTERNAL_FAILURE'):
            pipeline.infer(images(1))


def test_a_hang_times_out(hailo_machine, configure):
    network = configure()
    hailo_machine.plant('completion', HANG)
    with open_streams(network, timeout_ms=5) as pipeline, network.activate():
        with pytest.raises(pyhailort.HailoRTTimeout):
            pipeline.infer(images(1))


@pytest.mark.parametrize(
    'data',
    [
        {},
        {'net/input_layer1': np.zeros((1, 4, 8, 3), np.float32)},
        {'net/input_layer1': np.zeros((4, 8, 3), np.uint8)},
    ],
)
def test_data_must_fit(configure, data):
    network = configure()
    with open_streams(network) as pipeline, network.activate():
        with pytest.raises(pyhailort.HailoRTException):
            pipeline.infer(data)


def test_closed_streams(configure):
    network = configure()
    pipeline = open_streams(network)
    with pipeline:
        pass
    with pytest.raises(pyhailort.HailoRTException):
        pipeline.infer(images(1))


def test_rule_16_scheduler_settings_raise_native_exceptions(configure):
    network = configure()
    for call in ('timeout', 'threshold', 'priority'):
        with pytest.raises(_pyhailort.HailoRTStatusException) as caught:
            getattr(network, f'set_scheduler_{call}')(1)
        assert caught.value.args == ('6',)


def test_rule_19_architecture(configure, make_hef):
    with pytest.raises(pyhailort.HailoRTHEFNotCompatibleWithDevice):
        configure(make_hef(architecture='HAILO15H'))
