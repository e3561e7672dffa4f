"""Checkpoints: written whole or not at all, read without unpickling code, resumed exactly."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import torch


class CheckpointError(Exception):
    """A checkpoint cannot be read or belongs to another run."""


def save(path: Path, state: dict[str, Any]) -> None:
    """Write beside, sync, rename. `state` holds tensors, numbers, strings, lists and dicts only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".part")
    with beside.open("wb") as file:
        torch.save(state, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, path)


def load(path: Path) -> dict[str, Any]:
    """Read a checkpoint onto the CPU. Raises CheckpointError naming the file."""
    try:
        state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, ValueError, EOFError) as error:
        raise CheckpointError(f"{path} is no readable checkpoint ({error}); start without --resume") from error
    return state
