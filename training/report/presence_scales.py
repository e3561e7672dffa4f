"""How far a stated presence holds, and the scale that makes it hold: fitted on what was asked, checked on the rest.

A scale is Platt's (Probabilistic Outputs for Support Vector Machines, 1999): a logistic regression of "it is there" on
the logit of the raw score, by Newton's method, with his targets. Every set of questions counts alike, and in each what
is there as much as what is not: otherwise a set of many easy questions would decide.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from clipmat.certainty import Certainty, PresenceScale
from training.report.tables import table

_EDGES = np.linspace(0, 1, 11)
_ALIKE = "every set alike"
_FEWEST = 20
"""Questions of each kind, there and not there, below which a scale would be chance."""


class TooFewQuestions(ValueError):
    """There are not enough questions to fit a scale."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One question and the network's raw answer."""

    set: str
    image_id: str
    there: bool
    """Whether the expression names something in the image."""
    logit: float
    """Of the raw presence score."""
    shows: bool
    """Whether the matte shows anything."""


def halves(asked: Sequence[Asked]) -> tuple[list[Asked], list[Asked]]:
    """The questions in two halves by a hash of the image: all about one image are in the same."""
    first: list[Asked] = []
    second: list[Asked] = []
    for each in asked:
        (first if hashlib.sha256(each.image_id.encode()).digest()[0] % 2 else second).append(each)
    return first, second


def fitted(asked: Sequence[Asked], missed: float, right: float) -> PresenceScale:
    """The scale for these questions.

    `unsure` is the highest presence below which at most the share `missed` of what is there would be called none,
    `sure` the lowest from which on at least the share `right` of the answers name something that is there.
    Raises TooFewQuestions.
    """
    there = np.array([each.there for each in asked], bool)
    if min(there.sum(), (~there).sum()) < _FEWEST:
        raise TooFewQuestions(f"{there.sum()} questions name something there and {(~there).sum()} do not")
    weights = _weights(asked)
    slope, offset = _logistic(np.array([each.logit for each in asked]), there, weights)
    scale = PresenceScale(0.0, 0.0, round(slope, 4), round(offset, 4))  # as they are printed
    stated = _stated(asked, scale)
    order = np.argsort(stated)
    below = np.cumsum(np.where(there, weights, 0)[order]) / weights[there].sum()
    unsure = float(stated[order][np.searchsorted(below, missed, side="right")])
    falling = order[::-1]
    share = np.cumsum(np.where(there, weights, 0)[falling]) / np.cumsum(weights[falling])
    enough = np.flatnonzero(share >= right)
    sure = float(stated[falling][enough[-1]]) if len(enough) else 1.0
    # Rounded down, so that at most that share is missed; and up, so that at least that share is right.
    return replace(scale, unsure=math.floor(unsure * 1000) / 1000, sure=max(unsure, math.ceil(sure * 1000) / 1000))


def area_under_curve(asked: Sequence[Asked]) -> float | None:
    """How often what is there scores above what is not (Mann and Whitney); None where either is lacking."""
    there = np.array([each.logit for each in asked if each.there])
    absent = np.array([each.logit for each in asked if not each.there])
    if not len(there) or not len(absent):
        return None
    above = (there[:, None] > absent).mean() + (there[:, None] == absent).mean() / 2
    return float(above)


def reliability_markdown(parts: Sequence[tuple[Sequence[Asked], PresenceScale]]) -> str:
    """Stated presence against the share that is there; each part is judged by the scale beside it."""
    asked = [each for part, _ in parts for each in part]
    stated = np.concatenate([_stated(part, scale) for part, scale in parts])
    there, weights = np.array([each.there for each in asked]), _weights(asked)
    at = np.clip(np.digitize(stated, _EDGES) - 1, 0, 9)
    lines = []
    gap = 0.0
    for i in range(10):
        inside = at == i
        if not inside.any():
            continue
        mean, share = (float(np.average(values[inside], weights=weights[inside])) for values in (stated, there))
        gap += abs(mean - share) * weights[inside].sum() / weights.sum()
        lines.append([f"{_EDGES[i]:.1f} to {_EDGES[i + 1]:.1f}", str(inside.sum()), f"{mean:.3f}", f"{share:.3f}"])
    head = ["stated presence", "questions", "mean", "share there"]
    return f"{table(head, lines)}\nExpected calibration error {gap:.3f}.\n"


def certainty_markdown(parts: Sequence[tuple[Sequence[Asked], PresenceScale]]) -> str:
    """By set: how well the score tells there from absent, and what is called sure, unsure and none."""
    answers = [(each, _certainty(each, scale)) for part, scale in parts for each in part]
    lines = []
    for name in (*sorted({each.set for each, _ in answers}), _ALIKE):
        chosen = [(each, found) for each, found in answers if name in (each.set, _ALIKE)]
        asked = [each for each, _ in chosen]
        weights = _weights(asked)
        cells = []
        for there in (True, False):
            inside = np.array([each.there is there for each in asked])
            for certainty in Certainty:
                called = np.array([found is certainty for _, found in chosen])
                share = weights[inside & called].sum() / weights[inside].sum() if inside.any() else 0.0
                cells.append(f"{share:.3f}")
        area = area_under_curve(asked) if name != _ALIKE else None
        lines.append([name, str(len(asked)), "" if area is None else f"{area:.3f}", *cells])
    calls = [f"{truth}: {certainty}" for truth in ("there", "absent") for certainty in Certainty]
    return table(["set", "questions", "area under the curve", *calls], lines)


def _certainty(asked: Asked, scale: PresenceScale) -> Certainty:
    return scale.certainty(scale.stated(asked.logit), np.array([[1.0 if asked.shows else 0.0]], np.float32))


def _stated(asked: Sequence[Asked], scale: PresenceScale) -> NDArray[np.float64]:
    return np.array([scale.stated(each.logit) for each in asked])


def _weights(asked: Sequence[Asked]) -> NDArray[np.float64]:
    """One for each question; every set has the same sum, half of it there and half absent. Their mean is 1."""
    kinds = [(each.set, each.there) for each in asked]
    counts = Counter(kinds)
    weights = np.array([1 / counts[kind] for kind in kinds])
    return np.asarray(weights / weights.mean())


def _logistic(
    values: NDArray[np.float64], there: NDArray[np.bool_], weights: NDArray[np.float64]
) -> tuple[float, float]:
    """Slope and offset of the weighted logistic regression of `there` on `values`, with Platt's targets."""
    yes, no = weights[there].sum(), weights[~there].sum()
    targets = np.where(there, (yes + 1) / (yes + 2), 1 / (no + 2))
    columns, found = np.stack([values, np.ones_like(values)], axis=1), np.array([1.0, 0.0])

    def loss(at: NDArray[np.float64]) -> float:
        odds = columns @ at
        return float((weights * (np.logaddexp(0, odds) - targets * odds)).sum())

    for _ in range(100):
        shares = 1 / (1 + np.exp(-np.clip(columns @ found, -500, 500)))
        slopes = columns.T @ (weights * (shares - targets))
        curvature = (columns.T * (weights * shares * (1 - shares))) @ columns + 1e-9 * np.eye(2)
        step = np.linalg.solve(curvature, slopes)
        while loss(found - step) > loss(found) and np.abs(step).max() > 1e-10:
            step = step / 2  # the whole step would go too far
        found = found - step
        if np.abs(step).max() <= 1e-10:
            break
    return float(found[0]), float(found[1])
