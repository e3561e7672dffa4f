"""`python -m training.evaluate`: any weights on any data, the paper's table and finer ones."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from training import run_command

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from clipmat.predictor import Predictor
    from clipmat.systems.system import System
    from training.report.judging import Measures, Result
    from training.report.runs import EvaluationRun, RunFolder
    from training.report.sheets import Cases
    from training.report.testsets import SampleSet

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


_DATA, _METHOD, _OUTPUT = "What is measured", "How", "What is kept"
_EXAMPLES = """Examples:

\b
The held-out part of packs, with a report to keep:
  python -m training.evaluate --data PACK --data PACK2 --out runs/report

\b
A checkpoint in the paper's keyword setting, every matte saved:
  python -m training.evaluate --data RefMatte/test --setting keyword --weights runs/mine/best.pt \\
    --out runs/mine/report --save-mattes

\b
Earlier reports side by side:
  python -m training.evaluate --compare runs/report --compare runs/mine/report
"""


@app.command(epilog=_EXAMPLES)
def evaluate(
    data: Annotated[
        list[Path] | None,
        typer.Option(
            help="Packs or public matting sets (their held-out part, measured together), a RefMatte set or one split "
            "of it, RefMatte-RW100, a folder of images, mattes and expressions; repeatable.",
            rich_help_panel=_DATA,
        ),
    ] = None,
    weights: Annotated[
        str,
        typer.Option(
            help="A variant's or a system's name, a file, a checkpoint, or a system's folder.", rich_help_panel=_METHOD
        ),
    ] = "compact",
    setting: Annotated[
        str, typer.Option(help="Expressions asked: keyword, expression or both.", rich_help_panel=_DATA)
    ] = "both",
    count: Annotated[
        int,
        typer.Option(min=2, help="Composites a split of the packs; half as many mosaics.", rich_help_panel=_DATA),
    ] = 300,
    held_out: Annotated[
        bool,
        typer.Option("--held-out", help="Of a folder, the tenth that training leaves out only.", rich_help_panel=_DATA),
    ] = False,
    limit: Annotated[
        int | None,
        typer.Option(min=1, help="Samples of each set at most; all by default.", rich_help_panel=_DATA),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of composites and random cases.", rich_help_panel=_DATA)] = 7,
    device: Annotated[str, typer.Option(help="auto, cuda, mps or cpu.", rich_help_panel=_METHOD)] = "auto",
    precision: Annotated[
        str, typer.Option(help="auto, float32, bfloat16 or float16.", rich_help_panel=_METHOD)
    ] = "auto",
    grad_conn: Annotated[
        bool,
        typer.Option("--grad-conn", help="Gradient and connectivity errors too; slow.", rich_help_panel=_METHOD),
    ] = False,
    transition: Annotated[
        bool,
        typer.Option("--transition", help="Errors in the true matte's soft band too.", rich_help_panel=_METHOD),
    ] = False,
    compare: Annotated[
        list[Path] | None,
        typer.Option(help="OUT of an earlier run, laid beside this one; repeatable.", rich_help_panel=_DATA),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder for table.md, results.json and contact sheets.", rich_help_panel=_OUTPUT),
    ] = None,
    sheet: Annotated[
        int,
        typer.Option(
            min=0,
            help="Cases on each contact sheet: best, worst, false alarms, random; 0 for none.",
            rich_help_panel=_OUTPUT,
        ),
    ] = 12,
    save_mattes: Annotated[
        bool, typer.Option("--save-mattes", help="Every matte as PNG in OUT/mattes.", rich_help_panel=_OUTPUT)
    ] = False,
) -> None:
    """Measure weights on data: the paper's table, the share of right objects, and how far the presence score holds.

    SAD, MSE and MAD, as means over images and over entities (E); by set, setting, form, position, kind and category.
    """
    from training.report.judging import EvaluationError
    from training.report.runs import RunFolder, read_run

    earlier = [read_run(path) for path in compare or ()]
    if not data and len(earlier) < 2:
        raise EvaluationError("there is nothing to measure: give --data, or --compare twice or more often")
    if save_mattes and out is None:
        raise EvaluationError("--save-mattes needs --out, the folder that the mattes go to")
    folder = RunFolder(out) if out else None
    measured = []
    if data:
        from clipmat.systems.loading import load
        from training.report.judging import measures
        from training.report.runs import EvaluationRun
        from training.report.sheets import Cases
        from training.report.testsets import read_sets

        sets = read_sets(data, count, seed, setting, limit, held_out)
        predictor = load(weights, device=device, precision=precision)
        if not getattr(predictor, "knows_words", True):
            typer.echo(
                f"{weights} knows no words: in place of every expression it is asked for the main subject", err=True
            )
        cases = Cases(sheet if folder else 0, seed)
        results = _judged(predictor, sets, measures(grad_conn, transition), cases, folder if save_mattes else None)
        options = {"data": [str(path) for path in data], "setting": setting, "count": count, "seed": seed}
        options |= {"limit": limit, "held_out": held_out}
        measured = [EvaluationRun(weights, options | _provenance(predictor), tuple(results))]
        typer.echo(_page(measured[0], every=False))
        if folder is not None:
            folder.write_run(measured[0])
            folder.write_text("table.md", _page(measured[0], every=True))
            for name, pixels in cases.sheets().items():
                folder.write_sheet(name, pixels)
    if earlier:
        from training.report.runs import comparison_markdown

        paths = [str(path) for path in compare or ()] + ["this run"] * len(measured)
        table = comparison_markdown(_distinct([*earlier, *measured], paths))
        typer.echo(table)
        if folder is not None:
            folder.write_text("comparison.md", table)


def _judged(
    predictor: Predictor | System,
    sets: Mapping[str, SampleSet],
    chosen: Measures,
    cases: Cases,
    folder: RunFolder | None,
) -> list[Result]:
    """Every result; meanwhile the cases for the sheets, the mattes (into `folder`), progress on a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from training.report.judging import EvaluationError, judge_sets

    results: list[Result] = []
    sizes = [drawn.most for drawn in sets.values()]
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=None if None in sizes else sum(size or 0 for size in sizes))
        for sample, prediction, result in judge_sets(predictor, sets, chosen):
            cases.offer(sample, prediction, result)
            if folder is not None:
                folder.write_matte(len(results), result, prediction.matte)
            results.append(result)
            bar.update(task, advance=1, description=result.set)
    if not results:
        raise EvaluationError(f"{', '.join(sets)}: no expressions in this setting; choose another --setting or --data")
    for name in sets.keys() - {result.set for result in results}:
        typer.echo(f"{name}: no expressions in this setting", err=True)
    return results


def _provenance(predictor: Predictor | System) -> dict[str, Any]:
    """The weights and settings that decided the mattes, besides the data."""
    import hashlib
    from dataclasses import asdict

    from clipmat.predictor import Predictor
    from clipmat.systems import catalogue, fetching
    from clipmat.weights_catalogue import locate

    made_with: dict[str, Any] = {}
    if isinstance(predictor, Predictor):
        paths = [locate(predictor.weights)[0]]
        made_with = {"presence": asdict(predictor.card.presence), "image_size": predictor.card.config.image_size}
    else:
        paths = fetching.weight_files(catalogue.locate(predictor.weights))
    checksums = []
    for path in paths:
        with path.open("rb") as file:
            checksums.append(hashlib.file_digest(file, "sha256").hexdigest())
    if not getattr(predictor, "knows_words", True):
        made_with["asked"] = "the main subject"
    named = {"weights": predictor.weights, "sha256": ", ".join(checksums)}
    if predictor.edges is not None:
        named["edges"] = predictor.edges.weights
    return named | made_with | {"device": predictor.device, "precision": predictor.precision}


def _page(run: EvaluationRun, every: bool) -> str:
    """The rows and the calibration in Markdown; with `every`, categories and each set's calibration too."""
    from training.report.tables import calibration_markdown, measured_calibration, rows_markdown, summarise

    rows = [row for row in summarise(run.results) if every or row.group != "category"]
    parts = [rows_markdown(rows), "How far the presence score holds, over all samples:\n"]
    parts.append(calibration_markdown(measured_calibration(run.results)))
    for name in dict.fromkeys(r.set for r in run.results if r.negative) if every else ():
        inside = [r for r in run.results if r.set == name]
        parts += [f"Over {name}:\n", calibration_markdown(measured_calibration(inside))]
    if every:
        made = ", ".join(f"{key} {value}" for key, value in run.made_with.items() if value is not None)
        parts.append(f"Made with: {made}.\n")
    return "\n".join(parts)


def _distinct(runs: Sequence[EvaluationRun], paths: Sequence[str]) -> list[EvaluationRun]:
    """The runs under names that differ: where two have the same weights, with the folder."""
    from dataclasses import replace

    names = [run.name for run in runs]
    return [
        run if names.count(run.name) == 1 else replace(run, name=f"{run.name} ({path})")
        for run, path in zip(runs, paths, strict=True)
    ]


if __name__ == "__main__":
    run_command(app, "training.evaluate")
