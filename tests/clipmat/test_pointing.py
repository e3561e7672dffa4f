"""Points and boxes are checked once, and every refusal names its remedy."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipmat.errors import BadPrompt
from clipmat.pointing import Pointing, PromptMethod, checked_pointing

numbers = st.floats(allow_nan=True, allow_infinity=True)


@given(st.lists(st.tuples(numbers, numbers, st.booleans()), max_size=3), st.none() | st.tuples(*[numbers] * 4))
def test_whatever_is_given_is_refused_or_inside(points, box):
    try:
        checked = checked_pointing(points, box, 30, 20)
    except BadPrompt:
        return
    assert all(0 <= x < 30 and 0 <= y < 20 for x, y, _ in checked.points)
    if checked.box is not None:
        x0, y0, x1, y1 = checked.box
        assert 0 <= x0 and x0 + 1 <= x1 <= 30 and 0 <= y0 and y0 + 1 <= y1 <= 20


@pytest.mark.parametrize("point", [(30, 5, True), (5, 20, False), (-0.1, 5, True)])
def test_a_point_outside_names_the_size(point):
    with pytest.raises(BadPrompt, match="outside the image of 30 x 20 pixels: choose x below 30"):
        checked_pointing([point], None, 30, 20)


def test_numbers_have_to_be_finite():
    with pytest.raises(BadPrompt, match="correct it"):
        checked_pointing([(math.nan, 5, True)], None, 30, 20)
    with pytest.raises(BadPrompt, match="correct it"):
        checked_pointing([], (0, 0, math.inf, 5), 30, 20)


@pytest.mark.parametrize("box", [(3, 3, 3, 9), (3, 3, 9, 3.5), (40, 3, 50, 9)])
def test_a_box_of_no_area_asks_for_two_corners(box):
    with pytest.raises(BadPrompt, match="two opposite corners"):
        checked_pointing([], box, 30, 20)


def test_a_box_may_be_drawn_from_any_corner_and_beyond_the_border():
    assert checked_pointing([], (35, 12, 10, -5), 30, 20).box == (10, 0, 30, 12)


def test_nothing_is_false_and_anything_is_true():
    assert not Pointing()
    assert Pointing(((1, 1, False),)) and Pointing(box=(0, 0, 2, 2))


def test_a_crop_moves_and_scales():
    moved = Pointing(((12, 8, True),), (10, 6, 14, 10)).in_crop(10, 6, (2, 0.5))
    assert moved == Pointing(((4, 1, True),), (0, 0, 8, 2))


def test_what_the_network_was_made_for_needs_no_note():
    plain = {PromptMethod.WORDS, PromptMethod.POINTED}
    assert not any(method.note for method in plain)
    for method in set(PromptMethod) - plain:
        assert method.note.endswith(".") and "weights" not in method.note, "photographers read it"
