"""Image files out: written beside and renamed, never over what nobody gave up."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from rim_editor.errors import OutputExists, OutputNotWritable, OutputUnsupported
from rim_editor.formats import DEEP, LOSSY, OPAQUE, encoded, format_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def check(
    path: Path,
    *,
    transparent: bool,
    depth: int,
    quality: int | None,
    inputs: Iterable[Path],
    overwrite: bool,
) -> None:
    """Refuse, before any work is done, an output that `write` could not or must not write.

    `transparent` and `depth` (bits, 8 or 16) say what the result will need, `inputs` which files it is made
    from; with `overwrite` an existing file may be replaced, an input too.
    Raises OutputUnsupported, OutputExists, OutputNotWritable.
    """
    name = format_of(path)
    if transparent and name in OPAQUE:
        instead = path.with_suffix(".png")
        text = f"'{path.suffix}' cannot hold transparency: write '{instead}', or put the object on a colour."
        raise OutputUnsupported(text)
    if depth == 16 and name not in DEEP:
        text = f"'{path.suffix}' holds 8 bits a channel: write 16 bits to .png or .tiff."
        raise OutputUnsupported(text)
    if quality is not None and name not in LOSSY:
        text = f"'{path.suffix}' is lossless and has no quality: leave it out, or write .webp, .avif or .jpg."
        raise OutputUnsupported(text)
    check_place(path, inputs=inputs, overwrite=overwrite)


def check_place(path: Path, *, inputs: Iterable[Path], overwrite: bool) -> None:
    """The part of `check` that asks nothing of the format. Raises OutputExists, OutputNotWritable."""
    if os.path.isdir(path):
        raise OutputNotWritable(f"'{path}' is a folder: add a file name to it.")
    for source in inputs:
        if not overwrite and _same(path, source):
            text = f"'{path}' is an input: choose another name, or replace it on purpose."
            raise OutputExists(text)
    _refuse_existing(path, overwrite)
    _probe(path)


def write(
    path: Path,
    pixels: NDArray[np.uint8] | NDArray[np.uint16],
    *,
    exif: bytes = b"",
    quality: int | None = None,
    overwrite: bool = False,
) -> None:
    """Write HxW (uint8 or uint16), HxWx3 or HxWx4 (uint8, sRGB, straight alpha) in the format of the suffix.

    `quality` is 1 to 100 for WebP, JPEG and AVIF, 90 when None; a WebP of 100 is lossless. Colours are tagged
    as sRGB, `exif` is kept. The file appears whole or not at all; an existing one stays unless `overwrite`.
    Raises OutputUnsupported, OutputExists, OutputNotWritable.
    """
    write_bytes(path, encoded(path, pixels, exif, quality), overwrite=overwrite)


def write_bytes(path: Path, content: bytes, *, overwrite: bool = False) -> None:
    """Write a file that appears whole or not at all; an existing one stays unless `overwrite`.

    Raises OutputExists, OutputNotWritable.
    """
    beside = path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        with beside.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        _refuse_existing(path, overwrite)
        os.replace(beside, path)
    except OSError as error:
        raise _not_writable(path, error) from error
    finally:
        _remove(beside)


def _same(path: Path, other: Path) -> bool:
    try:
        return os.path.samefile(path, other)
    except OSError:  # one of them does not exist
        return False


def _refuse_existing(path: Path, overwrite: bool) -> None:
    if not overwrite and os.path.lexists(path):
        raise OutputExists(f"'{path}' exists already: choose another name, or replace it on purpose.")


def _probe(path: Path) -> None:
    # Only trying tells: permissions read as granted to root, on read-only disks and on network drives.
    beside = path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        beside.open("xb").close()
        with suppress(FileNotFoundError):
            path.lstat()  # a name too long for the disk is refused here
    except OSError as error:
        raise _not_writable(path, error) from error
    finally:
        _remove(beside)


def _remove(beside: Path) -> None:
    with suppress(NotADirectoryError):  # then it was never there
        beside.unlink(missing_ok=True)


def _not_writable(path: Path, error: OSError) -> OutputNotWritable:
    if isinstance(error, FileNotFoundError | NotADirectoryError) and not path.parent.is_dir():
        return OutputNotWritable(f"'{path.parent}' is no folder: create it first, or choose another.")
    text = f"'{path}' cannot be written ({error.strerror}): choose another folder or make room."
    return OutputNotWritable(text)
