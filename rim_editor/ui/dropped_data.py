"""Reads drops and the clipboard: files, an image without a file, or the reason why there is neither."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote_to_bytes

from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QImage, QPixmap

from rim_editor.translation import marked, tr

# Encoded data comes first: it is decoded in the background, and a bitmap is not.
_ENCODED = ("image/png", "image/jpeg", "image/webp", "image/tiff", "image/bmp", "image/gif")

SAVE_FIRST = marked("Images are not fetched from the internet here: save the image in the browser, then open the file.")
NO_IMAGE_DROPPED = marked("The drop contains no image: drop image files.")
NO_IMAGE_COPIED = marked("There is no image on the clipboard: copy an image or an image file first.")


@dataclass(frozen=True)
class DroppedData:
    """Files in order, or else an image, or else a message that names the remedy."""

    paths: tuple[Path, ...] = ()
    encoded: bytes = field(default=b"", repr=False)
    """The content of an image file: PNG, JPEG and the like."""
    image: QImage | None = None
    remedy: str = ""


def may_hold_image(mime: QMimeData) -> bool:
    """Whether this may hold an image. Decodes nothing, since it is called while the pointer moves."""
    return mime.hasUrls() or mime.hasImage() or any(mime.hasFormat(kind) for kind in _ENCODED)


def read_dropped(mime: QMimeData, remedy: str = NO_IMAGE_DROPPED) -> DroppedData:
    """Read `mime`: local files before image data, image data before URLs.

    `remedy` is the message if it holds none of them, as it is `marked`.
    """
    urls = mime.urls()
    paths = tuple(Path(url.toLocalFile()) for url in urls if url.isLocalFile())
    if paths:
        return DroppedData(paths)
    for kind in _ENCODED:
        if mime.hasFormat(kind):
            encoded = bytes(mime.data(kind).data())
            if encoded:
                return DroppedData(encoded=encoded)
    image = _bitmap(mime)
    if image is not None:
        return DroppedData(image=image)
    for url in urls or _typed_urls(mime):
        encoded = _data_url(url)
        if encoded:
            return DroppedData(encoded=encoded)
    paths = tuple(Path(url.toLocalFile()) for url in _typed_urls(mime) if url.isLocalFile())
    if paths:
        return DroppedData(paths)
    if any(url.scheme() in ("http", "https", "blob", "ftp") for url in urls):
        return DroppedData(remedy=tr(SAVE_FIRST))
    return DroppedData(remedy=tr(remedy))


def _bitmap(mime: QMimeData) -> QImage | None:
    if not mime.hasImage():
        return None
    data = mime.imageData()
    image = data.toImage() if isinstance(data, QPixmap) else data
    return image if isinstance(image, QImage) and not image.isNull() else None


def _typed_urls(mime: QMimeData) -> list[QUrl]:
    """URLs and paths in plain text, as terminals drop and copy them."""
    lines = mime.text().splitlines() if mime.hasText() else []
    if not 0 < len(lines) <= 1000:
        return []
    lines = [line.strip() for line in lines if line.strip()]
    if all(line.startswith("/") for line in lines):
        return [QUrl.fromLocalFile(line) for line in lines]
    return [QUrl(line) for line in lines] if all(line.startswith(("file://", "data:image/")) for line in lines) else []


def _data_url(url: QUrl) -> bytes:
    """The bytes of a data: URL; b'' for any other URL."""
    if url.scheme() != "data":
        return b""
    head, comma, body = url.toString(QUrl.ComponentFormattingOption.FullyEncoded).partition(",")
    if not comma or not head.startswith("data:image/"):
        return b""
    raw = unquote_to_bytes(body)
    if not head.endswith(";base64"):
        return raw
    import base64
    import binascii

    try:
        return base64.b64decode(raw, validate=False)
    except binascii.Error:
        return b""
