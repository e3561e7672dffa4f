"""The export dialog: what it offers, what it asks, what it writes (read back with Pillow), and what goes wrong."""

import threading
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QDoubleSpinBox, QLabel, QLineEdit, QPushButton, QSlider

from rim_editor.documents.edits import Background, Gradient, Highlight, MatteOnly, SolidColour
from rim_editor.documents.framing import CanvasShape, Framing, Margin
from rim_editor.documents.marketplaces import marketplace
from rim_editor.editor.editor import Editor
from rim_editor.settings import Settings
from rim_editor.ui.dialogs.export_dialog import ExportDialog
from rim_editor.ui.dialogs.export_formats import FORMATS, lossy, with_suffix

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
WHOLE = Framing()


@pytest.fixture
def make(qtbot, editor, tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()

    def made(editor=editor, framing=WHOLE, **settings):
        dialog = ExportDialog(editor, Settings(**{"export_folder": folder, **settings}), framing)
        qtbot.addWidget(dialog)
        dialog.show()
        return dialog

    editor.ask("the dog")
    return made


def combo(dialog, name):
    return dialog.findChild(QComboBox, name)


def choose(dialog, suffix):
    combo(dialog, "export_format").setCurrentIndex(list(FORMATS).index(suffix))


def enabled(dialog):
    model = combo(dialog, "export_format").model()
    return {suffix for place, suffix in enumerate(FORMATS) if model.item(place).isEnabled()}


def press(dialog):
    dialog.findChild(QPushButton, "export_button").click()


def text(dialog, name):
    return dialog.findChild(QLabel, name).text()


def test_a_cutout_is_written_with_transparency_and_the_dialog_closes(qtbot, make, tmp_path, editor):
    dialog = make()
    emitted = []
    dialog.exported.connect(lambda path, request: emitted.append((path, request)))
    press(dialog)
    path = tmp_path / "out" / "photo-cut-out.png"
    assert dialog.result() == QDialog.DialogCode.Accepted and not dialog.isVisible()
    assert [written for written, _ in emitted] == [path]
    with Image.open(path) as found:
        assert found.size == (320, 200) and found.mode == "RGBA"
        assert np.asarray(found)[..., 3].min() == 0 and np.asarray(found)[..., 3].max() == 255
    assert editor.unsaved, "an export is no saving"


def test_an_error_makes_the_dialog_taller_rather_than_press_it_together(make):
    dialog = make()
    choose(dialog, ".webp")
    parts = [dialog.findChild(QSlider, "export_quality"), dialog.findChild(QLineEdit, "export_name")]
    heights = [part.height() for part in parts]
    dialog.findChild(QLineEdit, "export_name").setText("photo.jpg")
    press(dialog)
    assert "transparency" in text(dialog, "export_error")
    dialog.layout().activate()
    assert [part.height() for part in parts] == heights


def reason(dialog, suffix):
    """The tooltip of a format in the list."""
    box = combo(dialog, "export_format")
    return box.itemData(box.findData(suffix), Qt.ItemDataRole.ToolTipRole) or ""


def test_with_a_remembered_frame_it_opens_high_enough_for_all_rows(make, qapp):
    dialog = make(framing=marketplace("amazon").framing, export_suffix=".jpg", quality=90)
    dialog.hide()
    dialog.resize(dialog.width(), 100)  # Qt opens a dialog at two thirds of the screen's height at most
    dialog.show()
    qapp.processEvents()
    for box in dialog.findChildren(QDoubleSpinBox):
        assert not box.isVisible() or box.height() >= box.sizeHint().height(), box.objectName()
    assert dialog.findChild(QDoubleSpinBox, "export_quality_value").isVisible()


def test_jpeg_is_not_offered_for_what_is_transparent_and_its_entry_says_why(make, editor):
    dialog = make(export_suffix=".jpg")
    assert enabled(dialog) == {".png", ".webp", ".tiff", ".avif"}
    assert dialog.path().suffix == ".png"
    assert "JPEG cannot hold the transparency" in reason(dialog, ".jpg") and reason(dialog, ".png") == ""
    editor.set_edit(SolidColour((1, 2, 3)))
    dialog = make(export_suffix=".jpg")
    assert ".jpg" in enabled(dialog) and dialog.path().suffix == ".jpg"
    assert reason(dialog, ".jpg") == ""
    press(dialog)
    with Image.open(dialog.path()) as found:
        assert found.format == "JPEG" and found.getpixel((5, 5)) == pytest.approx((1, 2, 3), abs=3)


def test_the_matte_in_16_bits_is_for_png_and_tiff(make):
    dialog = make(export_suffix=".webp")
    combo(dialog, "export_content").setCurrentIndex(2)
    assert enabled(dialog) == {".png", ".tiff"} and dialog.path().suffix == ".png"
    assert "16 bits need PNG or TIFF" in reason(dialog, ".webp")
    press(dialog)
    with Image.open(dialog.path()) as found:
        pixels = np.asarray(found)
        assert found.mode.startswith("I") and pixels.max() == 65535 and pixels.min() == 0


def test_layers_are_for_openraster_and_photoshop(make):
    dialog = make()
    assert "choose Layers for other editors under What" in reason(dialog, ".psd")
    combo(dialog, "export_content").setCurrentIndex(3)
    assert enabled(dialog) == {".ora", ".psd"} and dialog.path().name == "photo-layers.ora"
    press(dialog)
    with zipfile.ZipFile(dialog.path()) as found:
        assert found.read("mimetype") == b"image/openraster"
    assert dialog.settings().export_suffix == ".png"  # the next result is no stack of layers


def test_quality_is_for_lossy_formats(make):
    dialog = make(quality=42)
    slider = dialog.findChild(QSlider, "export_quality")
    height = dialog.height()
    assert not slider.isVisible() and dialog.request().quality is None
    choose(dialog, ".webp")
    assert slider.isVisible() and dialog.height() > height
    choose(dialog, ".png")
    assert not slider.isVisible() and dialog.height() == height
    choose(dialog, ".webp")
    assert dialog.request().quality == 42
    slider.setValue(77)
    press(dialog)
    assert (dialog.settings().quality, dialog.settings().export_suffix) == (77, ".webp")
    with Image.open(dialog.path()) as found:
        assert found.format == "WEBP" and found.mode == "RGBA"


def test_metadata_are_kept_unless_told_otherwise(qtbot, make, photo, opened, matting):
    exif = Image.Exif()
    exif[0x013B] = "Ada"
    editor = Editor(opened(path=photo("a.jpg", exif=exif)), matting)
    editor.ask("the dog")
    for name, kept in (("with", True), ("without", False)):
        dialog = make(editor)
        dialog.findChild(QCheckBox, "export_metadata").setChecked(kept)
        dialog.findChild(QLineEdit, "export_name").setText(f"{name}.png")
        press(dialog)
        with Image.open(dialog.path()) as found:
            assert (found.getexif().get(0x013B) == "Ada") is kept
        assert dialog.settings().keep_metadata is kept


def test_an_existing_file_is_replaced_only_after_the_question(make, tmp_path):
    there = tmp_path / "out" / "photo-cut-out.png"
    there.write_bytes(b"precious")
    dialog = make()
    press(dialog)
    assert there.read_bytes() == b"precious" and dialog.isVisible()
    assert "exists already" in text(dialog, "export_error")
    assert dialog.findChild(QPushButton, "export_button").text() == "Re&place"
    press(dialog)
    assert there.read_bytes().startswith(b"\x89PNG") and not dialog.isVisible()


def test_another_name_takes_the_question_back(qtbot, make, tmp_path):
    (tmp_path / "out" / "photo-cut-out.png").write_bytes(b"precious")
    dialog = make()
    press(dialog)
    name = dialog.findChild(QLineEdit, "export_name")
    name.selectAll()
    qtbot.keyClicks(name, "b.png")
    assert dialog.findChild(QPushButton, "export_button").text() == "&Export"
    (tmp_path / "out" / "b.png").write_bytes(b"also precious")
    press(dialog)
    assert (tmp_path / "out" / "b.png").read_bytes() == b"also precious"


def test_replacing_the_image_itself_is_named(make, photo, opened, matting):
    path = photo("a.png")
    editor = Editor(opened(path=path), matting)
    editor.ask("the dog")
    before = path.read_bytes()
    dialog = make(editor, export_folder=path.parent)
    dialog.findChild(QLineEdit, "export_name").setText("a.png")
    press(dialog)
    assert "is the image that is open" in text(dialog, "export_error") and path.read_bytes() == before


@pytest.mark.parametrize(
    ("folder", "remedy"), [("nowhere", "create it first"), ("file.txt", "is no folder")], ids=["missing", "file"]
)
def test_a_bad_folder_is_told_in_the_dialog_which_stays(make, tmp_path, folder, remedy):
    (tmp_path / "file.txt").write_text("x")
    dialog = make()
    dialog.findChild(QLineEdit, "export_folder").setText(str(tmp_path / folder))
    press(dialog)
    assert remedy in text(dialog, "export_error") and dialog.isVisible()
    assert dialog.findChild(QPushButton, "export_button").isEnabled()
    dialog.findChild(QLineEdit, "export_folder").setText(str(tmp_path))
    press(dialog)
    assert (tmp_path / "photo-cut-out.png").exists()


def test_without_a_matte_or_a_name_nothing_is_written(make, editor, tmp_path):
    editor.clear_matte()
    dialog = make()
    editor.clear_matte()
    press(dialog)
    assert "Nothing is cut out yet" in text(dialog, "export_error")
    dialog.findChild(QLineEdit, "export_name").setText("  ")
    press(dialog)
    assert "no name" in text(dialog, "export_error")
    assert list((tmp_path / "out").iterdir()) == []


def test_the_name_chooses_the_format_and_the_format_the_name(qtbot, make):
    dialog = make()
    name = dialog.findChild(QLineEdit, "export_name")
    name.clear()
    qtbot.keyClicks(name, "hat.v2.tif")
    assert combo(dialog, "export_format").currentData() == ".tiff" and dialog.path().name == "hat.v2.tif"
    choose(dialog, ".webp")
    assert name.text() == "hat.v2.webp"
    name.clear()
    qtbot.keyClicks(name, "portrait.v2")
    assert dialog.path().name == "portrait.v2.webp"
    name.clear()
    qtbot.keyClicks(name, "a.jpg")  # not to be had: the chosen format stays what is written
    assert combo(dialog, "export_format").currentData() == ".webp"


@pytest.mark.parametrize(
    ("name", "suffix", "instead", "whole"),
    [
        ("a", ".png", True, "a.png"),
        ("a.jpeg", ".jpg", True, "a.jpeg"),
        ("a.PNG", ".webp", True, "a.webp"),
        ("a.v2", ".webp", True, "a.v2.webp"),
        ("a.v2", ".webp", False, "a.v2.webp"),
        ("a.tif", ".tiff", False, "a.tif"),
        ("", ".png", True, ""),
    ],
)
def test_suffixes(name, suffix, instead, whole):
    assert with_suffix(name, suffix, instead=instead) == whole


def test_lossy_formats():
    assert {suffix for suffix in FORMATS if lossy(suffix)} == {".webp", ".jpg", ".avif"}


def test_while_it_works_it_can_be_cancelled_and_stays(qtbot, make, live_editor, settled, tmp_path, monkeypatch):
    from rim_editor.files import exporting

    live_editor.ask("the dog")
    settled(live_editor)
    gate = threading.Event()
    monkeypatch.setattr(exporting, "export", lambda *_: gate.wait(10))
    dialog = make(live_editor)
    press(dialog)
    button = dialog.findChild(QPushButton, "export_button")
    assert not button.isEnabled() and dialog.isVisible()
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    gate.set()
    assert dialog.isVisible() and button.isEnabled() and "cancelled" in text(dialog, "export_error")
    assert not live_editor.busy
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_a_closed_dialog_hears_nothing_more(make, editor):
    dialog = make()
    dialog.reject()
    editor.export(Path("/nowhere/at/all.png"), dialog.request())
    assert text(dialog, "export_error") == ""


def test_the_first_folder_is_the_one_of_the_image(make, photo, opened, matting):
    path = photo("holiday/ä.png")
    dialog = make(Editor(opened(path=path), matting), export_folder=None)
    assert dialog.path() == path.parent / "ä-cut-out.png"


def test_an_image_without_a_file_can_be_exported(make, opened, matting, tmp_path):
    editor = Editor(replace(opened(), path=None), matting)
    editor.ask("the dog")
    dialog = make(editor)
    press(dialog)
    assert (tmp_path / "out" / "image-cut-out.png").exists()


def test_the_suggested_name_says_what_is_written_until_one_is_typed(qtbot, make, editor):
    assert make().path().name == "photo-cut-out.png"
    for edit, name in (
        (SolidColour(), "photo-on-colour.png"),
        (Highlight(), "photo-highlight.png"),
        (Gradient(), "photo-on-gradient.png"),
        (Background(np.zeros((4, 4, 3), np.uint8)), "photo-on-background.png"),
        (MatteOnly(), "photo-matte.png"),
    ):
        editor.set_edit(edit)
        assert make().path().name == name
    dialog = make(export_suffix=".webp")
    combo(dialog, "export_content").setCurrentIndex(2)
    assert dialog.path().name == "photo-matte.png"
    name = dialog.findChild(QLineEdit, "export_name")
    name.clear()
    qtbot.keyClicks(name, "mine")
    combo(dialog, "export_content").setCurrentIndex(0)
    assert dialog.path().stem == "mine"


def frame(dialog, value):
    box = combo(dialog, "export_frame")
    box.setCurrentIndex(box.findData(value))


def spin(dialog, name):
    return dialog.findChild(QDoubleSpinBox, name)


def test_a_frame_is_chosen_written_and_remembered(make):
    dialog = make()
    assert dialog.request().framing == Framing() and not spin(dialog, "export_margin").isVisible()
    frame(dialog, "4:5")
    combo(dialog, "export_margin_unit").setCurrentIndex(1)
    spin(dialog, "export_margin").setValue(10)
    spin(dialog, "export_longest_side").setValue(100)
    press(dialog)
    with Image.open(dialog.path()) as found:
        assert found.size == (80, 100) and found.mode == "RGBA"
    framing = dialog.request().framing
    assert framing == Framing(True, Margin(10, percent=True), CanvasShape(4, 5))
    again = make(framing=framing, export_longest_side=dialog.settings().export_longest_side)
    assert again.request().framing == framing and again.request().longest_side == 100


def test_a_size_in_pixels(make):
    dialog = make()
    frame(dialog, "size")
    spin(dialog, "export_canvas_width").setValue(90)
    spin(dialog, "export_canvas_height").setValue(70)
    spin(dialog, "export_margin").setValue(10)
    press(dialog)
    with Image.open(dialog.path()) as found:
        assert found.size == (90, 70)
        rows = np.flatnonzero(np.asarray(found)[..., 3].max(1) > 127)
        assert (rows[0], rows[-1]) == (10, 59)


def test_a_frame_with_a_size_is_not_reduced_by_what_was_chosen_for_others(make):
    dialog = make(export_longest_side=100)
    side = spin(dialog, "export_longest_side")
    frame(dialog, "1:1")
    assert side.isVisible() and dialog.request().longest_side == 100
    frame(dialog, "amazon")
    assert not side.isVisible() and dialog.request().longest_side is None
    press(dialog)
    with Image.open(dialog.path()) as found:
        assert found.size == (2000, 2000)
    assert dialog.settings().export_longest_side == 100
    again = make(framing=marketplace("amazon").framing, export_longest_side=100)
    assert not spin(again, "export_longest_side").isVisible() and again.request().longest_side is None


def test_a_preset_shows_its_rule_makes_white_and_so_allows_jpeg(make):
    dialog = make()
    assert ".jpg" not in enabled(dialog)
    frame(dialog, "amazon")
    assert ".jpg" in enabled(dialog) and "fills 85 %" in text(dialog, "export_frame_rule")
    assert spin(dialog, "export_margin").value() == 7.5
    assert dialog.path().name == "photo-on-colour.png"
    assert dialog.request().framing == marketplace("amazon").framing
    again = make(framing=dialog.request().framing)
    assert combo(again, "export_frame").currentData() == "amazon"
    frame(dialog, "trim")
    assert ".jpg" not in enabled(dialog) and not dialog.findChild(QLabel, "export_frame_rule").isVisible()


def test_a_margin_without_room_is_an_error_in_the_dialog(make):
    dialog = make()
    frame(dialog, "size")
    spin(dialog, "export_canvas_width").setValue(50)
    spin(dialog, "export_margin").setValue(25)
    press(dialog)
    assert "no room for the object" in text(dialog, "export_error") and dialog.isVisible()


def test_with_several_layers_the_covering_one_decides_about_name_and_formats(make, editor):
    editor.set_edit(SolidColour())
    editor.layers.add()
    editor.ask("the hat")
    dialog = make()
    assert editor.document.active == 1 and editor.document.edit.transparent
    assert ".jpg" in enabled(dialog) and dialog.path().name == "photo-on-colour.png"


def test_an_image_without_a_file_is_called_as_its_project(make, opened, matting, tmp_path):
    editor = Editor(replace(opened(), path=None), matting)
    assert make(editor).path().name == "image-cut-out.png"
    editor.saving.begin(tmp_path / "poster.rim")
    assert make(editor).path().name == "poster-cut-out.png"
