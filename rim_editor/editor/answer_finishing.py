"""AnswerFinishing: an answer is shown by a draft of its matte at once, and its edges are refined in the background.

Whoever needs the matte itself, such as an export, waits for it; see `UnfinishedMatte`.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from rim_editor.documents.document import Answer, Document, Part, unfinished_matte, with_draft
from rim_editor.documents.rendering import Renderer
from rim_editor.editor.events import DocumentChanged, Event, JobEnded, JobKind, JobStarted

if TYPE_CHECKING:
    from rim_editor.documents.unfinished_matte import UnfinishedMatte
    from rim_editor.editor.editor import Editor
    from rim_editor.editor.jobs import EditorJobs


class AnswerFinishing:
    """Finishes the mattes that one editor's document has, and stands drafts in for them until then.

    The model answers questions first: finishing gives way, and begins again when there is an answer.
    """

    def __init__(self, editor: Editor, jobs: EditorJobs) -> None:
        self._editor, self._jobs = editor, jobs
        self._drafts: WeakKeyDictionary[Answer, Answer] = WeakKeyDictionary()
        self._renderer: Renderer | None = None
        """Renders documents with drafts; it goes with the last draft, and its caches with it."""
        self._doing: tuple[UnfinishedMatte, ...] = ()
        self._stop = threading.Event()
        editor.listen(self._on_event)

    @property
    def shown(self) -> Document:
        """The editor's document as it can be shown at once: with drafts in the place of unfinished answers."""
        document = self._editor.document
        layers = tuple(
            replace(layer, parts=tuple(map(self._shown, layer.parts))) if _unfinished(layer.parts) else layer
            for layer in document.layers
        )
        return document if layers == document.layers else replace(document, layers=layers)

    def for_screen(self) -> tuple[Document, Renderer]:
        """What can be shown at once, and what renders it."""
        document, shown = self._editor.document, self.shown
        if shown is document:
            return document, self._editor.renderer
        if self._renderer is None or self._renderer.source.pixels is not document.source.pixels:
            self._renderer = Renderer(document.source)
        return shown, self._renderer

    def pause(self) -> None:
        """Stop; what was being finished is as it was before."""
        self._stop.set()
        self._doing = ()
        self._jobs.drop(JobKind.FINISH)

    def _shown(self, part: Part) -> Part:
        if not isinstance(part, Answer) or unfinished_matte(part) is None:
            return part
        if part not in self._drafts:
            self._drafts[part] = with_draft(part)
        return self._drafts[part]

    def _on_event(self, event: Event) -> None:
        if isinstance(event, JobStarted) and event.kind is JobKind.ASK:
            self.pause()
        elif isinstance(event, DocumentChanged) or (isinstance(event, JobEnded) and event.kind is JobKind.ASK):
            self._update()

    def _update(self) -> None:
        """Finish what the document has now, and nothing else."""
        if JobKind.ASK in self._editor.busy:
            return
        needed = tuple(matte for layer in self._editor.document.layers for matte in _unfinished(layer.parts))
        if needed == self._doing:
            return
        self.pause()
        if not needed:
            self._renderer = None
            return
        stop = self._stop = threading.Event()
        self._doing = needed

        def finish() -> None:
            for matte in needed:
                if not matte.finish(stop.is_set):
                    return

        def finished(_: None) -> None:
            self._doing, self._renderer = (), None
            for answer in [answer for answer in self._drafts if unfinished_matte(answer) is None]:
                del self._drafts[answer]
            self._jobs.listeners.notify(DocumentChanged(frozenset()))

        self._jobs.start(JobKind.FINISH, finish, finished, uses_model=True)


def _unfinished(parts: Sequence[Part]) -> list[UnfinishedMatte]:
    return [matte for matte in map(unfinished_matte, parts) if matte is not None]
