"""Watch: images that appear in folders are exported once they are complete."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from clipmat import image_files
from clipmat.errors import UserFacingWarning
from clipmat.thread_warnings import collected_warnings
from rim_editor.batch import resuming, running
from rim_editor.batch.batch_control import BatchControl
from rim_editor.batch.inputs import Input, gather_inputs
from rim_editor.batch.journal import Journal
from rim_editor.batch.journal_file import FileState, NothingToResume, OtherJournalVersion
from rim_editor.batch.outcomes import Outcome
from rim_editor.batch.plan import Plan, make_plan
from rim_editor.batch.progress import BatchProgress
from rim_editor.batch.recipe import Recipe
from rim_editor.batch.running import BatchSummary, ProgressListener
from rim_editor.batch.stages import failed
from rim_editor.errors import BadOption, EditorError

if TYPE_CHECKING:
    from rim_editor.matting import Matting

PATIENCE_SECONDS = 30.0
"""How long to wait for a file that does not change and cannot be read: a copy over a network may stall."""


def watch(
    watched: Sequence[str | Path],
    recipe: Recipe,
    folder: Path,
    matting: Matting,
    control: BatchControl,
    on_progress: ProgressListener | None = None,
    *,
    recursive: bool = False,
    seconds: float = 1.0,
    patience: float = PATIENCE_SECONDS,
    write_report: bool = True,
) -> BatchSummary:
    """Export the images in `watched`, and those that appear there, into `folder`, until `control` is cancelled.

    The folders are listed every so many `seconds`. An image is exported once, and again when it changes, also across
    interruptions while the recipe stays the same: its new result takes the place of the former one, unless that was
    changed by somebody else or results are numbered. Cancelling ends the work on images that are not done; those are
    done when the folder is watched again. `on_progress` is called on this thread, with counts of all images so far.
    Raises BadOption when the results would be watched too, OtherJournalVersion, and what `running.export` raises.
    """
    folder = Path(os.path.abspath(folder))
    for each in watched:
        if Path(os.path.realpath(each)).is_relative_to(os.path.realpath(folder)):
            raise BadOption(f"'{each}' is where the results go, and they would be exported too: choose another folder.")
    start = time.monotonic()
    with _journal(recipe, folder) as journal:
        arrivals = Arrivals(patience)
        summary = running.run_journal(journal, matting, control, on_progress, write_report=False)
        while not summary.text and not _cancelled(control, seconds):
            found, _ = gather_inputs(watched, recursive)
            _forget_lost(journal)
            ready = arrivals.complete(found, journal.seen, folder)
            if ready:
                for outcome in _add_to_journal(journal, ready, recipe, folder):
                    if on_progress is not None:
                        done, total = sum(journal.counts.values()), len(journal.plan.items)
                        on_progress(BatchProgress(done, total, outcome, 0.0, None))
                summary = running.run_journal(journal, matting, control, on_progress, write_report=False)
        return running.summarise(journal, time.monotonic() - start, summary.text, write_report=write_report)


class Arrivals:
    """Finds files that have been written completely: unchanged since the last time, and readable or long unchanged."""

    def __init__(self, patience: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._patience, self._clock = patience, clock
        self._known: dict[Path, tuple[FileState, float]] = {}

    def complete(
        self, found: Iterable[Input], seen: dict[Path, FileState], folder: Path
    ) -> dict[Path, tuple[Input, FileState]]:
        """Those of `found` that can be exported now, without those `seen` in the same state, and without results."""
        ready: dict[Path, tuple[Input, FileState]] = {}
        there: set[Path] = set()
        for each in found:
            state = _file_state(each.path)
            if state is None or seen.get(each.path) == state or each.path.is_relative_to(folder):
                continue
            there.add(each.path)
            before, since = self._known.get(each.path, (None, 0.0))
            if before != state:
                self._known[each.path] = state, self._clock()
            elif self._clock() - since >= self._patience or _readable(each.path):
                ready[each.path] = each, state
        self._known = {path: known for path, known in self._known.items() if path in there and path not in ready}
        return ready


def _journal(recipe: Recipe, folder: Path) -> Journal:
    """The former journal if the recipe is still the same, or a new one."""
    try:
        journal = resuming.reopened(folder)
        if journal.plan.recipe == recipe:
            return journal
        journal.close()
    except OtherJournalVersion:  # with a new journal everything would be exported once more
        raise
    except NothingToResume:
        pass
    return Journal.begin(Plan((), (), recipe, folder))


def _add_to_journal(
    journal: Journal, ready: dict[Path, tuple[Input, FileState]], recipe: Recipe, folder: Path
) -> Iterator[Outcome]:
    """Plan the images and add them to the journal; those that cannot be exported have their outcome at once."""
    first = len(journal.plan.items) + 1
    own = journal.own_results(ready.keys() & journal.seen.keys())
    ready = {path: (replace(each, own=own.get(path, ())), state) for path, (each, state) in ready.items()}
    plan = make_plan([each for each, _ in ready.values()], recipe, folder, first=first)
    if not plan.fatal:
        journal.extend(plan, {path: state for path, (_, state) in ready.items()})
        return
    # A problem of one must not stop the others: each is planned on its own.
    for path, (each, state) in ready.items():
        alone = make_plan([each], recipe, folder, first=len(journal.plan.items) + 1)
        journal.extend(alone, {path: state})
        refused = next((problem.text for problem in alone.problems if problem.fatal), None)
        if refused is not None:
            for item in journal.plan.items[len(journal.plan.items) - len(alone.items) :]:
                outcome = failed(item, EditorError(refused))
                journal.record_ended(outcome)
                yield outcome


def _forget_lost(journal: Journal) -> None:
    """Images that failed and are gone are new when they come back, as from a drive that was not there for a moment."""
    for item in journal.failed():
        if not os.path.lexists(item.source):
            journal.seen.pop(item.source, None)


def _cancelled(control: BatchControl, seconds: float) -> bool:
    """Wait so long; whether the control was cancelled or the user interrupted meanwhile."""
    try:
        return control.wait_cancelled(seconds)
    except KeyboardInterrupt:
        control.cancel()
        return True


def _file_state(path: Path) -> FileState | None:
    try:
        state = path.stat()
    except (OSError, ValueError):
        return None
    return state.st_size, state.st_mtime_ns


def _readable(path: Path) -> bool:
    with collected_warnings(UserFacingWarning):  # they are reported when it is exported
        try:
            image_files.read(path, whole=True)
        except Exception:  # noqa: BLE001 - whatever it is, the export of this image alone fails with it
            return False
    return True
