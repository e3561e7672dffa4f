"""The work on one image of a batch, stage by stage: decode, find, finish, write. No stage keeps anything.

Between a stage's steps `checkpoint` is called; what it raises ends the stage. The same item gives the same bytes.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from clipmat import image_files
from clipmat.errors import UserError, UserFacingWarning
from clipmat.image_files import OpenedImage
from clipmat.thread_warnings import collected_warnings
from rim_editor import edits, exporting, formats, openraster
from rim_editor.batch.outcomes import Outcome, State
from rim_editor.batch.placing import place
from rim_editor.batch.plan import Item
from rim_editor.batch.recipe import DescribedEdit, Recipe
from rim_editor.batch.thumbnails import thumbnail
from rim_editor.document import Answer, Combine, Document
from rim_editor.edits import Edit
from rim_editor.exporting import Content
from rim_editor.model_requests import ModelOptions
from rim_editor.rendering import Renderer

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from rim_editor.matting import Matting

_EXIF_IFD, _WIDTH, _HEIGHT = 0x8769, 0xA002, 0xA003


@dataclass(frozen=True, eq=False)
class Decoded:
    """An item whose image, and whose background, was read."""

    item: Item
    source: OpenedImage
    edit: Edit
    milliseconds: dict[str, float]
    texts: tuple[str, ...]
    """What the user should know of it."""

    @property
    def megapixels(self) -> float:
        """Of the image."""
        height, width = self.source.pixels.shape[:2]
        return float(height * width / 1e6)


@dataclass(frozen=True, eq=False)
class Found:
    """A decoded item with what the model found in it."""

    decoded: Decoded
    answers: tuple[Answer, ...]
    """What the matte is made of; () when nothing matched."""
    presence: float
    """The lowest of what had to be there, 0 to 1."""
    milliseconds: dict[str, float]
    texts: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Finished:
    """An item whose files are made and not yet written."""

    outcome: Outcome
    """As it will be once they are written."""
    content: bytes | None
    """Of the output; None when nothing matched, and nothing is to be written."""
    sidecar: tuple[Path, bytes] | None
    """Where the matte goes, and the file."""


def _go_on() -> None:
    """The checkpoint of those who have nothing to check."""


def decode(item: Item, read: Callable[[DescribedEdit], Edit] = DescribedEdit.read) -> Decoded:
    """Read the image and, through `read`, the edit with its background.

    Raises what `image_files.read` raises, and BadOption.
    """
    spent: dict[str, float] = {}
    with collected_warnings(UserFacingWarning) as texts, _timed(spent, "decode"):
        source = image_files.read(item.source)
        edit = read(item.edit)
    return Decoded(item, source, edit, spent, tuple(texts))


def find(decoded: Decoded, matting: Matting, model: ModelOptions, checkpoint: Callable[[], None] = _go_on) -> Found:
    """Find what each expression of the item names, in their order. Raises ClipMatError.

    What is added and is not there is told and left out; what is subtracted need not be there; without what is to be
    intersected nothing is left.
    """
    spent = {"image": 0.0, "text": 0.0, "matte": 0.0}
    answers: list[Answer] = []
    lacking: list[str] = []
    presences: list[float] = []
    with collected_warnings(UserFacingWarning) as texts:
        for term in decoded.item.expressions:
            checkpoint()
            prediction = matting.predict(decoded.source.pixels, term.expression, **asdict(model))
            for step, value in prediction.timings.items():
                # The image is read once for all expressions.
                spent[step] = max(spent.get(step, 0.0), value) if step == "image" else spent.get(step, 0.0) + value
            if term.combine is Combine.NEW:
                answers, lacking, presences = [], [], []
            presence = float(prediction.presence)
            if term.combine is not Combine.SUBTRACT:
                presences.append(presence)
            if prediction.present:
                if answers or term.combine in (Combine.NEW, Combine.ADD):
                    answers.append(Answer(term.expression, term.combine, prediction.matte, presence))
            elif term.combine is not Combine.SUBTRACT:
                lacking.append(f"Nothing in this image matches '{term.expression}' (presence {presence:.2f}).")
                if term.combine is Combine.INTERSECT:
                    answers = []
    told = (*decoded.texts, *texts, *lacking)
    return Found(decoded, tuple(answers), min(presences, default=0.0), decoded.milliseconds | spent, told)


def finish(found: Found, recipe: Recipe, checkpoint: Callable[[], None] = _go_on) -> Finished:
    """Edit and encode: the files as bytes. Raises EditorError."""
    from rim_editor import compositing

    decoded, item, spent = found.decoded, found.decoded.item, dict(found.milliseconds)
    if not found.answers:
        return _nothing(found, found.texts)
    request = recipe.request(item.content)
    with collected_warnings(UserFacingWarning) as texts:
        with _timed(spent, "edit"):
            document = Document(decoded.source, found.answers, recipe.controls, decoded.edit)
            matte = Renderer(decoded.source).matte(document)
            if matte.max() < 0.5 / 255:
                return _nothing(found, (*found.texts, "Expressions and controls leave nothing of the matte."))
            source, matte, edit = _reduced(decoded.source, matte, decoded.edit, recipe.longest_side)
            checkpoint()
            exif = source.exif if request.metadata else b""
            pixels: NDArray[np.uint8] | NDArray[np.uint16]
            if item.content is Content.LAYERS:
                stack, merged = exporting.layers_of(source, matte, edit)
                pixels = merged
            elif item.content is Content.MATTE:
                pixels = compositing.as_grey(matte, request.depth)
            else:
                pixels = edits.apply(source.pixels, matte, edit)
            checkpoint()
        with _timed(spent, "encode"):
            if item.content is Content.LAYERS:
                content = openraster.encoded(stack, merged, exif)
            else:
                content = formats.encoded(item.output, pixels, exif, request.quality)
            checkpoint()
            beside = None
            if item.sidecar is not None:
                grey = compositing.as_grey(matte, recipe.depth)
                beside = item.sidecar, formats.encoded(item.sidecar, grey, b"", None)
    outcome = Outcome(
        index=item.index,
        source=item.source,
        output=item.output,
        state=State.DONE,
        text=" ".join((*found.texts, *texts)),
        presence=found.presence,
        milliseconds=spent,
        sha256=hashlib.sha256(content).hexdigest(),
        bytes=len(content),
        sidecar_sha256=hashlib.sha256(beside[1]).hexdigest() if beside else "",
        sidecar_bytes=len(beside[1]) if beside else 0,
        thumbnail=thumbnail(pixels),
    )
    return Finished(outcome, content, beside)


def write(finished: Finished, overwrite: bool = False, own: Collection[Path] = ()) -> Outcome:
    """Write the files, each whole or not at all, the output last; their folders are made.

    Existing files stay unless `overwrite` or they are among `own`; the image itself always stays.
    Raises OutputExists, OutputNotWritable, DiskFull.
    """
    outcome, spent = finished.outcome, dict(finished.outcome.milliseconds)
    with _timed(spent, "write"):
        if finished.sidecar is not None:
            path, content = finished.sidecar
            place(path, content, overwrite or path in own, outcome.source)
        if finished.content is not None:
            place(outcome.output, finished.content, overwrite or outcome.output in own, outcome.source)
    return replace(outcome, milliseconds=spent)


def failed(item: Item, error: BaseException) -> Outcome:
    """The outcome of an item on which `error` was raised, in words."""
    if isinstance(error, UserError):
        text = str(error)
    elif isinstance(error, MemoryError):
        text = f"'{item.source}' needs more memory than there is: close other programs, or scale it down first."
    else:
        text = f"Something went wrong with '{item.source}' ({type(error).__name__}: {error}): please report this."
    return Outcome(item.index, item.source, item.output, State.FAILED, text)


def skipped(item: Item) -> Outcome:
    """The outcome of an item that the plan leaves out."""
    return Outcome(item.index, item.source, item.output, State.SKIPPED, item.skip)


def _nothing(found: Found, texts: tuple[str, ...]) -> Finished:
    item = found.decoded.item
    outcome = Outcome(
        index=item.index,
        source=item.source,
        output=item.output,
        state=State.NOTHING_MATCHED,
        text=" ".join(texts),
        presence=found.presence,
        milliseconds=found.milliseconds,
        thumbnail=thumbnail(found.decoded.source.pixels),
    )
    return Finished(outcome, None, None)


def _reduced(
    source: OpenedImage, matte: NDArray[np.float32], edit: Edit, longest_side: int | None
) -> tuple[OpenedImage, NDArray[np.float32], Edit]:
    """Image, matte and edit as large as the result is to be."""
    import cv2
    import numpy as np

    height, width = matte.shape
    factor = max(height, width) / (longest_side or max(height, width))
    if factor <= 1:
        return source, matte, edit
    size = max(1, round(width / factor)), max(1, round(height / factor))
    pixels = np.asarray(cv2.resize(source.pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    alpha = None
    if source.alpha is not None:
        alpha = np.asarray(cv2.resize(source.alpha, size, interpolation=cv2.INTER_AREA), np.uint8)
    small = np.asarray(cv2.resize(matte, size, interpolation=cv2.INTER_AREA), np.float32)
    reduced = OpenedImage(source.path, pixels, alpha, _exif_of_size(source.exif, size))
    return reduced, np.clip(small, 0, 1), edits.scaled(edit, factor)


def _exif_of_size(exif: bytes, size: tuple[int, int]) -> bytes:
    from PIL import Image

    found = Image.Exif()
    found.load(exif)
    details = dict(found.get_ifd(_EXIF_IFD))
    if not details:
        return exif
    found[_EXIF_IFD] = details | {_WIDTH: size[0], _HEIGHT: size[1]}
    return found.tobytes()


@contextmanager
def _timed(spent: dict[str, float], step: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    spent[step] = (time.perf_counter() - start) * 1000
