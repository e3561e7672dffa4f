"""What the first answers would wait for is loaded in the background while the user looks at the image."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from rim_editor.events import JobKind
from rim_editor.jobs import Job, Runner

if TYPE_CHECKING:
    from rim_editor.matting import Matting
    from rim_editor.model_requests import ModelOptions


def warm_up(
    matting: Matting,
    asking: ModelOptions,
    runner: Runner,
    nouns: Callable[[tuple[str, ...]], None],
    failed: Callable[[Exception], None],
) -> None:
    """Load the nouns that the weights know, the model, then what separates colours; returns at once.

    `nouns` hears the nouns, `failed` whatever went wrong.
    """

    def load() -> None:
        matting.predictor(asking.weights, asking.device, asking.precision)

    colours = Job(JobKind.SEPARATE, _separate, lambda _: None, failed)
    runner.start(Job(JobKind.NOUNS, lambda: matting.nouns(asking.weights), nouns, failed))
    runner.start(Job(JobKind.WARM_UP, load, lambda _: runner.start(colours), failed, uses_model=True))


def _separate() -> None:
    """Import and compile what the first result would wait for."""
    import numpy as np

    from clipmat.foreground import separate

    separate(np.zeros((4, 4, 3), np.uint8), np.full((4, 4), 0.5, np.float32))
