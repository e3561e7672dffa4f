"""Layering: several layers of one image become one result, from bottom to top."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from rim_editor.documents import edits
from rim_editor.documents.composition import Composition

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from rim_editor.documents.compositing import ObjectColours, Strips
    from rim_editor.documents.document import Document, Layer
    from rim_editor.documents.edits import Edit


@dataclass(frozen=True, eq=False)
class RenderedLayer:
    """A layer with its matte at the size at which it is needed."""

    matte: Strips
    """HxW float32 in [0, 1]; all of it, `[:]`, is made anew where the object was placed elsewhere."""
    edit: Edit
    """For an image of that size, see `edits.scaled`."""
    colours: ObjectColours | None = None
    """Of the image by this matte; None if they are not known yet."""
    title: str = ""
    composition: Composition = Composition()
    middle: tuple[float, float] = (0.5, 0.5)
    """x, y of the middle of the object before it is placed, as shares of width and height."""
    percent: float | None = None
    """Pixels that one percent of a composition's lengths has; None for that of the longer side."""


def composed(image: Strips, layers: Iterable[RenderedLayer]) -> NDArray[np.uint8] | NDArray[np.uint16]:
    """The result of `layers`, at least one, from bottom to top; of the size of `image`, HxWx3 uint8.

    The lowest has the image's surroundings, each other one what the layers under it give, see `edits.apply`; how its
    object stands on them is in `composition_rendering`. The
    layout is the one of the edit; where there are several layers, it is HxWx3 or HxWx4 uint8, never grey.
    Raises ValueError when there is no layer.
    """
    from rim_editor.documents import composition_rendering

    result: NDArray[np.uint8] | NDArray[np.uint16] | None = None
    for layer in layers:
        below = None if result is None else with_channels(result)
        result = composition_rendering.laid(image, layer, below)
        if below is not None:
            result = with_channels(result)
    if result is None:
        raise ValueError("there is no layer to compose")
    return result


def covers(document: Document) -> bool:
    """Whether the edit of the active layer hides layers below it that would be seen without."""
    below = document.layers[: document.active]
    return edits.covers(document.edit) and document.layer.visible and any(layer.visible for layer in below)


def has_image_behind(document: Document) -> bool:
    """Whether an image is behind the object of the active layer, to which its colours can be matched.

    That is the image of its edit, or what visible layers below a cut-out give; what these look like does not count.
    """
    if isinstance(document.edit, edits.Background):
        return True
    below = document.layers[: document.active]
    return isinstance(document.edit, edits.Cutout) and any(layer.visible for layer in below)


L = TypeVar("L", "Layer", "RenderedLayer")


def uncovered(layers: tuple[L, ...]) -> tuple[L, ...]:
    """The layers that are seen: from the highest on that covers all under it; all where none does."""
    first = max((place for place, layer in enumerate(layers) if edits.covers(layer.edit)), default=0)
    return layers[first:]


def deciding_edit(layers: tuple[Layer, ...]) -> Edit:
    """The edit that decides whether the result of `layers` is transparent: the highest that covers those under it."""
    return next((layer.edit for layer in reversed(layers) if edits.covers(layer.edit)), layers[0].edit)


def united(mattes: Sequence[Strips]) -> Strips:
    """The alpha of mattes that lie over each other: 1 - (1 - a)(1 - b)..., HxW in [0, 1]; the one matte itself."""
    import numpy as np

    from rim_editor.documents.compositing import Made

    if len(mattes) == 1:
        return mattes[0]

    def strip(rows: slice) -> NDArray[np.float32]:
        rest = np.float32(1) - mattes[0][rows]
        for matte in mattes[1:]:
            rest *= np.float32(1) - matte[rows]
        return np.asarray(np.float32(1) - rest, np.float32)

    return Made(mattes[0].shape, strip)


def with_channels(pixels: NDArray[np.uint8] | NDArray[np.uint16]) -> NDArray[np.uint8]:
    """Grey of either depth as HxWx3 uint8; pixels with channels as they are."""
    import numpy as np

    if pixels.ndim == 3:
        return np.asarray(pixels, np.uint8)
    grey = pixels if pixels.dtype == np.uint8 else np.rint(pixels / np.float32(257))
    return np.repeat(np.asarray(grey, np.uint8)[:, :, None], 3, axis=2)
