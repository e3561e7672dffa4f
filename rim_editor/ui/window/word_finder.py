"""Finds the words that are surely in an image, to click where nothing is asked yet or an answer is not sure.

Whether the chosen weights know words at all it finds out as well, for what the box asks for.
"""

from __future__ import annotations

from threading import Event as Flag
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from PySide6.QtCore import QObject

from clipmat.certainty import Certainty
from rim_editor import matting as models
from rim_editor import model_requests
from rim_editor.editor.events import Answered, Event, JobKind, JobStarted
from rim_editor.editor.jobs import Job, Runner
from rim_editor.ui.panels.expression_bar import ExpressionBar
from rim_editor.ui.window.documents import Documents, OpenDocument

if TYPE_CHECKING:
    from clipmat.image_files import OpenedImage
    from clipmat.present_words import PresentWord
    from rim_editor.editor.editor import Editor
    from rim_editor.matting import Matting
    from rim_editor.settings import Settings
    from rim_editor.ui.live_settings import LiveSettings


class WordFinder(QObject):
    """Asks the model for general words in the background: once the image in front is shown, or after an answer without
    certainty.

    The image that this encodes is encoded for the first question as well. A question, of any image, stops it after a
    few words at most; then nothing is offered. No image is searched twice.
    """

    def __init__(
        self,
        matting: Matting,
        runner: Runner,
        documents: Documents,
        bar: ExpressionBar,
        settings: LiveSettings,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._matting = matting
        self._runner = runner
        self._bar = bar
        self._documents = documents
        self._stop = Flag()
        self._ready = False
        self._searched: WeakKeyDictionary[Editor, OpenedImage] = WeakKeyDictionary()
        documents.chosen.connect(self._on_chosen)
        documents.event_received.connect(self._on_event)
        documents.removed.connect(self._forget)
        self._weights = ""
        settings.changed.connect(self._follow)
        self._follow(settings.current)

    def begin(self) -> None:
        """The model is loaded: from now on search every image that comes to the front."""
        self._ready = True
        self._on_chosen(self._documents.current)

    def stop(self) -> None:
        """Stop searching: the model is needed for something else."""
        self._stop.set()

    def _on_event(self, document: OpenDocument, event: Event) -> None:
        if isinstance(event, JobStarted) and event.kind in (JobKind.ASK, JobKind.REFINE, JobKind.EXAMPLE):
            self.stop()
        elif isinstance(event, Answered) and event.certainty is not Certainty.SURE:
            self._find(document)

    def _on_chosen(self, document: OpenDocument | None) -> None:
        self.stop()
        if self._ready and document is not None and not document.editor.document.has_matte:
            self._find(document)

    def _find(self, document: OpenDocument) -> None:
        editor, matting = document.editor, self._matting
        options, source = editor.options, editor.document.source
        if self._searched.get(editor) is source:
            return
        self.stop()
        stop = self._stop = Flag()

        def find() -> tuple[PresentWord, ...]:
            return model_requests.present_words(matting, options, source.pixels, stop.is_set)

        def found(words: tuple[PresentWord, ...]) -> None:
            if not stop.is_set():
                self._searched[editor] = source
                self._bar.set_present_words(editor, words)

        # An error would have been one of the question too, and is shown there.
        self._runner.start(Job(JobKind.WORDS, find, found, lambda _: None, owner=document.key, uses_model=True))

    def _follow(self, settings: Settings) -> None:
        """Find out whether the weights of the settings know words."""
        if settings.weights != self._weights:
            weights = self._weights = settings.weights
            job = Job(
                JobKind.WORDS,
                lambda: models.knows_words(weights),
                self._bar.set_knows_words,
                lambda _: None,
                owner=self,
            )
            self._runner.start(job)

    def _forget(self, document: OpenDocument) -> None:
        self._stop.set()
        self._runner.cancel(JobKind.WORDS, document.key)
