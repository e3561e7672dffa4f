"""A region grown from clicks or a box, on drawings whose right answer is known."""

import heapq

import cv2
import numpy as np
import pytest

from clipmat.pointing import checked_pointing
from clipmat.region_growing import geodesic_distance, grow_region


def drawing(scale=1):
    """Two red discs and a blue one on green, with a little noise, and the mask of each."""
    image = np.full((200 * scale, 300 * scale, 3), (60, 140, 70), np.uint8)
    masks = []
    for x, y, colour in ((70, 100, (200, 50, 40)), (200, 60, (200, 50, 40)), (210, 150, (40, 60, 200))):
        mask = np.zeros(image.shape[:2], np.uint8)
        cv2.circle(mask, (x * scale, y * scale), 38 * scale, 1, -1)
        image[mask > 0] = colour
        masks.append(mask > 0)
    noise = np.random.default_rng(0).normal(0, 6, image.shape)
    return np.clip(image + noise, 0, 255).astype(np.uint8), masks


def full(region, shape):
    matte = np.zeros(shape[:2], np.float32)
    part = matte[region.rows, region.columns]
    part[:] = cv2.resize(region.matte, part.shape[::-1])
    return matte


def overlap(matte, mask):
    inside = matte > 0.5
    return (inside & mask).sum() / (inside | mask).sum()


def grown(image, points=(), box=None):
    return full(grow_region(image, checked_pointing(points, box, image.shape[1], image.shape[0])), image.shape)


@pytest.mark.parametrize("scale", [1, 4])
def test_a_click_takes_the_disc_under_it_and_not_its_twin(scale):
    image, (first, second, _) = drawing(scale)
    matte = grown(image, [(70 * scale, 100 * scale, True)])
    assert overlap(matte, first) > 0.95
    assert matte[second].max() < 0.05


def test_two_clicks_take_both():
    image, (first, second, _) = drawing()
    matte = grown(image, [(70, 100, True), (200, 60, True)])
    assert overlap(matte, first | second) > 0.95


def test_a_box_takes_what_is_in_it():
    image, (_, _, blue) = drawing()
    assert overlap(grown(image, box=(165, 105, 255, 195)), blue) > 0.95


def test_a_dropped_disc_leaves_the_box():
    image, (_, second, blue) = drawing()
    matte = grown(image, [(210, 150, True), (200, 60, False)], (150, 10, 260, 195))
    assert overlap(matte, blue) > 0.9
    assert matte[second].mean() < 0.05


def test_the_same_clicks_give_the_same_region():
    image, _ = drawing()
    np.testing.assert_array_equal(grown(image, [(70, 100, True)]), grown(image, [(70, 100, True)]))


def test_where_nothing_grows_there_is_nothing_and_not_the_click_itself():
    image, _ = drawing()
    assert not grown(image, [(150, 100, True)]).any(), "the green is as near to the border as to the click"


@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (3, 2), (40, 40)])
def test_no_image_is_too_small_or_too_plain(shape):
    image = np.full((*shape, 3), 128, np.uint8)
    matte = grown(image, [(0.5, 0.5, True)])
    assert matte.shape == shape and 0 <= matte.min() and matte.max() <= 1
    assert grown(image, box=(0, 0, shape[1], shape[0])).shape == shape


def test_the_trimap_adds_up():
    image, _ = drawing()
    region = grow_region(image, checked_pointing([(70, 100, True)], None, 300, 200))
    np.testing.assert_allclose(region.trimap.sum(axis=0), 1)
    assert region.trimap.min() >= 0 and region.trimap.shape[1:] == region.matte.shape


def test_distances_are_those_of_dijkstra():
    rng = np.random.default_rng(3)
    colours = rng.uniform(0, 20, (9, 11, 3)).astype(np.float32)
    seeds = np.zeros((9, 11), bool)
    seeds[2, 3] = seeds[7, 9] = True
    best = {(2, 3): 0.0, (7, 9): 0.0}
    queue = [(0.0, 2, 3), (0.0, 7, 9)]
    while queue:
        far, y, x = heapq.heappop(queue)
        if far > best[y, x]:
            continue
        for dy in (-1, 0, 1):
            for dx in (-1, 0, 1):
                to = y + dy, x + dx
                if (dy or dx) and 0 <= to[0] < 9 and 0 <= to[1] < 11:
                    length = 1.4 if dy and dx else 1.0
                    there = far + length + float(np.linalg.norm(colours[to] - colours[y, x]))
                    if there < best.get(to, np.inf):
                        best[to] = there
                        heapq.heappush(queue, (there, *to))
    found = geodesic_distance(colours, seeds, rounds=12)
    wanted = np.array([[best[y, x] for x in range(11)] for y in range(9)])
    np.testing.assert_allclose(found, wanted, rtol=1e-4)
