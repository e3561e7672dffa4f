"""The description of an edit: in words and numbers that the command line, JSON and manifests share.

An edit itself (edits.py) holds the pixels of its background; a description names the background's file instead.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import EnumType, StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_type_hints

from clipmat import records
from rim_editor.documents.edits import (
    Background,
    Cutout,
    Edit,
    Fit,
    Gradient,
    Highlight,
    MatteOnly,
    SolidColour,
    Style,
    colour_text,
    parse_colour,
)
from rim_editor.errors import BadOption

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class EditName(StrEnum):
    """The edits as the command line calls them."""

    CUTOUT = "cutout"
    MATTE = "matte"
    HIGHLIGHT = "highlight"
    SOLID = "solid"
    GRADIENT = "gradient"
    BACKGROUND = "background"


@dataclass(frozen=True)
class EditDescription:
    """An edit's name and its options; None for the default of the edit, or where it does not use the option."""

    name: EditName = EditName.CUTOUT
    color: str | None = None
    """'#rrggbb': of a solid colour, a gradient's start, a tint, or what is beside a background that does not fill."""
    to_color: str | None = None
    angle: float | None = None
    background: Path | None = None
    """An image's file, or a project's, for the background in that."""
    fit: Fit | None = None
    offset: str | None = None
    """'X,Y', shares of width and height."""
    scale: float | None = None
    style: Style | None = None
    strength: float | None = None
    depth: int | None = None
    decontaminate: bool | None = None

    @classmethod
    def of(cls, edit: Edit, background: Path | None = None) -> EditDescription:
        """The description of `edit`; `background` is the file of a Background's image. Raises BadOption without it."""
        match edit:
            case Cutout(decontaminate=decontaminate):
                return cls(decontaminate=None if decontaminate else False)
            case MatteOnly(depth=depth):
                return cls(EditName.MATTE, depth=depth)
            case SolidColour(colour=colour):
                return cls(EditName.SOLID, color=colour_text(colour))
            case Gradient(start=start, end=end, angle=angle):
                return cls(EditName.GRADIENT, color=colour_text(start), to_color=colour_text(end), angle=angle)
            case Highlight(style=style, strength=strength, colour=colour):
                tint = colour_text(colour) if style is Style.TINT else None
                return cls(EditName.HIGHLIGHT, color=tint, style=style, strength=strength)
            case Background(fit=fit, colour=colour, offset=(right, down), scale=scale):
                if background is None:
                    raise BadOption("A batch reads its background from a file: choose the background as a file.")
                offset = f"{right!r},{down!r}"
                color = colour_text(colour)
                larger = None if scale == 1 else scale
                return cls(
                    EditName.BACKGROUND, color=color, background=background, fit=fit, offset=offset, scale=larger
                )

    def read(self) -> Edit:
        """The edit, with defaults filled in and the image of a background read now.

        Raises BadOption, also for an option that the edit would ignore, and what `image_files.read` raises.
        """
        values = self._values()
        match self.name:
            case EditName.CUTOUT:
                return Cutout(**values)
            case EditName.MATTE:
                return MatteOnly(**values)
            case EditName.SOLID:
                return SolidColour(**values)
            case EditName.GRADIENT:
                return Gradient(**values)
            case EditName.HIGHLIGHT:
                return Highlight(**values)
            case EditName.BACKGROUND:
                return Background(_background(values.pop("background")), **values)

    def stand_in(self) -> Edit:
        """An edit with the same needs of the output's format, made without reading an image. Raises BadOption."""
        if self.name is not EditName.BACKGROUND:
            return self.read()
        values = self._values()
        return SolidColour(values["colour"]) if "colour" in values else SolidColour()

    def with_defaults(self, usual: EditDescription) -> EditDescription:
        """This description with the options of `usual` where it has none, if both are of the same name."""
        return replace(usual, **self._given()) if usual.name is self.name else self

    def to_json(self) -> dict[str, Any]:
        """The name, and the options that were given."""
        return {name: value for name, value in records.to_data(self).items() if value is not None}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> EditDescription:
        """The description that `to_json` gave. Raises BadOption, which names the invalid option."""
        kinds = get_type_hints(cls)
        given = {}
        for option, value in data.items():
            if option not in kinds:
                known = ", ".join(name for name in kinds if name != "name")
                raise BadOption(f"'{option}' is not an option of an edit: choose among {known}.")
            try:
                given[option] = records.from_data(kinds[option], value)
            except ValueError as error:
                choices = _CHOICES.get(option)
                if choices is None:
                    raise BadOption(f"'{value}' does not fit the option '{option}' of an edit.") from error
                name = "edit" if option == "name" else option
                raise BadOption(f"'{value}' is unknown as the {name}: choose among {', '.join(choices)}.") from error
        return cls(**given)

    def _given(self) -> dict[str, Any]:
        options = (each.name for each in fields(self) if each.name != "name")
        return {name: value for name in options if (value := getattr(self, name)) is not None}

    def _values(self) -> dict[str, Any]:
        """The options as the edit's class names and takes them. Raises BadOption."""
        given = self._given()
        for option in given:
            if option not in _USES[self.name]:
                users = " or ".join(f"--edit {other}" for other, used in _USES.items() if option in used)
                spelt = option.replace("_", "-")
                raise BadOption(f"--{spelt} does not go with --edit {self.name}: leave it out, or choose {users}.")
        if self.name is EditName.HIGHLIGHT and "color" in given and self.style is not Style.TINT:
            raise BadOption("--color does not go with this highlight: leave it out, or add --style tint.")
        if self.name is EditName.BACKGROUND and self.background is None:
            raise BadOption("--edit background needs an image: name it with --background FILE.")
        if "color" in given:
            name = "start" if self.name is EditName.GRADIENT else "colour"
            given[name] = parse_colour(given.pop("color"))
        if "to_color" in given:
            given["end"] = parse_colour(given.pop("to_color"))
        if "offset" in given:
            given["offset"] = _parse_offset(given["offset"])
        return given


_USES: dict[EditName, tuple[str, ...]] = {
    EditName.CUTOUT: ("decontaminate",),
    EditName.MATTE: ("depth",),
    EditName.HIGHLIGHT: ("style", "strength", "color"),
    EditName.SOLID: ("color",),
    EditName.GRADIENT: ("color", "to_color", "angle"),
    EditName.BACKGROUND: ("background", "fit", "offset", "scale", "color"),
}
_CHOICES: dict[str, EnumType] = {"name": EditName, "fit": Fit, "style": Style}


def _background(path: Path) -> NDArray[np.uint8]:
    from clipmat import image_files
    from rim_editor.files import projects

    if not projects.is_project(path):
        return image_files.read(path).pixels
    edit = projects.read(path).history.current.edit
    if not isinstance(edit, Background):
        raise BadOption(f"The project '{path}' has no background any more: save it with one, or name an image.")
    return edit.image


def _parse_offset(text: str) -> tuple[float, float]:
    try:
        right, down = (float(share) for share in text.split(","))
        if not math.isfinite(right) or not math.isfinite(down):
            raise ValueError(text)
    except ValueError as error:
        remedy = "write shares of width and height, for example '0.1,-0.25'"
        raise BadOption(f"'{text}' is not an offset: {remedy}.") from error
    return right, down
