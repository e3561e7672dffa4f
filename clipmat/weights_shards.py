"""Weights split into several files, as on the Hugging Face hub: shards, and the index that stands for all of them.

NAME.safetensors becomes NAME.safetensors.index.json and NAME-DIGEST-00001-of-00003.safetensors, and so on. The index
carries the card, the sha256 of every shard, and which tensor is in which. The digest, of what the shards hold, keeps
the names of two different sets apart: while one replaces another, the former stays whole until the new index is
renamed into place. Importing this module imports no torch.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from clipmat import records
from clipmat.errors import ShardsTooSmall, WeightsInvalid
from clipmat.files import write_whole

if TYPE_CHECKING:
    from torch import Tensor

_LONGEST_INDEX = 2**21  # bytes
_INDEX = ".index.json"  # after the whole name of the single file, as on the hub


@dataclass(frozen=True, slots=True)
class ShardIndex:
    """What the index of a split weights file records."""

    metadata: dict[str, str]
    """The card, as the metadata of a single file hold it."""
    sha256: dict[Path, str]
    """Of every shard, 64 hexadecimal digits; the shards are beside the index."""


def index_path(path: Path) -> Path:
    """Where the index of the weights saved as `path`, a .safetensors file, is when they are split."""
    return path.with_name(path.name + _INDEX)


def is_index(path: Path) -> bool:
    """Whether a path is named as an index of shards is."""
    return path.name.endswith(_INDEX)


def find(path: Path) -> Path | None:
    """The weights saved as `path`: the file itself, else the index of its shards, else None.

    Both are there only when a replacement was interrupted before its last step: then the file is what counts.
    """
    return next((each for each in (path, index_path(path)) if os.path.isfile(each)), None)


def files(path: Path) -> tuple[Path, ...]:
    """The files that are there of weights: `path`, a single file or an index, and before it the shards it names."""
    if not os.path.isfile(path):
        return ()
    try:
        shards = read_index(path).sha256 if is_index(path) else {}
    except WeightsInvalid:
        shards = {}
    return (*(shard for shard in shards if os.path.isfile(shard)), path)


def saved_files(path: Path) -> tuple[Path, ...]:
    """All files that are there of weights saved as `path`, single or split."""
    return (*files(path), *files(index_path(path)))


def read_index(path: Path) -> ShardIndex:
    """Read an index; the shards are not opened. Raises WeightsInvalid."""
    try:
        if path.stat().st_size > _LONGEST_INDEX:
            raise ValueError(f"{path.stat().st_size} bytes")
        data = records.parsed(path.read_bytes())
        recorded, shards = data["metadata"], data["metadata"]["sha256"]
        if not shards or set(data["weight_map"].values()) != shards.keys():
            raise ValueError("its tensors are in other shards than it has checksums of")
        for name, digest in shards.items():
            if not (isinstance(digest, str) and name.endswith(".safetensors") and name == Path(name).name):
                raise ValueError(f"a shard named {name!r}")
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise WeightsInvalid(
            f"{path} is not a readable index of weights ({type(error).__name__}: {error}): copy or export them again"
        ) from error
    card = {key: value for key, value in recorded.items() if isinstance(value, str)}
    return ShardIndex(card, {path.with_name(name): digest for name, digest in shards.items()})


def write(path: Path, state: Mapping[str, Tensor], metadata: Mapping[str, str], shard_bytes: int | None) -> str:
    """Save tensors with their card as `path`, split when one file would be larger than `shard_bytes`.

    Whole or not at all: what was saved as `path` before, single or split, counts until the last of the new files is in
    place, and is deleted then. `state` are contiguous tensors on the CPU. Returns the sha256 of the file, or of the
    index, which has those of the shards. Raises ShardsTooSmall when a tensor does not fit into a shard, OSError.
    """
    contents = _contents(path, state, metadata, shard_bytes)
    former = saved_files(path)
    try:
        for file, content in contents.items():
            write_whole(file, content)
    except OSError:
        for file in contents.keys() - set(former):
            file.unlink(missing_ok=True)
        raise
    for file in former:
        if file not in contents:
            file.unlink(missing_ok=True)
    return hashlib.sha256(list(contents.values())[-1]).hexdigest()


def _contents(
    path: Path, state: Mapping[str, Tensor], metadata: Mapping[str, str], shard_bytes: int | None
) -> dict[Path, bytes]:
    """What is written, in this order; the last file stands for all."""
    from safetensors.torch import save

    whole = save(dict(state), dict(metadata))
    if shard_bytes is None or len(whole) <= shard_bytes:
        return {path: whole}

    from huggingface_hub import split_torch_state_dict_into_shards

    total = sum(tensor.nbytes for tensor in state.values())
    # No shard's header is larger than that of the whole.
    groups = split_torch_state_dict_into_shards(dict(state), max_shard_size=shard_bytes - (len(whole) - total))
    tensors = list(groups.filename_to_tensors.values())
    shards = [save({key: state[key] for key in keys}, {"format": "pt"}) for keys in tensors]
    if (largest := max(map(len, shards))) > shard_bytes:
        raise ShardsTooSmall(
            f"the largest tensor alone makes a shard of {largest / 2**20:.3f} MiB: "
            f"allow {math.ceil(largest / 2**20)} MiB a shard"
        )
    sums = [hashlib.sha256(shard).hexdigest() for shard in shards]
    digest = hashlib.sha256("".join(sums).encode()).hexdigest()[:12]
    stem = f"{path.name.removesuffix('.safetensors')}-{digest}"
    names = [f"{stem}-{number:05}-of-{len(shards):05}.safetensors" for number in range(1, len(shards) + 1)]
    index = {
        "metadata": {**metadata, "total_size": total, "sha256": dict(zip(names, sums, strict=True))},
        "weight_map": {key: name for name, keys in zip(names, tensors, strict=True) for key in keys},
    }
    contents = {path.with_name(name): shard for name, shard in zip(names, shards, strict=True)}
    contents[index_path(path)] = (json.dumps(index, indent=2) + "\n").encode()
    return contents
