"""The layers of an export as large as its result, and in its frame; everything is new or shared, nothing is changed."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from rim_editor.documents import edits, layering
from rim_editor.documents.edits import Highlight
from rim_editor.documents.framing import Framing, frame_of, framed_strips, moved_inside, object_box
from rim_editor.documents.layering import RenderedLayer
from rim_editor.errors import EditorWarning

if TYPE_CHECKING:
    from clipmat.image_files import OpenedImage
    from clipmat.image_metadata import Metadata
    from rim_editor.documents.compositing import Strips

_BLURRED = 1.5
"""From here on it is seen that an object was enlarged."""


class ExportedImage(Protocol):
    """What the layers of an export lie on: an `OpenedImage`, or what a frame shows of one."""

    @property
    def pixels(self) -> Strips:
        """HxWx3 uint8 sRGB."""

    @property
    def alpha(self) -> Strips | None:
        """HxW uint8; None where the image is opaque."""

    @property
    def metadata(self) -> Metadata:
        """Of an image of this size."""


@dataclass(frozen=True, eq=False)
class FramedImage:
    """What a frame shows of an image, an `ExportedImage`."""

    pixels: Strips
    alpha: Strips | None
    metadata: Metadata


def at_size(
    source: OpenedImage, layers: tuple[RenderedLayer, ...], longest_side: int
) -> tuple[OpenedImage, tuple[RenderedLayer, ...]]:
    """Image and layers of a result that is reduced to `longest_side` pixels."""
    import cv2
    import numpy as np

    height, width = source.pixels.shape[:2]
    factor = max(height, width) / longest_side
    size = max(1, round(width / factor)), max(1, round(height / factor))
    pixels = np.asarray(cv2.resize(source.pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    alpha = None
    if source.alpha is not None:
        alpha = np.asarray(cv2.resize(source.alpha, size, interpolation=cv2.INTER_AREA), np.uint8)
    small = replace(source, pixels=pixels, alpha=alpha, metadata=source.metadata.of_size(size))

    def reduced(layer: RenderedLayer) -> RenderedLayer:
        matte = np.asarray(cv2.resize(layer.matte[:], size, interpolation=cv2.INTER_AREA), np.float32)
        return replace(layer, matte=np.clip(matte, 0, 1), edit=edits.scaled(layer.edit, factor), colours=None)

    return small, tuple(reduced(layer) for layer in layers)


def in_frame(
    source: ExportedImage, layers: tuple[RenderedLayer, ...], framing: Framing, longest_side: int | None, *, flat: bool
) -> tuple[ExportedImage, tuple[RenderedLayer, ...]]:
    """Image and layers as the frame shows them; beside the image the mattes are 0 and colours go on.

    `flat` is a result without layers. Warns with an EditorWarning where the object is much enlarged, and raises what
    `frame_of` raises.
    """
    import numpy as np

    from rim_editor.documents.compositing import MovedColours, strips

    height, width = source.pixels.shape[:2]
    # A layer that the result does not show has no say where its frame is; of a file with layers it has.
    seen = layering.uncovered(layers) if flat else layers
    box = object_box(layering.united([each for layer in seen for each in _covers(layer)]))
    frame = frame_of(framing, box, longest_side)
    # The surroundings are part of a highlight, and there are none beside the image.
    if any(isinstance(layer.edit, Highlight) for layer in layers):
        frame = moved_inside(frame, width, height)
    if frame.scale > _BLURRED:
        text = f"The object is enlarged {frame.scale:.1f} times to fill the canvas: a larger photograph is sharper."
        warnings.warn(text, EditorWarning, stacklevel=5)
    opaque = np.broadcast_to(np.uint8(255), (height, width))
    alpha = framed_strips(opaque if source.alpha is None else source.alpha, frame)
    has_alpha = any((alpha[rows] < 255).any() for rows in strips(alpha))
    shown = FramedImage(
        framed_strips(source.pixels, frame, extended=True),
        alpha if has_alpha else None,
        source.metadata.of_size((frame.width, frame.height)),
    )
    # A tile is reduced with the image, but not enlarged.
    factor = max(1.0, 1 / frame.scale)
    # Lengths of a composition are shares of the image's longer side, which the frame changes.
    percent = max(width, height) * frame.scale / 100

    def moved(layer: RenderedLayer) -> RenderedLayer:
        colours = layer.colours
        if colours is not None:
            sides = colours.foreground, colours.background
            colours = MovedColours(*(framed_strips(side, frame, extended=True) for side in sides))
        edit = edits.scaled(layer.edit, factor)
        return replace(layer, matte=framed_strips(layer.matte, frame), edit=edit, colours=colours, percent=percent)

    return shown, tuple(moved(layer) for layer in layers)


def _covers(layer: RenderedLayer) -> tuple[Strips, ...]:
    """What a layer's object covers, and what its shadow and outline do, HxW in [0, 1] each."""
    from rim_editor.documents import composition_rendering

    return layer.matte, *(mark.cover for mark in composition_rendering.marks(layer))
