"""The training loop: steps until the last one, each reported, validated and saved when due."""

from __future__ import annotations

import math
import time
from abc import ABC, abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from training import TrainingError
from training.fitting import checkpoint
from training.fitting.optimizer import learning_rate_at
from training.fitting.progress import Listener, StepReport
from training.fitting.validation import Validation

if TYPE_CHECKING:
    from torch import Tensor


class DivergedError(TrainingError):
    """The loss or its gradient is not finite any more."""


class LoopSettings(Protocol):
    """The settings that the loop reads."""

    @property
    def steps(self) -> int:
        """Optimiser steps in all."""

    @property
    def learning_rate(self) -> float:
        """Peak."""

    @property
    def warmup(self) -> int:
        """Steps of linear warm-up; cosine to zero follows."""

    @property
    def save_every(self) -> int:
        """Steps between checkpoints."""


class TrainingLoop(ABC):
    """Steps that can be stopped and resumed exactly. A trainer says what one step, its samples and its state are."""

    step_number = 0
    """Optimiser steps done."""
    best = -1.0
    """The best score of a validation so far."""
    writes_checkpoints = True
    """Whether this process writes the checkpoints."""
    waited = 0.0
    """Total seconds spent waiting for samples."""

    def __init__(self, settings: LoopSettings, validate_every: int = 0) -> None:
        self._loop, self._validate_every = settings, validate_every

    @abstractmethod
    def step(self) -> dict[str, float]:
        """One optimiser step; returns the loss, part by part."""

    @abstractmethod
    def samples_at(self, step: int) -> int:
        """The samples of a step (from 0), all processes together."""

    @abstractmethod
    def state(self) -> dict[str, Any]:
        """Everything that `restore` needs to resume exactly."""

    @abstractmethod
    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a checkpoint. Raises CheckpointError when it does not belong to this run."""

    @property
    def done(self) -> bool:
        """Whether no step is left."""
        return self.step_number >= self._loop.steps

    def learning_rate(self) -> float:
        """Of the step that comes next, for parameters without a fraction of their own."""
        return learning_rate_at(self._loop, self.step_number)

    def validate(self) -> Validation | None:
        """The score of the averaged weights on held-out samples; None when nothing is held out."""
        return None

    def metrics(self) -> dict[str, float]:
        """Figures of the last step besides its loss, by name."""
        return {}

    def refuse_diverged(self, name: str, value: Tensor) -> None:
        """Raise DivergedError when `value`, a number called `name` of the step that is being done, is not finite."""
        number = float(value.detach())
        if not math.isfinite(number):
            raise DivergedError(
                f"step {self.step_number + 1} diverged ({name} {number}): the last complete checkpoint is kept; lower "
                "learning_rate or raise warmup and call again with a fresh --out"
            )

    def fit(self, folder: Path, listener: Listener) -> None:
        """Run until it is `done`, saving `last.pt` and the best on the validation samples as `best.pt`.

        `listener` gets a report of every step, before the step is saved: a run that is killed in between repeats it.
        Raises CheckpointError when a checkpoint cannot be written, and what `step` raises; the former ones stay.
        """
        done = self.done
        while not done:
            number, rate = self.step_number, self.learning_rate()
            began, waited = time.perf_counter(), self.waited
            losses = self.step()
            seconds = time.perf_counter() - began
            done = self.done
            is_due = bool(self._validate_every) and (done or self.step_number % self._validate_every == 0)
            validation = self.validate() if is_due else None
            report = StepReport(
                step=self.step_number,
                losses=losses,
                learning_rate=rate,
                samples=self.samples_at(number),
                seconds=seconds,
                waited=self.waited - waited,
                validation=validation,
                metrics=self.metrics(),
            )
            listener(report)
            if validation is not None and validation.score > self.best:
                self.best = validation.score
                self._save(folder / "best.pt")
            if done or self.step_number % self._loop.save_every == 0:
                self._save(folder / "last.pt")

    def _save(self, path: Path) -> None:
        if self.writes_checkpoints:
            checkpoint.save(path, self.state())
