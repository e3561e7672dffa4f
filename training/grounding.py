"""`python -m training.grounding`: teach TSP's match which words name which regions, on pooled features.

Regions are encoded once with the encoder as it stands; then only the text side and TSP's match train, by contrast
in large batches, at a hundredth of the cost of whole mattes. The result is a checkpoint for `training.train --from`.
With noun vectors and a teacher (noun_bridge.py, class_teacher.py) nouns without pictures are grounded as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import numpy as np
import typer

from training import TrainingError, run_command
from training.class_teacher import crop_of

if TYPE_CHECKING:
    from torch import Tensor

    from clipmat.model import ClipMat
    from training.class_teacher import ClassTeacher
    from training.datasets import SceneDataset
    from training.entity import Entity
    from training.phrases import Phrase
    from training.scene import Alpha

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
_SIZE = (256, 256)


class Regions(NamedTuple):
    """The inputs of TSP's match for many placed entities."""

    features: Tensor
    """RxC: its input, averaged over each entity's matte, on the device of the network."""
    entities: list[Entity | None]
    """None for a box anywhere, which only the teacher can name."""
    classes: Tensor | None = None
    """Rx1000: the teacher's logits, where there is one."""


def encode_regions(
    model: ClipMat, data: SceneDataset, first: int, count: int, teacher: ClassTeacher | None = None
) -> Regions:
    """The visible entities of `count` scenes, from number `first`; with a teacher a box anywhere in each as well.

    The encoder is used, not trained.
    """
    import torch
    import torch.nn.functional as F

    from clipmat.transforms import normalised

    assert model.popup.appearance is not None
    device = next(model.parameters()).device
    rows: list[Tensor] = []
    entities: list[Entity | None] = []
    classes: list[Tensor] = []
    for index in range(first, first + count):
        image, placed = data.scene(index, _SIZE)
        pixels = torch.from_numpy(image).permute(2, 0, 1).unsqueeze(0).float().to(device) / 255
        with torch.inference_mode():
            features = model.image_encoder(normalised(pixels, model.config))
            shallow = torch.cat([F.adaptive_avg_pool2d(level, features.grid) for level in features.levels[:2]], dim=1)
            deep = model.popup.visual_in[0](features.tokens[0, 1:])
            visual = torch.cat([deep, model.popup.appearance[0](shallow[0].flatten(1).T)], dim=1)
            found: list[tuple[Alpha, Entity | None]] = [(one.alpha, one.entity) for one in placed]
            if teacher is not None:
                found.append((_random_box(image.shape, np.random.default_rng((data.seed, index, 1 << 21))), None))
            crops = []
            for alpha, entity in found:
                cover = F.adaptive_avg_pool2d(torch.from_numpy(alpha)[None, None].to(device), features.grid).flatten()
                if cover.sum() >= 1:
                    rows.append(cover / cover.sum() @ visual)
                    entities.append(entity)
                    crops.append(crop_of(image, alpha))
            if teacher is not None and crops:
                classes.append(teacher.logits(np.stack(crops)).to(device))
    return Regions(torch.stack(rows).clone(), entities, torch.cat(classes) if classes else None)


def _random_box(shape: tuple[int, ...], rng: np.random.Generator) -> Alpha:
    alpha = np.zeros(shape[:2], np.float32)
    height, width = (int(rng.integers(side // 4, side * 3 // 4)) for side in shape[:2])
    y, x = int(rng.integers(shape[0] - height)), int(rng.integers(shape[1] - width))
    alpha[y : y + height, x : x + width] = 1
    return alpha


def possible_matches(phrases: Sequence[Phrase], entities: Sequence[Entity]) -> Tensor:
    """BxB bool: whether phrase j might refer to entity i."""
    import torch

    return torch.tensor([[phrase.possibly(entity) for phrase in phrases] for entity in entities])


def grounding_loss(model: ClipMat, regions: Regions, picks: Sequence[int], rng: np.random.Generator) -> Tensor:
    """Symmetric InfoNCE of one batch (CLIP, ICML 2021, figure 3); what might fit as well does not count as wrong."""
    import torch

    from clipmat.prompt import TEMPLATES
    from training.noun_bridge import info_nce, meaning_of_texts, places_of
    from training.phrases import phrase_of, phrase_text
    from training.wording import as_typed

    entities = [entity for i in picks if (entity := regions.entities[i]) is not None]
    assert len(entities) == len(picks)  # boxes have no words
    phrases = [phrase_of(entity, rng) for entity in entities]
    texts = [as_typed(phrase_text(phrase, rng), rng) for phrase in phrases]
    meanings = meaning_of_texts(model, texts, rng.integers(len(TEMPLATES), size=len(texts)).tolist())
    places = places_of(model, regions.features[torch.tensor(picks)])
    return info_nce(places, meanings, possible_matches(phrases, entities))


@app.command()
def ground(
    data: Annotated[list[Path], typer.Option(help="A pack; repeatable.")],
    start: Annotated[Path, typer.Option("--from", help="A training checkpoint.")],
    out: Annotated[Path, typer.Option(help="The checkpoint to write, for `training.train --from`.")],
    scenes: Annotated[int, typer.Option(help="Scenes to encode.")] = 6000,
    steps: Annotated[int, typer.Option(help="Steps of contrast.")] = 900,
    batch: Annotated[int, typer.Option(help="Regions a step.")] = 256,
    rate: Annotated[float, typer.Option(help="Peak learning rate.")] = 1e-3,
    seed: Annotated[int, typer.Option(help="Seed of the scenes and batches.")] = 11,
    device: Annotated[str, typer.Option(help="auto, cuda, mps or cpu.")] = "cpu",
    nouns: Annotated[
        Path | None, typer.Option(help="Vectors of nouns: words without pictures are grounded through them.")
    ] = None,
    teacher: Annotated[
        Path | None, typer.Option(help="MobileNetV2 with its classifier, which names regions; needs --nouns.")
    ] = None,
) -> None:
    """Ground words in regions and write a checkpoint; with --nouns also OUT.nouns.npz, for `training.train --nouns`.

    Example:

    python -m training.grounding --data PACK --from runs/compact/last.pt --out runs/ground.pt
    """
    import torch

    from clipmat import weights
    from clipmat.devices import choose_device
    from training.class_teacher import read_teacher
    from training.datasets import SceneDataset
    from training.files.entity_bank import EntityBank
    from training.fitting import checkpoint
    from training.fitting.optimizer import set_learning_rate, warmup_cosine
    from training.fitting.pretrained import noun_vectors
    from training.noun_bridge import NounBridge, bridge_loss, class_loss, grounded_nouns

    if teacher is not None and nouns is None:
        raise TrainingError("--teacher needs --nouns: the classes' names are grounded through their vectors")
    model, card = weights.load(start)
    popup = model.popup
    if popup.match is None or popup.appearance is None:
        raise TrainingError(f"{start} has no match to ground (popup_match, popup_appearance): take `compact`")
    class_teacher = read_teacher(teacher) if teacher else None
    model.to(choose_device(device).device)
    dataset = SceneDataset(EntityBank.read(data).select("train"), seed)
    regions = encode_regions(model, dataset, 0, scenes, class_teacher)
    named = [i for i, entity in enumerate(regions.entities) if entity is not None]
    typer.echo(f"{len(named)} regions of {scenes} scenes")
    torch.manual_seed(seed)
    bridge = (
        NounBridge(*noun_vectors(nouns), popup.match.text.out_features).to(regions.features.device) if nouns else None
    )
    torch.nn.init.zeros_(popup.match.out.weight)  # it was trained for the old match
    text = (model.text_tower, model.prompt, popup.text_in)
    groups = [
        {"params": [*popup.match.parameters(), *(bridge.parameters() if bridge else ())], "rate": 1.0},
        {"params": [p for part in text for p in part.parameters()], "rate": 1.0 if bridge else 0.3},
    ]
    optimizer = torch.optim.AdamW(groups, lr=rate, weight_decay=0.02)
    rng = np.random.default_rng(seed)
    model.train()
    mean = 0.0
    for step in range(steps):
        set_learning_rate(optimizer, rate * warmup_cosine(step, 30, steps))
        picks = rng.choice(named, size=min(batch, len(named)), replace=False).tolist()
        with torch.autocast(regions.features.device.type, torch.bfloat16):
            own = loss = grounding_loss(model, regions, picks, rng)
            if bridge is not None:
                loss = loss + bridge_loss(model, bridge, regions, picks, rng)
            if bridge is not None and class_teacher is not None:
                loss = loss + 0.5 * class_loss(model, bridge, regions, class_teacher.names, rng)
        optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        optimizer.step()
        mean = float(own.detach()) if step == 0 else 0.95 * mean + 0.05 * float(own.detach())
        if (step + 1) % 20 == 0:
            typer.echo(f"{step + 1}/{steps} contrast {mean:.3f}")
    model.eval()
    if bridge is not None:
        save_nouns(
            Path(f"{out}.nouns.npz"), *grounded_nouns(model, bridge, class_teacher.names if class_teacher else ())
        )
    state = {"averaged": model.state_dict(), "config": card.config.to_json(), "step": steps}
    checkpoint.save(out, state)


def save_nouns(path: Path, names: Sequence[str], vectors: Tensor) -> None:
    """Write names and NxD vectors, whole or not at all, as `noun_vectors` reads them."""
    from clipmat.files import whole_file

    with whole_file(path) as file:
        np.savez(file, names=np.array(names), vectors=vectors.cpu().numpy().astype(np.float16))


if __name__ == "__main__":
    run_command(app, "training.grounding")
