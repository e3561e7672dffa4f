"""What becomes of each object of a batch: the choice of edit, and its options."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QFormLayout,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from rim_editor.batch.inputs import SUFFIXES
from rim_editor.batch.recipe import DescribedEdit, described
from rim_editor.edits import Background, Cutout, Edit, Highlight, MatteOnly, Style
from rim_editor.errors import BadOption
from rim_editor.events import JobKind
from rim_editor.jobs import Job, Runner
from rim_editor.ui.named_widgets import named, wrapped_label
from rim_editor.ui.panels.amount import Choice
from rim_editor.ui.panels.background_page import BackgroundPage
from rim_editor.ui.panels.edit_pages import GradientPage, HighlightPage, Page, PlainPage, SolidPage

if TYPE_CHECKING:
    from rim_editor.ui.window.image_opener import Opened

_NO_IMAGE = "There is no image here to pick a colour from: choose one of the colours, or type its code."
_NO_FILE = "A batch reads its background from a file: choose the image again."
_NO_BACKGROUND = "There is no background yet: choose an image, or another edit."
_EDITS = {
    "transparent": ("Transparent", "The object alone"),
    "highlight": ("Highlight", "Set the object apart from its surroundings"),
    "background": ("Background", "Put the object on another image"),
    "gradient": ("Gradient", "Put the object on a gradient"),
    "solid": ("Solid colour", "Put the object on one colour"),
    "matte": ("Matte", "The matte itself, as grey"),
}


class BatchEdit(QWidget):
    """The edit pages of the window below a choice; a background is a file, which is read through `runner`."""

    changed = Signal()
    """The user described another edit."""

    def __init__(self, runner: Runner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._file: Path | None = None
        self._choice = Choice("batch_edit", "What becomes of the object", _EDITS)
        self._background = BackgroundPage()
        self._pages: tuple[Page, ...] = (
            PlainPage(Cutout, "The object alone, with transparency around it."),
            HighlightPage(),
            self._background,
            GradientPage(),
            SolidPage(),
            PlainPage(MatteOnly, "The matte as grey: white is the object, black is what surrounds it."),
        )
        self._stack = named(QStackedWidget(), "batch_edit_options")
        for page in self._pages:
            self._stack.addWidget(page)
            page.changed.connect(self._told)
            page.eyedropper_asked.connect(lambda _answer: self._say(_NO_IMAGE))
        # What needs an image in front of the user has no place here.
        for name in ("move_background", "solid_eyedropper"):
            needless = self._stack.findChild(QWidget, name)
            assert needless is not None
            needless.setVisible(False)
        self._background.image_asked.connect(self._choose_file)
        self._background.blur_asked.connect(lambda: self.set_edit(Highlight(Style.BLUR, 1.0), tell=True))
        self._note = wrapped_label("batch_edit_note")
        column = QVBoxLayout(self)
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow("&Edit", self._choice)
        column.addLayout(form)
        column.addWidget(self._note)
        column.addWidget(self._stack)
        column.addStretch(1)
        self._choice.currentIndexChanged.connect(self._chosen)
        self._say("")

    def set_edit(self, edit: Edit, background: Path | None = None, *, tell: bool = False) -> None:
        """Show this edit; `background` is the file of a Background's image, without which it is asked for again."""
        place = next(place for place, page in enumerate(self._pages) if isinstance(edit, page.kind))
        self._say("")
        if isinstance(edit, Background):
            self._file = background
            self._say("" if background is not None else _NO_FILE)
        with QSignalBlocker(self._choice):
            self._choice.setCurrentIndex(place)
        self._pages[place].show_edit(edit)
        self._stack.setCurrentIndex(place)
        if tell:
            self.changed.emit()

    def set_background(self, path: Path) -> None:
        """Read this file in the background and put the objects on it; what is wrong with it is told here."""
        from rim_editor.ui.window.image_opener import read

        def done(opened: Opened) -> None:
            self._say(" ".join(opened.warnings) or f"Behind the object: {path.name}")
            edit = self._background.edit() or self._background.with_image(Background(opened.image.pixels))
            self._file = path
            self._background.show_edit(replace(edit, image=opened.image.pixels))
            self.changed.emit()

        self._say(f"Reading {path.name}…")
        self._runner.start(
            Job(JobKind.BACKGROUND, lambda: read(path), done, lambda error: self._say(str(error)), owner=self)
        )

    def edit(self) -> Edit | None:
        """The edit that is described; None while the background is missing."""
        return self._pages[self._stack.currentIndex()].edit()

    def described(self, depth: int = 8) -> DescribedEdit:
        """The edit in words; a matte of so many bits. Raises BadOption while the background or its file is missing."""
        edit = self.edit()
        if edit is None:
            raise BadOption(_NO_BACKGROUND)
        if isinstance(edit, Background) and self._file is None:
            raise BadOption(_NO_FILE)
        if isinstance(edit, MatteOnly):
            edit = MatteOnly(depth)
        return described(edit, self._file)

    def leave(self) -> None:
        """Hear nothing more of a file that is being read."""
        self._runner.cancel(JobKind.BACKGROUND, self)

    def _told(self, edit: Edit, _gesture: str) -> None:
        if edit is not None:
            self.changed.emit()

    def _chosen(self, place: int) -> None:
        self._stack.setCurrentIndex(place)
        self._say("")
        self.changed.emit()

    def _say(self, text: str) -> None:
        self._note.setText(text)
        self._note.setVisible(bool(text))

    def _choose_file(self) -> None:
        kinds = " ".join(f"*{suffix}" for suffix in sorted(SUFFIXES))
        folder = str(self._file.parent) if self._file else ""
        dialog = QFileDialog(self, "Choose a background", folder, f"Images ({kinds});;All files (*)")
        dialog.setObjectName("batch_background_dialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: self.set_background(Path(name)))
        dialog.open()
