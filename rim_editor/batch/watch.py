"""Watch: what lands in folders is exported as it lands; files that still grow are waited for."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from clipmat import image_files
from clipmat.errors import UserError, UserFacingWarning
from clipmat.thread_warnings import collected_warnings
from rim_editor.batch import running
from rim_editor.batch.control import Control
from rim_editor.batch.inputs import Input, gathered
from rim_editor.batch.journal import Journal
from rim_editor.batch.journal_reading import Look, NothingToResume, OtherVersion
from rim_editor.batch.outcomes import Outcome
from rim_editor.batch.plan import Plan, planned
from rim_editor.batch.progress import Progress
from rim_editor.batch.recipe import Recipe
from rim_editor.batch.running import Summary, Told
from rim_editor.batch.stages import failed
from rim_editor.errors import BadOption, EditorError

if TYPE_CHECKING:
    from rim_editor.matting import Matting

PATIENCE_SECONDS = 30.0
"""How long a file that does not change is waited for while it cannot be read: a copy over a network may stall."""


def watch(
    watched: Sequence[str | Path],
    recipe: Recipe,
    folder: Path,
    matting: Matting,
    control: Control,
    told: Told | None = None,
    *,
    recursive: bool = False,
    seconds: float = 1.0,
    patience: float = PATIENCE_SECONDS,
    reported: bool = True,
) -> Summary:
    """Export the images in `watched`, and those that come, into `folder`, until `control` is cancelled.

    They are looked for every so many `seconds`. An image is exported once, and again when it changes; that is so
    over interruptions too, while the recipe stays. Cancelling ends the work on images that are not done; those are
    done when the folder is watched again. `told` hears the progress on this thread, over all images so far.
    Raises BadOption when the results would be watched too, OtherVersion, and what `running.export` raises.
    """
    folder = Path(os.path.abspath(folder))
    for each in watched:
        if Path(each).resolve().is_relative_to(folder.resolve()):
            raise BadOption(f"'{each}' is where the results go, and they would be exported too: choose another folder.")
    start = time.monotonic()
    with _journal(recipe, folder) as journal:
        landing = Landing(patience)
        summary = running.carried_out(journal, matting, control, told, reported=False)
        while not summary.text and not _cancelled(control, seconds):
            found, _ = gathered(watched, recursive)
            ready = landing.settled(found, journal.seen, folder)
            if ready:
                for outcome in _taken_in(journal, ready, recipe, folder):
                    if told is not None:
                        told(Progress(sum(journal.counts.values()), len(journal.plan.items), outcome, 0.0, None))
                summary = running.carried_out(journal, matting, control, told, reported=False)
        return running.summed_up(journal, time.monotonic() - start, summary.text, reported=reported)


class Landing:
    """Tells which files have landed: those that look the same as before, and can be read or will not change."""

    def __init__(self, patience: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._patience, self._clock = patience, clock
        self._looks: dict[Path, tuple[Look, float]] = {}

    def settled(self, found: Iterable[Input], seen: dict[Path, Look], folder: Path) -> dict[Path, tuple[Input, Look]]:
        """Those of `found` that can be exported now, without those `seen` as they are, and without results."""
        ready: dict[Path, tuple[Input, Look]] = {}
        there: set[Path] = set()
        for each in found:
            look = _look(each.path)
            if look is None or seen.get(each.path) == look or each.path.is_relative_to(folder):
                continue
            there.add(each.path)
            before, since = self._looks.get(each.path, (None, 0.0))
            if before != look:
                self._looks[each.path] = look, self._clock()
            elif self._clock() - since >= self._patience or _readable(each.path):
                ready[each.path] = each, look
        self._looks = {path: known for path, known in self._looks.items() if path in there and path not in ready}
        return ready


def _journal(recipe: Recipe, folder: Path) -> Journal:
    """The journal of before while the recipe is the same, or a new one."""
    try:
        journal = Journal.resume(folder)
        if journal.plan.recipe == recipe:
            return journal
        journal.close()
    except OtherVersion:  # a new journal would export once more what it has done
        raise
    except NothingToResume:
        pass
    return Journal.begin(Plan((), (), recipe, folder))


def _taken_in(
    journal: Journal, ready: dict[Path, tuple[Input, Look]], recipe: Recipe, folder: Path
) -> Iterator[Outcome]:
    """Plans the images and notes them in the journal; those that cannot be exported have their outcome at once."""
    first = len(journal.plan.items) + 1
    plan = planned([each for each, _ in ready.values()], recipe, folder, first=first)
    if not plan.fatal:
        journal.extend(plan, {path: look for path, (_, look) in ready.items()})
        return
    # What is wrong with one must not keep the others: each is planned by itself.
    for path, (each, look) in ready.items():
        alone = planned([each], recipe, folder, first=len(journal.plan.items) + 1)
        journal.extend(alone, {path: look})
        refused = next((problem.text for problem in alone.problems if problem.fatal), None)
        if refused is not None:
            for item in journal.plan.items[len(journal.plan.items) - len(alone.items) :]:
                outcome = failed(item, EditorError(refused))
                journal.ended(outcome)
                yield outcome


def _cancelled(control: Control, seconds: float) -> bool:
    """Wait so long, or until the control is cancelled or the user interrupts; whether that is so."""
    try:
        return control.wait_cancelled(seconds)
    except KeyboardInterrupt:
        control.cancel()
        return True


def _look(path: Path) -> Look | None:
    try:
        state = path.stat()
    except OSError:
        return None
    return state.st_size, state.st_mtime_ns


def _readable(path: Path) -> bool:
    with collected_warnings(UserFacingWarning):  # told when it is exported
        try:
            image_files.read(path)
        except (UserError, MemoryError):
            return False
    return True
