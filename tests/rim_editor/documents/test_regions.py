"""Regions are judged by Pillow's polygons drawn 16 times larger, and by areas that are known."""

import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from rim_editor.documents import mattes
from rim_editor.documents.document import Combine, Region
from rim_editor.documents.regions import region_cover

SQUARE = ((10.0, 10.0), (50.0, 10.0), (50.0, 30.0), (10.0, 30.0))
corner = st.tuples(st.floats(-30, 130), st.floats(-30, 110))


def whole(region, height=80, width=100):
    box, cover = region_cover(region, height, width)
    made = np.zeros((height, width), np.float32)
    made[box] = cover
    return made


def test_a_pixel_has_the_share_of_it_that_is_inside():
    cover = whole(Region(((1.25, 1.5), (5.5, 1.5), (5.5, 4.0), (1.25, 4.0))), 6, 8)
    expected = np.zeros((6, 8))
    expected[1:4, 1:6] = np.outer([0.5, 1, 1], [0.75, 1, 1, 1, 0.5])
    np.testing.assert_allclose(cover, expected, atol=1e-6)


@settings(deadline=None, max_examples=40)
@given(st.lists(corner, min_size=3, max_size=3))
@example([(0.0, 0.0), (1.0, 2.0), (67.0, 67.0)])  # as thin as a sample is wide
@example([(0.0, -1.0), (4.0, -1.0), (-1.0, 1.0)])  # it cuts off a corner of the image
def test_a_triangle_is_the_one_that_pillow_draws(points):
    drawn = Image.new("L", (1600, 1280))
    ImageDraw.Draw(drawn).polygon([(x * 16 - 0.5, y * 16 - 0.5) for x, y in points], fill=1)
    expected = np.asarray(drawn, np.float32).reshape(80, 16, 100, 16).mean(axis=(1, 3))
    assert np.abs(whole(Region(tuple(points))) - expected).max() < 0.35  # in steps of sixteenths, and Pillow's rims
    # Samples are a quarter of a pixel apart, so a line may be off by an eighth all along, as a diagonal one is.
    outline = sum(math.dist(a, b) for a, b in zip(points, points[1:] + points[:1], strict=True))
    assert abs(whole(Region(tuple(points))).sum() - expected.sum()) < 2 + outline / 8


def test_a_large_circle_has_its_area_and_a_smooth_rim():
    turns = np.linspace(0, 2 * math.pi, 400, endpoint=False)
    circle = Region(tuple((300 + 250 * math.cos(t), 280 + 250 * math.sin(t)) for t in turns))
    cover = whole(circle, 600, 640)
    y, x = np.mgrid[:600, :640] + 0.5
    assert abs(cover.sum() / (math.pi * 250**2) - 1) < 1e-3
    assert np.abs(cover - np.clip(250.5 - np.hypot(x - 300, y - 280), 0, 1)).max() < 0.2


def test_a_line_that_crosses_its_start_leaves_no_hole():
    overshot = Region((*SQUARE, (10.0, 8.0), (30.0, 8.0), (30.0, 12.0)))
    assert (whole(overshot)[11:29, 11:49] == 1).all()


def test_regions_add_and_take_away_in_their_order():
    empty = np.zeros((80, 100), np.float32)
    adds, takes = Region(SQUARE), Region(((30.0, 0.0), (90.0, 0.0), (90.0, 79.0), (30.0, 79.0)), adds=False)
    matte = mattes.with_parts(empty, (adds, takes))
    assert (matte[10:30, 10:30] == 1).all() and matte.sum() == 400
    assert mattes.with_parts(empty, (takes, adds)).sum() == 800
    assert not empty.any()
    assert (adds.combine, takes.combine) == (Combine.ADD, Combine.SUBTRACT)


def test_only_level_sides_make_a_rectangle():
    assert Region(SQUARE).is_rectangle
    assert not Region(SQUARE[:3]).is_rectangle
    assert not Region((*SQUARE[:3], (9.0, 30.0))).is_rectangle


@pytest.mark.parametrize("points", [SQUARE[:2], tuple((x + 500, y) for x, y in SQUARE), tuple([(5.0, 5.0)] * 4)])
def test_nothing_inside_changes_nothing(points):
    matte = np.full((80, 100), 0.5, np.float32)
    assert (mattes.with_parts(matte, (Region(points),)) == matte).all()
