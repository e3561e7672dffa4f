"""What the editor has rendered for the canvas: coarse before fine, and the old until the new is there."""

from __future__ import annotations

import time
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtGui import QImage

from rim_editor.rendering import View, ViewMode
from rim_editor.ui.qt_image import to_qimage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from rim_editor.document import Document
    from rim_editor.editor import Editor

_QUICK = 0.12  # seconds: a level that came this fast last time is not announced by a coarser one
_PATIENCE = 0.5  # seconds that an older coarse rendering may take before a newer one supersedes it

ORIGINAL = View(mode=ViewMode.ORIGINAL)


@dataclass(frozen=True, eq=False)
class Rendering:
    """An image to draw over the whole of the document's rectangle, reduced by 2^level."""

    image: QImage
    level: int
    pixels: NDArray[np.uint8]
    """What `image` may only be looking at: it lives as long."""


@dataclass(frozen=True)
class _Key:
    view: View
    seen: tuple[object, ...]
    """What of the document the view shows: while it is the same, so is the rendering."""


@dataclass(frozen=True)
class _Order:
    key: _Key
    level: int


class Renderings:
    """The renderings of one editor. `arrived` is called whenever there is something better to draw."""

    def __init__(self, editor: Editor, arrived: Callable[[], None]) -> None:
        # Weak: the canvas keeps renderings by editor, and a closed one must go.
        self._editor = weakref.ref(editor)
        self._arrived = arrived
        self._wanted = _Order(_key(editor.document, ORIGINAL), 0)
        self._key: _Key | None = None
        self._after: dict[int, Rendering] = {}
        self._before: dict[int, Rendering] = {}
        self._took: dict[int, float] = {}
        self._asked: _Order | None = None
        self._asked_at = 0.0
        pixels = editor.document.source.pixels
        self._raw = Rendering(to_qimage(pixels), 0, pixels)
        self._before[0] = self._raw

    def ask(self, view: View, level: int, coarse: int, before: bool) -> bool:
        """Have this view made at `level`, at `coarse` first unless that is not worth it; the original too if `before`.

        Ask again whenever something changed, or arrived. False: an older coarse rendering is let finish, so that
        something moves while a slider is dragged; ask again soon.
        """
        editor = self._editor()
        if editor is None:
            return True
        self._wanted = _Order(_key(editor.document, view), level)
        order = self._missing(self._wanted.key, level, coarse)
        if order is None and before:
            order = self._missing(_key(editor.document, ORIGINAL), level, coarse)
        if order is None or order == self._asked:
            return True
        now = time.monotonic()
        if self._asked is not None and self._asked.level >= coarse and now - self._asked_at < _PATIENCE:
            return False
        self._asked, self._asked_at = order, now
        editor.show(order.key.view, order.level, lambda pixels: self._take(order, now, pixels, (level, coarse)))
        return True

    def settled(self) -> bool:
        """Whether what was asked last is there."""
        return self._wanted.level in self._shelf(self._wanted.key)

    def after(self, level: int) -> Rendering:
        """The best there is for a level in the view asked last; the source itself until something has arrived."""
        held = self._before if self._wanted.key.view == ORIGINAL else self._after
        return _best(held or self._before, level) or self._raw

    def before(self, level: int) -> Rendering:
        """The best there is of the original."""
        return _best(self._before, level) or self._raw

    def let_go(self) -> None:
        """Keep only what is small: the editor is out of sight. What is under way is no longer waited for."""
        for held in (self._after, self._before):
            for level in sorted(held)[:-1]:
                self._drop(held, level)
        self._asked = None

    @property
    def original(self) -> NDArray[np.uint8]:
        """The pixels of the source itself, HxWx3."""
        return self._raw.pixels

    def _missing(self, key: _Key, level: int, coarse: int) -> _Order | None:
        held = self._shelf(key)
        if level in held:
            return None
        if level < coarse and not any(have <= coarse for have in held) and self._took.get(level, 1.0) > _QUICK:
            return _Order(key, coarse)
        return _Order(key, level)

    def _shelf(self, key: _Key) -> dict[int, Rendering]:
        if key.view == ORIGINAL:
            return self._before
        return self._after if key == self._key else {}

    def _take(self, order: _Order, since: float, pixels: NDArray[np.uint8], wanted: tuple[int, int]) -> None:
        self._took[order.level] = time.monotonic() - since
        if self._asked == order:
            self._asked = None
        if order.key.view != ORIGINAL and order.key != self._key:
            self._key, self._after = order.key, {}
        held = self._shelf(order.key)
        held[order.level] = Rendering(to_qimage(pixels), order.level, pixels)
        for level in [level for level in held if level not in wanted]:
            self._drop(held, level)
        self._arrived()

    def _drop(self, held: dict[int, Rendering], level: int) -> None:
        if held[level] is not self._raw:
            del held[level]


def _best(held: dict[int, Rendering], level: int) -> Rendering | None:
    if not held:
        return None
    finer = [have for have in held if have <= level]
    return held[max(finer) if finer else min(held)]


def _key(document: Document, view: View) -> _Key:
    if view.mode is ViewMode.ORIGINAL:
        return _Key(ORIGINAL, ())
    if view.mode is ViewMode.RESULT:
        return _Key(view, (document.parts, document.controls, document.edit))
    return _Key(view, (document.parts, document.controls))
