"""The trainer of the network. On a CPU: same settings and seed, same losses, resumed or not."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import torch
from torch import Tensor, nn

from clipmat.encoders import TextTokens
from clipmat.model import ClipMat, EncodedImage, MatteOutput
from clipmat.transforms import normalised
from training.fitting import checkpoint
from training.fitting.averages import AveragedWeights
from training.fitting.batches import Batch, Inputs, NounVectors, TrainingData, batch_of
from training.fitting.clock import Clock
from training.fitting.fabric import gather_rows, share_batch_norms, sum_gradients
from training.fitting.loop import TrainingLoop
from training.fitting.optimizer import (
    build_optimizer,
    forward_only,
    learning_rate_by_time,
    optimizer_parameters,
    set_learning_rate,
    set_trainable,
)
from training.fitting.prefetching import Prefetcher
from training.fitting.settings import SettingsError, TrainSettings
from training.fitting.validation import Validation
from training.losses import dense_loss, summed, teacher_loss, total_loss

if TYPE_CHECKING:
    from lightning_fabric import Fabric

Gradients = dict[str, Tensor]
"""Of the loss with respect to the network's outputs, by name."""


class Trainer(TrainingLoop):
    """Model, optimiser and schedule of one run; everything else comes in through the settings."""

    def __init__(
        self,
        fabric: Fabric,
        model: ClipMat,
        data: TrainingData,
        settings: TrainSettings,
        nouns: NounVectors | None = None,
        validation: Callable[[ClipMat], Validation] | None = None,
        threads: int = 1,
        workers: int = 0,
        clock: Clock | None = None,
    ) -> None:
        """`threads`, or `workers`, processes of their own, prepare samples ahead. With a `clock` the run ends, and its
        rate falls, by the time that has passed; then it is no longer the same when it is repeated.

        Raises SettingsError when a clock comes with several phases or processes.
        """
        if clock is not None and (len(settings.phases) > 1 or fabric.world_size > 1):
            raise SettingsError("a run of so many minutes has one phase and one process: give such settings")
        super().__init__(settings, settings.validate_every)
        self.fabric, self.data, self.settings, self.validation = fabric, data, settings, validation
        self.clock = clock
        self.writes_checkpoints = fabric.is_global_zero
        start = _checksum(model)
        if fabric.world_size > 1 and not settings.frozen_norms:
            share_batch_norms(model)
        self.model = model.to(fabric.device).to(memory_format=torch.channels_last)
        self.nouns = nouns if settings.teacher > 0 else None
        config = model.config
        width = config.meaning_width or (config.popup_width if model.popup.match is not None else 0)
        self.grounded = nouns is not None and nouns[1].shape[1] == width
        self.teacher_head = nn.Linear(model.config.text_width, nouns[1].shape[1] if nouns else 1).to(fabric.device)
        self.trained = nn.ModuleList([self.model, self.teacher_head])
        optimizer = fabric.setup_optimizers(build_optimizer(self.model, self.teacher_head, settings))
        self.optimizer = cast("torch.optim.Optimizer", optimizer)
        self.averages = AveragedWeights(self.model, settings.ema)
        depth = 2 * workers or threads + 1
        self.prefetcher = Prefetcher(self.batch, settings.steps, depth, threads, workers)
        names = zlib.crc32("\n".join(self.nouns[0]).encode()) if self.nouns else 0
        self._origin = f"{fabric.world_size} processes, data {data.fingerprint}, nouns {names:08x}, start {start:08x}"
        if settings.compile:
            for part in (self.model.image_encoder, self.model.semantic_decoder, self.model.details_decoder):
                part.compile()  # what is called by itself; the words' part changes its length with every batch

    @property
    def done(self) -> bool:
        """Whether no step, or no time, is left."""
        return super().done or (self.clock is not None and self.clock.left == 0)

    def learning_rate(self) -> float:
        """Of the step that comes next."""
        if self.clock is None:
            return super().learning_rate()
        return learning_rate_by_time(self.settings, self.step_number, self.clock.share)

    @property
    def made_with(self) -> str:
        """Everything that determines the samples and losses to come."""
        return f"{self.settings.course} {self._origin}"

    @property
    def waited(self) -> float:  # type: ignore[override]
        """Total seconds spent waiting for samples."""
        return self.prefetcher.waited

    def samples_at(self, step: int) -> int:
        """The samples of a step (from 0), all processes together."""
        phase = self.settings.phase_at(step)
        return phase.batch * phase.expressions * self.fabric.world_size

    def step(self) -> dict[str, float]:
        """One optimiser step; returns the parts of the loss.

        The loss is that of the whole batch of all processes, as if one had computed it in one go. Where the batch goes
        through in parts, a first pass without gradients gives the outputs of all, and a second one, part by part,
        carries the gradients of the whole loss back (Gao et al., Scaling Deep Contrastive Learning Batch Size under
        Memory Limited Setup, RepL4NLP 2021, section 3).

        Raises DivergedError, with the weights as they were, when the loss is not finite. A gradient that is not
        raises too, except with 16-mixed, where the scaler leaves the step out.
        """
        settings = self.settings
        set_learning_rate(self.optimizer, self.learning_rate())
        set_trainable(self.model, settings, settings.phase_at(self.step_number))
        batch: Batch = self.fabric.to_device(self.prefetcher.get(self.step_number))
        parts = list(batch.inputs.split(settings.accumulate))
        with forward_only(self.model) if len(parts) > 1 else nullcontext():
            outputs = [self._forward(part) for part in parts]
        losses, gradients = self._loss(outputs, batch)
        self.refuse_diverged("loss", summed(losses))
        self.optimizer.zero_grad(set_to_none=True)
        for part, first, gradient in zip(parts, outputs, gradients, strict=True):
            output = self._forward(part) if len(parts) > 1 else first
            products = [(tensor * gradient[name]).sum() for name, tensor in output.tensors().items()]
            self.fabric.backward(torch.stack(products).sum())
        sum_gradients(self.fabric, optimizer_parameters(self.optimizer))
        norm = self.fabric.clip_gradients(
            self.trained, self.optimizer, max_norm=settings.clip, error_if_nonfinite=False
        )
        if norm is not None and not self.fabric.strategy.precision.state_dict():  # of the scaler
            self.refuse_diverged("gradient", norm)
        self.optimizer.step()
        self.step_number += 1
        self.averages.update(self.model, self.step_number)
        return {name: float(value.detach()) for name, value in losses.items()}

    def batch(self, step: int) -> Batch:
        """What this process brings to a step, on the CPU. The processes' images are numbered consecutively."""
        settings, phase = self.settings, self.settings.phase_at(step)
        first = settings.samples_before(step, self.fabric.world_size) + self.fabric.global_rank * phase.batch
        size = phase.sizes[step % len(phase.sizes)]
        numbers = range(first, first + phase.batch)
        words = phase.words if self.model.config.meaning_width else 0
        return batch_of(
            self.data, numbers, size, phase.expressions, self.model.tokenize, settings.seed, self.nouns, words
        )

    def validate(self) -> Validation | None:
        """The score of the averaged weights on the held-out samples, measured by the first process only."""
        if self.validation is None or not self.fabric.is_global_zero:
            return None
        with self.averages.applied(self.model):
            return self.validation(self.model.eval())

    def state(self) -> dict[str, Any]:
        """Everything that `restore` needs to resume exactly."""
        return {
            "step": self.step_number,
            "best": self.best,
            "seconds": 0.0 if self.clock is None else self.clock.seconds,
            "config": self.model.config.to_json(),
            "made_with": self.made_with,
            "model": self.model.state_dict(),
            "averaged": self.averages.values,
            "teacher_head": self.teacher_head.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "scaler": self.fabric.strategy.precision.state_dict(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a checkpoint. Raises CheckpointError when it belongs to another network or other settings."""
        former = f"{self.settings!r} {self._origin}"  # as version 0.1.0 wrote it
        if state.get("config") != self.model.config.to_json() or state.get("made_with") not in (self.made_with, former):
            raise checkpoint.CheckpointError(
                "the checkpoint was made with other settings, data, nouns, processes or start (--from, --backbone, "
                "--encoders): resume with the same, or begin anew with --no-resume or a fresh --out"
            )
        self.model.load_state_dict(state["model"])
        self.teacher_head.load_state_dict(state["teacher_head"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.fabric.strategy.precision.load_state_dict(state["scaler"])
        self.averages.load(state["averaged"])
        self.step_number, self.best = state["step"], state["best"]
        if self.clock is not None:
            self.clock.resume(state.get("seconds", 0.0))

    def _forward(self, inputs: Inputs) -> _Output:
        with self.fabric.autocast():
            pixels = normalised(inputs.pixels.float() / 255, self.model.config)
            text, valid = self.model.encode_text(inputs.tokens)
            encoded = self.model.encode_image(pixels.contiguous(memory_format=torch.channels_last))
            images = encoded.repeated(len(text) // len(pixels))
            out = self.model.decode(images, text, valid, pointing=inputs.pointing, shrink=2)
            words = None if inputs.words is None else self._word_logits(encoded, inputs.words)
            nouns = None if inputs.nouns is None else self._noun_meanings(*self.model.encode_text(inputs.nouns))
        output = _Output(out, nouns, words)
        return output.replaced({name: tensor.float() for name, tensor in output.tensors().items()})

    def _word_logits(self, image: EncodedImage, words: TextTokens) -> Tensor:
        """BxUxhxw: how well each of the words fits each place of each image."""
        match, places = self.model.popup.dense_match, image.features.places
        assert match is not None and places is not None
        meanings = match.embed_text(*self.model.encode_text(words))
        return match.logits(places, meanings.expand(len(places), -1, -1))

    def _noun_meanings(self, text: Tensor, valid: Tensor) -> Tensor:
        """What is compared with the teacher's vectors: of grounded nouns (training.grounding) the match's meaning."""
        meaning = self.model.popup.meaning(text, valid) if self.grounded else None
        if meaning is not None:
            return meaning
        weights = valid.unsqueeze(2).to(text.dtype)
        head: Tensor = self.teacher_head((text * weights).sum(1) / weights.sum(1))
        return head

    def _loss(self, outputs: Sequence[_Output], batch: Batch) -> tuple[dict[str, Tensor], list[Gradients]]:
        """Parts of the loss over all processes, and its gradients with respect to each of the outputs."""
        parts = [output.tensors() for output in outputs]
        own = {name: torch.cat([part[name] for part in parts]).detach().requires_grad_() for name in parts[0]}
        everything = outputs[0].replaced({name: gather_rows(self.fabric, tensor) for name, tensor in own.items()})
        pixels, targets = gather_rows(self.fabric, batch.inputs.pixels), batch.targets
        matte = gather_rows(self.fabric, targets.matte)
        small = nn.functional.avg_pool2d(pixels.float() / 255, 2)
        losses = total_loss(
            everything.matting,
            trimap=gather_rows(self.fabric, targets.trimap).long(),
            target=matte,
            image=small.repeat_interleave(len(matte) // len(pixels), dim=0),
            present=gather_rows(self.fabric, targets.present).bool(),
            images=len(pixels),
            match_counts=gather_rows(self.fabric, targets.match_counts).float(),
        )
        if everything.words is not None and targets.word_masks is not None and targets.word_counts is not None:
            masks = gather_rows(self.fabric, targets.word_masks).float() / 255
            counts = gather_rows(self.fabric, targets.word_counts).float()
            losses["words"] = dense_loss(everything.words, masks, counts)
        if everything.nouns is not None and targets.vectors is not None:
            vectors = gather_rows(self.fabric, targets.vectors)
            losses["teacher"] = self.settings.teacher * teacher_loss(everything.nouns, vectors)
        whole = torch.autograd.grad(summed(losses), list(own.values()), materialize_grads=True)
        rows = {name: [len(part[name]) for part in parts] for name in own}
        by_part = zip(*(torch.split(g, rows[name]) for name, g in zip(own, whole, strict=True)), strict=True)
        return losses, [dict(zip(own, gradients, strict=True)) for gradients in by_part]


def _checksum(model: ClipMat) -> int:
    """Of the weights that a run starts from, wherever they come from."""
    digest = 0
    for value in model.state_dict().values():
        digest = zlib.crc32(value.detach().cpu().contiguous().numpy().tobytes(), digest)
    return digest


class _Output(NamedTuple):
    """The network's output for a part of a batch."""

    matting: MatteOutput
    nouns: Tensor | None
    """BKxE: what the nouns are taken to mean; None without a teacher."""
    words: Tensor | None
    """BxUxhxw: logits of the dense words; None without such."""

    def tensors(self) -> dict[str, Tensor]:
        """All tensors by name."""
        named = {**self.matting._asdict(), "nouns": self.nouns, "words": self.words}
        return {name: value for name, value in named.items() if isinstance(value, Tensor)}

    def replaced(self, tensors: Mapping[str, Tensor]) -> _Output:
        """The same with other tensors under these names."""
        named = {**self.matting._asdict(), "nouns": self.nouns, "words": self.words, **tensors}
        nouns, words = named.pop("nouns"), named.pop("words")
        return _Output(MatteOutput(**named), nouns, words)
