"""Resuming: finds a batch that was left unfinished, compares its journal with the disk, and does what is left."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from io import FileIO
from pathlib import Path
from typing import TYPE_CHECKING

from rim_editor.batch import pipeline, running, stages
from rim_editor.batch.journal import Journal
from rim_editor.batch.journal_file import NAME, JournalContent, NothingToResume, lock, read
from rim_editor.batch.outcomes import Outcome, State

if TYPE_CHECKING:
    from rim_editor.batch.batch_control import BatchControl
    from rim_editor.matting import Matting


def unfinished(folder: Path) -> tuple[int, int] | None:
    """How many images the batch in `folder` left undone, and of how many; None when there is nothing to resume.

    Changes nothing. A batch that is still running is not one to resume. Raises OSError.
    """
    path = folder / NAME
    try:
        with FileIO(path, "r+b") as file:
            lock(file)
        content = read(path)
    except (FileNotFoundError, NotADirectoryError, BlockingIOError, NothingToResume):
        return None
    total = len(content.plan.items)
    left = total - len(content.ended)
    return (left, total) if left else None


def resume(
    folder: Path,
    matting: Matting,
    control: BatchControl | None = None,
    on_progress: running.ProgressListener | None = None,
    on_former: Callable[[Outcome], None] | None = None,
    *,
    write_report: bool = True,
    run: running.RunPlan = pipeline.run,
) -> running.BatchSummary:
    """Continue the batch whose journal is in `folder`: failed images are tried again, finished ones are not.

    `on_former` is called on this thread with each outcome of former runs that still holds, before the work begins.
    Raises NothingToResume, FolderInUse, and what `running.export` raises.
    """
    with reopened(folder) as journal:
        if on_former is not None:
            for outcome in journal.outcomes():
                on_former(outcome)
        return running.run_journal(journal, matting, control, on_progress, write_report=write_report, run=run)


def reopened(folder: Path) -> Journal:
    """The journal in `folder`, to continue with; removes unfinished files of the process that wrote it.

    Items whose outputs are still as the journal says are done; those that failed are tried again.
    Raises NothingToResume, FolderInUse, DiskFull, OutputNotWritable.
    """
    try:
        journal, content = Journal.open(Path(os.path.abspath(folder)) / NAME)
    except (FileNotFoundError, NotADirectoryError) as error:
        text = f"There is nothing to resume in '{folder}': leave --resume out, or name the folder of that batch."
        raise NothingToResume(text) from error
    try:
        journal.remove_leftovers()
        _compare_with_disk(journal, content)
    except BaseException:
        journal.close()
        raise
    return journal


def _compare_with_disk(journal: Journal, content: JournalContent) -> None:
    """Count as done the items whose files are as they were made, and no others.

    An item whose file was replaced by a later one, of a new state of its image, needs no more work.
    """
    last = {item.output: item.index for item in journal.plan.items}
    replaced = {item.index for item in journal.plan.items if last[item.output] != item.index}
    for index in replaced:
        if not journal.has_ended(index):
            item = replace(journal.plan.items[index], skip="The image has changed since: its new state is exported.")
            journal.record_ended(stages.skipped(item))
    for index, outcome in content.made.items():
        if index in replaced:
            continue
        if not journal.outputs_match(outcome, content.hashes):
            journal.discard_outcome(index)
        elif not journal.has_ended(index):
            journal.record_ended(replace(outcome, state=State.DONE))
