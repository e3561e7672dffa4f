"""The table of the other systems: what each is, where its weights are on this machine, and what to do without them.

Weights of a system are a folder as its authors publish it on the Hugging Face hub. Importing this imports no torch.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from clipmat import weights_catalogue
from clipmat.config import VARIANTS
from clipmat.errors import UnknownWeights, WeightsInvalid, WeightsMissing
from clipmat.weights_catalogue import WeightsInfo


@dataclass(frozen=True, slots=True)
class SystemEntry:
    """What is known of a system before its weights are here."""

    description: str
    licence: str
    """As its authors state it."""
    repo: str
    """Its repository on the Hugging Face hub."""
    model_type: str
    """What config.json of its weights calls it."""
    bytes: int
    """About how much is downloaded."""


SYSTEMS = {
    "clipseg": SystemEntry(
        "CLIPSeg, the paper's comparison: a heat map from words, its edges by our refiner; "
        "not run with its published weights by us",
        "Apache-2.0",
        "CIDAS/clipseg-rd64-refined",
        "clipseg",
        603_000_000,
    ),
}
"""By the name that stands for them wherever weights are named."""


def catalogue() -> tuple[WeightsInfo, ...]:
    """Every system with the state of its weights; of one that is missing, the bytes are what a download takes."""
    listed = []
    for name, entry in SYSTEMS.items():
        folder = _folder(name)
        present = [] if folder is None else [path for path in folder.iterdir() if os.path.isfile(path)]
        listed.append(
            WeightsInfo(
                name=name,
                description=entry.description,
                path=folder,
                bytes=sum(path.stat().st_size for path in present) if present else entry.bytes,
                licence=entry.licence,
                state="missing" if folder is None else "ready",
                remedy=_remedy(name) if folder is None else "",
                system=True,
            )
        )
    return tuple(listed)


def system_of(weights: str | Path) -> str | None:
    """The name of the system that these weights are of, by name or by folder; None for those of our own network.

    Raises WeightsInvalid for a folder that holds no weights of a system, and UnknownWeights for a name that is nearly
    that of a system.
    """
    name = str(weights)
    if name in SYSTEMS:
        return name
    if os.path.isdir(weights) and name not in VARIANTS:
        kind = _model_type(Path(weights))
        for system, entry in SYSTEMS.items():
            if entry.model_type == kind:
                return system
        raise WeightsInvalid(
            f"{weights} is a folder without the weights of a system ({', '.join(SYSTEMS)}): "
            "give the folder that has their config.json in it, or a file of weights"
        )
    near = get_close_matches(name, [*VARIANTS, *SYSTEMS], n=1)
    if name not in VARIANTS and near and near[0] in SYSTEMS:
        raise UnknownWeights(f"there are no weights '{name}'; did you mean '{near[0]}'?")
    return None


def locate(weights: str | Path) -> Path:
    """The folder of a system, by its name or by the folder itself. Raises WeightsMissing with what brings them here."""
    if str(weights) not in SYSTEMS:
        return Path(weights)
    folder = _folder(str(weights))
    if folder is None:
        raise WeightsMissing(f"there are no weights of '{weights}' on this machine: {_remedy(str(weights))}")
    return folder


def own_folder(name: str) -> Path:
    """Where the weights of a system are, or would be."""
    return weights_catalogue.user_folder() / name


def _folder(name: str) -> Path | None:
    folder = own_folder(name)
    return folder if os.path.isfile(folder / "config.json") else None


def _remedy(name: str) -> str:
    entry = SYSTEMS[name]
    return (
        f"with a network, `rim-editor models fetch {name}` downloads {entry.bytes / 1e6:.0f} MB; "
        f"without, copy the files of {entry.repo} to {own_folder(name)}, or give their folder as weights"
    )


def _model_type(folder: Path) -> str:
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        return str(config.get("model_type", ""))
    except (OSError, ValueError, AttributeError):
        return ""
