"""The command line: `rim-editor [open | matte | batch | render | models]`; arguments in, window, a line or JSON out.

Only typer is imported here; what a command needs beyond it is imported when the command runs.
"""

from __future__ import annotations

import json
import os
import sys
import warnings
from collections.abc import Container, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from clipmat.errors import UserError, UserFacingWarning
from rim_editor.commands import batch, render
from rim_editor.commands.cutout_options import CutoutOptions, Json, with_cutout_options
from rim_editor.errors import BadOption, OutputExists
from rim_editor.matting import Matting

if TYPE_CHECKING:
    from rim_editor.commands.matte import MatteReport
    from rim_editor.matting import WeightsInfo

PROGRAM = "rim-editor"
INTERRUPTED = 130

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
models_app = typer.Typer()
app.add_typer(models_app, name="models")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; None reads it from the process. Without a command it opens the window.

    Returns the exit code: 0 done, 2 an error, which one line on stderr names with its remedy,
    3 nothing matched the expression, 130 interrupted.
    """
    # Before torch is imported: its threads sleep while they wait for each other. By default they keep the processor
    # busy, which takes many times as long as the work as soon as another program needs it too.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    given = sys.argv[1:] if arguments is None else list(arguments)
    usage_error: Any = typer.BadParameter.__base__  # Typer exports the class of its usage errors no other way
    with warnings.catch_warnings():
        warnings.simplefilter("always", UserFacingWarning)
        warnings.showwarning = _print_warning
        try:
            code = open_window([Path(word) for word in given]) if _are_files(given) else _parse_and_run(given)
        except UserError as error:
            _print_error(_error_text(error))
            return error.exit_code
        except usage_error as error:
            where = error.ctx.command_path if error.ctx else PROGRAM
            _print_error(f"{error.format_message().rstrip('. ')}: see '{where} --help'.")
            return UserError.exit_code
        except (typer.Abort, KeyboardInterrupt):
            code = INTERRUPTED
        if code == INTERRUPTED:
            _print_error("interrupted: nothing was written.")
        return int(code)


def _are_files(words: Sequence[str]) -> bool:
    """Whether files are all there is, so that the window needs not wait until typer has loaded what parses options."""
    return all(not word.isidentifier() and not word.startswith("-") and Path(word).exists() for word in words)


def _parse_and_run(words: list[str]) -> int:
    command: Any = typer.main.get_command(app)
    words = _with_command(words, command.commands)
    return int(command.main(args=words, prog_name=PROGRAM, standalone_mode=False) or 0)


def _with_command(words: list[str], commands: Container[str]) -> list[str]:
    first = words[0] if words else "open"
    if first in commands or first in ("--help", "--version"):
        return words or [first]
    if not first.startswith("-") and not Path(first).exists():
        raise BadOption(f"'{first}' is neither a command nor a file: check its name, or see '{PROGRAM} --help'.")
    return ["open", *words]


def _error_text(error: UserError) -> str:
    if isinstance(error, OutputExists):
        return f"{error.problem}: choose another name, or replace it on purpose with --force."
    return str(error)


def _print_error(text: str) -> None:
    typer.echo(f"{PROGRAM}: {' '.join(text.split())}", err=True)


def _print_warning(message: Warning | str, *where: object, **to: object) -> None:
    _print_error(f"warning: {message}")


def _print_version(wanted: bool) -> None:
    if wanted:
        import rim_editor

        typer.echo(f"{PROGRAM} {rim_editor.__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Cut one thing out of a photograph by describing it, on this machine alone.

    Without a command, the window opens, with the images and projects that are named.
    """


@app.command("open")
def open_window(
    images: Annotated[
        list[Path] | None, typer.Argument(metavar="[FILE]...", help="Images and projects to open.")
    ] = None,
    debug_stalls: Annotated[
        bool, typer.Option("--debug-stalls", help="Say on stderr when the window stalls for over 16 ms.")
    ] = False,
) -> int:
    """Open the window; `rim-editor photo.jpg` does the same."""
    from rim_editor.ui.application import run

    return run(images or (), debug_stalls=debug_stalls)


@app.command()
@with_cutout_options
def matte(
    *,
    image: Annotated[Path, typer.Argument(help="The photograph: JPEG, PNG, WebP, TIFF, HEIC, AVIF …")],
    expression: Annotated[
        str, typer.Argument(metavar="[EXPRESSION]", help="What to cut out, such as 'the flower on the left'.")
    ] = "",
    output: Annotated[
        Path, typer.Option("-o", "--output", help=".png, .webp, .tiff, .avif or .jpg; .ora or .psd for layers.")
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
        typer.Option(metavar="FILE", help="Save what was found as a .rimexample, to find it in other images."),
    ] = None,
    as_json: Json = False,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing file, an input too.")] = False,
    allow_empty: Annotated[
        bool, typer.Option("--allow-empty", help="Write an empty result if nothing matches.")
    ] = False,
) -> None:
    """Cut the object that EXPRESSION names, or that --point, --box or --example show, out of IMAGE."""
    from rim_editor.commands import matte, pointing_options

    asked = {"image": str(image), "expression": expression, "weights": options.weights}
    for name, path in (("example", options.example), ("save_example", save_example)):
        asked |= {} if path is None else {name: str(path)}
    answered: dict[str, object] = {"certainty": None, "presence": None}
    try:
        job = matte.MatteJob(
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
            points=tuple(pointing_options.read_point(text) for text in point or ()),
            corners=None if box is None else pointing_options.read_box(box),
        )
        report = matte.cut_out(
            job, Matting(), lambda certainty, presence: answered.update(certainty=certainty, presence=presence)
        )
    except UserError as error:
        if as_json:
            ended = {"output": None, "error": _error_text(error), "exit_code": error.exit_code}
            typer.echo(json.dumps(asked | answered | ended))
        raise
    if as_json:
        typer.echo(json.dumps(asked | answered | _report_data(options.description.name.value, report)))
        return
    seconds = sum(report.milliseconds.values()) / 1000
    reason = f" ({report.device_reason})" if report.device_reason else ""
    typer.echo(
        f"{typer.format_filename(output)}: presence {report.presence:.2f}, {seconds:.1f} s on {report.device}{reason}"
    )


batch.register(app)
render.register(app)


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
