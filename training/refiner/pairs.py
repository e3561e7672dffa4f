"""Coarse mattes of a real network on composed scenes, stored in a file: what the refiner will really get."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from clipmat.files import whole_file
from clipmat.model import ClipMat
from clipmat.refiner import UNKNOWN_THRESHOLD, guide_planes, transition_window
from clipmat.transforms import resized, to_input
from training import TrainingError
from training.augmentation import augmented
from training.composition import background_part, composed_scene
from training.entity import Pixels
from training.files.entity_bank import EntityBank
from training.metrics import iou
from training.refiner.coarse_mattes import CoarseMatte
from training.refiner.patches import PATCH, TRAINED, PatchBatch, cut_patch
from training.scene import Alpha, SceneCanvas
from training.strands.families import strand

PATCHES_PER_SCENE = 2
MIN_IOU = 0.6
"""Below it the network has found something else, and its coarse matte teaches nothing."""


NAMES = ("image", "planes", "guides")
"""Arrays of a file: Nx3xPxP uint8; base, window and alpha Nx3xPxP in 255ths; Nx13x(P/4)x(P/4) float16."""


class PairsError(TrainingError):
    """A file of pairs is missing or of another layout."""


def network_patches(model: ClipMat, bank: EntityBank, count: int, seed: int) -> Iterator[PatchBatch]:
    """`count` patches of scenes of 320 to 1280 pixels, each asked for by its keyword; a third of them are strands."""
    made = tried = 0
    while made < count:
        rng = np.random.default_rng((seed, tried))
        tried += 1
        side = round(320 * 4 ** rng.random())
        image, alpha, keyword = (_strands if rng.random() < 0.33 else _composed)(bank, side, rng)
        image = augmented(image, rng)
        coarse = coarse_matte_of(model, image, keyword)
        if iou(coarse.matte, resized(alpha, (coarse.matte.shape[0], coarse.matte.shape[1]))) < MIN_IOU:
            continue
        for _ in range(min(PATCHES_PER_SCENE, count - made)):
            made += 1
            yield _patch(image, alpha, coarse, rng)


def coarse_matte_of(model: ClipMat, image: Pixels, expression: str) -> CoarseMatte:
    """The matte that a network gives for an image (HxWx3 uint8) and an expression, at the network's own size."""
    tokens, _ = model.tokenize([expression])
    with torch.inference_mode():
        encoded = model.encode_image(to_input(image, model.config))
        out = model.decode(encoded, *model.encode_text(tokens), hard=True)
    labels = out.trimap_logits[0].float().softmax(dim=0).permute(1, 2, 0).contiguous()
    return CoarseMatte(out.matte[0, 0].float().numpy(), labels.numpy())


def write_patches(path: Path, patches: Iterator[PatchBatch]) -> int:
    """Write patches into a compressed file, eight bits a value; returns how many."""
    parts = [_packed(patch) for patch in patches]
    with whole_file(path) as file:
        arrays: dict[str, Any] = {name: np.concatenate([p[name] for p in parts]) for name in parts[0]}
        np.savez_compressed(file, **arrays)
    return len(parts)


@dataclass(frozen=True, eq=False)
class StoredPatches:
    """Patches of a file, in memory."""

    arrays: dict[str, NDArray[np.generic]]

    @classmethod
    def read(cls, path: Path) -> StoredPatches:
        """Raises PairsError that names the file and the command that makes it."""
        try:
            with np.load(path) as file:
                arrays = {name: file[name] for name in NAMES}
        except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
            raise PairsError(
                f"{path} holds no pairs ({error}): make them with `python -m training.refine pairs --out {path}`"
            ) from error
        return cls(arrays)

    def __len__(self) -> int:
        return len(self.arrays["image"])

    def draw(self, rng: np.random.Generator) -> PatchBatch:
        """One of them, at random."""
        i = int(rng.integers(len(self)))
        image, planes, known = (torch.from_numpy(self.arrays[name][i : i + 1]) for name in NAMES)
        base, where, alpha = torch.split(planes.float() / 255, 1, dim=1)
        return PatchBatch(image, base, where, known.float(), alpha)


def _packed(patch: PatchBatch) -> dict[str, NDArray[np.generic]]:
    planes = torch.cat([patch.base, patch.window, patch.alpha], dim=1)
    eight = (planes.clamp(0, 1) * 255).round().byte()
    return dict(zip(NAMES, (patch.image.numpy(), eight.numpy(), patch.guides.half().numpy()), strict=True))


def _patch(image: Pixels, alpha: Alpha, coarse: CoarseMatte, rng: np.random.Generator) -> PatchBatch:
    size = (alpha.shape[0], alpha.shape[1])
    where = transition_window(coarse.matte, coarse.labels[..., 1] > UNKNOWN_THRESHOLD)
    at = np.argwhere(resized(where, size) > 0.5)
    y, x = (at[int(rng.integers(len(at)))] if len(at) else np.array(size) // 2) - PATCH // 2
    y, x = (int(np.clip(c, 0, s - PATCH)) for c, s in zip((y, x), size, strict=True))
    known = guide_planes(resized(image, (coarse.matte.shape[0], coarse.matte.shape[1])), coarse.matte, coarse.labels)
    there = np.s_[y : y + PATCH, x : x + PATCH]
    return cut_patch(image[there], alpha[there], np.stack([coarse.matte, where]), known, (y, x), size)


def _composed(bank: EntityBank, side: int, rng: np.random.Generator) -> tuple[Pixels, Alpha, str]:
    while True:
        entity = bank.cutouts[int(rng.integers(len(bank.cutouts)))]
        ground = bank.backgrounds[int(rng.integers(len(bank.backgrounds)))]
        scene = composed_scene(bank, [entity], ground, (side, side), rng)
        if scene.placed:
            return scene.image, scene.placed[0].alpha, f"the {entity.keyword}"


def _strands(bank: EntityBank, side: int, rng: np.random.Generator) -> tuple[Pixels, Alpha, str]:
    ground = bank.backgrounds[int(rng.integers(len(bank.backgrounds)))]
    while True:
        family = TRAINED[int(rng.integers(len(TRAINED)))]
        pixels = strand(family, round(side * rng.uniform(0.5, 1)), rng)
        entity = replace(bank.cutouts[0], keyword=family)
        canvas = SceneCanvas(background_part(bank, ground, (side, side), rng))
        y, x = (int(rng.integers(0, side - s + 1)) for s in pixels.shape[:2])
        if canvas.paste(entity, pixels, y, x):
            return canvas.image, canvas.scene().placed[0].alpha, f"the {family}"
