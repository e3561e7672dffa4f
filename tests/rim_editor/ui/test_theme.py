"""The theme: legible by WCAG, following the choice, with icons in the palette's colours."""

import numpy as np
import pytest
import shiboken6
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import (
    QPushButton,
    QStyle,
    QStyleOptionFrame,
    QStyleOptionSpinBox,
    QTabBar,
    QWidget,
    QWidgetItem,
)

from rim_editor.errors import EditorError
from rim_editor.ui import theme
from rim_editor.ui.qt_image import to_array
from rim_editor.ui.style import FlatStyle

ROLE = QPalette.ColorRole


@pytest.fixture
def chosen_theme(qapp):
    before = (qapp.palette(), QFont(qapp.font()), qapp.style().objectName())
    made = theme.Theme(qapp)
    yield made
    shiboken6.delete(made)  # it no longer follows the system
    qapp.styleHints().setColorScheme(Qt.ColorScheme.Unknown)
    qapp.setFont(before[1])
    qapp.setPalette(before[0])
    qapp.setStyle(before[2])


def luminance(colour):
    """WCAG 2.2, relative luminance."""
    parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour.getRgbF()[:3]]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one, other):
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize(
    ("ink", "paper", "least"),
    [(ROLE.WindowText, ROLE.Window, 4.5), (ROLE.Text, ROLE.Base, 4.5), (ROLE.Text, ROLE.AlternateBase, 4.5),
     (ROLE.ButtonText, ROLE.Button, 4.5), (ROLE.HighlightedText, ROLE.Highlight, 4.5),
     (ROLE.ToolTipText, ROLE.ToolTipBase, 4.5), (ROLE.PlaceholderText, ROLE.Base, 4.5), (ROLE.Link, ROLE.Window, 4.5),
     (ROLE.LinkVisited, ROLE.Window, 4.5), (ROLE.Accent, ROLE.Window, 3.0)],
)  # fmt: skip
def test_everything_is_legible(dark, ink, paper, least):
    colours = theme.palette(dark)
    assert contrast(colours.color(ink), colours.color(paper)) >= least


@pytest.mark.parametrize("dark", [False, True])
def test_what_cannot_be_used_is_fainter_but_there(dark):
    colours = theme.palette(dark)
    usual = contrast(colours.color(ROLE.WindowText), colours.color(ROLE.Window))
    faded = contrast(colours.color(QPalette.ColorGroup.Disabled, ROLE.WindowText), colours.color(ROLE.Window))
    assert 2 < faded < usual / 2


def test_the_choice_changes_the_palette_and_emits(qtbot, chosen_theme, qapp):
    chosen_theme.choose("light")
    assert not theme.is_dark() and not chosen_theme.dark
    widget = QWidget()
    button = QPushButton("a", widget)
    qtbot.addWidget(widget)
    widget.show()
    qtbot.waitExposed(widget)
    with qtbot.waitSignal(chosen_theme.changed):
        chosen_theme.choose("dark")
    assert theme.is_dark() and chosen_theme.dark
    wanted = theme.palette(True).color(ROLE.Window)
    qtbot.waitUntil(lambda: all(one.palette().color(ROLE.Window) == wanted for one in (widget, button)))
    with qtbot.assertNotEmitted(chosen_theme.changed):
        chosen_theme.choose("dark")


def test_the_system_is_followed_unless_a_choice_was_made(chosen_theme, qapp, monkeypatch):
    now = [Qt.ColorScheme.Dark]
    monkeypatch.setattr(type(qapp.styleHints()), "colorScheme", lambda _: now[0])
    chosen_theme.choose("system")
    assert theme.is_dark()
    now[0] = Qt.ColorScheme.Light
    qapp.styleHints().colorSchemeChanged.emit(now[0])
    assert not theme.is_dark()
    chosen_theme.choose("dark")
    qapp.styleHints().colorSchemeChanged.emit(now[0])
    assert theme.is_dark()


def test_the_style_is_fusion_and_the_font_is_not_tiny(chosen_theme, qapp):
    assert qapp.font().pointSizeF() >= 10 or qapp.font().pixelSize() > 0


def test_the_style_draws_without_a_widget_when_it_is_handed_something_else(chosen_theme, qapp, qtbot):
    held = QWidget()
    qtbot.addWidget(held)
    style, other = FlatStyle(), QWidgetItem(held)
    picture = QPixmap(60, 40)
    picture.fill(QColor("red"))
    painter = QPainter(picture)
    option = QStyleOptionFrame()
    option.rect, option.lineWidth, option.palette = QRect(0, 0, 60, 40), 1, theme.palette(False)
    style.drawPrimitive(QStyle.PrimitiveElement.PE_FrameWindow, option, painter, other)
    style.drawControl(QStyle.ControlElement.CE_ShapedFrame, option, painter, other)
    style.drawPrimitive(QStyle.PrimitiveElement.PE_PanelLineEdit, option, painter, other)
    spin = QStyleOptionSpinBox()
    spin.rect, spin.palette = option.rect, option.palette
    style.drawComplexControl(QStyle.ComplexControl.CC_SpinBox, spin, painter, other)
    painter.end()
    assert to_array(picture.toImage())[20, 20, :3].tolist() == [255, 255, 255]
    kind = QStyle.ContentsType.CT_LineEdit
    assert style.sizeFromContents(kind, option, QSize(9, 9), other) == style.sizeFromContents(kind, option, QSize(9, 9))


@pytest.mark.parametrize("make_default", [False, True])
def test_the_default_button_has_the_accent(qtbot, chosen_theme, make_default):
    chosen_theme.choose("light")
    button = QPushButton("")
    qtbot.addWidget(button)
    button.setDefault(make_default)
    button.resize(80, 30)
    role = ROLE.Highlight if make_default else ROLE.Button
    assert to_array(button.grab().toImage())[15, 40, :3].tolist() == list(theme.palette(False).color(role).getRgb()[:3])


def ink(icon, side=32, mode=QIcon.Mode.Normal):
    """The mean colour where the icon covers, and how much of its square it covers."""
    pixels = to_array(icon.pixmap(side, side, mode).toImage()).astype(float)
    cover = pixels[..., 3:] / 255
    return (pixels[..., :3] * cover).sum((0, 1)) / cover.sum(), cover.mean()


@pytest.mark.parametrize("choice", ["light", "dark"])
def test_icons_have_the_colours_of_the_palette(chosen_theme, choice):
    chosen_theme.choose(choice)
    colours = theme.palette(choice == "dark")
    for mode, group in ((QIcon.Mode.Normal, QPalette.ColorGroup.Active),
                        (QIcon.Mode.Disabled, QPalette.ColorGroup.Disabled)):  # fmt: skip
        colour, cover = ink(theme.icon("fa6s.gear"), mode=mode)
        assert np.abs(colour - colours.color(group, ROLE.ButtonText).getRgb()[:3]).max() <= 3
        assert 0.2 < cover < 0.8


def test_an_icon_is_made_once_and_anew_when_the_colours_change(chosen_theme):
    chosen_theme.choose("light")
    light = theme.icon("fa6s.gear")
    assert theme.icon("fa6s.gear") is light
    chosen_theme.choose("dark")
    assert theme.icon("fa6s.gear") is not light
    colour, _ = ink(theme.icon("fa6s.gear", QColor(200, 30, 30)))
    assert np.abs(colour - (200, 30, 30)).max() <= 3


def test_an_icon_keeps_its_shape_and_stays_inside():
    for name in ("fa6s.keyboard", "fa6s.feather", "fa6s.scissors"):
        for side in (16, 24, 32, 48):
            pixels = to_array(theme.icon(name).pixmap(side, side).toImage())[..., 3]
            rows, columns = np.nonzero(pixels > 8)
            assert pixels.shape == (side, side)
            middle = (rows.min() + rows.max()) / 2, (columns.min() + columns.max()) / 2
            assert np.abs(np.subtract(middle, (side - 1) / 2)).max() <= 1
            assert 0.5 * side < max(np.ptp(rows), np.ptp(columns)) < side


def test_every_icon_of_the_menus_exists():
    from rim_editor.ui.window.actions import MENUS

    names = {spec.icon for specs in MENUS.values() for spec in specs if spec.icon}
    assert names and not [name for name in names if theme.icon(name).isNull()]


@pytest.mark.parametrize("name", ["fa6s.no-such-thing", "zz.gear", "gear"])
def test_an_unknown_icon_name_is_a_value_error(name):
    with pytest.raises(ValueError, match="icon"):
        theme.icon(name)


def test_missing_fonts_name_the_remedy(monkeypatch):
    monkeypatch.setattr(theme, "find_spec", lambda _: None)
    theme.clear_icons()
    try:
        with pytest.raises(EditorError, match="install qtawesome"):
            theme.icon("fa6s.gear")
    finally:
        theme.clear_icons()


def test_letters_hang_down_as_far_in_tabs_that_are_not_in_front(qtbot, chosen_theme):
    chosen_theme.choose("light")
    tabs = QTabBar()
    qtbot.addWidget(tabs)
    for _ in range(2):
        tabs.addTab("gypq")
    tabs.resize(tabs.sizeHint())
    tabs.show()

    def rows_of_ink(place):
        tabs.setCurrentIndex(place)
        pixels = to_array(tabs.grab(tabs.tabRect(0).adjusted(6, 4, -6, 0)).toImage())
        return int((pixels[..., :3].max(axis=2) < 110).any(axis=1).sum())

    assert rows_of_ink(0) == rows_of_ink(1) > 0
