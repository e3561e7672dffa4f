"""Zoom and pan as arithmetic: what lies under the pointer stays there, and nobody loses the image."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rim_editor.ui.canvas.viewport import MAX_FIT, MAX_ZOOM, Viewport, fitted

sides = st.integers(1, 20_000)
windows = st.tuples(st.integers(50, 4000), st.integers(50, 3000))
images = st.tuples(sides, sides)
shares = st.floats(0, 1)
factors = st.floats(0.01, 100)


def seen_of(view: Viewport) -> tuple[float, float]:
    """How much of the image is in the window, in pixels of the device."""
    left, top = view.to_window((0, 0))
    right, bottom = view.to_window(view.image)
    return min(right, view.window[0]) - max(left, 0), min(bottom, view.window[1]) - max(top, 0)


@given(images, windows, shares, shares, st.lists(factors, min_size=1, max_size=6))
def test_the_spot_under_the_pointer_stays_under_it(image, window, x, y, turns):
    view = fitted(image, window)
    left, top = view.to_window((0, 0))
    right, bottom = view.to_window(image)
    pointer = (left + x * (right - left), top + y * (bottom - top))
    before = view.to_image(pointer)
    for factor in turns:
        view = view.zoomed(factor, pointer)
        assert view.to_window(before) == pytest.approx(pointer, abs=1e-3)


@given(
    images, windows, st.lists(st.tuples(shares, shares, factors), max_size=6), st.tuples(*[st.floats(-1e5, 1e5)] * 2)
)
def test_the_image_cannot_be_lost(image, window, zooms, pan):
    view = fitted(image, window)
    for x, y, factor in zooms:
        view = view.zoomed(factor, (x * window[0], y * window[1]))
        assert view.least <= view.zoom <= MAX_ZOOM
        assert min(seen_of(view)) >= -1e-3
    before = seen_of(view)
    after = seen_of(view.panned(*pan))
    for was, now, side in zip(before, after, image, strict=True):
        assert now >= min(was, 48, side * view.zoom) - 1e-2


@given(images, windows)
def test_fitted_means_whole_and_as_large_as_it_goes(image, window):
    view = fitted(image, window, 10)
    if view.zoom < MAX_FIT:
        touching = [math.isclose(view.zoom * i, max(w - 20, 1)) for i, w in zip(image, window, strict=True)]
        assert any(touching)
    assert all(i * view.zoom <= w - 20 + 1e-6 for i, w in zip(image, window, strict=True))
    assert view.to_window((image[0] / 2, image[1] / 2)) == pytest.approx((window[0] / 2, window[1] / 2))


@given(images, windows, st.floats(1e-4, 32))
def test_a_level_has_a_pixel_for_every_pixel_of_the_screen_and_is_the_smallest_such(image, window, zoom):
    view = fitted(image, window).at_zoom(zoom)
    level = view.level
    assert level == 0 or 2.0**-level >= view.zoom * (1 - 1e-6)
    if max(image) / 2 ** (level + 1) >= 256:  # else the pyramid ends
        assert 2.0 ** -(level + 1) < view.zoom


def test_levels_end_where_the_renderer_ends_them():
    from pathlib import Path

    import numpy as np

    from clipmat.image_files import OpenedImage
    from rim_editor.documents.rendering import Renderer

    for width, height in ((256, 10), (257, 10), (1024, 1025), (10, 5000)):
        source = OpenedImage(Path("x.png"), np.zeros((height, width, 3), np.uint8), None)
        assert fitted((width, height), (50, 50)).at_zoom(1e-9).level <= Renderer(source).levels - 1
        assert Viewport((width, height), (50, 50), 1e-6, (0, 0), False).level == Renderer(source).levels - 1


def test_actual_size_is_a_step_of_the_ladder_from_either_side():
    view = fitted((1000, 1000), (900, 900))
    up = [view := view.stepped(1) for _ in range(5)]
    assert [round(v.zoom, 6) for v in up] == [1.0, 1.5, 2.0, 3.0, 4.0]
    down = [view := view.stepped(-1) for _ in range(6)]
    assert [round(v.zoom, 6) for v in down] == [3.0, 2.0, 1.5, 1.0, 0.75, 0.5]
    assert fitted((1000, 1000), (900, 900)).stepped(-1).zoom == 0.75


def test_limits():
    view = fitted((8000, 6000), (800, 600))
    assert view.at_zoom(1e9).zoom == 32
    assert view.at_zoom(0).zoom == pytest.approx(view.fit / 8)
    tiny = fitted((4, 4), (800, 600))
    assert tiny.zoom == MAX_FIT  # a small image is not blown up without end
    assert tiny.at_zoom(1.0).zoom == 1.0  # and 100 % is never out of reach
    assert fitted((10, 10), (0, 0)).zoom > 0


def test_it_fits_when_the_window_changes_until_the_first_zoom_or_pan():
    view = fitted((400, 300), (200, 150))
    assert view.resized((100, 75)).zoom == pytest.approx(0.25)
    assert view.panned(0, 0) == view, "a click is no pan"
    for touched in (view.zoomed(1.1, (3, 3)), view.panned(1, 0)):
        other = touched.resized((300, 300))
        assert other.zoom == touched.zoom and other.centre == touched.centre
        assert other.fitted_again().resized((100, 75)).zoom == pytest.approx(0.25)


def test_panning_by_whole_pixels_shifts_the_origin_by_as_much():
    view = fitted((3001, 2003), (801, 607)).at_zoom(0.377)
    x, y = view.origin
    assert view.panned(17, -5).origin == (x + 17, y - 5)


def test_a_crop_of_a_small_image_fills_the_window():
    assert fitted((300, 200), (1000, 800)).zoom == pytest.approx(1000 / 300)
