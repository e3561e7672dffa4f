"""Writes Photoshop files (PSD): layers with layer masks, by psd-tools (MIT), the extra `psd`.

psd-tools writes layers, masks and names of any alphabet; psdtags would write the same records into TIFF files, which
fewer programs read. It is imported when the first file is written.
"""

from __future__ import annotations

import importlib.util
import os
import struct
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from clipmat.image_metadata import Metadata
from rim_editor.documents import compositing
from rim_editor.documents.compositing import Made
from rim_editor.documents.edits import WHITE
from rim_editor.errors import OutputUnsupported
from rim_editor.files import metadata_writing

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from psd_tools.psd.layer_and_mask import LayerRecord

    from rim_editor.documents.compositing import Strips
    from rim_editor.files.raster_layers import RasterLayer

_LONGEST_NAME = 60
_TRANSPARENCY, _MASK = -1, -2
_NO_METADATA = Metadata()


def check() -> None:
    """Refuse to write where psd-tools is missing. Raises OutputUnsupported."""
    if importlib.util.find_spec("psd_tools") is None:
        raise OutputUnsupported(
            "Photoshop files need psd-tools: install it with pip install 'rim-editor[psd]', or write .ora."
        )


def write(
    file: BinaryIO, layers: Sequence[RasterLayer], merged: NDArray[np.uint8], metadata: Metadata = _NO_METADATA
) -> None:
    """Write `layers` from top to bottom, each over the next, and `merged`, the image that they give together.

    `file` can seek: pixels are made and packed a strip of rows at a time, and lengths filled in afterwards.
    `merged` is HxWx3 or HxWx4; programs without layers show it. Where a layer knows its colours uncut, they are stored
    whole with its alpha as layer mask, so that painting on the mask moves the edge, also outwards. `metadata` is kept.
    Raises OutputUnsupported, ValueError when the sizes differ.
    """
    check()
    from psd_tools.constants import ColorMode, Resource
    from psd_tools.psd.color_mode_data import ColorModeData
    from psd_tools.psd.header import FileHeader
    from psd_tools.psd.image_resources import ImageResource, ImageResources

    height, width, channels = merged.shape
    if any(layer.pixels.shape[:2] != (height, width) for layer in layers):
        raise ValueError(f"the layers are not all {width}x{height}")
    resources: Any = ImageResources.new()
    for number, data in metadata_writing.photoshop_resources(metadata).items():
        resources[Resource(number)] = ImageResource(key=number, data=data)
    FileHeader(channels=channels, height=height, width=width, depth=8, color_mode=ColorMode.RGB).write(file)
    ColorModeData().write(file)
    resources.write(file)
    _write_layers(file, tuple(reversed(layers)), transparent=channels == 4)
    flat = merged if channels == 3 else _on_white(merged)
    _write_planes(file, [_channel(flat, index) for index in range(channels)])


def _write_layers(file: BinaryIO, layers: Sequence[RasterLayer], *, transparent: bool) -> None:
    """The section of the layers, from the lowest to the highest; `transparent` as the merged image is."""
    from psd_tools.psd.layer_and_mask import GlobalLayerMaskInfo

    start = file.tell()
    # Two lengths, and how many layers; negative, the first alpha channel of the merged image is its transparency.
    file.write(struct.pack(">IIh", 0, 0, -len(layers) if transparent else len(layers)))
    planes = [_planes(layer, transparent=transparent) for layer in layers]
    records = [_record(layer, tuple(own)) for layer, own in zip(layers, planes, strict=True)]
    for record in records:
        record.write(file)
    for record, own in zip(records, planes, strict=True):
        for info, plane in zip(record.channel_info, own.values(), strict=True):
            info.length = _write_planes(file, [plane])
    file.write(bytes((start - file.tell()) % 4))
    length = file.tell() - start - 8
    GlobalLayerMaskInfo().write(file)
    end = file.tell()
    file.seek(start)
    file.write(struct.pack(">II", end - start - 4, length))
    file.seek(2, os.SEEK_CUR)
    for record in records:
        record.write(file)
    file.seek(end)


def _record(layer: RasterLayer, channels: Sequence[int]) -> LayerRecord:
    """What the file says of a layer; the lengths of its channels are not known yet."""
    from psd_tools.constants import ChannelID, Tag
    from psd_tools.psd.layer_and_mask import ChannelInfo, LayerFlags, LayerRecord, MaskData

    height, width = layer.pixels.shape[:2]
    record = LayerRecord(bottom=height, right=width, flags=LayerFlags(visible=layer.visible))
    record.channel_info = [ChannelInfo(ChannelID(channel)) for channel in channels]
    if _MASK in channels:
        record.mask_data = MaskData(bottom=height, right=width)
    name = layer.name[:_LONGEST_NAME]
    try:
        name.encode("macroman")
        record.name = name
    except UnicodeEncodeError:
        record.name = "?"
    record.tagged_blocks.set_data(Tag.UNICODE_LAYER_NAME, name)
    return record


def _planes(layer: RasterLayer, *, transparent: bool) -> dict[int, Strips]:
    """The channels of a layer, HxW uint8 each, by their numbers in the file.

    A layer mask has what colours do not follow, and all alpha where the merged image has none.
    """
    shape = layer.pixels.shape
    alpha = _channel(layer.pixels, 3) if shape[2:] == (4,) else None
    masked = alpha is not None and (layer.uncut is not None or not transparent)
    opaque = np.broadcast_to(np.uint8(255), shape[:2])
    planes = {_TRANSPARENCY: opaque if alpha is None or masked else alpha}
    colours = layer.pixels if layer.uncut is None else layer.uncut
    planes |= {channel: _channel(colours, channel) for channel in range(3)}
    return planes | ({_MASK: alpha} if alpha is not None and masked else {})


def _channel(pixels: Strips, channel: int) -> Strips:
    """One channel; of grey, the grey."""
    grey = len(pixels.shape) == 2
    return Made(pixels.shape[:2], lambda rows: pixels[rows] if grey else pixels[rows][..., channel])


def _on_white(merged: NDArray[np.uint8]) -> Strips:
    """Readers take white out of the merged image where it is transparent."""

    def strip(rows: slice) -> NDArray[np.uint8]:
        colours, alpha = merged[rows, :, :3], merged[rows, :, 3]
        share = np.asarray(alpha / np.float32(255), np.float32)
        return np.dstack([compositing.over(colours, compositing.plain(share.shape, WHITE), share), alpha])

    return Made(merged.shape, strip)


def _write_planes(file: BinaryIO, planes: Sequence[Strips]) -> int:
    """Channels of one size, HxW uint8, packed by runs behind the lengths of all their rows; returns the bytes."""
    from psd_tools.compression import encode_rle
    from psd_tools.constants import Compression

    start, lengths = file.tell(), b""
    height, width = planes[0].shape
    file.write(struct.pack(">H", Compression.RLE) + bytes(2 * height * len(planes)))
    for plane in planes:
        for rows in compositing.strips(plane):
            part = plane[rows]
            packed = encode_rle(part.tobytes(), width, len(part), 8, 1)
            lengths += packed[: 2 * len(part)]
            file.write(packed[2 * len(part) :])
    end = file.tell()
    file.seek(start + 2)
    file.write(lengths)
    file.seek(end)
    return end - start
