"""The refiner's training samples: patches with exact alpha, in the form of the network's input."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from clipmat.refiner import (
    CELL_SIZE,
    UNKNOWN_THRESHOLD,
    Refiner,
    guide_planes,
    sample_squares,
    transition_window,
)
from clipmat.refining import refine_matte
from clipmat.transforms import resized
from training.augmentation import augmented
from training.entity import BankError, Pixels, unit
from training.files.entity_bank import EntityBank
from training.refiner.coarse_mattes import CoarseMatte, degraded
from training.scene import Alpha
from training.strands.families import FAMILIES, strand

PATCH = 192
"""Pixels a side of what the network sees in training."""
UNSEEN = ("fern", "net")
"""Families of strands reserved for measuring."""
OFTEN = ("hair", "hair", "fur", "smoke", "glass", "bubble")
"""Drawn more often: what people and animals wear, and what is translucent, where colours alone mislead."""
TRAINED = (*(family for family in FAMILIES if family not in UNSEEN), *OFTEN)
"""Families that are trained on, some of them repeated."""


class PatchBatch(NamedTuple):
    """B patches as the network's input, with the truth."""

    image: Tensor
    """Bx3xPxP uint8."""
    base: Tensor
    """Bx1xPxP: the coarse matte, upsampled."""
    window: Tensor
    """Bx1xPxP in [0, 1]: where the matte may change."""
    guides: Tensor
    """Bx13x(P/4)x(P/4), as in `clipmat.refiner.guide_planes`."""
    alpha: Tensor
    """Bx1xPxP in [0, 1]: the truth."""


@dataclass(slots=True)
class Cutouts:
    """Foregrounds to compose: those of a bank, and strands drawn anew again and again. HxWx4 uint8, straight alpha."""

    bank: EntityBank
    families: tuple[str, ...] = TRAINED
    share: float = 0.65
    """Of strands."""
    held: int = 128
    """Drawn strands that wait to be used."""
    reuse: int = 40
    """Patches that are cut before one of them is drawn anew."""
    _pool: list[Pixels] = field(default_factory=list)

    def pick(self, rng: np.random.Generator) -> tuple[Pixels, bool]:
        """A foreground, and whether it is of the bank."""
        if rng.random() > self.share:
            return self.bank.cutout(self.bank.cutouts[int(rng.integers(len(self.bank.cutouts)))]), True
        return self.strand(rng), False

    def strand(self, rng: np.random.Generator) -> Pixels:
        """A drawn one, at 320 to 1280 pixels a side."""
        if len(self._pool) < self.held or rng.random() < 1 / self.reuse:
            side = int(rng.choice([320, 512, 768, 1024, 1280]))
            new = strand(self.families[int(rng.integers(len(self.families)))], side, rng)
            if len(self._pool) < self.held:
                self._pool.append(new)
            else:
                self._pool[int(rng.integers(self.held))] = new
            return new
        return self._pool[int(rng.integers(self.held))]


def patch(cutouts: Cutouts, rng: np.random.Generator, side: int = PATCH) -> tuple[Pixels, Alpha]:
    """A composed square around a transition: `side` x `side` x 3 uint8, and its exact alpha float32 in [0, 1]."""
    for _ in range(30):
        pixels, of_bank = cutouts.pick(rng)
        grow = rng.uniform(1.0, 3.0) if rng.random() < 0.3 else 1.0
        shrink = rng.uniform(0.5, 1.0) if of_bank and rng.random() < 0.4 else 1.0
        cut = _cropped(pixels, max(8, round(side / grow / shrink)), rng)
        cut = _tinted(resized(cut, (side, side)), rng)
        alpha = unit(cut[..., 3])
        if 0.004 < alpha.mean() < 0.985 and (np.abs(alpha - 0.5) < 0.47).mean() > 0.004:
            break
    else:
        raise BankError("no transition in 30 tries: the cut-outs are empty or have no edges")
    under = _background(cutouts, side, grow, rng)
    colour = cut[..., :3].astype(np.float32)
    if rng.random() < 0.2:  # out of focus: colour and alpha spread alike
        sigma = rng.uniform(0.4, 2.5)
        spread = cv2.GaussianBlur(np.dstack([colour * alpha[..., None], alpha]), (0, 0), sigma)
        alpha = np.asarray(spread[..., 3], np.float32)
        colour = np.where(alpha[..., None] > 1e-3, spread[..., :3] / np.maximum(alpha[..., None], 1e-3), colour)
    image = colour * alpha[..., None] + under * (1 - alpha[..., None])
    return augmented(np.clip(image + 0.5, 0, 255).astype(np.uint8), rng), alpha


def patch_batch(image: Pixels, alpha: Alpha, near: CoarseMatte, far: CoarseMatte) -> PatchBatch:
    """One patch for the network: it refines `near`, and its guides are of the size of `far`."""
    size = (image.shape[0], image.shape[1])
    unsure = resized(far.labels, (near.matte.shape[0], near.matte.shape[1]))[..., 1] > UNKNOWN_THRESHOLD
    where = transition_window(near.matte, unsure if near is far else np.zeros_like(unsure))
    known = guide_planes(resized(image, (far.matte.shape[0], far.matte.shape[1])), far.matte, far.labels)
    return cut_patch(image, alpha, np.stack([near.matte, where]), known, (0, 0), size)


def cut_patch(
    image: Pixels, alpha: Alpha, planes: Alpha, known: Tensor, corner: tuple[int, int], size: tuple[int, int]
) -> PatchBatch:
    """A patch PxPx3 and its alpha whose upper left pixel is `corner` of an image of `size`.

    `planes` 2xhxw, the coarse matte and its window, and the guides `known` span that image.
    """
    side = alpha.shape[0]
    base, where = torch.split(sample_squares(torch.from_numpy(planes)[None], [corner], size, side), 1, dim=1)
    return PatchBatch(
        image=torch.from_numpy(np.ascontiguousarray(image.transpose(2, 0, 1)))[None],
        base=base,
        window=where,
        guides=sample_squares(known, [corner], size, side // CELL_SIZE, CELL_SIZE),
        alpha=torch.from_numpy(np.ascontiguousarray(alpha))[None, None],
    )


def draw_patch(
    cutouts: Cutouts, rng: np.random.Generator, network: Refiner | None = None, side: int = PATCH
) -> PatchBatch:
    """A composed patch with a coarse matte from 1x to 16x below it, on one step up or on a later one.

    With a `network`, half of the later steps start from what it makes of the step before.
    """
    image, alpha = patch(cutouts, rng, side)
    exact = bool(rng.random() < 0.4)
    if rng.random() < 0.6:
        factor = rng.uniform(2, 5.5) if rng.random() < 0.65 else 16 ** rng.random()
        coarse = degraded(alpha, _size(side, factor), rng, exact=exact)
        return patch_batch(image, alpha, coarse, coarse)
    factor = rng.uniform(1.3, 5)
    far = degraded(alpha, _size(side, min(16.0, factor * rng.uniform(1.5, 5))), rng, exact=exact)
    if network is None or rng.random() < 0.5:
        return patch_batch(image, alpha, degraded(alpha, _size(side, factor), rng, exact=bool(rng.random() < 0.7)), far)
    small = resized(image, _size(side, factor))
    before = refine_matte(network, small, far.matte, far.labels.transpose(2, 0, 1))
    return patch_batch(image, alpha, CoarseMatte(before, resized(far.labels, _size(side, factor))), far)


def concatenated(batches: list[PatchBatch]) -> PatchBatch:
    """Patches one after the other, as one batch."""
    return PatchBatch(*(torch.cat(parts) for parts in zip(*batches, strict=True)))


def _size(side: int, factor: float) -> tuple[int, int]:
    return (max(8, round(side / factor)),) * 2


def _cropped(pixels: Pixels, side: int, rng: np.random.Generator) -> Pixels:
    """A square of a cut-out with part of its transition in the middle half, turned and mirrored at random."""
    alpha = pixels[..., 3]
    soft = np.flatnonzero((alpha > 12) & (alpha < 243))
    at = int(soft[rng.integers(soft.size)]) if soft.size else int(rng.integers(alpha.size))
    corner = [c - round(side * rng.uniform(0.25, 0.75)) for c in divmod(at, alpha.shape[1])]
    before = [max(0, -c) for c in corner]
    part = pixels[max(0, corner[0]) : corner[0] + side, max(0, corner[1]) : corner[1] + side]
    after = [side - part.shape[i] - before[i] for i in (0, 1)]
    edge = np.pad(part[..., :3], ((before[0], after[0]), (before[1], after[1]), (0, 0)), mode="edge")
    clear = np.pad(part[..., 3], ((before[0], after[0]), (before[1], after[1])))
    turned = np.rot90(np.dstack([edge, clear]), int(rng.integers(4)))
    return np.ascontiguousarray(turned[:, ::-1] if rng.random() < 0.5 else turned)


def _tinted(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    if rng.random() < 0.5:
        return pixels
    gain, lift = rng.uniform(0.6, 1.4, 3), rng.uniform(-30, 30, 3)
    colour = np.clip(pixels[..., :3] * gain + lift, 0, 255).astype(np.uint8)
    return np.dstack([colour, pixels[..., 3]])


def _background(cutouts: Cutouts, side: int, grow: float, rng: np.random.Generator) -> Alpha:
    """The background, PxPx3 float32 0..255: pictures as sharp as the foreground or less so, strands too, plain now
    and then."""
    bank, draw = cutouts.bank, rng.random()
    if draw < 0.08:
        plain = rng.uniform(0, 255, 3) + rng.uniform(-40, 40, 3) * np.linspace(-1, 1, side)[:, None, None]
        return np.asarray(np.clip(np.broadcast_to(plain, (side, side, 3)), 0, 255), np.float32)
    if draw < 0.5 or not bank.photos:
        pixels = bank.background(bank.backgrounds[int(rng.integers(len(bank.backgrounds)))])
    else:
        pixels = bank.photo(bank.photos[int(rng.integers(len(bank.photos)))])[0]
    wide = grow * (rng.uniform(1, 2.5) if rng.random() < 0.35 else 1)
    need = max(8, round(side / wide))
    y, x = (int(rng.integers(0, max(1, s - need + 1))) for s in pixels.shape[:2])
    under: NDArray[Any] = resized(pixels[y : y + need, x : x + need], (side, side)).astype(np.float32)
    if rng.random() < 0.15:  # strands that do not belong to the foreground
        other = _tinted(resized(_cropped(cutouts.strand(rng), need, rng), (side, side)), rng)
        cover = unit(other[..., 3])[..., None]
        under = other[..., :3] * cover + under * (1 - cover)
    if rng.random() < 0.2:
        under = cv2.GaussianBlur(under, (0, 0), rng.uniform(1, 8))
    return np.asarray(under, np.float32)
