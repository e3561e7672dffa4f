"""`rim-editor doctor`: versions, device, memory, weights, codecs, display and places, to paste into an issue."""

from __future__ import annotations

from typing import Annotated

import typer

from rim_editor.commands.cutout_options import Json
from rim_editor.commands.printing import print_json, print_result


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

        print_json(display_facts())
        return
    from rim_editor import system_report

    found = system_report.report()
    if as_json:
        print_json(found)
        return
    width = max(len(name) for facts in found.values() for name in facts)
    print_result("```text")
    for section, facts in found.items():
        print_result(section)
        for name, text in facts.items():
            print_result(f"  {name:<{width}}  {text}")
    print_result("```")
