"""The bridge: nouns without a single picture are found through vectors that resemble those of nouns with pictures."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from clipmat.config import variant
from clipmat.model import ClipMat
from training.entity import Entity
from training.fitting.pretrained import noun_vectors
from training.grounding import Regions, save_nouns
from training.noun_bridge import NounBridge, bridge_loss, class_loss, grounded_nouns, meaning_of, places_of

SYLLABLES = ("ba", "ke", "li", "mo", "nu", "ra", "si", "to")
NOUNS = [a + b + c for a in SYLLABLES[:4] for b in SYLLABLES for c in SYLLABLES[:3]]
UNSEEN = set(NOUNS[::4])


def entity(noun: str) -> Entity:
    return Entity(noun, noun, "object", (noun,), frozenset(), (), (), "made", "train", "", "", 0)


@pytest.fixture(scope="module")
def taught():
    """What regions look like follows from their nouns' vectors by a hidden linear map."""
    torch.manual_seed(0)
    model = ClipMat(variant("compact"))
    vectors = F.normalize(torch.randn(len(NOUNS), 24), dim=1)
    hidden = torch.randn(24, model.popup.match.visual.in_features)
    centred = F.normalize(vectors - vectors.mean(dim=0), dim=1)
    looks = centred @ hidden
    seen = [i for i, noun in enumerate(NOUNS) if noun not in UNSEEN] * 3
    regions = Regions(looks[seen] + 0.1 * torch.randn(len(seen), hidden.shape[1]), [entity(NOUNS[i]) for i in seen])
    bridge = NounBridge(NOUNS, vectors, model.popup.match.text.out_features)
    parts = (model.popup.match, model.popup.text_in, model.text_tower, bridge)
    optimizer = torch.optim.AdamW([p for part in parts for p in part.parameters()], lr=2e-3)
    rng = np.random.default_rng(0)
    for _ in range(60):
        picks = rng.choice(len(seen), 64, replace=False).tolist()
        loss = bridge_loss(model, bridge, regions, picks, rng)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model.eval(), bridge, looks


@torch.no_grad()
def rank(scores: torch.Tensor) -> float:
    """How often the right one is above a wrong one: 0.5 by chance."""
    right = scores.diagonal()[:, None]
    return float((right > scores).sum() / (scores.numel() - len(scores)))


@torch.no_grad()
def test_words_without_pictures_find_their_regions(taught):
    model, bridge, looks = taught
    unseen = [i for i, noun in enumerate(NOUNS) if noun in UNSEEN]
    places = places_of(model, looks[unseen])
    assert rank(places @ bridge(torch.tensor(unseen)).T) > 0.9
    words = meaning_of(model, [NOUNS[i] for i in unseen], np.random.default_rng(1))
    assert rank(places @ words.T) > 0.75


def test_grounded_nouns_are_read_back_as_they_were_written(taught, tmp_path):
    model, bridge, _ = taught
    names, vectors = grounded_nouns(model, bridge, ("bake", NOUNS[0], "a rare bake"))
    assert names[: len(NOUNS)] == NOUNS and names[len(NOUNS) :] == ["bake", "a rare bake"]
    torch.testing.assert_close(vectors.norm(dim=1), torch.ones(len(names)))
    save_nouns(tmp_path / "nouns.npz", names, vectors)
    read, back = noun_vectors(tmp_path / "nouns.npz")
    assert read == names
    torch.testing.assert_close(back, vectors, atol=1e-3, rtol=0)


def test_class_names_take_over_the_teachers_opinion(taught):
    model, bridge, looks = taught
    names = [*NOUNS[:8], "quite else"]
    model.train()
    regions = Regions(looks[:8], [None] * 8, 6 * torch.eye(8, len(names)))
    match = model.popup.match
    optimizer = torch.optim.AdamW([*match.parameters(), *model.text_tower.parameters()], lr=2e-3)
    rng, losses = np.random.default_rng(0), []
    for _ in range(25):
        loss = class_loss(model, bridge, regions, names, rng, classes=8)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    assert np.mean(losses[-3:]) < 0.7 * np.mean(losses[:3])
