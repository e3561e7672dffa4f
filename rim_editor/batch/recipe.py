"""Recipe: what a batch makes of each image, as data that fits into JSON; backgrounds are named by their files."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from rim_editor.batch import naming
from rim_editor.document import Combine, MatteControls
from rim_editor.edit_options import EditName, EditOptions, edit_from, parse_offset
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
    check_depth,
)
from rim_editor.errors import BadOption, EmptyExpression
from rim_editor.exporting import Content, ExportRequest
from rim_editor.model_requests import ModelOptions

if TYPE_CHECKING:
    from collections.abc import Iterable

_Chosen = TypeVar("_Chosen", bound=StrEnum)


class Exists(StrEnum):
    """What becomes of a result whose name is taken, by a file or by another result."""

    NUMBER = "number"
    """It gets the next free number: 'rose-2.png'."""
    SKIP = "skip"
    """Its image is left out."""
    OVERWRITE = "overwrite"
    """An existing file is replaced; an input never is, and two results never share a name: they are numbered."""
    REFUSE = "refuse"
    """Nothing is begun."""


@dataclass(frozen=True)
class ExpressionTerm:
    """One expression, and how its answer joins the matte so far."""

    expression: str
    combine: Combine = Combine.NEW


@dataclass(frozen=True)
class DescribedEdit:
    """An edit by the words of the command line: JSON holds it, for a background is named by its file."""

    name: EditName = EditName.CUTOUT
    options: EditOptions = EditOptions()

    def read(self) -> Edit:
        """The edit itself; a background image is read now. Raises BadOption and what `image_files.read` raises."""
        return edit_from(self.name, self.options)

    def stand_in(self) -> Edit:
        """An edit that needs of a file what this one needs, made without reading an image. Raises BadOption."""
        if self.name is not EditName.BACKGROUND or self.options.background is None:
            return self.read()
        if self.options.offset is not None and not all(map(math.isfinite, parse_offset(self.options.offset))):
            raise BadOption(f"An offset of {self.options.offset} is none: choose shares of width and height.")
        return edit_from(EditName.SOLID, EditOptions(color=self.options.color))

    def over(self, usual: DescribedEdit) -> DescribedEdit:
        """This edit, and where it says nothing the options of `usual`, if that is an edit of the same name."""
        if usual.name is not self.name:
            return self
        given = {name: value for name, value in asdict(self.options).items() if value is not None}
        return replace(self, options=replace(usual.options, **given))

    def to_json(self) -> dict[str, Any]:
        """The name, and the options that were given."""
        given = {name: value for name, value in asdict(self.options).items() if value is not None}
        if "background" in given:
            given["background"] = str(given["background"])
        return {"name": self.name.value, **given}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> DescribedEdit:
        """The edit that `to_json` gave. Raises BadOption, which names what has no sense."""
        given = dict(data)
        name = _one_of(EditName, given.pop("name", EditName.CUTOUT), "edit")
        for option, value in given.items():
            kinds = _OPTION_KINDS.get(option)
            if kinds is None:
                raise BadOption(f"'{option}' is no option of an edit: choose among {', '.join(_OPTION_KINDS)}.")
            if not isinstance(value, kinds) or isinstance(value, bool):
                raise BadOption(f"'{value}' does not fit the option '{option}' of an edit.")
        if "background" in given:
            given["background"] = Path(given["background"])
        if "fit" in given:
            given["fit"] = _one_of(Fit, given["fit"], "fit")
        if "style" in given:
            given["style"] = _one_of(Style, given["style"], "style")
        return cls(name, EditOptions(**given))


_OPTION_KINDS: dict[str, type | tuple[type, ...]] = {
    "color": str, "to_color": str, "angle": (int, float), "background": (str, Path), "fit": str, "offset": str,
    "style": str, "strength": (int, float), "depth": int,
}  # fmt: skip


@dataclass(frozen=True)
class Recipe:
    """What is made of each image, and how it is named."""

    expressions: tuple[ExpressionTerm, ...] = ()
    """In order; () where each row of a manifest says its own."""
    edit: DescribedEdit = DescribedEdit()
    controls: MatteControls = MatteControls()
    content: Content = Content.RESULT
    depth: int = 8
    """Bits, 8 or 16, of what is written as a matte: content MATTE, and sidecars."""
    suffix: str = ".png"
    """Of the results; '.ora' is for content LAYERS."""
    quality: int | None = None
    """1 to 100 for lossy formats; None for the usual."""
    metadata: bool = True
    """Whether the EXIF of each image is kept."""
    longest_side: int | None = None
    """Pixels to which larger results are reduced; smaller ones stay. None: as large as the image."""
    sidecar: bool = False
    """Whether the matte is written beside each result, as a PNG."""
    template: str = "{stem}"
    """Names of results without suffix; see `naming`. '/' makes folders."""
    keep_folders: bool = True
    """Whether results lie in folders as their images do."""
    exists: Exists = Exists.REFUSE
    model: ModelOptions = field(default_factory=ModelOptions)

    def __post_init__(self) -> None:
        controls = self.controls
        if not all(math.isfinite(value) for value in (controls.shift_edge, controls.feather, controls.contrast)):
            raise BadOption(
                "A control of the matte is no number: give pixels to the edge and feather, 0 to 1 to contrast."
            )
        check_depth(self.depth)
        self.request()
        naming.parse_template(self.template)

    def request(self, content: Content | None = None) -> ExportRequest:
        """How a result is written, of `content` where its name says other than the recipe. Raises BadOption."""
        content = content or self.content
        return ExportRequest(
            content=content,
            depth=self.depth if content is Content.MATTE else 8,
            quality=self.quality,
            metadata=self.metadata,
            overwrite=self.exists is Exists.OVERWRITE,
            longest_side=self.longest_side,
        )

    def to_json(self) -> dict[str, Any]:
        """All of it in words and numbers."""
        return {
            **asdict(self),
            "expressions": terms_to_json(self.expressions),
            "edit": self.edit.to_json(),
            "model": asdict(self.model),
            "controls": asdict(self.controls),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Recipe:
        """The recipe that `to_json` gave. Raises BadOption, TypeError, KeyError when it is none."""
        return cls(
            **{
                **data,
                "expressions": terms_from_json(data["expressions"]),
                "edit": DescribedEdit.from_json(data["edit"]),
                "controls": MatteControls(**data["controls"]),
                "content": _one_of(Content, data["content"], "content"),
                "exists": _one_of(Exists, data["exists"], "policy"),
                "model": ModelOptions(**data["model"]),
            }
        )


def checked(terms: tuple[ExpressionTerm, ...]) -> tuple[ExpressionTerm, ...]:
    """These expressions, where each has a word and the first can be first. Raises EmptyExpression, BadOption."""
    if not terms:
        raise EmptyExpression("No expression: say what to cut out, such as 'the red flower'.")
    for each in terms:
        if not any(character.isalnum() for character in each.expression):
            raise EmptyExpression("The expression is empty: say what to cut out, such as 'the red flower'.")
    if terms[0].combine in (Combine.SUBTRACT, Combine.INTERSECT):
        raise BadOption(f"'{terms[0].expression}' has nothing to {terms[0].combine} from: say first what to cut out.")
    return terms


def terms_to_json(terms: Iterable[ExpressionTerm]) -> list[dict[str, str]]:
    """The expressions in words."""
    return [{"expression": each.expression, "combine": each.combine.value} for each in terms]


def terms_from_json(data: object) -> tuple[ExpressionTerm, ...]:
    """What `terms_to_json` gave; a mere text is one expression, and in a list it is added. Raises BadOption."""
    if isinstance(data, str):
        return (ExpressionTerm(data),)
    if not isinstance(data, list):
        raise BadOption(f"'{data}' is no expression: write a text, or a list of texts.")
    return tuple(_one_term(each, first=number == 0) for number, each in enumerate(data))


def described(edit: Edit, background: Path | None = None) -> DescribedEdit:
    """The description of an edit; `background` is the file of a Background's image. Raises BadOption without it."""
    match edit:
        case Cutout():
            return DescribedEdit()
        case MatteOnly(depth=depth):
            return DescribedEdit(EditName.MATTE, EditOptions(depth=depth))
        case SolidColour(colour=colour):
            return DescribedEdit(EditName.SOLID, EditOptions(color=_hex(colour)))
        case Gradient(start=start, end=end, angle=angle):
            return DescribedEdit(EditName.GRADIENT, EditOptions(_hex(start), _hex(end), angle))
        case Highlight(style=style, strength=strength, colour=colour):
            tint = _hex(colour) if style is Style.TINT else None
            return DescribedEdit(EditName.HIGHLIGHT, EditOptions(color=tint, style=style, strength=strength))
        case Background(fit=fit, colour=colour, offset=(right, down)):
            if background is None:
                raise BadOption("A batch reads its background from a file: choose the background as a file.")
            options = EditOptions(_hex(colour), background=background, fit=fit, offset=f"{right!r},{down!r}")
            return DescribedEdit(EditName.BACKGROUND, options)


def _one_term(data: object, *, first: bool) -> ExpressionTerm:
    usual = Combine.NEW if first else Combine.ADD
    if isinstance(data, str):
        return ExpressionTerm(data, usual)
    if isinstance(data, Mapping) and isinstance(data.get("expression"), str):
        return ExpressionTerm(data["expression"], _one_of(Combine, data.get("combine", usual), "way to combine"))
    raise BadOption(f"'{data}' is no expression: write a text, or an object with 'expression' and 'combine'.")


def _one_of(choices: type[_Chosen], value: object, what: str) -> _Chosen:
    for choice in choices:
        if value == choice.value:
            return choice
    raise BadOption(f"'{value}' is no {what}: choose among {', '.join(choices)}.")


def _hex(colour: tuple[int, int, int]) -> str:
    return "#" + bytes(colour).hex()
