"""Widgets with the names by which tests, style sheets and screen readers find them."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLabel, QLineEdit, QWidget

WidgetT = TypeVar("WidgetT", bound=QWidget)


def add_labelled_row(form: QFormLayout, text: str, field: QLineEdit, *beside: QWidget) -> None:
    """Add a row to the form: the field, the widgets beside it, and a label whose mnemonic leads to the field."""
    row = QHBoxLayout()
    row.addWidget(field, 1)
    for widget in beside:
        row.addWidget(widget)
    form.addRow(text, row)
    label = form.labelForField(row)
    if isinstance(label, QLabel):
        label.setBuddy(field)


def name_widget(widget: WidgetT, name: str, tip: str = "", accessible: str = "") -> WidgetT:
    """Set object name, tooltip, and what a screen reader calls the widget if not its text; returns the widget."""
    widget.setObjectName(name)
    if tip:
        widget.setToolTip(tip)
    if accessible:
        widget.setAccessibleName(accessible)
    return widget


def wrapped_label(name: str, text: str = "") -> QLabel:
    """A label for sentences: plain text that wraps, and that the mouse can select to copy it."""
    label = name_widget(QLabel(text), name)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
