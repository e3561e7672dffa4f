"""Report on a batch, as JSON for programs and as one HTML page for people; written outcome by outcome."""

from __future__ import annotations

import base64
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

import rim_editor
from clipmat import records
from clipmat.files import whole_file
from rim_editor.batch.outcomes import END_STATES, Group, Outcome, State
from rim_editor.batch.output_files import STAGING
from rim_editor.batch.plan import Plan
from rim_editor.errors import OutputNotWritable

VERSION = 3
"""Since 3 outcomes have a certainty, and `review` has the indices of those to be checked.
Since 2 the recipe has `expressions` and `model`, which 1 called `said` and `asking`."""
_JSON = b'{\n"program": "RIM Editor batch"'
_HTML = b'<!doctype html>\n<html lang="en"><meta name="generator" content="RIM Editor batch">'
_KEPT_IN_MEMORY, _BLOCK = 2**20, 2**16
_HEADINGS = {
    Group.FAILED: "Failed",
    Group.NOTHING_MATCHED: "Nothing matched: please check these",
    Group.REVIEW: "Not sure: please look through these, least certain first",
    Group.DONE: "Done",
    Group.SKIPPED: "Skipped",
}
_PAGE = """
<meta charset="utf-8"><title>Batch report</title>
<style>
:root { color-scheme: light dark; font: 15px/1.45 system-ui, sans-serif; }
body { max-width: 75rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .4rem .6rem; border-top: 1px solid #8886; }
td { overflow-wrap: anywhere; } td.number { text-align: right; white-space: nowrap; }
img { max-width: 8rem; max-height: 8rem; background: repeating-conic-gradient(#8883 0 25%, #fff3 0 50%) 0 0/1rem 1rem; }
</style>
<h1>Batch report</h1>
<p>{{ "Stopped before its end" if stopped else "Ended" }}{{ " after %.0f s" % seconds if seconds is not none }}:
{{ counts or "no images" }}.</p>
<p>{% for term in plan.recipe.terms %}{{ term.combine.value }} “{{ plan.recipe.title(term) }}”
{{- ", " if not loop.last }}{% endfor %}</p>
{% for section in sections %}
<section id="{{ section.group.value }}"><h2>{{ section.heading }} ({{ section.count }})</h2>
<table><thead><tr><th><th>Image<th>Result<th>Presence<th>Time<th>Remarks</tr></thead><tbody>
{% for block in section.rows %}{{ block | safe }}{% endfor %}
</tbody></table></section>
{% endfor %}
{% if plan.problems %}
<section id="plan"><h2>Known before</h2><ul>
{% for problem in plan.problems %}<li>{{ problem.text }}</li>
{% endfor %}
</ul></section>
{% endif %}
</html>
"""
_ROW = """<tr><td>{% if image %}<img alt="" loading="lazy" src="{{ image }}">{% endif %}<td>{{ outcome.source }}
<td>{% if link %}<a href="{{ link }}">{{ name }}</a>{% else %}{{ name }}{% endif %}
<td class=number>{{ "%.2f" % outcome.presence if outcome.presence is not none }}
<td class=number title="{{ steps }}">{{ "%.0f ms" % total if steps }}<td>{{ outcome.text }}</tr>
"""


def write(
    plan: Plan, outcomes: Iterable[Outcome], *, stopped: bool = False, seconds: float | None = None
) -> tuple[Path, Path]:
    """Write report.json and report.html into the plan's folder, which must exist, and return their paths.

    `outcomes` are those so far, at most one per item; they are read once and never all kept in memory. `stopped` says
    that the batch did not come to its end, `seconds` how long it took. A former report is replaced; where a file of
    that name is not a report, another name is used. Raises OutputNotWritable.
    """
    from jinja2 import Environment

    data, page = _free_name(plan.folder, ".json", _JSON), _free_name(plan.folder, ".html", _HTML)
    templates = Environment(autoescape=True, trim_blocks=True)
    row = templates.from_string(_ROW)
    ended = dict.fromkeys(END_STATES, 0)
    try:
        with ExitStack() as stack:
            entries, *spools = (
                stack.enter_context(tempfile.SpooledTemporaryFile(_KEPT_IN_MEMORY, dir=str(plan.folder)))
                for _ in (data, *Group)
            )
            rows = {group: _Rows(spool) for group, spool in zip(Group, spools, strict=True)}
            for outcome in outcomes:
                entries.write(b",\n" if sum(ended.values()) else b"\n")
                entries.write(_json_of(outcome))
                rows[outcome.group].add(outcome, _encoded(row.render(_row_values(outcome, plan.folder))))
                ended[outcome.state] += 1
            counts = {state.value: count for state, count in ended.items()}
            counts["waiting"] = len(plan.items) - sum(ended.values())
            review = rows[Group.REVIEW].least_certain_first()
            with _report_file(data) as file:
                _write_json(file, plan, entries, counts, review, stopped=stopped, seconds=seconds)
            with _report_file(page) as file:
                file.write(_HTML)
                sections = [
                    {"group": group, "heading": heading, "count": rows[group].count, "rows": rows[group].blocks()}
                    for group, heading in _HEADINGS.items()
                    if rows[group].count
                ]
                text = ", ".join(f"{count} {name.replace('-', ' ')}" for name, count in counts.items() if count)
                values = {"plan": plan, "stopped": stopped, "seconds": seconds, "counts": text, "sections": sections}
                for part in templates.from_string(_PAGE).generate(values):
                    file.write(_encoded(part))
    except OSError as error:
        text = f"The report in '{plan.folder}' cannot be written ({error.strerror}): make room."
        raise OutputNotWritable(text) from error
    return data, page


def _write_json(
    file: IO[bytes],
    plan: Plan,
    entries: IO[bytes],
    counts: dict[str, int],
    review: list[int],
    *,
    stopped: bool,
    seconds: float | None,
) -> None:
    report = {
        "version": VERSION,
        "made_by": rim_editor.__version__,
        "plan": plan.digest,
        "folder": str(plan.folder),
        "stopped": stopped,
        "seconds": None if seconds is None else round(seconds, 1),
        "counts": counts,
        "review": review,
        "recipe": plan.recipe.to_json(),
        "problems": records.to_data(plan.problems),
    }
    file.write(_JSON)
    for name, value in report.items():
        file.write(f',\n"{name}": {json.dumps(value)}'.encode("ascii"))
    file.write(b',\n"outcomes": [')
    entries.seek(0)
    shutil.copyfileobj(entries, file)
    file.write(b"\n]\n}\n")


def _json_of(outcome: Outcome) -> bytes:
    data = {name: value for name, value in outcome.to_json().items() if name != "thumbnail"}
    return json.dumps(data).encode("ascii")


def _row_values(outcome: Outcome, folder: Path) -> dict[str, Any]:
    name = os.path.relpath(outcome.output, folder)
    return {
        "outcome": outcome,
        "name": name,
        "link": quote(os.fsencode(name.replace(os.sep, "/"))) if outcome.state is State.DONE else "",
        "image": "" if outcome.thumbnail is None else _data_uri(outcome.thumbnail),
        "steps": ", ".join(f"{step} {value:.0f} ms" for step, value in outcome.milliseconds.items()),
        "total": sum(outcome.milliseconds.values()),
    }


def _data_uri(thumbnail: bytes) -> str:
    kind = "png" if thumbnail.startswith(b"\x89PNG") else "jpeg"
    return f"data:image/{kind};base64,{base64.b64encode(thumbnail).decode('ascii')}"


def _encoded(text: str) -> bytes:
    """As UTF-8; file names may hold characters that it cannot encode."""
    return text.encode("utf-8", "replace")


class _Rows:
    """The rows of one group in a file, which may be read in another order than they came."""

    def __init__(self, spool: IO[bytes]) -> None:
        self._spool = spool
        self._places: list[tuple[float, int, int, int]] = []
        """Presence, index of the outcome, offset and size of each row."""
        self.count = 0

    def add(self, outcome: Outcome, row: bytes) -> None:
        """Append the row of an outcome."""
        self.count += 1
        if outcome.group is Group.REVIEW:
            self._places.append((outcome.presence or 0.0, outcome.index, self._spool.tell(), len(row)))
        self._spool.write(row)

    def least_certain_first(self) -> list[int]:
        """The indices of the outcomes to be reviewed."""
        return [index for _, index, _, _ in sorted(self._places)]

    def blocks(self) -> Iterator[str]:
        """The text, block by block, whole rows each."""
        if self._places:
            for _, _, offset, size in sorted(self._places):
                self._spool.seek(offset)
                yield self._spool.read(size).decode("utf-8")
            return
        self._spool.seek(0)
        for lines in iter(partial(self._spool.readlines, _BLOCK), []):
            yield b"".join(lines).decode("utf-8")


def _free_name(folder: Path, suffix: str, start: bytes) -> Path:
    """The first of 'report', 'report-2' and so on that does not exist, or is a former report."""
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
def _report_file(path: Path) -> Iterator[IO[bytes]]:
    """A file in the folder of the results, written in STAGING, where leftovers of a killed run are removed."""
    staging = path.parent / STAGING
    staging.mkdir(exist_ok=True)
    try:
        with whole_file(path, make_folders=False, staging=staging) as file:
            yield file
    finally:
        with suppress(OSError):  # unfinished results may be there too
            staging.rmdir()
