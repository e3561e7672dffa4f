"""`rim-editor doctor`: versions, device, memory, weights, codecs, display and places, to paste into an issue."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from rim_editor.commands.cutout_options import Json


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command()(doctor)


def doctor(
    as_json: Json = False,
    display: Annotated[bool, typer.Option("--display", hidden=True)] = False,
) -> None:
    """Print what a report of a problem should name, to paste into an issue; no path names you."""
    if display:
        from rim_editor.ui.application import display_facts

        typer.echo(json.dumps(display_facts()))
        return
    from rim_editor import system_report

    found = system_report.report()
    if as_json:
        typer.echo(json.dumps(found))
        return
    width = max(len(name) for facts in found.values() for name in facts)
    typer.echo("```text")
    for section, facts in found.items():
        typer.echo(section)
        for name, text in facts.items():
            typer.echo(f"  {name:<{width}}  {text}")
    typer.echo("```")
