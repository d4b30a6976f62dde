# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What a training writes down are means of what was, in columns that fit their head."""

from training.log import Means


def test_means_are_of_the_steps_since_the_last_ones():
    means = Means()
    for value in (1.0, 2.0, 6.0):
        means.add({'box': value, 'lane': 2 * value})
    assert means.take() == {'box': 3.0, 'lane': 6.0}
    means.add({'box': 5.0, 'lane': 1.0})
    assert means.take() == {'box': 5.0, 'lane': 1.0}


def test_without_steps_there_is_no_mean():
    assert Means().take() == {}
