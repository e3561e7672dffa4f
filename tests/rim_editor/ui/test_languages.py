"""The catalogues are whole and current, the right one is chosen, and no text of the window passes by them."""

import importlib.util
import re
from collections import Counter
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale, QObject, Qt, QTranslator
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QComboBox,
    QDialog,
    QDoubleSpinBox,
    QGroupBox,
    QLabel,
    QLineEdit,
    QTabWidget,
    QWidget,
)

from rim_editor import matting as weights
from rim_editor.documents.document import MatteControls
from rim_editor.documents.edits import Cutout
from rim_editor.documents.framing import Framing
from rim_editor.settings import Settings
from rim_editor.translation import marked, tr
from rim_editor.ui import languages
from rim_editor.ui.batch.batch_dialog import BatchDialog
from rim_editor.ui.dialogs.crop_dialog import CropDialog
from rim_editor.ui.dialogs.export_dialog import ExportDialog
from rim_editor.ui.dialogs.model_dialog import ModelDialog
from rim_editor.ui.dialogs.preferences_dialog import PreferencesDialog
from rim_editor.ui.panels.amount_slider import AmountSlider
from rim_editor.ui.window.actions import MENUS, Actions
from rim_editor.ui.window.main_window import MainWindow

FOLDER = Path(__file__).parents[3] / "resources" / "translations"
CATALOGUES = sorted(FOLDER.glob("*.ts"))


def collect():
    spec = importlib.util.spec_from_file_location("collect", FOLDER / "collect.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def speak(qapp):
    yield lambda language: languages.use(qapp, language)
    languages.use(qapp, "en")


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_a_catalogue_has_a_translation_of_every_text_and_no_other(path):
    known, wanted = collect().translations(path), collect().texts()
    assert [text for text in wanted if not known.get(text)] == [], (
        "run resources/translations/collect.py, and translate"
    )
    assert [text for text in known if text not in wanted] == [], "run resources/translations/collect.py"


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_a_translation_has_the_names_letters_and_ends_of_its_text(path):
    for text, translation in collect().translations(path).items():
        for pattern in (r"\{\w+", r"&(?=\w)", r"…$", r"^ ", r" $", r"\*\.\w+", r";;", r"\n"):
            assert Counter(re.findall(pattern, text)) == Counter(re.findall(pattern, translation)), (text, translation)


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_the_compiled_catalogue_is_the_current_one(path):
    translator = QTranslator()
    assert translator.load(str(path.with_suffix(".qm")))
    for text, translation in collect().translations(path).items():
        assert translator.translate(languages.CONTEXT, text) == translation, "run resources/translations/collect.py"


def test_the_texts_are_found_where_they_are_passed_on_and_where_they_are_marked(tmp_path):
    (tmp_path / "rim_editor").mkdir()
    (tmp_path / "rim_editor" / "a.py").write_text(
        'T = marked({"key": ("Name", "fa6s.icon"), "Red": 1})\nS = marked((Spec("id", "&Open", "Ctrl+O"), "a_b"))\n'
        'print(tr("One " "text"), tr("yes" if x else "no"), "not this", name("nor this"))\n'
    )
    assert list(collect().texts(tmp_path / "rim_editor")) == ["Name", "Red", "&Open", "One text", "yes", "no"]


@pytest.mark.parametrize(
    ("wanted", "system", "expected"),
    [
        ("system", ["de-AT", "en-US"], "de"),
        ("system", ["de_CH"], "de"),
        ("system", ["fr-FR", "de-DE"], "de"),
        ("system", ["ja-JP"], "en"),
        ("system", [], "en"),
        ("de", ["en-GB"], "de"),
        ("en", ["de-DE"], "en"),
        (languages.PSEUDO, [], languages.PSEUDO),
    ],
)
def test_the_language_is_the_users_own_or_the_first_of_the_system_that_there_is(wanted, system, expected, monkeypatch):
    monkeypatch.delenv(languages.VARIABLE, raising=False)
    assert languages.chosen(wanted, system) == expected
    monkeypatch.setenv(languages.VARIABLE, "de")
    assert languages.chosen(wanted, system) == "de"


def test_german_is_spoken_with_its_values_and_english_again_after_it(speak):
    speak("de")
    assert tr("Layer {number}", number=3) == "Ebene 3"
    assert tr("&Open…") == "Ö&ffnen…" and tr("no such text") == "no such text"
    speak("en")
    assert tr("Layer {number}", number=3) == "Layer 3" and marked("Layers") == "Layers"


@pytest.mark.parametrize(
    ("language", "system", "written"),
    [
        ("de", "en_US", "2,5"),
        ("en", "de_DE", "2.5"),
        ("de", "de_AT", "2,5"),
        ("de", "de_CH", "2.5"),
        ("en", "C", "2.5"),
    ],
)
def test_numbers_are_written_as_the_language_of_the_window_does(language, system, written):
    assert languages.number_locale(language, QLocale(system)).toString(2.5, "f", 1) == written


def test_a_spin_box_follows_the_language_and_reads_what_it_writes(qtbot, speak):
    for language, written in (("de", "2,5 px"), ("en", "2.5 px")):
        speak(language)
        slider = AmountSlider("amount", "Amount", 0, 10, suffix=" px", decimals=1)
        qtbot.addWidget(slider)
        box = slider.findChild(QDoubleSpinBox, "amount_value")
        slider.set_value(2.5)
        assert box.text() == written and box.valueFromText(written) == 2.5


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_no_two_lines_of_a_menu_share_a_letter(speak, path):
    speak(path.stem)
    bar = [tr(title) for title in MENUS]
    menus = {
        title: [tr(spec.text) for spec in specs if spec.id != "forget_recent"]  # that one is in a menu of its own
        for title, specs in MENUS.items()
    }
    menus["&File"].append(tr("Open &Recent"))
    menus["&Edit"] = [text for text in menus["&Edit"] if text != tr("Save as Prese&t…")] + [tr("Pres&ets")]
    for texts in (bar, *menus.values()):
        letters = Counter(text[text.index("&") + 1].lower() for text in texts)
        assert [letter for letter, count in letters.items() if count > 1] == [], texts


def shown_texts(top):
    """(object name, kind, text) of all that a user can read in a widget and below it, a screen reader included."""
    for widget in (top, *top.findChildren(QWidget)):
        name = widget.objectName() or type(widget).__name__
        yield name, "tooltip", widget.toolTip()
        yield name, "name", widget.accessibleName()
        yield name, "description", widget.accessibleDescription()
        yield name, "title", widget.windowTitle() if widget.isWindow() or isinstance(widget, QDialog) else ""
        if isinstance(widget, QAbstractButton | QLabel):
            yield name, "text", widget.text()
        elif isinstance(widget, QGroupBox):
            yield name, "text", widget.title()
        elif isinstance(widget, QLineEdit):
            yield name, "placeholder", widget.placeholderText()
        elif isinstance(widget, QAbstractSpinBox):
            yield name, "special", widget.specialValueText() if hasattr(widget, "specialValueText") else ""
        elif isinstance(widget, QComboBox):
            for place in range(widget.count()):
                yield name, "item", widget.itemText(place)
                yield name, "item's tooltip", widget.itemData(place, Qt.ItemDataRole.ToolTipRole) or ""
        elif isinstance(widget, QTabWidget):
            for place in range(widget.count()):
                yield name, "tab", widget.tabText(place)
    for action in top.findChildren(QAction):
        if not isinstance(action.parent(), QLineEdit):
            yield action.objectName(), "action", action.text()
            yield action.objectName(), "tip", action.toolTip()


NOT_TRANSLATED = re.compile(
    r"[^a-zA-Z]*|/.*|RIM Editor|photo\.jpg.*|images?|compact.*|the (sunflower|blue cup|apples)|English|Deutsch"
    r"|Ctrl\+E|[\d.× ]+px|#[0-9a-f]{6}|OK|Cancel|Scroll (Left|Right)|Close Tab"
)
"""Files, samples, weights, languages by their own names, units, and Qt's own texts, which its catalogues have."""


@pytest.mark.parametrize("what", ["window", "preferences", "batch", "crop", "export", "models"])
def test_no_text_passes_the_translation_by(speak, what, qtbot, matting, runner, photo, editor, monkeypatch):
    monkeypatch.delenv(languages.VARIABLE, raising=False)
    speak(languages.PSEUDO)
    made = {
        "window": lambda: MainWindow(matting, Settings(), runner=runner),
        "preferences": lambda: PreferencesDialog(Settings()),
        "batch": lambda: BatchDialog(matting, Settings(), runner, edit=Cutout(), controls=MatteControls()),
        "crop": lambda: CropDialog(editor, runner),
        "export": lambda: ExportDialog(editor, Settings(), Framing()),
        "models": lambda: ModelDialog(weights, Settings(), runner),
    }[what]()
    qtbot.addWidget(made)
    if what == "window":
        made.opener.open_files([photo()])
        qtbot.waitUntil(lambda: not made.opener.busy)
        assert made.layoutDirection() is Qt.LayoutDirection.RightToLeft
    missed = {
        (name, kind, text)
        for name, kind, text in shown_texts(made)
        if text and "⟦" not in text and not NOT_TRANSLATED.fullmatch(text.replace("\n", " "))
        and not name.startswith("qt_")
    }  # fmt: skip
    assert sorted(missed) == []


def test_actions_speak_the_language(speak):
    speak("de")
    parent = QObject()
    actions = Actions(parent)
    assert actions["open"].text() == "Ö&ffnen…" and actions["open"].property("menu") == "Datei"
    assert "Bilder, Projekte oder Ebenen öffnen" in actions["open"].toolTip()
    assert "Strg" in actions["open"].toolTip() or "Ctrl" in actions["open"].toolTip()
    parent.deleteLater()
