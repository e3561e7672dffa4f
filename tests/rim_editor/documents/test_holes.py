"""Holes are judged on drawn objects: what surrounds them, how large they are, and which colours are seen in them."""

import heapq

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rim_editor.documents.holes import holes_filled

OBJECT, BACKGROUND, PUPIL = (190, 120, 70), (60, 120, 190), (25, 20, 20)


def distance(height=240, width=320, y=120.0, x=160.0):
    rows, columns = np.mgrid[:height, :width] + 0.5
    return np.hypot(rows - y, columns - x)


def ring(inner=30.0, outer=90.0, soft=2.0):
    return np.clip(np.minimum(distance() - inner, outer - distance()) / soft + 0.5, 0, 1).astype(np.float32)


def photo(matte, seen_in_the_hole, hole=30.0):
    image = matte[..., None] * np.float32(OBJECT) + (1 - matte[..., None]) * np.float32(BACKGROUND)
    image[distance() < hole] = seen_in_the_hole
    image = cv2.GaussianBlur(image, (0, 0), 1.0) + np.random.default_rng(0).normal(0, 6, image.shape)
    return np.clip(image, 0, 255).astype(np.uint8)


def lowest_dams(matte):
    """The lowest dam on the way from every pixel to the border: a priority flood, one pixel after the other."""
    height, width = matte.shape
    water = np.full(matte.shape, np.inf)
    rim = [(y, x) for y in range(height) for x in range(width) if y in (0, height - 1) or x in (0, width - 1)]
    queue = [(float(matte[at]), at) for at in rim]
    for level, at in queue:
        water[at] = level
    heapq.heapify(queue)
    while queue:
        level, (y, x) = heapq.heappop(queue)
        for at in ((y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1)):
            if 0 <= at[0] < height and 0 <= at[1] < width and max(level, matte[at]) < water[at]:
                water[at] = max(level, float(matte[at]))
                heapq.heappush(queue, (water[at], at))
    return water


@st.composite
def small_mattes(draw):
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    values = np.array(draw(st.sampled_from([(0, 1), (0, 0.3, 0.6, 1), (0.2, 0.9)])), np.float32)
    return random.choice(values, (draw(st.integers(1, 20)), draw(st.integers(1, 20))))


@settings(deadline=None, max_examples=80)
@given(small_mattes())
def test_all_that_is_surrounded_by_one_half_becomes_opaque(matte):
    before = matte.copy()
    matte.setflags(write=False)
    filled, dam = holes_filled(matte), lowest_dams(matte)
    assert (matte == before).all() and (filled >= matte).all()
    assert (filled[(dam >= 0.65) & (matte < 0.5)] == 1).all()
    assert set(np.unique(filled[filled != matte])) <= {1.0}
    assert (filled[matte < 0.5] == np.where(dam >= 0.5, filled, matte)[matte < 0.5]).all()


def test_a_ring_is_filled_with_its_soft_rim_and_an_open_one_stays_open():
    filled = holes_filled(ring())
    assert (filled[distance() < 85] == 1).all()
    assert (filled[distance() > 92] == 0).all() and (filled[distance() > 88] == ring()[distance() > 88]).all()
    opened = ring()
    opened[120, :160] = 0
    assert holes_filled(opened) is opened


def test_a_hole_is_opaque_or_open_and_never_grey():
    weak = ring()
    weak[:, 160:] *= 0.7
    grey_inside = np.maximum(ring(), np.float32(0.3))
    grey_inside[distance() > 60] = ring()[distance() > 60]
    for matte in (weak, grey_inside):
        assert (holes_filled(matte)[distance() < 30] == 1).all()


def test_holes_above_the_largest_size_stay():
    matte = ring(inner=30, outer=90)  # the hole is an eighth of the ring
    matte[100:104, 100:103] = 0  # and here is a small one
    filled = holes_filled(matte, largest=5.0)
    assert filled[101, 101] == 1 and filled[120, 160] == 0
    assert holes_filled(matte, largest=13.0)[120, 160] == 1
    assert (holes_filled(matte, largest=0.0) == matte).all()


@pytest.mark.parametrize(
    ("seen", "stays"), [(BACKGROUND, True), (OBJECT, False), (PUPIL, False), ((250, 250, 250), False)]
)
def test_a_hole_through_which_the_background_is_seen_stays(seen, stays):
    matte = ring()
    filled = holes_filled(matte, photo(matte, seen))
    assert (filled[distance() < 28] == (0 if stays else 1)).all()
    if stays:
        assert filled is matte


def test_a_handle_stays_open_while_a_spot_beside_it_is_closed():
    matte = ring()
    spot = distance(y=60.0, x=160.0) < 6
    matte[spot] = 0.2
    filled = holes_filled(matte, photo(ring(), BACKGROUND), largest=50.0)
    assert (filled[spot] == 1).all() and filled[120, 160] == 0


def test_the_background_that_counts_is_the_one_near_the_hole():
    """Sky above, grass below: a hole that shows grass is open although the sky is nearer to most of the object."""
    matte = ring()
    image = photo(matte, BACKGROUND)
    grass = np.array((70, 140, 50), np.uint8)
    lower = (np.mgrid[:240, :320][0] > 130) & (matte < 0.5)
    image[lower | (distance() < 28)] = grass
    assert holes_filled(matte, image)[120, 160] == 0


def test_camouflage_is_filled():
    matte = ring()
    image = np.random.default_rng(1).normal(120, 12, (*matte.shape, 3)).astype(np.uint8)
    assert holes_filled(matte, image)[120, 160] == 1


def test_the_answer_is_the_same_on_a_reduced_copy():
    matte = ring()
    for seen in (BACKGROUND, PUPIL):
        image = photo(matte, seen)
        whole = holes_filled(matte, image)
        small = holes_filled(*(cv2.resize(each, (160, 120), interpolation=cv2.INTER_AREA) for each in (matte, image)))
        assert whole[120, 160] == small[60, 80]


def test_nothing_to_fill_returns_the_very_array():
    for matte in (np.zeros((9, 9), np.float32), np.ones((9, 9), np.float32), np.zeros((0, 5), np.float32)):
        assert holes_filled(matte, np.zeros((*matte.shape, 3), np.uint8)) is matte
