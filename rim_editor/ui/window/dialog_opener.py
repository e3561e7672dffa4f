"""Opens the dialogs of the window's actions: open, export, preferences, models, shortcuts, about."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QIcon, QKeySequence
from PySide6.QtWidgets import QDialog, QFileDialog, QMenu, QMessageBox, QWidget

from clipmat.examples import SUFFIX
from rim_editor.translation import marked, tr
from rim_editor.ui.live_settings import LiveSettings
from rim_editor.ui.named_widgets import open_file_dialog
from rim_editor.ui.qt_image import image_filter
from rim_editor.ui.window.documents import Documents, OpenDocument
from rim_editor.ui.window.presets_menu import PresetsMenu

if TYPE_CHECKING:
    from rim_editor.editor.jobs import Runner
    from rim_editor.files.exporting import ExportRequest
    from rim_editor.ui.window.file_manager import FileManager

_HELD_KEYS = marked(
    (
        ("Show the Original (hold)", "\\"),
        ("Drag the Image (hold)", "Space"),
        ("Swap Brush and Eraser (hold)", "Alt"),
        ("Straight Line from the Last Stroke (click)", "Shift"),
        ("Subtract with Lasso and Rectangle (hold)", "Ctrl"),
    )
)
"""Keys of the canvas that belong to no action."""


class DialogOpener(QObject):
    """Opens each dialog modal to the window, and applies the user's choices to settings and documents."""

    def __init__(
        self,
        window: QWidget,
        documents: Documents,
        settings: LiveSettings,
        runner: Runner,
        folders: FileManager,
        open_files: Callable[[Iterable[Path]], None],
        preload_model: Callable[[], None],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._documents = documents
        self._settings = settings
        self._runner = runner
        self._folders = folders
        self._open_files = open_files
        self._preload_model = preload_model
        menu = window.findChild(QMenu, "presets_menu")
        assert menu is not None
        self.presets = PresetsMenu(menu, documents, settings, runner, window)
        """Applies and saves presets."""

    def functions(self) -> dict[str, Callable[[], object]]:
        """The functions of the actions that open a dialog, by their ids."""
        return {
            "open": self.show_open,
            "export": self.show_export,
            "export_again": self.export_again,
            "show_in_folder": self.show_in_folder,
            "crop": self.show_crop,
            "preferences": self.show_preferences,
            "preset_save": self.presets.save,
            "models": self.show_models,
            "about": self.show_about,
        }

    def show_open(self) -> None:
        """Let the user choose images to open, first from the folder of the one in front or the last one."""
        current = self._documents.current
        near = (None if current is None else current.file) or next(iter(self._settings.current.recent), None)
        folder = "" if near is None else str(near.absolute().parent)
        open_file_dialog(
            self._window,
            "open_dialog",
            tr("Open images or projects"),
            folder,
            lambda names: self._open_files([Path(name) for name in names]),
            mode=QFileDialog.FileMode.ExistingFiles,
            name_filter=image_filter(f"*.rim *.ora *{SUFFIX}"),
        )

    def show_export(
        self,
        document: OpenDocument | None = None,
        exported: Callable[[], None] | None = None,
        not_exported: Callable[[], None] | None = None,
    ) -> None:
        """Let the user export `document`, by default the current one; then call `exported` or `not_exported`."""
        target = document or self._documents.current
        if target is None:
            return
        from rim_editor.ui.dialogs.export_dialog import ExportDialog

        dialog = ExportDialog(target.editor, self._settings.current, target.framing, self._window)

        def done(path: Path, request: ExportRequest) -> None:
            target.exported(path, request)
            chosen = dialog.settings()
            self._settings.set(
                replace(
                    self._settings.current,
                    export_folder=chosen.export_folder,
                    export_suffix=chosen.export_suffix,
                    quality=chosen.quality,
                    keep_metadata=chosen.keep_metadata,
                    export_longest_side=chosen.export_longest_side,
                )
            )

        dialog.exported.connect(done)
        if exported is not None:
            dialog.accepted.connect(exported)
        if not_exported is not None:
            dialog.rejected.connect(not_exported)
        _open(dialog)

    def export_again(self) -> None:
        """Export to the same file as last time; the first time, ask for it."""
        document = self._documents.current
        if document is not None and document.last_export is not None:
            document.editor.export(*document.last_export)
        else:
            self.show_export()

    def show_in_folder(self) -> None:
        """Show the file of the last export in the file manager."""
        document = self._documents.current
        if document is not None and document.last_export is not None:
            self._folders.show_file(document.last_export[0])

    def show_crop(self) -> None:
        """Let the user crop and straighten the image in front."""
        document = self._documents.current
        if document is not None:
            from rim_editor.ui.dialogs.crop_dialog import CropDialog

            _open(CropDialog(document.editor, self._runner, self._window))

    def show_preferences(self) -> None:
        """Let the user change the settings."""
        from rim_editor.ui.dialogs.preferences_dialog import PreferencesDialog

        dialog = PreferencesDialog(self._settings.current, self._window)
        dialog.accepted.connect(lambda: self._settings.set(dialog.settings()))
        _open(dialog)

    def show_models(self) -> None:
        """Let the user see, fetch and choose weights."""
        from rim_editor import matting
        from rim_editor.ui.dialogs.model_dialog import ModelDialog

        def chosen(weights: str, device: str, precision: str) -> None:
            self._settings.set(replace(self._settings.current, weights=weights, device=device, precision=precision))
            self._preload_model()

        dialog = ModelDialog(
            matting, self._settings.current, self._runner, self._window, device_reason=matting.device_reason
        )
        dialog.options_chosen.connect(chosen)
        _open(dialog)

    def show_shortcuts(self, actions: Iterable[QAction]) -> None:
        """Show the keys of these actions, and those of the canvas."""
        from rim_editor.ui.dialogs.shortcuts_dialog import ShortcutsDialog

        _open(ShortcutsDialog([*actions, *_held_keys(self)], self._window))

    def show_about(self) -> None:
        """Show name, version and licence."""
        from rim_editor import __version__

        box = QMessageBox(self._window)
        box.setObjectName("about_box")
        box.setWindowTitle(tr("About RIM Editor"))
        box.setText(f"RIM Editor {__version__}")
        box.setInformativeText(
            tr(
                "Describe one thing in a photograph and get it alone.\n\n"
                "Everything runs on this machine: no image and no text leaves it. Apache License 2.0."
            )
        )
        close = box.addButton(QMessageBox.StandardButton.Close)
        close.setIcon(QIcon())  # the style's own icon is illegible in dark themes
        _open(box)


def _held_keys(parent: QObject) -> list[QAction]:
    actions = []
    for text, key in _HELD_KEYS:
        action = QAction(tr(text), parent)
        action.setProperty("menu", tr("Canvas"))
        action.setShortcut(QKeySequence(key))
        actions.append(action)
    return actions


def _open(dialog: QDialog) -> None:
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowModality(Qt.WindowModality.WindowModal)
    dialog.open()
