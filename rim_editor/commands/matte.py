"""`rim-editor matte`: one image, one expression, one edit, one file; a line of text or JSON.

Options, job and report are together here, for a new option goes through all of them. Typer does not ask whether a file
is readable (`readable`), in the other commands neither: whoever opens it names the remedy.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clipmat.certainty import Certainty, shows_a_guess, with_threshold
from clipmat.expression import MAIN_SUBJECT
from rim_editor.commands import pointing_options
from rim_editor.commands.cutout_options import CutoutOptions, Json, with_cutout_options
from rim_editor.commands.printing import print_json, print_result
from rim_editor.documents.composition import Composition
from rim_editor.documents.document import MatteControls, check_expression
from rim_editor.documents.edits import Cutout, Edit
from rim_editor.documents.framing import Framing
from rim_editor.errors import BadOption, EditorWarning, NothingMatched
from rim_editor.matting import Matting

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from clipmat.examples import Example
    from clipmat.pointing import Click, Corners
    from rim_editor.files.exporting import ExportRequest

Box = tuple[int, int, int, int]
"""x0, y0, x1, y1 in pixels of the upright image; x1 and y1 are just outside."""


@dataclass(frozen=True)
class MatteJob:
    """An image, what to find, an edit, and the output; an output that ends in .ora is written in layers."""

    image: Path
    expression: str
    output: Path
    edit: Edit = Cutout()
    controls: MatteControls = MatteControls()
    composition: Composition = Composition()
    """Where the object stands on its background, and what it has around it."""
    weights: str = "compact"
    device: str = "auto"
    quality: int | None = None
    """1 to 100 for lossy formats; None for the usual."""
    metadata: bool = True
    """Whether EXIF, XMP, IPTC and resolution of the image are kept."""
    longest_side: int | None = None
    """Pixels to which a larger result is reduced."""
    framing: Framing = Framing()
    overwrite: bool = False
    best_guess: bool = False
    """Write the best match even where its certainty is NONE."""
    at_least: float | None = None
    """The presence, 0 to 1, below which nothing matches; None for the bar of the weights."""
    allow_empty: bool = False
    """Write a matte without any object rather than raise NothingMatched."""
    other_inputs: tuple[Path, ...] = ()
    """Files besides the image that went into the edit and must not be written over."""
    points: tuple[Click, ...] = ()
    """x, y in pixels of the upright image, and whether the object is there."""
    corners: Corners | None = None
    """x0, y0, x1, y1 of a box around the object, in pixels of the upright image."""
    example: Example | None = None
    """What was selected in another image, to be found in this one."""
    save_example: Path | None = None
    """Where to save what is found here as an example."""
    page: int | None = None
    """Which page or frame of the image to read, from 1; None for the first of full size."""


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
    """By the bar of the job, if it has one."""
    box: Box | None
    """Where the matte is above one half; None if it is nowhere."""
    milliseconds: dict[str, float]
    """decode, load, image, text, matte, edit, encode, as far as each was done."""


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("matte")(matte)


@with_cutout_options
def matte(
    *,
    context: typer.Context,
    image: Annotated[Path, typer.Argument(readable=False, help="The photograph: JPEG, PNG, WebP, TIFF, HEIC, AVIF …")],
    expression: Annotated[
        str | None,
        typer.Argument(
            metavar="[EXPRESSION]",
            help="What to cut out, such as 'the flower on the left'; the main subject if it is left out.",
        ),
    ] = None,
    output: Annotated[
        Path,
        typer.Option(
            "-o", "--output", readable=False, help=".png, .webp, .tiff, .avif or .jpg; .ora or .psd for layers."
        ),
    ],
    options: CutoutOptions,
    point: Annotated[
        list[str] | None,
        typer.Option(metavar="X,Y[,-]", help="A pixel of the object, or with ',-' one beside it; may be repeated."),
    ] = None,
    box: Annotated[
        str | None, typer.Option(metavar="X0,Y0,X1,Y1", help="Two corners of a box around the object, in pixels.")
    ] = None,
    save_example: Annotated[
        Path | None,
        typer.Option(
            readable=False, metavar="FILE", help="Save what was found as a .rimexample, to find it in other images."
        ),
    ] = None,
    as_json: Json = False,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing file, an input too.")] = False,
    allow_empty: Annotated[
        bool, typer.Option("--allow-empty", help="Write an empty result if nothing matches.")
    ] = False,
) -> None:
    """Cut the object that EXPRESSION names, or that --point, --box or --example show, out of IMAGE."""
    if expression is None:
        expression = "" if point or box or options.example else MAIN_SUBJECT
    known: dict[str, object] = context.obj
    known |= {"image": str(image), "expression": expression, "weights": options.weights}
    for name, path in (("example", options.example), ("save_example", save_example)):
        known |= {} if path is None else {name: str(path)}
    known |= {"certainty": None, "presence": None, "output": None}
    job = MatteJob(
        image=image,
        expression=expression,
        output=output,
        edit=options.description.read(),
        controls=options.controls,
        composition=options.composition,
        weights=options.weights,
        device=options.device.value,
        quality=options.quality_of(output.suffix.lower()),
        metadata=not options.no_metadata,
        longest_side=options.longest,
        framing=options.framing,
        overwrite=force,
        best_guess=options.best_guess,
        at_least=options.at_least,
        allow_empty=allow_empty,
        other_inputs=tuple(filter(None, (options.background, options.example))),
        example=options.example_read,
        save_example=save_example,
        page=options.page,
        points=tuple(pointing_options.read_point(text) for text in point or ()),
        corners=None if box is None else pointing_options.read_box(box),
    )
    report = cut_out(job, Matting(), lambda certainty, presence: known.update(certainty=certainty, presence=presence))
    if as_json:
        print_json(known | _report_data(options.description.name.value, report))
        return
    seconds = sum(report.milliseconds.values()) / 1000
    reason = f" ({report.device_reason})" if report.device_reason else ""
    print_result(f"{output}: presence {report.presence:.2f}, {seconds:.1f} s on {report.device}{reason}")


def check(job: MatteJob) -> None:
    """Refuse what can be refused before the image is read.

    Raises EmptyExpression, BadOption, or an error of the output.
    """
    from rim_editor.files import exporting, formats, outputs

    if job.image.suffix.lower() == formats.PROJECT_SUFFIX:
        raise BadOption(f"'{job.image}' is a project: name an image, or use `rim-editor render` on it.")
    if job.expression or not (job.points or job.corners or job.example):
        check_expression(job.expression)
    if job.save_example is not None:
        outputs.check(job.save_example, inputs=(job.image, *job.other_inputs), overwrite=job.overwrite)
    exporting.check_output(job.output, _request(job), job.edit, (job.image, *job.other_inputs))


def cut_out(
    job: MatteJob, matting: Matting, on_answer: Callable[[Certainty, float], None] | None = None
) -> MatteReport:
    """Do the job: check, read, find the object, edit, write. Nothing is written unless all went well.

    `on_answer` is called with certainty and presence as soon as they are known. An image with transparency of its
    own keeps it: the matte is at most that. Warns with an EditorWarning when the answer is not sure.
    Raises UserError, NothingMatched among them.
    """
    import numpy as np

    from clipmat import image_files
    from clipmat.pointing import Pointing
    from rim_editor import model_requests
    from rim_editor.documents import mattes
    from rim_editor.documents.answer_texts import doubt
    from rim_editor.documents.document import Combine, Document
    from rim_editor.documents.rendering import Renderer
    from rim_editor.documents.step_names import prompted
    from rim_editor.files import exporting, outputs
    from rim_editor.model_requests import ModelOptions, ModelQuestion
    from rim_editor.timing import timed

    check(job)
    request, options = _request(job), ModelOptions(job.weights, job.device)
    spent: dict[str, float] = {}
    matting.link_ahead()
    with timed(spent, "decode"):
        source = image_files.read(job.image, page=job.page)
    with timed(spent, "load"):
        predictor = matting.predictor(**asdict(options))
    question = ModelQuestion(job.expression, Combine.NEW, Pointing(job.points, job.corners), example=job.example)
    found = model_requests.find(matting, options, Document(source), question, draft=False)
    spent |= {step: float(value) for step, value in found.prediction.timings.items()}
    answer, renderer, note = found.part(question), Renderer(source), found.note
    del found
    certainty = with_threshold(answer.certainty, answer.presence, answer.matte, job.at_least)
    answer = replace(answer, certainty=certainty)
    empty = mattes.is_empty(renderer.matte(Document.of_one_layer(source, (answer,))))
    if empty:
        answer = replace(answer, certainty=Certainty.NONE)
    if on_answer is not None:
        on_answer(answer.certainty, answer.presence)
    guess = not empty and shows_a_guess(answer.matte)
    refused = answer.certainty is Certainty.NONE and not (guess and job.best_guess)
    if refused and not job.allow_empty:
        instead = "the best guess with --best-guess" if guess else "the empty result with --allow-empty"
        raise NothingMatched(f"{doubt(answer)}: use other words, or write {instead}.")
    if refused:
        answer = replace(answer, matte=np.zeros_like(answer.matte))
    document = Document.of_one_layer(source, (answer,), edit=job.edit)
    if answer.pointing and note:
        warnings.warn(note, EditorWarning, stacklevel=2)
    if doubt(answer) and not refused:
        advice = "this is the best guess" if answer.certainty is Certainty.NONE else "check the result"
        warnings.warn(f"{doubt(answer)}: {advice}.", EditorWarning, stacklevel=2)
    with timed(spent, "edit"):
        document = document.changed(controls=job.controls, composition=job.composition)
        if not job.allow_empty and mattes.is_empty(renderer.matte(document)):
            raise NothingMatched(
                f"The controls leave nothing of the matte of '{prompted(answer)}': shift the edge less, "
                "or write the empty result with --allow-empty."
            )
        ready = exporting.prepared(document, renderer, request)
    example = None
    if job.save_example is not None:
        selected = renderer.matte(document.changed(controls=MatteControls()))
        with timed(spent, "example"):
            example = matting.example(source.pixels, selected, job.expression, source=job.image.name, **asdict(options))
    box, size, presence = box_of(renderer.matte(document)), document.size, answer.presence
    certainty = answer.certainty
    del answer, document, renderer, source, question  # of a large photograph they take many bytes a pixel
    with timed(spent, "edit"):
        result = ready.rendered()
    del ready
    with timed(spent, "encode"):
        exporting.write(result, job.output, request)
        if job.save_example is not None and example is not None:
            outputs.write(job.save_example, example.to_bytes(), overwrite=job.overwrite)
    return MatteReport(
        output=job.output,
        size=size,
        output_size=(result.pixels.shape[1], result.pixels.shape[0]),
        device=predictor.device,
        device_reason=predictor.device_reason,
        precision=predictor.precision,
        presence=presence,
        certainty=certainty,
        box=box,
        milliseconds={step: round(value, 1) for step, value in spent.items()},
    )


def box_of(matte: NDArray[np.float32]) -> Box | None:
    """The smallest box around every pixel of `matte`, HxW in [0, 1], above one half; None if there is no such pixel."""
    from rim_editor.documents.strokes import box_around

    box = box_around(matte > 0.5)
    return None if box is None else (box[1].start, box[0].start, box[1].stop, box[0].stop)


def _request(job: MatteJob) -> ExportRequest:
    from rim_editor.files.exporting import Content, ExportRequest
    from rim_editor.files.formats import LAYERED_SUFFIXES

    return ExportRequest(
        content=Content.LAYERS if job.output.suffix.lower() in LAYERED_SUFFIXES else Content.RESULT,
        quality=job.quality,
        metadata=job.metadata,
        overwrite=job.overwrite,
        longest_side=job.longest_side,
        framing=job.framing,
    )


def _report_data(edit: str, report: MatteReport) -> dict[str, object]:
    return {
        "output": str(report.output),
        "edit": edit,
        "size": report.size,
        "output_size": report.output_size,
        "device": report.device,
        "device_reason": report.device_reason,
        "precision": report.precision,
        "box": report.box,
        "milliseconds": report.milliseconds,
        "exit_code": 0,
    }
