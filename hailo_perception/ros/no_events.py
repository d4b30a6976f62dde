# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Publishers and subscriptions without event handlers of rclpy.

By default each gets some that warn of endpoints of another QoS or type, and the executor looks at
each of them whenever anything arrives: with fifteen outputs that took as long as everything else
there. What they warn of the node says itself, with both profiles and a remedy.
"""

from __future__ import annotations

try:
    from rclpy.event_handler import PublisherEventCallbacks
    from rclpy.event_handler import SubscriptionEventCallbacks
except ImportError:  # Humble
    from rclpy.qos_event import PublisherEventCallbacks
    from rclpy.qos_event import SubscriptionEventCallbacks

NO_PUBLISHER_EVENTS = PublisherEventCallbacks(use_default_callbacks=False)
NO_SUBSCRIPTION_EVENTS = SubscriptionEventCallbacks(use_default_callbacks=False)
