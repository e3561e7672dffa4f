"""The models dialog: lists, fetches, verifies and removes weights, and chooses weights, device and precision."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QGroupBox,
    QHBoxLayout,
    QMessageBox,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from clipmat.errors import FetchCancelled
from rim_editor.editor.events import JobKind
from rim_editor.editor.jobs import Job, Runner
from rim_editor.translation import marked, tr
from rim_editor.ui.dialogs.model_choice import ModelChoice
from rim_editor.ui.dialogs.weights_table import WeightsTable, advice
from rim_editor.ui.named_widgets import name_widget, open_file_dialog, resize_on_screen, wrapped_label

if TYPE_CHECKING:
    from rim_editor.matting import WeightsInfo
    from rim_editor.settings import Settings

_STOPPED = marked("The download was stopped; what arrived whole stays for the next try.")


class WeightsStore(Protocol):
    """The functions of `rim_editor.matting` in use; each may raise ClipMatError, and all but the first two are slow."""

    def catalogue(self) -> tuple[WeightsInfo, ...]:
        """Every variant with its state."""

    def choices(self) -> tuple[str, ...]:
        """The names of all that can answer."""

    def fetch(self, name: str, progress: Callable[[int, int | None], None] | None = None) -> Path:
        """Download the weights of a variant; `progress` may raise to stop."""

    def check(self, weights: str) -> str:
        """Verify the weights; returns the result as a line."""

    def remove(self, name: str) -> tuple[Path, ...]:
        """Delete the files of a variant; returns their paths."""


class ModelDialog(QDialog):
    """A table of the variants, buttons for the selected one, and the choice of weights, device and precision.

    `device_reason(device, precision)` returns a sentence about the device in use and why; it runs as a job, since it
    may import torch. OK emits `options_chosen`.
    """

    options_chosen = Signal(str, str, str)
    """Weights, device and precision, as `ModelOptions` takes them."""
    _progressed = Signal(object, object)

    def __init__(
        self,
        store: WeightsStore,
        settings: Settings,
        runner: Runner,
        parent: QWidget | None = None,
        *,
        device_reason: Callable[[str, str], str] | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("model_dialog")
        self.setWindowTitle(tr("Models"))
        self._store, self._runner, self._device_reason = store, runner, device_reason
        self._stop = Event()
        self._busy = False
        self._progressed.connect(self._show_progress, Qt.ConnectionType.QueuedConnection)
        column = QVBoxLayout(self)
        self._table = WeightsTable()
        self._table.itemSelectionChanged.connect(self._enable)
        column.addWidget(self._table, 1)
        column.addLayout(self._make_buttons())
        self._progress_bar = name_widget(QProgressBar(), "fetch_progress", accessible=tr("Work on the weights"))
        self._progress_bar.setVisible(False)
        column.addWidget(self._progress_bar)
        self._message = wrapped_label("model_message", lines=4)  # so that the table does not jump from row to row
        column.addWidget(self._message)
        inside = QVBoxLayout(group := QGroupBox(tr("What answers")))
        self._choice = ModelChoice(settings.weights, settings.device, settings.precision)
        self._choice.changed.connect(self._ask_reason)
        inside.addWidget(self._choice)
        self._reason = wrapped_label("device_reason")
        inside.addWidget(self._reason)
        column.addWidget(group)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        for button in buttons.buttons():
            button.setIcon(QIcon())  # the style's own icons are illegible in dark themes
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)
        resize_on_screen(self, QSize(140 * self.fontMetrics().averageCharWidth(), 44 * self.fontMetrics().height()))
        self._refresh()
        self._ask_reason()

    def set_reason(self, reason: str) -> None:
        """Show the reason for device and precision, as from `device_reason` of a predictor."""
        self._reason.setText(reason[:1].upper() + reason[1:])
        self._reason.setVisible(bool(reason))

    def accept(self) -> None:
        """Emit the choice and close."""
        self.options_chosen.emit(*self._choice.options())
        super().accept()

    def done(self, result: int) -> None:
        """Close, and stop a running download."""
        self._stop.set()
        for kind in (JobKind.WEIGHTS, JobKind.DEVICE):
            self._runner.cancel(kind)
        super().done(result)

    def _make_buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()

        def button(name: str, text: str, tip: str, action: Callable[[], None]) -> QPushButton:
            made = name_widget(QPushButton(text), name, tip)
            made.setAutoDefault(False)
            made.clicked.connect(action)
            row.addWidget(made)
            return made

        self._fetch = button(
            "fetch_button",
            tr("&Fetch CLIP"),
            tr("Download a system, or CLIP, which the training of these weights starts from"),
            self._start_fetch,
        )
        self._verify = button("verify_button", tr("&Verify"), tr("Check that the file is whole"), self._start_check)
        self._remove = button(
            "remove_button",
            tr("&Remove…"),
            tr("Delete your own weights, or what was fetched, from this machine"),
            self._ask_remove,
        )
        self._file = button(
            "choose_weights",
            tr("&Choose a file…"),
            tr("Use weights from a file of your own, or that a system's authors offer"),
            self._choose_file,
        )
        tip = tr("Use a system's weights from a folder, as its authors publish them")
        button("choose_folder", tr("Choose a f&older…"), tip, self._choose_folder)
        self._cancel = button(
            "fetch_cancel", tr("Stop"), tr("End the download; what arrived whole stays"), self._cancel_work
        )
        row.addStretch(1)
        return row

    def _refresh(self) -> None:
        variants = self._store.catalogue()
        self._table.set_variants(variants)
        self._choice.set_weights(self._store.choices())
        self._enable()

    def _enable(self) -> None:
        row = self._table.selected()
        ready = row is not None and row.state == "ready"
        replaceable = row is not None and not row.bundled and not self._busy
        self._fetch.setEnabled(row is not None and replaceable and not ready and not row.brought)
        self._fetch.setText(tr("&Fetch") if row is not None and row.system else tr("&Fetch CLIP"))
        self._verify.setEnabled(ready and not self._busy)
        self._remove.setVisible(row is None or not row.bundled)
        self._remove.setEnabled(row is not None and replaceable and row.removable)
        self._cancel.setVisible(self._busy)
        if row is not None and not self._busy:
            self._show_message(advice(row))

    def _start_fetch(self) -> None:
        row = self._table.selected()
        if row is not None:
            stop = self._stop = Event()

            def progress(done: int, total: int | None) -> None:
                if stop.is_set():
                    raise FetchCancelled(tr(_STOPPED))
                self._progressed.emit(done, total)

            self._start(
                tr("Fetching {name}…", name=row.name),
                lambda: tr("Fetched to {path}.", path=self._store.fetch(row.name, progress)),
            )

    def _start_check(self) -> None:
        row = self._table.selected()
        if row is not None:
            self._start(tr("Verifying {name}…", name=row.name), lambda: f"{self._store.check(row.name)}.")

    def _ask_remove(self) -> None:
        row = self._table.selected()
        if row is None:
            return
        box = QMessageBox(self)
        box.setObjectName("remove_box")
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(tr("Remove weights"))
        box.setText(tr("Delete the weights of “{name}” from this machine?", name=row.name))
        box.setInformativeText(tr("What was fetched can be fetched again; weights of your own are lost."))
        yes = box.addButton(tr("&Delete"), QMessageBox.ButtonRole.DestructiveRole)
        yes.setObjectName("remove_yes")
        box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
        yes.clicked.connect(lambda: self._start_remove(row.name))
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.open()

    def _start_remove(self, name: str) -> None:
        self._start(
            tr("Removing {name}…", name=name),
            lambda: tr("Removed {files}.", files=", ".join(map(str, self._store.remove(name)))),
        )

    def _choose_file(self) -> None:
        name_filter = tr("Weights (*.safetensors *.safetensors.index.json *.pt *.pth);;All files (*)")
        open_file_dialog(self, "weights_dialog", tr("Choose weights"), "", self.use_file, name_filter=name_filter)

    def _choose_folder(self) -> None:
        folder = QFileDialog.FileMode.Directory
        open_file_dialog(
            self, "weights_folder_dialog", tr("Choose a folder of weights"), "", self.use_file, mode=folder
        )

    def use_file(self, path: str) -> None:
        """Verify a file of weights, or a system's folder, and choose it if it is valid."""

        def work() -> str:
            return f"{self._store.check(path)}."

        self._start(tr("Reading {path}…", path=path), work, lambda: self._choice.choose_weights(path))

    def _start(self, text: str, work: Callable[[], str], after: Callable[[], None] | None = None) -> None:
        def done(text: str) -> None:
            self._end()
            if after is not None:
                after()
            self._show_message(text)

        def failed(error: Exception) -> None:
            self._end()
            stopped = self._stop.is_set()
            self._show_message(tr(_STOPPED) if stopped else str(error))

        self._busy = True
        self._show_message(text)
        self._progress_bar.setRange(0, 0)
        self._progress_bar.show()
        self._enable()
        self._runner.start(Job(JobKind.WEIGHTS, work, done, failed))

    def _end(self) -> None:
        self._busy = False
        self._progress_bar.hide()
        self._refresh()

    def _cancel_work(self) -> None:
        self._stop.set()
        self._show_message(tr("Stopping…"))

    def _show_progress(self, done: int, total: int | None) -> None:
        if not self._busy or self._stop.is_set():
            return
        # In kilobytes, since a progress bar counts to 2^31.
        self._progress_bar.setRange(0, (total or 0) // 1000)
        self._progress_bar.setValue(done // 1000)
        text = tr("{done:.0f} of {total:.0f} MB fetched…") if total else tr("{done:.0f} MB fetched…")
        self._show_message(text.format(done=done / 1e6, total=(total or 0) / 1e6))

    def _show_message(self, text: str) -> None:
        self._message.setText(text)
        self._message.setAccessibleName(text)

    def _ask_reason(self) -> None:
        device_reason = self._device_reason
        if device_reason is None:
            return
        _, device, precision = self._choice.options()
        self.set_reason(tr("Looking at the devices of this machine…"))
        job = Job(
            JobKind.DEVICE,
            lambda: device_reason(device, precision),
            self.set_reason,
            lambda error: self.set_reason(str(error)),
        )
        self._runner.start(job)
