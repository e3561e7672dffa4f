"""Writes Photoshop files (PSD): layers with layer masks, by psd-tools (MIT), the extra `psd`.

psd-tools writes layers, masks and names of any alphabet; psdtags would write the same records into TIFF files, which
fewer programs read. It is imported when the first file is written.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any

from clipmat.image_metadata import Metadata
from rim_editor.documents.edits import WHITE
from rim_editor.errors import OutputUnsupported
from rim_editor.files import metadata_writing

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from rim_editor.files.raster_layers import RasterLayer

_LONGEST_NAME = 60
_NO_METADATA = Metadata()


def check() -> None:
    """Refuse to write where psd-tools is missing. Raises OutputUnsupported."""
    if importlib.util.find_spec("psd_tools") is None:
        raise OutputUnsupported(
            "Photoshop files need psd-tools: install it with pip install 'rim-editor[psd]', or write .ora."
        )


def encoded(layers: Sequence[RasterLayer], merged: NDArray[np.uint8], metadata: Metadata = _NO_METADATA) -> bytes:
    """The file: `layers` from top to bottom, each over the next, and `merged`, the image that they give together.

    `merged` is HxWx3 or HxWx4; programs without layers show it. Where a layer knows its colours uncut, they are stored
    whole with its alpha as layer mask, so that painting on the mask moves the edge, also outwards. `metadata` is kept.
    Raises OutputUnsupported, ValueError when the sizes differ.
    """
    check()
    import numpy as np
    from PIL import Image
    from psd_tools import PSDImage
    from psd_tools.constants import Compression, Resource
    from psd_tools.psd.image_resources import ImageResource

    from rim_editor.documents import compositing

    height, width = merged.shape[:2]
    if any(layer.pixels.shape[:2] != (height, width) for layer in layers):
        raise ValueError(f"the layers are not all {width}x{height}")
    flat, alpha = merged, np.asarray(merged[..., -1] / np.float32(255), np.float32)
    if merged.shape[2] == 4:  # readers take white out of the merged image where it is transparent
        flat = np.dstack(
            [compositing.over(merged[..., :3], compositing.plain(alpha.shape, WHITE), alpha), merged[..., 3]]
        )
    document = PSDImage.frompil(Image.fromarray(flat), compression=Compression.RLE)
    for layer in reversed(layers):
        pixels = Image.fromarray(layer.pixels if layer.uncut is None else layer.uncut)
        if pixels.mode == "L":
            pixels = pixels.convert("RGB")
        made = document.create_pixel_layer(pixels, compression=Compression.RLE)
        made.name = layer.name[:_LONGEST_NAME]
        if layer.uncut is not None:
            made.create_mask(Image.fromarray(np.ascontiguousarray(layer.pixels[..., 3])))
        made.visible = layer.visible
    record = document._record
    info = record.layer_and_mask_information.layer_info
    if merged.shape[2] == 4 and info is not None:
        info.layer_count = -len(layers)  # the first alpha channel of the merged image is its transparency
    resources: Any = record.image_resources
    for number, data in metadata_writing.photoshop_resources(metadata).items():
        resources[Resource(number)] = ImageResource(key=number, data=data)
    buffer = BytesIO()
    # `save` would compose the layers anew, with further libraries; the merged image is there already.
    record.write(buffer)
    return buffer.getvalue()
