"""The docks at the side: which is in front, where the focus stays among their widgets, the key that hides all."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QDockWidget, QMainWindow, QWidget


def in_front(dock: QDockWidget) -> bool:
    """Whether a dock is seen; Qt moves those behind another tab out of the window, and they still count as visible."""
    around = dock.parentWidget()
    return dock.isVisible() and (dock.isFloating() or around is None or around.rect().intersects(dock.geometry()))


class DockFocus(QObject):
    """Raises a dock when one of its widgets gets the focus: Tab would otherwise move through hidden widgets.

    Where the focus moves on because its widget was just disabled or hidden, as "Reset edge" is when it has done its
    work, it stays in the same dock instead.
    """

    def __init__(self, window: QMainWindow, docks: tuple[QDockWidget, ...], canvas: QWidget) -> None:
        super().__init__(window)
        self._window, self._docks, self._canvas = window, docks, canvas
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._focus_moved)

    def _focus_moved(self, old: QWidget | None, now: QWidget | None) -> None:
        if old is None or now is None or old.window() is not self._window:  # the focus comes back from another window
            return
        for dock in self._docks:
            if dock.isAncestorOf(now) and not in_front(dock):
                if old.isEnabled() and old.isVisible():
                    dock.raise_()
                else:
                    self._neighbour(old).setFocus(Qt.FocusReason.OtherFocusReason)

    def _neighbour(self, old: QWidget) -> QWidget:
        """The widget before `old` in the order of Tab that can have the focus, in the same dock, or the canvas."""
        home = next((dock for dock in self._docks if dock.isAncestorOf(old)), None)
        found = old.previousInFocusChain()
        while home is not None and found is not None and found is not old:
            by_tab = found.focusPolicy() & Qt.FocusPolicy.TabFocus
            if home.isAncestorOf(found) and by_tab and found.isEnabled() and found.isVisible():
                return found
            found = found.previousInFocusChain()
        return self._canvas


def connect_all(action: QAction, docks: tuple[QDockWidget, ...]) -> None:
    """Let the action hide the docks that are open, and open those again that it hid, or all."""
    hidden: list[QDockWidget] = []

    def update(_visible: bool = False) -> None:
        action.setChecked(any(not dock.isHidden() for dock in docks))

    def triggered() -> None:
        nonlocal hidden
        shown = [dock for dock in docks if not dock.isHidden()]
        front = next((dock for dock in shown if in_front(dock)), None)
        if shown:
            hidden = sorted(shown, key=lambda dock: dock is front)
        for dock in shown or hidden or docks:
            dock.setVisible(not shown)
        if not shown and hidden:
            hidden[-1].raise_()
        update()

    for dock in docks:
        dock.visibilityChanged.connect(update)
        dock.toggleViewAction().toggled.connect(update)
    action.triggered.connect(triggered)
    update()
