"""Presets of marketplaces: what each promises, and what is given besides one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rim_editor.documents import marketplaces
from rim_editor.documents.framing import CanvasShape, Framing, Margin, frame_of
from rim_editor.errors import BadOption

BOXES = st.tuples(st.integers(0, 500), st.integers(0, 500), st.integers(1, 900), st.integers(1, 900)).map(
    lambda each: (each[0], each[1], each[0] + each[2], each[1] + each[3])
)


@given(BOXES, st.sampled_from(marketplaces.MARKETPLACES))
def test_presets_fill_what_they_promise(box, preset):
    framing = preset.framing
    frame = frame_of(framing, box)
    assert (frame.width, frame.height) == (framing.canvas.width, framing.canvas.height)
    shorter = min(frame.width, frame.height)
    left, top, scale = frame.left, frame.top, frame.scale
    x0, y0, x1, y1 = ((at - start) * scale for at, start in zip(box, (left, top, left, top), strict=True))
    fills = max((x1 - x0) / (frame.width - 2 * framing.margin.pixels(shorter)),
                (y1 - y0) / (frame.height - 2 * framing.margin.pixels(shorter)))  # fmt: skip
    assert fills == pytest.approx(1, abs=0.01)


def test_amazon_is_white_square_and_85_percent():
    framing = marketplaces.marketplace(" Amazon ").framing
    assert framing.colour == (255, 255, 255) and framing.canvas.width == framing.canvas.height >= 1600
    frame = frame_of(framing, (100, 100, 500, 400))
    assert 400 * frame.scale == pytest.approx(0.85 * frame.width)
    with pytest.raises(BadOption, match="no preset: choose among amazon, ebay, etsy"):
        marketplaces.marketplace("amazn")


def test_what_is_given_besides_a_preset_replaces_its_own():
    framing = marketplaces.framing_for("amazon", trim=False, margin=Margin(20), canvas=None)
    assert framing.margin == Margin(20) and framing.canvas == CanvasShape(2000, 2000, pixels=True)
    assert marketplaces.framing_for(None, trim=False, margin=None, canvas=None) == Framing()
