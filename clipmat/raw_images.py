"""A camera's raw files: recognised by their content, and developed by rawpy (LibRaw), the extra `raw`."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

from clipmat.errors import ImageTooLarge, ImageUnreadable, ImageUnsupported
from clipmat.partial_images import DAMAGE
from clipmat.thread_warnings import collected_warnings

if TYPE_CHECKING:
    from PIL import Image

    from clipmat.image_pages import Directory

RAW_SUFFIXES = frozenset(
    ".dng .cr2 .cr3 .crw .nef .nrw .arw .sr2 .srf .raf .orf .rw2 .pef .srw .3fr .fff .iiq .erf .kdc .dcr .mrw .rwl "
    ".x3f .mef .mos".split()
)
"""Suffixes, in lower case, by which file dialogs find raw files."""
_SIGNATURES = (
    (0, b"FUJIFILMCCD-RAW"), (4, b"ftypcrx "), (6, b"HEAPCCDR"), (0, b"FOVb"), (0, b"\0MRM"), (0, b"IIRO"),
    (0, b"IIRS"), (0, b"MMOR"), (0, b"IIU\0"), (4, b"\x10\0\0\0CR\x02\0"), (8, b"IIIITwaR"), (8, b"MMMMRawT"),
)  # fmt: skip
"""Of Fujifilm, Canon (CR3, CRW), Sigma, Minolta, Olympus, Panasonic, Canon (CR2) and Phase One: place and bytes."""
_TIFF = (b"II*\0", b"MM\0*")


def is_raw(head: bytes, found: tuple[Directory, ...]) -> bool:
    """Whether a file is a camera's raw file, by its first 32 bytes and, if it is built like a TIFF, its directories."""
    return any(each.of_sensor for each in found) or any(head[at:].startswith(sign) for at, sign in _SIGNATURES)


def developed(path: Path) -> Image.Image:
    """The picture of a raw file, upright, in sRGB, with the white balance of the camera.

    Raises ImageUnsupported where rawpy is missing or does not know the camera, ImageTooLarge, ImageUnreadable.
    """
    from PIL import Image

    if importlib.util.find_spec("rawpy") is None:
        raise ImageUnsupported(
            f"'{path}' is a camera's raw file: install rawpy with pip install 'rim-editor[raw]' to open it, or save it "
            "as TIFF or JPEG with a raw developer."
        )
    import rawpy

    try:
        with rawpy.imread(str(path)) as raw:
            pixels, limit = raw.sizes.width * raw.sizes.height, 2 * (Image.MAX_IMAGE_PIXELS or 2**62)
            if pixels > limit:
                size = f"{pixels / 1e6:.0f} megapixels and the limit is {limit / 1e6:.0f}"
                raise ImageTooLarge(f"'{path}' has {size}: scale it down first.")
            return Image.fromarray(raw.postprocess(use_camera_wb=True, output_bps=8))
    except (rawpy.LibRawFileUnsupportedError, rawpy.LibRawNotImplementedError) as error:
        text = f"'{path}' is a raw file of a kind that rawpy cannot develop: save it as TIFF or JPEG first."
        raise ImageUnsupported(text) from error
    except (rawpy.LibRawError, OSError, ValueError, RuntimeError) as error:
        reason = error.args[0].decode() if error.args and isinstance(error.args[0], bytes) else str(error)
        text = (
            f"the raw file '{path}' cannot be developed ({reason}): copy it again, or save it as TIFF or JPEG with "
            "another raw developer."
        )
        raise ImageUnreadable(text) from error


def kept_exif(path: Path, head: bytes, size: tuple[int, int]) -> bytes:
    """The EXIF of a raw file, for its picture of `size`; b'' when there is none.

    It is read from files that are built like a TIFF. An ImageWarning says when that of others, or damaged EXIF, is
    left out.
    """
    from PIL import Image

    from clipmat import image_metadata

    if head[:4] not in _TIFF:
        image_metadata.warn_left_out(path, "EXIF", "in a place that is the maker's own")
        return b""
    found = Image.Exif()
    try:
        with path.open("rb") as file, collected_warnings(UserWarning):
            found.load_from_fp(file, None)
            return image_metadata.kept_exif(found, size)
    except DAMAGE as error:
        image_metadata.warn_left_out(path, "EXIF", f"damaged ({error})")
        return b""
