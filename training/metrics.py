"""Metrics of mattes. Predictions and truths are HxW float32 in [0, 1]; lower is better unless said."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from training.composition import Alpha


def sad(matte: Alpha, truth: Alpha) -> float:
    """Sum of absolute differences / 1000, over the whole image: grows with resolution."""
    return float(np.abs(matte - truth).sum(dtype=np.float64) / 1000)


def mse(matte: Alpha, truth: Alpha) -> float:
    """Mean squared difference, 0..1."""
    return float(np.square(matte - truth).mean(dtype=np.float64))


def mad(matte: Alpha, truth: Alpha) -> float:
    """Mean absolute difference, 0..1."""
    return float(np.abs(matte - truth).mean(dtype=np.float64))


def iou(matte: Alpha, truth: Alpha) -> float:
    """Intersection over union of the mattes above one half, 0..1, higher is better; 1 when both are empty."""
    a, b = matte > 0.5, truth > 0.5
    union = np.count_nonzero(a | b)
    return float(np.count_nonzero(a & b) / union) if union else 1.0


def is_right_object(matte: Alpha, truth: Alpha, others: Sequence[Alpha]) -> bool:
    """Whether the matte is on the referred object: IoU of at least a half, or closer to it than to any other.

    The second way needs a soft overlap (sum of minima over sum of maxima) of at least 0.25 with the truth.
    """
    if iou(matte, truth) >= 0.5:
        return True

    def overlap(other: Alpha) -> float:
        both = np.maximum(matte, other).sum(dtype=np.float64)
        return float(np.minimum(matte, other).sum(dtype=np.float64) / both) if both else 0.0

    own = overlap(truth)
    return own >= 0.25 and all(overlap(other) < own for other in others)
