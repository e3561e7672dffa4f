"""Refining: a coarse matte on its way to the image's own size, step by step, the tiles of a step on several threads.

Each thread computes whole tiles by itself. Torch's own threads wait for each other in every layer, which takes many
times as long as the work itself wherever other programs use the processor too.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import numpy as np
import torch
from numpy.typing import NDArray

from clipmat.refiner import (
    CELL_SIZE,
    TILE_CORE,
    TILE_MARGIN,
    UNKNOWN_THRESHOLD,
    Corner,
    Floats,
    Refiner,
    guide_planes,
    sample_squares,
    tiles_in_window,
    transition_window,
    upsampling_steps,
)
from clipmat.transforms import check_image, resized

TILES_PER_BATCH = 16
"""Tiles that go through the network at once: with TILE_CORE, TILE_MARGIN and the threads they bound the memory."""
TILES_PER_GPU_BATCH = 128
"""The same on a GPU, where few tiles leave it idle and each batch waits for the one before."""


class RefiningStopped(Exception):
    """Refining was asked to stop; nothing was changed."""


class Pyramid:
    """An image at each size on the way from the network's size to its own, for any number of mattes."""

    def __init__(self, image: NDArray[np.uint8], start: tuple[int, int]) -> None:
        """`image` is HxWx3 uint8 sRGB, `start` the height and width of the coarse mattes. Raises BadImage."""
        check_image(image)
        start = (min(image.shape[0], start[0]), min(image.shape[1], start[1]))
        sizes = upsampling_steps(start, (image.shape[0], image.shape[1]))
        images = [image]
        for size in [*sizes[-2::-1], start]:  # each from the next larger, so that the image itself is read only once
            images.append(resized(images[-1], size))
        self.images = tuple(reversed(images))
        """The smallest, at the size that refining starts from, first; the last is the image itself."""


class Refinement:
    """One coarse matte on its way to the image's own size. Call it on one thread at a time."""

    def __init__(
        self,
        network: Refiner,
        pyramid: Pyramid,
        coarse: Floats,
        trimap: Floats,
        *,
        core: int = TILE_CORE,
        threads: int = 1,
    ) -> None:
        """As `refine_matte`; `threads` of the CPU share the tiles, and the caller's autocast is that of all steps."""
        first = pyramid.images[0]
        self._matte = resized(coarse, (first.shape[0], first.shape[1]))
        labels = resized(np.ascontiguousarray(trimap.transpose(1, 2, 0)), self._matte.shape)
        self._device = next(network.parameters()).device
        self._guides = guide_planes(first, self._matte, labels).to(self._device)
        self._unknown = labels[..., 1] > UNKNOWN_THRESHOLD
        self._network, self._core = network, core
        self._threads = threads if self._device.type == "cpu" else 1
        self._images = list(pyramid.images[1:])
        self.has_draft = len(self._images) > 1
        """Whether there is a step before the last one, from which a draft can be made."""
        self._size = pyramid.images[-1].shape[:2]
        kind = self._device.type
        self._autocast = torch.get_autocast_dtype(kind) if torch.is_autocast_enabled(kind) else None

    def draft(self) -> Floats:
        """The matte before the last step, enlarged to the image's size: HxW float32 in [0, 1]."""
        self._climb()
        large = resized(self._matte, self._size)
        return np.clip(large, 0, 1, out=large)

    def matte(self, stop: Callable[[], bool] = lambda: False) -> Floats:
        """The finished matte, HxW float32 in [0, 1]; new each time, and the same with and without a draft before.

        `stop` is asked before each batch of tiles. Raises RefiningStopped once it is true; it can be called again.
        """
        self._climb()
        return self._step(self._images[0], stop)

    def _climb(self) -> None:
        """Do all steps but the last one."""
        while len(self._images) > 1:
            self._matte = self._step(self._images[0], _never)
            self._unknown = np.zeros_like(self._matte, bool)
            del self._images[0]

    def _step(self, image: NDArray[np.uint8], stop: Callable[[], bool]) -> Floats:
        size, core = (image.shape[0], image.shape[1]), self._core
        window = transition_window(self._matte, self._unknown)
        planes = torch.from_numpy(np.stack([self._matte, window]))[None].to(self._device)
        result = self._matte.copy() if self._matte.shape == size else resized(self._matte, size)
        np.clip(result, 0, 1, out=result)
        most = TILES_PER_BATCH if self._device.type == "cpu" else TILES_PER_GPU_BATCH
        batches = _batches(tiles_in_window(window, size, core), self._threads, most)
        todo, turn = iter(batches), threading.Lock()

        def next_batch() -> Sequence[Corner] | None:
            with turn:
                return next(todo, None)

        def compute() -> None:
            enabled = self._autocast is not None
            with torch.inference_mode(), torch.autocast(self._device.type, self._autocast, enabled=enabled):
                while (corners := next_batch()) is not None:
                    if stop():
                        raise RefiningStopped
                    self._refine_tiles(corners, image, planes, result)

        _on_threads(compute, min(self._threads, len(batches)))
        return result

    def _refine_tiles(
        self, corners: Sequence[Corner], image: NDArray[np.uint8], planes: torch.Tensor, result: Floats
    ) -> None:
        """Write the cores of these tiles into `result`; different tiles write into different places."""
        size, core, side = (image.shape[0], image.shape[1]), self._core, self._core + 2 * TILE_MARGIN
        outer = [(y - TILE_MARGIN, x - TILE_MARGIN) for y, x in corners]
        pixels = torch.from_numpy(np.stack([_crop(image, y, x, side) for y, x in outer])).to(self._device)
        base, weight = torch.split(sample_squares(planes, outer, size, side), 1, dim=1)
        guides = sample_squares(self._guides, outer, size, side // CELL_SIZE, CELL_SIZE)
        refined = self._network(pixels.permute(0, 3, 1, 2), base, guides)
        tiles = torch.cat([torch.lerp(base, refined.clamp(0, 1), weight), weight], dim=1)
        tiles = tiles[..., TILE_MARGIN:-TILE_MARGIN, TILE_MARGIN:-TILE_MARGIN].clamp(0, 1).cpu()
        for (y, x), (values, weights) in zip(corners, tiles.numpy(), strict=True):
            part = result[y : y + core, x : x + core]
            height, width = part.shape
            np.copyto(part, values[:height, :width], where=weights[:height, :width] > 0)


class CropRefinements:
    """The refinements of crops of an image, whose maximum is the matte. Call it on one thread at a time."""

    def __init__(self, size: tuple[int, int], crops: Sequence[tuple[slice, slice, Refinement]]) -> None:
        """`size` is the image's height and width; each crop has its rows and its columns in it."""
        self._size, self._crops = size, crops
        self.when_finished: Callable[[Floats], None] = lambda matte: None
        """Called with the matte of `finished`, on the thread that computes it."""

    @property
    def has_draft(self) -> bool:
        """Whether a draft costs less than the matte."""
        return any(refinement.has_draft for _, _, refinement in self._crops)

    def draft(self) -> Floats:
        """See `Refinement.draft`."""
        return self._joined(lambda refinement: refinement.draft())

    def matte(self) -> Floats:
        """See `Refinement.matte`."""
        return self._joined(lambda refinement: refinement.matte())

    def finished(self, stop: Callable[[], bool]) -> Floats | None:
        """The matte; None once `stop` is true, which is asked before each batch of tiles. It can be called again."""
        try:
            matte = self._joined(lambda refinement: refinement.matte(stop))
        except RefiningStopped:
            return None
        self.when_finished(matte)
        return matte

    def _joined(self, matte_of: Callable[[Refinement], Floats]) -> Floats:
        whole = np.zeros(self._size, np.float32)
        for rows, columns, refinement in self._crops:
            found = matte_of(refinement)
            if found.shape == self._size and len(self._crops) == 1:
                return found
            under = whole[rows, columns]
            np.maximum(under, found, out=under)
        return whole


def refine_matte(
    network: Refiner,
    image: NDArray[np.uint8],
    coarse: Floats,
    trimap: Floats,
    *,
    core: int = TILE_CORE,
    threads: int = 1,
) -> Floats:
    """The matte at the image's own size, from the coarse matte and trimap at the network's size.

    HxWx3 uint8 sRGB, hxw coarse matte in [0, 1] and 3xhxw probabilities of background, unknown and foreground, both
    float32 -> HxW float32 in [0, 1]. Pixels farther than 2 (DILATION + 1) pixels of the coarse matte from its
    transition keep its upsampled value. Images stay uint8, and one batch of tiles, `core` pixels a side and TILE_MARGIN
    around, is held at a time, on each of `threads` threads of the CPU. Runs on the network's device, under the caller's
    autocast. Raises BadImage.
    """
    pyramid = Pyramid(image, (coarse.shape[0], coarse.shape[1]))
    return Refinement(network, pyramid, coarse, trimap, core=core, threads=threads).matte()


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """While this is open, torch computes with one thread when called from this thread, or from one that begins now."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _on_threads(compute: Callable[[], None], threads: int) -> None:
    """Call `compute` on this thread and on others at once; the first error is raised when all have ended."""
    if threads <= 1:
        compute()
        return
    with _one_thread_each(), ThreadPoolExecutor(threads - 1, thread_name_prefix="tiles") as pool:
        others = [pool.submit(compute) for _ in range(threads - 1)]
        compute()
    for other in others:
        other.result()


def _batches(corners: Sequence[Corner], threads: int, most: int) -> list[Sequence[Corner]]:
    """The tiles in batches of at most `most`, as many for each of the threads."""
    rounds = -(-len(corners) // (most * threads))
    size = most if threads == 1 else max(1, -(-len(corners) // max(1, rounds * threads)))
    return [corners[i : i + size] for i in range(0, len(corners), size)]


def _crop(image: NDArray[np.uint8], y: int, x: int, side: int) -> NDArray[np.uint8]:
    """A square of the image; where it extends beyond the image, the border continues."""
    height, width = image.shape[:2]
    part = image[max(y, 0) : y + side, max(x, 0) : x + side]
    before = (max(-y, 0), max(-x, 0))
    after = (max(y + side - height, 0), max(x + side - width, 0))
    if before == after == (0, 0):
        return part
    return np.pad(part, ((before[0], after[0]), (before[1], after[1]), (0, 0)), mode="edge")


def _never() -> bool:
    return False
