"""`python -m training.train`: train a variant on entity-bank packs."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from training import commands

if TYPE_CHECKING:
    from collections.abc import Callable

    from clipmat.model import ClipMat
    from training.entities import EntityBank
    from training.trainer import Progress

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
CONFIGS = Path(__file__).parent / "configs"


@app.command()
def train(
    data: Annotated[list[Path], typer.Option(help="A pack of entities, photographs and backgrounds; repeatable.")],
    out: Annotated[Path, typer.Option(help="Folder for checkpoints and the log.")] = Path("runs/compact"),
    config: Annotated[Path, typer.Option(help="Settings of the run.")] = CONFIGS / "compact.toml",
    backbone: Annotated[Path | None, typer.Option(help="Weights to start the encoders from.")] = None,
    nouns: Annotated[Path | None, typer.Option(help="CLIP vectors of nouns that teach the text tower.")] = None,
    start: Annotated[
        Path | None, typer.Option("--from", help="A checkpoint whose averaged weights to start from.")
    ] = None,
    encoders: Annotated[
        str | None, typer.Option(help="A variant's name or weights whose two encoders to start from; the rest is new.")
    ] = None,
    overrides: Annotated[
        list[str] | None, typer.Option("--set", help="A setting as TOML, over the file's: 'seed = 3'; repeatable.")
    ] = None,
    resume: Annotated[bool, typer.Option(help="Go on from OUT/last.pt where there is one.")] = True,
    processes: Annotated[int, typer.Option(help="Processes, one thread each on a CPU.")] = 1,
    accelerator: Annotated[str, typer.Option(help="cpu or cuda.")] = "cpu",
) -> None:
    """Train a variant; OUT keeps `last.pt` and `best.pt`. Stopped and called again, it goes on where it was."""
    import cv2
    import torch
    from lightning_fabric import Fabric

    from clipmat.model import ClipMat
    from training import backbone as starts
    from training import checkpoint
    from training.datasets import SceneDataset
    from training.entities import EntityBank
    from training.settings import read_settings
    from training.trainer import Trainer

    settings = read_settings(config, overrides or ())
    if accelerator == "cpu":
        torch.set_num_threads(1 if processes > 1 else torch.get_num_threads())
        cv2.setNumThreads(1)
    strategy = "ddp" if processes > 1 else "auto"
    fabric = Fabric(accelerator=accelerator, devices=processes, strategy=strategy, precision=settings.precision)  # type: ignore[arg-type]
    fabric.launch()
    torch.manual_seed(settings.seed)
    model = ClipMat(settings.network)
    if backbone is not None:
        begin = starts.start_from_mobilenet if settings.variant == "compact" else starts.start_from_clip
        begin(model, backbone)
    if encoders is not None:
        starts.start_from_encoders(model, encoders)
    if start is not None:
        checkpoint.begin_from(start, model)
    bank = EntityBank.read(data)
    trainer = Trainer(
        fabric,
        model,
        SceneDataset(bank.select("train"), settings.seed, settings.mix, forms=settings.forms),
        settings,
        starts.noun_vectors(nouns) if nouns else None,
        _scorer(bank),
    )
    last = out / "last.pt"
    if resume and last.is_file():
        trainer.restore(checkpoint.load(last))
    out.mkdir(parents=True, exist_ok=True)
    trainer.fit(out, _teller(out / f"log-{fabric.global_rank}.jsonl", settings.steps))


def _scorer(bank: EntityBank) -> Callable[[ClipMat], float] | None:
    from training.evaluate import photo_iou

    held = bank.select("val_seen", "val_unseen")
    if not held.photos:
        return None
    return lambda model: photo_iou(model, held)


def _teller(log: Path, steps: int) -> Callable[[Progress], None]:
    """Every 20th step as a JSON line and as a line on the terminal."""
    means: dict[str, float] = {}
    started = time.time()

    def tell(progress: Progress) -> None:
        for name, value in progress.parts.items():
            means[name] = 0.95 * means.get(name, value) + 0.05 * value
        if progress.step % 20 and progress.score is None:
            return
        row: dict[str, float] = {"step": progress.step, **{k: round(v, 4) for k, v in means.items()}}
        row["samples/s"] = round(progress.samples_per_second, 1)
        row["minutes"] = round((time.time() - started) / 60, 1)
        if progress.score is not None:
            row["val photo IoU"] = round(progress.score, 4)
        with log.open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(row) + "\n")
        typer.echo(f"{progress.step}/{steps} " + " ".join(f"{k} {v}" for k, v in row.items() if k != "step"))

    return tell


if __name__ == "__main__":
    commands.run(app, "training.train")
