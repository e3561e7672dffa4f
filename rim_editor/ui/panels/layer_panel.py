"""The list of the layers, the highest first, with buttons that add, copy, arrange, show, lock and remove them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QModelIndex, QSignalBlocker, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDockWidget,
    QHBoxLayout,
    QListWidgetItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from rim_editor.documents.document import Document, Layer
from rim_editor.editor.events import DocumentChanged, Event, Subscription
from rim_editor.translation import marked, tr
from rim_editor.ui.named_widgets import name_widget
from rim_editor.ui.panels.row_list import RowList
from rim_editor.ui.panels.sections import Section
from rim_editor.ui.theme import SPACE, TIGHT, icon

if TYPE_CHECKING:
    from rim_editor.editor.editor import Editor

_BUTTONS = marked(
    (
        ("layer_new", "fa6s.plus", "New layer: cut out another thing of this image (Ctrl+Shift+N)"),
        ("layer_duplicate", "fa6s.clone", "Duplicate the layer (Ctrl+J)"),
        ("layer_raise", "fa6s.arrow-up", "Move the layer up, in front of others (Ctrl+])"),
        ("layer_lower", "fa6s.arrow-down", "Move the layer down, behind others (Ctrl+[)"),
        ("layer_delete", "fa6s.trash-can", "Delete the layer (Delete in the list)"),
    )
)
_Trigger, _State = QAbstractItemView.EditTrigger, QAbstractItemView.State
_SHOWN_ROWS = 4
_LINE = 1.9  # height of a row in heights of its text


def layer_title(layer: Layer) -> str:
    """The text of a layer's row: its title, or its number."""
    return layer.title or tr("Layer {number}", number=layer.number)


class LayerPanel(QWidget):
    """The layers of one editor's document; the selected row is the active layer.

    Double-click or F2 renames, dragging rearranges; the eye shows and hides, the lock protects a layer.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("layer_panel")
        self.setAccessibleName(tr("Layers"))
        self._editor: Editor | None = None
        self._subscription = Subscription()
        self._shown: object = None
        self._list = _LayerList(self.delete)
        self._list.currentRowChanged.connect(self._select)
        self._list.itemChanged.connect(self._renamed)
        self._list.itemDelegate().closeEditor.connect(self._show_again, Qt.ConnectionType.QueuedConnection)
        self._list.model().rowsMoved.connect(self._dragged)
        section = Section("layers", tr("Layers"))
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(section)
        column = QVBoxLayout(section.inside)
        column.setContentsMargins(SPACE, 0, SPACE, 0)
        column.setSpacing(TIGHT)
        row = QHBoxLayout()
        row.setSpacing(TIGHT)
        self._buttons: dict[str, QToolButton] = {}
        actions = (self.add, self.duplicate, lambda: self.move_layer(1), lambda: self.move_layer(-1), self.delete)
        for (name, glyph, tip), call in zip(_BUTTONS, actions, strict=True):
            button = name_widget(QToolButton(), name, tr(tip), tr(tip).split(":")[0].split(" (")[0])
            button.setAutoRaise(True)
            button.setIcon(icon(glyph))
            button.clicked.connect(lambda _=False, call=call: call())
            self._buttons[name] = button
            row.addWidget(button)
        row.addStretch(1)
        column.addLayout(row)  # above the list, which grows
        column.addWidget(self._list)
        self._section = section
        self.set_editor(None)

    def set_editor(self, editor: Editor | None) -> None:
        """Show and arrange the layers of this editor; None when no image is open."""
        self._editor = editor
        self._subscription.change(editor, self._on_event)
        self._section.inside.setEnabled(editor is not None)
        self._refresh()

    def paint_icons(self) -> None:
        """Set the icons; call again after the theme has changed."""
        for name, glyph, _ in _BUTTONS:
            self._buttons[name].setIcon(icon(glyph))
        self._shown = None
        self._refresh()

    def add(self) -> None:
        """Add an empty layer above the active one."""
        if self._editor is not None:
            self._editor.layers.add()

    def rename(self) -> None:
        """Let the user type another name for the active layer, in the list; a list that is hidden is shown."""
        home = self.parentWidget()
        while home is not None:
            if isinstance(home, QDockWidget):
                home.show()
                home.raise_()
            home = home.parentWidget()
        self._section.set_open(True)
        self._list.setFocus()
        self._list.edit(self._list.currentIndex(), _Trigger.EditKeyPressed)

    def duplicate(self) -> None:
        """Copy the active layer."""
        if self._editor is not None:
            self._editor.layers.duplicate()

    def delete(self) -> None:
        """Remove the active layer."""
        if self._editor is not None:
            self._editor.layers.remove(self._editor.document.active)

    def move_layer(self, up: int) -> None:
        """Move the active layer by `up` places; it stays at the top or the bottom when it is there."""
        if self._editor is not None:
            active = self._editor.document.active
            self._editor.layers.move(active, active + up)

    def show_or_hide(self) -> None:
        """Show the active layer if it is hidden, hide it if it is shown."""
        if self._editor is not None:
            document = self._editor.document
            self._editor.layers.show(document.active, not document.layer.visible)

    def lock_or_unlock(self) -> None:
        """Unlock the active layer if it is locked, lock it if it is not."""
        if self._editor is not None:
            document = self._editor.document
            self._editor.layers.lock(document.active, not document.layer.locked)

    def _on_event(self, event: Event) -> None:
        if isinstance(event, DocumentChanged):
            self._refresh()

    def _refresh(self) -> None:
        document = None if self._editor is None else self._editor.document
        rows = None if document is None else _rows(document)
        with QSignalBlocker(self._list), QSignalBlocker(self._list.model()):
            if rows != self._shown or document is None:  # rows that stay can be double-clicked
                self._shown = rows
                self._list.clear()
                layers = () if document is None else document.layers
                for place in reversed(range(len(layers))):
                    self._add_row(layers[place], place)
            if document is not None:
                self._list.setCurrentRow(len(document.layers) - 1 - document.active)
        self._list.updateGeometry()  # it grows with its rows
        several = document is not None and len(document.layers) > 1
        top = document is None or document.active == len(document.layers) - 1
        bottom = document is None or document.active == 0
        self._buttons["layer_raise"].setEnabled(several and not top)
        self._buttons["layer_lower"].setEnabled(several and not bottom)

    def _add_row(self, layer: Layer, place: int) -> None:
        item = QListWidgetItem(layer_title(layer))
        item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
        item.setToolTip(tr("{layer}: double-click or F2 to rename, drag to rearrange", layer=layer_title(layer)))
        if not layer.visible:
            item.setForeground(self.palette().placeholderText())
        item.setSizeHint(QSize(0, round(_LINE * self.fontMetrics().height())))  # room for the buttons
        self._list.addItem(item)
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, TIGHT, 0)
        row.setSpacing(0)
        row.addStretch(1)
        for name, on, glyphs, tips in (
            (
                "layer_visible",
                layer.visible,
                ("fa6s.eye-slash", "fa6s.eye"),
                (tr("Show the layer"), tr("Hide the layer")),
            ),
            (
                "layer_locked",
                layer.locked,
                ("fa6s.lock-open", "fa6s.lock"),
                (tr("Lock the layer"), tr("Unlock the layer")),
            ),
        ):
            button = name_widget(QToolButton(), name, tips[on], f"{tips[on]}: {layer_title(layer)}")
            button.setAutoRaise(True)
            button.setIcon(icon(glyphs[on]))
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(lambda _=False, name=name, on=on: self._switch(name, place, not on))
            row.addWidget(button)
        self._list.set_buttons(item, line)

    def _switch(self, name: str, place: int, on: bool) -> None:
        if self._editor is not None:
            layers = self._editor.layers
            (layers.show if name == "layer_visible" else layers.lock)(place, on)

    def _select(self, row: int) -> None:
        if self._editor is not None and row >= 0:
            self._editor.layers.select(len(self._editor.document.layers) - 1 - row)

    def _show_again(self) -> None:
        """Show the buttons of a row again that gave way to its editor."""
        self._shown = None
        self._refresh()

    def _renamed(self, item: QListWidgetItem) -> None:
        if self._editor is not None:
            place = len(self._editor.document.layers) - 1 - self._list.row(item)
            if item.text() != layer_title(self._editor.document.layers[place]):
                self._editor.layers.rename(place, item.text())
            self._show_again()

    def _dragged(self, _parent: object, start: int, _end: int, _to: object, row: int) -> None:
        if self._editor is not None:
            last = len(self._editor.document.layers) - 1
            self._shown = None  # the list has moved its row already
            self._editor.layers.move(last - start, last - (row if row < start else row - 1))
            self._refresh()


class _LayerList(RowList):
    def __init__(self, delete: Callable[[], None]) -> None:
        super().__init__(tr("A layer for each object"))
        self._delete = delete
        self.setObjectName("layer_list")
        self.setAccessibleName(tr("Layers, the highest first"))
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setEditTriggers(_Trigger.DoubleClicked | _Trigger.EditKeyPressed)

    def edit(  # type: ignore[override]
        self, index: QModelIndex, trigger: QAbstractItemView.EditTrigger | None = None, event: QEvent | None = None
    ) -> object:
        """Edit a title: the widget of a row counts as its editor to Qt, so it is removed first."""
        if trigger is None:
            return super().edit(index)
        if trigger in (_Trigger.DoubleClicked, _Trigger.EditKeyPressed) and self.state() != _State.EditingState:
            self.removeItemWidget(self.itemFromIndex(index))
        return super().edit(index, trigger, event)  # type: ignore[arg-type]  # Qt passes None itself

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete and Backspace remove the active layer."""
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._delete()
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        """Room for a few lines; more of them scroll."""
        rows = min(max(self.count(), 1), _SHOWN_ROWS)
        return QSize(super().sizeHint().width(), rows * self._line() + 2 * self.frameWidth())

    def minimumSizeHint(self) -> QSize:
        """Room for one line."""
        return QSize(super().minimumSizeHint().width(), self._line() + 2 * self.frameWidth())

    def _line(self) -> int:
        return self.sizeHintForRow(0) if self.count() else round(_LINE * self.fontMetrics().height())


def _rows(document: Document) -> tuple[tuple[str, bool, bool, int], ...]:
    return tuple((layer_title(layer), layer.visible, layer.locked, layer.key) for layer in document.layers)
