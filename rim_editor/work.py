"""What an editor has at work: jobs of its own kinds, told to listeners from their start to their end."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import TypeVar

from clipmat.errors import UserFacingWarning
from clipmat.thread_warnings import collected_warnings
from rim_editor.events import JobEnded, JobStarted, Listeners, Notice
from rim_editor.runner import Job, Runner

T = TypeVar("T")

_numbers = count(1)


class Work:
    """Starts and drops the jobs of one editor; the newest of a kind is the one that counts.

    What goes wrong, and what is warned of meanwhile, is told as a `Notice`.
    """

    def __init__(self, runner: Runner, listeners: Listeners) -> None:
        self._runner, self._listeners = runner, listeners
        self._number = next(_numbers)  # so that editors that share a runner do not drop each other's jobs
        self._waited_for: set[str] = set()

    @property
    def busy(self) -> frozenset[str]:
        """The kinds that were started and have not ended."""
        return frozenset(self._waited_for)

    def start(
        self,
        kind: str,
        text: str,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[], None] | None = None,
    ) -> None:
        """Do `work` for a user who waits for it: its start, described by `text`, and its end are told."""

        def ended(outcome: T) -> None:
            self._end(kind)
            done(outcome)

        def broken() -> None:
            self._end(kind)
            if failed is not None:
                failed()

        self._waited_for.add(kind)
        self._listeners.tell(JobStarted(kind, text))
        self.run(kind, work, ended, broken)

    def run(
        self, kind: str, work: Callable[[], T], done: Callable[[T], None], failed: Callable[[], None] | None = None
    ) -> None:
        """Do `work` without telling of its start and end."""

        def listening() -> tuple[T, list[str]]:
            with collected_warnings(UserFacingWarning) as texts:
                return work(), texts

        def succeeded(outcome: tuple[T, list[str]]) -> None:
            found, texts = outcome
            done(found)
            for text in texts:
                self._listeners.tell(Notice(text, "warning"))

        def explained(error: Exception) -> None:
            if failed is not None:
                failed()
            self._listeners.tell(Notice(str(error) or type(error).__name__, "error"))

        self._runner.start(Job(self._named(kind), listening, succeeded, explained))

    def cancel(self) -> None:
        """Drop what was started and has not ended."""
        for kind in sorted(self._waited_for):
            self.drop(kind)
            self._end(kind)

    def drop(self, kind: str) -> None:
        """Drop the job of this kind without telling anybody."""
        self._runner.cancel(self._named(kind))

    def _named(self, kind: str) -> str:
        return f"{kind}:{self._number}"

    def _end(self, kind: str) -> None:
        self._waited_for.discard(kind)
        self._listeners.tell(JobEnded(kind))
