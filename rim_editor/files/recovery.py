"""Recovery: the state of open documents on disk, so that the start after a crash can offer it.

FOLDER/<process>/<key>.<turn>/ is one state, written as <key>.<turn>.part and renamed when it is whole.
"""

from __future__ import annotations

import shutil
import threading
import warnings
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from rim_editor import processes
from rim_editor.errors import EditorWarning, OutputNotWritable
from rim_editor.translation import tr

if TYPE_CHECKING:
    from rim_editor.documents.document import Document
    from rim_editor.documents.rendering import ViewMode
    from rim_editor.files.recovery_files import WrittenArrays

_turns = count(1)


@dataclass(frozen=True)
class RecoverableDocument:
    """A document that a process left behind when it ended without closing it."""

    folder: Path
    key: str
    path: Path | None
    """The image's file; None for one that had none."""
    saved_at: datetime
    """In UTC."""
    expressions: tuple[str, ...]
    """The expressions that were asked for, oldest first."""
    project: Path | None = None
    """The file of the project that it belongs to."""
    linked: bool = False
    """Whether the image is not in that file."""
    mode: ViewMode | None = None
    """How it was shown, if that is known."""
    image_name: str = ""
    """What the image is called if it has no file; '' for the usual name."""

    @property
    def name(self) -> str:
        """The name of the project or of the image, to be shown."""
        path = self.project or self.path
        return self.image_name or tr("Untitled image") if path is None else path.name

    def restore(self) -> Document:
        """The document as it was saved, mattes within half a 65535th; the state stays until `discard`.

        Warns with an EditorWarning when the image's file has changed since. Raises ImageUnreadable when the image is
        gone, EditorError when the image or the state is not what it was.
        """
        from rim_editor.files import recovery_files

        return recovery_files.read(self.folder)

    def discard(self) -> None:
        """Delete the state; one that is gone already is fine. Raises OutputNotWritable."""
        try:
            shutil.rmtree(self.folder)
        except FileNotFoundError:
            pass
        except OSError as error:
            text = f"'{self.folder}' cannot be deleted ({error.strerror}): delete it yourself."
            raise OutputNotWritable(text) from error
        _remove_if_empty(self.folder.parent)


class Recovery:
    """Saves states under `folder`. `save` may run on a worker thread, also while `forget` is called on another."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._saved: dict[str, tuple[int, Path, WrittenArrays]] = {}
        self._forgotten: dict[str, int] = {}

    @property
    def _own(self) -> Path:
        return self._folder / processes.own_name()  # asked for late: the first window does not wait for it

    def save(
        self,
        key: str,
        document: Document,
        project: Path | None = None,
        *,
        linked: bool = False,
        mode: ViewMode | None = None,
        image_name: str = "",
    ) -> None:
        """Replace the former state of this key by the document's, whole or not at all.

        `project` is the file that the document belongs to, `mode` how it is shown, `image_name` what an image without
        a file is called. The history is not kept: this
        happens two seconds after each change, and the project's file has the history up to the last time that it was
        saved.
        Arrays that have not changed since cost nothing. A state that was forgotten, or overtaken by a newer one, while
        it was being written is dropped. Raises OutputNotWritable; the former state stays then.
        """
        from rim_editor.files import recovery_files

        with self._lock:
            turn = next(_turns)
            _, there, former = self._saved.get(key, (0, None, recovery_files.WrittenArrays()))
        place = self._own / f"{quote(key, safe='')}.{turn}"
        part = place.with_name(place.name + ".part")
        try:
            part.mkdir(parents=True)
            written = recovery_files.write(document, part, former, there, project, linked, mode, image_name)
            with self._lock:
                last, there, _ = self._saved.get(key, (0, None, None))
                if turn < max(last, self._forgotten.get(key, 0)):
                    return
                part.rename(place)
                self._saved[key] = (turn, place, written)
            if there is not None:
                shutil.rmtree(there, ignore_errors=True)  # the highest turn counts; `recoverable` sweeps the rest
        except OSError as error:
            text = f"The work cannot be kept for recovery in '{self._folder}' ({error.strerror}): make room there."
            raise OutputNotWritable(text) from error
        finally:
            shutil.rmtree(part, ignore_errors=True)

    def forget(self, key: str) -> None:
        """Delete the state of a document that was closed or saved; one that was never saved is fine.

        Raises OutputNotWritable when the state cannot be deleted.
        """
        with self._lock:
            self._forgotten[key] = next(_turns)
            _, place, _ = self._saved.pop(key, (0, None, None))
        if place is not None:
            try:
                shutil.rmtree(place)
            except OSError as error:
                text = f"'{place}' cannot be deleted ({error.strerror}): delete it yourself."
                raise OutputNotWritable(text) from error
        _remove_if_empty(self._own)

    def recoverable(self) -> tuple[RecoverableDocument, ...]:
        """The states of processes that no longer run, the last saved first; half-written ones are swept away.

        A state of another version, or one that is damaged, is left alone and named by an EditorWarning.
        """
        found = [each for folder in self._abandoned() for each in _recoverable(folder)]
        return tuple(sorted(found, key=lambda each: each.saved_at, reverse=True))

    def _abandoned(self) -> Iterator[Path]:
        with suppress(FileNotFoundError):
            for folder in sorted(self._folder.iterdir()):
                if processes.is_name(folder.name) and not processes.is_running(folder.name):
                    yield folder


def _recoverable(folder: Path) -> Iterator[RecoverableDocument]:
    from rim_editor.files import recovery_files

    try:
        states = list(folder.iterdir())
    except FileNotFoundError:
        return  # another window has restored or discarded it
    except OSError as error:
        text = f"Unsaved work in '{folder}' cannot be read ({error.strerror}): check its permissions."
        warnings.warn(text, EditorWarning, stacklevel=3)
        return
    rubbish, turns = [], defaultdict[str, list[tuple[int, Path]]](list)
    for state in states:
        key, _, turn = state.name.rpartition(".")
        if turn.isdecimal():
            turns[key].append((int(turn), state))
        elif turn == "part":
            rubbish.append(state)
    for key, states_of_key in turns.items():
        *older, (_, state) = sorted(states_of_key)
        try:
            summary = recovery_files.summary(state)
        except recovery_files.UnknownVersion as error:
            warnings.warn(f"{error}: it was left alone.", EditorWarning, stacklevel=3)
        except ValueError as error:
            text = f"'{state}' is damaged and cannot be restored ({error}): it was left alone; delete it yourself."
            warnings.warn(text, EditorWarning, stacklevel=3)
        else:
            rubbish += [path for _, path in older]
            yield RecoverableDocument(state, unquote(key), **vars(summary))
    for path in rubbish:
        shutil.rmtree(path, ignore_errors=True)  # harmless where it stays; the next start tries again
    _remove_if_empty(folder)


def _remove_if_empty(folder: Path) -> None:
    with suppress(OSError):
        folder.rmdir()
