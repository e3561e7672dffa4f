"""Random sessions at the window: a hundred actions from a seed, then undo to the exact start, and redo to the end."""

from __future__ import annotations

import os
from pathlib import Path
from random import Random

import numpy as np
from PIL import Image

from tests.fuzz.words import text_of

_ACTIONS = 100
_NEVER = frozenset(("quit", "close", "show_in_folder", "paste", "undo", "redo", "full_screen", "same_again", "cancel"))
"""Actions that end the session, start other programs, read the clipboard, or are done on their own."""
_ASKED = ("the dog", "the hat", "maybe the dog", "the unicorn", "the cat", "the dog ghost", "cup", "nothing known")
_PATIENCE = 60.0


class Sessions:
    """One attempt is one session on one photograph. The model draws discs."""

    seconds = 120.0
    growth = 600 * 2**20

    def __init__(self, folder: Path, actions: int = _ACTIONS) -> None:
        self.actions = actions
        os.environ |= {"RIM_EDITOR_HOME": str(folder / "home"), "QT_QPA_PLATFORM": "offscreen"}
        os.environ["XDG_CONFIG_HOME"] = str(folder / "home")
        (folder / "home").mkdir(exist_ok=True)
        rows, columns = np.mgrid[:200, :320]
        pixels = np.dstack([40 + columns // 2, 40 + rows // 2, np.full((200, 320), 90)]).astype(np.uint8)
        self.photo = folder / "photo.png"
        Image.fromarray(pixels).save(self.photo)

        from PySide6.QtWidgets import QApplication

        from rim_editor.matting import Matting
        from rim_editor.settings import Settings
        from rim_editor.ui.window.main_window import MainWindow
        from tests.rim_editor.ui.conftest import FakeModel

        self.app = QApplication.instance() or QApplication(["rim-editor"])
        self.errors: list[str] = []
        self.window = MainWindow(Matting(load=FakeModel().load), Settings())
        self.window.resize(1100, 760)
        self.window.show()

    def close(self) -> None:
        """End the window and its threads."""
        for document in list(self.window.documents):
            document.editor.cancel()
            document.discarded = True
        self.window.close()
        self._process(0.2)

    def attempt(self, chance: Random) -> None:
        for document in list(self.window.documents):
            document.editor.cancel()
            self.window.documents.remove(document)
        self.window.opener.open_files([self.photo])
        self._until(lambda: not self.window.opener.busy and self.window.editor() is not None)
        editor = self.window.editor()
        start, shown = editor.document, _state(editor)
        self._settle(editor)
        for _ in range(self.actions):
            self._act(chance)
        self._settle(editor)
        while editor.history.can_redo:
            editor.redo()
        end, shown_last = editor.document, _state(editor)
        steps = 0
        while editor.history.can_undo:
            editor.undo()
            steps += 1
        if editor.document is not start or not _same(_state(editor), shown):
            raise AssertionError(f"{steps} steps back do not lead to the start")
        while editor.history.can_redo:
            editor.redo()
        if editor.document is not end or not _same(_state(editor), shown_last):
            raise AssertionError(f"{steps} steps forward do not lead to the end")

    def _act(self, chance: Random) -> None:
        ways = (
            self._ask,
            self._trigger,
            self._trigger,
            self._stroke,
            self._stroke,
            self._change,
            self._move,
            self._key,
        )
        chance.choice(ways)(chance)
        self._process(0.0)
        if chance.random() < 0.3:
            self._settle(self.window.editor())
        self._close_dialogs()

    def _ask(self, chance: Random) -> None:
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest
        from PySide6.QtWidgets import QLineEdit

        box = self.window.findChild(QLineEdit, "expression_box")
        assert box is not None
        box.setText(chance.choice((*_ASKED, text_of(chance, 8))))
        self.window.actions_by_id[f"combine_{chance.choice(('new', 'add', 'subtract', 'intersect'))}"].trigger()
        QTest.keyClick(box, Qt.Key.Key_Return)

    def _trigger(self, chance: Random) -> None:
        from rim_editor.ui.window.actions import MENUS

        names = sorted({spec.id for specs in MENUS.values() for spec in specs} - _NEVER)
        self.window.actions_by_id[chance.choice(names)].trigger()

    def _move(self, chance: Random) -> None:
        self.window.actions_by_id[chance.choice(("undo", "undo", "redo"))].trigger()

    def _stroke(self, chance: Random) -> None:
        from PySide6.QtCore import QPoint, Qt
        from PySide6.QtTest import QTest

        from tests.screenshot_driver import move

        canvas = self.window.parts.canvas
        spots = [QPoint(chance.randrange(canvas.width()), chance.randrange(canvas.height())) for _ in range(3)]
        keys = chance.choice((Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier,
                              Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ShiftModifier))  # fmt: skip
        button = chance.choice((Qt.MouseButton.LeftButton, Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton))
        QTest.mousePress(canvas, button, keys, spots[0])
        for spot in spots[1:]:
            move(canvas, spot, button)
        QTest.mouseRelease(canvas, button, keys, spots[-1])

    def _change(self, chance: Random) -> None:
        """Another value of a control in a panel."""
        from PySide6.QtWidgets import QAbstractButton, QAbstractSlider, QComboBox, QDockWidget, QDoubleSpinBox, QSpinBox

        kinds = (QAbstractButton, QAbstractSlider, QComboBox, QDoubleSpinBox, QSpinBox)
        widgets = [
            widget
            for dock in self.window.findChildren(QDockWidget)
            for kind in kinds
            for widget in dock.findChildren(kind)
            if widget.isVisible() and widget.isEnabled() and widget.objectName()
        ]
        if not widgets:
            return
        widget = chance.choice(sorted(widgets, key=lambda one: one.objectName()))
        if isinstance(widget, QAbstractButton):
            widget.click()
        elif isinstance(widget, QComboBox):
            widget.setCurrentIndex(chance.randrange(max(1, widget.count())))
        elif isinstance(widget, QDoubleSpinBox):
            widget.setValue(chance.uniform(widget.minimum(), widget.maximum()))
        else:
            widget.setValue(chance.randint(widget.minimum(), widget.maximum()))

    def _key(self, chance: Random) -> None:
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest

        keys = (Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Delete, Qt.Key.Key_Tab, Qt.Key.Key_Left, Qt.Key.Key_Up)
        QTest.keyClick(self.app.focusWidget() or self.window, chance.choice(keys))

    def _close_dialogs(self) -> None:
        from PySide6.QtWidgets import QDialog, QMenu

        for widget in self.app.topLevelWidgets():
            if isinstance(widget, QDialog) and widget.isVisible():
                widget.reject()
            elif isinstance(widget, QMenu) and widget.isVisible():
                widget.close()

    def _settle(self, editor) -> None:  # noqa: ANN001
        self._until(lambda: not editor.busy)

    def _process(self, seconds: float) -> None:
        from PySide6.QtTest import QTest

        QTest.qWait(int(1000 * seconds)) if seconds else self.app.processEvents()

    def _until(self, ready) -> None:  # noqa: ANN001
        import time

        end = time.monotonic() + _PATIENCE
        while not ready():
            self._process(0.005)
            if time.monotonic() > end:
                raise AssertionError("the window does not come to rest")


def _state(editor) -> tuple[np.ndarray, np.ndarray]:  # noqa: ANN001
    """What is seen and what is selected."""
    return editor.renderer.result(editor.document), editor.renderer.matte(editor.document)


def _same(one: tuple[np.ndarray, np.ndarray], other: tuple[np.ndarray, np.ndarray]) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))
