"""Sections of a panel, which the user folds away and opens again by their headings."""

from __future__ import annotations

from PySide6.QtCore import QSettings, QSize, Qt
from PySide6.QtWidgets import QSizePolicy, QToolButton, QVBoxLayout, QWidget

from rim_editor.translation import tr
from rim_editor.ui.named_widgets import name_widget
from rim_editor.ui.theme import SPACE, TIGHT, set_type


class Section(QWidget):
    """A heading `NAME_section` with an arrow, and below it what the caller lays out in `inside`."""

    def __init__(self, name: str, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self.inside = QWidget()
        """The part that is folded away; the caller gives it a layout."""
        self._heading = name_widget(QToolButton(), f"{name}_section", tr("Fold this section away, or open it"))
        self._heading.setCheckable(True)
        self._heading.setChecked(True)
        self._heading.setAutoRaise(True)
        self._heading.setText(title)
        self._heading.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._heading.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._heading.setIconSize(QSize(10, 10))
        self._heading.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        set_type(self._heading, "normal", bold=True)
        self._heading.toggled.connect(self._toggled)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, SPACE)
        column.setSpacing(TIGHT)
        column.addWidget(self._heading)
        column.addWidget(self.inside, 1)
        self._toggled(True)

    @property
    def name(self) -> str:
        """Under which its state is saved."""
        return self._name

    @property
    def open(self) -> bool:
        """Whether it is unfolded."""
        return self._heading.isChecked()

    def set_open(self, is_open: bool) -> None:
        """Unfold it, or fold it away."""
        self._heading.setChecked(is_open)

    def _toggled(self, is_open: bool) -> None:
        self.inside.setVisible(is_open)
        folded = Qt.ArrowType.LeftArrow if self.isRightToLeft() else Qt.ArrowType.RightArrow
        self._heading.setArrowType(Qt.ArrowType.DownArrow if is_open else folded)


def save_sections(inside: QWidget, state_file: QSettings) -> None:
    """Save which sections inside a widget are open."""
    for section in inside.findChildren(Section):
        state_file.setValue(f"sections/{section.name}", section.open)


def restore_sections(inside: QWidget, state_file: QSettings) -> None:
    """Open and fold the sections inside a widget as they were saved."""
    for section in inside.findChildren(Section):
        section.set_open(state_file.value(f"sections/{section.name}", section.open, type=bool) is not False)
