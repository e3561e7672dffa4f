"""Drives the real window for screenshots, with the bundled weights and its own settings folder."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from fnmatch import fnmatch
from pathlib import Path

PATIENCE = 120.0  # seconds that anything may take


class Driver:
    """Opens a window, types, clicks and drags in it like a user, and takes screenshots."""

    def __init__(self, folder: Path, states: str) -> None:
        from PySide6.QtWidgets import QApplication

        from rim_editor.matting import Matting
        from rim_editor.ui.application import Application
        from rim_editor.ui.model_loader import load_with_short_turns

        gate = self.gate = threading.Event()
        gate.set()

        class Held(Matting):
            def predict(self, *arguments: object, **more: object) -> object:
                gate.wait()
                return super().predict(*arguments, **more)

            def draft(self, *arguments: object, **more: object) -> object:
                gate.wait()
                return super().draft(*arguments, **more)

        self.folder, self.states, self.count = folder, states, 0
        self.session = Application(Held(load=load_with_short_turns))
        self.window = self.session.window
        self.parts = self.window.parts
        self.app = QApplication.instance()
        self.scratch = Path(os.environ["RIM_EDITOR_HOME"]) / "scratch"
        self.scratch.mkdir()

    def pause(self, seconds: float = 0.25) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.app.processEvents()
            time.sleep(0.005)

    def wait(self, ready: Callable[[], object]) -> None:
        end = time.monotonic() + PATIENCE
        while not ready():
            self.app.processEvents()
            time.sleep(0.005)
            if time.monotonic() > end:
                raise TimeoutError("the window did not reach the expected state")

    def running(self) -> set[str]:
        """The kinds of the jobs that have not finished."""
        return {str(kind) for kind, _ in self.window.runner.busy}

    def settle(self) -> None:
        """Wait until no job has been running for a while."""
        work = {"ask", "finish", "refine", "export", "render", "outline", "open", "background"}
        quiet = time.monotonic()

        def idle() -> bool:
            nonlocal quiet
            if work & self.running():
                quiet = time.monotonic()
            return time.monotonic() - quiet > 0.4

        self.wait(idle)

    def shoot(self, name: str, settled: bool = True) -> None:
        """Take a screenshot of the window, including dialogs over it."""
        if settled:
            self.settle()
        self.count += 1
        if not any(fnmatch(name, one) for one in self.states.split(",")):
            return
        box = self.window.frameGeometry()
        for other in self.app.topLevelWidgets():
            if other.isVisible() and other.isWindow():
                box = box.united(other.frameGeometry())
        box = box.intersected(self.window.screen().geometry())
        self.grab(box).save(str(self.folder / f"{self.count:02d}-{name}.png"))

    def grab(self, box):
        """The screen within the box; without a display, the windows drawn over each other."""
        from PySide6.QtGui import QPainter, QPixmap

        if self.app.platformName() != "offscreen":
            return self.window.screen().grabWindow(0, box.x(), box.y(), box.width(), box.height())
        ratio = self.window.devicePixelRatioF()
        picture = QPixmap(box.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill("grey")
        painter = QPainter(picture)
        others = [one for one in self.app.topLevelWidgets() if one.isVisible() and one is not self.window]
        for widget in (self.window, *others):
            painter.drawPixmap(widget.geometry().topLeft() - box.topLeft(), widget.grab())
        painter.end()
        return picture

    def find(self, name: str, inside=None):
        from PySide6.QtWidgets import QWidget

        found = [one for one in (inside or self.window).findChildren(QWidget) if one.objectName() == name]
        if not found:
            raise LookupError(f"there is no widget named {name!r}")
        return found[0]

    def trigger(self, name: str) -> None:
        self.window.actions_by_id[name].trigger()

    def type(self, text: str) -> None:
        from PySide6.QtTest import QTest

        box = self.find("expression_box")
        box.setFocus()
        box.selectAll()
        QTest.keyClicks(box, text)

    def enter(self) -> None:
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest

        QTest.keyClick(self.find("expression_box"), Qt.Key.Key_Return)

    def ask(self, text: str, combine: str = "new") -> None:
        self.trigger(f"combine_{combine}")
        self.type(text)
        self.enter()
        self.settle()

    def open(self, *paths: Path) -> None:
        self.window.opener.open_files(paths)
        self.wait(lambda: not self.window.opener.busy)
        self.settle()

    def stroke(self, *shares: tuple[float, float], release: bool = True) -> None:
        """Drag across the canvas with the left button, between points given as shares of its size."""
        from PySide6.QtCore import QPoint, Qt
        from PySide6.QtTest import QTest

        canvas, button = self.parts.canvas, Qt.MouseButton.LeftButton
        spots = [QPoint(round(x * canvas.width()), round(y * canvas.height())) for x, y in shares]
        QTest.mouseMove(canvas, spots[0])
        QTest.mousePress(canvas, button, pos=spots[0])
        for start, end in zip(spots, spots[1:], strict=False):
            for step in range(1, 13):
                at = start + (end - start) * (step / 12)
                move(canvas, at, button)
                self.pause(0.02)
        if release:
            QTest.mouseRelease(canvas, button, pos=spots[-1])

    def amount(self, name: str, value: int) -> None:
        self.find(name).setValue(value)
        self.pause(0.05)

    def choose(self, name: str, text: str) -> None:
        box = self.find(name)
        box.setCurrentIndex(box.findText(text))
        self.pause(0.05)

    def dialog(self, name: str):
        self.wait(lambda: any(one.objectName() == name for one in self.app.topLevelWidgets() if one.isVisible()))
        self.pause(0.5)
        return next(one for one in self.app.topLevelWidgets() if one.objectName() == name and one.isVisible())

    def panel(self, name: str) -> None:
        from PySide6.QtWidgets import QDockWidget

        dock = self.window.findChild(QDockWidget, f"{name}_dock")
        dock.show()
        dock.raise_()
        self.pause(0.1)


def move(widget, at, button) -> None:
    """Move with the button pressed, which QTest's moves cannot."""
    from PySide6.QtCore import QEvent, QPointF, Qt
    from PySide6.QtGui import QMouseEvent
    from PySide6.QtWidgets import QApplication

    at = QPointF(at)
    none = Qt.KeyboardModifier.NoModifier
    event = QMouseEvent(QEvent.Type.MouseMove, at, widget.mapToGlobal(at), Qt.MouseButton.NoButton, button, none)
    QApplication.sendEvent(widget, event)


def release(widget, share: tuple[float, float]) -> None:
    from PySide6.QtCore import QPoint, Qt
    from PySide6.QtTest import QTest

    at = QPoint(round(share[0] * widget.width()), round(share[1] * widget.height()))
    QTest.mouseRelease(widget, Qt.MouseButton.LeftButton, pos=at)
