"""The choice of a preset whose edit, edge, composition and export a batch begins with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox, QWidget

from rim_editor import presets
from rim_editor.editor.events import JobKind
from rim_editor.editor.jobs import Job, Runner
from rim_editor.presets import Records
from rim_editor.translation import marked, tr
from rim_editor.ui.named_widgets import name_widget

_TIP = marked("Edit, edge, place, shadow and export as a preset has them; Edit > Presets saves one")


class PresetChoice(QComboBox):
    """The presets of the user by their names, read in the background."""

    chosen = Signal(object)
    """The `Preset` that the user chose."""
    failed = Signal(str)
    """Why the presets, or one of them, cannot be read."""

    def __init__(self, runner: Runner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        name_widget(self, "batch_preset", tr(_TIP), tr("Preset"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._runner = runner
        self._records: Records = {}
        self.activated.connect(self._activated)
        self._show({})

    def load(self) -> None:
        """Read the names again; the choice stays where it still exists."""
        self._start(presets.load, self._show)

    def clear_choice(self) -> None:
        """Show that no preset is chosen: something else was set since."""
        self.setCurrentIndex(-1)

    def cancel_jobs(self) -> None:
        """Drop what is being read."""
        self._runner.cancel(JobKind.PRESETS, self)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """Scroll the page unless this widget has the focus."""
        super().wheelEvent(event) if self.hasFocus() else event.ignore()

    def _show(self, records: Records) -> None:
        before = self.currentText() if self.currentIndex() >= 0 else ""
        self._records = records
        self.clear()
        self.addItems(sorted(records, key=str.casefold))
        self.setPlaceholderText(tr("Choose a preset…") if records else tr("None saved yet"))
        self.setCurrentIndex(self.findText(before) if before else -1)
        self.setEnabled(bool(records))

    def _activated(self, place: int) -> None:
        name = self.itemText(place)
        record = self._records[name]
        self._start(lambda: presets.restored(name, record), self.chosen.emit)

    def _start(self, work: Callable[[], object], done: Callable[[Any], None]) -> None:
        def failed(error: Exception) -> None:
            self.failed.emit(str(error))

        self._runner.start(Job(JobKind.PRESETS, work, done, failed, self.failed.emit, owner=self))
