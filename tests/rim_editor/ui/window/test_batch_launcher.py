"""Batch export from the menu: one dialog, and the window asks before it leaves a batch that is at work."""

import pytest
from PySide6.QtWidgets import QMessageBox

from rim_editor.settings import Settings
from rim_editor.ui.window.main_window import MainWindow


@pytest.fixture
def window(qtbot, matting, runner):
    window = MainWindow(matting, Settings(), runner=runner)
    qtbot.addWidget(window)
    window.show()
    yield window
    window.batch.shutdown()


def test_the_menu_opens_one_dialog(qtbot, window):
    window.actions_by_id["batch"].trigger()
    first = window.batch.dialog
    assert first.isVisible()
    window.actions_by_id["batch"].trigger()
    assert window.batch.dialog is first
    assert not window.batch.running


def test_leaving_while_a_batch_runs_asks_first(qtbot, window, monkeypatch):
    window.batch.show()
    running = [True]
    monkeypatch.setattr(type(window.batch.dialog), "running", property(lambda self: running[0]))
    monkeypatch.setattr(
        type(window.batch.dialog), "shutdown", lambda self, seconds=5.0: running.__setitem__(0, False) or True
    )
    window.close()
    box = window.findChild(QMessageBox, "batch_running_box")
    assert box is not None and window.isVisible()
    stay = next(b for b in box.buttons() if b.objectName() == "batch_stay")
    stay.click()
    assert window.isVisible() and running[0]
    window.close()
    box = next(b for b in window.findChildren(QMessageBox, "batch_running_box") if b.isVisible())
    next(b for b in box.buttons() if b.objectName() == "batch_stop").click()
    qtbot.waitUntil(lambda: not window.isVisible())
    assert not running[0]
