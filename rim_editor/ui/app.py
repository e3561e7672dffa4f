"""Starts the window: first it is shown, then the images, what a crash left behind and the model come."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rim_editor.errors import EditorError

if TYPE_CHECKING:
    from rim_editor.matting import Matting
    from rim_editor.ui.window.main_window import MainWindow

# Nothing of Qt is imported above `run`: where Qt cannot be loaded, that is to be said with a remedy.


def run(
    images: Sequence[Path] = (),
    *,
    debug_stalls: bool = False,
    matting: Matting | None = None,
    shown: Callable[[MainWindow], None] | None = None,
) -> int:
    """Open the window with these images and return its exit code when it is closed.

    `matting` stands in for the model; `shown` is called with the window right after its first paint, before
    anything else begins. Raises EditorError when there is no display, or Qt cannot be loaded.
    """
    check_display()
    try:
        from PySide6.QtWidgets import QApplication  # noqa: F401 - is it there, with all that it links?
    except ImportError as error:
        raise EditorError(
            f"The window cannot be opened ({error}): install what is missing, on Debian and Ubuntu with "
            "'apt install libegl1 libgl1 libxkbcommon0 libdbus-1-3 libfontconfig1', or use 'rim-editor matte'."
        ) from error
    from rim_editor.ui.application import Application

    application = Application(matting, debug_stalls=debug_stalls)
    code, all_ended = application.run([Path(image) for image in images], shown)
    if not all_ended:
        # A job is still running; ending Python under it can crash, and waiting for it can take minutes.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    return code


def check_display() -> None:
    """Raise EditorError where Qt would end the process: no display, or X without the library for its cursor."""
    if sys.platform != "linux" or os.environ.get("QT_QPA_PLATFORM") or os.environ.get("WAYLAND_DISPLAY"):
        return
    if not os.environ.get("DISPLAY"):
        raise EditorError(
            "There is no display to open a window on: start RIM Editor in a desktop session, or use "
            "'rim-editor matte', which needs none."
        )
    import ctypes

    try:
        ctypes.CDLL("libxcb-cursor.so.0")
    except OSError as error:
        raise EditorError(
            "The window cannot be opened, since the library libxcb-cursor is missing: install it, on Debian and "
            "Ubuntu with 'apt install libxcb-cursor0', on Fedora with 'dnf install xcb-util-cursor'."
        ) from error
