"""Thumbnails of results: small JPEGs, with a checkerboard where something is transparent."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_LONGEST_PX, _SQUARE_PX = 160, 8
_LIGHT, _DARK = 255, 204


def thumbnail(pixels: NDArray[np.uint8] | NDArray[np.uint16]) -> bytes:
    """A JPEG of 160 pixels at most, of HxW (uint8 or uint16), HxWx3 or HxWx4 (uint8, straight alpha)."""
    import cv2
    import numpy as np

    # A coarse look first: the rest costs the same for every size.
    step = max(1, max(pixels.shape[:2]) // (4 * _LONGEST_PX))
    coarse = pixels[::step, ::step]
    values = coarse.astype(np.float32) / (257 if coarse.dtype == np.uint16 else 1)
    if values.ndim == 2:
        values = np.repeat(values[:, :, None], 3, axis=2)
    scale = min(1.0, _LONGEST_PX / max(values.shape[:2]))
    width, height = max(1, round(values.shape[1] * scale)), max(1, round(values.shape[0] * scale))
    if values.shape[2] == 4:
        values[..., :3] *= values[..., 3:] / 255
    small = np.asarray(cv2.resize(values, (width, height), interpolation=cv2.INTER_AREA))
    if small.shape[2] == 4:
        odd = np.add.outer(np.arange(height) // _SQUARE_PX, np.arange(width) // _SQUARE_PX) % 2
        board = np.where(odd == 1, np.float32(_DARK), np.float32(_LIGHT))[:, :, None]
        small = small[..., :3] + board * (1 - small[..., 3:] / 255)
    rounded = np.rint(small).clip(0, 255).astype(np.uint8)
    done, buffer = cv2.imencode(".jpg", cv2.cvtColor(rounded, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 85])
    if not done:
        raise ValueError("the encoder gave no reason")
    return buffer.tobytes()
