"""Brings the catalogues of translations up to date with the texts of the program: `python collect.py [--check]`.

The texts are the first arguments of `tr(...)`, and all that stands in `marked(...)`. Each LANGUAGE.ts beside this file
gets the new ones, marked as unfinished, and loses those that are gone; then PySide6's lrelease makes LANGUAGE.qm of it,
which the program loads. Translate in the .ts file with Qt Linguist or an editor, and run this again. A translation has
the same names in braces as its text. `--check` changes nothing and lists what is missing.
"""

from __future__ import annotations

import argparse
import ast
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent
PACKAGE = HERE.parents[1] / "rim_editor"
CONTEXT = "rim_editor"
_NO_TEXT = re.compile(r"fa6s\..*|\.\w+|\w+_\w+|(?:Ctrl|Alt|Shift)\+\S+|F\d+|Esc|.|[^A-Za-z]*")
"""What a table holds beside texts: names of icons and widgets, suffixes, keys."""


def texts(package: Path = PACKAGE) -> dict[str, str]:
    """Every text for the user, with the first module that has it, in order of modules and lines."""
    found: dict[str, str] = {}
    for path in sorted(package.rglob("*.py")):
        place = path.relative_to(package.parent).as_posix()
        for _, text in sorted(_of_module(ast.parse(path.read_text(encoding="utf-8")))):
            found.setdefault(text, place)
    return found


def _of_module(tree: ast.Module) -> Iterator[tuple[tuple[int, int], str]]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or not node.args:
            continue
        if node.func.id == "tr":
            constants: Iterator[ast.AST] = iter(_choices(node.args[0]))
        elif node.func.id == "marked":
            constants = (
                one for one in _values(node.args[0]) if not _NO_TEXT.fullmatch(getattr(one, "value", "") or "")
            )
        else:
            continue
        for one in constants:
            if isinstance(one, ast.Constant) and isinstance(one.value, str):
                yield (one.lineno, one.col_offset), one.value


def _choices(node: ast.expr) -> Iterator[ast.expr]:
    """The texts that an argument of `tr` can be: itself, or both sides of a condition."""
    if isinstance(node, ast.IfExp):
        yield from _choices(node.body)
        yield from _choices(node.orelse)
    else:
        yield node


def _values(node: ast.expr) -> Iterator[ast.Constant]:
    """The strings in a table; of the keys of a dictionary, those that begin like a text."""
    if isinstance(node, ast.Dict):
        keys = [text for key in node.keys if key is not None for text in _values(key)]
        yield from (key for key in keys if key.value[:1] == "&" or key.value[:1].isupper())
        for value in node.values:
            yield from _values(value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node
    elif isinstance(node, ast.Call):
        for argument in node.args:
            yield from (text for text in _values(argument) if not re.fullmatch("[a-z-]+", text.value))  # an id
    elif isinstance(node, ast.DictComp):
        yield from _values(node.value)
    elif isinstance(node, ast.Tuple | ast.List):
        for element in node.elts:
            yield from _values(element)


def translations(path: Path) -> dict[str, str]:
    """The finished translations of a .ts file by their texts."""
    return {
        message.findtext("source", ""): message.findtext("translation", "")
        for message in ET.parse(path).iter("message")
        if (found := message.find("translation")) is not None and found.get("type") is None
    }


def write(path: Path, wanted: dict[str, str], known: dict[str, str]) -> None:
    """Write a .ts file of these texts; those that have no translation are marked as unfinished."""
    root = ET.Element("TS", version="2.1", language=path.stem, sourcelanguage="en")
    context = ET.SubElement(root, "context")
    ET.SubElement(context, "name").text = CONTEXT
    for text, place in wanted.items():
        message = ET.SubElement(context, "message")
        ET.SubElement(message, "location", filename=f"../../{place}")
        ET.SubElement(message, "source").text = text
        translation = ET.SubElement(message, "translation")
        if text in known:
            translation.text = known[text]
        else:
            translation.set("type", "unfinished")
    ET.indent(root)
    body = ET.tostring(root, encoding="unicode")
    path.write_text(f'<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n{body}\n', encoding="utf-8")


def release(path: Path) -> None:
    """Compile a .ts file to the .qm file beside it."""
    import PySide6

    command = [
        str(Path(PySide6.__file__).parent / "lrelease"),
        "-silent",
        str(path),
        "-qm",
        str(path.with_suffix(".qm")),
    ]
    subprocess.run(command, check=True)


def main() -> int:
    """Bring all catalogues up to date, or list what is missing in them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--check", action="store_true", help="change nothing")
    check = parser.parse_args().check
    wanted, missing = texts(), 0
    for path in sorted(HERE.glob("*.ts")):
        known = translations(path)
        left = [text for text in wanted if text not in known]
        gone = [text for text in known if text not in wanted]
        missing += len(left) + len(gone)
        for text in left:
            sys.stdout.write(f"{path.name}: not translated: {text}\n")
        for text in gone:
            sys.stdout.write(f"{path.name}: not in the program any more: {text}\n")
        if not check:
            write(path, wanted, known)
            release(path)
    return int(check and missing > 0)


if __name__ == "__main__":
    sys.exit(main())
