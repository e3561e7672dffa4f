"""Which parameters are trained, at which learning rate, and when: optimiser, schedule, freezing."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import torch
from torch import nn

from clipmat.compact_encoders import SentenceTower
from clipmat.model import ClipMat
from training.fitting.settings import Phase, TrainSettings


class Schedule(Protocol):
    """The settings that determine the learning rate."""

    @property
    def learning_rate(self) -> float:
        """Peak."""

    @property
    def warmup(self) -> int:
        """Steps of linear warm-up."""

    @property
    def steps(self) -> int:
        """Steps in all."""


def learning_rate_at(settings: Schedule, step: int) -> float:
    """The learning rate at a step (from 0), of parameter groups without a fraction of their own."""
    return settings.learning_rate * warmup_cosine(step, settings.warmup, settings.steps)


def warmup_cosine(step: int, warmup: int, steps: int) -> float:
    """Factor of the learning rate: linear warm-up, then cosine to zero (Loshchilov and Hutter, ICLR 2017)."""
    if step < warmup:
        return (step + 1) / warmup
    return 0.5 * (1 + math.cos(math.pi * (step - warmup) / max(1, steps - warmup)))


def learning_rate_by_time(settings: Schedule, step: int, share: float) -> float:
    """The learning rate at a step (from 0) of a run by the clock: cosine over the share of its time that has passed.

    The first steps warm up as in `learning_rate_at`.
    """
    warm = min(1.0, (step + 1) / max(1, settings.warmup))
    return settings.learning_rate * warm * 0.5 * (1 + math.cos(math.pi * share))


def set_learning_rate(optimizer: torch.optim.Optimizer, learning_rate: float) -> None:
    """Set the learning rate of every parameter group: its fraction `rate` of this one, all of it without a fraction."""
    for group in optimizer.param_groups:
        group["lr"] = learning_rate * group.get("rate", 1.0)


def build_optimizer(model: ClipMat, teacher_head: nn.Module, settings: TrainSettings) -> torch.optim.Optimizer:
    """AdamW over the network and the teacher's head. Its groups hold a `rate`, the fraction of the learning rate.

    The encoders have their own rates (RIM section 4.1: fine-tuned from CLIP); only matrices decay.
    """
    rates = {id(p): settings.image_rate for p in model.image_encoder.parameters()}
    rates |= {id(p): settings.text_rate for p in model.text_tower.parameters()}
    parameters: dict[tuple[float, bool], list[nn.Parameter]] = {}
    for p in [*model.parameters(), *teacher_head.parameters()]:
        parameters.setdefault((rates.get(id(p), 1.0), p.ndim > 1), []).append(p)
    groups: list[dict[str, Any]] = [
        {"params": params, "rate": rate, "weight_decay": settings.weight_decay * matrix}
        for (rate, matrix), params in parameters.items()
    ]
    return torch.optim.AdamW(groups, lr=settings.learning_rate, betas=(0.9, 0.98))


def optimizer_parameters(optimizer: torch.optim.Optimizer) -> Iterator[nn.Parameter]:
    """All parameters of an optimiser, in its order."""
    for group in optimizer.param_groups:
        yield from group["params"]


def set_trainable(model: ClipMat, settings: TrainSettings, phase: Phase) -> None:
    """Put the network into training mode, all but what the settings freeze: encoders, first stages, batch norms."""
    model.train()
    encoder = model.image_encoder
    encoder.requires_grad_(settings.image_rate > 0)
    model.text_tower.requires_grad_(settings.text_rate > 0)
    if phase.frozen_stages >= 0 and hasattr(encoder, "stages"):
        encoder.stem.requires_grad_(False)
        for stage in list(encoder.stages)[: phase.frozen_stages]:  # type: ignore[arg-type]
            stage.requires_grad_(False)
    if phase.frozen_layers > 0 and isinstance(model.text_tower, SentenceTower):
        tower = model.text_tower
        for part in (tower.words, tower.positions, tower.norm, *list(tower.layers)[: phase.frozen_layers]):
            part.requires_grad_(False)
    if settings.frozen_norms:
        for norm in batch_norms(model):
            norm.eval()


def batch_norms(model: nn.Module) -> Iterator[nn.BatchNorm2d]:
    """The batch norms of a network."""
    return (module for module in model.modules() if isinstance(module, nn.BatchNorm2d))


@contextmanager
def forward_only(model: nn.Module) -> Iterator[None]:
    """A forward pass without side effects: no gradients are kept, and batch norms do not update their statistics."""
    norms = list(batch_norms(model))
    try:
        for norm in norms:
            norm.track_running_stats = False
        with torch.no_grad():
            yield
    finally:
        for norm in norms:
            norm.track_running_stats = True
