"""Weights that a formula makes of the names of tensors: the same in every program that computes it.

By them a network of ours and the code that its authors published were compared; what that code gave is in the tests.
"""

import math
import zlib

import numpy as np
import torch


def filled(name: str, shape: tuple[int, ...], *, gain: float = 1.0) -> torch.Tensor:
    """Float32: of matrices and kernels as large as they are initialised, times `gain`; of norms close to 1, or to 0."""
    count = math.prod(shape)
    places = torch.arange(1, count + 1, dtype=torch.float64)
    # As in shaders: the far digits of a sine are as good as random, and in float64 the same everywhere.
    noise = places.mul_(12.9898).add_(zlib.crc32(name.encode()) % 1000).sin_().mul_(43758.5453)
    noise = noise.sub_(noise.floor()).mul_(2).sub_(1).reshape(shape)
    if name.endswith("num_batches_tracked"):
        return torch.zeros(shape, dtype=torch.int64)
    if name.endswith("running_var"):
        values = 1 + 0.2 * noise
    elif len(shape) < 2:
        values = 0.1 * noise + (name.endswith("weight"))
    else:
        values = noise * gain * math.sqrt(6 / math.prod(shape[1:]))
    return values.float()


def state_of(shapes: dict[str, tuple[int, ...]], *, gain: float = 1.0) -> dict[str, torch.Tensor]:
    """The tensors of these names and shapes."""
    return {name: filled(name, tuple(shape), gain=gain) for name, shape in shapes.items()}


def pixels(height: int, width: int) -> torch.Tensor:
    """1x3xHxW: smooth waves, about as large as a normalised image."""
    rows = torch.arange(height, dtype=torch.float64)[:, None]
    columns = torch.arange(width, dtype=torch.float64)[None, :]
    planes = [torch.sin(rows * (0.11 + 0.05 * k) + k) + torch.cos(columns * (0.13 + 0.03 * k) - k) for k in range(3)]
    return torch.stack(planes)[None].float()


def image(height: int, width: int) -> np.ndarray:
    """HxWx3 uint8: smooth waves of other lengths for each colour."""
    rows, columns = np.mgrid[:height, :width].astype(np.float64)
    planes = [np.sin(rows * (0.031 + 0.02 * k) + k) + np.cos(columns * (0.043 - 0.01 * k) + k) for k in range(3)]
    return np.clip(127.5 + 63 * np.stack(planes, axis=2), 0, 255).astype(np.uint8)
