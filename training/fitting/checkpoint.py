"""Checkpoints as files: whole or not at all, read without code; the trainer's `restore` decides if one fits a run."""

from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from clipmat import weights
from clipmat.files import whole_file
from clipmat.model import ClipMat
from training import TrainingError
from training.fitting.settings import TrainSettings


class CheckpointError(TrainingError):
    """A checkpoint cannot be read or belongs to another run."""


def save(path: Path, state: dict[str, Any]) -> None:
    """Write a checkpoint, whole or not at all. `state` holds tensors, numbers, strings, lists and dicts only.

    Raises CheckpointError when the disk is full or will not be written; the former file stays.
    """
    try:
        with whole_file(path) as file:
            torch.save(state, file)
    except (OSError, RuntimeError) as error:  # torch's writer raises a RuntimeError when the disk is full
        former = ", the former file is kept" if path.is_file() else ""
        raise CheckpointError(
            f"{path} cannot be written ({_reason(error)}){former}: make room, then call again to go on"
        ) from error


def load(path: Path) -> dict[str, Any]:
    """Read a checkpoint onto the CPU. Raises CheckpointError naming the file."""
    try:
        state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, ValueError, EOFError, pickle.UnpicklingError) as error:
        raise CheckpointError(
            f"{path} is not a readable checkpoint ({_reason(error)}): use another, or a fresh --out"
        ) from error
    return state


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error).splitlines()[0] if str(error) else type(error).__name__


def begin_from(start: str, settings: TrainSettings) -> ClipMat:
    """A network with the weights of a variant's name, a .safetensors file or a checkpoint, there the averaged ones.

    Its configuration is that of the weights; `settings` may change the image size only. Raises CheckpointError when
    the settings are of another variant or switch off what the weights have, ClipMatError when they cannot be read.
    """
    model, card = weights.load(start)
    found = card.config
    if found.variant != settings.variant:
        raise CheckpointError(
            f"{start} holds weights of '{found.variant}', the settings are of '{settings.variant}': "
            f'give other weights, or settings with variant = "{found.variant}"'
        )
    if settings.without and found != found.without(*settings.without):
        raise CheckpointError(
            f"{start} has modules that the settings switch off ({', '.join(settings.without)}): leave `without` out "
            "or take only its encoders with --encoders"
        )
    if settings.image_size not in (0, found.image_size):
        if found.square:  # its position embeddings are of one grid
            raise CheckpointError(f"{start} works at {found.image_size} px only: leave image_size out of the settings")
        model.config = replace(found, image_size=settings.image_size)
    return model
