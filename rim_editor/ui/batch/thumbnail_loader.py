"""Thumbnails of the images that are to be seen in a table: made one by one beside the window, newest view first."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Collection
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QImage, QPixmap

from clipmat.errors import UserFacingWarning
from rim_editor.events import JobKind
from rim_editor.jobs import Job, Runner

SIDE = 64
"""Pixels of the longest side, of the window."""
_KEPT = 400
_DRAFT_PX = 256  # a JPEG is decoded to no less than this


class Thumbnails(QObject):
    """Keeps thumbnails of files. Only what `visible` names when its turn comes is decoded."""

    made = Signal(str)
    """There is a thumbnail of this file now, or a reason why there is none."""

    def __init__(self, runner: Runner, visible: Callable[[], Collection[str]], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner, self._visible = runner, visible
        self._kept: OrderedDict[str, QPixmap | None] = OrderedDict()
        self._reasons: dict[str, str] = {}
        self._wanted: dict[str, None] = {}
        self._at_work = ""
        self._turn = QTimer(self)
        self._turn.setSingleShot(True)
        self._turn.timeout.connect(self._next)

    def of(self, path: str) -> QPixmap | None:
        """The thumbnail; None while it is not there, which asks for it, and where there is none."""
        if path in self._kept:
            self._kept.move_to_end(path)
            return self._kept[path]
        if path != self._at_work:
            self._wanted[path] = None
            if not self._at_work:
                self._turn.start(0)  # not while the table is being painted
        return None

    def reason(self, path: str) -> str:
        """Why there is no thumbnail of the file, '' when nothing is known."""
        return self._reasons.get(path, "")

    def forget(self) -> None:
        """Drop what is under way and what is kept."""
        self._runner.cancel(JobKind.THUMBNAIL, self)
        self._turn.stop()
        self._at_work = ""
        self._wanted.clear()
        self._kept.clear()
        self._reasons.clear()

    def _next(self) -> None:
        if self._at_work:
            return
        seen = self._visible()
        self._wanted = {path: None for path in self._wanted if path in seen}  # the rest asks again when it is seen
        path = next(iter(self._wanted), None)
        if path is None:
            return
        del self._wanted[path]
        self._at_work = path
        ratio = math.ceil(max((screen.devicePixelRatio() for screen in QGuiApplication.screens()), default=1.0))
        side = SIDE * ratio

        def done(image: QImage) -> None:
            pixmap = QPixmap.fromImage(image)
            pixmap.setDevicePixelRatio(ratio)
            self._keep(path, pixmap)

        def failed(error: Exception) -> None:
            self._reasons[path] = str(error)
            self._keep(path, None)

        def work() -> QImage:
            keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            return thumbnail_of(Path(path)).scaled(side, side, keep, smooth)

        self._runner.start(Job(JobKind.THUMBNAIL, work, done, failed, owner=self))

    def _keep(self, path: str, pixmap: QPixmap | None) -> None:
        self._at_work = ""
        self._kept[path] = pixmap
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        self.made.emit(path)
        self._turn.start(0)


def thumbnail_of(path: Path) -> QImage:
    """The image of a file, small and upright; on any thread. Raises what `image_files.read` raises."""
    from clipmat import image_files
    from clipmat.thread_warnings import collected_warnings
    from rim_editor.batch.outcomes import thumbnail

    quick = _quick(path)
    if quick is None:
        with collected_warnings(UserFacingWarning):
            quick = QImage.fromData(thumbnail(image_files.read(path).pixels))
    return quick


def _quick(path: Path) -> QImage | None:
    """A JPEG decoded at a fraction of its size; None for all else, and where anything is odd."""
    if path.suffix.lower() not in (".jpg", ".jpeg", ".jpe", ".jfif") or not path.is_file():
        return None
    import numpy as np
    from PIL import Image, ImageOps

    from clipmat.thread_warnings import collected_warnings
    from rim_editor.ui.qt_image import to_qimage

    try:
        with collected_warnings(UserWarning, RuntimeWarning), Image.open(path, formats=("JPEG",)) as opened:
            limit = Image.MAX_IMAGE_PIXELS or 0
            if opened.mode not in ("RGB", "L") or opened.width * opened.height > limit:
                return None
            opened.draft("RGB", (_DRAFT_PX, _DRAFT_PX))
            upright = ImageOps.exif_transpose(opened)
            upright.thumbnail((_DRAFT_PX, _DRAFT_PX))
            return to_qimage(np.array(upright.convert("RGB"))).copy()
    except Exception:  # noqa: BLE001 - the common way reads it, or says what is wrong
        return None
