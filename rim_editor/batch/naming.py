"""Names of results: templates, the limits of file systems, and which names mean the same file.

A template is text with {stem} and {folder} of the image, {expression}, and {index}, which counts from 1 ({index:04}
with leading zeros); '/' separates folders.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from string import Formatter
from unicodedata import normalize

from rim_editor.documents.document import Combine
from rim_editor.errors import BadOption

FIELDS = ("stem", "expression", "index", "folder")
LONGEST = 255
"""Bytes of UTF-8, and units of UTF-16, that a name may have on the usual file systems."""
_MOST_WORDS = 80
_SIGNS = {Combine.NEW: ", ", Combine.ADD: " + ", Combine.SUBTRACT: " - ", Combine.INTERSECT: " & "}
_ILLEGAL = re.compile(r'[<>:"/\\|?*\x00-\x1f]')
_RESERVED = re.compile(r"(CON|PRN|AUX|NUL|COM[0-9¹²³]|LPT[0-9¹²³])", re.IGNORECASE)


@dataclass(frozen=True)
class NameTemplate:
    """A valid template; see `parse_template`."""

    text: str

    def filled(self, *, stem: str, expression: str, index: int, folder: str) -> tuple[str, ...]:
        """The names of folders, if any, and last of the file, without suffix. No name is empty, '.' or '..'."""
        values = {"stem": stem, "expression": as_name(expression), "index": index, "folder": folder}
        return tuple(_never_empty(part) for part in self.text.format(**values).split("/"))


def parse_template(text: str) -> NameTemplate:
    """The template that `text` is. Raises BadOption."""
    usable = "write names with {stem}, {folder}, {expression}, {index} or {index:04}"
    try:
        pieces = list(Formatter().parse(text))
    except ValueError as error:
        raise BadOption(f"'{text}' is not a template ({error}): {usable}.") from error
    for literal, name, form, conversion in pieces:
        if illegal := _ILLEGAL.search(literal.replace("/", "")):
            raise BadOption(f"A name cannot hold '{illegal[0]}', as the template '{text}' would have it: leave it out.")
        if name is None:
            continue
        if name not in FIELDS:
            raise BadOption(f"'{{{name}}}' in the template '{text}' is unknown: {usable}.")
        if conversion or not re.fullmatch(r"(0?[1-9])?" if name == "index" else "", form or ""):
            raise BadOption(f"'{{{name}}}' in the template '{text}' has an unknown format: {usable}.")
    if not all(part.strip(". ") for part in text.split("/")):
        raise BadOption(f"A folder or file of the template '{text}' has no name: {usable}.")
    return NameTemplate(text)


def as_name(text: str) -> str:
    """Any text as part of a file name: one line, at most 80 characters, without those that file systems refuse."""
    encodable = text.encode("utf-8", "replace").decode("utf-8")
    plain = _ILLEGAL.sub("_", " ".join(encodable.split()))[:_MOST_WORDS]
    return plain.strip(". ") or "_"


def fitted(stem: str, *tails: str) -> str:
    """The stem, shortened as far as needed for the name with each of the `tails` to fit."""
    while stem and not all(fits(stem + tail) for tail in tails):
        stem = stem[:-1]
    return stem


def fits(name: str) -> bool:
    """Whether the usual file systems allow a name of this length."""
    try:
        size = len(os.fsencode(name))
    except UnicodeEncodeError:  # no file can have this name, but a row of a manifest may ask for it
        size = len(name.encode("utf-8", "surrogatepass"))
    return size <= LONGEST and len(name.encode("utf-16-le", "surrogatepass")) <= 2 * LONGEST


def windows_problem(*names: str) -> str:
    """Why Windows refuses folders or a file of these names; '' when it does not."""
    for name in names:
        if illegal := _ILLEGAL.search(name):
            return f"'{name}' holds '{illegal[0]}'"
        if name.endswith((".", " ")):
            return f"'{name}' ends in a dot or space"
        if _RESERVED.fullmatch(name.split(".")[0].rstrip(" ")):
            return f"'{name}' is a device name"
    return ""


def expression_text(terms: Iterable[tuple[Combine, str]]) -> str:
    """Expressions as they are written in a name: 'the dog + the leash - the collar'."""
    return "".join(_SIGNS[combine] * bool(number) + text for number, (combine, text) in enumerate(terms))


def output_parts(text: str) -> tuple[str, ...]:
    """The names of folders and the file that '/' joins. Raises ValueError, which ends the sentence 'The output …'."""
    if "\0" in text or text.encode("utf-8", "replace").decode() != text:
        raise ValueError("cannot be a name of a file")
    parts = tuple(text.replace("\\", "/").split("/"))
    if not parts[0] or re.match(r"[A-Za-z]:", text):
        raise ValueError("is not below the folder of the results: write a path without the folders above")
    if not all(part.strip(". ") for part in parts):
        raise ValueError("has a folder or file without a name: write names between '/'")
    if not all(map(fits, parts[:-1])):
        raise ValueError("has a folder whose name is too long: shorten it")
    return parts


def same_file_key(path: str) -> str:
    """Equal for paths that some file system takes for the same: regardless of case and of how accents are encoded."""
    return normalize("NFC", normalize("NFC", path).casefold())


def _never_empty(part: str) -> str:
    return part if part.strip(". ") else "_" * max(len(part), 1)
