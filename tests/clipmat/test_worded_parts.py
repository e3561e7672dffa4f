"""Of several things in one answer the words keep theirs: by colour, side and size, and only where that is sure."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipmat.image_files import read
from clipmat.predictor import Predictor
from clipmat.region_growing import GrownRegion
from clipmat.worded_parts import worded_parts

SAMPLE = Path(__file__).parents[2] / "resources" / "samples" / "still_life.jpg"
RED, GREEN, GRAY = (200, 30, 30), (40, 150, 40), (120, 120, 120)
LEFT, RIGHT = np.s_[20:50, 10:40], np.s_[30:55, 70:95]


def answer(*parts):
    """A region of squares (place, alpha, colour), and the picture of them on gray."""
    matte, colours = np.zeros((80, 110), np.float32), np.full((80, 110, 3), GRAY, np.uint8)
    for place, alpha, colour in parts:
        matte[place], colours[place] = alpha, colour
    trimap = np.stack([1 - matte, np.zeros_like(matte), matte])
    return GrownRegion(slice(0, 800), slice(0, 1100), matte, trimap), colours


@pytest.mark.parametrize(
    "expression",
    [
        "the red apple",
        "the apple on the left",
        "left apple",
        "the biggest apple",
        "the red apple on the left",
        "the glass on the left",
        "the red apples",
        "a crimson apple",
    ],
)
def test_what_the_words_do_not_mean_is_dropped(expression):
    region, colours = answer((LEFT, 1.0, RED), (RIGHT, 0.8, GREEN))
    kept = worded_parts(region, expression, colours)
    assert (kept.matte[LEFT] == 1).all() and (kept.matte[RIGHT] == 0).all()
    assert (kept.rows, kept.columns) == (region.rows, region.columns)
    np.testing.assert_allclose(kept.trimap.sum(axis=0), 1, atol=1e-6)
    assert (kept.trimap[0][RIGHT] == 1).all() and (kept.trimap[2][LEFT] == 1).all()


@pytest.mark.parametrize(
    "expression",
    [
        "the apple", "apples", "the green apple", "the apple on the right", "the second apple from the left",
        "the apple in front", "the apple left of the cup", "the red one", "the little apple", "the blue apple",
        "the apples on the left", "men on the left", "the scissors on the left",
    ],
)  # fmt: skip
def test_where_the_words_choose_nothing_or_another_part_all_stays(expression):
    region, colours = answer((LEFT, 1.0, RED), (RIGHT, 0.8, GREEN))
    assert worded_parts(region, expression, colours) is region


def test_one_thing_stays_whole_and_so_do_its_pieces():
    one, colours = answer((LEFT, 1.0, RED))
    assert worded_parts(one, "the apple on the left", colours) is one
    beside = np.s_[30:40, 41:46]  # as behind a pole
    split, colours = answer((LEFT, 1.0, RED), (beside, 1.0, RED), (RIGHT, 1.0, RED))
    kept = worded_parts(split, "the apple on the left", colours)
    assert kept.matte[beside].min() > 0.9 and (kept.matte[RIGHT] == 0).all()
    far, colours = answer((LEFT, 1.0, RED), (RIGHT, 1.0, RED))
    assert worded_parts(far, "the red apples", colours) is far, "nothing tells one from the other"


def test_a_crumb_of_what_is_dropped_goes_with_it_wherever_it_is():
    crumb = np.s_[55:60, 30:36]
    region, colours = answer((LEFT, 1.0, RED), (RIGHT, 0.8, GREEN), (crumb, 0.9, GREEN))
    kept = worded_parts(region, "the red apple", colours)
    assert (kept.matte[LEFT] == 1).all() and kept.matte[RIGHT].max() < 0.01 and kept.matte[crumb].max() < 0.5


def test_specks_are_not_things():
    speck = np.s_[70:72, 100:102]
    region, colours = answer((LEFT, 1.0, RED), (speck, 1.0, GREEN))
    assert worded_parts(region, "the red apple", colours) is region


@given(
    expression=st.sampled_from(["the red cup", "the cup at the top", "the big cup", "the cup on the right", "cup"]),
    parts=st.lists(
        st.tuples(
            st.integers(0, 70), st.integers(0, 100), st.integers(3, 40), st.floats(0.25, 1, width=32),
            st.sampled_from([RED, GREEN, GRAY]),
        ),
        max_size=6,
    ),
)  # fmt: skip
def test_nothing_is_ever_added_and_the_largest_part_never_lost(expression, parts):
    region, colours = answer(*((np.s_[y : y + side, x : x + side], a, colour) for y, x, side, a, colour in parts))
    kept = worded_parts(region, expression, colours)
    assert (kept.matte <= region.matte).all() and (kept.trimap >= -1e-6).all()
    assert kept.matte.any() == region.matte.any()
    count, labels = cv2.connectedComponents((region.matte > 0.5).astype(np.uint8), connectivity=8)
    heaviest = max(range(1, count), key=lambda number: region.matte[labels == number].sum(), default=0)
    if heaviest:
        there = labels == heaviest
        assert kept.matte[there].sum() > 0.7 * region.matte[there].sum()
    np.testing.assert_allclose(kept.trimap.sum(axis=0), 1, atol=1e-5)


def test_the_apples_of_the_sample_are_told_apart_by_their_colours():
    predictor = Predictor.load("compact", "cpu")
    predictor.set_image(read(SAMPLE).pixels)
    red, green = (predictor.predict(f"the {colour} apple").matte for colour in ("red", "green"))
    assert min(float((red > 0.5).mean()), float((green > 0.5).mean())) > 0.005
    shared = float(np.minimum(red, green).sum())  # they touch
    assert shared < 0.01 * min(float(red.sum()), float(green.sum()))
    pair = predictor.predict_pairs([(read(SAMPLE).pixels, "the red apple")])[0].matte
    assert float(np.abs(pair - red).mean()) < 0.01, "several at once are asked alike"
