"""How long the steps of an export take: one module, for the command and the batch report the same steps."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def timed(spent: dict[str, float], step: str) -> Iterator[None]:
    """Add the milliseconds that pass inside to those in `spent` under the name of the step."""
    start = time.perf_counter()
    yield
    spent[step] = spent.get(step, 0) + (time.perf_counter() - start) * 1000
