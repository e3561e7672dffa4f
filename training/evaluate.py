"""`python -m training.evaluate`: how well weights matte the packs' held-out photographs and composites."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import typer

from training import commands
from training.datasets import Mix, Sample, SceneDataset
from training.entities import BankError, EntityBank, unit
from training.expressions import FORMS, negative
from training.metrics import iou, is_right_object, mad, mse, sad

if TYPE_CHECKING:
    from clipmat.model import ClipMat
    from clipmat.predictor import Prediction, Predictor

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
_SIDE = 320


@dataclass(frozen=True, slots=True)
class Result:
    """One sample and how it was matted."""

    set: str
    """photos, composites or mosaics, with the split: `photos/val_seen`."""
    expression: str
    form: str
    relation: str
    kind: str
    rivals: int
    presence: float
    present: bool
    iou: float
    right: bool
    """On the referred object; for a negative, that nothing was found."""
    sad: float
    mse: float
    mad: float


@dataclass(frozen=True, slots=True)
class Row:
    """Means over some results. Of negatives, `right` is the share answered with 'nothing'."""

    name: str
    count: int
    iou: float
    right: float
    missed: float
    """Share of present objects that were answered with 'nothing matches'."""
    sad: float
    mse: float
    mad: float


def photo_iou(model: ClipMat, bank: EntityBank) -> float:
    """Mean IoU over the bank's photographs, each asked for by its keyword; the fast look while training."""
    import torch

    from clipmat.transforms import from_output, to_input

    scores = []
    device = next(model.parameters()).device
    for photo in bank.photos:
        image, matte = bank.photo(photo)
        tokens, _ = model.tokenize([f"the {photo.keyword}"])
        with torch.inference_mode():
            encoded = model.encode_image(to_input(image, model.config).to(device))
            out = model.decode(encoded, *model.encode_text(tokens.to(device)), hard=True)
        found = from_output(out.matte[0, 0].float().cpu().numpy(), *matte.shape)
        scores.append(iou(found, unit(matte)))
    return float(np.mean(scores))


def photo_samples(bank: EntityBank, seed: int) -> Iterator[Sample]:
    """Each photograph of the bank twice: asked for by its keyword, and for a noun that is not in it."""
    from training.composition import Placed, Scene

    for number, photo in enumerate(bank.photos):
        image, mask = bank.photo(photo)
        matte = unit(mask)
        common: dict[str, Any] = {
            "image": image,
            "relation": "",
            "kind": photo.kind,
            "scene": "photo",
            "rivals": 0,
            "template": 0,
            "image_id": photo.id,
        }
        yield Sample(
            matte=matte,
            expression=f"the {photo.keyword}",
            form="keyword",
            others=(),
            category=photo.keyword,
            entity_id=photo.id,
            **common,
        )
        scene = Scene(image, (Placed(photo, matte, (0.5, 0.5), float(matte.mean()), frozenset()),), frozenset())
        made = negative(scene, bank.photos, np.random.default_rng((seed, number)))
        if made is not None:
            yield Sample(matte=np.zeros_like(matte), expression=made.text, form="negative", others=(matte,), **common)


def drawn_samples(bank: EntityBank, mix: Mix, count: int, seed: int, forms: Sequence[str]) -> Iterator[Sample]:
    """`count` scenes of the bank, without augmentation."""
    dataset = SceneDataset(bank, seed, mix, augment=False, forms=forms)
    for index in range(count):
        yield dataset.sample(index, (_SIDE, _SIDE))


def sample_sets(
    bank: EntityBank, count: int, seed: int, forms: Sequence[str] = FORMS[:4]
) -> dict[str, Iterable[Sample]]:
    """The sets of the model card by name; same seed, same samples."""
    composites, mosaics = Mix(photo=0, mosaic=0, pasted=0), Mix(photo=0, mosaic=1)
    sets: dict[str, Iterable[Sample]] = {}
    for split in ("val_seen", "val_unseen"):
        held = bank.select(split)
        if held.photos:
            sets[f"photos/{split}"] = photo_samples(held, seed)
        if held.cutouts and held.backgrounds:
            sets[f"composites/{split}"] = drawn_samples(held, composites, count, seed, forms)
        if held.photos and held.cutouts and held.backgrounds:
            sets[f"mosaics/{split}"] = drawn_samples(held, mosaics, count // 2, seed, forms)
    if not sets:
        raise BankError("the packs hold nothing in the splits val_seen and val_unseen: nothing can be measured")
    return sets


def judge(name: str, sample: Sample, prediction: Prediction) -> Result:
    """Measure one prediction."""
    matte, empty = prediction.matte, sample.form == "negative"
    return Result(
        set=name,
        expression=sample.expression,
        form=sample.form,
        relation=sample.relation,
        kind=sample.kind,
        rivals=sample.rivals,
        presence=prediction.presence,
        present=prediction.present,
        iou=iou(matte, sample.matte),
        right=not prediction.present if empty else is_right_object(matte, sample.matte, sample.others),
        sad=sad(matte, sample.matte),
        mse=mse(matte, sample.matte),
        mad=mad(matte, sample.matte),
    )


def summarise(results: Sequence[Result]) -> list[Row]:
    """Rows by set, by form, by relation, by kind, for two of a kind, and negatives."""
    positives = [r for r in results if r.form != "negative"]
    rows = []
    for name in dict.fromkeys(r.set for r in results):
        inside = [r for r in positives if r.set == name]
        rows.append(_row(name, inside))
        outside = [r for r in results if r.set == name and r.form == "negative"]
        if outside:
            rows.append(_row(f"{name}, matching nothing", outside))
        for label, key in _GROUPS if not name.startswith("photos") else _GROUPS[-1:]:
            for value in dict.fromkeys(sorted(key(r) for r in inside)):
                chosen = [r for r in inside if key(r) == value]
                if value and len(chosen) >= 5:
                    rows.append(_row(f"{name}, {label} {value}", chosen))
    return rows


_GROUPS: tuple[tuple[str, Callable[[Result], str]], ...] = (
    ("form", lambda r: r.form),
    ("position", lambda r: r.relation),
    ("two of a kind:", lambda r: "yes" if r.rivals else ""),
    ("kind", lambda r: r.kind),
)


def _row(name: str, results: Sequence[Result]) -> Row:
    def mean(values: Iterable[float]) -> float:
        return round(float(np.mean(list(values))), 4) if results else float("nan")

    return Row(
        name=name,
        count=len(results),
        iou=mean(r.iou for r in results),
        right=mean(r.right for r in results),
        missed=mean(not r.present and r.form != "negative" for r in results),
        sad=mean(r.sad for r in results),
        mse=mean(r.mse for r in results),
        mad=mean(r.mad for r in results),
    )


def markdown(rows: Sequence[Row]) -> str:
    """The rows as a Markdown table; of samples that match nothing, 1 - `right` is the share of false alarms."""
    head = "| set | samples | mean IoU | right object | missed | SAD | MSE | MAD |\n|---|---|---|---|---|---|---|---|\n"
    return head + "".join(
        f"| {r.name} | {r.count} | {'' if 'nothing' in r.name else f'{r.iou:.3f}'} | {r.right:.3f} | {r.missed:.3f} "
        f"| {r.sad:.2f} | {r.mse:.4f} | {r.mad:.4f} |\n"
        for r in rows
    )


def run(predictor: Predictor, sets: dict[str, Iterable[Sample]]) -> Iterator[tuple[Sample, Prediction, Result]]:
    """Matte every sample of every set through the public API."""
    for name, samples in sets.items():
        for sample in samples:
            predictor.set_image(sample.image)
            prediction = predictor.predict(sample.expression)
            yield sample, prediction, judge(name, sample, prediction)


@app.command()
def evaluate(
    data: Annotated[list[Path], typer.Option(help="A pack of entities, photographs and backgrounds; repeatable.")],
    weights: Annotated[str, typer.Option(help="A variant's name or a file.")] = "compact",
    count: Annotated[int, typer.Option(help="Composites a split; half as many mosaics.")] = 300,
    seed: Annotated[int, typer.Option(help="Of the composites.")] = 7,
    device: Annotated[str, typer.Option(help="auto, cuda, mps or cpu.")] = "auto",
    precision: Annotated[str, typer.Option(help="auto, float32, bfloat16 or float16.")] = "auto",
    out: Annotated[Path | None, typer.Option(help="Folder for results.json, table.md and sheet.png.")] = None,
) -> None:
    """Print the table of the model card: mean IoU, share of right objects, SAD, MSE and MAD by set, form and kind."""
    from clipmat.predictor import Predictor
    from training.sheets import sheet

    predictor = Predictor.load(weights, device=device, precision=precision)
    judged, tiles = [], []
    for number, (sample, prediction, result) in enumerate(
        run(predictor, sample_sets(EntityBank.read(data), count, seed))
    ):
        judged.append(result)
        if out is not None and number % 12 == 0:
            tiles.append((sample, prediction))
    table = markdown(summarise(judged))
    typer.echo(table)
    if out is not None:
        import cv2

        out.mkdir(parents=True, exist_ok=True)
        (out / "table.md").write_text(table, encoding="utf-8")
        (out / "results.json").write_text(json.dumps([asdict(r) for r in judged]), encoding="utf-8")
        cv2.imwrite(str(out / "sheet.png"), sheet(tiles)[..., ::-1])


if __name__ == "__main__":
    commands.run(app, "training.evaluate")
