"""The weights available and their paths on this machine: the table of variants, the user's folder, paths.

Importing this module imports no torch.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Literal

from clipmat.config import VARIANTS, variant
from clipmat.errors import UnknownWeights, WeightsMissing


@dataclass(frozen=True, slots=True)
class TableEntry:
    """What resources/weights/weights.json records of a variant."""

    description: str
    licence: str
    sha256: str | None = None
    """Of the bundled file, 64 hexadecimal digits; None where none is bundled."""
    hub: str | None = None
    """The repository of the Hugging Face hub with CLIP's towers; None where nothing can be downloaded."""
    file: str = ""
    """The file in that repository."""


@dataclass(frozen=True, slots=True)
class WeightsInfo:
    """One variant of the catalogue, as `rim-editor models` shows it."""

    name: str
    description: str
    path: Path | None
    """Where the weights are on this machine; None when they are missing."""
    bytes: int | None
    """Size of the file; None when it is missing."""
    licence: str
    state: Literal["ready", "missing"]
    remedy: str
    """What to do when they are missing; empty when they are ready."""
    bundled: bool = False
    """Whether they come with the program, and so can neither be fetched nor removed; False for a user's own file."""


def user_folder() -> Path:
    """The folder of a user's own weights, one file per variant: FOLDER/<variant>.safetensors."""
    import platformdirs

    return Path(platformdirs.user_data_dir("rim-editor", appauthor=False)) / "weights"


def own_path(name: str) -> Path:
    """Where a user's own weights of a variant are, or would be."""
    return user_folder() / f"{name}.safetensors"


def bundled_path(name: str) -> Path:
    """Where the weights of a variant that come with the program are, or would be."""
    return _resources() / f"{name}.safetensors"


def catalogue() -> tuple[WeightsInfo, ...]:
    """Every variant with the state of its weights; files are not opened."""
    entries = []
    for name in VARIANTS:
        entry = table_entry(name)
        path = _find(name)
        entries.append(
            WeightsInfo(
                name=name,
                description=entry.description,
                path=path,
                bytes=path.stat().st_size if path else None,
                licence=entry.licence,
                state="ready" if path else "missing",
                remedy="" if path else _remedy(name),
                bundled=entry.sha256 is not None and path in (None, bundled_path(name)),
            )
        )
    return tuple(entries)


def table_entry(name: str) -> TableEntry:
    """A variant's entry of the table. Raises UnknownWeights."""
    variant(name)
    table: dict[str, dict[str, str]] = json.loads((_resources() / "weights.json").read_text(encoding="utf-8"))
    return TableEntry(**table[name])


def locate(weights: str | Path) -> tuple[Path, str | None]:
    """The file of a variant's name or of a path, and the sha256 that it must have (None for a user's own file).

    A user's own weights of a variant come before the bundled ones. Raises WeightsMissing with the commands that
    make them, UnknownWeights with the nearest name.
    """
    name = str(weights)
    if name in VARIANTS:
        path = _find(name)
        if path is None:
            raise WeightsMissing(f"there are no weights for '{name}' on this machine: {_remedy(name)}")
        return path, table_entry(name).sha256 if path == bundled_path(name) else None
    path = Path(weights)
    if path.is_file():
        return path, None
    if path.suffix in (".safetensors", ".pt") or os.sep in name:
        raise UnknownWeights(
            f"there is no file {path}: give the path of a .safetensors file or one of {', '.join(VARIANTS)}"
        )
    variant(name)  # raises with the nearest name
    raise UnknownWeights(name)


def _resources() -> Path:
    return Path(str(resources.files("resources"))) / "weights"


def _find(name: str) -> Path | None:
    return next((path for path in (own_path(name), bundled_path(name)) if path.is_file()), None)


def _remedy(name: str) -> str:
    entry = table_entry(name)
    if entry.sha256 is not None:
        return "install rim-editor again: the bundled weights are gone"
    return (
        f"none were ever published; train them with `python -m training.train --config training/configs/{name}.toml "
        f"--backbone FILE --data PACK --out RUN`, after `rim-editor models fetch {name}` has downloaded CLIP as FILE, "
        f"then `python -m training.export RUN/last.pt {own_path(name)}`"
    )
