"""The second page of a batch: the planned result of each image, and the problems to solve first."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFormLayout, QProgressBar, QVBoxLayout, QWidget

from rim_editor.batch.inputs import gather_inputs
from rim_editor.batch.plan import make_plan
from rim_editor.batch.recipe import Exists, Recipe
from rim_editor.editor.events import JobKind
from rim_editor.editor.jobs import Job, Runner
from rim_editor.ui.batch.output_options import EXISTS
from rim_editor.ui.batch.plan_table import PlanRows, PlanTable, rows_of
from rim_editor.ui.model_loading import short_turns
from rim_editor.ui.named_widgets import name_widget, wrapped_label
from rim_editor.ui.panels.input_widgets import ChoiceBox

_NOTHING = "There is nothing to do: every image is skipped. Choose another folder, or number or overwrite taken names."
_FATAL = "The problems at the top of the table must be solved first. Solve them, or go back and change the settings."


class PlanPage(QWidget):
    """Makes plans in the background and shows the newest one."""

    planned = Signal()
    """There is a plan, or it failed: see `rows`."""
    exists_chosen = Signal(object)
    """The user wants this `Exists` for taken names: make a new plan."""

    def __init__(self, runner: Runner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("batch_plan")
        self._runner = runner
        self.rows: PlanRows | None = None
        """The newest plan; None while it is being made."""
        self._summary = wrapped_label("batch_summary")
        self._progress = name_widget(QProgressBar(), "batch_planning", accessible="Making the plan")
        self._progress.setRange(0, 0)
        self._exists = ChoiceBox("batch_plan_exists", "Where a name is taken", EXISTS)
        self._exists.currentIndexChanged.connect(lambda _place: self.exists_chosen.emit(Exists(self._exists.value())))
        self._table = PlanTable(runner)
        self._detail = wrapped_label("batch_detail")
        self._table.selectionModel().currentRowChanged.connect(
            lambda current, _previous: self._show_detail(current.row())
        )
        self._error = wrapped_label("batch_plan_error")
        form = QFormLayout()
        form.addRow("&Taken names", self._exists)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._summary)
        column.addWidget(self._progress)
        column.addLayout(form)
        column.addWidget(self._table, 1)
        column.addWidget(self._detail)
        column.addWidget(self._error)
        self._show_error("")
        self._show_detail(-1)

    @property
    def ready(self) -> bool:
        """Whether the plan that is shown can be run."""
        return self.rows is not None and not self.rows.plan.fatal and self.rows.todo > 0

    def start(self, arguments: Sequence[str], recursive: bool, recipe: Recipe, folder: Path) -> None:
        """Start to make a plan; an older one that is being made is dropped."""

        def work() -> PlanRows:
            with short_turns():
                inputs, problems = gather_inputs(arguments, recursive)
                return rows_of(make_plan(inputs, recipe, folder, problems))

        self._exists.set_value(recipe.exists)
        self._show(None)
        self._summary.setText("Checking the images and the folder of the results…")
        self._progress.show()
        self._runner.start(Job(JobKind.PLAN, work, self._show, self._failed, owner=self))

    def cancel_jobs(self) -> None:
        """Drop the plan and the thumbnails that are being made."""
        self._runner.cancel(JobKind.PLAN, self)
        self._table.thumbnails.clear()
        self._progress.hide()

    def _show(self, rows: PlanRows | None) -> None:
        self.rows = rows
        self._progress.hide()
        self._table.plan_model.show_rows(rows)
        self._table.scrollToTop()
        self._show_detail(-1)
        if rows is None:
            self._show_error("")
            return
        self._summary.setText(rows.summary)
        self._summary.setAccessibleName(rows.summary)
        nothing = _NOTHING if rows.plan.items and not rows.todo else ""
        self._show_error(_FATAL if rows.plan.fatal else nothing)
        self.planned.emit()

    def _failed(self, error: Exception) -> None:
        self._progress.hide()
        self._summary.setText("There is no plan.")
        self._show_error(str(error))
        self.planned.emit()

    def _show_error(self, text: str) -> None:
        self._error.setText(text)
        self._error.setVisible(bool(text))

    def _show_detail(self, place: int) -> None:
        text = "" if place < 0 else self._table.plan_model.text(place)
        self._detail.setText(text)
        self._detail.setVisible(bool(text))
