# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The folder that a demo leaves: everything is written here, by one thread."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from hailo_perception.cli.demo import pictures
from hailo_perception.cli.demo.arrival import Arrival
from hailo_perception.cli.demo.ply import to_ply
from hailo_perception.cli.demo.schedule import FrameNumbers
from hailo_perception.cli.demo.topics import Content
from hailo_perception.cli.demo.video import LiveVideo
from hailo_perception.ros import images
from hailo_perception.ros.results import to_millimetres
from hailo_perception.vision.decode import decode
from hailo_perception.vision.jpeg import decode_jpeg

RECORDING = 'recording.mcap'
RERUN_RECORDING = 'recording.rrd'
OBJECTS = 'objects.jsonl'
SUMMARY = 'summary.json'


@dataclass(frozen=True, slots=True)
class Product:
    """Something in the folder, and what a person opens it with."""

    path: Path
    note: str


class ResultsFolder:
    """Turns arrivals into files; used by one thread, closed by whoever ended that thread."""

    def __init__(
        self, folder: Path, *, is_recording: bool, has_rerun_recording: bool = False
    ) -> None:
        """Open recordings and the list of objects; pictures make their folders as they come."""
        self._folder = folder
        self._numbers = FrameNumbers()
        self._video = LiveVideo(folder / 'overlay')
        self._objects = (folder / OBJECTS).open('x', encoding='utf-8')
        self._pictures: Counter[str] = Counter()
        self._recording = None
        if is_recording:
            from hailo_perception.cli.demo.recording import Recording

            self._recording = Recording(folder / RECORDING)
        self._rerun_recording = None
        if has_rerun_recording:
            from hailo_perception.cli.demo.rerun_recording import RerunRecording

            self._rerun_recording = RerunRecording(folder / RERUN_RECORDING)
        self._writers: dict[Content, Callable[[Any, int, int], None]] = {
            Content.OBJECTS: self._write_objects,
            Content.OVERLAY: self._write_overlay,
            Content.DEPTH: self._write_depth,
            Content.DEPTH_COLOR: partial(self._write_image, 'depth_color'),
            Content.POINTS: self._write_points,
            Content.BIRD_EYE: partial(self._write_image, 'bird_eye'),
        }

    @property
    def recorded(self) -> dict[str, int]:
        """Recorded messages by topic."""
        return dict(self._recording.counts) if self._recording else {}

    @property
    def recording_bytes(self) -> int:
        """Size of the recording by now."""
        path = self._folder / RECORDING
        return path.stat().st_size if self._recording else 0

    def write(self, arrival: Arrival) -> None:
        """Write all that is wanted of one message; OSError when the disk does not take it."""
        if arrival.is_recorded and self._recording is not None:
            self._recording.write(
                arrival.topic.name,
                arrival.topic.message_type,
                arrival.data,
                received_ns=arrival.received_ns,
                stamp_ns=arrival.received_ns if arrival.stamp_ns is None else arrival.stamp_ns,
            )
        if arrival.is_recorded and self._rerun_recording is not None:
            self._rerun_recording.write(arrival)
        if arrival.stamp_ns is None or not arrival.topic.content.is_result:
            return
        number = self._numbers.number_of(arrival.stamp_ns)
        if arrival.is_pictured:
            self._writers[arrival.topic.content](arrival.message(), arrival.stamp_ns, number)

    def close(self) -> None:
        """Close every file, also when one of them fails."""
        with ExitStack() as files:
            for each in (self._rerun_recording, self._recording, self._objects, self._video):
                if each is not None:
                    files.callback(each.close)

    def write_summary(self, summary: dict[str, Any]) -> None:
        """Write summary.json."""
        (self._folder / SUMMARY).write_text(
            json.dumps(summary, indent=2) + '\n', encoding='utf-8'
        )

    def products(self) -> list[Product]:
        """List what was written, for a person."""
        products = []
        if self._video.path is not None:
            products.append(Product(self._video.path, 'the annotated video; VLC, mpv'))
        if self._recording is not None and self._recording.counts:
            size_mb = self.recording_bytes / 1e6
            products.append(
                Product(
                    self._folder / RECORDING,
                    f'{sum(self._recording.counts.values())} messages, {size_mb:.0f} MB; '
                    'Foxglove (app.foxglove.dev), ros2 bag play',
                )
            )
        if self._rerun_recording is not None:
            path = self._folder / RERUN_RECORDING
            size_mb = path.stat().st_size / 1e6
            products.append(Product(path, f'the same, {size_mb:.0f} MB; the rerun viewer'))
        notes = {
            'depth': '16-bit PNG in millimetres; any program that reads 16 bit',
            'depth_color': 'the same for looking: blue near, red far, black unknown',
            'bird_eye': 'the labels as seen from above',
            'points': 'coloured clouds with labels; CloudCompare, MeshLab, Open3D',
        }
        products += [
            Product(self._folder / name, f'{self._pictures[name]} files: {note}')
            for name, note in notes.items()
            if self._pictures[name]
        ]
        products.append(Product(self._folder / OBJECTS, 'one JSON line for each frame'))
        products.append(Product(self._folder / SUMMARY, 'rates, latencies, drops, versions'))
        return products

    def _write_objects(self, message: Any, stamp_ns: int, number: int) -> None:
        self._objects.write(pictures.objects_line(message, number) + '\n')

    def _write_overlay(self, message: Any, stamp_ns: int, number: int) -> None:
        self._video.add(stamp_ns, decode_jpeg(np.frombuffer(message.data, np.uint8)))

    def _write_depth(self, message: Any, stamp_ns: int, number: int) -> None:
        self._write_png('depth', number, to_millimetres(pictures.depth_array_m(message)))

    def _write_points(self, message: Any, stamp_ns: int, number: int) -> None:
        self._path('points', number, '.ply').write_bytes(to_ply(pictures.cloud_array(message)))

    def _write_image(self, kind: str, message: Any, stamp_ns: int, number: int) -> None:
        image, _ = decode(images.from_message(message))
        self._write_png(kind, number, image)

    def _write_png(self, kind: str, number: int, image: NDArray[Any]) -> None:
        _, data = cv2.imencode('.png', image)
        # cv2.imwrite would not tell of a full disk.
        self._path(kind, number, '.png').write_bytes(data.tobytes())

    def _path(self, kind: str, number: int, suffix: str) -> Path:
        folder = self._folder / kind
        folder.mkdir(exist_ok=True)
        self._pictures[kind] += 1
        return folder / f'{number:06d}{suffix}'
