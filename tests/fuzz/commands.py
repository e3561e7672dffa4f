"""Commands on what lies on the disk: projects that are exported without a window, and the folder of the models."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from random import Random

from clipmat import hub
from clipmat.errors import UserError
from clipmat.systems.system_table import SYSTEMS
from rim_editor import matting
from tests.fuzz.mutations import change_data, mutated
from tests.fuzz.records import changed_inside, changed_text, whole_projects
from tests.fuzz.words import Command


class Renders:
    """`rim-editor render` of a mutated project or file with layers, with options of all kinds."""

    seconds = 4.0
    growth = 192 * 2**20
    """A marketplace's canvas is 4 megapixels, and the encoder of AVIF takes 30 bytes for each."""

    def __init__(self, folder: Path) -> None:
        self.command = Command(folder)
        self.folder, self.out = folder, folder / "results"
        self.whole = whole_projects(folder)
        for number in range(8):  # what is imported once is not counted against an input
            self._render(sorted(self.whole)[number % 2], b"", Random(number))

    def attempt(self, chance: Random) -> None:
        suffix = chance.choice(sorted(self.whole))
        change = chance.choice((mutated, changed_inside, changed_text, changed_text))
        self._render(suffix, change(self.whole[suffix], chance), chance)

    def _render(self, suffix: str, content: bytes, chance: Random) -> None:
        shutil.rmtree(self.out, ignore_errors=True)
        self.out.mkdir()
        path = self.folder / f"input{suffix}"
        path.write_bytes(content or self.whole[suffix])
        before = path.read_bytes()
        target = self.out / f"result{chance.choice(_SUFFIXES)}"
        options = [word for each in _OPTIONS if chance.random() < 0.15 for word in each]
        as_json = ["--json"] * (chance.random() < 0.5)
        code, _ = self.command.run(["render", str(path), "-o", str(target), *options, *as_json])
        left = [each.name for each in self.out.iterdir()]
        if left != ([target.name] if code == 0 else []):
            raise AssertionError(f"exit code {code}, and these are left: {left}")
        if path.read_bytes() != before:
            raise AssertionError("the project was changed")


_SUFFIXES = (".png", ".webp", ".tiff", ".avif", ".jpg", ".ora", ".psd")
_OPTIONS = (
    ("--matte",), ("--depth", "16"), ("--longest-side", "4"), ("--trim",), ("--margin", "10%"), ("--canvas", "1:1"),
    ("--preset", "amazon"), ("--quality", "50"), ("--no-metadata",), ("--force",),
)  # fmt: skip


class ModelFolders:
    """The models' folder in any state: listed, checked, removed and fetched into, while the hub's answers are wrong."""

    seconds = 4.0
    growth = 64 * 2**20

    def __init__(self, folder: Path) -> None:
        self.folder, self.home = folder, folder / "data"
        os.environ["XDG_DATA_HOME"] = str(self.home)
        os.environ["HF_HOME"] = str(folder / "hub")
        self.command = Command(folder)
        self.weights = self.home / "rim-editor" / "weights"
        self.arriving = folder / "arriving"
        self.chance = Random(0)
        hub.files, hub.download, hub.checksum = self._offered, self._arrived, lambda repo, file: None
        for ask in (matting.check, matting.remove):
            try:
                ask("clipseg")
            except UserError:
                pass
        self.attempt(Random(0))

    def attempt(self, chance: Random) -> None:
        self.chance = chance
        self._clear()
        self.weights.parent.mkdir(parents=True)
        if chance.random() < 0.05:
            self._strange(self.weights, chance)
        else:
            self._fill(chance)
        listed = json.loads(self._listed("--json"))
        names = [each["name"] for each in listed]
        if not {*SYSTEMS, "compact"} <= set(names):
            raise AssertionError(f"not all models are listed: {names}")
        self._listed()
        name = chance.choice(names)
        for ask in chance.sample((matting.check, matting.nouns, matting.remove), 2):
            try:
                ask(name)
            except UserError as error:
                if "\n" in str(error):
                    raise AssertionError(f"an error of several lines: {error}") from error
        self.command.run(["models", "fetch", chance.choice(sorted(SYSTEMS)), "--json"])
        matting.choices()

    def _listed(self, *options: str) -> str:
        code, out = self.command.run(["models", *options])
        if code != 0:
            raise AssertionError(f"the models are not listed ({code}): {out}")
        return out

    def _clear(self) -> None:
        if self.home.exists():
            for path in [self.home, *self.home.rglob("*")]:
                if path.is_dir() and not path.is_symlink():
                    path.chmod(0o700)
        shutil.rmtree(self.home, ignore_errors=True)
        shutil.rmtree(self.arriving, ignore_errors=True)
        self.home.mkdir(exist_ok=True)

    def _fill(self, chance: Random) -> None:
        self.weights.mkdir()
        for name in ("compact", "vit-b-16"):
            for path in (self.weights / f"{name}.safetensors", self.weights / f"{name}.safetensors.index.json"):
                if chance.random() < 0.3:
                    self._put(path, chance.choice((_HEADER, _INDEX)), chance)
        parts = sorted({part.folder: part for entry in SYSTEMS.values() for part in entry.parts}.items())
        for folder, part in chance.sample(parts, 4):
            if chance.random() < 0.1:
                self._strange(folder, chance)
                continue
            folder.mkdir()
            config = json.dumps({"model_type": part.model_types[0], "architectures": ["X"], "sizes": [1, {"a": 2}]})
            contents = {"config.json": config.encode(), "model.safetensors": _HEADER, "tokenizer.json": b"{}"}
            if part.file:
                contents = {part.file: b"\x80\x02X\x01\0\0\0a.", "vocab.json": b"{}", "merges.txt": b""}
            for file, content in contents.items():
                self._put(folder / file, content, chance)
            if chance.random() < 0.2:
                shutil.copytree(folder, folder.with_name(f"{folder.name}.part"), symlinks=True, copy_function=_moved)

    def _put(self, path: Path, content: bytes, chance: Random) -> None:
        way = chance.random()
        if way < 0.08:
            self._strange(path, chance)
        elif way < 0.5:
            path.write_bytes(content)
        elif way < 0.6 and path.suffix == ".json":
            path.write_bytes(b"[" * chance.choice((10, 2000, 200_000)))
        elif way < 0.8 and content.startswith(b"{") and path.suffix == ".json":
            data = [json.loads(content)]
            change_data(data, chance)
            path.write_bytes(json.dumps(data[0] if data else None).encode())
        else:
            path.write_bytes(mutated(content or b" ", chance))

    def _strange(self, path: Path, chance: Random) -> None:
        """What is no file or folder that anybody would expect there."""
        path.parent.mkdir(parents=True, exist_ok=True)
        ways: tuple[Callable[[], object], ...] = (
            path.mkdir,
            lambda: path.symlink_to(path),
            lambda: path.symlink_to(self.folder / "gone"),
            lambda: os.mkfifo(path),
            lambda: path.write_bytes(b""),
            lambda: path.symlink_to("/dev/null"),
        )
        chance.choice(ways)()

    def _offered(self, repo: str, remedy: str) -> dict[str, int]:
        """What the hub says that a repository has: names of files may be anything."""
        files = {"config.json": 100, "model.safetensors": 200}
        for _ in range(self.chance.choice((0, 0, 1, 3))):
            files[self.chance.choice(_NAMES)] = self.chance.choice((0, 1, -1, 10**30))
        return files

    def _arrived(self, repo: str, file: str, progress: object = None, *, remedy: str = "") -> Path:
        self.arriving.mkdir(exist_ok=True)
        path = self.arriving / f"{len(os.listdir(self.arriving))}.bin"
        path.write_bytes(mutated(_HEADER, self.chance))
        return path


def _moved(source: str, to: str) -> str:
    os.link(source, to, follow_symlinks=False)
    return to


_HEADER_TEXT = json.dumps({"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}).encode()
_HEADER = len(_HEADER_TEXT).to_bytes(8, "little") + _HEADER_TEXT + bytes(8)
_SHARD = "compact-0123456789ab-00001-of-00001.safetensors"
_INDEX = json.dumps({"metadata": {"sha256": {_SHARD: "0" * 64}}, "weight_map": {"a": _SHARD}}).encode()
_NAMES = (
    "../outside.json", "/tmp/outside.json", "a/b.json", "../../x.safetensors", "..", "x\0.json", "\ud800.json",
    "a" * 300 + ".json", "CON.json", "\u202ex.json", "config.json/x.json", ".json",
)  # fmt: skip
