"""ExampleActions: what is selected in an image becomes an example, and the object of one is found in another image."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rim_editor import model_requests
from rim_editor.documents.document import Combine
from rim_editor.editor.events import JobKind, Notice, NoticeCode
from rim_editor.files import outputs
from rim_editor.model_requests import ModelQuestion
from rim_editor.translation import tr

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from clipmat.examples import Example
    from rim_editor.editor.editor import Editor
    from rim_editor.editor.jobs import EditorJobs
    from rim_editor.matting import Matting


class ExampleActions:
    """Makes and uses examples for one editor; what goes wrong is a notice to its listeners."""

    def __init__(self, editor: Editor, matting: Matting, jobs: EditorJobs) -> None:
        self._editor, self._matting, self._jobs = editor, matting, jobs

    def make(self, done: Callable[[Example], object]) -> None:
        """Call `done` with what the active layer selects now, as an example for the weights that answer now."""
        editor = self._editor
        document, options, renderer, matting = editor.document, editor.options, editor.renderer, self._matting
        if not document.has_matte:
            text = tr("There is nothing selected to make an example of yet: find or paint something first.")
            self._jobs.listeners.notify(Notice(NoticeCode.NO_MATTE, text))
            return
        self._jobs.start(
            JobKind.EXAMPLE,
            lambda: model_requests.example(matting, options, document, renderer),
            done,
            description=tr("Making an example"),
            uses_model=True,
        )

    def save(self, path: Path) -> None:
        """Make an example and write it to this file, replacing a former one."""

        def write(example: Example) -> None:
            def saved(_: None) -> None:
                text = tr("The example was saved to “{path}”.", path=path)
                self._jobs.listeners.notify(Notice(NoticeCode.SAVED, text, path=path))

            self._jobs.start(
                JobKind.EXAMPLE,
                lambda: outputs.write(path, example.to_bytes(), overwrite=True),
                saved,
                description=tr("Saving “{name}”", name=path.name),
            )

        self.make(write)

    def find(self, example: Example) -> None:
        """Find what an example shows in this image; it joins what is selected already."""
        combine = Combine.ADD if self._editor.document.has_matte else Combine.NEW
        self._editor.put(ModelQuestion("", combine, example=example))
