"""An image to the network's input, and a matte back to the image's size. Both keep pixel centres where they are."""

from __future__ import annotations

from typing import TypeVar

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from clipmat.config import ClipMatConfig
from clipmat.errors import BadImage


def check_image(image: NDArray[np.uint8]) -> None:
    """Raise BadImage unless `image` is HxWx3 uint8 with H, W >= 1."""
    if not isinstance(image, np.ndarray) or image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8:
        given = f"{image.dtype} {image.shape}" if isinstance(image, np.ndarray) else type(image).__name__
        raise BadImage(f"an image is an HxWx3 uint8 array in sRGB, this is {given}: convert it first")
    if 0 in image.shape:
        raise BadImage("the image has no pixels")


def check_matte(matte: NDArray[np.float32], size: tuple[int, int]) -> None:
    """Raise BadImage unless `matte` is of `size`, height and width, and holds floating numbers in [0, 1] only."""
    if not isinstance(matte, np.ndarray) or matte.shape != size or not np.issubdtype(matte.dtype, np.floating):
        given = f"{matte.dtype} {matte.shape}" if isinstance(matte, np.ndarray) else type(matte).__name__
        raise BadImage(
            f"the matte of an image {size} is a float32 array of its size, this is {given}: convert it first"
        )
    least, most = (matte.min(), matte.max()) if matte.size else (0, 1)
    if not (least >= -1e-3 and most <= 1 + 1e-3):  # also false of what is not a number
        raise BadImage(
            f"a matte holds numbers from 0 to 1, this one holds {least:g} to {most:g}: divide it by its white"
        )


def input_size(height: int, width: int, config: ClipMatConfig) -> tuple[int, int]:
    """Height and width in pixels at which the network sees an image; the aspect is kept as far as the grid allows."""
    if config.square:
        return config.image_size, config.image_size
    scale = config.image_size / max(height, width)

    def fitted(side: int) -> int:
        return max(2, round(side * scale / config.multiple)) * config.multiple

    return fitted(height), fitted(width)


Plane = TypeVar("Plane", NDArray[np.uint8], NDArray[np.float32])


def resized(pixels: Plane, size: tuple[int, int]) -> Plane:
    """HxW or HxWxC, uint8 or float32, resized to `size` (height, width); returns the same dtype.

    Each side is averaged by area when it shrinks and interpolated linearly when it grows.
    """
    smaller = (min(size[0], pixels.shape[0]), min(size[1], pixels.shape[1]))
    if smaller != pixels.shape[:2]:
        pixels = np.asarray(cv2.resize(pixels, smaller[::-1], interpolation=cv2.INTER_AREA), pixels.dtype)
    if smaller != size:
        pixels = np.asarray(cv2.resize(pixels, size[::-1], interpolation=cv2.INTER_LINEAR), pixels.dtype)
    return pixels


def to_input(image: NDArray[np.uint8], config: ClipMatConfig) -> Tensor:
    """HxWx3 uint8 sRGB -> 1x3xhxw float32, normalised with the constants of the configuration. Raises BadImage."""
    check_image(image)
    small = resized(image, input_size(image.shape[0], image.shape[1], config)).astype(np.float32) / 255
    return normalised(torch.from_numpy(small).permute(2, 0, 1).unsqueeze(0), config)


def normalised(pixels: Tensor, config: ClipMatConfig) -> Tensor:
    """Bx3xHxW in [0, 1] -> the same minus the configuration's mean, divided by its standard deviation."""
    mean, std = (pixels.new_tensor(values).view(1, 3, 1, 1) for values in (config.mean, config.std))
    return (pixels - mean) / std


def from_output(plane: NDArray[np.float32], height: int, width: int) -> NDArray[np.float32]:
    """hxw float32 in [0, 1] at the network's size -> HxW float32 in [0, 1] at the image's own size."""
    return resized(plane, (height, width)).clip(0, 1)
