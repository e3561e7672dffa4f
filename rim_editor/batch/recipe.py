"""Recipe: the expressions, edit and output of a batch, as data that fits into JSON; backgrounds are named by files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

from clipmat import records
from clipmat.examples import Example
from rim_editor.batch import naming
from rim_editor.documents.composition import Composition
from rim_editor.documents.document import Combine, MatteControls, check_expression
from rim_editor.documents.edit_description import EditDescription
from rim_editor.documents.edits import check_depth
from rim_editor.documents.framing import Framing
from rim_editor.errors import BadOption, EmptyExpression
from rim_editor.files.exporting import Content, ExportRequest
from rim_editor.model_requests import ModelOptions

_Chosen = TypeVar("_Chosen", bound=StrEnum)
_LONGEST_LINE = 100_000
_SIGNS = {"+": Combine.ADD, "-": Combine.SUBTRACT, "&": Combine.INTERSECT}


class IfExists(StrEnum):
    """How to treat a result whose name is taken, by a file or by another result."""

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
class Recipe:
    """How results are made of images, and how they are named."""

    expressions: tuple[ExpressionTerm, ...] = ()
    """In order; () where each row of a manifest has its own, or an example stands for them."""
    edit: EditDescription = EditDescription()
    controls: MatteControls = MatteControls()
    composition: Composition = Composition()
    content: Content = Content.RESULT
    depth: int = 8
    """Bits, 8 or 16, of what is written as a matte: content MATTE, and sidecars."""
    suffix: str = ".png"
    """Of the results; '.ora' is for content LAYERS."""
    quality: int | None = None
    """1 to 100 for lossy formats; None for the usual."""
    metadata: bool = True
    """Whether EXIF, XMP, IPTC and resolution of each image are kept."""
    longest_side: int | None = None
    """Pixels to which larger results are reduced; smaller ones stay. None: as large as the image."""
    framing: Framing = Framing()
    """Which part of each image its result shows, and where the object stands in it."""
    sidecar: bool = False
    """Whether the matte is written beside each result, as a PNG."""
    template: str = "{stem}"
    """Names of results without suffix; see `naming`. '/' makes folders."""
    keep_folders: bool = True
    """Whether results are in the same folders as their images."""
    exists: IfExists = IfExists.REFUSE
    best_guess: bool = False
    """Whether the best match is written even where nothing seems to match."""
    at_least: float | None = None
    """The presence, 0 to 1, below which nothing matches; None for the bar of the weights."""
    page: int | None = None
    """Which page or frame of every image is read, from 1; None for the first of full size."""
    model: ModelOptions = field(default_factory=ModelOptions)
    example: Example | None = None
    """What was selected in another image: it goes beside the first expression, or stands for it where that is ''."""

    def __post_init__(self) -> None:
        check_depth(self.depth)
        if self.at_least is not None and not 0 <= self.at_least <= 1:
            raise BadOption(f"A presence of at least {self.at_least:g} cannot be: give a number from 0 to 1.")
        if self.page is not None and self.page < 1:
            raise BadOption(f"There is no page {self.page}: they count from 1.")
        self.request()
        naming.parse_template(self.template)

    @property
    def terms(self) -> tuple[ExpressionTerm, ...]:
        """The expressions; without any, one of no words for the example if there is one."""
        return self.expressions or (() if self.example is None else (ExpressionTerm(""),))

    def title(self, term: ExpressionTerm) -> str:
        """What to call a term: its expression, or the example that stands for it."""
        return term.expression or ("" if self.example is None else self.example.title)

    def request(self, content: Content | None = None) -> ExportRequest:
        """How a result is written, of `content` where that differs from the recipe's. Raises BadOption."""
        content = content or self.content
        return ExportRequest(
            content=content,
            depth=self.depth if content is Content.MATTE else 8,
            quality=self.quality,
            metadata=self.metadata,
            overwrite=self.exists is IfExists.OVERWRITE,
            longest_side=self.longest_side,
            framing=self.framing,
        )

    def to_json(self) -> dict[str, Any]:
        """All of it as JSON data."""
        data: dict[str, Any] = records.to_data(self)
        for name in ("example", "page"):  # as earlier versions wrote it, whose journals stay readable
            if data.get(name) is None:
                data.pop(name, None)
        if self.composition == Composition():
            data.pop("composition", None)
        return data | {"edit": self.edit.to_json()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Recipe:
        """The recipe that `to_json` gave. Raises BadOption, ValueError when it is invalid."""
        return records.from_data(cls, data)


def checked_terms(terms: tuple[ExpressionTerm, ...], example: Example | None = None) -> tuple[ExpressionTerm, ...]:
    """The expressions if each has a word and the first can come first; an example does without any.

    Raises EmptyExpression, BadOption.
    """
    if not terms and example is not None:
        return terms
    if not terms:
        raise EmptyExpression("No expression: say what to cut out, such as 'the red flower', or 'the main subject'.")
    for each in terms:
        check_expression(each.expression)
    if terms[0].combine in (Combine.SUBTRACT, Combine.INTERSECT):
        raise BadOption(f"'{terms[0].expression}' has nothing to {terms[0].combine} from: say first what to cut out.")
    return terms


def terms_text(terms: tuple[ExpressionTerm, ...]) -> str:
    """Expressions in one line, as they are typed for one image: 'the dog + the leash - the collar'."""
    last = max((place for place, term in enumerate(terms) if term.combine is Combine.NEW), default=0)
    return naming.expression_text((term.combine, term.expression) for term in terms[last:])


def terms_from_text(text: str) -> tuple[ExpressionTerm, ...]:
    """The expressions of a line: + before what is added, - before what is taken away, & before what it is limited to.

    Signs have spaces around them. '' gives no expressions. Raises EmptyExpression; BadOption, for a very long text too.
    """
    if not text.strip():
        return ()
    if len(text) > _LONGEST_LINE:
        raise BadOption(f"Expressions of {len(text)} characters are too long: write at most {_LONGEST_LINE}.")
    first, *others = re.split(r"\s([+\-&])(?=\s)", f" {text} ")
    further = zip(others[::2], others[1::2], strict=True)
    terms = (ExpressionTerm(" ".join(words.split()), _SIGNS[sign]) for sign, words in further)
    return checked_terms((ExpressionTerm(" ".join(first.split())), *terms))


def terms_from_json(data: object) -> tuple[ExpressionTerm, ...]:
    """Expressions from a text or a list of texts and objects; a text in a list is added. Raises BadOption."""
    if isinstance(data, str):
        return (ExpressionTerm(data),)
    if not isinstance(data, list):
        raise BadOption(f"'{data}' is not an expression: write a text, or a list of texts.")
    return tuple(_one_term(each, first=number == 0) for number, each in enumerate(data))


def _one_term(data: object, *, first: bool) -> ExpressionTerm:
    usual = Combine.NEW if first else Combine.ADD
    if isinstance(data, str):
        return ExpressionTerm(data, usual)
    if isinstance(data, Mapping) and isinstance(data.get("expression"), str):
        return ExpressionTerm(data["expression"], _one_of(Combine, data.get("combine", usual), "way to combine"))
    raise BadOption(f"'{data}' is not an expression: write a text, or an object with 'expression' and 'combine'.")


def _one_of(choices: type[_Chosen], value: object, noun: str) -> _Chosen:
    for choice in choices:
        if value == choice.value:
            return choice
    raise BadOption(f"'{value}' is no {noun}: choose among {', '.join(choices)}.")
