"""An export that was not finished, found in the folder of the results, and the offer to go on with it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from rim_editor.batch.journal_file import unfinished
from rim_editor.events import JobKind
from rim_editor.jobs import Job, Runner
from rim_editor.ui.named_widgets import named, wrapped_label


class ResumeOffer(QFrame):
    """Hidden unless the folder that it was told to look into holds an unfinished export."""

    asked = Signal(Path)
    """The user wants to go on with the export in this folder."""

    def __init__(self, runner: Runner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("batch_unfinished")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self._runner = runner
        self._folder = Path()
        self._text = wrapped_label("batch_unfinished_text")
        button = named(QPushButton("&Go on with it"), "batch_resume_journal", "Do what is left of the former export")
        button.setAutoDefault(False)
        button.clicked.connect(lambda: self.asked.emit(self._folder))
        row = QHBoxLayout(self)
        row.addWidget(self._text, 1)
        row.addWidget(button)
        self.hide()

    def look_into(self, folder: Path | None) -> None:
        """Look beside the window whether there is something to go on with in this folder; None hides the offer."""
        self.leave()
        self.hide()
        if folder is not None:
            self._folder = folder

            def failed(_error: Exception) -> None:
                """A journal that cannot be read is nothing to offer; a new export replaces it."""

            self._runner.start(Job(JobKind.JOURNAL, lambda: unfinished(folder), self._found, failed, owner=self))

    def leave(self) -> None:
        """Hear nothing more of what is being looked at."""
        self._runner.cancel(JobKind.JOURNAL, self)

    def _found(self, counts: tuple[int, int] | None) -> None:
        if counts is None:
            return
        left, total = counts
        self._text.setText(
            f"Of the last export into this folder {left:,} of {total:,} images were not reached, or failed. "
            "Go on with it as it was planned, or make a plan and begin anew."
        )
        self.show()
