"""Colour decontamination: the colours of the object and of what is behind it, where a pixel shows both.

A pixel on the object's edge holds some of the old background; on a new one that shows as a fringe.
The alpha is never changed here, only colours.
"""

from __future__ import annotations

import importlib.util
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

# The estimate wants some known background around the object; farther away the image is its own background.
_MARGIN_PX = 32
_STRIP_ROWS = 256
# numba's parallel loops must not be entered by two threads at once: one of its back ends ends the process.
_one_at_a_time = threading.Lock()


@dataclass(frozen=True, eq=False)
class SeparatedColours:
    """What the image is made of: foreground · matte + background · (1 - matte) = image, nearly.

    Both are HxWx3 uint8 sRGB. The foreground is the image itself, to the bit, wherever the matte rounds to
    255 of 255; the background wherever the matte rounds to 0.
    """

    foreground: NDArray[np.uint8]
    background: NDArray[np.uint8]


def separate(image: NDArray[np.uint8], matte: NDArray[np.float32]) -> SeparatedColours:
    """The colours of the object and of the background in `image`, HxWx3 uint8, by `matte`, HxW float32 in [0, 1].

    Multi-level foreground estimation (Germer, Uelwer, Conrad, Harmeling 2020) on the matte's box only.
    Time grows with the box: about 0.12 s for a megapixel.
    """
    alpha = np.rint(matte * np.float32(255)).astype(np.uint8)
    if not ((alpha > 0) & (alpha < 255)).any():
        return SeparatedColours(image, image)
    box = _box(alpha > 0)
    crop, share = image[box], matte[box]
    if max(share.shape) < 2:  # a single pixel gives no estimate of the background
        return SeparatedColours(image, image)
    ahead, behind = estimate(np.divide(crop, np.float32(255), dtype=np.float32), share)
    foreground, background = image.copy(), image.copy()
    _fill(foreground[box], ahead, alpha[box] < 255)
    _fill(background[box], behind, alpha[box] > 0)
    return SeparatedColours(foreground, background)


class _Uncopied(np.ndarray[Any, np.dtype[np.float32]]):
    """An array of float32 that pymatting reads as it is: it asks each for a copy by `astype`, which is not needed."""

    def astype(self, *_: object, **__: object) -> NDArray[np.float32]:  # type: ignore[override]
        """The array itself."""
        return np.asarray(self)


def estimate(
    colours: NDArray[np.float32], alpha: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Colours of the foreground and of the background of a whole image, each HxWx3 float32 in about [0, 1].

    `colours` is HxWx3 float32 in [0, 1], `alpha` HxW float32 in [0, 1]; two pixels at least.
    Fast Multi-Level Foreground Estimation (Germer, Uelwer, Conrad, Harmeling, ICPR 2020) as pymatting has it; the
    first call compiles it, 5 s once a machine. Calls from several threads wait for each other.
    """
    with _one_at_a_time:
        # Writeable: numba has compiled it for such arrays alone.
        given = (np.require(each, np.float32, ["C", "W"]).view(_Uncopied) for each in (colours, alpha))
        foreground, background = _estimator()(*given, return_background=True)
    return foreground, background


def warm_up() -> None:
    """Compile or load the estimator now, so that the first cut-out does not wait: 5 s, once per machine."""
    with _one_at_a_time:
        _estimator()


def _fill(pixels: NDArray[np.uint8], colours: NDArray[np.float32], where: NDArray[np.bool_]) -> None:
    """Put colours, HxWx3 in [0, 1], into `pixels`, a strip of rows at a time, so that no copy in float exists."""
    for start in range(0, len(pixels), _STRIP_ROWS):
        rows = slice(start, start + _STRIP_ROWS)
        np.copyto(pixels[rows], _to_uint8(colours[rows]), where=where[rows, :, None])


def _box(inside: NDArray[np.bool_]) -> tuple[slice, slice]:
    return _span(np.asarray(inside.any(axis=1))), _span(np.asarray(inside.any(axis=0)))


def _span(hits: NDArray[np.bool_]) -> slice:
    at = np.flatnonzero(hits)
    return slice(max(0, int(at[0]) - _MARGIN_PX), min(len(hits), int(at[-1]) + 1 + _MARGIN_PX))


def _to_uint8(colours: NDArray[np.float32]) -> NDArray[np.uint8]:
    return np.asarray(np.rint(colours * np.float32(255)).clip(0, 255), np.uint8)


@cache
def _estimator() -> Callable[..., Any]:
    try:
        module = _estimator_module()
    except (RuntimeError, OSError) as error:
        if not isinstance(error, OSError) and "cannot cache" not in str(error):
            raise
        # Neither the install nor the home folder can be written, or they are full: compile for this process alone.
        from numba.core.dispatcher import Dispatcher

        caching = Dispatcher.enable_caching
        Dispatcher.enable_caching = lambda _: None  # type: ignore[assignment, method-assign]
        try:
            module = _estimator_module()
        finally:
            Dispatcher.enable_caching = caching  # type: ignore[method-assign]
    function: Callable[..., Any] = module.estimate_foreground_ml
    return function


def _estimator_module() -> ModuleType:
    # `import pymatting` compiles every solver it has: 42 s on two cores. Its one file that is wanted here
    # leans on numpy and numba alone and compiles in 4.5 s, so it is loaded without its packages. Under its
    # own name, for numba writes that name into the cache that a whole `import pymatting` shares with us.
    name = "pymatting.foreground.estimate_foreground_ml"
    if name in sys.modules:
        return sys.modules[name]
    package = importlib.util.find_spec("pymatting")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("No module named 'pymatting'", name="pymatting")
    path = Path(package.origin).parent / "foreground" / "estimate_foreground_ml.py"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError(f"No module named '{name}'", name=name)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module
