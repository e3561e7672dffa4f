"""Patches with a real network's coarse mattes come back from their file."""

import numpy as np
import pytest
import torch

from clipmat import weights
from training.refiner import pairs
from training.refiner.pairs import PairsError, StoredPatches, network_patches, write_patches


@pytest.fixture(scope="module")
def blind():
    """A network of random weights that finds everything: its matte is a fixed square."""
    torch.manual_seed(0)
    return weights.untrained("compact")[0]


def test_pairs_come_back_from_their_file(bank, blind, tmp_path, monkeypatch):
    monkeypatch.setattr(pairs, "MIN_IOU", -1.0)  # random weights find nothing
    made = list(network_patches(blind, bank.select("train"), 3, seed=1))
    assert write_patches(tmp_path / "pairs.npz", iter(made)) == 3
    read = StoredPatches.read(tmp_path / "pairs.npz")
    assert len(read) == 3
    found = [read.draw(np.random.default_rng(seed)) for seed in range(30)]
    same = [f for f in found if torch.equal(f.image, made[0].image)]
    assert same
    for name, tolerance in (("base", 0.003), ("window", 0.003), ("alpha", 0.003), ("guides", 0.01)):
        torch.testing.assert_close(
            getattr(same[0], name), getattr(made[0], name).clamp(-30, 30), atol=tolerance, rtol=0.01
        )


def test_a_missing_file_of_pairs_says_how_it_is_made(tmp_path):
    with pytest.raises(PairsError, match=r"none.npz holds no pairs .*training.refine pairs --out"):
        StoredPatches.read(tmp_path / "none.npz")
