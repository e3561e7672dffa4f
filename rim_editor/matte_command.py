"""One image, one expression, one edit, one file: the job behind `rim-editor matte`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from clipmat.certainty import Certainty
from rim_editor.document import MatteControls, check_expression
from rim_editor.edits import Cutout, Edit
from rim_editor.errors import NothingMatched
from rim_editor.framing import Framing

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from rim_editor.exporting import ExportRequest
    from rim_editor.matting import Matting

Box = tuple[int, int, int, int]
"""x0, y0, x1, y1 in pixels of the upright image; x1 and y1 are just outside."""


@dataclass(frozen=True)
class MatteJob:
    """An image, an expression, an edit, and the output; an output that ends in .ora is written in layers."""

    image: Path
    expression: str
    output: Path
    edit: Edit = Cutout()
    controls: MatteControls = MatteControls()
    weights: str = "compact"
    device: str = "auto"
    quality: int | None = None
    """1 to 100 for lossy formats; None for the usual."""
    metadata: bool = True
    """Whether the EXIF of the image is kept."""
    longest_side: int | None = None
    """Pixels to which a larger result is reduced."""
    framing: Framing = Framing()
    overwrite: bool = False
    allow_empty: bool = False
    """Write a matte without any object rather than raise NothingMatched."""
    other_inputs: tuple[Path, ...] = ()
    """Files besides the image that went into the edit and must not be written over."""


@dataclass(frozen=True)
class MatteReport:
    """The result, for a line of text or for JSON."""

    output: Path
    size: tuple[int, int]
    """Width and height of the image in pixels."""
    output_size: tuple[int, int]
    """Width and height of the result in pixels."""
    device: str
    device_reason: str
    precision: str
    presence: float
    """0 to 1, as the model gives it."""
    certainty: Certainty
    box: Box | None
    """Where the matte is above one half; None if it is nowhere."""
    milliseconds: dict[str, float]
    """decode, load, image, text, matte, edit, encode, as far as each was done."""


def check(job: MatteJob) -> None:
    """Refuse what can be refused before the image is read.

    Raises EmptyExpression, BadOption, or an error of the output.
    """
    from rim_editor import exporting

    check_expression(job.expression)
    exporting.check_output(job.output, _request(job), job.edit, (job.image, *job.other_inputs))


def cut_out(job: MatteJob, matting: Matting) -> MatteReport:
    """Do the job: check, read, find the object, edit, write. Nothing is written unless all went well.

    An image with transparency of its own keeps it: the matte is multiplied by it.
    Raises UserError, NothingMatched among them.
    """
    from clipmat import image_files
    from rim_editor import exporting, mattes, outputs
    from rim_editor.document import Answer, Combine, Document
    from rim_editor.rendering import Renderer
    from rim_editor.timing import timed

    check(job)
    request = _request(job)
    spent: dict[str, float] = {}
    with timed(spent, "decode"):
        source = image_files.read(job.image)
    with timed(spent, "load"):
        predictor = matting.predictor(job.weights, job.device)
    prediction = matting.predict(source.pixels, job.expression, weights=job.weights, device=job.device)
    spent |= {step: float(value) for step, value in prediction.timings.items()}
    presence, certainty = float(prediction.presence), prediction.certainty
    answer = Answer(job.expression, Combine.NEW, prediction.matte, presence, certainty)
    document, renderer = Document.of_one_layer(source, (answer,), edit=job.edit), Renderer(source)
    if not job.allow_empty and (certainty is Certainty.NONE or mattes.is_empty(renderer.matte(document))):
        raise NothingMatched(
            f"Nothing in this image matches '{job.expression}' (presence {presence:.2f}): "
            "use other words, or write the empty result with --allow-empty."
        )
    with timed(spent, "edit"):
        document = document.changed(controls=job.controls)
        if not job.allow_empty and mattes.is_empty(renderer.matte(document)):
            raise NothingMatched(
                f"The controls leave nothing of the matte of '{job.expression}': shift the edge less, "
                "or write the empty result with --allow-empty."
            )
        result = exporting.rendered(document, renderer, request)
    with timed(spent, "encode"):
        outputs.write(job.output, exporting.encoded(result, job.output, request), overwrite=job.overwrite)
    return MatteReport(
        output=job.output,
        size=document.size,
        output_size=(result.pixels.shape[1], result.pixels.shape[0]),
        device=predictor.device,
        device_reason=predictor.device_reason,
        precision=predictor.precision,
        presence=presence,
        certainty=certainty,
        box=box_of(renderer.matte(document)),
        milliseconds={step: round(value, 1) for step, value in spent.items()},
    )


def box_of(matte: NDArray[np.float32]) -> Box | None:
    """The smallest box around every pixel of `matte`, HxW in [0, 1], above one half; None if there is no such pixel."""
    import numpy as np

    inside = matte > 0.5
    rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
    if not len(rows):
        return None
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def _request(job: MatteJob) -> ExportRequest:
    from rim_editor.exporting import Content, ExportRequest
    from rim_editor.formats import LAYERED_SUFFIX

    return ExportRequest(
        content=Content.LAYERS if job.output.suffix.lower() == LAYERED_SUFFIX else Content.RESULT,
        quality=job.quality,
        metadata=job.metadata,
        overwrite=job.overwrite,
        longest_side=job.longest_side,
        framing=job.framing,
    )
