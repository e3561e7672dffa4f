"""Everything can be reached by the keyboard alone, and has a role and a name for a screen reader."""

import re
from collections import defaultdict

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QComboBox,
    QDockWidget,
    QLabel,
    QLineEdit,
    QMenuBar,
    QTabWidget,
    QToolButton,
    QWidget,
)

from rim_editor import matting as weights
from rim_editor.documents.document import MatteControls
from rim_editor.documents.edits import Cutout
from rim_editor.documents.framing import Framing
from rim_editor.settings import Settings
from rim_editor.translation import tr
from rim_editor.ui import languages
from rim_editor.ui.batch.batch_dialog import BatchDialog
from rim_editor.ui.dialogs.crop_dialog import CropDialog
from rim_editor.ui.dialogs.export_dialog import ExportDialog
from rim_editor.ui.dialogs.model_dialog import ModelDialog
from rim_editor.ui.dialogs.preferences_dialog import PreferencesDialog
from rim_editor.ui.dialogs.shortcuts_dialog import ShortcutsDialog
from rim_editor.ui.window.main_window import MainWindow

MOST_STOPS = 200


def tree(interface, depth=0):
    """The accessibility tree as a screen reader walks it: (depth, interface) of all that is visible."""
    yield depth, interface
    for place in range(interface.childCount()):
        child = interface.child(place)
        if child is not None and child.isValid() and not child.state().invisible:
            yield from tree(child, depth + 1)


def line(depth, interface):
    """One line of the dump: role, name, and the object's name."""
    role = QAccessible.Role(interface.role()).name
    thing = interface.object()
    name = interface.text(QAccessible.Text.Name)
    return f"{'  ' * depth}{role} “{name}” {'' if thing is None else thing.objectName()}"


@pytest.fixture
def make(qtbot, matting, runner, editor, photo):
    def window(*, opened):
        made = MainWindow(matting, Settings(), runner=runner)
        qtbot.addWidget(made)
        made.resize(1300, 900)
        made.show()
        qtbot.waitExposed(made)
        if opened:
            made.opener.open_files([photo()])
            qtbot.waitUntil(lambda: not made.opener.busy)
            made.editor().ask("the dog")
            qtbot.waitUntil(lambda: made.editor().document.has_matte)
        return made

    actions = {
        "start": lambda: window(opened=False),
        "window": lambda: window(opened=True),
        "export": lambda: ExportDialog(editor, Settings(), Framing()),
        "preferences": lambda: PreferencesDialog(Settings()),
        "batch": lambda: BatchDialog(matting, Settings(), runner, edit=Cutout(), controls=MatteControls()),
        "crop": lambda: CropDialog(editor, runner),
        "models": lambda: ModelDialog(weights, Settings(), runner),
        "shortcuts": lambda: ShortcutsDialog([]),
    }

    def show(name):
        made = actions[name]()
        if not isinstance(made, MainWindow):
            qtbot.addWidget(made)
            made.show()
            qtbot.waitExposed(made)
        made.activateWindow()
        qtbot.waitUntil(lambda: QApplication.activeWindow() is made)
        return made

    return show


SHOWN = ["start", "window", "export", "preferences", "batch", "crop", "models", "shortcuts"]


@pytest.mark.parametrize("name", SHOWN)
def test_all_that_takes_the_focus_has_a_role_and_a_name(make, name):
    top = make(name)
    dump = list(tree(QAccessible.queryAccessibleInterface(top)))
    focusable = [one for one in dump if one[1].state().focusable and one[1].object() is not top]
    assert len(focusable) >= 2
    silent = [
        line(depth, one)
        for depth, one in focusable
        if not one.text(QAccessible.Text.Name).strip()
        and one.role() not in (QAccessible.Role.Cell, QAccessible.Role.ListItem)  # one that is empty is read as empty
    ]
    assert silent == [], "\n".join(line(*one) for one in dump)
    roleless = [line(depth, one) for depth, one in focusable if one.role() == QAccessible.Role.NoRole]
    assert roleless == []


def stops(key):
    """The widgets that have the focus in turn, as this key is pressed, until the first comes again."""
    first = QApplication.focusWidget()
    found = [first]
    for _ in range(MOST_STOPS):
        QTest.keyClick(QApplication.focusWidget(), key)
        QApplication.processEvents()
        if QApplication.focusWidget() is first:
            return found
        found.append(QApplication.focusWidget())
    raise AssertionError(f"the focus is caught: {[one.objectName() for one in found[-4:]]}")


def reachable(top):
    """What Tab has to reach: of buttons of which one is checked, that one, since arrows lead to the others."""
    found = set()
    for widget in top.findChildren(QWidget):
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus != Qt.FocusPolicy.TabFocus or widget.focusProxy() is not None:
            continue
        if not widget.isVisible() or not widget.isEnabled() or widget.window() is not top:
            continue
        group = widget.group() if isinstance(widget, QAbstractButton) else None
        if group is not None and group.exclusive() and group.checkedButton() not in (None, widget):
            continue
        found.add(widget)
    return found


@pytest.mark.parametrize("name", SHOWN)
def test_tab_reaches_all_and_is_caught_nowhere(make, name):
    top = make(name)
    if QApplication.focusWidget() is None:
        top.focusNextChild()
    wanted = reachable(top)
    forwards = stops(Qt.Key.Key_Tab)
    if isinstance(top, MainWindow):  # the panels behind come to the front as Tab reaches them
        for dock in top.findChildren(QDockWidget):
            dock.raise_()
            QApplication.processEvents()
            wanted |= reachable(top)
    assert sorted(one.objectName() or repr(one) for one in wanted - set(forwards)) == []
    backwards = stops(Qt.Key.Key_Backtab)
    assert {one.objectName() for one in forwards} == {one.objectName() for one in backwards}


def press(key, modifier=Qt.KeyboardModifier.NoModifier):
    QTest.keyClick(QApplication.activeModalWidget() or QApplication.focusWidget(), key, modifier)
    QApplication.processEvents()


def tab_to(name):
    for _ in range(MOST_STOPS):
        if QApplication.focusWidget().objectName() == name:
            return
        press(Qt.Key.Key_Tab)
    raise AssertionError(f"Tab does not reach {name}, but {[one.objectName() for one in stops(Qt.Key.Key_Tab)]}")


def test_an_object_is_cut_out_edited_and_exported_without_a_mouse(make, qtbot, tmp_path):
    window = make("window")
    control = Qt.KeyboardModifier.ControlModifier
    press(Qt.Key.Key_L, control)
    QTest.keyClicks(QApplication.focusWidget(), "the cat")
    press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: [one.expression for one in window.editor().document.expressions] == ["the cat"])
    window.activateWindow()  # offscreen, the list of completions keeps the focus of the keyboard when it closes
    tab_to("edit_transparent")
    press(Qt.Key.Key_Right)  # to the next of the edits
    press(Qt.Key.Key_Space)
    assert type(window.editor().document.edit).__name__ == "Highlight"
    tab_to("highlight_strength")
    strength = window.editor().document.edit.strength
    press(Qt.Key.Key_Left)
    assert window.editor().document.edit.strength < strength
    window.activateWindow()
    press(Qt.Key.Key_E, control)
    qtbot.waitUntil(lambda: isinstance(QApplication.activeWindow(), ExportDialog))
    tab_to("export_folder")
    QApplication.focusWidget().selectAll()
    QTest.keyClicks(QApplication.focusWidget(), str(tmp_path))
    press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(list(tmp_path.glob("*highlight*"))))
    qtbot.waitUntil(lambda: not any(isinstance(one, ExportDialog) for one in QApplication.topLevelWidgets()))


def letters(top):
    """The letter after Alt of all that is seen and can be used -> the texts that have it."""
    found = defaultdict(set)
    for widget in top.findChildren(QWidget):
        if not widget.isVisible() or not widget.isEnabled() or widget.window() is not top:
            continue
        texts = [widget.text()] if isinstance(widget, QAbstractButton) else []
        if isinstance(widget, QLabel) and widget.buddy() is not None:
            texts.append(widget.text())
        elif isinstance(widget, QMenuBar):
            texts += [action.text() for action in widget.actions()]
        for text in texts:
            letter = re.search(r"(?<!&)&([^&\s])", text)
            if letter:
                found[letter[1].lower()].add(text)
    return found


def choices(top, folder):
    """Choose all that brings other controls to sight, and yield after each; files go to `folder`."""
    yield
    boxes = ("highlight_style", "batch_edit", "export_content", "export_format", "export_frame", "batch_frame")
    for name in boxes:
        box = top.findChild(QComboBox, name)
        for place in range(0 if box is None else box.count()):
            if box.itemText(place):  # no separator
                box.setCurrentIndex(place)
                yield
    for name in ("fill_holes", "batch_fill_holes"):
        box = top.findChild(QCheckBox, name)
        if box is not None:
            box.setChecked(True)
    for tabs in top.findChildren(QTabWidget):
        for place in range(tabs.count()):
            tabs.setCurrentIndex(place)
            yield
    if isinstance(top, MainWindow) and top.editor() is not None:
        edits = [one for one in top.parts.edit_panel.findChildren(QToolButton) if one.objectName().startswith("edit_")]
        assert len(edits) == 6
        for action in ("brush_keep", "brush_refine"):
            top.actions_by_id[action].trigger()
            for edit in edits:
                edit.click()
                yield
    if isinstance(top, ExportDialog):
        top.findChild(QLineEdit, "export_folder").setText(str(folder))
        top.path().write_bytes(b"taken")
        button = top.findChild(QAbstractButton, "export_button")
        button.click()
        assert button.text() == tr("Re&place")
        yield


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("name", SHOWN)
def test_no_two_things_that_are_seen_at_once_share_a_letter(make, qapp, tmp_path, name, language):
    languages.use(qapp, language)
    try:
        top = make(name)
        for _ in choices(top, tmp_path):
            QTest.qWait(10)
            shared = {letter: texts for letter, texts in letters(top).items() if len(texts) > 1}
            assert shared == {}
    finally:
        languages.use(qapp, "en")
