"""The third page of a batch: how far it is, what became of the images, and what can be done about it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from rim_editor.batch.outcomes import State
from rim_editor.ui.batch.batch_thread import BatchWork, Ended, Told
from rim_editor.ui.batch.outcome_tables import OutcomeTabs, open_path
from rim_editor.ui.named_widgets import named, wrapped_label

_PICTURE = 160
_AT_WORK = "Exporting…"
_STATES = {
    State.DONE: "exported",
    State.FAILED: "failed",
    State.NOTHING_MATCHED: "with nothing that matched",
    State.SKIPPED: "skipped",
}


class RunPage(QWidget):
    """Shows what `work` tells, and pauses, resumes and stops it."""

    progressed = Signal(int)
    """Per cent of the images that are done with."""

    def __init__(self, work: BatchWork, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("batch_run")
        self._work = work
        self._report: Path | None = None
        self._trouble = ""
        self._folder: Path | None = None
        self._state = wrapped_label("batch_state")
        self._bar = named(QProgressBar(), "batch_progress", accessible="Images that are done with")
        self._facts = named(QLabel(), "batch_facts")
        self._picture = named(QLabel(), "batch_thumbnail", accessible="The newest result")
        self._picture.setFixedSize(_PICTURE, _PICTURE)
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._now = named(QLabel(), "batch_now")
        self._now.setTextFormat(Qt.TextFormat.PlainText)
        self._pause = self._button("&Pause", "batch_pause", "Let no further step begin; nothing is lost", self._toggle)
        self._stop = self._button("&Stop", "batch_stop", "Stop; what is done stays, the rest can follow", self.stop)
        self._open_folder = self._button("Open &folder", "batch_open_folder", "Show the results", self._show_folder)
        self._open_report = self._button("Open &report", "batch_open_report", "What became of each", self._show_report)
        for label in (self._facts, self._now):  # empty ones keep their place, so that nothing below them jumps
            label.setMinimumHeight(label.fontMetrics().height() + 2)
        self._tabs = OutcomeTabs()
        self._tabs.opened.connect(self._opened)
        self._error = wrapped_label("batch_run_error")
        buttons = QHBoxLayout()
        for button in (self._pause, self._stop, self._open_folder, self._open_report):
            buttons.addWidget(button)
        buttons.addStretch(1)
        facts = QVBoxLayout()
        for widget in (self._state, self._bar, self._facts, self._now):
            facts.addWidget(widget)
        facts.addLayout(buttons)
        facts.addStretch(1)
        top = QHBoxLayout()
        top.addWidget(self._picture)
        top.addLayout(facts, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(top)
        column.addWidget(self._error)
        column.addWidget(self._tabs, 1)
        work.told.connect(self._hear)
        work.ended.connect(self._end)

    def begin(self, folder: Path) -> None:
        """Show that a batch into this folder begins."""
        self._folder, self._report = folder, None
        self._tabs.clear()
        self._bar.setRange(0, 0)
        self._state.setText("Starting: the model is being loaded…")
        self._facts.clear()
        self._now.clear()
        self._picture.clear()
        self._trouble = ""
        self._fail("")
        self._show_running(True)

    def stop(self) -> None:
        """Stop the batch; it ends soon after."""
        self._work.control.cancel()
        self._state.setText("Stopping, and writing the report…")
        self._pause.setEnabled(False)
        self._stop.setEnabled(False)

    def _hear(self, told: Told) -> None:
        progress = told.progress
        self._bar.setRange(0, max(progress.total, 1))
        self._bar.setValue(progress.done)
        self._bar.setFormat(f"{progress.done:,} of {progress.total:,}")
        control = self._work.control
        # The first progress comes before the model is there.
        if told.outcomes and not control.paused and not control.cancelled and self._state.text() != _AT_WORK:
            self._state.setText(_AT_WORK)
        pace = progress.images_per_second
        left = progress.seconds_left
        facts = [f"{pace:.1f} images a second" if pace >= 1 else f"{60 * pace:.1f} images a minute"] if pace else []
        if left is not None and not control.paused:
            facts.append(f"about {duration(left)} left")
        self._facts.setText(", ".join(facts))
        self._tabs.add(told.outcomes)
        newest = told.outcomes[-1] if told.outcomes else None
        if newest is not None:
            self._now.setText(newest.source.name)
            pixmap = QPixmap()
            if newest.thumbnail is not None and pixmap.loadFromData(newest.thumbnail):
                self._picture.setPixmap(pixmap)
        self.progressed.emit(100 * progress.done // max(progress.total, 1))

    def _end(self, ended: Ended) -> None:
        found = ended.summary
        total = 1 if found is None else max(len(found.plan.items), 1)
        self._bar.setRange(0, total)
        self._bar.setValue(0 if found is None else total - found.left)
        self._bar.setFormat("" if found is None else f"{total - found.left:,} of {total:,}")
        if found is not None:
            self._folder = found.plan.folder
            self._report = next((path for path in found.reports if path.suffix == ".html"), None)
        text = summary(ended)
        self._state.setText(text)
        self._state.setAccessibleName(text)
        self._facts.clear()
        self._now.clear()
        self._trouble = ended.text
        self._fail(ended.text)
        self._tabs.show_something()
        self._show_running(False)

    def _toggle(self) -> None:
        control = self._work.control
        if control.paused:
            control.resume()
            self._state.setText(_AT_WORK)
        else:
            control.pause()
            self._facts.clear()  # the time that is left grows by now
            self._state.setText("Paused. What is under way stands still until you resume.")
        self._pause.setText("&Resume" if control.paused else "&Pause")

    def _show_running(self, running: bool) -> None:
        self._pause.setText("&Pause")
        for button in (self._pause, self._stop):
            button.setEnabled(True)
            button.setVisible(running)
        self._open_folder.setVisible(not running and self._folder is not None and self._folder.is_dir())
        self._open_report.setVisible(not running and self._report is not None)

    def _fail(self, text: str) -> None:
        self._error.setText(text)
        self._error.setVisible(bool(text))

    def _opened(self, trouble: str) -> None:
        """A file was opened, or there was trouble with it; what the batch itself had to say comes back after it."""
        self._fail(trouble or self._trouble)

    def _show_folder(self) -> None:
        if self._folder is not None:
            self._opened(open_path(self._folder))

    def _show_report(self) -> None:
        if self._report is not None:
            self._opened(open_path(self._report))

    def _button(self, text: str, name: str, tip: str, action: Callable[[], None]) -> QPushButton:
        button = named(QPushButton(text), name, tip)
        button.setAutoDefault(False)
        button.clicked.connect(action)
        return button


def summary(ended: Ended) -> str:
    """How the batch ended, in a sentence."""
    found = ended.summary
    if found is None:
        return "The export could not be done."
    pieces = [f"{count:,} {_STATES[state]}" for state, count in found.counts.items() if count]
    if found.left:
        pieces.append(f"{found.left:,} not done")
    how = "Stopped" if found.stopped else "Finished"
    return f"{how} after {duration(found.seconds)}: {', '.join(pieces) or 'nothing to do'}."


def duration(seconds: float) -> str:
    """Such as '5 s', '12 min' or '3 h 20 min'."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"
