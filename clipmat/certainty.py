"""How certain an answer is: the presence that the weights state, and what it amounts to. No network in it.

The network scores whether the expression names anything in the image, but its raw score is no share of anything. The
card of the weights therefore holds a `PresenceScale`, fitted on photographs: a map from the score to a presence of
which .7 means that about seven in ten such expressions name something there (Platt, Probabilistic Outputs for Support
Vector Machines, 1999), and two thresholds of that presence.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

VISIBLE_ALPHA = 0.5
"""A matte that stays below this value everywhere shows nothing, and is an answer of no certainty."""
_ROWS = 256
_SPECK = 1e-4
"""The share of an image, 0..1, up to which what shows is a speck that nobody would find."""


class Certainty(StrEnum):
    """What a presence amounts to."""

    SURE = "sure"
    """The expression names something in the image."""
    UNSURE = "unsure"
    """It may; the matte is worth showing, with a mark."""
    NONE = "none"
    """It hardly does, or the matte shows nothing; the matte is a guess."""


@dataclass(frozen=True, slots=True)
class PresenceScale:
    """How weights state the presence, and from where on it counts. Raises ValueError for what is no such scale."""

    unsure: float
    """A stated presence below it is NONE, 0..1."""
    sure: float
    """A stated presence from it on is SURE, 0..1, not below `unsure`."""
    slope: float = 1.0
    """Of the map: sigmoid(slope * logit of the raw score + offset); above 0."""
    offset: float = 0.0

    def __post_init__(self) -> None:
        if not (0 <= self.unsure <= self.sure <= 1 and 0 < self.slope < math.inf and math.isfinite(self.offset)):
            raise ValueError(f"{self} is no scale of presence: 0 <= unsure <= sure <= 1 and slope > 0 are needed")

    def stated(self, logit: float) -> float:
        """The presence, 0..1, that a raw score is stated as; an infinite logit gives 0 or 1."""
        value = self.slope * logit + self.offset
        return 1 / (1 + math.exp(-value)) if value >= 0 else math.exp(max(value, -700.0)) / (1 + math.exp(value))

    def certainty(self, presence: float, matte: NDArray[np.float32]) -> Certainty:
        """What a stated presence amounts to for this matte, HxW in [0, 1]."""
        if presence < self.unsure or not shows_something(matte):
            return Certainty.NONE
        return Certainty.SURE if presence >= self.sure else Certainty.UNSURE


def shows_something(matte: NDArray[np.float32]) -> bool:
    """Whether any pixel of a matte, HxW in [0, 1], is more than half covered."""
    starts = range(0, len(matte), _ROWS)  # most mattes show something within a few rows
    return any(bool((matte[start : start + _ROWS] > VISIBLE_ALPHA).any()) for start in starts)


def shows_a_guess(matte: NDArray[np.float32]) -> bool:
    """Whether a matte, HxW in [0, 1], of no certainty shows enough to be judged: more than one pixel in 10,000."""
    return bool((matte > VISIBLE_ALPHA).sum() > _SPECK * matte.size)


def with_threshold(certainty: Certainty, presence: float, matte: NDArray[np.float32], bar: float | None) -> Certainty:
    """The certainty where a user's own bar, 0..1, stands in place of the weights' `unsure`; None leaves it.

    A presence below the bar is NONE; from it on an answer is at least UNSURE, unless its matte shows nothing.
    """
    if bar is None:
        return certainty
    if presence < bar or not shows_something(matte):
        return Certainty.NONE
    return Certainty.UNSURE if certainty is Certainty.NONE else certainty
