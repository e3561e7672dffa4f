"""UnfinishedMatte: a matte whose edges are still being refined; a draft of it can be shown meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class RefinementLike(Protocol):
    """What computes a matte; see `clipmat.refining.CropRefinements`."""

    def finished(self, stop: Callable[[], bool]) -> NDArray[np.float32] | None:
        """The matte, HxW in [0, 1]; None once `stop` is true, and then it can be called again."""


class UnfinishedMatte:
    """A matte, HxW float32 in [0, 1], that is computed once, when it is first needed; may be used on any thread.

    Its value never changes. Whoever reads it before it is there computes it, or waits for who does.
    """

    def __init__(self, draft: NDArray[np.float32], refinement: RefinementLike) -> None:
        """`draft` has the size of the matte."""
        self.nbytes = draft.nbytes
        self._lock = threading.Lock()
        self._draft: NDArray[np.float32] | None = draft
        self._refinement: RefinementLike | None = refinement
        self._array: NDArray[np.float32] | None = None

    @property
    def is_finished(self) -> bool:
        """Whether reading it takes no time."""
        return self._array is not None

    @property
    def draft(self) -> NDArray[np.float32]:
        """What looks much like it, and is there at once: the matte itself as soon as it is finished; read-only."""
        draft, array = self._draft, self._array  # in this order: the draft goes when the array is there
        shown = array if draft is None else draft
        assert shown is not None
        return shown

    @property
    def array(self) -> NDArray[np.float32]:
        """The matte, the same array each time, read-only."""
        while self._array is None:
            self.finish(lambda: False)
        return self._array

    def finish(self, stop: Callable[[], bool]) -> bool:
        """Compute the matte now; whether it is there. It is not once `stop` is true, which is asked often."""
        with self._lock:
            if self._refinement is not None:
                array = self._refinement.finished(stop)
                if array is None:
                    return False
                array.setflags(write=False)
                self._array, self._refinement, self._draft = array, None, None
        return True
