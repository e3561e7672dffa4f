"""The settings of a training run, read from TOML; an unknown key raises with the nearest known one."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

from clipmat.config import ClipMatConfig, variant
from training import TrainingError
from training.datasets import Mix
from training.expressions import SETTINGS

T = TypeVar("T")
PRECISIONS = ("32-true", "bf16-mixed", "16-mixed", "auto")
"""Fabric's names; auto takes bf16-mixed where the device computes it, else 32-true."""

_ASIDE = ("validate_every", "save_every")
"""Settings that change nothing in the weights of a step."""


class SettingsError(TrainingError):
    """A setting is unknown, missing or out of range."""


@dataclass(frozen=True, slots=True)
class Phase:
    """A phase of training: steps, input sizes and batch size."""

    steps: int
    """Optimiser steps."""
    sizes: tuple[tuple[int, int], ...]
    """Heights and widths in pixels, taken in turn; multiples of 32."""
    batch: int
    """Images a process and step, whatever `accumulate` is."""
    frozen_stages: int = 0
    """First stages of the compact image encoder that do not train; -1 freezes none, 0 the stem only."""
    expressions: int = 1
    """Expressions an image: other words for the same pixels."""
    words: int = 0
    """Dense words a batch: nouns asked of all its images at once; 0 for none."""
    frozen_layers: int = 0
    """First layers of the compact text tower that do not train; above 0 its word table does not either."""


@dataclass(frozen=True, slots=True)
class TrainSettings:
    """Everything that determines the outcome of a run besides the data itself. Raises SettingsError out of range."""

    variant: str
    """compact, vit-b-16 or vit-l-14."""
    phases: tuple[Phase, ...]
    seed: int = 0
    """Of the initial weights and of every sample."""
    learning_rate: float = 6e-4
    """Peak, of the modules that start at random."""
    image_rate: float = 0.2
    """The image encoder's learning rate as a fraction of the above; 0 freezes it."""
    text_rate: float = 0.2
    """The text tower's learning rate as a fraction of the above; 0 freezes it, 1 where it starts at random."""
    warmup: int = 200
    """Steps of linear warm-up; cosine to zero follows."""
    weight_decay: float = 0.02
    """AdamW's, on matrices only."""
    clip: float = 2.0
    """Largest norm of the gradient."""
    accumulate: int = 1
    """Parts in which a step's batch goes through the network, to save memory: the loss is that of the whole batch.

    Each part but the first costs a third more time, and batch norms see one part at a time unless `frozen_norms`.
    """
    frozen_norms: bool = False
    """Batch norms keep the statistics of the weights that the run starts from: for small batches."""
    ema: float = 0.9985
    """Decay a step of the averaged weights, which are the ones that ship."""
    setting: str = "both"
    """keyword, expression or both (section 4.2): which forms of expressions are drawn."""
    without: tuple[str, ...] = ()
    """Modules switched off: pre_context, post_context, popup, details (table 4)."""
    image_size: int = 0
    """Pixels of the longer side at inference; 0 leaves the variant's."""
    teacher: float = 0.3
    """Weight of the noun-vector loss; 0 when no vectors are given."""
    precision: str = "bf16-mixed"
    """One of PRECISIONS; 16-mixed needs a GPU."""
    compile: bool = False
    """Compile the network with torch.compile: slow first steps, then faster on most GPUs."""
    validate_every: int = 500
    """Steps between validations on what is held out."""
    save_every: int = 100
    """Steps between checkpoints."""
    mix: Mix = field(default_factory=Mix)

    def __post_init__(self) -> None:
        if self.precision not in PRECISIONS:
            raise SettingsError(f"precision '{self.precision}' is unknown: choose {', '.join(PRECISIONS)}")
        if self.setting not in SETTINGS:
            raise SettingsError(f"setting '{self.setting}' is unknown: choose {', '.join(SETTINGS)}")
        if min(self.accumulate, self.validate_every, self.save_every) < 1:
            raise SettingsError("accumulate, validate_every and save_every are at least 1")
        if min(self.seed, self.learning_rate, self.image_rate, self.text_rate, self.warmup) < 0:
            raise SettingsError("seed, learning_rate, image_rate, text_rate and warmup are not negative")
        multiple = self.network.multiple
        for phase in self.phases:
            if phase.steps < 1 or phase.batch < 1 or phase.expressions < 1 or not phase.sizes:
                raise SettingsError("steps, batch and expressions of a phase are at least 1, and it has sizes")
            if any(side < multiple or side % multiple for size in phase.sizes for side in size):
                raise SettingsError(f"sizes are multiples of {multiple} for '{self.variant}', not {phase.sizes}")

    @property
    def network(self) -> ClipMatConfig:
        """The configuration of the network that is trained."""
        try:
            config = variant(self.variant).without(*self.without)
        except ValueError as error:
            raise SettingsError(f"without: {error}") from error
        return replace(config, image_size=self.image_size or config.image_size)

    @property
    def course(self) -> str:
        """All settings that decide the course of training, as a text to compare; how often it is saved does not count.

        Two runs of one course on the same data give the same weights, so each may go on from the other's checkpoint.
        """
        return repr([(f.name, getattr(self, f.name)) for f in fields(self) if f.name not in _ASIDE])

    @property
    def forms(self) -> tuple[str, ...]:
        """The forms of expressions that are drawn."""
        return SETTINGS[self.setting]

    @property
    def steps(self) -> int:
        """Steps of all phases."""
        return sum(phase.steps for phase in self.phases)

    def phase_at(self, step: int) -> Phase:
        """The phase that a step (from 0) belongs to."""
        for phase in self.phases:
            if step < phase.steps:
                return phase
            step -= phase.steps
        return self.phases[-1]

    def samples_before(self, step: int, processes: int) -> int:
        """Images that all processes together drew before a step: the number of the next one."""
        drawn = 0
        for phase in self.phases:
            taken = min(step, phase.steps)
            drawn += taken * phase.batch * processes
            step -= taken
        return drawn


def read_settings(path: str | Path, overrides: Sequence[str] = ()) -> TrainSettings:
    """Settings of a TOML file, some overridden by lines of TOML (`seed = 3`, `mix.negative = 0`).

    Raises SettingsError that names the key, and what was probably meant.
    """
    try:
        values = tomllib.loads(Path(path).read_text(encoding="utf-8"))
        for line in overrides:
            _merge(values, tomllib.loads(line))
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path} is not text in UTF-8, as TOML must be: save it as UTF-8") from error
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{path}{', ' + ', '.join(overrides) if overrides else ''}: {error}") from error
    without, stretches, mixed = values.get("without", []), values.pop("phases", []), values.pop("mix", {})
    if not _holds(without, str):
        raise SettingsError(f'{path}: without is a list of texts, such as ["details"], not {without!r}')
    if not _holds(stretches, dict):
        raise SettingsError(f"{path}: phases is a list of tables [[phases]] (steps, sizes, batch), not {stretches!r}")
    if not isinstance(mixed, dict):
        raise SettingsError(f"{path}: mix is a table [mix], such as mix.negative = 0, not {mixed!r}")
    values = {**values, "without": tuple(without)}
    phases = tuple(_build(Phase, _paired(p), f"{path}, [[phases]]") for p in stretches)
    if not phases:
        raise SettingsError(f"{path}: at least one [[phases]] table is needed (steps, sizes, batch)")
    mix = _build(Mix, mixed, f"{path}, [mix]")
    return _build(TrainSettings, {**values, "phases": phases, "mix": mix}, str(path))


def _holds(value: object, kind: type) -> bool:
    return isinstance(value, list) and all(isinstance(item, kind) for item in value)


def _merge(values: dict[str, Any], more: dict[str, Any]) -> None:
    for key, value in more.items():
        if isinstance(value, dict) and isinstance(values.get(key), dict):
            _merge(values[key], value)
        else:
            values[key] = value


def _paired(phase: dict[str, Any]) -> dict[str, Any]:
    try:
        return {**phase, "sizes": tuple((int(h), int(w)) for h, w in phase.get("sizes", ()))}
    except (TypeError, ValueError) as error:
        raise SettingsError(
            "sizes are pairs of height and width in pixels, such as [[256, 256], [224, 288]]"
        ) from error


def _build(kind: type[T], values: dict[str, Any], where: str) -> T:
    known, types = [f.name for f in fields(kind)], get_type_hints(kind)  # type: ignore[arg-type]
    for key in values:
        if key not in known:
            near = get_close_matches(key, known, n=1)
            hint = f"did you mean '{near[0]}'?" if near else f"known: {', '.join(known)}"
            raise SettingsError(f"{where}: unknown setting '{key}'; {hint}")
        _check_type(f"{where}: {key}", values[key], types[key])
    try:
        return kind(**values)
    except TypeError as error:
        raise SettingsError(f"{where}: {error}") from error


_DESCRIPTIONS = {int: "a whole number", float: "a number", bool: "true or false", str: "a text in quotes"}


def _check_type(name: str, value: object, expected: type) -> None:
    accepted = (int, float) if expected is float else expected
    if expected in _DESCRIPTIONS and (
        not isinstance(value, accepted) or (isinstance(value, bool) and expected is not bool)
    ):
        raise SettingsError(f"{name} must be {_DESCRIPTIONS[expected]}, not {value!r}")
