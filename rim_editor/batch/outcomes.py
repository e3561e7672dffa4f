"""Outcome: how the work on one image of a batch ended, with a thumbnail of the result."""

from __future__ import annotations

import builtins
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clipmat import records
from clipmat.certainty import Certainty

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_LONGEST_PX, _SQUARE_PX = 160, 8
_LIGHT, _DARK = 255, 204


class State(StrEnum):
    """How the work on one image ended, or with READY that it is about to."""

    READY = "ready"
    """The files of the result are made and not yet written; no item ends like this."""
    DONE = "done"
    """The files of the result are written."""
    NOTHING_MATCHED = "nothing-matched"
    """No object fits the expressions; nothing was written, and the user should check the image."""
    FAILED = "failed"
    SKIPPED = "skipped"
    """As planned, because its output existed already."""


class Group(StrEnum):
    """Under which heading an outcome is listed: as its state, but for results that are there and to be checked."""

    FAILED = "failed"
    NOTHING_MATCHED = "nothing-matched"
    REVIEW = "review"
    """Done, and the model was not sure: to be looked through, least certain first."""
    DONE = "done"
    SKIPPED = "skipped"


END_STATES: tuple[State, ...] = tuple(state for state in State if state is not State.READY)


@dataclass(frozen=True)
class Outcome:
    """How the work on one item of a plan ended."""

    index: int
    """Of the item in `Plan.items`, from 0."""
    source: Path
    output: Path
    """Where the result is, or would have been."""
    state: State
    text: str = ""
    """Why it was not done, or warnings about a result; can be shown to users."""
    presence: float | None = None
    """0 to 1, from the model; None when it was not run."""
    certainty: Certainty | None = None
    """What that amounts to; None when it was not run, and for outcomes of earlier versions."""
    milliseconds: Mapping[str, float] = field(default_factory=dict)
    """decode, image, text, matte, edit, encode, write, as far as each was done."""
    sha256: str = ""
    """Of the output's content in hexadecimal; '' when nothing was written."""
    bytes: int = 0
    """Of the output."""
    sidecar_sha256: str = ""
    """Of the matte beside the output; '' when there is none."""
    sidecar_bytes: int = 0
    thumbnail: builtins.bytes | None = None
    """A small PNG or JPEG of the result."""

    @property
    def group(self) -> Group:
        """Under which heading it is listed; READY counts as done."""
        if self.state in (State.READY, State.DONE):
            return Group.DONE if self.certainty in (None, Certainty.SURE) else Group.REVIEW
        return Group(self.state.value)

    def to_json(self) -> dict[str, Any]:
        """Everything as JSON data, the thumbnail as base64."""
        milliseconds = {step: round(value, 1) for step, value in self.milliseconds.items()}
        return {**records.to_data(self), "milliseconds": milliseconds}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Outcome:
        """The outcome that `to_json` gave. Raises ValueError when it is not one."""
        return records.from_data(cls, data)


def thumbnail(pixels: NDArray[np.uint8] | NDArray[np.uint16]) -> bytes:
    """A JPEG of at most 160 pixels, of HxW (uint8 or uint16), HxWx3 or HxWx4 (uint8, straight alpha) pixels.

    A chequerboard shows where something is transparent.
    """
    import cv2
    import numpy as np

    # Coarsely subsampled first, so that the rest costs the same for every size.
    step = max(1, max(pixels.shape[:2]) // (4 * _LONGEST_PX))
    coarse = pixels[::step, ::step]
    values = coarse.astype(np.float32) / (257 if coarse.dtype == np.uint16 else 1)
    if values.ndim == 2:
        values = np.repeat(values[:, :, None], 3, axis=2)
    scale = min(1.0, _LONGEST_PX / max(values.shape[:2]))
    width, height = max(1, round(values.shape[1] * scale)), max(1, round(values.shape[0] * scale))
    if values.shape[2] == 4:
        values[..., :3] *= values[..., 3:] / 255
    small = np.asarray(cv2.resize(values, (width, height), interpolation=cv2.INTER_AREA))
    if small.shape[2] == 4:
        odd = np.add.outer(np.arange(height) // _SQUARE_PX, np.arange(width) // _SQUARE_PX) % 2
        board = np.where(odd == 1, np.float32(_DARK), np.float32(_LIGHT))[:, :, None]
        small = small[..., :3] + board * (1 - small[..., 3:] / 255)
    rounded = np.rint(small).clip(0, 255).astype(np.uint8)
    done, buffer = cv2.imencode(".jpg", cv2.cvtColor(rounded, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 85])
    if not done:
        raise ValueError("the encoder gave no reason")
    return buffer.tobytes()
