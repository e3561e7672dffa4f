"""An entry of the program in the desktop's menu, after the rules of freedesktop.org: .desktop, icon and file types.

https://specifications.freedesktop.org: Desktop Entry, Icon Theme, Shared MIME Info, Base Directory.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import suppress
from importlib import resources
from pathlib import Path

from clipmat.files import write_whole
from rim_editor.errors import EditorError, OutputNotWritable

_MARK = "Written by 'rim-editor install-desktop', which replaces it; --remove takes it away."
_NAME = "rim-editor"
_SIZES = (16, 24, 32, 48, 64, 128, 256)
PROJECT, EXAMPLE = "application/x-rim-project", "application/x-rim-example"
"""The types of .rim and .rimexample."""
_IMAGES = (
    *("png", "apng", "jpeg", "webp", "tiff", "heif", "heic", "avif", "bmp", "gif", "jp2", "jpx", "x-tga"),
    *("x-portable-bitmap", "x-portable-graymap", "x-portable-pixmap", "x-portable-anymap", "openraster"),
)
_REFRESH = (("update-desktop-database", "-q", "applications"), ("update-mime-database", "mime"))
"""Programs that make indexes of the entries and the types, each with the folder that it reads."""


def install(command: list[str]) -> tuple[Path, ...]:
    """Write entry, icons and file types of a program that `command` starts; returns the files.

    Raises EditorError on systems without such entries, or where a file is there that is not ours, and
    OutputNotWritable.
    """
    home = _data_home()
    icons = Path(str(resources.files("resources"))) / "icons"
    content: dict[Path, bytes] = {
        _entry_path(home): entry(command).encode(),
        _types_path(home): _TYPES.encode(),
        **{path: (icons / source).read_bytes() for path, source in _icons(home).items()},
    }
    _check_ours(home)
    try:
        for path, data in content.items():
            write_whole(path, data)
    except OSError as error:
        text = f"'{error.filename or home}' cannot be written ({error.strerror}): make room or check its permissions."
        raise OutputNotWritable(text) from error
    _refresh(home)
    return tuple(content)


def remove() -> tuple[Path, ...]:
    """Delete what `install` wrote, and folders that are empty then; returns the files that were there.

    Raises as `install` does.
    """
    home = _data_home()
    _check_ours(home)
    gone = []
    for path in (_entry_path(home), _types_path(home), *_icons(home)):
        try:
            path.unlink()
        except FileNotFoundError:
            continue
        except OSError as error:
            raise OutputNotWritable(f"'{path}' cannot be deleted ({error.strerror}): delete it yourself.") from error
        gone.append(path)
    if gone:
        _refresh(home)
    for path in gone:
        for folder in path.relative_to(home).parents:
            try:
                (home / folder).rmdir()
            except OSError:  # others have something in it
                break
    return tuple(gone)


def own_command() -> list[str]:
    """The words that start this program from anywhere: the bundle, the script beside its Python, or the module."""
    if getattr(sys, "frozen", False):
        return [sys.executable]
    script = Path(sys.executable).with_name(_NAME)
    return [str(script)] if os.access(script, os.X_OK) else [sys.executable, "-m", "rim_editor"]


def entry(command: list[str]) -> str:
    """The text of the .desktop file for a program that `command`, its words, starts. Raises EditorError."""
    if "=" in command[0] or "%" in command[0]:  # the rules forbid the first, and GNOME does not find the second
        raise EditorError(f"No entry can start '{command[0]}': move it to a folder without '=' and '%' in its name.")
    words = " ".join(_quoted(word) for word in command)
    types = "".join(f"{each};" for each in (PROJECT, EXAMPLE, *(f"image/{name}" for name in _IMAGES)))
    return f"""# {_MARK}
[Desktop Entry]
Type=Application
Version=1.4
Name=RIM Editor
GenericName=Background Remover
GenericName[de]=Freistellprogramm
Comment=Cut one thing out of a photograph by describing it
Comment[de]=Etwas aus einem Foto freistellen, indem man es beschreibt
Keywords=matting;cutout;background;remove;transparent;photo;
Keywords[de]=freistellen;Hintergrund;entfernen;transparent;Foto;
Categories=Graphics;2DGraphics;RasterGraphics;Photography;
Icon={_NAME}
TryExec={_escaped(command[0])}
Exec={words} %F
Terminal=false
StartupNotify=true
StartupWMClass={_NAME}
MimeType={types}
Actions=new-window;

[Desktop Action new-window]
Name=New Window
Name[de]=Neues Fenster
Exec={words} --new-window
"""


_TYPES = f"""<?xml version="1.0" encoding="UTF-8"?>
<!-- {_MARK.replace("--", "")} -->
<mime-info xmlns="http://www.freedesktop.org/standards/shared-mime-info">
  <mime-type type="{PROJECT}">
    <comment>RIM Editor project</comment>
    <comment xml:lang="de">RIM-Editor-Projekt</comment>
    <sub-class-of type="application/zip"/>
    <icon name="{_NAME}"/>
    <magic priority="60">
      <match type="string" offset="0" value="PK\\003\\004">
        <match type="string" offset="30" value="mimetype{PROJECT}"/>
      </match>
    </magic>
    <glob pattern="*.rim"/>
  </mime-type>
  <mime-type type="{EXAMPLE}">
    <comment>RIM Editor example</comment>
    <comment xml:lang="de">RIM-Editor-Beispiel</comment>
    <icon name="{_NAME}"/>
    <glob pattern="*.rimexample"/>
  </mime-type>
</mime-info>
"""


def _data_home() -> Path:
    """Raises EditorError."""
    if sys.platform in ("win32", "darwin"):
        raise EditorError(
            "Entries in the menu are for desktops of Linux and BSD: on Windows and macOS, choose RIM Editor under "
            "'Open with' of a file."
        )
    chosen = Path(os.environ.get("XDG_DATA_HOME") or "")
    return chosen if chosen.is_absolute() else Path.home() / ".local" / "share"


def _entry_path(home: Path) -> Path:
    return home / "applications" / f"{_NAME}.desktop"


def _types_path(home: Path) -> Path:
    return home / "mime" / "packages" / f"{_NAME}.xml"


def _icons(home: Path) -> dict[Path, str]:
    """Where each icon goes, and its name among the resources."""
    theme = home / "icons" / "hicolor"
    sizes = {theme / f"{size}x{size}" / "apps" / f"{_NAME}.png": f"{size}.png" for size in _SIZES}
    return {theme / "scalable" / "apps" / f"{_NAME}.svg": f"{_NAME}.svg", **sizes}


def _check_ours(home: Path) -> None:
    for path in (_entry_path(home), _types_path(home)):
        try:
            text = path.read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            continue
        except OSError as error:
            raise OutputNotWritable(f"'{path}' cannot be read ({error.strerror}): check its permissions.") from error
        if "rim-editor install-desktop" not in text:
            raise EditorError(f"'{path}' was not written by this command: rename or delete it first.")


def _refresh(home: Path) -> None:
    for program, *words, folder in _REFRESH:
        if os.path.isdir(home / folder) and (found := shutil.which(program)):
            try:
                subprocess.run([found, *words, str(home / folder)], capture_output=True, check=False, timeout=30)
            except (OSError, subprocess.TimeoutExpired):  # the desktop then notices at the next login
                continue
    with suppress(OSError):
        os.utime(home / "icons" / "hicolor")  # by this change, desktops know that their index of icons is out of date


def _quoted(word: str) -> str:
    """A word of Exec: quoted, then escaped as every string of an entry; '%' begins a field code."""
    quoted = "".join(f"\\{letter}" if letter in '"`$\\' else letter for letter in word)
    return _escaped(f'"{quoted}"').replace("%", "%%")


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")
