"""Work that is asked for here and may be done elsewhere: the job, who runs it, and the runner that does it at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from clipmat.errors import UserError


@dataclass(frozen=True)
class Job:
    """Work with its inputs captured; it changes nothing itself, whoever gets the outcome does."""

    kind: str
    """The newest job of a kind replaces an older one that has not answered."""
    work: Callable[[], object]
    done: Callable[[Any], None]
    """Hears what `work` returned."""
    failed: Callable[[Exception], None]
    """Hears what `work` raised."""


class Runner(Protocol):
    """Whoever runs jobs; its methods are called on one thread, and it calls back on that thread."""

    def start(self, job: Job) -> None:
        """Run `job.work` elsewhere, then `job.done` or `job.failed` on the caller's thread.

        A job of the same kind that has not answered is superseded: neither of its callbacks is called.
        """

    def cancel(self, kind: str) -> None:
        """Drop the job of this kind, if there is one: neither of its callbacks is called."""


class AtOnce:
    """Runs each job before `start` returns. An error that no user can remedy is not caught."""

    def start(self, job: Job) -> None:
        """Work, then call back."""
        try:
            outcome = job.work()
        except UserError as error:
            job.failed(error)
        else:
            job.done(outcome)

    def cancel(self, kind: str) -> None:
        """There is never a job to cancel."""
