"""Weights files: verified, loaded strictly, saved whole.

A weights file is safetensors whose metadata carry the configuration (with input size and normalisation), the scale
of its presence, the licence and the nouns it knows; of a file that is split, the index of its shards carries them.
Importing this module imports no torch.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clipmat import records, weights_shards
from clipmat.certainty import PresenceScale
from clipmat.config import ClipMatConfig, variant
from clipmat.errors import WeightsInvalid, WeightsMissing
from clipmat.weights_catalogue import locate
from clipmat.weights_shards import ShardIndex, is_index, read_index

if TYPE_CHECKING:
    from clipmat.model import ClipMat

FORMAT = "clipmat-2"
"""Since 2 the card has a scale of presence, where 1 had one threshold of the raw score."""
_ONE_THRESHOLD = "clipmat-1"
UNCALIBRATED = PresenceScale(unsure=0.1, sure=0.5)
"""Of weights that nobody has calibrated yet, such as training checkpoints."""
_LONGEST_HEADER = 2**21  # bytes; safetensors' own limit of 100 MB would take many times as much memory
_DAMAGE = (OSError, RuntimeError, EOFError, LookupError, TypeError, ValueError, AttributeError)
_INSTALL = "install rim-editor again"
_COPY = "copy all their files together again, or export them again"


@dataclass(frozen=True, slots=True)
class ModelCard:
    """The metadata of a weights file."""

    config: ClipMatConfig
    presence: PresenceScale
    """How the raw score is stated, and what counts as sure, unsure and none."""
    licence: str
    note: str
    """How the weights were made, in one line."""
    nouns: tuple[str, ...] = ()
    """The nouns that the weights were trained to find, sorted; empty when they were not recorded."""


def verify(path: Path, sha256: str, remedy: str = _INSTALL) -> None:
    """Raise WeightsInvalid, with this remedy, unless the file has this checksum (64 hexadecimal digits)."""
    with path.open("rb") as file:
        actual = hashlib.file_digest(file, "sha256").hexdigest()
    if actual != sha256:
        raise WeightsInvalid(f"{path} is damaged (sha256 {actual[:12]}…, expected {sha256[:12]}…): {remedy}")


def check(weights: str | Path) -> str:
    """Check that a variant's weights, or a file, are whole; returns one line that names what was compared.

    Raises WeightsInvalid when they are not, UnknownWeights, WeightsMissing.
    """
    path, sha256 = locate(weights)
    if sha256 is not None:
        verify(path, sha256)
    if is_index(path):
        index = _read_whole_index(path, sha256)
        _card(path, index.metadata)
        return f"{path} is whole: each of its {len(index.sha256)} shards has the sha256 that it records"
    if sha256 is not None:
        return f"{path} is whole: its sha256 {sha256[:12]}… is as expected"
    if path.suffix == ".pt":
        _read_checkpoint(path)
    else:
        metadata, size = _read_header(path)
        if size != path.stat().st_size:
            raise WeightsInvalid(f"{path} is cut short or has extra bytes: fetch, copy or export it again")
        _card(path, metadata)
    return f"{path} is readable and has its full length; it is your own, so there is no checksum to compare it with"


def nouns(weights: str | Path) -> tuple[str, ...]:
    """The nouns that the weights were trained to find, sorted; () for a file that does not record them.

    Imports no torch. Raises UnknownWeights, WeightsMissing, WeightsInvalid.
    """
    path, _ = locate(weights)
    if path.suffix == ".pt":
        return ()
    return _nouns(read_index(path).metadata if is_index(path) else _read_header(path)[0])


def load(weights: str | Path) -> tuple[ClipMat, ModelCard]:
    """The network of a variant's name, a .safetensors file, the index of a split one, or a training checkpoint.

    It is on the CPU, float32, in eval mode. Raises UnknownWeights, WeightsMissing or WeightsInvalid; never returns a
    half-loaded network.
    """
    from clipmat.model import allocated

    path, sha256 = locate(weights)
    if sha256 is not None:
        verify(path, sha256)
    state, card = _read(path, sha256)
    try:
        if sha256 is None:
            _check_sizes(card.config, state)
        model = allocated(card.config)
        model.load_state_dict(state)  # every tensor, or it raises
    except (RuntimeError, ValueError, TypeError, ArithmeticError, AssertionError, AttributeError, LookupError) as error:
        first = str(error).splitlines()[1].strip() if "\n" in str(error) else str(error)
        raise WeightsInvalid(
            f"{path} does not fit the variant '{card.config.variant}' of this version: {first}"
        ) from error
    return model.eval(), card


def _check_sizes(config: ClipMatConfig, state: dict[str, Any]) -> None:
    """Compare what is in a file with the network of a configuration, which takes no memory for this.

    Raises ValueError, and what the network raises for a configuration that cannot be.
    """
    import torch

    from clipmat.model import ClipMat

    with torch.device("meta"):
        wanted = {key: tuple(value.shape) for key, value in ClipMat(config).state_dict().items()}
    for key in sorted(wanted.keys() ^ state.keys()):
        raise ValueError(f"{'no' if key in wanted else 'an unknown'} tensor '{key}'")
    for key, shape in wanted.items():
        if tuple(state[key].shape) != shape:
            raise ValueError(f"'{key}' is {list(state[key].shape)} where {list(shape)} is needed")


def untrained(name: str) -> tuple[ClipMat, ModelCard]:
    """A variant's network with random weights, for tests and benchmarks. Raises UnknownWeights."""
    from clipmat.model import ClipMat

    config = variant(name)
    return ClipMat(config).eval(), ModelCard(config, PresenceScale(0.0, 0.0), "none: random numbers", "untrained")


def save(path: Path, model: ClipMat, card: ModelCard, *, shard_bytes: int | None = None) -> str:
    """Write float16 safetensors with their card, whole or not at all; returns the sha256 of the file.

    A file that would be larger than `shard_bytes` is split: shards are written beside an index named like `path` with
    `.index.json` after it, and the sha256 is that of the index, which has those of the shards. What was saved as
    `path` before, single or split, is replaced. Raises ShardsTooSmall, OSError.
    """
    state = {k: (v.half() if v.is_floating_point() else v).contiguous().cpu() for k, v in model.state_dict().items()}
    metadata = {
        "format": FORMAT,
        "config": card.config.to_json(),
        "presence": json.dumps(records.to_data(card.presence)),
        "licence": card.licence,
        "note": card.note,
    }
    if card.nouns:
        metadata["nouns"] = "\n".join(sorted({" ".join(noun.split()) for noun in card.nouns} - {""}))
    return weights_shards.write(path, state, metadata, shard_bytes)


def _read(path: Path, sha256: str | None) -> tuple[dict[str, Any], ModelCard]:
    """The tensors and the card; `sha256` is None for a user's own weights."""
    if path.suffix == ".pt":
        return _read_checkpoint(path)
    if is_index(path):
        index = _read_whole_index(path, sha256)
        state = {key: value for shard in index.sha256 for key, value in _read_tensors(shard)[1].items()}
        return state, _card(path, index.metadata)
    metadata, state = _read_tensors(path)
    return state, _card(path, metadata)


def _read_whole_index(path: Path, sha256: str | None) -> ShardIndex:
    """The index, once every shard has been found and verified; `sha256` is None for a user's own weights."""
    remedy = _COPY if sha256 is None else _INSTALL
    index = read_index(path)
    for shard, expected in index.sha256.items():
        if not os.path.isfile(shard):
            raise WeightsMissing(f"{shard}, a part of the weights {path}, is missing: {remedy}")
        verify(shard, expected, remedy)
    return index


def _read_tensors(path: Path) -> tuple[dict[str, str], dict[str, Any]]:
    """The metadata and tensors of a safetensors file, mapped into memory."""
    from safetensors import SafetensorError, safe_open

    _read_header(path)
    try:
        with safe_open(path, framework="pt") as file:
            return file.metadata() or {}, {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
    except (SafetensorError, OSError) as error:
        raise WeightsInvalid(_unreadable(path, error)) from error


def _read_header(path: Path) -> tuple[dict[str, str], int]:
    """The metadata of a safetensors file, and the bytes that the whole file must have."""
    try:
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            if not 2 <= length <= min(path.stat().st_size - 8, _LONGEST_HEADER):
                raise ValueError(f"a header of {length} bytes")
            header = records.parsed(file.read(length))
        metadata = {str(key): str(value) for key, value in header.pop("__metadata__", {}).items()}
        return metadata, 8 + length + max((int(tensor["data_offsets"][1]) for tensor in header.values()), default=0)
    except (OSError, ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise WeightsInvalid(_unreadable(path, error)) from error


def _unreadable(path: Path, error: Exception) -> str:
    return f"{path} is not a readable safetensors file ({error}): fetch or train it again"


def _read_checkpoint(path: Path) -> tuple[dict[str, Any], ModelCard]:
    import pickle

    import torch

    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
        config = ClipMatConfig.from_json(state["config"])
        return dict(state["averaged"]), ModelCard(config, UNCALIBRATED, "your own", f"step {state['step']}")
    except (*_DAMAGE, pickle.UnpicklingError) as error:
        raise WeightsInvalid(f"{path} is not a training checkpoint ({type(error).__name__})") from error


def _card(path: Path, metadata: dict[str, str]) -> ModelCard:
    if metadata.get("format") not in (FORMAT, _ONE_THRESHOLD):
        if re.search(r"-\d{5}-of-\d{5}$", path.stem):
            raise WeightsInvalid(f"{path} is one of several shards: give the .safetensors.index.json beside it")
        raise WeightsInvalid(
            f"{path} holds no CLIPMat weights (format {metadata.get('format')!r}, expected {FORMAT!r})"
        )
    try:
        config, presence = ClipMatConfig.from_json(metadata["config"]), _scale(metadata)
        return ModelCard(config, presence, metadata["licence"], metadata["note"], _nouns(metadata))
    except (KeyError, ValueError) as error:
        raise WeightsInvalid(f"{path} carries no complete model card: {error}") from error


def _scale(metadata: dict[str, str]) -> PresenceScale:
    """The scale of a card. A single threshold, of the raw score, becomes `sure`; a fifth of it is where none begins."""
    if metadata["format"] == FORMAT:
        return records.from_data(PresenceScale, records.parsed(metadata["presence"]))
    threshold = float(metadata["threshold"])
    return PresenceScale(unsure=threshold / 5, sure=threshold)


def _nouns(metadata: dict[str, str]) -> tuple[str, ...]:
    return tuple(filter(None, metadata.get("nouns", "").split("\n")))
