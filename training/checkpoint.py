"""Checkpoints: written whole or not at all, read without unpickling code, resumed exactly."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import torch
from torch import nn

from clipmat.files import whole_file
from training.commands import TrainingError


class CheckpointError(TrainingError):
    """A checkpoint cannot be read or belongs to another run."""


def save(path: Path, state: dict[str, Any]) -> None:
    """Write a checkpoint, whole or not at all. `state` holds tensors, numbers, strings, lists and dicts only."""
    with whole_file(path) as file:
        torch.save(state, file)


def load(path: Path) -> dict[str, Any]:
    """Read a checkpoint onto the CPU. Raises CheckpointError naming the file."""
    try:
        state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, ValueError, EOFError, pickle.UnpicklingError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise CheckpointError(f"{path} is no readable checkpoint ({reason}): use another, or a fresh --out") from error
    return state


def begin_from(path: Path, model: nn.Module) -> None:
    """Load the averaged weights of a checkpoint into a network. Raises CheckpointError when they do not fit."""
    try:
        model.load_state_dict(load(path)["averaged"])
    except (KeyError, RuntimeError) as error:
        raise CheckpointError(
            f"{path} holds no weights of this network: it was made by another variant or version"
        ) from error
