"""Where the weights of the other systems are on this machine, what a folder or file is, and what to do without them.

Weights of a system are a folder as its authors publish it on the Hugging Face hub, or a file that they offer elsewhere
and the user brings. Importing this imports no torch.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

from clipmat.config import VARIANTS
from clipmat.errors import UnknownWeights, WeightsInvalid, WeightsMissing
from clipmat.systems import brought_files
from clipmat.systems.system_table import SYSTEMS, SystemEntry
from clipmat.weights_catalogue import WeightsInfo

_LONGEST_CONFIG = 2**21
"""Bytes of a config.json."""


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
    """The name of the system that these weights are of, by name, folder or file; None for those of our own network.

    Raises WeightsInvalid for a folder or a .pth file that holds no weights of a system, and UnknownWeights for a name
    that is nearly that of a system.
    """
    name = str(weights)
    if name in SYSTEMS:
        return name
    if brought_files.is_brought(weights) or (os.path.isdir(weights) and name not in VARIANTS):
        found = _parts_in(Path(weights))
        for system, entry in SYSTEMS.items():
            if all(found.keys() & part.model_types for part in entry.parts):
                return system
        if os.path.isfile(weights):
            offered = {part.file: part.url for entry in SYSTEMS.values() for part in entry.brought}
            known = ", ".join(f"{file} of {url}" for file, url in offered.items())
            raise WeightsInvalid(f"{weights} is damaged, or weights of nothing that is known here: bring {known}")
        raise WeightsInvalid(
            f"{weights} is a folder without the weights of a system ({', '.join(SYSTEMS)}): give the folder that has "
            "their config.json or .pth file in it, or of a system of several parts the folder with a folder for each"
        )
    near = get_close_matches(name, [*VARIANTS, *SYSTEMS], n=1)
    if name not in VARIANTS and near and near[0] in SYSTEMS:
        raise UnknownWeights(f"there are no weights '{name}'; did you mean '{near[0]}'?")
    return None


def locate(weights: str | Path) -> tuple[Path, ...]:
    """The folders of a system's parts, of those that a user brings the files, by its name or by a folder with them.

    Raises as `system_of`, and WeightsMissing with what brings them here.
    """
    name = system_of(weights)
    if name is None:
        raise UnknownWeights(f"{weights} is no system: choose one of {', '.join(SYSTEMS)}")
    entry = SYSTEMS[name]
    if str(weights) == name:
        if entry.missing:
            raise WeightsMissing(f"there are no weights of '{name}' on this machine: {remedy(name)}")
        return tuple(part.place or part.folder for part in entry.parts)
    found = _parts_in(Path(weights))
    return tuple(next(found[kind] for kind in part.model_types if kind in found) for part in entry.parts)


def own_folders(name: str) -> tuple[Path, ...]:
    """The folders that are removed with a system, in the user's folder: of those of its parts that are there.

    A part stays that another system needs, all of which is here; but not where the two differ in nothing else.
    """
    parts = SYSTEMS[name].parts
    others = [entry for entry in SYSTEMS.values() if entry.parts != parts and not entry.missing]
    needed = {part for entry in others for part in entry.parts}
    return tuple(part.folder for part in parts if os.path.isdir(part.folder) and part not in needed)


def _info(name: str, entry: SystemEntry) -> WeightsInfo:
    missing = entry.missing
    here = [part.folder for part in entry.parts if part.place]
    return WeightsInfo(
        name=name,
        description=entry.description,
        path=None if missing else entry.parts[0].folder if len(entry.parts) == 1 else entry.parts[0].folder.parent,
        bytes=sum(part.bytes for part in missing) if missing else sum(map(_bytes_in, here)),
        licence=entry.licence,
        state="missing" if missing else "ready",
        remedy=remedy(name) if missing else "",
        system=True,
        brought=bool(entry.brought),
        removable=bool(own_folders(name)),
    )


def _bytes_in(folder: Path) -> int:
    """Of the files in a folder; 0 where it may not be looked into, for the others are listed nevertheless."""
    try:
        return sum(path.stat().st_size for path in folder.iterdir() if os.path.isfile(path))
    except OSError:
        return 0


def _refines(weights: str) -> bool:
    if weights in SYSTEMS:
        return SYSTEMS[weights].refines
    return weights not in VARIANTS and os.path.isdir(weights) and "vitmatte" in _parts_in(Path(weights))


def remedy(name: str) -> str:
    """What brings the weights of a system here that are missing."""
    missing = SYSTEMS[name].missing
    if any(part.file for part in missing):
        return "; ".join(part.remedy for part in missing)
    size = sum(part.bytes for part in missing) / 1e6
    copies = " and ".join(f"the files of {part.repo} to {part.folder}" for part in missing)
    consent = "".join(part.consent for part in missing)
    return (
        f"with a network, {consent}`rim-editor models fetch {name}` downloads {size:.0f} MB; "
        f"without, copy {copies}, or give a folder of them as weights"
    )


def _parts_in(folder: Path) -> dict[str, Path]:
    """The weights in a folder, or in the folders in it, by what their config.json calls them; or the one of a file."""
    if os.path.isfile(folder):
        kind = _kind_of(folder)
        return {kind: folder} if kind else {}
    try:
        within = [folder, *sorted(path for path in folder.iterdir() if os.path.isdir(path))]
    except OSError as error:
        raise WeightsInvalid(f"{folder} cannot be looked into ({error.strerror}): allow it, or copy it") from error
    kinds = {_model_type(path): path for path in reversed(within)}
    files = [file for path in reversed(within) if (file := brought_files.file_in(path))]
    kinds |= {_kind_of(file): file for file in files}
    return {kind: path for kind, path in kinds.items() if kind}


def _kind_of(file: Path) -> str:
    """What a file is that a user brings, by the names of its tensors; '' of what is not known."""
    names = brought_files.names_in(file)
    parts = [part for entry in SYSTEMS.values() for part in entry.brought]
    return next((part.model_types[0] for part in parts if part.tensor in names), "")


def _model_type(folder: Path) -> str:
    path = folder / "config.json"
    try:
        if not os.path.isfile(path) or path.stat().st_size > _LONGEST_CONFIG:  # a pipe is never read to its end
            return ""
        return str(json.loads(path.read_text(encoding="utf-8")).get("model_type", ""))
    except (OSError, ValueError, AttributeError, RecursionError):
        return ""
