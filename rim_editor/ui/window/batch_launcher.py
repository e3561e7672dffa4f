"""The window's one batch dialog: begins with the edit of the image in front, is kept while it runs, asks at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QMessageBox

if TYPE_CHECKING:
    from rim_editor.matting import Matting
    from rim_editor.ui.batch.batch_dialog import BatchDialog
    from rim_editor.ui.window.main_window import MainWindow


class Batching(QObject):
    """Makes the dialog when it is first wanted; a running batch goes on while the dialog is closed."""

    def __init__(self, window: MainWindow, matting: Matting) -> None:
        super().__init__(window)
        self._window = window
        self._matting = matting
        self._dialog: BatchDialog | None = None
        self._box: QMessageBox | None = None

    @property
    def running(self) -> bool:
        """Whether a batch is at work."""
        return self._dialog is not None and self._dialog.running

    def show(self) -> None:
        """Open the dialog, with edit and matte controls of the image in front, or bring it to the front."""
        from rim_editor.document import MatteControls
        from rim_editor.edits import Cutout
        from rim_editor.settings import with_expression

        window, editor = self._window, self._window.editor()
        document = None if editor is None else editor.document
        edit = Cutout() if document is None else document.edit
        controls = MatteControls() if document is None else document.controls
        if self._dialog is None:
            from rim_editor.ui.batch.batch_dialog import BatchDialog

            dialog = BatchDialog(
                self._matting, window.remembered.now, window.runner, window, edit=edit, controls=controls
            )

            def used(expressions: tuple[str, ...]) -> None:
                now = window.remembered.now
                for expression in expressions:
                    now = with_expression(now, expression)
                window.remembered.set(now)

            dialog.expressions_used.connect(used)
            dialog.finished_unseen.connect(window.say)
            window.remembered.changed.connect(dialog.set_settings)
            self._dialog = dialog
        elif not self._dialog.running and not self._dialog.isVisible():
            self._dialog.set_edit(edit, controls)
        self._dialog.show()
        self._dialog.raise_()
        self._dialog.activateWindow()

    def may_close(self) -> bool:
        """Whether the window may close now; if not, the user is asked, and the window closes after a yes."""
        if not self.running:
            return True
        if self._box is None:
            self._box = self._ask()
        return False

    def shutdown(self) -> bool:
        """Stop what is at work; whether it ended. What was written stays, and the batch can be resumed."""
        return self._dialog is None or self._dialog.shutdown()

    def _ask(self) -> QMessageBox:
        box = QMessageBox(self._window)
        box.setObjectName("batch_running_box")
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setIcon(QMessageBox.Icon.Warning)
        box.setWindowTitle("Batch export at work")
        box.setText("A batch export is at work.")
        box.setInformativeText("What is written stays, and the rest can be resumed from File > Batch Export.")
        stop = box.addButton("&Stop and Close", QMessageBox.ButtonRole.DestructiveRole)
        stop.setObjectName("batch_stop")
        stay = box.addButton("&Keep Open", QMessageBox.ButtonRole.RejectRole)
        stay.setObjectName("batch_stay")
        box.setDefaultButton(stay)
        box.setEscapeButton(stay)

        def answered() -> None:
            self._box = None
            if box.clickedButton() is stop:
                self.shutdown()
                self._window.close()

        box.finished.connect(answered)
        box.open()
        return box
