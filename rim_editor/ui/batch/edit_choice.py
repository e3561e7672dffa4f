"""The choice of the edit of a batch with its options."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QFormLayout, QStackedWidget, QVBoxLayout, QWidget

from rim_editor import presets
from rim_editor.documents.edit_description import EditDescription
from rim_editor.documents.edits import Background, Edit, Highlight, MatteOnly, Style
from rim_editor.editor.events import JobKind
from rim_editor.editor.jobs import Job, Runner
from rim_editor.errors import BadOption
from rim_editor.translation import marked, tr
from rim_editor.ui.named_widgets import name_widget, open_file_dialog, wrapped_label
from rim_editor.ui.panels.background_page import BackgroundPage
from rim_editor.ui.panels.edit_pages import CutoutPage, EditPage, GradientPage, HighlightPage, PlainPage, SolidPage
from rim_editor.ui.panels.input_widgets import ChoiceBox
from rim_editor.ui.qt_image import image_filter

if TYPE_CHECKING:
    from clipmat.image_files import OpenedImage

_NO_IMAGE = marked("A colour cannot be picked from an image here: choose one of the colours, or type its code.")
_NO_FILE = marked("A batch reads its background from a file: choose the image again.")
_WRITING = marked("The background is still being written for the batch: try again in a moment.")
_NO_BACKGROUND = marked("There is no background yet: choose an image, or another edit.")
_EDITS = marked(
    {
        "transparent": ("Transparent", "The object alone"),
        "highlight": ("Highlight", "Set the object apart from its surroundings"),
        "background": ("Background", "Put the object on another image"),
        "gradient": ("Gradient", "Put the object on a gradient"),
        "solid": ("Solid colour", "Put the object on one colour"),
        "matte": ("Matte", "The matte itself, as grey"),
    }
)


class EditChoice(QWidget):
    """Chooses an edit, with the option pages of the main window; a background is a file, read through `runner`."""

    changed = Signal()
    """The user chose another edit or other options."""

    def __init__(self, runner: Runner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._file: Path | None = None
        self._lacks = tr(_NO_FILE)
        """Why there is no file of the background's image."""
        self._choice = ChoiceBox("batch_edit", tr("What becomes of the object"), _EDITS)
        self._background = BackgroundPage()
        self._pages: tuple[EditPage, ...] = (
            CutoutPage(tr("The object alone, with transparency around it.")),
            HighlightPage(),
            self._background,
            GradientPage(),
            SolidPage(),
            PlainPage(MatteOnly, tr("The matte as grey: white is the object, black is what surrounds it.")),
        )
        self._stack = name_widget(QStackedWidget(), "batch_edit_options")
        for page in self._pages:
            self._stack.addWidget(page)
            page.changed.connect(lambda _edit, _gesture: self.changed.emit())
            page.eyedropper_requested.connect(lambda _answer: self._show_note(tr(_NO_IMAGE)))
        # These need an open image.
        for name in ("move_background", "solid_eyedropper"):
            unused = self._stack.findChild(QWidget, name)
            assert unused is not None
            unused.setVisible(False)
        self._background.image_requested.connect(self._choose_file)
        self._background.blur_requested.connect(lambda: self.set_edit(Highlight(Style.BLUR, 1.0), notify=True))
        self._note = wrapped_label("batch_edit_note")
        column = QVBoxLayout(self)
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(tr("&Edit"), self._choice)
        column.addLayout(form)
        column.addWidget(self._note)
        column.addWidget(self._stack)
        column.addStretch(1)
        self._choice.currentIndexChanged.connect(self._show_page)
        self._show_note("")

    def set_edit(self, edit: Edit, background: Path | None = None, *, notify: bool = False) -> None:
        """Show this edit; `background` is the file of a Background's image, without which one is written.

        `notify` emits `changed` too.
        """
        place = next(place for place, page in enumerate(self._pages) if isinstance(edit, page.kind))
        self.cancel_jobs()
        self._show_note("")
        if isinstance(edit, Background):
            self._file = background
            if background is None:
                self._write_image(edit)
        with QSignalBlocker(self._choice):
            self._choice.setCurrentIndex(place)
        self._pages[place].show_edit(edit)
        self._stack.setCurrentIndex(place)
        if notify:
            self.changed.emit()

    def set_background(self, path: Path) -> None:
        """Read this file in the background and put the objects on it; errors are shown here."""
        from clipmat import image_files

        def done(opened: OpenedImage) -> None:
            self._show_note(tr("Behind the object: {name}", name=path.name))
            edit = self._background.edit() or self._background.with_image(Background(opened.pixels))
            self._file = path
            self._background.show_edit(replace(edit, image=opened.pixels))
            self.changed.emit()

        self._show_note(tr("Reading {name}…", name=path.name))
        self._runner.start(
            Job(
                JobKind.BACKGROUND,
                lambda: image_files.read(path),
                done,
                lambda error: self._show_note(str(error)),
                self._show_note,
                owner=self,
            )
        )

    def _write_image(self, edit: Background) -> None:
        """Write the image of a background, for a batch reads it from a file."""

        def done(path: Path) -> None:
            self._file = path
            self._show_note("")

        def failed(error: Exception) -> None:
            self._lacks = tr(_NO_FILE)
            self._show_note(f"{error} {tr(_NO_FILE)}")

        self._lacks = tr(_WRITING)
        self._show_note(tr("Writing the background for the batch…"))
        work = partial(presets.background_file, edit)
        self._runner.start(Job(JobKind.BACKGROUND, work, done, failed, self._show_note, owner=self))

    def edit(self) -> Edit | None:
        """The edit that is chosen; None while the background is missing."""
        return self._pages[self._stack.currentIndex()].edit()

    def described(self, depth: int = 8) -> EditDescription:
        """The edit as a recipe holds it; a matte has `depth` bits. Raises BadOption while the background is missing."""
        edit = self.edit()
        if edit is None:
            raise BadOption(tr(_NO_BACKGROUND))
        if isinstance(edit, Background) and self._file is None:
            raise BadOption(self._lacks)
        if isinstance(edit, MatteOnly):
            edit = MatteOnly(depth)
        return EditDescription.of(edit, self._file)

    def cancel_jobs(self) -> None:
        """Drop a file that is being read or written."""
        self._runner.cancel(JobKind.BACKGROUND, self)

    def _show_page(self, place: int) -> None:
        self._stack.setCurrentIndex(place)
        self._show_note("")
        self.changed.emit()

    def _show_note(self, text: str) -> None:
        self._note.setText(text)
        self._note.setVisible(bool(text))

    def _choose_file(self) -> None:
        folder = str(self._file.parent) if self._file else ""
        open_file_dialog(
            self,
            "batch_background_dialog",
            tr("Choose a background"),
            folder,
            lambda name: self.set_background(Path(name)),
            name_filter=image_filter(),
        )
