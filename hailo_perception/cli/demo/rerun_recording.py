# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""A recording for the Rerun viewer, whose root is the camera's optical frame."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import rerun as rr
import rerun.blueprint as rrb

from hailo_perception.cli.demo.arrival import Arrival
from hailo_perception.cli.demo.options import CAMERA
from hailo_perception.cli.demo.piped_file import PipedFile
from hailo_perception.cli.demo.rerun_data import annotation_context
from hailo_perception.cli.demo.rerun_data import converted
from hailo_perception.cli.demo.topics import Content
from hailo_perception.cli.demo.topics import NODE

TIMELINE = 'stamp'
_APPLICATION = 'hailo_perception demo'


class RerunRecording:
    """Writes messages to an .rrd file; after ``close`` the file is whole and has its index.

    The file is written here, not by Rerun: of a disk that is full Rerun 0.41 says nothing in most
    runs, but waits for ever, the next time it is called and again when the process ends.
    """

    def __init__(self, path: Path) -> None:
        """Create the file, with the layout of the viewer and a colour for every class id.

        OSError when the disk does not take it.
        """
        # Else Rerun warns of data that it cannot take, and goes on without.
        rr.set_strict_mode(True)
        self._stream = rr.RecordingStream(_APPLICATION)
        with _named():
            self._file = PipedFile(path)
        self._stream.save(self._file.pipe_path)
        self._stream.send_blueprint(layout())
        self._stream.log('/', rr.ViewCoordinates.RDF, static=True)
        self._stream.log('/', annotation_context({}), static=True)

    def write(self, arrival: Arrival) -> None:
        """Append one message at its image's stamp; OSError when the disk took not all so far."""
        if arrival.stamp_ns is None:
            return
        self._stream.set_time(TIMELINE, timestamp=np.datetime64(arrival.stamp_ns, 'ns'))
        is_static = arrival.topic.content is Content.LABELS
        for entity, data in converted(arrival.topic.name, arrival.message()):
            self._stream.log(entity, data, static=is_static)
        # After each message, so that Rerun's own unbounded queue never holds a second one.
        self._stream.flush()
        with _named():
            self._file.check()

    def close(self) -> None:
        """Write what is buffered and the index; OSError when the file is not whole."""
        self._stream.disconnect()
        with _named():
            self._file.close()


@contextmanager
def _named() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OSError(f'the Rerun recording: {error}') from error


def layout() -> Any:
    """Arrange the views: the space on the left, the pictures on the right, the numbers below."""
    camera, stats = f'/{NODE}/{CAMERA}', f'/{NODE}/stats'
    in_pictures = {
        'overlay': ['overlay/compressed', 'objects/boxes', 'lanes/lines'],
        'semantic': ['semantic/mask'],
        'depth': ['depth/image'],
        'lane': ['lane/mask'],
        'bird eye': ['bird_eye'],
    }
    in_space = ('points', 'objects/positions', 'lanes/points', 'depth')
    return rrb.Blueprint(
        rrb.Vertical(
            rrb.Horizontal(
                rrb.Spatial3DView(
                    name='space', origin='/', contents=[f'{camera}/{name}' for name in in_space]
                ),
                rrb.Grid(
                    *(
                        rrb.Spatial2DView(
                            name=name,
                            origin=f'{camera}/{entities[0]}',
                            contents=[f'{camera}/{entity}' for entity in entities],
                        )
                        for name, entities in in_pictures.items()
                    )
                ),
            ),
            rrb.Horizontal(
                rrb.TimeSeriesView(name='frames per second', origin=f'{stats}/fps'),
                rrb.TimeSeriesView(name='stages, ms', origin=f'{stats}/stages'),
            ),
            row_shares=[3, 1],
        ),
        collapse_panels=True,
    )
