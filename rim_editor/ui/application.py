"""One run of the window, from the application object to its end."""

from __future__ import annotations

import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QEvent, QObject, QSocketNotifier, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from clipmat.errors import UserFacingWarning
from clipmat.thread_warnings import collected_warnings
from rim_editor import settings as stored
from rim_editor.matting import Matting
from rim_editor.ui import stalls
from rim_editor.ui.model_loading import load_gently
from rim_editor.ui.qt_runner import as_user_error
from rim_editor.ui.theme import Theme
from rim_editor.ui.window.main_window import MainWindow

INTERRUPTED = 130
_PAINTED_AT_LAST_MS = 3000  # some systems paint no window that starts hidden or covered
_WARM_AT_LAST_MS = 20_000


class Session:
    """The application, its looks and its window."""

    def __init__(self, matting: Matting | None = None, *, debug_stalls: bool = False) -> None:
        QGuiApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
        there = QApplication.instance()
        self._app = there if isinstance(there, QApplication) else QApplication(["rim-editor"])
        self._app.setApplicationName("rim-editor")
        self._app.setDesktopFileName("rim-editor")
        with collected_warnings(UserFacingWarning) as self._warnings:
            settings = stored.load()
        self._theme = Theme(self._app)
        self._theme.choose(settings.theme)
        self._watch = stalls.StallWatch(self._app, stalls.tell) if debug_stalls or stalls.wanted() else None
        self.window = MainWindow(matting or Matting(load=load_gently), settings)
        self.window.remembered.changed.connect(lambda now: self._theme.choose(now.theme))
        self._warmed = False

    def run(self, images: Sequence[Path], shown: Callable[[MainWindow], None] | None = None) -> tuple[int, bool]:
        """Show the window and stay until it is closed; see `app.run`.

        Returns the exit code, and whether all work had ended: otherwise threads are still running.
        """
        first = FirstPaint(self.window)
        first.painted.connect(lambda: self._begin(images, shown))
        with told_of_failures(self.window), closed_by_interrupt(self.window, self._app):
            self.window.show()
            code = self._app.exec()
        if self._watch is not None:
            self._watch.stop()
        # A second Ctrl-C leaves without closing the window, so its jobs are still to be ended.
        return code, self.window.ended_whole and self.window.runner.shutdown(2.0)

    def _begin(self, images: Sequence[Path], shown: Callable[[MainWindow], None] | None) -> None:
        if shown is not None:
            shown(self.window)
        for text in self._warnings:
            self.window.say(text, "warning")
        self.window.open_files(images)
        self.window.offer_recovery()
        if not self.window.opener.busy:
            self._warm_up()
            return
        # The images first: loading the model at the same time would keep the user waiting for them.
        self.window.opener.progressed.connect(lambda text: None if text else self._warm_up())
        QTimer.singleShot(_WARM_AT_LAST_MS, self._warm_up)

    def _warm_up(self) -> None:
        if not self._warmed:
            self._warmed = True
            self.window.warm_up()


class FirstPaint(QObject):
    """Says once, by `painted`, that a widget has been painted and the events after it may be used."""

    painted = Signal()

    def __init__(self, widget: QObject) -> None:
        super().__init__(widget)
        self._widget: QObject | None = widget
        widget.installEventFilter(self)
        QTimer.singleShot(_PAINTED_AT_LAST_MS, self, self._say)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Wait for the paint; all pass."""
        if event.type() == QEvent.Type.Paint:
            QTimer.singleShot(0, self, self._say)  # its children are painted after it
        return False

    def _say(self) -> None:
        if self._widget is not None:
            self._widget.removeEventFilter(self)
            self._widget = None
            self.painted.emit()


@contextmanager
def told_of_failures(window: MainWindow) -> Iterator[None]:
    """Inside, what fails on the window's thread is said in the window and written to the log; the window stays."""
    usual = sys.excepthook

    def tell(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if isinstance(error, KeyboardInterrupt):
            window.close()
        elif isinstance(error, Exception):
            window.say(str(as_user_error(error)), "error")
        else:
            usual(kind, error, trace)

    sys.excepthook = tell
    try:
        yield
    finally:
        sys.excepthook = usual


@contextmanager
def closed_by_interrupt(window: MainWindow, app: QApplication) -> Iterator[None]:
    """Inside, Ctrl-C in the terminal closes the window as its button does; a second one does not ask."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    # Python hears a signal only when Python runs; this wakes it, without a timer that ticks for nothing.
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
