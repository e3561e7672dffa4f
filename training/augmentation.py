"""Augmentation of pixels, as cameras change them; short, for every reader looks for it under this name.

Geometry (scale, place, mirror) is drawn where the image is made: `composition`, `files/folder_dataset`.
"""

from __future__ import annotations

import cv2
import numpy as np

from training.entity import Pixels
from training.scene import Alpha


def augmented(image: Pixels, rng: np.random.Generator) -> Pixels:
    """Light, contrast, noise, blur and JPEG as cameras make them; hues stay, for colours are words here."""
    pixels: Alpha = image.astype(np.float32)
    if rng.random() < 0.6:
        pixels = (pixels - 128) * np.float32(rng.uniform(0.75, 1.25)) + np.float32(128 + rng.uniform(-25, 25))
    if rng.random() < 0.3:
        pixels = np.asarray(255 * (np.clip(pixels, 0, 255) / 255) ** rng.uniform(0.7, 1.4), np.float32)
    if rng.random() < 0.25:
        gray = pixels.mean(axis=2, keepdims=True)
        pixels = gray + (pixels - gray) * np.float32(rng.uniform(0.7, 1.3))
    if rng.random() < 0.15:
        pixels = np.asarray(cv2.GaussianBlur(pixels, (0, 0), rng.uniform(0.4, 1.3)), np.float32)
    if rng.random() < 0.25:
        pixels = pixels + rng.normal(0, rng.uniform(2, 10), pixels.shape).astype(np.float32)
    result = np.clip(pixels, 0, 255).astype(np.uint8)
    if rng.random() < 0.3:
        coded = cv2.imencode(".jpg", result, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(40, 92))])[1]
        result = np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8)
    return result
