"""Names of the steps in a document's history: 'Add "the hat"', 'Feather', 'Solid colour'."""

from __future__ import annotations

from dataclasses import fields

from rim_editor.documents import answer_texts
from rim_editor.documents.composition import Composition
from rim_editor.documents.document import Answer, Brush, Combine, ImportedMatte, MatteControls, Part, Region, Stroke
from rim_editor.documents.edits import Background, Cutout, Edit, Gradient, Highlight, MatteOnly, SolidColour
from rim_editor.translation import marked, tr

_JOINED = marked(
    {
        Combine.NEW: "Find {part}",
        Combine.ADD: "Add {part}",
        Combine.SUBTRACT: "Subtract {part}",
        Combine.INTERSECT: "Intersect {part}",
    }
)
_USED = marked("Use {part}")
_PAINTED = marked({Brush.KEEP: "Paint", Brush.REMOVE: "Erase"})
_STROKES = marked({Brush.KEEP: "brush stroke", Brush.REMOVE: "eraser stroke", Brush.REFINE: "refined edge"})
_CONTROLS = marked(
    {
        "shift_edge": "Shift edge",
        "feather": "Feather",
        "contrast": "Contrast",
        "fill_holes": "Fill holes",
        "invert": "Invert",
        "largest_hole": "Largest hole",
    }
)
_COMPOSED = marked({"placement": "Place", "shadow": "Shadow", "outline": "Outline", "colour_match": "Match colours"})
_DECOMPOSED = marked({"shadow": "Remove shadow", "outline": "Remove outline"})
_EDITS: dict[type[Edit], str] = marked(
    {
        Cutout: "Transparent",
        MatteOnly: "Matte only",
        Highlight: "Highlight",
        SolidColour: "Solid colour",
        Gradient: "Gradient",
        Background: "Background",
    }
)


def adding(part: Part) -> str:
    """The name of the step that adds `part`."""
    if isinstance(part, Answer):
        named = prompted(part, quoted=True)
        if named and not part.expression:
            named = tr("by {clicks}", clicks=named)
        return tr(_JOINED[part.combine], part=named)
    if isinstance(part, ImportedMatte):
        joined = _USED if part.combine is Combine.NEW else _JOINED[part.combine]
        return tr(joined, part=tr("“{words}”", words=part.name))
    if isinstance(part, Region):
        return tr(_JOINED[Combine.ADD if part.adds else Combine.SUBTRACT], part=_shape(part))
    return tr(_PAINTED[part.brush]) if isinstance(part, Stroke) else tr("Refine edge")


def prompted(answer: Answer, *, quoted: bool = False) -> str:
    """What the answer was asked by: 'the hat', '2 clicks', 'the hat, a box'; `quoted` puts the words in quotes."""
    words = tr("“{words}”", words=answer.expression) if quoted and answer.expression else answer.expression
    return ", ".join(filter(None, (words, answer_texts.pointed(answer.pointing))))


def removing(part: Part) -> str:
    """The name of the step that removes `part`."""
    if isinstance(part, Answer):
        named = prompted(part, quoted=True)
    elif isinstance(part, ImportedMatte):
        named = tr("“{words}”", words=part.name)
    elif isinstance(part, Region):
        named = _shape(part)
    else:
        named = tr(_STROKES[part.brush if isinstance(part, Stroke) else Brush.REFINE])
    return tr("Remove {part}", part=named)


def controlling(before: MatteControls, after: MatteControls) -> str:
    """The name of the step from one setting of the controls to another."""
    changed = [field.name for field in fields(after) if getattr(before, field.name) != getattr(after, field.name)]
    return tr(_CONTROLS[changed[0]]) if len(changed) == 1 else tr("Change matte")


def editing(edit: Edit) -> str:
    """The name of the step that sets `edit`."""
    return tr(_EDITS[type(edit)])


def composing(before: Composition, after: Composition) -> str:
    """The name of the step from one composition to another."""
    changed = [field.name for field in fields(after) if getattr(before, field.name) != getattr(after, field.name)]
    if len(changed) != 1:
        return tr("Change composition")
    removed = changed[0] in _DECOMPOSED and getattr(after, changed[0]) is None
    return tr((_DECOMPOSED if removed else _COMPOSED)[changed[0]])


def _shape(region: Region) -> str:
    return tr("rectangle") if region.is_rectangle else tr("lasso")
