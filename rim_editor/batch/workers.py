"""Workers: how many threads each stage of a batch has on a machine."""

from __future__ import annotations

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Workers:
    """How many threads each stage has; one finds, for there is one model, and one writes."""

    decode: int
    finish: int
    model_threads: int
    """With which a model on the CPU computes."""

    @classmethod
    def of(cls, cores: int) -> Workers:
        """What suits so many cores: half of them for the model, which waits badly for a core that is busy.

        Finishing takes as long as all else together, and some of its threads wait: for the writer, or for colours,
        which are separated one image at a time.
        """
        model = max(1, cores // 2)
        return cls(decode=1 + cores // 8, finish=cores - model + 2, model_threads=model)

    @property
    def images(self) -> int:
        """How many images may be in flight: one for every thread, and one that waits for each stage."""
        return self.decode + self.finish + 5


def cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
