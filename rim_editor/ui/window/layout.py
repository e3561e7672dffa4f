"""The layout of the window: menus, toolbar, docks, the centre, and the status bar."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QSettings, QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDockWidget,
    QHBoxLayout,
    QMainWindow,
    QMenu,
    QSizePolicy,
    QTabWidget,
    QToolBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from rim_editor import settings
from rim_editor.documents.composition import Placement
from rim_editor.documents.rendering import ViewMode
from rim_editor.translation import tr
from rim_editor.ui.canvas.canvas import Canvas
from rim_editor.ui.canvas.tools import Tool
from rim_editor.ui.panels.brush_panel import BrushPanel
from rim_editor.ui.panels.edit_panel import EditPanel
from rim_editor.ui.panels.expression_bar import ExpressionBar
from rim_editor.ui.panels.layer_panel import LayerPanel
from rim_editor.ui.panels.matte_panel import MattePanel
from rim_editor.ui.panels.sections import restore_sections, save_sections
from rim_editor.ui.panels.tool_strip import ToolStrip
from rim_editor.ui.theme import ICON_SIDE
from rim_editor.ui.window.actions import MENUS, Actions
from rim_editor.ui.window.dock_focus import DockFocus, connect_all
from rim_editor.ui.window.document_tabs import DocumentTabs
from rim_editor.ui.window.message_bar import MessageBar
from rim_editor.ui.window.narrow_window import NarrowWindow
from rim_editor.ui.window.status_bar import MessageLine, StatusBar

_SEPARATED = {
    "save", "export", "close", "quit", "preferences", "combine_new", "brush_none", "invert", "split", "zoom_in",
    "show_matte_panel", "next_image", "full_screen", "about",
}  # fmt: skip
"""Actions with a separator above them in their menu."""
_TOOLBAR = ("open", "paste", "", "undo", "redo", "<>", "zoom_out", "zoom_fit", "zoom_in", "split", "<>", "copy_cutout",
            "export", "show_panels")  # fmt: skip
"""Actions of the toolbar; '' is a line between groups, '<>' takes the room that is left."""


@dataclass(frozen=True, eq=False)
class WindowParts:
    """The parts of the window that others need."""

    canvas: Canvas
    expression_bar: ExpressionBar
    matte_panel: MattePanel
    layer_panel: LayerPanel
    brush_panel: BrushPanel
    tool_strip: ToolStrip
    edit_panel: EditPanel
    tabs: DocumentTabs
    messages: MessageBar
    status: StatusBar
    toolbar: QToolBar
    recent_menu: QMenu


def lay_out(window: QMainWindow, actions: Actions) -> WindowParts:
    """Fill an empty window; its docks have object names, so that their layout can be saved."""
    recent_menu = _menus(window, actions)
    toolbar = _toolbar(window, actions)
    canvas, bar, tabs, strip = Canvas(), ExpressionBar(), DocumentTabs(), ToolStrip()
    centre = QWidget(window)
    centre.setObjectName("centre")
    column = QVBoxLayout()
    column.setSpacing(0)
    for widget in (bar, tabs, canvas):
        column.addWidget(widget)
    column.setStretchFactor(canvas, 1)
    canvas.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
    row = QHBoxLayout(centre)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(0)
    row.addWidget(strip)
    row.addLayout(column, 1)
    window.setCentralWidget(centre)
    matte_panel, brush_panel, edit_panel, layer_panel = MattePanel(), BrushPanel(), EditPanel(), LayerPanel()
    matte_panel.put_around_parts(layer_panel, brush_panel)  # what comes and goes moves no list
    matte_dock = _dock(window, "matte_dock", tr("Matte"), matte_panel)
    edit_dock = _dock(window, "edit_dock", tr("Edit"), edit_panel)
    window.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
    window.tabifyDockWidget(matte_dock, edit_dock)
    matte_dock.raise_()
    DockFocus(window, (matte_dock, edit_dock), canvas)
    for name, dock in (("show_matte_panel", matte_dock), ("show_edit_panel", edit_dock)):
        _connect_dock_action(actions, name, dock)
    connect_all(actions["show_panels"], (matte_dock, edit_dock))
    choices = [actions[name] for name in ("show_matte_panel", "show_edit_panel", "show_panels")]
    NarrowWindow(window, (matte_dock, edit_dock), choices)
    window.setStatusBar(status_bar := MessageLine(window))
    parts = WindowParts(
        canvas, bar, matte_panel, layer_panel, brush_panel, strip, edit_panel, tabs, MessageBar(canvas),
        StatusBar(status_bar), toolbar, recent_menu,
    )  # fmt: skip
    _connect_panels(parts)
    canvas.set_view(replace(canvas.view, automatic=True))
    return parts


_ON_PHOTOGRAPH = {Tool.KEEP, Tool.REMOVE, Tool.REFINE, Tool.LASSO, Tool.RECTANGLE, Tool.PICK}


def _show_where_it_works(canvas: Canvas, tool: Tool) -> None:
    """Show the result while an object is placed in it, and the photograph to tools that work where the object was."""
    editor = canvas.editor
    if tool is Tool.PLACE:
        canvas.set_view(replace(canvas.view, mode=ViewMode.RESULT))
    elif tool in _ON_PHOTOGRAPH and editor is not None and editor.document.composition.placement != Placement():
        if canvas.view.mode is ViewMode.RESULT:
            canvas.set_view(replace(canvas.view, mode=ViewMode.OVERLAY))


def _connect_panels(parts: WindowParts) -> None:
    """Keep view, tool, brush and zoom of canvas and panels in sync."""
    parts.matte_panel.view_changed.connect(parts.canvas.set_view)
    parts.canvas.view_changed.connect(parts.matte_panel.set_view)
    parts.matte_panel.part_pointed_at.connect(parts.canvas.mark_part)
    parts.tool_strip.tool_chosen.connect(parts.canvas.set_tool)
    parts.canvas.tool_changed.connect(parts.tool_strip.set_tool)
    parts.edit_panel.tool_chosen.connect(parts.canvas.set_tool)
    parts.canvas.tool_changed.connect(lambda tool: _show_where_it_works(parts.canvas, tool))
    parts.canvas.tool_changed.connect(parts.brush_panel.set_tool)
    parts.canvas.tool_changed.connect(parts.edit_panel.set_tool)
    parts.brush_panel.brush_changed.connect(parts.canvas.set_brush)
    parts.canvas.brush_changed.connect(parts.brush_panel.set_brush)
    parts.brush_panel.edges_chosen.connect(parts.canvas.set_follows_edges)
    parts.canvas.edges_followed.connect(parts.brush_panel.set_follows_edges)
    parts.expression_bar.caption_changed.connect(parts.canvas.set_caption)
    parts.expression_bar.guess_marked.connect(parts.canvas.mark_guess)
    parts.canvas.picks.set_bar(parts.expression_bar.words, parts.expression_bar.combine)
    parts.canvas.zoom_changed.connect(parts.status.show_zoom)


def save_state(window: QMainWindow) -> None:
    """Save size, position, docks and sections of the window for the next run."""
    narrow = window.findChild(NarrowWindow)
    if narrow is not None:
        narrow.show_again()  # hidden panels would stay hidden in a wider window
    state_file = _state_file()
    state_file.setValue("geometry", window.saveGeometry())
    state_file.setValue("state", window.saveState())
    state_file.setValue("scale", _scale(window))
    save_sections(window, state_file)


def restore_state(window: QMainWindow, actions: Actions) -> None:
    """Restore size, position, docks and sections of the window; the first time, cover most of the screen.

    Widths of docks that were saved at another scale or with another font do not fit, and start anew.
    """
    state_file = _state_file()
    geometry, state = state_file.value("geometry"), state_file.value("state")
    if geometry is None or not window.restoreGeometry(geometry):
        room = QGuiApplication.primaryScreen().availableGeometry()
        window.resize(min(1360, room.width() * 9 // 10), min(880, room.height() * 9 // 10))
    restore_sections(window, state_file)
    docks = [dock for dock in window.findChildren(QDockWidget) if not dock.isFloating()]
    if state is None or not window.restoreState(state) or state_file.value("scale") != _scale(window):
        window.resizeDocks(docks, [dock.sizeHint().width() for dock in docks], Qt.Orientation.Horizontal)
    for name in ("matte", "edit"):
        dock = window.findChild(QDockWidget, f"{name}_dock")
        actions[f"show_{name}_panel"].setChecked(dock is not None and not dock.isHidden())


def _scale(window: QMainWindow) -> str:
    """What the widths of widgets depend on."""
    return f"{window.devicePixelRatioF():g} {window.fontMetrics().averageCharWidth()}"


def _state_file() -> QSettings:
    return QSettings(str(settings.folder() / "window.ini"), QSettings.Format.IniFormat)


def _menus(window: QMainWindow, actions: Actions) -> QMenu:
    recent = QMenu(tr("Open &Recent"), window)
    recent.setObjectName("open_recent_menu")
    recent.setToolTipsVisible(True)
    presets = QMenu(tr("Pres&ets"), window)
    presets.setObjectName("presets_menu")
    for title in MENUS:
        menu = window.menuBar().addMenu(tr(title))
        menu.setObjectName(f"{title.replace('&', '').lower()}_menu")
        for action in actions.of_menu(title):
            name = action.objectName().removesuffix("_action")
            if name in _SEPARATED:
                menu.addSeparator()
            if name == "forget_recent":  # it is the last line of the submenu
                menu.addMenu(recent)
            elif name == "preset_save":
                menu.addMenu(presets)
                presets.addAction(action)
            else:
                menu.addAction(action)
    window.addActions(list(actions))  # shortcuts work while their menu is closed
    return recent


def _toolbar(window: QMainWindow, actions: Actions) -> QToolBar:
    toolbar = window.addToolBar(tr("Toolbar"))
    toolbar.setObjectName("toolbar")
    toolbar.setMovable(False)
    toolbar.setIconSize(QSize(ICON_SIDE, ICON_SIDE))
    toolbar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
    for name in _TOOLBAR:
        if name in ("", "<>"):
            if name:
                room = QWidget()
                room.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
                toolbar.addWidget(room)
            else:
                toolbar.addSeparator()
            continue
        toolbar.addAction(actions[name])
        button = toolbar.widgetForAction(actions[name])
        button.setObjectName(f"toolbar_{name}")
        button.setAccessibleName(actions[name].text().replace("&", "").rstrip("…"))
        if name == "export" and isinstance(button, QToolButton):
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.setAutoRaise(False)
    return toolbar


def _dock(window: QMainWindow, name: str, title: str, inside: QWidget) -> QDockWidget:
    dock = QDockWidget(title, window)
    dock.setObjectName(name)
    dock.setAllowedAreas(Qt.DockWidgetArea.LeftDockWidgetArea | Qt.DockWidgetArea.RightDockWidgetArea)
    dock.setWidget(inside)
    dock.setTitleBarWidget(QWidget())  # the tab names it, and F6 and F7 close it
    window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
    return dock


def _connect_dock_action(actions: Actions, name: str, dock: QDockWidget) -> None:
    """Let the action raise the dock, or close it if it is in front."""
    action = actions[name]
    in_front = False

    def visibility_changed(visible: bool) -> None:
        nonlocal in_front
        in_front = visible
        action.setChecked(not dock.isHidden())

    def triggered() -> None:
        if in_front:
            dock.close()
        else:
            dock.show()
            dock.raise_()
        action.setChecked(not dock.isHidden())

    dock.visibilityChanged.connect(visibility_changed)
    dock.toggleViewAction().toggled.connect(lambda _: action.setChecked(not dock.isHidden()))
    action.triggered.connect(triggered)
    action.setChecked(True)
