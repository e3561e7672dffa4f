"""Names of results: templates, what file systems do not bear, and which names are one file.

A template is text with {stem} and {folder} of the image, {expression}, and {index}, which counts from 1 ({index:04}
with leading zeros); '/' makes folders.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from string import Formatter
from unicodedata import normalize

from rim_editor.document import Combine
from rim_editor.errors import BadOption

FIELDS = ("stem", "expression", "index", "folder")
LONGEST = 255
"""Bytes of UTF-8, and units of UTF-16, that a name may have on any usual disk."""
_MOST_WORDS = 80
_SIGNS = {Combine.NEW: ", ", Combine.ADD: " + ", Combine.SUBTRACT: " - ", Combine.INTERSECT: " & "}
_ILLEGAL = re.compile(r'[<>:"/\\|?*\x00-\x1f]')
_RESERVED = re.compile(r"(CON|PRN|AUX|NUL|COM[0-9¹²³]|LPT[0-9¹²³])", re.IGNORECASE)


@dataclass(frozen=True)
class Template:
    """A template that makes sense."""

    text: str

    def filled(self, *, stem: str, expression: str, index: int, folder: str) -> tuple[str, ...]:
        """The names of folders, if any, and last of the file, without suffix. None is empty, '.' or '..'."""
        values = {"stem": stem, "expression": as_name(expression), "index": index, "folder": folder}
        return tuple(_harmless(part) for part in self.text.format(**values).split("/"))


def parsed(text: str) -> Template:
    """The template of this text. Raises BadOption."""
    usable = "write names with {stem}, {folder}, {expression}, {index} or {index:04}"
    try:
        pieces = list(Formatter().parse(text))
    except ValueError as error:
        raise BadOption(f"'{text}' is no template ({error}): {usable}.") from error
    for literal, name, form, conversion in pieces:
        if illegal := _ILLEGAL.search(literal.replace("/", "")):
            raise BadOption(f"A name cannot hold '{illegal[0]}', as the template '{text}' wants: leave it out.")
        if name is None:
            continue
        if name not in FIELDS:
            raise BadOption(f"'{{{name}}}' in the template '{text}' means nothing: {usable}.")
        if conversion or not re.fullmatch(r"(0?[1-9])?" if name == "index" else "", form or ""):
            raise BadOption(f"'{{{name}}}' in the template '{text}' has a form that means nothing: {usable}.")
    if not all(part.strip(". ") for part in text.split("/")):
        raise BadOption(f"A folder or file of the template '{text}' has no name: {usable}.")
    return Template(text)


def as_name(text: str) -> str:
    """Any text as a part of a name: one line, without what a disk refuses, at most 80 characters."""
    encodable = text.encode("utf-8", "replace").decode("utf-8")
    plain = _ILLEGAL.sub("_", " ".join(encodable.split()))[:_MOST_WORDS]
    return plain.strip(". ") or "_"


def fitted(stem: str, *tails: str) -> str:
    """The stem, shortened where that is needed for the name with each of the `tails` to fit a disk."""
    while stem and not all(fits(stem + tail) for tail in tails):
        stem = stem[:-1]
    return stem


def fits(name: str) -> bool:
    """Whether a disk bears a name of this length."""
    return len(os.fsencode(name)) <= LONGEST and len(name.encode("utf-16-le", "surrogatepass")) <= 2 * LONGEST


def trouble_on_windows(*names: str) -> str:
    """Why Windows refuses folders or a file of these names, in words; '' when it does not."""
    for name in names:
        if illegal := _ILLEGAL.search(name):
            return f"'{name}' holds '{illegal[0]}'"
        if name.endswith((".", " ")):
            return f"'{name}' ends in a point or space"
        if _RESERVED.fullmatch(name.split(".")[0].rstrip(" ")):
            return f"'{name}' is the name of a device"
    return ""


def in_words(terms: Iterable[tuple[Combine, str]]) -> str:
    """Expressions as they are written in a name: 'the dog + the leash - the collar'."""
    return "".join(_SIGNS[combine] * bool(number) + text for number, (combine, text) in enumerate(terms))


def row_parts(text: str) -> tuple[str, ...]:
    """The names of folders and the file that '/' joins. Raises ValueError, which ends the sentence 'The output …'."""
    if "\0" in text or text.encode("utf-8", "replace").decode() != text:
        raise ValueError("cannot be a name of a file")
    parts = tuple(text.replace("\\", "/").split("/"))
    if not parts[0] or re.match(r"[A-Za-z]:", text):
        raise ValueError("is no name below the folder of the results: write one without the folders above")
    if not all(part.strip(". ") for part in parts):
        raise ValueError("has a folder or file without a name: write names between '/'")
    if not all(map(fits, parts[:-1])):
        raise ValueError("has a folder whose name is too long: shorten it")
    return parts


def key(path: str) -> str:
    """The same text for paths that some disk takes for one: whatever the case and the form of accents."""
    return normalize("NFC", normalize("NFC", path).casefold())


def numbers(first: int) -> Iterator[str]:
    """'-2', '-3' and so on, from `first` on."""
    while True:
        yield f"-{first}"
        first += 1


def _harmless(part: str) -> str:
    return part if part.strip(". ") else "_" * max(len(part), 1)
