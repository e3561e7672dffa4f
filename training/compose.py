"""`python -m training.compose`: write a set of composed images, mattes and expressions in RefMatte's layout."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from training import run_command

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def compose(
    data: Annotated[list[Path], typer.Option(help="A pack of entities and backgrounds; repeatable.")],
    out: Annotated[Path, typer.Option(help="Folder of the set; each split is a folder in it.")],
    images: Annotated[int, typer.Option(min=1, max=999_999, help="Images; called with more, a set grows.")] = 500,
    size: Annotated[int, typer.Option(min=64, max=8192, help="Side of the square images, pixels.")] = 512,
    seed: Annotated[int, typer.Option(min=0, max=2**32 - 1, help="Same seed, same bytes.")] = 7,
    split: Annotated[
        str, typer.Option(help="train; test, what training never sees; or a part of it, val_seen or val_unseen.")
    ] = "train",
    workers: Annotated[int, typer.Option(min=1, help="Processes; the bytes do not depend on them.")] = 2,
    most: Annotated[int, typer.Option(min=1, max=7, help="Entities an image, at most.")] = 3,
    quality: Annotated[int, typer.Option(min=1, max=100, help="Of the JPEGs.")] = 95,
    png: Annotated[bool, typer.Option("--png", help="Images as PNG, without loss.")] = False,
) -> None:
    """Write images, mattes and labels in RefMatte's layout, five humans to one animal to one object.

    Stopped and called again, it goes on where it was. At the end it prints the set's statistics beside RefMatte's.

    Training needs no such set: it draws its scenes from the packs in memory. This is for sets to keep and compare on.

    Examples:

    python -m training.compose --data PACK --out composed

    python -m training.compose --data PACK --data PACK2 --out composed --split test --images 200 --size 1024 --png
    """
    import cv2

    from training.composed_set import SPLITS, ComposeError, SetPlan, write_set
    from training.statistics import report

    if split not in SPLITS:
        raise ComposeError(f"'{split}' is not a split: choose {', '.join(SPLITS)}")
    cv2.setNumThreads(1)
    plan = SetPlan(tuple(data), split, size, seed, most, None if png else quality)
    try:
        with _bar(images) as show_progress:
            write_set(plan, out, images, workers, show_progress)
        typer.echo(report(out, [split]))
    except KeyboardInterrupt:
        typer.echo(f"stopped; what is in {out / split} stands: call again to go on", err=True)
        raise typer.Exit(130) from None


@contextmanager
def _bar(images: int) -> Iterator[Callable[[int], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        bar = progress.add_task("", total=images, rate="")

        def show_progress(done: int) -> None:
            speed = progress.tasks[0].speed
            progress.update(bar, completed=done, rate=f"{speed:.1f} images/s" if speed else "")

        yield show_progress


if __name__ == "__main__":
    run_command(app, "training.compose")
