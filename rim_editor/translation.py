"""Texts for the user in the user's language: English, as they are written, until the window chooses another.

Every text that the window shows goes through `tr` where it is shown. What stands in a table of a module is marked,
since the language is not known yet when the module is imported:

    tr("Exported to “{path}”.", path=path)
    _TABS = marked({Group.DONE: "Done"})  ...  tr(_TABS[group])

There is no Qt in here, so that every room can use it; `ui/languages.py` chooses the language, and
resources/translations/collect.py finds the texts of both kinds for the translators.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

MarkedT = TypeVar("MarkedT")


class _Language:
    """How texts are translated now."""

    translate: Callable[[str], str] | None = None


def tr(text: str, /, **values: object) -> str:
    """The text in the user's language, with `values` in place of the names in braces."""
    found = text if _Language.translate is None else _Language.translate(text)
    return found.format(**values) if values else found


def marked(table: MarkedT, /) -> MarkedT:
    """The table, unchanged: all its texts are for the user, and pass through `tr` where they are shown."""
    return table


def use(translate: Callable[[str], str] | None) -> None:
    """Translate by `translate` from now on, which returns a text that it does not know as it is; None: English."""
    _Language.translate = translate
