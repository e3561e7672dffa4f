"""A stroke keeps its shape with few points."""

import math
import random

from hypothesis import given
from hypothesis import strategies as st

from rim_editor.ui.canvas.stroke_points import MAX_POINTS, far_enough, simplified

numbers = st.floats(-1000, 1000)


def distance(point, a, b):
    length = (b[0] - a[0]) ** 2 + (b[1] - a[1]) ** 2
    share = 0.0
    if length:
        share = ((point[0] - a[0]) * (b[0] - a[0]) + (point[1] - a[1]) * (b[1] - a[1])) / length
    share = min(max(share, 0), 1)
    return math.dist(point, (a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])))


@given(st.lists(st.tuples(numbers, numbers), min_size=1, max_size=60), st.floats(0, 20))
def test_no_point_is_further_away_than_the_tolerance(points, tolerance):
    fewer = simplified(points, tolerance)
    assert fewer[0] == points[0] and fewer[-1] == points[-1]
    ends = list(zip(fewer, fewer[1:], strict=False)) or [(fewer[0], fewer[0])]
    assert all(min(distance(p, a, b) for a, b in ends) <= tolerance + 1e-6 for p in points)


def test_a_straight_line_is_two_points_and_one_that_turns_back_keeps_its_tip():
    assert simplified([(x, 2 * x) for x in range(50)], 0.1) == ((0, 0), (49, 98))
    assert simplified([(0, 0), (50, 0), (100, 0), (30, 0)], 0.1) == ((0, 0), (100, 0), (30, 0))


def test_a_dot_is_one_point():
    assert simplified([(3.0, 4.0)], 1) == ((3.0, 4.0),)
    assert simplified([(3.0, 4.0), (3.0, 4.0)], 1) == ((3.0, 4.0),)


def test_scribbling_for_minutes_is_bounded():
    chance = random.Random(1)
    points = [(chance.uniform(0, 4000), chance.uniform(0, 4000)) for _ in range(20_000)]
    fewer = simplified(points, 0.5)
    assert 2 <= len(fewer) <= MAX_POINTS
    assert fewer[0] == points[0] and fewer[-1] == points[-1]


def test_far_enough():
    assert far_enough((0, 0), (3, 4), 5) and not far_enough((0, 0), (3, 4), 5.1)
