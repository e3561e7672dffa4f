"""What another package meets in a folder's settings or tensors only while it computes: a damage of the weights."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from clipmat.errors import WeightsInvalid

_PACKAGE = Path(__file__).parents[1]


@contextmanager
def at_work(name: str, weights: str) -> Iterator[None]:
    """While this is open a failure of other packages is WeightsInvalid of `weights`, those of the system `name`.

    An error that begins in a module of ours is a bug and stays one; what the device says, or a lack of memory, is no
    fault of the weights.
    """
    try:
        yield
    except (TypeError, LookupError, AttributeError, ValueError, ArithmeticError, AssertionError, RuntimeError) as error:
        where, text = Path(traceback.extract_tb(error.__traceback__)[-1].filename), str(error)
        of_the_machine = "memory" in text.lower() or "CUDA" in text or "MPS" in text
        if where.is_relative_to(_PACKAGE) or of_the_machine or isinstance(error, NotImplementedError):
            raise
        raise _damaged(name, weights, " ".join(text.split())[:160] or type(error).__name__) from error


def finite(matte: NDArray[np.float32], name: str, weights: str) -> NDArray[np.float32]:
    """The matte, HxW. Raises WeightsInvalid where it has values that are no numbers."""
    if not np.isfinite(matte).all():
        raise _damaged(name, weights, "the matte has values that are no numbers")
    return matte


def _damaged(name: str, weights: str, why: str) -> WeightsInvalid:
    return WeightsInvalid(f"the weights of {name} in {weights} do not work ({why}): copy or fetch all of them again")
