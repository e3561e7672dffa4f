"""Printing of the command line: one way, which no terminal, closed pipe or full disk turns into an error.

Results and JSON go to stdout, messages to stderr. Characters that the encoding of a terminal lacks are printed as
escapes, and so are control characters, which a file name may hold. Whatever becomes of the text, the work and its exit
code stay.
"""

from __future__ import annotations

import io
import json
import math
import os
import re
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import TextIO

PROGRAM = "rim-editor"
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Characters that a terminal acts on, and those that turn the direction of the rest of a line."""


def prepare() -> None:
    """Make the streams of this process safe to print to; call it before any file is opened."""
    # The next file that is opened would get the number of a closed stream, and what a library prints in its content.
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def print_result(text: str) -> None:
    """One or more lines on stdout."""
    _print(sys.stdout, text)


def print_json(data: object) -> None:
    """JSON on stdout, in ASCII; numbers that JSON does not have, such as NaN, become null."""
    _print(sys.stdout, json.dumps(_finite(data), allow_nan=False))


def print_message(text: str) -> None:
    """One line on stderr."""
    _print(sys.stderr, f"{PROGRAM}: {' '.join(text.split())}")


def print_failure(text: str, exit_code: int, *, as_json: bool, known: Mapping[str, object] | None = None) -> None:
    """How a command failed: one line on stderr, and with `as_json` on stdout what is `known` with the error."""
    if as_json:
        print_json({**(known or {}), "error": text, "exit_code": exit_code})
    print_message(text)


def printable(text: str) -> str:
    """The text with its control characters, but for ends of lines and tabs, as escapes: '\\x1b', '\\u202e'."""
    return _CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)


def finish() -> None:
    """Print what the streams still hold; call it last."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            _print(stream, None)


def _print(stream: TextIO | None, text: str | None) -> None:
    if stream is None:  # a program without a terminal
        return
    try:
        if text is not None:
            stream.write(printable(text) + "\n")
        stream.flush()
    except (OSError, ValueError) as error:
        _abandon(stream)
        if stream is sys.stdout and stream is not sys.stderr and not isinstance(error, BrokenPipeError):
            reason = error.strerror if isinstance(error, OSError) else error
            print_message(f"warning: the result cannot be printed ({reason}): files that were written stay.")


def _abandon(stream: TextIO) -> None:
    """Lead a stream nowhere, so that what it still holds is no error when the process ends."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nowhere, stream.fileno())
        finally:
            os.close(nowhere)


def _finite(data: object) -> object:
    if isinstance(data, float) and not math.isfinite(data):
        return None
    if isinstance(data, Mapping):
        return {key: _finite(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_finite(value) for value in data]
    return data
