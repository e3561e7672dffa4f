"""Training: data, fitting and measuring of the network, and what all of its commands share."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from clipmat.errors import UserError

if TYPE_CHECKING:
    import typer


class TrainingError(UserError):
    """The base of the errors that this package raises."""


def run_command(app: typer.Typer, name: str) -> None:
    """Run a command; a UserError becomes one line on stderr and its exit code, not a traceback."""
    import typer

    try:
        app()
    except UserError as error:
        typer.echo(f"{name}: {error}", err=True)
        sys.exit(error.exit_code)
