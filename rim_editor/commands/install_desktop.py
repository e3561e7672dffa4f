"""`rim-editor install-desktop`: an entry in the desktop's menu and under 'Open with', or with --remove none."""

from __future__ import annotations

from typing import Annotated

import typer

from rim_editor.commands.printing import print_result


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("install-desktop")(install_desktop)


def install_desktop(
    remove: Annotated[bool, typer.Option("--remove", help="Take everything away again.")] = False,
) -> None:
    """Add RIM Editor to the menu of a Linux desktop, and to 'Open with' of images and projects, for you alone."""
    from rim_editor import desktop_entry

    if remove:
        gone = desktop_entry.remove()
        for path in gone:
            print_result(f"removed {path}")
        print_result("RIM Editor is no longer in the menu." if gone else "There is no entry to remove.")
        return
    command = desktop_entry.own_command()
    for path in desktop_entry.install(command):
        print_result(f"wrote {path}")
    print_result(f"RIM Editor is in the menu, and starts as '{' '.join(command)}'; --remove takes it away.")
