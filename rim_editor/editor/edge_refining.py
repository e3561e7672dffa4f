"""Refining of an edge where the user paints along it: it takes time, so strokes wait for the one before."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from rim_editor import model_requests
from rim_editor.editor.events import JobKind
from rim_editor.translation import tr

if TYPE_CHECKING:
    from rim_editor.documents.document import Layer, Patch, Stroke
    from rim_editor.editor.editor import Editor
    from rim_editor.editor.jobs import EditorJobs
    from rim_editor.matting import Matting


class EdgeRefining:
    """The strokes of the refining brush of one editor, each a job with the model.

    `insert` receives the patch of a stroke, and the layer as it was when the job began.
    """

    def __init__(
        self, editor: Editor, jobs: EditorJobs, matting: Matting, insert: Callable[[Layer, Patch], None]
    ) -> None:
        self._editor, self._jobs, self._matting, self._insert = editor, jobs, matting, insert
        self._waiting: deque[Stroke] = deque()
        """Strokes that wait for the one being refined."""

    def add(self, stroke: Stroke) -> None:
        """Refine the edge under a stroke, after those that were painted before."""
        self._waiting.append(stroke)
        if JobKind.REFINE not in self._editor.busy:
            self._next()

    def clear(self) -> None:
        """Forget the strokes that wait; the one being refined goes on."""
        self._waiting.clear()

    def _next(self) -> None:
        stroke, editor, matting = self._waiting.popleft(), self._editor, self._matting
        document, options, renderer = editor.document, editor.options, editor.renderer

        def refined(patch: Patch | None) -> None:
            if patch is not None:
                self._insert(document.layer, patch)
            if self._waiting:
                self._next()

        self._jobs.start(
            JobKind.REFINE,
            lambda: model_requests.refine(matting, options, document, stroke, renderer),
            refined,
            description=tr("Refining the edge"),
            failed=self._waiting.clear,  # the others would fail for the same reason
            uses_model=True,
        )
