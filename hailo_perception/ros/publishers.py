# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""One camera's output topics: who wants what, and what is published."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from threading import Lock
from typing import Any

from rclpy.node import Node
from rclpy.publisher import Publisher

from hailo_perception.core.frame import Header
from hailo_perception.core.labels import LabelSet
from hailo_perception.core.results import Output
from hailo_perception.core.results import Perception
from hailo_perception.models.specification import ModelManifest
from hailo_perception.ros import qos
from hailo_perception.ros import vision_messages
from hailo_perception.ros.camera_facts import Unserved
from hailo_perception.ros.frame_messages import autoware_topics
from hailo_perception.ros.frame_messages import FrameMessages
from hailo_perception.ros.frame_messages import output_topics
from hailo_perception.ros.frame_messages import OutputOptions
from hailo_perception.ros.output_publisher import create_output_publisher
from hailo_perception.ros.output_publisher import unserved_subscribers
from hailo_perception.ros.serialized_publishing import publish_message
from hailo_perception.ros.shutdown import until_shutdown


class CameraPublishers:
    """Publishes what was found in one camera's frames, each output only where it is wanted."""

    def __init__(
        self,
        node: Node,
        camera: str,
        manifest: ModelManifest,
        *,
        outputs: frozenset[Output],
        options: OutputOptions,
    ) -> None:
        """Create the topics of the enabled outputs under the node's name."""
        self._node = node
        self._options = options
        self._prefix = f'~/{camera}'
        self._messages = FrameMessages(options)
        self._encoder = ThreadPoolExecutor(1, f'{camera} overlay')
        self._one_frame_at_a_time = Lock()
        self._publishers: dict[Output, tuple[Publisher, ...]] = {}
        self._latched: dict[str, Publisher] = {}
        self._announced: ModelManifest | None = None
        self._models_announced = 0
        self.offer(manifest, outputs)
        self.announce(manifest)

    def offer(self, manifest: ModelManifest, outputs: frozenset[Output]) -> None:
        """Create the topics of a model's outputs that are not there; those that are there stay.

        ConfigurationError when the options do not fit the model, or an override of the quality of
        service is not legal.
        """
        topics = output_topics()
        if self._options.autoware is not None:
            self._options.autoware.check(manifest)
            topics |= autoware_topics(outputs)
        for output, named_types in topics.items():
            if output not in outputs or output in self._publishers:
                continue
            made = tuple(
                create_output_publisher(self._node, message_type, f'{self._prefix}/{name}')
                for name, message_type in named_types.items()
            )
            # Another thread may be going through those that are there.
            self._publishers = {**self._publishers, output: made}

    def wanted(self) -> frozenset[Output]:
        """Tell which outputs have a subscriber now; ShuttingDown once ROS has ended."""
        with until_shutdown(self._node):
            return frozenset(
                output
                for output, publishers in self._publishers.items()
                if any(publisher.get_subscription_count() > 0 for publisher in publishers)
            )

    def publish(
        self, perception: Perception, outputs: frozenset[Output] = frozenset(Output)
    ) -> None:
        """Publish every result of the outputs that is there and has a subscriber."""
        with self._one_frame_at_a_time, until_shutdown(self._node):
            wanted = self.wanted() & outputs
            # Encoding takes as long as all other messages together and needs no lock of the
            # interpreter, so both go on at the same time.
            jpeg = (
                self._encoder.submit(self._messages.fill, Output.OVERLAY_COMPRESSED, perception)
                if Output.OVERLAY_COMPRESSED in wanted
                else None
            )
            for output in self._publishers:
                if output in wanted and output is not Output.OVERLAY_COMPRESSED:
                    self._send(output, self._messages.fill(output, perception))
            if jpeg is not None:
                self._send(Output.OVERLAY_COMPRESSED, jpeg.result())

    def announce(self, manifest: ModelManifest) -> None:
        """Latch the model's name, and beside each mask its class names, for vision_msgs."""
        if not vision_messages.IS_AVAILABLE:
            return
        label_sets: dict[str, LabelSet] = {
            name: task.labels
            for name, task in (
                ('semantic/label_info', manifest.semantic),
                ('points/label_info', manifest.semantic),
                ('lane/label_info', manifest.lane),
                ('label_info', manifest.detection),
            )
            if task is not None
        }
        header = Header(self._node.get_clock().now().nanoseconds, '')
        for name, labels in label_sets.items():
            self._latch(name, vision_messages.to_label_info(labels, header))
        self._models_announced += manifest != self._announced
        self._announced = manifest
        self._latch(
            'vision_info',
            vision_messages.to_vision_info(manifest, self._models_announced, header),
        )

    def unserved(self) -> tuple[Unserved, ...]:
        """Find the subscribers that get nothing, for what they ask is not offered."""
        return unserved_subscribers(self._node, chain.from_iterable(self._publishers.values()))

    def destroy(self) -> None:
        """Remove the topics."""
        self._encoder.shutdown()
        for publisher in (
            *chain.from_iterable(self._publishers.values()),
            *self._latched.values(),
        ):
            self._node.destroy_publisher(publisher)

    def _latch(self, name: str, message: Any) -> None:
        if name not in self._latched:
            self._latched[name] = self._node.create_publisher(
                type(message), f'{self._prefix}/{name}', qos.LATCHED
            )
        self._latched[name].publish(message)

    def _send(self, output: Output, messages: tuple[Any, ...]) -> None:
        for publisher, message in zip(self._publishers[output], messages, strict=False):
            publish_message(publisher, message)
