"""The door to all networks, ours and others': the name or the path of weights gives what answers."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from clipmat.devices import choose_device
from clipmat.errors import WeightsMissing
from clipmat.predictor import Predictor
from clipmat.systems.catalogue import locate, system_of

if TYPE_CHECKING:
    from clipmat.systems.system import System


def load(weights: str | Path = "compact", device: str = "auto", precision: str = "auto") -> Predictor | System:
    """A variant or a file of our weights as `Predictor.load`; a system by its name or by the folder of its weights.

    Raises what `Predictor.load` raises: UnknownWeights, WeightsMissing, WeightsInvalid, DeviceUnavailable.
    """
    if system_of(weights) is None:
        return Predictor.load(weights, device, precision)
    folder = locate(weights)
    if not os.path.isfile(folder / "config.json"):
        raise WeightsMissing(f"{folder} has no config.json: copy all files of the weights there")
    choice = choose_device(device, precision)
    own = Predictor.load("compact", device, precision)
    from clipmat.systems.clipseg import ClipSegSystem

    return ClipSegSystem.read(folder, str(weights), choice, own)
