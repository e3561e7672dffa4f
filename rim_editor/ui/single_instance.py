"""One window for a user and a display: a second start hands its files to the window that is there.

Over a local socket, one line of JSON each way: the second start sends its files, the window answers that it takes them,
and opens them when the second start has confirmed that it got this answer in time and leaves them to the window.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import socket
import stat
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from rim_editor import settings

if TYPE_CHECKING:
    from PySide6.QtNetwork import QLocalServer, QLocalSocket

_MOST_BYTES = 4 << 20
"""Of a message; longer than all arguments that systems let a process have."""
_MOST_AT_ONCE = 16
"""Connections; more wait in the socket."""
_ANSWER_MS = 2000
"""How long a second start waits for the window before it opens one of its own."""
_MESSAGE_MS = 5000
"""How long the window waits for a whole message."""
_TOKEN = re.compile(r"[\w.:/+=-]{1,500}")
_TAKEN, _CONFIRMED = b"taken\n", b"confirmed\n"


class FileReceiver(QObject):
    """Listens for files of later starts; a message that is no such thing, or does not end, is dropped."""

    received = Signal(object)
    """A list of absolute `Path`s, which may be empty: then the window is only to come to the front."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._server: QLocalServer | None = None
        self._messages: dict[QLocalSocket, tuple[bytes, list[Path] | None]] = {}

    def listen(self) -> bool:
        """Become the window that files are handed to, unless another answers; returns whether this one is it now."""
        place = _place()
        if place is None or is_open(200):
            return False
        try:
            from PySide6.QtNetwork import QLocalServer
        except ImportError:  # a library of the system that Qt's network needs is missing: every start has its window
            return False
        QLocalServer.removeServer(place)  # a window that crashed leaves it behind
        server = QLocalServer(self)
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        if not server.listen(place):
            return False
        server.newConnection.connect(self._accept)
        self._server = server
        return True

    def close(self) -> None:
        """Take no more files: the next start has a window of its own."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for one in list(self._messages):
            one.abort()

    def _accept(self) -> None:
        while self._server is not None and (one := self._server.nextPendingConnection()) is not None:
            if len(self._messages) >= _MOST_AT_ONCE:
                one.abort()
                one.deleteLater()
                continue
            self._messages[one] = (b"", None)
            one.setReadBufferSize(_MOST_BYTES + 1)
            one.readyRead.connect(lambda one=one: self._read(one))
            one.disconnected.connect(lambda one=one: self._drop(one))
            QTimer.singleShot(_MESSAGE_MS, one, one.abort)
            self._read(one)  # what came with the connection is reported by no signal

    def _read(self, one: QLocalSocket) -> None:
        if one not in self._messages or not one.bytesAvailable():
            return
        so_far, files = self._messages[one]
        content = so_far + one.readAll().data()
        if files is None and b"\n" in content:
            line, _, content = content.partition(b"\n")
            files = _files(line)
            # While a dialog is open, the window can show no other image: the second start opens its own.
            if files is None or _dialog_is_open():
                one.abort()
                return
            one.write(_TAKEN)
        if len(content) > _MOST_BYTES:
            one.abort()
            return
        self._messages[one] = (content, files)
        if files is not None and content.startswith(_CONFIRMED):
            del self._messages[one]
            one.flush()
            one.disconnectFromServer()
            one.deleteLater()
            self.received.emit(files)

    def _drop(self, one: QLocalSocket) -> None:
        self._read(one)
        if self._messages.pop(one, None) is not None:
            one.deleteLater()


def hand_over(files: Sequence[Path], timeout_ms: int = _ANSWER_MS) -> bool:
    """Hand these files to the window that is open; returns whether it took them.

    False where there is none, or where it is busy or does not answer in time: then it will not open them later either.
    """
    token = os.environ.get("XDG_ACTIVATION_TOKEN") or os.environ.get("DESKTOP_STARTUP_ID") or ""
    message = {"files": [str(path.absolute()) for path in files], "token": token}
    return _exchanged(json.dumps(message).encode() + b"\n", timeout_ms)


def is_open(timeout_ms: int = 500) -> bool:
    """Whether a window is there that listens, if only to hang."""
    one = _connected(timeout_ms)
    if one is None:
        return False
    one.abort()
    return True


def _exchanged(message: bytes, timeout_ms: int) -> bool:
    one = _connected(timeout_ms)
    if one is None:
        return False
    one.write(message)
    while one.bytesToWrite() and one.waitForBytesWritten(timeout_ms):
        pass
    answer = b""
    while not answer.endswith(b"\n") and len(answer) < len(_TAKEN) and one.waitForReadyRead(timeout_ms):
        answer += one.readAll().data()
    if answer != _TAKEN:
        one.abort()
        return False
    one.write(_CONFIRMED)
    return bool(one.waitForBytesWritten(timeout_ms)) or not one.bytesToWrite()


def _connected(timeout_ms: int) -> QLocalSocket | None:
    try:
        from PySide6.QtNetwork import QLocalSocket
    except ImportError:
        return None
    place = _place()
    if place is None:
        return None
    one = QLocalSocket()
    one.connectToServer(place)
    return one if one.waitForConnected(timeout_ms) else None


def _files(line: bytes) -> list[Path] | None:
    """The files of a message; None when it is wrong. Keeps the token by which the window may come to the front."""
    try:
        message = json.loads(line)
        names, token = message["files"], message.get("token", "")
        files = [Path(name) for name in names]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    if not isinstance(names, list) or not all("\0" not in str(path) and path.is_absolute() for path in files):
        return None
    if isinstance(token, str) and _TOKEN.fullmatch(token):
        os.environ["XDG_ACTIVATION_TOKEN"] = token  # Qt reads it there, and takes it away, when a window is activated
    return files


def _dialog_is_open() -> bool:
    from PySide6.QtWidgets import QApplication  # here, for the second start needs no widgets

    return QApplication.activeModalWidget() is not None


def _place() -> str | None:
    """The name of the socket, for this user, display and home of settings; None where no private place is for it."""
    display = [os.environ.get(name, "") for name in ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY", "DISPLAY", "SESSIONNAME")]
    key = json.dumps([os.path.expanduser("~"), str(settings.folder().absolute()), *display])
    name = f"rim-editor-{hashlib.sha256(key.encode('utf-8', 'replace')).hexdigest()[:16]}"
    if sys.platform == "win32":
        return name
    if not hasattr(socket, "AF_UNIX"):
        return None
    folder = Path(os.environ.get("XDG_RUNTIME_DIR") or "")
    if not folder.is_absolute() or not _is_private(folder):
        folder = Path(tempfile.gettempdir()) / f"rim-editor-{os.getuid()}"
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
        except OSError:
            return None
        if not _is_private(folder):  # somebody else made it
            return None
    place = str(folder / name)
    return place if len(os.fsencode(place)) < 100 else None  # the system allows a little more


def _is_private(folder: Path) -> bool:
    try:
        found = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o077
