"""Writes OpenRaster: layers in one file that GIMP, Krita and others open.

A zip of PNG files and their order; https://www.openraster.org/baseline/file-layout-spec.html, 0.0.3.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from clipmat.image_metadata import Metadata
from rim_editor.files import formats

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from rim_editor.files.raster_layers import RasterLayer

_VERSION = "0.0.3"
_THUMBNAIL_PX = 256
_NO_METADATA = Metadata()


def write(
    file: BinaryIO, layers: Sequence[RasterLayer], merged: NDArray[np.uint8], metadata: Metadata = _NO_METADATA
) -> None:
    """Write `layers` from top to bottom, each over the next, and `merged`, the image that they give together.

    Each is made and packed when it is its turn.

    `merged` is HxWx3 or HxWx4; programs without layers show it, and `metadata` is kept in it.
    The same layers give the same bytes. Raises ValueError when the sizes differ.
    """
    from xml.etree import ElementTree

    height, width = merged.shape[:2]
    if any(layer.pixels.shape[:2] != (height, width) for layer in layers):
        raise ValueError(f"the layers are not all {width}x{height}")
    image = ElementTree.Element("image", version=_VERSION, w=str(width), h=str(height))
    stack = ElementTree.SubElement(image, "stack")
    for number, layer in enumerate(layers):
        attributes = {
            "name": layer.name,
            "src": _place(number),
            "x": "0",
            "y": "0",
            "opacity": "1.0",
            "visibility": "visible" if layer.visible else "hidden",
            "composite-op": "svg:src-over",
        }
        ElementTree.SubElement(stack, "layer", attributes)
    with ZipFile(file, "w") as archive:
        # First and stored, so that the start of the file says what it is.
        _add(archive, "mimetype", b"image/openraster", ZIP_STORED)
        _add(archive, "stack.xml", ElementTree.tostring(image, "UTF-8", xml_declaration=True), ZIP_DEFLATED)
        for number, layer in enumerate(layers):
            _add(archive, _place(number), formats.png(layer.pixels), ZIP_STORED)
        _add(archive, "mergedimage.png", formats.png(merged, metadata), ZIP_STORED)
        _add(archive, "Thumbnails/thumbnail.png", formats.png(_thumbnail(merged)), ZIP_STORED)


def _place(number: int) -> str:
    return f"data/layer{number}.png"


def _add(archive: ZipFile, name: str, content: bytes, compression: int) -> None:
    entry = ZipInfo(name)  # dated 1980: no clock, the same result is the same file
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, content, compression)


def _thumbnail(merged: NDArray[np.uint8]) -> NDArray[np.uint8]:
    import numpy as np
    from PIL import Image

    image = Image.fromarray(merged)
    image.thumbnail((_THUMBNAIL_PX, _THUMBNAIL_PX), Image.Resampling.BOX, reducing_gap=None)
    return np.asarray(image)
