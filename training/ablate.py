"""`python -m training.ablate`: train and measure the six rows of the paper's ablation under one budget (table 4)."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from training import TrainingError, run_command

if TYPE_CHECKING:
    from collections.abc import Sequence

    from training.files.entity_bank import EntityBank
    from training.report.tables import ReportRow

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
CONFIG = Path(__file__).parent / "configs" / "ablation.toml"
ROWS: dict[str, tuple[str, ...]] = {
    "none": ("popup", "details", "pre_context", "post_context"),
    "TSP": ("details", "pre_context", "post_context"),
    "TSP + MDE": ("pre_context", "post_context"),
    "TSP + MDE + pre": ("post_context",),
    "TSP + MDE + post": ("pre_context",),
    "all": (),
}
"""The rows of the paper's table, and the modules that each is trained without."""


@app.command()
def ablate(
    data: Annotated[list[Path], typer.Option(help="A pack of entities, photographs and backgrounds; repeatable.")],
    out: Annotated[Path, typer.Option(help="Folder for the runs, results.json and table.md.")] = Path("runs/ablation"),
    config: Annotated[Path, typer.Option(help="Settings of every row, apart from the switches.")] = CONFIG,
    encoders: Annotated[str, typer.Option(help="Weights whose encoders every row starts from.")] = "compact",
    count: Annotated[int, typer.Option(help="Composites per split to measure; half as many mosaics.")] = 300,
    seed: Annotated[int, typer.Option(help="Seed of the measured composites.")] = 7,
    processes: Annotated[int, typer.Option(help="Processes of each training, one thread each on a CPU.")] = 1,
    accelerator: Annotated[str, typer.Option(help="auto, cuda, mps or cpu.")] = "auto",
) -> None:
    """Train and measure the six rows; stopped and called again, it goes on where it was.

    Example:

    python -m training.ablate --data PACK --data PACK2 --out runs/ablation --processes 2
    """
    from training.files.entity_bank import EntityBank
    from training.fitting.settings import read_settings
    from training.report.runs import RunFolder

    kept = RunFolder(out)
    forms, bank = read_settings(config).forms, EntityBank.read(data)
    table: dict[str, list[ReportRow]] = {}
    for name, without in ROWS.items():
        folder = out / name.replace(" + ", "-").lower()
        typer.echo(f"{name}: {folder}")
        command = [sys.executable, "-m", "training.train", "--config", str(config), "--out", str(folder)]
        command += ["--encoders", encoders, "--processes", str(processes), "--accelerator", accelerator]
        command += ["--set", f"without = {json.dumps(without)}"]
        # A process of its own: a Fabric is launched once.
        done = subprocess.run([*command, *(part for pack in data for part in ("--data", str(pack)))], check=False)
        if done.returncode:
            raise TrainingError(f"the row '{name}' stopped with {done.returncode}: see above, then call again")
        table[name] = _measured(folder / "last.pt", bank, count, seed, forms)
        rows = {name: [asdict(row) for row in rows] for name, rows in table.items()}
        kept.write_text("results.json", json.dumps(rows, indent=1))
    text = markdown(table)
    kept.write_text("table.md", text)
    typer.echo(text)


def markdown(measured: dict[str, list[ReportRow]]) -> str:
    """Rows of the ablation against the sets; SAD, MSE and MAD as the paper prints them, and the right objects."""
    from training.report.tables import columns, table

    sets = {name: [row for row in rows if not row.group] for name, rows in measured.items()}
    shown = columns([row for rows in sets.values() for row in rows])
    lines = [
        [name, row.name, f"{row.megapixels:.3f}", *(c.text(row) for c in shown)]
        for name, rows in sets.items()
        for row in rows
    ]
    return table(["modules", "set", "MP", *(c.head for c in shown)], lines)


def _measured(weights: Path, bank: EntityBank, count: int, seed: int, forms: Sequence[str]) -> list[ReportRow]:
    from clipmat.predictor import Predictor
    from training.report.judging import judge_sets
    from training.report.tables import summarise
    from training.report.testsets import sample_sets

    predictor = Predictor.load(weights)
    return summarise([result for _, _, result in judge_sets(predictor, sample_sets(bank, count, seed, forms))])


if __name__ == "__main__":
    run_command(app, "training.ablate")
