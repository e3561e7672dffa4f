"""The refiner compared with bilinear upsampling, the guided filter and closed-form matting, on unseen strands."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from clipmat.refiner import ALPHA_TOLERANCE, UNKNOWN_THRESHOLD, Refiner, transition_window
from clipmat.refining import refine_matte
from clipmat.transforms import from_output, resized
from training.composition import background_part
from training.entity import Pixels
from training.files.entity_bank import EntityBank
from training.metrics import Region, grad, mse, sad
from training.refiner.coarse_mattes import CoarseMatte, degraded
from training.scene import Alpha
from training.strands.families import geometry
from training.strands.render import render

METRICS = {"SAD": sad, "MSE": mse, "Grad": grad}


class StrandScene(NamedTuple):
    """A scene to be refined."""

    family: str
    """Of the strands."""
    factor: int
    """Size of the image over that of the coarse matte."""
    image: Pixels
    alpha: Alpha
    """HxW, exact."""
    coarse: CoarseMatte


@dataclass(frozen=True, slots=True)
class MethodErrors:
    """Errors of one method in one scene: metric by name, in the window where a matte may change, and in the whole."""

    family: str
    """Of the strands."""
    factor: int
    method: str
    inside: Mapping[str, float]
    whole: Mapping[str, float]
    matte: Alpha


def strand_scenes(
    bank: EntityBank,
    families: Sequence[str],
    count: int,
    seed: int,
    factor: int,
    *,
    exact: bool = True,
    side: int = 512,
) -> Iterator[StrandScene]:
    """`count` strand scenes of `side` pixels: half of each is a part of an entity of twice that side.

    The coarse matte is the exact one's area average by `factor`, or a faulty one. Same seed, same scenes.
    """
    for number in range(count):
        rng = np.random.default_rng((seed, number))
        family = families[number % len(families)]
        made = render(geometry(family, rng), side * int(rng.integers(1, 3)))
        y, x = _part(made.alpha, side, rng)
        alpha = np.ascontiguousarray(made.alpha[y : y + side, x : x + side])
        colour = made.colour[y : y + side, x : x + side].astype(np.float32)
        ground = bank.backgrounds[int(rng.integers(len(bank.backgrounds)))]
        under = background_part(bank, ground, (side, side), rng).astype(np.float32)
        image = np.clip(colour * alpha[..., None] + under * (1 - alpha[..., None]) + 0.5, 0, 255).astype(np.uint8)
        coarse = degraded(alpha, (side // factor, side // factor), rng, exact=exact)
        yield StrandScene(family, factor, image, alpha, coarse)


def compare_methods(
    scene: StrandScene, refiner: Refiner | None = None, *, closed_form: bool = True
) -> list[MethodErrors]:
    """Every method on one scene; the refiner when there is one."""
    size = (scene.image.shape[0], scene.image.shape[1])
    bilinear = from_output(scene.coarse.matte, *size)
    open_for_change = transition_window(scene.coarse.matte, scene.coarse.labels[..., 1] > UNKNOWN_THRESHOLD)
    inside = resized(open_for_change, size) > 0
    methods = {"bilinear": bilinear, "guided filter": guided_filter(scene.image, bilinear, 2 * scene.factor, 1e-6)}
    if closed_form:
        # Narrower than the window: the more is known, the better.
        soft = (bilinear > ALPHA_TOLERANCE) & (bilinear < 1 - ALPHA_TOLERANCE)
        methods["closed form"] = closed_form_matting(scene.image, bilinear, soft)
    if refiner is not None:
        methods["refiner"] = refine_matte(
            refiner, scene.image, scene.coarse.matte, scene.coarse.labels.transpose(2, 0, 1)
        )
    return [
        MethodErrors(
            scene.family,
            scene.factor,
            method,
            _scores(matte, scene.alpha, inside),
            _scores(matte, scene.alpha, None),
            matte,
        )
        for method, matte in methods.items()
    ]


def write_comparison(path: Path, scene: StrandScene, methods: Sequence[MethodErrors]) -> None:
    """Write image, truth and every method's matte side by side, as PNG."""
    mattes = [scene.alpha, *(method.matte for method in methods)]
    planes = [np.repeat((matte * 255).round().astype(np.uint8)[..., None], 3, axis=2) for matte in mattes]
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.hstack([scene.image, *planes])).save(path)


def guided_filter(image: Pixels, matte: Alpha, radius: int, smoothness: float) -> Alpha:
    """The guided filter with a colour guide (He, Sun and Tang, PAMI 2013, eq. 19 to 21), clipped to [0, 1].

    HxWx3 uint8, HxW float32; windows of 2 `radius` + 1 pixels; `smoothness` is its epsilon for colours in 0..1.
    """
    guide = image.astype(np.float64) / 255

    def mean(plane: NDArray[Any]) -> NDArray[np.float64]:
        return np.asarray(cv2.blur(plane, (2 * radius + 1,) * 2, borderType=cv2.BORDER_REFLECT), np.float64)

    plane = matte.astype(np.float64)
    mean_i, mean_p = mean(guide), mean(plane)
    outer = (guide[..., :, None] * guide[..., None, :]).reshape(*plane.shape, 9)
    spread = mean(outer).reshape(*plane.shape, 3, 3) - mean_i[..., :, None] * mean_i[..., None, :]
    covariance = mean(guide * plane[..., None]) - mean_i * mean_p[..., None]
    slopes = np.linalg.solve(spread + smoothness * np.eye(3), covariance[..., None])[..., 0]
    offset = mean_p - (slopes * mean_i).sum(axis=2)
    return np.asarray(((mean(slopes) * guide).sum(axis=2) + mean(offset)).clip(0, 1), np.float32)


def closed_form_matting(image: Pixels, matte: Alpha, unknown: Region) -> Alpha:
    """Closed-form matting (Levin et al., PAMI 2008) with a matte's decisions as the trimap outside `unknown`.

    Without a known foreground or background it has nothing to go by, and the matte is returned.
    """
    from pymatting import estimate_alpha_cf

    trimap = np.where(unknown, 0.5, (matte > 0.5).astype(np.float64))
    if not (trimap == 0).any() or not (trimap == 1).any():
        return matte
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return np.asarray(estimate_alpha_cf(image / 255, trimap), np.float32)


def summary(rows: list[MethodErrors]) -> str:
    """A Markdown table: means by factor and method, in the window and in the whole, and the share below bilinear's."""
    head = [f"{m}, {where}" for where in ("transition", "whole") for m in METRICS]
    lines = ["| factor | method | " + " | ".join(head) + " |", "|---" * (len(head) + 2) + "|"]
    for factor in sorted({row.factor for row in rows}):
        of_factor = [row for row in rows if row.factor == factor]
        for method in dict.fromkeys(row.method for row in of_factor):
            own = [row for row in of_factor if row.method == method]
            base = [row for row in of_factor if row.method == "bilinear"]
            cells = []
            for part in ("inside", "whole"):
                for name in METRICS:
                    value, plain = (fmean(getattr(row, part)[name] for row in group) for group in (own, base))
                    cells.append(f"{value:.4g} ({value / max(plain, 1e-12) - 1:+.0%})")
            lines.append(f"| {factor} | {method} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _scores(matte: Alpha, truth: Alpha, region: Region | None) -> dict[str, float]:
    return {name: metric(matte, truth, region) for name, metric in METRICS.items()}


def _part(alpha: Alpha, side: int, rng: np.random.Generator) -> tuple[int, int]:
    """Upper left corner of a square with a soft pixel in its middle."""
    soft = np.argwhere((alpha > 0.1) & (alpha < 0.9))
    at = soft[int(rng.integers(len(soft)))] if len(soft) else np.array(alpha.shape) // 2
    y, x = np.clip(at - side // 2, 0, alpha.shape[0] - side)
    return int(y), int(x)
