"""Thumbnails of the images that are visible in a table, made in the background one by one."""

from __future__ import annotations

import math
import os
from collections import OrderedDict
from collections.abc import Callable, Collection
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QImage, QPixmap

from clipmat.errors import UserFacingWarning
from rim_editor.editor.events import JobKind
from rim_editor.editor.jobs import Job, Runner

SIDE = 64
"""The longest side, in logical pixels."""
_MOST = 400
_DRAFT_PX = 256  # a JPEG is decoded to no less than this


class ThumbnailLoader(QObject):
    """Makes and keeps thumbnails of files. A file that is no longer `visible` when its turn comes is skipped."""

    loaded = Signal(str)
    """There is a thumbnail of this file now, or a reason why there is none."""

    def __init__(self, runner: Runner, visible: Callable[[], Collection[str]], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner, self._visible = runner, visible
        self._thumbnails: OrderedDict[str, QPixmap | None] = OrderedDict()
        self._reasons: dict[str, str] = {}
        self._wanted: dict[str, None] = {}
        self._loading = ""
        self.page: int | None = None
        """The page or frame of every file, from 1; None for the one that it opens with."""
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._next)

    def thumbnail(self, path: str) -> QPixmap | None:
        """The thumbnail; None if there is none or it is still being made, which this call starts."""
        if path in self._thumbnails:
            self._thumbnails.move_to_end(path)
            return self._thumbnails[path]
        if path != self._loading:
            self._wanted[path] = None
            if not self._loading:
                self._timer.start(0)  # not while the table is being painted
        return None

    def reason(self, path: str) -> str:
        """Why there is no thumbnail of the file, '' when nothing is known."""
        return self._reasons.get(path, "")

    def clear(self) -> None:
        """Drop all thumbnails, including one that is being made."""
        self._runner.cancel(JobKind.THUMBNAIL, self)
        self._timer.stop()
        self._loading = ""
        self._wanted.clear()
        self._thumbnails.clear()
        self._reasons.clear()

    def _next(self) -> None:
        if self._loading:
            return
        visible = self._visible()
        self._wanted = {path: None for path in self._wanted if path in visible}  # the rest ask again later
        path = next(iter(self._wanted), None)
        if path is None:
            return
        del self._wanted[path]
        self._loading = path
        ratio = math.ceil(max((screen.devicePixelRatio() for screen in QGuiApplication.screens()), default=1.0))
        side = SIDE * ratio

        def done(image: QImage) -> None:
            pixmap = QPixmap.fromImage(image)
            pixmap.setDevicePixelRatio(ratio)
            self._store(path, pixmap)

        def failed(error: Exception) -> None:
            self._reasons[path] = str(error)
            self._store(path, None)

        page = self.page

        def work() -> QImage:
            keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            return thumbnail_of(Path(path), page).scaled(side, side, keep, smooth)

        self._runner.start(Job(JobKind.THUMBNAIL, work, done, failed, owner=self))

    def _store(self, path: str, pixmap: QPixmap | None) -> None:
        self._loading = ""
        self._thumbnails[path] = pixmap
        while len(self._thumbnails) > _MOST:
            self._thumbnails.popitem(last=False)
        self.loaded.emit(path)
        self._timer.start(0)


def thumbnail_of(path: Path, page: int | None = None) -> QImage:
    """The image of a file, or `page` of it, small and upright; on any thread. Raises what `image_files.read` raises."""
    from clipmat import image_files
    from clipmat.thread_warnings import collected_warnings
    from rim_editor.batch.outcomes import thumbnail

    image = _jpeg_draft(path) if page is None else None
    if image is None:
        with collected_warnings(UserFacingWarning):
            image = QImage.fromData(thumbnail(image_files.read(path, page=page).pixels))
    return image


def _jpeg_draft(path: Path) -> QImage | None:
    """A JPEG decoded at a fraction of its size; None for other files and for unusual JPEGs."""
    if path.suffix.lower() not in (".jpg", ".jpeg", ".jpe", ".jfif") or not os.path.isfile(path):
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
    except Exception:  # noqa: BLE001 - image_files reads it, or names the error
        return None
