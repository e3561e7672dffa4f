"""Output of `rim-editor batch`: plan, progress, problems and summary. Results go to stdout, the rest to stderr."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Protocol

from rim_editor.batch.outcomes import Outcome, State
from rim_editor.commands.printing import PROGRAM, print_json, print_message, print_result, printable
from rim_editor.errors import EditorError

if TYPE_CHECKING:
    from rich.progress import Progress as ProgressBar

    from rim_editor.batch.plan import Plan
    from rim_editor.batch.problems import Problem
    from rim_editor.batch.progress import BatchProgress
    from rim_editor.batch.running import BatchSummary

MOST_PROBLEMS = 20


class Screen(Protocol):
    """Shows the progress of a batch."""

    def show(self, progress: BatchProgress) -> None:
        """One more image has an outcome."""

    def print_message(self, text: str) -> None:
        """One line about the batch."""


def print_problems(problems: Iterable[Problem]) -> None:
    """The problems of a plan on stderr, fatal ones first, and at most MOST_PROBLEMS of them."""
    ordered = sorted(problems, key=lambda problem: not problem.fatal)
    for problem in ordered[:MOST_PROBLEMS]:
        print_message(problem.text if problem.fatal else f"warning: {problem.text}")
    if len(ordered) > MOST_PROBLEMS:
        print_message(f"… and {len(ordered) - MOST_PROBLEMS} more: see --dry-run --json.")


def print_plan(plan: Plan, *, as_json: bool) -> None:
    """The plan on stdout, one line for each image, or as JSON, with an error where it cannot be carried out."""
    if as_json:
        errors = [problem.text for problem in plan.problems if problem.fatal]
        ended = {"error": errors[0], "exit_code": EditorError.exit_code} if errors else {"exit_code": 0}
        print_json({**plan.to_json(), "digest": plan.digest, "fatal": plan.fatal, **ended})
        return
    from rim_editor.batch.output_paths import formatted_size

    for item in plan.items:
        output = "skipped" if item.skip else str(item.output)
        print_result(f"{item.source} -> {output}")
    skipped = sum(1 for item in plan.items if item.skip)
    left_out = f", {skipped} skipped" if skipped else ""
    space = f"about {formatted_size(plan.bytes_needed)} needed, {formatted_size(plan.bytes_free)} free"
    print_result(f"{len(plan.items)} images{left_out}; {space}")


def print_summary(summary: BatchSummary, bad: Iterable[Outcome], *, as_json: bool) -> None:
    """How a batch ended, on stdout; `bad` are images that failed, or in which nothing matched."""
    if summary.text:
        print_message(summary.text)
    elif summary.stopped:
        print_message(f"stopped with {summary.left} images left: continue with --resume.")
    counts = {state.value: count for state, count in summary.counts.items()} | {"waiting": summary.left}
    if not as_json:
        text = ", ".join(f"{count} {name.replace('-', ' ')}" for name, count in counts.items() if count)
        page = f": {summary.reports[-1]}" if summary.reports else ""
        print_result(f"{text or 'no images'} in {_duration(summary.seconds)}{page}")
        if summary.doubtful:
            print_result(_to_review(summary))
        return
    result = {
        "folder": str(summary.plan.folder),
        "counts": counts,
        "stopped": summary.stopped,
        "seconds": round(summary.seconds, 1),
        "reports": [str(path) for path in summary.reports],
        "text": summary.text,
        "exit_code": summary.exit_code,
        "review": [
            {"image": str(item.source), "output": str(item.output), "presence": presence}
            for item, presence in summary.doubtful
        ],
        "bad": [
            {
                "image": str(each.source),
                "state": each.state.value,
                "text": each.text,
                "certainty": each.certainty,
                "presence": each.presence,
            }
            for each in bad
        ],
    }
    print_json(result)


@contextmanager
def progress_screen() -> Iterator[Screen]:
    """A screen on stderr: a bar on a terminal, and everywhere a line for each image that went wrong."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield _Lines()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as RichProgress

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[pace]}"),
    )
    bar = RichProgress(*columns, console=Console(stderr=True), transient=True)
    with suppress(OSError):
        bar.start()
    try:
        yield _Terminal(bar)
    finally:
        with suppress(OSError):
            bar.stop()


class _Lines:
    def show(self, progress: BatchProgress) -> None:
        if progress.outcome is not None and (line := _line(progress.outcome)):
            self.print_message(line)

    def print_message(self, text: str) -> None:
        print_message(text)


class _Terminal(_Lines):
    """A terminal that may be closed while the batch goes on."""

    def __init__(self, bar: ProgressBar) -> None:
        self._bar = bar
        self._task = bar.add_task("loading the model", total=None, pace="")

    def show(self, progress: BatchProgress) -> None:
        name = "" if progress.outcome is None else progress.outcome.source.name
        pace = ""
        if progress.seconds_left is not None:
            pace = f"{progress.images_per_second:.1f} images/s, {_duration(progress.seconds_left)} left"
        with suppress(OSError):
            self._bar.update(self._task, completed=progress.done, total=progress.total, pace=pace)
            if name:
                self._bar.update(self._task, description=printable(name))
        super().show(progress)

    def print_message(self, text: str) -> None:
        line = f"{PROGRAM}: {printable(' '.join(text.split()))}"
        with suppress(OSError):
            self._bar.console.print(line, markup=False, highlight=False, soft_wrap=True)


def _line(outcome: Outcome) -> str:
    """The line to print about an outcome; '' when it is done without a remark, or skipped as planned."""
    if not outcome.text or outcome.state is State.SKIPPED:
        return ""
    name = str(outcome.source)
    text = outcome.text if name in outcome.text else f"'{name}': {outcome.text}"
    return text if outcome.state in (State.FAILED, State.NOTHING_MATCHED) else f"warning: {text}"


def _to_review(summary: BatchSummary) -> str:
    found = summary.doubtful
    names = [f"{item.output} ({presence:.2f})" for item, presence in found[:MOST_PROBLEMS]]
    more = f" and {len(found) - MOST_PROBLEMS} more" if len(found) > MOST_PROBLEMS else ""
    return f"{len(found)} to review, least certain first: {', '.join(names)}{more}"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
