"""A region grown from clicks or a box by colour and edges: the answer of weights that do not know clicks.

Pixels go to the seed that is nearer over the colours between (geodesic segmentation, Bai and Sapiro 2007), then the
colours of both sides decide (GrabCut, Rother, Kolmogorov and Blake 2004): first on a small copy, then closer by along
the edge. All sides and lengths here are in pixels of the copy that is worked on.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from clipmat.pointing import Pointing

Bools = NDArray[np.bool_]
Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]

COARSE_SIDE = 192
"""Longest side of the copy on which the region is found."""
FINE_SIDE = 384
"""Longest side of the copy of the region's surroundings on which its edge is found again."""
SEED_SHARE = 0.012
"""Radius of a click as a share of the longest side."""
GROWN = 2
"""How many times as large as the clicks themselves a region has to be to count as found."""
COLOUR_COST = 1.0
"""Length in pixels that a difference of one unit of CIE Lab (8-bit) adds to a step."""
BOX_MARGIN = 0.3
"""How far around a box its surroundings are seen, as a share of its sides."""
EDGE_BAND = 5
"""Pixels of the fine copy to both sides of the coarse edge in which the edge may be."""
UNKNOWN_BAND = 2
"""Pixels to both sides of the fine edge that are left to the post-refiner."""
SMALL_PART = 0.1
"""A part that no click is on belongs to a boxed object when it has this share of the largest part's area."""
SMALL_HOLE = 0.01
"""A hole below this share of the region's area is closed."""


@dataclass(frozen=True, eq=False)
class GrownRegion:
    """Where the object is, and its matte at a reduced size, as the post-refiner wants it."""

    rows: slice
    columns: slice
    """The crop of the image, in its pixels, outside of which the matte is 0."""
    matte: Floats
    """hxw in [0, 1], stretched over the crop."""
    trimap: Floats
    """3xhxw: background, unknown, foreground; they add up to 1."""


def grow_region(image: Bytes, pointing: Pointing) -> GrownRegion:
    """The region that points and box show; HxWx3 uint8 sRGB, with at least one point to keep, or a box.

    A box alone gives the object in it. Nothing that is clicked to be dropped is in the region. Where nothing grows from
    the clicks it is empty.
    """
    rows, columns = _surroundings(image.shape, pointing)
    crop = image[rows, columns]
    small = _reduced(crop, COARSE_SIDE)
    inside = _found(small, _within(pointing, crop.shape, small.shape, rows, columns))
    if not inside.any():
        return _nothing(rows, columns, small.shape)
    rows, columns, inside = _closer(inside, rows, columns, image.shape)
    crop = image[rows, columns]
    small = _reduced(crop, FINE_SIDE)
    inside = cv2.resize(inside.astype(np.float32), small.shape[1::-1], interpolation=cv2.INTER_LINEAR) > 0.5
    closer = _within(pointing, crop.shape, small.shape, rows, columns)
    inside = _with_exact_edge(small, inside, closer)
    if pointing.keeps and inside.sum() <= GROWN * _discs(closer.keeps, small.shape).sum():
        return _nothing(rows, columns, small.shape)
    return _softened(inside, rows, columns)


def _found(small: Bytes, pointing: Pointing) -> Bools:
    keeps, drops = (_discs(points, small.shape) for points in (pointing.keeps, pointing.drops))
    smooth = cv2.cvtColor(cv2.bilateralFilter(small, 5, 25, 5), cv2.COLOR_RGB2LAB).astype(np.float32)
    labels = np.full(small.shape[:2], cv2.GC_PR_BGD, np.uint8)
    if pointing.box is None:
        border = np.zeros_like(keeps)
        border[[0, -1]] = border[:, [0, -1]] = True
        near = geodesic_distance(smooth, keeps) < geodesic_distance(smooth, (border | drops) & ~keeps)
        labels[near] = cv2.GC_PR_FGD
        iterations = 1
    else:
        boxed = _box_mask(pointing, small.shape)
        labels[boxed] = cv2.GC_PR_FGD
        if drops.any():
            anchor = keeps if keeps.any() else cv2.erode(boxed.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
            nearer = geodesic_distance(smooth, drops) < geodesic_distance(smooth, anchor & ~drops)
            labels[nearer & boxed] = cv2.GC_PR_BGD
        labels[~boxed] = cv2.GC_BGD
        iterations = 3
    labels[drops], labels[keeps] = cv2.GC_BGD, cv2.GC_FGD
    inside = _cut(small, labels, iterations)
    return _parts_that_belong(inside, keeps, drops)


def _with_exact_edge(small: Bytes, inside: Bools, pointing: Pointing) -> Bools:
    keeps, drops = (_discs(points, small.shape) for points in (pointing.keeps, pointing.drops))
    reach = np.ones((2 * EDGE_BAND + 1, 2 * EDGE_BAND + 1), np.uint8)
    labels = np.where(inside, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    labels[cv2.dilate(inside.astype(np.uint8), reach) == 0] = cv2.GC_BGD
    labels[cv2.erode(inside.astype(np.uint8), reach) > 0] = cv2.GC_FGD
    if pointing.box is not None:
        labels[~_box_mask(pointing, small.shape)] = cv2.GC_BGD
    labels[drops], labels[keeps] = cv2.GC_BGD, cv2.GC_FGD
    found = _parts_that_belong(_cut(small, labels, 1), keeps, drops)
    return found if found.any() else inside


def _cut(small: Bytes, labels: Bytes, iterations: int) -> Bools:
    """GrabCut from these labels; the labels themselves where it has too few pixels of a side."""
    probable = (labels == cv2.GC_PR_FGD) | (labels == cv2.GC_FGD)
    if min(probable.sum(), (~probable).sum()) < 8:  # it makes five clusters of colours of each side
        return np.asarray(probable)
    cv2.setRNGSeed(1)  # the same clicks give the same region
    of_background, of_foreground, unused = np.zeros((1, 65)), np.zeros((1, 65)), (0, 0, 1, 1)
    pixels = np.ascontiguousarray(small)
    cv2.grabCut(pixels, labels, unused, of_background, of_foreground, iterations, cv2.GC_INIT_WITH_MASK)
    return np.asarray((labels == cv2.GC_FGD) | (labels == cv2.GC_PR_FGD))


def _parts_that_belong(inside: Bools, keeps: Bools, drops: Bools) -> Bools:
    """The connected parts that a click is on, or without one the large parts; small holes closed."""
    count, parts, stats, _ = cv2.connectedComponentsWithStats(inside.astype(np.uint8), connectivity=4)
    areas = stats[:, cv2.CC_STAT_AREA]
    wanted = np.zeros(count, bool)
    if keeps.any():
        wanted[np.unique(parts[keeps & inside])] = True
    elif count > 1:
        wanted = areas >= SMALL_PART * areas[1:].max()
    wanted[0] = False
    kept = wanted[parts]
    count, holes, stats, _ = cv2.connectedComponentsWithStats((~kept).astype(np.uint8), connectivity=8)
    small = stats[:, cv2.CC_STAT_AREA] < SMALL_HOLE * max(int(kept.sum()), 1)
    small[0] = False
    small[np.unique(holes[drops])] = False
    return np.asarray(kept | small[holes])


def geodesic_distance(colours: Floats, seeds: Bools, rounds: int = 3) -> Floats:
    """How far each pixel is from the nearest seed, over paths that cost 1 a step and the colours' differences.

    HxWx3 and HxW bool -> HxW float32. Raster scans to and fro (Toivanen 1996), `rounds` times each.
    """
    distance = np.where(seeds, 0, 1e6).astype(np.float32)

    def cost(a: Floats, b: Floats, length: float) -> Floats:
        return np.asarray(length + COLOUR_COST * np.sqrt(((a - b) ** 2).sum(axis=2)), np.float32)

    across = cost(colours[:, 1:], colours[:, :-1], 1.0)
    down = cost(colours[1:], colours[:-1], 1.0)
    falling = cost(colours[1:, 1:], colours[:-1, :-1], 1.4)
    rising = cost(colours[1:, :-1], colours[:-1, 1:], 1.4)
    height, width = seeds.shape
    for _ in range(rounds):
        for y in range(1, height):
            _reach(distance[y], distance[y - 1], down[y - 1], falling[y - 1], rising[y - 1])
        for y in range(height - 2, -1, -1):
            _reach(distance[y], distance[y + 1], down[y], rising[y], falling[y])
        for x in range(1, width):
            np.minimum(distance[:, x], distance[:, x - 1] + across[:, x - 1], out=distance[:, x])
        for x in range(width - 2, -1, -1):
            np.minimum(distance[:, x], distance[:, x + 1] + across[:, x], out=distance[:, x])
    return distance


def _reach(row: Floats, other: Floats, straight: Floats, from_left: Floats, from_right: Floats) -> None:
    """Shorten the distances of a row by way of the row beside it."""
    np.minimum(row, other + straight, out=row)
    np.minimum(row[1:], other[:-1] + from_left, out=row[1:])
    np.minimum(row[:-1], other[1:] + from_right, out=row[:-1])


def _surroundings(shape: tuple[int, ...], pointing: Pointing) -> tuple[slice, slice]:
    """The part of the image that is looked at: all of it, or a box with a margin that shows what is around it."""
    height, width = shape[:2]
    if pointing.box is None:
        return slice(0, height), slice(0, width)
    x0, y0, x1, y1 = pointing.box
    for x, y, _ in pointing.points:  # a click outside of the box counts as well
        x0, y0, x1, y1 = min(x0, x), min(y0, y), max(x1, x), max(y1, y)
    return _grown(y0, y1, BOX_MARGIN, height), _grown(x0, x1, BOX_MARGIN, width)


def _closer(inside: Bools, rows: slice, columns: slice, shape: tuple[int, ...]) -> tuple[slice, slice, Bools]:
    """The crop around the region, and the region in it, at the size that it had."""
    height, width = inside.shape
    down, across = (rows.stop - rows.start) / height, (columns.stop - columns.start) / width
    y, x = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
    margin = EDGE_BAND + UNKNOWN_BAND
    top, bottom = max(int(y[0]) - margin, 0), min(int(y[-1]) + 1 + margin, height)
    left, right = max(int(x[0]) - margin, 0), min(int(x[-1]) + 1 + margin, width)
    closer_rows = slice(rows.start + round(top * down), min(rows.start + round(bottom * down), shape[0]))
    closer_columns = slice(columns.start + round(left * across), min(columns.start + round(right * across), shape[1]))
    return closer_rows, closer_columns, inside[top:bottom, left:right]


def _softened(inside: Bools, rows: slice, columns: slice) -> GrownRegion:
    plane = inside.astype(np.uint8)
    near = np.ones((2 * UNKNOWN_BAND + 1, 2 * UNKNOWN_BAND + 1), np.uint8)
    foreground = cv2.erode(plane, near).astype(np.float32)
    background = 1 - cv2.dilate(plane, near).astype(np.float32)
    matte = np.asarray(cv2.GaussianBlur(inside.astype(np.float32), (0, 0), 0.7), np.float32)
    return GrownRegion(rows, columns, matte, np.stack([background, 1 - foreground - background, foreground]))


def _nothing(rows: slice, columns: slice, shape: tuple[int, ...]) -> GrownRegion:
    empty = np.zeros(shape[:2], np.float32)
    return GrownRegion(rows, columns, empty, np.stack([empty + 1, empty, empty]))


def _reduced(crop: Bytes, side: int) -> Bytes:
    """A copy whose longest side is `side`, or the crop itself if it is smaller."""
    scale = side / max(crop.shape[:2])
    if scale >= 1:
        return crop
    size = (max(1, round(crop.shape[1] * scale)), max(1, round(crop.shape[0] * scale)))
    return np.asarray(cv2.resize(crop, size, interpolation=cv2.INTER_AREA), np.uint8)


def _within(pointing: Pointing, crop: tuple[int, ...], small: tuple[int, ...], rows: slice, columns: slice) -> Pointing:
    return pointing.in_crop(columns.start, rows.start, (small[1] / crop[1], small[0] / crop[0]))


def _discs(points: tuple[tuple[float, float], ...], shape: tuple[int, ...]) -> Bools:
    plane = np.zeros(shape[:2], np.uint8)
    radius = max(1, round(SEED_SHARE * max(shape[:2])))
    for x, y in points:
        cv2.circle(plane, (int(x), int(y)), radius, (1,), -1)
    return plane > 0


def _box_mask(pointing: Pointing, shape: tuple[int, ...]) -> Bools:
    plane = np.zeros(shape[:2], bool)
    if pointing.box is not None:
        x0, y0, x1, y1 = (round(value) for value in pointing.box)
        plane[max(y0, 0) : max(y1, y0 + 1, 1), max(x0, 0) : max(x1, x0 + 1, 1)] = True
    return plane


def _grown(low: float, high: float, share: float, limit: int) -> slice:
    margin = share * (high - low) + 1
    return slice(max(0, int(low - margin)), min(limit, int(high + margin) + 1))
