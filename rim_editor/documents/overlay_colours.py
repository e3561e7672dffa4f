"""The colour that an overlay has when the user has not chosen one: a colour that the object does not have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rim_editor.documents.edits import Colour

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

USUAL: Colour = (255, 64, 64)
"""Red, as retouchers know it, unless the object is reddish itself."""
_CANDIDATES: tuple[Colour, ...] = (USUAL, (40, 120, 255), (0, 205, 95), (230, 60, 220), (0, 200, 230))
_REST = 0.35  # weight of the surroundings, from which the overlay should differ too, against the object's 1
_ALIKE = 30  # degrees between hues up to which one is hardly seen under the other
_GREY = 0.03  # chroma up to which a colour has no hue
_BETTER = 1.2  # so much farther away a colour has to be to replace the one that was there


def contrasting(image: NDArray[np.uint8], matte: NDArray[np.float32], before: Colour = USUAL) -> Colour:
    """The candidate that is farthest from the object's colours; `before` unless another one is clearly farther.

    `image` is hxwx3 sRGB, `matte` hxw in [0, 1]; small ones are enough. The distance is the mean over the pixels,
    weighted by the matte, in the plane of hue and chroma of OKLab (Ottosson 2020). It counts the less, the more of the
    object has the candidate's hue and would not be seen under it. An empty matte changes nothing.
    """
    import numpy as np

    inside = matte.astype(np.float32).ravel()
    if inside.sum() < 1:
        return before
    colours = _hue_plane(image.reshape(-1, 3))
    of_object = inside / inside.sum()
    weights, outside = of_object, 1 - inside
    if outside.sum() > 1:
        weights = weights + _REST * outside / outside.sum()
    distances = {
        each: float(_distance(colours, each) @ weights) * (1 - float(_is_alike(colours, each) @ of_object)) ** 2
        for each in (*_CANDIDATES, before)
    }
    best = max(distances, key=lambda each: distances[each])
    return best if distances[best] > _BETTER * distances[before] else before


def _is_alike(colours: NDArray[np.float32], candidate: Colour) -> NDArray[np.bool_]:
    """Which colours, Nx2 in the plane of hue and chroma, are no greys and have the candidate's hue."""
    import numpy as np

    ((a, b),) = _hue_plane(np.array([candidate], np.uint8))
    chroma = np.hypot(colours[:, 0], colours[:, 1])
    cosine = (colours[:, 0] * a + colours[:, 1] * b) / np.maximum(chroma * np.hypot(a, b), 1e-9)
    found: NDArray[np.bool_] = (chroma > _GREY) & (cosine > np.cos(np.radians(_ALIKE)))
    return found


def _distance(colours: NDArray[np.float32], candidate: Colour) -> NDArray[np.float32]:
    import numpy as np

    away = colours - _hue_plane(np.array([candidate], np.uint8))
    found: NDArray[np.float32] = np.hypot(away[:, 0], away[:, 1])
    return found


def _hue_plane(colours: NDArray[np.uint8]) -> NDArray[np.float32]:
    """a and b of OKLab, Nx2, of sRGB colours, Nx3."""
    import numpy as np

    share = colours.astype(np.float32) / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    cones = linear @ np.array(
        [[0.4122214708, 0.2119034982, 0.0883024619], [0.5363325363, 0.6806995451, 0.2817188376],
         [0.0514459929, 0.1073969566, 0.6299787005]], np.float32,
    )  # fmt: skip
    matrix = np.array(
        [[1.9779984951, 0.0259040371], [-2.4285922050, 0.7827717662], [0.4505937099, -0.8086757660]], np.float32
    )
    plane: NDArray[np.float32] = (np.cbrt(cones) @ matrix).astype(np.float32)
    return plane
