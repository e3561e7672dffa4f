"""The editor's interface to the model, the only importer of clipmat's network: lazy, cached, replaceable by a fake.

All that is asked of a model is together here, which takes more than 300 lines.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from clipmat.errors import ClipMatError, ExpressionTruncated
from rim_editor import linking
from rim_editor.predictors import DraftsFirst, KnowsWords, Unloadable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from clipmat.examples import Example
    from clipmat.pointing import Click, Corners
    from clipmat.present_words import PresentWord
    from clipmat.weights_catalogue import WeightsInfo as WeightsInfo
    from rim_editor.documents.unfinished_matte import RefinementLike
    from rim_editor.predictors import PredictionLike, PredictorLike

__all__ = [
    "ClipMatError", "ExpressionTruncated", "Matting", "catalogue", "check", "choices", "cpu_threads", "device_reason",
    "fetch", "load_predictor", "nouns", "remove",
]  # fmt: skip


def load_predictor(weights: str, device: str, precision: str) -> PredictorLike:
    """Load the model, ours or another system; imports torch. Raises ClipMatError."""
    from clipmat.systems.loading import load

    return load(weights, device, precision)


def catalogue() -> tuple[WeightsInfo, ...]:
    """Every variant and system, where its weights are, and what is missing. Imports no torch."""
    from clipmat import weights_catalogue
    from clipmat.systems import catalogue

    return weights_catalogue.catalogue() + catalogue.catalogue()


def choices() -> tuple[str, ...]:
    """The names of all that can answer, with other edges too: what is here. Imports no torch."""
    from clipmat.systems.catalogue import choices

    return choices(catalogue())


def fetch(name: str, progress: Callable[[int, int | None], None] | None = None) -> Path:
    """Download the weights of a variant and verify them; `progress` is called with (bytes so far, bytes or None).

    Raises ClipMatError; an incomplete download is deleted.
    """
    from clipmat import hub
    from clipmat.systems import catalogue, fetching

    return fetching.fetch(name, progress) if catalogue.system_of(name) else hub.fetch(name, progress)


def check(weights: str) -> str:
    """Check that the weights of this name or file are whole; returns a line that says what was compared.

    Raises ClipMatError when they are not. Imports no torch but for a training checkpoint.
    """
    from clipmat import weights as weights_files
    from clipmat.systems import catalogue, fetching

    lines = [
        fetching.check(part) if catalogue.system_of(part) else weights_files.check(part)
        for part in catalogue.split(weights)
        if part
    ]
    return "; ".join(lines)


def remove(name: str) -> tuple[Path, ...]:
    """Delete the user's own and the downloaded weights of a variant; returns the deleted files. Raises ClipMatError."""
    from clipmat import hub
    from clipmat.systems import catalogue, fetching

    return fetching.remove(name) if catalogue.system_of(name) else hub.remove(name)


def weights_folder() -> Path:
    """Where the user's own weights are, or would be. Imports no torch."""
    from clipmat.weights_catalogue import user_folder

    return user_folder()


def device_reason(device: str, precision: str) -> str:
    """Which device and precision these settings mean on this machine and why, in words; imports torch.

    Raises ClipMatError when there is no such device.
    """
    from clipmat.devices import choose_device

    return choose_device(device, precision).reason


def nouns(weights: str) -> tuple[str, ...]:
    """The nouns that the weights of this name or file know; () when that is unknown. Imports no torch.

    () for weights that are missing or damaged too: loading them raises the error.
    """
    from clipmat.systems.catalogue import split
    from clipmat.weights import nouns

    try:
        return nouns(split(weights)[0])
    except ClipMatError:
        return ()


def knows_words(weights: str) -> bool:
    """Whether the weights of this name, file or folder are asked by words. True for what is missing or damaged too."""
    from clipmat.systems.catalogue import split, system_of
    from clipmat.systems.system_table import SYSTEMS

    try:
        name = system_of(split(weights)[0])
    except ClipMatError:
        return True
    return name is None or SYSTEMS[name].knows_words


@contextmanager
def cpu_threads(threads: int) -> Iterator[None]:
    """While this is open, a loaded model computes with `threads` CPU threads when called from this thread.

    Use it when other work keeps the cores busy: a model whose threads wait for a core takes many times as long. The
    number belongs to the process: other threads that compute for the first time meanwhile use it too.
    Does nothing while torch is not imported, with a fake model for instance.
    """
    torch = sys.modules.get("torch")
    if torch is None:
        yield
        return
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        yield
    finally:
        torch.set_num_threads(before)


class Matting:
    """Keeps one model and the features of one image, so that the next expression costs only its own share.

    `load(weights, device, precision)` makes the predictor; tests pass a fake. Calls from several threads wait for
    each other.
    """

    def __init__(self, load: Callable[[str, str, str], PredictorLike] | None = None) -> None:
        self._load = load or load_predictor
        self._lock = threading.Lock()
        self._loaded: tuple[str, str, str] | None = None
        self._predictor: PredictorLike | None = None
        self._image: NDArray[np.uint8] | None = None
        self._own = threading.local()
        """`image` is the one that the thread has set last: a predictor keeps one for each."""
        self._used = 0.0
        self._timer = _timer(0, self._unload)

    def __reduce__(self) -> tuple[Callable[..., Matting], tuple[Callable[[str, str, str], PredictorLike]]]:
        # Only the loader is pickled; the other process loads the model itself.
        return Matting, (self._load,)

    def link_ahead(self) -> None:
        """Begin to link what a model needs, for the time in which the caller decodes an image; nothing for a fake."""
        if self._load is load_predictor:
            linking.link_in_background()

    def predictor(self, weights: str, device: str, precision: str = "auto") -> PredictorLike:
        """The model for these weights on this device, loaded once while all three stay. Raises ClipMatError."""
        with self._lock:
            return self._predictor_for(weights, device, precision)

    def predict(
        self,
        image: NDArray[np.uint8],
        expression: str,
        *,
        points: Sequence[Click] = (),
        box: Corners | None = None,
        example: Example | None = None,
        weights: str = "compact",
        device: str = "auto",
        precision: str = "auto",
    ) -> PredictionLike:
        """Find what `expression` names in `image`, HxWx3 uint8 sRGB; the same array again is not read again.

        Points, box and an example show the object beside the expression, or without one; see `Predictor.predict`.
        The array must not be changed in place between calls. Raises ClipMatError.
        """
        with self._lock:
            predictor = self._predictor_for(weights, device, precision)
            self._set_image(predictor, image)
            return _predicted(predictor, expression, points, box, example)

    def draft(
        self,
        image: NDArray[np.uint8],
        expression: str,
        *,
        points: Sequence[Click] = (),
        box: Corners | None = None,
        example: Example | None = None,
        weights: str = "compact",
        device: str = "auto",
        precision: str = "auto",
    ) -> tuple[PredictionLike, RefinementLike | None]:
        """As `predict`, but sooner where the model can: with a draft of the matte, and what finishes it on any thread.

        Nothing is left to be finished of a prediction of no certainty. Raises ClipMatError.
        """
        with self._lock:
            predictor = self._predictor_for(weights, device, precision)
            self._set_image(predictor, image)
            if not isinstance(predictor, DraftsFirst):
                return _predicted(predictor, expression, points, box, example), None
            draft = predictor.draft(expression, points=points, box=box, example=example)
            return draft.prediction, draft.refinement

    def example(
        self,
        image: NDArray[np.uint8],
        matte: NDArray[np.float32],
        expression: str = "",
        *,
        source: str = "",
        weights: str = "compact",
        device: str = "auto",
        precision: str = "auto",
    ) -> Example:
        """What `matte`, HxW in [0, 1], selects in `image`, as an example by which the same weights find it in others.

        `expression` is by what it was found, `source` the name of the image's file. Raises ClipMatError, also when
        the matte shows nothing.
        """
        with self._lock:
            predictor = self._predictor_for(weights, device, precision)
            self._set_image(predictor, image)
            return predictor.example(matte, expression, source=source)

    def refine(
        self,
        image: NDArray[np.uint8],
        matte: NDArray[np.float32],
        trimap: NDArray[np.uint8],
        *,
        weights: str = "compact",
        device: str = "auto",
        precision: str = "auto",
    ) -> NDArray[np.float32]:
        """The matte, recomputed from the image's pixels where `trimap` is 128; elsewhere it stays.

        Crops of one place: `image` hxwx3 uint8 sRGB, `matte` hxw float32 in [0, 1], `trimap` hxw uint8 (0
        background, 128 unknown, 255 foreground) -> hxw float32 in [0, 1]. The image that was read for expressions
        stays read. Raises ClipMatError, also when the weights bring no refiner.
        """
        with self._lock:
            return self._predictor_for(weights, device, precision).refine(image, matte, trimap)

    def present_words(
        self,
        image: NDArray[np.uint8],
        nouns: Sequence[str],
        stop: Callable[[], bool],
        *,
        weights: str = "compact",
        device: str = "auto",
        precision: str = "auto",
    ) -> tuple[PresentWord, ...]:
        """Those of `nouns` that are more likely than not in `image`; () once `stop` is true, or if it cannot tell.

        The image is read as for `predict`. Raises ClipMatError.
        """
        with self._lock:
            predictor = self._predictor_for(weights, device, precision)
            if stop() or not isinstance(predictor, KnowsWords):
                return ()
            self._set_image(predictor, image)
            return predictor.present_words(nouns, stop)

    def nouns(self, weights: str) -> tuple[str, ...]:
        """The nouns that the weights of this name or file know; () when that is unknown."""
        return nouns(weights)

    def _set_image(self, predictor: PredictorLike, image: NDArray[np.uint8]) -> None:
        if self._image is not image or getattr(self._own, "image", image) is not image:
            self._image = self._own.image = None  # if reading it fails, the old image is gone as well
            predictor.set_image(image)
            self._image = self._own.image = image

    def _predictor_for(self, weights: str, device: str, precision: str) -> PredictorLike:
        wanted = weights, device, precision
        if self._predictor is None or self._loaded != wanted:
            # Release the old model first: two at once may not fit the device.
            self._predictor, self._loaded, self._image = None, None, None
            self._predictor = self._load(*wanted)
            self._loaded = wanted
        self._used = time.monotonic()
        if isinstance(self._predictor, Unloadable):
            self._timer.cancel()
            self._timer = _timer(self._predictor.idle_seconds, self._unload)
            self._timer.start()
        return self._predictor

    def _unload(self) -> None:
        with self._lock:
            large = self._predictor if isinstance(self._predictor, Unloadable) else None
            if large is not None and time.monotonic() - self._used >= large.idle_seconds:
                self._predictor, self._loaded, self._image = None, None, None


def _timer(seconds: float, action: Callable[[], None]) -> threading.Timer:
    timer = threading.Timer(seconds, action)
    timer.daemon = True  # the program does not wait for it to end
    return timer


def _predicted(
    predictor: PredictorLike,
    expression: str,
    points: Sequence[Click],
    box: Corners | None,
    example: Example | None,
) -> PredictionLike:
    if example is not None:
        return predictor.predict(expression, points=points, box=box, example=example)
    if not points and box is None:
        return predictor.predict(expression)
    return predictor.predict(expression, points=points, box=box)
