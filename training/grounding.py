"""`python -m training.grounding`: teach TSP's match which words name which regions, on pooled features.

Regions are encoded once with the encoder as it stands; then only the text side and TSP's match train, by contrast
in large batches, at a hundredth of the cost of whole mattes. The result is a checkpoint for `training.train --from`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import numpy as np
import typer

from training import commands

if TYPE_CHECKING:
    from torch import Tensor

    from clipmat.model import ClipMat
    from training.datasets import SceneDataset
    from training.entity import Entity
    from training.phrases import Phrase

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
_SIZE = (192, 192)


class Regions(NamedTuple):
    """What TSP's match sees of many placed entities."""

    seen: Tensor
    """RxC: its input, averaged over each entity's matte."""
    entities: list[Entity]


def encode_regions(model: ClipMat, data: SceneDataset, first: int, count: int) -> Regions:
    """The visible entities of `count` scenes, from number `first`. The encoder is read, not trained."""
    import torch
    import torch.nn.functional as F

    from clipmat.transforms import normalised

    assert model.popup.appearance is not None
    rows, entities = [], []
    for index in range(first, first + count):
        image, placed = data.scene(index, _SIZE)
        pixels = torch.from_numpy(image).permute(2, 0, 1).unsqueeze(0).float() / 255
        with torch.inference_mode():
            features = model.image_encoder(normalised(pixels, model.config))
            shallow = torch.cat([F.adaptive_avg_pool2d(level, features.grid) for level in features.levels[:2]], dim=1)
            deep = model.popup.visual_in[0](features.tokens[0, 1:])
            seen = torch.cat([deep, model.popup.appearance[0](shallow[0].flatten(1).T)], dim=1)
            for one in placed:
                cover = F.adaptive_avg_pool2d(torch.from_numpy(one.alpha)[None, None], features.grid).flatten()
                if cover.sum() >= 1:
                    rows.append(cover / cover.sum() @ seen)
                    entities.append(one.entity)
    return Regions(torch.stack(rows).clone(), entities)


def fits(phrases: Sequence[Phrase], entities: Sequence[Entity]) -> Tensor:
    """BxB bool: whether entity i might be called by phrase j."""
    import torch

    return torch.tensor([[phrase.possibly(entity) for phrase in phrases] for entity in entities])


def contrast(model: ClipMat, regions: Regions, picks: Sequence[int], rng: np.random.Generator) -> Tensor:
    """Symmetric InfoNCE of one batch (CLIP, ICML 2021, figure 3); what might fit as well is no wrong answer."""
    import torch
    import torch.nn.functional as F

    from clipmat.prompt import TEMPLATES
    from training.phrases import phrase_of, said
    from training.wording import as_typed

    assert model.popup.match is not None
    entities = [regions.entities[i] for i in picks]
    phrases = [phrase_of(entity, rng) for entity in entities]
    texts = [as_typed(said(phrase, rng), rng) for phrase in phrases]
    tokens, _ = model.tokenize(texts, rng.integers(len(TEMPLATES), size=len(texts)).tolist())
    text, valid = model.encode_text(tokens)
    meaning = model.popup.match.meaning(model.popup.text_in(text), valid)
    places = model.popup.match.visual(regions.seen[torch.tensor(picks)])
    scores = 14 * F.normalize(places, dim=1) @ F.normalize(meaning, dim=1).T
    same = torch.eye(len(picks), dtype=torch.bool)
    scores = scores.masked_fill(fits(phrases, entities) & ~same, -1e4)
    answers = torch.arange(len(picks))
    return (F.cross_entropy(scores, answers) + F.cross_entropy(scores.T, answers)) / 2


@app.command()
def ground(
    data: Annotated[list[Path], typer.Option(help="A pack; repeatable.")],
    start: Annotated[Path, typer.Option("--from", help="A training checkpoint.")],
    out: Annotated[Path, typer.Option(help="The checkpoint to write, for `training.train --from`.")],
    scenes: Annotated[int, typer.Option(help="Scenes to encode.")] = 6000,
    steps: Annotated[int, typer.Option(help="Steps of contrast.")] = 900,
    batch: Annotated[int, typer.Option(help="Regions a step.")] = 256,
    rate: Annotated[float, typer.Option(help="Peak learning rate.")] = 1e-3,
    seed: Annotated[int, typer.Option(help="Of scenes and batches.")] = 11,
) -> None:
    """Ground words in regions and write a checkpoint.

    Example:

    python -m training.grounding --data PACK --from runs/compact/last.pt --out runs/ground.pt
    """
    import torch

    from clipmat import weights
    from training import checkpoint
    from training.datasets import SceneDataset
    from training.entities import EntityBank
    from training.fitting.rates import schedule

    model, card = weights.load(start)
    dataset = SceneDataset(EntityBank.read(data).select("train"), seed)
    regions = encode_regions(model, dataset, 0, scenes)
    typer.echo(f"{len(regions.entities)} regions of {scenes} scenes")
    popup = model.popup
    assert popup.match is not None
    torch.nn.init.zeros_(popup.match.out.weight)  # what it used to say of the old match is void
    text = (model.text_tower, model.prompt, popup.text_in)
    groups = [
        {"params": list(popup.match.parameters()), "rate": rate},
        {"params": [p for part in text for p in part.parameters()], "rate": 0.3 * rate},
    ]
    optimizer = torch.optim.AdamW(groups, lr=rate, weight_decay=0.02)
    rng = np.random.default_rng(seed)
    model.train()
    mean = 0.0
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = group["rate"] * schedule(step, 30, steps)
        picks = rng.choice(len(regions.entities), size=min(batch, len(regions.entities)), replace=False).tolist()
        with torch.autocast("cpu", torch.bfloat16):
            loss = contrast(model, regions, picks, rng)
        optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        optimizer.step()
        mean = float(loss.detach()) if step == 0 else 0.95 * mean + 0.05 * float(loss.detach())
        if (step + 1) % 20 == 0:
            typer.echo(f"{step + 1}/{steps} contrast {mean:.3f}")
    state = {"averaged": model.state_dict(), "config": card.config.to_json(), "step": steps}
    checkpoint.save(out, state)


if __name__ == "__main__":
    commands.run(app, "training.grounding")
