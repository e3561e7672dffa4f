"""The same again: words, edge, edit and export of one image for the next tab, the next file, an image of a batch."""

import numpy as np
import pytest
from PIL import Image
from PySide6.QtWidgets import QLineEdit, QPushButton, QTableView

from rim_editor.documents.composition import Composition, Outline
from rim_editor.documents.document import Brush, Combine, MatteControls, Stroke
from rim_editor.documents.edits import Cutout, SolidColour
from rim_editor.files.exporting import ExportRequest
from rim_editor.settings import Settings
from rim_editor.ui.window.main_window import MainWindow

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
OUTLINED = Composition(outline=Outline())
RED = SolidColour((200, 10, 10))


@pytest.fixture
def window(qtbot, matting, runner, photo):
    made = MainWindow(matting, Settings(), runner=runner)

    def discard_all(window):
        for document in window.documents:
            document.editor.cancel()
            document.discarded = True

    qtbot.addWidget(made, before_close_func=discard_all)
    made.show()
    made.opener.open_files([photo("photos/a.jpg"), photo("photos/b.jpg")])
    qtbot.waitUntil(lambda: len(made.documents) == 2 and not made.opener.busy)
    yield made
    made.batch.shutdown()


def again(window):
    window.actions_by_id["same_again"].trigger()


def found(qtbot, window, *texts):
    """Wait until the image in front was found by these words and nothing is left to do."""
    editor = window.editor()
    qtbot.waitUntil(lambda: [part.expression for part in editor.document.expressions] == list(texts), timeout=10_000)
    qtbot.waitUntil(lambda: not editor.busy)


def ask(qtbot, window, words, combine=Combine.NEW):
    window.editor().ask(words, combine)
    qtbot.waitUntil(lambda: window.editor().document.has_matte and not window.editor().busy)


def messages(window):
    return [message.text for message in window.parts.messages.messages()]


def exported(qtbot, window, path, request=None):
    done = []
    request = request or ExportRequest()
    window.editor().export(path, request, done.append)
    qtbot.waitUntil(lambda: bool(done))
    window.documents.current.last_export = path, request


def test_the_next_tab_is_found_edited_and_exported_like_this_one(qtbot, window, tmp_path):
    ask(qtbot, window, "the dog")
    window.editor().paint(Stroke(Brush.KEEP, ((5, 5),), 4))
    ask(qtbot, window, "the hat", Combine.SUBTRACT)
    qtbot.waitUntil(lambda: len(window.editor().document.expressions) == 2)
    window.editor().set_controls(MatteControls(contrast=0.5))
    window.editor().set_edit(RED)
    window.editor().commit(window.editor().document.changed(composition=OUTLINED), "Outline")
    out = tmp_path / "out"
    out.mkdir()
    exported(qtbot, window, out / "a-print.png", ExportRequest(longest_side=50))
    (out / "b-print.png").write_bytes(b"mine")
    again(window)
    assert window.editor().title == "b.jpg"
    found(qtbot, window, "the dog", "the hat")
    document = window.editor().document
    assert [part.combine for part in document.expressions] == [Combine.NEW, Combine.SUBTRACT]
    assert len(document.parts) == 2, "a stroke fits its own image only"
    assert (document.controls.contrast, document.composition, document.edit) == (0.5, OUTLINED, RED)
    made = out / "b-print-2.png"
    qtbot.waitUntil(made.is_file)
    assert (out / "b-print.png").read_bytes() == b"mine", "nothing is replaced"
    with Image.open(made) as image:
        assert max(image.size) == 50 and np.asarray(image)[0, 0, 0] == 200
    qtbot.waitUntil(lambda: window.documents.current.last_export is not None)
    assert window.documents.current.last_export[0] == made
    assert window.findChild(QLineEdit, "expression_box").text() == "the hat"
    assert window.editor().history.undo_name == "Same again"
    window.editor().undo()
    document = window.editor().document
    assert (document.parts, document.controls, document.edit) == ((), MatteControls(), Cutout()), "it is one step"
    assert not window.editor().history.can_undo
    window.editor().redo()
    assert len(window.editor().document.parts) == 2 and window.editor().document.edit == RED


def test_after_the_last_tab_comes_the_next_file_of_the_folder(qtbot, window, photo):
    photo("photos/b10.jpg")
    photo("photos/b9.jpg")
    window.documents.choose(list(window.documents)[1])
    ask(qtbot, window, "the cat")
    for name in ("b9.jpg", "b10.jpg"):
        again(window)
        qtbot.waitUntil(lambda name=name: window.editor().title == name)
        found(qtbot, window, "the cat")
    again(window)
    qtbot.waitUntil(lambda: any("There is no next image" in text for text in messages(window)))
    assert len(window.documents) == 4


def test_what_is_not_sure_is_shown_and_not_exported(qtbot, window, tmp_path, model):
    ask(qtbot, window, "maybe the dog")
    exported(qtbot, window, tmp_path / "a.png")
    again(window)
    found(qtbot, window, "maybe the dog")
    qtbot.waitUntil(lambda: any("not exported" in text for text in messages(window)))
    assert not (tmp_path / "b.png").exists()
    window.documents.choose(list(window.documents)[0])
    window.editor().set_edit(RED)
    ask(qtbot, window, "the dog")
    qtbot.waitUntil(lambda: window.editor().document.expressions[-1].expression == "the dog")
    del model.discs["dog"]
    again(window)
    qtbot.waitUntil(lambda: any("“the dog” was not found" in text for text in messages(window)))


def test_the_edit_is_kept_for_other_words_where_nothing_was_found(qtbot, window, model):
    ask(qtbot, window, "the dog")
    window.editor().set_controls(MatteControls(contrast=0.5))
    window.editor().set_edit(RED)
    del model.discs["dog"]
    again(window)
    editor = window.editor()
    qtbot.waitUntil(lambda: editor.history.undo_name == "Same edge and edit")
    assert editor.title == "b.jpg" and editor.document.parts == ()
    ask(qtbot, window, "the cat")
    assert (editor.document.edit, editor.document.controls.contrast) == (RED, 0.5)
    editor.undo()
    editor.undo()
    assert editor.document.edit != RED and not editor.history.can_undo


def test_the_best_guess_is_still_offered_after_the_same_edge(qtbot, window, model):
    ask(qtbot, window, "the dog")
    window.editor().set_controls(MatteControls(contrast=0.5))
    window.editor().ask("the dog ghost")
    qtbot.waitUntil(lambda: window.editor().guess is not None)
    window.editor().accept_guess()
    again(window)
    qtbot.waitUntil(lambda: window.editor().history.undo_name == "Same edge and edit")
    qtbot.waitUntil(lambda: window.findChild(QPushButton, "show_guess") is not None)
    window.findChild(QPushButton, "show_guess").click()
    assert window.editor().document.has_matte and window.editor().document.controls.contrast == 0.5


def test_without_words_nothing_is_done_until_something_was_repeated_once(qtbot, window, photo):
    again(window)
    assert any("Nothing can be done again yet" in text for text in messages(window))
    assert window.editor().title == "a.jpg"
    ask(qtbot, window, "the dog")
    photo("photos/c.jpg")
    again(window)
    found(qtbot, window, "the dog")
    window.editor().clear_matte()
    again(window)  # nothing is found here any more: what was repeated last counts
    qtbot.waitUntil(lambda: window.editor().title == "c.jpg")
    found(qtbot, window, "the dog")


def test_other_words_or_a_stop_end_it(qtbot, window, model):
    ask(qtbot, window, "the dog")
    ask(qtbot, window, "the hat", Combine.ADD)
    model.delay = 0.2
    again(window)
    qtbot.waitUntil(lambda: bool(window.editor().busy))
    window.editor().cancel()
    qtbot.wait(400)
    assert window.editor().document.parts == ()
    window.editor().ask("the cup")
    found(qtbot, window, "the cup")
    qtbot.wait(300)
    assert [part.expression for part in window.editor().document.expressions] == ["the cup"]


def test_an_image_of_a_batch_that_is_to_be_checked_opens_in_a_tab_as_the_batch_found_it(qtbot, window, photo):
    photo("batch/rose.jpg")
    window.editor().set_edit(RED)
    window.editor().set_controls(MatteControls(feather=2.0))
    window.batch.show()
    dialog = window.batch.dialog
    dialog.add([photo("batch/rose.jpg")])
    dialog.findChild(QLineEdit, "batch_expression_0").setText("maybe the dog")
    dialog.findChild(QPushButton, "batch_next").click()
    qtbot.waitUntil(lambda: dialog.findChild(QPushButton, "batch_next").isEnabled())
    dialog.findChild(QPushButton, "batch_next").click()
    qtbot.waitUntil(lambda: not dialog.running and dialog.findChild(QTableView, "batch_outcomes_review") is not None)
    table = dialog.findChild(QTableView, "batch_outcomes_review")
    qtbot.waitUntil(lambda: table.model().rowCount() == 1)
    table.activated.emit(table.model().index(0, 0))
    qtbot.waitUntil(lambda: window.editor().title == "rose.jpg")
    found(qtbot, window, "maybe the dog")
    assert (window.editor().document.edit, window.editor().document.controls.feather) == (RED, 2.0)
    table.activated.emit(table.model().index(0, 0))
    assert len(window.documents) == 3, "it is open already"
    stroke = Stroke(Brush.KEEP, ((5, 5),), 4)
    window.editor().paint(stroke)
    table.activated.emit(table.model().index(0, 0))
    assert not window.editor().busy and stroke in window.editor().document.parts, "the work on this answer stays"
    ask(qtbot, window, "the cat")
    found(qtbot, window, "the cat")
    table.activated.emit(table.model().index(0, 0))
    found(qtbot, window, "maybe the dog")
    dialog.close()


def test_a_result_is_not_taken_for_the_next_image(qtbot, window, photo):
    folder = photo("photos/c.jpg").parent
    window.documents.choose(list(window.documents)[1])
    ask(qtbot, window, "the dog")
    exported(qtbot, window, folder / "b.png")
    exported(qtbot, window, folder / "b-print.png")
    again(window)
    qtbot.waitUntil(lambda: window.editor().title == "c.jpg")
    found(qtbot, window, "the dog")
    qtbot.waitUntil((folder / "c-print.png").is_file)


def test_what_was_painted_meanwhile_stays_a_step(qtbot, window, model):
    ask(qtbot, window, "the dog")
    window.editor().set_edit(RED)
    model.delay = 0.2
    again(window)
    editor = window.editor()
    editor.paint(Stroke(Brush.KEEP, ((5, 5),), 4))
    found(qtbot, window, "the dog")
    qtbot.waitUntil(lambda: editor.document.edit == RED)
    editor.undo()
    editor.undo()
    assert len(editor.document.parts) == 1, "the stroke"
