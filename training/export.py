"""`python -m training.export`: turn a training checkpoint into weights that ship or that a user loads by path."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from training import commands

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def export(
    checkpoint: Annotated[Path, typer.Argument(help="last.pt or best.pt of a run, or a .safetensors file.")],
    out: Annotated[Path, typer.Argument(help="The .safetensors file to write.")],
    threshold: Annotated[float, typer.Option(min=0, max=1, help="Presence below it means that nothing matches.")] = 0.5,
    image_size: Annotated[int, typer.Option(help="Pixels of the longer side that it looks at; 0 as trained.")] = 0,
    refiner: Annotated[Path | None, typer.Option(help="A refiner.safetensors to go into the same file.")] = None,
    licence: Annotated[str, typer.Option(help="Of the weights.")] = "Apache-2.0",
    note: Annotated[str, typer.Option(help="How they were made, in one line.")] = "",
    table: Annotated[Path | None, typer.Option(help="A weights.json whose checksum to renew.")] = None,
) -> None:
    """Write the averaged weights as float16 safetensors with their card, and print the sha256.

    Example:

    python -m training.export runs/compact/last.pt mine.safetensors --threshold 0.5
    """
    from clipmat import weights
    from clipmat.files import whole_file

    model, card = weights.load(checkpoint)
    rows = json.loads(table.read_text(encoding="utf-8")) if table is not None else {}
    config = replace(card.config, image_size=image_size) if image_size else card.config
    if refiner is not None:
        from training.refiner_fit import trained

        model.add_module("refiner", trained(refiner))
        config = replace(config, refiner=True)
    made = weights.Card(config, threshold, licence, note or card.note)
    digest = weights.save(out, model, made)
    if table is not None:
        rows.setdefault(card.config.variant, {})["sha256"] = digest
        with whole_file(table) as file:
            file.write((json.dumps(rows, indent=2) + "\n").encode())
    typer.echo(f"{out}: {out.stat().st_size / 2**20:.1f} MiB, sha256 {digest}")


if __name__ == "__main__":
    commands.run(app, "training.export")
