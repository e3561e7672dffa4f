"""`python -m training.strands`: write a pack of strand entities."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from training import run_command

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def strands(
    out: Annotated[Path, typer.Option(help="Folder for the pack; it must not hold one yet.")],
    count: Annotated[int, typer.Option(help="Cut-outs; the families take turns.")] = 200,
    seed: Annotated[int, typer.Option(help="Same seed, same bytes.")] = 1,
    side: Annotated[int, typer.Option(help="Pixels of the square that each is drawn in.")] = 384,
) -> None:
    """Draw hair, webs, lace, smoke, glass and the like, with exact alpha, as a pack for `training.train --data`.

    Example:

    python -m training.strands --out strands --count 200 --seed 1
    """
    from training.strands.pack import write_pack

    index = write_pack(out, count, seed, side)
    typer.echo(f"{index}: {count} cut-outs")


if __name__ == "__main__":
    run_command(app, "training.strands")
