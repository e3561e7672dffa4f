"""Answers to points and a box: by the network where it knows them, else parts of a matte, or a region.

The network's own answer counts where it has what was clicked and leaves out what was to be dropped. Else, with words,
parts of their matte are chosen. Without, the weights' own nouns for the place are tried as words; and where none of
them covers the clicks, a region is grown by colour and edges.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from clipmat.errors import BadPrompt
from clipmat.model import BACKGROUND, FOREGROUND, ClipMat, EncodedImage, MatteOutput, fuse_soft
from clipmat.pointed_crops import COVERED, PointedCrops
from clipmat.pointed_parts import PartChoice, choose_parts, pixel_under
from clipmat.pointing import Pointing, PromptMethod
from clipmat.refiner import Refiner
from clipmat.refining import CropRefinements, Pyramid, Refinement
from clipmat.region_growing import GrownRegion, grow_region
from clipmat.transforms import from_output, resized
from clipmat.vocabulary import Vocabulary

NOUNS_TRIED = 3
"""Nouns of the weights that are tried for a prompt without words."""
ENOUGH = 0.9
"""Fit times presence above which no further noun is tried."""
BOX_AGREEMENT = 0.6
"""Intersection over union of a box and the box around a noun's parts in it, from which on the noun is believed."""


@dataclass(frozen=True, eq=False)
class PointedAnswer:
    """What points and a box gave, before the edge is refined."""

    regions: tuple[GrownRegion, ...]
    """The matte is their maximum."""
    method: PromptMethod
    noun: str = ""
    """What the weights call the object; '' with words, and for a grown region."""


class PointedAnswers:
    """Answers points and boxes with one network; call it under the caller's inference mode and autocast."""

    def __init__(self, model: ClipMat, vocabulary: Vocabulary) -> None:
        """`vocabulary` has the nouns of the weights."""
        self._model, self._vocabulary = model, vocabulary
        self._crops = PointedCrops(model) if model.config.prompts else None

    def answer(
        self,
        image: EncodedImage,
        pixels: NDArray[np.uint8],
        small: NDArray[np.uint8],
        pointing: Pointing,
        words: MatteOutput | None,
        text: tuple[Tensor, Tensor] | None = None,
    ) -> PointedAnswer:
        """The object that is pointed at in `pixels`, HxWx3 uint8, whose features are `image`.

        `small` is the same image as the network sees it.
        `words` is the network's answer to the words beside it, one expression with `hard` fusion; None without any.
        `text` is what that was an answer to, text tokens and their validity. Raises BadPrompt when there are only
        points to drop and nothing to drop from.
        """
        shows = pointing.keeps or pointing.box is not None  # points to drop alone were not drawn in training
        if shows and self._crops is not None and (own := self._crops.answer(image, pixels, pointing, text)):
            return PointedAnswer((own,), PromptMethod.POINTED)
        if words is None:
            return self._without_words(image, pixels, small, pointing)
        choice = _choice(words, pixels, small, pointing)
        if choice is None:
            if not pointing.keeps and pointing.box is None:  # nothing that was found is left
                return PointedAnswer((), PromptMethod.WORDS_CHOSEN)
            return self._without_words(image, pixels, small, pointing)
        regions = [_whole(choice, pixels)]
        if choice.missed:
            drops = tuple((x, y, False) for x, y in pointing.drops)
            regions += self._without_words(image, pixels, small, Pointing((*choice.missed, *drops))).regions
        return PointedAnswer(tuple(regions), PromptMethod.WORDS_CHOSEN)

    def _without_words(
        self, image: EncodedImage, pixels: NDArray[np.uint8], small: NDArray[np.uint8], pointing: Pointing
    ) -> PointedAnswer:
        if not pointing.keeps and pointing.box is None:
            raise BadPrompt("there is nothing yet to drop from: click on the object first, or describe it in words")
        found = self._of_noun(image, pixels, small, pointing)
        return found or PointedAnswer((grow_region(pixels, pointing),), PromptMethod.REGION)

    def _of_noun(
        self, image: EncodedImage, pixels: NDArray[np.uint8], small: NDArray[np.uint8], pointing: Pointing
    ) -> PointedAnswer | None:
        """The parts of the best noun's matte; None when no noun covers the clicks, or fills the box."""
        nouns = self._nouns_at(image, pointing, pixels.shape[1], pixels.shape[0])
        if not nouns:
            return None
        tokens, _ = self._model.tokenize(list(nouns))
        text, valid = self._model.encode_text(tokens.to(image.alpha_logits.device))
        best: tuple[float, PointedAnswer] | None = None
        for row, noun in enumerate(nouns):  # one by one: the first is nearly always enough
            out = self._model.decode(image, text[row : row + 1], valid[row : row + 1], hard=True)
            choice = _choice(out, pixels, small, pointing)
            if choice is None or choice.missed:
                continue
            fit = _fit(choice, _scaled(pointing, choice.matte.shape, pixels))
            score = fit * float(out.presence_logits[0].sigmoid())
            if fit > 0 and (best is None or score > best[0]):
                best = score, PointedAnswer((_whole(choice, pixels),), PromptMethod.NOUN, noun)
            if score > ENOUGH:
                break
        return None if best is None else best[1]

    def _nouns_at(self, image: EncodedImage, pointing: Pointing, width: int, height: int) -> tuple[str, ...]:
        """The nouns that match best where it points, best first; `pointing` is in pixels of the image's size."""
        if not self._vocabulary.matches:
            return ()
        places = self._vocabulary.places(image)
        rows, columns = places.shape[:2]
        place = torch.stack([places[y, x] for y, x in _cells(pointing, width, height, rows, columns)]).mean(dim=0)
        return self._vocabulary.nearest(place, NOUNS_TRIED)


def refinements(
    regions: Sequence[GrownRegion], pixels: NDArray[np.uint8], refiner: Refiner, pyramid: Pyramid, threads: int
) -> CropRefinements:
    """What computes the edges of the regions' matte from the image's pixels; `pyramid` is of the whole image.

    Call it under the autocast that is to be used.
    """
    crops = []
    for region in regions:
        if not region.matte.any():
            continue
        crop, start = pixels[region.rows, region.columns], (region.matte.shape[0], region.matte.shape[1])
        whole = crop.shape == pixels.shape and pyramid.images[0].shape[:2] == start
        steps = pyramid if whole else Pyramid(np.ascontiguousarray(crop), start)
        crops.append(
            (region.rows, region.columns, Refinement(refiner, steps, region.matte, region.trimap, threads=threads))
        )
    return CropRefinements((pixels.shape[0], pixels.shape[1]), crops)


def enlarged(regions: Sequence[GrownRegion], size: tuple[int, int]) -> NDArray[np.float32]:
    """The regions' matte, HxW in [0, 1], at the image's size, without a refiner."""
    matte = np.zeros(size, np.float32)
    for region in regions:
        under = matte[region.rows, region.columns]
        np.maximum(under, from_output(region.matte, *under.shape), out=under)
    return matte


def trimap_of(regions: Sequence[GrownRegion], size: tuple[int, int]) -> NDArray[np.uint8]:
    """The regions' trimap of 0, 128 and 255, HxW, at the image's size."""
    if len(regions) == 1 and regions[0].rows == slice(0, size[0]) and regions[0].columns == slice(0, size[1]):
        return trimap_levels(regions[0].trimap.argmax(axis=0), size)
    trimap = np.zeros(size, np.uint8)
    for region in regions:
        under = trimap[region.rows, region.columns]
        np.maximum(under, trimap_levels(region.trimap.argmax(axis=0), under.shape), out=under)
    return trimap


def digest(regions: Sequence[GrownRegion]) -> bytes:
    """The same for regions that are equal to the bit, and so give one matte of one image."""
    made = hashlib.blake2b(digest_size=16)
    for region in regions:
        made.update(f"{region.rows}{region.columns}{region.matte.shape}".encode())
        made.update(np.ascontiguousarray(region.matte).data)
        made.update(np.ascontiguousarray(region.trimap).data)
    return made.digest()


def trimap_levels(labels: NDArray[np.integer], size: tuple[int, int]) -> NDArray[np.uint8]:
    """Class labels at the network's size -> 0 / 128 / 255 at the image's; mixed pixels count as unknown."""
    levels = np.full(labels.shape, 128, np.uint8)
    levels[labels == BACKGROUND] = 0
    levels[labels == FOREGROUND] = 255
    exact = np.full(256, 128, np.uint8)
    exact[[0, 255]] = 0, 255
    return np.asarray(cv2.LUT(resized(levels, size), exact), np.uint8)


def _choice(
    out: MatteOutput, pixels: NDArray[np.uint8], small: NDArray[np.uint8], pointing: Pointing
) -> PartChoice | None:
    trimap = out.trimap_logits[:1].float().softmax(dim=1)
    soft = fuse_soft(trimap, out.details[:1].float())[0, 0].cpu().numpy()
    matte = out.matte[0, 0].float().cpu().numpy()
    return choose_parts(matte, soft, trimap[0].cpu().numpy(), small, _scaled(pointing, soft.shape, pixels))


def _scaled(pointing: Pointing, shape: Sequence[int], pixels: NDArray[np.uint8]) -> Pointing:
    return pointing.in_frame(slice(0, pixels.shape[0]), slice(0, pixels.shape[1]), shape)


def _fit(choice: PartChoice, pointing: Pointing) -> float:
    """How well the chosen parts fit what was pointed at, 0 to 1; 0 when they do not."""
    matte = choice.matte
    fits = [1.0]
    if pointing.keeps:
        at = [matte[pixel_under(point, matte.shape)[::-1]] for point in pointing.keeps]
        fits.append(float(min(at)) if min(at) >= COVERED else 0.0)
    if pointing.box is not None:
        rows, columns = (np.flatnonzero((matte > COVERED).any(axis=axis)) for axis in (1, 0))
        if not len(rows):
            return 0.0
        x0, y0, x1, y1 = pointing.box
        inside = (columns[-1] + 1 - columns[0]) * (rows[-1] + 1 - rows[0])
        agreement = float(inside / max((x1 - x0) * (y1 - y0), 1.0))  # the parts were cut off at the box
        fits.append(agreement if agreement >= BOX_AGREEMENT else 0.0)
    return float(np.prod(fits))


def _whole(choice: PartChoice, pixels: NDArray[np.uint8]) -> GrownRegion:
    return GrownRegion(slice(0, pixels.shape[0]), slice(0, pixels.shape[1]), choice.matte, choice.trimap)


def _cells(pointing: Pointing, width: int, height: int, rows: int, columns: int) -> list[tuple[int, int]]:
    """Row and column of the places under the points to keep, or in the middle of the box."""

    def cell(x: float, y: float) -> tuple[int, int]:
        return min(int(y / height * rows), rows - 1), min(int(x / width * columns), columns - 1)

    if pointing.keeps or pointing.box is None:
        return [cell(x, y) for x, y in pointing.keeps]
    x0, y0, x1, y1 = pointing.box
    inner = (x0 + (x1 - x0) / 4, y0 + (y1 - y0) / 4, x1 - (x1 - x0) / 4, y1 - (y1 - y0) / 4)
    (top, left), (bottom, right) = cell(inner[0], inner[1]), cell(inner[2], inner[3])
    return [(y, x) for y in range(top, bottom + 1) for x in range(left, right + 1)]
