"""Which picture of a file is read: the full-size page or frame, the first of them unless another is asked for.

Previews, thumbnails and masks that a file holds beside its picture are passed over: TIFF directories that say so, or
that a larger directory of the same shape follows; gain maps and previews of JPEG (MPO). A frame or page too many to be
shown is no reason to refuse a file, but the user should know.
"""

from __future__ import annotations

import io
import struct
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from clipmat.errors import ImageUnreadable, PagesWarning

if TYPE_CHECKING:
    from PIL import ImageFile

_WIDTH, _HEIGHT, _NEW_SUBFILE, _SUBFILE, _PHOTOMETRIC, _DNG = 256, 257, 254, 255, 262, 50706
_SUB_DIRECTORIES, _COMPRESSION, _PLANAR = 330, 259, 284
_WANTED = (
    _WIDTH, _HEIGHT, _NEW_SUBFILE, _SUBFILE, _PHOTOMETRIC, _DNG, _SUB_DIRECTORIES, _COMPRESSION, _PLANAR,
)  # fmt: skip
_WHOLE_NUMBERS = {1: "B", 3: "H", 4: "I", 13: "I", 16: "Q", 18: "Q"}
"""Types of fields that hold whole numbers, as `struct` calls them."""
_OF_SENSOR = (32803, 34892)
"""Photometric interpretations of what a sensor has measured: colour filter array, linear raw."""
_MOST_PAGES, _MOST_TAGS = 1000, 4096
"""Directories, and tags in one, that are looked at: a file with more of them only keeps us busy."""
_PREVIEW_TIMES = 2
"""A first picture this many times smaller than another one of the same shape is a preview of it."""


@dataclass(frozen=True)
class Directory:
    """A page, or what stands beside one, in a TIFF file or in a raw file that is built like one."""

    offset: int
    size: tuple[int, int]
    """Width and height."""
    page: int
    """1 is the first; 0 for one that belongs to a page and has no number of its own."""
    beside: bool
    """Whether it says that it is a smaller version of another one, or a mask."""
    of_sensor: bool
    """Whether it holds the measurements of a camera's sensor, not yet a picture."""
    bare_planes: bool
    """Whether its channels are planes of their own, without compression: see `image_modes.opening_through_libtiff`."""


def directories(path: Path) -> tuple[Directory, ...]:
    """The directories of a TIFF file; () for other files, and for one of which not even the first can be read."""
    try:
        with path.open("rb") as file:
            return tuple(_directories(file))
    except (OSError, struct.error, ValueError, OverflowError):  # Pillow names the damage when it opens the file
        return ()


def _directories(file: IO[bytes]) -> Iterator[Directory]:
    head = file.read(16)
    if head[:4] not in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        return
    order, large = "<" if head[:2] == b"II" else ">", b"+" in head[:4]
    (first,) = struct.unpack_from(f"{order}{'Q' if large else 'I'}", head, 8 if large else 4)
    waiting, seen, page = [(first, True)], set[int](), 0
    while waiting and len(seen) < _MOST_PAGES:
        offset, top = waiting.pop(0)
        if not offset or offset in seen:
            continue
        seen.add(offset)
        try:
            tags, following = _tags(file, offset, order, large)
        except (OSError, struct.error, ValueError, OverflowError):
            if not page:
                raise
            return  # what came before it can be read
        page += top
        yield Directory(
            offset=offset,
            size=(_one(tags, _WIDTH), _one(tags, _HEIGHT)),
            page=page if top else 0,
            beside=bool(_one(tags, _NEW_SUBFILE) & 0b101) or _one(tags, _SUBFILE) == 2,
            of_sensor=_one(tags, _PHOTOMETRIC) in _OF_SENSOR or _DNG in tags,
            bare_planes=_one(tags, _PLANAR) == 2 and _one(tags, _COMPRESSION) in (0, 1),
        )
        waiting += [(following, True)] if top else []
        waiting += [(each, False) for each in tags.get(_SUB_DIRECTORIES, ())]


def _tags(file: IO[bytes], offset: int, order: str, large: bool) -> tuple[dict[int, tuple[int, ...]], int]:
    """The whole numbers in a directory, up to 16 of each tag of `_WANTED`, and where the next directory is."""
    count_code, entry_code, place_code = ("Q", "HHQ", "Q") if large else ("H", "HHI", "I")
    width = struct.calcsize(order + place_code)
    file.seek(offset)
    (count,) = struct.unpack(order + count_code, file.read(struct.calcsize(order + count_code)))
    if count > _MOST_TAGS:
        raise ValueError("too many tags")
    step = 4 + 2 * width
    data = file.read(count * step + width)
    (following,) = struct.unpack_from(order + place_code, data, count * step)
    tags: dict[int, tuple[int, ...]] = {}
    for at in range(0, count * step, step):
        tag, kind, number = struct.unpack_from(order + entry_code, data, at)
        code = _WHOLE_NUMBERS.get(kind)
        if tag not in _WANTED or code is None:
            continue
        form = f"{order}{min(number, 16)}{code}"
        held = data[at + 4 + width : at + step]
        if number * struct.calcsize(order + code) > width:
            file.seek(struct.unpack(order + place_code, held)[0])
            held = file.read(struct.calcsize(form))
        tags[tag] = struct.unpack_from(form, held)
    return tags, following


def _one(tags: dict[int, tuple[int, ...]], tag: int) -> int:
    return (tags.get(tag) or (0,))[0]


def count(found: tuple[Directory, ...]) -> int:
    """How many pages there are to choose from."""
    return sum(bool(each.page) for each in found)


def chosen(found: tuple[Directory, ...], page: int | None, path: Path) -> Directory | None:
    """The directory to read: that of `page`, or the first full-size one; None when a TIFF file has none at all.

    A PagesWarning says when there are further pages. Raises ImageUnreadable when there is no such page.
    """
    pages = [each for each in found if each.page]
    if not pages:
        return None
    if page is not None:
        if page > len(pages):
            raise no_such_page(path, page, len(pages))
        return pages[page - 1]
    whole = [each for each in found if not each.beside] or list(found)
    first = whole[0]
    first = next((each for each in whole if _is_preview_of(first, each)), first)
    others = [each for each in whole if each.page and each is not first and not _is_preview_of(each, first)]
    if others:
        _warn_of_others(path)
    return first


def _is_preview_of(small: Directory, large: Directory) -> bool:
    (width, height), (full_width, full_height) = small.size, large.size
    if full_width < _PREVIEW_TIMES * width or full_height < _PREVIEW_TIMES * height or not width or not height:
        return False
    # Both sides are whole pixels, so the smaller one may be off by one.
    return abs(width * full_height - height * full_width) <= full_width + full_height


def opened_at(path: Path, directory: Directory) -> io.BytesIO:
    """The TIFF file with another directory as its first one."""
    content = io.BytesIO(path.read_bytes())
    head = content.getvalue()[:4]
    order = "<" if head[:2] == b"II" else ">"
    large = b"+" in head
    content.seek(8 if large else 4)
    content.write(struct.pack(f"{order}{'Q' if large else 'I'}", directory.offset))
    content.seek(0)
    return content


def at_frame(file: ImageFile.ImageFile, page: int | None, path: Path) -> None:
    """Put `file`, of any format but TIFF, to the frame `page`, or leave it at its main one.

    A PagesWarning says when there are others. Raises ImageUnreadable when there is no such frame.
    """
    if page is None:
        if getattr(file, "is_animated", False) and (file.format != "MPO" or _has_pictures_beside(file, path)):
            _warn_of_others(path)
        return
    count = getattr(file, "n_frames", 1)
    if page > count:
        raise no_such_page(path, page, count)
    file.seek(page - 1)


def _has_pictures_beside(file: Any, path: Path) -> bool:  # noqa: ANN401 - Pillow's MpoImageFile
    """Whether a JPEG holds other pictures, such as a second view, not only previews and gain maps of the first."""
    from PIL import Image

    for number, entry in enumerate(file.mpinfo[0xB002][1:9], 1):
        kind = str(entry["Attribute"]["MPType"])
        if kind.startswith("Multi-Frame"):
            return True
        if kind == "Undefined":  # a gain map is smaller, and opened anew it does not disturb the first
            with Image.open(path, formats=("JPEG", "MPO")) as other:
                other.seek(number)
                if other.size == file.size:
                    return True
    return False


def _warn_of_others(path: Path) -> None:
    text = f"'{path}' holds several pages or frames: the first is read, --page N or Page in the window reads another."
    warnings.warn(text, PagesWarning, stacklevel=5)


def no_such_page(path: Path, page: int, count: int) -> ImageUnreadable:
    """The error for a page that a file of `count` pages does not have."""
    holds = "one page or frame" if count == 1 else f"{count} pages or frames"
    return ImageUnreadable(f"'{path}' has no page {page}: it holds {holds}, choose one from 1 to {count}.")
