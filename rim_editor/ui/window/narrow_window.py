"""Leaves the canvas the room in a narrow window: hides the panels at the side, and shows them again in a wider one."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDockWidget, QMainWindow

from rim_editor.ui.window.dock_focus import in_front

NARROW = 760
"""Logical pixels of width below which a window is narrow."""


class NarrowWindow(QObject):
    """Hides the docks when the window becomes narrow, and shows those again that it hid when it becomes wide.

    A panel that the user shows or hides in a narrow window by one of `choices` stays as it is.
    """

    def __init__(self, window: QMainWindow, docks: tuple[QDockWidget, ...], choices: Iterable[QAction]) -> None:
        super().__init__(window)
        self.setObjectName("narrow_window")
        self._window, self._docks = window, docks
        self._is_narrow = False
        self._hidden: list[QDockWidget] = []  # the one that was in front is the last
        self._timer = QTimer(self, singleShot=True)  # not while the window lays itself out
        self._timer.timeout.connect(self._update)
        for action in choices:
            action.triggered.connect(self._forget)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Follow the width of the window."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Show):
            self._timer.start(0)
        return super().eventFilter(watched, event)

    def show_again(self) -> None:
        """Show the docks that were hidden for the width alone."""
        hidden, self._hidden = self._hidden, []
        for dock in hidden:
            dock.show()
        if hidden:
            hidden[-1].raise_()

    def _update(self) -> None:
        is_narrow = self._window.width() < NARROW
        if is_narrow == self._is_narrow or not self._window.isVisible():
            return
        self._is_narrow = is_narrow
        if not is_narrow:
            self.show_again()
            return
        shown = [dock for dock in self._docks if not dock.isHidden() and not dock.isFloating()]
        self._hidden = sorted(shown, key=in_front)
        for dock in self._hidden:
            dock.hide()

    def _forget(self) -> None:
        self._hidden = []
