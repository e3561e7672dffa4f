"""The trainer: step, validate, fit. On a CPU: same settings and seed, same losses, resumed or not."""

from __future__ import annotations

import math
import time
import zlib
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import torch
from torch import Tensor, nn

from clipmat.model import ClipMat, MatteOutput
from clipmat.transforms import normalised
from training import TrainingError, checkpoint
from training.fitting.batches import Ahead, Batch, Data, Nouns, Shown, batch_of
from training.fitting.processes import add_gradients, share_norms, with_others
from training.fitting.progress import Progress, Tell
from training.fitting.rates import optimizer_of, parameters_of, rate_at, set_learning, set_rates, without_trace
from training.fitting.settings import TrainSettings
from training.fitting.validation import Look
from training.losses import summed, teacher_loss, total_loss

if TYPE_CHECKING:
    from lightning_fabric import Fabric


class DivergedError(TrainingError):
    """The loss, or its slope, is no number any more."""


class Trainer:
    """Model, optimiser and schedule of one run; everything else comes in through the settings."""

    def __init__(
        self,
        fabric: Fabric,
        model: ClipMat,
        data: Data,
        settings: TrainSettings,
        nouns: Nouns | None = None,
        look: Callable[[ClipMat], Look] | None = None,
        threads: int = 1,
    ) -> None:
        self.fabric, self.data, self.settings, self.look = fabric, data, settings, look
        start = _checksum(model)
        if fabric.world_size > 1 and not settings.frozen_norms:
            share_norms(model)
        self.model = model.to(fabric.device).to(memory_format=torch.channels_last)
        self.nouns = nouns if settings.teacher > 0 else None
        width = model.config.popup_width if model.popup.match is not None else 0
        self.grounded = nouns is not None and nouns[1].shape[1] == width
        self.teacher_head = nn.Linear(model.config.text_width, nouns[1].shape[1] if nouns else 1).to(fabric.device)
        self.learner = nn.ModuleList([self.model, self.teacher_head])
        optimizer = fabric.setup_optimizers(optimizer_of(self.model, self.teacher_head, settings))
        self.optimizer = cast("torch.optim.Optimizer", optimizer)
        self.averaged = {k: v.detach().clone() for k, v in self.model.state_dict().items()}
        self.ahead = Ahead(self.batch, settings.steps, threads + 1, threads)
        self.step_number, self.best = 0, -1.0
        names = zlib.crc32("\n".join(self.nouns[0]).encode()) if self.nouns else 0
        world = f"{fabric.world_size} processes, data {data.fingerprint}, nouns {names:08x}"
        self.made_with = f"{settings!r} {world}, start {start:08x}"
        """All that decides the samples and losses to come."""
        if settings.compile:
            self.model.compile()

    def fit(self, folder: Path, tell: Tell) -> None:
        """Run to the last step, saving `last.pt` and the best on val as `best.pt`; `tell` hears of every step.

        Raises CheckpointError when they cannot be written, DivergedError as `step`; the former ones stay.
        """
        settings = self.settings
        while self.step_number < settings.steps:
            phase = settings.phase_at(self.step_number)
            rate = rate_at(settings, self.step_number)
            began, waited = time.perf_counter(), self.ahead.waited
            parts = self.step()
            seconds, waited = time.perf_counter() - began, self.ahead.waited - waited
            look = self.validate() if self._due(settings.validate_every) else None
            samples = phase.batch * phase.expressions * self.fabric.world_size
            tell(Progress(self.step_number, parts, rate, samples, seconds, waited, look))
            if look is not None and look.score > self.best:
                self.best = look.score
                self._save(folder / "best.pt")
            if self._due(settings.save_every):
                self._save(folder / "last.pt")

    def step(self) -> dict[str, float]:
        """One optimiser step; returns the parts of the loss.

        The loss is that of the whole batch of all processes, as if one had computed it in one go. Where the batch goes
        through in parts, it is looked at first, and then again part by part with the slopes of the whole loss (Gao et
        al., Scaling Deep Contrastive Learning Batch Size under Memory Limited Setup, RepL4NLP 2021, section 3).

        Raises DivergedError, with the weights as they were, when the loss is not finite. A slope that is not raises
        too, but with 16-mixed, where the scaler leaves the step out.
        """
        settings = self.settings
        set_rates(self.optimizer, rate_at(settings, self.step_number))
        set_learning(self.model, settings, settings.phase_at(self.step_number))
        batch: Batch = self.fabric.to_device(self.ahead.take(self.step_number))
        shown = list(batch.shown.split(settings.accumulate))
        with without_trace(self.model) if len(shown) > 1 else nullcontext():
            answers = [self._answer(part) for part in shown]
        parts, slopes = self._judge(answers, batch)
        self._refuse_diverged("loss", summed(parts))
        self.optimizer.zero_grad(set_to_none=True)
        for part, answer, slope in zip(shown, answers, slopes, strict=True):
            followed = self._answer(part) if len(shown) > 1 else answer
            along = [(tensor * s).sum() for tensor, s in zip(followed.tensors, slope, strict=True)]
            self.fabric.backward(torch.stack(along).sum())
        add_gradients(self.fabric, parameters_of(self.optimizer))
        norm = self.fabric.clip_gradients(
            self.learner, self.optimizer, max_norm=settings.clip, error_if_nonfinite=False
        )
        if norm is not None and not self.fabric.strategy.precision.state_dict():  # of the scaler
            self._refuse_diverged("gradient", norm)
        self.optimizer.step()
        self.step_number += 1
        self._average()
        return {name: float(value.detach()) for name, value in parts.items()}

    def batch(self, step: int) -> Batch:
        """What this process brings to a step, on the CPU. The processes' images are numbered in one row."""
        settings, phase = self.settings, self.settings.phase_at(step)
        first = settings.samples_before(step, self.fabric.world_size) + self.fabric.global_rank * phase.batch
        size = phase.sizes[step % len(phase.sizes)]
        numbers = range(first, first + phase.batch)
        return batch_of(self.data, numbers, size, phase.expressions, self.model.tokenize, settings.seed, self.nouns)

    def validate(self) -> Look | None:
        """What the averaged weights show on the held-out samples, looked at by the first process only."""
        if self.look is None or not self.fabric.is_global_zero:
            return None
        current = {k: v.clone() for k, v in self.model.state_dict().items()}
        self.model.load_state_dict(self.averaged)
        try:
            return self.look(self.model.eval())
        finally:
            self.model.load_state_dict(current)

    def state(self) -> dict[str, Any]:
        """Everything that `restore` needs to go on as if nothing had happened."""
        return {
            "step": self.step_number,
            "best": self.best,
            "config": self.model.config.to_json(),
            "made_with": self.made_with,
            "model": self.model.state_dict(),
            "averaged": self.averaged,
            "teacher_head": self.teacher_head.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "scaler": self.fabric.strategy.precision.state_dict(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a checkpoint. Raises CheckpointError when it belongs to another network or other settings."""
        if state.get("config") != self.model.config.to_json() or state.get("made_with") != self.made_with:
            raise checkpoint.CheckpointError(
                "the checkpoint was made with other settings, data, nouns, processes or start (--from, --backbone, "
                "--encoders): resume with the same, or begin anew with --no-resume or a fresh --out"
            )
        self.model.load_state_dict(state["model"])
        self.teacher_head.load_state_dict(state["teacher_head"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.fabric.strategy.precision.load_state_dict(state["scaler"])
        self.averaged = {k: v.to(self.fabric.device) for k, v in state["averaged"].items()}
        self.step_number, self.best = state["step"], state["best"]

    def _refuse_diverged(self, what: str, value: Tensor) -> None:
        found = float(value.detach())
        if not math.isfinite(found):
            raise DivergedError(
                f"step {self.step_number + 1} diverged ({what} {found}): the last whole checkpoint stands; lower "
                "learning_rate or raise warmup and call again with a fresh --out"
            )

    def _answer(self, shown: Shown) -> _Answer:
        with self.fabric.autocast():
            pixels = normalised(shown.pixels.float() / 255, self.model.config)
            out = self.model(pixels.contiguous(memory_format=torch.channels_last), shown.tokens, shrink=2)
            tensors = list(out[:-1])
            if shown.nouns is not None:
                text, valid = self.model.encode_text(shown.nouns)
                tensors.append(self._taught(text, valid))
        return _Answer(tuple(tensor.float() for tensor in tensors), out.grid)

    def _taught(self, text: Tensor, valid: Tensor) -> Tensor:
        """What is compared with the teacher's vectors: of grounded nouns (training.grounding) the match's meaning."""
        popup = self.model.popup
        if self.grounded and popup.match is not None:
            return popup.match.embed_text(popup.text_in(text), valid)
        weights = valid.unsqueeze(2).to(text.dtype)
        head: Tensor = self.teacher_head((text * weights).sum(1) / weights.sum(1))
        return head

    def _judge(self, answers: Sequence[_Answer], batch: Batch) -> tuple[dict[str, Tensor], list[tuple[Tensor, ...]]]:
        """Parts of the loss over all processes, and for each answer the slopes of the loss at its tensors."""
        own = [torch.cat(t).detach().requires_grad_() for t in zip(*(a.tensors for a in answers), strict=True)]
        tensors = [with_others(self.fabric, t) for t in own]
        pixels = with_others(self.fabric, batch.shown.pixels)
        matte, trimap, present = (with_others(self.fabric, t) for t in batch.truth[:3])
        small = nn.functional.avg_pool2d(pixels.float() / 255, 2)
        parts = total_loss(
            MatteOutput._make([*tensors[:6], answers[0].grid]),
            trimap=trimap.long(),
            target=matte,
            image=small.repeat_interleave(len(matte) // len(pixels), dim=0),
            present=present.bool(),
            images=len(pixels),
        )
        if batch.truth.vectors is not None:
            vectors = with_others(self.fabric, batch.truth.vectors)
            parts["teacher"] = self.settings.teacher * teacher_loss(tensors[6], vectors)
        slopes = torch.autograd.grad(summed(parts), own, materialize_grads=True)
        rows = [len(answer.tensors[0]) for answer in answers]
        return parts, list(zip(*(torch.split(slope, rows) for slope in slopes), strict=True))

    @torch.no_grad()
    def _average(self) -> None:
        decay = min(self.settings.ema, (1 + self.step_number) / (10 + self.step_number))
        for key, value in self.model.state_dict().items():
            kept = self.averaged[key]
            kept.lerp_(value, 1 - decay) if kept.is_floating_point() else kept.copy_(value)

    def _due(self, every: int) -> bool:
        return self.step_number % every == 0 or self.step_number == self.settings.steps

    def _save(self, path: Path) -> None:
        if self.fabric.is_global_zero:
            checkpoint.save(path, self.state())


def _checksum(model: ClipMat) -> int:
    """Of the weights that a run starts from, wherever they come from."""
    digest = 0
    for value in model.state_dict().values():
        digest = zlib.crc32(value.detach().cpu().contiguous().numpy().tobytes(), digest)
    return digest


class _Answer(NamedTuple):
    tensors: tuple[Tensor, ...]
    """Those of a MatteOutput in float32, then with a teacher what the nouns are taken to mean (BKxE)."""
    grid: tuple[int, int]
