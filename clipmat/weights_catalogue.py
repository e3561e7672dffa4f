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
from clipmat.weights_shards import files, find


@dataclass(frozen=True, slots=True)
class TableEntry:
    """What resources/weights/weights.json records of a variant."""

    description: str
    licence: str
    sha256: str | None = None
    """Of the bundled file, or of the index if it is split, 64 hexadecimal digits; None where none is bundled."""
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
    """Where the weights are on this machine, of split ones the index; None when they are missing."""
    bytes: int | None
    """Size of all their files; None when they are missing, of a system what a download takes then."""
    licence: str
    state: Literal["ready", "missing"]
    remedy: str
    """What to do when they are missing; empty when they are ready."""
    bundled: bool = False
    """Whether they come with the program, and so can neither be fetched nor removed; False for a user's own file."""
    system: bool = False
    """Whether it is another system, whose weights are fetched as they are, and not a variant that is trained."""
    brought: bool = False
    """Whether the user brings a file of it: there is nothing to fetch."""
    removable: bool = True
    """False where nothing of it is on this machine that could be removed; True where only the hub's client knows."""


def user_folder() -> Path:
    """The folder of a user's own weights: for each variant FOLDER/<variant>.safetensors, or the index of its shards."""
    import platformdirs

    return Path(platformdirs.user_data_dir("rim-editor", appauthor=False)) / "weights"


def own_path(name: str) -> Path:
    """Where a user's own weights of a variant are, or would be, unless they are split."""
    return user_folder() / f"{name}.safetensors"


def bundled_path(name: str) -> Path:
    """Where the weights of a variant that come with the program are, or would be, unless they are split."""
    return _resources() / f"{name}.safetensors"


def catalogue() -> tuple[WeightsInfo, ...]:
    """Every variant with the state of its weights; of them, only an index of shards is read."""
    entries = []
    for name in VARIANTS:
        entry = table_entry(name)
        path = _find(name)
        entries.append(
            WeightsInfo(
                name=name,
                description=entry.description,
                path=path,
                bytes=sum(file.stat().st_size for file in files(path)) if path else None,
                licence=entry.licence,
                state="ready" if path else "missing",
                remedy="" if path else _remedy(name),
                bundled=entry.sha256 is not None and path in (None, find(bundled_path(name))),
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

    Of split weights the file is the index of the shards, and a path is that of the index. A user's own weights of a
    variant come before the bundled ones. Raises WeightsMissing with the commands that make them, UnknownWeights with
    the nearest name.
    """
    name = str(weights)
    if name in VARIANTS:
        path = _find(name)
        if path is None:
            raise WeightsMissing(f"there are no weights for '{name}' on this machine: {_remedy(name)}")
        return path, table_entry(name).sha256 if path == find(bundled_path(name)) else None
    path = Path(weights)
    if os.path.isfile(path):
        return path, None
    if path.suffix in (".safetensors", ".json", ".pt", ".pth") or os.sep in name:
        raise UnknownWeights(
            f"there is no file {path}: give the path of a .safetensors file, of the .safetensors.index.json of a split "
            f"one, or one of {', '.join(VARIANTS)}"
        )
    variant(name)  # raises with the nearest name
    raise UnknownWeights(name)


def _resources() -> Path:
    return Path(str(resources.files("resources"))) / "weights"


def _find(name: str) -> Path | None:
    return find(own_path(name)) or find(bundled_path(name))


def _remedy(name: str) -> str:
    entry = table_entry(name)
    if entry.sha256 is not None:
        return "install rim-editor again: the bundled weights are gone"
    return (
        f"none were ever published; train them with `python -m training.train --config training/configs/{name}.toml "
        f"--backbone FILE --data PACK --out RUN`, after `rim-editor models fetch {name}` has downloaded CLIP as FILE, "
        f"then `python -m training.export RUN/last.pt {own_path(name)}`"
    )
