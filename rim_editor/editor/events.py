"""The events of an editor, and the listeners that receive them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from clipmat.pointing import Pointing
from rim_editor.documents import answer_texts
from rim_editor.translation import tr

if TYPE_CHECKING:
    from pathlib import Path

    from clipmat.certainty import Certainty
    from rim_editor.documents.document import Document
    from rim_editor.editor.editor import Editor

Aspect = Literal["image", "matte", "edit", "layers"]
Level = Literal["info", "warning", "error"]


class JobKind(StrEnum):
    """The kind of work that a job does. The user waits for the first six."""

    ASK = "ask"
    REFINE = "refine"
    EXPORT = "export"
    SAVE = "save"
    RESHAPE = "reshape"
    EXAMPLE = "example"
    FINISH = "finish"
    RENDER = "render"
    OUTLINE = "outline"
    OBJECT_BOX = "object box"
    WARM_UP = "warm up"
    NOUNS = "nouns"
    WORDS = "words"
    EDGE_STROKES = "smart strokes"
    OPEN = "open"
    PAGES = "pages"
    BACKGROUND = "background"
    MATTE = "matte"
    CUTOUT = "cutout"
    SETTINGS = "settings"
    AUTOSAVE = "autosave"
    FIND_RECOVERED = "find recovered"
    RESTORE = "restore"
    DISCARD = "discard"
    WEIGHTS = "weights"
    DEVICE = "device"
    PLAN = "plan"
    JOURNAL = "journal"
    THUMBNAIL = "thumbnail"
    PRESETS = "presets"


class NoticeCode(StrEnum):
    """What a notice is about."""

    NO_WORD = "no word"
    """The expression has no letter and no digit."""
    NO_MATTE = "no matte"
    """There is nothing yet to subtract from, to intersect with, or to refine."""
    NOT_FOUND = "not found"
    """Nothing in the image matches the expression."""
    EDGE_OUTDATED = "edge outdated"
    """The matte changed while its edge was refined."""
    EXPORT_RUNNING = "export running"
    EXPORTED = "exported"
    SAVED = "saved"
    WARNED = "warned"
    """A job went on, but the user should know."""
    LOCKED = "locked"
    """The layer is locked against changes, or hidden, so that they would not be seen."""
    FAILED = "failed"
    """A job failed."""


_LEVELS: dict[NoticeCode, Level] = {
    NoticeCode.NOT_FOUND: "info",
    NoticeCode.EXPORTED: "info",
    NoticeCode.SAVED: "info",
    NoticeCode.FAILED: "error",
}


@dataclass(frozen=True)
class DocumentChanged:
    """The document, its history, or whether it is unsaved has changed."""

    aspects: frozenset[Aspect]
    """What looks different now; empty when nothing does."""

    @classmethod
    def between(cls, before: Document, after: Document) -> DocumentChanged:
        """The event for a change from one document of an image to another."""
        aspects: set[Aspect] = set()
        if after.source is not before.source:
            aspects.add("image")
        if _mattes(after) != _mattes(before):
            aspects.add("matte")
        if _edit_changed(before, after):
            aspects.add("edit")
        if _listed(after) != _listed(before):
            aspects.add("layers")
        return cls(frozenset(aspects))


def _mattes(document: Document) -> object:
    """What the mattes depend on, the one that is worked on first."""
    shown = [(layer.parts, layer.controls) for layer in document.layers if layer.visible]
    return document.parts, document.controls, shown


def _edit_changed(before: Document, after: Document) -> bool:
    """Whether a layer that both documents have has another edit or composition."""
    former = {layer.key: (layer.edit, layer.composition) for layer in before.layers}
    return any(
        (layer.edit, layer.composition) != former.get(layer.key, (layer.edit, layer.composition))
        for layer in after.layers
    )


def _listed(document: Document) -> object:
    layers = [(layer.key, layer.name, layer.visible, layer.locked) for layer in document.layers]
    return document.active, layers


@dataclass(frozen=True)
class JobStarted:
    """Work that the user waits for began; sent again, without an end between, when newer work replaces it."""

    kind: JobKind
    """ASK, REFINE, EXPORT or SAVE."""
    text: str
    """What is being done, fit for a status line."""


@dataclass(frozen=True)
class JobEnded:
    """Work ended: it was done, it failed, or it was cancelled."""

    kind: JobKind


@dataclass(frozen=True)
class Notice:
    """Something that the user should read."""

    code: NoticeCode
    text: str
    job: JobKind | None = None
    """Which job warned or failed."""
    error: Exception | None = None
    """The error of a job that failed."""
    path: Path | None = None
    """The file that was exported."""

    @property
    def level(self) -> Level:
        """How serious it is."""
        return _LEVELS.get(self.code, "warning")


@dataclass(frozen=True)
class Answered:
    """The model answered an expression."""

    expression: str
    presence: float
    """0 to 1, as the model gives it."""
    certainty: Certainty
    """With NONE the document did not change; `Editor.guess` is what the model would have cut out."""
    device: str
    device_reason: str
    weights: str
    milliseconds: float
    """From the question to the answer, including reading the image if it was new; without loading the model."""
    pointing: Pointing = Pointing()
    """The points and the box beside the expression, or instead of it."""
    note: str = ""
    """How the answer came of them, in one line."""
    by_example: bool = False
    """Whether it was asked by an example: then `expression` may be a title that is no use as words."""

    @property
    def asked(self) -> str:
        """What was asked, for the user: '“the hat”', '2 clicks', '“the hat”, 2 clicks'."""
        words = tr("“{words}”", words=self.expression) if self.expression else ""
        return ", ".join(filter(None, (words, answer_texts.pointed(self.pointing))))


Event = DocumentChanged | JobStarted | JobEnded | Notice | Answered


class Listeners:
    """Calls callbacks with events, in the order in which they were added."""

    def __init__(self) -> None:
        self._callbacks: dict[int, Callable[[Event], None]] = {}
        self._next = 0

    def add(self, callback: Callable[[Event], None]) -> Callable[[], None]:
        """Call `callback` with every event from now on; returns a function that stops it."""
        number, self._next = self._next, self._next + 1
        self._callbacks[number] = callback

        def stop() -> None:
            self._callbacks.pop(number, None)

        return stop

    def clear(self) -> None:
        """Remove every callback."""
        self._callbacks.clear()

    def notify(self, event: Event) -> None:
        """Call each callback that is registered now, unless it is removed before its turn."""
        for number in tuple(self._callbacks):
            callback = self._callbacks.get(number)
            if callback is not None:
                callback(event)


class Subscription:
    """What listens to one editor at a time, for widgets that show now this one and now that."""

    def __init__(self) -> None:
        self._stop: Callable[[], None] | None = None

    def change(self, editor: Editor | None, callback: Callable[[Event], None]) -> None:
        """Stop listening to the former editor; call `callback` with every event of this one, if there is one."""
        self.stop()
        self._stop = None if editor is None else editor.listen(callback)

    def stop(self) -> None:
        """Listen to none."""
        if self._stop is not None:
            self._stop()
            self._stop = None
