"""What is selected in front is found in the other tabs, saved, or taken into a batch."""

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtWidgets import QFileDialog, QLabel, QPushButton, QTableWidget, QToolButton

from clipmat.examples import example_of, read_example
from rim_editor.batch import project_recipes
from rim_editor.settings import Settings
from rim_editor.ui.batch.example_row import ExampleRow
from rim_editor.ui.batch.setup_page import SetupPage
from rim_editor.ui.dialogs.example_dialog import ExampleDialog
from rim_editor.ui.window.main_window import MainWindow

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def window(qtbot, matting, runner, photo):
    made = MainWindow(matting, Settings(), runner=runner)

    def discard_all(window):
        for document in window.documents:
            document.editor.cancel()
            document.discarded = True

    qtbot.addWidget(made, before_close_func=discard_all)
    made.resize(1300, 760)
    made.show()
    made.opener.open_files([photo("a.jpg"), photo("b.jpg"), photo("c.jpg")])
    qtbot.waitUntil(lambda: len(made.documents) == 3 and not made.opener.busy)
    return made


def trigger(window, name):
    window.actions_by_id[name].trigger()


def marked(window, qtbot, expression="the dog"):
    window.editor().ask(expression)
    qtbot.waitUntil(lambda: window.editor().document.has_matte and not window.editor().busy)


def rows(window):
    table = window.findChild(QTableWidget, "found_table")
    return [tuple(table.item(row, column).text() for column in range(2)) for row in range(table.rowCount())]


def test_without_a_selection_the_actions_are_off(window, qtbot):
    names = ("example_find", "example_save", "example_batch")
    assert not any(window.actions_by_id[name].isEnabled() for name in names)
    marked(window, qtbot)
    assert all(window.actions_by_id[name].isEnabled() for name in names)


def test_it_is_found_in_the_other_tabs_least_certain_first(window, qtbot, model):
    front = window.documents.current
    others = [document for document in window.documents if document is not front]
    marked(window, qtbot, "maybe the dog")
    others[1].editor.ask("the cat")
    qtbot.waitUntil(lambda: not others[1].editor.busy and others[1].editor.document.has_matte)
    trigger(window, "example_find")
    qtbot.waitUntil(lambda: window.findChild(ExampleDialog) is not None and "waiting" not in str(rows(window)))
    assert {text for _, text in rows(window)} == {"not sure: check it (42 %)"} and len(rows(window)) == 2
    assert [len(document.editor.document.parts) for document in others] == [1, 2], "what was there stays"
    assert [len(model.examples), model.examples[0].expression] == [2, "maybe the dog"]
    table = window.findChild(QTableWidget, "found_table")
    title = table.item(1, 0).text()
    table.selectRow(1)
    assert window.documents.current.editor.title == title
    for document in others:
        document.editor.undo()
    assert [len(document.editor.document.parts) for document in others] == [0, 1]
    window.documents.remove(others[0])
    assert len(rows(window)) == 1
    window.findChild(ExampleDialog).reject()
    qtbot.waitUntil(lambda: window.findChild(ExampleDialog) is None)
    trigger(window, "cancel")


def test_where_it_is_not_and_where_it_cannot_be_looked_for(window, qtbot, model):
    front = window.documents.current
    locked, other = (document for document in window.documents if document is not front)
    locked.editor.layers.lock(0, True)
    marked(window, qtbot)
    del model.discs["dog"]
    trigger(window, "example_find")
    qtbot.waitUntil(lambda: window.findChild(ExampleDialog) is not None and "waiting" not in str(rows(window)))
    assert [title for title, _ in rows(window)] == [locked.editor.title, other.editor.title]
    assert "locked" in rows(window)[0][1] and rows(window)[1][1] == "not found (12 %)"
    assert not other.editor.document.parts


def test_it_is_saved_as_a_file(window, qtbot, tmp_path):
    marked(window, qtbot)
    trigger(window, "example_save")
    dialog = window.findChild(QFileDialog, "example_dialog")
    assert dialog.selectedFiles()[0].endswith(".rimexample")
    dialog.fileSelected.emit(str(tmp_path / "dog.rimexample"))
    dialog.close()
    qtbot.waitUntil((tmp_path / "dog.rimexample").is_file)
    example = read_example(tmp_path / "dog.rimexample")
    assert (example.expression, example.source) == ("the dog", window.editor().title)
    assert window.live_settings.current.expressions == ("the dog",)


def test_a_batch_takes_it_instead_of_words(window, qtbot, photo):
    marked(window, qtbot)
    trigger(window, "example_batch")
    qtbot.waitUntil(lambda: window.batch.dialog is not None and window.batch.dialog.isVisible())
    row = window.batch.dialog.findChild(ExampleRow)
    assert row.isVisible() and "the dog" in row.findChild(QLabel, "batch_example_label").text()
    window.batch.dialog.add([str(photo("d.jpg"))])
    recipe = window.batch.dialog.findChild(SetupPage, "batch_setup").recipe(window.model_options())
    assert recipe.expressions == () and recipe.example.expression == "the dog"
    row.findChild(QToolButton, "batch_example_remove").click()
    assert row.example is None and not row.isVisible()
    window.batch.dialog.close()


def example_file(path, expression=""):
    example = example_of(np.ones((2, 3), np.float32), weights="compact", variant="compact", expression=expression,
                         words="the dog", source="a.jpg")  # fmt: skip
    path.write_bytes(example.to_bytes())
    return path


def offered(window, text, name):
    message = next(one for one in window.parts.messages.messages() if text in one.text)
    message.findChild(QPushButton, name).click()


def test_an_example_that_is_opened_is_found_in_all_tabs(window, qtbot, model, tmp_path):
    window.opener.open_files([example_file(tmp_path / "of a dog.rimexample")])
    qtbot.waitUntil(lambda: bool(window.parts.messages.messages()))
    assert len(window.documents) == 3, "it is no image"
    offered(window, "The example of a.jpg is ready.", "message_find")
    qtbot.waitUntil(lambda: window.findChild(ExampleDialog) is not None and "waiting" not in str(rows(window)))
    assert {text for _, text in rows(window)} == {"found (97 %)"} and len(rows(window)) == 3
    answers = [document.editor.document.parts[0] for document in window.documents]
    assert all(answer.by_example and answer.words == "" for answer in answers)
    assert {answer.expression for answer in answers} == {"the example of a.jpg"}
    assert project_recipes.terms_of(window.editor().document) == (), "its title is no words for a batch"
    assert window.live_settings.current.expressions == ()
    window.findChild(ExampleDialog).reject()


def test_an_example_that_is_dropped_goes_into_a_batch(window, qtbot, tmp_path):
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(example_file(tmp_path / "dog.rimexample", "the dog")))])
    window.opener.open_mime(mime)
    qtbot.waitUntil(lambda: bool(window.parts.messages.messages()))
    offered(window, "The example “the dog” is ready.", "message_batch")
    row = window.batch.dialog.findChild(ExampleRow)
    assert row.isVisible() and row.example.expression == "the dog"
    other = example_file(tmp_path / "cat.RIMEXAMPLE", "the cat")
    window.batch.dialog.add([other, tmp_path / "photos"])
    inputs = window.batch.dialog.findChild(SetupPage, "batch_setup").inputs.paths()
    assert row.example.expression == "the cat" and inputs == (str(tmp_path / "photos"),)
    window.batch.dialog.close()


def test_an_example_before_any_image_says_what_to_do(qtbot, matting, runner, tmp_path, photo):
    window = MainWindow(matting, Settings(), runner=runner)
    qtbot.addWidget(window, before_close_func=lambda made: [one.editor.cancel() for one in made.documents])
    window.show()
    window.opener.open_files([example_file(tmp_path / "dog.rimexample", "the dog")])
    qtbot.waitUntil(lambda: bool(window.parts.messages.messages()))
    offered(window, "The example “the dog” is ready: open the images to find it in.", "message_find")
    assert [one.text for one in window.parts.messages.messages()][0].startswith("The example"), "it stays"
    window.opener.open_files([photo("a.jpg")])
    qtbot.waitUntil(lambda: window.editor() is not None and not window.opener.busy)
    offered(window, "The example “the dog” is ready", "message_find")
    qtbot.waitUntil(lambda: window.editor().document.has_matte)
    assert not window.editor().document.parts[0].by_example, "it has words of its own"
    for document in window.documents:
        document.discarded = True


def test_a_damaged_example_is_named_and_opens_nothing(window, qtbot, tmp_path):
    (tmp_path / "bad.rimexample").write_bytes(b"{")
    window.opener.open_files([tmp_path / "bad.rimexample"])
    qtbot.waitUntil(lambda: bool(window.parts.messages.messages()))
    (message,) = window.parts.messages.messages()
    assert message.level == "error" and message.text.startswith("bad.rimexample is damaged")
    window.batch.show()
    window.batch.dialog.add([tmp_path / "bad.rimexample"])
    error = window.batch.dialog.findChild(QLabel, "batch_error")
    assert "is damaged" in error.text() and window.batch.dialog.findChild(ExampleRow).example is None
    window.batch.dialog.close()


def test_the_list_leaves_the_image_free_and_enter_keeps_it(window, qtbot):
    marked(window, qtbot)
    trigger(window, "example_find")
    qtbot.waitUntil(lambda: window.findChild(ExampleDialog) is not None)
    dialog, canvas = window.findChild(ExampleDialog), window.parts.canvas
    middle = canvas.mapToGlobal(canvas.rect().center())
    assert not dialog.geometry().contains(middle) and window.geometry().contains(dialog.geometry())
    table = window.findChild(QTableWidget, "found_table")
    qtbot.waitUntil(lambda: "2 of 2 done" in window.findChild(QLabel, "found_summary").text())
    table.selectRow(1)
    shown = window.documents.current
    qtbot.keyClick(table, Qt.Key.Key_Return)
    assert dialog.isVisible() and window.documents.current is shown
