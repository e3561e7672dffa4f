"""Opening: whatever a file holds, an image, a project or OpenRaster layers, becomes the history of a document."""

from __future__ import annotations

import os
import warnings
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from clipmat.errors import PagesWarning, UserError
from clipmat.thread_warnings import collected_warnings
from rim_editor.documents.document import Document
from rim_editor.documents.history import History
from rim_editor.errors import EditorWarning

if TYPE_CHECKING:
    from clipmat.image_files import OpenedImage
    from rim_editor.documents.rendering import ViewMode
    from rim_editor.files.recovery import RecoverableDocument

_MOST_NAMED = 4


@dataclass(frozen=True, eq=False)
class OpenedFile:
    """What an editor begins with."""

    history: History
    project: Path | None = None
    """The project's file; None for an image, or for a project that must not be written over."""
    linked: bool = False
    """Whether the project names the image's file instead of holding the image."""
    saved: bool = True
    """Whether nothing of it would be lost if it were closed at once."""
    title: str = ""
    """What it is called until it is saved; '' for the usual name."""
    image_name: str = ""
    """What an image without a file is called, and its exports after it; '' for the usual names."""
    mode: ViewMode | None = None
    """How it was shown; None where that is not known."""
    several_pages: bool = False
    """Whether it is a page or frame of an image file that holds others."""

    @classmethod
    def of_image(cls, image: OpenedImage, name: str = "") -> OpenedFile:
        """An image on which nothing was done; one without a file may have a `name`."""
        return cls(History(Document(image)), image_name=name)

    @property
    def source(self) -> OpenedImage:
        """The image of the current document."""
        return self.history.current.source


def read(path: Path, page: int | None = None) -> OpenedFile:
    """Open an image, a project or an OpenRaster file, by what the file holds; of an image `page`, or the first.

    Of a damaged one the rest is opened, with an EditorWarning or ImageWarning that names what is missing; a damaged
    project counts as unsaved and as a new one, so that saving does not replace the file of which more might be saved.
    Raises ProjectUnreadable, and what `openraster_reading.read` and `image_files.read` raise.
    """
    from rim_editor.files import openraster_reading, projects

    if projects.is_project(path):
        project = projects.read(path)
        if project.lost:
            warnings.warn(_lost(path, project.lost), EditorWarning, stacklevel=2)
        whole = not project.lost
        linked = project.linked and whole
        return OpenedFile(project.history, path if whole else None, linked, saved=whole, mode=project.mode)
    if openraster_reading.is_openraster(path):
        return OpenedFile(History(openraster_reading.read(path)))
    from clipmat import image_files

    with collected_warnings(PagesWarning) as others:  # the window offers them
        opened = OpenedFile.of_image(image_files.read(path, page=page))
    return replace(opened, several_pages=bool(others) or page is not None)


def restore(left: RecoverableDocument) -> OpenedFile:
    """What a crash left of a document. If it belongs to a project, the work is the next step of the history there.

    Warns and raises what `RecoverableDocument.restore` does. A project that cannot be read whole any more is left
    alone: the work becomes a new one.
    """
    from rim_editor.files import projects

    document, history = left.restore(), None
    if left.project is not None:
        with suppress(UserError):
            project = projects.read(left.project)
            history = None if project.lost else project.history
    if history is None:
        path = None if left.project is None or os.path.exists(left.project) else left.project
        linked, name = left.linked and path is not None, left.image_name
        return OpenedFile(History(document), path, linked, saved=False, image_name=name, mode=left.mode)
    before = history.current.source
    if before.pixels.shape == document.source.pixels.shape and (before.pixels == document.source.pixels).all():
        document = replace(document, source=before)
    history.commit(document, "Restore unsaved work")
    return OpenedFile(history, left.project, left.linked, saved=False, mode=left.mode)


def _lost(path: Path, lost: tuple[str, ...]) -> str:
    named = ", ".join(lost[:_MOST_NAMED]) + (f" and {len(lost) - _MOST_NAMED} more" * (len(lost) > _MOST_NAMED))
    return f"'{path.name}' is damaged. Lost: {named}. The rest was opened: save it under another name."
