"""Output formats: their suffixes, what each can hold, and the encoding of arrays to bytes."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clipmat.image_metadata import Metadata
from rim_editor.errors import OutputUnsupported
from rim_editor.files import metadata_writing

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.TiffImagePlugin import ImageFileDirectory_v2

    from rim_editor.documents.compositing import Strips

_USUAL_QUALITY = 90
_NONE = Metadata()
_PREDICTOR, _EXIF_IFD, _GPS_IFD = 317, 0x8769, 0x8825


@dataclass(frozen=True)
class Format:
    """A format that can be written, and what it can hold."""

    name: str
    """As Pillow calls it."""
    suffixes: tuple[str, ...]
    lossy: bool = False
    """Whether it has a quality."""
    transparent: bool = True
    deep: bool = False
    """Whether it holds 16 bits a channel; 8 otherwise."""
    layered: bool = False
    """Whether it holds layers, and nothing else."""
    longest_side: int = 2**31
    """Pixels."""


LAYERED_SUFFIX, PHOTOSHOP_SUFFIX = ".ora", ".psd"
PROJECT_SUFFIX = ".rim"
"""Of what `projects` writes."""
LAYERED_SUFFIXES = frozenset((LAYERED_SUFFIX, PHOTOSHOP_SUFFIX))
"""Of the formats that hold layers and nothing else."""
_FORMATS = (
    Format("PNG", (".png",), deep=True),
    Format("WEBP", (".webp",), lossy=True, longest_side=16383),
    Format("TIFF", (".tif", ".tiff"), deep=True),
    Format("JPEG", (".jpg", ".jpeg"), lossy=True, transparent=False, longest_side=65500),
    Format("AVIF", (".avif",), lossy=True, longest_side=65535),
    Format("OpenRaster", (LAYERED_SUFFIX,), layered=True),
    Format("Photoshop", (PHOTOSHOP_SUFFIX,), layered=True, longest_side=30_000),
)
_BY_SUFFIX = {suffix: each for each in _FORMATS for suffix in each.suffixes}


def format_of(path: Path) -> Format:
    """The format of `path` by its suffix, ignoring case. Raises OutputUnsupported."""
    found = _BY_SUFFIX.get(path.suffix.lower())
    if found is None:
        flat = ", ".join(suffix for suffix, each in _BY_SUFFIX.items() if not each.layered)
        raise OutputUnsupported(
            f"'{path}' names no format that can be written: end the name with one of {flat}, "
            f"or {LAYERED_SUFFIX} or {PHOTOSHOP_SUFFIX} for layers."
        )
    if found.name == "AVIF":
        from PIL import features

        if not features.check("avif"):
            raise OutputUnsupported("This Pillow cannot write AVIF: write .webp, or install Pillow 11.3.")
    if found.name == "Photoshop":
        from rim_editor.files import photoshop_writing

        photoshop_writing.check()
    return found


def check(path: Path, *, layered: bool, transparent: bool, depth: int, quality: int | None) -> None:
    """Refuse a format that cannot hold a result; the disk is not accessed.

    `layered`, `transparent` and `depth` (bits a channel, 8 or 16) are the needs of the result; `quality` is None where
    none was requested. Raises OutputUnsupported, which names a format that can.
    """
    found = format_of(path)
    if found.layered and not layered:
        raise OutputUnsupported(f"'{path}' is for layers: export layers, or end the name with .png.")
    if layered and not found.layered:
        raise OutputUnsupported(f"'{path}' cannot hold layers: write '{path.with_suffix(LAYERED_SUFFIX).name}'.")
    if transparent and not found.transparent:
        instead = path.with_suffix(".png")
        raise OutputUnsupported(
            f"'{path.suffix}' cannot hold transparency: write '{instead}', or put the object on a colour."
        )
    if depth == 16 and not found.deep:
        raise OutputUnsupported(f"'{path.suffix}' holds 8 bits a channel: write 16 bits to .png or .tiff.")
    if quality is not None and not found.lossy:
        others = "" if layered else ", or write .webp, .avif or .jpg"
        raise OutputUnsupported(f"'{path.suffix}' is lossless and has no quality: leave it out{others}.")


def check_size(path: Path, shape: tuple[int, ...]) -> None:
    """Refuse an image, of height and width `shape`, that is too large for a format. Raises OutputUnsupported."""
    found = format_of(path)
    if max(shape[:2]) > found.longest_side:
        size, instead = f"{shape[1]}x{shape[0]}", LAYERED_SUFFIX if found.layered else ".png"
        text = f"'{path.suffix}' holds at most {found.longest_side} pixels a side, not {size}: write {instead} instead."
        raise OutputUnsupported(text)


def encoded(
    path: Path, pixels: NDArray[np.uint8] | NDArray[np.uint16], metadata: Metadata, quality: int | None
) -> bytes:
    """The bytes of a file in the format of `path`'s suffix, layers excepted; nothing is written.

    `pixels` is HxW (uint8 or uint16), HxWx3 or HxWx4 (uint8, sRGB, straight alpha), and colours are tagged as sRGB.
    `quality` is 1 to 100 for WebP, JPEG and AVIF, 90 when None; a WebP of 100 is lossless.
    Metadata that the format cannot hold is left out with an EditorWarning. Raises OutputUnsupported.
    """
    check_size(path, pixels.shape)
    name = format_of(path).name
    metadata = metadata_writing.holdable(metadata, name, path)
    try:
        if name == "PNG":
            return png(pixels, metadata)
        if name == "TIFF":
            return _tiff(pixels, metadata)
        return _lossy(name, pixels, metadata, quality)
    except (OSError, ValueError) as error:
        text = f"'{path.suffix}' cannot hold this image ({error}): write .png instead."
        raise OutputUnsupported(text) from error


def _lossy(name: str, pixels: NDArray[Any], metadata: Metadata, quality: int | None) -> bytes:
    from PIL import Image

    options: dict[str, Any] = {"quality": quality or _USUAL_QUALITY, **_colour_space(pixels)}
    if name == "JPEG":
        options["subsampling"] = 0  # halved colour would smear along the object's edge
    elif name == "WEBP" and quality == 100:
        options |= {"lossless": True, "exact": True}
    options |= metadata_writing.pillow_options(metadata, name)
    buffer = BytesIO()
    Image.fromarray(pixels).save(buffer, name, **options)
    return buffer.getvalue()


def _tiff(pixels: NDArray[Any], metadata: Metadata) -> bytes:
    from PIL import Image
    from PIL.TiffImagePlugin import ImageFileDirectory_v2

    found = Image.Exif()
    found.load(metadata.exif)
    tags = ImageFileDirectory_v2()
    tags[_PREDICTOR] = 2  # horizontal differences halve a photograph
    for tag, value in found.items():
        # Pillow gives libtiff no directory within a directory: a number keeps its place.
        tags[tag] = 0 if tag in (_EXIF_IFD, _GPS_IFD) else value
    tags.update(metadata_writing.tiff_tags(metadata))
    options: dict[str, Any] = {"compression": "tiff_adobe_deflate", "tiffinfo": tags, **_colour_space(pixels)}
    if metadata.resolution is not None:
        options["dpi"] = metadata.resolution
    buffer = BytesIO()
    Image.fromarray(pixels).save(buffer, "TIFF", **options)
    file = bytearray(buffer.getvalue())
    for place in (_EXIF_IFD, _GPS_IFD):
        if place in found:
            directory = ImageFileDirectory_v2(bytes(file[:8]), group=place)
            directory.update(found.get_ifd(place))
            _append_directory(file, place, directory)
    return bytes(file)


def _append_directory(file: bytearray, place: int, directory: ImageFileDirectory_v2) -> None:
    order = "<" if file[:2] == b"II" else ">"
    file += bytes(len(file) % 2)
    offset = len(file)
    (first,) = struct.unpack_from(f"{order}I", file, 4)
    (count,) = struct.unpack_from(f"{order}H", file, first)
    for entry in range(first + 2, first + 2 + 12 * count, 12):
        if struct.unpack_from(f"{order}H", file, entry) == (place,):
            file[entry : entry + 12] = struct.pack(f"{order}HHII", place, 4, 1, offset)  # 4: a LONG
            file += directory.tobytes(offset)


def png(pixels: Strips, metadata: Metadata = _NONE) -> bytes:
    """A PNG of HxW (uint8 or uint16), HxWx3 or HxWx4 (uint8, tagged as sRGB), with `metadata`.

    Written by ourselves, a strip of rows at a time, as no library does it: each pixel less the one to the left of it,
    packed by runs, which is as small as OpenCV makes it, and always the same bytes; by zlib-ng, twice as quick as zlib.
    """
    import numpy as np
    from zlib_ng import zlib_ng

    from rim_editor.documents.compositing import strips

    height, width, *channels = pixels.shape
    chunk, file, packer = metadata_writing.png_chunk, BytesIO(), zlib_ng.compressobj(1, strategy=zlib_ng.Z_RLE)
    depth, kind = 8 * pixels[:1].itemsize, {(): 0, (3,): 2, (4,): 6}[tuple(channels)]
    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0)
    file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + (chunk(b"sRGB", b"\x00") if channels else b""))
    file.write(metadata_writing.png_chunks(metadata))
    for rows in strips(pixels):
        values = np.ascontiguousarray(pixels[rows])
        data = values.astype(values.dtype.newbyteorder(">"), copy=False).view(np.uint8).reshape(len(values), -1)
        step = data.shape[1] // width
        lines = np.empty((len(data), 1 + data.shape[1]), np.uint8)
        lines[:, 0] = 1  # the filter "Sub"
        lines[:, 1 : 1 + step] = data[:, :step]
        np.subtract(data[:, step:], data[:, :-step], out=lines[:, 1 + step :])
        file.write(chunk(b"IDAT", packer.compress(lines.data)))
    file.write(chunk(b"IDAT", packer.flush()) + chunk(b"IEND", b""))
    return file.getvalue()


def _colour_space(pixels: NDArray[Any]) -> dict[str, bytes]:
    if pixels.ndim == 2:  # a matte is coverage, not colour
        return {}
    from PIL import ImageCms

    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[24:36] = struct.pack(">6H", 2000, 1, 1, 0, 0, 0)  # no clock: the same result is the same file
    return {"icc_profile": bytes(profile)}
