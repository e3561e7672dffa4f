"""Reads OpenRaster files, ours and those of GIMP, Krita or MyPaint, as a document: one image, and a matte per layer.

What a document has is one image, so of several layers with colours of their own the merged image is what is edited, and
the alpha of each layer, where it is and as strong as it shows, becomes a matte under the layer's name. A layer that is
opaque all over is the image itself. A file that we wrote, by the names in `raster_layers`, gives its image, mattes and
backgrounds back.
"""

from __future__ import annotations

import io
import math
import warnings
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from clipmat import image_metadata
from clipmat.errors import ImageTooLarge, ImageUnreadable
from clipmat.image_files import OpenedImage, UprightImage, straight_srgb
from clipmat.image_metadata import Metadata
from rim_editor.documents.document import Combine, Document, ImportedMatte, Layer
from rim_editor.documents.edits import Background, Cutout, Edit, Highlight, MatteOnly, SolidColour
from rim_editor.errors import EditorWarning
from rim_editor.files.archives import MOST_PIXELS, Archive, is_of_type
from rim_editor.files.openraster_stack import StackEntry, stack_entries

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SUFFIX = ".ora"
_MIMETYPE = b"image/openraster"
_MOST_LAYERS, _MOST_XML = 300, 16 << 20
_MOST_BYTES = 2 << 30
"""Of all layers together, unpacked."""


def is_openraster(path: Path) -> bool:
    """Whether a file begins as OpenRaster does, or is called like one. Raises nothing."""
    return is_of_type(path, _MIMETYPE, SUFFIX)


def read(path: Path) -> Document:
    """The document of an OpenRaster file; see the module. Layers that are damaged are left out, with an EditorWarning.

    Raises ImageUnreadable, ImageTooLarge.
    """
    try:
        with Archive.open(path) as archive:
            return _LayersReader(path, archive).read()
    except OSError as error:
        text = f"'{path}' cannot be opened ({error.strerror or error}): check its name and permissions."
        raise ImageUnreadable(text) from error


class _LayersReader:
    def __init__(self, path: Path, archive: Archive) -> None:
        self._path, self._archive = path, archive
        self._room = _MOST_BYTES
        self._size = (0, 0)

    def read(self) -> Document:
        try:
            text = self._archive.read("stack.xml", _MOST_XML)
            if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
                raise ValueError("it defines entities")
            root = ElementTree.fromstring(text)
            self._size = int(root.attrib["w"]), int(root.attrib["h"])
        except (ValueError, LookupError, ElementTree.ParseError) as error:  # an encoding that is not known too
            raise ImageUnreadable(
                f"'{self._path}' is no OpenRaster file, or damaged ({error}): save it again."
            ) from error
        width, height = self._size
        if width < 1 or height < 1:
            raise ImageUnreadable(f"'{self._path}' has no size: save it again.")
        if width * height > MOST_PIXELS:
            raise ImageTooLarge(f"'{self._path}' has {width * height / 1e6:.0f} megapixels: scale it down first.")
        entries = list(stack_entries(root))[:_MOST_LAYERS]
        ours = bool(entries) and entries[-1].name == "original" and not entries[-1].visible
        document = (self._ours(entries) if ours else None) or self._foreign(entries)
        return replace(document, source=replace(document.source, metadata=self._metadata()))

    def _metadata(self) -> Metadata:
        """What the merged image, which programs without layers show, holds of metadata; ours is there."""
        try:
            return image_metadata.of_png(self._archive.read("mergedimage.png"), self._size, self._path)
        except ValueError:
            return Metadata()

    def _ours(self, entries: list[StackEntry]) -> Document | None:
        """The document that `raster_layers` made these layers of; None when they are not as it makes them."""
        try:
            pixels, alpha = _apart(self._pixels(entries[-1].source))
            layers: list[Layer] = []
            flat = any(entry.name == "highlight" for entry in entries)
            for number, entry in enumerate(entries[:-1]):
                if entry.name.endswith("matte"):
                    title = entry.name.removesuffix("matte").strip()
                    edit: Edit = MatteOnly() if entry.visible else Highlight() if flat else Cutout()
                    after = entries[number + 1]
                    if after.name == f"{title} background".strip():
                        edit = _edit_of(_apart(self._pixels(after.source))[0])
                    grey = self._pixels(entry.source)[..., 0]
                    layers.insert(0, _layer(title, grey, edit))
        except ValueError:
            return None
        if not layers or any(layer.parts[0].matte.shape != pixels.shape[:2] for layer in layers):  # type: ignore[union-attr]
            return None
        if any(entry.name.endswith(("shadow", "outline")) for entry in entries):
            self._warn("its shadow and outline are not in the file as such: see Composition.")
        if flat:
            self._warn("how strong its highlight was is not in the file: see Edit.")
        return Document(OpenedImage(self._path, pixels, alpha, altered=True), tuple(layers), len(layers) - 1)

    def _foreign(self, entries: list[StackEntry]) -> Document:
        import numpy as np

        width, height = self._size
        layers: list[Layer] = []
        selected: list[int] = []
        composed = np.zeros((height, width, 4), np.float32)
        base: NDArray[np.uint8] | None = None
        lost: list[str] = []
        for entry in reversed(entries):
            try:
                placed = self._placed(entry)
            except ValueError:
                lost.append(entry.name or entry.source)
                continue
            if placed[..., 3].min() == 255:
                base = placed[..., :3] if base is None else base
            elif placed[..., 3].max() > 0:
                matte = placed[..., 3] * np.float32(entry.opacity)
                if entry.selected:
                    selected.append(len(layers))
                layers.append(_layer(entry.name, matte, Cutout(), visible=entry.visible, locked=entry.locked))
            if entry.visible:
                _put_over(composed, placed, entry.opacity)
        source = self._source(composed, base)
        if lost:
            self._warn(f"it is damaged, and these layers are lost: {', '.join(lost[:5])}.")
        return Document(source, tuple(layers) or (Layer(),), selected[0] if selected else max(0, len(layers) - 1))

    def _source(self, composed: NDArray[np.float32], base: NDArray[np.uint8] | None) -> OpenedImage:
        """The image to be edited: the merged one, over what is opaque where that leaves something transparent."""
        import numpy as np

        try:
            merged = self._pixels("mergedimage.png")  # it has blending that is not repeated here
            if merged.shape[:2] != composed.shape[:2]:
                raise ValueError("of another size")
        except ValueError:
            if not composed.any() and base is None:
                raise ImageUnreadable(f"'{self._path}' holds no image that can be read: save it again.") from None
            merged = _straight(composed)
        if merged[..., 3].min() < 255 and base is not None:
            cover = merged[..., 3:] / np.float32(255)
            mixed = merged[..., :3] * cover + base * (1 - cover)
            merged = np.dstack([np.rint(mixed).astype(np.uint8), np.full(merged.shape[:2], 255, np.uint8)])
        if merged[..., 3].min() == 255:
            return OpenedImage(self._path, np.ascontiguousarray(merged[..., :3]), None, altered=True)
        cover = merged[..., 3:] / np.float32(255)
        shown = np.rint(merged[..., :3] * cover + 255 * (1 - cover)).astype(np.uint8)
        return OpenedImage(self._path, shown, np.ascontiguousarray(merged[..., 3]), altered=True)

    def _placed(self, entry: StackEntry) -> NDArray[np.uint8]:
        """A layer at its place on the canvas, HxWx4; the whole canvas. Raises ValueError."""
        import numpy as np

        width, height = self._size
        pixels = self._pixels(entry.source)
        if (entry.x, entry.y) == (0, 0) and pixels.shape[:2] == (height, width):
            return pixels
        placed = np.zeros((height, width, 4), np.uint8)
        own_height, own_width = pixels.shape[:2]
        left, top = max(0, entry.x), max(0, entry.y)
        right, bottom = min(width, entry.x + own_width), min(height, entry.y + own_height)
        if left < right and top < bottom:
            part = pixels[top - entry.y : bottom - entry.y, left - entry.x : right - entry.x]
            placed[top:bottom, left:right] = part
        return placed

    def _pixels(self, name: str) -> NDArray[np.uint8]:
        """The image of an entry in sRGB, HxWx4. Raises ValueError."""
        import numpy as np
        from PIL import Image

        data = self._archive.read(name)
        try:
            with Image.open(io.BytesIO(data), formats=["PNG"]) as image:
                shape = image.height, image.width
                if math.prod(shape) > MOST_PIXELS or 4 * math.prod(shape) > self._room:
                    raise ValueError("it is too large")
                self._room -= 4 * math.prod(shape)
                image.load()
                profile = image.info.get("icc_profile") or None
                colours, alpha = straight_srgb(UprightImage(self._path, image, shape, profile, Metadata()))
                cover = np.full(shape, 255, np.uint8) if alpha is None else np.asarray(alpha)
                return np.dstack([np.asarray(colours), cover])
        except (OSError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise ValueError(f"{name} cannot be decoded") from error

    def _warn(self, text: str) -> None:
        warnings.warn(f"'{self._path.name}': {text}", EditorWarning, stacklevel=4)


def _layer(name: str, alpha: NDArray[Any], edit: Edit, *, visible: bool = True, locked: bool = False) -> Layer:
    """A layer with `alpha`, HxW of 0 to 255, as its matte."""
    import numpy as np

    matte = np.asarray(alpha / np.float32(255), np.float32)
    matte.flags.writeable = False
    part = ImportedMatte(name or "Matte", Combine.NEW, matte)
    return Layer((part,), edit=edit, name=name, visible=visible, locked=locked)


def _edit_of(pixels: NDArray[np.uint8]) -> Edit:
    """What puts these pixels behind an object."""
    import numpy as np

    if (pixels == pixels[:1, :1]).all():
        red, green, blue = (int(channel) for channel in pixels[0, 0])
        return SolidColour((red, green, blue))
    return Background(np.ascontiguousarray(pixels))


def _apart(pixels: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.uint8] | None]:
    """Colours, and alpha where not all is opaque."""
    import numpy as np

    alpha = None if pixels[..., 3].min() == 255 else np.ascontiguousarray(pixels[..., 3])
    return np.ascontiguousarray(pixels[..., :3]), alpha


def _put_over(composed: NDArray[np.float32], pixels: NDArray[np.uint8], opacity: float) -> None:
    """Put a layer over `composed`, HxWx4 in [0, 1] with colours multiplied by alpha, in its place."""
    import numpy as np

    cover = pixels[..., 3:] * np.float32(opacity / 255)
    composed *= 1 - cover
    composed[..., :3] += pixels[..., :3] * (cover / np.float32(255))
    composed[..., 3:] += cover


def _straight(composed: NDArray[np.float32]) -> NDArray[np.uint8]:
    import numpy as np

    colours = composed[..., :3] / np.maximum(composed[..., 3:], np.float32(1e-6))
    return np.asarray(np.rint(np.clip(np.dstack([colours, composed[..., 3]]), 0, 1) * 255), np.uint8)
