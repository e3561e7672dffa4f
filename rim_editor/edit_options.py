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
    BACKGROUND = "background"


@dataclass(frozen=True)
class EditOptions:
    """What was said about the edit; None where nothing was."""

    color: str | None = None
    background: Path | None = None
    fit: Fit | None = None
    style: Style | None = None
    strength: float | None = None
    depth: int | None = None


_USES = {
    EditName.CUTOUT: (),
    EditName.MATTE: ("depth",),
    EditName.HIGHLIGHT: ("style", "strength", "color"),
    EditName.SOLID: ("color",),
    EditName.BACKGROUND: ("background", "fit", "color"),
}


def edit_from(name: EditName, options: EditOptions) -> Edit:
    """The edit, defaults filled in and the background image read.

    An option that the edit would ignore is refused: raises BadOption, and what `images.read` raises.
    """
    given = {option: value for option, value in asdict(options).items() if value is not None}
    for option in given:
        if option not in _USES[name]:
            users = " or ".join(f"--edit {other}" for other, used in _USES.items() if option in used)
            raise BadOption(f"--{option} has no use with --edit {name}: leave it out, or choose {users}.")
    if "color" in given:
        given["colour"] = parse_colour(given.pop("color"))
    match name:
        case EditName.CUTOUT:
            return Cutout()
        case EditName.MATTE:
            return MatteOnly(**given)
        case EditName.SOLID:
            return SolidColour(**given)
        case EditName.HIGHLIGHT:
            if "colour" in given and options.style is not Style.TINT:
                raise BadOption("--color has no use in this highlight: leave it out, or add --style tint.")
            return Highlight(**given)
        case EditName.BACKGROUND:
            if options.background is None:
                raise BadOption("--edit background needs an image: name it with --background FILE.")
            from rim_editor import images

            del given["background"]
            return Background(images.read(options.background).pixels, **given)
