"""The table of weights, and the only way in and out of a file: verify, load strictly, save whole, fetch, remove.

A weights file is safetensors whose metadata carry the configuration (with input size and normalisation), the
presence threshold, the licence and the nouns it knows. Importing this module imports no torch.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clipmat.config import VARIANTS, ClipMatConfig, variant
from clipmat.errors import FetchFailed, RemoveFailed, UnknownWeights, WeightsInvalid, WeightsMissing
from clipmat.files import whole_file

if TYPE_CHECKING:
    from clipmat.model import ClipMat

FORMAT = "clipmat-1"
_LONGEST_HEADER = 100_000_000  # bytes, as safetensors itself has it


@dataclass(frozen=True, slots=True)
class WeightsInfo:
    """One row of the table, as `rim-editor models` shows it."""

    name: str
    description: str
    path: Path | None
    """Where the weights are on this machine; None when they are not."""
    bytes: int | None
    licence: str
    state: str
    """ready or missing."""
    remedy: str
    """What to do when missing; empty when ready."""


@dataclass(frozen=True, slots=True)
class Card:
    """What travels with weights besides the tensors."""

    config: ClipMatConfig
    threshold: float
    """Presence scores below it mean that nothing matches, 0..1."""
    licence: str
    note: str
    """How the weights were made, in one line."""
    nouns: tuple[str, ...] = ()
    """What the weights learned to find, sorted; empty when nobody noted it."""


def user_folder() -> Path:
    """Where a user's own weights are looked up by variant name: FOLDER/<variant>.safetensors."""
    import platformdirs

    return Path(platformdirs.user_data_dir("rim-editor", appauthor=False)) / "weights"


def catalogue() -> tuple[WeightsInfo, ...]:
    """Every variant with the state of its weights. Touches files only to see whether they are there."""
    rows = []
    for name in VARIANTS:
        entry = _table()[name]
        path = _find(name)
        rows.append(
            WeightsInfo(
                name=name,
                description=entry["description"],
                path=path,
                bytes=path.stat().st_size if path else None,
                licence=entry["licence"],
                state="ready" if path else "missing",
                remedy="" if path else _remedy(name),
            )
        )
    return tuple(rows)


def locate(weights: str | Path) -> tuple[Path, str | None]:
    """The file of a variant's name or of a path, and the sha256 it must have (None for a user's own file).

    Raises WeightsMissing with the command that remedies it, or UnknownWeights.
    """
    name = str(weights)
    if name in VARIANTS:
        path = _find(name)
        if path is None:
            raise WeightsMissing(f"there are no weights of '{name}' on this machine: {_remedy(name)}")
        bundled = path == _bundled(name)
        return path, _table()[name]["sha256"] if bundled else None
    path = Path(weights)
    if path.is_file():
        return path, None
    if path.suffix in (".safetensors", ".pt") or os.sep in name:
        raise UnknownWeights(
            f"there is no file {path}: give the path of a .safetensors file or one of {', '.join(VARIANTS)}"
        )
    variant(name)  # raises with the nearest name
    raise UnknownWeights(name)


def verify(path: Path, sha256: str) -> None:
    """Raise WeightsInvalid unless the file has this checksum."""
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != sha256:
        raise WeightsInvalid(
            f"{path} is damaged (sha256 {found[:12]}…, expected {sha256[:12]}…): install rim-editor again"
        )


def check(weights: str | Path) -> str:
    """Look whether a variant's weights, or a file, are whole; one line that says what was compared.

    Raises WeightsInvalid when they are not, UnknownWeights, WeightsMissing.
    """
    path, sha256 = locate(weights)
    if sha256 is not None:
        verify(path, sha256)
        return f"{path} is whole: its sha256 {sha256[:12]}… is as expected"
    if path.suffix == ".pt":
        _read_checkpoint(path)
    else:
        metadata, size = _header(path)
        if size != path.stat().st_size:
            raise WeightsInvalid(f"{path} is cut short or has more than it should: fetch, copy or export it again")
        _card(path, metadata)
    return f"{path} can be read and has its full length; it is your own, so there is no checksum to compare it with"


def nouns(weights: str | Path) -> tuple[str, ...]:
    """The nouns that the weights learned to find, sorted; () for a file that does not say. Imports no torch.

    Raises UnknownWeights, WeightsMissing, WeightsInvalid.
    """
    path, _ = locate(weights)
    return () if path.suffix == ".pt" else _nouns(_header(path)[0])


def load(weights: str | Path) -> tuple[ClipMat, Card]:
    """The network of a variant's name, a .safetensors file or a training checkpoint, on the CPU in float32.

    Raises UnknownWeights, WeightsMissing or WeightsInvalid; never returns a half-loaded network.
    """
    path, sha256 = locate(weights)
    if sha256 is not None:
        verify(path, sha256)
    state, card = _read_checkpoint(path) if path.suffix == ".pt" else _read_safetensors(path)
    try:
        model = _network(card.config)
        model.load_state_dict(
            {key: value.float() if value.is_floating_point() else value for key, value in state.items()}
        )
    except (RuntimeError, ValueError, TypeError) as error:
        first = str(error).splitlines()[1].strip() if "\n" in str(error) else str(error)
        raise WeightsInvalid(
            f"{path} does not fit the variant '{card.config.variant}' of this version: {first}"
        ) from error
    return model.eval(), card


def untrained(name: str) -> tuple[ClipMat, Card]:
    """A network with random weights, for tests and benchmarks that ask for it by name."""
    config = variant(name)
    return _network(config).eval(), Card(config, 0.0, "none: random numbers", "untrained")


def save(path: Path, model: ClipMat, card: Card) -> str:
    """Write float16 safetensors with their card, whole or not at all; returns the sha256."""
    from safetensors.torch import save as serialise

    state = {k: (v.half() if v.is_floating_point() else v).contiguous().cpu() for k, v in model.state_dict().items()}
    metadata = {
        "format": FORMAT,
        "config": card.config.to_json(),
        "threshold": repr(card.threshold),
        "licence": card.licence,
        "note": card.note,
    }
    if card.nouns:
        metadata["nouns"] = "\n".join(sorted({" ".join(noun.split()) for noun in card.nouns} - {""}))
    data = serialise(state, metadata)
    with whole_file(path) as file:
        file.write(data)
    return hashlib.sha256(data).hexdigest()


def fetch(name: str, progress: Callable[[int, int | None], None] | None = None) -> Path:
    """Bring what can be downloaded of a variant: CLIP's towers, on which `training` builds vit-b-16 and vit-l-14.

    Returns the verified file; `progress` hears bytes done and in all (None while unknown), and ends the download by
    raising. `compact` is bundled and returned at once.
    Raises FetchFailed that says what to do offline, FetchCancelled from what `progress` raised; nothing half is kept.
    """
    variant(name)
    entry = _table()[name]
    if "hub" not in entry:
        return locate(name)[0]
    from clipmat import hub

    repo, file = entry["hub"], entry["file"]
    path = hub.download(repo, file, progress)
    expected = hub.checksum(repo, file)  # None offline: then it was here and verified before
    if expected is not None:
        try:
            verify(path, expected)
        except WeightsInvalid as error:
            hub.discard(path)
            raise FetchFailed(f"{file} of {repo} arrived damaged and was thrown away: fetch it again") from error
    return path


def removable(name: str) -> tuple[Path, ...]:
    """The files that `remove` would delete: a user's own weights of the variant, and what `fetch` brought.

    Raises UnknownWeights.
    """
    variant(name)
    own = user_folder() / f"{name}.safetensors"
    entry, found = _table()[name], [own] if own.is_file() else []
    if "hub" in entry:
        from clipmat import hub

        fetched = hub.cached(entry["hub"], entry["file"])
        found += [fetched] if fetched else []
    return tuple(found)


def remove(name: str) -> tuple[Path, ...]:
    """Delete the files that `removable` names and return them; the bundled weights stay.

    Raises RemoveFailed when there is nothing to delete or a file resists, UnknownWeights.
    """
    from clipmat import hub

    paths = removable(name)
    if not paths:
        stays = " and the bundled ones belong to the program" if _bundled(name).is_file() else ""
        raise RemoveFailed(f"there are no weights of '{name}' to remove: none are your own or were fetched{stays}")
    for path in paths:
        try:
            hub.discard(path)
        except OSError as error:
            raise RemoveFailed(
                f"{path} cannot be removed ({error.strerror}): close what uses it, or delete it yourself"
            ) from error
    return paths


def _network(config: ClipMatConfig) -> ClipMat:
    from clipmat.model import ClipMat

    model = ClipMat(config)
    if config.refiner:  # it stands beside the network, not in it: the coarse matte is trained without it
        from clipmat.refiner import Refiner

        model.add_module("refiner", Refiner())
    return model


def _read_safetensors(path: Path) -> tuple[dict[str, Any], Card]:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            state = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
    except (SafetensorError, OSError) as error:
        raise WeightsInvalid(f"{path} is no readable safetensors file ({error}): fetch or train it again") from error
    return state, _card(path, metadata)


def _card(path: Path, metadata: dict[str, str]) -> Card:
    if metadata.get("format") != FORMAT:
        raise WeightsInvalid(
            f"{path} holds no CLIPMat weights (format {metadata.get('format')!r}, expected {FORMAT!r})"
        )
    try:
        config, threshold = ClipMatConfig.from_json(metadata["config"]), float(metadata["threshold"])
        return Card(config, threshold, metadata["licence"], metadata["note"], _nouns(metadata))
    except (KeyError, ValueError) as error:
        raise WeightsInvalid(f"{path} carries no complete card: {error}") from error


def _nouns(metadata: dict[str, str]) -> tuple[str, ...]:
    return tuple(filter(None, metadata.get("nouns", "").split("\n")))


def _header(path: Path) -> tuple[dict[str, str], int]:
    """The metadata of a safetensors file, and the bytes that the whole file must have."""
    try:
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            if not 2 <= length <= min(path.stat().st_size - 8, _LONGEST_HEADER):
                raise ValueError(f"a header of {length} bytes")
            rows = json.loads(file.read(length))
        metadata = {str(key): str(value) for key, value in rows.pop("__metadata__", {}).items()}
        return metadata, 8 + length + max((int(row["data_offsets"][1]) for row in rows.values()), default=0)
    except (OSError, ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise WeightsInvalid(f"{path} is no readable safetensors file ({error}): fetch or train it again") from error


def _read_checkpoint(path: Path) -> tuple[dict[str, Any], Card]:
    import pickle

    import torch

    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
        return state["averaged"], Card(
            ClipMatConfig.from_json(state["config"]), 0.5, "your own", f"step {state['step']}"
        )
    except (OSError, RuntimeError, EOFError, KeyError, TypeError, pickle.UnpicklingError) as error:
        raise WeightsInvalid(f"{path} is no training checkpoint ({type(error).__name__})") from error


def _table() -> dict[str, Any]:
    table: dict[str, Any] = json.loads((_folder() / "weights.json").read_text(encoding="utf-8"))
    return table


def _folder() -> Path:
    return Path(str(resources.files("resources"))) / "weights"


def _bundled(name: str) -> Path:
    return _folder() / f"{name}.safetensors"


def _find(name: str) -> Path | None:
    return next((p for p in (user_folder() / f"{name}.safetensors", _bundled(name)) if p.is_file()), None)


def _remedy(name: str) -> str:
    if "hub" not in _table()[name]:
        return "install rim-editor again: its bundled weights are gone"
    return (
        f"none were ever published; train them with `python -m training.train --config training/configs/{name}.toml "
        f"--backbone FILE --data PACK --out RUN`, after `rim-editor models fetch {name}` has brought CLIP as FILE, "
        f"then `python -m training.export RUN/last.pt {user_folder() / name}.safetensors`"
    )
