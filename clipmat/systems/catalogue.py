"""The table of the other systems: what each is, where its weights are on this machine, and what to do without them.

Weights of a system are a folder as its authors publish it on the Hugging Face hub. Importing this imports no torch.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from clipmat import weights_catalogue
from clipmat.config import VARIANTS
from clipmat.errors import UnknownWeights, WeightsInvalid, WeightsMissing
from clipmat.weights_catalogue import WeightsInfo


@dataclass(frozen=True, slots=True)
class Part:
    """One network of a system, which has a folder of its own; several systems may share it."""

    repo: str
    """Its repository on the Hugging Face hub."""
    model_types: tuple[str, ...]
    """What config.json of its weights may call it."""
    bytes: int
    """About how much is downloaded."""
    gated: bool = False
    """Whether its authors give it only to whoever has accepted their terms."""

    @property
    def consent(self) -> str:
        """What to do before a download of a gated part, with a comma at its end; '' of others."""
        if not self.gated:
            return ""
        return (
            f"accept the terms of its authors at https://huggingface.co/{self.repo}, make a token at "
            "https://huggingface.co/settings/tokens and give it to `hf auth login` (it goes to "
            "~/.cache/huggingface/token), then "
        )

    @property
    def folder(self) -> Path:
        """Where its weights are, or would be."""
        return weights_catalogue.user_folder() / self.repo.rpartition("/")[2]

    @property
    def is_here(self) -> bool:
        """Whether its weights are on this machine."""
        return os.path.isfile(self.folder / "config.json")


@dataclass(frozen=True, slots=True)
class SystemEntry:
    """What is known of a system before its weights are here."""

    description: str
    licence: str
    """As its authors state it."""
    parts: tuple[Part, ...]
    working_bytes: int
    """What an answer takes beside the weights, about."""
    refines: bool = False
    """Whether it computes edges for others, and finds nothing by itself."""

    @property
    def missing(self) -> tuple[Part, ...]:
        """The parts whose weights are not on this machine."""
        return tuple(part for part in self.parts if not part.is_here)


_NOT_RUN = "not run with its published weights by us"
_DETECTOR = Part(
    "openmmlab-community/mm_grounding_dino_tiny_o365v1_goldg_v3det",
    ("mm-grounding-dino", "grounding-dino"),
    690_000_000,
)
_SAM_SIZES = {"tiny": 156_000_000, "small": 184_000_000, "base-plus": 324_000_000, "large": 898_000_000}


def _grounded_sam(size: str) -> SystemEntry:
    return SystemEntry(
        f"MM-Grounding-DINO and SAM 2.1 ({size}); {_NOT_RUN}",
        "Apache-2.0",
        (_DETECTOR, Part(f"facebook/sam2.1-hiera-{size}", ("sam2", "sam2_video"), _SAM_SIZES[size])),
        2_000_000_000,
    )


def _vitmatte(size: str, weights: int) -> SystemEntry:
    return SystemEntry(
        f"ViTMatte ({size}), edges in place of our refiner's; {_NOT_RUN}",
        "Apache-2.0",
        (Part(f"hustvl/vitmatte-{size}-composition-1k", ("vitmatte",), weights),),
        2_000_000_000,
        refines=True,
    )


SYSTEMS = {
    "clipseg": SystemEntry(
        f"CLIPSeg, the paper's comparison; {_NOT_RUN}",
        "Apache-2.0",
        (Part("CIDAS/clipseg-rd64-refined", ("clipseg",), 603_000_000),),
        500_000_000,
    ),
    "grounded-sam": _grounded_sam("tiny"),
    **{f"grounded-sam-{size}": _grounded_sam(size) for size in list(_SAM_SIZES)[1:]},
    "sam3": SystemEntry(
        f"SAM 3, every instance of what words name; {_NOT_RUN}",
        "SAM License, gated",
        (Part("facebook/sam3", ("sam3_video",), 3_440_000_000, gated=True),),
        5_000_000_000,
    ),
    "vitmatte": _vitmatte("small", 103_000_000),
    "vitmatte-base": _vitmatte("base", 387_000_000),
}
"""By the name that stands for them wherever weights are named."""


def catalogue() -> tuple[WeightsInfo, ...]:
    """Every system with the state of its weights; of one that is missing, the bytes are what a download takes."""
    return tuple(_info(name, entry) for name, entry in SYSTEMS.items())


def split(weights: str | Path) -> tuple[str, str]:
    """What finds and what computes its edges, each by name or path, of `grounded-sam+vitmatte`.

    The second is '' where our own refiner does, and without another `compact` finds: of `vitmatte`.
    """
    name = str(weights)
    finds, plus, refines = name.rpartition("+")
    if plus and _refines(refines):
        return finds, refines
    return ("compact", name) if _refines(name) else (name, "")


def choices(listed: Sequence[WeightsInfo]) -> tuple[str, ...]:
    """The names of what can answer, of all that is listed: whatever is here, then with other edges."""
    ready = [info.name for info in listed if info.state == "ready"]
    finding, refining = ([name for name in ready if _refines(name) is refines] for refines in (False, True))
    return (*finding, *(f"{name}+{edges}" for edges in refining for name in finding))


def system_of(weights: str | Path) -> str | None:
    """The name of the system that these weights are of, by name or by folder; None for those of our own network.

    Raises WeightsInvalid for a folder that holds no weights of a system, and UnknownWeights for a name that is nearly
    that of a system.
    """
    name = str(weights)
    if name in SYSTEMS:
        return name
    if os.path.isdir(weights) and name not in VARIANTS:
        found = _parts_in(Path(weights))
        for system, entry in SYSTEMS.items():
            if all(found.keys() & part.model_types for part in entry.parts):
                return system
        raise WeightsInvalid(
            f"{weights} is a folder without the weights of a system ({', '.join(SYSTEMS)}): give the folder that has "
            "their config.json in it, or of a system of several parts the folder with a folder for each; or a file"
        )
    near = get_close_matches(name, [*VARIANTS, *SYSTEMS], n=1)
    if name not in VARIANTS and near and near[0] in SYSTEMS:
        raise UnknownWeights(f"there are no weights '{name}'; did you mean '{near[0]}'?")
    return None


def locate(weights: str | Path) -> tuple[Path, ...]:
    """The folders of a system's parts, by its name or by a folder with them. Raises as `system_of`, and WeightsMissing
    with what brings them here."""
    name = system_of(weights)
    if name is None:
        raise UnknownWeights(f"{weights} is no system: choose one of {', '.join(SYSTEMS)}")
    entry = SYSTEMS[name]
    if str(weights) == name:
        if entry.missing:
            raise WeightsMissing(f"there are no weights of '{name}' on this machine: {_remedy(name)}")
        return tuple(part.folder for part in entry.parts)
    found = _parts_in(Path(weights))
    return tuple(next(found[kind] for kind in part.model_types if kind in found) for part in entry.parts)


def _info(name: str, entry: SystemEntry) -> WeightsInfo:
    missing = entry.missing
    files = [path for part in entry.parts if part.is_here for path in part.folder.iterdir() if os.path.isfile(path)]
    return WeightsInfo(
        name=name,
        description=entry.description,
        path=None if missing else entry.parts[0].folder if len(entry.parts) == 1 else entry.parts[0].folder.parent,
        bytes=sum(part.bytes for part in missing) if missing else sum(path.stat().st_size for path in files),
        licence=entry.licence,
        state="missing" if missing else "ready",
        remedy=_remedy(name) if missing else "",
        system=True,
    )


def _refines(weights: str) -> bool:
    if weights in SYSTEMS:
        return SYSTEMS[weights].refines
    return weights not in VARIANTS and os.path.isdir(weights) and "vitmatte" in _parts_in(Path(weights))


def _remedy(name: str) -> str:
    missing = SYSTEMS[name].missing
    size = sum(part.bytes for part in missing) / 1e6
    copies = " and ".join(f"the files of {part.repo} to {part.folder}" for part in missing)
    consent = "".join(part.consent for part in missing)
    return (
        f"with a network, {consent}`rim-editor models fetch {name}` downloads {size:.0f} MB; "
        f"without, copy {copies}, or give a folder of them as weights"
    )


def _parts_in(folder: Path) -> dict[str, Path]:
    """The weights in a folder, or in the folders in it, by what their config.json calls them."""
    within = [folder, *sorted(path for path in folder.iterdir() if os.path.isdir(path))]
    kinds = {_model_type(path): path for path in reversed(within)}
    return {kind: path for kind, path in kinds.items() if kind}


def _model_type(folder: Path) -> str:
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        return str(config.get("model_type", ""))
    except (OSError, ValueError, AttributeError):
        return ""
