"""The page of a window without an image: open, paste, a sample with expressions to try, and the keys that matter."""

from __future__ import annotations

from collections.abc import Callable
from importlib import resources
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QImageReader,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPalette,
    QPen,
    QPixmap,
    QShowEvent,
)
from PySide6.QtWidgets import QAbstractButton, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from rim_editor.translation import marked, tr
from rim_editor.ui.named_widgets import name_widget
from rim_editor.ui.palettes import accent
from rim_editor.ui.panels.chips import Chip
from rim_editor.ui.style import RADIUS
from rim_editor.ui.theme import SPACE, WIDE, icon, set_type

SAMPLE_EXPRESSIONS = ("the sunflower", "the blue cup", "the apples")
"""Expressions to try on the sample."""
_PICTURE = QSize(300, 200)  # logical pixels
_ENOUGH = 480
"""Logical pixels of height below which the picture of the sample gives way."""
_KEYS = marked(
    (
        ("/", "describe the object"),
        ("\\", "hold to see the original"),
        ("Ctrl+E", "export the result"),
    )
)


def sample_file() -> Path:
    """The photograph-like picture that comes with the program."""
    return Path(str(resources.files("resources") / "samples" / "still_life.jpg"))


class _Picture(QAbstractButton):
    """The sample as a picture with rounded corners, to be clicked."""

    def __init__(self) -> None:
        super().__init__()
        self._pixmap: QPixmap | None = None
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFixedSize(_PICTURE)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the picture, with a frame in the accent colour under the pointer or with the focus."""
        ratio = self.devicePixelRatioF()
        if self._pixmap is None or self._pixmap.devicePixelRatio() != ratio:
            reader = QImageReader(str(sample_file()))
            wanted = self.size() * ratio
            reader.setScaledSize(reader.size().scaled(wanted, Qt.AspectRatioMode.KeepAspectRatioByExpanding))
            self._pixmap = QPixmap.fromImage(reader.read())
            self._pixmap.setDevicePixelRatio(ratio)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5)
        shape = QPainterPath()
        shape.addRoundedRect(box, RADIUS, RADIUS)
        painter.setClipPath(shape)
        painter.drawPixmap(0, 0, self._pixmap)
        painter.setClipping(False)
        lit = self.underMouse() or self.hasFocus()
        painter.setPen(QPen(accent() if lit else self.palette().color(QPalette.ColorRole.Mid), 3 if lit else 1))
        painter.drawPath(shape)
        painter.end()


class _Button(QPushButton):
    """A button that Enter presses too, not only Space, and that is not filled for having the focus."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter clicks."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)


class StartPage(QWidget):
    """Covers `over` while it is visible. Drops and clicks beside its buttons go to the widget below."""

    sample_requested = Signal(str)
    """Open the sample and ask for this expression; '' only opens it."""

    def __init__(self, over: QWidget, open_images: Callable[[], object], paste: Callable[[], object]) -> None:
        super().__init__(over)
        self.setObjectName("start_page")
        self.setAccessibleName(tr("Start"))
        self.setAutoFillBackground(True)
        title = QLabel(tr("Cut anything out by describing it"))
        set_type(title, "title", bold=True)
        hint = name_widget(QLabel(tr("Drop a photograph here, or")), "start_hint")
        self._open = self._button("start_open", tr("&Open…"), tr("Open one or several images (Ctrl+O)"), open_images)
        self._open.setDefault(True)
        self._paste = self._button("start_paste", tr("&Paste"), tr("Open the image on the clipboard (Ctrl+V)"), paste)
        self._sample = self._button(
            "start_sample", tr("Tr&y a sample"), tr("Open a picture that comes with RIM Editor"), self._request_sample
        )
        self._picture = name_widget(_Picture(), "start_picture", tr("Open the sample"), tr("Open the sample"))
        self._picture.clicked.connect(self._request_sample)
        column = QVBoxLayout(self)
        column.setSpacing(WIDE)
        column.addStretch(1)
        column.addWidget(title, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(hint, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addLayout(_centred(self._open, self._paste, self._sample))
        column.addSpacing(SPACE)
        column.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignHCenter)
        chips = [self._chip(text) for text in SAMPLE_EXPRESSIONS]
        column.addLayout(_centred(*chips))
        column.addSpacing(SPACE)
        column.addWidget(_keys(), 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        over.installEventFilter(self)
        self.paint_icons()

    def paint_icons(self) -> None:
        """Set the icons; call again after the theme has changed."""
        for button, name in (
            (self._open, "fa6s.folder-open"),
            (self._paste, "fa6s.paste"),
            (self._sample, "fa6s.image"),
        ):
            button.setIcon(icon(name, self.palette().highlightedText().color() if button is self._open else None))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Follow the size of the widget below."""
        if event.type() == QEvent.Type.Resize and watched is self.parent():
            self._fit()
        return False

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Take the place of what is below, and the focus: Enter opens a file."""
        self._fit()
        self._open.setFocus()

    def _fit(self) -> None:
        below = self.parentWidget()
        if below is not None:
            self.setGeometry(below.rect())
            self._picture.setVisible(below.height() >= _ENOUGH)

    def _request_sample(self) -> None:
        self.sample_requested.emit("")

    def _button(self, name: str, text: str, tip: str, function: Callable[[], object]) -> QPushButton:
        button = name_widget(_Button(text), name, tip)
        button.setMinimumHeight(button.sizeHint().height() + SPACE)
        button.clicked.connect(lambda _=False: function())
        return button

    def _chip(self, text: str) -> Chip:
        chip = name_widget(
            Chip(text), f"start_{text.replace(' ', '_')}", tr("Open the sample and find “{text}”", text=text)
        )
        chip.clicked.connect(lambda _=False: self.sample_requested.emit(text))
        return chip


def _centred(*widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.addStretch(1)
    for widget in widgets:
        row.addWidget(widget)
    row.addStretch(1)
    return row


def _keys() -> QWidget:
    """The keys that matter, each with its effect."""
    made = name_widget(QWidget(), "start_keys")
    grid = QGridLayout(made)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(WIDE)
    for row, (key, effect) in enumerate(_KEYS):
        name = QLabel(QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText))
        set_type(name, "normal", bold=True)
        grid.addWidget(name, row, 0, Qt.AlignmentFlag.AlignRight)
        grid.addWidget(QLabel(tr(effect)), row, 1)
    return made
