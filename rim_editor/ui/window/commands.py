"""What each action does, when it can be done, and the dialogs that actions open."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QActionGroup, QIcon, QKeySequence, QMouseEvent
from PySide6.QtWidgets import QDialog, QFileDialog, QMessageBox

from rim_editor.document import Combine
from rim_editor.rendering import ViewMode
from rim_editor.ui.canvas.tools import Tool
from rim_editor.ui.window.actions import Actions

if TYPE_CHECKING:
    from rim_editor.editor import Editor
    from rim_editor.exporting import ExportRequest
    from rim_editor.ui.window.documents import OpenDocument
    from rim_editor.ui.window.main_window import MainWindow

_IMAGES = "Images (*.png *.jpg *.jpeg *.webp *.tif *.tiff *.heic *.heif *.avif *.bmp *.gif *.jp2 *.ppm *.tga)"
_TOOLS = (Tool.PAN, Tool.KEEP, Tool.REMOVE, Tool.REFINE)
_NEED_AN_IMAGE = (
    "export", "export_again", "copy_cut_out", "close", "ask", "brush_none", "brush_keep", "brush_remove",
    "brush_refine", "brush_smaller", "brush_larger", "invert", "clear_matte", "split", "zoom_in", "zoom_out",
    "zoom_fit", "zoom_actual",
)  # fmt: skip
_HELD = (
    ("Show the Original (hold)", "\\"),
    ("Drag the Image (hold)", "Space"),
    ("Swap Brush and Eraser (hold)", "Alt"),
)
"""Keys of the canvas that no action stands for."""


class Commands(QObject):
    """Connects the actions to the window; `refresh` makes them fit what is open."""

    def __init__(self, window: MainWindow, actions: Actions) -> None:
        super().__init__(window)
        self._window = window
        self._actions = actions
        self._connect()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """A click on the empty canvas opens images: it says that they are missing there."""
        if event.type() == QEvent.Type.MouseButtonRelease and isinstance(event, QMouseEvent):
            if event.button() == Qt.MouseButton.LeftButton and self._window.editor() is None:
                self.show_open()
                return True
        return False

    def refresh(self) -> None:
        """What can be done now, and what undo and redo would do."""
        editor, actions = self._window.editor(), self._actions
        for name in _NEED_AN_IMAGE:
            actions[name].setEnabled(editor is not None)
        for action in actions.group("view").actions():
            action.setEnabled(editor is not None)
        several = len(self._window.documents) > 1
        for name in ("next_image", "previous_image"):
            actions[name].setEnabled(several)
        picking = self._window.parts.canvas.tool is Tool.EYEDROPPER
        actions["cancel"].setEnabled(picking or self._window.opener.busy or (editor is not None and bool(editor.busy)))
        history = None if editor is None else editor.history
        _name(actions["undo"], "&Undo", history.undo_name if history is not None and history.can_undo else "")
        _name(actions["redo"], "&Redo", history.redo_name if history is not None and history.can_redo else "")
        document = None if editor is None else editor.document
        actions["clear_matte"].setEnabled(document is not None and bool(document.parts))
        recent = bool(self._window.remembered.now.recent)
        actions["forget_recent"].setEnabled(recent)
        self._window.parts.recent_menu.setEnabled(recent)

    def show_open(self) -> None:
        """Let the user choose images to open."""
        recent = self._window.remembered.now.recent
        folder = str(recent[0].parent) if recent else ""
        dialog = QFileDialog(self._window, "Open images", folder, f"{_IMAGES};;All files (*)")
        dialog.setObjectName("open_dialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(lambda names: self._window.open_files([Path(name) for name in names]))
        _open(dialog)

    def show_export(
        self,
        document: OpenDocument | None = None,
        exported: Callable[[], None] | None = None,
        not_exported: Callable[[], None] | None = None,
    ) -> None:
        """Let the user export the image in front, or this one; then one of the functions is called."""
        document = document or self._window.documents.current
        if document is None:
            return
        from rim_editor.ui.dialogs.export_dialog import ExportDialog

        there: OpenDocument = document
        remembered = self._window.remembered
        dialog = ExportDialog(there.editor, remembered.now, self._window)

        def done(path: Path, request: ExportRequest) -> None:
            there.last_export = path, replace(request, overwrite=True)
            chosen = dialog.settings()
            remembered.set(
                replace(
                    remembered.now,
                    export_folder=chosen.export_folder,
                    export_suffix=chosen.export_suffix,
                    quality=chosen.quality,
                    keep_metadata=chosen.keep_metadata,
                )
            )

        dialog.exported.connect(done)
        if exported is not None:
            dialog.accepted.connect(exported)
        if not_exported is not None:
            dialog.rejected.connect(not_exported)
        _open(dialog)

    def export_again(self) -> None:
        """Write the file that was exported last anew; the first time, ask."""
        document = self._window.documents.current
        if document is not None and document.last_export is not None:
            document.editor.export(*document.last_export)
        else:
            self.show_export()

    def show_preferences(self) -> None:
        """Let the user change the settings."""
        from rim_editor.ui.dialogs.preferences_dialog import PreferencesDialog

        dialog = PreferencesDialog(self._window.remembered.now, self._window)
        dialog.accepted.connect(lambda: self._window.remembered.set(dialog.settings()))
        _open(dialog)

    def show_models(self) -> None:
        """Let the user see, fetch and choose weights."""
        from rim_editor import matting
        from rim_editor.ui.dialogs.model_dialog import ModelDialog

        remembered = self._window.remembered

        def chosen(weights: str, device: str, precision: str) -> None:
            remembered.set(replace(remembered.now, weights=weights, device=device, precision=precision))
            self._window.warm_up()

        dialog = ModelDialog(matting, remembered.now, self._window.runner, self._window, explain=matting.explain)
        dialog.options_chosen.connect(chosen)
        _open(dialog)

    def show_shortcuts(self) -> None:
        """Show every key."""
        from rim_editor.ui.dialogs.shortcuts_dialog import ShortcutsDialog

        dialog = ShortcutsDialog([*self._actions, *_held(self)], self._window)
        _open(dialog)

    def show_about(self) -> None:
        """Say what this program is."""
        from rim_editor import __version__

        box = QMessageBox(self._window)
        box.setObjectName("about_box")
        box.setWindowTitle("About RIM Editor")
        box.setText(f"RIM Editor {__version__}")
        box.setInformativeText(
            "Describe one thing in a photograph and get it alone.\n\n"
            "Everything is done on this machine: no image and no word leaves it. Apache License 2.0."
        )
        close = box.addButton(QMessageBox.StandardButton.Close)
        close.setIcon(QIcon())  # the style's own is dark in the dark
        _open(box)

    def _connect(self) -> None:
        window, parts = self._window, self._window.parts
        canvas, bar = parts.canvas, parts.expression_bar
        simple: dict[str, Callable[[], object]] = {
            "open": self.show_open,
            "paste": window.paste,
            "forget_recent": lambda: window.remembered.set(replace(window.remembered.now, recent=())),
            "export": self.show_export,
            "export_again": self.export_again,
            "batch": window.batching.show,
            "copy_cut_out": lambda: self._with_editor(window.cut_outs.copy),
            "close": self._close_image,
            "quit": window.close,
            "undo": lambda: self._with_editor(lambda editor: editor.undo()),
            "redo": lambda: self._with_editor(lambda editor: editor.redo()),
            "preferences": self.show_preferences,
            "expression": bar.focus_box,
            "ask": bar.ask,
            "cancel": window.stop_work,
            "brush_smaller": canvas.smaller_brush,
            "brush_larger": canvas.larger_brush,
            "invert": lambda: self._with_editor(_invert),
            "clear_matte": lambda: self._with_editor(lambda editor: editor.clear_matte()),
            "zoom_in": canvas.zoom_in,
            "zoom_out": canvas.zoom_out,
            "zoom_fit": canvas.zoom_to_fit,
            "zoom_actual": canvas.zoom_to_actual,
            "next_image": lambda: parts.tabs.step(1),
            "previous_image": lambda: parts.tabs.step(-1),
            "full_screen": self._full_screen,
            "models": self.show_models,
            "shortcuts": self.show_shortcuts,
            "about": self.show_about,
        }
        for name, call in simple.items():
            self._actions[name].triggered.connect(lambda _=False, call=call: call())
        self._actions["split"].toggled.connect(canvas.set_split)
        canvas.split_changed.connect(self._actions["split"].setChecked)
        combined = self._choice("combine", Combine, bar.set_combine)
        bar.combine_chosen.connect(combined)
        combined(bar.combine())
        viewed = self._choice("view", ViewMode, self._set_mode)
        canvas.view_changed.connect(lambda view: viewed(view.mode))
        viewed(canvas.view.mode)
        handled = self._choice("brush", _TOOLS, canvas.set_tool)
        canvas.tool_changed.connect(handled)
        handled(canvas.tool)
        canvas.tool_changed.connect(lambda _: self.refresh())
        canvas.installEventFilter(self)
        parts.recent_menu.aboutToShow.connect(self._fill_recent)

    def _choice(self, name: str, values: Iterable[object], choose: Callable[[Any], None]) -> Callable[[object], None]:
        """The actions of a group stand for `values`, in order; what is returned checks the one of a value."""
        group = self._actions.group(name)
        stands_for = dict(zip(group.actions(), values, strict=True))  # Qt's own data would make texts of enums
        group.triggered.connect(lambda action: choose(stands_for[action]))

        def follow(value: object) -> None:
            _check(group, next((action for action, its in stands_for.items() if its is value), None))

        return follow

    def _with_editor(self, call: Callable[[Editor], object]) -> None:
        editor = self._window.editor()
        if editor is not None:
            call(editor)

    def _set_mode(self, mode: ViewMode) -> None:
        canvas = self._window.parts.canvas
        canvas.set_view(replace(canvas.view, mode=mode))

    def _close_image(self) -> None:
        current = self._window.documents.current
        if current is not None:
            self._window.leaving.close_image(current.key)

    def _full_screen(self) -> None:
        self._window.setWindowState(self._window.windowState() ^ Qt.WindowState.WindowFullScreen)

    def _fill_recent(self) -> None:
        menu = self._window.parts.recent_menu
        for action in menu.actions():
            menu.removeAction(action)
            if action is not self._actions["forget_recent"]:
                action.deleteLater()
        for number, path in enumerate(self._window.remembered.now.recent, 1):
            mark = f"&{number} " if number < 10 else ""
            name = path.name.replace("&", "&&")
            action = menu.addAction(f"{mark}{name}")
            action.setToolTip(str(path))
            action.triggered.connect(lambda _=False, path=path: self._window.open_files([path]))
        menu.addSeparator()
        menu.addAction(self._actions["forget_recent"])


def _name(action: QAction, verb: str, step: str) -> None:
    action.setEnabled(bool(step))
    action.setText(f"{verb} {step.replace('&', '&&')}".rstrip())


def _check(group: QActionGroup, action: QAction | None) -> None:
    """Check this action of the group; None for a choice that none of them stands for."""
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


def _held(parent: QObject) -> list[QAction]:
    actions = []
    for text, key in _HELD:
        action = QAction(text, parent)
        action.setProperty("menu", "Canvas")
        action.setShortcut(QKeySequence(key))
        actions.append(action)
    return actions


def _open(dialog: QDialog) -> None:
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowModality(Qt.WindowModality.WindowModal)
    dialog.open()
