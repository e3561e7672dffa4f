"""One image, one expression, one edit, one file: the job behind `rim-editor matte`."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rim_editor.edits import Cutout, Edit, MatteOnly
from rim_editor.errors import EmptyExpression, NothingMatched

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from rim_editor.matting import Matting

Box = tuple[int, int, int, int]
"""x0, y0, x1, y1 in pixels of the upright image; x1 and y1 lie just outside."""


@dataclass(frozen=True)
class Job:
    """What to cut out of which file, and where to."""

    image: Path
    expression: str
    output: Path
    edit: Edit = Cutout()
    weights: str = "compact"
    device: str = "auto"
    quality: int | None = None
    """1 to 100 for lossy formats; None for the usual."""
    overwrite: bool = False
    allow_empty: bool = False
    """Write a matte without any object rather than raise NothingMatched."""
    other_inputs: tuple[Path, ...] = ()
    """Files besides the image that went into the edit and must not be written over."""


@dataclass(frozen=True)
class Report:
    """What came out, fit for a line of text or for JSON."""

    output: Path
    size: tuple[int, int]
    """Width and height in pixels."""
    device: str
    device_reason: str
    precision: str
    presence: float
    """0 to 1, as the model says it."""
    present: bool
    box: Box | None
    """Where the matte is above one half; None where it nowhere is."""
    milliseconds: dict[str, float]
    """decode, load, image, text, matte, edit, encode, as far as each was done."""


def check(job: Job) -> None:
    """Refuse what can be refused before the image is read: EmptyExpression, or an error of the output."""
    from rim_editor import exports

    if not any(character.isalnum() for character in job.expression):
        raise EmptyExpression("The expression is empty: say what to cut out, such as 'the red flower'.")
    exports.check(
        job.output,
        transparent=job.edit.transparent,
        depth=job.edit.depth if isinstance(job.edit, MatteOnly) else 8,
        quality=job.quality,
        inputs=(job.image, *job.other_inputs),
        overwrite=job.overwrite,
    )


def cut_out(job: Job, matting: Matting) -> Report:
    """Do the job: check, read, find the object, edit, write. Nothing is written unless all went well.

    An image with transparency of its own keeps it: the matte is multiplied by it.
    Raises EditorError, NothingMatched among them, and ClipMatError.
    """
    from rim_editor import edits, exports, images

    check(job)
    spent: dict[str, float] = {}
    with _timed(spent, "decode"):
        opened = images.read(job.image)
    with _timed(spent, "load"):
        predictor = matting.predictor(job.weights, job.device)
    prediction = matting.predict(opened.pixels, job.expression, weights=job.weights, device=job.device)
    spent |= {step: float(value) for step, value in prediction.timings.items()}
    matte = prediction.matte if opened.alpha is None else _limited(prediction.matte, opened.alpha)
    if not job.allow_empty and not (prediction.present and matte.max() >= 0.5 / 255):
        raise NothingMatched(
            f"Nothing in this image matches '{job.expression}' (presence {prediction.presence:.2f}): "
            "use other words, or write the empty result with --allow-empty."
        )
    with _timed(spent, "edit"):
        result = edits.apply(opened.pixels, matte, job.edit)
    with _timed(spent, "encode"):
        exports.write(job.output, result, exif=opened.exif, quality=job.quality, overwrite=job.overwrite)
    return Report(
        output=job.output,
        size=(matte.shape[1], matte.shape[0]),
        device=predictor.device,
        device_reason=predictor.device_reason,
        precision=predictor.precision,
        presence=float(prediction.presence),
        present=bool(prediction.present),
        box=box_of(matte),
        milliseconds={step: round(value, 1) for step, value in spent.items()},
    )


def box_of(matte: NDArray[np.float32]) -> Box | None:
    """The smallest box around every pixel of `matte`, HxW in [0, 1], above one half; None where none is."""
    import numpy as np

    inside = matte > 0.5
    rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
    if not len(rows):
        return None
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def _limited(matte: NDArray[np.float32], alpha: NDArray[np.uint8]) -> NDArray[np.float32]:
    import numpy as np

    return np.asarray(matte * (alpha / np.float32(255)), np.float32)


@contextmanager
def _timed(spent: dict[str, float], step: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    spent[step] = (time.perf_counter() - start) * 1000
