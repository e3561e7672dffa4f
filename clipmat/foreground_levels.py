"""Colours of foreground and background, level by level, compiled by numba; imported by `foreground` alone.

Fast Multi-Level Foreground Estimation (Germer, Uelwer, Conrad, Harmeling, ICPR 2020), with the steps, the order of the
pixels and the precision of pymatting 1.1 (MIT licence), whose results these are to the bit. pymatting holds six arrays
of the image's size in float; here its last level, the large one, exists a few rows at a time.
"""

from __future__ import annotations

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]

_REGULARIZATION = np.float32(1e-5)
_SMALL_PX, _SMALL_PASSES, _PASSES = 32, 10, 2
_SHARES = np.arange(256, dtype=np.float32) / np.float32(255)

_READ_BYTES = types.Array(types.uint8, 3, "A", readonly=True)
_READ_FLOATS = types.Array(types.float32, 2, "A", readonly=True)
_WRITTEN_BYTES = types.Array(types.uint8, 3, "A")


@njit(nogil=True)
def _passes(width: int, height: int) -> int:
    return _SMALL_PASSES if width <= _SMALL_PX and height <= _SMALL_PX else _PASSES


@njit(nogil=True)
def _means(image: Bytes, alpha: Floats) -> tuple[Floats, Floats]:
    """The mean colours where the object is all there is, and where it is not; both 1x1x3."""
    ahead, behind = np.zeros(3, np.float32), np.zeros(3, np.float32)
    ahead_count, behind_count = 0, 0
    for y in range(alpha.shape[0]):
        for x in range(alpha.shape[1]):
            if alpha[y, x] > 0.9:
                for c in range(3):
                    ahead[c] += _SHARES[image[y, x, c]]
                ahead_count += 1
            if alpha[y, x] < 0.1:
                for c in range(3):
                    behind[c] += _SHARES[image[y, x, c]]
                behind_count += 1
    ahead /= ahead_count + 1e-5
    behind /= behind_count + 1e-5
    return ahead.reshape(1, 1, 3), behind.reshape(1, 1, 3)


@njit(nogil=True)
def _enlarge(row: Floats, of: Floats, y: int, height: int) -> None:
    """Fill row `y` of `height` with the nearest colours of the level before."""
    for x in range(row.shape[0]):
        for c in range(3):
            row[x, c] = of[y * of.shape[0] // height, x * of.shape[1] // row.shape[0], c]


@njit(nogil=True)
def _relax(
    image: Bytes,
    alpha: tuple[Floats, Floats, Floats],
    columns: NDArray[np.int64],
    ahead: tuple[Floats, Floats, Floats],
    behind: tuple[Floats, Floats, Floats],
) -> None:
    """Solve one row, pixel by pixel, for the colours that explain the image and are most like their neighbours'.

    Of alpha and colours the rows above, here and below are given; that of the colours here is changed. `image` and
    `alpha` are rows of the input, of which this level has the `columns`.
    """
    last = len(columns) - 1
    sums = np.zeros((2, 3), np.float32)
    for x in range(last + 1):
        a0 = alpha[1][columns[x]]
        a1 = 1.0 - a0
        a00, a01, a11 = a0 * a0, a0 * a1, a1 * a1
        for c in range(3):
            share = _SHARES[image[columns[x], c]]
            sums[0, c], sums[1, c] = a0 * share, a1 * share
        for row, beside in ((1, max(0, x - 1)), (1, min(last, x + 1)), (0, x), (2, x)):
            like = _REGULARIZATION + abs(a0 - alpha[row][columns[beside]])
            a00 += like
            a11 += like
            for c in range(3):
                sums[0, c] += like * ahead[row][beside, c]
                sums[1, c] += like * behind[row][beside, c]
        inverse = 1.0 / (a00 * a11 - a01 * a01)
        b00, b01, b11 = inverse * a11, inverse * -a01, inverse * a00
        for c in range(3):
            ahead[1][x, c] = max(0.0, min(1.0, b00 * sums[0, c] + b01 * sums[1, c]))
            behind[1][x, c] = max(0.0, min(1.0, b01 * sums[0, c] + b11 * sums[1, c]))


@njit(nogil=True)
def _level(
    image: Bytes, alpha: Floats, width: int, height: int, ahead_before: Floats, behind_before: Floats
) -> tuple[Floats, Floats]:
    """The colours at a smaller size, height x width x 3."""
    ahead, behind = np.empty((height, width, 3), np.float32), np.empty((height, width, 3), np.float32)
    for y in range(height):
        _enlarge(ahead[y], ahead_before, y, height)
        _enlarge(behind[y], behind_before, y, height)
    columns = np.arange(width) * alpha.shape[1] // width
    rows = np.arange(height) * alpha.shape[0] // height
    for _ in range(_passes(width, height)):
        for y in range(height):
            above, below = max(0, y - 1), min(height - 1, y + 1)
            alphas = alpha[rows[above]], alpha[rows[y]], alpha[rows[below]]
            around = (ahead[above], ahead[y], ahead[below]), (behind[above], behind[y], behind[below])
            _relax(image[rows[y]], alphas, columns, around[0], around[1])
    return ahead, behind


@njit(nogil=True)
def _write(row: Bytes, colours: Floats, alpha: Floats, replaced: float) -> None:
    """Write the colours of a row, but where the alpha, in 8 bits, is the one that needs no others than the image's."""
    for x in range(len(alpha)):
        if np.rint(alpha[x] * np.float32(255)) != replaced:
            for c in range(3):
                row[x, c] = np.uint8(min(max(np.rint(colours[x, c] * np.float32(255)), 0), 255))


@njit(types.void(_READ_BYTES, _READ_FLOATS, _WRITTEN_BYTES, _WRITTEN_BYTES), cache=True, nogil=True)
def estimate(image: Bytes, alpha: Floats, foreground: Bytes, background: Bytes) -> None:
    """Write the colours of the object and of what is behind it into `foreground` and `background`.

    All are HxWx3 uint8 but `alpha`, HxW float32 in [0, 1]; two pixels at least. Pixels of `foreground` whose alpha
    rounds to 255 of 255, and those of `background` whose alpha rounds to 0, are left as they are.
    """
    height, width = alpha.shape
    ahead, behind = _means(image, alpha)
    levels = int(np.ceil(np.log2(max(width, height))))
    for level in range(levels):
        size = round(width ** (level / levels)), round(height ** (level / levels))
        ahead, behind = _level(image, alpha, size[0], size[1], ahead, behind)

    # The last level. Its passes follow each other by a row: row y of the second needs row y + 1 of the first, and no
    # more. So all of them are done when a row leaves these few.
    passes = _passes(width, height)
    kept = passes + 2
    columns = np.arange(width)
    front, back = np.empty((kept, width, 3), np.float32), np.empty((kept, width, 3), np.float32)
    _enlarge(front[0], ahead, 0, height)
    _enlarge(back[0], behind, 0, height)
    for newest in range(height + passes - 1):
        if newest + 1 < height:
            _enlarge(front[(newest + 1) % kept], ahead, newest + 1, height)
            _enlarge(back[(newest + 1) % kept], behind, newest + 1, height)
        for done in range(passes):
            y = newest - done
            if 0 <= y < height:
                above, below = max(0, y - 1), min(height - 1, y + 1)
                alphas = alpha[above], alpha[y], alpha[below]
                fronts = front[above % kept], front[y % kept], front[below % kept]
                backs = back[above % kept], back[y % kept], back[below % kept]
                _relax(image[y], alphas, columns, fronts, backs)
        y = newest - passes + 1
        if y >= 0:
            _write(foreground[y], front[y % kept], alpha[y], 255)
            _write(background[y], back[y % kept], alpha[y], 0)
