"""One file of the Hugging Face hub: downloaded with progress, given up on a cancel, looked up, thrown away."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from clipmat.errors import FetchCancelled, FetchFailed

Progress = Callable[[int, int | None], None]
"""Hears the bytes so far and the bytes in all (None while unknown); what it raises ends the download."""


def download(repo: str, file: str, progress: Progress | None = None) -> Path:
    """Bring `file` of `repo` into the hub's cache, or find it there.

    Raises FetchFailed with what to do offline, and FetchCancelled when `progress` raised; nothing half is kept.
    """
    from huggingface_hub import hf_hub_download

    try:
        if progress is None:
            return Path(hf_hub_download(repo, file, tqdm_class=None))
        reporting = _reporting(progress, file)
        with _one_stream():
            return Path(hf_hub_download(repo, file, tqdm_class=reporting))
    except _network_errors() as error:
        raise FetchFailed(
            f"{file} of {repo} could not be fetched ({type(error).__name__}): connect to the internet and fetch it "
            f"again, or bring the file from another machine and pass it to training with --backbone FILE"
        ) from error


def checksum(repo: str, file: str) -> str | None:
    """The sha256 that the hub has on record; None offline, or when its tag is none."""
    from huggingface_hub import get_hf_file_metadata, hf_hub_url

    try:
        tag = get_hf_file_metadata(hf_hub_url(repo, file)).etag
    except _network_errors():
        return None
    return tag if tag and len(tag) == 64 else None  # the hub's tag of a large file is its sha256


def cached(repo: str, file: str) -> Path | None:
    """Where an earlier download of `file` is; None when there is none. Asks no network."""
    from huggingface_hub import try_to_load_from_cache

    found = try_to_load_from_cache(repo, file)
    return Path(found) if isinstance(found, str) else None


def discard(path: Path) -> None:
    """Delete a file of the cache and what it links to; else the hub's client would link to it again.

    Raises OSError.
    """
    while True:
        target = path.parent / path.readlink() if path.is_symlink() else None
        path.unlink(missing_ok=True)
        if target is None:
            return
        path = target


@contextmanager
def _one_stream() -> Iterator[None]:
    """Without hf_xet, whose threads swallow what a callback raises and report each byte twice."""
    from huggingface_hub import constants

    before = constants.HF_HUB_DISABLE_XET
    constants.HF_HUB_DISABLE_XET = True
    try:
        yield
    finally:
        constants.HF_HUB_DISABLE_XET = before


def _network_errors() -> tuple[type[Exception], ...]:
    """What the hub's client raises when the network or the hub fails; its HTTP library changed its name."""
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError, OfflineModeIsEnabled

    found: list[type[Exception]] = [OSError, HfHubHTTPError, LocalEntryNotFoundError, OfflineModeIsEnabled]
    for name in ("httpx", "httpx2"):
        if name in sys.modules:
            found.append(sys.modules[name].HTTPError)
    return tuple(found)


def _reporting(progress: Progress, file: str) -> type:
    from tqdm.auto import tqdm

    def told(done: int, total: int | None) -> None:
        try:
            progress(done, total)
        except Exception as error:
            raise FetchCancelled(f"the download of {file} was cancelled: nothing of it was kept") from error

    told(0, None)  # a cancel that came first is heard before the network is

    class Reporting(tqdm):  # type: ignore[misc]
        """tqdm that tells a callback instead of drawing."""

        def __init__(self, *args: object, **options: object) -> None:
            options |= {"disable": False, "file": io.StringIO()}
            options.pop("name", None)  # the hub's own extra
            super().__init__(*args, **options)

        def update(self, n: float | None = 1) -> bool | None:
            shown: bool | None = super().update(n)
            told(int(self.n), int(self.total) if self.total else None)
            return shown

    return Reporting
