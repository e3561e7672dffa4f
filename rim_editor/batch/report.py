"""Report: what became of a batch, as JSON for programs and as one HTML page for people; written outcome by outcome."""

from __future__ import annotations

import base64
import html
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO
from urllib.parse import quote

import rim_editor
from rim_editor.batch.outcomes import Outcome, State
from rim_editor.batch.output_files import STAGING
from rim_editor.batch.plan import Plan
from rim_editor.errors import OutputNotWritable

VERSION = 2
"""Since 2 the recipe has `expressions` and `model`, which 1 called `said` and `asking`."""
_JSON = b'{\n"program": "RIM Editor batch"'
_HTML = b'<!doctype html>\n<html lang="en"><meta name="generator" content="RIM Editor batch">'
_KEPT_IN_MEMORY = 2**20
_HEADINGS = {
    State.FAILED: "Failed",
    State.NOTHING_MATCHED: "Nothing matched: have a look at these",
    State.DONE: "Done",
    State.SKIPPED: "Skipped",
}
_STYLE = """
:root { color-scheme: light dark; font: 15px/1.45 system-ui, sans-serif; }
body { max-width: 75rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .4rem .6rem; border-top: 1px solid #8886; }
td { overflow-wrap: anywhere; } td.number { text-align: right; white-space: nowrap; }
img { max-width: 8rem; max-height: 8rem; background: repeating-conic-gradient(#8883 0 25%, #fff3 0 50%) 0 0/1rem 1rem; }
"""


def write(
    plan: Plan, outcomes: Iterable[Outcome], *, stopped: bool = False, seconds: float | None = None
) -> tuple[Path, Path]:
    """Write report.json and report.html into the plan's folder, which is there, and return where they are.

    `outcomes` are those so far, at most one of an item; they are read once, and not all kept in memory. `stopped`
    says that the batch did not come to its end, `seconds` how long it took. A report of before is replaced; where
    a file of that name is no report, another name is found. Raises OutputNotWritable.
    """
    data, page = _own(plan.folder, ".json", _JSON), _own(plan.folder, ".html", _HTML)
    counts = dict.fromkeys(State, 0)
    try:
        with ExitStack() as stack:
            listed, *rows = (
                stack.enter_context(tempfile.SpooledTemporaryFile(_KEPT_IN_MEMORY)) for _ in (data, *State)
            )
            sections = dict(zip(State, rows, strict=True))
            for outcome in outcomes:
                listed.write(b",\n" if sum(counts.values()) else b"\n")
                listed.write(_as_json(outcome).encode("ascii"))
                sections[outcome.state].write(_as_row(outcome, plan.folder).encode("utf-8", "replace"))
                counts[outcome.state] += 1
            with _whole(data) as file:
                _write_json(file, plan, listed, counts, stopped=stopped, seconds=seconds)
            with _whole(page) as file:
                _write_html(file, plan, sections, counts, stopped=stopped, seconds=seconds)
    except OSError as error:
        text = f"The report in '{plan.folder}' cannot be written ({error.strerror}): make room."
        raise OutputNotWritable(text) from error
    return data, page


def _write_json(
    file: IO[bytes], plan: Plan, listed: IO[bytes], counts: dict[State, int], *, stopped: bool, seconds: float | None
) -> None:
    report = {
        "version": VERSION,
        "made_by": rim_editor.__version__,
        "plan": plan.digest,
        "folder": str(plan.folder),
        "stopped": stopped,
        "seconds": None if seconds is None else round(seconds, 1),
        "counts": _told(plan, counts),
        "recipe": plan.recipe.to_json(),
        "problems": [problem.to_json() for problem in plan.problems],
    }
    file.write(_JSON)
    for name, value in report.items():
        file.write(f',\n"{name}": {json.dumps(value)}'.encode("ascii"))
    file.write(b',\n"outcomes": [')
    _copy(listed, file)
    file.write(b"\n]\n}\n")


def _write_html(
    file: IO[bytes],
    plan: Plan,
    sections: Mapping[State, IO[bytes]],
    counts: dict[State, int],
    *,
    stopped: bool,
    seconds: float | None,
) -> None:
    def put(text: str) -> None:
        file.write(text.encode("utf-8", "replace"))

    ended = "Stopped before its end" if stopped else "Ended"
    lasted = "" if seconds is None else f" after {seconds:.0f} s"
    told = ", ".join(f"{count} {name.replace('-', ' ')}" for name, count in _told(plan, counts).items() if count)
    terms = ", ".join(f"{each.combine.value} “{each.expression}”" for each in plan.recipe.expressions)
    file.write(_HTML)
    put(f'<meta charset="utf-8"><title>Batch report</title><style>{_STYLE}</style><h1>Batch report</h1>')
    put(f"<p>{ended}{lasted}: {told or 'no images'}.</p><p>{_text(terms)}</p>\n")
    for state, heading in _HEADINGS.items():
        if counts[state]:
            put(f'<section id="{state.value}"><h2>{heading} ({counts[state]})</h2>\n<table><thead>')
            put("<tr><th><th>Image<th>Result<th>Presence<th>Time<th>Remarks</tr></thead><tbody>\n")
            _copy(sections[state], file)
            put("</tbody></table></section>\n")
    if plan.problems:
        put('<section id="plan"><h2>Known before</h2><ul>\n')
        for problem in plan.problems:
            put(f"<li>{_text(problem.text)}</li>\n")
        put("</ul></section>\n")
    put("</html>\n")


def _told(plan: Plan, counts: dict[State, int]) -> dict[str, int]:
    """How many images ended in each state, and how many did not end."""
    return {state.value: count for state, count in counts.items()} | {"waiting": len(plan.items) - sum(counts.values())}


def _as_json(outcome: Outcome) -> str:
    return json.dumps({name: value for name, value in outcome.to_json().items() if name != "thumbnail"})


def _as_row(outcome: Outcome, folder: Path) -> str:
    shown = "" if outcome.thumbnail is None else f'<img alt="" loading="lazy" src="{_uri(outcome.thumbnail)}">'
    name = os.path.relpath(outcome.output, folder)
    result = _text(name)
    if outcome.state is State.DONE:
        result = f'<a href="{quote(os.fsencode(name.replace(os.sep, "/")))}">{result}</a>'
    presence = "" if outcome.presence is None else f"{outcome.presence:.2f}"
    steps = ", ".join(f"{step} {value:.0f} ms" for step, value in outcome.milliseconds.items())
    total = f"{sum(outcome.milliseconds.values()):.0f} ms" if outcome.milliseconds else ""
    return (
        f"<tr><td>{shown}<td>{_text(str(outcome.source))}<td>{result}<td class=number>{presence}"
        f'<td class=number title="{_text(steps)}">{total}<td>{_text(outcome.text)}</tr>\n'
    )


def _text(text: str) -> str:
    return html.escape(text, quote=True)


def _uri(thumbnail: bytes) -> str:
    kind = "png" if thumbnail.startswith(b"\x89PNG") else "jpeg"
    return f"data:image/{kind};base64,{base64.b64encode(thumbnail).decode('ascii')}"


def _copy(spool: IO[bytes], file: IO[bytes]) -> None:
    spool.seek(0)
    shutil.copyfileobj(spool, file)


def _own(folder: Path, suffix: str, start: bytes) -> Path:
    """The first of 'report', 'report-2' and so on that is not there, or is a report of before."""
    number = 1
    while True:
        path = folder / (f"report{suffix}" if number == 1 else f"report-{number}{suffix}")
        try:
            with path.open("rb") as file:
                if file.read(len(start)) == start:
                    return path
        except OSError:
            if not os.path.lexists(path):
                return path
        number += 1


@contextmanager
def _whole(path: Path) -> Iterator[IO[bytes]]:
    """A file that takes its place when all of it is written."""
    beside = path.parent / STAGING / path.name  # where a killed run's leftovers are known as ours
    try:
        beside.parent.mkdir(exist_ok=True)
        with beside.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        with suppress(OSError):  # results may still grow there
            beside.parent.rmdir()
