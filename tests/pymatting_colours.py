"""Colours of foreground and background as pymatting, an implementation of others, estimates them."""

from functools import cache
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path

import numpy as np


def pymattings(image, matte):
    """Foreground and background, HxWx3 float32 in [0, 1], of HxWx3 uint8 and HxW float32 in [0, 1]."""
    return _module().estimate_foreground_ml(image / np.float32(255), matte, return_background=True)


@cache
def _module():
    """The one file of pymatting that is wanted: `import pymatting` compiles every solver that it has, for a minute."""
    path = Path(find_spec("pymatting").origin).parent / "foreground" / "estimate_foreground_ml.py"
    spec = spec_from_file_location("pymatting.foreground.estimate_foreground_ml", path)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
