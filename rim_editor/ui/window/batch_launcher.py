"""Opens the batch dialog with the edit of the current image; a batch goes on while the dialog is closed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QMessageBox, QWidget

if TYPE_CHECKING:
    from clipmat.examples import Example
    from rim_editor.editor.editor import Editor
    from rim_editor.editor.jobs import Runner
    from rim_editor.matting import Matting
    from rim_editor.ui.batch.batch_dialog import BatchDialog
    from rim_editor.ui.live_settings import LiveSettings


class BatchLauncher(QObject):
    """Creates the dialog when it is first needed, and only once."""

    def __init__(
        self,
        window: QWidget,
        matting: Matting,
        settings: LiveSettings,
        runner: Runner,
        current_editor: Callable[[], Editor | None],
        show_message: Callable[[str], object],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._matting = matting
        self._settings = settings
        self._runner = runner
        self._current_editor = current_editor
        self._show_message = show_message
        self._question: QMessageBox | None = None
        self.dialog: BatchDialog | None = None
        """None until it is first shown."""

    @property
    def running(self) -> bool:
        """Whether a batch is running."""
        return self.dialog is not None and self.dialog.running

    def show(self, example: Example | None = None) -> None:
        """Open the dialog with what was done to the current image, or bring it to the front.

        An example takes the place of the expressions.
        That is expressions, matte controls and edit of the active layer; a background needs a file, which the project
        is once it is saved.
        """
        from rim_editor.batch import project_recipes
        from rim_editor.documents.document import MatteControls
        from rim_editor.documents.edits import Cutout

        editor = self._current_editor()
        document = None if editor is None else editor.document
        edit = Cutout() if document is None else document.edit
        controls = MatteControls() if document is None else document.controls
        terms = () if document is None or example is not None else project_recipes.terms_of(document)
        background = None
        if editor is not None and not editor.unsaved and len(editor.document.layers) == 1:
            background = editor.saving.path
        if self.dialog is None:
            from rim_editor.ui.batch.batch_dialog import BatchDialog

            self.dialog = BatchDialog(
                self._matting,
                self._settings.current,
                self._runner,
                self._window,
                edit=edit,
                controls=controls,
                background=background,
            )
            self.dialog.set_expressions(terms, example)
            self.dialog.expressions_used.connect(self._remember_expressions)
            self.dialog.finished_unseen.connect(self._show_message)
            self._settings.changed.connect(self.dialog.set_settings)
        elif not self.dialog.running and (not self.dialog.isVisible() or example is not None):
            self.dialog.set_edit(edit, controls, background)
            self.dialog.set_expressions(terms, example)
        self.dialog.show()
        self.dialog.raise_()
        self.dialog.activateWindow()

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
        question.setWindowTitle("Batch export is running")
        question.setText("A batch export is running.")
        question.setInformativeText("Finished images are kept, and the rest can be resumed from File > Batch Export.")
        stop = question.addButton("&Stop and Close", QMessageBox.ButtonRole.DestructiveRole)
        stop.setObjectName("batch_stop")
        stay = question.addButton("&Keep Open", QMessageBox.ButtonRole.RejectRole)
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
