"""LayerActions: what the user does to the layers of a document, as steps of an editor's history."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from rim_editor.documents.document import Document, Layer
from rim_editor.editor.events import NoticeCode
from rim_editor.translation import tr

if TYPE_CHECKING:
    from rim_editor.editor.editor import Editor


def layer_name(layer: Layer) -> str:
    """How a notice calls a layer, at the beginning of a sentence."""
    if layer.title:
        return tr("The layer “{title}”", title=layer.title)
    return tr("Layer {number}", number=layer.number)


class LayerActions:
    """Adds, removes and arranges the layers of an editor's document.

    A place is counted from the bottom, 0 first. Methods raise IndexError when there is no layer at a place.
    """

    def __init__(self, editor: Editor, notify: Callable[[NoticeCode, str], None]) -> None:
        """`notify` tells the user."""
        self._editor, self._notify = editor, notify

    def add(self) -> None:
        """Add an empty layer above the active one, and make it the active one."""
        document = self._editor.document
        self._editor.commit(
            document.with_layer_at(document.active + 1, Layer(number=_next_number(document))), tr("New layer")
        )

    def duplicate(self) -> None:
        """Add a copy of the active layer above it, and make it the active one."""
        document = self._editor.document
        name = tr("{title} copy", title=document.layer.title).strip()
        number = _next_number(document)
        copied = replace(document.layer, name=name, visible=True, locked=False, number=number, key=Layer().key)
        self._editor.commit(document.with_layer_at(document.active + 1, copied), tr("Duplicate layer"))

    def remove(self, place: int) -> None:
        """Remove a layer; the only one is replaced by an empty one. A locked one stays, and a notice says why."""
        document = self._editor.document
        layers = list(document.layers)
        removed = layers.pop(place)
        if removed.locked:
            text = tr("{layer} is locked: unlock it before you delete it.", layer=layer_name(removed))
            self._notify(NoticeCode.LOCKED, text)
            return
        active = document.active - (place < document.active or document.active == len(layers) > 0)
        after = replace(document, layers=tuple(layers) or (Layer(),), active=max(0, active))
        self._editor.commit(after, _with_title(tr("Delete layer"), removed))

    def move(self, place: int, to: int) -> None:
        """Move a layer to another place, the active one remaining active; `to` is limited to the places there are."""
        document = self._editor.document
        layers = list(document.layers)
        moved = layers.pop(place)
        layers.insert(min(max(0, to), len(layers)), moved)
        if tuple(layers) != document.layers:
            after = replace(document, layers=tuple(layers), active=_place(layers, document.layer))
            self._editor.commit(after, _with_title(tr("Move layer"), moved))

    def select(self, place: int) -> None:
        """Make a layer the active one; that is no step of the history."""
        if place != self._editor.document.active:
            self._editor.amend(replace(self._editor.document, active=place))

    def rename(self, place: int, name: str) -> None:
        """Name a layer; an empty name gives it the name of its first expression again."""
        self._change(place, tr("Rename layer"), name=name.strip())

    def show(self, place: int, visible: bool) -> None:
        """Show a layer in the result, or hide it."""
        self._change(place, tr("Show layer") if visible else tr("Hide layer"), visible=visible)

    def lock(self, place: int, locked: bool) -> None:
        """Refuse changes of a layer's matte and edit, or allow them again."""
        self._change(place, tr("Lock layer") if locked else tr("Unlock layer"), locked=locked)

    def _change(self, place: int, step: str, **changes: Any) -> None:  # noqa: ANN401
        before: Document = self._editor.document
        layer = before.layers[place]
        if any(getattr(layer, name) != value for name, value in changes.items()):
            self._editor.commit(before.changed(key=layer.key, **changes), _with_title(step, layer))


def _next_number(document: Document) -> int:
    return 1 + max(layer.number for layer in document.layers)


def _place(layers: list[Layer], layer: Layer) -> int:
    return next(place for place, other in enumerate(layers) if other.key == layer.key)


def _with_title(step: str, layer: Layer) -> str:
    return tr("{step} “{title}”", step=step, title=layer.title) if layer.title else step
