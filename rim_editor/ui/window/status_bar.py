"""The status bar: passing messages at its left, then progress, image size, zoom, and the model with device and time."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QProgressBar, QStatusBar, QStyle, QStyleOption, QWidget

from rim_editor.translation import tr
from rim_editor.ui.theme import SPACE

if TYPE_CHECKING:
    from rim_editor.editor.events import Answered
    from rim_editor.model_requests import ModelOptions


class MessageLine(QStatusBar):
    """A status bar whose message ends in dots where there is no room for all of it."""

    def shown_message(self) -> str:
        """The message as it fits beside the labels."""
        return self.fontMetrics().elidedText(self.currentMessage(), Qt.TextElideMode.ElideRight, self._room())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw the message."""
        if not self.currentMessage():
            super().paintEvent(event)
            return
        painter, option = QPainter(self), QStyleOption()
        option.initFrom(self)
        self.style().drawPrimitive(QStyle.PrimitiveElement.PE_PanelStatusBar, option, painter, self)
        painter.setPen(self.palette().windowText().color())
        inside = self.rect().adjusted(SPACE, 0, 0, 0)
        painter.drawText(inside, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.shown_message())
        painter.end()

    def _room(self) -> int:
        children = self.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
        lefts = (child.x() for child in children if child.isVisible())
        return min(lefts, default=self.width()) - 2 * SPACE


class StatusBar:
    """Fills `bar` with labels named status_work, status_size, status_zoom and status_model."""

    def __init__(self, bar: QStatusBar) -> None:
        self._busy = QProgressBar(bar)
        self._busy.setObjectName("status_busy")
        self._busy.setRange(0, 0)
        self._busy.setTextVisible(False)
        self._busy.setFixedWidth(72)
        self._busy.setMaximumHeight(10)
        self._busy.setAccessibleName(tr("Work in progress"))
        self._busy.hide()
        bar.addPermanentWidget(self._busy)
        self._labels: dict[str, QLabel] = {}
        for name, meaning in {
            "status_work": tr("Work in progress"),
            "status_size": tr("Size of the image in pixels"),
            "status_zoom": tr("Zoom"),
            "status_model": tr("Weights, device and time of the last answer"),
        }.items():
            label = QLabel(bar)
            label.setObjectName(name)
            label.setToolTip(meaning)
            label.setAccessibleName(meaning)
            label.setContentsMargins(SPACE, 0, SPACE, 0)
            label.hide()
            bar.addPermanentWidget(label)
            self._labels[name] = label

    def show_size(self, size: tuple[int, int] | None) -> None:
        """Show width and height in pixels; None when no image is open."""
        self._set_text("status_size", "" if size is None else f"{size[0]} × {size[1]}")

    def show_zoom(self, zoom: float | None) -> None:
        """Show the zoom, 1 for one image pixel per device pixel; None when no image is open."""
        self._set_text("status_zoom", "" if zoom is None else f"{zoom * 100:.{0 if zoom >= 0.1 else 1}f} %")

    def show_model(self, options: ModelOptions) -> None:
        """Show the chosen weights, before their first answer."""
        device = "" if options.device == "auto" else f" · {options.device}"
        self._set_text("status_model", f"{_short(options.weights)}{device}")

    def show_answer(self, answer: Answered) -> None:
        """Show the weights, device and time of an answer, and in the tooltip the reason for the device."""
        self._set_text(
            "status_model",
            f"{_short(answer.weights)} · {answer.device} · {answer.milliseconds:.0f} ms",
        )
        reason = (
            tr("On {device}: {reason}", device=answer.device, reason=answer.device_reason)
            if answer.device_reason
            else tr("On {device}", device=answer.device)
        )
        self._labels["status_model"].setToolTip(f"{self._labels['status_model'].accessibleName()}\n{reason}")

    def show_work(self, text: str) -> None:
        """Show the running work; '' for none."""
        self._busy.setVisible(bool(text))
        self._set_text("status_work", text)

    def _set_text(self, name: str, text: str) -> None:
        label = self._labels[name]
        label.setText(text)
        label.setVisible(bool(text))


def _short(weights: str) -> str:
    return Path(weights).name
