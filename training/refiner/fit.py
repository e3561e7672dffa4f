"""Training of the refiner: steps that can be stopped and resumed exactly."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from clipmat.files import whole_file
from clipmat.refiner import Refiner
from training import checkpoint
from training.losses import alpha_loss, laplacian_loss
from training.refiner.patches import Example

Draw = Callable[[np.random.Generator, Refiner], Example]


@dataclass(frozen=True, slots=True)
class RefinerSettings:
    """What decides a run besides the data."""

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


@dataclass(frozen=True, slots=True)
class Progress:
    """One step, as a log shows it."""

    step: int
    loss: float
    coarse: float
    """Mean absolute error of the coarse matte in the window."""
    refined: float
    """The same of the refined matte."""


def refiner_loss(matte: Tensor, alpha: Tensor, window: Tensor) -> Tensor:
    """Alpha L1, Laplacian pyramid and L1 of the slopes, where the window lets the matte change: Bx1xHxW each."""
    slopes = sum(
        (((matte - alpha).diff(dim=d).abs()) * window.narrow(d, 1, window.shape[d] - 1)).sum() for d in (2, 3)
    ) / (window.sum() + 1)
    return alpha_loss(matte, alpha, window) + 0.2 * laplacian_loss(matte, alpha, window, levels=4) + 0.5 * slopes


def answer(network: Refiner, example: Example) -> Tensor:
    """The refined matte of a batch, Bx1xPxP, as `clipmat.refiner.refine_matte` merges it."""
    free = network(example.image, example.base, example.guides)
    # Clamped in value, not in slope: what is beyond 0 or 1 can still come back.
    clamped = free + (free.clamp(0, 1) - free).detach()
    return torch.lerp(example.base, clamped, example.window)


def fit(
    draw: Draw,
    out: Path,
    settings: RefinerSettings,
    seed: int = 0,
    device: str = "cpu",
    begin: Refiner | None = None,
) -> Iterator[Progress]:
    """Train in `out`, from its checkpoint when there is one, else from `begin` or from scratch; yields after each step.

    Every step draws its patches with a generator of its own, so a resumed run sees what an unbroken one would have
    seen, as far as `draw` remembers nothing. Writes `last.pt` whole or not at all.
    """
    torch.manual_seed(seed)
    network = Refiner()
    if begin is not None:
        network.load_state_dict(begin.state_dict())
    network = network.to(torch.device(device)).to(memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(network.parameters(), lr=settings.learning_rate, weight_decay=settings.weight_decay)
    averaged = {name: value.detach().clone() for name, value in network.state_dict().items()}
    first = 0
    if (out / "last.pt").is_file():
        state = checkpoint.load(out / "last.pt")
        network.load_state_dict(state["network"])
        optimiser.load_state_dict(state["optimiser"])
        averaged = {name: value.to(device) for name, value in state["averaged"].items()}
        first = state["step"]
    for step in range(first, settings.steps):
        rate = settings.learning_rate * _schedule(step, settings)
        for group in optimiser.param_groups:
            group["lr"] = rate
        example = draw(np.random.default_rng((seed, step)), network)
        example = Example(*(part.to(device) for part in example))
        with torch.autocast(device, torch.bfloat16, enabled=settings.bfloat16):
            matte = answer(network, example)
        loss = refiner_loss(matte, example.alpha, example.window)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(network.parameters(), settings.clip)
        optimiser.step()
        decay = min(settings.ema, (step + 1) / (step + 10))
        for name, value in network.state_dict().items():
            averaged[name].lerp_(value, 1 - decay)
        done = step + 1
        if done % settings.save_every == 0 or done == settings.steps:
            state = {"network": network.state_dict(), "optimiser": optimiser.state_dict(), "averaged": averaged}
            checkpoint.save(out / "last.pt", {**state, "step": done})
        with torch.no_grad():
            errors = [float(alpha_loss(m, example.alpha, example.window)) for m in (example.base, matte)]
        yield Progress(done, float(loss.detach()), *errors)


def trained(path: Path) -> Refiner:
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


def export(network: Refiner, path: Path) -> int:
    """Write the weights as float16 safetensors, whole or not at all; returns the bytes."""
    from safetensors.torch import save

    data = save({name: value.half().contiguous().cpu() for name, value in network.state_dict().items()})
    with whole_file(path) as file:
        file.write(data)
    return len(data)


def _schedule(step: int, settings: RefinerSettings) -> float:
    if step < settings.warmup:
        return (step + 1) / settings.warmup
    through = (step - settings.warmup) / max(1, settings.steps - settings.warmup)
    return 0.5 * (1 + float(np.cos(np.pi * through)))
