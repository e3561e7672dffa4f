"""Fetches a system's weights from the Hugging Face hub into the user's folder, whole or not at all; removes them."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from clipmat import hub
from clipmat.errors import FetchFailed, RemoveFailed, WeightsInvalid
from clipmat.systems.catalogue import SYSTEMS, locate, own_folder
from clipmat.weights import verify

_WANTED = (".json", ".txt", ".safetensors")
"""What is downloaded of a repository: no pickles, which could run code."""


def fetch(name: str, progress: hub.DownloadCallback | None = None) -> Path:
    """Download the weights of a system and verify them; returns their folder. What is there already is not replaced.

    `progress` is called with the bytes so far and in total. Raises FetchFailed with what to do offline, and
    FetchCancelled when `progress` raised; what arrived whole stays in the hub's cache for the next try.
    """
    folder, repo = own_folder(name), SYSTEMS[name].repo
    if os.path.isfile(folder / "config.json"):
        return folder
    remedy = f"connect to the internet and fetch it again, or copy the files of {repo} from another machine to {folder}"
    sizes = {file: size for file, size in hub.files(repo, remedy).items() if file.endswith(_WANTED)}
    if not any(file.endswith(".safetensors") for file in sizes):
        raise FetchFailed(f"{repo} has no weights in safetensors, and others are not read: {remedy}")
    done, total, arrived = 0, sum(sizes.values()), {}
    for file, size in sizes.items():
        report = None if progress is None else _from(progress, done, total)
        arrived[file] = hub.download(repo, file, report, remedy=remedy)
        checksum = hub.checksum(repo, file) if file.endswith(".safetensors") else None
        if checksum is not None:
            try:
                verify(arrived[file], checksum)
            except WeightsInvalid as error:
                hub.discard(arrived[file])
                raise FetchFailed(f"{file} of {repo} arrived damaged and was deleted: fetch it again") from error
        done += size
    _put(arrived, folder)
    return folder


def check(weights: str | Path) -> str:
    """Check that a system's weights can be read to their end; returns a line. Raises WeightsMissing, WeightsInvalid."""
    from safetensors import SafetensorError, safe_open

    folder = locate(weights)
    files = sorted(folder.glob("*.safetensors"))
    if not files:
        raise WeightsInvalid(f"{folder} has no .safetensors file: copy all files of the weights there again")
    for file in files:
        try:
            with safe_open(file, framework="np") as opened:
                list(opened.keys())
        except (SafetensorError, OSError) as error:
            raise WeightsInvalid(f"{file} is damaged ({error}): remove it, then fetch or copy it again") from error
    return f"{folder} is readable and has its full length"


def remove(name: str) -> tuple[Path, ...]:
    """Delete the weights of a system from the user's folder; returns what was deleted. Raises RemoveFailed."""
    folder = own_folder(name)
    if not os.path.isdir(folder):
        raise RemoveFailed(f"there are no weights of '{name}' to remove: none were fetched")
    files = tuple(sorted(path for path in folder.rglob("*") if os.path.isfile(path)))
    try:
        shutil.rmtree(folder)
    except OSError as error:
        raise RemoveFailed(f"{folder} cannot be removed ({error.strerror}): delete it yourself") from error
    return files


def _from(progress: hub.DownloadCallback, before: int, total: int) -> hub.DownloadCallback:
    return lambda done, _: progress(before + done, total)


def _put(arrived: dict[str, Path], folder: Path) -> None:
    """Move what was downloaded into its folder, which is there only when all of it is."""
    making = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(parents=True)
    for file, path in arrived.items():
        (making / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, making / file)
    shutil.rmtree(folder, ignore_errors=True)
    making.rename(folder)
    for path in arrived.values():
        hub.discard(path)
