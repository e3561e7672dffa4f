"""The table of shortcuts: every action is in it, and is found by its name, its keys or what it does."""

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QTableWidget

from rim_editor.ui import languages
from rim_editor.ui.dialogs.shortcuts_dialog import ShortcutsDialog
from rim_editor.ui.window.actions import Actions

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def owner(qapp):
    return QObject()


@pytest.fixture
def dialog(qtbot, owner):
    made = ShortcutsDialog(Actions(owner))
    qtbot.addWidget(made)
    made.show()
    return made


def shown(dialog):
    table = dialog.findChild(QTableWidget, "shortcuts_table")
    rows = [row for row in range(table.rowCount()) if not table.isRowHidden(row)]
    return [(table.item(row, 1).text(), table.item(row, 2).text()) for row in rows]


def search(dialog, text):
    dialog.findChild(QLineEdit, "shortcuts_search").setText(text)


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_name_is_read_in_whole(qapp, qtbot, owner, language):
    languages.use(qapp, language)
    try:
        made = ShortcutsDialog(Actions(owner))
        qtbot.addWidget(made)
        made.show()
        table = made.findChild(QTableWidget, "shortcuts_table")
        assert table.columnWidth(1) >= table.sizeHintForColumn(1)
        assert not table.horizontalScrollBar().maximum()
    finally:
        languages.use(qapp, "en")


def test_every_action_is_listed_with_its_keys(dialog, owner):
    found = dict(shown(dialog))
    assert len(found) == len(list(Actions(owner)))
    assert all("&" not in name and not name.endswith("…") for name in found)
    assert found["Open"] == "Ctrl+O" and "Ctrl+Y" in found["Redo"]


@pytest.mark.parametrize(
    ("sought", "name"), [("UNDO", "Undo"), ("ctrl+z", "Undo"), ("take back", "Undo"), ("edit undo", "Undo")]
)
def test_it_is_searched_by_name_keys_menu_and_meaning(dialog, sought, name):
    search(dialog, sought)
    assert name in [found for found, _ in shown(dialog)]
    assert len(shown(dialog)) < 10


def test_what_is_not_there_is_said(dialog):
    search(dialog, "teleport")
    none = dialog.findChild(QLabel, "shortcuts_none")
    assert shown(dialog) == [] and none.isVisible() and "teleport" in none.text()
    search(dialog, " ")
    assert len(shown(dialog)) > 20 and not none.isVisible()


def test_one_can_type_at_once_and_leave_with_escape(qtbot, dialog):
    dialog.activateWindow()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is dialog.findChild(QLineEdit, "shortcuts_search"))
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_separators_are_left_out(qtbot, owner):
    line = QAction(owner)
    line.setSeparator(True)
    made = ShortcutsDialog([line])
    qtbot.addWidget(made)
    assert shown(made) == []
