"""Runs of the evaluation as they are kept: a folder with results.json, tables, sheets and mattes."""

from __future__ import annotations

import io
import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from clipmat.files import write_whole
from training.entity import Pixels
from training.report.calibration import calibrate
from training.report.judging import EvaluationError, Result
from training.report.tables import summarise
from training.scene import Alpha

FORMAT = "clipmat-evaluation-1"
FILE = "results.json"


@dataclass(frozen=True, slots=True)
class Run:
    """One evaluation: what was measured, and each sample's result."""

    name: str
    """In tables: the weights."""
    made_with: dict[str, Any]
    """The options of the command and what they came to, for whoever wants to do it again."""
    results: tuple[Result, ...]
    """At least one."""


def read_run(path: Path) -> Run:
    """Read a run from its results.json, or the folder that holds it. Raises EvaluationError naming the file."""
    path = path / FILE if path.is_dir() else path
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(content, dict) or content.get("format") != FORMAT:
            raise ValueError("it has another format")
        results = tuple(Result(**result) for result in content["results"])
        if not results:
            raise ValueError("it is empty")
        return Run(content["name"], content["made_with"], results)
    except (OSError, ValueError, KeyError, TypeError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise EvaluationError(
            f"{path} holds no results to compare ({reason}): give a folder that --out of this version wrote"
        ) from error


class RunFolder:
    """Where a run is written, each file whole or not at all. All raise EvaluationError naming what cannot be."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._write("results.json.try", b"")  # before the long part, not after it
        (path / "results.json.try").unlink()

    def write_run(self, run: Run) -> None:
        """results.json: the results, and what follows from them (rows, calibration)."""
        content = {
            "format": FORMAT,
            "name": run.name,
            "made_with": run.made_with,
            "rows": [asdict(row) for row in summarise(run.results)],
            "calibration": asdict(calibrate(run.results)),
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
