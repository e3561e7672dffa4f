"""Composition: where the cut-out of a layer stands on its background, with shadow, outline and matched colours.

Frozen data, and their form in words for the command line. Lengths are percent of the image's longer side, so that a
composition means the same for an image of any size; what it does is in composition_rendering.py.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Any, TypeVar

from rim_editor.documents.edits import BLACK, WHITE, Colour, colour_text, parse_colour
from rim_editor.errors import BadOption

USUAL = "usual"
"""The word for a shadow or an outline as it is at first."""


def _check(noun: str, value: float, low: float, high: float) -> None:
    if not (math.isfinite(value) and low <= value <= high):
        article = "An" if noun[0] in "aeiou" else "A"
        raise BadOption(f"{article} {noun} of {value:g} is out of range: choose {low:g} to {high:g}.")


def _check_colour(colour: Colour) -> None:
    if any(not 0 <= channel <= 255 for channel in colour):
        raise BadOption(f"{colour} is not a colour: choose red, green and blue of 0 to 255.")


@dataclass(frozen=True)
class Placement:
    """How the object is moved, scaled, turned and mirrored; the defaults leave it where it is in its image.

    It is mirrored first, then scaled and turned about its middle, then moved. Raises BadOption out of range.
    """

    right: float = 0.0
    """Share of the image's width by which it is moved, -10 to 10."""
    down: float = 0.0
    """Share of the image's height by which it is moved, -10 to 10."""
    scale: float = 1.0
    """How many times as large as in the image, 0.01 to 20."""
    angle: float = 0.0
    """Degrees clockwise, -360 to 360."""
    mirrored: bool = False
    """Whether left and right of the object change places."""

    def __post_init__(self) -> None:
        _check("move", self.right, -10, 10)
        _check("move", self.down, -10, 10)
        _check("scale", self.scale, 0.01, 20)
        _check("angle", self.angle, -360, 360)


@dataclass(frozen=True)
class Shadow:
    """A soft shadow that the object throws on what is behind it. Raises BadOption out of range."""

    angle: float = 60.0
    """Degrees, where it falls: 0 to the right, 90 downwards; -360 to 360."""
    distance: float = 1.5
    """From the object, 0 to 100 percent."""
    softness: float = 1.0
    """Standard deviation of its blur, 0 to 25 percent."""
    strength: float = 0.5
    """0 to 1, its opacity."""
    colour: Colour = BLACK

    def __post_init__(self) -> None:
        _check("angle of a shadow", self.angle, -360, 360)
        _check("distance of a shadow", self.distance, 0, 100)
        _check("softness of a shadow", self.softness, 0, 25)
        _check("strength of a shadow", self.strength, 0, 1)
        _check_colour(self.colour)


@dataclass(frozen=True)
class Outline:
    """A line around the object, outside of its edge. Raises BadOption out of range."""

    width: float = 0.5
    """0 to 10 percent."""
    colour: Colour = WHITE

    def __post_init__(self) -> None:
        _check("width of an outline", self.width, 0, 10)
        _check_colour(self.colour)


@dataclass(frozen=True)
class Composition:
    """All that is done to a cut-out on its background; the defaults change nothing. Raises BadOption out of range."""

    placement: Placement = Placement()
    shadow: Shadow | None = None
    outline: Outline | None = None
    colour_match: float = 0.0
    """0 to 1: how far the object takes on the colours of the image behind it."""

    def __post_init__(self) -> None:
        _check("match of colours", self.colour_match, 0, 1)

    @property
    def has_effects(self) -> bool:
        """Whether anything but the placement changes the result."""
        return self.shadow is not None or self.outline is not None or self.colour_match > 0


Kind = TypeVar("Kind", Placement, Shadow, Outline)


def parse(kind: type[Kind], text: str) -> Kind:
    """The placement, shadow or outline that 'usual' or 'angle=45,strength=0.6' describes. Raises BadOption.

    Names are those of the fields, `color=` for the colour; `mirrored` is 'yes' or 'no'. What is not named is as usual.
    """
    given: dict[str, Any] = {}
    noun = kind.__name__.lower()
    known = [_option(each.name) for each in fields(kind)]
    for pair in () if text.strip().lower() == USUAL else text.split(","):
        name, equals, value = (each.strip() for each in pair.partition("="))
        if name not in known or not equals:
            example = ",".join(f"{option}={usual}" for option, usual in list(_texts(kind()).items())[:2])
            raise BadOption(
                f"'{pair.strip()}' is no option of a {noun}: choose among {', '.join(known)}, for example '{example}'."
            )
        given[_field(name)] = _value(name, value, noun)
    return kind(**given)


def text_of(thing: Placement | Shadow | Outline) -> str:
    """The text that `parse` reads; 'usual' where all is as usual."""
    usual = _texts(type(thing)())
    return ",".join(f"{name}={value}" for name, value in _texts(thing).items() if value != usual[name]) or USUAL


def _texts(thing: Placement | Shadow | Outline) -> dict[str, str]:
    values = {_option(each.name): getattr(thing, each.name) for each in fields(thing)}
    return {name: _text(value) for name, value in values.items()}


def _text(value: Any) -> str:  # noqa: ANN401 - a field's
    if isinstance(value, bool):
        return "yes" if value else "no"
    return colour_text(value) if isinstance(value, tuple) else f"{value:.10g}"


def _value(name: str, text: str, noun: str) -> Any:  # noqa: ANN401 - a field's
    if name == "color":
        return parse_colour(text)
    if name == "mirrored":
        if text.lower() not in ("yes", "no"):
            raise BadOption(f"'{text}' does not say whether a {noun} is mirrored: write yes or no.")
        return text.lower() == "yes"
    try:
        return float(text)
    except ValueError as error:
        raise BadOption(f"'{text}' is not a number: write one for the {name} of the {noun}, such as 1.5.") from error


def _option(field: str) -> str:
    return "color" if field == "colour" else field


def _field(option: str) -> str:
    return "colour" if option == "color" else option
