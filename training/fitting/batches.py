"""The batches of a run, composed by number."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, Protocol

import cv2
import numpy as np
import torch
from torch import Tensor

from clipmat.encoders import TextTokens
from clipmat.pointing_planes import pointing_planes
from clipmat.prompt import TEMPLATES
from training.dense_words import WordSource, counts_of
from training.samples import MAIN, POINTED, Sample, trimap_labels

Tokenize = Callable[[list[str], list[int] | None], tuple[TextTokens, list[str]]]
NounVectors = tuple[list[str], Tensor]
"""Names, and NxE float32 vectors: nouns of similar meaning have similar ones."""


class TrainingData(Protocol):
    """The training samples of a run, by number."""

    @property
    def fingerprint(self) -> str:
        """A short digest of everything that determines the samples."""

    def samples(self, index: int, size: tuple[int, int], count: int) -> list[Sample]:
        """`count` samples of the image with a number, HxW `size`: a function of these alone."""


class Inputs(NamedTuple):
    """The network's input: B images, K expressions in a row for each, and nouns without an image."""

    pixels: Tensor
    """Bx3xHxW uint8."""
    tokens: TextTokens
    """BK rows."""
    nouns: TextTokens | None
    """BK rows; None without a teacher."""
    words: TextTokens | None
    """U rows, the same for every image; None without dense words."""
    pointing: Tensor
    """BKxPLANESx(H/8)x(W/8) float32 (clipmat.pointing_planes), 0 where nothing points."""

    def split(self, parts: int) -> Iterator[Inputs]:
        """The same in `parts` parts of whole images, or one an image where there are fewer."""
        each, count = len(self.tokens.ids) // len(self.pixels), len(self.pixels)
        for images in np.array_split(np.arange(count), min(parts, count)):
            first, last = int(images[0]), int(images[-1]) + 1
            rows = slice(first * each, last * each)
            tokens = TextTokens(*(t[rows] for t in self.tokens))
            nouns = None if self.nouns is None else TextTokens(*(t[rows] for t in self.nouns))
            yield Inputs(self.pixels[first:last], tokens, nouns, self.words, self.pointing[rows])


class Targets(NamedTuple):
    """The ground truth of a batch, at half size."""

    matte: Tensor
    """BKx1x(H/2)x(W/2) float32."""
    trimap: Tensor
    """BKx(H/2)x(W/2) uint8."""
    present: Tensor
    """BK uint8: 0 where the expression names nothing in the image."""
    vectors: Tensor | None
    """BKxE float32: the teacher's vectors of the nouns."""
    match_counts: Tensor
    """BKx1x(H/4)x(W/4) uint8, 0 or 1: where the match with the expression's words is known."""
    word_masks: Tensor | None
    """BxUx(H/4)x(W/4) uint8, 0 to 255: where each of the words fits; None without dense words."""
    word_counts: Tensor | None
    """The same shape, 0 or 1: where that is known."""


class Batch(NamedTuple):
    """Tensors of one step of one process."""

    inputs: Inputs
    targets: Targets


def batch_of(
    data: TrainingData,
    numbers: Sequence[int],
    size: tuple[int, int],
    expressions: int,
    tokenize: Tokenize,
    seed: int,
    nouns: NounVectors | None = None,
    words: int = 0,
) -> Batch:
    """The batch of the images with these numbers, HxW `size`, on the CPU.

    A function of its arguments: what is drawn for an image depends on the seed and its number, never on the others,
    but for the dense `words`, which all images of a batch share.
    """
    samples: list[Sample] = []
    radii: list[int] = []
    taught: list[tuple[int, int]] = []
    for number in numbers:
        samples += data.samples(number, size, expressions)
        rng = np.random.default_rng((seed, number, 1 << 20))  # a stream of its own beside the sample's
        radii += rng.integers(1, 4, expressions).tolist()
        if nouns is not None:
            taught += zip(
                rng.integers(len(nouns[0]), size=expressions).tolist(),
                rng.integers(len(TEMPLATES), size=expressions).tolist(),
                strict=True,
            )
    half = (size[1] // 2, size[0] // 2)
    mattes = [np.asarray(cv2.resize(s.matte, half, interpolation=cv2.INTER_AREA), np.float32) for s in samples]
    trimaps = [trimap_labels(matte, radius) for matte, radius in zip(mattes, radii, strict=True)]
    shown = [s.shown for s in samples[::expressions] if s.shown is not None]
    source: WordSource | None = getattr(data, "words", None)
    dense = None
    if words and source is not None and len(shown) == len(numbers):
        dense = source.masks(shown, words, np.random.default_rng((seed, numbers[0], 1 << 22)))
    tokens, _ = tokenize([s.expression for s in samples], [s.template for s in samples])
    inputs = Inputs(
        pixels=torch.from_numpy(np.stack([s.image for s in samples[::expressions]])).permute(0, 3, 1, 2),
        tokens=tokens,
        nouns=None if nouns is None else tokenize([nouns[0][i] for i, _ in taught], [t for _, t in taught])[0],
        words=None if dense is None else tokenize(list(dense.texts), None)[0],
        pointing=torch.from_numpy(np.stack([pointing_planes(s.pointing, size) for s in samples])),
    )
    targets = Targets(
        matte=torch.from_numpy(np.stack(mattes)).unsqueeze(1),
        trimap=torch.from_numpy(np.stack(trimaps)),
        present=torch.tensor([s.present for s in samples], dtype=torch.uint8),
        vectors=None if nouns is None else nouns[1][[i for i, _ in taught]],
        match_counts=torch.from_numpy(
            np.stack([counts_of(s.shown, s.matte, s.category) * (s.form not in (MAIN, POINTED)) for s in samples])
        ).unsqueeze(1),
        word_masks=None if dense is None else torch.from_numpy(dense.masks),
        word_counts=None if dense is None else torch.from_numpy(dense.counts),
    )
    return Batch(inputs, targets)
