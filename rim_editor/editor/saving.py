"""Saving: which project file an editor's document belongs to, what of it is saved, and saving it.

An export is no saving: it holds what is seen, not what it was made of.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from rim_editor.editor.events import DocumentChanged, JobKind, Notice, NoticeCode
from rim_editor.translation import tr

if TYPE_CHECKING:
    from rim_editor.documents.document import Document
    from rim_editor.documents.rendering import ViewMode
    from rim_editor.editor.editor import Editor
    from rim_editor.editor.events import Listeners
    from rim_editor.editor.jobs import EditorJobs


class Saving:
    """Saves an editor's document with its history in a project's file, in the background."""

    def __init__(self, editor: Editor, jobs: EditorJobs, listeners: Listeners) -> None:
        self._editor, self._jobs, self._listeners = editor, jobs, listeners
        self.path: Path | None = None
        """The project's file; None until the document was saved."""
        self.linked = False
        """Whether the project names the image's file instead of holding the image."""
        self.untitled = ""
        """What the document is called until it is saved; '' for the usual name."""
        self.image_name = ""
        """What an image without a file is called, and its exports after it; '' for the usual names."""
        self.mode: ViewMode | None = None
        """How the window shows the document, which is kept with it; None until it was shown."""
        self._saved: object = _content(editor.document)
        self._waiting: Callable[[], None] | None = None
        """What to do when the file that is being written is there."""

    @property
    def unsaved(self) -> bool:
        """Whether the document differs from the one that was opened or saved last."""
        return self._saved != _content(self._editor.document)

    @property
    def title(self) -> str:
        """The name of the project's file, else as it was opened, else the image's, else 'Untitled image'."""
        if self.path is not None:
            return self.path.name
        source = self._editor.document.source
        if self.untitled or source.path is None:
            return self.untitled or self.image_name or tr("Untitled image")
        name, page = source.path.name, source.page
        return name if page is None else tr("{name}, page {page}", name=name, page=page)

    @property
    def stem(self) -> str:
        """What the names of its exports begin with: the image's own, of one without a file that of the project."""
        source = self._editor.document.source
        if source.path is not None:
            return source.stem
        return self.image_name or source.stem if self.path is None else self.path.stem

    def begin(self, path: Path | None, *, linked: bool = False, saved: bool = True) -> None:
        """Belong to the project of `path`, or to none yet; without `saved` all of the document counts as unsaved."""
        self.path, self.linked = path, linked
        self._saved = _content(self._editor.document) if saved else None

    def save(
        self,
        path: Path,
        *,
        linked: bool = False,
        done: Callable[[], None] | None = None,
        failed: Callable[[], None] | None = None,
    ) -> None:
        """Save the document as it is now, with its history, in the file `path`; `done` is called once it is there.

        Another project's file of that name is replaced. Saving again while the file is still being written waits
        for that.
        """
        from rim_editor.files import projects

        if JobKind.SAVE in self._editor.busy:
            self._waiting = lambda: self.save(path, linked=linked, done=done, failed=failed)
            return
        history, document = self._editor.history, self._editor.document
        steps, place, mode = history.steps, history.place, self.mode

        def saved(_: None) -> None:
            self.path, self.linked, self._saved = path, linked, _content(document)
            self._listeners.notify(DocumentChanged(frozenset()))
            self._listeners.notify(Notice(NoticeCode.SAVED, tr("Saved as “{path}”.", path=path)))
            if done is not None:
                done()
            self._go_on()

        def not_saved() -> None:
            if failed is not None:
                failed()
            self._go_on()

        self._jobs.start(
            JobKind.SAVE,
            lambda: projects.write(path, steps, place, linked=linked, mode=mode),
            saved,
            description=tr("Saving “{name}”", name=path.name),
            failed=not_saved,
        )

    def _go_on(self) -> None:
        if self._waiting is not None:
            go_on, self._waiting = self._waiting, None
            go_on()


def _content(document: Document) -> object:
    """What a user would miss. Which layer is the active one is not part of it."""
    layers = [
        (layer.key, layer.parts, layer.controls, layer.edit, layer.composition, layer.name, layer.visible, layer.locked)
        for layer in document.layers
    ]
    return document.source, layers
