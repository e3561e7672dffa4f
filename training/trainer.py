"""The trainer: step, validate, fit. On a CPU: same settings and seed, same losses, resumed or not."""

from __future__ import annotations

import math
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import cv2
import numpy as np
import torch
from torch import Tensor, nn

from clipmat.encoders import TextTokens
from clipmat.model import ClipMat
from clipmat.transforms import normalised
from training import checkpoint
from training.datasets import SceneDataset, trimap_of
from training.losses import summed, teacher_loss, total_loss
from training.settings import TrainSettings

if TYPE_CHECKING:
    from lightning_fabric import Fabric


class Batch(NamedTuple):
    """Tensors of one step: B images, K expressions in a row for each, targets at half size."""

    pixels: Tensor
    """Bx3xHxW float32 in [0, 1]."""
    tokens: TextTokens
    matte: Tensor
    """BKx1x(H/2)x(W/2) float32."""
    trimap: Tensor
    """BKx(H/2)x(W/2) int64."""
    present: Tensor
    """BK bool."""


@dataclass(frozen=True, slots=True)
class Progress:
    """What a listener is told after a step."""

    step: int
    parts: dict[str, float]
    samples_per_second: float
    score: float | None
    """Mean IoU on the val photographs, when this step looked at them."""


class Trainer:
    """Model, optimiser and schedule of one run; everything else comes in through the settings."""

    def __init__(
        self,
        fabric: Fabric,
        model: ClipMat,
        data: SceneDataset,
        settings: TrainSettings,
        nouns: tuple[list[str], Tensor] | None = None,
        score: Callable[[ClipMat], float] | None = None,
    ) -> None:
        self.fabric, self.data, self.settings, self.score = fabric, data, settings, score
        self.model = model.to(fabric.device).to(memory_format=torch.channels_last)
        self.nouns = nouns if settings.teacher > 0 else None
        self.teacher_head = nn.Linear(model.config.text_width, nouns[1].shape[1] if nouns else 1).to(fabric.device)
        pretrained: list[nn.Module] = [self.model.image_encoder]
        if not model.config.text_buckets:  # CLIP's text tower comes trained; the compact one starts at random
            pretrained.append(self.model.text_tower)
        encoder = {id(p) for tower in pretrained for p in tower.parameters()}
        groups: dict[tuple[bool, bool], list[nn.Parameter]] = {}
        for p in [*self.model.parameters(), *self.teacher_head.parameters()]:
            groups.setdefault((id(p) in encoder, p.ndim > 1), []).append(p)
        self.optimizer = torch.optim.AdamW(
            [
                {
                    "params": ps,
                    "rate": settings.encoder_rate if enc else 1.0,
                    "weight_decay": settings.weight_decay * mat,
                }
                for (enc, mat), ps in groups.items()
            ],
            lr=settings.learning_rate,
            betas=(0.9, 0.98),
        )
        self.averaged = {k: v.detach().clone() for k, v in self.model.state_dict().items()}
        self.step_number, self.best = 0, -1.0

    def fit(self, folder: Path, tell: Callable[[Progress], None]) -> None:
        """Run to the last step, saving `last.pt` and the best on val as `best.pt`; `tell` hears of every step."""
        while self.step_number < self.settings.steps:
            started = time.perf_counter()
            parts = self.step()
            phase = self.settings.phase_at(self.step_number - 1)
            drawn = phase.batch * phase.expressions * self.fabric.world_size
            speed = drawn / (time.perf_counter() - started)
            score = self.validate() if self._due(self.settings.validate_every) else None
            if score is not None and score > self.best:
                self.best = score
                self._save(folder / "best.pt")
            if self._due(self.settings.save_every):
                self._save(folder / "last.pt")
            tell(Progress(self.step_number, parts, speed, score))

    def step(self) -> dict[str, float]:
        """One optimiser step; returns the parts of the loss."""
        settings, phase = self.settings, self.settings.phase_at(self.step_number)
        self._freeze(phase.frozen_stages)
        rate = settings.learning_rate * schedule(self.step_number, settings.warmup, settings.steps)
        for group in self.optimizer.param_groups:
            group["lr"] = rate * group["rate"]
        batch = self.batch(self.step_number)
        self.model.train()
        with self.fabric.autocast():
            pixels = normalised(batch.pixels, self.model.config).contiguous(memory_format=torch.channels_last)
            out = self.model(pixels, batch.tokens, shrink=2)
            small = nn.functional.avg_pool2d(batch.pixels, 2)
            small = small.repeat_interleave(len(batch.present) // len(small), dim=0)
        parts = total_loss(
            out,
            trimap=batch.trimap,
            target=batch.matte,
            image=small,
            present=batch.present,
            images=len(batch.pixels),
        )
        if self.nouns is not None:
            parts["teacher"] = settings.teacher * self._taught(self.step_number)
        self.optimizer.zero_grad(set_to_none=True)
        self.fabric.backward(summed(parts))
        self._share_gradients()
        nn.utils.clip_grad_norm_(list(_parameters(self.optimizer)), settings.clip)
        self.optimizer.step()
        self.step_number += 1
        decay = min(settings.ema, (1 + self.step_number) / (10 + self.step_number))
        with torch.no_grad():
            for key, value in self.model.state_dict().items():
                kept = self.averaged[key]
                kept.lerp_(value, 1 - decay) if kept.is_floating_point() else kept.copy_(value)
        return {name: float(value.detach()) for name, value in parts.items()}

    def batch(self, step: int) -> Batch:
        """The samples of a step for this process: a function of the seed and the step alone."""
        settings, phase = self.settings, self.settings.phase_at(step)
        size = phase.sizes[step % len(phase.sizes)]
        first = settings.samples_before(step, self.fabric.world_size) + self.fabric.global_rank * phase.batch
        samples = [s for i in range(phase.batch) for s in self.data.samples(first + i, size, phase.expressions)]
        images = np.stack([s.image for s in samples[:: phase.expressions]])
        half = (size[1] // 2, size[0] // 2)
        mattes = [np.asarray(cv2.resize(s.matte, half, interpolation=cv2.INTER_AREA), np.float32) for s in samples]
        rng = np.random.default_rng((settings.seed, step, self.fabric.global_rank))
        trimaps = [trimap_of(m, int(rng.integers(1, 4))) for m in mattes]
        tokens, _ = self.model.tokenize([s.expression for s in samples], [s.template for s in samples])
        device = self.fabric.device
        return Batch(
            pixels=torch.from_numpy(images).permute(0, 3, 1, 2).to(device).float() / 255,
            tokens=tokens.to(device),
            matte=torch.from_numpy(np.stack(mattes)).unsqueeze(1).to(device),
            trimap=torch.from_numpy(np.stack(trimaps)).to(device).long(),
            present=torch.tensor([s.form != "negative" for s in samples], device=device),
        )

    def validate(self) -> float | None:
        """Score of the averaged weights, taken by the first process only."""
        if self.score is None or not self.fabric.is_global_zero:
            return None
        current = {k: v.clone() for k, v in self.model.state_dict().items()}
        self.model.load_state_dict(self.averaged)
        self.model.eval()
        try:
            return self.score(self.model)
        finally:
            self.model.load_state_dict(current)

    def state(self) -> dict[str, Any]:
        """Everything that `restore` needs to go on as if nothing had happened."""
        return {
            "step": self.step_number,
            "best": self.best,
            "config": self.model.config.to_json(),
            "made_with": self._made_with(),
            "model": self.model.state_dict(),
            "averaged": self.averaged,
            "teacher_head": self.teacher_head.state_dict(),
            "optimizer": self.optimizer.state_dict(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a checkpoint. Raises CheckpointError when it belongs to another network or other settings."""
        if state.get("config") != self.model.config.to_json() or state.get("made_with") != self._made_with():
            raise checkpoint.CheckpointError(
                "the checkpoint was made with other settings, data, nouns or processes: resume with the same, "
                "or start from it with --from and a fresh --out"
            )
        self.model.load_state_dict(state["model"])
        self.teacher_head.load_state_dict(state["teacher_head"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.averaged = {k: v.to(self.fabric.device) for k, v in state["averaged"].items()}
        self.step_number, self.best = state["step"], state["best"]

    def _made_with(self) -> str:
        """All that decides the samples and losses to come."""
        bank = zlib.crc32("\n".join(e.id for e in self.data.everything).encode())
        nouns = zlib.crc32("\n".join(self.nouns[0]).encode()) if self.nouns else 0
        return f"{self.settings!r} {self.fabric.world_size} processes, bank {bank:08x}, nouns {nouns:08x}"

    def _due(self, every: int) -> bool:
        return self.step_number % every == 0 or self.step_number == self.settings.steps

    def _save(self, path: Path) -> None:
        if self.fabric.is_global_zero:
            checkpoint.save(path, self.state())

    def _freeze(self, stages: int) -> None:
        encoder = self.model.image_encoder
        encoder.requires_grad_(True)
        if stages >= 0 and hasattr(encoder, "stages"):
            encoder.stem.requires_grad_(False)
            for stage in list(encoder.stages)[:stages]:  # type: ignore[arg-type]
                stage.requires_grad_(False)

    def _taught(self, step: int) -> Tensor:
        assert self.nouns is not None
        names, vectors = self.nouns
        rng = np.random.default_rng((self.settings.seed, step, self.fabric.global_rank, 1))
        picks = rng.integers(len(names), size=32).tolist()
        tokens, _ = self.model.tokenize([names[i] for i in picks], rng.integers(6, size=32).tolist())
        device = self.fabric.device
        with self.fabric.autocast():
            text, valid = self.model.encode_text(tokens.to(device))
            weights = valid.unsqueeze(2).to(text.dtype)
            meaning = self.teacher_head((text * weights).sum(1) / weights.sum(1))
        return teacher_loss(meaning, vectors[picks].to(device))

    def _share_gradients(self) -> None:
        """Average the gradients of all processes in one message."""
        if self.fabric.world_size == 1:
            return
        grads = [p.grad for p in _parameters(self.optimizer) if p.grad is not None]
        flat = torch.cat([g.reshape(-1) for g in grads])
        flat = self.fabric.all_reduce(flat, reduce_op="mean")  # type: ignore[assignment]
        for grad, part in zip(grads, torch.split(flat, [g.numel() for g in grads]), strict=True):
            grad.copy_(part.view_as(grad))


def _parameters(optimizer: torch.optim.Optimizer) -> Iterator[nn.Parameter]:
    for group in optimizer.param_groups:
        yield from group["params"]


def schedule(step: int, warmup: int, steps: int) -> float:
    """Factor of the learning rate: linear warm-up, then cosine to zero (Loshchilov and Hutter, ICLR 2017)."""
    if step < warmup:
        return (step + 1) / warmup
    return 0.5 * (1 + math.cos(math.pi * (step - warmup) / max(1, steps - warmup)))
