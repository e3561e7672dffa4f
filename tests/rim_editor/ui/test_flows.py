"""What a user does from the first image to the last, in the whole window, offscreen."""

import threading
import warnings
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QImage, QKeyEvent
from PySide6.QtWidgets import QApplication, QDockWidget, QDoubleSpinBox, QLabel, QLineEdit, QMessageBox, QPushButton

from clipmat.errors import WeightsMissing
from rim_editor.document import Brush, Combine, Stroke
from rim_editor.edits import Background, Cutout, Gradient, Highlight, SolidColour, Style
from rim_editor.exporting import Content, ExportRequest
from rim_editor.rendering import ViewMode
from rim_editor.settings import Settings
from rim_editor.ui.window.main_window import MainWindow

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

NATIVE = Qt.KeyboardModifier
NONE = NATIVE.NoModifier


class Hand:
    """The user: types, presses and reads."""

    def __init__(self, window, qtbot):
        self.window, self.qtbot = window, qtbot

    @property
    def editor(self):
        return self.window.editor()

    @property
    def box(self):
        return self.window.findChild(QLineEdit, "expression_box")

    def press(self, key, modifiers=NONE):
        target = QApplication.focusWidget() or self.window
        self.qtbot.keyClick(target, key, modifiers)

    def wait(self, condition, timeout=10_000):
        self.qtbot.waitUntil(condition, timeout=timeout)

    def idle(self):
        self.wait(lambda: not self.window.opener.busy and not (self.editor and self.editor.busy))

    def open(self, *paths):
        count = len(self.window.documents)
        self.window.opener.open_files(paths)
        self.wait(lambda: not self.window.opener.busy)
        assert len(self.window.documents) > count

    def ask(self, text, combine=Combine.NEW):
        self.window.parts.expression_bar.set_combine(combine)
        self.box.clear()
        self.qtbot.keyClicks(self.box, text)
        self.qtbot.keyClick(self.box, Qt.Key.Key_Return)
        self.idle()

    def told(self):
        return [message.text for message in self.window.parts.messages.messages()]

    def matte(self):
        return self.editor.renderer.matte(self.editor.document)

    def trigger(self, name):
        action = self.window.actions_by_id[name]
        assert action.isEnabled(), name
        action.trigger()

    def answer(self, box, button):
        self.wait(lambda: self.window.findChild(QMessageBox, box) is not None)
        found = self.window.findChild(QMessageBox, box)
        self.qtbot.mouseClick(found.findChild(QPushButton, button), Qt.MouseButton.LeftButton)

    def drop(self, mime, on=None):
        on = on or self.window
        at, actions, button = QPoint(50, 50), Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
        enter = drag_enter(mime)
        QApplication.sendEvent(on, enter)
        if enter.isAccepted():
            QApplication.sendEvent(on, QDropEvent(QPointF(at), actions, mime, button, NONE))
        return enter.isAccepted()


@pytest.fixture
def hand(qtbot, matting, runner):
    window = MainWindow(matting, Settings(), runner=runner)

    def give_up(window):
        for document in window.documents:
            document.editor.cancel()
            document.discarded = True

    qtbot.addWidget(window, before_close_func=give_up)
    window.resize(1100, 760)
    window.show()
    window.activateWindow()
    qtbot.waitExposed(window)
    return Hand(window, qtbot)


def drag_enter(mime):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Qt 6.12 wants a QPointF that 6.8 does not take
        return QDragEnterEvent(QPoint(5, 5), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, NONE)


def urls(*paths):
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return mime


# opening


def test_a_photograph_is_opened_and_the_cursor_waits_for_words(hand, photo):
    hand.open(photo())
    assert hand.editor.document.size == (320, 200)
    assert hand.window.windowTitle().startswith("photo.jpg") and not hand.window.isWindowModified()
    assert QApplication.focusWidget() is hand.box
    assert not hand.window.parts.tabs.isVisible()
    assert hand.window.live_settings.current.recent == (photo().absolute(),)


def test_of_several_files_a_bad_one_is_named_and_the_rest_opens_in_order(hand, photo, tmp_path):
    bad = tmp_path / "bad.jpg"
    bad.write_bytes(b"no image")
    hand.open(photo("a.png"), bad, tmp_path / "gone.png", photo("b.png"))
    assert [one.editor.title for one in hand.window.documents] == ["a.png", "b.png"]
    assert hand.editor.title == "a.png", "the first stays in front: somebody may be typing already"
    assert hand.window.parts.tabs.isVisible()
    told = " ".join(hand.told())
    assert "bad.jpg" in told and "gone.png" in told and "Traceback" not in told


def test_what_is_open_is_not_opened_twice(hand, photo):
    first, second = photo("a.png"), photo("b.png")
    hand.open(first, second)
    hand.window.opener.open_files([second])
    assert hand.editor.title == "b.png" and len(hand.window.documents) == 2


def test_files_are_dropped_and_so_is_an_image_without_a_file(hand, photo):
    assert hand.drop(urls(photo("a.png"), photo("b.png")))
    hand.wait(lambda: len(hand.window.documents) == 2)
    image = QImage(8, 6, QImage.Format.Format_RGB888)
    image.fill(Qt.GlobalColor.red)
    mime = QMimeData()
    mime.setImageData(image)
    assert hand.drop(mime)
    hand.wait(lambda: len(hand.window.documents) == 3)
    assert hand.editor.document.source.path is None
    assert hand.editor.document.source.pixels[3, 4].tolist() == [255, 0, 0]


def test_files_dropped_on_the_expression_box_are_opened_not_typed(hand, photo):
    mime = urls(photo())
    QApplication.sendEvent(hand.box, drag_enter(mime))
    assert hand.box.text() == ""
    hand.wait(lambda: not hand.window.opener.busy)


def test_a_web_address_without_pixels_names_the_remedy(hand):
    mime = QMimeData()
    mime.setUrls([QUrl("https://example.org/dog.jpg")])
    assert hand.drop(mime)
    assert any("save the image" in text for text in hand.told())
    assert len(hand.window.documents) == 0


def test_pixels_that_come_with_a_web_address_are_taken(hand, photo):
    mime = QMimeData()
    mime.setUrls([QUrl("https://example.org/dog.png")])
    mime.setData("image/png", photo("dog.png").read_bytes())
    hand.drop(mime)
    hand.wait(lambda: len(hand.window.documents) == 1)
    assert hand.editor.document.size == (320, 200) and hand.editor.document.source.path is None


def test_an_image_is_pasted_with_the_cursor_in_the_box(hand, photo):
    mime = QMimeData()
    mime.setData("image/png", photo("dog.png").read_bytes())
    QGuiApplication.clipboard().setMimeData(mime)
    hand.box.setFocus()
    hand.press(Qt.Key.Key_V, NATIVE.ControlModifier)
    hand.wait(lambda: len(hand.window.documents) == 1)
    QGuiApplication.clipboard().setText("the dog")
    hand.box.setFocus()
    hand.press(Qt.Key.Key_V, NATIVE.ControlModifier)
    assert hand.box.text() == "the dog" and len(hand.window.documents) == 1


def test_pasting_without_an_image_says_what_to_do(hand):
    QGuiApplication.clipboard().setText("words")
    hand.trigger("paste")
    assert any("clipboard" in text for text in hand.told())


# asking


def test_an_expression_is_answered_combined_and_undone_to_the_beginning_and_redone(hand, photo):
    hand.open(photo())
    hand.ask("the dog")
    dog = hand.matte().copy()
    assert dog.max() == 1 and hand.editor.history.undo_name == 'Find "the dog"'
    hand.ask("the hat", Combine.ADD)
    both = hand.matte().copy()
    assert both.sum() > dog.sum()
    hand.ask("the cup", Combine.SUBTRACT)
    hand.ask("the dog", Combine.INTERSECT)
    hand.editor.paint(Stroke(Brush.KEEP, ((10, 10), (60, 10)), 8))
    hand.trigger("invert")
    hand.editor.set_edit(SolidColour((0, 177, 64)))
    end = hand.matte().copy()
    undo = hand.window.actions_by_id["undo"]
    names = []
    while undo.isEnabled():
        names.append(undo.text().replace("&", ""))
        undo.trigger()
    assert names == [
        "Undo Solid colour", "Undo Invert", "Undo Paint", 'Undo Intersect "the dog"', 'Undo Subtract "the cup"',
        'Undo Add "the hat"', 'Undo Find "the dog"',
    ]  # fmt: skip
    assert hand.matte().max() == 0 and hand.editor.document.edit == Cutout()
    assert not hand.editor.unsaved and not hand.window.isWindowModified()
    redo = hand.window.actions_by_id["redo"]
    assert redo.text().replace("&", "") == 'Redo Find "the dog"'
    while redo.isEnabled():
        redo.trigger()
    assert np.array_equal(hand.matte(), end) and isinstance(hand.editor.document.edit, SolidColour)


def test_after_an_answer_ctrl_z_undoes_it_and_while_typing_it_undoes_the_typing(hand, photo):
    hand.open(photo())
    hand.ask("the dog")
    assert QApplication.focusWidget() is hand.box
    hand.press(Qt.Key.Key_Z, NATIVE.ControlModifier)
    assert hand.matte().max() == 0
    hand.press(Qt.Key.Key_Z, NATIVE.ControlModifier | NATIVE.ShiftModifier)
    assert hand.matte().max() == 1
    hand.qtbot.keyClicks(hand.box, " and")
    hand.press(Qt.Key.Key_Z, NATIVE.ControlModifier)
    assert "and" not in hand.box.text() and hand.matte().max() == 1


def test_ctrl_z_in_a_spin_box_undoes_its_change_and_ctrl_e_exports_from_any_box(hand, photo):
    hand.open(photo())
    hand.ask("the dog")
    spin = hand.window.findChild(QDoubleSpinBox, "feather_value")
    spin.setFocus()
    spin.selectAll()
    hand.qtbot.keyClicks(spin, "9")
    hand.press(Qt.Key.Key_Return)
    assert hand.editor.document.controls.feather == 9
    hand.press(Qt.Key.Key_Z, NATIVE.ControlModifier)
    assert hand.editor.document.controls.feather == 0 and spin.value() == 0
    for box in (spin, hand.box):  # Qt would move the cursor there, on X11 at least
        override = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_E, NATIVE.ControlModifier)
        override.ignore()  # as Qt sends it
        QApplication.sendEvent(box, override)
        assert not override.isAccepted()
    hand.box.setFocus()
    hand.press(Qt.Key.Key_E, NATIVE.ControlModifier)
    hand.wait(lambda: hand.window.findChild(object, "export_dialog") is not None)


def test_what_was_asked_of_one_image_is_typed_over_in_the_next(hand, photo, model):
    hand.open(photo("a.png"), photo("b.png"))
    hand.ask("the dog")
    hand.trigger("next_image")
    assert QApplication.focusWidget() is hand.box
    hand.qtbot.keyClicks(hand.box, "a hat")
    hand.trigger("previous_image")
    assert hand.box.text() == "a hat" and not hand.box.hasSelectedText(), "what is being typed stays"


def test_the_panel_that_tab_reaches_comes_to_the_front(hand, photo):
    hand.open(photo())
    window = hand.window
    matte, edit = (window.findChild(QDockWidget, f"{name}_dock") for name in ("matte", "edit"))
    edit.raise_()
    hand.wait(lambda: matte.visibleRegion().isEmpty())
    hand.box.setFocus()
    stops = set()
    for _ in range(60):
        hand.press(Qt.Key.Key_Tab)
        QApplication.processEvents()
        focus = QApplication.focusWidget()
        stops.add(type(focus).__name__)
        assert not focus.visibleRegion().isEmpty(), f"{focus.objectName()} is out of sight"
        if focus is hand.box:
            break
    assert focus is hand.box and "Canvas" in stops and "QScrollArea" not in stops


def test_letters_go_into_the_box_and_are_keys_elsewhere(hand, photo):
    hand.open(photo())
    hand.box.setFocus()
    hand.qtbot.keyClicks(hand.box, "bee 1 / [h]")
    assert hand.box.text() == "bee 1 / [h]"
    canvas = hand.window.parts.canvas
    assert canvas.tool.value == "pan" and canvas.view.mode is ViewMode.OVERLAY
    canvas.setFocus()
    hand.press(Qt.Key.Key_B)
    assert canvas.tool.value == "keep"
    hand.press(Qt.Key.Key_4)
    assert canvas.view.mode is ViewMode.ON_WHITE
    hand.press(Qt.Key.Key_Slash)
    assert QApplication.focusWidget() is hand.box


def test_escape_cancels_and_a_newer_expression_replaces_an_older(hand, photo, model):
    hand.open(photo())
    model.gate = threading.Event()
    hand.qtbot.keyClicks(hand.box, "the dog")
    hand.press(Qt.Key.Key_Return)
    assert hand.editor.busy and hand.window.actions_by_id["cancel"].isEnabled()
    hand.press(Qt.Key.Key_Escape)
    assert not hand.editor.busy and not hand.window.actions_by_id["cancel"].isEnabled()
    for word in ("cat", "hat"):
        hand.box.setText(f"the {word}")
        hand.press(Qt.Key.Key_Return)
    model.gate.set()
    hand.idle()
    assert [answer.expression for answer in hand.editor.document.expressions] == ["the hat"]


def test_nothing_that_matches_is_said_and_changes_nothing(hand, photo):
    hand.open(photo())
    hand.ask("the unicorn")
    assert hand.matte().max() == 0 and not hand.editor.unsaved
    line = hand.window.findChild(object, "status_line")
    assert "Nothing in this image matches" in line.text() and "0.05" in line.text()


def test_without_weights_the_error_offers_the_models(hand, photo, model):
    model.load_error = WeightsMissing("the weights of 'vit-b-16' are missing: fetch them in Models.")
    hand.open(photo())
    hand.ask("the dog")
    message = next(one for one in hand.window.parts.messages.messages() if "missing" in one.text)
    hand.qtbot.mouseClick(message.findChild(QPushButton, "message_models"), Qt.MouseButton.LeftButton)
    dialog = hand.window.findChild(object, "model_dialog")
    assert dialog is not None and dialog.isVisible()
    dialog.reject()
    model.load_error = None
    hand.ask("the dog")
    assert hand.matte().max() == 1


def test_out_of_memory_names_a_remedy_and_the_window_goes_on(hand, photo, model):
    hand.open(photo())
    model.error = MemoryError()
    hand.ask("the dog")
    assert any("memory" in text for text in hand.told())
    model.error = None
    hand.ask("the dog")
    assert hand.matte().max() == 1


# edits and exports


@pytest.mark.parametrize(
    "edit",
    [
        Cutout(), SolidColour((0, 177, 64)), Highlight(Style.DIM, 1.0), Highlight(Style.BLUR, 1.0),
        Gradient((255, 0, 0), (0, 0, 255)), Background(np.full((9, 7, 3), 200, np.uint8)),
    ],
    ids=lambda edit: type(edit).__name__,
)  # fmt: skip
def test_an_edit_is_shown_and_exported_and_pillow_reads_it_back(hand, photo, tmp_path, edit):
    hand.open(photo("photo.png"))
    hand.ask("the dog")
    hand.editor.set_edit(edit)
    if edit != Cutout():
        assert hand.window.parts.canvas.view.mode is ViewMode.RESULT
    path = tmp_path / "out.png"
    hand.editor.export(path, ExportRequest())
    hand.idle()
    with Image.open(path) as image:
        result = np.asarray(image)
    assert result.shape == (200, 320, 4 if edit == Cutout() else 3)
    inside, outside = (120, 96), (5, 310)
    source = hand.editor.document.source.pixels
    assert np.abs(result[inside][:3].astype(int) - source[inside]).max() <= 2, "the object keeps its colours"
    if edit == Cutout():
        assert result[outside][3] == 0 and result[inside][3] == 255
    elif isinstance(edit, SolidColour):
        assert tuple(result[outside]) == edit.colour
    elif isinstance(edit, Background):
        assert tuple(result[outside]) == (200, 200, 200)
    assert not hand.editor.unsaved and any("Exported" in text for text in hand.told())


@pytest.mark.parametrize("name", ["out.png", "out.webp", "out.tiff", "out.avif", "matte.png", "out.ora"])
def test_each_format_is_read_back(hand, photo, tmp_path, name):
    hand.open(photo())
    hand.ask("the dog")
    path = tmp_path / name
    content = {"m": Content.MATTE, "o": Content.LAYERS if name.endswith("ora") else Content.RESULT}[name[0]]
    hand.editor.export(path, ExportRequest(content, depth=16 if content is Content.MATTE else 8))
    hand.idle()
    if content is Content.LAYERS:
        from zipfile import ZipFile

        with ZipFile(path) as archive, archive.open("mergedimage.png") as file, Image.open(file) as image:
            assert image.size == (320, 200)
        return
    with Image.open(path) as image:
        assert image.size == (320, 200)
        assert image.mode == ("I;16" if content is Content.MATTE else "RGBA")


def test_the_export_dialog_writes_and_export_again_writes_the_same_file(hand, photo, tmp_path):
    hand.open(photo())
    hand.ask("the dog")
    hand.trigger("export_again")  # nothing was exported yet: it asks
    dialog = hand.window.findChild(object, "export_dialog")
    dialog.findChild(QLineEdit, "export_name").setText("mine.png")
    hand.qtbot.mouseClick(dialog.findChild(QPushButton, "export_button"), Qt.MouseButton.LeftButton)
    path = tmp_path / "mine.png"
    hand.wait(path.exists)
    hand.wait(lambda: not hand.editor.unsaved)
    assert hand.window.live_settings.current.export_folder == tmp_path
    before = path.read_bytes()
    hand.ask("the hat", Combine.ADD)
    assert hand.editor.unsaved
    hand.trigger("export_again")
    hand.idle()
    assert path.read_bytes() != before and not hand.editor.unsaved


def test_the_export_dialog_alone_tells_what_went_wrong_in_it(hand, photo, tmp_path):
    hand.open(photo())
    hand.ask("the dog")
    hand.trigger("export")
    dialog = hand.window.findChild(object, "export_dialog")
    dialog.findChild(QLineEdit, "export_name").setText("mine.jpg")
    hand.qtbot.mouseClick(dialog.findChild(QPushButton, "export_button"), Qt.MouseButton.LeftButton)
    hand.wait(lambda: "transparency" in dialog.findChild(QLabel, "export_error").text())
    assert not hand.told()


def test_exporting_before_anything_is_cut_out_says_so(hand, photo, tmp_path):
    hand.open(photo())
    hand.editor.export(tmp_path / "out.png", ExportRequest())
    hand.idle()
    assert any("cut out" in text for text in hand.told()) and not (tmp_path / "out.png").exists()


def test_the_cut_out_is_copied_with_alpha(hand, photo):
    hand.open(photo("photo.png"))
    hand.ask("the dog")
    hand.press(Qt.Key.Key_C, NATIVE.ControlModifier)
    hand.wait(lambda: any("clipboard" in text for text in hand.told()))
    mime = QGuiApplication.clipboard().mimeData()
    image = QImage.fromData(mime.data("image/png"))
    assert image.hasAlphaChannel() and (image.width(), image.height()) == (320, 200)
    assert image.pixelColor(310, 5).alpha() == 0 and image.pixelColor(96, 120).alpha() == 255


def test_the_cut_out_is_dragged_out_as_a_file_with_alpha(hand, photo, monkeypatch):
    from PySide6.QtGui import QDrag

    dragged = []

    def take(drag, *_):
        url = drag.mimeData().urls()[0].toLocalFile()
        with Image.open(url) as image:
            dragged.append((Path(url).name, image.mode, image.size))
        return Qt.DropAction.CopyAction

    monkeypatch.setattr(QDrag, "exec", take)
    hand.open(photo())
    hand.ask("the dog")
    handle = hand.window.findChild(object, "drag_handle")
    hand.qtbot.mousePress(handle, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    hand.qtbot.mouseMove(handle, QPoint(40, 20))
    hand.wait(lambda: bool(dragged))
    hand.qtbot.mouseRelease(handle, Qt.MouseButton.LeftButton)
    assert dragged == [("photo cut-out.png", "RGBA", (320, 200))]


def test_a_background_is_read_beside_the_window_and_a_bad_one_changes_nothing(hand, photo, tmp_path):
    hand.open(photo())
    hand.ask("the dog")
    hand.window.parts.edit_panel.background_chosen.emit(tmp_path / "gone.jpg")
    hand.wait(lambda: any("gone.jpg" in text for text in hand.told()))
    assert hand.editor.document.edit == Cutout()
    hand.window.parts.edit_panel.background_chosen.emit(photo("beach.png", (50, 40)))
    hand.wait(lambda: isinstance(hand.editor.document.edit, Background))


# closing


def test_closing_an_image_with_unsaved_work_asks(hand, photo):
    hand.open(photo("a.png"), photo("b.png"))
    hand.ask("the dog")
    hand.trigger("close")
    hand.answer("unsaved_box", "leave_cancel")
    assert len(hand.window.documents) == 2
    hand.wait(lambda: hand.window.findChild(QMessageBox, "unsaved_box") is None)
    hand.trigger("close")
    hand.answer("unsaved_box", "leave_discard")
    assert [one.editor.title for one in hand.window.documents] == ["b.png"]
    hand.trigger("close")  # nothing was done to it
    assert len(hand.window.documents) == 0 and hand.editor is None


def test_exporting_on_leaving_closes_afterwards(hand, photo, tmp_path):
    hand.open(photo())
    hand.ask("the dog")
    hand.window.close()
    assert hand.window.isVisible()
    hand.answer("unsaved_box", "leave_export")
    dialog = hand.window.findChild(object, "export_dialog")
    hand.qtbot.mouseClick(dialog.findChild(QPushButton, "export_button"), Qt.MouseButton.LeftButton)
    hand.wait(lambda: not hand.window.isVisible())
    assert (tmp_path / "photo-cut-out.png").exists()


def test_leaving_asks_about_each_and_may_discard_all(hand, photo):
    hand.open(photo("a.png"), photo("b.png"))
    for _ in range(2):
        hand.ask("the dog")
        hand.trigger("next_image")
    hand.window.close()
    hand.answer("unsaved_box", "leave_cancel")
    assert hand.window.isVisible() and not any(one.discarded for one in hand.window.documents)
    hand.wait(lambda: hand.window.findChild(QMessageBox, "unsaved_box") is None)
    hand.window.close()
    hand.answer("unsaved_box", "leave_discard_all")
    hand.wait(lambda: not hand.window.isVisible())


def test_closing_while_the_model_works_is_safe(hand, photo, model):
    hand.open(photo())
    model.gate = threading.Event()
    hand.qtbot.keyClicks(hand.box, "the dog")
    hand.press(Qt.Key.Key_Return)
    assert hand.editor.busy
    threading.Timer(0.2, model.gate.set).start()
    hand.window.close()
    assert not hand.window.isVisible() and hand.window.all_jobs_ended


def test_closing_waits_for_an_export(hand, photo, tmp_path, monkeypatch):
    from rim_editor import exporting

    gate, usual = threading.Event(), exporting.export

    def slow(*arguments):
        gate.wait(10)
        usual(*arguments)

    monkeypatch.setattr(exporting, "export", slow)
    hand.open(photo())
    hand.ask("the dog")
    path = tmp_path / "out.png"
    hand.editor.export(path, ExportRequest())
    hand.window.close()
    assert hand.window.isVisible() and any("being exported" in text for text in hand.told())
    gate.set()
    hand.wait(lambda: not hand.window.isVisible())
    with Image.open(path) as image:
        image.load()


def test_stopping_the_export_on_leaving_asks_about_the_work(hand, photo, tmp_path, monkeypatch):
    from rim_editor import exporting

    gate = threading.Event()
    monkeypatch.setattr(exporting, "export", lambda *_: gate.wait(10))
    hand.open(photo())
    hand.ask("the dog")
    hand.editor.export(tmp_path / "out.png", ExportRequest())
    hand.window.close()
    button = hand.window.findChild(QPushButton, "message_stop")
    hand.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    gate.set()
    hand.answer("unsaved_box", "leave_discard")
    hand.wait(lambda: not hand.window.isVisible())
    assert not (tmp_path / "out.png").exists()
