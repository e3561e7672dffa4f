"""The colour space of an image file: decided here, in one place, and converted from to sRGB by LittleCMS.

A PNG goes by the order of precedence of its third edition (4.3): cICP, iCCP, sRGB, then gAMA with cHRM. HEIF and AVIF
go by their ICC profile, then by nclx; all others by their profile, then by Adobe RGB's mark in the EXIF of cameras.
What says nothing is sRGB.
"""

from __future__ import annotations

import warnings
from functools import lru_cache
from itertools import chain, product
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clipmat import colour_codes
from clipmat.colour_profiles import ADOBE_RGB, BT709, Chromaticities, power, profile, srgb
from clipmat.errors import ImageWarning

if TYPE_CHECKING:
    from PIL import Image

_SRGB_GAMMA = 0.45455
"""Written into the gAMA of sRGB images, whose curve it stands for."""
_GAMMA_WITHIN = 0.02
_INTEROPERABILITY, _ADOBE_RGB = 0xA005, "R03"


def profile_of(image: Image.Image, path: Path) -> bytes | None:
    """The ICC profile that the colours of `image`, as Pillow has opened it from `path`, are to be read by.

    It is the file's own, or made of what else the file says; None stands for sRGB. An ImageWarning says when high
    dynamic range has to be compressed, and what cannot be understood. Raises OSError when the file cannot be read.
    """
    own: bytes | None = image.info.get("icc_profile") or None
    codes = colour_codes.found_in(image, path)
    if codes is not None and (own is None or image.format == "PNG"):
        made = codes.profile()
        if made is not None:
            if codes.high_dynamic_range:
                text = f"'{path}' has high dynamic range: its lights were compressed to what 8-bit sRGB can show."
                warnings.warn(text, ImageWarning, stacklevel=4)
            return made
        if own is None:
            _warn_damaged(path, f"primaries {codes.primaries}, transfer {codes.transfer} are not known")
    if own is not None or image.format != "PNG":
        return own or _of_camera(image)
    return None if "srgb" in image.info else _of_gamma(image, path)


def in_srgb(image: Image.Image, profile: bytes | None, path: Path) -> Image.Image:
    """An opaque `image` as RGB in sRGB, from its ICC profile; from CMYK without one by the plain formula.

    A profile that is damaged, or of another kind of image, is left out with an ImageWarning.
    """
    from PIL import ImageCms

    if image.mode == "LAB":
        profile = profile or ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    elif image.mode == "1":
        image = image.convert("L")
    elif image.mode not in ("L", "RGB", "CMYK"):
        image = image.convert("RGB")
    if profile:
        try:
            return _converted(image, profile)
        except (ImageCms.PyCMSError, OSError, ValueError) as error:
            _warn_damaged(path, str(error))
    return image if image.mode == "RGB" else image.convert("RGB")  # which copies what is RGB


def _warn_damaged(path: Path, reason: str) -> None:
    text = f"the colour profile in '{path}' is damaged ({reason}): its colours were taken as sRGB."
    warnings.warn(text, ImageWarning, stacklevel=6)


def _of_gamma(image: Image.Image, path: Path) -> bytes | None:
    gamma: Any = image.info.get("gamma")
    points: Any = image.info.get("chromaticity")
    if gamma is None and points is None:
        return None
    try:
        # Without one of the two, that of sRGB.
        like_srgb = gamma is None or abs(gamma / _SRGB_GAMMA - 1) < _GAMMA_WITHIN
        if not like_srgb and not 0.1 <= gamma <= 10:
            raise ValueError(f"a gamma of {gamma:g}")
        space = BT709 if points is None else Chromaticities(points[:2], points[2:4], points[4:6], points[6:8])
        return profile(space, srgb if like_srgb else power(1 / gamma))
    except ValueError as error:
        _warn_damaged(path, str(error))
        return None


def _of_camera(image: Image.Image) -> bytes | None:
    """Adobe RGB where the EXIF has its mark, as DCF 2.0 has it for cameras, which embed no profile."""
    try:
        mark = image.getexif().get_ifd(_INTEROPERABILITY).get(1)
    except Exception:  # noqa: BLE001 - damaged EXIF is reported where it is read
        return None
    return _adobe_rgb() if str(mark).strip("\0 ") == _ADOBE_RGB else None


@lru_cache(1)
def _adobe_rgb() -> bytes:
    return profile(ADOBE_RGB, power(563 / 256))


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
