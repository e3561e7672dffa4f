"""Image files in: any kind that a camera or an editor writes becomes upright 8-bit sRGB.

All decoding of untrusted files is together here, in a little over 300 lines.
"""

from __future__ import annotations

import re
import stat
import struct
import warnings
import zlib
from dataclasses import dataclass
from itertools import chain, product
from pathlib import Path
from typing import TYPE_CHECKING

from clipmat import partial_images
from clipmat.errors import ImageTooLarge, ImageUnreadable, ImageUnsupported, ImageWarning
from clipmat.thread_warnings import collected_warnings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL import Image, ImageFile

# Formats whose decoders read pixels and nothing else; Pillow's EPS, for one, would run a program.
_FORMATS = ("PNG", "JPEG", "MPO", "WEBP", "TIFF", "AVIF", "HEIF", "BMP", "GIF", "JPEG2000", "PPM", "TGA")
READABLE_SUFFIXES = frozenset(
    ".png .apng .jpg .jpeg .jpe .jfif .webp .tif .tiff .heic .heif .hif .avif .bmp .dib .gif .jp2 .j2k .jpx .pbm .pgm "
    ".ppm .pnm .tga".split()
)
"""Suffixes, in lower case, of the files that count as images when a folder is searched."""

# What Pillow's and pillow-heif's decoders raise when a file is damaged.
_DAMAGE = (
    OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, EOFError, RuntimeError, struct.error,
    zlib.error,
)  # fmt: skip

_EXIF_IFD, _GPS_IFD = 0x8769, 0x8825
# Description, make, model, resolution, software, date, artist, host, copyright, and Windows' five texts. The
# rest of a first directory describes the old file's layout; the second holds a thumbnail of the whole scene.
_KEPT_TAGS = (0x010E, 0x010F, 0x0110, 0x011A, 0x011B, 0x0128, 0x0131, 0x0132, 0x013B, 0x013C, 0x8298) + tuple(
    range(0x9C9B, 0x9CA0)
)
_COLOUR_SPACE, _WIDTH, _HEIGHT, _MAKER_NOTE, _INTEROPERABILITY = 0xA001, 0xA002, 0xA003, 0x927C, 0xA005


@dataclass(frozen=True, eq=False)
class OpenedImage:
    """An image's pixels and the metadata that a result made from them should keep."""

    path: Path | None
    """The file; None for an image that came without one, from the clipboard for instance."""
    pixels: NDArray[np.uint8]
    """HxWx3 sRGB, orientation applied; what was transparent is shown on white."""
    alpha: NDArray[np.uint8] | None
    """HxW, 255 opaque; None when the whole image is opaque."""
    exif: bytes
    """EXIF without orientation, thumbnail and maker note; b'' when there is none."""
    altered: bool = False
    """Whether the pixels are no longer those of the file: cropped, turned, straightened."""


@dataclass(frozen=True, eq=False)
class UprightImage:
    """An image file as decoded, orientation applied; `straight_srgb` converts it to sRGB."""

    path: Path
    image: Image.Image
    """Of any mode that Pillow has."""
    size: tuple[int, int]
    """Height and width in the file once upright; `image` may be smaller."""
    profile: bytes | None
    """Its ICC profile."""
    exif: bytes
    """As in OpenedImage."""


def read(path: Path, *, whole: bool = False) -> OpenedImage:
    """Open an image file: first frame, upright, colours converted from its profile to sRGB, 8 bits a channel.

    16-bit samples are scaled, not clipped. CMYK without a profile is converted by the plain formula.
    A file that is cut off or damaged opens as far as it can be read, unless it must be `whole`. That, and a damaged
    profile or EXIF that is left out, gives an ImageWarning. Raises ImageUnreadable, ImageTooLarge, ImageUnsupported.
    """
    import numpy as np
    from PIL import Image

    loaded = load(path, whole=whole)
    colours, alpha = straight_srgb(loaded)
    if alpha is None:
        return OpenedImage(path, np.array(colours), None, loaded.exif)
    shown = Image.composite(colours, Image.new("RGB", colours.size, "white"), alpha)
    return OpenedImage(path, np.array(shown), np.array(alpha), loaded.exif)


def load(path: Path, side: int | None = None, *, whole: bool = True) -> UprightImage:
    """Decode an image file: first frame, upright. With `side` a JPEG is decoded smaller, in a fraction of the time.

    It stays at least as large as it needs to be to scale its longer side to `side` pixels. Unless it must be `whole`,
    a file that is cut off or damaged is decoded as far as it can be, with an ImageWarning. Damaged EXIF is left out
    with an ImageWarning. Raises ImageUnreadable, ImageTooLarge.
    """
    from PIL import Image

    try:
        with _opened(path) as file:
            opened, (width, height) = file, file.size
            small = None
            if side is not None and side < max(width, height):
                scale = side / max(width, height)
                small = max(1, round(width * scale)), max(1, round(height * scale))
                opened.draft(opened.mode, small)
            try:
                opened.load()
            except _DAMAGE as error:
                if whole:
                    raise
                opened = partial_images.rest_of(opened, path, error, small)
            orientation, exif = _metadata(opened, path)
            size = (width, height) if orientation in (5, 6, 7, 8) else (height, width)
            return UprightImage(path, _turned(opened, orientation), size, opened.info.get("icc_profile"), exif)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large(path, error) from error
    except _DAMAGE as error:
        text = f"'{path}' is damaged or incomplete ({partial_images.reason(error)}): copy or download it again."
        raise ImageUnreadable(text) from error


def straight_srgb(loaded: UprightImage) -> tuple[Image.Image, Image.Image | None]:
    """Colours as RGB in sRGB, 8 bits, straight where they are transparent; and alpha as L, None where all is opaque.

    A damaged profile is left out with an ImageWarning. Raises ImageUnsupported.
    """
    upright, alpha = _eight_bits(loaded.image, loaded.path), None
    if upright.has_transparency_data:
        if upright.mode not in ("LA", "RGBA"):
            upright = upright.convert("RGBA")
        coverage = upright.getchannel("A")
        upright = upright.convert(upright.mode[:-1])
        if coverage.getextrema() != (255, 255):
            alpha = coverage
    return _in_srgb(upright, loaded.profile, loaded.path), alpha


def from_pixels(pixels: NDArray[np.uint8], alpha: NDArray[np.uint8] | None = None) -> OpenedImage:
    """An image without a file: `pixels` HxWx3 uint8 sRGB, upright, and `alpha` HxW uint8 where it is not opaque.

    Colours are straight; they are shown on white, as `read` does. The arrays are copied.
    Raises ValueError when they have another layout or do not belong together.
    """
    import numpy as np

    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3 or 0 in pixels.shape:
        raise ValueError(f"an image is HxWx3 uint8, not {pixels.shape} {pixels.dtype}")
    if alpha is not None and (alpha.dtype != np.uint8 or alpha.shape != pixels.shape[:2]):
        raise ValueError(f"alpha {alpha.shape} {alpha.dtype} does not belong to {pixels.shape}")
    if alpha is None or alpha.min() == 255:
        return OpenedImage(None, pixels.copy(), None, b"")
    from PIL import Image

    white = Image.new("RGB", pixels.shape[1::-1], "white")
    shown = Image.composite(Image.fromarray(pixels), white, Image.fromarray(alpha))
    return OpenedImage(None, np.array(shown), alpha.copy(), b"")


def _opened(path: Path) -> ImageFile.ImageFile:
    from PIL import Image, UnidentifiedImageError

    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):  # opening a pipe would block until something writes to it
            raise ImageUnreadable(f"'{path}' is not a file: name an image file.")
        with path.open("rb") as file:
            head = file.read(16)
    except FileNotFoundError as error:
        raise ImageUnreadable(f"'{path}' does not exist: check the name and the folder.") from error
    except IsADirectoryError as error:
        raise ImageUnreadable(f"'{path}' is a folder: name an image file.") from error
    except OSError as error:
        text = f"'{path}' cannot be opened ({error.strerror}): check its name and permissions."
        raise ImageUnreadable(text) from error
    if not head:
        raise ImageUnreadable(f"'{path}' is empty (0 bytes): copy or download it again.")
    if head[4:8] == b"ftyp":  # HEIC and HEIF; of this family Pillow reads AVIF only
        import pillow_heif

        pillow_heif.register_heif_opener()
    Image.init()
    try:
        with collected_warnings(Image.DecompressionBombWarning):  # Pillow warns at half of the limit
            return Image.open(path, formats=[name for name in _FORMATS if name in Image.OPEN])
    except UnidentifiedImageError as error:
        text = f"'{path}' is not a readable image: use PNG, JPEG, WebP, TIFF, HEIC, AVIF, GIF or BMP."
        raise ImageUnreadable(text) from error


def _too_large(path: Path, error: Exception) -> ImageTooLarge:
    size, limit = (int(number) / 1e6 for number in re.findall(r"\d+", str(error))[:2])
    text = f"'{path}' has {size:.0f} megapixels and the limit is {limit:.0f}: scale it down first."
    return ImageTooLarge(text)


def _eight_bits(image: Image.Image, path: Path) -> Image.Image:
    import numpy as np
    from PIL import Image as Pillow

    if not image.mode.startswith(("I", "F")):
        return image
    samples = np.asarray(image)
    if image.mode == "F" or samples.min() < 0 or samples.max() > 65535:
        raise ImageUnsupported(
            f"'{path}' has 32-bit samples without a fixed white: save it with 8 or 16 bits a channel."
        )
    return Pillow.fromarray(((samples.astype(np.uint32) + 128) // 257).astype(np.uint8))


def _in_srgb(image: Image.Image, profile: bytes | None, path: Path) -> Image.Image:
    from PIL import ImageCms

    if image.mode == "LAB":
        profile = profile or ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    elif image.mode not in ("L", "RGB", "CMYK"):
        image = image.convert("RGB")
    if profile:
        try:
            return _converted(image, profile)
        except (ImageCms.PyCMSError, OSError, ValueError) as error:
            text = f"the colour profile in '{path}' is damaged ({error}): its colours were taken as sRGB."
            warnings.warn(text, ImageWarning, stacklevel=4)
    return image.convert("RGB")


def _converted(image: Image.Image, profile: bytes) -> Image.Image:
    from io import BytesIO

    from PIL import Image as Pillow
    from PIL import ImageCms

    source = ImageCms.ImageCmsProfile(BytesIO(profile))
    space = source.profile.xcolor_space.strip()
    if space == "RGB" and image.mode == "L":
        image = image.convert("RGB")
    if {"GRAY": "L", "RGB": "RGB", "CMYK": "CMYK", "Lab": "LAB"}.get(space) != image.mode:
        raise ValueError(f"it describes {space} and the image is {image.mode}")
    transform = ImageCms.buildTransform(
        source, ImageCms.createProfile("sRGB"), image.mode, "RGB",
        ImageCms.Intent.RELATIVE_COLORIMETRIC, ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )  # fmt: skip
    if image.mode == "RGB":
        # An sRGB profile under any name must leave the pixels unchanged: try every 17th value of each channel.
        grid = bytes(chain.from_iterable(product(range(0, 256, 17), repeat=3)))
        probe = ImageCms.applyTransform(Pillow.frombytes("RGB", (16, 256), grid), transform)
        if probe is not None and all(abs(a - b) <= 1 for a, b in zip(probe.tobytes(), grid, strict=True)):
            return image
    converted = ImageCms.applyTransform(image, transform)
    assert converted is not None  # None is for in-place work only
    return converted


def _turned(image: Image.Image, orientation: object) -> Image.Image:
    # Pillow's exif_transpose rewrites the EXIF as well, and gives up the image where that is damaged.
    from PIL.Image import Transpose

    turns = {
        2: Transpose.FLIP_LEFT_RIGHT,
        3: Transpose.ROTATE_180,
        4: Transpose.FLIP_TOP_BOTTOM,
        5: Transpose.TRANSPOSE,
        6: Transpose.ROTATE_270,
        7: Transpose.TRANSVERSE,
        8: Transpose.ROTATE_90,
    }
    turn = next((turn for value, turn in turns.items() if value == orientation), None)
    return image if turn is None else image.transpose(turn)


def _metadata(image: Image.Image, path: Path) -> tuple[object, bytes]:
    from PIL import Image as Pillow

    orientation: object = 1
    try:
        found = image.getexif()
        orientation = found.get(0x0112, 1)
        kept = Pillow.Exif()
        for tag in _KEPT_TAGS:
            if tag in found:
                kept[tag] = found[tag]
        details = dict(found.get_ifd(_EXIF_IFD))
        if details:
            details.pop(_MAKER_NOTE, None)  # its offsets point into the old file
            details.pop(_INTEROPERABILITY, None)
            width, height = image.size[::-1] if orientation in (5, 6, 7, 8) else image.size
            details.update({_COLOUR_SPACE: 1, _WIDTH: width, _HEIGHT: height})
            kept[_EXIF_IFD] = details
        position = dict(found.get_ifd(_GPS_IFD))
        if position:
            kept[_GPS_IFD] = position
        return orientation, kept.tobytes() if len(kept) else b""
    except _DAMAGE as error:
        text = f"the EXIF data in '{path}' is damaged ({error}): it was left out."
        warnings.warn(text, ImageWarning, stacklevel=4)
        return orientation, b""
