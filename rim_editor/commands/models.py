"""`rim-editor models`: the weights that there are, where they are on this machine, and fetching what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from rim_editor.commands.cutout_options import Json
from rim_editor.commands.printing import print_json, print_result

if TYPE_CHECKING:
    from rim_editor.matting import WeightsInfo

models_app = typer.Typer()


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.add_typer(models_app, name="models")


@models_app.callback(invoke_without_command=True)
def models(context: typer.Context, as_json: Json = False) -> None:
    """Show the models, where their weights are, and fetch what is missing."""
    from rim_editor import matting

    if context.invoked_subcommand is not None:
        return
    found = matting.catalogue()
    if as_json:
        print_json([_weights_data(info) for info in found])
        return
    for info in found:
        size = f", {info.bytes / 1e6:.0f} MB" if info.bytes is not None else ""
        print_result(f"{info.name}: {info.state}{size}, {info.licence}")
        print_result(f"    {info.description}")
        if info.path is not None:
            print_result(f"    {info.path}")
        if info.remedy:
            print_result(f"    {info.remedy}")


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
        print_json({"name": name, "path": str(path)})
    else:
        print_result(f"{name} is fetched: {path}")


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
