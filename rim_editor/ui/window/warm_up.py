"""What the first answers would wait for is loaded in the background while the user looks at the image."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from rim_editor.editor import Job, ModelOptions, Runner

if TYPE_CHECKING:
    from rim_editor.matting import Matting


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

    colours = Job("colours:window", _separate, lambda _: None, failed)
    runner.start(Job("nouns:window", lambda: matting.nouns(asking.weights), nouns, failed))
    runner.start(Job("warm:window", load, lambda _: runner.start(colours), failed))


def _separate() -> None:
    """Import and compile what the first result would wait for."""
    import numpy as np

    from clipmat.foreground import separate

    separate(np.zeros((4, 4, 3), np.uint8), np.full((4, 4), 0.5, np.float32))
