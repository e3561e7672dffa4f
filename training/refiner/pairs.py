"""Coarse mattes of a real network on composed scenes, kept in a file: the most faithful food for the refiner."""

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
from training.composition import background_part, composed_scene
from training.datasets import augmented
from training.entity import Pixels
from training.files.entity_bank import EntityBank
from training.metrics import iou
from training.refiner.coarse_mattes import Coarse
from training.refiner.patches import PATCH, TRAINED, Example, placed
from training.scene import Alpha, Canvas
from training.strands.families import strand

EACH = 2
"""Patches of a scene."""
FOUND = 0.6
"""IoU from which the network has found what was asked for; below it the coarse matte teaches nothing."""


NAMES = ("image", "planes", "guides")
"""Arrays of a file: Nx3xPxP uint8; base, window and alpha Nx3xPxP in 255ths; Nx13x(P/4)x(P/4) float16."""


class PairsError(TrainingError):
    """A file of pairs is missing or of another layout."""


def pairs(model: ClipMat, bank: EntityBank, count: int, seed: int) -> Iterator[Example]:
    """`count` patches of scenes of 320 to 1280 pixels, each asked for by its keyword; a third of them are strands."""
    made = tried = 0
    while made < count:
        rng = np.random.default_rng((seed, tried))
        tried += 1
        side = round(320 * 4 ** rng.random())
        image, alpha, keyword = (_strands if rng.random() < 0.33 else _composed)(bank, side, rng)
        image = augmented(image, rng)
        coarse = told(model, image, keyword)
        if iou(coarse.matte, resized(alpha, (coarse.matte.shape[0], coarse.matte.shape[1]))) < FOUND:
            continue
        for _ in range(min(EACH, count - made)):
            made += 1
            yield _patch(image, alpha, coarse, rng)


def told(model: ClipMat, image: Pixels, expression: str) -> Coarse:
    """What a network says of an image (HxWx3 uint8) and an expression, at its own size."""
    tokens, _ = model.tokenize([expression])
    with torch.inference_mode():
        encoded = model.encode_image(to_input(image, model.config))
        out = model.decode(encoded, *model.encode_text(tokens), hard=True)
    labels = out.trimap_logits[0].float().softmax(dim=0).permute(1, 2, 0).contiguous()
    return Coarse(out.matte[0, 0].float().numpy(), labels.numpy())


def write(path: Path, examples: Iterator[Example]) -> int:
    """Keep patches in a compressed file, eight bits a value; returns how many."""
    parts = [_packed(example) for example in examples]
    with whole_file(path) as file:
        arrays: dict[str, Any] = {name: np.concatenate([p[name] for p in parts]) for name in parts[0]}
        np.savez_compressed(file, **arrays)
    return len(parts)


@dataclass(frozen=True, eq=False)
class Pairs:
    """Patches of a file, in memory."""

    arrays: dict[str, NDArray[np.generic]]

    @classmethod
    def read(cls, path: Path) -> Pairs:
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

    def drawn(self, rng: np.random.Generator) -> Example:
        """One of them."""
        i = int(rng.integers(len(self)))
        image, planes, known = (torch.from_numpy(self.arrays[name][i : i + 1]) for name in NAMES)
        base, where, alpha = torch.split(planes.float() / 255, 1, dim=1)
        return Example(image, base, where, known.float(), alpha)


def _packed(example: Example) -> dict[str, NDArray[np.generic]]:
    planes = torch.cat([example.base, example.window, example.alpha], dim=1)
    eight = (planes.clamp(0, 1) * 255).round().byte()
    return dict(zip(NAMES, (example.image.numpy(), eight.numpy(), example.guides.half().numpy()), strict=True))


def _patch(image: Pixels, alpha: Alpha, coarse: Coarse, rng: np.random.Generator) -> Example:
    size = (alpha.shape[0], alpha.shape[1])
    where = transition_window(coarse.matte, coarse.labels[..., 1] > UNKNOWN_THRESHOLD)
    at = np.argwhere(resized(where, size) > 0.5)
    y, x = (at[int(rng.integers(len(at)))] if len(at) else np.array(size) // 2) - PATCH // 2
    y, x = (int(np.clip(c, 0, s - PATCH)) for c, s in zip((y, x), size, strict=True))
    known = guide_planes(resized(image, (coarse.matte.shape[0], coarse.matte.shape[1])), coarse.matte, coarse.labels)
    there = np.s_[y : y + PATCH, x : x + PATCH]
    return placed(image[there], alpha[there], np.stack([coarse.matte, where]), known, (y, x), size)


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
        canvas = Canvas(background_part(bank, ground, (side, side), rng))
        y, x = (int(rng.integers(0, side - s + 1)) for s in pixels.shape[:2])
        if canvas.paste(entity, pixels, y, x):
            return canvas.image, canvas.scene().placed[0].alpha, f"the {family}"
