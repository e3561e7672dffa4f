"""Files of several pages in the real window: it says so, and opens another page in a tab of its own."""

import pytest
from PIL import Image
from PySide6.QtWidgets import QInputDialog, QPushButton

from rim_editor.documents.framing import Framing
from rim_editor.files import projects
from rim_editor.settings import Settings
from rim_editor.ui.dialogs.export_dialog import ExportDialog
from rim_editor.ui.window.main_window import MainWindow

RED, GREEN, BLUE = (200, 40, 30), (30, 180, 60), (40, 60, 200)
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def window(qtbot, matting, model):
    made = MainWindow(matting, Settings())
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.runner.shutdown()


@pytest.fixture
def pages(tmp_path):
    first, *others = (Image.new("RGB", (64, 48), colour) for colour in (RED, GREEN, BLUE))
    first.save(tmp_path / "scan.tif", save_all=True, append_images=others)
    return tmp_path / "scan.tif"


def opened(window, qtbot, path, count=1):
    window.opener.open_files([path])
    qtbot.waitUntil(lambda: len(window.documents) == count and not window.opener.busy)


def chosen(window, qtbot, page):
    """Choose this page in the dialog, which comes once the pages were counted."""
    qtbot.waitUntil(lambda: window.findChild(QInputDialog, "page_dialog") is not None)
    dialog = window.findChild(QInputDialog, "page_dialog")
    assert (dialog.intMinimum(), dialog.intMaximum()) == (1, 3)
    assert all(button.icon().isNull() for button in dialog.findChildren(QPushButton))
    dialog.setIntValue(page)
    dialog.accept()
    qtbot.waitUntil(lambda: window.findChild(QInputDialog, "page_dialog") is None and not window.opener.busy)


def colour(document):
    return tuple(document.editor.document.source.pixels[5, 5].tolist())


def test_a_message_offers_the_other_pages_and_the_menu_goes_on_from_there(window, qtbot, pages):
    opened(window, qtbot, pages)
    (message,) = window.parts.messages.messages()
    assert message.text == "“scan.tif” holds several pages or frames: this is the first."
    (offer,) = (each for each in message.findChildren(QPushButton) if "Page" in each.text())
    offer.click()
    chosen(window, qtbot, 2)
    assert [colour(each) for each in window.documents] == [RED, GREEN]
    assert window.documents.current.editor.title == "scan.tif, page 2"
    window.actions_by_id["open_page"].trigger()
    qtbot.waitUntil(lambda: window.findChild(QInputDialog, "page_dialog") is not None)
    assert window.findChild(QInputDialog, "page_dialog").intValue() == 3  # the next one
    chosen(window, qtbot, 3)
    assert [colour(each) for each in window.documents] == [RED, GREEN, BLUE]
    window.actions_by_id["open_page"].trigger()
    chosen(window, qtbot, 2)  # it is open already
    assert len(window.documents) == 3 and colour(window.documents.current) == GREEN
    window.opener.open_files([pages])
    assert len(window.documents) == 3 and colour(window.documents.current) == RED


def test_a_page_is_named_in_what_is_made_of_it_and_stays_in_its_project(window, qtbot, pages, tmp_path):
    opened(window, qtbot, pages)
    window.opener.open_page(pages, 3)
    qtbot.waitUntil(lambda: len(window.documents) == 2)
    document = window.documents.current
    assert colour(document) == BLUE
    dialog = ExportDialog(document.editor, Settings(), Framing(), window)
    assert dialog.path().name == "scan-3-cut-out.png"
    dialog.close()
    with qtbot.waitCallback() as saved:
        document.editor.saving.save(tmp_path / "work.rim", linked=True, done=saved)
    source = projects.read(tmp_path / "work.rim").history.current.source
    assert tuple(source.pixels[5, 5].tolist()) == BLUE and source.page == 3


def test_without_further_pages_nothing_is_offered(window, qtbot, photo):
    assert not window.actions_by_id["open_page"].isEnabled()
    opened(window, qtbot, photo())
    assert not window.actions_by_id["open_page"].isEnabled() and window.parts.messages.messages() == []


def test_a_file_that_has_gone_is_an_error_over_its_image(window, qtbot, pages):
    opened(window, qtbot, pages)
    pages.unlink()
    window.actions_by_id["open_page"].trigger()
    qtbot.waitUntil(lambda: any(each.level == "error" for each in window.parts.messages.messages()))
    assert any("'scan.tif' does not exist" in each.text for each in window.parts.messages.messages())
