"""What a composition makes of a layer: the object at its place, matched to its background, with outline and shadow.

Blending is done in sRGB, as `edits.apply` does it. Of highlights and mattes only the place of a matte changes: a
highlight sets the object apart where it is.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clipmat.foreground import separate
from rim_editor.documents import colour_matching, compositing, edits, placing, silhouettes
from rim_editor.documents.compositing import Made, MovedColours, Strips
from rim_editor.documents.composition import Placement
from rim_editor.documents.edits import Background, Colour, Cutout, Highlight, MatteOnly
from rim_editor.documents.strokes import box_around

if TYPE_CHECKING:
    from rim_editor.documents.compositing import ObjectColours
    from rim_editor.documents.layering import RenderedLayer

Pixels = NDArray[np.uint8]
Coverage = NDArray[np.float32]

_UNSEEN = np.float32(0.4 / 255)
"""What covers no more changes no value of 8 bits."""


class Mark(NamedTuple):
    """What lies under the object in one colour: 'shadow' or 'outline'."""

    name: str
    cover: Strips
    """HxW float32 in [0, 1]."""
    colour: Colour


def is_placed(layer: RenderedLayer) -> bool:
    """Whether the object of a layer stands elsewhere than in its image."""
    return layer.composition.placement != Placement() and not isinstance(layer.edit, Highlight)


def settled(image: Strips, layer: RenderedLayer) -> RenderedLayer:
    """The layer with matte and colours of its object at their place, and no placement any more.

    `image` is HxWx3 uint8; the layer is returned as it is where it is not placed.
    """
    if not is_placed(layer):
        return layer
    matte = layer.matte[:]
    colours = layer.colours or separate(image[:], matte)
    foreground, placed = placing.placed(
        _own_colours(image, layer, colours), matte, layer.composition.placement, layer.middle
    )
    edit = replace(layer.edit, decontaminate=True) if isinstance(layer.edit, Cutout) else layer.edit
    return replace(
        layer,
        matte=placed,
        edit=edit,
        colours=MovedColours(foreground, colours.background),
        composition=replace(layer.composition, placement=Placement()),
    )


def laid(image: Strips, layer: RenderedLayer, below: Pixels | None) -> Pixels | NDArray[np.uint16]:
    """The result of one layer on what is `below` it; see `edits.apply`, whose layouts and errors it has."""
    layer = settled(image, layer)
    edit, matte = layer.edit, layer.matte
    if not layer.composition.has_effects or isinstance(edit, Highlight | MatteOnly):
        return edits.apply(image, matte, edit, layer.colours, below)
    ground = below if isinstance(edit, Cutout) else edits.backdrop(edit, image.shape)
    foreground = object_colours(image, layer, ground)
    if ground is None:
        return _alone(foreground, layer)
    under = marks(layer)
    # A view is the image of the edit, or one colour; what is below belongs to who gave it.
    result = ground if ground is not below and ground.flags.owndata else ground.copy()
    for mark in under:
        _lay_over(result, compositing.plain(matte.shape, mark.colour), mark.cover)
    _lay_over(result, foreground, matte)
    return result


def object_colours(image: Strips, layer: RenderedLayer, ground: Pixels | None) -> Strips:
    """The colours of a settled layer's object before `ground`, HxWx3; None for a transparent one, nothing to match.

    Colours are matched to an image only: that of the edit, or what the layers below give.
    """
    colours = _own_colours(image, layer, layer.colours or separate(image[:], layer.matte[:]))
    strength = layer.composition.colour_match
    if ground is None or strength <= 0 or not isinstance(layer.edit, Cutout | Background):
        return colours
    return colour_matching.matched(colours, layer.matte, ground, strength)


def marks(layer: RenderedLayer) -> tuple[Mark, ...]:
    """Shadow and outline of what the matte of a settled layer covers; from the lowest on. None for some edits."""
    if isinstance(layer.edit, Highlight | MatteOnly):
        return ()
    matte, outline, shadow = layer.matte, layer.composition.outline, layer.composition.shadow
    percent = layer.percent or max(matte.shape) / 100
    found: list[Mark] = []
    line = None if outline is None else silhouettes.widened(matte, outline.width * percent)
    if shadow is not None and shadow.strength > 0:
        far, angle = shadow.distance * percent, math.radians(shadow.angle)
        right, down, soft = far * math.cos(angle), far * math.sin(angle), shadow.softness * percent
        throws = matte if line is None else Made(matte.shape, lambda rows: np.maximum(matte[rows], line[rows]))
        thrown = silhouettes.shadow(throws, right, down, soft)
        strength = np.float32(shadow.strength)
        found.append(Mark("shadow", Made(matte.shape, lambda rows: thrown[rows] * strength), shadow.colour))
    if outline is not None and line is not None:
        found.append(Mark("outline", line, outline.colour))
    return tuple(found)


def _own_colours(image: Strips, layer: RenderedLayer, colours: ObjectColours) -> Strips:
    uncleaned = isinstance(layer.edit, Cutout) and not layer.edit.decontaminate
    return image if uncleaned else colours.foreground


def _lay_over(ground: Pixels, above: Strips, cover: Strips) -> None:
    """`compositing.over` in the place of `ground`, computed only where something is covered."""
    for rows in compositing.strips(cover):
        strip, part = ground[rows], cover[rows]
        box = box_around(part > _UNSEEN)
        if box is not None:
            strip[box] = compositing.over(above[rows][box], strip[box], part[box])


def _alone(foreground: Strips, layer: RenderedLayer) -> Pixels:
    """The object with its marks and nothing behind it: HxWx4 uint8, straight alpha."""
    import cv2

    matte, found = layer.matte, marks(layer)
    if not found:
        return compositing.whole(compositing.cut_out(foreground, matte))
    result = np.zeros((*matte.shape, 4), np.uint8)
    for mark in found:
        _lay_over(result, compositing.plain(matte.shape, mark.colour), mark.cover)
    _lay_over(result, foreground, matte)
    # Scaling reads colours a little outside of what is seen; the outermost there is the outline's or the shadow's.
    seen = result[..., 3]
    near = cv2.dilate(seen, np.ones((2 * compositing.RIM_PX + 1, 2 * compositing.RIM_PX + 1), np.uint8))
    result[(seen == 0) & (near > 0), :3] = found[-1].colour
    return result
