"""Grounding: regions are the entities of scenes, what might fit counts as right, and words find their regions."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from clipmat.config import variant
from clipmat.model import ClipMat
from training.datasets import SceneDataset
from training.fitting import checkpoint
from training.fitting.settings import Phase, TrainSettings
from training.grounding import Regions, encode_regions, grounding_loss, possible_matches
from training.phrases import phrase_of

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def grounded(bank):
    torch.manual_seed(0)
    model = ClipMat(variant("compact")).eval()
    data = SceneDataset(bank.select("train"), 1)
    return model, encode_regions(model, data, 0, 24)


def test_a_region_a_visible_entity(grounded):
    model, regions = grounded
    assert len(regions.entities) == len(regions.features) >= 24
    assert regions.features.shape[1] == model.popup.match.visual.in_features
    assert torch.isfinite(regions.features).all()


def test_what_might_fit_is_known(bank):
    rng = np.random.default_rng(0)
    entities = [e for e in bank.cutouts if e.keyword in ("cup", "dog")][:6]
    phrases = [phrase_of(e, rng) for e in entities]
    table = possible_matches(phrases, entities)
    assert table.diagonal().all()
    for i, entity in enumerate(entities):
        for j, phrase in enumerate(phrases):
            if entity.keyword != entities[j].keyword:
                assert not table[i, j], (entity.keyword, phrase.noun)


def test_words_find_their_regions(grounded, bank):
    """On features that tell keyword and colour apart, the words must learn to."""
    model, _ = grounded
    popup = model.popup
    kinds = {(e.keyword, e.colours[0].name): None for e in bank.cutouts}
    inputs = popup.match.visual.in_features
    looks = {kind: torch.randn(inputs, generator=torch.Generator().manual_seed(i)) for i, kind in enumerate(kinds)}
    seen = torch.stack([looks[e.keyword, e.colours[0].name] for e in bank.cutouts])
    regions = Regions(seen, list(bank.cutouts))
    parts = (popup.match, popup.text_in, model.text_tower)
    optimizer = torch.optim.AdamW([p for part in parts for p in part.parameters()], lr=2e-3)
    rng, losses = np.random.default_rng(0), []
    for _ in range(40):
        picks = rng.choice(len(regions.entities), 16, replace=False).tolist()
        loss = grounding_loss(model, regions, picks, rng)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    assert np.mean(losses[-5:]) < 0.6 * np.mean(losses[:5])


def test_the_command_writes_what_train_starts_from(pack, tmp_path):
    torch.manual_seed(0)
    model = ClipMat(variant("compact"))
    state = {"averaged": model.state_dict(), "config": model.config.to_json(), "step": 0}
    checkpoint.save(tmp_path / "start.pt", state)
    command = [sys.executable, "-m", "training.grounding", "--data", str(pack), "--from", str(tmp_path / "start.pt"),
               "--out", str(tmp_path / "out.pt"), "--scenes", "8", "--steps", "2", "--batch", "8"]  # fmt: skip
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    settings = TrainSettings("compact", (Phase(1, ((64, 64),), 1),))
    assert checkpoint.begin_from(str(tmp_path / "out.pt"), settings).config == model.config
