"""Metadata in output files: what each format can hold of it, and in what form.

The user is told what a format cannot hold.
"""

from __future__ import annotations

import math
import struct
import warnings
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

from clipmat.image_metadata import Metadata
from rim_editor.errors import EditorWarning

_LONGEST_SEGMENT = 65533
_XMP_MARK, _IPTC_HEAD = b"http://ns.adobe.com/xap/1.0/\0", b"Photoshop 3.0\0" + b"8BIM\x04\x04\0\0"
_X_RESOLUTION, _Y_RESOLUTION, _RESOLUTION_UNIT, _INCH = 0x011A, 0x011B, 0x0128, 2
_XMP_TAG, _IPTC_TAG = 700, 33723
_METRES = 0.0254
_WITHOUT_IPTC = frozenset(("WEBP", "AVIF"))


def holdable(metadata: Metadata, name: str, path: Path) -> Metadata:
    """What a file `path` of the format `name`, as Pillow calls it, can hold; an EditorWarning names what is left out.

    WebP and AVIF state a resolution in their EXIF, as they have no field for it.
    """
    lost: dict[str, str] = {}
    if name == "JPEG":
        sizes = {"exif": 0, "xmp": len(_XMP_MARK), "iptc": len(_IPTC_HEAD) + 5}
        lost = {
            kind: "too long for"
            for kind, around in sizes.items()
            if len(getattr(metadata, kind)) + around > _LONGEST_SEGMENT
        }
    elif name in _WITHOUT_IPTC:
        if metadata.iptc:
            lost["iptc"] = "of a kind that cannot be written to"
        if metadata.resolution is not None:
            metadata = replace(metadata, exif=_with_resolution(metadata.exif, metadata.resolution))
    for kind, reason in lost.items():
        text = f"the {kind.upper()} data is {reason} '{path}': it was left out; .png and .tiff hold it."
        warnings.warn(text, EditorWarning, stacklevel=5)
        without: dict[str, Any] = {kind: b""}
        metadata = replace(metadata, **without)
    return metadata


def pillow_options(metadata: Metadata, name: str) -> dict[str, Any]:
    """The options of Pillow's `save` that write what `holdable` gave into JPEG, WebP or AVIF."""
    options: dict[str, Any] = {kind: data for kind in ("exif", "xmp") if (data := getattr(metadata, kind))}
    if name == "JPEG":
        if metadata.iptc:
            data = _IPTC_HEAD + struct.pack(">I", len(metadata.iptc)) + metadata.iptc + bytes(len(metadata.iptc) % 2)
            options["extra"] = b"\xff\xed" + struct.pack(">H", len(data) + 2) + data
        if metadata.resolution is not None:
            options["dpi"] = metadata.resolution
    return options


def tiff_tags(metadata: Metadata) -> dict[int, bytes]:
    """The tags of a TIFF that hold XMP and IPTC."""
    return {tag: data for tag, data in ((_XMP_TAG, metadata.xmp), (_IPTC_TAG, metadata.iptc)) if data}


def png_chunks(metadata: Metadata) -> bytes:
    """The chunks of a PNG, to stand between its header and its pixels."""
    chunks = b""
    if metadata.resolution is not None:
        across, down = (round(each / _METRES) for each in metadata.resolution)
        chunks += png_chunk(b"pHYs", struct.pack(">IIB", across, down, 1))
    if metadata.exif:
        chunks += png_chunk(b"eXIf", metadata.exif.removeprefix(b"Exif\x00\x00"))
    if metadata.xmp:
        chunks += png_chunk(b"iTXt", b"XML:com.adobe.xmp" + bytes(5) + metadata.xmp)
    if metadata.iptc:  # PNG has no place for it; this one is ImageMagick's, which exiftool and exiv2 read
        digits = metadata.iptc.hex()
        lines = [digits[start : start + 72] for start in range(0, len(digits), 72)]
        text = f"\niptc\n{len(metadata.iptc):8d}\n" + "\n".join(lines) + "\n"
        chunks += png_chunk(b"zTXt", b"Raw profile type iptc\0\0" + zlib.compress(text.encode()))
    return chunks


def png_chunk(kind: bytes, data: bytes) -> bytes:
    """A chunk with its length and checksum."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def photoshop_resources(metadata: Metadata) -> dict[int, bytes]:
    """The image resources of a Photoshop file, by their numbers."""
    found = {0x0404: metadata.iptc, 0x0422: metadata.exif.removeprefix(b"Exif\x00\x00"), 0x0424: metadata.xmp}
    if metadata.resolution is not None:
        across, down = (round(min(each, 32767) * 65536) for each in metadata.resolution)
        found[0x03ED] = struct.pack(">IHHIHH", across, 1, 1, down, 1, 1)  # pixels per inch, shown in inches
    return {number: data for number, data in found.items() if data}


def _with_resolution(exif: bytes, resolution: tuple[float, float]) -> bytes:
    from PIL import Image
    from PIL.TiffImagePlugin import IFDRational

    found = Image.Exif()
    found.load(exif)
    if _X_RESOLUTION in found:
        return exif
    for tag, value in zip((_X_RESOLUTION, _Y_RESOLUTION), resolution, strict=True):
        found[tag] = IFDRational(math.floor(value * 100 + 0.5), 100)
    found[_RESOLUTION_UNIT] = _INCH
    return found.tobytes()
