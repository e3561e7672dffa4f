"""Messages at the top of the canvas, one at a time, with buttons for actions; they do not interrupt the user."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleEvent, QColor, QPainter, QPainterPath, QPaintEvent, QPalette
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from rim_editor.translation import tr
from rim_editor.ui.palettes import mixed
from rim_editor.ui.theme import ICON_SIDE, SPACE, TIGHT, WIDE, icon

INFO_MS = 8000
_LINE = 70
"""Letters that a line of text should have room for beside the buttons, and the icons around it."""

_ICONS = {"info": "fa6s.circle-info", "warning": "fa6s.triangle-exclamation", "error": "fa6s.circle-exclamation"}
_COLOURS = {"info": "#4a90d9", "warning": "#d9a400", "error": "#d64545"}
_STRIPE, _ROUND = 4.0, 4.0  # width of the line at the left, and radius of the corners
Offer = tuple[str, Callable[[], None]]
"""The text of a button and its function; pressing it also closes the message."""


class Message(QFrame):
    """One message: icon, text that wraps, buttons, a button that leads to other messages, and a cross."""

    def __init__(self, text: str, level: str, offers: Sequence[Offer], parent: QWidget, owner: str = "") -> None:
        super().__init__(parent)
        self.text = text
        self.level = level
        self.topic = ""
        """A newer message of the same topic and owner takes its place; '' for none."""
        self.passing = False
        """Whether it goes when the matte of its image changes."""
        self.owner = owner
        """The key of the image that it is about; '' for the window."""
        self.setObjectName("message")
        self.setAccessibleName(f"{level}: {text}")
        column = QVBoxLayout(self)
        column.setContentsMargins(WIDE + TIGHT, TIGHT, TIGHT, TIGHT)
        column.setSpacing(TIGHT)
        row = QHBoxLayout()
        column.addLayout(row)
        self._beside, self._below = QHBoxLayout(), QHBoxLayout()
        column.addLayout(self._below)
        self._below.addStretch(1)
        self._buttons: list[QPushButton] = []
        mark = QLabel(self)
        row.addWidget(mark)
        self._mark = mark
        label = QLabel(_sentence(text), self)
        label.setObjectName("message_text")
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        label.setSizePolicy(policy)
        row.addWidget(label, 1)
        row.addLayout(self._beside)  # still empty, else PySide makes wrappers of its items
        for name, action in offers:
            button = QPushButton(name, self)
            button.setObjectName(f"message_{name.split()[0].lower().strip('&…')}")
            button.clicked.connect(lambda _=False, action=action: self._choose(action))
            self._beside.addWidget(button)
            self._buttons.append(button)
        self._more = QToolButton(self)
        self._more.setObjectName("message_more")
        self._more.setAutoRaise(True)
        self._more.setToolTip(tr("Show the next message"))
        self._more.clicked.connect(self._step)
        row.addWidget(self._more)
        cross = QToolButton(self)
        cross.setObjectName("message_close")
        cross.setText("×")
        cross.setAutoRaise(True)
        cross.setToolTip(tr("Close this message"))
        cross.setAccessibleName(tr("Close this message"))
        cross.clicked.connect(self.dismiss)
        row.addWidget(cross)
        self.paint_icon()

    def fit_buttons(self, width: int) -> None:
        """Put the buttons under the text if beside it they would leave too little of this width for it."""
        taken = sum(button.sizeHint().width() + SPACE for button in self._buttons)
        is_tight = width - taken < _LINE * self.fontMetrics().averageCharWidth()
        old, new = (self._beside, self._below) if is_tight else (self._below, self._beside)
        for button in self._buttons:
            old.removeWidget(button)
            new.removeWidget(button)
            new.addWidget(button)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """A rounded area with a line at its left in the colour of the level.

        No style sheet does it, since under one it would keep the colours of the theme in which it appeared.
        """
        colours = self.palette()
        whole = QPainterPath()
        whole.addRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), _ROUND, _ROUND)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillPath(whole, colours.base())
        painter.setPen(mixed(colours.color(QPalette.ColorRole.Base), colours.color(QPalette.ColorRole.Text), 0.25))
        painter.drawPath(whole)
        painter.setClipRect(QRectF(0, 0, _STRIPE, self.height()))
        painter.fillPath(whole, QColor(_COLOURS[self.level]))
        painter.end()

    def paint_icon(self) -> None:
        """Set the icon of the level; call again after the theme has changed."""
        self._mark.setPixmap(icon(_ICONS[self.level]).pixmap(ICON_SIDE, ICON_SIDE))

    def show_more(self, others: int) -> None:
        """Show how many other messages there are."""
        self._more.setText(tr("+{others} more", others=others))
        self._more.setAccessibleName(tr("{others} more: show the next message", others=others))
        self._more.setVisible(others > 0)

    def dismiss(self) -> None:
        """Remove the message."""
        bar = self.parent()
        self.hide()
        self.setParent(None)
        self.deleteLater()
        if isinstance(bar, MessageBar):
            bar.forget(self)

    def _step(self) -> None:
        bar = self.parent()
        if isinstance(bar, MessageBar):
            bar.step()

    def _choose(self, action: Callable[[], None]) -> None:
        self.dismiss()
        action()


def _sentence(text: str) -> str:
    """A text that begins in capitals, unless it does with a name: errors of the model are written to follow a colon."""
    first = text.partition(" ")[0]
    return text[:1].upper() + text[1:] if first.isalpha() else text


class MessageBar(QWidget):
    """Covers the top of `over` and is as tall as the message it shows; hidden when there is none."""

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self.setObjectName("message_bar")
        self.setAccessibleName(tr("Messages"))
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE, SPACE, SPACE, 0)
        column.setSpacing(TIGHT)
        self._owner = ""
        self._shown: Message | None = None
        self._messages: list[Message] = []
        over.installEventFilter(self)
        self.hide()

    def messages(self) -> list[Message]:
        """The messages, newest first; at most one of them is seen."""
        return list(self._messages)

    def show_owner(self, owner: str) -> None:
        """Show the messages of the image with this key, and those of the window; the others wait for their image."""
        if owner != self._owner:
            self._owner, self._shown = owner, None
        self.fit()

    def drop_owner(self, owner: str) -> None:
        """Remove the messages of an image that was closed."""
        for message in self.messages():
            if owner and message.owner == owner:
                message.dismiss()

    def drop_passing(self, owner: str) -> None:
        """Remove the messages of an image that a change of its matte has answered."""
        for message in self.messages():
            if message.owner == owner and message.passing:
                message.dismiss()

    def step(self) -> None:
        """Show the next older message, after the oldest the newest."""
        relevant = self._relevant()
        if self._shown in relevant:
            self._shown = relevant[(relevant.index(self._shown) + 1) % len(relevant)]
        self.fit()

    def show_message(
        self,
        text: str,
        level: str = "info",
        offers: Sequence[Offer] = (),
        *,
        owner: str = "",
        lasting: bool | None = None,
        topic: str = "",
        passing: bool = False,
        tip: str = "",
        behind: bool = False,
    ) -> Message:
        """Show a message instead of the others, which can be stepped through; `level` is info, warning or error.

        The same text is there only once, and of a `topic` only the newest message. One that is `passing` goes with
        `drop_passing`. An info disappears by itself unless it is `lasting`, which one with offers is by default. One
        with an `owner`, the key of an image, is seen only while `show_owner` has that image. `tip` is the tooltip.
        One that is `behind` waits until the message that is seen has gone.
        """
        for same in self.messages():
            seen_together = same.owner == owner or "" in (same.owner, owner)
            is_same = same.text == text and same.toolTip() == tip and seen_together
            if is_same or (topic and (same.owner, same.topic) == (owner, topic)):
                same.dismiss()
        message = Message(text, level, offers, self, owner)
        message.topic, message.passing = topic, passing
        message.setToolTip(tip)
        if owner in ("", self._owner) and not (behind and self._shown is not None):
            self._shown = message
        column = self.layout()
        assert isinstance(column, QVBoxLayout)
        column.insertWidget(0, message)
        self._messages.insert(0, message)
        if level == "info" and not (bool(offers) if lasting is None else lasting):
            timer = QTimer(message, singleShot=True)
            timer.timeout.connect(message.dismiss)
            timer.start(INFO_MS)
        self.fit()
        QAccessible.updateAccessibility(QAccessibleEvent(message, QAccessible.Event.Alert))
        return message

    def dismiss(self, text: str) -> None:
        """Remove the message with this text, if it is there."""
        for message in self.messages():
            if message.text == text:
                message.dismiss()

    def paint_icons(self) -> None:
        """Set the icons; call again after the theme has changed."""
        for message in self.messages():
            message.paint_icon()

    def forget(self, message: Message) -> None:
        """Count a message out that was dismissed."""
        self._messages.remove(message)
        self.fit()

    def fit(self) -> None:
        """Show one message, and resize the bar to it."""
        over = self.parentWidget()
        relevant = self._relevant()
        if self._shown not in relevant:
            self._shown = relevant[0] if relevant else None
        for message in self.messages():
            message.show_more(len(relevant) - 1)
            message.setVisible(message is self._shown)
        self.setVisible(bool(relevant))
        if over is not None and relevant:
            column = self.layout()
            assert column is not None and self._shown is not None
            width = over.width()
            self._shown.fit_buttons(width)
            column.activate()
            height = column.heightForWidth(width) if column.hasHeightForWidth() else self.sizeHint().height()
            self.setGeometry(0, 0, width, height)
            self.raise_()

    def _relevant(self) -> list[Message]:
        """The messages of the image in front and of the window, newest first."""
        return [message for message in self.messages() if message.owner in ("", self._owner)]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Follow the size of the widget under the bar."""
        if event.type() == QEvent.Type.Resize and watched is self.parent():
            self.fit()
        return False
