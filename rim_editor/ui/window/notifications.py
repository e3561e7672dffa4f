"""Shows the events of editors: running jobs in the status bar, notices in the message bar, answers and new results."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDialog, QMainWindow

from clipmat.errors import WeightsError
from rim_editor.documents.rendering import ViewMode
from rim_editor.editor.events import Answered, DocumentChanged, Event, JobEnded, JobKind, JobStarted, Notice, NoticeCode
from rim_editor.translation import tr
from rim_editor.ui.window.document_opener import DocumentOpener
from rim_editor.ui.window.documents import Documents, OpenDocument
from rim_editor.ui.window.layout import WindowParts

_ELSEWHERE_MS = 10_000
"""How long the status bar shows a message of an image that is not in front."""
_WRITING = (JobKind.EXPORT, JobKind.SAVE)
"""Jobs whose failures stay: a change of the matte does not mend them."""
_START_PAGE = "start page"
"""The owner of messages that go when an image comes to the front."""


class Notifications(QObject):
    """Follows `documents` and `opener`; call `refresh` when another image comes to the front."""

    def __init__(
        self,
        window: QMainWindow,
        parts: WindowParts,
        documents: Documents,
        opener: DocumentOpener,
        show_models: Callable[[], None],
        show_file: Callable[[Path], None],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._parts = parts
        self._documents = documents
        self._opener = opener
        self._show_models = show_models
        self._show_file = show_file
        self._running: dict[str, dict[JobKind, str]] = {}
        documents.event_received.connect(self._on_event)
        documents.removed.connect(self._forget)
        opener.progressed.connect(lambda _: self._refresh_jobs())

    def show_message(
        self,
        text: str,
        level: str = "info",
        *,
        about_weights: bool = False,
        owner: str = "",
        topic: str = "",
        passing: bool = False,
        path: Path | None = None,
        behind: bool = False,
    ) -> None:
        """Show a message over the canvas; `level` is info, warning or error. One about weights offers the models.

        Of the file `path` it shows the name, and the whole path in the tooltip.

        With an `owner`, the key of an image, it is shown over that image only. It takes the place of an older one of
        its `topic`, goes at the next change of the matte if it is `passing`, and waits for the one that is seen if it
        is `behind`.
        """
        offers = ((tr("Models…"), self._show_models),) if about_weights else ()
        tip = "" if path is None else str(path)
        text = text.replace(tip, path.name) if path is not None else text
        self._parts.messages.show_message(
            text, level, offers, owner=owner, topic=topic, passing=passing, tip=tip, behind=behind
        )

    def show_over_front(self, text: str, level: str = "info") -> None:
        """Show a message over the image in front, or the start page, alone."""
        self.show_message(text, level, owner=self._in_front())

    def show_about_presets(self, text: str, level: str) -> None:
        """Show what became of a preset, in place of what was said about presets before."""
        self.show_message(text, level, owner=self._in_front(), topic="presets")

    def show_warning(self, text: str) -> None:
        """Show a warning over the canvas."""
        self.show_message(text, "warning")

    def show_error(self, error: Exception) -> None:
        """Show an error over the canvas."""
        self.show_message(str(error), "error", about_weights=isinstance(error, WeightsError))

    def show_image_warning(self, text: str, key: str = "", path: Path | None = None) -> None:
        """Show a warning over one image, by default the one in front, or the start page; see `show_message`."""
        self.show_message(text, "warning", owner=key or self._in_front(), passing=True, path=path)

    def show_image_error(self, error: Exception, key: str = "", path: Path | None = None) -> None:
        """Show an error over one image, by default the one in front, or the start page; see `show_message`."""
        about_weights = isinstance(error, WeightsError)
        owner = key or self._in_front()
        self.show_message(str(error), "error", about_weights=about_weights, owner=owner, passing=True, path=path)

    def _in_front(self) -> str:
        current = self._documents.current
        return _START_PAGE if current is None else current.key

    def refresh(self) -> None:
        """Show the title, the jobs and the messages of the image in front."""
        current = self._documents.current
        self._parts.messages.show_owner(self._in_front())
        if current is not None:
            self._parts.messages.drop_owner(_START_PAGE)
        self._refresh_title()
        self._refresh_jobs()

    def _refresh_title(self) -> None:
        current = self._documents.current
        self._window.setWindowTitle("RIM Editor" if current is None else f"{current.editor.title}[*] – RIM Editor")
        self._window.setWindowModified(current is not None and current.editor.unsaved)

    def _refresh_jobs(self) -> None:
        current = self._documents.current
        texts = list(self._running.get(current.key, {}).values()) if current is not None else []
        self._parts.status.show_work(texts[-1] if texts else self._opener.text)

    def _on_event(self, document: OpenDocument, event: Event) -> None:
        in_front = document is self._documents.current
        if in_front and isinstance(event, DocumentChanged) and "matte" in event.aspects:
            self._parts.messages.drop_passing(document.key)
        match event:
            case JobStarted():
                self._running.setdefault(document.key, {})[event.kind] = event.text
            case JobEnded():
                self._running.get(document.key, {}).pop(event.kind, None)
            case Notice():
                self._show_notice(document, event, in_front)
            case Answered():
                self._parts.status.show_answer(event)
            case DocumentChanged() if in_front:
                self._refresh_title()
                if "edit" in event.aspects and "image" not in event.aspects:  # something else opened is shown as it was
                    self._show_result()
        if in_front:
            self._refresh_jobs()

    def _show_notice(self, document: OpenDocument, notice: Notice, in_front: bool) -> None:
        if notice.code is NoticeCode.SAVED:  # seen often, and nothing to do about it
            self._window.statusBar().showMessage(notice.text, _ELSEWHERE_MS)
            return
        if notice.code is NoticeCode.NOT_FOUND:
            return  # the expression bar shows it
        if notice.code is NoticeCode.FAILED and notice.job is JobKind.EXPORT and self._export_dialog_is_open():
            return  # it shows its errors itself
        if not in_front:  # over another image it would be read as one of that image
            self._window.statusBar().showMessage(f"{document.editor.title}: {notice.text}", _ELSEWHERE_MS)
        failed = notice.code is NoticeCode.FAILED
        written = notice.code is NoticeCode.EXPORTED or (failed and notice.job in _WRITING)
        topic = str(notice.job or JobKind.EXPORT) if written or failed else ""
        if (path := notice.path) is not None:
            offers = ((tr("Show in Folder"), lambda: self._show_file(path)),)
            self._parts.messages.show_message(
                notice.text, notice.level, offers, owner=document.key, lasting=False, topic=topic
            )
            return
        about_weights = isinstance(notice.error, WeightsError)
        self.show_message(
            notice.text,
            notice.level,
            about_weights=about_weights,
            owner=document.key,
            topic=topic,
            passing=not written,
            behind=notice.code is NoticeCode.WARNED
            and notice.job is JobKind.EXPORT,  # first that, and where, it is done
        )

    def _forget(self, document: OpenDocument) -> None:
        self._running.pop(document.key, None)
        self._parts.messages.drop_owner(document.key)

    def _export_dialog_is_open(self) -> bool:
        dialog = self._window.findChild(QDialog, "export_dialog")
        return dialog is not None and dialog.isVisible()

    def _show_result(self) -> None:
        """Switch to the result: an edit that was just changed should be seen."""
        view = self._parts.canvas.view
        if view.mode is not ViewMode.RESULT:
            self._parts.canvas.set_view(replace(view, mode=ViewMode.RESULT))
