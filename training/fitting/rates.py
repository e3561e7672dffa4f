"""Which parameters learn, how fast, and when."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn

from clipmat.model import ClipMat
from training.fitting.settings import Phase, TrainSettings


def optimizer_of(model: ClipMat, teacher_head: nn.Module, settings: TrainSettings) -> torch.optim.Optimizer:
    """AdamW over the network and the teacher's head. Its groups hold a `rate`, the fraction of the learning rate.

    The encoders have their own rates (RIM section 4.1: fine-tuned from CLIP); only matrices decay.
    """
    rates = {id(p): settings.image_rate for p in model.image_encoder.parameters()}
    rates |= {id(p): settings.text_rate for p in model.text_tower.parameters()}
    groups: dict[tuple[float, bool], list[nn.Parameter]] = {}
    for p in [*model.parameters(), *teacher_head.parameters()]:
        groups.setdefault((rates.get(id(p), 1.0), p.ndim > 1), []).append(p)
    rows: list[dict[str, Any]] = [
        {"params": params, "rate": rate, "weight_decay": settings.weight_decay * matrix}
        for (rate, matrix), params in groups.items()
    ]
    return torch.optim.AdamW(rows, lr=settings.learning_rate, betas=(0.9, 0.98))


def rate_at(settings: TrainSettings, step: int) -> float:
    """The learning rate of the new modules at a step (from 0)."""
    return settings.learning_rate * schedule(step, settings.warmup, settings.steps)


def set_rates(optimizer: torch.optim.Optimizer, rate: float) -> None:
    """Give every group its fraction of a learning rate."""
    for group in optimizer.param_groups:
        group["lr"] = rate * group["rate"]


def schedule(step: int, warmup: int, steps: int) -> float:
    """Factor of the learning rate: linear warm-up, then cosine to zero (Loshchilov and Hutter, ICLR 2017)."""
    if step < warmup:
        return (step + 1) / warmup
    return 0.5 * (1 + math.cos(math.pi * (step - warmup) / max(1, steps - warmup)))


def set_learning(model: ClipMat, settings: TrainSettings, phase: Phase) -> None:
    """Put the network into training, all but what the settings freeze: encoders, first stages, batch norms."""
    model.train()
    encoder = model.image_encoder
    encoder.requires_grad_(settings.image_rate > 0)
    model.text_tower.requires_grad_(settings.text_rate > 0)
    if phase.frozen_stages >= 0 and hasattr(encoder, "stages"):
        encoder.stem.requires_grad_(False)
        for stage in list(encoder.stages)[: phase.frozen_stages]:  # type: ignore[arg-type]
            stage.requires_grad_(False)
    if settings.frozen_norms:
        for norm in norms_of(model):
            norm.eval()


def norms_of(model: nn.Module) -> Iterator[nn.BatchNorm2d]:
    """The batch norms inside."""
    return (module for module in model.modules() if isinstance(module, nn.BatchNorm2d))


@contextmanager
def without_trace(model: nn.Module) -> Iterator[None]:
    """A pass that only looks: no gradients are kept, and batch norms remember nothing of it."""
    norms = list(norms_of(model))
    try:
        for norm in norms:
            norm.track_running_stats = False
        with torch.no_grad():
            yield
    finally:
        for norm in norms:
            norm.track_running_stats = True


def parameters_of(optimizer: torch.optim.Optimizer) -> Iterator[nn.Parameter]:
    """All parameters of an optimiser, in its order."""
    for group in optimizer.param_groups:
        yield from group["params"]
