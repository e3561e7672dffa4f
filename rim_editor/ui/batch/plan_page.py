"""The second page of a batch: the planned result of each image, and the problems to solve first.

What is cut out of one image can be typed in its row, and the list of images saved as a manifest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from clipmat.errors import UserError
from rim_editor.batch import manifests
from rim_editor.batch.inputs import gather_inputs
from rim_editor.batch.manifests import ManifestRow
from rim_editor.batch.plan import Plan, make_plan
from rim_editor.batch.problems import ProblemKind
from rim_editor.batch.recipe import ExpressionTerm, IfExists, Recipe, terms_from_text
from rim_editor.editor.events import JobKind
from rim_editor.editor.jobs import Job, Runner
from rim_editor.files import outputs
from rim_editor.translation import marked, tr
from rim_editor.ui.batch.naming_choice import EXISTS
from rim_editor.ui.batch.plan_table import PlanRows, PlanTable, rows_of
from rim_editor.ui.model_loader import short_turns
from rim_editor.ui.named_widgets import name_widget, save_file_dialog, wrapped_label
from rim_editor.ui.panels.input_widgets import ChoiceBox

_NOTHING = marked(
    "Nothing is left to do: every image is left out. Choose another folder, or number or replace taken names."
)
_FATAL = marked(
    "The problems at the top of the table must be solved first. Solve them, or go back and change the settings."
)
_NO_WORDS = marked(
    "There are images without words yet: double-click under Cut out and type what to cut out, or go back."
)
_FILTERS = marked(["Tables (*.csv)", "JSON lines (*.jsonl)"])
_PAUSE_MS = 300
"""After something was typed, the plan is made again, unless more is typed meanwhile."""
ImageKey = tuple[str, int | None]
"""The path of an image and its line of a manifest, or None."""
Own = Mapping[ImageKey, tuple[ExpressionTerm, ...]]
"""The images that have expressions of their own."""


class PlanPage(QWidget):
    """Makes plans in the background and shows the newest one."""

    planned = Signal()
    """There is a plan, it failed, or it is being made again: see `rows` and `ready`."""
    exists_chosen = Signal(object)
    """The user wants this `IfExists` for taken names: make a new plan."""

    def __init__(self, runner: Runner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("batch_plan")
        self._runner = runner
        self.rows: PlanRows | None = None
        """The newest plan; None while it is being made."""
        self._own: dict[ImageKey, tuple[ExpressionTerm, ...]] = {}
        self._plan: Callable[[], PlanRows] | None = None
        """Makes the plan, once more if need be."""
        self._outdated = False
        self._again = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._again.timeout.connect(self._plan_again)
        self._summary = wrapped_label("batch_summary")
        self._progress = name_widget(QProgressBar(), "batch_planning", accessible=tr("Checking the images"))
        self._progress.setRange(0, 0)
        self._exists = ChoiceBox("batch_plan_exists", tr("Where a name is taken"), EXISTS)
        self._exists.currentIndexChanged.connect(lambda _place: self.exists_chosen.emit(IfExists(self._exists.value())))
        self._save = name_widget(
            QPushButton(tr("Save &list…")),
            "batch_save_list",
            tr("Keep the images and what is cut out of each, for another day"),
        )
        self._save.setAutoDefault(False)
        self._save.clicked.connect(self._choose_list)
        self._table = PlanTable(runner)
        self._table.plan_model.typed.connect(self._typed)
        self._detail = wrapped_label("batch_detail")
        self._table.selectionModel().currentRowChanged.connect(
            lambda current, _previous: self._show_detail(current.row())
        )
        self._error = wrapped_label("batch_plan_error")
        form = QFormLayout()
        form.addRow(tr("&Taken names"), self._exists)
        row = QHBoxLayout()
        row.addLayout(form, 1)
        row.addWidget(self._save)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._summary)
        column.addWidget(self._progress)
        column.addLayout(row)
        column.addWidget(self._table, 1)
        column.addWidget(self._detail)
        column.addWidget(self._error)
        self._show_error("")
        self._show_detail(-1)

    @property
    def ready(self) -> bool:
        """Whether the plan that is shown can be run."""
        current = self.rows is not None and not self._outdated
        return current and self.rows is not None and not self.rows.plan.fatal and self.rows.todo > 0

    def set_own(self, own: Own) -> None:
        """Let these images have expressions of their own in the next plan, and no others."""
        self._own = dict(own)

    def start(self, arguments: Sequence[str], recursive: bool, recipe: Recipe, folder: Path) -> None:
        """Start to make a plan; an older one that is being made is dropped."""

        def work() -> PlanRows:
            with short_turns():
                inputs, problems = gather_inputs(arguments, recursive)
                own = self._own
                if own:
                    keys = [(str(each.path), each.row) for each in inputs]
                    given = [own.get(key, each.expressions) for key, each in zip(keys, inputs, strict=True)]
                    inputs = [replace(each, expressions=terms) for each, terms in zip(inputs, given, strict=True)]
                return rows_of(make_plan(inputs, recipe, folder, problems))

        self._exists.set_value(recipe.exists)
        self._plan = work
        self._again.stop()
        self._outdated = False
        self._table.thumbnails.clear()
        self._table.thumbnails.page = recipe.page
        self._show(None)
        self._summary.setText(tr("Checking the images and the folder of the results…"))
        self._progress.show()
        self._runner.start(Job(JobKind.PLAN, work, self._show, self._failed, owner=self))

    def cancel_jobs(self) -> None:
        """Drop the plan and the thumbnails that are being made."""
        self._again.stop()
        self._runner.cancel(JobKind.PLAN, self)
        self._table.thumbnails.clear()
        self._progress.hide()

    def _typed(self, place: int, text: str) -> None:
        """Cut something else out of the image in this row; '' makes it like the others."""
        item = self._table.plan_model.row(place).item
        assert item is not None
        try:
            terms = terms_from_text(text)
        except UserError as error:
            self._show_error(f"{item.source.name}: {error}")
            self._outdate()  # the former expressions come back
            return
        own = dict(self._own)  # a plan that is being made reads the other one
        if terms:
            own[str(item.source), item.row] = terms
        else:
            own.pop((str(item.source), item.row), None)
        self._own = own
        self._show_error("")
        self._outdate()

    def _outdate(self) -> None:
        self._outdated = True
        self._again.start()
        self.planned.emit()

    def _plan_again(self) -> None:
        if self._table.typing:  # new rows would end it
            self._again.start()
        elif self._plan is not None:
            self._runner.start(Job(JobKind.PLAN, self._plan, self._show_again, self._failed, owner=self))

    def _show_again(self, rows: PlanRows) -> None:
        """Show a plan that was made again: the table stays where it is."""
        if self._table.typing or self._again.isActive():
            self._again.start()
            return
        error = self._error.text()
        current, bar = self._table.currentIndex(), self._table.verticalScrollBar()
        item = self._table.plan_model.row(current.row()).item if current.isValid() else None
        offset = bar.value()
        self._outdated = False
        self._show(rows)
        if item is not None and (place := self._table.plan_model.place_of(str(item.source), item.row)) >= 0:
            self._table.setCurrentIndex(self._table.plan_model.index(place, current.column()))
        bar.setValue(offset)
        if error and not self._error.text():
            self._show_error(error)

    def _show(self, rows: PlanRows | None) -> None:
        self.rows = rows
        self._progress.hide()
        self._table.plan_model.show_rows(rows)
        self._table.scrollToTop()
        self._show_detail(-1)
        self._save.setEnabled(rows is not None and bool(rows.plan.items))
        if rows is None:
            self._show_error("")
            return
        self._summary.setText(
            tr("{summary} Double-click what is cut out to type something else for one image.", summary=rows.summary)
        )
        self._summary.setAccessibleName(rows.summary)
        nothing = tr(_NOTHING) if rows.plan.items and not rows.todo else ""
        fatal = {problem.kind for problem in rows.plan.problems if problem.fatal}
        reason = _NO_WORDS if fatal == {ProblemKind.EXPRESSION} else _FATAL
        self._show_error(tr(reason) if fatal else nothing)
        self.planned.emit()

    def _failed(self, error: Exception) -> None:
        self._progress.hide()
        self._summary.setText(tr("The images could not be checked."))
        self._show_error(str(error))
        self.planned.emit()

    def _show_error(self, text: str) -> None:
        self._error.setText(text)
        self._error.setVisible(bool(text))

    def _show_detail(self, place: int) -> None:
        text = "" if place < 0 else self._table.plan_model.text(place)
        self._detail.setText(text)
        self._detail.setVisible(bool(text))

    def _choose_list(self) -> None:
        if self.rows is None or not self.rows.plan.items:
            return
        plan = self.rows.plan
        suggested = plan.items[0].source.with_name("images.csv")
        dialog = save_file_dialog(
            self, "batch_list_dialog", tr("Save the list of images"), suggested, [*map(tr, _FILTERS)]
        )
        dialog.fileSelected.connect(lambda name: self._save_list(Path(name), plan))
        dialog.open()

    def _save_list(self, path: Path, plan: Plan) -> None:
        if path.suffix.lower() not in manifests.SUFFIXES:
            path = path.with_name(f"{path.name}.csv")

        def write() -> None:
            outputs.write(path, manifests.content(path, _rows_of_list(plan)), overwrite=True)

        def saved(_: None) -> None:
            self._summary.setText(
                tr("The list was saved as “{name}”. Add it like images to go on with it.", name=path.name)
            )

        def failed(error: Exception) -> None:
            self._show_error(str(error))

        self._runner.start(Job(JobKind.EXPORT, write, saved, failed, owner=self))


def _rows_of_list(plan: Plan) -> list[ManifestRow]:
    """The images of a plan with all that a list keeps of them: names only where a list gave them."""
    rows = []
    for item in plan.items:
        edit = None if item.edit == plan.recipe.edit else item.edit
        output = None if item.row is None else item.output.relative_to(plan.folder).as_posix()
        terms = tuple(term for term in item.expressions if term.expression) or None
        rows.append(ManifestRow(0, item.source, terms, edit, output))
    return rows
