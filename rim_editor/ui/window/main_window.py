"""The main window: builds its parts, connects them, and closes.

Longer than 300 lines because every part of the window is made and connected here.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDragLeaveEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QMainWindow

from clipmat.certainty import Certainty
from clipmat.errors import UserError
from rim_editor import settings as stored
from rim_editor.editor.editor import Editor
from rim_editor.editor.events import Answered, DocumentChanged, Event, JobKind
from rim_editor.editor.jobs import Job
from rim_editor.files.recovery import Recovery
from rim_editor.model_requests import ModelOptions
from rim_editor.settings import Settings
from rim_editor.ui import dropped_data, model_loader
from rim_editor.ui.live_settings import LiveSettings
from rim_editor.ui.panels.input_widgets import TextFieldFilter
from rim_editor.ui.qt_runner import QtRunner
from rim_editor.ui.window import layout
from rim_editor.ui.window.action_handlers import ActionHandlers
from rim_editor.ui.window.actions import Actions
from rim_editor.ui.window.autosave import Autosave
from rim_editor.ui.window.batch_opener import BatchOpener
from rim_editor.ui.window.cutout_exporter import CutoutExporter
from rim_editor.ui.window.dialog_opener import DialogOpener
from rim_editor.ui.window.document_closer import DocumentCloser
from rim_editor.ui.window.document_opener import DocumentOpener
from rim_editor.ui.window.documents import Documents, OpenDocument
from rim_editor.ui.window.drag_handle import DragHandle
from rim_editor.ui.window.example_finder import ExampleFinder
from rim_editor.ui.window.eyedropper import Eyedropper
from rim_editor.ui.window.file_manager import FileManager
from rim_editor.ui.window.matte_loader import MatteLoader
from rim_editor.ui.window.notifications import Notifications
from rim_editor.ui.window.page_chooser import PageChooser
from rim_editor.ui.window.project_saver import ProjectSaver
from rim_editor.ui.window.recovery_offer import RecoveryOffer
from rim_editor.ui.window.repeater import Repeater
from rim_editor.ui.window.start_page import SAMPLE_EXPRESSIONS, StartPage, sample_file
from rim_editor.ui.window.word_finder import WordFinder

if TYPE_CHECKING:
    from clipmat.image_files import OpenedImage
    from rim_editor.matting import Matting


class MainWindow(QMainWindow):
    """The window, with its `parts`, `documents`, `notifications`, `runner` and `live_settings`.

    It is usable as soon as it is shown: `preload_model` loads the model and `offer_recovery` searches for unsaved
    work after a crash, both in the background. `runner` and `recovery` replace its own.
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
        self._icons_timer: QTimer | None = None
        self._matting = matting
        self._known_nouns: tuple[str, ...] = ()
        self.all_jobs_ended = True
        """Whether all jobs had ended when the window closed; if not, end the process without waiting for threads."""
        self.runner = runner or QtRunner(self)
        self.live_settings = LiveSettings(settings, self.runner, self)
        self.actions_by_id = Actions(self)
        parts = self.parts = layout.lay_out(self, self.actions_by_id)
        self.documents = Documents(parts.tabs, self._make_editor, self)
        self.opener = DocumentOpener(self.runner, self.documents, self.live_settings, self)
        self._pages = PageChooser(self, self.documents, self.opener, parts.messages, self.runner)
        self.matte_loader = MatteLoader(self.runner, self.editor, parts.expression_bar.combine, self)
        self.batch = BatchOpener(
            self, matting, self.live_settings, self.runner, self.documents, lambda text: self.show_message(text)
        )
        self._examples = ExampleFinder(self.documents, parts.messages, self.runner, self.batch.show, self)
        self._repeater = Repeater(self.documents, self.opener, parts.expression_bar, self.batch, self.runner, self)
        folders = FileManager(self)
        self._dialogs = DialogOpener(
            self, self.documents, self.live_settings, self.runner, folders, self.opener.open_files, self.preload_model
        )
        self.notifications = Notifications(
            self, parts, self.documents, self.opener, self._dialogs.show_models, folders.show_file
        )
        folders.failed.connect(self.notifications.show_warning)
        self.show_message = self.notifications.show_message
        recovery = recovery or Recovery(stored.recovery_folder())
        self._autosave = Autosave(recovery, self.runner, self)
        self._recovery_offer = RecoveryOffer(
            recovery, self.runner, parts.messages, self.documents, self._autosave, self
        )
        self._projects = ProjectSaver(self, self.documents, self.live_settings)
        self._closing = DocumentCloser(self, self.documents, parts.messages, self._projects.save, self._close_document)
        self._cutouts = CutoutExporter(self.runner, self)
        self._drag_handle = DragHandle(self._cutouts, self.editor, self)
        parts.toolbar.insertWidget(self.actions_by_id["export"], self._drag_handle)
        self._eyedropper = Eyedropper(parts.canvas)
        field = parts.expression_bar.findChild(QLineEdit, "expression_box")
        assert field is not None
        self._expression_field = field
        TextFieldFilter(field)
        self.handlers = ActionHandlers(
            self.actions_by_id,
            parts,
            self.documents,
            self.live_settings,
            self._functions(),
            self.opener.open_files,
            lambda: self.opener.busy,
            self,
        )
        self._words = WordFinder(matting, self.runner, self.documents, parts.expression_bar, self.live_settings, self)
        self._start_page = StartPage(self.parts.canvas, self._dialogs.show_open, self.opener.paste)
        self._start_page.sample_requested.connect(self._open_sample)
        self._connect()
        self._shown_options = self.model_options()
        self.parts.canvas.set_reduced_motion(settings.reduced_motion)
        self._paint_icons()
        self._icons_timer = QTimer(self, singleShot=True)
        self._icons_timer.timeout.connect(self._paint_icons)
        layout.restore_state(self, self.actions_by_id)
        self._update_suggestions()
        self._show_document(None)

    def editor(self) -> Editor | None:
        """The editor of the image in front."""
        current = self.documents.current
        return None if current is None else current.editor

    def offer_recovery(self) -> None:
        """Search in the background for unsaved work of a run that crashed, and offer it."""
        self._recovery_offer.offer()

    def preload_model(self) -> None:
        """Load the model, its nouns and colour decontamination in the background, so that the first answer is quick."""

        def nouns_found(nouns: tuple[str, ...]) -> None:
            self._known_nouns = nouns
            self._update_suggestions()

        show_error = self.notifications.show_error
        options = self.model_options()
        model_loader.preload(self._matting, options, self.runner, nouns_found, self._words.begin, show_error)

    def model_options(self) -> ModelOptions:
        """The model according to the settings."""
        settings = self.live_settings.current
        return ModelOptions(settings.weights, settings.device, settings.precision)

    def set_background(self, path: Path) -> None:
        """Read this file in the background and put the object on it."""
        editor = self.editor()

        def read() -> OpenedImage:
            from clipmat import image_files

            return image_files.read(path)

        def done(image: OpenedImage) -> None:
            if editor is not None and editor is self.editor():
                self.parts.edit_panel.set_background(image.pixels)

        show = self.notifications
        self.runner.start(Job(JobKind.BACKGROUND, read, done, show.show_image_error, show.show_image_warning))

    def stop_work(self) -> None:
        """Cancel picking a colour; otherwise stop the jobs of the current image and opening more images."""
        if self._eyedropper.cancel():
            return
        self._focus_canvas()
        editor = self.editor()
        if editor is not None:
            editor.cancel()
        if self.opener.busy:
            self.opener.cancel()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        """Accept files and images from other programs."""
        if event.source() is None and dropped_data.may_hold_image(event.mimeData()):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self._show_drop_hint(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:  # noqa: N802
        """Take the hint away."""
        self._show_drop_hint(False)

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        """Open what was dropped."""
        self._show_drop_hint(False)
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self.opener.open_mime(event.mimeData())

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        """Close the window if nothing would be lost, otherwise ask first."""
        if self.batch.may_close() and self._closing.may_close():
            self._shutdown()
            event.accept()
        else:
            event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Escape gives the canvas the focus, wherever it is in the window."""
        if event.key() == Qt.Key.Key_Escape:
            self._focus_canvas()
        super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Make the icons again after the theme has changed."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._icons_timer is not None:
            self._icons_timer.start(0)  # one change of the theme sends many events

    def _show_drop_hint(self, hint: bool) -> None:
        self.parts.canvas.set_drop_hint(hint)
        self._start_page.setVisible(not hint and self.editor() is None)  # it covers the canvas

    def _make_editor(self, source: OpenedImage) -> Editor:
        return Editor(source, self._matting, self.runner, self.model_options())

    def _functions(self) -> dict[str, Callable[[], object]]:
        dialogs = self._dialogs
        return {
            "paste": self.opener.paste,
            "open_page": self._pages.choose,
            "add_matte": self.matte_loader.choose,
            "use_alpha": self.matte_loader.use_alpha,
            "save": self._projects.save,
            "save_as": self._projects.save_as,
            "copy_cutout": lambda: self._cutouts.copy(self.editor()),
            "copy_result": lambda: self._cutouts.copy(self.editor(), whole=True),
            "close": self._close_current,
            "quit": self.close,
            "cancel": self.stop_work,
            "full_screen": lambda: self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen),
            "shortcuts": lambda: dialogs.show_shortcuts(self.actions_by_id),
            **self.batch.functions(),
            **self._repeater.functions(),
            **dialogs.functions(),
            **self._examples.functions(),
        }

    def _connect(self) -> None:
        parts, show = self.parts, self.notifications
        self.opener.opened.connect(self._opened)
        self.opener.warned.connect(show.show_image_warning)
        self.opener.failed.connect(show.show_image_error)
        self._pages.failed.connect(show.show_image_error)
        self.matte_loader.warned.connect(show.show_image_warning)
        self.matte_loader.failed.connect(show.show_image_error)
        self.opener.example_chosen.connect(self._examples.open)
        self._examples.failed.connect(show.show_image_error)
        self.opener.progressed.connect(lambda _: self.handlers.refresh())
        self.documents.chosen.connect(self._show_document)
        self.documents.event_received.connect(self._on_event)
        self._autosave.failed.connect(show.show_warning)
        self._recovery_offer.warned.connect(show.show_image_warning)
        self.live_settings.failed.connect(lambda error: show.show_warning(str(error)))
        self.live_settings.changed.connect(self._settings_changed)
        self._repeater.messaged.connect(show.show_image_warning)
        self._cutouts.copied.connect(show.show_over_front)
        self._dialogs.presets.noted.connect(show.show_about_presets)
        self._cutouts.failed.connect(show.show_image_error)
        self._drag_handle.clicked_only.connect(show.show_over_front)
        parts.tabs.close_requested.connect(self._closing.close_image)
        parts.expression_bar.submitted.connect(self._asked)
        parts.expression_bar.left.connect(self._focus_canvas)
        parts.edit_panel.background_chosen.connect(self.set_background)
        parts.matte_panel.eyedropper_requested.connect(self._eyedropper.pick)
        parts.edit_panel.eyedropper_requested.connect(self._eyedropper.pick)

    def _show_document(self, document: OpenDocument | None) -> None:
        editor = None if document is None else document.editor
        parts = self.parts
        for part in (
            parts.canvas,
            parts.expression_bar,
            parts.matte_panel,
            parts.layer_panel,
            parts.brush_panel,
            parts.tool_strip,
            parts.edit_panel,
        ):
            part.set_editor(editor)
        self._drag_handle.setEnabled(editor is not None)
        self._start_page.setVisible(editor is None)
        parts.status.show_size(None if editor is None else editor.document.size)
        if editor is None:
            parts.status.show_zoom(None)
        parts.status.show_model(self.model_options())
        self.notifications.refresh()
        self.handlers.refresh()

    def _on_event(self, document: OpenDocument, event: Event) -> None:
        if document is self.documents.current:
            self.handlers.refresh()
            if isinstance(event, DocumentChanged) and "image" in event.aspects:
                self.parts.status.show_size(document.editor.document.size)
        # Words that found nothing are no use another time, nor is the title of an example.
        if isinstance(event, Answered) and event.certainty is not Certainty.NONE and not event.by_example:
            if event.expression:
                self.live_settings.set(stored.with_expression(self.live_settings.current, event.expression))

    def _open_sample(self, expression: str) -> None:
        """Open the sample, and ask for the expression, or offer some to click."""

        def opened(document: OpenDocument) -> None:
            if document.editor.document.source.path is not None:
                return  # another one, that was queued before
            self.opener.opened.disconnect(connection)
            bar = self.parts.expression_bar
            bar.suggest(document.editor, SAMPLE_EXPRESSIONS)
            if expression and document is self.documents.current:
                bar.ask_for(expression)

        connection = self.opener.opened.connect(opened)
        self.opener.open_sample(sample_file())

    def _opened(self, document: OpenDocument, front: bool) -> None:
        self._autosave.watch(document.key, document.editor)
        if front:
            self.parts.expression_bar.focus_box()

    def _close_document(self, document: OpenDocument) -> None:
        self._autosave.unwatch(document.key)
        self.documents.remove(document)

    def _close_current(self) -> None:
        current = self.documents.current
        if current is not None:
            self._closing.close_image(current.key)

    def _asked(self, expression: str) -> None:
        self._expression_field.setModified(False)  # from now on Ctrl+Z undoes the answer, not the typing

    def _focus_canvas(self) -> None:
        if self.editor() is not None:
            self.parts.canvas.setFocus(Qt.FocusReason.OtherFocusReason)

    def _update_suggestions(self) -> None:
        self.parts.expression_bar.set_suggestions(self.live_settings.current.expressions, self._known_nouns)

    def _settings_changed(self, settings: Settings) -> None:
        self.parts.canvas.set_reduced_motion(settings.reduced_motion)
        options = self.model_options()
        for document in self.documents:
            document.editor.options = options
        self._update_suggestions()
        if self.documents.current is None or options != self._shown_options:
            self._shown_options = options
            self.parts.status.show_model(options)
        self.handlers.refresh()

    def _paint_icons(self) -> None:
        self.actions_by_id.paint_icons()
        parts = self.parts
        for part in (
            parts.expression_bar,
            parts.layer_panel,
            parts.tool_strip,
            parts.edit_panel,
            parts.messages,
            self._drag_handle,
            self._start_page,
        ):
            part.paint_icons()

    def _shutdown(self) -> None:
        layout.save_state(self)
        self.hide()
        self.opener.cancel()
        for document in self.documents:
            document.editor.close()
        batch_ended = self.batch.shutdown()
        self.all_jobs_ended = self.runner.shutdown() and batch_ended
        self._cutouts.clear()
        for finish in (self._autosave.finish, self.live_settings.write):
            try:
                finish()
            except UserError as error:
                sys.stderr.write(f"rim-editor: {error}\n")  # there is no window any more
