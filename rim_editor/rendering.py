"""Rendering: everything derived from a document (its matte, its result, its views), cached.

A document is a description, so committing and undoing cost nothing; this is where the work is done.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Generic, TypeVar, assert_never

from rim_editor.document import Answer, Combine, Document, MatteControls
from rim_editor.edits import Colour, MatteOnly

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from clipmat.foreground import Layers
    from clipmat.image_files import OpenedImage

T = TypeVar("T")

_SMALLEST_PX = 256
# How many of each are cached; at 24 megapixels a full-size matte takes 96 MB, full-size layers 144 MB.
_FOLDED, _FINISHED, _REDUCED, _LAYERS = 3, 2, 8, 2


class ViewMode(StrEnum):
    """How the canvas shows a document."""

    RESULT = "result"
    OVERLAY = "overlay"
    ON_BLACK = "on black"
    ON_WHITE = "on white"
    ON_COLOUR = "on colour"
    BLACK_AND_WHITE = "black and white"
    MARCHING_ANTS = "marching ants"
    ORIGINAL = "original"


@dataclass(frozen=True)
class View:
    """How a document is displayed; not part of it."""

    mode: ViewMode = ViewMode.OVERLAY
    opacity: float = 0.6
    """0 to 1: how much of `colour` the overlay lays over the object."""
    colour: Colour = (255, 64, 64)
    """Of the overlay, and behind the object on a colour."""


class Renderer:
    """Renders the documents of one image. Every method may be called from any thread.

    Results may be shared and are read-only, unless a method says that they are new. Two threads that want the same
    thing at once wait for one computation. Methods raise ValueError for a document of another image.
    """

    def __init__(self, source: OpenedImage) -> None:
        self._source = source
        self._images: _Cache[NDArray[np.uint8]] = _Cache(32)
        self._folded: _Cache[NDArray[np.float32]] = _Cache(_FOLDED)
        self._finished: _Cache[NDArray[np.float32]] = _Cache(_FINISHED)
        self._reduced: _Cache[NDArray[np.float32]] = _Cache(_REDUCED)
        self._layers: _Cache[Layers] = _Cache(_LAYERS)

    @property
    def source(self) -> OpenedImage:
        """The image whose documents are rendered."""
        return self._source

    @property
    def levels(self) -> int:
        """How many levels there are: 0 is full size, each next one half of it, the last is 256 pixels long at most."""
        longest, count = max(self._source.pixels.shape[:2]), 1
        while -(-longest // 2 ** (count - 1)) > _SMALLEST_PX:
            count += 1
        return count

    def image(self, level: int) -> NDArray[np.uint8]:
        """The image reduced by 2^level by area, uint8 hxwx3; sizes are rounded up and 1 at least.

        Raises ValueError for a negative level.
        """
        return self._images.get(level, lambda: _read_only(_reduced(self._source.pixels, level)))

    def matte(self, document: Document) -> NDArray[np.float32]:
        """The matte of the document, HxW in [0, 1]: parts in their order, then controls, then the file's own alpha.

        Zero everywhere where there are no parts (and controls do not invert that).
        """
        folded = self._fold(document)

        def finish() -> NDArray[np.float32]:
            import numpy as np

            from rim_editor import mattes

            matte = mattes.controlled(folded, document.controls)
            if self._source.alpha is not None:
                matte = matte * np.asarray(self._source.alpha / np.float32(255), np.float32)
            return _read_only(matte)

        if document.controls == MatteControls() and self._source.alpha is None:
            return folded
        return self._finished.get((document.parts, document.controls), finish)

    def layers(self, document: Document, level: int = 0) -> Layers:
        """The object's and the surroundings' colours at a level; see `foreground.separate`."""
        matte = self._matte_at(document, level)

        def separate() -> Layers:
            from clipmat import foreground

            return foreground.separate(self.image(level), matte)

        return self._layers.get((document.parts, document.controls, level), separate)

    def result(self, document: Document) -> NDArray[np.uint8] | NDArray[np.uint16]:
        """The edited image at full size, for export; new, in the layout that the edit's class describes."""
        from rim_editor import edits

        matte = self.matte(document)
        layers = None if isinstance(document.edit, MatteOnly) else self.layers(document)
        return edits.apply(self._source.pixels, matte, document.edit, layers)

    def shown(self, document: Document, view: View, level: int) -> NDArray[np.uint8]:
        """The document as a view shows it, reduced by 2^level.

        uint8 hxwx3, or hxwx4 (straight alpha) where something is transparent.
        Close to the reduced full-size view: mattes are controlled and edits applied at the level, with
        their sizes. While nothing has been found or painted, result, overlay and ants show the plain image.
        """
        from rim_editor import compositing

        self._check(document)
        image, mode = self.image(level), view.mode
        bare = not document.parts and mode in (ViewMode.RESULT, ViewMode.OVERLAY)
        if bare or mode in (ViewMode.ORIGINAL, ViewMode.MARCHING_ANTS):
            return image
        if mode is ViewMode.RESULT:
            return self._result_at(document, level)
        matte = self._matte_at(document, level)
        if mode is ViewMode.BLACK_AND_WHITE:
            return compositing.as_rgb(matte)
        if mode is ViewMode.OVERLAY:
            return compositing.coloured(image, matte * min(max(view.opacity, 0.0), 1.0), view.colour)
        if mode is ViewMode.ON_BLACK:
            return compositing.coloured(image, 1 - matte, (0, 0, 0))
        if mode is ViewMode.ON_WHITE:
            return compositing.coloured(image, 1 - matte, (255, 255, 255))
        if mode is ViewMode.ON_COLOUR:
            return compositing.coloured(image, 1 - matte, view.colour)
        assert_never(mode)

    def outline(self, document: Document, level: int) -> tuple[NDArray[np.float32], ...]:
        """Where the matte is one half, as closed lines (the last point is the first), for marching ants.

        Each is Nx2, x and y in pixels of the full image, found on the matte of the level; new.
        Specks of one or two pixels have no outline.
        """
        from rim_editor import mattes

        return mattes.outlines(self._matte_at(document, level), self._source.pixels.shape)

    def _check(self, document: Document) -> None:
        if document.source.pixels is not self._source.pixels:
            raise ValueError("the document is of another image than the renderer")

    def _fold(self, document: Document) -> NDArray[np.float32]:
        """The matte of the parts alone, continued from the longest run of first parts that is cached."""
        import numpy as np

        from rim_editor import mattes

        self._check(document)
        parts = document.parts

        def fold() -> NDArray[np.float32]:
            empty = np.zeros(self._source.pixels.shape[:2], np.float32)
            for known in range(len(parts) - 1, 0, -1):
                part = parts[known]
                if isinstance(part, Answer) and part.combine is Combine.NEW:
                    return _read_only(mattes.with_parts(empty, parts[known:], self._source.pixels))
                start = self._folded.peek(parts[:known])
                if start is not None:
                    return _read_only(mattes.with_parts(start, parts[known:], self._source.pixels))
            return _read_only(mattes.with_parts(empty, parts, self._source.pixels))

        return self._folded.get(parts, fold)

    def _matte_at(self, document: Document, level: int) -> NDArray[np.float32]:
        if level == 0:
            return self.matte(document)
        folded, alpha = self._fold(document), self._source.alpha

        def reduce() -> NDArray[np.float32]:
            import numpy as np

            from rim_editor import mattes

            if document.controls == MatteControls():
                matte = _reduced(folded, level)
            else:
                # One level finer: a hard edge made at the level itself would be a staircase.
                finer = _reduced(folded, level - 1)
                finer = mattes.controlled(finer, mattes.scaled(document.controls, 2 ** (level - 1)))
                matte = _resized(finer, *_size(self._source.pixels.shape, level))
            if alpha is not None:
                matte = matte * np.asarray(_reduced(alpha, level) / np.float32(255), np.float32)
            return _read_only(matte)

        return self._reduced.get((document.parts, document.controls, level), reduce)

    def _result_at(self, document: Document, level: int) -> NDArray[np.uint8]:
        import numpy as np

        from rim_editor import compositing, edits

        matte = self._matte_at(document, level)
        if isinstance(document.edit, MatteOnly):
            return compositing.as_rgb(matte)
        edit = document.edit if level == 0 else edits.scaled(document.edit, 2**level)
        result = np.asarray(edits.apply(self.image(level), matte, edit, self.layers(document, level)), np.uint8)
        if result.shape[2] == 4 and result[..., 3].min() == 255:
            return np.ascontiguousarray(result[..., :3])
        return result


class _Cache(Generic[T]):
    """The last `limit` values that were asked for, by key; two threads that want the same one compute it once.

    (cachetools has this for methods, but ties the object to itself, so that its arrays wait for the collector.)
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._changed = threading.Condition()
        self._values: OrderedDict[Hashable, T] = OrderedDict()
        self._pending: set[Hashable] = set()

    def peek(self, key: Hashable) -> T | None:
        """The value if it is there."""
        with self._changed:
            return self._values.get(key)

    def get(self, key: Hashable, compute: Callable[[], T]) -> T:
        """The value, computed if it is not there."""
        with self._changed:
            self._changed.wait_for(lambda: key not in self._pending)
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
            self._pending.add(key)
        try:
            value = compute()
            with self._changed:
                self._values[key] = value
                while len(self._values) > self._limit:
                    self._values.popitem(last=False)
            return value
        finally:
            # If it failed, the next waiting thread tries itself.
            with self._changed:
                self._pending.discard(key)
                self._changed.notify_all()


A = TypeVar("A", "NDArray[np.uint8]", "NDArray[np.float32]")


def _read_only(array: A) -> A:
    view = array.view()
    view.setflags(write=False)
    return view


def _size(shape: tuple[int, ...], level: int) -> tuple[int, int]:
    """Height and width."""
    if level < 0:
        raise ValueError(f"there is no level {level}: 0 is full size")
    return max(1, -(-shape[0] >> level)), max(1, -(-shape[1] >> level))


def _reduced(array: A, level: int) -> A:
    return _resized(array, *_size(array.shape, level))


def _resized(array: A, height: int, width: int) -> A:
    import cv2

    if array.shape[:2] == (height, width):
        return array
    return cv2.resize(array, (width, height), interpolation=cv2.INTER_AREA)  # type: ignore[return-value]
