"""Averaged weights against the formula, and the network that gets them for a while."""

import pytest
import torch
from torch import nn

from training.fitting.averages import AveragedWeights


def test_an_average_follows_the_formula():
    model = nn.Linear(1, 1, bias=False)
    averages, expected = AveragedWeights(model, 0.5), float(model.weight.detach())
    for steps in (1, 2, 3, 40):
        nn.init.constant_(model.weight, float(steps))
        averages.update(model, steps)
        decay = min(0.5, (1 + steps) / (10 + steps))
        expected = decay * expected + (1 - decay) * steps
        assert float(averages.values["weight"]) == pytest.approx(expected)


def test_counters_are_copied():
    model = nn.BatchNorm2d(2)
    averages = AveragedWeights(model, 0.9)
    model(torch.rand(3, 2, 4, 4))
    averages.update(model, 1)
    assert int(averages.values["num_batches_tracked"]) == 1


def test_the_network_has_them_for_a_while_and_then_its_own_whatever_happens():
    model = nn.Linear(2, 2)
    averages = AveragedWeights(model, 0.9)
    averages.load({name: torch.full_like(value, 7.0) for name, value in model.state_dict().items()})
    own = model.weight.detach().clone()
    with pytest.raises(RuntimeError, match="stopped"), averages.applied(model):
        assert bool((model.weight == 7).all())
        raise RuntimeError("stopped")
    assert torch.equal(model.weight, own)
