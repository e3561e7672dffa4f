"""Which parts of an answer its words mean: of two apples that the network found for `the red apple`, the red one.

The network decides which thing is meant. Where its matte has parts besides, and colour, side or size in the words
single out the largest part among them, the others are dropped. Where the words would rather have another, all stays.
"""

from __future__ import annotations

import re
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from clipmat.candidates import Candidate
from clipmat.pointed_parts import limited, nearest_share
from clipmat.region_growing import GrownRegion
from clipmat.sentences.choosing import choose, colour_share
from clipmat.sentences.reading import Reading, read

SOLID = 0.5
"""Alpha above which a matte is cut into parts."""
LEAST_SHARE, LEAST_AREA = 0.05, 0.0008
"""Share of the largest part, and of the image, that a part has at least."""
_MOST = 32
"""Parts that are looked at, the largest ones."""
PIECE_GAP, PIECE_SHARE = 0.012, 0.5
"""A part that is at most this far from the largest one, in diagonals, and at most this share of it, may be a piece of
the same thing, behind a pole or an arm."""
_PLURAL = re.compile(r"(?:\b(?:people|men|women|children)|[^sui]s)$")
_BY_DEPTH = {"front", "behind"}
"""Places that parts alone do not show."""


def worded_parts(region: GrownRegion, expression: str, colours: NDArray[np.uint8]) -> GrownRegion:
    """The region without those of its parts that the words surely do not mean; the same one where they mean all.

    `colours`, hxwx3 uint8 sRGB, is the image at the size of the region's matte.
    """
    reading = read(expression)
    if not _chooses_a_part(reading):
        return region
    parts, crumbs = _parts(region.matte)
    if len(parts) < 2:
        return region
    main = max(parts, key=lambda part: part.score)
    if choose(reading, lambda noun: parts if noun == reading.noun else (), colours) is not main:
        return region
    bars = [(colour, colour_share(colours, main, colour) / 2) for colour in reading.colours]
    alike = [part for part in parts + crumbs if all(colour_share(colours, part, c) >= bar for c, bar in bars)]
    near = [part for part in parts + crumbs if _is_piece(part, main) and (part in parts or part in alike)]
    kept = [main, *near, *(() if reading.places else alike)]
    others = [part for part in parts + crumbs if part not in kept]
    if not any(part in others for part in parts):
        return region
    share = nearest_share(_together(kept), _together(others))
    matte, trimap = limited(region.matte, region.matte, region.trimap, share)
    return replace(region, matte=matte, trimap=trimap)


def _chooses_a_part(reading: Reading) -> bool:
    """Whether colour, side or size are all that chooses: what counts or compares needs all that is there."""
    if not reading.noun or reading.relations or any(place.rank or place.side in _BY_DEPTH for place in reading.places):
        return False
    if reading.places and _PLURAL.search(reading.noun):  # `the people on the left` may be several
        return False
    return bool(reading.colours) or any(not place.loose for place in reading.places)


def _parts(matte: NDArray[np.float32]) -> tuple[list[Candidate], list[Candidate]]:
    """The connected parts, scored by their share of the matte: those that are large enough to be things, and crumbs."""
    count, labels, figures, _ = cv2.connectedComponentsWithStats((matte > SOLID).astype(np.uint8), connectivity=8)
    areas = figures[1:, cv2.CC_STAT_AREA]
    if count < 3:
        return [], []
    bar, total = max(LEAST_SHARE * areas.max(), LEAST_AREA * matte.size), float(matte.sum())
    parts: list[Candidate] = []
    crumbs: list[Candidate] = []
    for number in np.argsort(-areas, kind="stable")[:_MOST]:
        mask = np.asarray(labels == number + 1)
        part = Candidate.of_mask(mask, float(matte[mask].sum()) / total)
        (parts if areas[number] >= bar else crumbs).append(part)
    return parts, crumbs


def _is_piece(part: Candidate, main: Candidate) -> bool:
    """Whether a part may belong to the largest one, from which something in front of both parts it."""
    assert part.mask is not None and main.mask is not None
    reach = 2 * max(1, round(PIECE_GAP * float(np.hypot(*part.size)))) + 1
    near = cv2.dilate(part.mask.astype(np.uint8), np.ones((reach, reach), np.uint8)) > 0
    return part.area <= PIECE_SHARE * main.area and bool((near & main.mask).any())


def _together(parts: list[Candidate]) -> NDArray[np.bool_]:
    return np.asarray(np.any([part.mask for part in parts if part.mask is not None], axis=0))
