"""Strokes that follow edges are judged on drawn images whose edges are known exactly, and against plain strokes."""

import gc
import math
import time
import weakref

import cv2
import numpy as np
import pytest

from rim_editor.documents import edge_following, mattes
from rim_editor.documents.document import Brush, Stroke
from rim_editor.documents.edge_following import GrowingCover, point_distance, remember, smart_cover
from rim_editor.documents.strokes import stroke_cover

CENTRE, RADIUS = (300.0, 250.0), 150.0
INSIDE, OUTSIDE = (200, 120, 60), (60, 90, 140)


def from_centre(shape=(500, 600)):
    y, x = np.mgrid[: shape[0], : shape[1]] + 0.5
    return np.hypot(x - CENTRE[0], y - CENTRE[1])


def disc_photo(noise=5.0, blur=0.8):
    """A disc on another colour, as a camera sees it, and its exact coverage."""
    exact = np.clip(RADIUS + 0.5 - from_centre(), 0, 1).astype(np.float32)
    seen = cv2.GaussianBlur(exact, (0, 0), blur)[..., None] if blur else exact[..., None]
    image = seen * np.float32(INSIDE) + (1 - seen) * np.float32(OUTSIDE)
    image = image + np.random.default_rng(0).normal(0, noise, image.shape)
    return np.clip(image, 0, 255).astype(np.uint8), exact


def along_the_rim(brush_radius, depth, brush=Brush.KEEP, hardness=1.0):
    """A stroke in the disc (or around it), whose middle stays `depth` away from the rim."""
    at = RADIUS - depth
    count = max(2, math.ceil(at * math.pi / point_distance(brush_radius)))
    turns = np.linspace(0, math.pi, count)
    points = tuple((CENTRE[0] + at * math.cos(t), CENTRE[1] - at * math.sin(t)) for t in turns)
    return Stroke(brush, points, brush_radius, hardness, follows_edges=True)


def whole(cover, shape=(500, 600)):
    box, values = cover
    made = np.zeros(shape, np.float32)
    made[box] = values
    return made


def plain(stroke, shape=(500, 600)):
    return whole(stroke_cover(stroke, *shape), shape)


@pytest.mark.parametrize("radius", [6.0, 14.0, 31.0, 45.0, 90.0])
@pytest.mark.parametrize("inwards", [True, False])
def test_it_ends_at_the_edge_and_is_a_plain_stroke_before_it(radius, inwards):
    image, exact = disc_photo()
    stroke = along_the_rim(radius, 0.6 * radius * (1 if inwards else -1))
    cover, all_of_it = whole(smart_cover(stroke, image)), plain(stroke)
    own, other = (exact, 1 - exact) if inwards else (1 - exact, exact)
    assert cover[other == 1].mean() < 0.01 and (cover[other == 1] > 0.5).sum() == 0
    certain = (own == 1) & (np.abs(from_centre() - RADIUS) > 2) & (all_of_it == 1)
    assert cover[certain].mean() > 0.99
    near = (all_of_it == 1) & (np.abs(from_centre() - RADIUS) < 4)
    assert np.abs(cover - own)[near].mean() < 0.08


def test_the_edge_is_soft_over_a_pixel_or_two_and_has_no_stairs():
    image, exact = disc_photo(noise=0)
    cover = whole(smart_cover(along_the_rim(40.0, 20.0), image))
    rim = (np.abs(from_centre() - RADIUS) < 3) & (plain(along_the_rim(40.0, 20.0)) == 1)
    assert np.abs(cover - exact)[rim].max() < 0.3
    soft = (cover > 0.05) & (cover < 0.95) & rim
    length = math.pi * RADIUS
    assert 0.8 * length < soft.sum() < 3 * length


def test_where_there_is_no_edge_it_is_a_plain_stroke():
    y, x = np.mgrid[:500, :600]
    shaded = np.dstack([60 + x / 10, 90 + y / 12, np.full(x.shape, 120)]).astype(np.uint8)
    for radius, hardness in ((3.0, 1.0), (20.0, 0.0), (40.0, 0.8), (120.0, 0.97)):
        stroke = Stroke(Brush.KEEP, ((100.3, 80.6), (240.0, 200.2), (400.0, 200.0)), radius, hardness, True)
        # The distances of a large plain stroke are off by half a pixel themselves.
        assert np.abs(whole(smart_cover(stroke, shaded)) - plain(stroke)).max() < 0.04 + 1.2 / max(
            1.0, radius * (1 - hardness)
        ) * (radius > 16)


def test_texture_is_no_edge():
    image = np.random.default_rng(1).normal(128, 25, (500, 600, 3))
    image = np.clip(cv2.GaussianBlur(image, (0, 0), 1.2), 0, 255).astype(np.uint8)
    stroke = Stroke(Brush.KEEP, ((150.0, 200.0), (400.0, 220.0)), 45.0, 1.0, True)
    assert whole(smart_cover(stroke, image))[plain(stroke) == 1].mean() > 0.95


def test_an_island_of_the_same_colour_beyond_an_edge_is_not_reached():
    image = np.full((200, 300, 3), (180, 60, 60), np.uint8)
    image[:, 150:158] = (30, 30, 200)
    stroke = Stroke(Brush.KEEP, ((135.0, 40.0), (135.0, 150.0)), 40.0, 1.0, True)
    cover = whole(smart_cover(stroke, image), (200, 300))
    assert cover[60:140, 110:148].min() > 0.95 and cover[:, 160:].max() == 0


def test_the_stroke_that_was_seen_is_the_one_that_is_rendered():
    image, _ = disc_photo()
    stroke = along_the_rim(33.0, 20.0, hardness=0.7)
    grown = GrowingCover(image, 33.0, 0.7)
    boxes = []
    for point in stroke.points:
        grown.extend(point)
        while grown.growing:
            boxes.append(grown.step())
    seen = np.zeros(image.shape[:2], np.uint8)
    seen[grown.box] = grown.values(grown.box)
    again = whole(smart_cover(stroke, image.copy()))  # as after a restart
    np.testing.assert_array_equal(again, seen / np.float32(255))
    remember(stroke, image, grown)
    np.testing.assert_array_equal(whole(smart_cover(stroke, image)), again)
    touched = np.zeros(image.shape[:2], bool)
    for box in boxes:
        touched[box] = True
    assert not seen[~touched].any()


def test_what_was_not_finished_when_the_button_was_released_is_computed_later():
    image, _ = disc_photo()
    stroke = along_the_rim(40.0, 25.0)
    expected = whole(smart_cover(stroke, image.copy()))
    grown = GrowingCover(image, stroke.radius, stroke.hardness)
    for point in stroke.points:
        grown.extend(point)
    grown.step()
    remember(stroke, image, grown)
    np.testing.assert_array_equal(whole(smart_cover(stroke, image)), expected)


def test_it_keeps_and_removes_like_a_plain_stroke():
    image, _ = disc_photo()
    matte = np.full(image.shape[:2], 0.4, np.float32)
    keep, remove = along_the_rim(30.0, 18.0), along_the_rim(30.0, 18.0, Brush.REMOVE)
    cover = whole(smart_cover(keep, image))
    assert (mattes.with_parts(matte, (keep,), image) == np.maximum(matte, cover)).all()
    assert (mattes.with_parts(matte, (remove,), image) == np.minimum(matte, 1 - cover)).all()
    with pytest.raises(ValueError, match="needs the pixels"):
        mattes.with_parts(matte, (keep,))


def test_a_very_fine_brush_and_a_refining_one_follow_nothing():
    fine = Stroke(Brush.KEEP, ((9.0, 9.0),), 2.0, follows_edges=True)
    assert not edge_following.is_smart(fine)
    assert not edge_following.is_smart(Stroke(Brush.REFINE, ((9.0, 9.0),), 20.0, follows_edges=True))
    matte = np.zeros((40, 50), np.float32)
    assert (mattes.with_parts(matte, (fine,)) == plain(fine, (40, 50))).all()


@pytest.mark.parametrize("size", [(1, 1), (3, 50), (37, 41)])
@pytest.mark.parametrize("radius", [2.5, 20.0, 300.0])
def test_at_the_border_and_outside_there_is_nothing_to_break(size, radius):
    image = np.random.default_rng(2).integers(0, 256, (*size, 3), np.uint8)
    for points in (((0.0, 0.0),), ((-5000.0, 10.0), (5000.0, 10.0)), ((1e6, 1e6),), ((-9.0, -9.0), (20.0, 30.0))):
        box, cover = smart_cover(Stroke(Brush.KEEP, points, radius, 0.5, True), image)
        assert cover.shape == image[box].shape[:2] and cover.dtype == np.float32
        assert not cover.size or (0 <= cover.min() and cover.max() <= 1)


def test_an_image_that_is_closed_is_not_remembered():
    image, _ = disc_photo()
    smart_cover(along_the_rim(20.0, 10.0), image)
    gone = weakref.ref(image)
    del image
    gc.collect()
    assert gone() is None


def test_a_step_costs_the_same_in_an_image_of_24_megapixels():
    small, _ = disc_photo()
    large = np.tile(small, (8, 10, 1))

    def seconds(image):
        grown = GrowingCover(image, 60.0, 0.8)
        times = []
        for point in along_the_rim(60.0, 40.0).points:
            grown.extend(point)
            start = time.thread_time()
            grown.step()
            times.append(time.thread_time() - start)
        return sorted(times)[len(times) // 2]

    assert large.shape[:2] == (4000, 6000)
    assert min(seconds(large) for _ in range(3)) < 3 * min(seconds(small) for _ in range(3))


def test_a_step_of_the_largest_brush_costs_a_small_share_of_the_pixels_in_it():
    """A median of the same pixels stands for a step that would look at each of them in depth."""
    small, _ = disc_photo()
    image = np.tile(small, (4, 4, 1))
    grown, times = GrowingCover(image, 500.0, 0.8), []
    for place in range(5):
        grown.extend((700.0 + 125.0 * place, 900.0))
        start = time.thread_time()
        grown.step()
        times.append(time.thread_time() - start)
    patch = np.ascontiguousarray(image[400:1400, 400:1500])
    start = time.thread_time()
    for channel in range(3):
        cv2.boxFilter(patch[..., channel].astype(np.float32), -1, (31, 31))
        cv2.distanceTransform(patch[..., channel], cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    assert sorted(times)[2] < 2 * (time.thread_time() - start)
