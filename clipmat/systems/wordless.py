"""Systems that know no words and find one thing in an image: AimNet its main subject, P3M-Net who is portrayed.

Their test code has two strategies. RESIZE looks at the image once, smaller; HYBRID looks at it small for what is
foreground, background and unknown, and larger for the details of what is unknown. Not run with their published weights
by us.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from clipmat.certainty import Certainty, shows_something
from clipmat.devices import DeviceChoice
from clipmat.errors import BadExpression, WeightsInvalid
from clipmat.expression import MAIN_SUBJECT
from clipmat.pointing import Pointing, PromptMethod
from clipmat.predictions import Prediction
from clipmat.predictor import Predictor
from clipmat.systems.aimnet import AimNet
from clipmat.systems.brought_files import fill, read_file
from clipmat.systems.p3m_net import P3mNet
from clipmat.systems.resnet_mp import ResNetMatting
from clipmat.systems.system import System
from clipmat.systems.system_table import SYSTEMS

_MEAN, _STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""Of ImageNet, as the published test code has them: the files carry none."""
_STEP = 32
"""What both sides are a multiple of."""
_LONGEST = 1600
"""Longest side in pixels that a network sees."""
_SHORTER = 1080
"""Longest shorter side in pixels: what has a longer one is made smaller before."""
_PURE = 1e-6
"""How far what was enlarged may be from a class and count as it."""


@dataclass(frozen=True, slots=True)
class Strategy:
    """At which scales of the image a network looks at it."""

    classes: float
    """For what is foreground, background and unknown."""
    detail: float | None = None
    """For the details of what is unknown; None: all of one look."""


_KINDS: Mapping[str, tuple[type[ResNetMatting], Strategy]] = {
    "aimnet": (AimNet, Strategy(1 / 4, 1 / 2)),
    "aimnet-resize": (AimNet, Strategy(1 / 4)),
    "p3m-net": (P3mNet, Strategy(1 / 2, 1)),
    "p3m-net-resize": (P3mNet, Strategy(1 / 2)),
}
"""By the name of the system."""


class WordlessSystem(System):
    """The matte of the one thing that a network was trained to find; its edges are its own unless others are chosen."""

    knows_words = False

    def __init__(self, name: str, network: ResNetMatting, weights: str, choice: DeviceChoice, own: Predictor) -> None:
        super().__init__(name, weights, choice, own)
        self.network = network.to(choice.device)
        self.strategy = _KINDS[name][1]
        self._image = np.empty((0, 0, 3), np.uint8)
        self._matted: tuple[NDArray[np.float32], NDArray[np.uint8]] | None = None

    @classmethod
    def read(
        cls, name: str, files: Sequence[Path], weights: str, choice: DeviceChoice, own: Predictor
    ) -> WordlessSystem:
        """The system of the file of its one part. Raises WeightsInvalid."""
        return cls(name, read_network(name, files[0]), weights, choice, own)

    def _encode(self, image: NDArray[np.uint8]) -> None:
        self._image = image  # what is found waits until somebody asks

    def _forget(self) -> None:
        super()._forget()
        self._matted = None

    def _main_subject(self, image: NDArray[np.uint8], refine: bool) -> Prediction:
        started = time.perf_counter()
        if self._matted is None:
            with torch.inference_mode(), self._autocast():
                self._matted = matted(self.network, self._image, self.strategy)
        matte, trimap = self._matted
        found = time.perf_counter()
        if refine and self.edges is not None and (trimap == 128).any():
            matte = self._own.refine(image, matte, trimap)
        shown = shows_something(matte)
        return Prediction(
            expression=MAIN_SUBJECT,
            matte=matte.copy(),
            make_trimap=trimap.copy,
            presence=float(shown),  # it has no score
            certainty=Certainty.SURE if shown else Certainty.NONE,
            timings={
                "image": self._image_ms,
                "text": 0.0,
                "matte": (found - started) * 1000,
                "refine": (time.perf_counter() - found) * 1000,
            },
            method=PromptMethod.MAIN_SUBJECT,
            note=PromptMethod.MAIN_SUBJECT.note,
        )

    def _answer(self, image: NDArray[np.uint8], words: str, pointing: Pointing, refine: bool) -> Prediction:
        """What is pointed at, by our own weights. Raises BadExpression for words."""
        if words:
            raise BadExpression(
                f"{self.name} knows no words: leave the expression empty or write '{MAIN_SUBJECT}', or choose 'compact'"
            )
        return self._by_own(pointing, refine)


def read_network(name: str, file: Path) -> ResNetMatting:
    """The network of a system in its authors' file, on the CPU in float32 and eval mode. Raises WeightsInvalid."""
    kind, again = _KINDS[name][0], SYSTEMS[name].parts[0].again
    content = read_file(file, again)
    state = content.get("state_dict") if isinstance(content, dict) else None
    state = state if isinstance(state, dict) else {}
    first = state.get("encoder0.0.weight")
    if not isinstance(first, torch.Tensor) or first.ndim != 4 or first.shape[0] % 16 or not first.shape[0]:
        raise WeightsInvalid(f"{file} has no state_dict of {kind.__name__}: {again}")
    with torch.device("meta"):
        network = kind(first.shape[0])
    fill(network, state, file, again, kind.unused)
    return network


def matted(
    network: ResNetMatting, image: NDArray[np.uint8], strategy: Strategy
) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    """The matte, HxW in [0, 1], and the trimap of an image, HxWx3 uint8 sRGB, as the published test code computes them.

    Sizes are changed linearly and without smoothing, as scikit-image 0.14 does, which it asks for; but at the borders,
    where that fades to black, the outermost pixels go on.
    """
    size = image.shape[:2]
    shorter = min(size)
    if shorter > _SHORTER:
        within = (int(_SHORTER * size[0] / shorter), int(_SHORTER * size[1] / shorter))
        image = np.asarray(cv2.resize(image, within[::-1], interpolation=cv2.INTER_LINEAR), np.uint8)
    limited = image.shape[:2]
    classes, fused = _seen_at(network, image, strategy.classes)
    share = _to_size(classes, limited)
    unknown = (share > _PURE) & (share < 1 - _PURE)
    if strategy.detail is None:
        matte = _to_size(fused, limited)
    else:
        # Only the details of the larger look are of use.
        detail = _to_size(_seen_at(network, image, strategy.detail, detail=True)[1], limited)
        matte = np.where(unknown, detail, share > 0.5).astype(np.float32)
    alpha = _to_size(matte, size).clip(0, 1)
    share = _to_size(share, size)
    trimap = np.where(share >= 1 - _PURE, np.uint8(255), np.where(share <= _PURE, np.uint8(0), np.uint8(128)))
    return alpha, trimap.astype(np.uint8)


def _seen_at(
    network: ResNetMatting, image: NDArray[np.uint8], scale: float, *, detail: bool = False
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The classes as 0, about a half and 1, and what they and the details are together, or the details alone."""
    height, width = (_fitting(int(side * scale)) for side in image.shape[:2])
    small = torch.from_numpy(_to_size(np.asarray(image, np.float32) / np.float32(255), (height, width)))
    small = (small - torch.tensor(_MEAN)) / torch.tensor(_STD)
    found = network(small.permute(2, 0, 1)[None].to(next(network.parameters()).device))
    classes = found.classes[0].argmax(dim=0).float() * (128 / 255)
    chosen = found.detail if detail else found.fused
    return classes.clamp(max=1).cpu().numpy(), chosen[0, 0].float().cpu().numpy()


def _fitting(side: int) -> int:
    return max(_STEP, min(_LONGEST, side - side % _STEP))


def _to_size(pixels: NDArray[np.float32], size: tuple[int, ...]) -> NDArray[np.float32]:
    if pixels.shape[:2] == tuple(size):
        return pixels
    return np.asarray(cv2.resize(pixels, (size[1], size[0]), interpolation=cv2.INTER_LINEAR), np.float32)
