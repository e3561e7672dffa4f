"""`python -m training.pack_run`: a run on one GPU as a small folder, with the code, the start and the data it needs."""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path
from typing import Annotated

import typer

from training import TrainingError, run_command

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
_SHARD_MIB = 15
_LEAST = 2**20
"""Bytes of data without which no run is worth it."""
_CODE = ("clipmat", "training", "resources/words", "resources/weights/weights.json", "resources/__init__.py")
_SCRIPT = """#!/bin/sh
# sh run.sh MINUTES OUT [options of training.train]: train for so long, loading included, with nothing but this folder.
# OUT then has the weights in shards of at most {shard} MiB with their index, and log.jsonl: seconds after the minutes.
set -e
minutes=$1 out=$2
shift 2
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$out"
out=$(cd "$out" && pwd)
cd "$here/code"
run="$here/run"
python3 -m training.train --config ../settings.toml --from ../start/{start} {data} --out "$run" \\
    --minutes "$minutes" --workers {workers} --no-tensorboard "$@"
cp "$run/log.jsonl" "$out/"
python3 -m training.export "$run/last.pt" "$out/trained.safetensors" --shard-mib {shard}
"""


class PackRunError(TrainingError):
    """A run cannot be packed as asked."""


@app.command()
def pack_run(
    data: Annotated[list[Path], typer.Option(help="A pack; repeatable.")],
    out: Annotated[Path, typer.Option(help="The folder to make; it must not be there yet.")],
    start: Annotated[str, typer.Option("--from", help="A variant's name, weights or a checkpoint.")] = "compact",
    mib: Annotated[float, typer.Option(min=1, help="MiB that everything together takes at most.")] = 60.0,
    side: Annotated[int, typer.Option(min=64, help="Longer side of the pictures in pixels.")] = 288,
    quality: Annotated[int, typer.Option(min=1, max=100, help="Of the pictures, as WebP counts it.")] = 40,
    nouns: Annotated[Path | None, typer.Option(help="Vectors of nouns that teach the text tower.")] = None,
    config: Annotated[Path | None, typer.Option(help="Settings of the run; configs/gpu.toml.")] = None,
    workers: Annotated[int, typer.Option(min=1, help="Loader processes there.")] = 16,
    licensed_only: Annotated[
        bool, typer.Option("--licensed-only", help="Only pictures that are stated to be openly licensed.")
    ] = False,
) -> None:
    """Make a folder that needs nothing but itself and Python with the extra `train`: `sh OUT/run.sh 9 RESULTS`.

    Example:

    python -m training.pack_run --data PACK --data SCENES --from runs/mine/last.pt --out carried
    """
    from clipmat import weights
    from clipmat.files import write_whole
    from training.files.small_packs import write_small_packs
    from training.fitting.settings import read_settings

    config = config or Path(__file__).parent / "configs" / "gpu.toml"
    settings = read_settings(config)
    if len(settings.phases) > 1:
        raise PackRunError(f"{config} has {len(settings.phases)} phases: a run by the clock has one")
    model, card = weights.load(start)
    if card.config.variant != settings.variant:
        raise PackRunError(f"{start} are weights of '{card.config.variant}', the settings of '{settings.variant}'")
    if out.exists():
        raise PackRunError(f"{out} is there already: name another --out, or remove it first")
    try:
        _copy_code(out / "code")
        weights.save(out / "start" / "start.safetensors", model, card, shard_bytes=_SHARD_MIB * 2**20)
        write_whole(out / "settings.toml", config.read_text(encoding="utf-8"))
        names = [folder.resolve().name for folder in data]
        options = " ".join(f"--data ../data/{shlex.quote(name)}" for name in names)
        if nouns is not None:
            shutil.copyfile(nouns, out / "nouns.npz")
            options += " --nouns ../nouns.npz"
        first = next(file.name for file in (out / "start").iterdir() if "-of-" not in file.name)
        script = _SCRIPT.format(start=first, data=options, workers=workers, shard=_SHARD_MIB)
        write_whole(out / "run.sh", script)
        room = int(mib * 2**20) - _bytes(out)
        if room < _LEAST:
            raise PackRunError(f"code and start alone take {_bytes(out) / 2**20:.1f} MiB: allow more with --mib")
        taken = write_small_packs(data, out / "data", room, side, quality, licensed_only=licensed_only)
    except OSError as error:
        raise PackRunError(f"{out} cannot be written ({error}): make room, or name another --out") from error
    for (pack, part), (count, there) in sorted(taken.items()):
        typer.echo(f"{pack}: {count} of {there} {part}")
    typer.echo(f"{out}: {_bytes(out) / 2**20:.1f} MiB; run: sh {out / 'run.sh'} MINUTES RESULTS")


def _copy_code(folder: Path) -> None:
    """The modules of the network and of training with what they read, but no weights."""
    root = Path(__file__).parents[1]
    for name in _CODE:
        found = [root / name] if (root / name).is_file() else sorted((root / name).rglob("*"))
        for file in found:
            if file.suffix in (".py", ".toml", ".txt", ".json"):
                copy = folder / file.relative_to(root)
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, copy)


def _bytes(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


if __name__ == "__main__":
    run_command(app, "training.pack_run")
