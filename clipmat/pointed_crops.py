"""What the network itself makes of points and a box: in the whole image, and closer where the object is small in it.

A box is looked at with some of what is around it. Clicks are looked at closer and closer as long as what is found
lies whole within the look and is no mere part of what was found before; zooming in is usual where clicks segment
(Sofiiuk et al., CVPR 2020). Words beside them, which often speak of the whole image ("on the left"), are left out of
closer looks.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from clipmat.expression import POINTED_AT
from clipmat.model import ClipMat, EncodedImage, MatteOutput
from clipmat.pointed_parts import boxed_plane, pixel_under
from clipmat.pointing import Pointing
from clipmat.pointing_planes import pointing_planes
from clipmat.region_growing import GrownRegion
from clipmat.transforms import resized, to_input

COVERED = 0.5
"""Alpha from which on a matte covers a click."""
BOX_SHARE = 0.7
"""Share of the network's own answer that has to be inside a box; the box may be drawn a little small."""
CLOSER = (1.6, 2.5, 4.0)
"""How many times as large each look at clicks shows the object."""
BOX_SURROUNDINGS = 0.8
"""How far around a box a look reaches, as a share of the box's longer side."""
SMALL_AREA = 0.15
"""Share of the image above which an object that clicks found is not looked at closer."""
CUT_OFF = 0.01
"""Mean alpha along a side of a look from which on the object goes on beyond it."""
SIMILAR, SETTLED = 0.25, 0.7
"""Least intersection over union with the look before; and that from which on the object is known, so that no closer
look may agree less."""
_LEAST_PX = 96
"""Longer side in pixels of the smallest part of an image that is worth a look of its own."""

Frame = tuple[slice, slice]
"""Rows and columns of a part of the image, in its pixels."""


class PointedCrops:
    """The answers of one network that knows points and a box; call it under the caller's inference mode."""

    def __init__(self, model: ClipMat) -> None:
        """`model` has the planes of `pointing_planes`."""
        self._model = model

    def answer(
        self, image: EncodedImage, pixels: NDArray[np.uint8], pointing: Pointing, text: tuple[Tensor, Tensor] | None
    ) -> GrownRegion | None:
        """What is pointed at in `pixels`, HxWx3 uint8, whose features are `image`: some points to keep, or a box.

        `text` is that of words beside it, tokens and their validity; None without any. None where the network does
        not have what was clicked, or has what was to be dropped.
        """
        size = (pixels.shape[0], pixels.shape[1])
        frame = None if pointing.box is None else _around_box(pointing, size)
        if frame is not None and (found := self._look_closer(frame, pixels, pointing)):
            return found
        best = self._seen(image, _whole(size), pointing, text)
        if pointing.box is not None or (best is not None and (best.matte > COVERED).mean() > SMALL_AREA):
            return best
        least = SIMILAR
        for closer in _around_clicks(pointing, size):
            found = self._look_closer(closer, pixels, pointing)
            if found is None or _is_cut_off(found, size):
                break
            if best is not None:
                agreement = _agreement(best, found)
                if agreement < least:  # a part, as the disc of a flower
                    break
                if agreement >= SETTLED:
                    least = SETTLED
            best = found
        return best

    @cached_property
    def _without_text(self) -> tuple[Tensor, Tensor]:
        """What stands for the words of whoever only points: the same for every click."""
        device = next(self._model.parameters()).device
        return self._model.encode_text(self._model.tokenize([POINTED_AT])[0].to(device))

    def _look_closer(self, frame: Frame, pixels: NDArray[np.uint8], pointing: Pointing) -> GrownRegion | None:
        device = next(self._model.parameters()).device
        part = to_input(pixels[frame], self._model.config).to(device, memory_format=torch.channels_last)
        return self._seen(self._model.encode_image(part), frame, pointing, None)

    def _seen(
        self, image: EncodedImage, frame: Frame, pointing: Pointing, text: tuple[Tensor, Tensor] | None
    ) -> GrownRegion | None:
        """The answer in the part of the image that was encoded; None where it does not follow what points."""
        at = pointing.in_frame(*frame, image.size)
        planes = torch.from_numpy(pointing_planes(at, image.size)).unsqueeze(0).to(image.alpha_logits.device)
        out = self._model.decode(image, *(text or self._without_text), pointing=planes, hard=True)
        found = _region(out, frame)
        return found if _follows(found.matte, at) else None


def whole_region(out: MatteOutput, size: tuple[int, int]) -> GrownRegion:
    """The network's answer to one expression, fused `hard`, for an image of `size`, height and width."""
    return _region(out, _whole(size))


def _region(out: MatteOutput, frame: Frame) -> GrownRegion:
    trimap = out.trimap_logits[0].float().softmax(dim=0).cpu().numpy()
    return GrownRegion(*frame, out.matte[0, 0].float().cpu().numpy(), trimap)


def _follows(matte: NDArray[np.float32], pointing: Pointing) -> bool:
    """Whether a matte has what was clicked, within a pixel, not what was to be dropped, and is mostly in the box."""
    for x, y, keep in pointing.points:
        column, row = pixel_under((x, y), matte.shape)
        near = matte[max(row - 1, 0) : row + 2, max(column - 1, 0) : column + 2]
        if near.max() < COVERED if keep else matte[row, column] > COVERED:
            return False
    solid = matte > COVERED
    if not solid.any():
        return False
    if pointing.box is None:
        return True
    inside = solid & (boxed_plane(matte.shape, pointing) > 0)
    return float(inside.sum()) >= BOX_SHARE * float(solid.sum())


def _is_cut_off(found: GrownRegion, size: tuple[int, int]) -> bool:
    """Whether a matte goes on beyond its part of the image, at a side that is not the image's own border."""
    matte, rows, columns = found.matte, found.rows, found.columns
    sides = [
        (rows.start > 0, matte[0]),
        (rows.stop < size[0], matte[-1]),
        (columns.start > 0, matte[:, 0]),
        (columns.stop < size[1], matte[:, -1]),
    ]
    return any(inner and float(side.mean()) >= CUT_OFF for inner, side in sides)


def _agreement(before: GrownRegion, closer: GrownRegion) -> float:
    """Intersection over union of two mattes within the closer one's part of the image."""
    rows = _share_of(before.rows, closer.rows, before.matte.shape[0])
    columns = _share_of(before.columns, closer.columns, before.matte.shape[1])
    one = resized(before.matte[rows, columns], (closer.matte.shape[0], closer.matte.shape[1])) > COVERED
    other = closer.matte > COVERED
    return float((one & other).sum()) / max(float((one | other).sum()), 1.0)


def _share_of(outer: slice, inner: slice, length: int) -> slice:
    """Where a part of a span lies when the span is stretched over `length` pixels."""
    scale = length / (outer.stop - outer.start)
    first = int((inner.start - outer.start) * scale)
    return slice(first, max(first + 1, round((inner.stop - outer.start) * scale)))


def _whole(size: tuple[int, int]) -> Frame:
    return slice(0, size[0]), slice(0, size[1])


def _around_box(pointing: Pointing, size: tuple[int, int]) -> Frame | None:
    """The box and its surroundings, with all points; None where that is most of the image."""
    assert pointing.box is not None
    x0, y0, x1, y1 = pointing.box
    beyond = max(BOX_SURROUNDINGS * max(x1 - x0, y1 - y0), (_LEAST_PX - max(x1 - x0, y1 - y0)) / 2)
    xs, ys = [x0 - beyond, x1 + beyond], [y0 - beyond, y1 + beyond]
    for x, y, _ in pointing.points:
        xs.append(x)
        ys.append(y)
    frame = _span(min(ys), max(ys) + 1, size[0]), _span(min(xs), max(xs) + 1, size[1])
    return None if _share(frame, size) > 1 / CLOSER[0] else frame


def _around_clicks(pointing: Pointing, size: tuple[int, int]) -> Iterator[Frame]:
    """Parts of the image that show all points, closer and closer."""
    xs, ys = zip(*((x, y) for x, y, _ in pointing.points), strict=True)
    kept_x, kept_y = zip(*pointing.keeps, strict=True)
    middle = (min(kept_y) + max(kept_y)) / 2, (min(kept_x) + max(kept_x)) / 2
    for factor in CLOSER:
        tall, wide = size[0] / factor, size[1] / factor
        if max(tall, wide) < _LEAST_PX:
            return
        top = min(max(middle[0] - tall / 2, 0.0), size[0] - tall)
        left = min(max(middle[1] - wide / 2, 0.0), size[1] - wide)
        frame = _span(top, top + tall, size[0]), _span(left, left + wide, size[1])
        rows, columns = frame
        if not (rows.start <= min(ys) and max(ys) < rows.stop and columns.start <= min(xs) and max(xs) < columns.stop):
            return
        yield frame


def _span(first: float, last: float, length: int) -> slice:
    return slice(max(0, int(first)), min(length, int(np.ceil(last))))


def _share(frame: Frame, size: tuple[int, int]) -> float:
    rows, columns = frame
    return float((rows.stop - rows.start) * (columns.stop - columns.start)) / (size[0] * size[1])
