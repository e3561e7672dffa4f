"""One batch from its plan to its report; whatever interrupts it, the summary says so and it can be resumed."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rim_editor.batch import pipeline, report
from rim_editor.batch.batch_control import BatchControl
from rim_editor.batch.journal import Journal
from rim_editor.batch.outcomes import State
from rim_editor.batch.output_files import DiskFull
from rim_editor.batch.plan import Item, Plan
from rim_editor.batch.progress import BatchProgress
from rim_editor.errors import BatchInterrupted, EditorError, OutputNotWritable

if TYPE_CHECKING:
    from rim_editor.matting import Matting

DONE, SOME_LEFT, STOPPED = 0, 4, 5
ProgressListener = Callable[[BatchProgress], None]
RunPlan = Callable[[Plan, "Matting", Journal, BatchControl | None], Generator[BatchProgress, None, None]]
"""The function that does the work: `pipeline.run` on this machine, or `Cluster.run`."""


class PlanRefused(EditorError):
    """The plan has a problem that must be remedied before anything is done."""


@dataclass(frozen=True)
class BatchSummary:
    """How a batch ended."""

    plan: Plan
    counts: Mapping[State, int]
    """How many images ended in which state, in former runs too."""
    seconds: float
    text: str = ""
    """Why it stopped and what to do, unless it was simply cancelled."""
    reports: tuple[Path, ...] = ()
    """The report as JSON and as HTML, if there is one."""
    doubtful: tuple[tuple[Item, float], ...] = ()
    """Items whose results should be reviewed, with the presence of what was found, least certain first."""

    @property
    def left(self) -> int:
        """How many images have no outcome yet; `resuming.resume` does them."""
        return len(self.plan.items) - sum(self.counts.values())

    @property
    def stopped(self) -> bool:
        """Whether it ended before all was done."""
        return self.left > 0

    @property
    def exit_code(self) -> int:
        """0 all is done, 4 some failed or nothing matched in them, 5 stopped before the end."""
        if self.stopped:
            return STOPPED
        return SOME_LEFT if self.counts[State.FAILED] or self.counts[State.NOTHING_MATCHED] else DONE


def export(
    plan: Plan,
    matting: Matting,
    control: BatchControl | None = None,
    on_progress: ProgressListener | None = None,
    *,
    write_report: bool = True,
    run: RunPlan = pipeline.run,
) -> BatchSummary:
    """Do the whole plan, with a new journal in its folder; `on_progress` is called on this thread.

    Cancelling `control`, an interrupt (Ctrl-C), a full disk and a lost cluster end it early: finished images stay, the
    summary says so, and `resuming.resume` continues. A report is written in any case, unless `write_report` is False.
    Raises PlanRefused, FolderInUse, DiskFull and OutputNotWritable before anything begins, ClipMatError when the model
    cannot be loaded, OutputNotWritable when the journal can no longer be written.
    """
    if plan.fatal:
        first, *others = (problem.text for problem in plan.problems if problem.fatal)
        raise PlanRefused(first + (f" ({len(others)} more like it.)" if others else ""))
    with Journal.begin(plan) as journal:
        return run_journal(journal, matting, control, on_progress, write_report=write_report, run=run)


def run_journal(
    journal: Journal,
    matting: Matting,
    control: BatchControl | None = None,
    on_progress: ProgressListener | None = None,
    *,
    write_report: bool = True,
    run: RunPlan = pipeline.run,
) -> BatchSummary:
    """Do what `journal` has no outcome of, and report on everything. Raises ClipMatError, OutputNotWritable."""
    start, text = time.monotonic(), ""
    try:
        with closing(run(journal.plan, matting, journal, control)) as steps:
            for progress in steps:
                if on_progress is not None:
                    on_progress(progress)
    except (DiskFull, BatchInterrupted) as error:
        text = str(error)
    except KeyboardInterrupt:
        # The pipeline has ended by now, as when it is cancelled.
        if control is not None:
            control.cancel()
    finally:
        journal.remove_leftovers()
    return summarise(journal, time.monotonic() - start, text, write_report=write_report)


def summarise(journal: Journal, seconds: float, text: str = "", *, write_report: bool = True) -> BatchSummary:
    """The summary of a batch as it is now, with its report. `text` says why it ended early."""
    plan, counts = journal.plan, journal.counts
    reports: tuple[Path, ...] = ()
    stopped = sum(counts.values()) < len(plan.items)
    if write_report and journal.in_place:
        try:
            reports = report.write(plan, journal.outcomes(), stopped=stopped, seconds=seconds)
        except OutputNotWritable as error:
            text = f"{text} {error}".strip()
    return BatchSummary(plan, counts, seconds, text, reports, journal.doubtful)
