"""The batch export: a window of three pages, what to do, the plan of it, and its run; it outlives its own closing."""

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
from rim_editor.batch.recipe import Exists
from rim_editor.errors import BadOption
from rim_editor.model_requests import ModelOptions
from rim_editor.ui.batch.batch_thread import BatchWork, Ended
from rim_editor.ui.batch.plan_page import PlanPage
from rim_editor.ui.batch.resume_offer import ResumeOffer
from rim_editor.ui.batch.run_page import RunPage, summary
from rim_editor.ui.batch.setup_page import WhatPage
from rim_editor.ui.named_widgets import named

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rim_editor.document import MatteControls
    from rim_editor.edits import Edit
    from rim_editor.jobs import Runner
    from rim_editor.matting import Matting
    from rim_editor.settings import Settings

_TITLE = "Batch Export"
_STEPS = ("What", "Plan", "Run")
_WHAT, _PLAN, _RUN = range(3)


class BatchDialog(QDialog):
    """Exports many images; not modal, and one is enough: closed, it keeps what was entered, and goes on if told so.

    `edit` and `controls` come first, those of the image in front for instance; `background` is the file of its
    Background, without which the user has to choose that again. Call `shutdown` before the program ends.
    """

    expressions_used = Signal(object)
    """The expressions of a batch that begins, as a tuple of texts."""
    ended_unseen = Signal(str, str)
    """A batch ended while the window was closed: what to say, and how: info or warning."""

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
        self.setWindowTitle(_TITLE)
        self.set_settings(settings)
        self._work = BatchWork(matting, self)
        self._box: QMessageBox | None = None
        self._what = WhatPage(settings, runner)
        self._plan = PlanPage(runner)
        self._run = RunPage(self._work)
        self._resume = ResumeOffer(runner)
        self._steps = named(QLabel(), "batch_steps")
        self._pages = named(QStackedWidget(), "batch_pages")
        for page in (self._what, self._plan, self._run):
            self._pages.addWidget(page)
        self._close = QPushButton("&Close")
        self._back = QPushButton("&Back")
        self._next = QPushButton("&Plan…")
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        for button, name, action in (
            (self._close, "batch_close", self.reject),
            (self._back, "batch_back", self._go_back),
            (self._next, "batch_next", self._go_on),
        ):
            named(button, name).setAutoDefault(False)
            button.clicked.connect(action)
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        column.addWidget(self._steps)
        column.addWidget(self._pages, 1)
        column.addWidget(self._resume)
        column.addLayout(buttons)
        self._what.set_edit(edit, controls, background)
        self._what.folder_settled.connect(self._look_for_journal)
        self._plan.planned.connect(self._show_page)
        self._plan.exists_chosen.connect(self._plan_with)
        self._resume.asked.connect(self._go_on_with)
        self._work.ended.connect(self._ended)
        self._run.progressed.connect(lambda percent: self.setWindowTitle(f"{percent} % – {_TITLE}"))
        room, unit = self.screen().availableSize(), self.fontMetrics()
        self.resize(QSize(140 * unit.averageCharWidth(), 52 * unit.height()).boundedTo(room))
        self._show_page(_WHAT)

    @property
    def running(self) -> bool:
        """Whether a batch is running, seen or not."""
        return self._work.running

    def add(self, paths: Iterable[str | Path]) -> None:
        """Add images, folders and manifests, as the user would."""
        self._what.inputs.add(paths)

    def set_edit(self, edit: Edit, controls: MatteControls, background: Path | None = None) -> None:
        """Show another edit and other controls, as at first."""
        self._what.set_edit(edit, controls, background)

    def set_settings(self, settings: Settings) -> None:
        """Have the model of these settings answer from the next batch on."""
        self._asking = ModelOptions(settings.weights, settings.device, settings.precision)

    def shutdown(self, seconds: float = 5.0) -> bool:
        """Stop what runs and wait for it, at most `seconds`; what is done stays, the rest can be resumed.

        False when it still runs: then end the process without waiting for its threads.
        """
        self._work.control.cancel()
        for part in (self._plan, self._resume, self._what.edit):
            part.leave()
        return self._work.wait(seconds)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Look anew what is in the folder of the results."""
        super().showEvent(event)
        if not event.spontaneous():
            self._look_for_journal()

    def reject(self) -> None:
        """Close; while a batch is running, ask what is to become of it."""
        if self.running and not self._work.control.cancelled:
            self._ask()
        else:
            super().reject()

    def _go_on(self) -> None:
        if self._pages.currentIndex() == _WHAT:
            self._make_plan()
        elif self._pages.currentIndex() == _PLAN and self._plan.ready and self._plan.rows is not None:
            plan = self._plan.rows.plan
            self.expressions_used.emit(tuple(said.expression for said in plan.recipe.expressions))
            self._work.start(plan)
            self._begin(plan.folder)

    def _go_back(self) -> None:
        self._plan.leave()
        self.setWindowTitle(_TITLE)
        self._show_page(_WHAT)
        self._look_for_journal()

    def _make_plan(self) -> None:
        try:
            recipe, folder = self._what.recipe(self._asking), self._what.output.folder()
        except UserError as error:
            self._show_page(_WHAT)
            self._what.fail(str(error))
            return
        self._what.fail("")
        self._plan.make(self._what.inputs.paths(), self._what.inputs.recursive(), recipe, folder)
        self._show_page(_PLAN)

    def _plan_with(self, exists: Exists) -> None:
        self._what.output.set_exists(exists)
        self._make_plan()

    def _go_on_with(self, folder: Path) -> None:
        self._work.resume(folder)
        self._begin(folder)

    def _begin(self, folder: Path) -> None:
        self._plan.leave()
        self._resume.look_into(None)
        self._run.begin(folder)
        self._show_page(_RUN)

    def _look_for_journal(self) -> None:
        if self._pages.currentIndex() == _RUN:
            return  # the end of the run tells
        folder = None
        if not self.running:
            try:
                folder = self._what.output.folder()
            except BadOption:  # told when the plan is asked for
                folder = None
        self._resume.look_into(folder)

    def _show_page(self, page: int | None = None) -> None:
        """Show this page, or the one that is shown as it is now."""
        if page is not None:
            self._pages.setCurrentIndex(page)
        now = self._pages.currentIndex()
        steps = (f"<b>{step}</b>" if place == now else step for place, step in enumerate(_STEPS))
        self._steps.setText(" › ".join(steps))
        self._back.setVisible(now == _PLAN or (now == _RUN and not self.running))
        self._back.setText("&New batch" if now == _RUN else "&Back")
        self._next.setVisible(now != _RUN)
        self._next.setDefault(now != _RUN)
        if now == _WHAT:
            self._next.setText("&Plan…")
            self._next.setEnabled(True)
        elif now == _PLAN:
            rows = self._plan.rows
            count = 0 if rows is None else rows.todo
            self._next.setText(f"&Export {count:,} image{'' if count == 1 else 's'}" if count else "&Export")
            self._next.setEnabled(self._plan.ready)

    def _ended(self, ended: Ended) -> None:
        self.setWindowTitle(_TITLE)
        self._show_page()
        if self._box is not None:
            self._box.close()
        if ended.summary is not None and ended.summary.stopped:
            self._resume.look_into(ended.summary.plan.folder)
        if not self.isVisible():
            text = " ".join(filter(None, (f"Batch export: {summary(ended)}", ended.text)))
            well = ended.summary is not None and ended.summary.exit_code == 0 and not ended.text
            self.ended_unseen.emit(text, "info" if well else "warning")

    def _ask(self) -> None:
        if self._box is not None:
            return
        box = QMessageBox(self)
        box.setObjectName("batch_close_box")
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(_TITLE)
        box.setText("The export is not finished. What is to become of it?")
        box.setInformativeText("Stopped, it can be resumed later: what is done stays.")
        role = QMessageBox.ButtonRole
        go_on = box.addButton("&Go on in the background", role.AcceptRole)
        go_on.setObjectName("batch_go_on")
        stop = box.addButton("&Stop it", role.DestructiveRole)
        stop.setObjectName("batch_stop_it")
        stay = box.addButton("&Keep open", role.RejectRole)
        stay.setObjectName("batch_keep_open")
        box.setDefaultButton(go_on)
        box.setEscapeButton(stay)
        box.finished.connect(lambda _: self._answered(box))
        self._box = box
        box.open()

    def _answered(self, box: QMessageBox) -> None:
        pressed = box.clickedButton()
        name = "" if pressed is None else pressed.objectName()
        self._box = None
        if name == "batch_stop_it" and self.running:
            self._run.stop()
        if name in ("batch_go_on", "batch_stop_it"):
            super().reject()
