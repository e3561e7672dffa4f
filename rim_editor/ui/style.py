"""The style of the widgets: Fusion with flat, rounded shapes and a clear sign of what is chosen and what has the focus.

The default button, of a dialog or by `setDefault`, is filled with the accent. What to draw is read from options alone:
a wrapper that outlived an object at the widget's address may come in its place. A style sheet would draw the same in
C++, but changing the theme would hold the window up for a fifth of a second.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import (
    QProxyStyle,
    QStyle,
    QStyleOption,
    QStyleOptionButton,
    QStyleOptionComboBox,
    QStyleOptionComplex,
    QStyleOptionFrame,
    QStyleOptionSlider,
    QStyleOptionSpinBox,
    QStyleOptionTab,
    QStyleOptionToolButton,
    QWidget,
)

from rim_editor.ui.palettes import is_dark, mixed

RADIUS = 5.0
"""Of corners, in logical pixels."""
_DESCENT = 2  # Fusion cuts off the last pixels of inactive tabs
_GROOVE, _HANDLE, _UNDERLINE, _SCROLL = 4.0, 14.0, 2.0, 7.0
_Primitive, _Control, _Complex, _Sub = (
    QStyle.PrimitiveElement, QStyle.ControlElement, QStyle.ComplexControl, QStyle.SubControl,
)  # fmt: skip
_Role, _State, _Feature = QPalette.ColorRole, QStyle.StateFlag, QStyleOptionToolButton.ToolButtonFeature
_DEFAULT = QStyleOptionButton.ButtonFeature.DefaultButton
_BOXES = {_Primitive.PE_IndicatorCheckBox, _Primitive.PE_IndicatorRadioButton, _Primitive.PE_FrameMenu}
_BORDER = QColor("#85858f")  # of boxes in dark themes; Fusion darkens it to two thirds


class FlatStyle(QProxyStyle):
    """Fusion, with its gradients and bevels replaced by flat shapes."""

    def __init__(self) -> None:
        super().__init__("Fusion")

    def drawPrimitive(  # noqa: N802
        self, element: QStyle.PrimitiveElement, option: QStyleOption, painter: QPainter, widget: QWidget | None = None
    ) -> None:
        """Draw buttons, fields and frames flat, and the rest as Fusion does."""
        if element == _Primitive.PE_PanelButtonCommand:
            _panel(painter, option, _fill(option, _is_default(option)))
        elif element == _Primitive.PE_PanelButtonTool:
            _tool_panel(painter, option)
        elif element == _Primitive.PE_PanelLineEdit:
            if not isinstance(option, QStyleOptionFrame) or option.lineWidth > 0:
                _panel(painter, option, option.palette.color(_Role.Base))
        elif element in (_Primitive.PE_FrameGroupBox, _Primitive.PE_FrameLineEdit):
            _panel(painter, option, None)
        elif element == _Primitive.PE_Frame:
            painter.save()
            painter.setPen(_line(option))
            painter.drawRect(QRectF(option.rect).adjusted(0.5, 0.5, -0.5, -0.5))
            painter.restore()
        elif element in (_Primitive.PE_PanelStatusBar, _Primitive.PE_FrameStatusBarItem, _Primitive.PE_FrameTabBarBase):
            return
        elif element == _Primitive.PE_IndicatorTabClose:
            _cross(painter, option)
        elif element == _Primitive.PE_FrameFocusRect:
            _focus_ring(painter, option)
        else:
            if element in (_Primitive.PE_PanelItemViewItem, _Primitive.PE_PanelItemViewRow):
                _tint_selection(option)
            if element in _BOXES and is_dark():
                colours = QPalette(option.palette)
                colours.setColor(_Role.Window, _BORDER)
                option.palette = colours
            super().drawPrimitive(element, option, painter, _safe(widget))

    def drawControl(  # noqa: N802
        self, element: QStyle.ControlElement, option: QStyleOption, painter: QPainter, widget: QWidget | None = None
    ) -> None:
        """Draw toolbars and tabs flat, the text of a default button in its ink, and the rest as Fusion does."""
        if element == _Control.CE_ToolBar:
            painter.fillRect(option.rect, option.palette.color(_Role.Window))
            return
        if element == _Control.CE_TabBarTabShape and isinstance(option, QStyleOptionTab):
            _tab(painter, option)
            return
        if element == _Control.CE_ItemViewItem:
            _tint_selection(option)
        if element == _Control.CE_PushButtonLabel and _is_default(option) and option.state & _State.State_Enabled:
            colours = QPalette(option.palette)
            colours.setColor(_Role.ButtonText, colours.color(_Role.HighlightedText))
            option.palette = colours
        super().drawControl(element, option, painter, _safe(widget))

    def drawComplexControl(  # noqa: N802
        self,
        control: QStyle.ComplexControl,
        option: QStyleOptionComplex,
        painter: QPainter,
        widget: QWidget | None = None,
    ) -> None:
        """Draw sliders, combo boxes and spin boxes flat, and the rest as Fusion does."""
        if control == _Complex.CC_Slider and isinstance(option, QStyleOptionSlider):
            _slider(painter, option)
        elif control == _Complex.CC_ComboBox and isinstance(option, QStyleOptionComboBox) and not option.editable:
            _panel(painter, option, _fill(option, filled=False))
            arrow = QRectF(self._part(control, option, _Sub.SC_ComboBoxArrow, widget))
            _chevron(painter, option, arrow.center(), down=True)
        elif control == _Complex.CC_ScrollBar and isinstance(option, QStyleOptionSlider):
            _scroll_bar(painter, option, QRectF(self._part(control, option, _Sub.SC_ScrollBarSlider, widget)))
        elif control == _Complex.CC_SpinBox and isinstance(option, QStyleOptionSpinBox):
            _panel(painter, option, option.palette.color(_Role.Base))
            for part, down in ((_Sub.SC_SpinBoxUp, False), (_Sub.SC_SpinBoxDown, True)):
                at = QRectF(self._part(control, option, part, widget)).center()
                _chevron(painter, option, at + QPointF(0, -1 if down else 1), down=down)
        else:
            if isinstance(option, QStyleOptionToolButton) and option.features & _Feature.Arrow:
                option.state &= ~_State.State_On  # the arrow of a heading says it
            super().drawComplexControl(control, option, painter, _safe(widget))

    def sizeFromContents(  # noqa: N802
        self, kind: QStyle.ContentsType, option: QStyleOption, size: QSize, widget: QWidget | None = None
    ) -> QSize:
        """The size that Fusion returns, with room for descenders in tabs and some air in buttons."""
        found = super().sizeFromContents(kind, option, size, _safe(widget))  # type: ignore[arg-type]  # Qt takes None
        if kind == QStyle.ContentsType.CT_TabBarTab:
            found += QSize(4, _DESCENT + 2)
        elif kind in (QStyle.ContentsType.CT_PushButton, QStyle.ContentsType.CT_LineEdit):
            found.setHeight(found.height() + 2)
        return found

    def _part(
        self,
        control: QStyle.ComplexControl,
        option: QStyleOptionComplex,
        part: QStyle.SubControl,
        widget: QWidget | None,
    ) -> QRect:
        return self.subControlRect(control, option, part, _safe(widget))  # type: ignore[arg-type]  # Qt takes None


def _safe(widget: QWidget | None) -> QWidget | None:
    """The widget, or None in place of any other object: Fusion draws without it."""
    return widget if isinstance(widget, QWidget) else None


def _tool_panel(painter: QPainter, option: QStyleOption) -> None:
    on, flat = bool(option.state & _State.State_On), bool(option.state & _State.State_AutoRaise)
    touched = option.state & (_State.State_MouseOver | _State.State_Sunken)
    if flat and not on and not (touched and option.state & _State.State_Enabled):
        if option.state & _State.State_HasFocus and option.state & _State.State_KeyboardFocusChange:
            _focus_ring(painter, option)
        return
    fill = _fill(option, filled=False)
    if on:
        accent = option.palette.color(_Role.Accent)
        fill = mixed(option.palette.color(_Role.Window), accent, 0.45 if is_dark() else 0.22)
    _panel(painter, option, fill, framed=not flat)


def _is_default(option: QStyleOption) -> bool:
    return isinstance(option, QStyleOptionButton) and bool(option.features & _DEFAULT)


def _fill(option: QStyleOption, filled: bool) -> QColor:
    state, colours = option.state, option.palette
    fill = colours.color(_Role.Highlight if filled and state & _State.State_Enabled else _Role.Button)
    ink = colours.color(_Role.HighlightedText if filled else _Role.ButtonText)
    if state & _State.State_Sunken:
        return mixed(fill, ink, 0.16)
    if state & _State.State_MouseOver and state & _State.State_Enabled:
        return mixed(fill, ink, 0.07)
    return fill


def _tint_selection(option: QStyleOption) -> None:
    """Mark what is selected by a tint that icons and texts of the usual colours are legible on."""
    colours = QPalette(option.palette)
    tint = mixed(colours.color(_Role.Base), colours.color(_Role.Accent), 0.4 if is_dark() else 0.2)
    colours.setColor(_Role.Highlight, tint)
    colours.setColor(_Role.HighlightedText, colours.color(_Role.Text))
    option.palette = colours


def _line(option: QStyleOption) -> QColor:
    """The colour of borders: enough against the window to see a field's bounds."""
    share = 0.36 if option.state & _State.State_Enabled else 0.16
    return mixed(option.palette.color(_Role.Window), option.palette.color(_Role.WindowText), share)


def _panel(painter: QPainter, option: QStyleOption, fill: QColor | None, *, framed: bool = True) -> None:
    """A rounded area with a border, which has the colour of the accent where the focus is."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    focused = bool(option.state & _State.State_HasFocus) and bool(option.state & _State.State_Enabled)
    width = 1.6 if focused else 1.0
    line = option.palette.color(_Role.Accent) if focused else _line(option)
    painter.setPen(QPen(line, width) if framed or focused else Qt.PenStyle.NoPen)
    painter.setBrush(fill if fill is not None else Qt.BrushStyle.NoBrush)
    half = width / 2
    painter.drawRoundedRect(QRectF(option.rect).adjusted(half, half, -half, -half), RADIUS, RADIUS)
    painter.restore()


def _focus_ring(painter: QPainter, option: QStyleOption) -> None:
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(option.palette.color(_Role.Accent), 1.6))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(QRectF(option.rect).adjusted(0.8, 0.8, -0.8, -0.8), RADIUS, RADIUS)
    painter.restore()


def _chevron(painter: QPainter, option: QStyleOption, at: QPointF, *, down: bool) -> None:
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(option.palette.color(_Role.ButtonText), 1.4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    tip = 1.6 if down else -1.6
    painter.drawPolyline(QPolygonF([at + QPointF(-3.2, -tip), at + QPointF(0, tip), at + QPointF(3.2, -tip)]))
    painter.restore()


def _cross(painter: QPainter, option: QStyleOption) -> None:
    """The cross of a tab: faint until the pointer is on it."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    window, ink = option.palette.color(_Role.Window), option.palette.color(_Role.WindowText)
    touched = bool(option.state & (_State.State_MouseOver | _State.State_Raised | _State.State_Sunken))
    middle = QRectF(option.rect).center()
    if touched and option.state & _State.State_MouseOver:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(mixed(window, ink, 0.15))
        painter.drawEllipse(middle, 8, 8)
    painter.setPen(QPen(ink if touched else mixed(window, ink, 0.6), 1.4))
    for down in (-3.5, 3.5):
        painter.drawLine(middle + QPointF(-3.5, down), middle + QPointF(3.5, -down))
    painter.restore()


def _tab(painter: QPainter, option: QStyleOptionTab) -> None:
    """A tab without a box: the one in front has a line of the accent under it."""
    rect = QRect(option.rect)
    window, ink = option.palette.color(_Role.Window), option.palette.color(_Role.WindowText)
    selected = bool(option.state & _State.State_Selected)
    if not selected and option.state & _State.State_MouseOver:
        painter.fillRect(rect, mixed(window, ink, 0.06))
    line = option.palette.color(_Role.Accent) if selected else mixed(window, ink, 0.15)
    height = _UNDERLINE if selected else 1.0
    painter.fillRect(QRectF(rect.left(), rect.bottom() + 1 - height, rect.width(), height), line)


def _slider(painter: QPainter, option: QStyleOptionSlider) -> None:
    """A thin groove, filled from zero up to a round handle."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    rect, enabled = QRectF(option.rect), bool(option.state & _State.State_Enabled)
    window, ink = option.palette.color(_Role.Window), option.palette.color(_Role.WindowText)
    accent = option.palette.color(_Role.Accent) if enabled else mixed(window, ink, 0.3)

    def across(value: int) -> float:
        share = QStyle.sliderPositionFromValue(option.minimum, option.maximum, value, 1000, option.upsideDown) / 1000
        return rect.left() + _HANDLE / 2 + 1 + share * (rect.width() - _HANDLE - 2)

    middle, here = rect.center().y(), across(option.sliderPosition)
    zero = across(min(max(0, option.minimum), option.maximum))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(mixed(window, ink, 0.22 if enabled else 0.12))
    groove = QRectF(rect.left() + 1, middle - _GROOVE / 2, rect.width() - 2, _GROOVE)
    painter.drawRoundedRect(groove, _GROOVE / 2, _GROOVE / 2)
    painter.setBrush(accent)
    start = groove.right() if option.upsideDown else groove.left()  # the other way where one writes from the right
    zero = start if zero == across(option.minimum) else zero
    left, right = min(zero, here), max(zero, here)
    painter.drawRoundedRect(QRectF(left, groove.top(), right - left, _GROOVE), _GROOVE / 2, _GROOVE / 2)
    focused = bool(option.state & _State.State_HasFocus)
    painter.setPen(QPen(option.palette.color(_Role.Accent) if focused else _line(option), 2.0 if focused else 1.0))
    painter.setBrush(mixed(option.palette.color(_Role.Button), QColor("white"), 0.75 if is_dark() and enabled else 0))
    painter.drawEllipse(QPointF(here, middle), _HANDLE / 2 - 0.5, _HANDLE / 2 - 0.5)
    painter.restore()


def _scroll_bar(painter: QPainter, option: QStyleOptionSlider, handle: QRectF) -> None:
    """Only a rounded handle on the colour of the window; the arrows at the ends work, and are not drawn."""
    window, ink = option.palette.color(_Role.Window), option.palette.color(_Role.WindowText)
    painter.fillRect(option.rect, window)
    if option.minimum == option.maximum:
        return
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    touched = option.state & (_State.State_MouseOver | _State.State_Sunken)
    painter.setBrush(mixed(window, ink, 0.55 if touched else 0.32))
    inset = max(0.0, (min(handle.width(), handle.height()) - _SCROLL) / 2)
    across, along = (inset, 1.0) if option.orientation == Qt.Orientation.Vertical else (1.0, inset)
    painter.drawRoundedRect(handle.adjusted(across, along, -across, -along), _SCROLL / 2, _SCROLL / 2)
    painter.restore()
