"""Checks before the first step of a run: room on the disk, free memory, a working compiler."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import torch
from torch import Tensor

from clipmat.encoders import TextTokens
from clipmat.model import ClipMat
from training import TrainingError
from training.fitting.settings import Phase, TrainSettings
from training.losses import summed, total_loss

if TYPE_CHECKING:
    from lightning_fabric import Fabric

_GIB = 2**30
_COPIES = 4
"""Of the weights in a checkpoint: themselves, averaged, and AdamW's two moments."""
_FILES = 3
"""last.pt, best.pt, and the one being written beside."""
_WORDS = 24
"""Words of an expression that the estimate of memory assumes."""


class PreflightError(TrainingError):
    """The machine cannot run this training; the text says what is missing and what to do."""


def refuse_full_disk(out: Path, model: ClipMat) -> None:
    """Raise PreflightError unless the disk of folder `out` has room for the checkpoints."""
    there = next(folder for folder in (out.absolute(), *out.absolute().parents) if folder.exists())
    needed, free = _FILES * _COPIES * _bytes(model), shutil.disk_usage(there).free
    if free < needed:
        raise PreflightError(
            f"checkpoints in {out} need {needed / _GIB:.1f} GiB and {free / _GIB:.1f} GiB are free: "
            "make room, or choose another --out"
        )


def refuse_small_memory(fabric: Fabric, model: ClipMat, settings: TrainSettings, processes: int, world: int) -> None:
    """Raise PreflightError unless a step fits into the memory that is free now, for `processes` on this machine.

    `world` counts the processes of all machines: each computes the loss of the batch of all. What the data
    takes in memory is not known beforehand and comes on top.
    """
    device: torch.device = fabric.device
    model.to(device)
    shares = processes if device.type == "cpu" else 1  # a GPU has one process
    largest = max(settings.phases, key=_weight)
    needed, free = shares * needed_memory(fabric, model, settings, largest, world), free_memory(device)
    if needed > free:
        raise PreflightError(
            f"a step needs about {needed / _GIB:.1f} GiB and {free / _GIB:.1f} GiB are free: raise `accumulate`, which "
            "changes only memory and time, or lower `batch` or `sizes`"
        )


def _weight(phase: Phase) -> int:
    return max(h * w for h, w in phase.sizes) * phase.batch * phase.expressions


def needed_memory(fabric: Fabric, model: ClipMat, settings: TrainSettings, phase: Phase, world: int = 1) -> float:
    """Bytes that a step of a phase takes: weights, gradients, averages and moments, and what one image keeps for the
    backward pass, measured, times the images that go through together."""
    size = max(phase.sizes, key=lambda size: size[0] * size[1])
    in_network, in_loss = measure_activations(fabric, model, size, phase.expressions)
    parts = min(settings.accumulate, phase.batch)
    together = -(-phase.batch // parts)
    weights = (2 + _COPIES) * _bytes(model)  # and the gradients, and a copy while validating
    return weights + 1.3 * (in_network * together + in_loss * phase.batch * world)  # temporaries on top of what is kept


def free_memory(device: torch.device) -> float:
    """Bytes that are free on a device; on the CPU, those that programs can have without swapping."""
    if device.type == "cuda":
        return float(torch.cuda.mem_get_info(device)[0])
    return float(psutil.virtual_memory().available)


def refuse_few_devices(device: str, processes: int) -> None:
    """Raise PreflightError when there are fewer GPUs than processes on this machine; `device` is cuda, mps or cpu."""
    there = torch.cuda.device_count() if device == "cuda" else processes
    if processes > there:
        raise PreflightError(f"{processes} processes need as many GPUs and this machine has {there}: lower --processes")


def refuse_no_compiler(device: torch.device) -> None:
    """Raise PreflightError when torch.compile cannot compile a trivial function for a device."""
    try:
        torch.compile(lambda x: x.sin() + 1)(torch.zeros(8, device=device))
    except (RuntimeError, OSError, ImportError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise PreflightError(
            f"torch.compile does not work on this machine ({reason}): leave `compile` out of the settings"
        ) from error


def _bytes(model: ClipMat) -> int:
    return sum(p.numel() * p.element_size() for p in model.state_dict().values())


def measure_activations(fabric: Fabric, model: ClipMat, size: tuple[int, int], expressions: int) -> tuple[int, int]:
    """Bytes that one image with its expressions keeps for the backward pass, in the network and in the loss."""
    height, width = size
    device = fabric.device
    ids_shape = model.text_tower.tokenize(["a"], 1)[0].ids.shape[2:]
    tokens = TextTokens(
        torch.zeros(expressions, _WORDS, *ids_shape, dtype=torch.long, device=device),
        torch.ones(expressions, _WORDS, dtype=torch.bool, device=device),
    )
    training = model.training
    model.eval()
    with _kept(model) as in_network, fabric.autocast():
        out = model(torch.zeros(1, 3, height, width, device=device), tokens, shrink=2)
    model.train(training)
    truth = torch.zeros(expressions, 1, height // 2, width // 2, device=device)
    with _kept(model) as in_loss:
        summed(
            total_loss(
                out,
                trimap=torch.ones_like(truth[:, 0], dtype=torch.long),
                target=truth,
                image=truth.expand(-1, 3, -1, -1),
                present=torch.ones(expressions, dtype=torch.bool, device=device),
                images=1,
            )
        )
    return sum(in_network.values()), sum(in_loss.values())


@contextmanager
def _kept(model: ClipMat) -> Iterator[dict[int, int]]:
    """Collects what is saved for the backward pass, by address in bytes; the weights are there anyway."""
    weights = {p.untyped_storage().data_ptr() for p in model.parameters()}
    found: dict[int, int] = {}
    alive: list[Tensor] = []  # an address must not be used twice

    def pack(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in weights:
            found[storage.data_ptr()] = storage.nbytes()
            alive.append(tensor)
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        yield found
