"""The table of actions: complete, reachable by keyboard, and quiet while somebody types."""

from itertools import chain

import pytest
from PySide6.QtCore import QObject
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication

from rim_editor.ui.window.actions import MENUS, Actions


@pytest.fixture
def actions(qapp):
    parent = QObject()
    yield Actions(parent)
    parent.deleteLater()


def test_every_action_has_a_name_a_tip_and_keys_that_the_tips_tell(actions):
    assert len(list(actions)) == sum(map(len, MENUS.values()))
    for action in actions:
        assert action.objectName().endswith("_action")
        assert action.shortcuts(), action.text()
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        assert f"({keys})" in action.toolTip() and f"({keys})" in action.statusTip()
        assert action.property("menu") in [menu.replace("&", "") for menu in MENUS]


def test_no_two_actions_share_a_key_or_a_name(actions):
    keys = list(chain.from_iterable(action.shortcuts() for action in actions))
    assert all(not key.isEmpty() for key in keys)
    assert len({key.toString() for key in keys}) == len(keys)
    names = [action.objectName() for action in actions]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("menu", MENUS)
def test_no_two_actions_of_a_menu_share_a_letter(menu):
    shown = [spec.text for spec in MENUS[menu] if spec.id != "forget_recent"]  # that one is in a menu of its own
    letters = [text[text.index("&") + 1].lower() for text in shown]
    if menu == "&File":
        letters.append("r")  # Open Recent
    assert len(set(letters)) == len(letters)


def test_of_the_choices_exactly_one_is_checked(actions):
    for name, first, second in [("combine", "combine_new", "combine_add"), ("view", "view_result", "view_original")]:
        group = actions.group(name)
        assert group.isExclusive() and len(group.actions()) > 3
        actions[first].setChecked(True)
        actions[second].setChecked(True)
        assert [action for action in group.actions() if action.isChecked()] == [actions[second]]


def test_icons_are_drawn_for_all_that_have_one(actions):
    actions.paint_icons()
    wanted = [spec.id for specs in MENUS.values() for spec in specs if spec.icon]
    assert wanted and all(not actions[name].icon().isNull() for name in wanted)
    assert QApplication.instance() is not None
