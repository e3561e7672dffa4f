"""Raster layers: what a file with layers, OpenRaster or Photoshop, holds for the layers of a document."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rim_editor.documents import edits, layering
from rim_editor.documents.edits import Cutout, Highlight, MatteOnly

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from clipmat.image_files import OpenedImage
    from rim_editor.documents.layering import RenderedLayer


@dataclass(frozen=True, eq=False)
class RasterLayer:
    """One layer, as large as the whole image."""

    name: str
    pixels: NDArray[np.uint8]
    """HxW grey, HxWx3, or HxWx4 with straight alpha; sRGB."""
    visible: bool = True
    uncut: NDArray[np.uint8] | None = None
    """HxWx3, for formats with layer masks: colours that go on beyond the alpha of `pixels`, which is the mask."""


def stack(source: OpenedImage, layers: tuple[RenderedLayer, ...]) -> tuple[tuple[RasterLayer, ...], NDArray[np.uint8]]:
    """Of each layer the cut-out and the matte, backgrounds or the highlighted image, and the original, top first.

    Those that are visible look together like the second value, which is what `layering.composed` returns, as
    colours of 8 bits. The others are for further work, the matte as a layer mask for instance.
    """
    import numpy as np

    from clipmat.foreground import separate

    pixels = source.pixels
    layers = tuple(replace(layer, colours=layer.colours or separate(pixels, layer.matte)) for layer in layers)
    merged = layering.with_channels(layering.composed(pixels, layers))
    raster: list[RasterLayer] = []
    # Where object and surroundings mix, no layer under the cut-out would give exactly a highlight's colours.
    flat = any(isinstance(layer.edit, Highlight) for layer in layers)
    covered = False  # by the background of a layer above
    for layer in reversed(layers):
        raster += _of_layer(pixels, layer, visible=not flat and not covered)
        covered = covered or edits.covers(layer.edit)
    if flat:
        raster.append(RasterLayer("highlight", merged))
    original = pixels if source.alpha is None else np.dstack([pixels, source.alpha])
    raster.append(RasterLayer("original", original, visible=False))
    return tuple(raster), merged


def _of_layer(pixels: NDArray[np.uint8], layer: RenderedLayer, *, visible: bool) -> list[RasterLayer]:
    import numpy as np

    from rim_editor.documents.compositing import as_grey

    named = f"{layer.title} " if layer.title else ""
    wanted = layer.edit if isinstance(layer.edit, Cutout) else Cutout()
    cutout = np.asarray(edits.apply(pixels, layer.matte, wanted, layer.colours), np.uint8)
    grey = np.asarray(as_grey(layer.matte, 8), np.uint8)
    uncut = np.where(cutout[..., 3:] > 0, cutout[..., :3], pixels)
    alone = isinstance(layer.edit, MatteOnly)
    raster = [
        RasterLayer(f"{named}cut-out", cutout, visible=visible and not alone, uncut=uncut),
        RasterLayer(f"{named}matte", grey, visible=visible and alone),
    ]
    if not isinstance(layer.edit, Cutout | MatteOnly | Highlight):
        raster.append(RasterLayer(f"{named}background", edits.backdrop(layer.edit, grey.shape), visible))
    return raster
