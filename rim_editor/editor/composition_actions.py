"""CompositionActions: where the object of the active layer stands on its background, and what it has around it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from rim_editor.documents import step_names
from rim_editor.documents.composition import Composition, Placement
from rim_editor.editor.events import JobKind, NoticeCode
from rim_editor.translation import tr

if TYPE_CHECKING:
    from rim_editor.documents.document import MatteControls
    from rim_editor.documents.edits import Edit
    from rim_editor.documents.framing import ObjectBox
    from rim_editor.editor.editor import Editor
    from rim_editor.editor.jobs import EditorJobs


class CompositionActions:
    """Changes the composition of the active layer of one editor, as steps of its history."""

    def __init__(
        self, editor: Editor, jobs: EditorJobs, change: Callable[..., None], notify: Callable[[NoticeCode, str], None]
    ) -> None:
        """`change(name, gesture, **changes)` changes the active layer; `notify` tells the user."""
        self._editor, self._jobs, self._change, self._notify = editor, jobs, change, notify

    def set(self, composition: Composition, gesture: str = "") -> None:
        """Set the composition; changes with the same `gesture` are undone together."""
        name = step_names.composing(self._editor.document.composition, composition)
        self._change(name, gesture, composition=composition)

    def place(self, placement: Placement, gesture: str = "place") -> None:
        """Move, scale, turn or mirror the object; see `set`. Where there is none, a notice says so."""
        if not self._editor.document.layer.has_matte:
            self._notify(NoticeCode.NO_MATTE, tr("There is nothing to place yet: find or paint something first."))
            return
        self.set(replace(self._editor.document.composition, placement=placement), gesture)

    def apply(self, name: str, edit: Edit, controls: MatteControls, composition: Composition) -> None:
        """Set edit, controls and composition together, as a step of this name."""
        self._change(name, edit=edit, controls=controls, composition=composition)

    def find_box(self, done: Callable[[ObjectBox | None], Any]) -> None:
        """Call `done` with the box of the active layer's object in its image, None where there is nothing."""
        document, renderer = self._editor.document, self._editor.renderer
        self._jobs.start(JobKind.OBJECT_BOX, lambda: renderer.object_box(document.layer), done)
