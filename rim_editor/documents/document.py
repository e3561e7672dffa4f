"""Document: an image and its layers, each with parts of a matte and an edit.

Frozen; every change makes a new one that shares arrays. All kinds of parts are together here, which takes more than
300 lines.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import count
from typing import TYPE_CHECKING, Any

from clipmat.certainty import Certainty
from clipmat.expression import clean_expression
from clipmat.pointing import Click, Corners, Pointing
from rim_editor.documents.composition import Composition
from rim_editor.documents.edits import Cutout, Edit
from rim_editor.documents.unfinished_matte import UnfinishedMatte
from rim_editor.errors import BadOption, EmptyExpression

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from clipmat.image_files import OpenedImage

Point = tuple[float, float]
"""x, y in pixels of the image; (0, 0) is the upper left corner of the upper left pixel."""


class Combine(StrEnum):
    """How an answer joins the matte so far."""

    NEW = "new"
    ADD = "add"
    SUBTRACT = "subtract"
    INTERSECT = "intersect"


class Brush(StrEnum):
    """What a stroke does to the matte under it."""

    KEEP = "keep"
    REMOVE = "remove"
    REFINE = "refine"


def check_expression(text: str) -> None:
    """Refuse an expression without a word. Raises EmptyExpression."""
    if not clean_expression(text):
        raise EmptyExpression("The expression is empty: say what to cut out, such as 'the red flower'.")


@dataclass(frozen=True, eq=False)
class Answer:
    """What the model found for one expression, points and box."""

    expression: str
    combine: Combine
    matte: NDArray[np.float32]
    """HxW in [0, 1], read-only. Of one that is given as an `UnfinishedMatte`, reading it may take its time."""
    presence: float
    """0 to 1, as the model gives it."""
    certainty: Certainty = Certainty.SURE
    """NONE for a best guess that was accepted."""
    points: tuple[Click, ...] = ()
    """x, y in pixels of the image, and whether the object is there: clicked beside the expression, or without one."""
    box: Corners | None = None
    """x0, y0, x1, y1 of the box that was drawn around the object."""
    by_example: bool = False
    """Whether an example without words found it: then `expression` is what the example is called."""
    accepted: bool = False
    """Whether the user was content with it although it was not sure, see `mark_accepted`."""

    @property
    def words(self) -> str:
        """The words that it can be found by in other images; '' without any."""
        return "" if self.by_example else self.expression

    @property
    def pointing(self) -> Pointing:
        """The points and the box; false for an answer to words alone."""
        return Pointing(self.points, self.box)

    @property
    def takes_away(self) -> bool:
        """Whether it makes the matte smaller, if it changes it."""
        return self.combine in (Combine.SUBTRACT, Combine.INTERSECT)


class _MatteField:
    """The field `matte` of an answer, which may be an unfinished matte: that is finished when it is read."""

    def __get__(self, answer: Answer | None, owner: type[Answer]) -> Any:  # noqa: ANN401 - of the field's own type
        if answer is None:
            return self
        matte = answer.__dict__["matte"]
        return matte.array if isinstance(matte, UnfinishedMatte) else matte

    def __set__(self, answer: Answer, matte: object) -> None:
        answer.__dict__["matte"] = matte


Answer.matte = _MatteField()  # type: ignore[assignment]


def unfinished_matte(part: Part) -> UnfinishedMatte | None:
    """The matte of an answer whose edges are still being refined; None for any other part."""
    matte = part.__dict__["matte"] if isinstance(part, Answer) else None
    return matte if isinstance(matte, UnfinishedMatte) and not matte.is_finished else None


def draft_of(part: Answer | ImportedMatte) -> NDArray[np.float32]:
    """The matte of a part as far as it is there at once, to be looked at: a draft while its edges are being refined."""
    unfinished = unfinished_matte(part)
    return part.matte if unfinished is None else unfinished.draft


def with_draft(answer: Answer) -> Answer:
    """The answer with the draft of its matte in the place of the matte."""
    return Answer(**{**answer.__dict__, "matte": draft_of(answer)})


def mark_accepted(answer: Answer) -> None:
    """Note that the user is content with an answer; this changes no pixel, and holds in every document that has it."""
    answer.__dict__["accepted"] = True


@dataclass(frozen=True, eq=False)
class ImportedMatte:
    """A matte from a file, or the alpha of the image itself."""

    name: str
    """For the user: the name of the file, for instance."""
    combine: Combine
    matte: NDArray[np.float32]
    """HxW in [0, 1], read-only."""


@dataclass(frozen=True)
class Stroke:
    """One gesture of the brush: KEEP paints matte, REMOVE erases it."""

    brush: Brush
    points: tuple[Point, ...]
    """At least one; joined by straight lines with round ends."""
    radius: float
    """Pixels of the image."""
    hardness: float = 0.8
    """Share of the radius that is fully covered; from there the cover falls smoothly to 0 at the radius."""
    follows_edges: bool = False
    """Whether KEEP and REMOVE stop at edges of the image, see `edge_following`."""


@dataclass(frozen=True)
class Region:
    """What the user drew a line around: a lasso or a rectangle."""

    points: tuple[Point, ...]
    """The corners of the outline, at least three; the last is joined to the first."""
    adds: bool = True
    """Whether the inside is added to the matte, or taken from it."""

    @property
    def combine(self) -> Combine:
        """How it joins the matte so far."""
        return Combine.ADD if self.adds else Combine.SUBTRACT

    @property
    def is_rectangle(self) -> bool:
        """Whether it is a rectangle with level sides."""
        sides = zip(self.points, (*self.points[1:], *self.points[:1]), strict=True)
        return len(self.points) == 4 and all(a[0] == b[0] or a[1] == b[1] for a, b in sides)


@dataclass(frozen=True, eq=False)
class Patch:
    """A rectangle of the matte that the refining brush recomputed."""

    x: int
    y: int
    matte: NDArray[np.float32]
    """hxw in [0, 1], read-only; replaces the matte from (x, y) on."""


Part = Answer | ImportedMatte | Stroke | Region | Patch
"""One part of a matte; a document holds them in the order in which they were found and painted."""


@dataclass(frozen=True)
class MatteControls:
    """Adjustments of the whole matte after its parts; the defaults change nothing. Raises BadOption for NaN."""

    shift_edge: float = 0.0
    """Pixels outwards (positive) or inwards, -50 to 50."""
    feather: float = 0.0
    """Standard deviation of the blur in pixels, 0 to 100."""
    contrast: float = 0.0
    """0 to 1: 0 as it is, 1 a hard edge at one half."""
    fill_holes: bool = False
    """Close what the matte wholly surrounds, unless the background is plainly seen through it."""
    invert: bool = False
    largest_hole: float = 5.0
    """Percent of the object's area, 0 to 100: larger holes stay open."""

    def __post_init__(self) -> None:
        if not all(map(math.isfinite, (self.shift_edge, self.feather, self.contrast, self.largest_hole))):
            raise BadOption(
                "A control of the matte is not a number: give pixels for the edge and feather, 0 to 1 for contrast, "
                "percent for the largest hole."
            )


_layer_keys = count(1)


@dataclass(frozen=True, eq=False)
class Layer:
    """One object of a document: the parts and controls of its matte, and its edit."""

    parts: tuple[Part, ...] = ()
    controls: MatteControls = field(default_factory=MatteControls)
    edit: Edit = field(default_factory=Cutout)
    name: str = ""
    """As the user named it; '' for the expression that it was found by, see `title`."""
    visible: bool = True
    """Whether it is in the result."""
    locked: bool = False
    """Whether the editor refuses to change its matte and edit."""
    number: int = 1
    """By which it is called as long as it has no title."""
    key: int = field(default_factory=lambda: next(_layer_keys))
    """The same for every later state of the layer, and for no other layer of the process."""
    composition: Composition = Composition()
    """Where its object stands in the result, and what it has around it."""

    @property
    def title(self) -> str:
        """The name to show: the user's, else the first expression, else ''."""
        return self.name or next((part.expression for part in self.parts if isinstance(part, Answer)), "")

    @property
    def expressions(self) -> tuple[Answer, ...]:
        """The answers among the parts."""
        return tuple(part for part in self.parts if isinstance(part, Answer))

    @property
    def has_matte(self) -> bool:
        """Whether anything was found or painted; strokes that only erase or refine do not count."""
        return any(_may_add(part) for part in self.parts)

    @property
    def is_empty(self) -> bool:
        """Whether it has nothing to show: no parts, and controls that do not invert that."""
        return not self.parts and not self.controls.invert


@dataclass(frozen=True, eq=False)
class Document:
    """One image and its layers, from bottom to top. The user works on the active layer."""

    source: OpenedImage
    layers: tuple[Layer, ...] = field(default_factory=lambda: (Layer(),))
    """At least one."""
    active: int = 0
    """The place of the active layer."""

    def __post_init__(self) -> None:
        if not 0 <= self.active < len(self.layers):
            raise IndexError(f"there is no layer {self.active}, there are {len(self.layers)}")

    @classmethod
    def of_one_layer(
        cls,
        source: OpenedImage,
        parts: tuple[Part, ...] = (),
        controls: MatteControls | None = None,
        edit: Edit | None = None,
    ) -> Document:
        """A document with a single layer."""
        return cls(source, (Layer(parts, controls or MatteControls(), edit or Cutout()),))

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.source.pixels.shape[1], self.source.pixels.shape[0]

    @property
    def layer(self) -> Layer:
        """The active layer."""
        return self.layers[self.active]

    @property
    def parts(self) -> tuple[Part, ...]:
        """The parts of the active layer."""
        return self.layer.parts

    @property
    def controls(self) -> MatteControls:
        """The controls of the active layer's matte."""
        return self.layer.controls

    @property
    def edit(self) -> Edit:
        """The edit of the active layer."""
        return self.layer.edit

    @property
    def composition(self) -> Composition:
        """Where the object of the active layer stands, and what it has around it."""
        return self.layer.composition

    @property
    def expressions(self) -> tuple[Answer, ...]:
        """The answers among the parts of the active layer."""
        return self.layer.expressions

    @property
    def has_matte(self) -> bool:
        """Whether anything was found or painted in the active layer; see `Layer.has_matte`."""
        return self.layer.has_matte

    @property
    def shown_layers(self) -> tuple[Layer, ...]:
        """The layers that make the result, from bottom to top: those that are visible and not empty."""
        return tuple(layer for layer in self.layers if layer.visible and not layer.is_empty)

    def changed(self, *, key: int | None = None, **changes: Any) -> Document:  # noqa: ANN401
        """The document with fields of a layer replaced: of the active one, or of the one with this key.

        The same document when there is no layer of that key.
        """
        key = self.layer.key if key is None else key
        layers = tuple(replace(layer, **changes) if layer.key == key else layer for layer in self.layers)
        return replace(self, layers=layers) if any(layer.key == key for layer in self.layers) else self

    def with_layer_at(self, place: int, layer: Layer) -> Document:
        """The document with another layer at `place`, which becomes the active one."""
        return replace(self, layers=(*self.layers[:place], layer, *self.layers[place:]), active=place)


def joined(
    parts: tuple[Part, ...], part: Answer | ImportedMatte | Region, replaces: Answer | None = None
) -> tuple[Part, ...]:
    """The parts with one more: in the place of `replaces` where that is one of them, else as it is combined."""
    if replaces in parts:
        return tuple(part if one is replaces else one for one in parts)
    return (part,) if part.combine is Combine.NEW else (*parts, part)


def without_parts(parts: tuple[Part, ...], places: Sequence[int]) -> tuple[Part, ...]:
    """The parts without those at `places`; later refinements of the edge of a removed answer are removed too.

    Raises IndexError when there is no such part.
    """
    for place in places:
        if not 0 <= place < len(parts):
            raise IndexError(f"there is no part {place}, there are {len(parts)}")

    def removed(i: int, part: Part) -> bool:
        return i in places or any(place < i and _refines(part, parts[place]) for place in places)

    return tuple(part for i, part in enumerate(parts) if not removed(i, part))


def _may_add(part: Part) -> bool:
    """Whether a part can make a matte of nothing."""
    if isinstance(part, Stroke):
        return part.brush is Brush.KEEP
    return part.adds if isinstance(part, Region) else True


def _refines(part: Part, answer: Part) -> bool:
    """Whether `part` is a refinement of the edge of `answer`."""
    if not (isinstance(part, Patch) and isinstance(answer, Answer | ImportedMatte)):
        return False
    height, width = part.matte.shape
    return bool((draft_of(answer)[part.y : part.y + height, part.x : part.x + width] > 0.05).any())
