"""Several runs laid side by side, on the samples that all of them matted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from training.report.judging import EvaluationError, Result
from training.report.runs import Run
from training.report.tables import GROUPS, LEGEND, NEGATIVES, Column, Row, columns, summarise, table


def shared(runs: Sequence[Run]) -> list[Run]:
    """The runs cut down to the samples that all of them matted, in the first one's order.

    Raises EvaluationError when there is none.
    """
    every = [{result.sample: result for result in run.results} for run in runs]
    common = [sample for sample in every[0] if all(sample in results for results in every)]
    if not common:
        raise EvaluationError(
            f"{' and '.join(run.name for run in runs)} have no sample in common: measure them with the same --data, "
            "--count, --seed and --setting"
        )
    return [
        replace(run, results=tuple(results[sample] for sample in common))
        for run, results in zip(runs, every, strict=True)
    ]


def markdown(runs: Sequence[Run]) -> str:
    """A line for each row of the report and each run, the best of each figure bold, on the samples that all share.

    The last column is the mean over images of MAD less the first run's, with its 95 % interval.
    """
    paired = shared(runs)
    reports = [summarise(run.results) for run in paired]
    shown = columns([row for report in reports for row in report])
    lines = []
    for rows in zip(*reports, strict=True):
        texts = [_emphasised(column, rows) for column in shown]
        for number, (row, run) in enumerate(zip(rows, paired, strict=True)):
            against = _difference(_inside(paired[0], row), _inside(run, row)) if number else ""
            lines.append(
                [
                    row.name,
                    run.name,
                    str(row.samples),
                    f"{row.megapixels:.3f}",
                    *(text[number] for text in texts),
                    against,
                ]
            )
    head = ["set", "run", "samples", "MP", *(column.head for column in shown), "MAD less the first's"]
    counts = ", ".join(f"{run.name} {len(run.results)}" for run in runs)
    return (
        f"{table(head, lines)}\n{LEGEND}Compared on the {len(paired[0].results)} samples that all runs share, of: "
        f"{counts}. The last column has its 95 % interval (normal approximation); one that holds 0 tells nothing.\n"
    )


def _emphasised(column: Column, rows: Sequence[Row]) -> list[str]:
    values = [value for row in rows if (value := column.value(row)) is not None]
    best = (max if column.higher else min)(values, default=None)
    tells = len(set(values)) > 1
    return [f"**{column.text(row)}**" if tells and column.value(row) == best else column.text(row) for row in rows]


def _inside(run: Run, row: Row) -> list[Result]:
    chosen = [r for r in run.results if r.set == row.set and r.negative == (row.group == NEGATIVES)]
    return [r for r in chosen if row.group not in GROUPS or GROUPS[row.group](r) == row.value]


def _difference(first: Sequence[Result], other: Sequence[Result]) -> str:
    gaps = np.array([b.errors["MAD"] - a.errors["MAD"] for a, b in zip(first, other, strict=True)])
    # Samples of one image go together: the image is what was drawn.
    image = np.unique([r.image_id for r in first], return_inverse=True)[1]
    means = np.bincount(image, gaps) / np.bincount(image)
    spread = f" ± {1.96 * means.std(ddof=1) / len(means) ** 0.5:.4f}" if len(means) > 1 else ""
    return f"{means.mean():+.4f}{spread}"
