"""Connects every action to its function, and enables the actions that can be used."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QActionGroup, QMouseEvent

from rim_editor.documents import step_names
from rim_editor.documents.document import Answer, Combine
from rim_editor.documents.rendering import ViewMode
from rim_editor.documents.reshaping import Flip, Reshaping, Rotate
from rim_editor.translation import tr
from rim_editor.ui.canvas.tools import Tool
from rim_editor.ui.live_settings import LiveSettings
from rim_editor.ui.window.actions import Actions
from rim_editor.ui.window.documents import Documents
from rim_editor.ui.window.layout import WindowParts

if TYPE_CHECKING:
    from rim_editor.editor.editor import Editor

_TOOLS = (Tool.PAN, Tool.KEEP, Tool.REMOVE, Tool.REFINE, Tool.LASSO, Tool.RECTANGLE, Tool.PICK, Tool.PLACE)
_NEED_AN_IMAGE = (
    "turn_left", "turn_right", "flip_across", "flip_down", "crop",
    "same_again", "save", "save_as", "add_matte", "batch_open", "export", "export_again", "copy_cutout", "copy_result",
    "close", "ask", "brush_none", "brush_keep", "brush_remove", "brush_refine", "lasso", "rectangle", "pick",
    "place", "preset_save", "brush_smaller", "brush_larger", "follow_edges", "invert", "clear_matte",
    "layer_new", "layer_duplicate", "layer_rename", "layer_delete", "layer_raise", "layer_lower", "layer_visible",
    "layer_locked",
    "split", "zoom_in", "zoom_out", "zoom_fit", "zoom_actual",
)  # fmt: skip


class ActionHandlers(QObject):
    """Connects the actions to the editor in front, the parts of the window, and functions of the caller.

    `functions` maps ids of actions to functions, for all actions except those on the editor, the canvas, the expression
    bar and the tabs, which are connected here. `refresh` updates which actions are enabled and what they are called.
    """

    def __init__(
        self,
        actions: Actions,
        parts: WindowParts,
        documents: Documents,
        settings: LiveSettings,
        functions: Mapping[str, Callable[[], object]],
        open_files: Callable[[Iterable[Path]], None],
        is_opening: Callable[[], bool],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._actions = actions
        self._parts = parts
        self._documents = documents
        self._settings = settings
        self._functions = functions
        self._open_files = open_files
        self._is_opening = is_opening
        self._marked: Answer | None = None
        """What is marked on the canvas and waits to be used."""
        self._connect()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Open images after a double click on the empty canvas: a single one may have missed a button by a hair."""
        if event.type() == QEvent.Type.MouseButtonDblClick and isinstance(event, QMouseEvent):
            if event.button() == Qt.MouseButton.LeftButton and self._documents.current is None:
                self._actions["open"].trigger()
                return True
        return False

    def refresh(self) -> None:
        """Enable the actions that can be used now, and name the steps of undo and redo."""
        editor, actions = self._editor(), self._actions
        for name in _NEED_AN_IMAGE:
            actions[name].setEnabled(editor is not None)
        for action in actions.group("view").actions():
            action.setEnabled(editor is not None)
        current = self._documents.current
        actions["open_page"].setEnabled(current is not None and current.several_pages)
        actions["show_in_folder"].setEnabled(current is not None and current.last_export is not None)
        several = len(self._documents) > 1
        for name in ("next_image", "previous_image"):
            actions[name].setEnabled(several)
        picking = self._parts.canvas.tool is Tool.EYEDROPPER
        actions["cancel"].setEnabled(picking or self._is_opening() or (editor is not None and bool(editor.busy)))
        history = None if editor is None else editor.history
        undo = history.undo_name if history is not None and history.can_undo else ""
        _name(actions["undo"], tr("&Undo"), undo if self._marked is None else step_names.adding(self._marked))
        _name(actions["redo"], tr("&Redo"), history.redo_name if history is not None and history.can_redo else "")
        document = None if editor is None else editor.document
        actions["use_alpha"].setEnabled(document is not None and document.source.alpha is not None)
        selected = document is not None and document.has_matte
        for name in ("example_save", "example_batch"):
            actions[name].setEnabled(selected)
        actions["example_find"].setEnabled(selected and several)
        actions["clear_matte"].setEnabled(document is not None and bool(document.parts))
        recent = bool(self._settings.current.recent)
        actions["forget_recent"].setEnabled(recent)
        self._parts.recent_menu.setEnabled(recent)

    def _connect(self) -> None:
        parts = self._parts
        canvas, bar, tabs, layers = parts.canvas, parts.expression_bar, parts.tabs, parts.layer_panel
        functions: dict[str, Callable[[], object]] = {
            "forget_recent": lambda: self._settings.set(replace(self._settings.current, recent=())),
            "undo": self._undo,
            "redo": lambda: self._with_editor(lambda editor: editor.redo()),
            "turn_left": lambda: self._reshape(Rotate(3), tr("Turn left")),
            "turn_right": lambda: self._reshape(Rotate(1), tr("Turn right")),
            "flip_across": lambda: self._reshape(Flip(across=True), tr("Flip horizontally")),
            "flip_down": lambda: self._reshape(Flip(across=False), tr("Flip vertically")),
            "expression": bar.focus_box,
            "ask": bar.ask,
            "brush_smaller": canvas.smaller_brush,
            "brush_larger": canvas.larger_brush,
            "invert": lambda: self._with_editor(_invert),
            "clear_matte": lambda: self._with_editor(lambda editor: editor.clear_matte()),
            "layer_new": layers.add,
            "layer_duplicate": layers.duplicate,
            "layer_rename": layers.rename,
            "layer_delete": layers.delete,
            "layer_raise": lambda: layers.move_layer(1),
            "layer_lower": lambda: layers.move_layer(-1),
            "layer_visible": layers.show_or_hide,
            "layer_locked": layers.lock_or_unlock,
            "zoom_in": canvas.zoom_in,
            "zoom_out": canvas.zoom_out,
            "zoom_fit": canvas.zoom_to_fit,
            "zoom_actual": canvas.zoom_to_actual,
            "next_image": lambda: tabs.step(1),
            "previous_image": lambda: tabs.step(-1),
            **self._functions,
        }
        for name, call in functions.items():
            self._actions[name].triggered.connect(lambda _=False, call=call: call())
        self._actions["follow_edges"].setChecked(canvas.follows_edges)
        self._actions["follow_edges"].toggled.connect(canvas.set_follows_edges)
        canvas.edges_followed.connect(self._actions["follow_edges"].setChecked)
        self._actions["split"].toggled.connect(canvas.set_split)
        canvas.split_changed.connect(self._actions["split"].setChecked)
        check_combine = self._connect_group("combine", Combine, bar.set_combine)
        bar.combine_chosen.connect(check_combine)
        bar.guess_marked.connect(self._guess_marked)
        check_combine(bar.combine())
        check_view = self._connect_group("view", ViewMode, self._set_mode)
        canvas.view_changed.connect(lambda view: check_view(view.mode))
        check_view(canvas.view.mode)
        check_tool = self._connect_group("brush", _TOOLS, canvas.set_tool)
        canvas.tool_changed.connect(check_tool)
        check_tool(canvas.tool)
        canvas.tool_changed.connect(lambda _: self.refresh())
        canvas.installEventFilter(self)
        self._parts.recent_menu.aboutToShow.connect(self._fill_recent)

    def _connect_group(
        self, name: str, values: Iterable[object], choose: Callable[[Any], None]
    ) -> Callable[[object], None]:
        """Connect the actions of a group to these values; returns a function that checks the action of a value."""
        group = self._actions.group(name)
        value_of = dict(zip(group.actions(), values, strict=True))  # QAction.data would turn enums into strings
        group.triggered.connect(lambda action: choose(value_of[action]))

        def check(value: object) -> None:
            _check(group, next((action for action, its in value_of.items() if its is value), None))

        return check

    def _editor(self) -> Editor | None:
        current = self._documents.current
        return None if current is None else current.editor

    def _with_editor(self, call: Callable[[Editor], object]) -> None:
        editor = self._editor()
        if editor is not None:
            call(editor)

    def _undo(self) -> None:
        if not self._parts.expression_bar.withdraw():
            self._with_editor(lambda editor: editor.undo())

    def _guess_marked(self, answer: Answer | None) -> None:
        if answer is not self._marked:
            self._marked = answer
            self.refresh()

    def _reshape(self, change: Reshaping, name: str) -> None:
        self._with_editor(lambda editor: editor.reshape([change], name))

    def _set_mode(self, mode: ViewMode) -> None:
        canvas = self._parts.canvas
        canvas.set_view(replace(canvas.view, mode=mode))

    def _fill_recent(self) -> None:
        menu = self._parts.recent_menu
        for action in menu.actions():
            menu.removeAction(action)
            if action is not self._actions["forget_recent"]:
                action.deleteLater()
        for number, path in enumerate(self._settings.current.recent, 1):
            mark = f"&{number} " if number < 10 else ""
            name = path.name.replace("&", "&&")
            action = menu.addAction(f"{mark}{name}")
            action.setToolTip(str(path))
            action.triggered.connect(lambda _=False, path=path: self._open_files([path]))
        menu.addSeparator()
        menu.addAction(self._actions["forget_recent"])


def _name(action: QAction, verb: str, step: str) -> None:
    action.setEnabled(bool(step))
    action.setText(f"{verb} {step.replace('&', '&&')}".rstrip())


def _check(group: QActionGroup, action: QAction | None) -> None:
    """Check this action of the group; None unchecks all."""
    checked = group.checkedAction()
    if action is not None:
        action.setChecked(True)
    elif checked is not None:
        group.setExclusive(False)
        checked.setChecked(False)
        group.setExclusive(True)


def _invert(editor: Editor) -> None:
    controls = editor.document.controls
    editor.set_controls(replace(controls, invert=not controls.invert))
