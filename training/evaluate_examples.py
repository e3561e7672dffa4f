"""`python -m training.evaluate_examples`: does an example, marked in one photograph, find its kind in the others?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from training import TrainingError, run_command

if TYPE_CHECKING:
    from clipmat.certainty import Certainty
    from clipmat.examples import Example
    from clipmat.predictor import Predictor
    from training.entity import Entity
    from training.files.entity_bank import EntityBank

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
WORD, EXAMPLE, BOTH = "word", "example", "both"
WAYS = (WORD, EXAMPLE, BOTH)
_SPLITS = {"val": ("val_seen", "val_unseen"), "train": ("train",)}
_RIGHT = 0.5
"""Intersection over union from which on an answer is counted as right."""


class ExamplesError(TrainingError):
    """Examples cannot be measured as asked."""


class Found(NamedTuple):
    """One question about one photograph."""

    kind: str
    """The keyword of what was asked for."""
    way: str
    """One of WAYS."""
    there: bool
    """Whether the photograph is of that kind."""
    iou: float
    """With the photograph's matte, 0..1; 0 where it is not of that kind."""
    certainty: Certainty


@app.command()
def evaluate_examples(
    data: Annotated[list[Path], typer.Option(help="Packs, of which the photographs are asked; repeatable.")],
    weights: Annotated[str, typer.Option(help="A variant's name, a .safetensors file or a checkpoint.")] = "compact",
    split: Annotated[str, typer.Option(help="val, or train to choose a rule by.")] = "val",
    least: Annotated[int, typer.Option(min=2, help="Photographs that a kind must have.")] = 7,
    most: Annotated[int, typer.Option(min=2, help="Photographs of a kind that are asked.")] = 30,
    marked: Annotated[int, typer.Option(min=1, help="Photographs of a kind that examples are marked in.")] = 3,
    elsewhere: Annotated[int, typer.Option(min=0, help="Photographs of other kinds that are asked, a kind.")] = 12,
    seed: Annotated[int, typer.Option(min=0, help="Of the photographs that are drawn.")] = 7,
    report: Annotated[Path | None, typer.Option(help="A Markdown file for what is printed.")] = None,
) -> None:
    """Mark photographs of a kind as examples, and ask for them in the others: beside the word, and against it alone.

    Example:

    python -m training.evaluate_examples --data PACK --data PACK2
    """
    from clipmat.files import write_whole
    from clipmat.predictor import Predictor
    from training.files.entity_bank import EntityBank

    if split not in _SPLITS:
        raise ExamplesError(f"split '{split}' is not known: choose {' or '.join(_SPLITS)}")
    bank = EntityBank.read(data).select(*_SPLITS[split])
    kinds = drawn_kinds(bank.photos, least, most, seed)
    if not kinds:
        raise ExamplesError(f"no kind has {least} photographs in {split}: give more --data, or a smaller --least")
    found = list(answers(Predictor.load(weights), bank, kinds, marked, elsewhere, seed))
    page = tables(found, {kind: len(photos) for kind, photos in kinds.items()})
    typer.echo(page)
    if report is not None:
        write_whole(report, page)


def drawn_kinds(photos: Sequence[Entity], least: int, most: int, seed: int) -> dict[str, list[Entity]]:
    """The photographs by their keyword in a random order, at most `most`; the kind with most of them first."""
    import numpy as np

    by_keyword = defaultdict(list)
    for photo in photos:
        by_keyword[photo.keyword].append(photo)
    kinds = {}
    for keyword, every in sorted(by_keyword.items(), key=lambda item: (-len(item[1]), item[0])):
        if len(every) >= least:
            order = np.random.default_rng(seed).permutation(len(every))[:most]
            kinds[keyword] = [every[i] for i in order]
    return kinds


def answers(
    predictor: Predictor,
    bank: EntityBank,
    kinds: Mapping[str, Sequence[Entity]],
    marked: int,
    elsewhere: int,
    seed: int,
) -> Iterator[Found]:
    """Ask for each kind in its photographs, and in others; never for an example in its own photograph."""
    import numpy as np

    examples: dict[str, dict[str, Example]] = {}
    for kind, photos in kinds.items():
        examples[kind] = {}
        for photo in photos[:marked]:
            image, matte = bank.photo(photo)
            predictor.set_image(image)
            examples[kind][photo.id] = predictor.example(np.divide(matte, 255, dtype=np.float32))
    every = [photo for photos in kinds.values() for photo in photos]
    for kind, photos in kinds.items():
        others = [photo for photo in every if _is_other(photo, photos[0])]
        order = np.random.default_rng((seed, len(kind))).permutation(len(others))[:elsewhere]
        for photo in (*photos, *(others[i] for i in order)):
            yield from _asked(predictor, bank, photo, kind, examples[kind])


def _asked(
    predictor: Predictor, bank: EntityBank, photo: Entity, kind: str, examples: Mapping[str, Example]
) -> Iterator[Found]:
    import numpy as np

    from training.metrics import iou

    image, matte = bank.photo(photo)
    truth, there = np.divide(matte, 255, dtype=np.float32), photo.keyword == kind
    predictor.set_image(image)
    asked: list[tuple[str, str, Example | None]] = [(WORD, f"the {kind}", None)]
    for name, marked in examples.items():
        if name != photo.id:
            asked += [(EXAMPLE, "", marked), (BOTH, f"the {kind}", marked)]
    for way, expression, example in asked:
        prediction = predictor.predict(expression, example=example, refine=False)
        yield Found(kind, way, there, iou(prediction.matte, truth) if there else 0.0, prediction.certainty)


def _is_other(photo: Entity, of_kind: Entity) -> bool:
    """Whether what a photograph shows is surely of another kind."""
    people = photo.kind == of_kind.kind == "human"
    return not people and not ({*photo.names, *photo.maybe} & {of_kind.keyword}) and photo.keyword not in of_kind.names


def tables(found: Sequence[Found], counts: Mapping[str, int]) -> str:
    """Markdown: mean IoU and the share that is right by kind, and how sure the answers are there and elsewhere."""
    from clipmat.certainty import Certainty
    from training.report.tables import table

    head = ["kind", "photographs", *(f"{way}: {value}" for way in WAYS for value in ("asked", "IoU", "right"))]
    lines = [[kind, str(count), *_cells(found, [kind])] for kind, count in counts.items()]
    lines.append(["every kind alike", str(sum(counts.values())), *_cells(found, list(counts))])
    levels = list(Certainty)
    sure_lines = [
        [f"{way}, {'there' if there else 'elsewhere'}", str(len(chosen)), *(_share(c.certainty is level for c in chosen)
                                                                           for level in levels)]
        for way in WAYS
        for there in (True, False)
        if (chosen := [each for each in found if each.way == way and each.there == there])
    ]  # fmt: skip
    return f"{table(head, lines)}\n\n{table(['asked by', 'questions', *map(str, levels)], sure_lines)}\n"


def _cells(found: Sequence[Found], kinds: Sequence[str]) -> list[str]:
    """Of each way: questions, mean IoU and share right; means over kinds."""
    cells = []
    for way in WAYS:
        ious = [
            [each.iou for each in found if (each.kind, each.way, each.there) == (kind, way, True)] for kind in kinds
        ]
        ious = [values for values in ious if values]
        right = [fmean(value >= _RIGHT for value in values) for values in ious]
        cells += [str(sum(map(len, ious))), _mean(map(fmean, ious)), _mean(right)]
    return cells


def _mean(values: Iterable[float]) -> str:
    every = list(values)
    return f"{fmean(every):.3f}" if every else ""


def _share(values: Iterable[bool]) -> str:
    return _mean(map(float, values))


if __name__ == "__main__":
    run_command(app, "training.evaluate_examples")
