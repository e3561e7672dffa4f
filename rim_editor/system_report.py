"""What a report of a problem should name: versions, device, memory, weights, codecs, display, places.

Each fact is found on its own: where one cannot be, the report has the reason in its place. No path names the user.
"""

from __future__ import annotations

import getpass
import json
import locale
import os
import platform
import re
import subprocess
import sys
from collections.abc import Callable, Iterable
from functools import partial
from importlib import metadata
from pathlib import Path

import rim_editor
from rim_editor import matting, places, settings

Facts = dict[str, str]

_LIBRARIES = (
    *("torch", "torchvision", "open_clip_torch", "safetensors", "tokenizers", "numpy", "opencv-python-headless"),
    *("pillow", "pillow-heif", "PySide6-Essentials", "psd-tools", "ray"),
)
_CODECS = {
    **{"JPEG": "jpg", "PNG": "zlib", "WebP": "webp", "AVIF": "avif", "TIFF": "libtiff", "JPEG 2000": "jpg_2000"},
    "ICC profiles": "littlecms2",
}
"""Pillow's name of the library for each."""
_DISPLAY_SECONDS = 60


def report() -> dict[str, Facts]:
    """All facts, by section and name; the texts are for people. Imports torch; Qt starts in another process."""
    found: dict[str, dict[str, Callable[[], str]]] = {
        "program": {
            "RIM Editor": lambda: rim_editor.__version__,
            "Python": lambda: f"{platform.python_version()}, {platform.python_implementation()}, {sys.executable}",
            "installed in": lambda: str(Path(rim_editor.__file__).parent),
        },
        "system": {
            "system": _system,
            "language": lambda: (
                f"{'.'.join(part or '?' for part in locale.getlocale())}, {sys.getfilesystemencoding()}"
            ),
            "processors": _processors,
            "memory": _memory,
        },
        "libraries": {name: partial(_version, name) for name in _LIBRARIES},
        "model": {"device": _device, "weights": _weights, **_variants()},
        "codecs": {**{name: partial(_codec, key) for name, key in _CODECS.items()}, "HEIC": _heic},
        "places": {place.name: partial(_place, place) for place in places.folders()},
    }
    shown = {section: {name: _found(find) for name, find in facts.items()} for section, facts in found.items()}
    shown["display"] = {name: without_user(text) for name, text in _display().items()}
    return shown


def without_user(text: str) -> str:
    """A text in which the user's home is '~', and folders elsewhere that are called as the user are '<user>'."""
    homes = {str(Path.home()), os.path.realpath(Path.home())} - {"/", ""}
    for home in sorted(homes, key=len, reverse=True):
        text = re.sub(re.escape(home) + r"(?![\w.-])", "~", text)
    try:
        name = getpass.getuser()
    except (KeyError, OSError, ImportError):  # the system knows no name for this user
        return text
    return re.sub(rf"(?<=[/\\]){re.escape(name)}(?=[/\\]|$)", "<user>", text) if name else text


def _found(find: Callable[[], str]) -> str:
    try:
        return without_user(" ".join(find().split()))
    except Exception as error:  # noqa: BLE001 - the report of a broken installation must not break as well
        return without_user(f"cannot be found ({type(error).__name__}: {' '.join(str(error).split())})")


def _system() -> str:
    name = platform.platform()
    if sys.platform == "linux":
        try:
            name += f", {platform.freedesktop_os_release()['PRETTY_NAME']}"
        except (OSError, KeyError):
            pass
    return name


def _processors() -> str:
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{usable} of {os.cpu_count()}, {platform.machine()}"


def _memory() -> str:
    import psutil

    memory, swap = psutil.virtual_memory(), psutil.swap_memory()
    return f"{memory.total / 2**30:.1f} GiB, {memory.available / 2**30:.1f} free; swap {swap.total / 2**30:.1f} GiB"


def _version(library: str) -> str:
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return "not installed"


def _device() -> str:
    chosen = settings.load()
    reason = matting.device_reason(chosen.device, chosen.precision)
    return f"{reason} (settings: device {chosen.device}, precision {chosen.precision})"


def _weights() -> str:
    chosen = settings.load().weights
    return f"settings: {chosen}; {matting.check(chosen)}"


def _variants() -> dict[str, Callable[[], str]]:
    def state(name: str) -> str:
        (info,) = (info for info in matting.catalogue() if info.name == name)
        size = f", {info.bytes / 1e6:.0f} MB" if info.bytes is not None else ""
        return f"{info.state}{size}{f', {info.path}' if info.path else ''}"

    names: Iterable[str] = ()
    try:
        names = [info.name for info in matting.catalogue()]
    except (OSError, ValueError):  # the table is gone or damaged, as the line of the weights will show
        pass
    return {name: partial(state, name) for name in names}


def _codec(key: str) -> str:
    from PIL import features

    return (features.version(key) or "yes") if features.check(key) else "missing"


def _heic() -> str:
    import pillow_heif

    info = pillow_heif.libheif_info()
    return f"libheif {info['libheif']}, decodes with {', '.join(info.get('decoders', {}).values()) or 'nothing'}"


def _place(place: places.KnownPlace) -> str:
    import psutil

    there = next(folder for folder in (place.path, *place.path.parents) if os.path.exists(folder))
    state = f"{place.bytes / 1e6:.1f} MB" if there == place.path else "not there yet"
    writable = "" if os.access(there, os.W_OK) else ", cannot be written"
    return f"{place.path}, {state}{writable}, {psutil.disk_usage(str(there)).free / 1e9:.1f} GB free"


def _display() -> Facts:
    """In a process of its own: where Qt cannot start, it ends the process, and where a display hangs, it waits."""
    program = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "rim_editor"]
    names = ("XDG_CURRENT_DESKTOP", "XDG_SESSION_TYPE", "QT_QPA_PLATFORM", "QT_SCALE_FACTOR")
    session = ", ".join(f"{name}={os.environ[name]}" for name in names if os.environ.get(name))
    session += "".join(f", {name} is set" for name in ("DISPLAY", "WAYLAND_DISPLAY") if os.environ.get(name))
    facts = {"session": session.removeprefix(", ") or "nothing is set"}
    try:
        done = subprocess.run(
            [*program, "doctor", "--display"], capture_output=True, check=False, timeout=_DISPLAY_SECONDS
        )
        if done.returncode == 0:
            return facts | {str(name): str(text) for name, text in json.loads(done.stdout).items()}
        words = " ".join(done.stderr.decode(errors="replace").split()[-80:])
        return facts | {"window": f"cannot be opened, exit code {done.returncode}: {words}"}
    except subprocess.TimeoutExpired:
        return facts | {"window": f"cannot be opened: Qt does not answer within {_DISPLAY_SECONDS} seconds"}
    except (OSError, ValueError, AttributeError) as error:
        return facts | {"window": f"cannot be found out ({error})"}
