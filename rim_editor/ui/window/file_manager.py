"""Shows a file in the file manager of the system, selected in its folder.

Linux: the D-Bus interface org.freedesktop.FileManager1, which Nautilus, Dolphin, Nemo, Thunar and Caja have; macOS:
`open -R`; Windows: `explorer /select,`. Where none of that works, the folder is opened without a selection.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from PySide6.QtCore import QDir, QObject, QProcess, QUrl, Signal
from PySide6.QtGui import QDesktopServices

from rim_editor.translation import tr

_SERVICE, _OBJECT = "org.freedesktop.FileManager1", "/org/freedesktop/FileManager1"


class FileManager(QObject):
    """Shows files in their folders; nothing here waits for the other program."""

    failed = Signal(str)
    """A folder could not be shown: a sentence for the user."""

    def show_file(self, path: Path) -> None:
        """Show `path` selected in its folder, or the folder alone."""
        if not os.path.exists(path):
            self.failed.emit(tr("“{path}” is no longer there: export it again.", path=path))
        elif sys.platform == "darwin":
            self._start("open", ["-R", str(path)], path)
        elif sys.platform == "win32":
            self._start("explorer.exe", ["/select,", QDir.toNativeSeparators(str(path))], path)
        else:
            self._show_by_bus(path)

    def _start(self, program: str, arguments: list[str], path: Path) -> None:
        if not QProcess.startDetached(program, arguments)[0]:
            self._open_folder(path)

    def _show_by_bus(self, path: Path) -> None:
        from PySide6.QtDBus import QDBusConnection, QDBusMessage, QDBusPendingCallWatcher

        bus = QDBusConnection.sessionBus()
        if not bus.isConnected():
            self._open_folder(path)
            return
        message = QDBusMessage.createMethodCall(_SERVICE, _OBJECT, _SERVICE, "ShowItems")
        message.setArguments(
            [[QUrl.fromLocalFile(str(path)).toString(QUrl.ComponentFormattingOption.FullyEncoded)], ""]
        )
        watcher = QDBusPendingCallWatcher(bus.asyncCall(message), self)

        def answered(call: QDBusPendingCallWatcher) -> None:
            if call.isError():
                self._open_folder(path)
            call.deleteLater()

        watcher.finished.connect(answered)

    def _open_folder(self, path: Path) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent))):
            self.failed.emit(tr("No file manager could be started: the file is in “{parent}”.", parent=path.parent))
