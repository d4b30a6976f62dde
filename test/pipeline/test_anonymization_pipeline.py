# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Images in, covered images out, and where anything fails nothing, or black."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue
from threading import Event
from typing import Any

from anonymization_run import Answer
from anonymization_run import BLACK_PEOPLE
from anonymization_run import BOXES
from anonymization_run import BRIGHT
from anonymization_run import GUARD_S
from anonymization_run import is_black
from anonymization_run import PERSON
from anonymization_run import Run
from anonymization_run import seeing
import numpy as np
from numpy.typing import NDArray
import pytest

from hailo_perception.anonymization.head_network import HeadNetwork
from hailo_perception.anonymization.head_network import HeadTimeoutError
from hailo_perception.anonymization.regions import ClassError
from hailo_perception.anonymization.regions import Regions
from hailo_perception.anonymization.settings import AnonymizationSettings
from hailo_perception.anonymization.settings import CoverSettings
from hailo_perception.anonymization.settings import HeadSettings
from hailo_perception.anonymization.settings import LONGEST_WAIT_S
from hailo_perception.backends.recording import Recording
from hailo_perception.backends.replay import ReplayBackend
from hailo_perception.core.errors import BackendError
from hailo_perception.core.errors import Cause
from hailo_perception.core.frame import Frame
from hailo_perception.core.frame import Header
from hailo_perception.core.labels import LabelSet
from hailo_perception.core.tensors import TensorInfo
from hailo_perception.models.binding import bind
from hailo_perception.models.specification import InputSpecification
from hailo_perception.models.specification import ModelManifest
from hailo_perception.models.specification import SegmentationSpecification
from hailo_perception.pipeline.anonymization import AnonymizationPipeline
from hailo_perception.pipeline.anonymization import AnonymizedImage
from hailo_perception.pipeline.anonymization import HEADS_SHARE_OF_STOP

INSIDE = 4
"""As many frames as a pipeline takes while the first of them waits for its heads."""
MAP = TensorInfo('map', (8, 8, 1), np.dtype(np.uint8))
HEADS = ModelManifest(
    name='heads',
    path=Path('heads.yaml'),
    files={},
    input=InputSpecification(16, 16),
    semantic=SegmentationSpecification('argmax', 'map', LabelSet.from_names('none', 'head')),
)


def test_without_people_the_picture_comes_as_it_is() -> None:
    run = Run([seeing()])
    result = run.send()
    assert isinstance(result, AnonymizedImage)
    assert np.array_equal(result.picture, BRIGHT)
    assert result.region_count == 0
    assert (result.camera, result.header) == ('front', Header(100_000_000, 'optical'))
    assert run.close().delivered == 1


def test_a_person_is_covered_and_the_message_is_not_touched() -> None:
    image = BRIGHT.copy()
    run = Run([seeing(PERSON)])
    result = run.send(image)
    assert is_black(result, PERSON)
    assert isinstance(result, AnonymizedImage)
    assert (result.picture[:, 60:] == 200).all()
    assert (image == 200).all()
    run.close()


@pytest.mark.parametrize(
    ('pixels', 'encoding', 'shape', 'order'),
    [
        (BRIGHT, 'rgb8', (64, 96, 3), 'rgb'),
        (np.ascontiguousarray(BRIGHT[..., 0]), 'mono8', (64, 96), 'bgr'),
        (np.full((64, 96, 4), 200, np.uint8), 'bgra8', (64, 96, 3), 'bgr'),
        (np.full((64, 96), 200, np.uint8), 'bayer_rggb8', (64, 96, 3), 'bgr'),
    ],
)
def test_each_encoding_comes_as_near_to_itself_as_can_be(
    pixels: NDArray[np.uint8], encoding: str, shape: tuple[int, ...], order: str
) -> None:
    run = Run([seeing(PERSON)])
    result = run.send(pixels, encoding)
    assert isinstance(result, AnonymizedImage), result
    assert (result.picture.shape, result.color_order) == (shape, order)
    assert is_black(result, PERSON)
    assert (result.picture[:, 60:] == 200).all()
    run.close()


BROKEN = {'boxes': np.full(BOXES.shape, np.nan, np.float32)}


@pytest.mark.parametrize(
    ('bad', 'cause'),
    [(BackendError('no power'), Cause.INFERENCE), (BROKEN, Cause.NETWORK_OUTPUT)],
    ids=['backend', 'output'],
)
@pytest.mark.parametrize('on_failure', ['drop', 'solid'])
def test_it_fails_closed(bad: Answer, cause: Cause, on_failure: Any) -> None:
    """A frame that failed is dropped and counted, or black and counted; the next one is fine."""
    run = Run([seeing(PERSON), bad, seeing(PERSON)], on_failure=on_failure)
    first, second = run.send(), run.send()
    if on_failure == 'solid':
        assert isinstance(second, AnonymizedImage)
        assert second.picture.shape == BRIGHT.shape
        assert not second.picture.any()
        assert second.header.stamp_ns == 200_000_000
        second = run.events.get(timeout=GUARD_S)
    assert isinstance(second, tuple)
    assert second[0] == cause
    third = run.send()
    assert is_black(first, PERSON)
    assert is_black(third, PERSON)
    assert isinstance(third, AnonymizedImage)
    assert third.picture.any()
    counts = run.close()
    if on_failure == 'drop':
        assert (counts.delivered, counts.drops, counts.problems) == (2, {cause: 1}, {})
    else:
        assert (counts.delivered, counts.drops, counts.problems) == (3, {}, {cause: 1})


@pytest.mark.parametrize('on_failure', ['drop', 'solid'])
def test_what_the_backend_refuses_fails_closed(
    on_failure: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise BackendError('the device is being restarted')

    run = Run([seeing(PERSON)], on_failure=on_failure)
    with monkeypatch.context() as refusing:
        refusing.setattr(run.backend, 'submit', refuse)
        results = [run.send()]
        if on_failure == 'solid':
            assert isinstance(results[0], AnonymizedImage)
            assert not results[0].picture.any()
            results = [run.events.get(timeout=GUARD_S)]
    assert results == [(Cause.INFERENCE, 'the device is being restarted')]
    assert is_black(run.send(), PERSON)
    counts = run.close()
    is_dropped = on_failure == 'drop'
    assert counts.delivered == 2 - is_dropped
    assert counts.drops == ({Cause.INFERENCE: 1} if is_dropped else {})


def test_a_broken_image_never_comes_out() -> None:
    """Not even black: its size is not known."""
    run = Run([seeing()], on_failure='solid')
    told = run.send(BRIGHT, 'mystery8')
    assert isinstance(told, tuple)
    assert told[0] == Cause.ENCODING
    assert run.close().drops == {Cause.ENCODING: 1}


@pytest.mark.parametrize('on_failure', ['drop', 'solid'])
def test_an_error_while_covering_fails_closed(
    on_failure: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise MemoryError('no room')

    monkeypatch.setattr('hailo_perception.pipeline.anonymization.cover', broken)
    run = Run([seeing(PERSON)], on_failure=on_failure)
    results = [run.send()]
    if on_failure == 'solid':
        assert isinstance(results[0], AnonymizedImage)
        assert not results[0].picture.any()
        results = [run.events.get(timeout=GUARD_S)]
    assert isinstance(results[0], tuple)
    assert results[0][0] == Cause.POSTPROCESS
    assert 'no room' in results[0][1]
    run.close()


def test_a_failure_of_what_stands_in_costs_the_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise MemoryError('no room for black')

    monkeypatch.setattr(AnonymizationPipeline, '_stand_in', broken)
    run = Run([BackendError('no power'), seeing(PERSON)], on_failure='solid')
    told = run.send()
    assert isinstance(told, tuple)
    assert 'no room for black' in told[1]
    assert 'no power' in told[1]
    assert isinstance(run.send(), AnonymizedImage)
    counts = run.close()
    assert (counts.delivered, counts.drops) == (1, {Cause.INFERENCE: 1})


def heads_backend(*answers: Answer) -> ReplayBackend:
    return ReplayBackend(HEADS, Recording.of_frames(answers, (MAP,)))


def test_the_second_network_fails_closed_too() -> None:
    ids = np.zeros(MAP.shape, np.uint8)
    ids[0] = 1
    backend = heads_backend({'map': ids}, BackendError('lost'))
    heads = HeadNetwork(bind(HEADS, backend.inputs, (MAP,)), backend)
    settings = replace(
        BLACK_PEOPLE,
        cover=replace(BLACK_PEOPLE.cover, part='head'),
        head=replace(BLACK_PEOPLE.head, crop_margin=0.0),
    )
    run = Run([seeing(PERSON)], settings, heads=heads)
    first, second = run.send(), run.send()
    assert isinstance(first, AnonymizedImage)
    assert is_black(first, (30, 6, 46, 12))
    assert (first.picture[16:] == 200).all()
    assert isinstance(second, tuple)
    assert second[0] == Cause.INFERENCE
    assert run.close().drops == {Cause.INFERENCE: 1}
    backend.close()


class SilentHeads(HeadNetwork):
    """Finds nobody in time; notes how long each frame may wait, and tells when one does."""

    def __init__(self, backend: ReplayBackend) -> None:
        super().__init__(bind(HEADS, backend.inputs, (MAP,)), backend)
        self.timeouts_s: list[float] = []
        self.is_asked, self.may_end = Event(), Event()

    def find(self, frame: Frame, people: Regions, settings: HeadSettings) -> list[Regions]:
        self.timeouts_s.append(settings.timeout_s)
        self.is_asked.set()
        assert self.may_end.wait(GUARD_S)
        raise HeadTimeoutError('no answer')


def test_frames_that_wait_for_heads_do_not_outlast_a_stop(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each by itself would wait as long as it may: together that is longer than the stop does."""
    backend = heads_backend({'map': np.zeros(MAP.shape, np.uint8)})
    heads = SilentHeads(backend)
    settings = replace(
        BLACK_PEOPLE,
        cover=replace(BLACK_PEOPLE.cover, part='head'),
        head=replace(BLACK_PEOPLE.head, timeout_s=LONGEST_WAIT_S),
    )
    run = Run([seeing(PERSON)], settings, heads=heads)
    submitted: SimpleQueue[None] = SimpleQueue()
    submit = run.backend.submit

    def submit_and_tell(*arguments: Any) -> None:
        submit(*arguments)
        submitted.put(None)

    monkeypatch.setattr(run.backend, 'submit', submit_and_tell)
    for _ in range(INSIDE):
        run.put()
        submitted.get(timeout=GUARD_S)
    assert heads.is_asked.wait(GUARD_S)
    with ThreadPoolExecutor(1) as thread:
        stopping = thread.submit(run.pipeline.stop, LONGEST_WAIT_S)
        while run.pipeline.is_running:
            assert not heads.may_end.wait(0.002)
        heads.may_end.set()
        assert stopping.result(GUARD_S) == ()
    first_s, *others_s = heads.timeouts_s
    assert (first_s, len(others_s)) == (LONGEST_WAIT_S, INSIDE - 1)
    assert max(others_s) <= HEADS_SHARE_OF_STOP * LONGEST_WAIT_S
    # Whose time the stop cut is not told to raise a limit that was never reached.
    told = [run.events.get(timeout=GUARD_S)[1] for _ in range(INSIDE)]
    assert ['the node stops' in each for each in told] == [False, *[True] * (INSIDE - 1)]
    heads.is_asked.clear()
    run.pipeline.start()
    run.put()
    assert heads.is_asked.wait(GUARD_S)
    assert heads.timeouts_s[-1] == LONGEST_WAIT_S
    run.close()
    backend.close()


def test_settings_change_between_frames_or_not_at_all() -> None:
    run = Run([seeing(PERSON)])
    with pytest.raises(ClassError, match='lorry'):
        run.pipeline.settings = replace(
            BLACK_PEOPLE, cover=CoverSettings(whole_classes=('lorry',))
        )
    assert run.pipeline.settings == BLACK_PEOPLE
    run.pipeline.settings = replace(BLACK_PEOPLE, cover=CoverSettings(method='mosaic'))
    assert not is_black(run.send(), PERSON)
    run.close()


def test_a_model_without_boxes_finds_nobody() -> None:
    backend = heads_backend({'map': np.zeros(MAP.shape, np.uint8)})
    with pytest.raises(ClassError, match="'heads' has no detection task"):
        AnonymizationPipeline(
            bind(HEADS, backend.inputs, (MAP,)),
            backend,
            AnonymizationSettings(),
            cameras=('front',),
            wanted=lambda camera: True,
            deliver=lambda image: None,
            report=lambda *_: None,
        )
    backend.close()
