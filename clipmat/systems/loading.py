"""The door to all networks, ours and others': the name or the path of weights gives what answers."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import torch

from clipmat.devices import choose_device
from clipmat.errors import NotEnoughMemory
from clipmat.predictor import Predictor
from clipmat.systems.catalogue import locate, split, system_of
from clipmat.systems.fetching import weight_files
from clipmat.systems.system_table import SYSTEMS

if TYPE_CHECKING:
    from clipmat.systems.system import System


def load(weights: str | Path = "compact", device: str = "auto", precision: str = "auto") -> Predictor | System:
    """A variant or a file of our weights as `Predictor.load`; a system by its name, folder or file.

    `+vitmatte` after it, or a folder of ViTMatte's weights, lets that compute the edges; alone, for `compact`. Raises
    what `Predictor.load` raises: UnknownWeights, WeightsMissing, WeightsInvalid, DeviceUnavailable; and
    NotEnoughMemory before a system is read that hardly fits.
    """
    finds, refines = split(weights)
    choice = choose_device(device, precision)
    name = system_of(finds)
    folders = {part: locate(part) for part in (finds if name else "", refines) if part}
    _check_memory(folders, choice.device)
    own = Predictor.load("compact" if name else finds, device, precision)
    if refines:
        from clipmat.systems.vitmatte import VitMatteEdges

        own.edges = VitMatteEdges.read(folders[refines], refines, choice)
    if name is None:
        return own
    if name == "clipseg":
        from clipmat.systems.clipseg import ClipSegSystem

        return ClipSegSystem.read(folders[finds], finds, choice, own)
    if name == "sam3":
        from clipmat.systems.sam3 import Sam3System

        return Sam3System.read(folders[finds], finds, choice, own)
    if name == "mdetr":
        from clipmat.systems.mdetr import MdetrSystem

        return MdetrSystem.read(folders[finds], finds, choice, own)
    if SYSTEMS[name].parts[0].file:
        from clipmat.systems.wordless import WordlessSystem

        return WordlessSystem.read(name, folders[finds], finds, choice, own)
    from clipmat.systems.grounded_sam import GroundedSamSystem

    return GroundedSamSystem.read(folders[finds], finds, choice, own)


def _check_memory(folders: Mapping[str, Sequence[Path]], device: str) -> None:
    """`folders` are those of the parts of each system by its name or path."""
    if not folders:
        return
    files = [file for each in folders.values() for file in weight_files(each)]
    working = sum(SYSTEMS[system_of(weights) or weights].working_bytes for weights in folders)
    needed = sum(map(os.path.getsize, files)) + working
    free = torch.cuda.mem_get_info()[0] if device == "cuda" else psutil.virtual_memory().available
    if free < needed:
        raise NotEnoughMemory(
            f"'{'+'.join(folders)}' needs about {needed / 1e9:.1f} GB of memory and "
            f"{free / 1e9:.1f} are free: close other programs, or choose 'compact'"
        )
