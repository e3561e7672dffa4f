"""Jobs: work that may run on another thread, the runners that execute it, and the jobs of one editor."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from clipmat.errors import UserError, UserFacingWarning
from clipmat.thread_warnings import collected_warnings
from rim_editor.editor.events import JobEnded, JobKind, JobStarted, Listeners, Notice, NoticeCode

T = TypeVar("T")


@dataclass(frozen=True)
class JobResult:
    """The result of a job, or its error."""

    result: object = None
    error: Exception | None = None
    """The exception that the work raised; there is no result then."""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Job:
    """Work with its inputs captured; it changes nothing itself, `done` does."""

    kind: JobKind
    work: Callable[[], object]
    done: Callable[[Any], None]
    """Called with the return value of `work`."""
    failed: Callable[[Exception], None]
    """Called with the exception that `work` raised."""
    warned: Callable[[str], None] | None = None
    """Called after `done` with the text of each warning; without it, warnings go where Python sends them."""
    owner: Hashable = None
    """Whose job it is: the newest job of a kind and an owner replaces an older one that has not finished."""
    uses_model: bool = False
    """Jobs that use the model share one thread."""

    def run(self) -> JobResult:
        """Do the work on this thread; an exception is returned as the result's `error`."""
        try:
            if self.warned is None:
                return JobResult(self.work())
            with collected_warnings(UserFacingWarning) as texts:
                result = self.work()
        except Exception as error:  # noqa: BLE001 - `failed` is called with it
            return JobResult(error=error)
        return JobResult(result, warnings=tuple(texts))

    def finish(self, result: JobResult) -> None:
        """Call back with the result of `run`."""
        if result.error is not None:
            self.failed(result.error)
            return
        self.done(result.result)
        if self.warned is not None:
            for text in result.warnings:
                self.warned(text)


class Runner(Protocol):
    """Runs jobs. Its methods are called on one thread, and it calls back on that thread."""

    def start(self, job: Job) -> None:
        """Run the job elsewhere, then finish it on the caller's thread.

        A job of the same kind and owner that has not finished is superseded: none of its callbacks is called.
        """

    def cancel(self, kind: JobKind, owner: Hashable = None) -> None:
        """Drop the job of this kind and owner, if there is one: none of its callbacks is called."""


class InlineRunner:
    """Runs each job before `start` returns. Errors other than UserError are raised."""

    def start(self, job: Job) -> None:
        """Work, then call back."""
        result = job.run()
        if result.error is not None and not isinstance(result.error, UserError):
            raise result.error
        job.finish(result)

    def cancel(self, kind: JobKind, owner: Hashable = None) -> None:
        """There is never a job to cancel."""


@dataclass(eq=False)
class EditorJobs:
    """Starts and drops the jobs of one editor; the newest of a kind is the one that counts.

    Errors and warnings are sent to the listeners as a `Notice`.
    """

    runner: Runner
    listeners: Listeners
    _waited_for: set[JobKind] = field(default_factory=set)

    @property
    def busy(self) -> frozenset[JobKind]:
        """The kinds that the user is waiting for."""
        return frozenset(self._waited_for)

    def start(
        self,
        kind: JobKind,
        work: Callable[[], T],
        done: Callable[[T], object],
        *,
        description: str = "",
        failed: Callable[[], None] | None = None,
        uses_model: bool = False,
    ) -> None:
        """Do `work`, then call `done` with its result, or `failed`.

        With a `description` the user waits for it: listeners are notified of its start and its end.
        """

        def succeeded(result: T) -> None:
            self._end(kind)
            done(result)

        def failed_with(error: Exception) -> None:
            self._end(kind)
            if failed is not None:
                failed()
            text = str(error) or type(error).__name__
            self.listeners.notify(Notice(NoticeCode.FAILED, text, kind, error))

        def warned(text: str) -> None:
            self.listeners.notify(Notice(NoticeCode.WARNED, text, kind))

        if description:
            self._waited_for.add(kind)
            self.listeners.notify(JobStarted(kind, description))
        self.runner.start(Job(kind, work, succeeded, failed_with, warned, owner=self, uses_model=uses_model))

    def cancel(self, kinds: Collection[JobKind] = tuple(JobKind)) -> None:
        """Drop the jobs of these kinds that the user is waiting for, except saving: nobody stops that to lose work."""
        for kind in sorted(self._waited_for.intersection(kinds) - {JobKind.SAVE}):
            self.drop(kind)
            self._end(kind)

    def drop(self, kind: JobKind) -> None:
        """Drop the job of this kind without notifying anybody."""
        self.runner.cancel(kind, self)

    def _end(self, kind: JobKind) -> None:
        if kind in self._waited_for:
            self._waited_for.discard(kind)
            self.listeners.notify(JobEnded(kind))
