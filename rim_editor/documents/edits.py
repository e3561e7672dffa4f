"""Edits of an object and its surroundings, described by frozen data, and `apply`, which carries them out.

The arithmetic is in compositing.py; numpy is not imported here, so that the command line starts fast.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar, assert_never

from rim_editor.errors import BadOption

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from rim_editor.documents.compositing import ObjectColours, Strips

Colour = tuple[int, int, int]
"""Red, green, blue in sRGB, each 0 to 255."""

WHITE: Colour = (255, 255, 255)
BLACK: Colour = (0, 0, 0)
SIGNAL: Colour = (255, 64, 64)


class Style(StrEnum):
    """How `Highlight` sets the object apart."""

    DIM = "dim"
    DESATURATE = "desaturate"
    BLUR = "blur"
    TINT = "tint"


class Fit(StrEnum):
    """How `Background` meets the size of the image."""

    COVER = "cover"
    FIT = "fit"
    TILE = "tile"


@dataclass(frozen=True)
class Cutout:
    """The object alone: HxWx4 uint8, straight alpha."""

    decontaminate: bool = True
    """Whether its colours are freed of the old background; otherwise they are the image's own."""
    transparent: ClassVar[bool] = True


@dataclass(frozen=True)
class MatteOnly:
    """The matte as grey: HxW uint8 (0 to 255) for depth 8, HxW uint16 (0 to 65535) for depth 16."""

    depth: int = 8
    transparent: ClassVar[bool] = False

    def __post_init__(self) -> None:
        check_depth(self.depth)


@dataclass(frozen=True)
class Highlight:
    """The object set apart, HxWx3 uint8; `strength` 0 leaves the image as it is, 1 is the full effect.

    Dim, desaturate and blur change the surroundings and leave the object as it is; at strength 1 they end in
    black, in grey, and in a Gaussian of 2 % of the longer side. Tint mixes `colour` into the object.
    """

    style: Style = Style.DIM
    strength: float = 0.7
    colour: Colour = SIGNAL
    transparent: ClassVar[bool] = False

    def __post_init__(self) -> None:
        if not 0.0 <= self.strength <= 1.0:
            raise BadOption(f"A strength of {self.strength} is out of range: choose 0 to 1.")


@dataclass(frozen=True)
class SolidColour:
    """The object on one opaque colour, HxWx3 uint8."""

    colour: Colour = WHITE
    transparent: ClassVar[bool] = False


@dataclass(frozen=True)
class Gradient:
    """The object on a gradient from `start` to `end`, HxWx3 uint8, opaque, dithered so that no bands show.

    `angle` is in degrees: 0 runs from left to right, 90 from top to bottom; the ends meet the corners.
    """

    start: Colour = WHITE
    end: Colour = BLACK
    angle: float = 90.0
    transparent: ClassVar[bool] = False

    def __post_init__(self) -> None:
        if not math.isfinite(self.angle):
            raise BadOption(f"An angle of {self.angle} cannot be drawn: choose degrees, such as 90 for top to bottom.")


@dataclass(frozen=True, eq=False)
class Background:
    """The object on another image, HxWx3 uint8, opaque.

    `image` is HxWx3 uint8 sRGB of any size. Cover fills and crops about the centre, fit shows all of it
    with `colour` beside it, tile repeats it from the top left corner at its own size.
    """

    image: NDArray[np.uint8]
    fit: Fit = Fit.COVER
    colour: Colour = WHITE
    offset: tuple[float, float] = (0.0, 0.0)
    """Shares of the result's width and height by which the background is moved right and down. Cover stops
    where a gap would open, fit fills the gap with `colour`, tile repeats without end."""
    scale: float = 1.0
    """How many times as large as it fits, about the centre, 0.1 to 10; of a tile, as its own size. Cover takes 1 at
    least, so that no gap opens."""
    transparent: ClassVar[bool] = False

    def __post_init__(self) -> None:
        if not all(math.isfinite(share) for share in self.offset):
            raise BadOption(
                f"An offset of {self.offset} cannot be applied: choose shares of width and height, such as 0.1."
            )
        if not 0.1 <= self.scale <= 10:
            raise BadOption(f"A scale of the background of {self.scale:g} is out of range: choose 0.1 to 10.")

    def clamped(self, width: int, height: int) -> Background:
        """This background with its offset limited to what has an effect on a result of `width` x `height` pixels.

        Only COVER has a limit; along a side that it just fills it cannot move at all.
        """
        if self.fit is not Fit.COVER:
            return self
        own_height, own_width = self.image.shape[:2]
        scale = max(width / own_width, height / own_height) * max(self.scale, 1.0)
        spare = (own_width * scale / width - 1) / 2, (own_height * scale / height - 1) / 2
        right, down = (min(max(at, -most), most) for at, most in zip(self.offset, spare, strict=True))
        return replace(self, offset=(right, down))


Edit = Cutout | MatteOnly | Highlight | SolidColour | Gradient | Background


def covers(edit: Edit) -> bool:
    """Whether the edit brings a background of its own, which hides what is under its layer; see `apply`."""
    return not isinstance(edit, Cutout | Highlight)


def check_depth(depth: int) -> None:
    """Refuse a number of bits that no matte can have. Raises BadOption."""
    if depth not in (8, 16):
        raise BadOption(f"A depth of {depth} bits is not possible: choose a depth of 8 or 16.")


def parse_colour(text: str) -> Colour:
    """The colour that '#rrggbb' or '#rgb' names (the '#' may be left out). Raises BadOption."""
    digits = text.strip().removeprefix("#")
    if not re.fullmatch(r"[0-9a-fA-F]{3}|[0-9a-fA-F]{6}", digits):
        raise BadOption(f"'{text}' is not a colour: write it as '#rrggbb', for example '#00b140'.")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    red, green, blue = bytes.fromhex(digits)
    return red, green, blue


def colour_text(colour: Colour) -> str:
    """'#rrggbb', which `parse_colour` reads."""
    return "#" + bytes(colour).hex()


def scaled(edit: Edit, factor: float) -> Edit:
    """The edit to apply to an image reduced by `factor` (2: half as wide), for the same result, reduced.

    Only a tiled background has a size of its own; every other edit is returned as it is.
    Raises ValueError when `factor` is not positive.
    """
    if not factor > 0:
        raise ValueError(f"an edit cannot be reduced by {factor}")
    if factor == 1 or not isinstance(edit, Background) or edit.fit is not Fit.TILE:
        return edit
    from rim_editor.documents import backdrops

    if edit.scale > factor:
        return replace(edit, scale=edit.scale / factor)
    return replace(edit, image=backdrops.tile_reduced(edit.image, factor / edit.scale), scale=1.0)


def apply(
    image: Strips,
    matte: Strips,
    edit: Edit,
    colours: ObjectColours | None = None,
    below: NDArray[np.uint8] | None = None,
) -> NDArray[np.uint8] | NDArray[np.uint16]:
    """The edited image, of the size of `image`; the edit's class describes the layout.

    `image` is HxWx3 uint8 sRGB, `matte` HxW float32 in [0, 1]; `colours` is `separate(image, matte)`, computed here
    if None. Blending is done in sRGB, as other editors do.

    `below` is the result of the layers under this one, HxWx3 or HxWx4 uint8 with straight alpha; it then takes the
    place of the object's surroundings: Cutout lays the object over it, Highlight sets the object apart from it, and an
    edit that brings a background of its own covers it. The result of the first two has the layout of `below`.
    Raises ValueError when the shapes do not belong together.
    """
    from clipmat.foreground import separate
    from rim_editor.documents import compositing

    if len(image.shape) != 3 or image.shape[2] != 3 or matte.shape != image.shape[:2]:
        raise ValueError(f"image {image.shape} and matte {matte.shape} do not belong together")
    if below is not None and (below.ndim != 3 or below.shape[:2] != matte.shape):
        raise ValueError(f"image {image.shape} and what is below it, {below.shape}, do not belong together")
    if isinstance(edit, MatteOnly):
        return compositing.as_grey(matte, edit.depth)
    if isinstance(edit, Cutout):
        own = (colours or separate(image[:], matte[:])).foreground if edit.decontaminate else image
        if below is not None:
            return compositing.over(own, below, matte)
        return compositing.whole(compositing.cut_out(own, matte))
    colours = colours or separate(image[:], matte[:])
    if isinstance(edit, Highlight):
        if below is None:
            return _highlight(image, matte, edit, colours)
        return _highlight_over(below, matte, edit, colours)
    return compositing.over(colours.foreground, backdrop(edit, image.shape), matte)


def backdrop(edit: SolidColour | Gradient | Background, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """The background that `edit` puts behind an image of `shape` (height, width, ...): HxWx3 uint8, maybe read-only."""
    from rim_editor.documents import backdrops, compositing

    if isinstance(edit, SolidColour):
        return compositing.plain(shape, edit.colour)
    if isinstance(edit, Gradient):
        return backdrops.gradient(shape, edit.start, edit.end, edit.angle)
    if isinstance(edit, Background):
        return backdrops.fitted(edit.image, shape, edit.fit.value, edit.colour, edit.offset, edit.scale)
    assert_never(edit)


def _highlight(image: Strips, matte: Strips, edit: Highlight, colours: ObjectColours) -> NDArray[np.uint8]:
    from rim_editor.documents import compositing

    if edit.style is Style.TINT:
        return compositing.exchanged(image, colours.foreground, _tinted(colours, edit), matte)
    surroundings = compositing.rest(matte)
    changed = _set_back(colours.background, surroundings, edit)
    return compositing.exchanged(image, colours.background, changed, surroundings)


def _highlight_over(
    below: NDArray[np.uint8], matte: Strips, edit: Highlight, colours: ObjectColours
) -> NDArray[np.uint8]:
    import numpy as np

    from rim_editor.documents import compositing

    if edit.style is Style.TINT:
        return compositing.over(_tinted(colours, edit), below, matte)
    if below.shape[2] == 3:
        return compositing.over(colours.foreground, _set_back(below, np.ones(matte.shape, np.float32), edit), matte)
    solid = np.asarray(below[..., 3] / np.float32(255), np.float32)
    changed = _set_back(np.ascontiguousarray(below[..., :3]), solid, edit)
    set_back = compositing.Made(below.shape, lambda rows: np.dstack([changed[rows], below[rows, :, 3]]))
    return compositing.over(colours.foreground, set_back, matte)


def _tinted(colours: ObjectColours, edit: Highlight) -> Strips:
    from rim_editor.documents import compositing

    return compositing.mixed(
        colours.foreground, compositing.plain(colours.foreground.shape, edit.colour), edit.strength
    )


def _set_back(pixels: Strips, weight: Strips, edit: Highlight) -> Strips:
    """The surroundings as the highlight changes them; `weight` is how much each pixel belongs to them."""
    from rim_editor.documents import compositing

    if edit.style is Style.DIM:
        return compositing.mixed(pixels, compositing.plain(pixels.shape, BLACK), edit.strength)
    if edit.style is Style.DESATURATE:
        return compositing.mixed(pixels, compositing.grey(pixels), edit.strength)
    if edit.style is Style.BLUR:
        return compositing.blurred(pixels, weight, sigma=edit.strength * 0.02 * max(weight.shape))
    raise AssertionError(f"{edit.style} does not change the surroundings")
