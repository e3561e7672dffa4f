"""Code points of colour as ITU-T H.273 numbers them: where PNG, HEIF and AVIF hold them, and what they mean."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clipmat.colour_profiles import BT709, Chromaticities, hlg, narrow, power, pq, profile, srgb

if TYPE_CHECKING:
    from PIL import Image

    from clipmat.colour_profiles import Curve

_D65, _C, _E = (0.3127, 0.3290), (0.310, 0.316), (1 / 3, 1 / 3)
_SMPTE_C = Chromaticities(_D65, (0.630, 0.340), (0.310, 0.595), (0.155, 0.070))
_PRIMARIES = {
    1: BT709,
    4: Chromaticities(_C, (0.67, 0.33), (0.21, 0.71), (0.14, 0.08)),
    5: Chromaticities(_D65, (0.64, 0.33), (0.29, 0.60), (0.15, 0.06)),
    6: _SMPTE_C,
    7: _SMPTE_C,
    8: Chromaticities(_C, (0.681, 0.319), (0.243, 0.692), (0.145, 0.049)),
    9: Chromaticities(_D65, (0.708, 0.292), (0.170, 0.797), (0.131, 0.046)),
    10: Chromaticities(_E, (1.0, 0.0), (0.0, 1.0), (0.0, 0.0)),
    11: Chromaticities((0.314, 0.351), (0.680, 0.320), (0.265, 0.690), (0.150, 0.060)),
    12: Chromaticities(_D65, (0.680, 0.320), (0.265, 0.690), (0.150, 0.060)),
    22: Chromaticities(_D65, (0.630, 0.340), (0.295, 0.605), (0.155, 0.077)),
}
"""Table 2 of H.273."""
_CURVES: dict[int, Curve] = {
    4: power(2.2),
    5: power(2.8),
    8: power(1.0),
    13: srgb,
    16: pq,
    17: power(2.6),
    18: hlg,
    # What the curves of cameras (1, 6, 7, 11, 12, 14, 15) encode is graded on screens that do not undo them; as
    # browsers do, they count as the screen's own.
    **dict.fromkeys((1, 6, 7, 11, 12, 14, 15), srgb),
}
"""Table 3 of H.273: from encoded values to light."""
_UNSPECIFIED = 2
_LARGEST_META = 2**24


@dataclass(frozen=True)
class CodePoints:
    """The colour space of an image by its numbers."""

    primaries: int
    """Table 2 of H.273: 1 is sRGB's, 12 Display P3's, 9 BT.2020's."""
    transfer: int
    """Table 3 of H.273: 13 is sRGB's, 16 PQ, 18 HLG."""
    full_range: bool = True
    """Whether 0 to 255 are all used; from 16 (black) to 235 (white) otherwise."""

    @property
    def high_dynamic_range(self) -> bool:
        """Whether whites are brighter than a sheet of paper."""
        return self.transfer in (16, 18)

    def profile(self) -> bytes | None:
        """An ICC profile of them; None for codes that are not known. What is unspecified is as in sRGB."""
        primaries = BT709 if self.primaries == _UNSPECIFIED else _PRIMARIES.get(self.primaries)
        curve = srgb if self.transfer == _UNSPECIFIED else _CURVES.get(self.transfer)
        if primaries is None or curve is None:
            return None
        return profile(primaries, curve if self.full_range else narrow(curve))


def found_in(image: Image.Image, path: Path) -> CodePoints | None:
    """The code points of a file that Pillow has opened as `image`: of a PNG, HEIF or AVIF that has any."""
    if image.format == "PNG":
        return _of_png(path)
    if image.format == "AVIF":
        return _of_avif(path)
    nclx: Any = image.info.get("nclx_profile")
    if not isinstance(nclx, dict):
        return None
    # The decoder has already undone the matrix and the range.
    return CodePoints(int(nclx.get("color_primaries", 2)), int(nclx.get("transfer_characteristics", 2)))


def _of_png(path: Path) -> CodePoints | None:
    """The cICP chunk, which stands before the pixels; PNG, third edition, 11.3.2.6."""
    with path.open("rb") as file:
        file.seek(8)
        while len(head := file.read(8)) == 8:
            length, kind = struct.unpack(">I4s", head)
            if kind == b"IDAT":
                return None
            if kind == b"cICP" and length == 4 and len(data := file.read(4)) == 4:
                return CodePoints(data[0], data[1], data[3] != 0)
            file.seek(length + 4, 1)
    return None


def _of_avif(path: Path) -> CodePoints | None:
    """The nclx of the primary item; ISO/IEC 14496-12, 8.11 and 12.1.5. The decoder has undone matrix and range."""
    with path.open("rb") as file:
        while len(head := file.read(8)) == 8:
            size, kind = struct.unpack(">I4s", head)
            if kind == b"meta":
                return _of_meta(file.read(min(size - 8, _LARGEST_META)) if size > 8 else b"")
            if size < 8:
                return None
            file.seek(size - 8, 1)
    return None


def _of_meta(meta: bytes) -> CodePoints | None:
    boxes = dict(_boxes(meta[4:]))
    primary = boxes.get(b"pitm", b"")
    item = int.from_bytes(primary[4:], "big") if primary else None
    properties = dict(_boxes(boxes.get(b"iprp", b"")))
    held = list(_boxes(properties.get(b"ipco", b"")))
    for number in _associated(properties.get(b"ipma", b""), item):
        kind, data = held[number - 1] if 0 < number <= len(held) else (b"", b"")
        if kind == b"colr" and data[:4] == b"nclx" and len(data) >= 10:
            return CodePoints(*struct.unpack_from(">HH", data, 4))
    return None


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at + 8 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        if size < 8:
            return
        yield kind, data[at + 8 : at + size]
        at += size


def _associated(data: bytes, item: int | None) -> list[int]:
    """The numbers, from 1, of the properties of an item, by the box ipma."""
    if len(data) < 8:
        return []
    wide_item, wide_number = data[0] >= 1, bool(data[3] & 1)
    (entries,) = struct.unpack_from(">I", data, 4)
    at, width = 8, 4 if wide_item else 2
    for _ in range(entries):
        if at + width + 1 > len(data):
            return []
        found, count = int.from_bytes(data[at : at + width], "big"), data[at + width]
        at += width + 1
        size = 2 if wide_number else 1
        numbers = [int.from_bytes(data[place : place + size], "big") for place in range(at, at + count * size, size)]
        at += count * size
        if found == item:
            return [number & (0x7FFF if wide_number else 0x7F) for number in numbers]
    return []
