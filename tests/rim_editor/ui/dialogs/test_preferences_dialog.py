"""Preferences: what is shown is what was set, and what was not touched stays as it was."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QCheckBox, QComboBox, QDialogButtonBox, QLabel, QPushButton, QScrollArea, QSlider, QWidget

from rim_editor.settings import Settings
from rim_editor.ui.dialogs.preferences_dialog import PreferencesDialog
from rim_editor.ui.named_widgets import resize_on_screen

SET = Settings(
    weights="/own/mine.safetensors", device="cpu", precision="float32", theme="dark", reduced_motion=True,
    keep_metadata=False, recent=(Path("/a.png"),), expressions=("the dog", "the cat"), quality=55,
    export_folder=Path("/out"), export_suffix=".webp",
)  # fmt: skip


@pytest.fixture
def make(qtbot):
    def made(settings):
        dialog = PreferencesDialog(settings)
        qtbot.addWidget(dialog)
        return dialog

    return made


def choose(dialog, name, value):
    box = dialog.findChild(QComboBox, name)
    box.setCurrentIndex(box.findData(value))


@pytest.mark.parametrize("settings", [Settings(), SET, replace(SET, device="future-device")])
def test_what_is_not_touched_stays(make, settings):
    assert make(settings).settings() == settings


def test_each_choice_arrives(make):
    dialog = make(Settings())
    choose(dialog, "theme_box", "light")
    choose(dialog, "device_box", "cpu")
    choose(dialog, "precision_box", "bfloat16")
    dialog.findChild(QCheckBox, "reduced_motion").click()
    dialog.findChild(QCheckBox, "keep_metadata").click()
    dialog.findChild(QSlider, "default_quality").setValue(60)
    assert dialog.settings() == Settings(
        theme="light", device="cpu", precision="bfloat16", reduced_motion=True, keep_metadata=False, quality=60
    )


def test_clearing_the_history_forgets_words_and_images_only(make):
    dialog = make(SET)
    about = dialog.findChild(QLabel, "history_about")
    assert "2 expressions" in about.text() and "1 recent image " in about.text()
    dialog.findChild(QPushButton, "clear_history").click()
    assert dialog.settings() == replace(SET, recent=(), expressions=())
    assert not dialog.findChild(QPushButton, "clear_history").isEnabled()


def test_there_is_nothing_to_clear_at_first(make):
    assert not make(Settings()).findChild(QPushButton, "clear_history").isEnabled()


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_all_is_seen_where_there_is_room_and_the_buttons_where_there_is_little(make, qtbot):
    dialog = make(Settings())
    dialog.show()
    qtbot.waitExposed(dialog)
    area, buttons = dialog.findChild(QScrollArea), dialog.findChild(QDialogButtonBox)
    assert area.verticalScrollBar().maximum() == 0
    dialog.resize(dialog.width(), 420)
    qtbot.waitUntil(lambda: area.verticalScrollBar().maximum() > 0)
    assert dialog.height() == 420 and buttons.geometry().bottom() < 420


def test_a_window_is_not_larger_than_its_screen(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    room = window.screen().availableSize()
    resize_on_screen(window, QSize(100, 5000))
    assert window.width() == 100 and room.height() - 100 < window.height() < room.height()
