"""The models dialog: which weights there are, bring and remove them, and which of them answer, where and how."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QGroupBox,
    QHBoxLayout,
    QHeaderView,
    QMessageBox,
    QProgressBar,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from rim_editor.errors import EditorError
from rim_editor.events import JobKind
from rim_editor.jobs import Job, Runner
from rim_editor.ui.dialogs.model_choice import ModelChoice
from rim_editor.ui.named_widgets import named, wrapped_label

if TYPE_CHECKING:
    from rim_editor.matting import WeightsInfo
    from rim_editor.settings import Settings

_COLUMNS = ("Weights", "What they are", "State", "Size", "Licence", "Where")
_STATES = {"ready": "Ready", "missing": "Missing"}


class WeightsDoor(Protocol):
    """What the dialog asks of `rim_editor.matting`; each may raise ClipMatError, and all but the first take time."""

    def catalogue(self) -> tuple[WeightsInfo, ...]:
        """Every variant with its state."""

    def fetch(self, name: str, progress: Callable[[int, int | None], None] | None = None) -> Path:
        """Bring what can be downloaded of a variant; ends when `progress` raises."""

    def check(self, weights: str) -> str:
        """A line that says that the weights are whole."""

    def remove(self, name: str) -> tuple[Path, ...]:
        """Delete what is the user's own or was fetched of a variant; returns what is gone."""


class FetchStopped(EditorError):
    """The user ended the download."""


class ModelDialog(QDialog):
    """A table of the variants, what can be done with the selected one, and the choice of what answers.

    `explain(device, precision)` says in a sentence what would be used and why; it runs as a job, since torch
    may have to be imported for it. OK tells the choice by `options_chosen`.
    """

    options_chosen = Signal(str, str, str)
    """Weights, device and precision, as `ModelOptions` takes them."""
    _progressed = Signal(object, object)

    def __init__(
        self,
        matting: WeightsDoor,
        settings: Settings,
        runner: Runner,
        parent: QWidget | None = None,
        *,
        explain: Callable[[str, str], str] | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("model_dialog")
        self.setWindowTitle("Models")
        self._matting, self._runner, self._explain = matting, runner, explain
        self._rows: tuple[WeightsInfo, ...] = ()
        self._stop = Event()
        self._working = False
        self._progressed.connect(self._show_progress, Qt.ConnectionType.QueuedConnection)
        column = QVBoxLayout(self)
        column.addWidget(self._made_table(), 1)
        column.addLayout(self._made_buttons())
        self._progress = named(QProgressBar(), "fetch_progress")
        self._progress.setVisible(False)
        self._progress.setAccessibleName("Work on the weights")
        column.addWidget(self._progress)
        self._message = wrapped_label("model_message")
        column.addWidget(self._message)
        group = QGroupBox("What answers")
        inside = QVBoxLayout(group)
        self._choice = ModelChoice(settings.weights, settings.device, settings.precision)
        self._choice.changed.connect(self._ask_why)
        inside.addWidget(self._choice)
        self._reason = wrapped_label("device_reason")
        inside.addWidget(self._reason)
        column.addWidget(group)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        for button in buttons.buttons():
            button.setIcon(QIcon())  # the style's own are dark in the dark, and other dialogs have none
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)
        self.resize(140 * self.fontMetrics().averageCharWidth(), 34 * self.fontMetrics().height())
        self._read()
        self._ask_why()

    def set_reason(self, reason: str) -> None:
        """Show why the device and the precision are what they are, as `device_reason` of a predictor has it."""
        self._reason.setText(reason[:1].upper() + reason[1:])
        self._reason.setVisible(bool(reason))

    def accept(self) -> None:
        """Tell the choice and close."""
        self.options_chosen.emit(*self._choice.options())
        super().accept()

    def done(self, result: int) -> None:
        """Close; a download that is at work ends."""
        self._stop.set()
        for kind in (JobKind.WEIGHTS, JobKind.DEVICE):
            self._runner.cancel(kind)
        super().done(result)

    def _made_table(self) -> QTableWidget:
        self._table = named(QTableWidget(0, len(_COLUMNS)), "models_table")
        self._table.setAccessibleName("Weights")
        self._table.setHorizontalHeaderLabels(list(_COLUMNS))
        self._table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self._table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self._table.setTabKeyNavigation(False)
        self._table.verticalHeader().hide()
        header = self._table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        for wide in (1, len(_COLUMNS) - 1):
            header.setSectionResizeMode(wide, QHeaderView.ResizeMode.Stretch)
        self._table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self._table.itemSelectionChanged.connect(self._enable)
        return self._table

    def _made_buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()

        def button(name: str, text: str, tip: str, action: Callable[[], None]) -> QPushButton:
            made = named(QPushButton(text), name)
            made.setAutoDefault(False)
            made.setToolTip(tip)
            made.clicked.connect(action)
            row.addWidget(made)
            return made

        self._fetch = button(
            "fetch_button", "&Fetch", "Download what there is of the selected weights", self._start_fetch
        )
        self._verify = button("verify_button", "&Verify", "Look whether the file is whole", self._start_check)
        self._remove = button("remove_button", "&Remove…", "Delete the file from this machine", self._ask_remove)
        self._file = button(
            "choose_weights", "&Choose a file…", "Use weights from a file of your own", self._choose_file
        )
        self._cancel = button("fetch_cancel", "Stop", "End the download; nothing is kept", self._cancel_work)
        row.addStretch(1)
        return row

    def _read(self) -> None:
        self._rows = self._matting.catalogue()
        selected = max(self._table.currentRow(), 0)
        self._table.setRowCount(len(self._rows))
        for place, row in enumerate(self._rows):
            size = "" if row.bytes is None else f"{row.bytes / 1e6:.0f} MB"
            texts = (
                row.name,
                row.description,
                _STATES.get(row.state, row.state),
                size,
                row.licence,
                str(row.path or ""),
            )
            for column, text in enumerate(texts):
                item = QTableWidgetItem(text)
                item.setToolTip(row.remedy or text)
                self._table.setItem(place, column, item)
        self._table.selectRow(min(selected, len(self._rows) - 1))
        self._choice.set_weights(tuple(row.name for row in self._rows if row.state == "ready"))
        self._enable()

    def _selected(self) -> WeightsInfo | None:
        place = self._table.currentRow()
        return self._rows[place] if 0 <= place < len(self._rows) else None

    def _enable(self) -> None:
        row = self._selected()
        ready = row is not None and row.state == "ready"
        self._fetch.setEnabled(row is not None and not ready and not self._working)
        self._verify.setEnabled(ready and not self._working)
        self._remove.setEnabled(row is not None and not self._working)
        self._cancel.setVisible(self._working)
        if row is not None and row.remedy and not self._working:
            self._tell(f"{row.name}: {row.remedy}.")

    def _start_fetch(self) -> None:
        row = self._selected()
        if row is not None:
            stop = self._stop = Event()

            def progress(done: int, total: int | None) -> None:
                if stop.is_set():
                    raise FetchStopped("The download was stopped; nothing was kept.")
                self._progressed.emit(done, total)

            self._work(f"Fetching {row.name}…", lambda: f"Fetched to {self._matting.fetch(row.name, progress)}.")

    def _start_check(self) -> None:
        row = self._selected()
        if row is not None:
            self._work(f"Verifying {row.name}…", lambda: f"{self._matting.check(row.name)}.")

    def _ask_remove(self) -> None:
        row = self._selected()
        if row is None:
            return
        box = QMessageBox(self)
        box.setObjectName("remove_box")
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle("Remove weights")
        box.setText(f"Delete the weights of “{row.name}” from this machine?")
        box.setInformativeText("What was fetched can be fetched again; weights of your own are lost.")
        yes = box.addButton("&Delete", QMessageBox.ButtonRole.DestructiveRole)
        yes.setObjectName("remove_yes")
        box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
        yes.clicked.connect(lambda: self._start_remove(row.name))
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.open()

    def _start_remove(self, name: str) -> None:
        self._work(f"Removing {name}…", lambda: f"Removed {', '.join(map(str, self._matting.remove(name)))}.")

    def _choose_file(self) -> None:
        dialog = QFileDialog(self, "Choose weights", "", "Weights (*.safetensors *.pt);;All files (*)")
        dialog.setObjectName("weights_dialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.use_file)
        dialog.open()

    def use_file(self, path: str) -> None:
        """Check a file of weights and choose it when it is one."""

        def work() -> str:
            return f"{self._matting.check(path)}."

        self._work(f"Reading {path}…", work, lambda: self._choice.choose_weights(path))

    def _work(self, text: str, work: Callable[[], str], after: Callable[[], None] | None = None) -> None:
        def done(told: str) -> None:
            self._end()
            if after is not None:
                after()
            self._tell(told)

        def failed(error: Exception) -> None:
            self._end()
            stopped = self._stop.is_set()
            self._tell("The download was stopped; nothing was kept." if stopped else str(error))

        self._working = True
        self._tell(text)
        self._progress.setRange(0, 0)
        self._progress.show()
        self._enable()
        self._runner.start(Job(JobKind.WEIGHTS, work, done, failed))

    def _end(self) -> None:
        self._working = False
        self._progress.hide()
        self._read()

    def _cancel_work(self) -> None:
        self._stop.set()
        self._tell("Stopping…")

    def _show_progress(self, done: int, total: int | None) -> None:
        if not self._working or self._stop.is_set():
            return
        # In kilobytes, since a progress bar counts to 2^31.
        self._progress.setRange(0, (total or 0) // 1000)
        self._progress.setValue(done // 1000)
        whole = f" of {total / 1e6:.0f}" if total else ""
        self._tell(f"{done / 1e6:.0f}{whole} MB fetched…")

    def _tell(self, text: str) -> None:
        self._message.setText(text)
        self._message.setAccessibleName(text)

    def _ask_why(self) -> None:
        explain = self._explain
        if explain is None:
            return
        _, device, precision = self._choice.options()
        self.set_reason("Looking at the devices of this machine…")
        job = Job(
            JobKind.DEVICE,
            lambda: explain(device, precision),
            self.set_reason,
            lambda error: self.set_reason(str(error)),
        )
        self._runner.start(job)
