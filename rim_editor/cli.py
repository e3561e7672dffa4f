"""The command line: `rim-editor matte` and `rim-editor models`; arguments in, one line or JSON out.

Only typer is imported here; what a command needs beyond it is imported when the command runs.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rim_editor.edit_options import EditName, EditOptions, edit_from
from rim_editor.edits import Fit, Style
from rim_editor.errors import EditorError, EditorWarning
from rim_editor.matting import ClipMatError, ExpressionTruncated, Matting

if TYPE_CHECKING:
    from rim_editor.matting import WeightsInfo
    from rim_editor.single import Job, Report

PROGRAM = "rim-editor"
INTERRUPTED = 130

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
models_app = typer.Typer()
app.add_typer(models_app, name="models")


class Device(StrEnum):
    """Where the model runs."""

    AUTO = "auto"
    CUDA = "cuda"
    CPU = "cpu"
    MPS = "mps"


Json = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; None reads it from the process.

    Returns the exit code: 0 done, 2 a mistake or a lack that one line on stderr names with its remedy,
    3 nothing matched the expression, 130 interrupted.
    """
    command = typer.main.get_command(app)
    usage_error: Any = typer.BadParameter.__base__  # Typer exports the class of its usage errors no other way
    with warnings.catch_warnings():
        for ours in (EditorWarning, ExpressionTruncated):
            warnings.simplefilter("always", ours)
        warnings.showwarning = _say_warning
        try:
            code = command.main(args=arguments, prog_name=PROGRAM, standalone_mode=False) or 0
        except (EditorError, ClipMatError) as error:
            _say(str(error))
            return getattr(error, "exit_code", EditorError.exit_code)
        except usage_error as error:
            where = error.ctx.command_path if error.ctx else PROGRAM
            _say(f"{error.format_message().rstrip('. ')}: see '{where} --help'.")
            return EditorError.exit_code
        except typer.Abort:
            code = INTERRUPTED
        if code == INTERRUPTED:
            _say("interrupted: nothing was written.")
        return int(code)


def _say(text: str) -> None:
    typer.echo(f"{PROGRAM}: {' '.join(text.split())}", err=True)


def _say_warning(message: Warning | str, *where: object, **to: object) -> None:
    _say(f"warning: {message}")


def _print_version(wanted: bool) -> None:
    if wanted:
        import rim_editor

        typer.echo(f"{PROGRAM} {rim_editor.__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def root(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Cut one thing out of a photograph by describing it, on this machine alone."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@app.command()
def matte(
    image: Annotated[Path, typer.Argument(help="The photograph: JPEG, PNG, WebP, TIFF, HEIC, AVIF …")],
    expression: Annotated[str, typer.Argument(help="What to cut out, such as 'the flower on the left'.")],
    output: Annotated[Path, typer.Option("-o", "--output", help=".png, .webp, .tiff, .avif or .jpg.")],
    edit: Annotated[EditName, typer.Option(help="What to make of the object.")] = EditName.CUTOUT,
    color: Annotated[
        str | None, typer.Option(help="Of solid, of the tint, beside a fitted background: '#rrggbb'.")
    ] = None,
    background: Annotated[Path | None, typer.Option(help="The image behind the object.")] = None,
    fit: Annotated[Fit | None, typer.Option(help="How the background meets the size: cover.")] = None,
    style: Annotated[Style | None, typer.Option(help="How highlight sets the object apart: dim.")] = None,
    strength: Annotated[float | None, typer.Option(min=0.0, max=1.0, help="Of the highlight, 0 to 1: 0.7.")] = None,
    depth: Annotated[int | None, typer.Option(help="Bits of the matte, 8 or 16: 8.")] = None,
    quality: Annotated[
        int | None, typer.Option(min=1, max=100, help="Of WebP, AVIF and JPEG: 90. WebP at 100 is lossless.")
    ] = None,
    weights: Annotated[str, typer.Option(help="A model's name, or a file of weights.")] = "compact",
    device: Annotated[Device, typer.Option(help="Where the model runs.")] = Device.AUTO,
    as_json: Json = False,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing file, an input too.")] = False,
    allow_empty: Annotated[
        bool, typer.Option("--allow-empty", help="Write the result even if nothing matches.")
    ] = False,
) -> None:
    """Cut the object that EXPRESSION names out of IMAGE."""
    from rim_editor import single

    options = EditOptions(color, background, fit, style, strength, depth)
    job = single.Job(
        image=image,
        expression=expression,
        output=output,
        edit=edit_from(edit, options),
        weights=weights,
        device=device.value,
        quality=quality,
        overwrite=force,
        allow_empty=allow_empty,
        other_inputs=(background,) if background else (),
    )
    report = single.cut_out(job, Matting())
    if as_json:
        typer.echo(json.dumps(_report_data(job, edit, report)))
        return
    seconds = sum(report.milliseconds.values()) / 1000
    reason = f" ({report.device_reason})" if report.device_reason else ""
    typer.echo(
        f"{typer.format_filename(output)}: presence {report.presence:.2f}, {seconds:.1f} s on {report.device}{reason}"
    )


@models_app.callback(invoke_without_command=True)
def models(context: typer.Context, as_json: Json = False) -> None:
    """Show the models, where their weights are, and fetch what is missing."""
    from rim_editor import matting

    if context.invoked_subcommand is not None:
        return
    found = matting.catalogue()
    if as_json:
        typer.echo(json.dumps([_weights_data(info) for info in found]))
        return
    for info in found:
        size = f", {info.bytes / 1e6:.0f} MB" if info.bytes is not None else ""
        typer.echo(f"{info.name}: {info.state}{size}, {info.licence}")
        typer.echo(f"    {info.description}")
        if info.path is not None:
            typer.echo(f"    {typer.format_filename(info.path)}")
        if info.remedy:
            typer.echo(f"    {info.remedy}")


@models_app.command()
def fetch(
    name: Annotated[str, typer.Argument(help="The model's name, as `rim-editor models` lists it.")],
    as_json: Json = False,
) -> None:
    """Download what a model needs, once and verified; all else works offline."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

    from rim_editor import matting

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(name, total=None)
        path = matting.fetch(name, lambda done, total: bar.update(task, completed=done, total=total))
    if as_json:
        typer.echo(json.dumps({"name": name, "path": str(path)}))
    else:
        typer.echo(f"{name} is fetched: {typer.format_filename(path)}")


def _report_data(job: Job, edit: EditName, report: Report) -> dict[str, object]:
    return {
        "image": str(job.image),
        "expression": job.expression,
        "output": str(report.output),
        "edit": edit.value,
        "size": report.size,
        "weights": job.weights,
        "device": report.device,
        "device_reason": report.device_reason,
        "precision": report.precision,
        "presence": report.presence,
        "present": report.present,
        "box": report.box,
        "milliseconds": report.milliseconds,
    }


def _weights_data(info: WeightsInfo) -> dict[str, object]:
    return {
        "name": info.name,
        "description": info.description,
        "path": None if info.path is None else str(info.path),
        "bytes": info.bytes,
        "licence": info.licence,
        "state": info.state,
        "remedy": info.remedy,
    }
