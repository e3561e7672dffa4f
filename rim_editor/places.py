"""The places of this program on the disk of its user: settings, logs, caches, unsaved work, weights of their own."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from rim_editor import matting, settings
from rim_editor.errors import OutputNotWritable


@dataclass(frozen=True)
class KnownPlace:
    """A file or a folder of the program."""

    name: str
    """What it holds, in words."""
    path: Path

    @property
    def bytes(self) -> int:
        """The size of all its files; what cannot be read counts nothing, and links are not followed."""
        if os.path.islink(self.path) or not os.path.isdir(self.path):
            return _size(self.path)
        return sum(_size(Path(folder) / name) for folder, _, names in os.walk(self.path) for name in names)


def cache_folder() -> Path:
    """Where word lists are kept that training has downloaded; everything there can be made again."""
    import platformdirs

    return Path(platformdirs.user_cache_dir("rim-editor", appauthor=False))


def folders() -> tuple[KnownPlace, ...]:
    """All places, whether they are there or not."""
    return (
        KnownPlace("settings", settings.folder()),
        KnownPlace("unsaved work", settings.recovery_folder()),
        KnownPlace("log", settings.log_file()),
        KnownPlace("cache", cache_folder()),
        KnownPlace("own weights", matting.weights_folder()),
    )


def removable() -> tuple[KnownPlace, ...]:
    """What is there of settings, logs and caches: files and folders under names that this program gives.

    A folder of settings that the user chose may hold other things, and these are not listed.
    """
    home, log, cache = settings.folder(), settings.log_file(), cache_folder()
    known = (
        ("settings", home, "settings.json"),
        ("settings", home, "settings.damaged-*.json"),
        ("presets", home, "presets.json"),
        ("presets", home, "presets.damaged-*.json"),
        ("backgrounds of presets", home, "backgrounds"),
        ("window", home, "window.ini"),
        *(("log", folder, f"{log.name}*") for folder in sorted({home, log.parent})),
        ("cache", cache.parent, cache.name),
    )
    return tuple(KnownPlace(name, path) for name, folder, pattern in known for path in sorted(folder.glob(pattern)))


def kept() -> tuple[KnownPlace, ...]:
    """What is there of the user's own: unsaved work and weights."""
    own = (KnownPlace("unsaved work", settings.recovery_folder()), KnownPlace("own weights", matting.weights_folder()))
    return tuple(place for place in own if os.path.isdir(place.path) and any(place.path.iterdir()))


def remove(places: Iterable[KnownPlace]) -> None:
    """Delete these, links and not what they lead to, and folders that are empty then.

    Raises OutputNotWritable, which names the first that cannot be deleted; those before it are gone.
    """
    for place in places:
        try:
            if os.path.isdir(place.path) and not os.path.islink(place.path):
                shutil.rmtree(place.path)
            else:
                place.path.unlink(missing_ok=True)
        except OSError as error:
            text = f"'{place.path}' cannot be deleted ({error.strerror}): delete it yourself, or check its permissions."
            raise OutputNotWritable(text) from error
    for folder in (settings.log_file().parent, settings.recovery_folder(), settings.folder()):
        try:
            folder.rmdir()
        except OSError:  # it holds something, or is not there
            continue


def _size(path: Path) -> int:
    try:
        return path.lstat().st_size
    except OSError:
        return 0
