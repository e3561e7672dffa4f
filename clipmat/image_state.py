"""What a predictor keeps of an image that was set, and what the network found in it before any edge is refined."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple
from weakref import WeakValueDictionary

import numpy as np
from numpy.typing import NDArray

from clipmat.model import EncodedImage
from clipmat.pointing import PromptMethod
from clipmat.refining import Pyramid
from clipmat.region_growing import GrownRegion


@dataclass(slots=True, eq=False)
class SetImage:
    """An image that was set, and what is computed of it once."""

    encoded: EncodedImage
    pixels: NDArray[np.uint8]
    small: NDArray[np.uint8]
    """The image as the network sees it."""
    milliseconds: float
    pyramid: Pyramid | None = None
    finished: WeakValueDictionary[bytes, NDArray[np.float32]] = field(default_factory=WeakValueDictionary)
    """Mattes of drafts that were finished, as long as somebody has them, by the digest of their regions."""

    @property
    def size(self) -> tuple[int, int]:
        """Height and width."""
        return self.pixels.shape[0], self.pixels.shape[1]


class FoundRegions(NamedTuple):
    """What the network found in an image, and when, by `time.perf_counter`."""

    image: SetImage
    expression: str
    regions: tuple[GrownRegion, ...]
    presence: float
    method: PromptMethod
    pointed: bool
    started: float
    encoded: float
    ended: float
