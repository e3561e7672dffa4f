"""Widgets with the names by which tests, style sheets and screen readers find them."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLabel, QLineEdit, QWidget

W = TypeVar("W", bound=QWidget)


def labelled(form: QFormLayout, text: str, box: QLineEdit, *beside: QWidget) -> None:
    """Add a row to the form: the field, the widgets beside it, and a label whose mnemonic leads to the field."""
    row = QHBoxLayout()
    row.addWidget(box, 1)
    for widget in beside:
        row.addWidget(widget)
    form.addRow(text, row)
    label = form.labelForField(row)
    if isinstance(label, QLabel):
        label.setBuddy(box)


def named(widget: W, name: str, tip: str = "", accessible: str = "") -> W:
    """The widget, with its object name, its tooltip, and what a screen reader calls it where its text does not do."""
    widget.setObjectName(name)
    if tip:
        widget.setToolTip(tip)
    if accessible:
        widget.setAccessibleName(accessible)
    return widget


def wrapped_label(name: str, text: str = "") -> QLabel:
    """A label for sentences: plain text that wraps, and that the mouse can select to copy it."""
    label = named(QLabel(text), name)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
