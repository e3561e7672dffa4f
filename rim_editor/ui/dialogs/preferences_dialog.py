"""Preferences: how the editor looks and works for this user."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSize
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QGroupBox,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from rim_editor.settings import LANGUAGES, THEMES, Settings
from rim_editor.translation import marked, tr
from rim_editor.ui.dialogs.export_formats import USUAL_QUALITY
from rim_editor.ui.dialogs.model_choice import ModelChoice
from rim_editor.ui.named_widgets import name_widget, resize_on_screen, scroll_area, wrapped_label
from rim_editor.ui.panels.amount_slider import AmountSlider

_THEME_NAMES = marked({"system": "As the system", "light": "Light", "dark": "Dark"})
_LANGUAGE_NAMES = {"system": marked("As the system"), "en": "English", "de": "Deutsch"}  # each in its own language


class PreferencesDialog(QDialog):
    """Shows settings to be changed; `settings()` returns the new ones, and nothing is saved here."""

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("preferences_dialog")
        self.setWindowTitle(tr("Preferences"))
        self._settings = settings
        self._clears_history = False

        window = QGroupBox(tr("Window"))
        form = QFormLayout(window)
        self._theme = name_widget(QComboBox(), "theme_box")
        for theme in THEMES:
            self._theme.addItem(tr(_THEME_NAMES[theme]), theme)
        self._theme.setCurrentIndex(self._theme.findData(settings.theme))
        self._theme.setToolTip(tr("Light or dark colours"))
        form.addRow(tr("&Theme"), self._theme)
        self._language = name_widget(QComboBox(), "language_box", tr("Of menus, texts and dialogs"))
        for language in LANGUAGES:
            self._language.addItem(tr(_LANGUAGE_NAMES[language]), language)
        self._language.setCurrentIndex(self._language.findData(settings.language))
        form.addRow(tr("&Language"), self._language)
        restart = wrapped_label("language_about", tr("The language changes when RIM Editor is started again."))
        restart.hide()
        self._language.currentIndexChanged.connect(
            lambda _place: restart.setVisible(self._language.currentData() != settings.language)
        )
        form.addRow(restart)
        self._motion = name_widget(QCheckBox(tr("&Reduce motion")), "reduced_motion")
        self._motion.setToolTip(tr("No marching ants and no smooth zooming"))
        self._motion.setChecked(settings.reduced_motion)
        form.addRow(self._motion)

        exports = QGroupBox(tr("Export"))
        form = QFormLayout(exports)
        self._metadata = name_widget(QCheckBox(tr("&Keep metadata")), "keep_metadata")
        self._metadata.setToolTip(tr("Carry camera, date, place and author of the image on (EXIF, XMP, IPTC)"))
        self._metadata.setChecked(settings.keep_metadata)
        form.addRow(self._metadata)
        self._quality = AmountSlider(
            "default_quality", tr("&Quality"), 1, 100, tip=tr("Of WebP, JPEG and AVIF; 100 is best")
        )
        self._quality.set_value(settings.quality or USUAL_QUALITY)
        form.addRow(self._quality)

        model = QGroupBox(tr("Model"))
        self._model = ModelChoice(settings.weights, settings.device, settings.precision)
        QVBoxLayout(model).addWidget(self._model)

        history = QGroupBox(tr("Memory"))
        column = QVBoxLayout(history)
        self._history_label = wrapped_label("history_about")
        column.addWidget(self._history_label)
        self._clear_button = name_widget(QPushButton(tr("&Clear history")), "clear_history")
        self._clear_button.setAutoDefault(False)
        self._clear_button.setToolTip(tr("Forget the expressions and the recent images"))
        self._clear_button.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._clear_button.clicked.connect(self._clear)
        column.addWidget(self._clear_button)

        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        for button in buttons.buttons():
            button.setIcon(QIcon())  # the style's own icons are illegible in dark themes
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        for widget in (window, exports, model, history):
            column.addWidget(widget)
        column.addStretch(1)
        self._show_history()
        area = scroll_area(inside)
        column = QVBoxLayout(self)
        column.addWidget(area)
        column.addWidget(buttons)
        rest = column.sizeHint().height() - area.sizeHint().height()
        resize_on_screen(self, QSize(column.sizeHint().width(), inside.sizeHint().height() + rest))

    def settings(self) -> Settings:
        """The settings with the changes of this dialog."""
        weights, device, precision = self._model.options()
        quality = round(self._quality.value())
        chosen = replace(
            self._settings,
            theme=self._theme.currentData(),
            language=self._language.currentData(),
            reduced_motion=self._motion.isChecked(),
            keep_metadata=self._metadata.isChecked(),
            quality=self._settings.quality if quality == (self._settings.quality or USUAL_QUALITY) else quality,
            weights=weights,
            device=device,
            precision=precision,
        )
        return replace(chosen, recent=(), expressions=()) if self._clears_history else chosen

    def _clear(self) -> None:
        self._clears_history = True
        self._show_history()

    def _show_history(self) -> None:
        expressions, images = len(self._settings.expressions), len(self._settings.recent)
        self._clear_button.setEnabled(not self._clears_history and bool(expressions or images))
        if self._clears_history:
            self._history_label.setText(tr("Expressions and recent images are forgotten when you press OK."))
        else:
            self._history_label.setText(
                tr(
                    "{expressions} and {images} are kept.",
                    expressions=_counted(expressions, tr("1 expression"), tr("{count} expressions")),
                    images=_counted(images, tr("1 recent image"), tr("{count} recent images")),
                )
            )


def _counted(count: int, one: str, many: str) -> str:
    return one if count == 1 else many.format(count=count)
