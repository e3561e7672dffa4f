"""Mattes are judged by OpenCV's own morphology, by brute force on small images, and by what must always hold."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rim_editor.documents import mattes
from rim_editor.documents.document import Answer, Brush, Combine, MatteControls, Patch, Stroke
from rim_editor.documents.strokes import refined_patch, stroke_cover, trimap_of


def disc(height=120, width=160, radius=30.0, soft=8.0):
    y, x = np.mgrid[:height, :width]
    return np.clip((radius - np.hypot(y - height / 2, x - width / 2)) / soft + 0.5, 0, 1).astype(np.float32)


@st.composite
def small_mattes(draw):
    height, width = draw(st.integers(1, 20)), draw(st.integers(1, 20))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    values = np.array(draw(st.sampled_from([(0, 1), (0, 0.3, 0.5, 0.8, 1), (0.2, 0.9)])), np.float32)
    return random.choice(values, (height, width))


controls = st.builds(
    MatteControls,
    shift_edge=st.floats(-12, 12),
    feather=st.floats(0, 20),
    contrast=st.floats(0, 1),
    fill_holes=st.booleans(),
    invert=st.booleans(),
)
points = st.tuples(st.floats(-30, 60), st.floats(-30, 60))
strokes = st.builds(
    Stroke,
    st.sampled_from(Brush),
    st.lists(points, min_size=1, max_size=5).map(tuple),
    st.floats(0.1, 40),
    st.floats(0, 1),
)


@settings(deadline=None, max_examples=100)
@given(small_mattes(), controls)
def test_controls_keep_size_kind_and_range_and_never_write_their_input(matte, wanted):
    before = matte.copy()
    matte.setflags(write=False)
    result = mattes.controlled(matte, wanted)
    assert (result.shape, result.dtype) == (matte.shape, np.float32)
    assert result.min() >= 0 and result.max() <= 1
    assert (matte == before).all()


@settings(deadline=None, max_examples=60)
@given(small_mattes(), controls, st.integers(0, 2**32))
def test_a_bigger_matte_stays_the_bigger_one(matte, wanted, seed):
    more = np.maximum(matte, np.random.default_rng(seed).random(matte.shape, np.float32))
    less, more = (mattes.controlled(each, replace(wanted, invert=False, fill_holes=False)) for each in (matte, more))
    # A slope of 1 / (1 - contrast) raises the rounding of the blur as well; a hard edge makes a step of it.
    if wanted.contrast < 0.99:
        assert (less <= more + 1e-6 / (1 - wanted.contrast)).all()


def test_neutral_controls_return_the_very_array():
    matte = disc()
    assert mattes.controlled(matte, MatteControls()) is matte


def test_what_was_taken_away_on_purpose_is_no_hole_to_be_filled():
    matte, fill = disc(), MatteControls(fill_holes=True)
    matte[50:54, 70:74] = 0  # a hole that nobody made
    found = Answer("the disc", Combine.NEW, matte, 0.9)
    erased = Stroke(Brush.REMOVE, ((90.0, 60.0),), 5.0, 1.0)

    def filled(*parts):
        whole = mattes.with_parts(np.zeros_like(matte), parts)
        taken = mattes.taking(parts)
        return mattes.controlled(whole, fill, None, mattes.with_parts(np.ones_like(matte), taken) if taken else None)

    result = filled(found, erased)
    assert result[52, 72] == 1, "the hole of the answer is filled"
    assert result[60, 90] == 0 and result[60, 96] == 1, "and the stroke stays open"
    again = Stroke(Brush.KEEP, ((86.0, 60.0), (94.0, 60.0)), 9.0, 1.0)
    assert filled(found, erased, again)[60, 90] == 1
    assert mattes.taking((found, erased, found)) == (), "a new answer knows nothing of it"
    assert mattes.taking((found, again)) == ()


# Combining


def test_combinations_are_maximum_minimum_and_the_rest():
    a, b = np.array([[0.2, 0.9, 1.0]], np.float32), np.array([[0.6, 0.3, 0.25]], np.float32)
    assert mattes.combined(a, b, Combine.NEW) is b
    np.testing.assert_allclose(mattes.combined(a, b, Combine.ADD), [[0.6, 0.9, 1.0]])
    np.testing.assert_allclose(mattes.combined(a, b, Combine.SUBTRACT), [[0.2, 0.7, 0.75]])
    np.testing.assert_allclose(mattes.combined(a, b, Combine.INTERSECT), [[0.2, 0.3, 0.25]])


def test_mattes_of_two_sizes_cannot_be_combined():
    with pytest.raises(ValueError, match="do not belong together"):
        mattes.combined(np.zeros((2, 3), np.float32), np.zeros((3, 2), np.float32), Combine.ADD)


# Inverting


def test_inverted_twice_is_as_before():
    matte = np.arange(256, dtype=np.float32)[None] / 255
    np.testing.assert_allclose(mattes.inverted(mattes.inverted(matte)), matte, atol=1e-7)
    np.testing.assert_allclose(mattes.inverted(matte), matte[:, ::-1], atol=1e-6)


# Strokes


def distance_to_line(points, height, width):
    y, x = np.mgrid[:height, :width] + 0.5
    nearest = np.full((height, width), np.inf)
    for (x0, y0), (x1, y1) in zip(points, points[1:] or points, strict=False):
        for share in np.linspace(0, 1, 400):
            nearest = np.minimum(nearest, np.hypot(x - x0 - share * (x1 - x0), y - y0 - share * (y1 - y0)))
    return nearest


@pytest.mark.parametrize(("radius", "off"), [(2.5, 0.05), (9, 0.05), (25, 0.8)])
@pytest.mark.parametrize("hardness", [0.0, 0.8, 1.0])
def test_the_cover_falls_with_the_distance_to_the_line(radius, off, hardness):
    line = ((-20.3, 30.2), (40.7, 12.1), (70.0, 66.6))
    (rows, columns), cover = stroke_cover(Stroke(Brush.KEEP, line, radius, hardness), 60, 80)
    whole = np.zeros((60, 80), np.float32)
    whole[rows, columns] = cover
    distance = distance_to_line(line, 60, 80)
    assert (whole[distance > radius + off] == 0).all()
    assert (whole[distance < min(hardness * radius, radius - 1) - off] == 1).all()
    width = max(radius - hardness * radius, 1.0)
    linear = np.clip((radius - distance) / width, 0, 1)
    assert np.abs(whole - linear**2 * (3 - 2 * linear)).max() < 1.6 * off / width + 0.02


def test_a_dot_covers_its_disc_however_small():
    for radius in (0.2, 1, 6, 30):
        _, cover = stroke_cover(Stroke(Brush.KEEP, ((50.5, 50.5),), radius, 1.0), 100, 100)
        assert cover.max() == 1
        assert abs(cover.sum() - np.pi * max(radius - 0.5, 0.5) ** 2) < 0.12 * np.pi * (radius + 1) ** 2


@settings(deadline=None, max_examples=100)
@given(small_mattes(), strokes)
def test_a_stroke_touches_only_its_box_and_keeps_or_removes(matte, stroke):
    before = matte.copy()
    matte.setflags(write=False)
    box, cover = stroke_cover(stroke, *matte.shape)
    result = mattes.with_parts(matte, (stroke,))
    expected = before.copy()
    if stroke.brush is Brush.KEEP:
        expected[box] = np.maximum(expected[box], cover)
    elif stroke.brush is Brush.REMOVE:
        expected[box] = np.minimum(expected[box], 1 - cover)
    assert (result == expected).all()
    assert (matte == before).all()
    assert cover.shape == matte[box].shape


def test_a_stroke_beside_the_image_changes_nothing():
    matte = disc()
    for far in (-1e9, -500.0, 400.0, 1e9):
        assert (mattes.with_parts(matte, (Stroke(Brush.KEEP, ((far, far),), 50.0),)) == matte).all()


def test_a_stroke_from_far_away_still_crosses_the_image():
    crossing = Stroke(Brush.KEEP, ((-5000.0, 60.0), (5000.0, 60.0)), 20.0)
    assert (mattes.with_parts(np.zeros((120, 160), np.float32), (crossing,))[45:75] == 1).all()


# Parts


def test_a_patch_replaces_its_place_and_is_cut_at_the_border():
    matte = np.zeros((4, 5), np.float32)
    patch = np.arange(1, 7, dtype=np.float32).reshape(2, 3) / 10
    assert mattes.with_parts(matte, (Patch(1, 2, patch),))[2:4, 1:4].tolist() == patch.tolist()
    assert mattes.with_parts(matte, (Patch(-1, -1, patch),))[0, :3].tolist() == [*patch[1, 1:].tolist(), 0]
    assert mattes.with_parts(matte, (Patch(4, 3, patch),))[3, 4] == patch[0, 0]
    assert mattes.with_parts(matte, (Patch(4, 3, patch),)).sum() == patch[0, 0]
    assert mattes.with_parts(matte, (Patch(50, -9, patch),)).sum() == 0


def test_parts_one_after_the_other_are_the_same_as_all_at_once():
    first, second = disc(), np.roll(disc(), 30, 1)
    parts = (
        Stroke(Brush.KEEP, ((9.0, 9.0),), 5.0),
        Answer("a", Combine.NEW, first, 0.9),
        Stroke(Brush.REMOVE, ((80.0, 60.0), (90.0, 60.0)), 7.0),
        Answer("b", Combine.ADD, second, 0.9),
        Patch(20, 20, np.full((8, 8), 0.5, np.float32)),
        Stroke(Brush.REFINE, ((40.0, 40.0),), 9.0),
    )
    kept = [first.copy(), second.copy()]
    matte = empty = np.zeros_like(first)
    for part in parts:
        matte = mattes.with_parts(matte, (part,))
    assert (mattes.with_parts(empty, parts) == matte).all()
    assert (first == kept[0]).all() and (second == kept[1]).all() and not empty.any()
    assert mattes.with_parts(first, ()) is first


# The refining brush


def test_the_trimap_is_unknown_under_the_stroke_and_certain_beside_it():
    matte = disc(200, 200, 50, 1)
    stroke = Stroke(Brush.REFINE, ((150.0, 90.0), (150.0, 110.0)), 10.0)
    box, trimap = trimap_of(matte, stroke)
    covered = np.zeros(matte.shape, bool)
    within, cover = stroke_cover(stroke, 200, 200)
    covered[within] = cover > 0
    assert (trimap[covered[box]] == 128).all()
    assert (trimap[~covered[box] & (matte[box] == 1)] == 255).all()
    assert (trimap[~covered[box] & (matte[box] == 0)] == 0).all()
    assert set(np.unique(trimap)) == {0, 128, 255}


def test_a_refined_patch_is_new_under_the_stroke_and_old_beside_it():
    matte = disc(200, 200, 50, 1)
    stroke = Stroke(Brush.REFINE, ((150.0, 90.0), (150.0, 110.0)), 10.0)
    box, trimap = trimap_of(matte, stroke)
    patch = refined_patch(matte, stroke, box, np.full(trimap.shape, 0.7, np.float32))
    result = mattes.with_parts(matte, (patch,))
    assert result[100, 150] == pytest.approx(0.7)
    distance = distance_to_line(stroke.points, 200, 200)
    assert (result[distance > 11] == matte[distance > 11]).all()
    with pytest.raises(ValueError, match="do not belong together"):
        refined_patch(matte, stroke, box, np.zeros((3, 3), np.float32))


def test_a_refining_stroke_beside_the_image_leaves_nothing_open():
    matte = disc()
    stroke = Stroke(Brush.REFINE, ((900.0, 900.0),), 10.0)
    box, trimap = trimap_of(matte, stroke)
    assert trimap.size == 0
    assert (mattes.with_parts(matte, (refined_patch(matte, stroke, box, matte[box]),)) == matte).all()
