"""Widgets with the names by which tests, style sheets and screen readers find them."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

W = TypeVar("W", bound=QWidget)


def named(widget: W, name: str, tip: str = "", accessible: str = "") -> W:
    """The widget, with its object name, its tooltip, and what a screen reader calls it where its text does not do."""
    widget.setObjectName(name)
    if tip:
        widget.setToolTip(tip)
    if accessible:
        widget.setAccessibleName(accessible)
    return widget


def told(name: str, text: str = "") -> QLabel:
    """A label for sentences: plain text that wraps, and that the mouse can select to copy it."""
    label = named(QLabel(text), name)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
