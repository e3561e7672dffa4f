"""Runs of the evaluation: a folder with results.json, tables, sheets and mattes; and several runs side by side."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from clipmat.certainty import Certainty
from clipmat.files import write_whole
from training.entity import Pixels
from training.report.judging import EvaluationError, Result
from training.report.tables import (
    GROUPS,
    LEGEND,
    NEGATIVES,
    Column,
    ReportRow,
    columns,
    measured_calibration,
    summarise,
    table,
)
from training.scene import Alpha

FORMAT = "clipmat-evaluation-2"
"""Since 2 a result has a certainty, where 1 had `present`, with one threshold."""
_ONE_THRESHOLD = "clipmat-evaluation-1"
FILE = "results.json"


@dataclass(frozen=True, slots=True)
class EvaluationRun:
    """One evaluation: what was measured, and each sample's result."""

    name: str
    """In tables: the weights."""
    made_with: dict[str, Any]
    """The options of the command and what was loaded by them, to repeat the run."""
    results: tuple[Result, ...]
    """At least one."""


def read_run(path: Path) -> EvaluationRun:
    """Read a run from its results.json, or the folder that holds it. Raises EvaluationError naming the file."""
    path = path / FILE if path.is_dir() else path
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(content, dict) or content.get("format") not in (FORMAT, _ONE_THRESHOLD):
            raise ValueError("it has another format")
        results = tuple(Result(**_with_certainty(result)) for result in content["results"])
        if not results:
            raise ValueError("it is empty")
        return EvaluationRun(content["name"], content["made_with"], results)
    except (OSError, ValueError, KeyError, TypeError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise EvaluationError(
            f"{path} holds no results to compare ({reason}): give a folder that --out of this version wrote"
        ) from error


def _with_certainty(result: dict[str, Any]) -> dict[str, Any]:
    """A result as it is now, of one as it is now or was in the first format."""
    known = {name: value for name, value in result.items() if name != "present"}
    if "present" in result:
        known["certainty"] = "sure" if result["present"] else "none"
    return known | ({"certainty": Certainty(known["certainty"])} if "certainty" in known else {})


class RunFolder:
    """Where a run is written, each file whole or not at all. All raise EvaluationError naming what cannot be."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._write("results.json.try", b"")  # before the long part, not after it
        (path / "results.json.try").unlink()

    def write_run(self, run: EvaluationRun) -> None:
        """results.json: the results, and what follows from them (rows, calibration)."""
        content = {
            "format": FORMAT,
            "name": run.name,
            "made_with": run.made_with,
            "rows": [asdict(row) for row in summarise(run.results)],
            "calibration": asdict(measured_calibration(run.results)),
            "results": [asdict(result) for result in run.results],
        }
        self._write(FILE, json.dumps(content, indent=1, allow_nan=False))

    def write_text(self, name: str, text: str) -> None:
        """A file of text, UTF-8."""
        self._write(name, text)

    def write_sheet(self, name: str, pixels: Pixels) -> None:
        """sheet-NAME.png of HxWx3 uint8 RGB."""
        self._write(f"sheet-{name}.png", _png(pixels))

    def write_matte(self, number: int, result: Result, matte: Alpha) -> None:
        """mattes/SET/NUMBER_EXPRESSION.png, 8 bits, of HxW in [0, 1]; results.json counts alike, from 0."""
        words = re.sub(r"[^a-z0-9]+", "-", result.expression.lower()).strip("-")[:40]
        self._write(f"mattes/{result.set}/{number:05d}_{words}.png", _png(np.asarray(matte * 255 + 0.5, np.uint8)))

    def _write(self, name: str, content: bytes | str) -> None:
        try:
            write_whole(self._path / name, content)
        except OSError as error:
            raise EvaluationError(
                f"{self._path / name} cannot be written ({error.strerror}): make room, or choose another --out"
            ) from error


def _png(pixels: Pixels) -> bytes:
    code = io.BytesIO()
    Image.fromarray(pixels).save(code, "PNG")
    return code.getvalue()


def shared(runs: Sequence[EvaluationRun]) -> list[EvaluationRun]:
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


def comparison_markdown(runs: Sequence[EvaluationRun]) -> str:
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
        f"{counts}. The last column has its 95 % interval (normal approximation); if it holds 0, nothing is shown.\n"
    )


def _emphasised(column: Column, rows: Sequence[ReportRow]) -> list[str]:
    values = [value for row in rows if (value := column.value(row)) is not None]
    best = (max if column.higher else min)(values, default=None)
    differ = len(set(values)) > 1
    return [f"**{column.text(row)}**" if differ and column.value(row) == best else column.text(row) for row in rows]


def _inside(run: EvaluationRun, row: ReportRow) -> list[Result]:
    chosen = [r for r in run.results if r.set == row.set and r.negative == (row.group == NEGATIVES)]
    return [r for r in chosen if row.group not in GROUPS or GROUPS[row.group](r) == row.value]


def _difference(first: Sequence[Result], other: Sequence[Result]) -> str:
    gaps = np.array([b.errors["MAD"] - a.errors["MAD"] for a, b in zip(first, other, strict=True)])
    # Samples of one image go together: the image is what was drawn.
    image = np.unique([r.image_id for r in first], return_inverse=True)[1]
    means = np.bincount(image, gaps) / np.bincount(image)
    spread = f" ± {1.96 * means.std(ddof=1) / len(means) ** 0.5:.4f}" if len(means) > 1 else ""
    return f"{means.mean():+.4f}{spread}"
