"""`python -m training.calibration`: make weights state a presence that holds, with its two thresholds."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from training import TrainingError, run_command

if TYPE_CHECKING:
    from clipmat.certainty import PresenceScale
    from clipmat.predictor import Predictor
    from training.entity import Pixels
    from training.report.presence_scales import Asked

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
_HELD_OUT = ("val_seen", "val_unseen")
_LIKELIEST = 1e-12
"""Raw scores nearer to 0 and 1 than this are taken to be this near."""


class CalibrationError(TrainingError):
    """The presence cannot be calibrated as asked."""


class Question(NamedTuple):
    """One expression about one image."""

    set: str
    image_id: str
    image: Pixels
    expression: str
    there: bool
    """Whether it names something in the image."""


@app.command()
def calibrate(
    data: Annotated[
        list[Path],
        typer.Option(
            help="Packs, of which the photographs and scenes in their val splits are asked, and other sets that "
            "`evaluate` reads, with expressions that match nothing; repeatable."
        ),
    ],
    weights: Annotated[str, typer.Option(help="A variant's name, a .safetensors file or a checkpoint.")] = "compact",
    out: Annotated[Path | None, typer.Option(help="The .safetensors file to write, with the same tensors.")] = None,
    missed: Annotated[
        float, typer.Option(min=0, max=0.5, help="Share of what is there that may be called none.")
    ] = 0.02,
    right: Annotated[float, typer.Option(min=0.5, max=1, help="Share of sure answers that have to be there.")] = 0.9,
    seed: Annotated[int, typer.Option(min=0, help="Of the nouns that are not in an image.")] = 7,
    report: Annotated[Path | None, typer.Option(help="A Markdown file for what is printed.")] = None,
    table: Annotated[Path | None, typer.Option(help="A weights.json in which to update the checksum.")] = None,
) -> None:
    """Fit the scale of presence on held-out photographs, check it on the half that it was not fitted on, and store it.

    Each half of the images is judged by the scale of the other half; the scale of all is what is printed and written.

    Example:

    python -m training.calibration --data PACK --data SCENES --weights mine.safetensors --out mine.safetensors
    """
    from clipmat.files import write_whole
    from clipmat.predictor import Predictor
    from training.export import check_output
    from training.report import presence_scales

    if out is not None:
        check_output(out, table)
    predictor = Predictor.load(weights)
    asked = list(answers(predictor, questions(data, seed)))
    try:
        first, second = presence_scales.halves(asked)
        scales = [presence_scales.fitted(part, missed, right) for part in (first, second)]
        made = presence_scales.fitted(asked, missed, right)
    except ValueError as error:
        raise CalibrationError(
            f"no scale of presence fits ({error}): give more --data with a val split, or train the weights longer"
        ) from error
    checked = [(first, scales[1]), (second, scales[0])]
    page = "\n".join([
        f"Scale of `{weights}`: {_text(made)}.",
        f"Of the first half: {_text(scales[0])}; of the second: {_text(scales[1])}.\n",
        "Each half judged by the scale of the other, every set alike, there and absent alike:\n",
        presence_scales.reliability_markdown(checked),
        presence_scales.certainty_markdown(checked),
        "All judged by the scale of all:\n",
        presence_scales.certainty_markdown([(asked, made)]),
    ])  # fmt: skip
    typer.echo(page)
    if report is not None:
        write_whole(report, page)
    if out is not None:
        _write(predictor, made, out, table)


def questions(data: Sequence[Path], seed: int) -> Iterator[Question]:
    """What is asked: all about one image in a row. Raises a TrainingError for data that are not to be read."""
    import numpy as np

    from training.files.scenes import holds_scenes, read_scenes
    from training.report.testsets import read_sets

    others = [folder for folder in data if not holds_scenes(folder)]
    for name, samples in read_sets(others, 2, seed).items() if others else ():
        if name.startswith(("composites/", "mosaics/")):
            continue  # pasted things are told apart by their edges
        for sample in samples:
            yield Question(name, sample.image_id, sample.image, sample.expression, sample.present)
    for folder in (each for each in data if holds_scenes(each)):
        for number, scene in enumerate(read_scenes(folder, *_HELD_OUT)):
            order = np.random.default_rng((seed, number)).permutation(len(scene.absent))
            absent = [scene.absent[i] for i in order[: len(scene.there)]]
            for noun in (*scene.there, *absent):
                yield Question(folder.name, scene.id, scene.image, f"the {noun}", noun in scene.there)


def answers(predictor: Predictor, asked: Iterator[Question]) -> Iterator[Asked]:
    """The raw scores. Raises CalibrationError for weights that score nothing."""
    from clipmat.certainty import PresenceScale, shows_something
    from training.report.presence_scales import Asked

    if not predictor.card.config.presence_head:
        raise CalibrationError("these weights have no presence head: there is nothing to calibrate")
    predictor.card = replace(predictor.card, presence=PresenceScale(0.0, 0.0))
    encoded = None
    for each in asked:
        if each.image is not encoded:
            encoded = each.image
            predictor.set_image(encoded)
        found = predictor.predict(each.expression, refine=False)
        raw = min(max(found.presence, _LIKELIEST), 1 - _LIKELIEST)
        logit = math.log(raw / (1 - raw))
        yield Asked(each.set, each.image_id, each.there, logit, shows_something(found.matte))


def _text(scale: PresenceScale) -> str:
    return (
        f"sigmoid({scale.slope:.4f} * logit {scale.offset:+.4f}), none below {scale.unsure:.3f}, "
        f"sure from {scale.sure:.3f}"
    )


def _write(predictor: Predictor, scale: PresenceScale, out: Path, table: Path | None) -> None:
    from clipmat import weights as weights_files
    from training.export import write_weights

    # Read again: the predictor may hold the tensors on another device and in another layout.
    model, card = weights_files.load(predictor.weights)
    digest = write_weights(out, model, replace(card, presence=scale), table)
    typer.echo(f"{out}: sha256 {digest}")


if __name__ == "__main__":
    run_command(app, "training.calibration")
