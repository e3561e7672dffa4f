"""From a system's mask to a trimap: the band around its edge in which our refiner computes the matte."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

_SHARE = 0.04
"""Half the width of the band, as a share of the root of the mask's area: hair and fur are to a body's scale."""
_LEAST, _MOST = 3, 60
"""Its limits in pixels."""
_DOUBT = (0.2, 0.8)
"""A soft mask between these is unknown as well."""


def trimap_of_mask(mask: NDArray[np.float32]) -> NDArray[np.uint8]:
    """0 outside, 128 in the band, 255 inside, HxW uint8, of a soft mask HxW in [0, 1]; all outside where it is empty.

    The inside stays where a thing is thinner than the band is wide.
    """
    solid = (mask > 0.5).astype(np.uint8)
    if solid.all() or not solid.any():
        return solid * np.uint8(255)
    width = float(np.clip(_SHARE * np.sqrt(solid.sum()), _LEAST, _MOST))
    outside = cv2.distanceTransform(1 - solid, cv2.DIST_L2, 5)
    # Padded, so that the image's border is no edge of the thing.
    within = cv2.distanceTransform(np.pad(solid, 1, mode="edge"), cv2.DIST_L2, 5)[1:-1, 1:-1]
    doubtful = (mask > _DOUBT[0]) & (mask < _DOUBT[1]) & (outside < 3 * width)
    deepest = max(1.0, 0.5 * float(within.max()))
    unknown = (outside < width) & (within < min(width, deepest)) | doubtful
    return np.where(unknown, np.uint8(128), solid * np.uint8(255)).astype(np.uint8)
