"""Links torch's large libraries before torch is imported, which would hold every other thread meanwhile."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

_NOW, _GLOBAL = 2, 0x100  # of dlfcn.h on Linux
_CHUNK = 2**22


def link_in_background() -> None:
    """Begin `link_ahead` on a thread of its own, for the time in which an image is decoded; returns at once."""
    if "torch" not in sys.modules:
        threading.Thread(target=link_ahead, name="linking", daemon=True).start()


def link_ahead() -> tuple[str, ...]:
    """Link torch's large libraries while other threads run; Linux only, elsewhere torch does it itself.

    Returns the names of the linked libraries. A failure is left to torch, which reports it.
    """
    if sys.platform != "linux":
        return ()
    spec = find_spec("torch")
    if spec is None or spec.origin is None:
        return ()
    import ctypes

    # `import` and ctypes.CDLL hold the interpreter while they link; a foreign call does not.
    link = ctypes.CDLL(None).dlopen
    link.restype, link.argtypes = ctypes.c_void_p, (ctypes.c_char_p, ctypes.c_int)
    folder = Path(spec.origin).parent / "lib"
    linked = []
    # First the one that torch itself links globally, then the rest; not libtorch_python, which the import must load.
    for name, flags in (
        ("libtorch_global_deps.so", _NOW | _GLOBAL),
        ("libtorch_cpu.so", _NOW),
        ("libtorch_cuda.so", _NOW),
        ("libtorch.so", _NOW),
    ):
        path = folder / name
        if os.path.exists(path) and link(bytes(path), flags):
            linked.append(name)
    with suppress(OSError):  # reading it brings it into the page cache
        with (folder / "libtorch_python.so").open("rb", buffering=0) as file:
            while file.read(_CHUNK):
                pass
    return tuple(linked)
