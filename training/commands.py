"""What the commands of this package share: a user's mistake is one line, not a traceback."""

from __future__ import annotations

import sys

import typer

from clipmat.errors import UserError


class TrainingError(UserError):
    """A mistake or a lack that the user can remedy; the text is fit to be shown as it is."""


def run(app: typer.Typer, name: str) -> None:
    """Run a command; exit with 2 and one line on stderr where the user can mend it."""
    try:
        app()
    except UserError as error:
        typer.echo(f"{name}: {error}", err=True)
        sys.exit(2)
