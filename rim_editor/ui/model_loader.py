"""Loads the model in the background without stalling the window.

Only one thread runs Python code at a time. Importing torch blocks the others for long stretches: while the dynamic
linker loads its libraries, and while the garbage collector runs.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rim_editor import matting
from rim_editor.editor.events import JobKind
from rim_editor.editor.jobs import Job, Runner
from rim_editor.linking import link_ahead

if TYPE_CHECKING:
    from rim_editor.matting import Matting
    from rim_editor.model_requests import ModelOptions
    from rim_editor.predictors import PredictorLike

# Seconds after which a waiting thread gets its turn; Python's default, 0.005, is noticeable several times per event.
_TURN = 0.0005


def preload(
    matting: Matting,
    options: ModelOptions,
    runner: Runner,
    nouns_found: Callable[[tuple[str, ...]], None],
    loaded: Callable[[], None],
    failed: Callable[[Exception], None],
) -> None:
    """Start loading the nouns of the weights, smart strokes and the model; returns at once.

    `nouns_found` is called with the nouns that completion offers, the most common first, `loaded` when the model is
    there, `failed` with each error.
    """

    from rim_editor.documents import edge_following
    from rim_editor.editor.completing import offered_nouns

    def nouns() -> tuple[str, ...]:
        return offered_nouns(matting.nouns(options.weights))

    def load() -> None:
        matting.predictor(options.weights, options.device, options.precision)

    runner.start(Job(JobKind.EDGE_STROKES, edge_following.warm_up, lambda _: None, failed))
    runner.start(Job(JobKind.NOUNS, nouns, nouns_found, failed))
    runner.start(Job(JobKind.WARM_UP, load, lambda _: loaded(), failed, uses_model=True))


def load_with_short_turns(weights: str, device: str, precision: str = "auto") -> PredictorLike:
    """Load as `matting.load_predictor` does, but let the window's thread run often while torch is imported.

    For `Matting(load=load_with_short_turns)`. Raises ClipMatError.
    """
    if "torch" in sys.modules:
        return matting.load_predictor(weights, device, precision)
    with short_turns():
        link_ahead()
        return matting.load_predictor(weights, device, precision)


@contextmanager
def short_turns() -> Iterator[None]:
    """Switch between threads more often in this block, so that the window stays responsive."""
    turn, collecting = sys.getswitchinterval(), gc.isenabled()
    sys.setswitchinterval(_TURN)
    gc.disable()
    try:
        yield
    finally:
        # Imported modules stay for good: this moves them to the oldest generation without a collection.
        gc.freeze()
        gc.unfreeze()
        if collecting:
            gc.enable()
        sys.setswitchinterval(turn)
