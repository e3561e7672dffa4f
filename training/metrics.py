"""Metrics of mattes. Predictions and ground truth are HxW float32 in [0, 1]; lower is better unless noted.

SAD, MSE, MAD, Grad and Conn take an optional `region`, HxW bool: the pixels that count, such as the transition (the
trimap's unknown ones). Without it the whole image counts. Sums keep their scale in a region, means divide by its
pixels. All equal the published evaluation of P3M (ACM MM 2021) and AimNet (IJCAI 2021), one and the same code; it has
no Grad and Conn in a region: here those of the whole mattes, summed over the region alone. A region that is not bool
is a TypeError, one of another size a ValueError. float64 mattes are taken as they are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from itertools import pairwise
from statistics import fmean
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from training.scene import Alpha

Region = NDArray[np.bool_]


def sad(matte: Alpha, truth: Alpha, region: Region | None = None) -> float:
    """Sum of absolute differences / 1000: grows with resolution."""
    return _total(np.abs(matte - truth), region) / 1000


def mse(matte: Alpha, truth: Alpha, region: Region | None = None) -> float:
    """Mean squared difference, 0..1; 0 in an empty region."""
    return _mean(np.square(matte - truth), region)


def mad(matte: Alpha, truth: Alpha, region: Region | None = None) -> float:
    """Mean absolute difference, 0..1; 0 in an empty region."""
    return _mean(np.abs(matte - truth), region)


def grad(matte: Alpha, truth: Alpha, region: Region | None = None) -> float:
    """Gradient error (Rhemann et al., CVPR 2009): sum of (|slope of matte| - |slope of truth|)^2 / 10.

    Slopes are Gaussian derivatives of sigma 1.4, cut at 4 sigma, over a mirrored border (P3M, AimNet). The MATLAB code
    of Deep Image Matting scales the kernel to unit length and divides by 1000: some percent off, not to be mixed.
    """
    return _total(np.square(_steepness(matte) - _steepness(truth)), region) / 10


def conn(matte: Alpha, truth: Alpha, region: Region | None = None) -> float:
    """Connectivity error (Rhemann et al., CVPR 2009): sum of |phi(matte) - phi(truth)| / 1000.

    phi = 1 - d [d >= 0.15], where d is how far a pixel is above l, the last level of 0, 0.1 ... 1 at which it still
    belongs to the largest 4-connected piece of what both mattes hold. As in P3M and AimNet, whose oddities stay:

    - A level that the mattes share nowhere is passed over, so the pixels left of the level before get l = 1 and cost
      nothing. Mattes that do not meet at 0.1, such as an empty one, have an error of 0: read it beside SAD.
    - Of pieces of one size the first in reading order is the largest.
    - Levels are float64, so 153/255 reaches 0.6 as float32 and not as float64.
    """
    level = np.full(truth.shape, -1, np.float32)
    shared = np.minimum(matte, truth)
    for below, step in pairwise(np.arange(0, 1.1, 0.1)):
        held = (shared >= step).astype(np.uint8)
        count, pieces, stats, _ = cv2.connectedComponentsWithStats(held, connectivity=4)
        if count == 1:  # the background alone; nothing is shared at the steps above either
            break
        largest = 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax())
        level[(level == -1) & (pieces != largest)] = below
    level[level == -1] = 1
    return _total(np.abs(_connected(matte, level) - _connected(truth, level)), region) / 1000


def mean_by(values: Iterable[float], keys: Iterable[Hashable]) -> float:
    """Mean over the keys of the mean of each key's values: every key weighs the same. ValueError if there are none.

    RefMatte's plain figures are the mean by image, its (E) figures the mean by entity (RIM, CVPR 2023).
    """
    groups: defaultdict[Hashable, list[float]] = defaultdict(list)
    for value, key in zip(values, keys, strict=True):
        groups[key].append(value)
    return fmean(fmean(group) for group in groups.values())


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


def _total(errors: NDArray[Any], region: Region | None) -> float:
    return float(errors.sum(dtype=np.float64, where=True if region is None else region))


def _mean(errors: NDArray[Any], region: Region | None) -> float:
    return _total(errors, region) / max(errors.size if region is None else int(np.count_nonzero(region)), 1)


_SIGMA = 1.4
_AT = np.arange(-6.0, 7.0)
_SMOOTH = np.exp(-(_AT**2) / (2 * _SIGMA**2)) / np.exp(-(_AT**2) / (2 * _SIGMA**2)).sum()
_SLOPE = -_AT / _SIGMA**2 * _SMOOTH


def _steepness(matte: Alpha) -> NDArray[np.float64]:
    plane = matte.astype(np.float64)
    across, down = (
        cv2.sepFilter2D(plane, cv2.CV_64F, x, y, borderType=cv2.BORDER_REFLECT)
        for x, y in ((_SLOPE, _SMOOTH), (_SMOOTH, _SLOPE))
    )
    return np.asarray(np.hypot(across, down), np.float64)


def _connected(matte: Alpha, level: Alpha) -> Alpha:
    above = matte - level
    return 1 - above * (above >= 0.15).astype(np.float32)
