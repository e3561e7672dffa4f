"""Converts images between numpy and Qt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QColorSpace, QImage, QPixmap

from clipmat.errors import ImageUnreadable
from clipmat.image_files import READABLE_SUFFIXES
from clipmat.raw_images import RAW_SUFFIXES
from rim_editor.translation import tr

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from clipmat.image_files import OpenedImage

_SUFFIXES = " ".join(f"*{suffix}" for suffix in sorted(READABLE_SUFFIXES | RAW_SUFFIXES))

_FORMATS = {
    1: QImage.Format.Format_Grayscale8,
    3: QImage.Format.Format_RGB888,
    4: QImage.Format.Format_RGBA8888,
}


def image_filter(others: str = "") -> str:
    """For file dialogs: the files that can be read as images, and `others` with them and alone, or all files."""
    images, everything = tr("Images ({suffixes})", suffixes=_SUFFIXES), tr("All files (*)")
    if not others:
        return f"{images};;{everything}"
    first = tr("Images and projects ({suffixes})", suffixes=f"{others} {_SUFFIXES}")
    return ";;".join((first, tr("Projects (*.rim)"), everything))


def to_qimage(pixels: NDArray[np.uint8]) -> QImage:
    """A QImage that shares the memory of `pixels`: HxW grey, HxWx3 sRGB or HxWx4 with straight alpha, uint8.

    Nothing is copied if each row is contiguous (as in a slice of rows and columns), so `pixels` must not be written
    to while the image is in use. This QImage keeps the array alive; its implicitly shared copies do not, so use
    `copy()` for those. Raises ValueError for any other layout.
    """
    import numpy as np

    channels = 1 if pixels.ndim == 2 else pixels.shape[2] if pixels.ndim == 3 else 0
    if channels not in _FORMATS or pixels.dtype != np.uint8 or 0 in pixels.shape:
        raise ValueError(f"no image: {pixels.shape} {pixels.dtype}")
    inner = (channels, 1) if pixels.ndim == 3 else (1,)
    if pixels.strides[1:] != inner or pixels.strides[0] < pixels.shape[1] * channels:
        pixels = np.ascontiguousarray(pixels)
    height, width, stride = pixels.shape[0], pixels.shape[1], pixels.strides[0]
    # Qt takes a flat buffer: a view of the rows that includes the gaps between them.
    flat = np.lib.stride_tricks.as_strided(pixels, (stride * (height - 1) + width * channels,), (1,), writeable=False)
    image = QImage(flat.data, width, height, stride, _FORMATS[channels])
    image.pixels = flat  # type: ignore[attr-defined]
    return image


def to_array(image: QImage) -> NDArray[np.uint8]:
    """The pixels of `image` as HxWx4 uint8 with straight alpha; always a copy.

    Raises MemoryError when Qt cannot allocate the image.
    """
    import numpy as np

    if image.format() != QImage.Format.Format_RGBA8888:
        image = image.convertToFormat(QImage.Format.Format_RGBA8888)
    if image.isNull():
        raise MemoryError
    height, width, stride = image.height(), image.width(), image.bytesPerLine()
    rows = np.frombuffer(image.constBits(), np.uint8, stride * height).reshape(height, stride)
    return rows[:, : width * 4].reshape(height, width, 4).copy()


def to_opened_image(image: QImage | QPixmap) -> OpenedImage:
    """A pasted or dropped image without a file, in sRGB and with transparent areas on white.

    A QImage may come from any thread, a QPixmap only from the window's.
    Raises ImageUnreadable when there are no pixels, MemoryError when Qt cannot allocate them.
    """
    import numpy as np

    from clipmat.image_files import OpenedImage

    if isinstance(image, QPixmap):
        image = image.toImage()
    if image.isNull():
        raise ImageUnreadable(tr("The clipboard or the drop contains no image: copy an image, or open a file."))
    space = image.colorSpace()
    if space.isValid() and space != QColorSpace(QColorSpace.NamedColorSpace.SRgb):
        image = image.convertedToColorSpace(QColorSpace(QColorSpace.NamedColorSpace.SRgb), _FORMATS[4])
    pixels = to_array(image)
    alpha = pixels[..., 3]
    if bool(np.all(alpha == 255)):
        return OpenedImage(None, np.ascontiguousarray(pixels[..., :3]), None)
    cover = alpha[..., None].astype(np.uint32)
    shown = (pixels[..., :3] * cover + 255 * (255 - cover) + 127) // 255
    return OpenedImage(None, shown.astype(np.uint8), np.ascontiguousarray(alpha))
