"""`python -m training.report.curves`: the losses of a run, and what it showed on held-out photographs, as a picture."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from training import TrainingError, run_command

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
Rows = list[dict[str, float]]

_NOT_LOSSES = ("step", "rate", "samples/s", "waited")


def read_log(run: Path) -> Rows:
    """The rows of RUN/log.jsonl, one a step; a step that was done again after a stop counts once, the last time.

    Raises TrainingError when there is no log.
    """
    path = run / "log.jsonl"
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise TrainingError(f"there is no log of a run at {path}: name the --out of `training.train`") from error
    rows = {row["step"]: row for line in lines if (row := json.loads(line))}
    return [rows[step] for step in sorted(rows)]


def smoothed(values: Sequence[float], span: int) -> list[float]:
    """The exponential moving average over about `span` values, free of its start."""
    kept, weight, result = 0.0, 0.0, []
    decay = 1 - 2 / (span + 1)
    for value in values:
        kept, weight = decay * kept + (1 - decay) * value, decay * weight + (1 - decay)
        result.append(kept / weight)
    return result


@app.command()
def curves(
    runs: Annotated[list[Path], typer.Argument(help="Folders of runs, in the order in which they followed.")],
    out: Annotated[Path, typer.Option(help="The picture: .png or .svg.")],
    span: Annotated[int, typer.Option(min=1, help="Steps to average over.")] = 40,
) -> None:
    """Draw the curves of one or several runs in a row.

    Example:

    python -m training.report.curves runs/compact --out curves.png
    """
    from matplotlib.figure import Figure

    rows: Rows = []
    starts = []
    for run in runs:
        first = rows[-1]["step"] if rows else 0
        starts.append(first)
        rows += [{**row, "step": row["step"] + first} for row in read_log(run)]
    parts = [name for name in rows[-1] if name not in _NOT_LOSSES and not name.startswith("val")]
    seen = [name for name in dict.fromkeys(key for row in rows for key in row) if name.startswith("val")]
    figure = Figure(figsize=(9, 3 if not seen else 5.4), layout="constrained")
    axes = figure.subplots(2 if seen else 1, 2, squeeze=False)
    _draw(axes[0, 0], rows, ["loss"], span, "loss, all parts")
    _draw(axes[0, 1], rows, [name for name in parts if name != "loss"], span, "parts of the loss, weighted")
    if seen:
        _draw(axes[1, 0], rows, seen, 1, "held-out photographs")
        _draw(axes[1, 1], rows, ["rate"], 1, "learning rate")
    for axis in axes.flat:
        axis.set_xlabel("step")
        for start in starts[1:]:
            axis.axvline(start, color="0.7", linewidth=0.8)
    figure.savefig(out, dpi=110)
    typer.echo(f"{out}: {len(rows)} steps")


def _draw(axis: object, rows: Rows, names: Sequence[str], span: int, title: str) -> None:
    from matplotlib.axes import Axes

    assert isinstance(axis, Axes)
    for name in names:
        points = [(row["step"], row[name]) for row in rows if name in row]
        steps, values = zip(*points, strict=True)
        axis.plot(steps, smoothed(values, span), linewidth=1.1, label=name, marker="." if len(points) < 20 else "")
    axis.set_title(title, fontsize=10)
    axis.grid(alpha=0.3)
    if len(names) > 1:
        axis.legend(fontsize=7, ncols=2)


if __name__ == "__main__":
    run_command(app, "training.report.curves")
