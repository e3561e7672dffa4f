"""Messages over the canvas: what they leave behind when they go."""

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QLabel, QWidget, QWidgetItem

from rim_editor.ui.palettes import palette
from rim_editor.ui.qt_image import to_array
from rim_editor.ui.window.message_bar import MessageBar


def item_wrappers():
    return {id(one) for one in shiboken6.Shiboken.getAllValidWrappers() if type(one) is QWidgetItem}


def test_a_message_follows_the_theme(qtbot, qapp):
    before, over = qapp.palette(), QWidget()
    qtbot.addWidget(over)
    over.resize(300, 200)
    bar = MessageBar(over)
    over.show()
    try:
        for dark in (False, True, False):
            qapp.setPalette(palette(dark))
            message = bar.show_message("first", "error") if not bar.messages() else bar.messages()[0]
            qapp.processEvents()
            pixels = to_array(message.grab().toImage())[..., :3]
            assert pixels[-4, -60].tolist() == list(palette(dark).base().color().getRgb()[:3])
            assert pixels[message.height() // 2, 2].tolist() == [0xD6, 0x45, 0x45]
    finally:
        qapp.setPalette(before)


def test_messages_leave_no_wrappers_of_items_of_their_layout(qtbot):
    over = QWidget()
    qtbot.addWidget(over)
    bar, before = MessageBar(over), item_wrappers()
    for turn in range(20):
        for number in range(3):
            bar.show_message(f"{turn} {number}", "warning", [("Again", lambda: None)])
        bar.step()
        for width in (900, 300):
            over.resize(width, 300)
            bar.fit()
        assert item_wrappers() <= before
        assert [message.text for message in bar.messages()] == [f"{turn} {number}" for number in (2, 1, 0)]
        for message in bar.messages():
            message.dismiss()
        assert not bar.messages()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert item_wrappers() <= before


def test_what_is_behind_is_seen_once_the_message_in_front_of_it_has_gone(qtbot):
    over = QWidget()
    qtbot.addWidget(over)
    over.show()
    bar = MessageBar(over)

    def seen():
        return [message.text for message in bar.messages() if message.isVisible()]

    bar.show_message("Enlarged.", "warning", behind=True)
    assert seen() == ["Enlarged."], "with nothing in front of it, at once"
    bar.show_message("Exported.")
    bar.show_message("Dull.", "warning", behind=True)
    assert seen() == ["Exported."]
    bar.dismiss("Exported.")
    assert seen() == ["Dull."]


def test_a_text_is_there_once_among_the_messages_that_are_seen_together(qtbot):
    over = QWidget()
    qtbot.addWidget(over)
    bar = MessageBar(over)

    def left():
        return [(message.text, message.owner) for message in bar.messages()]

    bar.show_message("no file", "error")
    bar.show_message("no file", "error", owner="one")
    assert left() == [("no file", "one")]
    bar.show_message("no file", "error", owner="two")
    assert left() == [("no file", "two"), ("no file", "one")], "each image has its own"
    bar.show_message("no file", "error")
    assert left() == [("no file", "")]
    bar.show_message("no file", "error", tip="/another/file")
    assert len(left()) == 2


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("there are no weights of 'aimnet': fetch them", "There are no weights of 'aimnet': fetch them"),
        ("rose.jpg cannot be read", "rose.jpg cannot be read"),
        ("vit-b-16 is missing", "vit-b-16 is missing"),
    ],
)
def test_a_message_begins_as_a_sentence_but_names_stay(qtbot, text, shown):
    over = QWidget()
    qtbot.addWidget(over)
    message = MessageBar(over).show_message(text, "error")
    assert message.findChild(QLabel, "message_text").text() == shown
