"""Lightning Fabric: the device, the precision and the processes of a run, and what the processes share.

The batch, its statistics and the gradients are shared, so that several processes compute what one would.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import torch
from torch import Tensor, distributed, nn

from clipmat.devices import cpu_supports_bfloat16
from training.fitting.settings import SettingsError, TrainSettings

if TYPE_CHECKING:
    from lightning_fabric import Fabric


def build_fabric(settings: TrainSettings, device: str, processes: int, nodes: int) -> Fabric:
    """The Fabric of a run in `settings.precision` on `processes` devices of each of `nodes` machines, not launched."""
    from lightning_fabric import Fabric

    logging.getLogger("lightning_fabric").setLevel(logging.WARNING)  # each process would print a banner
    return Fabric(
        accelerator=device,
        devices=processes,
        num_nodes=nodes,
        strategy="ddp" if processes * nodes > 1 else "auto",
        precision=settings.precision,  # type: ignore[arg-type]
    )


def with_precision(settings: TrainSettings, device: str) -> TrainSettings:
    """The settings with a precision that the device computes, in place of "auto". Raises SettingsError."""
    if settings.precision == "16-mixed" and device == "cpu":
        raise SettingsError("precision 16-mixed needs a GPU: choose bf16-mixed, 32-true or auto")
    if settings.precision != "auto":
        return settings
    able = cpu_supports_bfloat16() if device == "cpu" else device == "cuda" and torch.cuda.is_bf16_supported()
    return replace(settings, precision="bf16-mixed" if able else "32-true")


def gather_rows(fabric: Fabric, own: Tensor) -> Tensor:
    """B rows of each process -> the rows of all, in the order of the processes; only the own rows pass gradients on.

    The gradients of all processes then add up to those of one process that had every row (`sum_gradients`).
    """
    if fabric.world_size == 1:
        return own
    rows = [torch.empty_like(own, requires_grad=False) for _ in range(fabric.world_size)]
    distributed.all_gather(rows, own.detach())
    rows[fabric.global_rank] = own
    return torch.cat(rows)


def sum_gradients(fabric: Fabric, parameters: Iterable[nn.Parameter]) -> None:
    """Add up the gradients of all processes, in one message."""
    if fabric.world_size == 1:
        return
    grads = [p.grad for p in parameters if p.grad is not None]
    flat = cast(Tensor, fabric.all_reduce(torch.cat([g.reshape(-1) for g in grads]), reduce_op="sum"))
    for grad, part in zip(grads, torch.split(flat, [g.numel() for g in grads]), strict=True):
        grad.copy_(part.view_as(grad))


class SharedBatchNorm(nn.BatchNorm2d):
    """Batch norm over the batches of all processes, on any device; torch's SyncBatchNorm needs a GPU.

    Every process brings the same number of images of one size. A single process does not need it.
    """

    @torch.compiler.disable  # type: ignore[untyped-decorator]
    def forward(self, x: Tensor) -> Tensor:
        """BxCxHxW -> the same, normalised and scaled."""
        if not self.training:
            return super().forward(x)
        wide = x.float()
        mean = _mean_of_all(wide.mean((0, 2, 3)))
        centred = wide - mean[:, None, None]
        variance = _mean_of_all(centred.square().mean((0, 2, 3)))
        if self.track_running_stats:
            self._update_statistics(
                mean.detach(), variance.detach(), x.numel() // x.shape[1] * distributed.get_world_size()
            )
        scale = self.weight * (variance + self.eps).rsqrt()
        return (centred * scale[:, None, None] + self.bias[:, None, None]).to(x.dtype)

    def _update_statistics(self, mean: Tensor, variance: Tensor, count: int) -> None:
        assert self.running_mean is not None and self.running_var is not None and self.momentum is not None
        assert self.num_batches_tracked is not None
        self.running_mean.lerp_(mean, self.momentum)
        self.running_var.lerp_(variance * (count / max(1, count - 1)), self.momentum)
        self.num_batches_tracked.add_(1)


def share_batch_norms(module: nn.Module) -> None:
    """Make every batch norm inside a SharedBatchNorm with the same parameters and statistics."""
    for name, child in module.named_children():
        if isinstance(child, nn.BatchNorm2d):
            shared = SharedBatchNorm(child.num_features, child.eps, child.momentum)
            shared.weight, shared.bias = child.weight, child.bias
            shared.running_mean, shared.running_var = child.running_mean, child.running_var
            shared.num_batches_tracked = child.num_batches_tracked
            setattr(module, name, shared)
        else:
            share_batch_norms(child)


class _MeanOfAll(torch.autograd.Function):
    """The mean over the processes; what comes back is the mean of what they pass back."""

    @staticmethod
    def forward(ctx: Any, own: Tensor) -> Tensor:  # noqa: ANN401
        total = own.clone()
        distributed.all_reduce(total)
        return total / distributed.get_world_size()

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Tensor:  # noqa: ANN401
        total = gradients[0].clone()
        distributed.all_reduce(total)
        return total / distributed.get_world_size()


def _mean_of_all(own: Tensor) -> Tensor:
    return _MeanOfAll.apply(own)  # type: ignore[no-any-return]
