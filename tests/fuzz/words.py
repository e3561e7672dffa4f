"""What is typed and what files are called: expressions, options, file names of any characters."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import re
import shutil
from pathlib import Path
from random import Random

import numpy as np
from PIL import Image

from clipmat.expression import clean_expression
from clipmat.predictor import Predictor
from clipmat.sentences import reading
from rim_editor import matting, presets
from rim_editor.batch import naming
from rim_editor.batch.recipe import terms_from_json, terms_from_text
from rim_editor.commands import cli
from rim_editor.editor.completing import completions, offered_nouns
from rim_editor.errors import BadOption
from tests.rim_editor.conftest import RedPredictor

_WORDS = "the dog red maybe on left of man between cup second from and not ghost".split()
_SIGNS = (
    *"{stem} {index:04} { } %s \\ / .. ~ $HOME `id` ' \" - --help @ * [a]".split(),
    *"CON NUL.txt <b> &amp; ]]> 1e999 nan -1 0".split(),
    *"مرحبا שלום 犬 ก็ ß İ ǆ ½ 𝟙 \ufdfa e\u0301 \U0001f469\u200d\U0001f52c".split(),
    *("\0", "\x1b[2J", "\x07", "\r", "\n", "\t", "\u200b", "\u200d", "\u202e", "\u2066", "\ufeff", "\u2028", "\ud800"),
    *("\udc80", ". "),
)
_TERMINAL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""What no terminal may be sent: it would act on it, or show the rest of a line in another order."""


def text_of(chance: Random, longest: int = 60) -> str:
    """Words, signs with a meaning, and characters from anywhere in Unicode; now and then very many of them."""
    count = chance.choice((0, 1, 2, 5, 12, longest, 20 * longest if chance.random() < 0.1 else 3))
    pieces = []
    for _ in range(count):
        kind = chance.random()
        if kind < 0.4:
            pieces.append(chance.choice(_WORDS))
        elif kind < 0.7:
            pieces.append(chance.choice(_SIGNS))
        else:
            pieces.append(chr(chance.randrange(chance.choice((0x80, 0x3000, 0x110000)))))
    text = chance.choice((" ", "", " + ", " - ")).join(pieces)
    return text * 1000 if chance.random() < 0.005 else text


class Command:
    """Runs the command line in this process, with a model that finds red things, and looks at what it prints."""

    def __init__(self, folder: Path) -> None:
        os.environ["RIM_EDITOR_HOME"] = str(folder / "home")
        matting.load_predictor = lambda weights, device, precision: RedPredictor(weights, "cpu")
        self.folder = folder

    def run(self, arguments: list[str]) -> tuple[int, str]:
        """The exit code, and what was printed on stdout. Raises AssertionError for what a terminal must not get."""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                code = cli.main(arguments)
            except SystemExit as error:
                raise AssertionError(f"the command left by itself: {error.code}") from error
        for stream, text in (("stdout", out.getvalue()), ("stderr", err.getvalue())):
            if found := _TERMINAL.search(text):
                raise AssertionError(f"{found[0]!r} on {stream} after {arguments}")
        if code not in (0, 2, 3, 4, 5):
            raise AssertionError(f"exit code {code} after {arguments}")
        if "--json" in arguments:
            printed = json.loads(out.getvalue())
            if code not in (0, 4) and printed.get("exit_code") != code:
                raise AssertionError(f"no JSON of the failure after {arguments}: {printed}")
        elif code == 2 and len(err.getvalue().strip().splitlines()) < 1:
            raise AssertionError(f"no message after {arguments}")
        return code, out.getvalue()


def red_square(path: str | bytes | Path, kind: str = "PNG") -> None:
    """A small photograph of a red square."""
    pixels = np.full((20, 24, 3), (30, 160, 60), np.uint8)
    pixels[5:15, 8:16] = (230, 20, 20)
    with open(path, "wb") as file:
        Image.fromarray(pixels).save(file, kind)


class Expressions:
    """Any text as an expression, as a template, and as the value of any option."""

    seconds = 4.0
    growth = 96 * 2**20

    def __init__(self, folder: Path) -> None:
        self.command = Command(folder)
        self.folder = folder
        red_square(folder / "photo.png")
        self.predictor = Predictor.load("compact")
        self.predictor.set_image(np.asarray(Image.open(folder / "photo.png")))
        self.nouns = offered_nouns(("cup", "dog", "red flower"))
        self.predictor.predict("the cup")
        self.command.run(["matte", str(folder / "photo.png"), "the red", "-o", str(folder / "warm.png")])

    def attempt(self, chance: Random) -> None:
        text = text_of(chance)
        cleaned = clean_expression(text)
        completions(text, (cleaned, text_of(chance)), self.nouns)
        reading.read(text)
        self._parse(text)
        if chance.random() < 0.02:
            self._predict(text)
        if chance.random() < 0.1:
            self._run(text, chance)

    def _parse(self, text: str) -> None:
        name = naming.as_name(text)
        if "/" in name or not name.strip(". ") or len(name) > 80:
            raise AssertionError(f"{name!r} is no name")
        with contextlib.suppress(BadOption):
            naming.parse_template(text).filled(stem="a", expression=text, index=1, folder="b")
        with contextlib.suppress(BadOption):
            presets.checked_name(text)
        with contextlib.suppress(BadOption):
            terms_from_json([text, {"expression": text, "combine": text}])
        terms_from_text(text)  # the last one: it may refuse, which is an answer

    def _predict(self, text: str) -> None:
        matte = self.predictor.predict(text).matte
        if not np.isfinite(matte).all():
            raise AssertionError("a matte that is not finite")

    def _run(self, text: str, chance: Random) -> None:
        out = self.folder / "results"
        image = str(self.folder / "photo.png")
        option = chance.choice(_OPTIONS)
        if chance.random() < 0.5:
            arguments = ["matte", image, "the red", "-o", str(out) + chance.choice((".png", ".jpg", ".webp", ".x"))]
        else:
            arguments = ["batch", image, "-e", "the red", "-o", str(out)]
        value = chance.choice((text, text_of(chance, 3), chance.choice(_VALUES)))
        arguments += [f"{option}={value}"] if option.startswith("--") else [option, value]
        arguments += ["--json"] * (chance.random() < 0.5)
        try:
            self.command.run([_as_argument(each) for each in arguments])
        finally:
            shutil.rmtree(out, ignore_errors=True)
            for path in self.folder.glob("results.*"):
                path.unlink()


_OPTIONS = (
    "--expression -e --add --subtract --template --format --color --to-color --angle --background "
    "--offset --scale --strength --place --shadow --outline --match-colours --margin --canvas --preset "
    "--longest-side --example --weights --at-least --point --box --page --fit --style --exists --edit "
    "--quality --feather --shift-edge --largest-hole --project "
).split()
_VALUES = (
    "1e999 nan -inf 1,1 0,0,9,9 99999999999999999999 1:0 0x0 9999999x1 1e-320 #12345 usual angle=nan width=1e9 "
    "scale=1e30 right=1e308 100% 0.1,-0.2 solid layers psd 1,1,-"
).split()


def _as_argument(text: str) -> str:
    """What the system can hand over: no zero characters, and bytes that are no UTF-8 as Python has them."""
    return os.fsdecode(text.replace("\0", "").encode("utf-8", "surrogateescape" if _encodable(text) else "replace"))


def _encodable(text: str) -> bool:
    try:
        text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return False
    return True


class FileNames:
    """Photographs of all names that a file system allows, exported as a batch, one by one, by a manifest."""

    seconds = 8.0
    growth = 96 * 2**20

    def __init__(self, folder: Path) -> None:
        self.command = Command(folder)
        self.folder = folder
        self.attempt(Random(0))

    def attempt(self, chance: Random) -> None:
        inside, out = self.folder / "photos", self.folder / "results"
        for each in (inside, out):
            shutil.rmtree(each, ignore_errors=True)
        inside.mkdir()
        made = self._make(inside, chance)
        before = digests(inside)
        way = chance.randrange(4)
        if way == 0 and made:
            target = out.with_name("one.png")
            target.unlink(missing_ok=True)
            code, _ = self.command.run(["matte", "-o", str(target), "--json", "--", os.fsdecode(made[0]), "the red"])
            if code != 0 or not target.exists():
                raise AssertionError(f"{made[0]!r} was not exported ({code})")
        else:
            source = [str(inside)] if way < 3 else [str(self._manifest(made))]
            options = ["-r", "--flat"] if way == 2 else ["-r"]
            arguments = ["batch", *source, "-e", "the red", "-o", str(out), "--exists", "number", *options, "--json"]
            code, _ = self.command.run(arguments)
            results = [path for path in digests(out) if path.suffix == ".png"] if out.exists() else []
            wanted = len(made) if way < 3 else sum(_encodable_strictly(path) for path in made)
            if wanted and (code != 0 or len(results) != wanted):
                raise AssertionError(f"{len(results)} results of {wanted} ({code}): {made}")
        if digests(inside) != before:
            raise AssertionError("an input was changed")

    def _make(self, inside: Path, chance: Random) -> list[bytes]:
        made: list[bytes] = []
        for _ in range(chance.randrange(1, 5)):
            folder = os.fsencode(inside)
            for _ in range(chance.choice((0, 0, 1, 2))):
                folder = os.path.join(folder, self._name(chance, b""))
            path = os.path.join(folder, self._name(chance, chance.choice((b".png", b".PNG", b".jpg"))))
            try:
                os.makedirs(folder, exist_ok=True)
                red_square(path, "PNG")
            except (OSError, ValueError):  # the system does not have this name
                continue
            if not any(part.startswith(b".") for part in os.path.relpath(path, os.fsencode(inside)).split(b"/")):
                made.append(path)
        return sorted(set(made))

    def _name(self, chance: Random, suffix: bytes) -> bytes:
        text = text_of(chance, 20).replace("/", "").replace("\0", "") or "x"
        name = (
            text.encode("utf-8", "surrogatepass")
            if chance.random() < 0.8
            else chance.randbytes(20).replace(b"/", b"").replace(b"\0", b"")
        )
        return (name[: chance.choice((8, 60, 255 - len(suffix)))] or b"x") + suffix

    def _manifest(self, made: list[bytes]) -> Path:
        rows = [json.dumps({"image": os.fsdecode(path)}) for path in made if _encodable_strictly(path)]
        path = self.folder / "list.jsonl"
        path.write_text("\n".join(rows) + "\n")
        return path


def _encodable_strictly(path: bytes) -> bool:
    try:
        path.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def digests(folder: Path) -> dict[Path, str]:
    """The SHA-256 of every file below a folder."""
    return {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.rglob("*")) if path.is_file()}
