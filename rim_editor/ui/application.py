"""Starts the application: shows the window, then opens the images, offers recovery and loads the model."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from types import TracebackType

from rim_editor.errors import EditorError

try:
    from PySide6.QtCore import QEvent, QObject, QSize, QSocketNotifier, Qt, QTimer, Signal, qVersion
    from PySide6.QtGui import QGuiApplication, QIcon
    from PySide6.QtWidgets import QApplication
except ImportError as error:  # Qt links to libraries of the system that may be missing
    raise EditorError(
        f"The window cannot be opened ({error}): install the missing library, on Debian and Ubuntu with "
        "'apt install libegl1 libgl1 libxkbcommon0 libdbus-1-3 libfontconfig1', or use 'rim-editor matte'."
    ) from error

from clipmat.errors import UserFacingWarning
from clipmat.thread_warnings import collected_warnings
from rim_editor import settings as stored
from rim_editor.matting import Matting
from rim_editor.ui import languages, stall_watch
from rim_editor.ui.model_loader import load_with_short_turns
from rim_editor.ui.qt_runner import as_user_error
from rim_editor.ui.single_instance import FileReceiver
from rim_editor.ui.theme import Theme
from rim_editor.ui.window.main_window import MainWindow

INTERRUPTED = 130
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # as malloc.h numbers them
_LARGE_BYTES = 8 << 20
_PAINT_TIMEOUT_MS = 3000  # some systems paint no window that starts hidden or covered
_PRELOAD_TIMEOUT_MS = 20_000
_ICON_SIZES = (16, 24, 32, 48, 64, 128, 256)  # pixels a side


def run(
    images: Sequence[Path] = (),
    *,
    debug_stalls: bool = False,
    matting: Matting | None = None,
    shown: Callable[[MainWindow], None] | None = None,
) -> int:
    """Open the window with these images and return its exit code when it is closed.

    `matting` replaces the model, for tests; `shown` is called with the window right after its first paint, before
    anything is loaded. Raises EditorError without a display.
    """
    check_display()
    application = Application(matting, debug_stalls=debug_stalls)
    code, all_ended = application.run([Path(image) for image in images], shown)
    if not all_ended:
        # A job is still running: shutting Python down under it can crash, and waiting for it can take minutes.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    return code


def check_display() -> None:
    """Raise EditorError where Qt would abort the process: without a display, or on X without libxcb-cursor."""
    if sys.platform != "linux" or os.environ.get("QT_QPA_PLATFORM") or os.environ.get("WAYLAND_DISPLAY"):
        return
    if not os.environ.get("DISPLAY"):
        raise EditorError(
            "There is no display to open a window on: start RIM Editor in a desktop session, or use "
            "'rim-editor matte', which needs none."
        )
    try:
        ctypes.CDLL("libxcb-cursor.so.0")
    except OSError as error:
        raise EditorError(
            "The window cannot be opened, since the library libxcb-cursor is missing: install it, on Debian and "
            "Ubuntu with 'apt install libxcb-cursor0', on Fedora with 'dnf install xcb-util-cursor'."
        ) from error


def display_facts() -> dict[str, str]:
    """What Qt finds of the display, for a report. Raises EditorError without a display; Qt may end the process."""
    check_display()
    app = QGuiApplication.instance() or QGuiApplication(["rim-editor"])
    assert isinstance(app, QGuiApplication)
    screens = [
        f"{screen.size().width()}x{screen.size().height()} at {screen.devicePixelRatio():g}x"
        for screen in app.screens()
    ]
    return {
        "Qt": qVersion(),
        "platform plugin": app.platformName(),
        "screens": ", ".join(screens) or "none",
        "colours": "dark" if app.styleHints().colorScheme() is Qt.ColorScheme.Dark else "light",
    }


class Application:
    """The Qt application, its theme and its window."""

    def __init__(self, matting: Matting | None = None, *, debug_stalls: bool = False) -> None:
        return_large_arrays()
        QGuiApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
        existing = QApplication.instance()
        self._app = existing if isinstance(existing, QApplication) else QApplication(["rim-editor"])
        self._app.setApplicationName("rim-editor")
        self._app.setDesktopFileName("rim-editor")
        self._app.setWindowIcon(application_icon())
        with collected_warnings(UserFacingWarning) as self._warnings:
            settings = stored.load()
        languages.use(self._app, languages.chosen(settings.language))
        self._theme = Theme(self._app)
        self._theme.choose(settings.theme)
        self._watch = (
            stall_watch.StallWatch(self._app, stall_watch.print_stall)
            if debug_stalls or stall_watch.is_enabled()
            else None
        )
        self.window = MainWindow(matting or Matting(load=load_with_short_turns), settings)
        self.window.live_settings.changed.connect(lambda now: self._theme.choose(now.theme))
        self._receiver = FileReceiver(self._app)
        self._receiver.received.connect(self._show_files)
        self._preloaded = False

    def run(self, images: Sequence[Path], shown: Callable[[MainWindow], None] | None = None) -> tuple[int, bool]:
        """Show the window and return when it is closed: the exit code, and whether all threads have ended."""
        first = FirstPaint(self.window)
        first.painted.connect(lambda: self._begin(images, shown))
        with showing_errors(self.window), closed_by_interrupt(self.window, self._app):
            self._receiver.listen()
            self.window.show()
            code = self._app.exec()
        self._receiver.close()
        if self._watch is not None:
            self._watch.stop()
        # A second Ctrl-C quits without closing the window, so its jobs have not been stopped yet.
        return code, self.window.all_jobs_ended and self.window.runner.shutdown(2.0)

    def _begin(self, images: Sequence[Path], shown: Callable[[MainWindow], None] | None) -> None:
        if shown is not None:
            shown(self.window)
        for text in self._warnings:
            self.window.show_message(text, "warning")
        self.window.opener.open_files(images)
        self.window.offer_recovery()
        if not self.window.opener.busy:
            self._preload()
            return
        # The images come first: loading the model at the same time would slow them down.
        self.window.opener.progressed.connect(lambda text: None if text else self._preload())
        QTimer.singleShot(_PRELOAD_TIMEOUT_MS, self._preload)

    def _show_files(self, files: list[Path]) -> None:
        """Open the files of a later start, and come to the front."""
        self.window.opener.open_files(files)
        self.window.setWindowState(self.window.windowState() & ~Qt.WindowState.WindowMinimized)
        self.window.raise_()
        self.window.activateWindow()

    def _preload(self) -> None:
        if not self._preloaded:
            self._preloaded = True
            self.window.preload_model()


def application_icon() -> QIcon:
    """The icon of the program; each size is read when it is first needed."""
    made, folder = QIcon(), Path(str(resources.files("resources"))) / "icons"
    for size in _ICON_SIZES:
        made.addFile(str(folder / f"{size}.png"), QSize(size, size))
    return made


def return_large_arrays() -> None:
    """Let glibc return every large array to the system as soon as it is freed.

    It would learn from the first one that is freed to keep those of its size, up to 32 MB, for the next: an image of 12
    megapixels then leaves hundreds of megabytes behind. Other systems have no such setting, and nothing is done there.
    """
    if sys.platform == "linux":
        allocator = ctypes.CDLL(None)
        if hasattr(allocator, "mallopt"):
            for setting in (_TRIM_THRESHOLD, _MMAP_THRESHOLD):
                allocator.mallopt(setting, _LARGE_BYTES)


class FirstPaint(QObject):
    """Emits `painted` once, as soon as a widget and its children have been painted."""

    painted = Signal()

    def __init__(self, widget: QObject) -> None:
        super().__init__(widget)
        self._widget: QObject | None = widget
        widget.installEventFilter(self)
        QTimer.singleShot(_PAINT_TIMEOUT_MS, self, self._emit)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Wait for the paint event; every event is passed on."""
        if event.type() == QEvent.Type.Paint:
            QTimer.singleShot(0, self, self._emit)  # its children are painted after it
        return False

    def _emit(self) -> None:
        if self._widget is not None:
            self._widget.removeEventFilter(self)
            self._widget = None
            self.painted.emit()


@contextmanager
def showing_errors(window: MainWindow) -> Iterator[None]:
    """Show uncaught errors of the window's thread in the window, and write them to the log, instead of quitting."""
    usual = sys.excepthook

    def show(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if isinstance(error, KeyboardInterrupt):
            window.close()
        elif isinstance(error, Exception):
            window.notifications.show_error(as_user_error(error))
        else:
            usual(kind, error, trace)

    sys.excepthook = show
    try:
        yield
    finally:
        sys.excepthook = usual


@contextmanager
def closed_by_interrupt(window: MainWindow, app: QApplication) -> Iterator[None]:
    """Let Ctrl-C in the terminal close the window as its button does; a second Ctrl-C quits without asking."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    # Python handles signals only while Python code runs: the notifier wakes it, without polling.
    ours, waker = socket.socketpair()
    for end in (ours, waker):
        end.setblocking(False)
    notifier = QSocketNotifier(ours.fileno(), QSocketNotifier.Type.Read)
    notifier.activated.connect(lambda: ours.recv(64))
    count = 0

    def interrupted(number: int, frame: object) -> None:
        nonlocal count
        count += 1
        if count == 1:
            window.close()
        else:
            app.exit(INTERRUPTED)

    before = signal.signal(signal.SIGINT, interrupted)
    woken = signal.set_wakeup_fd(waker.fileno(), warn_on_full_buffer=False)
    try:
        yield
    finally:
        signal.set_wakeup_fd(woken)
        signal.signal(signal.SIGINT, before)
        notifier.setEnabled(False)
        ours.close()
        waker.close()
