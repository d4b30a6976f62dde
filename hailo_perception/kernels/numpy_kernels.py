# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The kernels in numpy and OpenCV; what each computes is said in ``selection.Kernels``."""

from hailo_perception.kernels.bird_eye_numpy import place_all_pixels
from hailo_perception.kernels.bird_eye_numpy import place_pixels
from hailo_perception.kernels.bird_eye_numpy import show_cells
from hailo_perception.kernels.detection_numpy import find_candidates
from hailo_perception.kernels.detection_numpy import select_objects
from hailo_perception.kernels.detection_numpy import suppress
from hailo_perception.kernels.lane_numpy import trace_lines
from hailo_perception.kernels.line_depth_numpy import place_lines
from hailo_perception.kernels.line_paint_numpy import cut_lines
from hailo_perception.kernels.map_numpy import best_class
from hailo_perception.kernels.map_numpy import color_depth
from hailo_perception.kernels.map_numpy import fill_points
from hailo_perception.kernels.map_numpy import keep_known_ids
from hailo_perception.kernels.map_numpy import look_up
from hailo_perception.kernels.map_numpy import scale_depth
from hailo_perception.kernels.map_numpy import window_depths
from hailo_perception.kernels.marks_numpy import mark_objects
from hailo_perception.kernels.overlay_numpy import blend_masks
from hailo_perception.kernels.overlay_numpy import draw_frames
from hailo_perception.kernels.overlay_numpy import paste_plates
from hailo_perception.kernels.picture_numpy import halve_width
from hailo_perception.kernels.plane_numpy import fit_plane

__all__ = [
    'best_class',
    'blend_masks',
    'color_depth',
    'cut_lines',
    'draw_frames',
    'fill_points',
    'find_candidates',
    'fit_plane',
    'halve_width',
    'keep_known_ids',
    'look_up',
    'mark_objects',
    'paste_plates',
    'place_all_pixels',
    'place_lines',
    'place_pixels',
    'scale_depth',
    'select_objects',
    'show_cells',
    'suppress',
    'trace_lines',
    'window_depths',
]
