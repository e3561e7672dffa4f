"""What a presence amounts to: two thresholds, a map, a matte that shows something, and a user's own bar."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipmat.certainty import Certainty, PresenceScale, shows_a_guess, with_threshold

SEEN, UNSEEN = np.full((3, 4), 0.51, np.float32), np.full((3, 4), 0.5, np.float32)
SCALE = PresenceScale(0.2, 0.6)


@pytest.mark.parametrize(
    ("presence", "matte", "certainty"),
    [
        (0.6, SEEN, "sure"),
        (0.59, SEEN, "unsure"),
        (0.2, SEEN, "unsure"),
        (0.19, SEEN, "none"),
        (1.0, UNSEEN, "none"),
        (0.0, UNSEEN, "none"),
    ],
)
def test_two_thresholds_and_a_matte_that_shows_something(presence, matte, certainty):
    assert SCALE.certainty(presence, matte) == certainty


@pytest.mark.parametrize(("pixels", "shown"), [(0, False), (4, False), (5, True)])
def test_a_speck_is_no_guess(pixels, shown):
    matte = np.zeros((200, 200), np.float32)
    matte[100, :pixels] = 1
    assert shows_a_guess(matte) == shown


def test_one_threshold_for_both_leaves_no_doubt():
    at = PresenceScale(0.5, 0.5)
    assert [at.certainty(p, SEEN) for p in (0.4999, 0.5)] == [Certainty.NONE, Certainty.SURE]


@given(st.floats(-800, 800), st.floats(-800, 800), st.floats(0.05, 5), st.floats(-5, 5))
def test_the_map_keeps_the_order_and_stays_between_0_and_1(one, other, slope, offset):
    scale = PresenceScale(0.1, 0.5, slope, offset)
    low, high = scale.stated(min(one, other)), scale.stated(max(one, other))
    assert 0 <= low <= high <= 1


def test_the_map_by_hand():
    assert PresenceScale(0.1, 0.5).stated(0.0) == 0.5
    assert PresenceScale(0.1, 0.5, 0.5, math.log(3)).stated(0.0) == pytest.approx(0.75)
    assert PresenceScale(0.1, 0.5, 0.5, 1.0).stated(math.inf) == 1.0  # weights without a presence head
    assert PresenceScale(0.1, 0.5).stated(-math.inf) == pytest.approx(0.0, abs=1e-300)


@pytest.mark.parametrize(
    "wrong",
    [
        (0.6, 0.5),
        (-0.1, 0.5),
        (0.1, 1.1),
        (math.nan, 0.5),
        (0.1, 0.5, 0.0),
        (0.1, 0.5, -1.0),
        (0.1, 0.5, 1.0, math.inf),
    ],
)
def test_what_is_no_scale_is_refused(wrong):
    with pytest.raises(ValueError, match="no scale of presence"):
        PresenceScale(*wrong)


@pytest.mark.parametrize(
    ("before", "presence", "matte", "bar", "after"),
    [
        ("unsure", 0.4, SEEN, None, "unsure"),
        ("none", 0.1, SEEN, None, "none"),
        ("unsure", 0.4, SEEN, 0.5, "none"),
        ("sure", 0.7, SEEN, 0.8, "none"),
        ("sure", 0.7, SEEN, 0.7, "sure"),
        ("none", 0.1, SEEN, 0.0, "unsure"),
        ("none", 0.1, UNSEEN, 0.0, "none"),
        ("unsure", 0.4, SEEN, 0.4, "unsure"),
    ],
)
def test_a_bar_of_ones_own(before, presence, matte, bar, after):
    assert with_threshold(Certainty(before), presence, matte, bar) == after
