"""The main window: puts the parts together, opens images, and carries what the parts say to each other."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QMimeData, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDragLeaveEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QDialog, QLineEdit, QMainWindow

from clipmat.errors import UserError, WeightsError
from rim_editor import settings as stored
from rim_editor.document import Document
from rim_editor.editor import Editor
from rim_editor.events import Answered, DocumentChanged, Event, JobEnded, JobKind, JobStarted, Notice, NoticeCode
from rim_editor.jobs import Job
from rim_editor.model_requests import ModelOptions
from rim_editor.recovery import Recovery
from rim_editor.rendering import ViewMode
from rim_editor.settings import Settings
from rim_editor.ui import dropped_data
from rim_editor.ui.live_settings import Remembered
from rim_editor.ui.qt_runner import QtRunner
from rim_editor.ui.text_field_filter import BoxManners
from rim_editor.ui.window import layout, warm_up
from rim_editor.ui.window.actions import Actions
from rim_editor.ui.window.autosave import Keeper
from rim_editor.ui.window.batch_launcher import Batching
from rim_editor.ui.window.closing import Leaving
from rim_editor.ui.window.commands import Commands
from rim_editor.ui.window.cutout_transfer import CutOuts, DragHandle
from rim_editor.ui.window.documents import Documents, OpenDocument
from rim_editor.ui.window.eyedropper import Eyedropper
from rim_editor.ui.window.image_opener import Opened, Opener, read
from rim_editor.ui.window.recovery_offer import RecoveryOffer

if TYPE_CHECKING:
    from clipmat.image_files import OpenedImage
    from rim_editor.matting import Matting


class MainWindow(QMainWindow):
    """The window; `parts`, `documents`, `commands`, `runner` and `remembered` are what it is made of.

    It is usable as soon as it is shown: `warm_up` loads the model and `offer_recovery` looks for what a crash
    left, both beside it. With `runner` or `recovery` it uses these instead of its own.
    """

    def __init__(
        self,
        matting: Matting,
        settings: Settings,
        *,
        runner: QtRunner | None = None,
        recovery: Recovery | None = None,
    ) -> None:
        super().__init__()
        self.setObjectName("main_window")
        self.setAcceptDrops(True)
        self._icons_due: QTimer | None = None
        self._matting = matting
        self._known_nouns: tuple[str, ...] = ()
        self._at_work: dict[str, dict[JobKind, str]] = {}
        self.ended_whole = True
        """Whether all work had ended when the window closed; if not, end the process without waiting for threads."""
        self.runner = runner or QtRunner(self)
        self.remembered = Remembered(settings, self.runner, self)
        self.actions_by_id = Actions(self)
        self.parts = layout.lay_out(self, self.actions_by_id)
        self.documents = Documents(self.parts.tabs, self._edit, self)
        self.opener = Opener(self.runner, self)
        self.cut_outs = CutOuts(self.runner, self)
        recovery = recovery or Recovery(stored.folder() / "recovery")
        self.keeper = Keeper(recovery, self.runner, self)
        self._recovery_offer = RecoveryOffer(recovery, self.runner, self.parts.messages, self._restored, self)
        self.batching = Batching(self, matting)
        self.commands = Commands(self, self.actions_by_id)
        self.leaving = Leaving(self, self.documents, self.parts.messages, self.commands.show_export, self._put_away)
        self._handle = DragHandle(self.cut_outs, self.editor, self)
        self.parts.toolbar.addWidget(self._handle)
        box = self.parts.expression_bar.findChild(QLineEdit, "expression_box")
        assert box is not None
        self._box = box
        BoxManners(box)
        self._connect()
        self._asking_shown = self.asking()
        self.parts.canvas.set_reduced_motion(settings.reduced_motion)
        self._follow_theme()
        self._icons_due = QTimer(self)
        self._icons_due.setSingleShot(True)
        self._icons_due.timeout.connect(self._follow_theme)
        layout.bring_back(self, self.actions_by_id)
        self._offer_words()
        self._show_document(None)

    def editor(self) -> Editor | None:
        """The editor of the image in front."""
        current = self.documents.current
        return None if current is None else current.editor

    def say(self, text: str, level: str = "info", *, about_weights: bool = False) -> None:
        """Show a message over the canvas; `level` is info, warning or error. One about weights offers the models."""
        offers = (("&Models…", self.commands.show_models),) if about_weights else ()
        self.parts.messages.say(text, level, offers)

    def open_files(self, paths: Iterable[Path]) -> None:
        """Open these images in the background, in order; one that is open already comes to the front."""
        for path in paths:
            there = self.documents.of_file(path)
            if there is None:
                self.opener.add_files([path])
            else:
                self.documents.choose(there)

    def open_mime(self, mime: QMimeData, nothing: str = dropped_data.NO_IMAGE_DROPPED) -> None:
        """Open what was dropped or pasted, or say what to do where that holds no image."""
        found = dropped_data.dropped(mime, nothing)
        if found.remedy:
            self.say(found.remedy, "warning")
        self.open_files(found.paths)
        self.opener.add_dropped(replace(found, paths=()))

    def paste(self) -> None:
        """Open the image on the clipboard."""
        self.open_mime(QGuiApplication.clipboard().mimeData(), dropped_data.NO_IMAGE_COPIED)

    def offer_recovery(self) -> None:
        """Look for what an earlier run left behind, in the background, and offer it."""
        self._recovery_offer.offer()

    def warm_up(self) -> None:
        """Load the model, its nouns, and what separates colours in the background: the first answers come soon then."""

        def nouns(found: tuple[str, ...]) -> None:
            self._known_nouns = found
            self._offer_words()

        warm_up.warm_up(self._matting, self.asking(), self.runner, nouns, self._fail)

    def asking(self) -> ModelOptions:
        """Which model answers, as the settings say."""
        now = self.remembered.now
        return ModelOptions(now.weights, now.device, now.precision)

    def set_background(self, path: Path) -> None:
        """Read this file in the background and put the object on it."""
        editor = self.editor()

        def done(opened: Opened) -> None:
            for text in opened.warnings:
                self.say(text, "warning")
            if editor is not None and editor is self.editor():
                self.parts.edit_panel.set_background(opened.image.pixels)

        self.runner.start(Job(JobKind.BACKGROUND, lambda: read(path), done, self._fail))

    def stop_work(self) -> None:
        """Stop what is at work on the image in front, and opening more; picking a colour first."""
        if self._eyedropper.cancel():
            return
        editor = self.editor()
        if editor is not None:
            editor.cancel()
        if self.opener.busy:
            self.opener.cancel()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        """Files and images are welcome, but not what comes from this window."""
        if event.source() is None and dropped_data.looks_welcome(event.mimeData()):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self.parts.canvas.set_drop_hint(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:  # noqa: N802
        """They went elsewhere."""
        self.parts.canvas.set_drop_hint(False)

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        """Open what was dropped."""
        self.parts.canvas.set_drop_hint(False)
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self.open_mime(event.mimeData())

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        """Close when nothing is at stake, else ask first and close then."""
        if self.batching.may_close() and self.leaving.may_close():
            self._end()
            event.accept()
        else:
            event.ignore()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Follow light and dark."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._icons_due is not None:
            self._icons_due.start(0)  # one change of theme is many events

    def _fail(self, error: Exception) -> None:
        self.say(str(error), "error", about_weights=isinstance(error, WeightsError))

    def _edit(self, source: OpenedImage) -> Editor:
        return Editor(source, self._matting, self.runner, self.asking())

    def _connect(self) -> None:
        parts = self.parts
        self.opener.opened.connect(self._opened)
        self.opener.failed.connect(self._not_opened)
        self.opener.progressed.connect(lambda _: self._show_work())
        self.documents.chosen.connect(self._show_document)
        self.documents.heard.connect(self._hear)
        self.keeper.failed.connect(lambda text: self.say(text, "warning"))
        self.remembered.failed.connect(lambda error: self.say(str(error), "warning"))
        self.remembered.changed.connect(self._settings_changed)
        self.cut_outs.copied.connect(lambda: self.say("The cut-out is on the clipboard."))
        self.cut_outs.failed.connect(self._fail)
        self._handle.explained.connect(self.say)
        parts.tabs.close_wanted.connect(self.leaving.close_image)
        parts.expression_bar.asked.connect(self._asked)
        parts.edit_panel.background_chosen.connect(self.set_background)
        parts.matte_panel.view_changed.connect(parts.canvas.set_view)
        parts.canvas.view_changed.connect(parts.matte_panel.set_view)
        self._eyedropper = Eyedropper(parts.canvas)
        parts.matte_panel.eyedropper_asked.connect(self._eyedropper.pick)
        parts.edit_panel.eyedropper_asked.connect(self._eyedropper.pick)
        parts.brush_panel.tool_chosen.connect(parts.canvas.set_tool)
        parts.edit_panel.tool_chosen.connect(parts.canvas.set_tool)
        parts.canvas.tool_changed.connect(parts.brush_panel.set_tool)
        parts.canvas.tool_changed.connect(parts.edit_panel.set_tool)
        parts.brush_panel.brush_changed.connect(parts.canvas.set_brush)
        parts.canvas.brush_changed.connect(parts.brush_panel.set_brush)
        parts.canvas.zoom_changed.connect(parts.status.show_zoom)

    def _show_document(self, document: OpenDocument | None) -> None:
        editor = None if document is None else document.editor
        parts = self.parts
        for part in (parts.canvas, parts.expression_bar, parts.matte_panel, parts.brush_panel, parts.edit_panel):
            part.set_editor(editor)
        self._handle.setEnabled(editor is not None)
        parts.status.show_size(None if editor is None else editor.document.size)
        if editor is None:
            parts.status.show_zoom(None)
        parts.status.show_model(self.asking())
        if self._box.hasFocus() and not self._box.isModified():
            self._box.selectAll()  # what was asked of the other image is typed over
        self._show_title()
        self._show_work()
        self.commands.refresh()

    def _put_away(self, document: OpenDocument) -> None:
        self.keeper.leave(document.key)
        self._at_work.pop(document.key, None)
        self.documents.remove(document)

    def _show_title(self) -> None:
        editor = self.editor()
        self.setWindowTitle("RIM Editor" if editor is None else f"{editor.title}[*] – RIM Editor")
        self.setWindowModified(editor is not None and editor.unsaved)

    def _show_work(self) -> None:
        current = self.documents.current
        texts = list(self._at_work.get(current.key, {}).values()) if current is not None else []
        self.parts.status.show_work(texts[-1] if texts else self.opener.text)
        self.commands.refresh()

    def _opened(self, opened: Opened) -> None:
        path = opened.image.path
        if path is not None:
            self.remembered.set(stored.with_recent(self.remembered.now, path))
            there = self.documents.of_file(path)
            if there is not None:  # it was asked for twice before it was read
                self.documents.choose(there)
                return
        front = opened.first or self.documents.current is None
        document = self.documents.add(opened.image, front=front)
        self.keeper.watch(document.key, document.editor)
        for text in opened.warnings:
            self.say(text, "warning")
        if front:
            self.parts.expression_bar.focus_box()

    def _not_opened(self, path: Path | None, error: Exception) -> None:
        self.say(str(error), "error")
        if path is not None and not path.exists():
            now = self.remembered.now
            self.remembered.set(replace(now, recent=tuple(one for one in now.recent if one != path.absolute())))

    def _restored(self, document: Document) -> Callable[[], None]:
        added = self.documents.add(document.source, document)
        self.keeper.watch(added.key, added.editor)
        return self.keeper.keeping(added.key, added.editor)

    def _hear(self, document: OpenDocument, event: Event) -> None:
        in_front = document is self.documents.current
        if isinstance(event, JobStarted):
            self._at_work.setdefault(document.key, {})[event.kind] = event.text
        elif isinstance(event, JobEnded):
            self._at_work.get(document.key, {}).pop(event.kind, None)
            self.leaving.work_ended()
        elif isinstance(event, Notice):
            if not self._shown_elsewhere(event, in_front):
                text = event.text if in_front else f"{document.editor.title}: {event.text}"
                self.say(text, event.level, about_weights=isinstance(event.error, WeightsError))
        elif isinstance(event, Answered):
            self.parts.status.show_answer(event)
        if in_front:
            if isinstance(event, DocumentChanged):
                self._show_title()
                self.commands.refresh()
                if "edit" in event.aspects:
                    self._show_result()
            else:
                self._show_work()

    def _shown_elsewhere(self, notice: Notice, in_front: bool) -> bool:
        """Whether the expression bar or the export dialog shows it."""
        if notice.code is NoticeCode.NOT_FOUND:
            return in_front
        if notice.code is NoticeCode.FAILED and notice.job is JobKind.EXPORT:
            dialog = self.findChild(QDialog, "export_dialog")
            return dialog is not None and dialog.isVisible()
        return False

    def _show_result(self) -> None:
        """An edit that was just changed is worth looking at."""
        view = self.parts.canvas.view
        if view.mode is not ViewMode.RESULT:
            self.parts.canvas.set_view(replace(view, mode=ViewMode.RESULT))

    def _asked(self, expression: str) -> None:
        self._box.setModified(False)  # from now on Ctrl+Z takes back the answer, not the typing
        self.remembered.set(stored.with_expression(self.remembered.now, expression))

    def _offer_words(self) -> None:
        self.parts.expression_bar.set_words(self.remembered.now.expressions, self._known_nouns)

    def _settings_changed(self, now: Settings) -> None:
        self.parts.canvas.set_reduced_motion(now.reduced_motion)
        asking = self.asking()
        for document in self.documents:
            document.editor.options = asking
        self._offer_words()
        if self.documents.current is None or asking != self._asking_shown:
            self._asking_shown = asking
            self.parts.status.show_model(asking)
        self.commands.refresh()

    def _follow_theme(self) -> None:
        self.actions_by_id.paint_icons()
        parts = self.parts
        for part in (parts.expression_bar, parts.brush_panel, parts.edit_panel, parts.messages, self._handle):
            part.paint_icons()

    def _end(self) -> None:
        layout.keep(self)
        self.hide()
        self.opener.cancel()
        for document in self.documents:
            document.editor.close()
        batch_ended = self.batching.shutdown()
        self.ended_whole = self.runner.shutdown() and batch_ended
        self.cut_outs.clear()
        for finish in (self.keeper.finish, self.remembered.write):
            try:
                finish()
            except UserError as error:
                sys.stderr.write(f"rim-editor: {error}\n")  # there is no window any more
