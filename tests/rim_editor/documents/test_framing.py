"""Framing: sizes and places against their definitions, for any object, margin and canvas; pixels against Pillow."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from PIL import Image

from rim_editor.documents.framing import (
    CanvasShape,
    Frame,
    Framing,
    Margin,
    frame_of,
    framed,
    moved_inside,
    object_box,
    parse_canvas,
    parse_margin,
)
from rim_editor.errors import BadOption

BOXES = st.tuples(st.integers(0, 500), st.integers(0, 500), st.integers(1, 900), st.integers(1, 900)).map(
    lambda each: (each[0], each[1], each[0] + each[2], each[1] + each[3])
)
PERCENT = st.floats(0, 49).map(lambda amount: Margin(amount, percent=True))
MARGINS = st.integers(0, 120).map(Margin) | PERCENT
ASPECTS = st.sampled_from([(1, 1), (4, 5), (3, 4), (16, 9), (4, 3), (191, 100)]).map(lambda each: CanvasShape(*each))
SIDES = st.none() | st.integers(300, 1200)


def placed(frame, box):
    """The box in pixels of the result."""
    x0, y0, x1, y1 = box
    left, top, scale = frame.left, frame.top, frame.scale
    return (x0 - left) * scale, (y0 - top) * scale, (x1 - left) * scale, (y1 - top) * scale


def margins(frame, box):
    x0, y0, x1, y1 = placed(frame, box)
    return x0, y0, frame.width - x1, frame.height - y1


@given(BOXES, MARGINS)
def test_trimmed_without_a_longest_side_the_object_is_as_large_as_it_was_with_even_margins(box, margin):
    frame = frame_of(Framing(trim=True, margin=margin), box)
    room = round(max(box[2] - box[0], box[3] - box[1]) * margin.amount / 100) if margin.percent else margin.amount
    assert margins(frame, box) == (room,) * 4
    assert frame.whole


@given(BOXES, MARGINS, st.integers(300, 1200))
def test_a_longest_side_is_kept_and_the_object_fills_what_the_margin_leaves(box, margin, side):
    frame = frame_of(Framing(trim=True, margin=margin), box, side)
    assert max(frame.width, frame.height) <= side
    longer = max(box[2] - box[0], box[3] - box[1])
    if frame.whole:
        return
    assert frame.scale < 1 and max(frame.width, frame.height) == side
    asked = margin.amount / 100 * longer * frame.scale if margin.percent else margin.amount
    along = 0 if box[2] - box[0] == longer else 1
    sides = margins(frame, box)
    assert sides[along] == pytest.approx(asked, abs=1.01)  # a whole number of pixels
    assert sides == pytest.approx([round(asked)] * 4, abs=1.5)


@given(BOXES, ASPECTS, MARGINS)
def test_an_aspect_gives_the_smallest_canvas_that_holds_object_and_margin(box, canvas, margin):
    assume(not (margin.percent and margin.amount > 45))
    frame = frame_of(Framing(margin=margin, canvas=canvas), box)
    assert frame.whole
    wide, high = box[2] - box[0], box[3] - box[1]
    aspect = Fraction(canvas.width, canvas.height)
    assert abs(frame.width - frame.height * aspect) <= max(1, aspect) + 1e-6
    room = margin.amount / 100 * min(frame.width, frame.height) if margin.percent else margin.amount
    for space in margins(frame, box):
        assert space >= room - 1.01
    # A canvas that is a little smaller along each side would not hold them.
    less = margin.amount / 100 * (min(frame.width, frame.height) - 6) if margin.percent else margin.amount
    assert frame.width - 6 < wide + 2 * less or frame.height - 6 < high + 2 * less


@given(BOXES, st.integers(40, 2000), st.integers(40, 2000), PERCENT, SIDES)
def test_on_a_canvas_of_pixels_the_object_is_centred_and_touches_the_margin(box, width, height, margin, side):
    assume(margin.amount < 48)
    frame = frame_of(Framing(margin=margin, canvas=CanvasShape(width, height, pixels=True)), box, side)
    if side is None or max(width, height) <= side:
        assert (frame.width, frame.height) == (width, height)
    else:
        assert max(frame.width, frame.height) == side
        assert frame.width / frame.height == pytest.approx(width / height, rel=0.6 / min(frame.width, frame.height))
    room = margin.amount / 100 * min(frame.width, frame.height)
    x0, y0, x1, y1 = margins(frame, box)
    slack = 1e-6 if not frame.whole else 1.01
    assert x0 == pytest.approx(x1, abs=2 * slack) and y0 == pytest.approx(y1, abs=2 * slack)
    assert min(x0, y0) >= room - slack
    assert min(x0, y0) == pytest.approx(room, abs=slack)


@settings(deadline=None, max_examples=60)
@given(
    st.integers(1, 40), st.integers(1, 40), st.integers(-50, 50), st.integers(-50, 50),
    st.integers(1, 60), st.integers(1, 60), st.booleans(),
)  # fmt: skip
def test_without_resampling_every_pixel_is_the_images_own(height, width, left, top, wide, high, extended):
    pixels = np.random.default_rng(0).integers(1, 256, (height, width, 3), np.uint8)
    found = framed(pixels, Frame(wide, high, left, top, 1), extended=extended)
    assert found.shape == (high, wide, 3) and found.dtype == np.uint8
    rows, columns = np.arange(high) + top, np.arange(wide) + left
    own = pixels[np.clip(rows, 0, height - 1)][:, np.clip(columns, 0, width - 1)]
    beside = ((rows < 0) | (rows >= height))[:, None] | ((columns < 0) | (columns >= width))[None]
    assert (found == (own if extended else np.where(beside[..., None], 0, own))).all()


@settings(deadline=None, max_examples=60)
@given(BOXES, st.integers(20, 400), st.integers(20, 400), st.floats(0, 40), st.booleans())
def test_the_object_is_where_the_frame_puts_it(box, width, height, amount, mirrored):
    """A solid rectangle for an object: its centre and its mass in the result, measured."""
    matte = np.zeros((1000, 1000), np.float32)
    box = tuple(min(1000, each) for each in box)
    assume(box[2] - box[0] >= 1 and box[3] - box[1] >= 1)
    matte[box[1] : box[3], box[0] : box[2]] = 1
    canvas = CanvasShape(*((height, width) if mirrored else (width, height)), pixels=True)
    frame = frame_of(Framing(margin=Margin(amount, percent=True), canvas=canvas), object_box(matte))
    found = framed(matte, frame)
    assert found.shape == (frame.height, frame.width) and 0 <= found.min() and found.max() <= 1
    x0, y0, x1, y1 = placed(frame, box)
    area = (x1 - x0) * (y1 - y0)
    assert found.sum() == pytest.approx(area, rel=0.1, abs=(x1 - x0 + y1 - y0) * max(1, frame.scale) + 2)
    if found.sum() > 4:
        rows, columns = np.mgrid[: frame.height, : frame.width] + 0.5
        assert (found * columns).sum() / found.sum() == pytest.approx((x0 + x1) / 2, abs=1 + frame.scale / 8)
        assert (found * rows).sum() / found.sum() == pytest.approx((y0 + y1) / 2, abs=1 + frame.scale / 8)


def test_resampling_is_pillows_on_the_same_part():
    pixels = np.random.default_rng(1).integers(0, 256, (90, 120, 3), np.uint8)
    frame = Frame(50, 40, 10.25, 20.5, 0.8)
    box = (10.25, 20.5, 10.25 + 50 / 0.8, 20.5 + 40 / 0.8)
    expected = Image.fromarray(pixels).resize((50, 40), Image.Resampling.BICUBIC, box)
    assert np.abs(framed(pixels, frame).astype(int) - np.asarray(expected).astype(int)).max() <= 1


@given(
    st.integers(1, 300), st.integers(1, 300), st.floats(-200, 400), st.floats(-200, 400),
    st.integers(1, 500), st.integers(1, 500), st.floats(0.2, 4),
)  # fmt: skip
def test_a_frame_moves_inside_where_it_fits(width, height, left, top, wide, high, scale):
    frame = moved_inside(Frame(wide, high, left, top, scale), width, height)
    for start, length, most, before in (
        (frame.left, wide / scale, width, left), (frame.top, high / scale, height, top)
    ):  # fmt: skip
        if length <= most:
            assert start >= 0 and start + length <= most + 1e-9
            assert start == before or math.isclose(start, 0) or math.isclose(start + length, most)
        else:
            assert start == before


def test_faint_haze_is_no_part_of_the_object_and_nothing_is_the_whole_image():
    matte = np.zeros((20, 30), np.float32)
    assert object_box(matte) == (0, 0, 30, 20)
    matte[5:9, 10:12] = 0.5
    matte[0, 0] = 3 / 255
    assert object_box(matte) == (10, 5, 12, 9)


def test_faint_specks_do_not_count_and_small_but_opaque_or_large_but_faint_parts_do():
    matte = np.zeros((200, 200), np.float32)
    matte[50:100, 50:100] = 1
    matte[190:193, 190:193] = 0.4
    assert object_box(matte) == (50, 50, 100, 100)
    matte[191, 191] = 0.6
    assert object_box(matte) == (50, 50, 193, 193)
    matte[0:20, 0:20] = 0.1
    assert object_box(matte) == (0, 0, 193, 193)
    assert object_box(np.full((3, 4), 0.1, np.float32)) == (0, 0, 4, 3)


@pytest.mark.parametrize(
    ("text", "margin"),
    [("24", Margin(24)), (" 24 px", Margin(24)), ("7.5%", Margin(7.5, percent=True)), ("0", Margin())],
)
def test_margins_are_read(text, margin):
    assert parse_margin(text) == margin


@pytest.mark.parametrize("text", ["", "-3", "wide", "12 em", "1,5%"])
def test_what_is_no_margin_is_refused(text):
    with pytest.raises(BadOption, match="is not a margin: write pixels or a share"):
        parse_margin(text)


def test_canvases_are_read():
    assert parse_canvas("4:5") == CanvasShape(4, 5)
    assert parse_canvas("1080X1350") == parse_canvas(" 1080 × 1350 ") == CanvasShape(1080, 1350, pixels=True)
    assert parse_canvas("16:9").text == "16:9" and parse_canvas("20x10").text == "20x10"
    for text in ("square", "4/5", "4:", "1.5:1"):
        with pytest.raises(BadOption, match="is not a canvas: write an aspect or a size"):
            parse_canvas(text)
    with pytest.raises(BadOption, match="choose sides of 1 to 32767"):
        parse_canvas("0:5")
    with pytest.raises(BadOption, match="choose sides of 1 to 32767"):
        parse_canvas("40000x10")


def test_what_cannot_be_framed_is_refused():
    with pytest.raises(BadOption, match="choose 0 to 49 %"):
        Margin(50, percent=True)
    with pytest.raises(BadOption, match="choose 0 to 10000 pixels"):
        Margin(10_001)
    with pytest.raises(BadOption, match="trim the result to it, or choose a canvas"):
        Framing(margin=Margin(5))
    with pytest.raises(BadOption, match="no room for the object in 100x80 pixels"):
        frame_of(Framing(margin=Margin(40), canvas=CanvasShape(100, 80, pixels=True)), (0, 0, 10, 10))
    with pytest.raises(BadOption, match="no room for the object in 50 pixels"):
        frame_of(Framing(trim=True, margin=Margin(25)), (0, 0, 10, 10), 50)
    with pytest.raises(BadOption, match="too large: choose a smaller canvas"):
        frame_of(Framing(canvas=CanvasShape(32_000, 32_000, pixels=True)), (0, 0, 10, 10))
