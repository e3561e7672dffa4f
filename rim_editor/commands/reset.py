"""`rim-editor reset`: lists settings, caches and logs, asks, and removes them; what the user made stays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from rim_editor.commands.printing import print_result
from rim_editor.errors import EditorError

if TYPE_CHECKING:
    from rim_editor.places import KnownPlace


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command()(reset)


def reset(
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Remove settings, presets, caches and logs, after listing them; images, projects and weights stay."""
    from rim_editor import places

    found, kept = places.removable(), places.kept()
    if not found:
        print_result("There are no settings, caches or logs to remove.")
    for place in found:
        print_result(f"remove {_described(place)}")
    for place in kept:
        print_result(f"keep   {_described(place)}")
    if not found:
        return
    print_result(
        "Your images, projects and exports stay where they are, and the entry in the menu of applications too,"
    )
    print_result("which 'rim-editor install-desktop --remove' takes away.")
    if _window_is_open():
        raise EditorError(
            "A window is open, which would write its settings again: close it first; nothing was removed."
        )
    if not yes:
        typer.confirm("Remove them?", abort=True)
    places.remove(found)
    print_result("Removed.")


def _described(place: KnownPlace) -> str:
    size = place.bytes
    shown = f"{size / 1e6:.1f} MB" if size >= 1e5 else f"{size / 1e3:.1f} kB"
    return f"{place.name}: {place.path} ({shown})"


def _window_is_open() -> bool:
    try:
        from rim_editor.ui.single_instance import is_open
    except ImportError:  # without Qt there is no window
        return False
    return is_open()
