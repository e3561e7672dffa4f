"""The door to all networks, ours and others': the name or the path of weights gives what answers."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import torch

from clipmat.devices import choose_device
from clipmat.errors import NotEnoughMemory
from clipmat.predictor import Predictor
from clipmat.systems.catalogue import SYSTEMS, locate, system_of
from clipmat.systems.fetching import safetensors_files

if TYPE_CHECKING:
    from clipmat.systems.system import System


def load(weights: str | Path = "compact", device: str = "auto", precision: str = "auto") -> Predictor | System:
    """A variant or a file of our weights as `Predictor.load`; a system by its name or by the folder of its weights.

    Raises what `Predictor.load` raises: UnknownWeights, WeightsMissing, WeightsInvalid, DeviceUnavailable; and
    NotEnoughMemory before a system is read that hardly fits.
    """
    name = system_of(weights)
    if name is None:
        return Predictor.load(weights, device, precision)
    folders = locate(weights)
    choice = choose_device(device, precision)
    _check_memory(name, folders, choice.device)
    own = Predictor.load("compact", device, precision)
    if name == "clipseg":
        from clipmat.systems.clipseg import ClipSegSystem

        return ClipSegSystem.read(folders, str(weights), choice, own)
    from clipmat.systems.grounded_sam import GroundedSamSystem

    return GroundedSamSystem.read(folders, str(weights), choice, own)


def _check_memory(name: str, folders: Sequence[Path], device: str) -> None:
    files = sum(os.path.getsize(file) for file in safetensors_files(folders))
    needed = files + SYSTEMS[name].working_bytes
    free = torch.cuda.mem_get_info()[0] if device == "cuda" else psutil.virtual_memory().available
    if free < needed:
        raise NotEnoughMemory(
            f"'{name}' needs about {needed / 1e9:.1f} GB of memory and {free / 1e9:.1f} are free: "
            "close other programs, or choose 'compact'"
        )
