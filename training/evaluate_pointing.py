"""`python -m training.evaluate_pointing`: what clicks, a box and no words at all give on held-out samples."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from training import run_command

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from clipmat.pointing import Click, Corners
    from clipmat.predictor import Predictor
    from training.samples import Sample
    from training.scene import Alpha

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
WORDS, CORRECTED, CLICK, BOX, MAIN = (
    "words",
    "words that failed, and one click",
    "one click alone",
    "box alone",
    "nothing said: main subject",
)
WAYS = (WORDS, CORRECTED, CLICK, BOX, MAIN)
_FAILED, _GOOD = 0.5, 0.7
"""Intersection over union below which words failed, and from which on an answer is good."""


class Pointed(NamedTuple):
    """One question about one sample."""

    set: str
    way: str
    """One of WAYS."""
    iou: float
    """With the true matte, 0..1."""


@app.command()
def evaluate_pointing(
    data: Annotated[list[Path], typer.Option(help="Packs, of which the held-out parts are asked; repeatable.")],
    weights: Annotated[str, typer.Option(help="A variant's name, a .safetensors file or a checkpoint.")] = "compact",
    count: Annotated[int, typer.Option(min=1, help="Composites of each split.")] = 60,
    limit: Annotated[int | None, typer.Option(min=1, help="Samples of each set at most.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of the samples that are drawn.")] = 0,
    refine: Annotated[bool, typer.Option(help="Run the post-refiner; the overlap hardly changes.")] = False,
    report: Annotated[Path | None, typer.Option(help="A Markdown file for what is printed.")] = None,
) -> None:
    """Ask for what is there by its words; where these fail, with one click more; then by a click, a box, or nothing.

    The click that corrects is in the middle of the largest error: on what is missing, or beside on what is too much.
    The click alone is deepest inside the object, the box around what is at least half there.

    Example:

    python -m training.evaluate_pointing --data PACK --data SCENES --weights runs/mine/last.pt
    """
    from clipmat.files import write_whole
    from clipmat.predictor import Predictor
    from training.report.testsets import read_sets

    sets = read_sets(data, count, seed, limit=limit)
    page = table(list(answers(Predictor.load(weights), sets, refine)))
    typer.echo(page)
    if report is not None:
        write_whole(report, page)


def answers(predictor: Predictor, sets: Mapping[str, Iterable[Sample]], refine: bool) -> Iterator[Pointed]:
    """Each way in which a sample can be asked for, for all samples that name something."""
    from training.metrics import iou

    for name, samples in sets.items():
        for sample in samples:
            if not sample.present or sample.matte.max() < _FAILED:
                continue
            predictor.set_image(sample.image)
            truth = sample.matte

            def ask(words: str = "", points: Sequence[Click] = (), box: Corners | None = None) -> Alpha:
                return predictor.predict(words, points=points, box=box, refine=refine).matte

            found = ask(sample.expression)
            yield Pointed(name, WORDS, iou(found, truth))
            if iou(found, truth) < _FAILED:
                correction = [correcting_click(found, truth)]
                yield Pointed(name, CORRECTED, iou(ask(sample.expression, points=correction), truth))
            yield Pointed(name, CLICK, iou(ask(points=[deepest_click(truth)]), truth))
            yield Pointed(name, BOX, iou(ask(box=around(truth)), truth))
            if not sample.others and predictor.card.config.prompts:
                yield Pointed(name, MAIN, iou(ask(), truth))


def correcting_click(found: Alpha, truth: Alpha) -> Click:
    """In the middle of the largest connected error of an answer: True where something is missing.

    HxW mattes in [0, 1] of which at least one pixel differs by more than a half; else in the middle of the truth.
    """
    missing, surplus = (truth > 0.5) & (found <= 0.5), (found > 0.5) & (truth <= 0.5)
    (deep, x, y), (surplus_deep, other_x, other_y) = _middle(missing), _middle(surplus)
    if not max(deep, surplus_deep):
        return deepest_click(truth)
    return (x, y, True) if deep >= surplus_deep else (other_x, other_y, False)


def deepest_click(truth: Alpha) -> Click:
    """On the pixel of a matte that is farthest from its border."""
    _, x, y = _middle(truth > 0.5)
    return x, y, True


def around(truth: Alpha) -> Corners:
    """The box around what is at least half there of a matte."""
    from training.simulated_pointing import box_around

    return box_around(truth, 0.5)


def table(found: Sequence[Pointed]) -> str:
    """The answers as Markdown: a row for each way and set."""
    lines = [
        f"| asked by | set | samples | IoU | below {_FAILED} | at least {_GOOD} |",
        "|---|---|---:|---:|---:|---:|",
    ]
    for way in WAYS:
        for name in dict.fromkeys(one.set for one in found):
            ious = [one.iou for one in found if one.way == way and one.set == name]
            if ious:
                failed, good = (fmean(test) for test in ([v < _FAILED for v in ious], [v >= _GOOD for v in ious]))
                lines.append(f"| {way} | {name} | {len(ious)} | {fmean(ious):.3f} | {failed:.2f} | {good:.2f} |")
    return "\n".join(lines) + "\n"


def _middle(plane: NDArray[np.bool_]) -> tuple[float, float, float]:
    """How deep the deepest pixel of a bool plane is, and its x, y."""
    import cv2
    import numpy as np

    depth = cv2.distanceTransform(np.pad(plane.astype(np.uint8), 1), cv2.DIST_L2, 5)[1:-1, 1:-1]
    row, column = np.unravel_index(int(depth.argmax()), depth.shape)
    return float(depth.max()), float(column) + 0.5, float(row) + 0.5


if __name__ == "__main__":
    run_command(app, "training.evaluate_pointing")
