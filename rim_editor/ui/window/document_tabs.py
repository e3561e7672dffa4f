"""The open images as tabs above the canvas; hidden while there is one."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QTabBar, QWidget

UNSAVED = "•"


class DocumentTabs(QTabBar):
    """One tab per image, named by its key: a text of the caller's that stays while tabs are moved."""

    chosen = Signal(str)
    """Another tab is in front; '' when the last one is gone."""
    close_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("document_tabs")
        self.setAccessibleName("Open images")
        self.setDocumentMode(True)
        self.setMovable(True)
        self.setTabsClosable(True)
        self.setAutoHide(True)
        self.setExpanding(False)
        self.setUsesScrollButtons(True)
        self.setElideMode(Qt.TextElideMode.ElideMiddle)
        self.setSelectionBehaviorOnRemove(QTabBar.SelectionBehavior.SelectPreviousTab)
        self.currentChanged.connect(lambda index: self.chosen.emit(self.key(index)))
        self.tabCloseRequested.connect(lambda index: self.close_wanted.emit(self.key(index)))

    def add(self, key: str, title: str, tip: str) -> None:
        """A new tab at the end; it does not come to the front unless it is the first."""
        self.blockSignals(True)  # the first tab is chosen before its key is known
        index = self.addTab("")
        self.setTabData(index, key)
        self.blockSignals(False)
        self.set_title(key, title, unsaved=False)
        self.setTabToolTip(index, tip)

    def drop(self, key: str) -> None:
        """Take the tab away; its neighbour comes to the front."""
        index = self.index(key)
        if index >= 0:
            self.removeTab(index)

    def choose(self, key: str) -> None:
        """Bring the tab to the front."""
        self.setCurrentIndex(self.index(key))

    def step(self, by: int) -> None:
        """The next tab (1) or the one before (-1), round the ends."""
        if self.count():
            self.setCurrentIndex((self.currentIndex() + by) % self.count())

    def set_title(self, key: str, title: str, *, unsaved: bool) -> None:
        """The text of the tab, with a dot while something in it is unsaved."""
        index = self.index(key)
        text = title.replace("&", "&&")
        self.setTabText(index, f"{UNSAVED} {text}" if unsaved else text)
        self.setAccessibleTabName(index, f"{title}, unsaved" if unsaved else title)

    def key(self, index: int) -> str:
        """The key of the tab at `index`; '' where there is none."""
        return str(self.tabData(index) or "")

    def keys(self) -> list[str]:
        """The keys in the order of the tabs."""
        return [self.key(index) for index in range(self.count())]

    def index(self, key: str) -> int:
        """Where the tab with this key is; -1 where there is none."""
        keys = self.keys()
        return keys.index(key) if key in keys else -1

    def minimumTabSizeHint(self, index: int) -> QSize:  # noqa: N802
        """Wide enough to tell the images apart; what does not fit then is reached by the arrows."""
        hint = super().tabSizeHint(index)
        return QSize(min(hint.width(), 16 * self.fontMetrics().averageCharWidth()), hint.height())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """The middle button closes, as in a browser."""
        index = self.tabAt(event.position().toPoint())
        if event.button() == Qt.MouseButton.MiddleButton and index >= 0:
            self.close_wanted.emit(self.key(index))
        super().mouseReleaseEvent(event)
