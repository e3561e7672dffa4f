"""Which parts of a soft matte points and a box mean: connected parts at several thresholds, with their soft edges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from clipmat.pointing import Click, Pointing
from clipmat.region_growing import geodesic_distance

Bools = NDArray[np.bool_]
Floats = NDArray[np.float32]

THRESHOLDS = (0.5, 0.3, 0.15, 0.7, 0.85, 0.95)
"""Where the matte is cut into parts, in the order in which they are tried: a low one finds what the words nearly
missed, a high one parts what touches."""
CLICK_REACH = 1
"""Pixels of the matte by which a click may miss a part."""
BOXED_SHARE = 0.6
"""Share of a part that has to be inside a box."""
REMAINING_SHARE = 0.1
"""Share of the words' matte that has to remain where there are only points to drop."""


@dataclass(frozen=True, eq=False)
class PartChoice:
    """What was chosen of a matte."""

    matte: Floats
    """HxW in [0, 1]: the chosen parts, the rest suppressed."""
    trimap: Floats
    """3xHxW: background, unknown, foreground; they add up to 1."""
    missed: tuple[Click, ...]
    """Points to keep that no chosen part is under."""


def choose_parts(
    matte: Floats, soft: Floats, trimap: Floats, colours: NDArray[np.uint8], pointing: Pointing
) -> PartChoice | None:
    """The parts that points and box mean; None when no part has a point to keep, or none is in the box.

    All HxW, at the network's size: the matte as it is shown, the expected alpha `soft`, the trimap's three
    probabilities, and the image, HxWx3 uint8. `pointing` is in their pixels. Points to drop alone remove their parts.
    """
    keeps, drops = pointing.keeps, pointing.drops
    only_drops = not keeps and pointing.box is None
    best: tuple[int, float, Bools, Bools] | None = None
    for threshold in THRESHOLDS:
        parts = _parts(soft > threshold)
        hit = {point: _under(parts, point) for point in keeps}
        wanted = set().union(*hit.values()) if keeps else _candidates(parts, pointing)
        if not keeps:
            for point in drops:
                wanted -= _under(parts, point)
        dropped = wanted & set().union(*(_under(parts, point) for point in drops))
        chosen = np.isin(parts, list(wanted)) & (parts > 0)
        others = (parts > 0) & ~chosen
        if not wanted or (only_drops and (threshold < 0.5 or chosen.sum() < REMAINING_SHARE * (soft > 0.5).sum())):
            continue
        missing = sum(not each for each in hit.values()) + len(dropped)
        if best is None or missing < best[0]:
            best = missing, threshold, chosen, others
        if not missing:
            break
    if best is None:
        return None
    _, threshold, chosen, others = best
    share = nearest_share(chosen, others)
    if drops and any(_is_set(chosen, point) for point in drops):
        share *= _side_of_keeps(colours, chosen, keeps, drops)
    if pointing.box is not None:
        share *= boxed_plane(soft.shape, pointing)
    missed = tuple((x, y, True) for x, y in keeps if not _is_set(chosen, (x, y)))
    return PartChoice(*limited(matte, soft, trimap, share, threshold), missed)


def limited(
    matte: Floats, soft: Floats, trimap: Floats, share: Floats, threshold: float = 0.5
) -> tuple[Floats, Floats]:
    """Matte and trimap times the softened share of each pixel; what a low threshold found becomes a whole matte."""
    share = np.asarray(cv2.GaussianBlur(share, (0, 0), 0.7), np.float32)
    if threshold < 0.5:
        matte = np.clip(soft / (2 * threshold), 0, 1)
        foreground = np.clip(2 * matte - 1, 0, 1)
        background = np.clip(1 - 2 * matte, 0, 1)
        trimap = np.stack([background, 1 - foreground - background, foreground])
    rest = trimap[1:] * share
    return np.asarray(matte * share, np.float32), np.concatenate([1 - rest.sum(axis=0, keepdims=True), rest])


def _parts(inside: Bools) -> NDArray[np.int32]:
    return np.asarray(cv2.connectedComponents(inside.astype(np.uint8), connectivity=8)[1], np.int32)


def _candidates(parts: NDArray[np.int32], pointing: Pointing) -> set[int]:
    """Without a point to keep: the parts that are inside the box; without a box, all."""
    areas = np.bincount(parts.ravel())
    if pointing.box is None:
        return set(range(1, len(areas)))
    boxed = np.bincount(parts[boxed_plane(parts.shape, pointing) > 0.5], minlength=len(areas))
    return {int(part) for part in np.flatnonzero(boxed >= BOXED_SHARE * areas) if part and boxed[part]}


def _under(parts: NDArray[np.int32], point: tuple[float, float]) -> set[int]:
    """The part under a point, or those within its reach."""
    x, y = pixel_under(point, parts.shape)
    if parts[y, x]:
        return {int(parts[y, x])}
    near = parts[max(y - CLICK_REACH, 0) : y + CLICK_REACH + 1, max(x - CLICK_REACH, 0) : x + CLICK_REACH + 1]
    return {int(part) for part in np.unique(near) if part}


def _is_set(plane: Bools, point: tuple[float, float]) -> bool:
    return bool(_under(plane.astype(np.int32), point))


def pixel_under(point: tuple[float, float], shape: Sequence[int]) -> tuple[int, int]:
    """x, y of the pixel of a plane, HxW, that a point is in, or of the nearest one."""
    return min(max(int(point[0]), 0), shape[1] - 1), min(max(int(point[1]), 0), shape[0] - 1)


def nearest_share(chosen: Bools, others: Bools) -> Floats:
    """1 where a chosen part is nearer than any other, 0 elsewhere: each part keeps its own soft edge."""
    if not others.any():
        return np.ones(chosen.shape, np.float32)
    here, there = (cv2.distanceTransform((~plane).astype(np.uint8), cv2.DIST_L2, 5) for plane in (chosen, others))
    return (here <= there).astype(np.float32)


def _side_of_keeps(
    colours: NDArray[np.uint8],
    chosen: Bools,
    keeps: Sequence[tuple[float, float]],
    drops: Sequence[tuple[float, float]],
) -> Floats:
    """1 where a point to keep is nearer than one to drop, over the colours between."""
    lab = cv2.cvtColor(colours, cv2.COLOR_RGB2LAB).astype(np.float32)
    seeds = []
    for points in (keeps, drops):
        plane = np.zeros(chosen.shape, bool)
        for point in points:
            x, y = pixel_under(point, chosen.shape)
            plane[y, x] = True
        seeds.append(plane)
    return (geodesic_distance(lab, seeds[0]) <= geodesic_distance(lab, seeds[1])).astype(np.float32)


def boxed_plane(shape: Sequence[int], pointing: Pointing) -> Floats:
    """HxW: 1 in the box of `pointing`, at least a pixel; 0 elsewhere, and everywhere without a box."""
    plane = np.zeros(shape, np.float32)
    if pointing.box is not None:
        x0, y0, x1, y1 = (round(value) for value in pointing.box)
        plane[y0 : max(y1, y0 + 1), x0 : max(x1, x0 + 1)] = 1
    return plane
