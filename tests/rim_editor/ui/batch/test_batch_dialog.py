"""The batch export: from what is entered to files read back with Pillow, and what becomes of mistakes on the way."""

import json
import os
import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDoubleSpinBox,
    QLabel,
    QLineEdit,
    QMessageBox,
    QTableView,
    QWidget,
)

from clipmat.errors import ClipMatError, ImageUnreadable
from rim_editor import presets
from rim_editor.batch.inputs import gather_inputs
from rim_editor.batch.outcomes import Outcome, State
from rim_editor.batch.plan import make_plan
from rim_editor.batch.recipe import ExpressionTerm, IfExists, Recipe
from rim_editor.documents.composition import Composition, Outline
from rim_editor.documents.document import Combine, MatteControls
from rim_editor.documents.edits import Background, Cutout, Fit, Gradient, Highlight, MatteOnly, SolidColour, Style
from rim_editor.documents.framing import CanvasShape, Framing, Margin
from rim_editor.documents.marketplaces import marketplace
from rim_editor.errors import OutputNotWritable
from rim_editor.settings import Settings
from rim_editor.ui.batch import outcome_tables, thumbnail_loader
from rim_editor.ui.batch.batch_dialog import BatchDialog
from rim_editor.ui.batch.batch_thread import UPDATE_MS, BatchThread
from rim_editor.ui.batch.output_choice import OutputChoice
from rim_editor.ui.batch.plan_table import PlanModel
from rim_editor.ui.batch.run_page import duration

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def make(qtbot, matting, runner):
    made = []

    def make(edit=None, controls=None, *, settings=None, **more):
        dialog = BatchDialog(
            matting,
            settings or Settings(),
            runner,
            edit=edit or Cutout(),
            controls=controls or MatteControls(),
            **more,
        )
        qtbot.addWidget(dialog)
        dialog.show()
        made.append(dialog)
        return dialog

    yield make
    for dialog in made:
        assert dialog.shutdown(10)


@pytest.fixture
def photos(photo, tmp_path):
    """Three photographs in a folder."""
    for number in range(3):
        photo(f"photos/rose-{number}.jpg")
    return tmp_path / "photos"


def find(dialog, name, kind=QWidget):
    found = dialog.findChild(kind, name)
    assert found is not None, name
    return found


def text(dialog, name):
    return find(dialog, name, QLabel).text()


def click(dialog, name):
    button = find(dialog, name)
    assert button.isEnabled() and button.isVisible(), name
    button.click()


def choose(dialog, name, value):
    box = find(dialog, name, QComboBox)
    place = box.findData(str(value))
    assert place >= 0
    box.setCurrentIndex(place)


def page(dialog):
    return find(dialog, "batch_pages").currentIndex()


def filled(dialog, *paths, expression="the dog"):
    dialog.add(paths)
    find(dialog, "batch_expression_0", QLineEdit).setText(expression)
    return dialog


def plan(qtbot, dialog, timeout=10_000):
    """Go to the plan and wait for it."""
    click(dialog, "batch_next")
    assert page(dialog) == 1, text(dialog, "batch_error")
    qtbot.waitUntil(lambda: not find(dialog, "batch_planning").isVisible(), timeout=timeout)


def run(qtbot, dialog):
    click(dialog, "batch_next")
    qtbot.waitUntil(lambda: not dialog.running, timeout=30_000)


def cells(dialog, name="batch_plan_table"):
    model = find(dialog, name, QTableView).model()
    return [[model.index(row, column).data() for column in range(4)] for row in range(model.rowCount())]


def outcomes(dialog, state):
    return cells(dialog, f"batch_outcomes_{state}")


def drop(widget, mime):
    where, buttons = QPointF(5, 5), Qt.MouseButton.LeftButton
    event = QDropEvent(where, Qt.DropAction.CopyAction, mime, buttons, Qt.KeyboardModifier.NoModifier)
    widget.dropEvent(event)


def recipe_of(dialog):
    from rim_editor.model_requests import ModelOptions

    return find(dialog, "batch_setup").recipe(ModelOptions())


def test_a_folder_goes_in_and_cutouts_a_report_and_a_summary_come_out(qtbot, make, photos, monkeypatch):
    shown = []

    def show(url):
        shown.append(Path(url.toLocalFile()))
        return True

    monkeypatch.setattr(outcome_tables.QDesktopServices, "openUrl", show)
    (photos / "broken.jpg").write_bytes(b"no image at all")
    dialog = filled(make(), photos)
    used = []
    dialog.expressions_used.connect(used.append)
    assert text(dialog, "batch_steps").startswith("<b>Choose")
    plan(qtbot, dialog)
    assert "4 images" in text(dialog, "batch_summary") and "free" in text(dialog, "batch_summary")
    assert find(dialog, "batch_next").text() == "&Export 4 images"
    run(qtbot, dialog)
    out = photos.with_name("photos-cut-outs")
    for number in range(3):
        with Image.open(out / f"rose-{number}.png") as found:
            alpha = np.asarray(found)[..., 3]
            assert found.size == (320, 200) and alpha[120, 96] == 255 and alpha[5, 5] == 0
    assert used == [("the dog",)]
    assert "3 exported, 1 failed" in text(dialog, "batch_state")
    assert sorted(row[0] for row in outcomes(dialog, "done")) == [f"rose-{number}.jpg" for number in range(3)]
    (failed,) = outcomes(dialog, "failed")
    assert failed[0] == "broken.jpg" and "is not a readable image" in failed[3]
    report = json.loads((out / "report.json").read_text())
    assert report["counts"]["done"] == 3
    click(dialog, "batch_open_folder")
    click(dialog, "batch_open_report")
    assert shown == [out, out / "report.html"] and not find(dialog, "batch_run_error").isVisible()
    assert not find(dialog, "batch_pause").isVisible() and dialog.windowTitle() == "Batch Export"


def test_what_the_system_cannot_show_is_told_with_its_place(qtbot, make, photos, monkeypatch):
    can = []
    monkeypatch.setattr(outcome_tables.QDesktopServices, "openUrl", lambda url: bool(can))
    dialog = filled(make(), photos)
    plan(qtbot, dialog)
    run(qtbot, dialog)
    out = photos.with_name("photos-cut-outs")
    click(dialog, "batch_open_report")
    assert f"Nothing on this system opens “{out / 'report.html'}”" in text(dialog, "batch_run_error")
    table = find(dialog, "batch_outcomes_done")
    table.activated.emit(table.model().index(0, 0))
    assert str(out / table.model().index(0, 1).data()) in text(dialog, "batch_run_error")
    (out / "report.html").unlink()
    click(dialog, "batch_open_report")
    assert "does not exist any more" in text(dialog, "batch_run_error")
    can.append(True)
    click(dialog, "batch_open_folder")
    assert not find(dialog, "batch_run_error").isVisible()


def test_what_the_model_is_not_sure_of_is_to_be_reviewed(qtbot, make, photos):
    dialog = filled(make(), photos, expression="maybe the dog")
    plan(qtbot, dialog)
    run(qtbot, dialog)
    rows = outcomes(dialog, "review")
    assert len(rows) == 3 and all(row[2] == "42 %" and "Not sure that this is" in row[3] for row in rows)
    assert all(row[1].endswith(".png") for row in rows), "they are exported"
    tabs = find(dialog, "batch_outcomes")
    assert tabs.tabText(tabs.currentIndex()) == "To review (3)"
    assert "3 exported (3 to review)" in text(dialog, "batch_state")


def test_the_best_guess_is_exported_on_demand(qtbot, make, photos):
    dialog = filled(make(), photos, expression="the dog ghost")
    find(dialog, "batch_best_guess").setChecked(True)
    plan(qtbot, dialog)
    run(qtbot, dialog)
    assert len(outcomes(dialog, "review")) == 3 and not outcomes(dialog, "nothing_matched")


def test_the_least_certain_come_first_whenever_they_come(qtbot):
    model = outcome_tables.OutcomeModel(least_certain_first=True)
    stem = [Outcome(i, Path(f"{p}.jpg"), Path("x"), State.DONE, presence=p) for i, p in enumerate((0.5, 0.1, 0.3))]
    model.add(stem)
    model.add([replace(stem[0], index=3, source=Path("0.2.jpg"), presence=0.2)])
    names = [model.index(row, 0).data() for row in range(model.rowCount())]
    assert names == ["0.1.jpg", "0.2.jpg", "0.3.jpg", "0.5.jpg"]


def test_images_in_which_nothing_matches_are_listed_apart_and_written_nowhere(qtbot, make, photos):
    dialog = filled(make(), photos, expression="the unicorn")
    plan(qtbot, dialog)
    run(qtbot, dialog)
    rows = outcomes(dialog, "nothing_matched")
    assert len(rows) == 3 and all("Nothing in this image matches 'the unicorn'" in row[3] for row in rows)
    assert {row[2] for row in rows} == {"5 %"}
    assert not list(photos.with_name("photos-cut-outs").glob("*.png"))
    tabs = find(dialog, "batch_outcomes")
    assert tabs.tabText(tabs.currentIndex()) == "Not found (3)"


@pytest.mark.parametrize(
    ("spoil", "remedy"),
    [
        (lambda dialog: None, "There are no images: add files"),
        (lambda dialog: filled(dialog, "/p/a.jpg", expression="…"), "The expression is empty"),
        (lambda dialog: find(filled(dialog, "/p/a.jpg"), "batch_template").setText("{name}"), "is unknown"),
        (lambda dialog: find(filled(dialog, "/p/a.jpg"), "batch_template").setText(""), "has no name"),
        (lambda dialog: find(filled(dialog, "/p/a.jpg"), "batch_folder").setText("  "), "no folder for the results"),
        (lambda dialog: choose(filled(dialog, "/p/a.jpg"), "batch_edit", "background"), "There is no background yet"),
    ],
    ids=["nothing", "no word", "template", "no name", "no folder", "no background"],
)
def test_what_is_missing_is_told_in_the_window_and_goes_once_it_is_changed(make, spoil, remedy):
    dialog = make()
    spoil(dialog)
    click(dialog, "batch_next")
    assert page(dialog) == 0 and remedy in text(dialog, "batch_error")
    assert find(dialog, "batch_error").isVisible()
    dialog.add(["/p/b.jpg"])
    assert not find(dialog, "batch_error").isVisible()


def test_files_and_folders_are_dropped_and_other_things_are_declined(make, photos):
    dialog = make()
    what, mime = find(dialog, "batch_setup"), QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(photos)), QUrl.fromLocalFile(str(photos / "rose-1.jpg"))])
    drop(what, mime)
    drop(what, mime)  # again: each stays once
    assert what.inputs.paths() == (str(photos), str(photos / "rose-1.jpg"))
    web = QMimeData()
    web.setUrls([QUrl("https://example.org/rose.jpg")])
    drop(what, web)
    assert "not fetched from the internet" in text(dialog, "batch_error") and len(what.inputs.paths()) == 2


def test_what_is_selected_is_taken_off_the_list(make):
    dialog = make()
    dialog.add([f"/p/{name}.jpg" for name in "abc"])
    rows = find(dialog, "batch_input_list")
    assert not find(dialog, "batch_remove").isEnabled()
    rows.setCurrentIndex(rows.model().index(1, 0))
    click(dialog, "batch_remove")
    assert find(dialog, "batch_setup").inputs.paths() == ("/p/a.jpg", "/p/c.jpg")


def test_expressions_are_joined_in_their_order_and_one_in_the_middle_can_go(make):
    dialog = filled(make(settings=Settings(expressions=("the hat",))), "/p/a.jpg")
    for number, (words, how) in enumerate(
        (("the hat", Combine.ADD), ("the cat", Combine.SUBTRACT), ("", Combine.ADD)), 1
    ):
        click(dialog, "batch_more")
        QApplication.processEvents()
        find(dialog, f"batch_expression_{number}", QLineEdit).setText(words)
        choose(dialog, f"batch_combine_{number}", how)
    dog = ExpressionTerm("the dog", Combine.NEW)
    cat = ExpressionTerm("the cat", Combine.SUBTRACT)
    assert recipe_of(dialog).expressions == (dog, ExpressionTerm("the hat", Combine.ADD), cat)
    click(dialog, "batch_drop_1")
    assert recipe_of(dialog).expressions == (dog, cat)


def test_the_example_follows_the_template_and_says_what_is_wrong_with_it(make):
    dialog = filled(make(), "/photos/may/tulip.heic", expression="the dog")
    template = find(dialog, "batch_template", QLineEdit)
    assert text(dialog, "batch_example") == "tulip.heic becomes tulip.png"
    template.setText("{folder}/{index:04}-{expression}")
    choose(dialog, "batch_format", ".webp")
    assert text(dialog, "batch_example") == "tulip.heic becomes may/0001-the dog.webp"
    template.setText("{stem")
    assert "is not a template" in text(dialog, "batch_example")
    assert find(dialog, "batch_folder", QLineEdit).text() == "/photos/may/cut-outs"


EDITS = [
    Cutout(),
    Highlight(Style.DIM, 0.4),
    Highlight(Style.TINT, 0.5, (1, 2, 3)),
    SolidColour((9, 8, 7)),
    Gradient((1, 1, 1), (200, 0, 9), 30.0),
    MatteOnly(),
]


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: type(edit).__name__)
def test_the_edit_and_the_controls_of_the_image_in_front_come_first(make, edit):
    controls = MatteControls(shift_edge=-2.5, feather=4.0, contrast=0.25, fill_holes=True)
    recipe = recipe_of(filled(make(edit, controls), "/p/a.jpg"))
    assert recipe.edit.read() == edit and recipe.controls == controls
    assert recipe.exists is IfExists.NUMBER and recipe.content == "result"


def test_all_that_is_set_for_the_results_is_in_the_recipe(make):
    dialog = filled(make(SolidColour()), "/p/a.jpg")
    choose(dialog, "batch_format", ".jpg")
    find(dialog, "batch_quality").setValue(61)
    find(dialog, "batch_longest_side", QDoubleSpinBox).setValue(1024)
    for name in ("batch_keep_folders", "batch_sidecar", "batch_metadata"):
        find(dialog, name).toggle()
    choose(dialog, "batch_depth", "16")
    choose(dialog, "batch_exists", IfExists.SKIP)
    choose(dialog, "batch_frame", "4:5")
    find(dialog, "batch_margin", QDoubleSpinBox).setValue(12)
    found = recipe_of(dialog)
    assert found.framing == Framing(True, Margin(12), CanvasShape(4, 5))
    assert (found.suffix, found.quality, found.longest_side, found.depth) == (".jpg", 61, 1024, 16)
    assert (found.keep_folders, found.sidecar, found.metadata, found.exists) == (False, True, False, IfExists.SKIP)


def test_a_preset_on_white_offers_jpeg_for_a_cutout(make):
    dialog = filled(make(Cutout()), "/p/a.jpg")
    box = find(dialog, "batch_format", QComboBox)
    assert not box.model().item(box.findData(".jpg")).isEnabled()
    choose(dialog, "batch_frame", "ebay")
    assert box.model().item(box.findData(".jpg")).isEnabled()
    assert recipe_of(dialog).framing == marketplace("ebay").framing


def test_formats_that_cannot_hold_the_edit_are_not_offered(make):
    dialog = make(SolidColour(), settings=Settings(export_suffix=".jpg"))
    assert find(dialog, "batch_format", QComboBox).currentData() == ".jpg"
    choose(dialog, "batch_edit", "transparent")
    box = find(dialog, "batch_format", QComboBox)
    assert box.currentData() == ".png" and not box.model().item(box.findData(".jpg")).isEnabled()
    assert "JPEG cannot hold the transparency" in box.itemData(box.findData(".jpg"), Qt.ItemDataRole.ToolTipRole)


def test_a_background_is_a_file_and_is_written_to_one_where_it_has_none(qtbot, make, photo, opened):
    path = photo("beach.png", size=(64, 48))
    edit = Background(opened((64, 48)).pixels, Fit.TILE, (4, 5, 6), (0.25, -0.5))
    known = recipe_of(filled(make(edit, background=path), "/p/a.jpg")).edit.read()
    assert (known.fit, known.colour, known.offset) == (Fit.TILE, (4, 5, 6), (0.25, -0.5))
    dialog = filled(make(edit), "/p/a.jpg")
    click(dialog, "batch_next")
    assert page(dialog) == 0 and "still being written" in text(dialog, "batch_error")
    qtbot.waitUntil(lambda: text(dialog, "batch_edit_note") == "")
    written = recipe_of(dialog).edit
    assert (written.read().image == edit.image).all() and written.read().offset == (0.25, -0.5)
    find(dialog, "batch_setup").edit.set_background(path)
    qtbot.waitUntil(lambda: text(dialog, "batch_edit_note") == "Behind the object: beach.png")
    found = recipe_of(dialog).edit
    assert found.background == path and found.read().offset == (0.25, -0.5)
    find(dialog, "batch_setup").edit.set_background(path.with_name("none.png"))
    qtbot.waitUntil(lambda: "does not exist" in text(dialog, "batch_edit_note"))


def test_a_background_that_cannot_be_written_is_to_be_chosen_again(qtbot, make, opened, monkeypatch):
    def fail(edit):
        raise OutputNotWritable("'/x' cannot be written (No space left on device): make room there.")

    monkeypatch.setattr(presets, "background_file", fail)
    dialog = filled(make(Background(opened((64, 48)).pixels)), "/p/a.jpg")
    qtbot.waitUntil(lambda: "make room there" in text(dialog, "batch_edit_note"))
    click(dialog, "batch_next")
    assert page(dialog) == 0 and "choose the image again" in text(dialog, "batch_error")


def test_a_preset_is_chosen_whole_and_let_go_once_something_else_is_set(qtbot, make, opened):
    behind = Background(opened((64, 48)).pixels)
    export = presets.PresetExport(".webp", 55, 800, Framing(True, Margin(7)))
    shop = presets.Preset(behind, MatteControls(feather=3), Composition(outline=Outline()), export)
    presets.save({"Shop": presets.described(shop), "plain": presets.described(presets.Preset())})
    dialog = filled(make(SolidColour()), "/p/a.jpg")
    find(dialog, "batch_metadata").setChecked(False)
    find(dialog, "batch_longest_side", QDoubleSpinBox).setValue(99)
    box = find(dialog, "batch_preset", QComboBox)
    qtbot.waitUntil(box.isEnabled)
    assert [box.itemText(place) for place in range(box.count())] == ["plain", "Shop"] and box.currentIndex() == -1
    box.setCurrentIndex(1)
    box.activated.emit(1)
    qtbot.waitUntil(lambda: find(dialog, "batch_edit", QComboBox).currentData() == "background")
    assert "As in the preset “Shop”, for every image." in text(dialog, "batch_applied")
    assert find(dialog, "batch_composition").text() == "Place and shado&w as in the preset “Shop”"
    qtbot.waitUntil(lambda: text(dialog, "batch_edit_note") == "")
    recipe = recipe_of(dialog)
    assert (recipe.edit.read().image == behind.image).all() and recipe.controls.feather == 3
    assert recipe.composition == Composition(outline=Outline()) and not recipe.metadata
    assert (recipe.suffix, recipe.quality, recipe.longest_side) == (".webp", 55, 800)
    assert recipe.framing == export.framing and box.currentText() == "Shop"
    find(dialog, "batch_feather").setValue(1)
    assert box.currentIndex() == -1


def test_without_presets_there_is_none_to_choose_and_a_damaged_one_is_named(qtbot, make):
    dialog = make(SolidColour())
    box = find(dialog, "batch_preset", QComboBox)
    qtbot.wait(50)
    assert not box.isEnabled() and box.placeholderText() == "None saved yet"
    presets.save({"odd": {"edit": 5}})
    dialog.hide()
    dialog.show()
    qtbot.waitUntil(box.isEnabled)
    box.setCurrentIndex(0)
    box.activated.emit(0)
    qtbot.waitUntil(lambda: "The preset 'odd' cannot be used" in text(dialog, "batch_error"))


def test_the_plan_shows_problems_first_and_the_fatal_ones_bar_the_way_until_they_are_remedied(qtbot, make, photos):
    out = photos.with_name("photos-cut-outs")
    out.mkdir()
    (out / "rose-2.png").write_bytes(b"mine")
    (photos / "empty.jpg").write_bytes(b"")
    dialog = filled(make(), photos)
    choose(dialog, "batch_exists", IfExists.REFUSE)
    plan(qtbot, dialog)
    rows = cells(dialog)
    assert [row[0] for row in rows] == ["rose-2.jpg", "empty.jpg", "rose-0.jpg", "rose-1.jpg"]
    assert rows[0][3].startswith("Must be solved: ") and "exists already" in rows[0][3]
    tip = find(dialog, "batch_plan_table", QTableView).model().index(0, 3).data(Qt.ItemDataRole.ToolTipRole)
    assert "'rose-2.png', the result of 'rose-2.jpg'" in rows[0][3], "folders are for the tooltip"
    assert str(out / "rose-2.png") in tip and str(photos / "rose-2.jpg") in tip
    assert "0 bytes" in rows[1][3] and rows[2][1:] == ["the dog", "rose-0.png", ""]
    assert not find(dialog, "batch_next").isEnabled() and "Solve them" in text(dialog, "batch_plan_error")

    choose(dialog, "batch_plan_exists", IfExists.SKIP)
    qtbot.waitUntil(lambda: find(dialog, "batch_next").isEnabled())
    assert [row[2] for row in cells(dialog) if row[0] == "rose-2.jpg"] == ["left out"]
    assert "1 left out" in text(dialog, "batch_summary") and "1 missing or unreadable" in text(dialog, "batch_summary")
    choose(dialog, "batch_plan_exists", IfExists.NUMBER)
    qtbot.waitUntil(lambda: find(dialog, "batch_next").isEnabled())
    assert [row[2] for row in cells(dialog) if row[0] == "rose-2.jpg"] == ["rose-2-2.png"]
    run(qtbot, dialog)
    assert (out / "rose-2.png").read_bytes() == b"mine" and (out / "rose-2-2.png").exists()
    assert find(dialog, "batch_exists", QComboBox).currentData() == IfExists.NUMBER  # as chosen in the plan


def test_a_folder_without_images_makes_a_plan_that_says_so(qtbot, make, tmp_path):
    (tmp_path / "empty").mkdir()
    dialog = filled(make(), tmp_path / "empty")
    plan(qtbot, dialog)
    assert not find(dialog, "batch_next").isEnabled()
    assert any(row[3].startswith("Must be solved: No images") for row in cells(dialog))
    click(dialog, "batch_back")
    assert page(dialog) == 0


def test_when_every_image_is_skipped_there_is_nothing_to_start(qtbot, make, photos):
    out = photos.with_name("photos-cut-outs")
    out.mkdir()
    for number in range(3):
        (out / f"rose-{number}.png").write_bytes(b"mine")
    dialog = filled(make(), photos)
    choose(dialog, "batch_exists", IfExists.SKIP)
    plan(qtbot, dialog)
    assert not find(dialog, "batch_next").isEnabled() and "every image is left out" in text(dialog, "batch_plan_error")


def test_a_manifest_says_its_own_expressions(qtbot, make, photos):
    manifest = photos / "list.csv"
    manifest.write_text("image,expression\nrose-0.jpg,the cat\nrose-1.jpg,the dog\n")
    dialog = make()
    dialog.add([manifest])
    plan(qtbot, dialog)
    assert [row[:2] for row in cells(dialog)] == [["rose-0.jpg", "the cat"], ["rose-1.jpg", "the dog"]]
    assert find(dialog, "batch_next").isEnabled()


def test_thumbnails_are_made_of_what_is_seen_alone(qtbot, make, photo, tmp_path, monkeypatch):
    made = []
    real = thumbnail_loader.thumbnail_of
    monkeypatch.setattr(
        thumbnail_loader, "thumbnail_of", lambda path, page: (made.append(path.name), real(path, page))[1]
    )
    for number in range(150):
        photo(f"many/p{number:03}.jpg", size=(30, 20))
    (tmp_path / "many" / "p000.jpg").write_bytes(b"not an image")
    dialog = filled(make(), tmp_path / "many")
    plan(qtbot, dialog)
    table = find(dialog, "batch_plan_table")
    seen = {f"p{row:03}.jpg" for row in table.visible_rows()}
    assert 3 < len(seen) < 40
    qtbot.waitUntil(lambda: seen <= set(made))
    qtbot.waitUntil(lambda: "is not a readable image" in cells(dialog)[0][3])  # though the plan did not know
    table.scrollToBottom()
    qtbot.waitUntil(lambda: "p149.jpg" in made)
    assert len(made) == len(set(made)) < 80 and "p075.jpg" not in made
    index = table.model().index(149, 0)
    qtbot.waitUntil(lambda: index.data(Qt.ItemDataRole.DecorationRole).width() > 0)


@pytest.mark.parametrize("name", ["a.jpg", "a.png"])
def test_a_thumbnail_is_upright_and_small(photo, name):
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned
    found = thumbnail_loader.thumbnail_of(photo(name, size=(1600, 800), exif=exif))
    assert found.height() == 2 * found.width() and found.height() <= 256


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_has_no_thumbnail_and_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "a.jpg")
    with pytest.raises(ImageUnreadable, match="is not a file"):
        thumbnail_loader.thumbnail_of(tmp_path / "a.jpg")


def test_a_table_of_ten_thousand_rows_asks_for_what_is_seen_alone(qtbot, make, monkeypatch):
    asked, real = set(), PlanModel.data

    def data(self, index, role=Qt.ItemDataRole.DisplayRole):
        asked.add(index.row())
        return real(self, index, role)

    monkeypatch.setattr(PlanModel, "data", data)
    dialog = filled(make(), *(f"/nowhere/p{number}.jpg" for number in range(10_000)))
    plan(qtbot, dialog, timeout=60_000)
    QApplication.processEvents()
    assert "10,000 images, 10,000 missing or unreadable" in text(dialog, "batch_summary")
    assert find(dialog, "batch_plan_table").model().rowCount() == 10_000 and 3 < len(asked) < 60


@given(st.text(alphabet="{}!:/.<é\\ 04", max_size=4), st.sampled_from(["stem", "index", "index:04", "folder", "0", ""]))
@settings(max_examples=60, deadline=None)
def test_any_template_has_an_example_or_a_remedy(qapp, around, name):
    output = OutputChoice(Settings())
    output.findChild(QLineEdit, "batch_template").setText(f"{around}{{{name}}}{around}")
    shown = output.findChild(QLabel, "batch_example").text()
    assert shown.startswith("rose.jpg becomes ") or ": " in shown
    output.deleteLater()


def test_pause_holds_the_batch_and_resume_lets_it_go_on(qtbot, make, photos, model):
    model.gate = threading.Event()
    dialog = filled(make(), photos)
    plan(qtbot, dialog)
    click(dialog, "batch_next")
    qtbot.waitUntil(lambda: bool(model.expressions))
    assert "Starting" in text(dialog, "batch_state")  # until something has come out
    assert not find(dialog, "batch_back").isVisible()
    click(dialog, "batch_pause")
    assert "Paused" in text(dialog, "batch_state") and find(dialog, "batch_pause").text() == "&Resume"
    model.gate.set()
    qtbot.wait(400)
    assert "left" not in text(dialog, "batch_facts")  # nobody knows
    assert dialog.running and len(outcomes(dialog, "done")) < 3
    click(dialog, "batch_pause")
    qtbot.waitUntil(lambda: not dialog.running, timeout=20_000)
    assert len(outcomes(dialog, "done")) == 3


def stopped_half_way(qtbot, dialog, model):
    model.delay = 0.15
    plan(qtbot, dialog)
    click(dialog, "batch_next")
    qtbot.waitUntil(lambda: len(outcomes(dialog, "done")) >= 2, timeout=20_000)
    click(dialog, "batch_stop")
    assert "Stopping" in text(dialog, "batch_state")
    qtbot.waitUntil(lambda: not dialog.running, timeout=20_000)
    model.delay = 0.0


def test_what_was_stopped_is_reported_offered_and_finished_without_doing_anything_twice(
    qtbot, make, photo, tmp_path, model
):
    for number in range(12):
        photo(f"photos/{number:02}.jpg", size=(60, 40))
    dialog = filled(make(), tmp_path / "photos")
    stopped_half_way(qtbot, dialog, model)
    assert "Stopped" in text(dialog, "batch_state") and "left." in text(dialog, "batch_state")
    assert find(dialog, "batch_open_report").isVisible()
    qtbot.waitUntil(find(dialog, "batch_unfinished").isVisible)
    out = tmp_path / "photos-cut-outs"
    before = {path: path.stat().st_mtime_ns for path in out.glob("*.png")}
    assert 2 <= len(before) < 12

    other = filled(make(), tmp_path / "photos")  # as after a new start of the program
    offer = find(other, "batch_unfinished")
    qtbot.waitUntil(offer.isVisible)
    left = 12 - len(before)
    assert f"{left} of 12 images" in text(other, "batch_unfinished_text")
    click(other, "batch_resume_journal")
    assert page(other) == 2 and not offer.isVisible()
    qtbot.waitUntil(lambda: not other.running, timeout=20_000)
    assert "12 exported" in text(other, "batch_state") and len(outcomes(other, "done")) == 12, "former ones too"
    assert {path: path.stat().st_mtime_ns for path in before} == before and len(list(out.glob("*.png"))) == 12
    click(other, "batch_back")
    qtbot.wait(500)
    assert page(other) == 0 and not offer.isVisible()


def test_what_was_stopped_can_be_gone_on_with_where_it_stopped(qtbot, make, photo, tmp_path, model):
    for number in range(8):
        photo(f"photos/{number:02}.jpg", size=(60, 40))
    dialog = filled(make(), tmp_path / "photos")
    stopped_half_way(qtbot, dialog, model)
    offer = find(dialog, "batch_unfinished")
    qtbot.waitUntil(offer.isVisible)
    dialog.hide()
    dialog.show()
    assert page(dialog) == 2 and offer.isVisible()
    click(dialog, "batch_resume_journal")
    assert dialog.running and not offer.isVisible()
    qtbot.waitUntil(lambda: not dialog.running, timeout=20_000)
    assert "8 exported" in text(dialog, "batch_state")
    qtbot.wait(200)
    assert not offer.isVisible()


def answer(qtbot, dialog, name):
    dialog.close()
    box = find(dialog, "batch_close_box", QMessageBox)
    assert dialog.isVisible()
    next(button for button in box.buttons() if button.objectName() == name).click()
    QApplication.processEvents()


def test_closing_while_it_runs_asks_and_the_batch_goes_on_in_the_background(qtbot, make, photos, model):
    model.gate = threading.Event()
    dialog = filled(make(), photos)
    emitted = []
    dialog.finished_unseen.connect(lambda text, level: emitted.append((text, level)))
    plan(qtbot, dialog)
    click(dialog, "batch_next")
    answer(qtbot, dialog, "batch_keep_open")
    assert dialog.isVisible() and dialog.running
    answer(qtbot, dialog, "batch_go_on")
    assert not dialog.isVisible() and dialog.running
    model.gate.set()
    qtbot.waitUntil(lambda: not dialog.running, timeout=20_000)
    ((message, level),) = emitted
    assert message.startswith("Batch export: Finished after") and "3 exported" in message and level == "info"
    dialog.show()
    assert page(dialog) == 2 and len(outcomes(dialog, "done")) == 3


def test_closing_can_stop_it(qtbot, make, photos, model):
    model.gate = threading.Event()
    dialog = filled(make(), photos)
    emitted = []
    dialog.finished_unseen.connect(lambda text, level: emitted.append(level))
    plan(qtbot, dialog)
    click(dialog, "batch_next")
    answer(qtbot, dialog, "batch_stop_it")
    model.gate.set()
    qtbot.waitUntil(lambda: not dialog.running, timeout=20_000)
    assert not dialog.isVisible() and emitted == ["warning"]
    assert len(list(photos.with_name("photos-cut-outs").glob("*.png"))) < 3


def test_without_a_run_the_window_closes_at_once_and_keeps_what_was_entered(make):
    dialog = filled(make(), "/p/a.jpg")
    dialog.close()
    assert not dialog.isVisible()
    dialog.show()
    assert recipe_of(dialog).expressions == (ExpressionTerm("the dog"),)


def test_a_model_that_cannot_be_loaded_is_told_with_its_remedy(qtbot, make, photos, model):
    model.load_error = ClipMatError("The weights of 'compact' are missing: fetch them.")
    dialog = filled(make(), photos)
    plan(qtbot, dialog)
    run(qtbot, dialog)
    assert "could not be done" in text(dialog, "batch_state")
    assert text(dialog, "batch_run_error") == "The weights of 'compact' are missing: fetch them."
    assert not find(dialog, "batch_open_report").isVisible()
    model.load_error = None
    click(dialog, "batch_back")
    plan(qtbot, dialog)
    run(qtbot, dialog)
    assert len(outcomes(dialog, "done")) == 3


def test_the_window_hears_of_a_quick_batch_a_few_times_and_of_every_image(qtbot, matting, tmp_path):
    inputs, problems = gather_inputs([tmp_path / f"missing-{number}.jpg" for number in range(300)])
    thread = BatchThread(matting)
    updates, results = [], []
    thread.progressed.connect(updates.append)
    thread.finished.connect(results.append)
    start = time.monotonic()
    thread.start(make_plan(inputs, Recipe(expressions=(ExpressionTerm("the dog"),)), tmp_path / "out", problems))
    with pytest.raises(RuntimeError):
        thread.resume(tmp_path)
    qtbot.waitUntil(lambda: bool(results), timeout=20_000)
    assert len(updates) <= 2 + (time.monotonic() - start) * 1000 / UPDATE_MS
    assert sorted(outcome.index for each in updates for outcome in each.outcomes) == list(range(300))
    assert results[0].summary.exit_code == 4 and not thread.running and thread.wait(0)


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.2, "0 s"), (89, "89 s"), (95, "2 min"), (3600, "60 min"), (12_000, "3 h 20 min")]
)
def test_durations_are_rounded_as_people_say_them(seconds, words):
    assert duration(seconds) == words


# an expression for each image


def type_for(dialog, name, words):
    """Type what to cut out of the image of this name, in its row."""
    model = find(dialog, "batch_plan_table", QTableView).model()
    place = [row[0] for row in cells(dialog)].index(name)
    assert model.setData(model.index(place, 1), words)


def replanned(qtbot, dialog):
    qtbot.waitUntil(lambda: find(dialog, "batch_plan").rows is not None, timeout=10_000)
    qtbot.wait(350)
    qtbot.waitUntil(lambda: find(dialog, "batch_plan").ready, timeout=10_000)


def test_each_image_can_have_words_of_its_own(qtbot, make, photos):
    dialog = filled(make(), photos)
    find(dialog, "batch_template").setText("{stem} {expression}")
    plan(qtbot, dialog)
    table = find(dialog, "batch_plan_table", QTableView)
    table.setCurrentIndex(table.model().index(1, 1))
    type_for(dialog, "rose-1.jpg", "the cat  + the hat")
    assert not find(dialog, "batch_next").isEnabled(), "the plan is made again first"
    assert cells(dialog)[1][1] == "the cat + the hat"
    replanned(qtbot, dialog)
    assert cells(dialog)[1][:3] == ["rose-1.jpg", "the cat + the hat", "rose-1 the cat + the hat.png"]
    assert table.currentIndex().row() == 1, "the table stays where it is"
    bold = [table.model().index(row, 1).data(Qt.ItemDataRole.FontRole).bold() for row in range(3)]
    assert bold == [False, True, False]
    click(dialog, "batch_back")
    plan(qtbot, dialog)
    assert cells(dialog)[1][1] == "the cat + the hat", "what was typed stays"
    type_for(dialog, "rose-1.jpg", "")
    replanned(qtbot, dialog)
    assert cells(dialog)[1][1] == "the dog", "without words of its own it is like the others"
    type_for(dialog, "rose-2.jpg", "the cat")
    replanned(qtbot, dialog)
    run(qtbot, dialog)
    out = photos.with_name("photos-cut-outs")
    with Image.open(out / "rose-2 the cat.png") as image:
        assert np.asarray(image)[120, 224, 3] == 255  # where the cat is
    with Image.open(out / "rose-0 the dog.png") as image:
        assert np.asarray(image)[120, 224, 3] == 0


def test_words_that_cannot_be_are_named_and_change_nothing(qtbot, make, photos):
    dialog = filled(make(), photos)
    plan(qtbot, dialog)
    type_for(dialog, "rose-1.jpg", "the cat + …")
    assert "rose-1.jpg: The expression is empty" in text(dialog, "batch_plan_error")
    replanned(qtbot, dialog)
    assert cells(dialog)[1][1] == "the dog" and "rose-1.jpg" in text(dialog, "batch_plan_error")


def test_without_words_for_all_each_image_gets_its_own(qtbot, make, photos):
    dialog = make()
    dialog.add([photos])
    plan(qtbot, dialog)
    assert "images without words yet" in text(dialog, "batch_plan_error")
    assert [row[1] for row in cells(dialog) if row[0]] == ["double-click, and type"] * 3
    assert not find(dialog, "batch_next").isEnabled()
    for number in range(3):
        type_for(dialog, f"rose-{number}.jpg", ("the dog", "the cat", "the hat")[number])
    replanned(qtbot, dialog)
    assert [row[1] for row in cells(dialog)] == ["the dog", "the cat", "the hat"]
    assert text(dialog, "batch_plan_error") == "" and find(dialog, "batch_next").isEnabled()


def test_new_rows_wait_for_what_is_being_typed(qtbot, make, photos):
    dialog = filled(make(), photos)
    plan(qtbot, dialog)
    table = find(dialog, "batch_plan_table", QTableView)
    type_for(dialog, "rose-0.jpg", "the cat")
    table.setCurrentIndex(table.model().index(2, 1))
    table.edit(table.currentIndex())
    (editor,) = table.findChildren(QLineEdit)
    editor.setText("the hat")
    qtbot.wait(700)
    assert editor.isVisible() and editor.text() == "the hat", "the new plan has not ended it"
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    replanned(qtbot, dialog)
    assert [row[1] for row in cells(dialog)] == ["the cat", "the dog", "the hat"]


def test_the_list_of_images_is_saved_and_goes_in_again(qtbot, make, photos, tmp_path):
    dialog = filled(make(), photos)
    plan(qtbot, dialog)
    type_for(dialog, "rose-1.jpg", "the cat - the hat")
    replanned(qtbot, dialog)
    click(dialog, "batch_save_list")
    chooser = find(dialog, "batch_list_dialog")
    chooser.fileSelected.emit(str(tmp_path / "list"))
    chooser.close()
    saved = tmp_path / "list.csv"
    qtbot.waitUntil(saved.is_file)
    inputs, problems = gather_inputs([saved])
    assert problems == [] and [each.path.name for each in inputs] == [f"rose-{number}.jpg" for number in range(3)]
    terms = (ExpressionTerm("the cat"), ExpressionTerm("the hat", Combine.SUBTRACT))
    assert [each.expressions for each in inputs] == [(ExpressionTerm("the dog"),), terms, (ExpressionTerm("the dog"),)]
    again = make()
    again.add([saved])
    plan(qtbot, again)
    assert [row[1] for row in cells(again)] == ["the dog", "the cat - the hat", "the dog"]
    type_for(again, "rose-2.jpg", "the hat")
    replanned(qtbot, again)
    assert cells(again)[2][1] == "the hat", "a row of a list can be typed in too"


def test_how_sure_an_answer_has_to_be(qtbot, make, photos):
    dialog = filled(make(), photos, expression="maybe the dog")
    assert recipe_of(dialog).at_least is None and find(dialog, "batch_at_least").text() == "as usual"
    find(dialog, "batch_at_least").setValue(80)
    assert recipe_of(dialog).at_least == 0.8
    plan(qtbot, dialog)
    run(qtbot, dialog)
    assert len(outcomes(dialog, "nothing_matched")) == 3


def test_an_image_to_check_is_asked_for_in_the_window(qtbot, make, photos):
    dialog = filled(make(), photos, expression="maybe the dog")
    wanted = []
    dialog.image_requested.connect(lambda outcome, plan: wanted.append((outcome.source.name, plan)))
    plan(qtbot, dialog)
    run(qtbot, dialog)
    assert not find(dialog, "batch_open_tab").isEnabled()
    table = find(dialog, "batch_outcomes_review", QTableView)
    table.activated.emit(table.model().index(1, 0))
    table.selectRow(2)
    click(dialog, "batch_open_tab")
    assert len(wanted) == 2 and wanted[0][0] == table.model().index(1, 0).data()
    assert wanted[0][1].recipe.expressions == (ExpressionTerm("maybe the dog"),)


def test_another_page_of_every_file(qtbot, make, tmp_path):
    pages = [Image.new("RGB", (60, 40), colour) for colour in ((200, 40, 30), (40, 60, 200))]
    pages[0].save(tmp_path / "scan.tif", save_all=True, append_images=pages[1:])
    pages[0].save(tmp_path / "single.png")
    dialog = filled(make(SolidColour((0, 0, 0))), tmp_path / "scan.tif", tmp_path / "single.png")
    field = find(dialog, "batch_page", QDoubleSpinBox)
    assert field.text() == "the first"
    field.setValue(2)
    plan(qtbot, dialog)
    table = find(dialog, "batch_plan_table", QTableView)
    qtbot.waitUntil(lambda: any("has no page 2" in str(row) for row in cells(dialog)))  # known before the export
    place = next(number for number, row in enumerate(cells(dialog)) if "scan" in row[0])
    shown = table.model().index(place, 0).data(Qt.ItemDataRole.DecorationRole)
    assert shown.toImage().pixelColor(shown.width() // 2, shown.height() // 2).blue() > 150
    run(qtbot, dialog)
    (written,) = (tmp_path / "cut-outs").glob("scan*.*")
    assert Image.open(written).convert("RGB").getpixel((18, 24))[2] > 150  # blue, inside the dog
    (failed,) = outcomes(dialog, "failed")
    assert failed[0] == "single.png" and "has no page 2" in failed[3]
