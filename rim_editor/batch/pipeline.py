"""Pipeline: the stages of many images at once. Decoding, finding, finishing and writing overlap on threads.

On the CPU each stage computes on its own thread alone, the model too: two images at once use two cores better than
one image that is cut in halves, because most of the work on it cannot be split. Images in flight are bounded by their
number and by their megapixels, so that memory does not grow with the batch.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from clipmat.errors import UserError
from rim_editor import matting as matting_module
from rim_editor.batch import stages
from rim_editor.batch.batch_control import BatchControl
from rim_editor.batch.journal import Journal
from rim_editor.batch.outcomes import Outcome, State
from rim_editor.batch.output_files import DiskFull
from rim_editor.batch.plan import Item, Plan
from rim_editor.batch.progress import BatchProgress, track_progress
from rim_editor.batch.queues import MegapixelBudget, StageQueue, ThreadCounts, usable_cores
from rim_editor.batch.recipe import Recipe
from rim_editor.batch.stages import DecodedItem, FinishedItem, FoundItem
from rim_editor.documents.edit_description import EditDescription
from rim_editor.errors import BatchInterrupted

if TYPE_CHECKING:
    from rim_editor.documents.edits import Edit
    from rim_editor.matting import Matting

MEGAPIXELS = 160.0
"""How many may be in flight, decoded and not yet encoded; a larger image is alone."""
_BACKGROUNDS = 2
_POLL_SECONDS = 0.1


def run(
    plan: Plan,
    matting: Matting,
    journal: Journal,
    control: BatchControl | None = None,
    *,
    threads: ThreadCounts | None = None,
    megapixels: float = MEGAPIXELS,
) -> Generator[BatchProgress, None, None]:
    """Do the items of `plan` that `journal` has no outcome of; yields one progress at once, then one per outcome.

    Outcomes come in any order and are in the journal before they are yielded. A failure with one image is its
    outcome and stops nothing else. Ends early, without an error, when `control` is cancelled or the generator is
    closed. No thread is left when it has ended.
    Raises ClipMatError when the model cannot be loaded, DiskFull and OutputNotWritable when nothing can be written.
    """
    items = journal.todo()
    control = control or BatchControl()
    threads = threads or ThreadCounts.for_cores(usable_cores())
    pipeline = _Pipeline(plan.recipe, matting, journal, plan.folder, control, threads, megapixels)
    yield from track_progress(items, len(plan.items), control, pipeline.run(iter(items)))


class Recorder(Protocol):
    """Where a pipeline records its work: a journal, or a substitute. Called from one thread at a time."""

    @property
    def own(self) -> Collection[Path]:
        """Existing files that may be replaced."""

    def record_made(self, outcome: Outcome) -> None:
        """Record a result that is about to be renamed into place, which may happen once this returns."""

    def record_ended(self, outcome: Outcome) -> None:
        """Record how the work on an item ended."""

    def sync(self) -> None:
        """Called now and then when there is nothing to record."""


def run_items(
    items: Iterator[Item | None],
    recipe: Recipe,
    matting: Matting,
    recorder: Recorder,
    folder: Path,
    control: BatchControl,
    threads: ThreadCounts,
) -> Generator[Outcome, None, None]:
    """Like `run`, for `items` as they come; several threads ask for the next one, and None means: ask again.

    `folder` is the batch's.
    """
    return _Pipeline(recipe, matting, recorder, folder, control, threads, MEGAPIXELS).run(items)


class _Stopped(Exception):
    """The batch ends, and with it the work on an image."""


class _Pipeline:
    """The threads of one run and the queues between them."""

    def __init__(
        self,
        recipe: Recipe,
        matting: Matting,
        recorder: Recorder,
        folder: Path,
        control: BatchControl,
        threads: ThreadCounts,
        megapixels: float,
    ) -> None:
        self._control, self._folder = control, folder
        self._recipe, self._matting, self._recorder = recipe, matting, recorder
        self._counts = threads
        self._read: Callable[[EditDescription], Edit] = lru_cache(maxsize=_BACKGROUNDS)(EditDescription.read)
        self._stopping = threading.Event()
        self._broken: Exception | None = None
        self._budget = MegapixelBudget(threads.images, megapixels, self._check)
        self._decoded: StageQueue[DecodedItem] = StageQueue(threads.decode, self._stopping)
        self._found: StageQueue[FoundItem] = StageQueue(1, self._stopping)
        # Failures go to the writer from every stage.
        self._finished: StageQueue[FinishedItem] = StageQueue(threads.decode + 1 + threads.finish, self._stopping)
        self._outcomes: StageQueue[Outcome] = StageQueue(1, self._stopping)

    def run(self, items: Iterator[Item | None]) -> Generator[Outcome, None, None]:
        """Outcomes as they come, until all have come or the batch is cancelled. Raises the first error of a thread."""
        with self._running(items):
            while True:
                outcome = self._outcomes.get(_POLL_SECONDS)
                if outcome is not None:
                    self._budget.release(outcome.index)
                    yield outcome
                elif self._broken is not None:
                    raise self._broken
                elif self._control.cancelled or self._outcomes.exhausted:
                    return

    @contextmanager
    def _running(self, waiting: Iterator[Item | None]) -> Iterator[None]:
        """All threads run inside."""
        import cv2

        count = self._counts
        threads = [
            *self._threads("decode", count.decode, lambda: self._decode(waiting), self._decoded, self._finished),
            *self._threads("find", 1, self._find, self._found, self._finished),
            *self._threads("finish", count.finish, self._finish, self._finished),
            *self._threads("write", 1, self._write, self._outcomes),
        ]
        cv2_threads = cv2.getNumThreads()
        cv2.setNumThreads(1)
        try:
            for thread in threads:
                thread.start()
            yield
        finally:
            self._stopping.set()
            for thread in threads:
                if thread.ident is not None:
                    thread.join()
            cv2.setNumThreads(cv2_threads)

    def _threads(
        self, name: str, count: int, work: Callable[[], None], *queues: StageQueue[Any]
    ) -> Iterator[threading.Thread]:
        def until_done() -> None:
            try:
                work()
            except _Stopped:
                pass
            except Exception as error:  # noqa: BLE001 - raised on the caller's thread
                self._broken = self._broken or error
                self._stopping.set()
            finally:
                for queue in queues:
                    queue.producer_done()

        for number in range(count):
            yield threading.Thread(target=until_done, name=f"batch-{name}-{number}")

    def _check(self) -> None:
        """Wait while paused. Raises _Stopped when the work is to end."""
        while self._control.paused and not self._stopping.is_set():
            self._control.wait_while_paused(_POLL_SECONDS)
        if self._control.cancelled or self._stopping.is_set():
            raise _Stopped

    def _decode(self, waiting: Iterator[Item | None]) -> None:
        while True:
            self._budget.admit()
            item = self._next(waiting)
            if item is None:
                return
            if item.skip:
                self._finished.put(FinishedItem(stages.skipped(item), None, None))
            else:
                self._decode_one(item)

    def _next(self, waiting: Iterator[Item | None]) -> Item | None:
        """The next item; None when there are no more."""
        for item in waiting:  # of a tuple: safe between threads
            if item is not None:
                return item
            self._check()
        return None

    def _decode_one(self, item: Item) -> None:
        with self._guarded(item):
            decoded = stages.decode(item, self._read, self._recipe.page)
            self._budget.reserve(item.index, decoded.megapixels)
            self._decoded.put(decoded)

    def _find(self) -> None:
        model = self._recipe.model
        predictor = self._matting.predictor(model.weights, model.device, model.precision)

        def one(decoded: DecodedItem) -> None:
            self._check()
            with self._guarded(decoded.item):
                self._found.put(stages.find(decoded, self._matting, self._recipe, self._check))

        # With the model on a GPU, its threads on the CPU have little to do.
        with matting_module.cpu_threads(self._counts.model_threads if predictor.device == "cpu" else 1):
            while self._decoded.process_next(one):
                pass

    def _finish(self) -> None:
        def one(found: FoundItem) -> None:
            self._check()
            with self._guarded(found.decoded.item):
                finished = stages.finish(found, self._recipe, self._check)
                self._budget.free_pixels(finished.outcome.index)
                self._finished.put(finished)

        while self._found.process_next(one):
            pass

    def _write(self) -> None:
        overwrite = self._recipe.request().overwrite

        def one(finished: FinishedItem) -> None:
            self._check()
            outcome = finished.outcome
            if finished.content is not None:
                self._recorder.record_made(outcome)
                outcome = self._written(finished, overwrite)
            self._recorder.record_ended(outcome)
            self._outcomes.put(outcome)

        while self._finished.process_next(one, idle=self._recorder.sync):
            pass

    def _written(self, finished: FinishedItem, overwrite: bool) -> Outcome:
        try:
            return stages.write(finished, overwrite, self._recorder.own, self._folder)
        except (DiskFull, BatchInterrupted):
            raise
        except UserError as error:
            failed = replace(finished.outcome, state=State.FAILED, text=str(error), sha256="", bytes=0)
            return replace(failed, sidecar_sha256="", sidecar_bytes=0)

    @contextmanager
    def _guarded(self, item: Item) -> Iterator[None]:
        try:
            yield
        except _Stopped:
            raise
        except Exception as error:  # noqa: BLE001 - one bad image never stops the others
            self._finished.put(FinishedItem(stages.failed(item, error), None, None))
