"""Preferences: what is shown is what was set, and what was not touched stays as it was."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QPushButton, QSlider

from rim_editor.settings import Settings
from rim_editor.ui.dialogs.preferences_dialog import PreferencesDialog

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
