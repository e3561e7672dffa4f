"""Loads the model, and what the first answers need besides, in the background without making the window stall.

Python lets one thread run at a time. Importing torch keeps the others out for long stretches: while the dynamic
linker reads and binds its libraries, and whenever memory is searched for cycles.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from rim_editor import matting
from rim_editor.events import JobKind
from rim_editor.jobs import Job, Runner

if TYPE_CHECKING:
    from rim_editor.matting import Matting, PredictorLike
    from rim_editor.model_requests import ModelOptions

# Seconds after which a thread that wants to run is let in; Python's own 0.005 is felt, several times per event.
_TURN = 0.0005
_NOW, _GLOBAL = 2, 0x100  # of dlfcn.h on Linux
_CHUNK = 2**22


def preload(
    matting: Matting,
    options: ModelOptions,
    runner: Runner,
    nouns_found: Callable[[tuple[str, ...]], None],
    failed: Callable[[Exception], None],
) -> None:
    """Start to load the nouns that the weights know, the model, then what separates colours; returns at once.

    `nouns_found` is called with the nouns, `failed` with whatever went wrong.
    """

    from clipmat import foreground

    def load() -> None:
        matting.predictor(options.weights, options.device, options.precision)

    separate = Job(JobKind.SEPARATE, foreground.warm_up, lambda _: None, failed)
    runner.start(Job(JobKind.NOUNS, lambda: matting.nouns(options.weights), nouns_found, failed))
    runner.start(Job(JobKind.WARM_UP, load, lambda _: runner.start(separate), failed, uses_model=True))


def load_with_short_turns(weights: str, device: str, precision: str = "auto") -> PredictorLike:
    """As `matting.load_predictor`, but while torch is imported the window's thread gets its turn often.

    For `Matting(load=load_with_short_turns)`. Raises ClipMatError.
    """
    if "torch" in sys.modules:
        return matting.load_predictor(weights, device, precision)
    with short_turns():
        link_ahead()
        return matting.load_predictor(weights, device, precision)


@contextmanager
def short_turns() -> Iterator[None]:
    """Inside, threads take short turns, so that the window's thread is not held up."""
    turn, collecting = sys.getswitchinterval(), gc.isenabled()
    sys.setswitchinterval(_TURN)
    gc.disable()
    try:
        yield
    finally:
        # What was imported stays for good: it becomes old without being searched.
        gc.freeze()
        gc.unfreeze()
        if collecting:
            gc.enable()
        sys.setswitchinterval(turn)


def link_ahead() -> tuple[str, ...]:
    """Link torch's large libraries while other threads run; Linux only, elsewhere torch does it itself.

    Returns the names of those that were linked. One that fails is left to torch, which says why.
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
    # First what torch makes global itself, then the rest; not libtorch_python, which is Python's to start.
    for name, flags in (
        ("libtorch_global_deps.so", _NOW | _GLOBAL),
        ("libtorch_cpu.so", _NOW),
        ("libtorch_cuda.so", _NOW),
        ("libtorch.so", _NOW),
    ):
        path = folder / name
        if path.exists() and link(bytes(path), flags):
            linked.append(name)
    with suppress(OSError):  # only to have it in memory when it is linked
        with (folder / "libtorch_python.so").open("rb", buffering=0) as file:
            while file.read(_CHUNK):
                pass
    return tuple(linked)
