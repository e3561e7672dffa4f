"""Metadata that travels from an image file to what is made of it: EXIF, XMP, IPTC and resolution, in one list.

Colours do not: they are converted to sRGB, and a result says so itself. What describes the old file and would be wrong
or reveal too much in a new one is left out: orientation, sizes, thumbnails of the whole scene, maker notes, settings of
raw developers, gain maps.
"""

from __future__ import annotations

import io
import math
import struct
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clipmat.errors import ImageWarning, UserFacingWarning
from clipmat.partial_images import DAMAGE
from clipmat.thread_warnings import collected_warnings

if TYPE_CHECKING:
    from PIL import Image

_EXIF_IFD, _GPS_IFD, _ORIENTATION = 0x8769, 0x8825, 0x0112
# Description, make, model, resolution, software, date, artist, host, copyright, and Windows' five texts. The
# rest of a first directory describes the old file's layout; the second holds a thumbnail of the whole scene.
_KEPT_TAGS = (0x010E, 0x010F, 0x0110, 0x011A, 0x011B, 0x0128, 0x0131, 0x0132, 0x013B, 0x013C, 0x8298) + tuple(
    range(0x9C9B, 0x9CA0)
)
_COLOUR_SPACE, _WIDTH, _HEIGHT, _MAKER_NOTE, _INTEROPERABILITY = 0xA001, 0xA002, 0xA003, 0x927C, 0xA005
_X_RESOLUTION, _Y_RESOLUTION, _RESOLUTION_UNIT = 0x011A, 0x011B, 0x0128
_INCHES = {2: 1.0, 3: 2.54}
"""By the unit of EXIF's resolution, inch or centimetre."""
_IPTC_OF_PHOTOSHOP, _IPTC_OF_TIFF, _IPTC_OF_PNG = 0x0404, 33723, "Raw profile type iptc"
_LARGEST_XMP = 2**22
"""Bytes; the packets of real files stay below 1 MiB, without the thumbnails and histories that they may hold."""
_MOST_MARKS = 30_000
"""Of "<" and "=": each may be an element or attribute, and of these a short packet can hold more than memory does."""
_OF_THE_FILE = {
    "http://ns.adobe.com/tiff/1.0/": frozenset(
        "Orientation ImageWidth ImageLength BitsPerSample Compression PhotometricInterpretation SamplesPerPixel "
        "PlanarConfiguration YCbCrSubSampling YCbCrPositioning YCbCrCoefficients TransferFunction WhitePoint "
        "PrimaryChromaticities ReferenceBlackWhite XResolution YResolution ResolutionUnit NativeDigest".split()
    ),
    "http://ns.adobe.com/exif/1.0/": frozenset(
        "PixelXDimension PixelYDimension ColorSpace ComponentsConfiguration CompressedBitsPerPixel MakerNote "
        "NativeDigest".split()
    ),
    "http://ns.adobe.com/photoshop/1.0/": frozenset("ICCProfile ColorMode DocumentAncestors History".split()),
    "http://ns.adobe.com/xap/1.0/": frozenset(["Thumbnails"]),
    "http://ns.adobe.com/xmp/note/": frozenset(["HasExtendedXMP"]),
}
"""XMP properties that describe the old file, by namespace."""
_NOT_KEPT = (
    "http://ns.adobe.com/camera-raw-settings/", "http://ns.adobe.com/hdr-gain-map/", "http://ns.apple.com/HDRGainMap/",
    "http://ns.google.com/photos/", "http://ns.apple.com/pixeldatainfo/",
)  # fmt: skip
"""Beginnings of namespaces that speak of pixels which are no longer those of the file."""


@dataclass(frozen=True)
class Metadata:
    """What is known of an image beside its pixels, ready to be written into another file."""

    exif: bytes = b""
    """EXIF without orientation, thumbnail and maker note; b'' when there is none."""
    xmp: bytes = b""
    """An XMP packet in UTF-8; b'' when there is none."""
    iptc: bytes = b""
    """Records of IPTC-IIM, as Photoshop's resource 0x0404 and TIFF's tag 33723 hold them; b'' when there are none."""
    resolution: tuple[float, float] | None = None
    """Pixels per inch across and down, above 0; None when the file does not give them."""

    def of_size(self, size: tuple[int, int]) -> Metadata:
        """The same for pixels of another width and height, where EXIF states them at all."""
        from PIL import Image

        found = Image.Exif()
        found.load(self.exif)
        details = dict(found.get_ifd(_EXIF_IFD))
        if not details:
            return self
        found[_EXIF_IFD] = details | {_WIDTH: size[0], _HEIGHT: size[1]}
        return replace(self, exif=found.tobytes())


def read(image: Image.Image, path: Path) -> tuple[object, Metadata]:
    """The orientation of an image as Pillow has decoded it, 1 to 8 or nonsense, and the metadata of its file `path`.

    Each kind that is damaged is left out with an ImageWarning.
    """
    orientation: object = 1
    exif, resolution = b"", _resolution(image.info.get("dpi"))
    # Where the header of a JPEG has no unit, Pillow assumes a resolution.
    if image.format in ("JPEG", "MPO") and image.info.get("jfif_unit") not in (1, 2):
        resolution = None
    try:
        found = image.getexif()
        orientation = found.get(_ORIENTATION, 1)
        if resolution is None and (inches := _INCHES.get(found.get(_RESOLUTION_UNIT, 0))):
            resolution = _resolution(tuple(found.get(tag, 0) * inches for tag in (_X_RESOLUTION, _Y_RESOLUTION)))
        exif = kept_exif(found, image.size[::-1] if orientation in (5, 6, 7, 8) else image.size)
    except DAMAGE as error:
        warn_left_out(path, "EXIF", f"damaged ({error})")
    return orientation, Metadata(exif, _xmp(image, path), _iptc(image, path), resolution)


def of_png(content: bytes, size: tuple[int, int], path: Path) -> Metadata:
    """The metadata of a PNG of this width and height inside the file `path`; nothing where it is damaged or another."""
    from PIL import Image

    try:
        with (
            collected_warnings(UserWarning, spared=(UserFacingWarning,)),
            Image.open(io.BytesIO(content), formats=["PNG"]) as image,
        ):
            return read(image, path)[1] if image.size == size else Metadata()
    except (*DAMAGE, Image.DecompressionBombError):
        return Metadata()


def kept_exif(found: Image.Exif, size: tuple[int, int]) -> bytes:
    """What is kept of EXIF for an upright image of `size`, width and height; b'' for nothing. Raises when damaged."""
    from PIL import Image

    kept = Image.Exif()
    left_out = () if _has_sensible_resolution(found) else (_X_RESOLUTION, _Y_RESOLUTION, _RESOLUTION_UNIT)
    for tag in _KEPT_TAGS:
        if tag in found and tag not in left_out:
            kept[tag] = found[tag]
    details = dict(found.get_ifd(_EXIF_IFD))
    if details:
        details.pop(_MAKER_NOTE, None)  # its offsets point into the old file
        details.pop(_INTEROPERABILITY, None)
        details.update({_COLOUR_SPACE: 1, _WIDTH: size[0], _HEIGHT: size[1]})
        kept[_EXIF_IFD] = details
    position = dict(found.get_ifd(_GPS_IFD))
    if position:
        kept[_GPS_IFD] = position
    return kept.tobytes() if len(kept) else b""


def _has_sensible_resolution(found: Image.Exif) -> bool:
    """Whether the tags of the resolution, as far as they are there, can be written: TIFF refuses others."""
    values = [float(found.get(tag, 1)) for tag in (_X_RESOLUTION, _Y_RESOLUTION)]
    return found.get(_RESOLUTION_UNIT, 1) in (1, 2, 3) and all(0 < value < 2**32 for value in values)


def warn_left_out(path: Path, kind: str, reason: str) -> None:
    """Warn that metadata of a kind, such as "EXIF", is left out of what is made of the file `path`."""
    warnings.warn(f"the {kind} data in '{path}' is {reason}: it was left out.", ImageWarning, stacklevel=5)


def _resolution(found: tuple[float, ...] | None) -> tuple[float, float] | None:
    try:
        across, down = (float(value) for value in found or ())
    except (TypeError, ValueError, ArithmeticError):
        return None
    # A TIFF of one dot per inch has no resolution: its tags are required, whether it is known or not.
    return (across, down) if all(math.isfinite(each) and 1 < each < 1e5 for each in (across, down)) else None


def _xmp(image: Image.Image, path: Path) -> bytes:
    from xml.parsers.expat import ExpatError

    packet: Any = image.info.get("xmp") or b""
    if isinstance(packet, str):
        packet = packet.encode()
    try:
        packet = bytes(packet).strip(b"\0 \t\r\n")  # a TIFF may hold them as a tuple of numbers
        if len(packet) > _LARGEST_XMP:
            raise ValueError(f"longer than {_LARGEST_XMP >> 20} MiB")
        return _kept_xmp(packet, path) if packet else b""
    except (ExpatError, RecursionError, *DAMAGE) as error:
        warn_left_out(path, "XMP", f"damaged ({error})")
        return b""


def _kept_xmp(packet: bytes, path: Path) -> bytes:
    from xml.dom import minidom
    from xml.dom.minidom import Element

    plain = packet.replace(b"\0", b"")  # UTF-16 too
    if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:
        raise ValueError("it declares entities or a type")
    if plain.count(b"<") + plain.count(b"=") > _MOST_MARKS:
        raise ValueError(f"it has more than {_MOST_MARKS:,} elements and attributes")
    document: Any = minidom.parseString(packet)
    extended = False
    waiting: list[Any] = [each for each in document.childNodes if isinstance(each, Element)]
    while waiting:
        element = waiting.pop()
        for attribute in list(element.attributes.values()) if element.attributes else ():
            if _is_of_the_file(attribute.namespaceURI, attribute.localName):
                extended |= attribute.localName == "HasExtendedXMP"
                element.removeAttributeNode(attribute)
        for child in list(element.childNodes):
            if not isinstance(child, Element):
                continue
            if _is_of_the_file(child.namespaceURI, child.localName):
                extended |= child.localName == "HasExtendedXMP"
                element.removeChild(child)
            else:
                waiting.append(child)
    if extended:
        warnings.warn(
            f"the XMP data in '{path}' goes on beyond its first 64 KiB: that part was left out.",
            ImageWarning,
            stacklevel=7,
        )
    return "".join(each.toxml() for each in document.childNodes).encode()


def _is_of_the_file(namespace: str | None, name: str | None) -> bool:
    if namespace is None:
        return False
    return name in _OF_THE_FILE.get(namespace, ()) or namespace.startswith(_NOT_KEPT)


def _iptc(image: Image.Image, path: Path) -> bytes:
    try:
        blocks: Any = image.info.get("photoshop")
        found: Any = blocks.get(_IPTC_OF_PHOTOSHOP) if isinstance(blocks, dict) else None
        if isinstance(text := image.info.get(_IPTC_OF_PNG), str):
            found = bytes.fromhex("".join(text.split("\n")[3:]))
        tags = getattr(image, "tag_v2", None)
        if found is None and tags is not None:
            # Programs wrote the bytes as if they were numbers of 32 bits, of which Pillow would give the first.
            found = tags._tagdata.get(_IPTC_OF_TIFF)
        kept = b"".join(_kept_records(bytes(found))) if found else b""
    except DAMAGE as error:
        warn_left_out(path, "IPTC", f"damaged ({error})")
        return b""
    return kept


def _kept_records(found: bytes) -> Iterator[bytes]:
    """The data sets of records 1 and 2 without orientation (2:131) and preview (2:200 to 2:202); IIM 4.2, 1.5."""
    at = 0
    while at + 5 <= len(found) and found[at] == 0x1C:
        record, number, length = found[at + 1], found[at + 2], struct.unpack_from(">H", found, at + 3)[0]
        start = at + 5
        if length & 0x8000:  # the length of the length
            start += length & 0x7FFF
            length = int.from_bytes(found[at + 5 : start], "big")
        end = start + length
        if end > len(found):
            raise ValueError("it ends too early")
        if record in (1, 2) and (record, number) not in ((2, 131), (2, 200), (2, 201), (2, 202)):
            yield found[at:end]
        at = end
    if found[at:].strip(b"\0"):
        raise ValueError("something else is among its records")
