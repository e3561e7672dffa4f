"""Names of the steps in a document's history: 'Add "the hat"', 'Feather', 'Solid colour'."""

from __future__ import annotations

from dataclasses import fields

from rim_editor.documents.composition import Composition
from rim_editor.documents.document import Answer, Brush, Combine, ImportedMatte, MatteControls, Part, Region, Stroke
from rim_editor.documents.edits import Background, Cutout, Edit, Gradient, Highlight, MatteOnly, SolidColour

_JOINED = {Combine.NEW: "Find", Combine.ADD: "Add", Combine.SUBTRACT: "Subtract", Combine.INTERSECT: "Intersect"}
_IMPORTED = _JOINED | {Combine.NEW: "Use"}
_PAINTED = {Brush.KEEP: "Paint", Brush.REMOVE: "Erase"}
_STROKES = {Brush.KEEP: "brush stroke", Brush.REMOVE: "eraser stroke", Brush.REFINE: "refined edge"}
_CONTROLS = {
    "shift_edge": "Shift edge",
    "feather": "Feather",
    "contrast": "Contrast",
    "fill_holes": "Fill holes",
    "invert": "Invert",
    "largest_hole": "Largest hole",
}
_COMPOSED = {"placement": "Place", "shadow": "Shadow", "outline": "Outline", "colour_match": "Match colours"}
_EDITS: dict[type[Edit], str] = {
    Cutout: "Transparent",
    MatteOnly: "Matte only",
    Highlight: "Highlight",
    SolidColour: "Solid colour",
    Gradient: "Gradient",
    Background: "Background",
}


def adding(part: Part) -> str:
    """The name of the step that adds `part`."""
    if isinstance(part, Answer):
        by = "" if part.expression or not prompted(part) else "by "
        return f"{_JOINED[part.combine]} {by}{prompted(part, quoted=True)}"
    if isinstance(part, ImportedMatte):
        return f'{_IMPORTED[part.combine]} "{part.name}"'
    if isinstance(part, Region):
        return f"{'Add' if part.adds else 'Subtract'} {_shape(part)}"
    return _PAINTED[part.brush] if isinstance(part, Stroke) else "Refine edge"


def prompted(answer: Answer, *, quoted: bool = False) -> str:
    """What the answer was asked by: 'the hat', '2 clicks', 'the hat, a box'; `quoted` puts the words in quotes."""
    words = f'"{answer.expression}"' if quoted and answer.expression else answer.expression
    return ", ".join(filter(None, (words, answer.pointing.summary)))


def removing(part: Part) -> str:
    """The name of the step that removes `part`."""
    if isinstance(part, Answer):
        return f"Remove {prompted(part, quoted=True)}"
    if isinstance(part, ImportedMatte):
        return f'Remove "{part.name}"'
    if isinstance(part, Region):
        return f"Remove {_shape(part)}"
    return f"Remove {_STROKES[part.brush]}" if isinstance(part, Stroke) else "Remove refined edge"


def controlling(before: MatteControls, after: MatteControls) -> str:
    """The name of the step from one setting of the controls to another."""
    changed = [field.name for field in fields(after) if getattr(before, field.name) != getattr(after, field.name)]
    return _CONTROLS[changed[0]] if len(changed) == 1 else "Change matte"


def editing(edit: Edit) -> str:
    """The name of the step that sets `edit`."""
    return _EDITS[type(edit)]


def composing(before: Composition, after: Composition) -> str:
    """The name of the step from one composition to another."""
    changed = [field.name for field in fields(after) if getattr(before, field.name) != getattr(after, field.name)]
    if len(changed) != 1:
        return "Change composition"
    removed = changed[0] in ("shadow", "outline") and getattr(after, changed[0]) is None
    return f"Remove {changed[0]}" if removed else _COMPOSED[changed[0]]


def _shape(region: Region) -> str:
    return "rectangle" if region.is_rectangle else "lasso"
