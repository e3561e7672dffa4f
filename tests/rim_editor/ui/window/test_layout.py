"""The layout at every size: no text is cut off, and widths that were saved for another scale are not restored."""

import os
import subprocess
import sys

import pytest
from PySide6.QtCore import QPoint, QSettings
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QDockWidget,
    QLabel,
    QLineEdit,
    QListWidget,
    QTabBar,
    QToolBar,
)

from rim_editor import settings as stored
from rim_editor.settings import Settings
from rim_editor.ui import languages
from rim_editor.ui.canvas.tools import Tool
from rim_editor.ui.theme import Theme
from rim_editor.ui.window import layout
from rim_editor.ui.window.dock_focus import in_front
from rim_editor.ui.window.main_window import MainWindow

PROBE = """
import sys
sys.path.insert(0, sys.argv[1])
from test_layout import probe
print(probe())
"""


def cut_off(window):
    """The visible widgets that are narrower or lower than their text needs."""
    found = []
    for kind in (QAbstractButton, QComboBox, QLabel, QTabBar):
        for widget in window.findChildren(kind):
            if not widget.isVisibleTo(window) or widget.window() is not window or widget.visibleRegion().isEmpty():
                continue
            if isinstance(widget.parent(), QLineEdit):
                continue  # the cross that clears
            if isinstance(widget, QLabel) and (widget.wordWrap() or widget.sizePolicy().horizontalPolicy().value == 5):
                continue
            least = widget.minimumSizeHint()
            if widget.width() < least.width() or widget.height() < min(least.height(), widget.maximumHeight()):
                found.append((widget.objectName() or type(widget).__name__, widget.size().toTuple(), least.toTuple()))
            corner = widget.mapTo(window, widget.rect().topRight())
            start = widget.mapTo(window, widget.rect().topLeft())
            around = widget.parentWidget()
            while around is not None and around is not window:
                edge = around.mapTo(window, around.rect().topRight())
                before = around.mapTo(window, around.rect().topLeft())
                if (corner.x() > edge.x() or start.x() < before.x()) and not isinstance(around, QToolBar):
                    found.append((widget.objectName(), "sticks out of", around.objectName() or type(around).__name__))
                around = around.parentWidget()
    return found


def probe():
    """In a process of its own, with its own scale: what is cut off in windows of several sizes."""
    from pathlib import Path

    import numpy as np
    from PIL import Image

    from rim_editor.matting import Matting

    app = QApplication.instance() or QApplication([])
    languages.use(app, languages.chosen("en"))
    Theme(app)
    window = MainWindow(Matting(load=lambda *_: None), Settings())
    window.show()
    path = Path(os.environ["RIM_EDITOR_HOME"]) / "a.png"
    Image.fromarray(np.zeros((60, 80, 3), np.uint8)).save(path)
    window.opener.open_files([path])
    while window.opener.busy or window.runner.busy:
        app.processEvents()
    found = []
    for size in ((636, 600), (900, 600), (1360, 880)):
        for front in ("matte", "edit"):
            window.findChild(QDockWidget, f"{front}_dock").raise_()
            window.actions_by_id["brush_keep"].trigger()
            window.resize(*size)
            for _ in range(20):
                app.processEvents()
            if window.findChild(QDockWidget, f"{front}_dock").isHidden():  # the window is narrow
                window.actions_by_id["show_panels"].trigger()
                window.findChild(QDockWidget, f"{front}_dock").raise_()
                for _ in range(20):
                    app.processEvents()
            found += [(size, front, *each) for each in cut_off(window)]
    if window.minimumSizeHint().width() > (760 if languages.chosen("en") == languages.PSEUDO else 700):
        found.append(("the window cannot be narrower than", window.minimumSizeHint().width()))
    window.close()
    return found


@pytest.mark.parametrize("language", ["en", "de", languages.PSEUDO])
@pytest.mark.parametrize("scale", ["1", "2"])
def test_nothing_is_cut_off_at_any_size(home, scale, language):
    environment = {
        **os.environ,
        "QT_SCALE_FACTOR": scale,
        "RIM_EDITOR_HOME": str(home),
        "QT_QPA_PLATFORM": "offscreen",
        languages.VARIABLE: language,
    }
    done = subprocess.run(
        [sys.executable, "-c", PROBE, os.path.dirname(__file__)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.strip() == "[]"


@pytest.fixture
def make(qtbot, matting):
    def made():
        window = MainWindow(matting, Settings())
        qtbot.addWidget(window)
        window.resize(1300, 800)
        window.show()
        qtbot.waitExposed(window)
        return window

    return made


def dock_width(window):
    return window.findChild(QDockWidget, "matte_dock").width()


@pytest.mark.parametrize(("scale", "restored"), [(None, True), ("2 5", False)])
def test_widths_of_panels_are_restored_unless_they_are_of_another_scale(make, qtbot, scale, restored):
    first = make()
    usual = dock_width(first)
    dock = first.findChild(QDockWidget, "matte_dock")
    first.resizeDocks([dock], [usual + 150], layout.Qt.Orientation.Horizontal)
    qtbot.waitUntil(lambda: dock_width(first) == usual + 150)
    first.close()
    if scale is not None:
        state_file = QSettings(str(stored.folder() / "window.ini"), QSettings.Format.IniFormat)
        state_file.setValue("scale", scale)
        state_file.sync()
    again = make()
    qtbot.waitUntil(lambda: (dock_width(again) == usual + 150) is restored)


def test_the_options_of_the_brush_come_below_the_lists(make, qtbot):
    window = make()
    lists = [window.findChild(QListWidget, name) for name in ("expression_list", "layer_list")]
    tops = [found.mapTo(window, QPoint()).y() for found in lists]
    assert not window.parts.brush_panel.isVisible()
    window.parts.brush_panel.set_tool(Tool.KEEP)
    qtbot.waitUntil(lambda: window.parts.brush_panel.height() > 50)
    QApplication.processEvents()
    assert [found.mapTo(window, QPoint()).y() for found in lists] == tops


def panels_shown(window):
    return [not window.findChild(QDockWidget, f"{name}_dock").isHidden() for name in ("matte", "edit")]


def test_a_narrow_window_hides_the_panels_until_it_is_wide(make, qtbot):
    window = make()
    edit = window.findChild(QDockWidget, "edit_dock")
    edit.raise_()
    qtbot.waitUntil(lambda: in_front(edit))
    window.resize(700, 600)
    qtbot.waitUntil(lambda: panels_shown(window) == [False, False])
    assert not window.actions_by_id["show_panels"].isChecked()
    window.resize(1100, 600)
    qtbot.waitUntil(lambda: panels_shown(window) == [True, True] and in_front(edit))
    window.resize(700, 600)
    qtbot.waitUntil(lambda: panels_shown(window) == [False, False])
    window.close()
    again = make()  # in a wide window they are there
    assert again.width() == 1300 and panels_shown(again) == [True, True]


def test_panels_that_the_user_chose_in_a_narrow_window_stay(make, qtbot):
    window = make()
    show = window.actions_by_id["show_panels"]
    window.resize(700, 600)
    qtbot.waitUntil(lambda: panels_shown(window) == [False, False])
    show.trigger()
    window.resize(720, 600)
    qtbot.wait(20)
    assert panels_shown(window) == [True, True]
    show.trigger()
    window.resize(1100, 600)
    qtbot.wait(20)
    assert panels_shown(window) == [False, False]
