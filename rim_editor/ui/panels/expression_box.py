"""The text field for the expression, with completion from what was asked in this image, the history and the nouns."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QStringListModel, Qt, Signal
from PySide6.QtGui import QIcon, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QCompleter, QLineEdit, QWidget

from rim_editor.translation import marked, tr
from rim_editor.ui.theme import icon, set_type

_PLACEHOLDER = marked("Describe what to cut out: the woman in the red coat on the left")
_NO_WORDS = marked("Enter finds the main subject; these weights know no words")
_WIDE = 24
"""Letters of width from which there is room for more than the words."""


class _Completer(QCompleter):
    """Offers all suggestions of the model, whatever is typed, and selects none: Enter keeps the typed text."""

    def __init__(self, suggestions: QStringListModel, parent: QWidget) -> None:
        super().__init__(suggestions, parent)
        self.setMaxVisibleItems(8)

    def splitPath(self, path: str) -> list[str]:  # noqa: N802
        """Turn filtering off. Qt's own unfiltered mode would replace the typed text on Enter."""
        return [""]


class ExpressionBox(QLineEdit):
    """A line of text, named expression_box, that completes expressions."""

    escaped = Signal()
    """Escape was pressed while the list of completions was open."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("expression_box")
        self.setClearButtonEnabled(True)
        self.setAccessibleName(tr("Expression"))
        self.set_knows_words(True)
        self.setMaxLength(1000)
        set_type(self, "large")
        self.setMinimumHeight(2 * self.fontMetrics().height())
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 14)
        self._glass = self.addAction(QIcon(), QLineEdit.ActionPosition.LeadingPosition)
        self._history: tuple[str, ...] = ()
        self._nouns: tuple[str, ...] = ()
        self._here: tuple[str, ...] = ()
        self._suggestions = QStringListModel(self)
        completer = _Completer(self._suggestions, self)
        self.setCompleter(completer)
        popup = completer.popup()
        assert popup is not None
        popup.installEventFilter(self)
        self._popup = popup
        self.textEdited.connect(self._suggest)

    def set_knows_words(self, knows: bool) -> None:
        """Ask for words, or say that the chosen weights know none."""
        self.setPlaceholderText(tr(_PLACEHOLDER) if knows else tr(_NO_WORDS))
        description = tr("Describe the object to cut out, then press Enter")
        tip = tr("Describe one object in your own words, then press Enter (Ctrl+L goes here)")
        self.setAccessibleDescription(description if knows else tr(_NO_WORDS))
        self.setToolTip(tip if knows else tr(_NO_WORDS))

    def set_suggestions(self, history: Sequence[str], nouns: Sequence[str]) -> None:
        """Set the suggestions: earlier expressions (newest first), and the nouns, the most common first."""
        self._history, self._nouns = tuple(history), tuple(nouns)

    def set_used_here(self, texts: Sequence[str]) -> None:
        """Set the expressions and the nouns of the image in front, which are offered before all others."""
        self._here = tuple(texts)

    def close_list(self) -> None:
        """Hide the list of completions."""
        self._popup.hide()

    def paint_icons(self) -> None:
        """Set the icon; call again after the theme has changed."""
        self._glass.setIcon(icon("fa6s.magnifying-glass", self.palette().placeholderText().color()))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Leave all of a small box to the words: magnifying glass and cross go."""
        super().resizeEvent(event)
        is_wide = self.width() >= _WIDE * self.fontMetrics().averageCharWidth()
        if is_wide != self.isClearButtonEnabled():
            self._glass.setVisible(is_wide)
            self.setClearButtonEnabled(is_wide)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Escape closes the list of completions and leaves the box."""
        if watched is self._popup and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Escape:
                self.close_list()
                self.escaped.emit()
                return True
        return super().eventFilter(watched, event)

    def _suggest(self, typed: str) -> None:
        from rim_editor.editor.completing import completions

        if typed.startswith("/"):  # the key that goes to the box, typed in the box itself
            typed = typed.lstrip("/ ")
            self.setText(typed)
        self._suggestions.setStringList(list(completions(typed, self._history, self._nouns, here=self._here)))
