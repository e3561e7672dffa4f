"""Opens images one after the other beside the window: in order, and a bad one never stops the rest."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from clipmat.errors import UserFacingWarning
from rim_editor.events import JobKind
from rim_editor.jobs import Job, Runner

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

    from clipmat.image_files import OpenedImage
    from rim_editor.ui.dropped_data import Dropped


@dataclass(frozen=True, eq=False)
class Opened:
    """An image that was read, and what the user should know about it."""

    image: OpenedImage
    warnings: tuple[str, ...] = ()
    first: bool = True
    """Whether it is the first of those that were opened together."""


class Opener(QObject):
    """A queue of what is to be opened; one is read at a time, so the order stays and memory is spared."""

    opened = Signal(object)
    """An `Opened`."""
    failed = Signal(object, object)
    """The path, None for an image without one, and the error."""
    progressed = Signal(str)
    """What is being opened, in words; '' when there is nothing left."""

    def __init__(self, runner: Runner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._waiting: deque[tuple[Path | None, Callable[[], Opened]]] = deque()
        self._at_work: Path | None | bool = False
        self._count = self._done = 0
        self.text = ""
        """What is being opened, in words; '' for nothing."""

    @property
    def busy(self) -> bool:
        """Whether something is being opened."""
        return self._at_work is not False

    def add_files(self, paths: Iterable[Path]) -> None:
        """Open these files after what is waiting already."""
        for path in paths:
            self._add(path, partial(read, path))

    def add_dropped(self, dropped: Dropped) -> None:
        """Open what a drop or the clipboard held, files or an image."""
        self.add_files(dropped.paths)
        if dropped.encoded:
            self._add(None, lambda: _decoded(dropped.encoded))
        elif dropped.image is not None:
            image = dropped.image
            self._add(None, lambda: _converted(image))

    def cancel(self) -> None:
        """Open nothing more; what is open stays open."""
        self._waiting.clear()
        self._runner.cancel(JobKind.OPEN)
        self._at_work = False
        self._count = self._done = 0
        self._tell("")

    def _add(self, path: Path | None, work: Callable[[], Opened]) -> None:
        self._waiting.append((path, work))
        self._count += 1
        if not self.busy:
            self._next()

    def _next(self) -> None:
        if not self._waiting:
            self._at_work = False
            self._count = self._done = 0
            self._tell("")
            return
        path, work = self._waiting.popleft()
        self._at_work = path
        self._done += 1
        of = f" ({self._done} of {self._count})" if self._count > 1 else ""
        self._tell(f"Opening {path.name if path else 'the image'}{of} …")
        self._runner.start(Job(JobKind.OPEN, work, self._arrived, lambda error: self._missed(path, error)))

    def _tell(self, text: str) -> None:
        self.text = text
        self.progressed.emit(text)

    def _arrived(self, opened: Opened) -> None:
        self.opened.emit(replace(opened, first=self._done == 1))
        self._next()

    def _missed(self, path: Path | None, error: Exception) -> None:
        self.failed.emit(path, error)
        self._next()


def read(path: Path) -> Opened:
    """Read a file and hear what it is warned of. Raises what `image_files.read` raises."""
    from clipmat import image_files
    from clipmat.thread_warnings import collected_warnings

    with collected_warnings(UserFacingWarning) as texts:
        image = image_files.read(path)
    return Opened(image, tuple(texts))


def _decoded(encoded: bytes) -> Opened:
    import tempfile

    from clipmat.errors import ImageUnreadable

    with tempfile.TemporaryDirectory(prefix="rim-editor-") as folder:
        path = Path(folder) / "image"
        path.write_bytes(encoded)
        try:
            opened = read(path)
        except ImageUnreadable as error:
            raise ImageUnreadable(str(error).replace(f"'{path}'", "The image that was pasted or dropped")) from error
    named = tuple(text.replace(f"'{path}'", "the image") for text in opened.warnings)
    return Opened(replace(opened.image, path=None), named)


def _converted(image: QImage) -> Opened:
    from rim_editor.ui import qt_image

    return Opened(qt_image.opened(image))
