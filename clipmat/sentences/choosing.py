"""Chooses among a system's candidates the one that an expression means: by colour, then relation, then place.

All by the geometry of masks or boxes and the colours of the image's pixels; no network.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from clipmat.candidates import Candidate
from clipmat.colour_names import basic_names, cielab
from clipmat.sentences.reading import Position, Reading, Relation

Find = Callable[[str], Sequence[Candidate]]
"""The candidates of a noun phrase, as a system finds them; of '' those of anything."""
_SAMPLED = 4000
"""Pixels of a candidate whose colours are named."""
_PLAINLY = 0.3
"""Share of a candidate's pixels that makes a colour surely its own."""
_ALIKE = {
    "gray": ("white", "black", "beige"), "black": ("gray",), "white": ("gray", "beige"), "brown": ("beige", "orange"),
    "beige": ("brown", "white"), "orange": ("red", "brown", "yellow"), "red": ("orange", "pink"),
    "yellow": ("orange", "beige"), "pink": ("red", "purple"), "purple": ("pink", "blue"),
    "turquoise": ("green", "blue"), "green": ("turquoise",), "blue": ("turquoise", "purple"),
}  # fmt: skip
"""Colours that may be named instead; they count for a fifth."""
_STEP = 0.001
"""How much nearer to the camera something is than what it covers, at least."""
_ORDER = {"left": (0, 1), "right": (0, -1), "top": (1, 1), "bottom": (1, -1)}
"""The axis of a side and its sense."""


def choose(reading: Reading, find: Find, image: NDArray[np.uint8] | None = None) -> Candidate | None:
    """The candidate that `reading` means; None if there is none, or fewer than are counted.

    `find` is asked for the noun, and for those that it stands in relation to. `image`, HxWx3 uint8 sRGB, has the
    colours; without it they choose nothing. With nothing to choose by it is the candidate of the highest score.
    """
    return _Chooser(find, image).one(reading, reading.noun, ())


class _Chooser:
    """One choice: an image and what a system finds in it."""

    def __init__(self, find: Find, image: NDArray[np.uint8] | None) -> None:
        self._find, self._image = find, image

    def one(self, reading: Reading, noun: str, without: Sequence[Candidate]) -> Candidate | None:
        """The candidate of a reading, of `noun` where it has none of its own."""
        rivals = [one for one in self._find(reading.noun or noun) if not any(map(one.same_as, without))]
        rivals = self._of_colours(rivals, reading.colours)
        for relation in reading.relations:
            rivals = self._related(rivals, relation, reading.noun or noun)
        rivals = placed(rivals, reading.places)
        return max(rivals, key=lambda one: one.score, default=None)

    def _of_colours(self, rivals: list[Candidate], colours: Sequence[str]) -> list[Candidate]:
        if self._image is None or not colours or len(rivals) < 2:
            return rivals
        shares = [min(colour_share(self._image, rival, colour) for colour in colours) for rival in rivals]
        bar = min(_PLAINLY, max(shares) / 2)
        return [rival for rival, share in zip(rivals, shares, strict=True) if share >= bar]

    def _related(self, rivals: list[Candidate], relation: Relation, noun: str) -> list[Candidate]:
        """Those of the rivals that stand best in the relation; all where what they stand to is not there."""
        if len(rivals) > 1 and relation.others in _the_others(noun):
            return _best(rivals, [_least_related(relation.kind, rival, rivals) for rival in rivals])
        others = self._anchors(relation, noun, rivals)
        left = [rival for rival in rivals if not any(map(rival.same_as, others))]
        if not others and relation.kind == "with":  # what is worn: its colour is seen on the one who wears it
            return self._of_colours(list(rivals), [colour for other in relation.others for colour in other.colours])
        if not others or not left:
            return rivals
        return _best(left, [_relation_score(relation.kind, rival, others) for rival in left])

    def _anchors(self, relation: Relation, noun: str, rivals: Sequence[Candidate]) -> list[Candidate]:
        """What the relation is to: one thing, or the two that something is between."""
        if relation.kind == "between" and len(relation.others) == 1:
            both = sorted(self._find(relation.others[0].noun or noun), key=lambda one: -one.score)
            return _flanking(rivals, both)
        found: list[Candidate] = []
        for other in relation.others:
            one = self.one(other, noun, found)
            if one is not None:
                found.append(one)
        return found


def _the_others(noun: str) -> list[tuple[Reading]]:
    """What a relation is to in `left of the other one`, `left of the other cup`, `left of the other cups`."""
    return [(Reading(""),), (Reading(noun),), (Reading(f"{noun}s"),)]


def _best(rivals: Sequence[Candidate], scores: Sequence[float]) -> list[Candidate]:
    return _reaching(max(scores), rivals, scores)


def _reaching(bar: float, rivals: Sequence[Candidate], scores: Sequence[float]) -> list[Candidate]:
    return [rival for rival, score in zip(rivals, scores, strict=True) if score >= bar - 1e-9]


def placed(rivals: Sequence[Candidate], places: Sequence[Position]) -> list[Candidate]:
    """Those that the places single out: one, or none if fewer than are counted; all without places.

    Several places count together (`top`, `left`: nearest to that corner). Before counting, they leave the better half
    where that is enough to count in.
    """
    binding = [place for place in places if not place.loose] or list(places)
    plain, counted = [p for p in binding if not p.rank], [p for p in binding if p.rank]
    left = list(rivals)
    if plain and len(left) > 1:
        totals = np.sum([_place_scores(place.side, left) for place in plain], axis=0)
        bar = (totals.max() + totals.min()) / 2 if counted else totals.max()
        best = _reaching(bar, left, totals.tolist())
        left = best if len(best) >= max((place.rank for place in counted), default=1) else left
    for place in counted:
        order = np.argsort(-np.array(_place_scores(place.side, left)), kind="stable")
        left = [left[order[place.rank - 1]]] if place.rank <= len(left) else []
    return left


def colour_share(image: NDArray[np.uint8], candidate: Candidate, colour: str) -> float:
    """The share of a candidate's pixels that a colour names, 0 to 1; of a box its inner half counts."""
    rows, columns = candidate.shown()
    pixels = image[rows, columns]
    if candidate.mask is not None:
        pixels = pixels[candidate.mask[rows, columns]]
    else:
        height, width = pixels.shape[:2]
        pixels = pixels[height // 7 : height - height // 7, width // 7 : width - width // 7].reshape(-1, 3)
    if not len(pixels):
        return 0.0
    names = basic_names(cielab(np.ascontiguousarray(pixels[:: max(1, len(pixels) // _SAMPLED)])))
    return float((names == colour).mean() + 0.2 * np.isin(names, _ALIKE[colour]).mean())


def _place_scores(side: str, rivals: Sequence[Candidate]) -> list[float]:
    """How far each is towards a side, in sides of the image."""
    if side in _ORDER:
        axis, sense = _ORDER[side]
        return [-sense * one.centre[axis] for one in rivals]
    if side == "middle":
        xs = [one.centre[0] for one in rivals]
        middle = (min(xs) + max(xs)) / 2 if len(xs) == 3 else 0.5
        return [-abs(one.centre[0] - middle) - 0.15 * abs(one.centre[1] - 0.5) for one in rivals]
    if side == "corner":
        inwards = [(min(x, 1 - x), min(y, 1 - y)) for x, y in (one.centre for one in rivals)]
        return [-float(np.hypot(across, down)) for across, down in inwards]
    if side in ("front", "behind"):
        depths = _depths(rivals, side)
        return [depth if side == "front" else -depth for depth in depths]
    measure = [one.area if side in ("big", "small") else one.tallness for one in rivals]
    return [size if side in ("big", "tall") else -size for size in measure]


def _depths(rivals: Sequence[Candidate], side: str) -> list[float]:
    """How near to the camera each is: what covers another is a little nearer, however low the other one stands."""
    depths = [_nearness(one) for one in rivals]
    for at, one in enumerate(rivals):
        for other, rival in enumerate(rivals):
            if rival is not one and one.covers(rival) > 0:
                if side == "front":
                    depths[at] = max(depths[at], depths[other] + _STEP)
                else:
                    depths[other] = min(depths[other], depths[at] - _STEP)
    return depths


def _nearness(candidate: Candidate) -> float:
    """How near to the camera something is by itself: what stands lower in the image, and what is larger."""
    return 0.3 * candidate.sides[3] + 0.1 * float(np.sqrt(candidate.area))


def _relation_score(kind: str, one: Candidate, others: Sequence[Candidate]) -> float:
    """How well something stands in a relation, higher is better; where several do, the nearest does best."""
    other = others[0]
    (x, y), (other_x, other_y) = one.centre, other.centre
    apart = float(np.hypot(x - other_x, y - other_y))
    if kind == "between" and len(others) > 1:
        return -_off_line(one, others[0], others[1])
    if kind in ("near", "between"):
        return -one.gap(other) - 0.25 * apart
    if kind == "with":
        return -one.gap(other) - 0.1 * apart
    if kind == "on":
        return -2 * one.gap(other) - max(0.0, y - other_y) - 0.25 * abs(x - other_x)
    if kind in ("front", "behind"):
        nearer = _nearness(one) - _nearness(other) + one.covers(other)
        holds = nearer if kind == "front" else -nearer
        return min(holds, 0.05) * 10 - one.gap(other) - 0.1 * apart
    axis, sense = _ORDER[kind]
    along, across = sense * (other.centre[axis] - one.centre[axis]), abs(one.centre[1 - axis] - other.centre[1 - axis])
    return 2 - along - 2 * across if along > 0.02 else along - 2


def _least_related(kind: str, one: Candidate, rivals: Sequence[Candidate]) -> float:
    """How well something stands in a relation to each of its rivals, the least."""
    return min(_relation_score(kind, one, [rival]) for rival in rivals if rival is not one)


def _off_line(one: Candidate, first: Candidate, second: Candidate) -> float:
    """How far the centre of something is from the line between two others, and how far from its middle."""
    at, a, b = (np.array(candidate.centre) for candidate in (one, first, second))
    along = b - a
    length = float(along @ along) or 1e-9
    share = float((at - a) @ along) / length
    off = float(np.linalg.norm(at - (a + np.clip(share, 0, 1) * along)))
    return off + (0.1 * abs(share - 0.5) if 0 <= share <= 1 else 1.0)


def _flanking(rivals: Sequence[Candidate], both: Sequence[Candidate]) -> list[Candidate]:
    """Of what a plural found, the two that best have one of the rivals between them."""
    pairs = [(first, second) for at, first in enumerate(both) for second in both[at + 1 :]]
    scored = [
        (_off_line(rival, *pair), at)
        for at, pair in enumerate(pairs)
        for rival in rivals
        if not any(map(rival.same_as, pair))
    ]
    return list(pairs[min(scored)[1]]) if scored else []
