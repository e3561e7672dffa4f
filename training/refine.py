"""`python -m training.refine`: make coarse pairs, train the post-refiner on them and on strands, and measure it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from training import run_command

if TYPE_CHECKING:
    import numpy as np

    from clipmat.refiner import Refiner
    from training.files.entity_bank import EntityBank
    from training.fitting.progress import StepReport
    from training.refiner.patches import PatchBatch

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    epilog="Example: python -m training.refine train --data PACK --out runs/refiner",
)
Packs = Annotated[list[Path], typer.Option(help="A pack of entities, photographs and backgrounds; repeatable.")]


@app.command()
def pairs(
    data: Packs,
    out: Annotated[Path, typer.Option(help="The .npz file to write.")],
    weights: Annotated[
        str, typer.Option(help="Network that makes the coarse mattes: a variant, a file or a checkpoint.")
    ] = "compact",
    count: Annotated[int, typer.Option(min=1, help="Number of patches; two per scene.")] = 2000,
    seed: Annotated[int, typer.Option(min=0, help="Of the scenes.")] = 0,
) -> None:
    """Write coarse mattes of a trained network on composed scenes, for the refiner to learn from its real mistakes."""
    from clipmat.weights import load
    from training.refiner.pairs import network_patches, write_patches

    model, _ = load(weights)
    written = write_patches(out, network_patches(model, _bank(data, "train"), count, seed))
    typer.echo(f"{out}: {written} patches, {out.stat().st_size / 2**20:.0f} MiB")


@app.command()
def train(
    data: Packs,
    out: Annotated[Path, typer.Option(help="Folder of the run: last.pt, and refiner.safetensors at the end.")],
    pairs: Annotated[
        Path | None, typer.Option(help="A file made by `pairs`; a quarter of the patches come from it.")
    ] = None,
    steps: Annotated[int, typer.Option(min=1, help="Optimiser steps of 8 patches.")] = 3500,
    begin: Annotated[Path | None, typer.Option(help="A refiner to start from instead of from scratch.")] = None,
    learning_rate: Annotated[float, typer.Option(min=0, help="Peak.")] = 2e-3,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the weights and patches.")] = 0,
    device: Annotated[str, typer.Option(help="cpu or cuda.")] = "cpu",
    bfloat16: Annotated[bool, typer.Option(help="Autocast; faster where the device computes it.")] = True,
) -> None:
    """Train the refiner; stopped and called again, it goes on where it was."""
    from statistics import fmean

    from training.refiner.pairs import StoredPatches
    from training.refiner.patches import Cutouts, concatenated, draw_patch
    from training.refiner.refiner_trainer import RefinerSettings, RefinerTrainer, export_refiner, load_refiner

    settings = RefinerSettings(steps=steps, learning_rate=learning_rate, bfloat16=bfloat16)
    cutouts = Cutouts(_bank(data, "train"))
    stored = None if pairs is None else StoredPatches.read(pairs)

    def sampler(rng: np.random.Generator, network: Refiner) -> PatchBatch:
        real = [] if stored is None else [stored.draw(rng) for _ in range(settings.batch // 4)]
        return concatenated(real + [draw_patch(cutouts, rng, network) for _ in range(settings.batch - len(real))])

    recent: list[StepReport] = []

    def print_means(report: StepReport) -> None:
        recent.append(report)
        if report.step % 50 == 0 or report.step == steps:
            loss = fmean(r.loss for r in recent)
            coarse, refined = (fmean(r.metrics[name] for r in recent) for name in ("coarse", "refined"))
            typer.echo(f"step {report.step}: loss {loss:.4f}, error in the window {coarse:.4f} -> {refined:.4f}")
            recent.clear()

    start = None if begin is None else load_refiner(begin)
    RefinerTrainer(sampler, settings, seed, device, start).fit(out, print_means)
    size = export_refiner(load_refiner(out / "last.pt"), out / "refiner.safetensors")
    typer.echo(f"{out / 'refiner.safetensors'}: {size / 2**20:.2f} MiB")


@app.command()
def measure(
    data: Packs,
    refiner: Annotated[Path, typer.Option(help="refiner.safetensors, or last.pt of a run.")],
    count: Annotated[int, typer.Option(min=1, help="Scenes a factor.")] = 28,
    factor: Annotated[
        list[int] | None, typer.Option(help="Upsampling factors; repeatable. 4 and 8 by default.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the scenes; use one that training did not.")] = 777,
    unseen: Annotated[
        bool, typer.Option("--unseen", help="Only families of strands that were not trained on.")
    ] = False,
    faulty: Annotated[bool, typer.Option("--faulty", help="Coarse mattes with a network's faults.")] = False,
    closed_form: Annotated[bool, typer.Option(help="Closed-form matting too; slow.")] = True,
    out: Annotated[Path | None, typer.Option(help="A folder for a picture of each scene.")] = None,
) -> None:
    """SAD, MSE and Grad on strand scenes not trained on: bilinear, guided filter, closed form, refiner."""
    from training.refiner.comparison import MethodErrors, compare_methods, strand_scenes, summary, write_comparison
    from training.refiner.patches import TRAINED, UNSEEN
    from training.refiner.refiner_trainer import load_refiner

    network, bank = load_refiner(refiner), _bank(data, "val_seen")
    families = UNSEEN if unseen else tuple(dict.fromkeys((*TRAINED, *UNSEEN)))
    errors: list[MethodErrors] = []
    for each in factor or [4, 8]:
        for number, scene in enumerate(strand_scenes(bank, families, count, seed, each, exact=not faulty)):
            methods = compare_methods(scene, network, closed_form=closed_form)
            errors += methods
            if out is not None:
                write_comparison(out / f"{each}x_{number:02d}_{scene.family}.png", scene, methods)
    typer.echo(summary(errors))


def _bank(data: list[Path], split: str) -> EntityBank:
    from training.files.entity_bank import EntityBank

    return EntityBank.read(data).select(split)


if __name__ == "__main__":
    run_command(app, "training.refine")
