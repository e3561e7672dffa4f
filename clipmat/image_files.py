"""Image files in: any kind that a camera or an editor writes becomes upright 8-bit sRGB.

All decoding of untrusted files begins here. Which picture of a file is read is decided in `image_pages`, its kind of
pixels in `image_modes`, its colour space in `colour_spaces`, what goes on with it in `image_metadata`.
"""

from __future__ import annotations

import re
import stat
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from clipmat import colour_spaces, image_metadata, image_modes, image_pages, partial_images, png_chunks, raw_images
from clipmat.errors import ImageTooLarge, ImageUnreadable, ImageWarning, UserFacingWarning
from clipmat.image_metadata import Metadata
from clipmat.partial_images import DAMAGE
from clipmat.thread_warnings import collected_warnings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL import Image, ImageFile

    from clipmat.image_pages import Directory

# Formats whose decoders read pixels and nothing else; Pillow's EPS, for one, would run a program.
_FORMATS = ("PNG", "JPEG", "MPO", "WEBP", "TIFF", "AVIF", "HEIF", "BMP", "GIF", "JPEG2000", "PPM", "TGA", "DIB")
READABLE_SUFFIXES = frozenset(
    ".png .apng .jpg .jpeg .jpe .jfif .webp .tif .tiff .heic .heif .hif .avif .bmp .dib .gif .jp2 .j2k .jpx .pbm .pgm "
    ".ppm .pnm .tga".split()
)
"""Suffixes, in lower case, of the files that count as images when a folder is searched."""


@dataclass(frozen=True, eq=False)
class OpenedImage:
    """An image's pixels and the metadata that a result made from them should keep."""

    path: Path | None
    """The file; None for an image that came without one, from the clipboard for instance."""
    pixels: NDArray[np.uint8]
    """HxWx3 sRGB, orientation applied; what was transparent is shown on white."""
    alpha: NDArray[np.uint8] | None
    """HxW, 255 opaque; None when the whole image is opaque."""
    metadata: Metadata = Metadata()
    altered: bool = False
    """Whether the pixels are not what the file opens with: cropped, turned, straightened, or another page."""
    page: int | None = None
    """The page or frame of the file that was asked for, from 1; None for the one that it opens with."""

    @property
    def stem(self) -> str:
        """What files made from it are called, without a suffix: as its file, and its page if one was asked for."""
        name = "image" if self.path is None else self.path.stem
        return name if self.page is None else f"{name}-{self.page}"


@dataclass(frozen=True, eq=False)
class UprightImage:
    """An image file as decoded, orientation applied; `straight_srgb` converts it to sRGB."""

    path: Path
    image: Image.Image
    """Of one of `image_modes.PLAIN`."""
    size: tuple[int, int]
    """Height and width in the file once upright; `image` may be smaller."""
    profile: bytes | None
    """The ICC profile that its colours are to be read by; None for sRGB."""
    metadata: Metadata


def read(path: Path, *, whole: bool = False, page: int | None = None) -> OpenedImage:
    """Open an image file: upright, colours converted to sRGB, 8 bits a channel; a camera's raw file is developed.

    Of several pages or frames it is `page`, from 1, or else the first one of full size. 16-bit samples are scaled, not
    clipped. CMYK without a profile is converted by the plain formula. A file that is cut off or damaged opens as far
    as it can be read, unless it must be `whole`. That, further pages, high dynamic range, and a damaged profile or
    metadata that are left out, give an ImageWarning. Raises ImageUnreadable, ImageTooLarge, ImageUnsupported.
    """
    from PIL import Image

    loaded = load(path, whole=whole, page=page)
    colours, alpha = straight_srgb(loaded)
    shown = colours if alpha is None else Image.composite(colours, Image.new("RGB", colours.size, "white"), alpha)
    coverage = None if alpha is None else image_modes.pixels_of(alpha)
    return OpenedImage(
        path, image_modes.pixels_of(shown), coverage, loaded.metadata, altered=page is not None, page=page
    )


def count_pages(path: Path) -> int:
    """How many pages or frames `read` can be asked for. Raises ImageUnreadable, ImageTooLarge, ImageUnsupported."""
    from PIL import Image

    try:
        head, found = _head(path), image_pages.directories(path)
        if raw_images.is_raw(head, found):
            return 1
        if found:
            return image_pages.count(found)
        with collected_warnings(Image.DecompressionBombWarning, ImageWarning), _opened(path, head, found, None) as file:
            return int(getattr(file, "n_frames", 1))
    except Image.DecompressionBombError as error:
        raise _too_large(path, error) from error
    except DAMAGE as error:
        raise _damaged(path, error) from error


def load(path: Path, side: int | None = None, *, whole: bool = True, page: int | None = None) -> UprightImage:
    """Decode an image file, upright. With `side` a JPEG is decoded smaller, in a fraction of the time.

    It stays at least as large as it needs to be to scale its longer side to `side` pixels. `whole`, `page` and
    warnings are as in `read`, which also converts colours. Raises ImageUnreadable, ImageTooLarge, ImageUnsupported.
    """
    from PIL import Image

    with (
        collected_warnings(Image.DecompressionBombWarning),  # at half of the limit
        collected_warnings(UserWarning, spared=(UserFacingWarning,)) as of_decoders,
    ):
        loaded = _loaded(path, side, whole, page)
    if of_decoders:
        reason = " ".join(of_decoders[0].split()).rstrip(".")
        text = f"'{path}' is damaged in part ({reason}): what can be read of it is used."
        warnings.warn(text, ImageWarning, stacklevel=2)
    return loaded


def _loaded(path: Path, side: int | None, whole: bool, page: int | None) -> UprightImage:
    from PIL import Image

    try:
        head = _head(path)
        found = image_pages.directories(path)
        if raw_images.is_raw(head, found):
            return _developed(path, head, page)
        with _opened(path, head, found, page) as file:
            opened, (width, height) = file, file.size
            small = None
            if side is not None and side < max(width, height):
                scale = side / max(width, height)
                small = max(1, round(width * scale)), max(1, round(height * scale))
                opened.draft(opened.mode, small)
            try:
                opened.load()
            except DAMAGE as error:
                if png_chunks.is_too_long(error):  # here of a text behind the pixels
                    opened = png_chunks.opened_without_texts(path)
                    if page is not None:
                        image_pages.at_frame(opened, page, path)
                    opened.load()
                elif whole or page is not None:
                    raise
                else:
                    opened = partial_images.rest_of(opened, path, error, small)
            orientation, metadata = image_metadata.read(opened, path)
            size = (width, height) if orientation in (5, 6, 7, 8) else (height, width)
            profile = colour_spaces.profile_of(opened, path)
            return UprightImage(path, _turned(image_modes.plain(opened, path), orientation), size, profile, metadata)
    except Image.DecompressionBombError as error:
        raise _too_large(path, error) from error
    except DAMAGE as error:
        raise _damaged(path, error) from error


def straight_srgb(loaded: UprightImage) -> tuple[Image.Image, Image.Image | None]:
    """Colours as RGB in sRGB, 8 bits, straight where they are transparent; and alpha as L, None where all is opaque.

    A damaged profile is left out with an ImageWarning. Raises ImageUnsupported.
    """
    upright, alpha = image_modes.eight_bits(loaded.image, loaded.path), None
    if upright.has_transparency_data:
        if upright.mode not in ("LA", "RGBA"):
            upright = upright.convert("RGBA")
        coverage = upright.getchannel("A")
        upright = upright.convert(upright.mode[:-1])
        if coverage.getextrema() != (255, 255):
            alpha = coverage
    return colour_spaces.in_srgb(upright, loaded.profile, loaded.path), alpha


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
        return OpenedImage(None, pixels.copy(), None)
    from PIL import Image

    white = Image.new("RGB", pixels.shape[1::-1], "white")
    shown = Image.composite(Image.fromarray(pixels), white, Image.fromarray(alpha))
    return OpenedImage(None, image_modes.pixels_of(shown), alpha.copy())


def _head(path: Path) -> bytes:
    """The first 32 bytes of a file, fewer if it is shorter. Raises ImageUnreadable."""
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):  # opening a pipe would block until something writes to it
            raise ImageUnreadable(f"'{path}' is not a file: name an image file.")
        with path.open("rb") as file:
            head = file.read(32)
    except FileNotFoundError as error:
        raise ImageUnreadable(f"'{path}' does not exist: check the name and the folder.") from error
    except IsADirectoryError as error:
        raise ImageUnreadable(f"'{path}' is a folder: name an image file.") from error
    except ValueError as error:
        raise ImageUnreadable(f"{str(path)!r} cannot be the name of a file ({error}): check it.") from error
    except OSError as error:
        text = f"'{path}' cannot be opened ({error.strerror}): check its name and permissions."
        raise ImageUnreadable(text) from error
    if not head:
        raise ImageUnreadable(f"'{path}' is empty (0 bytes): copy or download it again.")
    return head


def _opened(path: Path, head: bytes, found: tuple[Directory, ...], page: int | None) -> ImageFile.ImageFile:
    """The file as Pillow opens it, put to its picture; `found` are its directories if it is a TIFF."""
    from PIL import Image, UnidentifiedImageError

    if head[4:8] == b"ftyp":  # HEIC and HEIF; of this family Pillow reads AVIF only
        import pillow_heif

        pillow_heif.register_heif_opener()
    image_modes.load_plugins(head)
    directory = image_pages.chosen(found, page, path)
    at_start = directory is None or directory is found[0]
    try:
        with image_modes.opening_through_libtiff(directory is not None and directory.bare_planes):
            file = Image.open(
                path if at_start or directory is None else image_pages.opened_at(path, directory),
                formats=[name for name in _FORMATS if name in Image.OPEN],
            )
    except ValueError as error:
        if not png_chunks.is_too_long(error):
            raise
        file = png_chunks.opened_without_texts(path)
    except UnidentifiedImageError as error:
        if found:
            raise image_modes.unsupported(path) from error
        text = f"'{path}' is not a readable image: use PNG, JPEG, WebP, TIFF, HEIC, AVIF, GIF or BMP."
        raise ImageUnreadable(text) from error
    try:
        if directory is None:
            image_pages.at_frame(file, page, path)
    except BaseException:
        file.close()
        raise
    return file


def _developed(path: Path, head: bytes, page: int | None) -> UprightImage:
    if page is not None and page > 1:
        raise image_pages.no_such_page(path, page, 1)
    image = raw_images.developed(path)
    exif = raw_images.kept_exif(path, head, image.size)
    return UprightImage(path, image, (image.height, image.width), None, Metadata(exif))


def _damaged(path: Path, error: Exception) -> ImageUnreadable:
    text = f"'{path}' is damaged or incomplete ({partial_images.reason(error)}): copy or download it again."
    return ImageUnreadable(text)


def _too_large(path: Path, error: Exception) -> ImageTooLarge:
    size, limit = (int(number) / 1e6 for number in re.findall(r"\d+", str(error))[:2])
    text = f"'{path}' has {size:.0f} megapixels and the limit is {limit:.0f}: scale it down first."
    return ImageTooLarge(text)


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
