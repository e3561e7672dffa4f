"""Opens images, projects, layers and examples: files, drops and the clipboard, in order and in the background.

An unreadable one does not stop the rest.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QObject, Signal
from PySide6.QtGui import QGuiApplication

from clipmat import examples
from rim_editor.editor.events import JobKind
from rim_editor.editor.jobs import Job, Runner
from rim_editor.files import opening
from rim_editor.files.opening import OpenedFile
from rim_editor.settings import with_recent
from rim_editor.translation import tr
from rim_editor.ui import dropped_data
from rim_editor.ui.live_settings import LiveSettings
from rim_editor.ui.window.documents import Documents, OpenDocument

if TYPE_CHECKING:
    from PySide6.QtGui import QImage


class DocumentOpener(QObject):
    """A queue of images to open; one is read at a time, to keep their order and save memory."""

    opened = Signal(object, bool)
    """The new `OpenDocument`, and whether it came to the front."""
    warned = Signal(str, str, object)
    """A warning, the key of the image that it is about (without a path to open, of the image in front, or ''), and the
    path of the file or None."""
    failed = Signal(object, str, object)
    """The error, the key of the image that is in front, or '', and the path of the file or None. It waits for an image
    in front if others are yet to be read."""
    example_chosen = Signal(object)
    """The path of an example among the files: it is no image to open."""
    progressed = Signal(str)
    """The progress as a text; '' when nothing is left to open."""

    def __init__(
        self, runner: Runner, documents: Documents, settings: LiveSettings, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._runner = runner
        self._documents = documents
        self._settings = settings
        self._waiting: deque[tuple[Path | None, Callable[[], OpenedFile], int | None]] = deque()
        self._running = False
        self._count = self._started = 0
        self._failures: list[tuple[Exception, Path | None]] = []  # not emitted yet
        self.text = ""
        """The progress as a text; '' while nothing is being opened."""

    @property
    def busy(self) -> bool:
        """Whether something is being opened."""
        return self._running

    def open_files(self, paths: Iterable[Path]) -> None:
        """Add these files to the queue; one that is open already comes to the front, and examples are passed on."""
        for path in (one.absolute() for one in paths):  # a command line has relative ones, which dialogs misread
            if path.suffix.lower() == examples.SUFFIX:
                self.example_chosen.emit(path)
                continue
            document = self._documents.of_file(path)
            if document is None:
                self._add(path, partial(opening.read, path))
            else:
                self._documents.choose(document)

    def open_page(self, path: Path, page: int) -> None:
        """Add a page or frame of this image file to the queue, from 1; if it is open already it comes to the front."""
        document = self._documents.of_file(path, page)
        if document is None:
            self._add(path, partial(opening.read, path, page), page)
        else:
            self._documents.choose(document)

    def open_mime(self, mime: QMimeData, remedy: str = dropped_data.NO_IMAGE_DROPPED) -> None:
        """Open a dropped or pasted image; without one, `warned` is emitted with a remedy."""
        dropped = dropped_data.read_dropped(mime, remedy)
        if dropped.remedy:
            self.warned.emit(dropped.remedy, self._key_in_front(), None)
        self.open_files(dropped.paths)
        if dropped.encoded:
            self._add(None, partial(_decode, dropped.encoded))
        elif dropped.image is not None:
            self._add(None, partial(_convert, dropped.image))

    def paste(self) -> None:
        """Open the image on the clipboard."""
        mime = QGuiApplication.clipboard().mimeData() or QMimeData()  # a cleared clipboard may have none
        self.open_mime(mime, dropped_data.NO_IMAGE_COPIED)

    def open_sample(self, path: Path) -> None:
        """Open a picture that comes with the program: without its path, so that nothing is saved beside it."""
        self._add(None, partial(_read_sample, path))

    def cancel(self) -> None:
        """Drop the queue; open images stay open."""
        self._waiting.clear()
        self._runner.cancel(JobKind.OPEN)
        self._emit_failures()
        self._stop()

    def _add(self, path: Path | None, work: Callable[[], OpenedFile], page: int | None = None) -> None:
        self._waiting.append((path, work, page))
        self._count += 1
        if not self._running:
            self._next()

    def _next(self) -> None:
        if not self._waiting:
            self._stop()
            return
        path, work, page = self._waiting.popleft()
        self._running = True
        self._started += 1
        first = self._started == 1
        name = path.name if path else tr("the image")
        if self._count > 1:
            of = tr("({started} of {count})", started=self._started, count=self._count)
            name = f"{name} {of}"
        self._show(tr("Opening {name} …", name=name))

        key = ""

        def done(opened: OpenedFile) -> None:
            nonlocal key
            key = self._add_document(path, page, opened, first).key
            self._emit_failures()
            self._next()

        def failed(error: Exception) -> None:
            self._failures.append((error, path))
            if self._documents.current is not None or not self._waiting:
                self._emit_failures()
            if path is not None and not os.path.exists(path):
                self._forget_recent(path)
            self._next()

        def warned(text: str) -> None:
            self.warned.emit(text, key, path)

        self._runner.start(Job(JobKind.OPEN, work, done, failed, warned))

    def _key_in_front(self) -> str:
        current = self._documents.current
        return "" if current is None else current.key

    def _emit_failures(self) -> None:
        failures, self._failures = self._failures, []
        for error, path in failures:
            self.failed.emit(error, self._key_in_front(), path)

    def _add_document(self, path: Path | None, page: int | None, opened: OpenedFile, first: bool) -> OpenDocument:
        if path is not None:
            self._settings.set(with_recent(self._settings.current, path))
            opened_before = self._documents.of_file(path, page)
            if opened_before is not None:  # it was queued twice
                self._documents.choose(opened_before)
                return opened_before
        front = first or self._documents.current is None
        added = self._documents.add(opened, front=front)
        self.opened.emit(added, front)
        return added

    def _forget_recent(self, path: Path) -> None:
        settings = self._settings.current
        recent = tuple(one for one in settings.recent if one != path.absolute())
        self._settings.set(replace(settings, recent=recent))

    def _stop(self) -> None:
        self._running = False
        self._count = self._started = 0
        self._show("")

    def _show(self, text: str) -> None:
        self.text = text
        self.progressed.emit(text)


def _read_sample(path: Path) -> OpenedFile:
    from clipmat import image_files

    return OpenedFile.of_image(replace(image_files.read(path), path=None), tr("Sample"))


def _convert(image: QImage) -> OpenedFile:
    from rim_editor.ui import qt_image

    return OpenedFile.of_image(qt_image.to_opened_image(image))


def _decode(encoded: bytes) -> OpenedFile:
    """Read pasted or dropped data; messages do not name the temporary file."""
    import tempfile
    import warnings

    from clipmat import image_files
    from clipmat.errors import ImageTooLarge, ImageUnreadable, ImageUnsupported, ImageWarning
    from clipmat.thread_warnings import collected_warnings

    with tempfile.TemporaryDirectory(prefix="rim-editor-") as folder, collected_warnings(ImageWarning) as texts:
        path = Path(folder) / "image"
        path.write_bytes(encoded)
        try:
            image = image_files.read(path)
        except (ImageUnreadable, ImageUnsupported) as error:
            text = tr("The pasted or dropped image cannot be read: save it as PNG or JPEG, then open the file.")
            raise ImageUnreadable(text) from error
        except ImageTooLarge as error:
            raise ImageTooLarge(tr("The pasted or dropped image is too large: scale it down first.")) from error
    for text in texts:
        warnings.warn(text.replace(f"'{path}'", tr("the pasted image")), ImageWarning, stacklevel=2)
    return OpenedFile.of_image(replace(image, path=None))
