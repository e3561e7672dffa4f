"""A project as a recipe for other images: what its active layer was found by, its controls, edit and composition."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rim_editor.batch.recipe import ExpressionTerm
from rim_editor.documents.composition import Composition
from rim_editor.documents.document import Answer, Combine, MatteControls
from rim_editor.documents.edit_description import EditDescription
from rim_editor.errors import BadOption, EditorWarning

if TYPE_CHECKING:
    from rim_editor.documents.document import Document


@dataclass(frozen=True)
class LayerRecipe:
    """What was done to a layer and can be done to other images."""

    expressions: tuple[ExpressionTerm, ...]
    controls: MatteControls
    composition: Composition
    edit: EditDescription

    def completed(self, usual: LayerRecipe) -> LayerRecipe:
        """This recipe, with that of `usual` in the place of what changes nothing here."""
        return LayerRecipe(
            self.expressions or usual.expressions,
            usual.controls if self.controls == MatteControls() else self.controls,
            usual.composition if self.composition == Composition() else self.composition,
            usual.edit if self.edit == EditDescription() else self.edit,
        )


def read(path: Path) -> LayerRecipe:
    """The recipe of a project's active layer; a background is named by the project's own file.

    An EditorWarning says what belongs to the project's image alone, such as strokes. Raises BadOption when nothing
    was found by an expression, and ProjectUnreadable.
    """
    from rim_editor.files import projects

    project = projects.read(path)
    if project.lost:
        text = f"'{path}' is damaged; lost: {', '.join(project.lost)}. See whether the rest is what you want."
        warnings.warn(text, EditorWarning, stacklevel=2)
    return of_document(project.history.current, path)


def of_document(document: Document, path: Path | None) -> LayerRecipe:
    """The recipe of the active layer of a document, which is saved in `path`, see `read`."""
    terms = terms_of(document)
    if not terms:
        raise BadOption("Nothing in the project was found by an expression: say with -e what to cut out.")
    clicked = sum(1 for part in document.parts if isinstance(part, Answer) and part.words and part.pointing)
    if others := len(document.parts) - len(terms) + clicked:
        count = f"{others} part{'s' * (others > 1)}"
        text = f"What has no words in the project ({count}) is left out, such as strokes: it fits its image only."
        warnings.warn(text, EditorWarning, stacklevel=3)
    edit = EditDescription.of(document.edit, None if path is None else path.absolute())
    return LayerRecipe(terms, document.controls, document.composition, edit)


def terms_of(document: Document) -> tuple[ExpressionTerm, ...]:
    """The expressions by which the active layer of a document was found; () where there was none."""
    answers = [part for part in document.parts if isinstance(part, Answer) and part.words]
    # The first begins the matte, even where it was added to a stroke.
    first = tuple(ExpressionTerm(answer.words, Combine.NEW) for answer in answers[:1])
    return first + tuple(ExpressionTerm(answer.words, answer.combine) for answer in answers[1:])
