"""History: undo and redo over documents that share their arrays, bounded in steps and in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rim_editor.documents.document import Answer, Document, ImportedMatte, Patch
from rim_editor.documents.edits import Background

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class HistoryStep:
    """A document, and the change that led to it."""

    document: Document
    name: str
    """To be shown; '' for the first."""
    arrays: Mapping[int, int] = field(default_factory=dict, repr=False)
    """Identity -> bytes of the arrays that the document holds."""


class History:
    """The documents of one image in the order in which they were made, and which of them is current.

    At most `steps` undo steps are kept, and at most `limit_bytes` bytes of arrays that the current document
    does not hold itself; the oldest steps go first, the current document never.
    """

    def __init__(self, document: Document, *, steps: int = 200, limit_bytes: int = 2 << 30) -> None:
        self._limit_steps, self._limit_bytes = steps, limit_bytes
        self._steps = [_step(document, "")]
        self._at = 0
        self._gesture = ""

    @classmethod
    def of(cls, steps: Sequence[tuple[Document, str]], place: int) -> History:
        """A history of documents and the names of the changes that led to them; the one at `place` is current.

        It is bounded like any other, and so it may begin later. Raises IndexError when there is no step at `place`.
        """
        if not 0 <= place < len(steps):
            raise IndexError(f"there is no step {place}, there are {len(steps)}")
        made = cls(steps[place][0])
        made._steps = [_step(document, name) for document, name in steps]
        made._at = place
        made._bound()
        return made

    @property
    def steps(self) -> tuple[HistoryStep, ...]:
        """All documents, the oldest first, those that were undone last."""
        return tuple(self._steps)

    @property
    def place(self) -> int:
        """The place of the current document among `steps`."""
        return self._at

    @property
    def current(self) -> Document:
        """The document as it is now."""
        return self._steps[self._at].document

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to go back."""
        return self._at > 0

    @property
    def can_redo(self) -> bool:
        """Whether there is a step that was undone."""
        return self._at + 1 < len(self._steps)

    @property
    def undo_name(self) -> str:
        """The change that `undo` would take back, such as 'Add "the hat"'; '' when there is nothing."""
        return self._steps[self._at].name if self.can_undo else ""

    @property
    def redo_name(self) -> str:
        """The change that `redo` would repeat; '' when there is nothing."""
        return self._steps[self._at + 1].name if self.can_redo else ""

    def commit(self, document: Document, name: str, gesture: str = "") -> None:
        """Make `document` current, as one step called `name`; undone steps are discarded.

        A commit with the gesture of the last one, unless '', continues it: both are one step. Committing
        the current document itself does nothing.
        """
        if document is self.current:
            return
        continues = gesture != "" and gesture == self._gesture and self.can_undo
        del self._steps[self._at + (0 if continues else 1) :]
        self._steps.append(_step(document, name))
        self._gesture = gesture
        self._at = len(self._steps) - 1
        self._bound()

    def join(self, first: Document, count: int, name: str, gesture: str) -> None:
        """Make the `count` newest steps, which followed `first`, one step called `name`, which `gesture` continues.

        Nothing happens where there are other steps since then, or undone ones.
        """
        start = self._at - count
        if count < 1 or start < 0 or self._steps[start].document is not first or self.can_redo:
            return
        self._steps[start + 1 :] = [_step(self.current, name)]
        self._at, self._gesture = start + 1, gesture

    def amend(self, document: Document) -> None:
        """Put `document` in the place of the current one, without a step; for what nobody wants to undo."""
        self._steps[self._at] = _step(document, self._steps[self._at].name)

    def end_gesture(self) -> None:
        """Make the next commit a step of its own, whatever its gesture."""
        self._gesture = ""

    def undo(self) -> None:
        """Go back one step; nothing happens at the first."""
        self._gesture = ""
        if self.can_undo:
            self._at -= 1

    def redo(self) -> None:
        """Do again what was undone last; nothing happens at the end."""
        self._gesture = ""
        if self.can_redo:
            self._at += 1

    def _bound(self) -> None:
        own = self._steps[self._at].arrays
        first = max(0, self._at - self._limit_steps)
        seen: dict[int, int] = {}
        # From the newest backwards: what a step adds is what no newer one holds.
        for index in range(self._at - 1, first - 1, -1):
            seen.update((key, size) for key, size in self._steps[index].arrays.items() if key not in own)
            if sum(seen.values()) > self._limit_bytes:
                first = index + 1
                break
        del self._steps[:first]
        self._at -= first


def _step(document: Document, name: str) -> HistoryStep:
    held: list[NDArray[np.generic] | None] = [document.source.pixels, document.source.alpha]
    for layer in document.layers:
        # Not the attribute itself: reading an unfinished matte would finish it.
        held += [part.__dict__["matte"] for part in layer.parts if isinstance(part, Answer | ImportedMatte | Patch)]
        if isinstance(layer.edit, Background):
            held.append(layer.edit.image)
    return HistoryStep(document, name, {id(array): array.nbytes for array in held if array is not None})
