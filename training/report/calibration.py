"""Calibration of the presence score: what it promises against what is there, and the errors at each threshold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.report.judging import Result
from training.report.tables import table

THRESHOLDS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
"""Between them, below the first and above the last lie the bins."""


@dataclass(frozen=True, slots=True)
class Bin:
    """Samples whose presence score lies in [low, high); the last bin holds 1 as well."""

    low: float
    high: float
    samples: int
    presence: float | None
    """Mean score; None without samples."""
    present: float | None
    """Share whose expression names something in the image; None without samples."""


@dataclass(frozen=True, slots=True)
class Errors:
    """What a threshold would do: scores below it are answered with 'nothing matches'."""

    threshold: float
    false_alarms: float | None
    """Share of the negatives that reach it; None without negatives."""
    misses: float | None
    """Share of the present objects below it; None without any."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """The presence score judged over some results. Its shares hold for their mix of present and absent."""

    bins: tuple[Bin, ...]
    errors: tuple[Errors, ...]
    gap: float
    """Expected calibration error, 0..1: mean over samples of |mean score - share present| of their bin
    (Guo et al., On Calibration of Modern Neural Networks, 2017, equation 3)."""


def calibrate(results: Sequence[Result]) -> Calibration:
    """Ten bins and nine thresholds, a tenth apart. `results` holds at least one."""
    scores = np.array([r.presence for r in results])
    there = np.array([not r.negative for r in results])
    at = np.digitize(scores, THRESHOLDS)
    bins = tuple(
        Bin(low, high, int((at == i).sum()), _mean(scores[at == i]), _mean(there[at == i]))
        for i, (low, high) in enumerate(zip((0.0, *THRESHOLDS), (*THRESHOLDS, 1.0), strict=True))
    )
    errors = tuple(Errors(t, _mean(scores[~there] >= t), _mean(scores[there] < t)) for t in THRESHOLDS)
    gaps = [b.samples * abs(b.presence - b.present) for b in bins if b.presence is not None and b.present is not None]
    return Calibration(bins, errors, float(sum(gaps) / len(results)))


def markdown(calibration: Calibration) -> str:
    """Two tables: score against share present, and errors by threshold."""
    promised = table(
        ["presence", "samples", "mean presence", "share present"],
        [
            [f"{b.low:.1f} to {b.high:.1f}", str(b.samples), _cell(b.presence), _cell(b.present)]
            for b in calibration.bins
        ],
    )
    made = table(
        ["threshold", "false alarms", "misses"],
        [[f"{e.threshold:.1f}", _cell(e.false_alarms), _cell(e.misses)] for e in calibration.errors],
    )
    return f"{promised}\nExpected calibration error {calibration.gap:.3f}.\n\n{made}"


def _mean(values: NDArray[Any]) -> float | None:
    return float(values.mean()) if len(values) else None


def _cell(share: float | None) -> str:
    return "" if share is None else f"{share:.3f}"
