"""Opens the batch dialog with what was done to the current image; a batch goes on while the dialog is closed."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QMessageBox, QWidget

from rim_editor.translation import tr

if TYPE_CHECKING:
    from clipmat.examples import Example
    from rim_editor.batch.recipe import ExpressionTerm
    from rim_editor.editor.jobs import Runner
    from rim_editor.matting import Matting
    from rim_editor.ui.batch.batch_dialog import BatchDialog
    from rim_editor.ui.batch.plan_page import ImageKey
    from rim_editor.ui.live_settings import LiveSettings
    from rim_editor.ui.window.documents import Documents


class BatchOpener(QObject):
    """Creates the dialog when it is first needed, and only once."""

    image_requested = Signal(object, object)
    """The user wants to see an image of a batch in the window: its `Outcome`, and the `Plan` that it is of or None."""

    def __init__(
        self,
        window: QWidget,
        matting: Matting,
        settings: LiveSettings,
        runner: Runner,
        documents: Documents,
        show_message: Callable[[str], object],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._matting = matting
        self._settings = settings
        self._runner = runner
        self._documents = documents
        self._show_message = show_message
        self._question: QMessageBox | None = None
        self.dialog: BatchDialog | None = None
        """None until it is first shown."""

    @property
    def running(self) -> bool:
        """Whether a batch is running."""
        return self.dialog is not None and self.dialog.running

    def functions(self) -> dict[str, Callable[[], object]]:
        """The functions of the actions, by their ids."""
        return {"batch": self.show, "batch_open": self.show_open_images}

    def show(self, example: Example | None = None) -> None:
        """Open the dialog with what was done to the current image, or bring it to the front.

        That is expressions, matte controls, composition and edit of the active layer, and how it was exported last.
        An example takes the place of the expressions.
        """
        if self.dialog is None:
            self.dialog = self._made()
            self._fill(self.dialog, example)
        elif not self.dialog.running and (not self.dialog.isVisible() or example is not None):
            self._fill(self.dialog, example)
        self.dialog.show()
        self.dialog.raise_()
        self.dialog.activateWindow()

    def show_open_images(self) -> None:
        """Open the dialog with the images of all tabs, each with the expressions that it was asked for."""
        from rim_editor.batch import project_recipes

        self.show()
        dialog, front = self.dialog, self._documents.current
        assert dialog is not None
        if dialog.running:
            self._show_message(
                tr("An export of many images is running: wait for it, then choose the open images again.")
            )
            return
        self._fill(dialog)
        usual = () if front is None else project_recipes.terms_of(front.editor.document)
        files: list[Path] = []
        own: dict[ImageKey, tuple[ExpressionTerm, ...]] = {}
        without, changed = [], []
        for one in self._documents:
            document, path = one.editor.document, one.editor.document.source.path
            if path is None or not os.path.isfile(path) or document.source.page is not None:  # a batch reads one page
                without.append(one.editor.title)
                continue
            if document.source.altered:
                changed.append(path.name)
            files.append(path.absolute())
            terms = project_recipes.terms_of(document)
            if terms and terms != usual:
                own[str(path.absolute()), None] = terms
        dialog.set_own_expressions(own)
        dialog.add(files)
        notes = []
        if without:
            notes.append(
                tr(
                    "Left out, as there is no file of them: {images}. Save them as images first.",
                    images=", ".join(without),
                )
            )
        if changed:
            notes.append(
                tr("Taken as their files are, without turning and cropping here: {images}.", images=", ".join(changed))
            )
        dialog.show_note(" ".join(notes))

    def _made(self) -> BatchDialog:
        from rim_editor.documents.document import MatteControls
        from rim_editor.documents.edits import Cutout
        from rim_editor.ui.batch.batch_dialog import BatchDialog

        usual, controls = Cutout(), MatteControls()
        made = BatchDialog(
            self._matting, self._settings.current, self._runner, self._window, edit=usual, controls=controls
        )
        made.expressions_used.connect(self._remember_expressions)
        made.finished_unseen.connect(self._show_message)
        made.image_requested.connect(self.image_requested)
        self._settings.changed.connect(made.set_settings)
        return made

    def _fill(self, dialog: BatchDialog, example: Example | None = None) -> None:
        """Show in the dialog what was done to the image in front."""
        from rim_editor.batch import project_recipes
        from rim_editor.documents.composition import Composition
        from rim_editor.documents.document import MatteControls
        from rim_editor.documents.edits import Cutout, Edit, MatteOnly
        from rim_editor.files.exporting import Content, ExportRequest

        settings, front = self._settings.current, self._documents.current
        request = ExportRequest(
            quality=settings.quality,
            metadata=settings.keep_metadata,
            longest_side=settings.export_longest_side,
        )
        if front is None:
            dialog.set_edit(Cutout(), MatteControls(), None, Composition(), "")
            dialog.set_expressions((), example)
            dialog.set_export(settings.export_suffix, request)
            return
        editor, suffix = front.editor, settings.export_suffix
        edit: Edit = editor.document.edit
        if front.last_export is not None:
            suffix, request = front.last_export[0].suffix, front.last_export[1]
            edit = MatteOnly() if request.content is Content.MATTE else edit
        request = replace(request, framing=front.framing)
        one_saved = not editor.unsaved and len(editor.document.layers) == 1
        background = editor.saving.path if one_saved else None
        document = editor.document
        dialog.set_edit(edit, document.controls, background, document.composition, tr("“{words}”", words=editor.title))
        dialog.set_expressions(() if example is not None else project_recipes.terms_of(editor.document), example)
        dialog.set_export(suffix, request)

    def may_close(self) -> bool:
        """Whether the window may close now; if not, ask the user, and close it once they agree."""
        if not self.running:
            return True
        if self._question is None:
            self._question = self._ask()
        return False

    def shutdown(self) -> bool:
        """Stop the batch and return whether it has ended. Finished images stay, and the rest can be resumed."""
        return self.dialog is None or self.dialog.shutdown()

    def _remember_expressions(self, expressions: tuple[str, ...]) -> None:
        from rim_editor.settings import with_expression

        settings = self._settings.current
        for expression in expressions:
            settings = with_expression(settings, expression)
        self._settings.set(settings)

    def _ask(self) -> QMessageBox:
        question = QMessageBox(self._window)
        question.setObjectName("batch_running_box")
        question.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        question.setIcon(QMessageBox.Icon.Warning)
        question.setWindowTitle(tr("Batch export is running"))
        question.setText(tr("A batch export is running."))
        question.setInformativeText(
            tr("Finished images are kept, and the rest can be resumed from File > Batch Export.")
        )
        stop = question.addButton(tr("&Stop and Close"), QMessageBox.ButtonRole.DestructiveRole)
        stop.setObjectName("batch_stop")
        stay = question.addButton(tr("&Keep Open"), QMessageBox.ButtonRole.RejectRole)
        stay.setObjectName("batch_stay")
        question.setDefaultButton(stay)
        question.setEscapeButton(stay)

        def answered() -> None:
            self._question = None
            if question.clickedButton() is stop:
                self.shutdown()
                self._window.close()

        question.finished.connect(answered)
        question.open()
        return question
