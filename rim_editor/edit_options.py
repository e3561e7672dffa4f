"""The words of the command line for an edit, and the edit that they make."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from rim_editor.edits import (
    Background,
    Cutout,
    Edit,
    Fit,
    Gradient,
    Highlight,
    MatteOnly,
    SolidColour,
    Style,
    parse_colour,
)
from rim_editor.errors import BadOption


class EditName(StrEnum):
    """The edits as the command line calls them."""

    CUTOUT = "cutout"
    MATTE = "matte"
    HIGHLIGHT = "highlight"
    SOLID = "solid"
    GRADIENT = "gradient"
    BACKGROUND = "background"


@dataclass(frozen=True)
class EditOptions:
    """What was said about the edit; None where nothing was."""

    color: str | None = None
    to_color: str | None = None
    angle: float | None = None
    background: Path | None = None
    fit: Fit | None = None
    offset: str | None = None
    style: Style | None = None
    strength: float | None = None
    depth: int | None = None


_USES = {
    EditName.CUTOUT: (),
    EditName.MATTE: ("depth",),
    EditName.HIGHLIGHT: ("style", "strength", "color"),
    EditName.SOLID: ("color",),
    EditName.GRADIENT: ("color", "to_color", "angle"),
    EditName.BACKGROUND: ("background", "fit", "offset", "color"),
}


def edit_from(name: EditName, options: EditOptions) -> Edit:
    """The edit, defaults filled in and the background image read.

    An option that the edit would ignore is refused: raises BadOption, and what `image_files.read` raises.
    """
    given = {option: value for option, value in asdict(options).items() if value is not None}
    for option in given:
        if option not in _USES[name]:
            users = " or ".join(f"--edit {other}" for other, used in _USES.items() if option in used)
            spelt = option.replace("_", "-")
            raise BadOption(f"--{spelt} has no use with --edit {name}: leave it out, or choose {users}.")
    if "color" in given:
        given["colour"] = parse_colour(given.pop("color"))
    if "to_color" in given:
        given["end"] = parse_colour(given.pop("to_color"))
    if "offset" in given:
        given["offset"] = parse_offset(given["offset"])
    match name:
        case EditName.CUTOUT:
            return Cutout()
        case EditName.MATTE:
            return MatteOnly(**given)
        case EditName.SOLID:
            return SolidColour(**given)
        case EditName.GRADIENT:
            if "colour" in given:
                given["start"] = given.pop("colour")
            return Gradient(**given)
        case EditName.HIGHLIGHT:
            if "colour" in given and options.style is not Style.TINT:
                raise BadOption("--color has no use in this highlight: leave it out, or add --style tint.")
            return Highlight(**given)
        case EditName.BACKGROUND:
            if options.background is None:
                raise BadOption("--edit background needs an image: name it with --background FILE.")
            from clipmat import image_files

            del given["background"]
            return Background(image_files.read(options.background).pixels, **given)


def parse_offset(text: str) -> tuple[float, float]:
    """The two shares that 'X,Y' names, such as '0.1,-0.25'. Raises BadOption."""
    try:
        right, down = (float(share) for share in text.split(","))
    except ValueError as error:
        what = f"'{text}' is no offset: write shares of width and height, for example '0.1,-0.25'."
        raise BadOption(what) from error
    return right, down
