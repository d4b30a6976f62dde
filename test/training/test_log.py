# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What a training writes down are means of what was, in columns that fit their head."""

import csv

from training.log import Log
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


def rows_of(path):
    with path.open(newline='') as file:
        return list(csv.reader(file))


def test_rows_of_the_same_columns_are_appended(tmp_path):
    log = Log(tmp_path / 'figures.csv')
    log.write({'steps': 5, 'map50': 0.25})
    log.write({'steps': 6, 'map50': float('nan')})
    assert rows_of(log.path) == [['steps', 'map50'], ['5', '0.25'], ['6', 'nan']]


def test_figures_that_come_later_have_columns_of_their_own(tmp_path):
    """A training is resumed with real pictures to judge on, and once more without them."""
    log = Log(tmp_path / 'figures.csv')
    log.write({'steps': 5, 'map50': 0.25})
    log.write({'steps': 6, 'map50': 0.5, 'real_map50': 0.125})
    Log(log.path).write({'steps': 7, 'map50': 0.75})
    assert rows_of(log.path) == [
        ['steps', 'map50', 'real_map50'],
        ['5', '0.25', 'nan'],
        ['6', '0.5', '0.125'],
        ['7', '0.75', 'nan'],
    ]
    assert [path.name for path in tmp_path.iterdir()] == ['figures.csv']


def test_values_without_a_name_do_not_stop_a_training(tmp_path):
    log = Log(tmp_path / 'figures.csv')
    log.path.write_text('steps,map50\n5,0.25,0.5\n')
    log.write({'steps': 6, 'map50': 0.5, 'real_map50': 0.125})
    assert rows_of(log.path)[1:] == [['5', '0.25', 'nan'], ['6', '0.5', '0.125']]
