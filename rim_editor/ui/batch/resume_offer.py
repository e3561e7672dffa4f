"""Offers to resume an unfinished export that is found in the folder of the results."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from rim_editor.batch.resuming import unfinished
from rim_editor.editor.events import JobKind
from rim_editor.editor.jobs import Job, Runner
from rim_editor.translation import tr
from rim_editor.ui.named_widgets import name_widget, wrapped_label


class ResumeOffer(QFrame):
    """Hidden unless the folder that was checked holds an unfinished export."""

    accepted = Signal(Path)
    """The user wants to resume the export in this folder."""

    def __init__(self, runner: Runner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("batch_unfinished")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self._runner = runner
        self._folder = Path()
        self._text = wrapped_label("batch_unfinished_text")
        button = name_widget(
            QPushButton(tr("&Resume it")), "batch_resume_journal", tr("Export the images that are left")
        )
        button.setAutoDefault(False)
        button.clicked.connect(lambda: self.accepted.emit(self._folder))
        row = QHBoxLayout(self)
        row.addWidget(self._text, 1)
        row.addWidget(button)
        self.hide()

    def check_folder(self, folder: Path | None) -> None:
        """Check in the background whether there is something to resume in this folder; None hides the offer."""
        self.cancel_jobs()
        self.hide()
        if folder is not None:
            self._folder = folder

            def failed(_error: Exception) -> None:
                """A journal that cannot be read offers nothing; a new export replaces it."""

            self._runner.start(Job(JobKind.JOURNAL, lambda: unfinished(folder), self._show_offer, failed, owner=self))

    def cancel_jobs(self) -> None:
        """Drop a check that is running."""
        self._runner.cancel(JobKind.JOURNAL, self)

    def _show_offer(self, counts: tuple[int, int] | None) -> None:
        if counts is None:
            return
        left, total = counts
        self._text.setText(
            tr(
                "In the last export into this folder, {left:,} of {total:,} images failed or were not "
                "reached. Resume it as it was planned, or make a new plan.",
                left=left,
                total=total,
            )
        )
        self.show()
