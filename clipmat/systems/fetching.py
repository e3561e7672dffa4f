"""Fetches a system's weights from the Hugging Face hub into the user's folder, whole or not at all; checks, removes."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from clipmat import hub
from clipmat.errors import FetchCancelled, FetchFailed, RemoveFailed, WeightsInvalid
from clipmat.systems.brought_files import is_brought
from clipmat.systems.catalogue import locate, own_folders, remedy, system_of
from clipmat.systems.system_table import SYSTEMS, Part
from clipmat.weights import verify

_WANTED = (".json", ".txt", ".safetensors")
"""What is downloaded of a repository: no pickles, which could run code."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,150}")
"""What a file may be called: it is in no other folder, and every system has such a name."""


def fetch(name: str, progress: hub.DownloadCallback | None = None) -> Path:
    """Download the weights of a system and verify them; returns the folder of its first part.

    What is there already is not replaced. `progress` is called with the bytes so far and in total. Raises FetchFailed
    with what to do offline, and FetchCancelled when `progress` raised; parts that arrived whole stay, and so does a
    file that did, in the hub's cache, for the next try.
    """
    entry = SYSTEMS[name]
    if any(part.file for part in entry.missing):
        raise FetchFailed(f"the weights of '{name}' are not on the hub: {remedy(name)}")
    sizes = {part: _files(part) for part in entry.missing}
    total = sum(sum(files.values()) for files in sizes.values())
    done = 0
    for part, files in sizes.items():
        arrived = {}
        for file, size in files.items():
            arrived[file] = _download(part, file, None if progress is None else _from(progress, done, total))
            done += size
            _report(progress, done, total)  # a file of a former try reports nothing itself
        _put(arrived, part.folder)
    return entry.parts[0].folder


def check(weights: str | Path) -> str:
    """Check that a system's weights can be read to their end; returns a line. Raises WeightsMissing, WeightsInvalid."""
    from safetensors import SafetensorError, safe_open

    folders = locate(weights)
    for file in weight_files(folders):
        if is_brought(file):
            _check_brought(file)
            continue
        try:
            with safe_open(file, framework="np") as opened:
                list(opened.keys())
        except (SafetensorError, OSError) as error:
            raise WeightsInvalid(f"{file} is damaged ({error}): remove it, then fetch or copy it again") from error
    return f"{', '.join(map(str, folders))} is readable and has its full length"


def _check_brought(file: Path) -> None:
    """Read a file that the user brought to its end. Raises WeightsInvalid."""
    from clipmat.systems import mdetr, wordless

    name = system_of(file) or ""
    if name == "mdetr":
        mdetr.read_network(file)
    else:
        wordless.read_network(name, file)


def weight_files(places: Sequence[Path]) -> list[Path]:
    """The files of weights of a system's parts, given their folders, or the files themselves that a user brings.

    Raises WeightsInvalid for a folder that has none.
    """
    files = []
    for place in places:
        found = [place] if os.path.isfile(place) else sorted(filter(os.path.isfile, place.glob("*.safetensors")))
        if not found:
            raise WeightsInvalid(f"{place} has no .safetensors file: copy all files of the weights there again")
        files += found
    return files


def remove(name: str) -> tuple[Path, ...]:
    """Delete the weights of a system from the user's folder, but for what another one needs; returns what was deleted.

    Raises RemoveFailed.
    """
    folders = own_folders(name)
    if not folders:
        raise RemoveFailed(f"there are no weights of '{name}' to remove: none were fetched, or others need them")
    files = tuple(sorted(path for folder in folders for path in folder.rglob("*") if os.path.isfile(path)))
    for folder in folders:
        try:
            shutil.rmtree(folder)
        except OSError as error:
            raise RemoveFailed(f"{folder} cannot be removed ({error.strerror}): delete it yourself") from error
    return files


def _files(part: Part) -> dict[str, int]:
    """What is downloaded of a part, with sizes in bytes."""
    listed = hub.files(part.repo, _remedy(part))
    sizes = {file: size for file, size in listed.items() if file.endswith(_WANTED) and _NAME.fullmatch(file)}
    if not any(file.endswith(".safetensors") for file in sizes):
        raise FetchFailed(f"{part.repo} has no weights in safetensors, and others are not read: {_remedy(part)}")
    return sizes


def _download(part: Part, file: str, progress: hub.DownloadCallback | None) -> Path:
    path = hub.download(part.repo, file, progress, remedy=_remedy(part))
    checksum = hub.checksum(part.repo, file) if file.endswith(".safetensors") else None
    if checksum is not None:
        try:
            verify(path, checksum)
        except WeightsInvalid as error:
            hub.discard(path)
            raise FetchFailed(f"{file} of {part.repo} arrived damaged and was deleted: fetch it again") from error
    return path


def _remedy(part: Part) -> str:
    return (
        f"connect to the internet, {part.consent}fetch it again, or copy the files of "
        f"{part.repo} from another machine to {part.folder}"
    )


def _report(progress: hub.DownloadCallback | None, done: int, total: int) -> None:
    if progress is None:
        return
    try:
        progress(done, total)
    except Exception as error:
        raise FetchCancelled("the download was cancelled: what arrived whole stays for the next try") from error


def _from(progress: hub.DownloadCallback, before: int, total: int) -> hub.DownloadCallback:
    return lambda done, _: progress(before + done, total)


def _put(arrived: dict[str, Path], folder: Path) -> None:
    """Move what was downloaded into its folder, which is there only when all of it is."""
    making = folder.with_name(f"{folder.name}.part")
    _clear(making)
    making.mkdir(parents=True)
    for file, path in arrived.items():
        shutil.copyfile(path, making / file)
    _clear(folder)
    making.rename(folder)
    for path in arrived.values():
        hub.discard(path)


def _clear(place: Path) -> None:
    """Remove a folder, or what stands in its place: a pipe would be waited for."""
    if os.path.isdir(place) and not os.path.islink(place):
        shutil.rmtree(place, ignore_errors=True)
    elif os.path.lexists(place):
        place.unlink()
