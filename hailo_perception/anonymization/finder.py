# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""From the objects of a frame to the regions that are to be covered in it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hailo_perception.anonymization.head_network import HeadNetwork
from hailo_perception.anonymization.own_heads import have_own_head
from hailo_perception.anonymization.regions import heads_by_proportion
from hailo_perception.anonymization.regions import ids_of_all
from hailo_perception.anonymization.regions import ids_of_some
from hailo_perception.anonymization.regions import NO_REGIONS
from hailo_perception.anonymization.regions import Regions
from hailo_perception.anonymization.settings import AnonymizationSettings
from hailo_perception.anonymization.settings import HeadSettings
from hailo_perception.core.frame import Frame
from hailo_perception.core.labels import LabelSet
from hailo_perception.core.results import Detections


class RegionFinder:
    """Finds heads by a second network where there is one, and by proportions where it sees none.

    A person whose head the network does not find has one nevertheless. All that it finds is
    covered, but each head counts for one person only, in however many crops it is seen, and for
    none where it may be that of several.
    """

    def __init__(self, labels: LabelSet, network: HeadNetwork | None = None) -> None:
        """Take the classes of the model that finds people, and the network for their heads."""
        self._labels = labels
        self._network = network

    def check(self, settings: AnonymizationSettings) -> None:
        """Raise ClassError where classes are to be covered that the models do not have."""
        self._classes(settings)
        if self._network is not None:
            self._network.check(settings.head)

    def find(
        self, frame: Frame, detections: Detections, settings: AnonymizationSettings
    ) -> Regions:
        """Find all regions to be covered, (N, 4) in the frame's pixels.

        BackendError or NetworkOutputError when the second network gives no whole answer.
        """
        person_ids, whole_ids = self._classes(settings)
        boxes = np.asarray(detections.xyxy, np.float32)
        people = boxes[np.isin(detections.class_ids, person_ids)]
        whole = boxes[np.isin(detections.class_ids, whole_ids)]
        if settings.cover.part == 'head':
            people = self._heads(frame, people, settings.head)
        return np.concatenate((people, whole))

    def _classes(
        self, settings: AnonymizationSettings
    ) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        cover = settings.cover
        return (
            ids_of_some(cover.person_classes, self._labels, 'cover.person_classes'),
            ids_of_all(cover.whole_classes, self._labels, 'cover.whole_classes'),
        )

    def _heads(self, frame: Frame, people: Regions, settings: HeadSettings) -> Regions:
        heads = heads_by_proportion(people, frame.size, settings)
        if self._network is None:
            return heads
        seen = _tallest(people, settings)
        found = np.concatenate((NO_REGIONS, *self._network.find(frame, people[seen], settings)))
        # Who is not looked at may still be the one whose head is seen in another's crop.
        has_own = have_own_head(heads, found)
        is_found = np.zeros(len(people), bool)
        is_found[seen] = has_own[seen]
        return np.concatenate((found, heads[~is_found]))


def _tallest(people: Regions, settings: HeadSettings) -> NDArray[np.intp]:
    """Choose whom the network looks at: indices of the tallest, none that is too low."""
    heights = people[:, 3] - people[:, 1]
    order = np.argsort(-heights, kind='stable')[: settings.maximum_crops]
    return order[heights[order] >= settings.smallest_person_px]
