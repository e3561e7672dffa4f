"""Geometry -> colour and exact alpha at any size: shapes are filled on a finer grid and averaged."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from training.strands.geometry import DrawnLayer, Floats, Geometry, Patches, Reals, Ribbons, StrandError

PixelBox = tuple[int, int, int, int]
"""x0, y0, x1, y1 in pixels."""
UnitBox = tuple[float, float, float, float]
"""x0, y0, x1, y1 in sides."""
_SHIFT = 8
"""Fractional bits of the coordinates that OpenCV gets."""
_CELLS = 2048
"""Least samples a side."""
_THIN = 1.85
"""Width in samples of the thinnest piece that is drawn."""
_EDGE = 3.0
"""Width in samples of the ribbon along the edge of a patch."""
# Measured on long straight pieces: sine of the angle to the nearer axis, and the widening in samples.
_SLANT = np.sin(np.radians([0, 15, 25, 30, 35, 40, 44, 45]))
_WIDER = np.array([1.385, 1.365, 1.325, 1.312, 1.287, 1.242, 1.203, 1.19])


class RenderedStrands(NamedTuple):
    """An entity in pixels."""

    colour: NDArray[np.uint8]
    """HxWx3 sRGB: the foreground's colour everywhere, also where alpha is 0."""
    alpha: Floats
    """HxW float32 in [0, 1]: the share of each pixel that is covered, times the opacity there."""


def render(geometry: Geometry, side: int, supersample: int = 4) -> RenderedStrands:
    """Draw `geometry` into a square of `side` pixels, from at least `supersample` x `supersample` samples a pixel.

    Small squares take more, so that fine strands stay wider than a sample.
    The alpha at `side` is the box average of the alpha at a multiple of it, within the sampling error.
    Raises StrandError when `side` or `supersample` is not at least 1.
    """
    if side < 1 or supersample < 1:
        raise StrandError(f"side {side} and supersample {supersample}: both are at least 1")
    supersample = max(supersample, -(-_CELLS // side))
    premultiplied = np.zeros((side, side, 3), np.float32)
    clear = np.ones((side, side), np.float32)
    for layer in geometry.layers:
        x0, y0 = (math.floor(low * side) for low in layer.box[:2])
        x1, y1 = (math.ceil(high * side) for high in layer.box[2:])
        x0, y0, x1, y1 = max(x0, 0), max(y0, 0), min(x1, side), min(y1, side)
        if x0 < x1 and y0 < y1:
            colour, alpha = _layer(layer, side, (x0, y0, x1, y1), supersample)
            rest = 1 - alpha
            premultiplied[y0:y1, x0:x1] *= rest[..., None]
            premultiplied[y0:y1, x0:x1] += colour
            clear[y0:y1, x0:x1] *= rest
    alpha = 1 - clear
    return RenderedStrands(_extended(premultiplied, alpha), alpha)


def _layer(layer: DrawnLayer, side: int, window: PixelBox, supersample: int) -> tuple[Floats, Floats]:
    """Premultiplied colour and alpha in a window of pixels."""
    size = (window[2] - window[0], window[3] - window[1])
    fine = _samples(layer.opacity, layer.box, side)
    opacity = alpha = _field(layer.opacity, layer.box, side, window, fine)
    colour = np.zeros((size[1], size[0], 3), np.float32)
    if layer.shapes:
        canvas = np.zeros((size[1] * supersample, size[0] * supersample, 4), np.uint8)
        _fill(canvas, layer.shapes, side * supersample, np.array(window[:2], np.float32) * supersample)
        # Multiplied on the field's own samples: at an outline, opacity and cover change together.
        alpha = opacity * _averaged(canvas, opacity.shape[1::-1])[..., 3] / np.float32(255)
        colour = _averaged(canvas, size)[..., :3] * _averaged(opacity, size)[..., None]
    alpha = _averaged(alpha, size)
    if layer.paint is not None:
        colour = _averaged(_field(layer.paint, layer.box, side, window, fine), size) * alpha[..., None]
    return colour, alpha


def _averaged(values: NDArray[Any], size: tuple[int, int]) -> Floats:
    """UnitBox averages on a grid of `size`, width and height."""
    return np.asarray(cv2.resize(values, size, interpolation=cv2.INTER_AREA), np.float32)


def _samples(lattice: Floats, box: UnitBox, side: int) -> int:
    """How many samples a pixel and side it takes to see every cell of a lattice."""
    if lattice.size == 1:
        return 1
    densest: float = max(lattice.shape[1] / (box[2] - box[0]), lattice.shape[0] / (box[3] - box[1]))
    return math.ceil(3 * densest / side)


def _field(lattice: Floats, box: UnitBox, side: int, window: PixelBox, fine: int) -> Floats:
    """A lattice that spans `box`, at `fine` x `fine` samples in each of the window's pixels."""
    rows, columns = lattice.shape[:2]
    width, height = (window[2] - window[0]) * fine, (window[3] - window[1]) * fine
    if rows == columns == 1:
        return np.broadcast_to(lattice[0, 0], (height, width, *lattice.shape[2:]))
    cells = side * fine
    across, down = columns / (cells * (box[2] - box[0])), rows / (cells * (box[3] - box[1]))
    place = np.array(
        [
            [across, 0, (window[0] * fine - cells * box[0] + 0.5) * across - 0.5],
            [0, down, (window[1] * fine - cells * box[1] + 0.5) * down - 0.5],
        ]
    )
    flags, border = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, cv2.BORDER_REPLICATE
    return np.asarray(cv2.warpAffine(lattice, place, (width, height), flags=flags, borderMode=border), np.float32)


def _fill(canvas: NDArray[np.uint8], shapes: tuple[Ribbons | Patches, ...], cells: int, origin: Floats) -> None:
    """Draw shapes onto premultiplied RGBA cells, of which there are `cells` a side and `origin` is the first."""
    strands = [_pieces(shape, cells, origin) for shape in shapes if isinstance(shape, Ribbons)]
    if strands:
        # Pieces too thin for a cell are drawn wider and fainter, the faintest first: none thins what is beneath it.
        pieces, colours = (np.concatenate(part) for part in zip(*strands, strict=True))
        order = np.argsort(colours[:, 3], kind="stable")
        order = order[: np.count_nonzero(colours[:, 3] < 255)]
        _draw(canvas, pieces[order], colours[order])
    turn = iter(strands)
    for shape in shapes:
        if isinstance(shape, Ribbons):
            pieces, colours = next(turn)
            full = colours[:, 3] == 255
            _draw(canvas, pieces[full], colours[full])
            continue
        for ring, colour in zip(shape.rings, shape.colours, strict=True):
            # Filled short of its edge, which a ribbon along the inside then gives exactly.
            edge = _inset(ring, _EDGE / 2 / cells)
            cv2.fillPoly(canvas, [_fixed(edge * cells - origin)], (*colour.tolist(), 255), cv2.LINE_8, _SHIFT)
            closed = np.concatenate([edge, edge[:2]])[None]
            size = closed.shape[:2]
            along = Ribbons(closed, np.full(size, _EDGE / cells, np.float32), np.broadcast_to(colour, (*size, 3)))
            _draw(canvas, *_pieces(along, cells, origin))


def _draw(canvas: NDArray[np.uint8], pieces: NDArray[np.int32], colours: Floats) -> None:
    for piece, colour in zip(pieces, colours.tolist(), strict=True):
        cv2.fillConvexPoly(canvas, piece, colour, cv2.LINE_AA, _SHIFT)


def _pieces(ribbons: Ribbons, cells: int, origin: Floats) -> tuple[NDArray[np.int32], Floats]:
    """A quadrilateral for each segment, and its RGBA: OpenCV draws convex ones to a hundredth of a cell."""
    points, widths = ribbons.points * np.float32(cells) - origin, ribbons.widths * np.float32(cells)
    normals = _normals(points)
    half = _narrowed(np.maximum(widths, _THIN), normals)[..., None] / 2 * normals
    left, right = points - half, points + half
    pieces = np.stack([left[:, :-1], left[:, 1:], right[:, 1:], right[:, :-1]], axis=2).reshape(-1, 4, 2)
    ends = np.stack([widths[:, :-1], widths[:, 1:]], axis=-1).reshape(-1, 2)
    thin = ends.max(axis=1, keepdims=True) < 2 * _THIN
    share = np.where(thin, ends.sum(axis=1, keepdims=True) / np.maximum(ends, _THIN).sum(axis=1, keepdims=True), 1)
    paint = (ribbons.colours[:, :-1] + ribbons.colours[:, 1:]).reshape(-1, 3) / 2
    return _fixed(pieces), np.hstack([paint, np.full_like(share, 255)]) * share


def _inset(ring: Floats, depth: float) -> Floats:
    """A closed ring moved inwards by `depth`."""
    nearby = _normals(np.concatenate([ring[-1:], ring, ring[:1]]))[1:-1]
    turning = np.sum(ring[:, 0] * np.roll(ring[:, 1], -1) - ring[:, 1] * np.roll(ring[:, 0], -1))
    return np.asarray(ring + np.sign(turning) * depth * nearby, np.float32)


def _narrowed(widths: Floats, normals: Floats) -> Floats:
    """The width in cells to ask of OpenCV, whose smooth edges widen a piece by its direction, most where it is thin."""
    rest = widths - np.interp(np.abs(normals).min(axis=-1), _SLANT, _WIDER)
    return np.asarray(rest - 0.5 * np.exp(-2.7 * rest), np.float32)


def _normals(points: Floats) -> Floats:
    """Unit normals at the vertices of polylines ...xPx2."""
    padded = np.concatenate([points[..., :1, :], points, points[..., -1:, :]], axis=-2)
    along = padded[..., 2:, :] - padded[..., :-2, :]
    along /= np.maximum(np.hypot(along[..., 0], along[..., 1]), 1e-9)[..., None]
    return np.stack([-along[..., 1], along[..., 0]], axis=-1)


def _fixed(points: Reals) -> NDArray[np.int32]:
    # OpenCV's whole numbers are the centres of cells.
    return np.round((points - 0.5) * (1 << _SHIFT)).astype(np.int32)


def _extended(premultiplied: Floats, alpha: Floats) -> NDArray[np.uint8]:
    """Colour where there is some, and elsewhere the colour around, from ever coarser grids (push and pull)."""
    pyramid = [np.dstack([premultiplied, alpha])]
    while max(pyramid[-1].shape[:2]) > 1:
        height, width = pyramid[-1].shape[:2]
        half = cv2.resize(pyramid[-1], ((width + 1) // 2, (height + 1) // 2), interpolation=cv2.INTER_AREA)
        pyramid.append(np.asarray(half, np.float32))
    colour = np.zeros((1, 1, 3), np.float32)
    for level in reversed(pyramid):
        colour = np.asarray(cv2.resize(colour, level.shape[1::-1], interpolation=cv2.INTER_LINEAR), np.float32)
        share = level[..., 3:]
        # Eight-bit sums leave too little of the colour where alpha is small; the coarsest grid has to do.
        known = np.minimum(share * 4, 1) ** 2 if level.size > 4 else 1
        colour += known * (level[..., :3] / np.maximum(share, 1e-6) - colour)
    return np.asarray(np.clip(colour + 0.5, 0, 255), np.uint8)
