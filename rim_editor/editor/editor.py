"""Editor: the one mutable object of an open image. Every user action is a method; listeners receive events.

The document is a description and changes at once; slow work runs as jobs that capture the document. All actions of a
user are together here, which takes more than 300 lines.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from clipmat.certainty import Certainty, shows_a_guess
from clipmat.expression import clean_expression
from clipmat.pointing import NOTHING, Pointing
from rim_editor import model_requests
from rim_editor.documents import answer_texts, reshaping, step_names
from rim_editor.documents.document import (
    Answer,
    Brush,
    Combine,
    Document,
    ImportedMatte,
    Layer,
    MatteControls,
    Part,
    Patch,
    Region,
    Stroke,
    joined,
    without_parts,
)  # fmt: skip
from rim_editor.documents.edits import Edit
from rim_editor.documents.history import History
from rim_editor.documents.rendering import Renderer
from rim_editor.editor.answer_finishing import AnswerFinishing
from rim_editor.editor.composition_actions import CompositionActions
from rim_editor.editor.edge_refining import EdgeRefining
from rim_editor.editor.events import Answered, DocumentChanged, Event, JobKind, Listeners, Notice, NoticeCode
from rim_editor.editor.example_actions import ExampleActions
from rim_editor.editor.jobs import EditorJobs, InlineRunner, Runner
from rim_editor.editor.layer_actions import LayerActions, layer_name
from rim_editor.editor.saving import Saving
from rim_editor.files import exporting
from rim_editor.model_requests import ModelAnswer, ModelOptions, ModelQuestion
from rim_editor.translation import tr

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from clipmat.image_files import OpenedImage
    from rim_editor.documents.rendering import View
    from rim_editor.documents.reshaping import Reshaping
    from rim_editor.matting import Matting


class Editor:
    """One open image: its history, its jobs, and the user's actions.

    Without `runner` everything is done before a method returns. Errors that the user can remedy are sent
    to the listeners as a `Notice`, never raised. Call the methods on one thread.
    """

    def __init__(
        self, source: OpenedImage, matting: Matting, runner: Runner | None = None, options: ModelOptions | None = None
    ) -> None:
        self.options = options or ModelOptions()
        """Which model answers the next question, and where."""
        self._matting = matting
        self._listeners = Listeners()
        self._jobs = EditorJobs(runner or InlineRunner(), self._listeners)
        self._refining = EdgeRefining(self, self._jobs, matting, self._insert)
        self._reshapings: deque[tuple[Sequence[Reshaping], str]] = deque()
        """Changes of the image that wait for the one being made."""
        self.guess: Answer | None = None
        """The answer to the last question that waits to be accepted: of certainty NONE, where it shows anything, or of
        UNSURE, where it would take something from the matte."""
        self._open(History(Document(source)))
        self.finishing = AnswerFinishing(self, self._jobs)
        """Refines the edges of answers in the background."""
        self.layers = LayerActions(self, self._notify)
        """Adds, removes and arranges the layers."""
        self.examples = ExampleActions(self, matting, self._jobs)
        """Makes an example of what is selected, and finds the object of one."""
        self.composition = CompositionActions(self, self._jobs, self._change, self._notify)
        """Places the object of the active layer, and gives it shadow and outline."""
        self.saving = Saving(self, self._jobs, self._listeners)
        """Saves the document as a project."""

    @property
    def document(self) -> Document:
        """The document as it is now."""
        return self._history.current

    @property
    def history(self) -> History:
        """What can be undone and redone; moved by the editor's methods only."""
        return self._history

    @property
    def renderer(self) -> Renderer:
        """Renders mattes and pixels of the document; may be used on worker threads."""
        return self._renderer

    @property
    def unsaved(self) -> bool:
        """Whether the document differs from the one that was opened or saved last."""
        return self.saving.unsaved

    @property
    def busy(self) -> frozenset[JobKind]:
        """The kinds of jobs that the user is waiting for: ASK, REFINE, EXPORT, SAVE."""
        return self._jobs.busy

    @property
    def title(self) -> str:
        """What the document is called, see `Saving.title`."""
        return self.saving.title

    def listen(self, callback: Callable[[Event], None]) -> Callable[[], None]:
        """Call `callback` with every event from now on; returns a function that stops it."""
        return self._listeners.add(callback)

    def ask(
        self,
        expression: str,
        combine: Combine = Combine.NEW,
        pointing: Pointing = NOTHING,
        replaces: Answer | None = None,
    ) -> None:
        """Find what `expression` names, or what is pointed at, and combine it with the matte as it is by then.

        The answer takes the place of the part `replaces`, see `picking`.
        An earlier question that has no answer yet is dropped. A certainty of NONE changes nothing, and UNSURE takes
        nothing away: see `guess`.
        """
        self.put(ModelQuestion(clean_expression(expression), combine, pointing, replaces))

    def put(self, question: ModelQuestion) -> None:
        """Put a question to the model, as `ask` does."""
        self.guess = None
        if question.is_empty:
            self._notify(NoticeCode.NO_WORD, tr("Type what to cut out, such as “the dog on the left”."))
        elif not self._is_protected() and not self._lacks_matte(question.combine):
            document, options, key = self.document, self.options, self.document.layer.key
            self._jobs.start(
                JobKind.ASK,
                lambda: model_requests.find(self._matting, options, document, question),
                lambda found: self._answered(question, options, found, key),
                description=question.text,
                uses_model=True,
            )

    def accept_guess(self) -> None:
        """Combine `guess` with the matte, if there is one, without asking the model again."""
        guess, self.guess = self.guess, None
        if guess is not None:
            self._add_answer(guess)

    def cancel(self) -> None:
        """Drop the question, the refining strokes and the export that are not finished; saving goes on.

        A file that is already being written may still appear.
        """
        self._refining.clear()
        self._reshapings.clear()
        self._jobs.cancel()

    def close(self) -> None:
        """Close the image: all jobs are dropped, and listeners are no longer called."""
        self._listeners.clear()
        self.cancel()
        self.finishing.pause()
        self._jobs.drop(JobKind.RENDER)
        self._jobs.drop(JobKind.OUTLINE)

    def remove_parts(self, places: Sequence[int]) -> None:
        """Remove the parts at `places` of `document.parts`; removing an answer also removes refinements of its edge.

        Raises IndexError when there is no such part.
        """
        parts = self.document.parts
        kept = without_parts(parts, places)
        if kept != parts:
            self._change(step_names.removing(parts[max(places)]), parts=kept)

    def clear_matte(self) -> None:
        """Remove all parts, and reset the controls."""
        self._change(tr("Clear matte"), parts=(), controls=MatteControls())

    def add_part(self, part: ImportedMatte | Region) -> None:
        """Add what was drawn around or imported to the matte, or combine it with the matte as it says."""
        if not self._lacks_matte(part.combine):
            self._change(step_names.adding(part), parts=joined(self.document.parts, part))

    def paint(self, stroke: Stroke) -> None:
        """Add to the matte under the stroke, erase it, or refine its edge, as the stroke's brush says.

        Refining takes time; several strokes are refined one after another.
        """
        if stroke.brush is not Brush.REFINE:
            self._change(step_names.adding(stroke), parts=(*self.document.parts, stroke))
        elif self._is_protected():
            return
        elif not self.document.has_matte:
            self._notify(NoticeCode.NO_MATTE, tr("There is no edge to refine yet: find or paint something first."))
        else:
            self._refining.add(stroke)

    def set_controls(self, controls: MatteControls, gesture: str = "") -> None:
        """Set the controls of the whole matte; changes with the same `gesture` are undone together."""
        self._change(step_names.controlling(self.document.controls, controls), gesture, controls=controls)

    def set_edit(self, edit: Edit, gesture: str = "") -> None:
        """Set the edit of object and surroundings; changes with the same `gesture` are undone together."""
        self._change(step_names.editing(edit), gesture, edit=edit)

    def end_gesture(self) -> None:
        """Make the next change a step of its own, whatever its gesture."""
        self._history.end_gesture()

    def undo(self) -> None:
        """Take back the last step, if there is one."""
        self._move(self._history.undo)

    def redo(self) -> None:
        """Do again what was undone last, if anything was."""
        self._move(self._history.redo)

    def reshape(self, changes: Sequence[Reshaping], name: str) -> None:
        """Turn, flip, crop or straighten the image with all its layers, as a step called `name`.

        Several are done one after another. A question that has no answer yet is dropped.
        """
        self._reshapings.append((changes, name))
        if JobKind.RESHAPE not in self.busy:
            self._reshape_next()

    def restore(self, document: Document, project: Path | None = None, *, linked: bool = False) -> None:
        """Continue with a recovered document: it counts as unsaved, and nothing before it can be undone."""
        self.open(History(document), project, linked=linked, saved=False)

    def open(self, history: History, project: Path | None = None, *, linked: bool = False, saved: bool = True) -> None:
        """Continue with a history that was read, of the file `project`; without `saved` it counts as unsaved."""
        self.cancel()
        self._open(history)
        self.saving.begin(project, linked=linked, saved=saved)
        self._listeners.notify(DocumentChanged(frozenset({"image", "matte", "edit", "layers"})))

    def commit(self, document: Document, name: str, gesture: str = "") -> None:
        """Make `document` current as a step called `name`; commits with the same `gesture` are undone together."""
        before = self.document
        self._history.commit(document, name, gesture)
        self._notify_of_changes(before)

    def amend(self, document: Document) -> None:
        """Make `document` current without a step that can be undone, such as after another layer was selected."""
        before = self.document
        self._history.amend(document)
        self._notify_of_changes(before)

    def show(self, view: View, level: int, done: Callable[[NDArray[np.uint8]], None]) -> None:
        """Call `done` with the result of `Renderer.shown` for the document as it is now; the newest call wins."""
        document, renderer = self.finishing.for_screen()
        self._jobs.start(JobKind.RENDER, lambda: renderer.shown(document, view, level), done)

    def outline(self, level: int, done: Callable[[tuple[NDArray[np.float32], ...]], None]) -> None:
        """Call `done` with the result of `Renderer.outline` for the document as it is now; the newest call wins."""
        document, renderer = self.finishing.for_screen()
        self._jobs.start(JobKind.OUTLINE, lambda: renderer.outline(document, level), done)

    def export(self, path: Path, request: exporting.ExportRequest, done: Callable[[Path], None] | None = None) -> None:
        """Write the document as it is now; `done` is called with the path once the file is there.

        One export runs at a time; another one is refused meanwhile, so that none is lost.
        """
        if JobKind.EXPORT in self.busy:
            running = tr("An export is running: wait for it or cancel it, then export again.")
            self._notify(NoticeCode.EXPORT_RUNNING, running)
            return
        document, renderer, text = self.document, self._renderer, tr("Exporting “{name}”", name=path.name)

        def written(_: None) -> None:
            if done is not None:
                done(path)
            self._listeners.notify(Notice(NoticeCode.EXPORTED, tr("Exported to “{path}”.", path=path), path=path))

        self._jobs.start(
            JobKind.EXPORT, lambda: exporting.export(document, renderer, path, request), written, description=text
        )

    def _open(self, history: History) -> None:
        self._history = history
        self._renderer = Renderer(history.current.source)
        self.guess = None

    def _answered(self, question: ModelQuestion, options: ModelOptions, found: ModelAnswer, key: int) -> None:
        answer = found.part(question)
        if answer.certainty is Certainty.NONE:
            self.guess = answer if shows_a_guess(answer.matte) else None
            remedy = "" if question.pointing else tr(". Use other words.")
            self._notify(NoticeCode.NOT_FOUND, f"{answer_texts.doubt(answer)}{remedy}")
        elif answer.certainty is Certainty.UNSURE and answer.takes_away and not answer.pointing:
            self.guess = answer
        else:
            self._add_answer(answer, key, question.replaces)
        where = found.predictor.device, found.predictor.device_reason, options.weights
        state = answer.presence, answer.certainty, *where, found.milliseconds
        self._listeners.notify(
            Answered(question.title, *state, question.pointing, found.note, question.example is not None)
        )

    def _add_answer(self, answer: Answer, key: int | None = None, replaces: Answer | None = None) -> None:
        key = self.document.layer.key if key is None else key
        if not self._lacks_matte(answer.combine, key):  # the matte may have been undone since the question was asked
            self._change(step_names.adding(answer), key=key, parts=joined(self._parts_of(key), answer, replaces))

    def _parts_of(self, key: int) -> tuple[Part, ...]:
        """The parts of the layer with this key; () when it was removed."""
        return next((layer.parts for layer in self.document.layers if layer.key == key), ())

    def _is_protected(self, key: int | None = None) -> bool:
        key = self.document.layer.key if key is None else key
        layer = next((layer for layer in self.document.layers if layer.key == key), None)
        if layer is None or (layer.visible and not layer.locked):
            return False
        locked = tr("{layer} is locked: unlock it, or select another layer.")
        text = locked if layer.locked else tr("{layer} is hidden: show it, or select another layer.")
        self._notify(NoticeCode.LOCKED, text.format(layer=layer_name(layer)))
        return True

    def _lacks_matte(self, combine: Combine, key: int | None = None) -> bool:
        key = self.document.layer.key if key is None else key
        found = any(one.has_matte for one in self.document.layers if one.key == key)
        if found or combine in (Combine.NEW, Combine.ADD):
            return False
        subtract = tr("There is no matte to subtract from yet: find or paint something first.")
        intersect = tr("There is no matte to intersect with yet: find or paint something first.")
        self._notify(NoticeCode.NO_MATTE, subtract if combine is Combine.SUBTRACT else intersect)
        return True

    def _reshape_next(self) -> None:
        document = self.document
        changes, name = self._reshapings.popleft()

        def reshaped(after: Document) -> None:
            if self.document is document:
                self.commit(after, name)
            elif self.document.source is document.source:  # something was painted meanwhile
                self._reshapings.appendleft((changes, name))
            if self._reshapings:
                self._reshape_next()

        self._jobs.start(
            JobKind.RESHAPE,
            lambda: reshaping.reshaped(document, changes),
            reshaped,
            description=name,
            failed=self._reshapings.clear,
        )

    def _insert(self, layer: Layer, patch: Patch) -> None:
        base, parts = layer.parts, self._parts_of(layer.key)
        if parts[: len(base)] == base:  # strokes painted since then stay on top
            self._change(step_names.adding(patch), key=layer.key, parts=(*base, patch, *parts[len(base) :]))
        else:
            text = tr("The matte changed while its edge was refined: paint the edge again.")
            self._notify(NoticeCode.EDGE_OUTDATED, text)

    def _change(self, name: str, gesture: str = "", key: int | None = None, **changes: Any) -> None:  # noqa: ANN401
        """Change the active layer, or the one with this key; nothing happens when it is gone or already so."""
        after = self.document.changed(key=key, **changes)
        if _content(after) != _content(self.document) and not self._is_protected(key):
            self.commit(after, name, gesture)

    def _move(self, step: Callable[[], None]) -> None:
        before = self.document
        step()
        if self.document is not before:
            self._notify_of_changes(before)

    def _notify_of_changes(self, before: Document) -> None:
        if self.document.source is not before.source:
            self._refining.clear()
            self._jobs.cancel((JobKind.ASK, JobKind.REFINE))  # their answers would be of the other image
            self._renderer, self.guess = Renderer(self.document.source), None
        self._listeners.notify(DocumentChanged.between(before, self.document))

    def _notify(self, code: NoticeCode, text: str) -> None:
        self._listeners.notify(Notice(code, text))


def _content(document: Document) -> object:
    shown = [(one.key, one.parts, one.controls, one.edit, one.composition, one.visible) for one in document.layers]
    return document.source, shown
