"""Renderings of one editor for the canvas: requested coarse before fine, and kept until newer ones are there."""

from __future__ import annotations

import time
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtGui import QImage

from rim_editor.documents.rendering import View, ViewMode
from rim_editor.ui.qt_image import to_qimage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from rim_editor.documents.document import Document
    from rim_editor.editor.editor import Editor

QUICK = 0.12
"""Seconds: a level that took no longer last time is not preceded by a coarser one."""
_PATIENCE = 0.5  # seconds that a coarse rendering may take before a newer request supersedes it

ORIGINAL = View(mode=ViewMode.ORIGINAL)


@dataclass(frozen=True, eq=False)
class RenderedLevel:
    """An image of the whole document, reduced by 2^level."""

    image: QImage
    level: int
    pixels: NDArray[np.uint8]
    """The memory that `image` may share; kept alive with it."""


@dataclass(frozen=True)
class _Content:
    view: View
    parts_of_document: tuple[object, ...]
    """The parts of the document that the view shows: while they are the same, so is the rendering."""


@dataclass(frozen=True)
class _Request:
    content: _Content
    level: int


class RenderingCache:
    """The renderings of one editor. `arrived` is called whenever there is something better to draw."""

    def __init__(self, editor: Editor, arrived: Callable[[], None]) -> None:
        # Weak: the canvas keeps renderings by editor, and a closed one must go.
        self._editor = weakref.ref(editor)
        self._arrived = arrived
        self._newest = _Request(_content(editor.finishing.shown, ORIGINAL), 0)
        self._after_content: _Content | None = None
        self._after: dict[int, RenderedLevel] = {}
        self._before: dict[int, RenderedLevel] = {}
        self._seconds: dict[int, float] = {}
        self._pending: _Request | None = None
        self._requested_at = 0.0
        pixels = editor.document.source.pixels
        self._raw = RenderedLevel(to_qimage(pixels), 0, pixels)
        self._before[0] = self._raw

    def request(self, view: View, level: int, coarse: int, before: bool) -> bool:
        """Request this view at `level`, first at `coarse` unless that saves no time; the original too if `before`.

        Call it again whenever something has changed or arrived. False: an older coarse rendering may finish first, so
        that something moves while a slider is dragged; call again soon.
        """
        editor = self._editor()
        if editor is None:
            return True
        self._newest = _Request(_content(editor.finishing.shown, view), level)
        request = self._next_request(self._newest.content, level, coarse)
        if request is None and before:
            request = self._next_request(_content(editor.finishing.shown, ORIGINAL), level, coarse)
        if request is None or request == self._pending:
            return True
        now = time.monotonic()
        if self._pending is not None and self._pending.level >= coarse and now - self._requested_at < _PATIENCE:
            return False
        self._pending, self._requested_at = request, now
        editor.show(
            request.content.view, request.level, lambda pixels: self._take(request, now, pixels, (level, coarse))
        )
        return True

    def settled(self) -> bool:
        """Whether the latest request has arrived."""
        return self._newest.level in self._levels(self._newest.content)

    def after(self, level: int) -> RenderedLevel:
        """The best rendering for a level of the view requested last; the source itself until something has arrived."""
        levels = self._before if self._newest.content.view == ORIGINAL else self._after
        return _best(levels or self._before, level) or self._raw

    def before(self, level: int) -> RenderedLevel:
        """The best rendering of the original for a level."""
        return _best(self._before, level) or self._raw

    def trim(self) -> None:
        """Keep only the smallest images, since the editor is hidden, and forget a pending request."""
        for levels in (self._after, self._before):
            for level in sorted(levels)[:-1]:
                self._drop(levels, level)
        self._pending = None

    @property
    def original(self) -> NDArray[np.uint8]:
        """The pixels of the source itself, HxWx3."""
        return self._raw.pixels

    def _next_request(self, content: _Content, level: int, coarse: int) -> _Request | None:
        levels = self._levels(content)
        if level in levels:
            return None
        if level < coarse and not any(other <= coarse for other in levels) and self._seconds.get(level, 1.0) > QUICK:
            return _Request(content, coarse)
        return _Request(content, level)

    def _levels(self, content: _Content) -> dict[int, RenderedLevel]:
        if content.view == ORIGINAL:
            return self._before
        return self._after if content == self._after_content else {}

    def _take(self, request: _Request, requested_at: float, pixels: NDArray[np.uint8], keep: tuple[int, int]) -> None:
        self._seconds[request.level] = time.monotonic() - requested_at
        if self._pending == request:
            self._pending = None
        if request.content.view != ORIGINAL and request.content != self._after_content:
            self._after_content, self._after = request.content, {}
        levels = self._levels(request.content)
        levels[request.level] = RenderedLevel(to_qimage(pixels), request.level, pixels)
        for level in [level for level in levels if level not in keep]:
            self._drop(levels, level)
        self._arrived()

    def _drop(self, levels: dict[int, RenderedLevel], level: int) -> None:
        if levels[level] is not self._raw:
            del levels[level]


def _best(levels: dict[int, RenderedLevel], level: int) -> RenderedLevel | None:
    if not levels:
        return None
    finer = [other for other in levels if other <= level]
    return levels[max(finer) if finer else min(levels)]


def _content(document: Document, view: View) -> _Content:
    if view.mode is ViewMode.ORIGINAL:
        return _Content(ORIGINAL, ())
    if view.mode is ViewMode.RESULT:
        return _Content(
            view,
            tuple((one.parts, one.controls, one.edit, one.composition) for one in document.layers if one.visible),
        )
    return _Content(view, (document.parts, document.controls))
