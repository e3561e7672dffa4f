"""The colours of an object where its pixels also show what lies behind it, for mattes that come without them."""

from __future__ import annotations

import importlib.util
import sys
import threading
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from training.entity import Pixels
from training.scene import Alpha

# numba's parallel loops must not be entered by two threads at once: one of its back ends ends the process.
_one_at_a_time = threading.Lock()


def foreground(image: Pixels, alpha: Alpha) -> Pixels:
    """HxWx3 uint8 colours of the object in an HxWx3 uint8 image under an HxW float32 alpha in [0, 1].

    Fast Multi-Level Foreground Estimation (Germer, Uelwer, Conrad, Harmeling, ICPR 2020), 0.1 s a megapixel; the first
    call compiles it, seconds, once a machine. Opaque pixels stay as they are.
    """
    if image.shape[0] < 2 or image.shape[1] < 2:  # a line of pixels says nothing of what lies behind it
        return image
    with _one_at_a_time:
        colors = _estimator()(image.astype(np.float32) / np.float32(255), alpha)
    estimated = np.rint(colors * np.float32(255)).clip(0, 255).astype(np.uint8)
    return np.where((alpha >= 1)[..., None], image, estimated)


@cache
def _estimator() -> Callable[..., Any]:
    # `import pymatting` compiles every solver that it has, which takes minutes; this one file needs numpy and numba.
    name = "pymatting.foreground.estimate_foreground_ml"
    package = importlib.util.find_spec("pymatting")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("No module named 'pymatting'", name="pymatting")
    path = Path(package.origin).parent / "foreground" / "estimate_foreground_ml.py"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError(f"No module named '{name}'", name=name)
    if name not in sys.modules:
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        sys.modules[name] = module
    function: Callable[..., Any] = sys.modules[name].estimate_foreground_ml
    return function
