"""The models dialog: what there is, fetching with progress and stop, verify, remove, a file, and the choice."""

import threading
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QFileDialog,
    QLabel,
    QMessageBox,
    QProgressBar,
    QPushButton,
    QTableWidget,
)

from clipmat.errors import FetchFailed, WeightsInvalid
from clipmat.systems.catalogue import choices
from clipmat.weights_catalogue import WeightsInfo, catalogue
from rim_editor.editor.jobs import InlineRunner
from rim_editor.settings import Settings
from rim_editor.ui.dialogs.model_dialog import ModelDialog

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

READY = WeightsInfo("compact", "small and quick", Path("/w/compact.safetensors"), 43_000_000, "Apache-2.0", "ready", "")
MISSING = WeightsInfo("vit-b-16", "larger", None, None, "MIT", "missing", "fetch it first")


@dataclass
class Shelf:
    """Two variants, one of which can be fetched in three steps, each of which waits for the gate."""

    rows: list = field(default_factory=lambda: [READY, MISSING])
    gate: threading.Event = field(default_factory=threading.Event)
    error: Exception | None = None
    ended: str = ""

    def catalogue(self):
        return tuple(self.rows)

    def choices(self):
        return choices(self.rows)

    def fetch(self, name, progress=None):
        if self.error:
            raise self.error
        try:
            for step in (0, 1, 2, 3):
                progress(step * 1_000_000_000, 3_000_000_000)
                if step == 1:
                    self.gate.wait(10)
        except Exception as error:
            self.ended = type(error).__name__
            raise
        self.rows[1] = replace(MISSING, path=Path("/w/b.safetensors"), bytes=3_000_000_000, state="ready", remedy="")
        return self.rows[1].path

    def check(self, weights):
        if self.error:
            raise self.error
        return f"{weights} is whole"

    def remove(self, name):
        self.rows[0] = replace(READY, path=None, bytes=None, state="missing", remedy="install again")
        return (Path("/w/compact.safetensors"),)


@pytest.fixture
def shelf():
    made = Shelf()
    yield made
    made.gate.set()


@pytest.fixture
def make(qtbot, shelf, runner):
    def made(settings=None, runner=runner, **options):
        dialog = ModelDialog(shelf, settings or Settings(), runner, **options)
        qtbot.addWidget(dialog)
        dialog.show()
        return dialog

    return made


def button(dialog, name):
    return dialog.findChild(QPushButton, name)


def message(dialog):
    return dialog.findChild(QLabel, "model_message").text()


def select(dialog, row):
    dialog.findChild(QTableWidget, "models_table").selectRow(row)


def cells(dialog, row):
    table = dialog.findChild(QTableWidget, "models_table")
    return [table.item(row, column).text() for column in range(table.columnCount())]


def test_the_table_says_what_there_is(make):
    dialog = make()
    assert cells(dialog, 0) == ["compact", "small and quick", "Ready", "43 MB", "Apache-2.0"]
    assert message(dialog) == f"Small and quick. compact is in {Path('/w/compact.safetensors')}."
    assert cells(dialog, 1)[2:4] == ["Missing: train them first", ""]
    assert not button(dialog, "fetch_button").isEnabled() and button(dialog, "verify_button").isEnabled()
    select(dialog, 1)
    assert button(dialog, "fetch_button").isEnabled() and not button(dialog, "verify_button").isEnabled()
    assert "fetch it first" in message(dialog)


def test_fetching_shows_progress_and_then_the_weights_can_be_chosen(qtbot, make, shelf):
    dialog = make()
    select(dialog, 1)
    button(dialog, "fetch_button").click()
    bar = dialog.findChild(QProgressBar, "fetch_progress")
    qtbot.waitUntil(lambda: bar.value() == 1_000_000)
    assert bar.isVisible() and bar.maximum() == 3_000_000
    assert "1000 of 3000 MB" in message(dialog)
    assert not button(dialog, "remove_button").isEnabled() and button(dialog, "fetch_cancel").isVisible()
    shelf.gate.set()
    qtbot.waitUntil(lambda: "Fetched to" in message(dialog))
    assert not bar.isVisible() and cells(dialog, 1)[2:4] == ["Ready", "3000 MB"]
    weights = dialog.findChild(QComboBox, "weights_box")
    assert [weights.itemText(place) for place in range(weights.count())] == ["compact", "vit-b-16"]
    assert weights.currentText() == "compact"


def test_a_download_can_be_stopped(qtbot, make, shelf):
    dialog = make()
    select(dialog, 1)
    button(dialog, "fetch_button").click()
    qtbot.waitUntil(lambda: dialog.findChild(QProgressBar, "fetch_progress").value() == 1_000_000)
    button(dialog, "fetch_cancel").click()
    assert "Stopping" in message(dialog)
    shelf.gate.set()
    qtbot.waitUntil(lambda: "stopped" in message(dialog))
    assert shelf.ended == "FetchCancelled" and cells(dialog, 1)[2] == "Missing: train them first"
    assert button(dialog, "fetch_button").isEnabled() and not button(dialog, "fetch_cancel").isVisible()


def test_closing_stops_the_download(qtbot, make, shelf, runner):
    dialog = make()
    select(dialog, 1)
    button(dialog, "fetch_button").click()
    qtbot.waitUntil(lambda: dialog.findChild(QProgressBar, "fetch_progress").value() == 1_000_000)
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible() and not runner.busy
    shelf.gate.set()
    qtbot.waitUntil(lambda: shelf.ended == "FetchCancelled")


def test_a_failure_is_told_with_its_remedy(make, shelf):
    dialog = make(runner=InlineRunner())
    select(dialog, 1)
    shelf.error = FetchFailed("it could not be fetched: connect to the internet")
    button(dialog, "fetch_button").click()
    assert "connect to the internet" in message(dialog) and button(dialog, "fetch_button").isEnabled()


def test_verify_says_what_was_found(make, shelf):
    dialog = make(runner=InlineRunner())
    button(dialog, "verify_button").click()
    assert message(dialog) == "compact is whole."
    shelf.error = WeightsInvalid("compact is damaged: install rim-editor again")
    button(dialog, "verify_button").click()
    assert "is damaged" in message(dialog)


def test_bundled_weights_are_not_offered_for_removal_or_fetching(make, shelf):
    shelf.rows[0] = replace(READY, bundled=True)
    dialog = make(runner=InlineRunner())
    assert cells(dialog, 0)[2] == "Ready, bundled" and "comes with the program" in message(dialog)
    assert not button(dialog, "remove_button").isVisible() and not button(dialog, "fetch_button").isEnabled()
    select(dialog, 1)
    assert button(dialog, "remove_button").isVisible() and "weights are missing: fetch it first" in message(dialog)
    shelf.rows[0] = replace(READY, bundled=True, path=None, state="missing", remedy="install rim-editor again")
    dialog = make(runner=InlineRunner())
    assert cells(dialog, 0)[2] == "Missing: install again" and "install rim-editor again" in message(dialog)


def test_what_is_not_here_is_not_offered_for_removal(make, shelf):
    shelf.rows.append(replace(MISSING, name="clipseg", system=True, removable=False))
    dialog = make(runner=InlineRunner())
    select(dialog, 2)
    assert not button(dialog, "remove_button").isEnabled() and button(dialog, "fetch_button").isEnabled()
    select(dialog, 1)
    assert button(dialog, "remove_button").isEnabled(), "CLIP may have been fetched for it"


def test_the_catalogue_knows_what_comes_with_the_program():
    bundled = {info.name: info.bundled for info in catalogue()}
    assert bundled == {"compact": True, "vit-b-16": False, "vit-l-14": False}


@pytest.mark.parametrize("sure", [True, False])
def test_removing_asks_first(make, shelf, sure):
    dialog = make(runner=InlineRunner())
    button(dialog, "remove_button").click()
    box = dialog.findChild(QMessageBox, "remove_box")
    assert "compact" in box.text()
    (box.findChild(QPushButton, "remove_yes") if sure else box.defaultButton()).click()
    QApplication.processEvents()
    assert cells(dialog, 0)[2] == ("Missing: train them first" if sure else "Ready")
    assert ("Removed" in message(dialog)) is sure


def test_a_file_of_ones_own_is_checked_and_chosen(qtbot, make, shelf):
    dialog = make(runner=InlineRunner())
    dialog.use_file("/own/mine.safetensors")
    assert dialog.findChild(QComboBox, "weights_box").currentText() == "mine.safetensors"
    shelf.error = WeightsInvalid("other is no readable safetensors file")
    dialog.use_file("/own/other.safetensors")
    assert "no readable" in message(dialog)
    with qtbot.waitSignal(dialog.options_chosen) as emitted:
        dialog.accept()
    assert emitted.args == ["/own/mine.safetensors", "auto", "auto"]


def test_the_choice_is_told_by_ok_and_not_by_cancel(qtbot, make):
    dialog = make(Settings(weights="/own/mine.safetensors", device="cpu", precision="float32"))
    with qtbot.assertNotEmitted(dialog.options_chosen):
        dialog.reject()
    dialog = make(Settings(weights="/own/mine.safetensors", device="cpu", precision="float32"))
    box = dialog.findChild(QComboBox, "precision_box")
    box.setCurrentIndex(box.findData("bfloat16"))
    with qtbot.waitSignal(dialog.options_chosen) as emitted:
        dialog.accept()
    assert emitted.args == ["/own/mine.safetensors", "cpu", "bfloat16"]


def test_the_reason_for_the_device_is_shown_and_a_lack_too(make):
    from clipmat.errors import DeviceUnavailable

    def explain(device, precision):
        if device == "cuda":
            raise DeviceUnavailable("device 'cuda' cannot be used: torch finds no NVIDIA GPU")
        return f"the CPU, {device} {precision}"

    dialog = make(runner=InlineRunner(), device_reason=explain)
    reason = dialog.findChild(QLabel, "device_reason")
    assert reason.text() == "The CPU, auto auto"
    box = dialog.findChild(QComboBox, "device_box")
    box.setCurrentIndex(box.findData("cuda"))
    assert "no NVIDIA GPU" in reason.text()


def test_the_catalogue_of_the_program_itself_fits(qtbot, make, shelf):
    from rim_editor import matting

    shelf.rows = list(matting.catalogue())
    dialog = make()
    assert "compact" in [cells(dialog, row)[0] for row in range(len(shelf.rows))]


def test_another_system_is_listed_with_its_size_and_fetched_by_its_own_name(qtbot, make, shelf):
    from clipmat.systems.catalogue import catalogue as systems

    shelf.rows = [READY, replace(systems()[0], path=None, state="missing", remedy="fetch it")]
    dialog = make()
    assert cells(dialog, 1)[0] == "clipseg" and cells(dialog, 1)[2:5] == ["Missing: fetch them", "603 MB", "Apache-2.0"]
    assert "CLIP" in button(dialog, "fetch_button").text()
    select(dialog, 1)
    assert (button(dialog, "fetch_button").text(), button(dialog, "fetch_button").isEnabled()) == ("&Fetch", True)


def test_of_every_system_that_is_missing_all_is_told_and_no_command_where_a_button_does_it(
    make, shelf, tmp_path, monkeypatch
):
    from clipmat import weights_catalogue
    from clipmat.systems.catalogue import catalogue as systems

    monkeypatch.setattr(weights_catalogue, "user_folder", lambda: tmp_path)
    shelf.rows = list(systems())
    dialog = make()
    table = dialog.findChild(QTableWidget, "models_table")
    heights = set()
    for place, row in enumerate(shelf.rows):
        select(dialog, place)
        told = message(dialog)
        assert row.description[1:] in told and "not run with its published weights by us" in told
        assert "rim-editor models" not in told and ("Fetch downloads" in told) is not row.brought, row.name
        assert str(tmp_path) in told, "where the files go"
        heights.add(table.rowHeight(place))
    assert len(heights) == 1, "no row is taller than another"


def test_of_a_file_that_the_user_brings_nothing_can_be_fetched(make, shelf):
    from clipmat.systems.catalogue import catalogue as systems

    row = next(info for info in systems() if info.name == "aimnet")
    shelf.rows = [READY, replace(row, path=None, state="missing", remedy="download it and copy it")]
    dialog = make(runner=InlineRunner())
    assert cells(dialog, 1)[2:5] == ["Missing: bring the file", "221 MB", "MIT"]
    select(dialog, 1)
    assert not button(dialog, "fetch_button").isEnabled() and "copy it" in message(dialog)
    dialog.use_file("/own/aimnet_pretrained_matting.pth")
    assert dialog.findChild(QComboBox, "weights_box").currentText() == "aimnet_pretrained_matting.pth"


def test_a_systems_folder_is_checked_and_chosen(qtbot, make, shelf, tmp_path):
    dialog = make(runner=InlineRunner())
    (folder := tmp_path / "clipseg-rd64").mkdir()
    button(dialog, "choose_folder").click()
    files = dialog.findChild(QFileDialog, "weights_folder_dialog")
    files.fileSelected.emit(str(folder))
    files.close()
    assert dialog.findChild(QComboBox, "weights_box").currentText() == "clipseg-rd64"
    with qtbot.waitSignal(dialog.options_chosen) as emitted:
        dialog.accept()
    assert emitted.args == [str(folder), "auto", "auto"]


def test_what_refines_edges_is_chosen_with_what_finds(make, shelf):
    here = {"path": Path("/w/x"), "state": "ready", "remedy": ""}
    shelf.rows = [READY, replace(MISSING, name="grounded-sam", **here), replace(MISSING, name="vitmatte", **here)]
    dialog = make()
    weights = dialog.findChild(QComboBox, "weights_box")
    names = [weights.itemText(place) for place in range(weights.count())]
    assert names == ["compact", "grounded-sam", "compact+vitmatte", "grounded-sam+vitmatte"]
