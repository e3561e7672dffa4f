"""Settings of the user: frozen, read once, written whole or not at all."""

from __future__ import annotations

import json
import os
import secrets
import warnings
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, get_type_hints

from clipmat import records
from clipmat.files import write_whole
from rim_editor.errors import EditorError, EditorWarning, OutputNotWritable

MOST_RECENT = 20
MOST_EXPRESSIONS = 200
THEMES = ("system", "light", "dark")
LANGUAGES = ("system", "en", "de")
_MOST = {"recent": MOST_RECENT, "expressions": MOST_EXPRESSIONS}
_HOME = "RIM_EDITOR_HOME"
_LOG = "rim-editor.log"


@dataclass(frozen=True)
class Settings:
    """The user's choices, and the history that the editor remembers."""

    weights: str = "compact"
    """A variant's name or a file."""
    device: str = "auto"
    precision: str = "auto"
    theme: str = "system"
    """One of THEMES."""
    language: str = "system"
    """One of LANGUAGES; of the window, from its next start on."""
    reduced_motion: bool = False
    """Whether nothing on the screen moves by itself."""
    keep_metadata: bool = True
    """Whether an export carries the image's metadata on."""
    recent: tuple[Path, ...] = ()
    """Images that were opened, newest first, at most MOST_RECENT."""
    expressions: tuple[str, ...] = ()
    """Expressions that were asked for, newest first, at most MOST_EXPRESSIONS."""
    export_folder: Path | None = None
    """Where the last export went; None: beside the image."""
    export_suffix: str = ".png"
    """Of the last export."""
    export_longest_side: int | None = None
    """Pixels; of the last export."""
    quality: int | None = None
    """1 to 100 of lossy exports; None for the format's default."""


def folder() -> Path:
    """Where the editor keeps settings and states for recovery; the variable RIM_EDITOR_HOME overrides it."""
    if chosen := os.environ.get(_HOME):
        return Path(chosen)
    import platformdirs

    return Path(platformdirs.user_config_dir("rim-editor", appauthor=False))


def recovery_folder() -> Path:
    """Where unsaved work is kept for the next start after a crash, by `files/recovery.py`."""
    return folder() / "recovery"


def log_file() -> Path:
    """The log of unexpected errors, older entries in a second file beside it; in RIM_EDITOR_HOME if that is set."""
    if os.environ.get(_HOME):
        return folder() / _LOG
    import platformdirs

    return Path(platformdirs.user_log_dir("rim-editor", appauthor=False)) / _LOG


def load() -> Settings:
    """The saved settings, or the defaults where there are none.

    A damaged file is set aside and an invalid value replaced by its default, each with an EditorWarning. Names that
    this version does not know are ignored.
    """
    path = _file()
    try:
        saved = json.loads(path.read_bytes())
        if not isinstance(saved, dict):
            raise ValueError("it holds no settings")
    except FileNotFoundError:
        return Settings()
    except OSError as error:
        _warn(f"The settings in '{path}' cannot be read ({error.strerror}): the usual ones are used.")
        return Settings()
    except (ValueError, RecursionError) as error:
        _warn(f"The settings in '{path}' are damaged ({error}): the usual ones are used{set_aside(path)}.")
        return Settings()
    values = {}
    for name, kind in get_type_hints(Settings).items():
        if name in saved:
            try:
                values[name] = _checked(name, kind, saved[name])
            except (ValueError, EditorError):
                _warn(f"The setting '{name}' in '{path}' makes no sense: the usual value is used.")
    return Settings(**values)


def save(settings: Settings) -> None:
    """Write the settings whole or not at all. Raises OutputNotWritable; the former settings stay then."""
    path = _file()
    try:
        write_whole(path, json.dumps(records.to_data(settings), indent=2))
    except OSError as error:
        text = (
            f"The settings cannot be saved in '{path.parent}' ({error.strerror}): make room or check its permissions."
        )
        raise OutputNotWritable(text) from error


def with_recent(settings: Settings, path: Path) -> Settings:
    """The settings with an image first among the recent ones, once."""
    first = path.absolute()
    rest = tuple(other for other in settings.recent if other != first)
    return replace(settings, recent=(first, *rest)[:MOST_RECENT])


def with_expression(settings: Settings, text: str) -> Settings:
    """The settings with an expression first among those asked for, once, in its newest spelling; '' changes nothing."""
    first = " ".join(text.split())
    if not first:
        return settings
    rest = tuple(other for other in settings.expressions if other.casefold() != first.casefold())
    return replace(settings, expressions=(first, *rest)[:MOST_EXPRESSIONS])


def _file() -> Path:
    return folder() / "settings.json"


def set_aside(path: Path) -> str:
    """Rename a damaged JSON file, so that nothing in it is lost; returns the end of a sentence that says so."""
    aside = path.with_name(f"{path.stem}.damaged-{secrets.token_hex(4)}.json")
    try:
        os.replace(path, aside)
    except OSError as error:
        return f", and the file could not be set aside ({error.strerror})"
    return f", and the file was set aside as '{aside.name}'"


def _warn(text: str) -> None:
    warnings.warn(text, EditorWarning, stacklevel=3)


def _checked(name: str, kind: Any, data: Any) -> Any:  # noqa: ANN401 - a field of Settings, and what JSON gave for it
    """The value of a setting. Raises ValueError when it is invalid."""
    if data == "" or (isinstance(data, list) and "" in data):
        raise ValueError("an empty text")
    value = records.from_data(kind, data)
    allowed = {"theme": THEMES, "language": LANGUAGES}
    if value not in allowed.get(name, (value,)) or (name == "quality" and value is not None and not 1 <= value <= 100):
        raise ValueError(f"'{value}' is out of range")
    return value[: _MOST[name]] if name in _MOST else value
