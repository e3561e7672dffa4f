"""The work on one image of a batch, stage by stage: decode, find, finish, write. No stage keeps any state.

Between a stage's steps `checkpoint` is called; an exception from it ends the stage. The same item gives the same bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from clipmat import image_files
from clipmat.certainty import Certainty, shows_a_guess, with_threshold
from clipmat.errors import UserError, UserFacingWarning
from clipmat.image_files import OpenedImage
from clipmat.thread_warnings import collected_warnings
from rim_editor.batch import output_files
from rim_editor.batch.outcomes import Outcome, State, thumbnail
from rim_editor.batch.plan import Item
from rim_editor.batch.recipe import ExpressionTerm, Recipe
from rim_editor.documents import mattes
from rim_editor.documents.answer_texts import doubt
from rim_editor.documents.document import Answer, Combine, Document
from rim_editor.documents.edit_description import EditDescription
from rim_editor.documents.edits import Edit
from rim_editor.documents.rendering import Renderer
from rim_editor.errors import is_out_of_memory
from rim_editor.files import exporting
from rim_editor.timing import timed

if TYPE_CHECKING:
    from rim_editor.matting import Matting
    from rim_editor.predictors import PredictionLike


@dataclass(frozen=True, eq=False)
class DecodedItem:
    """An item whose image, and whose background, was read."""

    item: Item
    source: OpenedImage
    edit: Edit
    milliseconds: dict[str, float]
    texts: tuple[str, ...]
    """Warnings for the user."""

    @property
    def megapixels(self) -> float:
        """Of the image."""
        height, width = self.source.pixels.shape[:2]
        return float(height * width / 1e6)


@dataclass(frozen=True, eq=False)
class FoundItem:
    """A decoded item with the model's answers."""

    decoded: DecodedItem
    answers: tuple[Answer, ...]
    """The parts of the matte; () when nothing matched."""
    presence: float
    """The lowest presence of the terms that had to be found, and of doubtful ones that were taken away, 0 to 1."""
    certainty: Certainty
    """The lowest of the answers; at best UNSURE where a term was left out."""
    milliseconds: dict[str, float]
    texts: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class FinishedItem:
    """An item whose files are made and not yet written."""

    outcome: Outcome
    """READY where there are files to write, else how the work ended."""
    content: bytes | None
    """Of the output; None when nothing matched, and nothing is to be written."""
    sidecar: tuple[Path, bytes] | None
    """Where the matte goes, and the file."""


def _no_check() -> None:
    """A checkpoint that checks nothing."""


def decode(
    item: Item, read: Callable[[EditDescription], Edit] = EditDescription.read, page: int | None = None
) -> DecodedItem:
    """Read the image, `page` of it as in `image_files.read`, and, through `read`, the edit with its background.

    Raises what `image_files.read` raises, and BadOption.
    """
    spent: dict[str, float] = {}
    with collected_warnings(UserFacingWarning) as texts, timed(spent, "decode"):
        source = image_files.read(item.source, page=page)
        edit = read(item.edit)
    return DecodedItem(item, source, edit, spent, tuple(texts))


def find(
    decoded: DecodedItem, matting: Matting, recipe: Recipe, checkpoint: Callable[[], None] = _no_check
) -> FoundItem:
    """Find what each expression of the item names, in their order. Raises ClipMatError.

    An ADD term that is not found is left out with a message, a SUBTRACT term that is not found is ignored, and an
    INTERSECT term that is not found leaves nothing. Whether a term is found is a matter of the recipe's `at_least` and
    `best_guess`; nothing is taken away by a guess.
    """
    spent = {"image": 0.0, "text": 0.0, "matte": 0.0}
    answers: list[Answer] = []
    doubts: list[str] = []
    presences: list[float] = []
    with collected_warnings(UserFacingWarning) as texts:
        for number, term in enumerate(decoded.item.expressions):
            checkpoint()
            example = recipe.example if number == 0 else None
            prediction = matting.predict(
                decoded.source.pixels, term.expression, example=example, **asdict(recipe.model)
            )
            for step, value in prediction.timings.items():
                # The image is read once for all expressions.
                spent[step] = max(spent.get(step, 0.0), value) if step == "image" else spent.get(step, 0.0) + value
            if term.combine is Combine.NEW:
                answers, doubts, presences = [], [], []
            answer = _answer(term, prediction, recipe)
            taken = answer.certainty is not Certainty.NONE or _is_guess(answer, recipe)
            if term.combine is not Combine.SUBTRACT or (taken and doubt(answer)):
                presences.append(answer.presence)
                if doubt(answer):
                    guessed = ": this is the best guess" if taken and answer.certainty is Certainty.NONE else ""
                    doubts.append(f"{doubt(answer)}{guessed}.")
            if taken and (answers or term.combine in (Combine.NEW, Combine.ADD)):
                answers.append(answer)
            elif term.combine is Combine.INTERSECT:
                answers = []
    return FoundItem(
        decoded,
        tuple(answers),
        min(presences, default=0.0),
        _lowest(answers, doubts),
        decoded.milliseconds | spent,
        (*decoded.texts, *texts, *doubts),
    )


def _answer(term: ExpressionTerm, prediction: PredictionLike, recipe: Recipe) -> Answer:
    presence, matte = float(prediction.presence), prediction.matte
    certainty = with_threshold(prediction.certainty, presence, matte, recipe.at_least)
    return Answer(recipe.title(term), term.combine, matte, presence, certainty)


def _is_guess(answer: Answer, recipe: Recipe) -> bool:
    """Whether an answer of no certainty is taken all the same."""
    return recipe.best_guess and answer.combine is not Combine.SUBTRACT and shows_a_guess(answer.matte)


def _lowest(answers: Sequence[Answer], doubts: Sequence[str]) -> Certainty:
    found = {answer.certainty for answer in answers}
    if not found or Certainty.NONE in found:
        return Certainty.NONE
    return Certainty.UNSURE if doubts else Certainty.SURE


def finish(found: FoundItem, recipe: Recipe, checkpoint: Callable[[], None] = _no_check) -> FinishedItem:
    """Edit and encode: the files as bytes. Raises EditorError."""
    decoded, item, spent = found.decoded, found.decoded.item, dict(found.milliseconds)
    if not found.answers:
        return _nothing_matched(found, found.texts)
    request = recipe.request(item.content)
    with collected_warnings(UserFacingWarning) as texts:
        with timed(spent, "edit"):
            document = Document.of_one_layer(decoded.source, found.answers, recipe.controls, decoded.edit)
            document = document.changed(composition=recipe.composition)
            renderer = Renderer(decoded.source)
            if mattes.is_empty(renderer.matte(document)):
                return _nothing_matched(found, (*found.texts, "Expressions and controls leave nothing of the matte."))
            checkpoint()
            ready = exporting.prepared(document, renderer, request)
            del renderer  # its caches take memory that the other images need
            checkpoint()
            ready = ready.settled()
            result, matte = ready.rendered(), None if item.sidecar is None else ready.matte
            del ready
            checkpoint()
        with timed(spent, "encode"):
            content = exporting.encoded(result, item.output, request)
            checkpoint()
            beside = None
            if item.sidecar is not None and matte is not None:
                beside = item.sidecar, exporting.encoded_matte(matte, item.sidecar, recipe.depth)
    outcome = Outcome(
        index=item.index,
        source=item.source,
        output=item.output,
        state=State.READY,
        text=" ".join((*found.texts, *texts)),
        presence=found.presence,
        certainty=found.certainty,
        milliseconds=spent,
        sha256=hashlib.sha256(content).hexdigest(),
        bytes=len(content),
        sidecar_sha256=hashlib.sha256(beside[1]).hexdigest() if beside else "",
        sidecar_bytes=len(beside[1]) if beside else 0,
        thumbnail=thumbnail(result.pixels),
    )
    return FinishedItem(outcome, content, beside)


def write(
    finished: FinishedItem, overwrite: bool = False, own: Collection[Path] = (), root: Path | None = None
) -> Outcome:
    """Write the files, each whole or not at all, the output last, and only then is the outcome DONE.

    Missing folders are made, but not `root`, the batch's. Existing files are kept unless `overwrite` or they are among
    `own`; the image itself always is. Raises OutputExists, OutputNotWritable, DiskFull, and BatchInterrupted when
    `root` is gone.
    """
    outcome, spent = finished.outcome, dict(finished.outcome.milliseconds)
    with timed(spent, "write"):
        if finished.sidecar is not None:
            path, content = finished.sidecar
            output_files.write(path, content, overwrite or path in own, outcome.source, root)
        if finished.content is not None:
            may_replace = overwrite or outcome.output in own
            output_files.write(outcome.output, finished.content, may_replace, outcome.source, root)
    state = outcome.state if finished.content is None else State.DONE
    return replace(outcome, state=state, milliseconds=spent)


def failed(item: Item, error: BaseException) -> Outcome:
    """The outcome of an item on which `error` was raised, in words."""
    if isinstance(error, UserError):
        text = str(error)
    elif is_out_of_memory(error):
        text = f"'{item.source}' needs more memory than there is: close other programs, or scale it down first."
    else:
        text = f"Something went wrong with '{item.source}' ({type(error).__name__}: {error}): please report this."
    return Outcome(item.index, item.source, item.output, State.FAILED, text)


def skipped(item: Item) -> Outcome:
    """The outcome of an item that the plan leaves out."""
    return Outcome(item.index, item.source, item.output, State.SKIPPED, item.skip)


def _nothing_matched(found: FoundItem, texts: tuple[str, ...]) -> FinishedItem:
    item = found.decoded.item
    outcome = Outcome(
        index=item.index,
        source=item.source,
        output=item.output,
        state=State.NOTHING_MATCHED,
        text=" ".join(texts),
        presence=found.presence,
        certainty=Certainty.NONE,
        milliseconds=found.milliseconds,
        thumbnail=thumbnail(found.decoded.source.pixels),
    )
    return FinishedItem(outcome, None, None)
