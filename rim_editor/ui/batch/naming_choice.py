"""How the results of a batch are called: the template of names, taken names, folders, and an example of a name."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QFormLayout, QLineEdit, QWidget

from rim_editor.batch import naming
from rim_editor.batch.recipe import IfExists
from rim_editor.errors import BadOption
from rim_editor.translation import marked, tr
from rim_editor.ui.named_widgets import name_widget, wrapped_label
from rim_editor.ui.panels.input_widgets import ChoiceBox

EXISTS = marked(
    {
        IfExists.NUMBER: ("Number the new one", "The result is called rose-2.png and so on; nothing is replaced"),
        IfExists.SKIP: ("Leave the image out", "Images whose results are there already are left out"),
        IfExists.OVERWRITE: ("Replace the file", "Existing files are replaced, but never an image that is read"),
        IfExists.REFUSE: ("Ask me first", "Nothing is started while a name is taken"),
    }
)
"""The choices for a result whose name is taken, with their texts and tooltips."""


@dataclass(frozen=True)
class NamingExample:
    """An image that shows how results are named."""

    stem: str = "rose"
    folder: str = "holiday"
    suffix: str = ".jpg"
    expression: str = ""
    below: str = ""
    """Its folder below the one that was added; '' for none."""


class NamingChoice(QWidget):
    """Adds its rows to a form; `keep_box` is to be placed beside others."""

    changed = Signal()
    """The user changed something."""

    def __init__(self, form: QFormLayout) -> None:
        super().__init__()
        self._naming = NamingExample()
        self._suffix = ".png"
        tip = tr("{stem} and {folder} of the image, {expression}, {index} or {index:04} to count; '/' makes folders")
        self._template = name_widget(QLineEdit("{stem}"), "batch_template", tip)
        self._template.setAcceptDrops(False)
        self._template.textChanged.connect(self._show_example)
        self._template.textChanged.connect(lambda _text: self.changed.emit())
        form.addRow(tr("Names"), self._template)
        self._example = wrapped_label("batch_example")
        form.addRow("", self._example)
        self._exists = ChoiceBox("batch_exists", tr("Where a name is taken"), EXISTS)
        self._exists.currentIndexChanged.connect(lambda _place: self.changed.emit())
        form.addRow(tr("Taken na&mes"), self._exists)
        self.keep_box = name_widget(
            QCheckBox(tr("&Keep folders")), "batch_keep_folders", tr("Results are in subfolders as their images are")
        )
        self.keep_box.setChecked(True)
        self.keep_box.toggled.connect(self._show_example)
        self._show_example()

    @property
    def keep_folders(self) -> bool:
        """Whether results are in subfolders as their images are."""
        return self.keep_box.isChecked()

    @property
    def template(self) -> str:
        """The template of the names, not checked yet."""
        return self._template.text().strip()

    @property
    def exists(self) -> IfExists:
        """The choice for a name that is taken."""
        return IfExists(self._exists.value())

    def set_exists(self, exists: IfExists) -> None:
        """Show this choice; emits nothing."""
        self._exists.set_value(exists)

    def set_suffix(self, suffix: str) -> None:
        """Show the example with this suffix of the result."""
        self._suffix = suffix
        self._show_example()

    def show_example(self, example: NamingExample) -> None:
        """Show how the result of this image would be named."""
        self._naming = example
        self._show_example()

    def _show_example(self) -> None:
        image = self._naming
        try:
            parts = naming.parse_template(self.template).filled(
                stem=image.stem, expression=image.expression or tr("the rose"), index=1, folder=image.folder
            )
        except BadOption as error:
            self._example.setText(str(error))
            return
        folders = (image.below,) if image.below and self.keep_folders else ()
        name = "/".join((*folders, *parts)) + self._suffix
        self._example.setText(tr("{stem}{suffix} becomes {name}", stem=image.stem, suffix=image.suffix, name=name))
