"""Files of weights that a user brings, as their authors publish them: pickles of torch, of which no code is run.

What is in one is recognised by the names of its tensors, which are read here without torch and without unpickling.
"""

from __future__ import annotations

import mmap
import os
import pickle
import pickletools
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

from clipmat.errors import WeightsInvalid

if TYPE_CHECKING:
    from torch import Tensor, nn

SUFFIX = ".pth"
"""Of these files; our own checkpoints have another."""
_PICKLES = 5
"""How many follow each other in a file from before torch 1.6; in a later one, an archive, there is one."""
_LONGEST = 2**26
"""Bytes of names at most."""
_DAMAGE = (OSError, RuntimeError, EOFError, LookupError, TypeError, ValueError, AttributeError, zipfile.BadZipFile)


def is_brought(path: str | Path) -> bool:
    """Whether this is such a file, by its suffix."""
    return Path(path).suffix == SUFFIX and os.path.isfile(path)


def file_in(folder: Path) -> Path | None:
    """The first such file in a folder; None without one."""
    found = sorted(folder.glob(f"*{SUFFIX}")) if os.path.isdir(folder) else []
    return next(filter(is_brought, found), None)


def names_in(path: Path) -> frozenset[str]:
    """The names of tensors in a file, and whatever other texts its pickles have; empty where it cannot be read."""
    try:
        with path.open("rb") as file:
            if not zipfile.is_zipfile(file):
                # Mapped: a file takes the memory that a text in a pickle claims to need, a map what there is.
                with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as inside:
                    return frozenset(_texts(cast("IO[bytes]", inside), _PICKLES))
            with zipfile.ZipFile(file) as archive:
                entries = [each for each in archive.infolist() if each.filename.endswith("/data.pkl")]
                if not entries or entries[0].file_size > _LONGEST:
                    return frozenset()
                with archive.open(entries[0]) as inside:
                    return frozenset(_texts(inside, 1))
    except (*_DAMAGE, NotImplementedError):
        return frozenset()


def read_file(path: Path, again: str, safe: Sequence[tuple[Callable[..., Any], str]] = ()) -> Any:  # noqa: ANN401
    """What is in a file: tensors in dictionaries, and what is made by the callables of `safe`, each with the full name
    that stands for it in the file.

    `again` is what to do with another one: raises WeightsInvalid.
    """
    import torch

    try:
        with torch.serialization.safe_globals(list(safe)):
            return torch.load(path, map_location="cpu", weights_only=True, mmap=zipfile.is_zipfile(path))
    except pickle.UnpicklingError as error:
        raise WeightsInvalid(
            f"{path} is damaged, or holds more than weights, which is not read since it could run code: {again}"
        ) from error
    except _DAMAGE as error:
        raise WeightsInvalid(f"{path} is damaged or incomplete ({type(error).__name__}): {again}") from error


def fill(network: nn.Module, state: Mapping[str, Tensor], path: Path, again: str, unused: tuple[str, ...] = ()) -> None:
    """Give a network that is on the meta device its tensors, as float32; names that begin like `unused` are left out.

    Raises WeightsInvalid where a tensor is missing, has another shape, or is not known.
    """
    import torch

    wanted = {name: tuple(each.shape) for name, each in network.state_dict().items() if _counts(name)}
    given = {name: each for name, each in state.items() if _counts(name) and not name.startswith(unused)}
    for name in sorted(wanted.keys() | given.keys()):
        shape = tuple(getattr(given[name], "shape", ())) if name in given else None
        if shape != wanted.get(name):
            found = "is missing" if shape is None else f"is {list(shape)}" if name in wanted else "is not known"
            raise WeightsInvalid(f"{path} does not fit, its tensor {name} {found}: {again}")
    tensors = {name: each.to(torch.float32, copy=True) for name, each in given.items()}
    # How many batches a norm has seen in training, which older files do not say.
    counted = {name: torch.tensor(0) for name in network.state_dict() if name.endswith(_COUNTER)}
    network.load_state_dict(tensors | counted, assign=True)
    network.requires_grad_(False).eval()


_COUNTER = "num_batches_tracked"


def _counts(name: str) -> bool:
    return not name.endswith(_COUNTER)


def _texts(stream: IO[bytes], pickles: int) -> Iterator[str]:
    for _ in range(pickles):
        for _, argument, _ in pickletools.genops(stream):
            if isinstance(argument, str):
                yield argument
