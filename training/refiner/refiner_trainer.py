"""Training of the refiner: steps that can be stopped and resumed exactly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from clipmat.files import whole_file
from clipmat.refiner import Refiner
from training.fitting import checkpoint
from training.fitting.averages import AveragedWeights
from training.fitting.loop import TrainingLoop
from training.fitting.optimizer import learning_rate_at, set_learning_rate
from training.fitting.progress import Listener
from training.losses import alpha_loss, laplacian_loss
from training.refiner.patches import PatchBatch

PatchSampler = Callable[[np.random.Generator, Refiner], PatchBatch]
"""Draws the patches of a step with a generator of its own, for the network as it stands."""


@dataclass(frozen=True, slots=True)
class RefinerSettings:
    """The settings of a run."""

    steps: int = 3500
    batch: int = 8
    """Patches a step."""
    learning_rate: float = 2e-3
    """Peak, after `warmup` steps; cosine to zero follows."""
    warmup: int = 100
    weight_decay: float = 0.01
    clip: float = 1.0
    """Largest norm of the gradient."""
    ema: float = 0.998
    """Decay a step of the averaged weights, which are the ones that ship."""
    save_every: int = 200
    """Steps between checkpoints."""
    bfloat16: bool = True
    """Autocast; the weights stay float32."""


class RefinerTrainer(TrainingLoop):
    """Refiner, optimiser and averages of one run.

    Every step draws its patches with a generator of its own, so a resumed run sees what an uninterrupted one would
    have seen, as long as `sampler` keeps no state.
    """

    def __init__(
        self,
        sampler: PatchSampler,
        settings: RefinerSettings,
        seed: int = 0,
        device: str = "cpu",
        start: Refiner | None = None,
    ) -> None:
        """`start` holds the weights to begin with; without it they are drawn from `seed`."""
        super().__init__(settings)
        torch.manual_seed(seed)
        network = Refiner()
        if start is not None:
            network.load_state_dict(start.state_dict())
        self.sampler, self.settings, self.seed, self.device = sampler, settings, seed, device
        self.network = network.to(torch.device(device)).to(memory_format=torch.channels_last)
        self.optimizer = torch.optim.AdamW(
            self.network.parameters(), lr=settings.learning_rate, weight_decay=settings.weight_decay
        )
        self.averages = AveragedWeights(self.network, settings.ema)
        self._errors: dict[str, float] = {}

    def samples_at(self, step: int) -> int:
        """The patches of a step."""
        return self.settings.batch

    def step(self) -> dict[str, float]:
        """One optimiser step; returns the loss."""
        settings = self.settings
        set_learning_rate(self.optimizer, learning_rate_at(settings, self.step_number))
        patches = self.sampler(np.random.default_rng((self.seed, self.step_number)), self.network)
        patches = PatchBatch(*(part.to(self.device) for part in patches))
        with torch.autocast(self.device, torch.bfloat16, enabled=settings.bfloat16):
            matte = refined_patches(self.network, patches)
        loss = refiner_loss(matte, patches.alpha, patches.window)
        self.refuse_diverged("loss", loss)
        self.optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        norm = torch.nn.utils.clip_grad_norm_(self.network.parameters(), settings.clip)
        self.refuse_diverged("gradient", norm)
        self.optimizer.step()
        self.step_number += 1
        self.averages.update(self.network, self.step_number)
        mattes = {"coarse": patches.base, "refined": matte.detach()}
        self._errors = {name: float(alpha_loss(m, patches.alpha, patches.window)) for name, m in mattes.items()}
        return {"loss": float(loss.detach())}

    def metrics(self) -> dict[str, float]:
        """Mean absolute errors of the last step's mattes in the window: `coarse`, and `refined` by the network."""
        return self._errors

    def state(self) -> dict[str, Any]:
        """Everything that `restore` needs to resume exactly."""
        return {
            "network": self.network.state_dict(),
            "optimiser": self.optimizer.state_dict(),
            "averaged": self.averages.values,
            "step": self.step_number,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a checkpoint."""
        self.network.load_state_dict(state["network"])
        self.optimizer.load_state_dict(state["optimiser"])
        self.averages.load(state["averaged"])
        self.step_number = state["step"]

    def fit(self, folder: Path, listener: Listener) -> None:
        """As TrainingLoop.fit, from the checkpoint in the folder when there is one."""
        if (folder / "last.pt").is_file():
            self.restore(checkpoint.load(folder / "last.pt"))
        super().fit(folder, listener)


def refiner_loss(matte: Tensor, alpha: Tensor, window: Tensor) -> Tensor:
    """L1 of alpha, of its Laplacian pyramid and of its gradient, where the window lets it change: Bx1xHxW each."""
    gradient = sum(
        (((matte - alpha).diff(dim=d).abs()) * window.narrow(d, 1, window.shape[d] - 1)).sum() for d in (2, 3)
    ) / (window.sum() + 1)
    return alpha_loss(matte, alpha, window) + 0.2 * laplacian_loss(matte, alpha, window, levels=4) + 0.5 * gradient


def refined_patches(network: Refiner, patches: PatchBatch) -> Tensor:
    """The refined mattes of a batch, Bx1xPxP, as `clipmat.refining.refine_matte` merges them."""
    free = network(patches.image, patches.base, patches.guides)
    # Clamped in value, not in gradient: what is beyond 0 or 1 can still come back.
    clamped = free + (free.clamp(0, 1) - free).detach()
    return torch.lerp(patches.base, clamped, patches.window)


def load_refiner(path: Path) -> Refiner:
    """The refiner of a run's checkpoint (its averaged weights) or of a file of `export`. Raises CheckpointError."""
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    network = Refiner()
    try:
        state = load_file(path) if path.suffix == ".safetensors" else checkpoint.load(path)["averaged"]
        network.load_state_dict(state)
    except (KeyError, RuntimeError, OSError, SafetensorError) as error:
        raise checkpoint.CheckpointError(f"{path} holds no refiner of this version: train it again") from error
    return network.eval().to(memory_format=torch.channels_last)


def export_refiner(network: Refiner, path: Path) -> int:
    """Write the weights as float16 safetensors, whole or not at all; returns the bytes."""
    from safetensors.torch import save

    data = save({name: value.half().contiguous().cpu() for name, value in network.state_dict().items()})
    with whole_file(path) as file:
        file.write(data)
    return len(data)
