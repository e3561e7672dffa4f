"""Backdrops: the pixels that an edit puts behind an object, gradients and images fitted to a size."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from rim_editor.documents.compositing import Coverage, Pixels, plain


def gradient(shape: tuple[int, ...], start: tuple[int, int, int], end: tuple[int, int, int], angle: float) -> Pixels:
    """From `start` to `end` along `angle` in degrees (0 to the right, 90 downwards), HxWx3 uint8, dithered.

    The colours run from corner to corner, as in CSS. The ordered dither (Bayer 1973, 16x16) is less than
    half a step, so that values that need no rounding stay as they are.
    """
    height, width = shape[:2]
    right, down = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    length = abs(width * right) + abs(height * down)
    across = (np.arange(width) + 0.5 - width / 2) * (right / length)
    along = (np.arange(height) + 0.5 - height / 2) * (down / length) + 0.5
    first, rise = np.array(start, np.float64), np.subtract(end, start)
    # In each channel the colour is a sum of a share of the column and a share of the row.
    by_column = np.asarray(across[:, None] * rise, np.float32)
    by_row = np.asarray(along[:, None] * rise + first + 0.5, np.float32)
    dither = np.tile(_bayer(4), (1, -(-width // 16)))[:, :width, None]
    result = np.empty((height, width, 3), np.uint8)
    for top in range(0, height, 16):
        rows = slice(top, min(top + 16, height))
        values = by_column + by_row[rows, None]
        values += dither[: rows.stop - top]
        result[rows] = values
    return result


def _bayer(doublings: int) -> Coverage:
    """2^n x 2^n thresholds, evenly spread, above -1/2 and below 1/2."""
    order = np.zeros((1, 1))
    for _ in range(doublings):
        order = np.block([[4 * order, 4 * order + 2], [4 * order + 3, 4 * order + 1]])
    return np.asarray((order + 0.5) / order.size - 0.5, np.float32)


def fitted(
    pixels: Pixels,
    shape: tuple[int, ...],
    fit: str,
    colour: tuple[int, int, int],
    offset: tuple[float, float] = (0.0, 0.0),
    zoom: float = 1.0,
) -> Pixels:
    """`pixels` brought to the height and width of `shape`, HxWx3 uint8; `fit` is 'cover', 'fit' or 'tile'.

    `zoom` then enlarges them about the centre, or reduces them, and `offset` moves them right and down by shares of the
    width and the height; see `edits.Background`.
    """
    height, width = shape[:2]
    own_height, own_width = pixels.shape[:2]
    right, down = offset[0] * width, offset[1] * height
    if fit == "tile" and zoom > 1:
        return _tiles_enlarged(pixels, shape, zoom, (right, down))
    if fit == "tile":
        pixels = pixels if zoom == 1 else tile_reduced(pixels, 1 / zoom)
        own_height, own_width = pixels.shape[:2]
        rows = (np.arange(height) - round(down)) % own_height
        columns = (np.arange(width) - round(right)) % own_width
        return np.asarray(pixels[rows][:, columns], np.uint8)
    if zoom != 1:
        return _zoomed(pixels, shape, fit, zoom, (right, down), colour)
    if fit == "cover":
        # Crop before scaling: a strip one pixel high would otherwise grow beyond all memory.
        scale = max(height / own_height, width / own_width)
        rows, columns = _crop(own_height, height / scale, down / scale), _crop(own_width, width / scale, right / scale)
        return _resized(pixels[rows, columns], height, width)
    scale = min(height / own_height, width / own_width)
    result = plain(shape, colour).copy()
    rows, own_rows = _shown(height, own_height * scale, down)
    columns, own_columns = _shown(width, own_width * scale, right)
    whole = _resized(pixels, own_rows.size, own_columns.size)
    result[rows, columns] = whole[own_rows.seen, own_columns.seen]
    return result


def _zoomed(
    pixels: Pixels,
    shape: tuple[int, ...],
    fit: str,
    zoom: float,
    moved: tuple[float, float],
    colour: tuple[int, int, int],
) -> Pixels:
    from PIL import Image

    lengths, own = (shape[1], shape[0]), (pixels.shape[1], pixels.shape[0])
    shares = [length / size for length, size in zip(lengths, own, strict=True)]
    scale = max(max(shares) * zoom, max(shares)) if fit == "cover" else min(shares) * zoom
    found: list[tuple[int, int, float, float]] = []
    for length, size, by in zip(lengths, own, moved, strict=True):
        spare = (size * scale - length) / 2
        shift = min(max(by, -spare), spare) if fit == "cover" else by
        left = shift - spare
        first, last = min(max(round(left), 0), length), min(max(round(left + size * scale), 0), length)
        start, end = ((at - left) / scale for at in (first, last))
        found.append((first, last, min(max(start, 0.0), size - 1e-3), min(max(end, 1e-3), float(size))))
    (x0, x1, left, right), (y0, y1, top, bottom) = found
    result = plain(shape, colour).copy()
    if x1 > x0 and y1 > y0 and right > left and bottom > top:
        seen = Image.fromarray(pixels).resize((x1 - x0, y1 - y0), Image.Resampling.BICUBIC, (left, top, right, bottom))
        result[y0:y1, x0:x1] = np.asarray(seen)
    return result


def _tiles_enlarged(pixels: Pixels, shape: tuple[int, ...], zoom: float, moved: tuple[float, float]) -> Pixels:
    from PIL import Image

    starts = [-by / zoom for by in moved]
    firsts = [math.floor(start) - 2 for start in starts]
    counts = [math.ceil(length / zoom) + 5 for length in (shape[1], shape[0])]
    columns, rows = (
        (np.arange(count) + first) % own
        for count, first, own in zip(counts, firsts, (pixels.shape[1], pixels.shape[0]), strict=True)
    )
    left, top = (start - first for start, first in zip(starts, firsts, strict=True))
    box = (left, top, left + shape[1] / zoom, top + shape[0] / zoom)
    plane = Image.fromarray(np.ascontiguousarray(pixels[rows][:, columns]))
    return np.asarray(plane.resize((shape[1], shape[0]), Image.Resampling.BICUBIC, box), np.uint8)


def tile_reduced(pixels: Pixels, factor: float) -> Pixels:
    """A tile, HxWx3 uint8, for a result reduced by `factor`; repeated where alone it could not keep its size.

    A tile of 10 pixels reduced by 4 would be 2 or 3 pixels wide and drift; ten of them are 25.
    """
    import cv2

    for axis in (0, 1):
        count, length = _repeats(pixels.shape[axis], factor)
        repeated = np.concatenate([pixels] * count, axis)
        size = (repeated.shape[1], length) if axis == 0 else (length, repeated.shape[0])
        pixels = np.asarray(cv2.resize(repeated, size, interpolation=cv2.INTER_AREA), np.uint8)
    return pixels


def _repeats(length: int, factor: float) -> tuple[int, int]:
    """How often to repeat a tile before it is reduced, and the total length afterwards."""

    def error(count: int) -> float:
        exact = count * length / factor
        return abs(max(1, round(exact)) - exact) / exact

    most = max(1, min(256, 4096 // length))
    count = next((count for count in range(1, most + 1) if error(count) < 1e-3), None) or min(
        range(1, most + 1), key=error
    )
    return count, max(1, round(count * length / factor))


def _resized(pixels: Pixels, height: int, width: int) -> Pixels:
    import cv2

    if pixels.shape[:2] == (height, width):
        return pixels
    shrinks = height * width < pixels.shape[0] * pixels.shape[1]
    interpolation = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(np.ascontiguousarray(pixels), (width, height), interpolation=interpolation), np.uint8)


def _crop(length: int, wanted: float, moved: float) -> slice:
    """Which part of `length`, about `wanted` long, is visible after moving by `moved`."""
    size = min(length, max(1, round(wanted)))
    start = min(max(round((length - size) // 2 - moved), 0), length - size)
    return slice(start, start + size)


class _Span(NamedTuple):
    size: int
    seen: slice


def _shown(length: int, wanted: float, moved: float) -> tuple[slice, _Span]:
    """Where a span about `wanted` long, centred, then moved, falls within `length`, and which part of it is visible."""
    size = min(length, max(1, round(wanted)))
    start = (length - size) // 2 + round(moved)
    first, last = min(max(start, 0), length), min(max(start + size, 0), length)
    return slice(first, last), _Span(size, slice(first - start, last - start))
