"""The line of a batch that shows by which example it finds the object, hidden without one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from rim_editor.translation import tr
from rim_editor.ui.named_widgets import name_widget, wrapped_label

if TYPE_CHECKING:
    from clipmat.examples import Example


class ExampleRow(QWidget):
    """What the example is called and where it was marked, with a button that does without it."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("batch_example")
        self._example: Example | None = None
        self._label = wrapped_label("batch_example_label")
        remove = name_widget(QToolButton(), "batch_example_remove", tr("Find by words alone"), tr("Remove the example"))
        remove.setText("×")
        remove.setAutoRaise(True)
        remove.clicked.connect(lambda: self.set_example(None))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._label, 1)
        row.addWidget(remove)
        self.hide()

    @property
    def example(self) -> Example | None:
        """The example, if there is one."""
        return self._example

    def set_example(self, example: Example | None) -> None:
        """Show another example; None hides the line."""
        self._example = example
        self.setVisible(example is not None)
        if example is not None:
            where = tr(", marked in {source}", source=example.source) if example.source and example.expression else ""
            self._label.setText(
                tr(
                    "By example: {title}{where}. Words are not needed, but may go beside it.",
                    title=example.title,
                    where=where,
                )
            )
        self.changed.emit()
