"""The language of the window: finds the one that the user or the system wants, and loads its catalogue.

Catalogues are resources/translations/LANGUAGE.qm, which collect.py makes there; Qt has its own for its dialogs. English
needs none. The pseudo-language of tests looks like English, but longer and from right to left, each text in brackets.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib import resources
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, Qt, QTranslator
from PySide6.QtWidgets import QApplication

from rim_editor import translation
from rim_editor.settings import LANGUAGES

CONTEXT = "rim_editor"
PSEUDO = "x-rtl"
VARIABLE = "RIM_EDITOR_LANGUAGE"
"""An environment variable that overrides the settings: one of LANGUAGES, or PSEUDO."""
_FROM_RIGHT = "\u200f"  # so that Latin letters, too, are laid out from right to left
_LONGER = 1.3  # a usual German text beside its English one


def chosen(wanted: str, system: Sequence[str] | None = None) -> str:
    """The code of the language for a setting: itself, or for 'system' the first of the user's that there is, else 'en'.

    `system` are the user's languages, such as 'de-AT', the dearest first; by default those of the desktop.
    """
    wanted = os.environ.get(VARIABLE) or wanted
    if wanted in LANGUAGES and wanted != "system":
        return wanted
    if wanted == PSEUDO:
        return PSEUDO
    codes = [
        name.replace("_", "-").split("-")[0] for name in (QLocale.system().uiLanguages() if system is None else system)
    ]
    return next((code for code in codes if code in LANGUAGES), "en")


def use(app: QApplication, language: str) -> None:
    """Show all texts and numbers from now on in this language, and lay out from right to left where it is written so.

    Widgets keep the texts with which they were made, and write numbers as when they were made.
    """
    for former in app.findChildren(QTranslator, CONTEXT):
        app.removeTranslator(former)
        former.deleteLater()
    translation.use(None)
    locale = QLocale(language)
    QLocale.setDefault(number_locale(language))
    app.setLayoutDirection(Qt.LayoutDirection.RightToLeft if language == PSEUDO else locale.textDirection())
    if language == PSEUDO:
        translation.use(_pseudo)
    elif language != "en":
        _install(app, Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)) / f"qtbase_{language}.qm")
        _install(app, Path(str(resources.files("resources"))) / "translations" / f"{language}.qm")
        translation.use(lambda text: QCoreApplication.translate(CONTEXT, text))


def number_locale(language: str, system: QLocale | None = None) -> QLocale:
    """How numbers are written beside texts in this language: as in the country of `system`, if that speaks it.

    `system` is by default the desktop's; which format of numbers it has beside another language does not count.
    """
    desktop = QLocale.system() if system is None else system
    own = QLocale("en" if language == PSEUDO else language)
    return QLocale(own.language(), desktop.territory()) if desktop.language() == own.language() else own


def _install(app: QApplication, path: Path) -> None:
    translator = QTranslator(app)
    translator.setObjectName(CONTEXT)
    if translator.load(str(path)):
        app.installTranslator(translator)


def _pseudo(text: str) -> str:
    return f"{_FROM_RIGHT}⟦{text}{'·' * round((_LONGER - 1) * len(text))}⟧{_FROM_RIGHT}"
