"""The batch export: a window of three pages, to choose images, to check what is made of each, and to export."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QMessageBox,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from clipmat.errors import UserError
from rim_editor.batch.recipe import IfExists
from rim_editor.errors import BadOption
from rim_editor.model_requests import ModelOptions
from rim_editor.translation import marked, tr
from rim_editor.ui.batch.batch_thread import BatchResult, BatchThread
from rim_editor.ui.batch.plan_page import Own, PlanPage
from rim_editor.ui.batch.resume_offer import ResumeOffer
from rim_editor.ui.batch.run_page import RunPage, result_text
from rim_editor.ui.batch.setup_page import SetupPage
from rim_editor.ui.named_widgets import name_widget, resize_on_screen

if TYPE_CHECKING:
    from collections.abc import Iterable

    from clipmat.examples import Example
    from rim_editor.batch.plan import Plan
    from rim_editor.batch.recipe import ExpressionTerm
    from rim_editor.documents.composition import Composition
    from rim_editor.documents.document import MatteControls
    from rim_editor.documents.edits import Edit
    from rim_editor.editor.jobs import Runner
    from rim_editor.files.exporting import ExportRequest
    from rim_editor.matting import Matting
    from rim_editor.settings import Settings

_TITLE = marked("Batch Export")
_STEPS = marked(("Choose", "Check", "Export"))
_SETUP, _PLAN, _RUN = range(3)


class BatchDialog(QDialog):
    """Exports many images. It is not modal; while it is closed, it keeps its entries, and a batch may go on running.

    It starts with `edit` and `controls`, such as those of the current image; `background` is the file of a
    Background, without which one is written. Call `shutdown` before the program ends.
    """

    expressions_used = Signal(object)
    """The expressions of a batch that has just been started, as a tuple of texts."""
    image_requested = Signal(object, object)
    """The user wants to see an image in the window: its `Outcome`, and the `Plan` that it is of or None."""
    finished_unseen = Signal(str, str)
    """A batch ended while the window was closed: the message, and its level, "info" or "warning"."""

    def __init__(
        self,
        matting: Matting,
        settings: Settings,
        runner: Runner,
        parent: QWidget | None = None,
        *,
        edit: Edit,
        controls: MatteControls,
        background: Path | None = None,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setObjectName("batch_dialog")
        self.setWindowTitle(tr(_TITLE))
        self.set_settings(settings)
        self._thread = BatchThread(matting, self)
        self._question: QMessageBox | None = None
        self._running_plan: Plan | None = None
        """Of the batch that is shown; None while one is resumed whose plan is not read yet."""
        self._setup = SetupPage(settings, runner)
        self._plan = PlanPage(runner)
        self._run = RunPage(self._thread)
        self._offer = ResumeOffer(runner)
        self._steps = name_widget(QLabel(), "batch_steps")
        self._pages = name_widget(QStackedWidget(), "batch_pages")
        for page in (self._setup, self._plan, self._run):
            self._pages.addWidget(page)
        self._close, self._back = QPushButton(tr("Close")), QPushButton(tr("&Back"))
        self._next = QPushButton(tr("&Check…"))
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        for button, name, action in (
            (self._close, "batch_close", self.reject),
            (self._back, "batch_back", self._go_back),
            (self._next, "batch_next", self._go_on),
        ):
            name_widget(button, name).setAutoDefault(False)
            button.clicked.connect(action)
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        column.addWidget(self._steps)
        column.addWidget(self._pages, 1)
        column.addWidget(self._offer)
        column.addLayout(buttons)
        self._setup.set_edit(edit, controls, background)
        self._setup.folder_settled.connect(self._check_for_unfinished)
        self._plan.planned.connect(self._show_page)
        self._plan.exists_chosen.connect(self._replan)
        self._offer.accepted.connect(self._resume_batch)
        self._run.image_requested.connect(lambda outcome: self.image_requested.emit(outcome, self._running_plan))
        self._thread.finished.connect(self._batch_finished)
        self._run.percent_changed.connect(lambda percent: self.setWindowTitle(f"{percent} % – {tr(_TITLE)}"))
        unit = self.fontMetrics()
        resize_on_screen(self, QSize(140 * unit.averageCharWidth(), 52 * unit.height()))
        self._show_page(_SETUP)

    @property
    def running(self) -> bool:
        """Whether a batch is running, with the window open or closed."""
        return self._thread.running

    def add(self, paths: Iterable[str | Path]) -> None:
        """Add images, folders, manifests and an example, as the user does."""
        self._setup.add(paths)

    def set_edit(
        self, edit: Edit, controls: MatteControls, background: Path | None, composition: Composition, source: str
    ) -> None:
        """Show another edit and other controls, and offer a composition; see `SetupPage.set_edit`."""
        self._setup.set_edit(edit, controls, background, composition, source)

    def set_expressions(self, terms: tuple[ExpressionTerm, ...], example: Example | None = None) -> None:
        """Show these expressions, unless the user has typed some, and this example, if there is one."""
        self._setup.expressions.fill(terms)
        self._setup.example.set_example(example)
        if example is not None and self._pages.currentIndex() != _SETUP:
            self._show_page(_SETUP)

    def set_export(self, suffix: str, request: ExportRequest) -> None:
        """Show the format, size, framing and metadata of another export."""
        self._setup.output.set_export(suffix, request)

    def set_own_expressions(self, own: Own) -> None:
        """Let these images have expressions of their own; they can be seen and changed where the images are checked."""
        self._plan.set_own(own)

    def show_note(self, text: str) -> None:
        """Show a remark on the first page, until something is changed there."""
        self._show_page(_SETUP)
        self._setup.show_error(text)

    def set_settings(self, settings: Settings) -> None:
        """Use the model of these settings from the next batch on."""
        self._model = ModelOptions(settings.weights, settings.device, settings.precision)

    def shutdown(self, seconds: float = 5.0) -> bool:
        """Stop a running batch and wait for it, at most `seconds`; finished images stay, and the rest can be resumed.

        False when it is still running: then end the process without waiting for its threads.
        """
        self._thread.control.cancel()
        for part in (self._plan, self._offer, self._setup):
            part.cancel_jobs()
        return self._thread.wait(seconds)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Check again whether the folder of the results holds an unfinished export."""
        super().showEvent(event)
        if not event.spontaneous():
            self._check_for_unfinished()

    def reject(self) -> None:
        """Close the dialog; while a batch is running, ask whether it should go on."""
        if self.running and not self._thread.control.cancelled:
            self._ask_before_closing()
        else:
            super().reject()

    def _go_on(self) -> None:
        if self._pages.currentIndex() == _SETUP:
            self._make_plan()
        elif self._pages.currentIndex() == _PLAN and self._plan.ready and self._plan.rows is not None:
            plan = self._plan.rows.plan
            self.expressions_used.emit(tuple(term.expression for term in plan.recipe.expressions))
            self._thread.start(plan)
            self._begin(plan.folder, plan)

    def _go_back(self) -> None:
        self._plan.cancel_jobs()
        self.setWindowTitle(tr(_TITLE))
        self._show_page(_SETUP)
        self._check_for_unfinished()

    def _make_plan(self) -> None:
        try:
            recipe, folder = self._setup.recipe(self._model), self._setup.output.folder()
        except UserError as error:
            self._show_page(_SETUP)
            self._setup.show_error(str(error))
            return
        self._setup.show_error("")
        self._plan.start(self._setup.inputs.paths(), self._setup.inputs.recursive(), recipe, folder)
        self._show_page(_PLAN)

    def _replan(self, exists: IfExists) -> None:
        self._setup.output.names.set_exists(exists)
        self._make_plan()

    def _resume_batch(self, folder: Path) -> None:
        self._thread.resume(folder)
        self._begin(folder)

    def _begin(self, folder: Path, plan: Plan | None = None) -> None:
        self._running_plan = plan
        self._plan.cancel_jobs()
        self._offer.check_folder(None)
        self._run.begin(folder)
        self._show_page(_RUN)

    def _check_for_unfinished(self) -> None:
        if self._pages.currentIndex() == _RUN:
            return  # the end of the run decides
        folder = None
        if not self.running:
            try:
                folder = self._setup.output.folder()
            except BadOption:  # shown when the plan is made
                folder = None
        self._offer.check_folder(folder)

    def _show_page(self, page: int | None = None) -> None:
        """Show this page; None brings the buttons of the current one up to date."""
        if page is not None:
            self._pages.setCurrentIndex(page)
        current = self._pages.currentIndex()
        steps = enumerate(map(tr, _STEPS))
        self._steps.setText(" › ".join(f"<b>{step}</b>" if place == current else step for place, step in steps))
        self._back.setVisible(current == _PLAN or (current == _RUN and not self.running))
        self._back.setText(tr("&New export") if current == _RUN else tr("&Back"))
        self._next.setVisible(current != _RUN)
        self._next.setDefault(current != _RUN)
        if current == _SETUP:
            self._next.setText(tr("&Check…"))
            self._next.setEnabled(True)
        elif current == _PLAN:
            count = 0 if self._plan.rows is None else self._plan.rows.readable
            one_or_none = tr("&Export 1 image") if count else tr("&Export")
            self._next.setText(tr("&Export {count:,} images", count=count) if count > 1 else one_or_none)
            self._next.setEnabled(self._plan.ready)

    def _batch_finished(self, result: BatchResult) -> None:
        self.setWindowTitle(tr(_TITLE))
        self._show_page()
        if self._question is not None:
            self._question.close()
        if result.summary is not None:
            self._running_plan = result.summary.plan
        if result.summary is not None and result.summary.stopped:
            self._offer.check_folder(result.summary.plan.folder)
        if not self.isVisible():
            text = " ".join(filter(None, (tr("Batch export: {result}", result=result_text(result)), result.text)))
            succeeded = result.summary is not None and result.summary.exit_code == 0 and not result.text
            self.finished_unseen.emit(text, "info" if succeeded else "warning")

    def _ask_before_closing(self) -> None:
        if self._question is not None:
            return
        question = QMessageBox(self)
        question.setObjectName("batch_close_box")
        question.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        question.setIcon(QMessageBox.Icon.Question)
        question.setWindowTitle(tr(_TITLE))
        question.setText(tr("The export is still running. Should it go on?"))
        question.setInformativeText(tr("If you stop it, finished images are kept, and the rest can be resumed later."))
        role = QMessageBox.ButtonRole
        go_on = question.addButton(tr("&Go on in the background"), role.AcceptRole)
        go_on.setObjectName("batch_go_on")
        stop = question.addButton(tr("&Stop it"), role.DestructiveRole)
        stop.setObjectName("batch_stop_it")
        stay = question.addButton(tr("&Keep open"), role.RejectRole)
        stay.setObjectName("batch_keep_open")
        question.setDefaultButton(go_on)
        question.setEscapeButton(stay)
        question.finished.connect(lambda _: self._answered(question))
        self._question = question
        question.open()

    def _answered(self, question: QMessageBox) -> None:
        pressed = question.clickedButton()
        name = "" if pressed is None else pressed.objectName()
        self._question = None
        if name == "batch_stop_it" and self.running:
            self._run.stop()
        if name in ("batch_go_on", "batch_stop_it"):
            super().reject()
