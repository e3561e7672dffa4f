"""Session: one batch from its plan to its report, so that whatever happens is told and can be resumed."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rim_editor.batch import pipeline, report
from rim_editor.batch.cluster.cluster_errors import ClusterLost
from rim_editor.batch.control import Control
from rim_editor.batch.journal import Journal
from rim_editor.batch.outcomes import State
from rim_editor.batch.placing import DiskFull
from rim_editor.batch.plan import Plan
from rim_editor.batch.progress import Progress
from rim_editor.errors import EditorError, OutputNotWritable

if TYPE_CHECKING:
    from rim_editor.matting import Matting

DONE, SOME_LEFT, STOPPED = 0, 4, 5
Told = Callable[[Progress], None]
Run = Callable[[Plan, "Matting", Journal, Control | None], Generator[Progress, None, None]]
"""Who does the work: `pipeline.run` on this machine, or a cluster's `run`."""


class PlanRefused(EditorError):
    """The plan has a problem that must be remedied before anything is done."""


@dataclass(frozen=True)
class Summary:
    """What came of a batch."""

    plan: Plan
    counts: Mapping[State, int]
    """How many images ended how, in former runs too."""
    seconds: float
    text: str = ""
    """Why it stopped, and what to do, where there is more to say than that it was cancelled."""
    reports: tuple[Path, ...] = ()
    """The report as JSON and as HTML, if there is one."""

    @property
    def left(self) -> int:
        """How many images have no outcome yet; `resume` does them."""
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
    control: Control | None = None,
    told: Told | None = None,
    *,
    reported: bool = True,
    run: Run = pipeline.run,
) -> Summary:
    """Do the whole plan, with a new journal in its folder; `told` hears the progress on this thread.

    Cancelling `control`, an interrupt (Ctrl-C), a full disk and a lost cluster end it early: what is done stays, the
    summary says so, and `resume` goes on. A report is written in any case, unless `reported` is False.
    Raises PlanRefused, AtWork, DiskFull and OutputNotWritable before anything is begun, ClipMatError when the model
    cannot be loaded, OutputNotWritable when the journal can no longer be written.
    """
    if plan.fatal:
        first, *others = (problem.text for problem in plan.problems if problem.fatal)
        raise PlanRefused(first + (f" ({len(others)} more like it.)" if others else ""))
    with Journal.begin(plan) as journal:
        return carried_out(journal, matting, control, told, reported=reported, run=run)


def resume(
    folder: Path,
    matting: Matting,
    control: Control | None = None,
    told: Told | None = None,
    *,
    reported: bool = True,
    run: Run = pipeline.run,
) -> Summary:
    """Go on with the batch whose journal is in `folder`: what is done is not done again, what failed is.

    Raises NothingToResume, AtWork, and what `export` raises.
    """
    with Journal.resume(folder) as journal:
        return carried_out(journal, matting, control, told, reported=reported, run=run)


def carried_out(
    journal: Journal,
    matting: Matting,
    control: Control | None = None,
    told: Told | None = None,
    *,
    reported: bool = True,
    run: Run = pipeline.run,
) -> Summary:
    """Do what is to do by `journal`, and report on all of it. Raises ClipMatError, OutputNotWritable."""
    start, text = time.monotonic(), ""
    try:
        with closing(run(journal.plan, matting, journal, control)) as steps:
            for progress in steps:
                if told is not None:
                    told(progress)
    except (DiskFull, ClusterLost) as error:
        text = str(error)
    except KeyboardInterrupt:
        # The pipeline has ended by now, as if it were cancelled.
        if control is not None:
            control.cancel()
    finally:
        journal.clear()
    return summed_up(journal, time.monotonic() - start, text, reported=reported)


def summed_up(journal: Journal, seconds: float, text: str = "", *, reported: bool = True) -> Summary:
    """The summary of a batch as it is now, and its report. `text` says why it ended early."""
    plan, counts = journal.plan, journal.counts
    reports: tuple[Path, ...] = ()
    stopped = sum(counts.values()) < len(plan.items)
    if reported:
        try:
            reports = report.write(plan, journal.outcomes(), stopped=stopped, seconds=seconds)
        except OutputNotWritable as error:
            text = f"{text} {error}".strip()
    return Summary(plan, counts, seconds, text, reports)
