"""From known nouns to unknown ones, by CLIP's noun vectors and ImageNet's classes.

Words of the packs are contrasted with regions directly (grounding.py), but a word without pictures would mean nothing
to the match. A linear map from noun vectors to the match's space is learnt on the nouns that have pictures, as in
zero-shot classification (DeViSE, NeurIPS 2013), and the text tower is trained to give every noun the map's vector. A
classifier's logits of each region, distilled over its class names (Hinton et al. 2015), do the same for classes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from clipmat.prompt import TEMPLATES
from training.phrases import with_article
from training.wording import as_typed

if TYPE_CHECKING:
    from clipmat.model import ClipMat
    from training.entity import Entity
    from training.grounding import Regions

SHARPNESS = 14.0
"""Inverse temperature of the contrast."""
_TEXT_WEIGHT = 8.0
"""Weight of the distance between the text tower's meaning of a noun and the map's."""


class NounBridge(nn.Module):
    """A linear map from noun vectors, less their mean, to the space in which TSP matches places and words."""

    def __init__(self, names: Sequence[str], vectors: Tensor, width: int) -> None:
        super().__init__()
        self.names = list(names)
        self.index = {name: i for i, name in enumerate(self.names)}
        unit = F.normalize(vectors.float(), dim=1)
        self.vectors: Tensor
        self.register_buffer("vectors", F.normalize(unit - unit.mean(dim=0), dim=1), persistent=False)
        self.map = nn.Linear(vectors.shape[1], width, bias=False)
        nn.init.orthogonal_(self.map.weight)

    def forward(self, nouns: Tensor) -> Tensor:
        """N rows of the nouns -> NxD unit vectors."""
        mapped: Tensor = F.normalize(self.map(self.vectors[nouns]), dim=1)
        return mapped

    def row_of(self, entity: Entity) -> int | None:
        """The row of the entity's first name that has a vector."""
        return next((self.index[name] for name in entity.names if name in self.index), None)


def meaning_of(model: ClipMat, nouns: Sequence[str], rng: np.random.Generator) -> Tensor:
    """The match's embeddings of nouns, in forms that a user might type: NxD unit vectors."""
    texts = [as_typed(with_article(rng, noun, noun), rng) for noun in nouns]
    return meaning_of_texts(model, texts, rng.integers(len(TEMPLATES), size=len(texts)).tolist())


def meaning_of_texts(model: ClipMat, texts: Sequence[str], templates: Sequence[int]) -> Tensor:
    """The match's embeddings of texts, each in the template with this number: NxD unit vectors."""
    assert model.popup.match is not None
    tokens, _ = model.tokenize(list(texts), list(templates))
    text, valid = model.encode_text(tokens.to(next(model.parameters()).device))
    return F.normalize(model.popup.match.embed_text(model.popup.text_in(text), valid), dim=1)


def places_of(model: ClipMat, features: Tensor) -> Tensor:
    """RxC of regions -> RxD unit vectors, the visual side of the match."""
    assert model.popup.match is not None
    return F.normalize(model.popup.match.visual(features), dim=1)


def info_nce(places: Tensor, meanings: Tensor, alike: Tensor) -> Tensor:
    """Symmetric InfoNCE of BxD unit vectors, row i belonging to row i (CLIP, ICML 2021, figure 3).

    What is `alike` (BxB bool, on any device) does not count as wrong.
    """
    own = torch.eye(len(places), dtype=torch.bool, device=places.device)
    scores = (SHARPNESS * places @ meanings.T).masked_fill(alike.to(places.device) & ~own, -1e4)
    answers = torch.arange(len(places), device=places.device)
    return (F.cross_entropy(scores, answers) + F.cross_entropy(scores.T, answers)) / 2


def bridge_loss(
    model: ClipMat, bridge: NounBridge, regions: Regions, picks: Sequence[int], rng: np.random.Generator
) -> Tensor:
    """InfoNCE between regions and the mapped vectors of their nouns, and 1 - cosine of 256 nouns' words to the map."""
    known = [
        (i, row) for i in picks if (e := regions.entities[i]) is not None and (row := bridge.row_of(e)) is not None
    ]
    places = places_of(model, regions.features[torch.tensor([i for i, _ in known])])
    alike = _alike([regions.entities[i] for i, _ in known], [bridge.names[row] for _, row in known])
    contrast = info_nce(places, bridge(torch.tensor([row for _, row in known])), alike)
    nouns = rng.choice(len(bridge.names), size=min(256, len(bridge.names)), replace=False)
    meanings = meaning_of(model, [bridge.names[i] for i in nouns], rng)
    distance: Tensor = (1 - (meanings * bridge(torch.from_numpy(nouns)).detach()).sum(dim=1)).mean()
    return contrast + _TEXT_WEIGHT * distance


def _alike(entities: Sequence[Entity | None], names: Sequence[str]) -> Tensor:
    """Which regions a noun names, its own among them."""
    table = [[name in e.names or name in e.maybe for name in names] for e in entities if e is not None]
    return torch.tensor(table)


def class_loss(
    model: ClipMat,
    bridge: NounBridge,
    regions: Regions,
    names: Sequence[str],
    rng: np.random.Generator,
    *,
    rows: int = 320,
    classes: int = 192,
) -> Tensor:
    """KL divergence of the match's scores of regions and class names from the teacher's, over some of the classes.

    Half of the classes are the likeliest of the drawn regions, the others random. Both ways: which class a region is,
    and which region shows a class; and over the mapped noun vectors of the classes that have one.
    """
    assert regions.classes is not None
    drawn = torch.from_numpy(rng.choice(len(regions.classes), size=min(rows, len(regions.classes)), replace=False))
    logits = regions.classes[drawn]
    likely = logits.softmax(dim=1).sum(dim=0).topk(classes // 2).indices
    others = torch.from_numpy(rng.choice(len(names), size=classes // 2, replace=False))
    chosen = torch.unique(torch.cat([likely, others.to(likely.device)]))
    places = places_of(model, regions.features[drawn])
    scores = SHARPNESS * places @ meaning_of(model, [names[c] for c in chosen.tolist()], rng).T
    expected = logits[:, chosen]
    loss = _divergence(scores, expected) + _divergence(scores.T, ((expected - expected.mean(dim=0)) / 2).T)
    known = [(i, bridge.index[name]) for i, name in enumerate(names) if name in bridge.index]
    columns, nouns = (torch.tensor(side) for side in zip(*known, strict=True))
    return loss + _divergence(SHARPNESS * places @ bridge(nouns).T, logits[:, columns])


def _divergence(scores: Tensor, expected: Tensor) -> Tensor:
    return F.kl_div(F.log_softmax(scores.float(), dim=1), expected.softmax(dim=1), reduction="batchmean")


@torch.no_grad()
def grounded_nouns(model: ClipMat, bridge: NounBridge, names: Sequence[str]) -> tuple[list[str], Tensor]:
    """The target vector of every noun in the match: the nouns of the bridge, then the others of `names`."""
    more = [name for name in dict.fromkeys(names) if name not in bridge.index]
    mapped = bridge(torch.arange(len(bridge.names)))
    if not more:
        return bridge.names, mapped
    own = meaning_of_texts(model, [f"the {name}" for name in more], [0] * len(more))
    return bridge.names + more, torch.cat([mapped, own])
