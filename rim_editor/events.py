"""What an editor tells its listeners."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Aspect = Literal["image", "matte", "edit"]
Level = Literal["info", "warning", "error"]


@dataclass(frozen=True)
class DocumentChanged:
    """The document, or what can be undone, or whether it is unsaved, is another than before."""

    what: frozenset[Aspect]
    """What looks different now; empty when only the bookkeeping changed."""


@dataclass(frozen=True)
class JobStarted:
    """Work that the user waits for began; told again, without an end between, when newer work replaces it."""

    kind: str
    """ask, refine or export."""
    text: str
    """What is being done, fit for a status line."""


@dataclass(frozen=True)
class JobEnded:
    """Work ended: it was done, it failed, or it was cancelled."""

    kind: str


@dataclass(frozen=True)
class Notice:
    """Something that the user should read."""

    text: str
    level: Level = "info"


@dataclass(frozen=True)
class Answered:
    """The model answered an expression."""

    expression: str
    presence: float
    """0 to 1, as the model says it."""
    present: bool
    device: str
    device_reason: str
    weights: str
    milliseconds: float
    """From the question to the answer, with the reading of the image where it was new; without loading the model."""


Event = DocumentChanged | JobStarted | JobEnded | Notice | Answered


class Listeners:
    """Who hears the events, in the order in which they came."""

    def __init__(self) -> None:
        self._callbacks: dict[int, Callable[[Event], None]] = {}
        self._next = 0

    def add(self, callback: Callable[[Event], None]) -> Callable[[], None]:
        """Have `callback` hear every event from now on; returns what ends that."""
        number, self._next = self._next, self._next + 1
        self._callbacks[number] = callback

        def stop() -> None:
            self._callbacks.pop(number, None)

        return stop

    def clear(self) -> None:
        """Nobody hears anything any more."""
        self._callbacks.clear()

    def tell(self, event: Event) -> None:
        """Call everybody who listens when the telling begins and has not stopped when the turn comes."""
        for number in tuple(self._callbacks):
            callback = self._callbacks.get(number)
            if callback is not None:
                callback(event)
