"""The third page of a batch: its progress, its results, and buttons to pause, resume and stop it.

From the results, an image can be opened in the window, to see and mend what was made of it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from rim_editor.batch.outcomes import State
from rim_editor.translation import marked, tr
from rim_editor.ui.batch.batch_thread import BatchResult, BatchThread, ProgressUpdate
from rim_editor.ui.batch.outcome_tables import OutcomeTabs, open_path
from rim_editor.ui.named_widgets import name_widget, wrapped_label

_THUMBNAIL = 160
_EXPORTING = marked("Exporting…")
_STATES = marked(
    {
        State.DONE: "exported",
        State.FAILED: "failed",
        State.NOTHING_MATCHED: "not found",
        State.SKIPPED: "left out",
    }
)


class RunPage(QWidget):
    """Shows the progress of `thread`, and pauses, resumes and stops its batch."""

    image_requested = Signal(object)
    """The user wants to see the image of this `Outcome` in the window."""
    percent_changed = Signal(int)
    """How many per cent of the images are finished."""

    def __init__(self, thread: BatchThread, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("batch_run")
        self._thread = thread
        self._report: Path | None = None
        self._batch_error = ""
        self._folder: Path | None = None
        self._state = wrapped_label("batch_state")
        self._bar = name_widget(QProgressBar(), "batch_progress", accessible=tr("Images that are finished"))
        self._facts = name_widget(QLabel(), "batch_facts")
        self._thumbnail = name_widget(QLabel(), "batch_thumbnail", accessible=tr("The newest result"))
        self._thumbnail.setFixedSize(_THUMBNAIL, _THUMBNAIL)
        self._thumbnail.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._current = name_widget(QLabel(), "batch_now")
        self._current.setTextFormat(Qt.TextFormat.PlainText)
        self._pause = self._button(tr("&Pause"), "batch_pause", tr("Hold the export; nothing is lost"), self._toggle)
        self._stop = self._button(
            tr("&Stop"), "batch_stop", tr("Stop; finished images stay, the rest can be resumed"), self.stop
        )
        self._open_folder = self._button(
            tr("Open &folder"), "batch_open_folder", tr("Show the results"), self._show_folder
        )
        self._open_report = self._button(
            tr("Open &report"), "batch_open_report", tr("The result of each image"), self._show_report
        )
        for label in (self._facts, self._current):  # empty ones keep their place, so that nothing below them jumps
            label.setMinimumHeight(label.fontMetrics().height() + 2)
        self._open_tab = self._button(
            tr("Open in a &tab"),
            "batch_open_tab",
            tr("Open the selected image in the window, to check and mend it"),
            self._show_tab,
        )
        self._tabs = OutcomeTabs()
        self._tabs.opened.connect(self._opened)
        self._tabs.image_requested.connect(self.image_requested)
        self._tabs.selection_changed.connect(self._enable_tab)
        self._error = wrapped_label("batch_run_error")
        buttons = QHBoxLayout()
        for button in (self._pause, self._stop, self._open_folder, self._open_report, self._open_tab):
            buttons.addWidget(button)
        buttons.addStretch(1)
        facts = QVBoxLayout()
        for widget in (self._state, self._bar, self._facts, self._current):
            facts.addWidget(widget)
        facts.addLayout(buttons)
        facts.addStretch(1)
        top = QHBoxLayout()
        top.addWidget(self._thumbnail)
        top.addLayout(facts, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(top)
        column.addWidget(self._error)
        column.addWidget(self._tabs, 1)
        thread.progressed.connect(self._show_progress)
        thread.finished.connect(self._show_result)

    def begin(self, folder: Path) -> None:
        """Show that a batch into this folder is starting."""
        self._folder, self._report = folder, None
        self._tabs.clear()
        self._enable_tab()
        self._bar.setRange(0, 0)
        self._state.setText(tr("Starting: the model is being loaded…"))
        self._facts.clear()
        self._current.clear()
        self._thumbnail.clear()
        self._batch_error = ""
        self._show_error("")
        self._show_running(True)

    def stop(self) -> None:
        """Stop the batch; it ends soon afterwards."""
        self._thread.control.cancel()
        self._state.setText(tr("Stopping, and writing the report…"))
        self._pause.setEnabled(False)
        self._stop.setEnabled(False)

    def _show_progress(self, update: ProgressUpdate) -> None:
        progress = update.progress
        self._bar.setRange(0, max(progress.total, 1))
        self._bar.setValue(progress.done)
        self._bar.setFormat(tr("{done:,} done, {left:,} left", done=progress.done, left=progress.total - progress.done))
        control = self._thread.control
        # The first progress comes before the model is loaded.
        if update.outcomes and not control.paused and not control.cancelled and self._state.text() != tr(_EXPORTING):
            self._state.setText(tr(_EXPORTING))
        pace = progress.images_per_second
        left = progress.seconds_left
        facts = []
        if pace >= 1:
            facts.append(tr("{pace:.1f} images a second", pace=pace))
        elif pace:
            facts.append(tr("{pace:.1f} images a minute", pace=60 * pace))
        if left is not None and not control.paused:
            facts.append(tr("about {duration} left", duration=duration(left)))
        self._facts.setText(", ".join(facts))
        self._tabs.add(update.outcomes)
        newest = update.outcomes[-1] if update.outcomes else None
        if newest is not None:
            self._current.setText(newest.source.name)
            pixmap = QPixmap()
            if newest.thumbnail is not None and pixmap.loadFromData(newest.thumbnail):
                self._thumbnail.setPixmap(pixmap)
        self.percent_changed.emit(100 * progress.done // max(progress.total, 1))

    def _show_result(self, result: BatchResult) -> None:
        summary = result.summary
        total = 1 if summary is None else max(len(summary.plan.items), 1)
        self._bar.setRange(0, total)
        self._bar.setValue(0 if summary is None else total - summary.left)
        self._bar.setFormat(
            "" if summary is None else tr("{done:,} done, {left:,} left", done=total - summary.left, left=summary.left)
        )
        if summary is not None:
            self._folder = summary.plan.folder
            self._report = next((path for path in summary.reports if path.suffix == ".html"), None)
        text = result_text(result)
        self._state.setText(text)
        self._state.setAccessibleName(text)
        self._facts.clear()
        self._current.clear()
        self._batch_error = result.text
        self._show_error(result.text)
        self._tabs.show_something()
        self._show_running(False)

    def _toggle(self) -> None:
        control = self._thread.control
        if control.paused:
            control.resume()
            self._state.setText(tr(_EXPORTING))
        else:
            control.pause()
            self._facts.clear()  # the time left grows meanwhile
            self._state.setText(tr("Paused until you resume it."))
        self._pause.setText(tr("&Resume") if control.paused else tr("&Pause"))

    def _show_running(self, running: bool) -> None:
        self._pause.setText(tr("&Pause"))
        for button in (self._pause, self._stop):
            button.setEnabled(True)
            button.setVisible(running)
        self._open_folder.setVisible(not running and self._folder is not None and os.path.isdir(self._folder))
        self._open_report.setVisible(not running and self._report is not None)

    def _show_error(self, text: str) -> None:
        self._error.setText(text)
        self._error.setVisible(bool(text))

    def _opened(self, error: str) -> None:
        """Show why a file could not be opened; once one opens, the error of the batch itself comes back."""
        self._show_error(error or self._batch_error)

    def _show_folder(self) -> None:
        if self._folder is not None:
            self._opened(open_path(self._folder))

    def _show_tab(self) -> None:
        outcome = self._tabs.selected()
        if outcome is not None:
            self.image_requested.emit(outcome)

    def _enable_tab(self) -> None:
        self._open_tab.setEnabled(self._tabs.selected() is not None)

    def _show_report(self) -> None:
        if self._report is not None:
            self._opened(open_path(self._report))

    def _button(self, text: str, name: str, tip: str, action: Callable[[], None]) -> QPushButton:
        button = name_widget(QPushButton(text), name, tip)
        button.setAutoDefault(False)
        button.clicked.connect(action)
        return button


def result_text(result: BatchResult) -> str:
    """How the batch ended, in a sentence."""
    summary = result.summary
    if summary is None:
        return tr("The export could not be done.")
    pieces = [f"{count:,} {tr(_STATES[state])}" for state, count in summary.counts.items() if count]
    if summary.doubtful:  # they are among those that come first
        pieces[0] += tr(" ({count:,} to review)", count=len(summary.doubtful))
    if summary.left:
        pieces.append(tr("{left:,} left", left=summary.left))
    ending = tr("Stopped after {time}") if summary.stopped else tr("Finished after {time}")
    return f"{ending.format(time=duration(summary.seconds))}: {', '.join(pieces) or tr('nothing to do')}."


def duration(seconds: float) -> str:
    """Such as '5 s', '12 min' or '3 h 20 min'."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"
