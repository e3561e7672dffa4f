"""Rendering: everything derived from a document (its matte, its result, its views), cached.

A document is a description, so committing and undoing cost nothing; this is where the work is done. All caches are
together in one class, which takes more than 300 lines.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar, assert_never

from rim_editor.documents import layering, overlay_colours
from rim_editor.documents.composition import Composition
from rim_editor.documents.document import Answer, Combine, Document, Layer, MatteControls, Part
from rim_editor.documents.edits import Colour, Cutout, MatteOnly
from rim_editor.documents.layering import RenderedLayer
from rim_editor.documents.shared_cache import SharedCache

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from clipmat.foreground import SeparatedColours
    from clipmat.image_files import OpenedImage
    from rim_editor.documents.framing import ObjectBox

_SMALLEST_PX = 256
# How many of each are cached; at 24 megapixels a full-size matte takes 96 MB, full-size colours 144 MB.
_FOLDED, _FINISHED, _REDUCED, _COLOURS = 3, 2, 12, 2


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
    automatic: bool = False
    """Whether the overlay takes a colour that the object does not have, instead of `colour`."""


class Renderer:
    """Renders the documents of one image. Every method may be called from any thread.

    Results may be shared and are read-only, unless a method says that they are new. Two threads that want the same
    thing at once wait for one computation. Methods raise ValueError for a document of another image.
    """

    def __init__(self, source: OpenedImage) -> None:
        self._source = source
        self._images: SharedCache[NDArray[np.uint8]] = SharedCache(32)
        self._folded: SharedCache[NDArray[np.float32]] = SharedCache(_FOLDED)
        self._untaken: SharedCache[NDArray[np.float32]] = SharedCache(1)
        self._finished: SharedCache[NDArray[np.float32]] = SharedCache(_FINISHED)
        self._reduced: SharedCache[NDArray[np.float32]] = SharedCache(_REDUCED)
        self._colours: SharedCache[SeparatedColours] = SharedCache(_COLOURS)
        self._overlays: SharedCache[Colour] = SharedCache(_REDUCED)
        self._boxes: SharedCache[ObjectBox | None] = SharedCache(_REDUCED)
        self._last_overlay: tuple[Part | None, Colour] = (None, overlay_colours.USUAL)

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

    def trim(self) -> None:
        """Forget what takes much memory, as the image is not in front; it is computed anew when it is asked for.

        The matte of the newest parts is kept: folding many strokes would take time.
        """
        self._folded.trim(1)
        for cache in (self._images, self._untaken, self._finished, self._reduced, self._colours):
            cache.trim()

    def image(self, level: int) -> NDArray[np.uint8]:
        """The image reduced by 2^level by area, uint8 hxwx3; sizes are rounded up and 1 at least.

        Raises ValueError for a negative level.
        """
        return self._images.get(level, lambda: _read_only(_reduced(self._source.pixels, level)))

    def matte(self, document: Document) -> NDArray[np.float32]:
        """The matte of the active layer; see `layer_matte`."""
        self._check(document)
        return self.layer_matte(document.layer)

    def layer_matte(self, layer: Layer) -> NDArray[np.float32]:
        """The matte of a layer, HxW in [0, 1]: parts in their order, then controls, at most the file's own alpha.

        Zero everywhere where there are no parts (and controls do not invert that).
        """
        folded = self._fold(layer.parts)

        def finish() -> NDArray[np.float32]:
            import numpy as np

            from rim_editor.documents import mattes

            untaken = self._untaken_at(layer, 0)
            matte = mattes.controlled(folded, layer.controls, self._source.pixels, untaken)
            if self._source.alpha is not None:
                matte = np.minimum(matte, np.asarray(self._source.alpha / np.float32(255), np.float32))
            return _read_only(matte)

        if layer.controls == MatteControls() and self._source.alpha is None:
            return folded
        return self._finished.get((layer.parts, layer.controls), finish)

    def colours(self, layer: Layer, level: int = 0) -> SeparatedColours:
        """The colours of a layer's object and of its surroundings at a level; see `foreground.separate`."""
        matte = self._matte_at(layer, level)

        def separate() -> SeparatedColours:
            from clipmat import foreground

            return foreground.separate(self.image(level), matte)

        return self._colours.get((layer.parts, layer.controls, level), separate)

    def known_colours(self, layer: Layer) -> SeparatedColours | None:
        """The colours of a layer at full size where they are cached, else None."""
        return self._colours.peek((layer.parts, layer.controls, 0))

    def middle(self, layer: Layer) -> tuple[float, float]:
        """x, y of the middle of a layer's object, as shares of width and height; the same for every level."""

        height, width = self._source.pixels.shape[:2]
        left, top, right, bottom = self.object_box(layer) or (0, 0, width, height)
        return (left + right) / 2 / width, (top + bottom) / 2 / height

    def object_box(self, layer: Layer) -> ObjectBox | None:
        """x0, y0, x1, y1 of a layer's object in pixels of the image, found on the smallest level; None for nothing."""

        def find() -> ObjectBox | None:
            from rim_editor.documents import framing

            matte, scale = self._matte_at(layer, self.levels - 1), 2 ** (self.levels - 1)
            if not (matte > framing.SEEN).any():
                return None
            left, top, right, bottom = (edge * scale for edge in framing.object_box(matte))
            height, width = self._source.pixels.shape[:2]
            return left, top, min(right, width), min(bottom, height)

        return self._boxes.get((layer.parts, layer.controls), find)

    def rendered_layer(self, layer: Layer, level: int = 0) -> RenderedLayer:
        """A layer with all that its result at a level is made of."""
        from rim_editor.documents import edits

        edit = layer.edit if level == 0 else edits.scaled(layer.edit, 2**level)
        colours = None if isinstance(edit, MatteOnly) else self.colours(layer, level)
        middle = self.middle(layer) if layer.composition != Composition() else (0.5, 0.5)
        return RenderedLayer(self._matte_at(layer, level), edit, colours, layer.title, layer.composition, middle)

    def result(self, document: Document) -> NDArray[np.uint8] | NDArray[np.uint16]:
        """The edited image at full size, for export; new.

        Each layer that is shown takes those under it for its surroundings, see `edits.apply`; the lowest takes the
        image's. The layout is the one that the class of the edit describes, the lowest layer's if there are several.
        """
        self._check(document)
        return self._composed(document, 0)

    def shown(self, document: Document, view: View, level: int) -> NDArray[np.uint8]:
        """The document as a view shows it, reduced by 2^level.

        uint8 hxwx3, or hxwx4 (straight alpha) where something is transparent.
        Close to the reduced full-size view: mattes are controlled and edits applied at the level, with
        their sizes. While nothing has been found or painted, every view shows the plain image.
        """
        from rim_editor.documents import compositing

        self._check(document)
        image, mode = self.image(level), view.mode
        parts = any(layer.parts for layer in document.layers) if mode is ViewMode.RESULT else document.parts
        bare = not parts and (mode in (ViewMode.RESULT, ViewMode.OVERLAY) or not document.controls.invert)
        if bare or mode in (ViewMode.ORIGINAL, ViewMode.MARCHING_ANTS):
            return image
        if mode is ViewMode.RESULT:
            return self._result_at(document, level)
        matte = self._matte_at(document.layer, level)
        if mode is ViewMode.BLACK_AND_WHITE:
            return compositing.as_rgb(matte)
        if mode is ViewMode.OVERLAY:
            colour = self.overlay_colour(document) if view.automatic else view.colour
            return compositing.coloured(image, matte * min(max(view.opacity, 0.0), 1.0), colour)
        if mode is ViewMode.ON_BLACK:
            return compositing.coloured(image, 1 - matte, (0, 0, 0))
        if mode is ViewMode.ON_WHITE:
            return compositing.coloured(image, 1 - matte, (255, 255, 255))
        if mode is ViewMode.ON_COLOUR:
            return compositing.coloured(image, 1 - matte, view.colour)
        assert_never(mode)

    def overlay_colour(self, document: Document) -> Colour:
        """The colour of the overlay that contrasts with what is selected."""
        layer, level = document.layer, self.levels - 1

        def choose() -> Colour:
            first, before = self._last_overlay
            start = layer.parts[0] if layer.parts else None
            usual = before if first is start else overlay_colours.USUAL  # more strokes on one object change no colour
            chosen = overlay_colours.contrasting(self.image(level), self._matte_at(layer, level), usual)
            self._last_overlay = (start, chosen)
            return chosen

        return self._overlays.get((layer.parts, layer.controls), choose)

    def outline(self, document: Document, level: int) -> tuple[NDArray[np.float32], ...]:
        """Where the matte is one half, as closed lines (the last point is the first), for marching ants.

        Each is Nx2, x and y in pixels of the full image, found on the matte of the level; new.
        Specks of one or two pixels have no outline.
        """
        from rim_editor.documents import mattes

        self._check(document)
        return mattes.outlines(self._matte_at(document.layer, level), self._source.pixels.shape)

    def _check(self, document: Document) -> None:
        if document.source.pixels is not self._source.pixels:
            raise ValueError("the document is of another image than the renderer")

    def _fold(self, parts: tuple[Part, ...]) -> NDArray[np.float32]:
        """The matte of the parts alone, continued from the longest run of first parts that is cached."""
        import numpy as np

        from rim_editor.documents import mattes

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

    def _untaken_at(self, layer: Layer, level: int) -> NDArray[np.float32] | None:
        """What `mattes.controlled` must not fill; None where nothing was taken away, or no holes are filled."""
        import numpy as np

        from rim_editor.documents import mattes

        parts = mattes.taking(layer.parts) if layer.controls.fill_holes else ()
        if not parts:
            return None

        def fold() -> NDArray[np.float32]:
            before = self._untaken.peek(parts[:-1])  # a stroke more must not cost what all of them cost
            if before is not None:
                return _read_only(mattes.with_parts(before, parts[-1:], self._source.pixels))
            whole = np.ones(self._source.pixels.shape[:2], np.float32)
            return _read_only(mattes.with_parts(whole, parts, self._source.pixels))

        return _reduced(self._untaken.get(parts, fold), level)

    def _matte_at(self, layer: Layer, level: int) -> NDArray[np.float32]:
        if level == 0:
            return self.layer_matte(layer)
        alpha = self._source.alpha

        def reduce() -> NDArray[np.float32]:
            import numpy as np

            from rim_editor.documents import mattes

            folded = self._fold(layer.parts)
            if layer.controls == MatteControls():
                matte = _reduced(folded, level)
            else:
                # One level finer: a hard edge made at the level itself would be a staircase.
                finer = _reduced(folded, level - 1)
                controls = mattes.scaled(layer.controls, 2 ** (level - 1))
                pixels = self.image(level - 1) if controls.fill_holes else None
                finer = mattes.controlled(finer, controls, pixels, self._untaken_at(layer, level - 1))
                matte = _resized(finer, *_size(self._source.pixels.shape, level))
            if alpha is not None:
                matte = np.minimum(matte, np.asarray(_reduced(alpha, level) / np.float32(255), np.float32))
            return _read_only(matte)

        return self._reduced.get((layer.parts, layer.controls, level), reduce)

    def _composed(self, document: Document, level: int) -> NDArray[np.uint8] | NDArray[np.uint16]:
        """The result of the layers that are shown; that of an empty one where nothing is."""
        empty = Layer(edit=document.edit if document.layer.visible else Cutout())
        layers = document.shown_layers or (empty,)
        seen = (self.rendered_layer(layer, level) for layer in layering.uncovered(layers))
        result = layering.composed(self.image(level), seen)
        return result if len(layers) == 1 else layering.with_channels(result)

    def _result_at(self, document: Document, level: int) -> NDArray[np.uint8]:
        import numpy as np

        eight_bits = [
            replace(layer, edit=MatteOnly()) if isinstance(layer.edit, MatteOnly) else layer
            for layer in document.layers
        ]
        result = layering.with_channels(self._composed(replace(document, layers=tuple(eight_bits)), level))
        if result.shape[2] == 4 and result[..., 3].min() == 255:
            return np.ascontiguousarray(result[..., :3])
        return result


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
