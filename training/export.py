"""`python -m training.export`: turn a training checkpoint into weights that ship or that a user loads by path."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from training import TrainingError, run_command

if TYPE_CHECKING:
    from clipmat.model import ClipMat
    from clipmat.weights import ModelCard

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


class ExportError(TrainingError):
    """Weights cannot be written as asked."""


@app.command()
def export(
    checkpoint: Annotated[Path, typer.Argument(help="last.pt or best.pt of a run, or exported weights.")],
    out: Annotated[Path, typer.Argument(help="The .safetensors file to write.")],
    unsure: Annotated[
        float | None, typer.Option(min=0, max=1, help="Stated presence below which nothing matches; kept by default.")
    ] = None,
    sure: Annotated[
        float | None, typer.Option(min=0, max=1, help="Stated presence from which a match is sure; kept by default.")
    ] = None,
    image_size: Annotated[
        int, typer.Option(min=0, help="Longer side of the network's input in pixels; 0 keeps the trained size.")
    ] = 0,
    refiner: Annotated[Path | None, typer.Option(help="A refiner.safetensors to include in the file.")] = None,
    licence: Annotated[str, typer.Option(help="Of the weights.")] = "Apache-2.0",
    note: Annotated[str, typer.Option(help="How they were made, in one line.")] = "",
    data: Annotated[
        list[Path] | None, typer.Option(help="A pack it was trained on; repeatable. Its nouns travel with the weights.")
    ] = None,
    table: Annotated[Path | None, typer.Option(help="A weights.json in which to update the checksum.")] = None,
    shard_mib: Annotated[
        int | None, typer.Option(min=1, help="Split a larger file into shards of at most so many MiB, with an index.")
    ] = None,
) -> None:
    """Write the averaged weights as float16 safetensors with their card, and print the sha256.

    Example:

    python -m training.export runs/compact/last.pt mine.safetensors
    """
    from clipmat import weights, weights_shards

    check_output(out, table)
    model, card = weights.load(checkpoint)
    if image_size % card.config.multiple:
        raise ExportError(
            f"--image-size {image_size} is not a multiple of {card.config.multiple}, which this network needs"
        )
    config = replace(card.config, image_size=image_size) if image_size else card.config
    if refiner is not None:
        from training.refiner.refiner_trainer import load_refiner

        model.refiner = load_refiner(refiner)
        config = replace(config, refiner=True)
    given = {name: value for name, value in (("unsure", unsure), ("sure", sure)) if value is not None}
    try:
        scale = replace(card.presence, **given)
    except ValueError as error:
        raise ExportError(f"{error}: give --unsure and --sure that fit, or calibrate the weights") from error
    nouns = _nouns(data) if data else card.nouns
    made = weights.ModelCard(config, scale, licence, note or card.note, nouns)
    shard_bytes = None if shard_mib is None else shard_mib * 2**20
    digest = write_weights(out, model, made, table, shard_bytes=shard_bytes)
    *shards, file = weights_shards.saved_files(out)
    size = sum(each.stat().st_size for each in (*shards, file)) / 2**20
    typer.echo(f"{file}: {size:.1f} MiB{f' in {len(shards)} shards' if shards else ''}, sha256 {digest}")


def write_weights(
    out: Path, model: ClipMat, card: ModelCard, table: Path | None = None, *, shard_bytes: int | None = None
) -> str:
    """Write a .safetensors file and, if given, its checksum into a weights.json; returns the sha256.

    With `shard_bytes` a larger file is split, as `clipmat.weights.save` does it. Raises ExportError, ShardsTooSmall.
    """
    from clipmat import weights
    from clipmat.files import whole_file

    check_output(out, table)
    try:
        digest = weights.save(out, model, card, shard_bytes=shard_bytes)
    except OSError as error:
        raise ExportError(f"{out} cannot be written ({error.strerror}): choose another place or make room") from error
    if table is not None:
        rows = _rows(table)
        rows.setdefault(card.config.variant, {})["sha256"] = digest
        with whole_file(table) as file:
            file.write((json.dumps(rows, indent=2) + "\n").encode())
    return digest


def check_output(out: Path, table: Path | None) -> None:
    """Refuse a name or a table that `write_weights` would refuse, before the long part. Raises ExportError."""
    if out.suffix != ".safetensors":
        raise ExportError(f"{out} would not be recognised as weights: give it the suffix .safetensors")
    if table is not None:
        _rows(table)


def _nouns(packs: list[Path]) -> tuple[str, ...]:
    """The nouns of the training expressions: keywords, synonyms and garments of the training split, sorted."""
    from training.files.entity_bank import EntityBank

    bank = EntityBank.read(packs).select("train")
    entities = (*bank.cutouts, *bank.photos, *(each for photo in bank.scenes for each in photo.objects))
    garments = {garment.name for entity in entities for garment in entity.garments}
    return tuple(sorted({name for entity in entities for name in entity.names} | garments))


def _rows(table: Path) -> dict[str, Any]:
    try:
        rows = json.loads(table.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ExportError(
            f"{table} is not a table of weights ({error}): give a weights.json, or leave --table out"
        ) from error
    if not isinstance(rows, dict):
        raise ExportError(f"{table} is not a table of weights: give a weights.json, or leave --table out")
    return rows


if __name__ == "__main__":
    run_command(app, "training.export")
