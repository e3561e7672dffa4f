"""Downloads from the Hugging Face hub: CLIP's towers, fetched with progress, cancelled, verified, removed again.

`fetch`, `removable` and `remove` go by the name of a variant; below them is the hub's client for any one file.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from clipmat.errors import FetchCancelled, FetchFailed, RemoveFailed, WeightsInvalid
from clipmat.weights import verify
from clipmat.weights_catalogue import bundled_path, locate, own_path, table_entry
from clipmat.weights_shards import find, saved_files

DownloadCallback = Callable[[int, int | None], None]
"""Called with the bytes so far and the bytes in total (None if unknown); an exception from it ends the download."""


_PATIENCE_SECONDS = 5.0
"""How long the hub may take to answer at all."""


def fetch(name: str, progress: DownloadCallback | None = None) -> Path:
    """Download CLIP's towers for vit-b-16 or vit-l-14, on which `training` builds them; returns the verified file.

    `compact` is bundled: its file is returned at once. Raises UnknownWeights, FetchFailed with what to do offline, and
    FetchCancelled when `progress` raised; no part of a download is kept.
    """
    entry = table_entry(name)
    if entry.hub is None:
        return locate(name)[0]
    repo, file = entry.hub, entry.file
    path = download(repo, file, progress)
    expected = checksum(repo, file)  # None offline: then the file was in the cache, verified before
    if expected is not None:
        try:
            verify(path, expected)
        except WeightsInvalid as error:
            discard(path)
            raise FetchFailed(f"{file} of {repo} arrived damaged and was deleted: fetch it again") from error
    return path


def removable(name: str) -> tuple[Path, ...]:
    """The files that `remove` would delete: a user's own weights of the variant, and what `fetch` downloaded.

    Raises UnknownWeights.
    """
    entry, paths = table_entry(name), [*saved_files(own_path(name))]
    if entry.hub is not None and (downloaded := cached(entry.hub, entry.file)):
        paths.append(downloaded)
    return tuple(path for path in paths if os.path.isfile(path))


def remove(name: str) -> tuple[Path, ...]:
    """Delete the files that `removable` names and return them; the bundled weights stay.

    Raises RemoveFailed when there is nothing to delete or a file cannot be deleted, UnknownWeights.
    """
    paths = removable(name)
    if not paths:
        stays = " and the bundled ones belong to the program" if find(bundled_path(name)) else ""
        raise RemoveFailed(
            f"there are no weights of '{name}' to remove: none are your own, none were downloaded{stays}"
        )
    for path in paths:
        try:
            discard(path)
        except OSError as error:
            raise RemoveFailed(
                f"{path} cannot be removed ({error.strerror}): close the program that uses it, or delete it yourself"
            ) from error
    return paths


_TRAINING = (
    "connect to the internet and fetch it again, or bring the file from another machine and pass it to training with "
    "--backbone FILE"
)


def files(repo: str, remedy: str) -> dict[str, int]:
    """The files of a repository and their bytes. Raises FetchFailed with `remedy` where it cannot be reached."""
    from huggingface_hub import HfApi

    try:
        found = HfApi().model_info(repo, files_metadata=True).siblings or []
    except _network_errors() as error:
        raise FetchFailed(f"{repo} could not be reached ({type(error).__name__}): {remedy}") from error
    return {file.rfilename: file.size or 0 for file in found}


def download(repo: str, file: str, progress: DownloadCallback | None = None, *, remedy: str = _TRAINING) -> Path:
    """Download `file` of `repo` into the hub's cache, unless it is there already; returns its path.

    Raises FetchFailed with `remedy`, what to do offline, and FetchCancelled when `progress` raised; no part is kept.
    """
    from huggingface_hub import get_hf_file_metadata, hf_hub_download, hf_hub_url

    reporting = None if progress is None else _progress_bar_class(progress, file)
    try:
        try:
            # Once: where there is no network, the client's own question is repeated for half a minute.
            get_hf_file_metadata(hf_hub_url(repo, file), timeout=_PATIENCE_SECONDS)
        except _network_errors():
            if (here := cached(repo, file)) is not None:
                return here
            raise
        if reporting is None:
            return Path(hf_hub_download(repo, file, tqdm_class=None))
        with _without_xet():
            return Path(hf_hub_download(repo, file, tqdm_class=reporting))
    except _network_errors() as error:
        raise FetchFailed(f"{file} of {repo} could not be fetched ({type(error).__name__}): {remedy}") from error


def checksum(repo: str, file: str) -> str | None:
    """The sha256 that the hub has on record for a file; None offline, or when it has another kind of tag."""
    from huggingface_hub import get_hf_file_metadata, hf_hub_url

    try:
        tag = get_hf_file_metadata(hf_hub_url(repo, file)).etag
    except _network_errors():
        return None
    return tag if tag and len(tag) == 64 else None  # the hub's tag of a large file is its sha256


def cached(repo: str, file: str) -> Path | None:
    """The file of an earlier download; None when there is none. Does not use the network."""
    from huggingface_hub import try_to_load_from_cache

    path = try_to_load_from_cache(repo, file)
    return Path(path) if isinstance(path, str) else None


def discard(path: Path) -> None:
    """Delete a file of the cache and what it links to; else the hub's client would link to it again.

    A file that is gone already is no error. Raises OSError.
    """
    while True:
        target = path.parent / path.readlink() if os.path.islink(path) else None
        path.unlink(missing_ok=True)
        if target is None:
            return
        path = target


@contextmanager
def _without_xet() -> Iterator[None]:
    """Download without hf_xet, whose threads swallow a callback's exception and report each byte twice."""
    from huggingface_hub import constants

    before = constants.HF_HUB_DISABLE_XET
    constants.HF_HUB_DISABLE_XET = True
    try:
        yield
    finally:
        constants.HF_HUB_DISABLE_XET = before


def _network_errors() -> tuple[type[Exception], ...]:
    """What the hub's client raises when the network or the hub fails; the name of its HTTP library has changed."""
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError, OfflineModeIsEnabled

    errors: list[type[Exception]] = [OSError, HfHubHTTPError, LocalEntryNotFoundError, OfflineModeIsEnabled]
    for name in ("httpx", "httpx2"):
        if name in sys.modules:
            errors.append(sys.modules[name].HTTPError)
    return tuple(errors)


def _progress_bar_class(progress: DownloadCallback, file: str) -> type:
    from tqdm.auto import tqdm

    def report(done: int, total: int | None) -> None:
        try:
            progress(done, total)
        except Exception as error:
            raise FetchCancelled(f"the download of {file} was cancelled: nothing was kept") from error

    report(0, None)  # a cancel that came first ends the download before it reaches the network

    class CallbackBar(tqdm):  # type: ignore[misc]
        """A tqdm that calls back instead of drawing."""

        def __init__(self, *args: object, **options: object) -> None:
            options |= {"disable": False, "file": io.StringIO()}
            options.pop("name", None)  # the hub's own extra
            super().__init__(*args, **options)

        def update(self, n: float | None = 1) -> bool | None:
            refreshed: bool | None = super().update(n)
            report(int(self.n), int(self.total) if self.total else None)
            return refreshed

    return CallbackBar
