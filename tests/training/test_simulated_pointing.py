"""Simulated pointing shows what a user would show: points on the object or beside it, a box around it."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from training.simulated_pointing import correcting_points, point_to_drop_each, points_to_drop, simulated_pointing

ROW, COLUMN = np.mgrid[:80, :120]
DISC = (((COLUMN - 40) ** 2 + (ROW - 40) ** 2) < 20**2).astype(np.float32)
OTHER = (((COLUMN - 95) ** 2 + (ROW - 30) ** 2) < 12**2).astype(np.float32)


@given(st.integers(0, 10_000))
@settings(max_examples=150, deadline=None)
def test_points_to_keep_are_on_the_object_and_those_to_drop_beside_it(seed):
    pointing = simulated_pointing(DISC, [OTHER], np.random.default_rng(seed))
    assert pointing
    for x, y in pointing.keeps:
        assert DISC[int(y), int(x)] == 1
    for x, y in pointing.drops:
        assert DISC[int(y), int(x)] == 0
    if pointing.box is not None:
        x0, y0, x1, y1 = pointing.box
        # The disc spans 21..60 both ways; a side may be off by an eighth of it.
        for side, exact in ((x0, 21), (y0, 21), (x1, 60), (y1, 60)):
            assert abs(side - exact) <= 6
        assert 0 <= x0 < x1 <= 120 and 0 <= y0 < y1 <= 80


def test_every_kind_of_pointing_occurs():
    drawn = [simulated_pointing(DISC, [OTHER], np.random.default_rng(seed)) for seed in range(200)]
    kinds = {(one.box is not None, len(one.keeps) > 0, len(one.drops) > 0) for one in drawn}
    assert kinds == {
        (True, False, False),
        (True, True, False),
        (True, True, True),
        (False, True, False),
        (False, True, True),
    }
    on_other = [OTHER[int(y), int(x)] for one in drawn for x, y in one.drops]
    assert 0.4 < np.mean(on_other) < 0.9, "mostly on what could be mistaken for it"


def test_what_is_nearly_transparent_is_not_pointed_at():
    assert not simulated_pointing(DISC * 0.2, [], np.random.default_rng(0))
    smoke = simulated_pointing(DISC * 0.5, [], np.random.default_rng(3))
    assert all(DISC[int(y), int(x)] for x, y in smoke.keeps)


def test_the_same_draw_gives_the_same_points():
    one, two = (simulated_pointing(DISC, [OTHER], np.random.default_rng(9)) for _ in range(2))
    assert one == two


@given(st.integers(0, 10_000))
@settings(max_examples=100, deadline=None)
def test_points_to_drop_alone_keep_nothing_and_spare_the_object(seed):
    pointing = points_to_drop(DISC, [OTHER], np.random.default_rng(seed))
    assert pointing.drops and not pointing.keeps and pointing.box is None
    assert all(DISC[int(y), int(x)] == 0 for x, y in pointing.drops)


def test_each_rival_gets_its_point_or_none_does():
    third = (((COLUMN - 95) ** 2 + (ROW - 65) ** 2) < 8**2).astype(np.float32)
    for seed in range(20):
        pointing = point_to_drop_each(DISC, [OTHER, third], np.random.default_rng(seed))
        (x0, y0), (x1, y1) = pointing.drops
        assert OTHER[int(y0), int(x0)] and third[int(y1), int(x1)] and not pointing.keeps
    assert not point_to_drop_each(DISC, [OTHER, DISC], np.random.default_rng(0)), "behind the object there is no place"
    assert not points_to_drop(np.ones_like(DISC), [], np.random.default_rng(0)), "and none beside what fills the image"


def test_corrections_keep_what_is_missing_and_drop_what_is_too_much():
    drawn = [correcting_points(DISC, [OTHER], np.random.default_rng(seed)) for seed in range(300)]
    for pointing in drawn:
        assert len(pointing.points) <= 3 and pointing.box is None
        for x, y, keep in pointing.points:
            assert (DISC[int(y), int(x)] == 1) == keep
    counts = np.bincount([len(pointing.points) for pointing in drawn], minlength=4)
    assert counts[1] > 100 and counts[2] > 30 and counts[0] < 60
    on_other = [OTHER[int(y), int(x)] for one in drawn for x, y in one.drops]
    assert 0.3 < np.mean(on_other) < 0.9
    kinds = {(bool(one.keeps), bool(one.drops)) for one in drawn if one}
    assert kinds == {(True, False), (False, True), (True, True)}


def test_what_has_no_place_is_not_corrected():
    nothing = [correcting_points(np.zeros_like(DISC), [], np.random.default_rng(seed)) for seed in range(20)]
    assert not any(one.keeps for one in nothing)
