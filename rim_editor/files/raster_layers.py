"""Raster layers: what a file with layers, OpenRaster or Photoshop, holds for the layers of a document."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rim_editor.documents import edits, layering
from rim_editor.documents.edits import Colour, Cutout, Highlight, MatteOnly

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from rim_editor.documents.compositing import Strips
    from rim_editor.documents.layering import RenderedLayer
    from rim_editor.files.export_layers import ExportedImage


@dataclass(frozen=True, eq=False)
class RasterLayer:
    """One layer, as large as the whole image."""

    name: str
    pixels: Strips
    """HxW grey, HxWx3, or HxWx4 with straight alpha; sRGB, uint8; made when they are written."""
    visible: bool = True
    uncut: Strips | None = None
    """HxWx3, for formats with layer masks: colours that go on beyond the alpha of `pixels`, which is the mask."""


def stack(
    source: ExportedImage, layers: tuple[RenderedLayer, ...], *, placed: bool = False
) -> tuple[tuple[RasterLayer, ...], NDArray[np.uint8]]:
    """Of each layer the cut-out with outline and shadow, the matte, backgrounds or the highlighted image; top first.

    Those that are visible look together like the second value, which is what `layering.composed` returns, as
    colours of 8 bits. The others are for further work, the matte as a layer mask for instance. The last is the
    original, unless an object is `placed` elsewhere, where the mattes do not fit it.
    """
    from clipmat.foreground import separate

    pixels = source.pixels
    layers = tuple(replace(layer, colours=layer.colours or separate(pixels[:], layer.matte[:])) for layer in layers)
    merged = layering.with_channels(layering.composed(pixels, layers))
    raster: list[RasterLayer] = []
    # Where object and surroundings mix, no layer under the cut-out would give exactly a highlight's colours.
    flat = any(isinstance(layer.edit, Highlight) for layer in layers)
    covered = False  # by the background of a layer above
    for place, layer in reversed(tuple(enumerate(layers))):
        below = None
        if layer.composition.colour_match and place:
            below = layering.with_channels(layering.composed(pixels, layers[:place]))
        raster += _of_layer(pixels, layer, below, visible=not flat and not covered)
        covered = covered or edits.covers(layer.edit)
    if flat:
        raster.append(RasterLayer("highlight", merged))
    if placed:
        return tuple(raster), merged
    raster.append(RasterLayer("original", _original(source), visible=False))
    return tuple(raster), merged


def _original(source: ExportedImage) -> Strips:
    import numpy as np

    from rim_editor.documents.compositing import Made

    pixels, alpha = source.pixels, source.alpha
    if alpha is None:
        return pixels
    return Made((*alpha.shape, 4), lambda rows: np.dstack([pixels[rows], alpha[rows]]))


def _in_one_colour(cover: Strips, colour: Colour) -> Strips:
    """One colour with a coverage as its alpha, HxWx4 uint8."""
    import numpy as np

    from rim_editor.documents.compositing import Made, as_grey, plain

    def strip(rows: slice) -> NDArray[np.uint8]:
        alpha = np.asarray(as_grey(cover[rows], 8), np.uint8)
        return np.dstack([plain(alpha.shape, colour), alpha])

    return Made((*cover.shape, 4), strip)


def _of_layer(
    pixels: Strips, layer: RenderedLayer, below: NDArray[np.uint8] | None, *, visible: bool
) -> list[RasterLayer]:
    import numpy as np

    from rim_editor.documents import composition_rendering
    from rim_editor.documents.compositing import Made, as_grey, cut_out

    named = f"{layer.title} " if layer.title else ""
    matte = layer.matte
    backdrop = None
    if not isinstance(layer.edit, Cutout | MatteOnly | Highlight):
        below = backdrop = edits.backdrop(layer.edit, matte.shape)
    cutout = cut_out(composition_rendering.object_colours(pixels, layer, below), matte)

    def colours_beyond(rows: slice) -> NDArray[np.uint8]:
        part = cutout[rows]
        return np.where(part[..., 3:] > 0, part[..., :3], np.asarray(pixels[rows], np.uint8))

    uncut = Made(pixels.shape, colours_beyond)
    alone = isinstance(layer.edit, MatteOnly)
    raster = [RasterLayer(f"{named}cut-out", cutout, visible=visible and not alone, uncut=uncut)]
    if not isinstance(layer.edit, MatteOnly | Highlight):
        for mark in reversed(composition_rendering.marks(layer)):
            raster.append(RasterLayer(f"{named}{mark.name}", _in_one_colour(mark.cover, mark.colour), visible))
    grey = Made(matte.shape, lambda rows: as_grey(matte[rows], 8))
    raster.append(RasterLayer(f"{named}matte", grey, visible=visible and alone))
    if backdrop is not None:
        raster.append(RasterLayer(f"{named}background", backdrop, visible))
    return raster
