"""Parts of a soft matte, chosen by points and box."""

import numpy as np

from clipmat.pointed_parts import choose_parts
from clipmat.pointing import Pointing

LEFT, RIGHT = (slice(20, 60), slice(10, 40)), (slice(20, 60), slice(60, 90))


def plane(*parts, value=0.9, bridge=0.0):
    soft = np.zeros((80, 100), np.float32)
    soft[20:60, 38:62] = bridge
    for part in parts:
        soft[part] = value
    return soft


def chosen(soft, *points, box=None, colours=None):
    matte = (soft > 0.5).astype(np.float32)
    foreground = np.clip(2 * soft - 1, 0, 1)
    background = np.clip(1 - 2 * soft, 0, 1)
    trimap = np.stack([background, 1 - foreground - background, foreground])
    colours = np.zeros((*soft.shape, 3), np.uint8) if colours is None else colours
    return choose_parts(matte, soft, trimap, colours, Pointing(points, box))


def test_the_part_under_the_point_stays_and_its_twin_goes():
    found = chosen(plane(LEFT, RIGHT), (20, 40, True))
    assert found.matte[LEFT].min() > 0.9 and found.matte[RIGHT].max() == 0
    np.testing.assert_allclose(found.trimap.sum(axis=0), 1, atol=1e-6)
    assert found.trimap[0][RIGHT].min() == 1 and found.missed == ()


def test_a_dropped_part_goes_and_the_other_stays():
    found = chosen(plane(LEFT, RIGHT), (75, 40, False))
    assert found.matte[LEFT].min() > 0.9 and found.matte[RIGHT].max() == 0


def test_a_box_takes_the_part_inside():
    found = chosen(plane(LEFT, RIGHT), box=(55, 10, 95, 70))
    assert found.matte[RIGHT].min() > 0.9 and found.matte[LEFT].max() == 0


def test_what_the_words_nearly_missed_is_found_lower_down():
    soft = plane(LEFT) + plane(RIGHT, value=0.2)
    found = chosen(soft, (75, 40, True))
    assert found.matte[RIGHT].min() > 0.5 and found.matte[LEFT].max() == 0


def test_parts_that_touch_come_apart_higher_up():
    found = chosen(plane(LEFT, RIGHT, bridge=0.6), (20, 40, True), (75, 40, False))
    assert found.matte[LEFT].min() > 0.9 and found.matte[RIGHT].max() < 0.05


def test_parts_that_no_threshold_parts_are_parted_by_colour():
    colours = np.zeros((80, 100, 3), np.uint8)
    colours[:, 50:] = 255
    found = chosen(plane(LEFT, RIGHT, bridge=0.9), (20, 40, True), (75, 40, False), colours=colours)
    assert found.matte[20:60, 10:48].min() > 0.9 and found.matte[20:60, 52:90].max() < 0.05


def test_a_point_on_nothing_is_reported():
    found = chosen(plane(LEFT), (20, 40, True), (75, 40, True))
    assert found.missed == ((75, 40, True),) and found.matte[LEFT].min() > 0.9
    assert chosen(plane(LEFT), (75, 40, True)) is None
    assert chosen(plane(LEFT), box=(60, 10, 95, 70)) is None


def test_dropping_everything_leaves_nothing():
    assert chosen(plane(LEFT), (20, 40, False)) is None
