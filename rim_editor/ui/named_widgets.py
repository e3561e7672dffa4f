"""Widgets with the names by which tests, style sheets and screen readers find them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QFileDialog,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QInputDialog,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QWidget,
)

WidgetT = TypeVar("WidgetT", bound=QWidget)
_FRAME = QSize(16, 48)
"""Logical pixels that title bar and borders of a window may take."""
_TITLE = 32
"""Logical pixels of that for the title bar."""


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
    """Set object name, tooltip and the name for screen readers, which by default is the text; returns the widget."""
    widget.setObjectName(name)
    if tip:
        widget.setToolTip(tip)
    if accessible:
        widget.setAccessibleName(accessible)
    return widget


def open_question(dialog: QInputDialog) -> None:
    """Open a dialog that asks for one text or number; it is deleted once it is closed."""
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
    for button in dialog.findChildren(QPushButton):
        button.setIcon(QIcon())  # the style's own icons are illegible in dark themes


def wrapped_label(name: str, text: str = "", *, lines: int = 1) -> QLabel:
    """A label for sentences: plain text that wraps, and that the mouse can select to copy it; with room for `lines`."""
    label = name_widget(QLabel(text), name)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    if lines > 1:
        label.setAlignment(Qt.AlignmentFlag.AlignTop)
        label.setMinimumHeight(lines * label.fontMetrics().lineSpacing())
    return label


class PanelScrollArea(QScrollArea):
    """Scrolls downwards only: it is never narrower than what it holds, so that no button is cut off."""

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """As wide as what it holds and the scroll bar."""
        inside = self.widget()
        width = 0 if inside is None else inside.minimumSizeHint().width()
        return QSize(width + self.verticalScrollBar().sizeHint().width(), super().minimumSizeHint().height())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Follow changes of what it holds."""
        if event.type() == QEvent.Type.LayoutRequest and watched is self.widget():
            self.updateGeometry()
        return super().eventFilter(watched, event)


def scroll_area(inside: QWidget) -> QScrollArea:
    """A frameless area that scrolls `inside` and is skipped by Tab, which goes to the widgets inside."""
    area = PanelScrollArea()
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidgetResizable(True)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidget(inside)
    return area


def resize_on_screen(window: QWidget, wanted: QSize) -> None:
    """Resize a window that is not shown yet, but not beyond its screen: a large scale leaves few logical pixels.

    It opens in the middle of the window that it belongs to, with its title bar on the screen.
    """
    window.resize(wanted.boundedTo(window.screen().availableSize() - _FRAME))
    window.installEventFilter(_Placer(window))


class _Placer(QObject):
    """Places a window before it is first shown, unless it was moved already.

    Qt does so for dialogs, but does not know the title bar yet, which some window managers then put above the screen.
    """

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        is_first = event.type() == QEvent.Type.Show and not event.spontaneous()
        if is_first and isinstance(watched, QWidget) and not watched.testAttribute(Qt.WidgetAttribute.WA_Moved):
            _place(watched)
        return False


def _place(window: QWidget) -> None:
    over, screen = window.parentWidget(), window.screen().availableGeometry()
    middle = screen.center() if over is None else over.window().frameGeometry().center()
    left, top = middle.x() - window.width() // 2, middle.y() - window.height() // 2
    left = max(screen.left(), min(left, screen.right() - window.width() - _FRAME.width()))
    top = max(screen.top() + _TITLE, min(top, screen.bottom() - window.height() - _FRAME.height() + _TITLE))
    window.move(left, top)


def save_file_dialog(
    parent: QWidget, name: str, title: str, suggested: Path, name_filters: Sequence[str]
) -> QFileDialog:
    """A dialog, not yet open, that asks where to save; the suffix of `suggested` is added to a name without one."""
    dialog = name_widget(QFileDialog(parent, title, str(suggested.parent)), name)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setNameFilters(name_filters)
    dialog.setDefaultSuffix(suggested.suffix.removeprefix("."))
    dialog.selectFile(str(suggested.absolute()))  # Qt would look for a relative one in its own folder
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return dialog


def open_file_dialog(
    parent: QWidget,
    name: str,
    title: str,
    folder: str,
    chosen: Callable[[Any], object],
    *,
    mode: QFileDialog.FileMode = QFileDialog.FileMode.ExistingFile,
    name_filter: str = "",
) -> None:
    """Let the user choose a file, several files or a folder; then call `chosen` with the path, or a list of paths."""
    dialog = name_widget(QFileDialog(parent, title, folder, name_filter), name)
    dialog.setFileMode(mode)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly, mode is QFileDialog.FileMode.Directory)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    several = mode is QFileDialog.FileMode.ExistingFiles
    (dialog.filesSelected if several else dialog.fileSelected).connect(chosen)
    dialog.open()
