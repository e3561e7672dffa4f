"""The tabs above the canvas: one for each open image, with a dot for unsaved changes and a cross."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QTabBar, QWidget

from rim_editor.translation import tr

UNSAVED = "•"
"""Before the title of an image with unsaved changes."""
_NAME = 20
"""Letters of a name that a tab shows at least, beside its cross."""


class DocumentTabs(QTabBar):
    """One tab per image, hidden while there is only one. The caller's key stays with a tab when it is moved."""

    chosen = Signal(str)
    """Another tab is in front; '' when the last one is gone."""
    close_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("document_tabs")
        self.setAccessibleName(tr("Open images"))
        self.setDocumentMode(True)
        self.setMovable(True)
        self.setTabsClosable(True)
        self.setAutoHide(True)
        self.setExpanding(False)
        self.setUsesScrollButtons(True)
        self.setElideMode(Qt.TextElideMode.ElideMiddle)
        self.setSelectionBehaviorOnRemove(QTabBar.SelectionBehavior.SelectPreviousTab)
        self.currentChanged.connect(lambda index: self.chosen.emit(self.key(index)))
        self.tabCloseRequested.connect(lambda index: self.close_requested.emit(self.key(index)))

    def add(self, key: str, title: str, tip: str) -> None:
        """Add a tab at the end; it comes to the front only if it is the first."""
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
        """Go to the next tab (1) or the previous one (-1), wrapping around."""
        if self.count():
            self.setCurrentIndex((self.currentIndex() + by) % self.count())

    def set_title(self, key: str, title: str, *, unsaved: bool, tip: str = "") -> None:
        """Set the text of the tab, with a dot for unsaved changes, and the tooltip if there is one."""
        index = self.index(key)
        if tip:
            self.setTabToolTip(index, tip)
        text = title.replace("&", "&&")
        self.setTabText(index, f"{UNSAVED} {text}" if unsaved else text)
        self.setAccessibleTabName(index, tr("{title}, unsaved", title=title) if unsaved else title)

    def key(self, index: int) -> str:
        """The key of the tab at `index`, or ''."""
        return str(self.tabData(index) or "")

    def keys(self) -> list[str]:
        """The keys in the order of the tabs."""
        return [self.key(index) for index in range(self.count())]

    def index(self, key: str) -> int:
        """The index of the tab with this key, or -1."""
        keys = self.keys()
        return keys.index(key) if key in keys else -1

    def minimumTabSizeHint(self, index: int) -> QSize:  # noqa: N802
        """Wide enough to recognise the image; the scroll buttons reach tabs that do not fit."""
        hint, metrics = super().tabSizeHint(index), self.fontMetrics()
        text = metrics.size(Qt.TextFlag.TextShowMnemonic, self.tabText(index)).width()
        spared = max(0, text - _NAME * metrics.averageCharWidth())
        return QSize(hint.width() - spared, hint.height())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Close a tab with the middle button, as in a browser."""
        index = self.tabAt(event.position().toPoint())
        if event.button() == Qt.MouseButton.MiddleButton and index >= 0:
            self.close_requested.emit(self.key(index))
        super().mouseReleaseEvent(event)
