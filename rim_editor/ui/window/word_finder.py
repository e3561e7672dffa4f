"""Finds words of which the weights are surer where an answer is unsure or a guess; never delays a question."""

from __future__ import annotations

from threading import Event as Flag
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from clipmat.certainty import Certainty
from rim_editor import model_requests
from rim_editor.editor.events import Answered, Event, JobKind, JobStarted
from rim_editor.editor.jobs import Job, Runner
from rim_editor.ui.panels.expression_bar import ExpressionBar
from rim_editor.ui.window.documents import Documents, OpenDocument

if TYPE_CHECKING:
    from clipmat.words_here import WordHere
    from rim_editor.matting import Matting


class WordFinder(QObject):
    """After an answer without certainty, asks the model for general words in the background.

    A newer question, of any image, stops it after a few words at most; then nothing is offered.
    """

    def __init__(
        self, matting: Matting, runner: Runner, documents: Documents, bar: ExpressionBar, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._matting = matting
        self._runner = runner
        self._bar = bar
        self._stop = Flag()
        documents.event_received.connect(self._on_event)
        documents.removed.connect(self._forget)

    def stop(self) -> None:
        """Stop searching: the model is needed for something else."""
        self._stop.set()

    def _on_event(self, document: OpenDocument, event: Event) -> None:
        if isinstance(event, JobStarted) and event.kind in (JobKind.ASK, JobKind.REFINE):
            self.stop()
        elif isinstance(event, Answered) and event.certainty is not Certainty.SURE:
            self._find(document)

    def _find(self, document: OpenDocument) -> None:
        editor, matting = document.editor, self._matting
        stop = self._stop = Flag()
        options, image = editor.options, editor.document.source.pixels

        def find() -> tuple[WordHere, ...]:
            return model_requests.words_here(matting, options, image, stop.is_set)

        def found(words: tuple[WordHere, ...]) -> None:
            if words and not stop.is_set():
                self._bar.set_words_here(editor, words)

        # An error would have been one of the question too, and is shown there.
        self._runner.start(Job(JobKind.WORDS, find, found, lambda _: None, owner=document.key, uses_model=True))

    def _forget(self, document: OpenDocument) -> None:
        self._stop.set()
        self._runner.cancel(JobKind.WORDS, document.key)
