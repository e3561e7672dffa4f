"""The exponential moving average of a network's weights (EMA): the ones that are validated, exported and shipped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import torch
from torch import Tensor, nn


class AveragedWeights:
    """The moving average of everything in a network's state dict; what is not floating point is copied.

    The decay rises to its final value in the first steps, so that the average soon forgets the initial weights.
    """

    def __init__(self, model: nn.Module, decay: float) -> None:
        self.decay = decay
        self.values = {name: value.detach().clone() for name, value in model.state_dict().items()}
        """By name as in the network's state dict, on its device."""

    @torch.no_grad()
    def update(self, model: nn.Module, steps: int) -> None:
        """Update the averages with the weights after this number of optimiser steps, at least one."""
        decay = min(self.decay, (1 + steps) / (10 + steps))
        for name, value in model.state_dict().items():
            average = self.values[name]
            if average.is_floating_point():
                average.lerp_(value, 1 - decay)
            else:
                average.copy_(value)

    def load(self, values: Mapping[str, Tensor]) -> None:
        """Go on from the averages of a checkpoint."""
        self.values = {name: values[name].to(average.device) for name, average in self.values.items()}

    @contextmanager
    def applied(self, model: nn.Module) -> Iterator[None]:
        """Inside this context the network has the averaged weights; afterwards its own again."""
        own = {name: value.clone() for name, value in model.state_dict().items()}
        model.load_state_dict(self.values)
        try:
            yield
        finally:
            model.load_state_dict(own)
