"""What a user does from the first image to the last, in the whole window, offscreen."""

import threading
import warnings
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QDragEnterEvent, QDropEvent, QGuiApplication, QImage, QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDialog,
    QDockWidget,
    QDoubleSpinBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QListWidget,
    QMessageBox,
    QPushButton,
)

from clipmat.errors import WeightsMissing
from rim_editor.documents.document import Brush, Combine, MatteControls, Stroke
from rim_editor.documents.edits import Background, Cutout, Gradient, Highlight, SolidColour, Style
from rim_editor.documents.rendering import ViewMode
from rim_editor.files import projects
from rim_editor.files.exporting import Content, ExportRequest
from rim_editor.settings import Settings
from rim_editor.ui.window.dock_focus import in_front
from rim_editor.ui.window.main_window import MainWindow

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

NATIVE = Qt.KeyboardModifier
NONE = NATIVE.NoModifier


class User:
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

    def messages(self):
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
def user(qtbot, matting, runner):
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
    return User(window, qtbot)


def drag_enter(mime):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Qt 6.12 wants a QPointF that 6.8 does not take
        return QDragEnterEvent(QPoint(5, 5), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, NONE)


def urls(*paths):
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return mime


# opening


def test_a_photograph_is_opened_and_the_cursor_waits_for_words(user, photo):
    user.open(photo())
    assert user.editor.document.size == (320, 200)
    assert user.window.windowTitle().startswith("photo.jpg") and not user.window.isWindowModified()
    assert QApplication.focusWidget() is user.box
    assert not user.window.parts.tabs.isVisible()
    assert user.window.live_settings.current.recent == (photo().absolute(),)


def test_of_several_files_a_bad_one_is_named_and_the_rest_opens_in_order(user, photo, tmp_path):
    bad = tmp_path / "bad.jpg"
    bad.write_bytes(b"no image")
    user.open(photo("a.png"), bad, tmp_path / "gone.png", photo("b.png"))
    assert [one.editor.title for one in user.window.documents] == ["a.png", "b.png"]
    assert user.editor.title == "a.png", "the first stays in front: somebody may be typing already"
    assert user.window.parts.tabs.isVisible()
    shown = " ".join(user.messages())
    assert "bad.jpg" in shown and "gone.png" in shown and "Traceback" not in shown


def test_what_is_open_is_not_opened_twice(user, photo):
    first, second = photo("a.png"), photo("b.png")
    user.open(first, second)
    user.window.opener.open_files([second])
    assert user.editor.title == "b.png" and len(user.window.documents) == 2


def test_files_are_dropped_and_so_is_an_image_without_a_file(user, photo):
    assert user.drop(urls(photo("a.png"), photo("b.png")))
    user.wait(lambda: len(user.window.documents) == 2)
    image = QImage(8, 6, QImage.Format.Format_RGB888)
    image.fill(Qt.GlobalColor.red)
    mime = QMimeData()
    mime.setImageData(image)
    assert user.drop(mime)
    user.wait(lambda: len(user.window.documents) == 3)
    assert user.editor.document.source.path is None
    assert user.editor.document.source.pixels[3, 4].tolist() == [255, 0, 0]


def test_files_dropped_on_the_expression_box_are_opened_not_typed(user, photo):
    mime = urls(photo())
    QApplication.sendEvent(user.box, drag_enter(mime))
    assert user.box.text() == ""
    user.wait(lambda: not user.window.opener.busy)


def test_a_web_address_without_pixels_names_the_remedy(user):
    mime = QMimeData()
    mime.setUrls([QUrl("https://example.org/dog.jpg")])
    assert user.drop(mime)
    assert any("save the image" in text for text in user.messages())
    assert len(user.window.documents) == 0


def test_pixels_that_come_with_a_web_address_are_taken(user, photo):
    mime = QMimeData()
    mime.setUrls([QUrl("https://example.org/dog.png")])
    mime.setData("image/png", photo("dog.png").read_bytes())
    user.drop(mime)
    user.wait(lambda: len(user.window.documents) == 1)
    assert user.editor.document.size == (320, 200) and user.editor.document.source.path is None


def test_an_image_is_pasted_with_the_cursor_in_the_box(user, photo):
    mime = QMimeData()
    mime.setData("image/png", photo("dog.png").read_bytes())
    QGuiApplication.clipboard().setMimeData(mime)
    user.box.setFocus()
    user.press(Qt.Key.Key_V, NATIVE.ControlModifier)
    user.wait(lambda: len(user.window.documents) == 1)
    QGuiApplication.clipboard().setText("the dog")
    user.box.setFocus()
    user.press(Qt.Key.Key_V, NATIVE.ControlModifier)
    assert user.box.text() == "the dog" and len(user.window.documents) == 1


def test_pasting_without_an_image_says_what_to_do(user):
    QGuiApplication.clipboard().setText("words")
    user.trigger("paste")
    assert any("clipboard" in text for text in user.messages())


# asking


def test_an_expression_is_answered_combined_and_undone_to_the_beginning_and_redone(user, photo):
    user.open(photo())
    user.ask("the dog")
    dog = user.matte().copy()
    assert dog.max() == 1 and user.editor.history.undo_name == "Find “the dog”"
    user.ask("the hat", Combine.ADD)
    both = user.matte().copy()
    assert both.sum() > dog.sum()
    user.ask("the cup", Combine.SUBTRACT)
    user.ask("the dog", Combine.INTERSECT)
    user.editor.paint(Stroke(Brush.KEEP, ((10, 10), (60, 10)), 8))
    user.trigger("invert")
    user.editor.set_edit(SolidColour((0, 177, 64)))
    end = user.matte().copy()
    undo = user.window.actions_by_id["undo"]
    names = []
    while undo.isEnabled():
        names.append(undo.text().replace("&", ""))
        undo.trigger()
    assert names == [
        "Undo Solid colour", "Undo Invert", "Undo Paint", "Undo Intersect “the dog”", "Undo Subtract “the cup”",
        "Undo Add “the hat”", "Undo Find “the dog”",
    ]  # fmt: skip
    assert user.matte().max() == 0 and user.editor.document.edit == Cutout()
    assert not user.editor.unsaved and not user.window.isWindowModified()
    redo = user.window.actions_by_id["redo"]
    assert redo.text().replace("&", "") == "Redo Find “the dog”"
    while redo.isEnabled():
        redo.trigger()
    assert np.array_equal(user.matte(), end) and isinstance(user.editor.document.edit, SolidColour)


def test_after_an_answer_ctrl_z_undoes_it_and_while_typing_it_undoes_the_typing(user, photo):
    user.open(photo())
    user.ask("the dog")
    assert QApplication.focusWidget() is user.window.parts.canvas
    user.box.setFocus()
    user.press(Qt.Key.Key_Z, NATIVE.ControlModifier)
    assert user.matte().max() == 0
    user.press(Qt.Key.Key_Z, NATIVE.ControlModifier | NATIVE.ShiftModifier)
    assert user.matte().max() == 1
    user.qtbot.keyClicks(user.box, " and")
    user.press(Qt.Key.Key_Z, NATIVE.ControlModifier)
    assert "and" not in user.box.text() and user.matte().max() == 1


def test_ctrl_z_in_a_spin_box_undoes_its_change_and_ctrl_e_exports_from_any_box(user, photo):
    user.open(photo())
    user.ask("the dog")
    spin = user.window.findChild(QDoubleSpinBox, "feather_value")
    spin.setFocus()
    spin.selectAll()
    user.qtbot.keyClicks(spin, "9")
    user.press(Qt.Key.Key_Return)
    assert user.editor.document.controls.feather == 9
    user.press(Qt.Key.Key_Z, NATIVE.ControlModifier)
    assert user.editor.document.controls.feather == 0 and spin.value() == 0
    for box in (spin, user.box):  # Qt would move the cursor there, on X11 at least
        override = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_E, NATIVE.ControlModifier)
        override.ignore()  # as Qt sends it
        QApplication.sendEvent(box, override)
        assert not override.isAccepted()
    user.box.setFocus()
    user.press(Qt.Key.Key_E, NATIVE.ControlModifier)
    user.wait(lambda: user.window.findChild(object, "export_dialog") is not None)


def test_each_image_has_its_own_text_status_and_combine_mode(user, photo, model):
    user.open(photo("a.png"), photo("b.png"))
    user.ask("the dog", Combine.ADD)
    user.trigger("next_image")
    status = user.window.findChild(QLabel, "status_line")
    assert user.box.text() == "" and "dog" not in status.text()
    assert user.window.actions_by_id["combine_new"].isChecked()
    user.box.setFocus()
    user.qtbot.keyClicks(user.box, "a h")
    user.trigger("previous_image")
    assert user.box.text() == "the dog" and "the dog" in status.text()
    assert user.window.actions_by_id["combine_add"].isChecked()
    user.trigger("next_image")
    assert user.box.text() == "a h"


def test_an_answer_that_comes_while_another_image_is_in_front_is_shown_with_its_image(user, photo, model):
    user.open(photo("a.png"), photo("b.png"))
    asked = user.editor
    model.gate = threading.Event()
    user.box.setFocus()
    user.qtbot.keyClicks(user.box, "the piano")
    user.press(Qt.Key.Key_Return)
    user.trigger("next_image")
    model.gate.set()
    user.wait(lambda: not asked.busy)
    status = user.window.findChild(QLabel, "status_line")
    assert "piano" not in status.text()
    user.trigger("previous_image")
    assert "piano" in status.text()


def test_after_enter_letters_are_for_the_image_and_escape_always_leaves_the_box(user, photo):
    user.open(photo())
    canvas = user.window.parts.canvas
    user.ask("the dog")
    user.press(Qt.Key.Key_B)
    assert user.box.text() == "the dog" and user.window.actions_by_id["brush_keep"].isChecked()
    for widget in (user.box, user.window.findChild(QDoubleSpinBox, "feather_value")):
        widget.setFocus()
        user.press(Qt.Key.Key_Escape)
        assert QApplication.focusWidget() is canvas
    user.window.parts.expression_bar.focus_box()
    user.qtbot.keyClicks(user.box, "the d")
    popup = user.box.completer().popup()
    assert popup.isVisible()
    user.qtbot.keyClick(popup, Qt.Key.Key_Escape)
    assert not popup.isVisible() and QApplication.focusWidget() is canvas


def test_only_words_that_found_something_stay_in_the_history(user, photo):
    user.open(photo())
    user.ask("the piano")
    user.ask("the dog")
    assert user.window.live_settings.current.expressions == ("the dog",)


def test_a_button_that_is_done_keeps_the_focus_in_its_panel(user, photo):
    user.open(photo())
    window = user.window
    window.editor().set_controls(MatteControls(feather=3.0))
    reset = window.findChild(QPushButton, "reset_controls")
    edit = window.findChild(QDockWidget, "edit_dock")
    assert not in_front(edit)
    reset.setFocus()
    user.press(Qt.Key.Key_Space)
    QApplication.processEvents()
    assert not reset.isEnabled() and window.editor().document.controls == MatteControls()
    assert not in_front(edit), "the other panel came to the front"
    assert window.findChild(QDockWidget, "matte_dock").isAncestorOf(QApplication.focusWidget())


def test_the_panel_that_tab_reaches_comes_to_the_front(user, photo):
    user.open(photo())
    window = user.window
    matte, edit = (window.findChild(QDockWidget, f"{name}_dock") for name in ("matte", "edit"))
    edit.raise_()
    user.wait(lambda: not in_front(matte))
    user.box.setFocus()
    stops = set()
    for _ in range(60):
        user.press(Qt.Key.Key_Tab)
        QApplication.processEvents()
        focus = QApplication.focusWidget()
        stops.add(type(focus).__name__)
        assert not focus.visibleRegion().isEmpty(), f"{focus.objectName()} is out of sight"
        if focus is user.box:
            break
    assert focus is user.box and "Canvas" in stops and "PanelScrollArea" not in stops


def test_letters_go_into_the_box_and_are_keys_elsewhere(user, photo):
    user.open(photo())
    user.box.setFocus()
    user.qtbot.keyClicks(user.box, "bee 1 / [h]")
    assert user.box.text() == "bee 1 / [h]"
    canvas = user.window.parts.canvas
    assert canvas.tool.value == "pan" and canvas.view.mode is ViewMode.OVERLAY
    canvas.setFocus()
    user.press(Qt.Key.Key_B)
    assert canvas.tool.value == "keep"
    user.press(Qt.Key.Key_4)
    assert canvas.view.mode is ViewMode.ON_WHITE
    user.press(Qt.Key.Key_Slash)
    assert QApplication.focusWidget() is user.box


@pytest.mark.parametrize("name", ["layer_list", "expression_list"])
def test_letters_are_keys_of_tools_after_a_click_in_a_list_too(user, photo, name):
    user.open(photo())
    user.ask("the dog")
    rows = user.window.findChild(QListWidget, name)
    at = rows.visualItemRect(rows.item(0)).center()
    user.qtbot.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert rows.hasFocus()
    user.press(Qt.Key.Key_B)
    assert user.window.parts.canvas.tool.value == "keep"


def test_escape_cancels_and_a_newer_expression_replaces_an_older(user, photo, model):
    user.open(photo())
    model.gate = threading.Event()
    user.qtbot.keyClicks(user.box, "the dog")
    user.press(Qt.Key.Key_Return)
    assert user.editor.busy and user.window.actions_by_id["cancel"].isEnabled()
    user.press(Qt.Key.Key_Escape)
    assert not user.editor.busy and not user.window.actions_by_id["cancel"].isEnabled()
    for word in ("cat", "hat"):
        user.box.setText(f"the {word}")
        user.box.setFocus()
        user.press(Qt.Key.Key_Return)
    model.gate.set()
    user.idle()
    assert [answer.expression for answer in user.editor.document.expressions] == ["the hat"]


def test_nothing_that_matches_is_said_and_changes_nothing(user, photo):
    user.open(photo())
    user.ask("the unicorn")
    assert user.matte().max() == 0 and not user.editor.unsaved
    line = user.window.findChild(object, "status_line")
    assert "Nothing here seems to be" in line.text() and "unicorn" in line.text()


def test_without_weights_the_error_offers_the_models(user, photo, model):
    model.load_error = WeightsMissing("the weights of 'vit-b-16' are missing: fetch them in Models.")
    user.open(photo())
    user.ask("the dog")
    message = next(one for one in user.window.parts.messages.messages() if "missing" in one.text)
    user.qtbot.mouseClick(message.findChild(QPushButton, "message_models"), Qt.MouseButton.LeftButton)
    dialog = user.window.findChild(object, "model_dialog")
    assert dialog is not None and dialog.isVisible()
    dialog.reject()
    model.load_error = None
    user.ask("the dog")
    assert user.matte().max() == 1


def test_out_of_memory_names_a_remedy_and_the_window_goes_on(user, photo, model):
    user.open(photo())
    model.error = MemoryError()
    user.ask("the dog")
    assert any("memory" in text for text in user.messages())
    model.error = None
    user.ask("the dog")
    assert user.matte().max() == 1


# edits and exports


@pytest.mark.parametrize(
    "edit",
    [
        Cutout(), SolidColour((0, 177, 64)), Highlight(Style.DIM, 1.0), Highlight(Style.BLUR, 1.0),
        Gradient((255, 0, 0), (0, 0, 255)), Background(np.full((9, 7, 3), 200, np.uint8)),
    ],
    ids=lambda edit: type(edit).__name__,
)  # fmt: skip
def test_an_edit_is_shown_and_exported_and_pillow_reads_it_back(user, photo, tmp_path, edit):
    user.open(photo("photo.png"))
    user.ask("the dog")
    user.editor.set_edit(edit)
    if edit != Cutout():
        assert user.window.parts.canvas.view.mode is ViewMode.RESULT
    path = tmp_path / "out.png"
    user.editor.export(path, ExportRequest())
    user.idle()
    with Image.open(path) as image:
        result = np.asarray(image)
    assert result.shape == (200, 320, 4 if edit == Cutout() else 3)
    inside, outside = (120, 96), (5, 310)
    source = user.editor.document.source.pixels
    assert np.abs(result[inside][:3].astype(int) - source[inside]).max() <= 2, "the object keeps its colours"
    if edit == Cutout():
        assert result[outside][3] == 0 and result[inside][3] == 255
    elif isinstance(edit, SolidColour):
        assert tuple(result[outside]) == edit.colour
    elif isinstance(edit, Background):
        assert tuple(result[outside]) == (200, 200, 200)
    assert user.editor.unsaved and any("Exported" in text for text in user.messages())


@pytest.mark.parametrize("name", ["out.png", "out.webp", "out.tiff", "out.avif", "matte.png", "out.ora"])
def test_each_format_is_read_back(user, photo, tmp_path, name):
    user.open(photo())
    user.ask("the dog")
    path = tmp_path / name
    content = {"m": Content.MATTE, "o": Content.LAYERS if name.endswith("ora") else Content.RESULT}[name[0]]
    user.editor.export(path, ExportRequest(content, depth=16 if content is Content.MATTE else 8))
    user.idle()
    if content is Content.LAYERS:
        from zipfile import ZipFile

        with ZipFile(path) as archive, archive.open("mergedimage.png") as file, Image.open(file) as image:
            assert image.size == (320, 200)
        return
    with Image.open(path) as image:
        assert image.size == (320, 200)
        assert image.mode == ("I;16" if content is Content.MATTE else "RGBA")


def test_the_export_dialog_writes_and_export_again_writes_the_same_file(user, photo, tmp_path):
    user.open(photo())
    user.ask("the dog")
    user.trigger("export_again")  # nothing was exported yet: it asks
    dialog = user.window.findChild(object, "export_dialog")
    dialog.findChild(QLineEdit, "export_name").setText("mine.png")
    user.qtbot.mouseClick(dialog.findChild(QPushButton, "export_button"), Qt.MouseButton.LeftButton)
    path = tmp_path / "mine.png"
    user.wait(path.exists)
    user.wait(lambda: user.window.documents.current.last_export is not None)
    user.idle()
    assert user.window.live_settings.current.export_folder == tmp_path
    before = path.read_bytes()
    user.ask("the hat", Combine.ADD)
    user.trigger("export_again")
    user.idle()
    assert path.read_bytes() != before


def test_the_export_dialog_alone_tells_what_went_wrong_in_it(user, photo, tmp_path):
    user.open(photo())
    user.ask("the dog")
    user.trigger("export")
    dialog = user.window.findChild(object, "export_dialog")
    dialog.findChild(QLineEdit, "export_name").setText("mine.jpg")
    user.qtbot.mouseClick(dialog.findChild(QPushButton, "export_button"), Qt.MouseButton.LeftButton)
    user.wait(lambda: "transparency" in dialog.findChild(QLabel, "export_error").text())
    assert not user.messages()


def test_exporting_before_anything_is_cut_out_says_so(user, photo, tmp_path):
    user.open(photo())
    user.editor.export(tmp_path / "out.png", ExportRequest())
    user.idle()
    assert any("cut out" in text for text in user.messages()) and not (tmp_path / "out.png").exists()


def test_the_cutout_is_copied_with_alpha(user, photo):
    user.open(photo("photo.png"))
    user.ask("the dog")
    user.press(Qt.Key.Key_C, NATIVE.ControlModifier)
    user.wait(lambda: any("clipboard" in text for text in user.messages()))
    mime = QGuiApplication.clipboard().mimeData()
    image = QImage.fromData(mime.data("image/png"))
    assert image.hasAlphaChannel() and (image.width(), image.height()) == (320, 200)
    assert image.pixelColor(310, 5).alpha() == 0 and image.pixelColor(96, 120).alpha() == 255


def test_the_result_is_copied_beside_the_cutout(user, photo):
    user.open(photo("photo.png"))
    user.ask("the dog")
    user.editor.set_edit(SolidColour((10, 200, 30)))
    for key, modifiers, alpha, words in (
        (Qt.Key.Key_C, NATIVE.ControlModifier | NATIVE.ShiftModifier, False, "The result is"),
        (Qt.Key.Key_C, NATIVE.ControlModifier, True, "The cut-out is"),
    ):
        user.press(key, modifiers)
        user.wait(lambda words=words: any(text.startswith(words) for text in user.messages()))
        image = QImage.fromData(QGuiApplication.clipboard().mimeData().data("image/png"))
        assert image.hasAlphaChannel() is alpha
        assert image.pixelColor(310, 5).getRgb() == ((0, 0, 0, 0) if alpha else (10, 200, 30, 255))


def test_the_notice_of_an_export_and_the_menu_show_the_file_in_its_folder(user, photo, tmp_path, monkeypatch):
    shown = []
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: shown.append(url.toLocalFile()) or True)
    user.open(photo("photo.png"))
    action = user.window.actions_by_id["show_in_folder"]
    assert not action.isEnabled()
    user.ask("the dog")
    user.trigger("export")
    dialog = user.window.findChild(QDialog, "export_dialog")
    dialog.findChild(QLineEdit, "export_folder").setText(str(tmp_path))
    dialog.findChild(QPushButton, "export_button").click()
    user.wait(lambda: any("Exported to" in text for text in user.messages()))
    assert action.isEnabled()
    action.trigger()
    user.wait(lambda: shown == [str(tmp_path)])
    user.qtbot.mouseClick(user.window.findChild(QPushButton, "message_show"), Qt.MouseButton.LeftButton)
    user.wait(lambda: shown == [str(tmp_path)] * 2)


def test_the_image_is_turned_and_flipped_by_the_menu_and_undone(user, photo):
    user.open(photo("photo.png"))
    user.ask("the dog")
    before = user.editor.document
    for name, size in (("turn_right", (200, 320)), ("turn_left", (320, 200)), ("flip_across", (320, 200)),
                       ("flip_down", (320, 200)), ("turn_left", (200, 320))):  # fmt: skip
        user.trigger(name)
        user.idle()
        assert user.editor.document.size == size
        assert user.matte().shape == size[::-1]
    assert any("200 × 320" in label.text() for label in user.window.statusBar().findChildren(QLabel))
    for _ in range(5):
        user.trigger("undo")
    assert user.editor.document is before and user.matte().shape == (200, 320)


def test_a_crop_of_the_window_changes_what_is_asked_and_exported(user, photo, tmp_path):
    user.open(photo("photo.png"))
    user.trigger("crop")
    dialog = user.window.findChild(QDialog, "crop_dialog")
    box = dialog.findChild(QComboBox, "crop_aspect")
    box.setCurrentIndex(box.findData("1:1"))
    dialog.findChild(QPushButton, "crop_apply").click()
    user.idle()
    user.ask("the cup")
    user.editor.export(tmp_path / "out.png", ExportRequest())
    user.idle()
    with Image.open(tmp_path / "out.png") as image:
        assert image.size == (200, 200)
        assert np.asarray(image)[100, 100, 3] == 255


def test_the_cutout_is_dragged_out_as_a_file_with_alpha(user, photo, monkeypatch):
    from PySide6.QtGui import QDrag

    dragged = []

    def take(drag, *_):
        url = drag.mimeData().urls()[0].toLocalFile()
        with Image.open(url) as image:
            dragged.append((Path(url).name, image.mode, image.size))
        return Qt.DropAction.CopyAction

    monkeypatch.setattr(QDrag, "exec", take)
    user.open(photo())
    user.ask("the dog")
    handle = user.window.findChild(object, "drag_handle")
    user.qtbot.mousePress(handle, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    user.qtbot.mouseMove(handle, QPoint(40, 20))
    user.wait(lambda: bool(dragged))
    user.qtbot.mouseRelease(handle, Qt.MouseButton.LeftButton)
    assert dragged == [("photo cut-out.png", "RGBA", (320, 200))]


def test_a_background_is_read_beside_the_window_and_a_bad_one_changes_nothing(user, photo, tmp_path):
    user.open(photo())
    user.ask("the dog")
    user.window.parts.edit_panel.background_chosen.emit(tmp_path / "gone.jpg")
    user.wait(lambda: any("gone.jpg" in text for text in user.messages()))
    assert user.editor.document.edit == Cutout()
    user.window.parts.edit_panel.background_chosen.emit(photo("beach.png", (50, 40)))
    user.wait(lambda: isinstance(user.editor.document.edit, Background))


# closing


def test_closing_an_image_with_unsaved_work_asks(user, photo):
    user.open(photo("a.png"), photo("b.png"))
    user.ask("the dog")
    user.trigger("close")
    user.answer("unsaved_box", "leave_cancel")
    assert len(user.window.documents) == 2
    user.wait(lambda: user.window.findChild(QMessageBox, "unsaved_box") is None)
    user.trigger("close")
    user.answer("unsaved_box", "leave_discard")
    assert [one.editor.title for one in user.window.documents] == ["b.png"]
    user.trigger("close")  # nothing was done to it
    assert len(user.window.documents) == 0 and user.editor is None


def choose_name(user, name="", name_filter=""):
    """Answer the dialog that asks for the name of a project; '' takes the suggested one."""
    dialog = user.window.findChild(QFileDialog, "save_dialog")
    assert dialog is not None and dialog.isVisible()
    if name_filter:
        (wanted,) = (one for one in dialog.nameFilters() if name_filter in one)
        dialog.selectNameFilter(wanted)
    if name:
        dialog.selectFile(str(name))
    dialog.accept()
    user.wait(lambda: user.window.findChild(QFileDialog, "save_dialog") is not dialog)  # the next may be there


def test_saving_on_leaving_closes_afterwards(user, photo, tmp_path):
    user.open(photo())
    user.ask("the dog")
    user.window.close()
    assert user.window.isVisible()
    user.answer("unsaved_box", "leave_save")
    choose_name(user)
    user.wait(lambda: not user.window.isVisible())
    assert [step.name for step in projects.read(tmp_path / "photo.rim").history.steps] == ["", "Find “the dog”"]


def test_what_a_command_line_names_from_its_folder_is_saved_beside_it(user, photo, tmp_path, monkeypatch):
    photo()
    monkeypatch.chdir(tmp_path.parent)
    user.open(Path(tmp_path.name, "photo.jpg"))
    assert user.editor.document.source.path == tmp_path / "photo.jpg"
    user.trigger("save_as")
    choose_name(user)
    user.wait(lambda: (tmp_path / "photo.rim").is_file())


def test_where_saving_fails_on_leaving_the_window_stays(user, photo, tmp_path):
    user.open(photo())
    user.ask("the dog")
    user.window.close()
    user.answer("unsaved_box", "leave_save")
    (tmp_path / "taken.rim").mkdir()
    user.window.findChild(QFileDialog, "save_dialog").fileSelected.emit(str(tmp_path / "taken.rim"))
    user.wait(lambda: any("cannot be saved" in text for text in user.messages()))
    assert user.window.isVisible() and user.editor.unsaved


def test_all_are_saved_on_leaving_each_under_its_name(user, photo, tmp_path):
    user.open(photo("a.png"), photo("b.png"))
    for _ in range(2):
        user.ask("the dog")
        user.trigger("next_image")
    user.window.close()
    user.answer("unsaved_box", "leave_save_all")
    choose_name(user)
    user.wait(lambda: user.window.findChild(QFileDialog, "save_dialog") is not None)
    choose_name(user)
    user.wait(lambda: not user.window.isVisible())
    assert all(projects.read(tmp_path / name).lost == () for name in ("a.rim", "b.rim"))


def test_the_name_that_is_suggested_for_a_project_is_free(user, photo, tmp_path):
    (tmp_path / "photo.rim").write_bytes(b"the work of yesterday")
    user.open(photo())
    user.ask("the dog")
    user.trigger("save")
    choose_name(user)
    user.wait(lambda: not user.editor.unsaved)
    assert user.editor.saving.path == tmp_path / "photo-2.rim"
    assert (tmp_path / "photo.rim").read_bytes() == b"the work of yesterday"


def test_a_name_refused_while_all_are_saved_stops_the_closing(user, photo, tmp_path):
    user.open(photo("a.png"), photo("b.png"))
    for _ in range(2):
        user.ask("the dog")
        user.trigger("next_image")
    user.window.close()
    user.answer("unsaved_box", "leave_save_all")
    user.window.findChild(QFileDialog, "save_dialog").reject()
    user.wait(lambda: user.window.findChild(QFileDialog, "save_dialog") is None)
    user.window.close()  # asks again, as at first
    user.answer("unsaved_box", "leave_discard_all")
    user.wait(lambda: not user.window.isVisible())
    assert not list(tmp_path.glob("*.rim"))


# projects


def test_a_project_is_saved_and_opened_another_day(user, photo, tmp_path):
    user.open(photo())
    assert not user.editor.unsaved
    user.ask("the dog")
    user.editor.layers.add()
    user.ask("the hat")
    user.editor.set_edit(SolidColour((1, 2, 3)))
    user.trigger("save")  # never saved before: it asks
    choose_name(user, tmp_path / "work")
    path = tmp_path / "work.rim"
    user.wait(lambda: not user.editor.unsaved)
    assert user.window.windowTitle().startswith("work.rim") and not user.window.isWindowModified()
    assert user.window.live_settings.current.recent[0] == path
    user.editor.layers.rename(1, "hat")
    assert user.window.isWindowModified()
    user.trigger("save")
    user.idle()
    assert not user.window.isWindowModified() and not user.window.findChild(QFileDialog, "save_dialog")
    shown = user.matte().copy()
    user.trigger("close")
    assert len(user.window.documents) == 0
    user.open(path)
    assert not user.editor.unsaved and user.editor.title == "work.rim"
    assert [layer.title for layer in user.editor.document.layers] == ["the dog", "hat"]
    np.testing.assert_allclose(user.matte(), shown, atol=1e-4)
    undo = user.window.actions_by_id["undo"]
    while undo.isEnabled():
        undo.trigger()
    assert user.editor.document.parts == () and user.editor.unsaved
    user.window.opener.open_files([path])  # it is open already
    assert len(user.window.documents) == 1


def test_a_project_may_leave_the_image_in_its_file(user, photo, tmp_path):
    user.open(photo())
    user.ask("the dog")
    user.trigger("save_as")
    choose_name(user, tmp_path / "small.rim", name_filter="stays in its own file")
    user.wait(lambda: not user.editor.unsaved)
    assert projects.read(tmp_path / "small.rim").linked and user.editor.saving.linked


def test_a_damaged_project_opens_in_part_and_is_not_written_over(user, photo, tmp_path):
    user.open(photo())
    user.ask("the dog")
    path = tmp_path / "work.rim"
    user.editor.saving.save(path)
    user.idle()
    user.trigger("close")
    path.write_bytes(path.read_bytes()[:-200])
    damaged = path.read_bytes()
    user.open(path)
    assert any("is damaged. Lost: the end of the file" in text for text in user.messages())
    assert user.editor.unsaved and user.editor.document.has_matte
    user.trigger("save")
    choose_name(user, tmp_path / "rescued.rim")
    user.wait(lambda: not user.editor.unsaved)
    assert path.read_bytes() == damaged and projects.read(tmp_path / "rescued.rim").lost == ()


def test_closing_waits_for_a_project_being_saved(user, photo, tmp_path, monkeypatch):
    gate, usual = threading.Event(), projects.write

    def slow(*arguments, **options):
        gate.wait(10)
        usual(*arguments, **options)

    monkeypatch.setattr(projects, "write", slow)
    user.open(photo())
    user.ask("the dog")
    user.editor.saving.save(tmp_path / "work.rim")
    user.window.close()
    assert user.window.isVisible() and any("being saved" in text for text in user.messages())
    gate.set()
    user.wait(lambda: not user.window.isVisible())
    assert projects.read(tmp_path / "work.rim").lost == ()


def test_leaving_asks_about_each_and_may_discard_all(user, photo):
    user.open(photo("a.png"), photo("b.png"))
    for _ in range(2):
        user.ask("the dog")
        user.trigger("next_image")
    user.window.close()
    user.answer("unsaved_box", "leave_cancel")
    assert user.window.isVisible() and not any(one.discarded for one in user.window.documents)
    user.wait(lambda: user.window.findChild(QMessageBox, "unsaved_box") is None)
    user.window.close()
    user.answer("unsaved_box", "leave_discard_all")
    user.wait(lambda: not user.window.isVisible())


def test_closing_while_the_model_works_is_safe(user, photo, model):
    user.open(photo())
    model.gate = threading.Event()
    user.qtbot.keyClicks(user.box, "the dog")
    user.press(Qt.Key.Key_Return)
    assert user.editor.busy
    threading.Timer(0.2, model.gate.set).start()
    user.window.close()
    assert not user.window.isVisible() and user.window.all_jobs_ended


def test_closing_waits_for_an_export(user, photo, tmp_path, monkeypatch):
    from rim_editor.files import exporting

    gate, usual = threading.Event(), exporting.export

    def slow(*arguments):
        gate.wait(10)
        usual(*arguments)

    monkeypatch.setattr(exporting, "export", slow)
    user.open(photo())
    user.ask("the dog")
    path = tmp_path / "out.png"
    user.editor.export(path, ExportRequest())
    user.window.close()
    assert user.window.isVisible() and any("being exported" in text for text in user.messages())
    gate.set()
    user.answer("unsaved_box", "leave_discard")  # it is exported, and not saved
    user.wait(lambda: not user.window.isVisible())
    with Image.open(path) as image:
        image.load()


def test_stopping_the_export_on_leaving_asks_about_the_work(user, photo, tmp_path, monkeypatch):
    from rim_editor.files import exporting

    gate = threading.Event()
    monkeypatch.setattr(exporting, "export", lambda *_: gate.wait(10))
    user.open(photo())
    user.ask("the dog")
    user.editor.export(tmp_path / "out.png", ExportRequest())
    user.window.close()
    button = user.window.findChild(QPushButton, "message_stop")
    user.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    gate.set()
    user.answer("unsaved_box", "leave_discard")
    user.wait(lambda: not user.window.isVisible())
    assert not (tmp_path / "out.png").exists()
