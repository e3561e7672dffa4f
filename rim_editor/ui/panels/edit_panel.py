"""The panel of the edit: a button for each, and the options of the one that is chosen."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QGridLayout,
    QLabel,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from rim_editor.documents import layering
from rim_editor.documents.composition import Composition
from rim_editor.documents.edits import Background, Cutout, Edit, Highlight, MatteOnly, Style
from rim_editor.editor.events import DocumentChanged, Subscription
from rim_editor.translation import marked, tr
from rim_editor.ui.canvas.tools import Tool
from rim_editor.ui.named_widgets import name_widget, open_file_dialog, scroll_area, wrapped_label
from rim_editor.ui.panels.background_page import BackgroundPage
from rim_editor.ui.panels.composition_page import CompositionPage
from rim_editor.ui.panels.edit_pages import (
    CutoutPage,
    EditPage,
    GradientPage,
    HighlightPage,
    PageStack,
    PlainPage,
    SolidPage,
)
from rim_editor.ui.panels.layer_panel import layer_title
from rim_editor.ui.qt_image import image_filter
from rim_editor.ui.theme import SPACE, TIGHT, WIDE, icon, set_type

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from rim_editor.editor.editor import Editor

_TRANSPARENT = marked("The object alone, with transparency around it: for PNG, WebP, TIFF and AVIF files.")
_COVERS = marked("The layers below are hidden by this edit.")
_MATTE = marked("The matte as grey: white is the object, black is what surrounds it.")


class EditPanel(QWidget):
    """A button per edit; below them the options of the one that is chosen.

    A background is read elsewhere: `background_chosen` names the file, `set_background` takes the image.
    """

    background_chosen = Signal(Path)
    """The user wants this file as the background."""
    tool_chosen = Signal(Tool)
    """MOVE_BACKGROUND or PLACE when dragging should move the background or place the object, otherwise PAN."""
    eyedropper_requested = Signal(object)
    """The user wants to pick a Colour from the image: call the emitted function with it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("edit_panel")
        self.setAccessibleName(tr("Edit"))
        self.setAcceptDrops(True)
        self._editor: Editor | None = None
        self._subscription = Subscription()
        self._shown: Edit | None = None
        self._folder = ""

        self._background = BackgroundPage()
        self._background.image_requested.connect(self.choose_background)
        self._background.blur_requested.connect(lambda: self._set(Highlight(Style.BLUR, 1.0), ""))
        self._background.move_toggled.connect(
            lambda on: self.tool_chosen.emit(Tool.MOVE_BACKGROUND if on else Tool.PAN)
        )
        self._pages: tuple[EditPage, ...] = ()
        self._icons: list[str] = []
        self._group = QButtonGroup(self)
        self._grid = QGridLayout()
        self._grid.setSpacing(TIGHT)
        self._stack = name_widget(PageStack(), "edit_options")
        self._add(
            CutoutPage(tr(_TRANSPARENT)), "transparent", tr("Transparent"), "fa6s.scissors", tr("The object alone")
        )
        self._add(
            HighlightPage(),
            "highlight",
            tr("Highlight"),
            "fa6s.highlighter",
            tr("Set the object apart from its surroundings"),
        )
        self._add(self._background, "background", tr("Background"), "fa6s.image", tr("Put the object on another image"))
        self._add(GradientPage(), "gradient", tr("Gradient"), "fa6s.droplet", tr("Put the object on a gradient"))
        self._add(SolidPage(), "solid", tr("Solid"), "fa6s.fill-drip", tr("Put the object on one colour"))
        self._add(
            PlainPage(MatteOnly, tr(_MATTE)),
            "matte",
            tr("Matte"),
            "fa6s.circle-half-stroke",
            tr("The matte itself, as grey"),
        )
        self._group.idClicked.connect(self._choose)

        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(WIDE, WIDE, SPACE, SPACE)
        column.setSpacing(SPACE)
        self._layer_name = name_widget(QLabel(), "edit_layer")
        set_type(self._layer_name, "normal", bold=True)
        self._layer_name.setTextFormat(Qt.TextFormat.PlainText)
        self._layer_name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._covers = wrapped_label("edit_covers", tr(_COVERS))
        column.addWidget(self._layer_name)
        column.addLayout(self._grid)
        self._heading = name_widget(QLabel(), "edit_heading")
        set_type(self._heading, "normal", bold=True)
        column.addSpacing(TIGHT)
        column.addWidget(self._heading)
        column.addWidget(self._covers)
        column.addWidget(self._stack)
        self._composition = CompositionPage()
        self._composition.changed.connect(self._compose)
        self._composition.settled.connect(self._end_gesture)
        self._composition.eyedropper_requested.connect(self.eyedropper_requested)
        self._composition.place_toggled.connect(lambda on: self.tool_chosen.emit(Tool.PLACE if on else Tool.PAN))
        column.addWidget(self._composition)
        column.addStretch(1)
        self._inside = inside
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scroll_area(inside))
        self.set_editor(None)

    def set_editor(self, editor: Editor | None) -> None:
        """Show and change the edit of this editor; None when no image is open."""
        self._editor = editor
        self._subscription.change(editor, self._on_event)
        self._inside.setEnabled(editor is not None)
        self._shown = None
        self._background.forget()
        self._show(Cutout() if editor is None else editor.document.edit)
        self._show_layer()

    def set_background(self, pixels: NDArray[np.uint8]) -> None:
        """Put the object on this image, HxWx3 uint8 sRGB, fitted according to the options."""
        self._set(self._background.with_image(Background(pixels)), "")

    def set_tool(self, tool: Tool) -> None:
        """Show which tool is in use; emits nothing."""
        self._background.set_moving(tool is Tool.MOVE_BACKGROUND)
        self._composition.set_placing(tool is Tool.PLACE)

    def choose_background(self) -> None:
        """Let the user choose an image file, first from the folder of this image."""
        path = None if self._editor is None else self._editor.document.source.path
        folder = self._folder or ("" if path is None else str(path.absolute().parent))
        open_file_dialog(
            self,
            "background_dialog",
            tr("Choose a background"),
            folder,
            lambda name: self._background_file(Path(name)),
            name_filter=image_filter(),
        )

    def paint_icons(self) -> None:
        """Set the icons; call again after the theme has changed."""
        for place, name in enumerate(self._icons):
            self._group.button(place).setIcon(icon(name))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept a file as the background."""
        if self._editor is not None and _file_of(event) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Use the file as the background."""
        path = _file_of(event)
        if path is not None:
            event.acceptProposedAction()
            self._background_file(path)

    def _add(self, page: EditPage, name: str, text: str, icon: str, tip: str) -> None:
        place = len(self._pages)
        button = name_widget(QToolButton(), f"edit_{name}")
        button.setCheckable(True)
        button.setText(text)
        button.setToolTip(tip)
        button.setAccessibleName(text)
        button.setAccessibleDescription(tip)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._icons.append(icon)
        self._group.addButton(button, place)
        self._grid.addWidget(button, place // 3, place % 3)
        self._stack.add(page)
        self._pages = (*self._pages, page)
        page.changed.connect(self._set)
        page.settled.connect(self._end_gesture)
        page.eyedropper_requested.connect(self.eyedropper_requested)

    def _choose(self, place: int) -> None:
        self._open_page(place)
        edit = self._pages[place].edit()
        if edit is not None:  # a background without an image waits for one
            self._set(edit, "")

    def _set(self, edit: Edit, gesture: str) -> None:
        if self._editor is not None:
            self._editor.set_edit(edit, gesture=gesture)
            if self._editor.document.edit is not edit:  # the layer is locked or hidden
                self._shown = None
                self._show(self._editor.document.edit)

    def _compose(self, composition: Composition, gesture: str) -> None:
        if self._editor is not None:
            self._editor.composition.set(composition, gesture)
            self._show_layer()  # as it is, where the layer is locked

    def _end_gesture(self) -> None:
        if self._editor is not None:
            self._editor.end_gesture()

    def _on_event(self, event: object) -> None:
        if isinstance(event, DocumentChanged) and self._editor is not None:
            self._show(self._editor.document.edit)
            self._show_layer()

    def _show_layer(self) -> None:
        """Name the layer that the edit belongs to, where there are several, and what it does to those below."""
        document = None if self._editor is None else self._editor.document
        self._composition.show_composition(
            Composition() if document is None else document.composition,
            Cutout() if document is None else document.edit,
            behind=document is not None and layering.has_image_behind(document),
        )
        several = document is not None and len(document.layers) > 1
        self._layer_name.setVisible(several)
        self._covers.setVisible(document is not None and layering.covers(document))
        if document is not None and several:
            self._layer_name.setText(tr("Edit of “{layer}”", layer=layer_title(document.layer)))
            self._layer_name.setToolTip(self._layer_name.text())

    def _show(self, edit: Edit) -> None:
        if edit is self._shown:
            return
        self._shown = edit
        place = next(place for place, page in enumerate(self._pages) if isinstance(edit, page.kind))
        self._pages[place].show_edit(edit)
        self._open_page(place)

    def _open_page(self, place: int) -> None:
        self._group.button(place).setChecked(True)
        self._stack.show_page(place)
        self._heading.setText(self._group.button(place).text())

    def _background_file(self, path: Path) -> None:
        self._folder = str(path.parent)
        self.background_chosen.emit(path)


def _file_of(event: QDropEvent) -> Path | None:
    return next((Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()), None)
