"""Projects, files with layers, manifests, settings, presets, examples and journals: our own kinds of files, mutated."""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np

from clipmat.examples import example_of, read_example
from clipmat.image_files import OpenedImage
from rim_editor import presets, settings
from rim_editor.batch import manifests, resuming
from rim_editor.batch.inputs import gather_inputs
from rim_editor.batch.journal import Journal
from rim_editor.batch.journal_file import NAME
from rim_editor.batch.outcomes import Outcome, State
from rim_editor.batch.plan import make_plan
from rim_editor.batch.recipe import ExpressionTerm, Recipe
from rim_editor.documents import edits
from rim_editor.documents.document import Answer, Brush, Combine, Document, Layer, MatteControls, Region, Stroke
from rim_editor.documents.history import History
from rim_editor.documents.rendering import Renderer
from rim_editor.files import openraster_reading, projects
from rim_editor.files.exporting import Content, ExportRequest, encoded, rendered
from tests.fuzz.mutations import change_data, mutated


class Projects:
    """Opens a mutated project or file with layers, shows its layers, and saves it again."""

    seconds = 4.0
    growth = 96 * 2**20

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.whole = whole_projects(folder)
        for suffix in self.whole:
            self._open(self._put(suffix, self.whole[suffix]))

    def attempt(self, chance: Random) -> None:
        suffix = chance.choice(sorted(self.whole))
        whole = self.whole[suffix]
        change = chance.choice((mutated, mutated, changed_inside, changed_text))
        self._open(self._put(suffix, change(whole, chance)))

    def _put(self, suffix: str, content: bytes) -> Path:
        path = self.folder / f"input{suffix}"
        path.write_bytes(content)
        return path

    def _open(self, path: Path) -> None:
        if path.suffix == ".ora":
            document = openraster_reading.read(path)
            history = History(document)
        else:
            history = projects.read(path).history
            document = history.current
        renderer = Renderer(document.source)
        for layer in document.layers:
            if renderer.layer_matte(layer).shape != document.source.pixels.shape[:2]:
                raise AssertionError("a matte of another size than the image")
        projects.write(self.folder / "again.rim", history.steps, history.place)


def whole_projects(folder: Path) -> dict[str, bytes]:
    """A project and a file with layers that are right, by their suffix; the project is written in `folder`."""
    history = _history()
    path = folder / "whole.rim"
    projects.write(path, history.steps, history.place)
    document = history.current
    layers = ExportRequest(content=Content.LAYERS)
    ora = encoded(rendered(document, Renderer(document.source), layers), folder / "whole.ora", layers)
    return {".rim": path.read_bytes(), ".ora": ora}


def _history() -> History:
    """Two layers, a stroke, an outline, edits, and a step undone."""
    random = np.random.default_rng(0)
    source = OpenedImage(Path("/nowhere/ü photo.jpg"), random.integers(0, 256, (6, 9, 3)).astype(np.uint8), None)
    history = History(Document(source))
    matte = random.random((6, 9), np.float32)

    def commit(name: str, **changes: object) -> None:
        history.commit(history.current.changed(**changes), name)

    commit("Find", parts=(Answer("the dog", Combine.NEW, matte, 0.75),))
    commit("Paint", parts=(*history.current.parts, Stroke(Brush.KEEP, ((1.5, 2.0), (3.0, 4.0)), 2.5)))
    commit("Background", edit=edits.Background(np.full((3, 4, 3), 7, np.uint8), edits.Fit.TILE, offset=(0.25, 0.5)))
    history.commit(history.current.with_layer_at(1, Layer(name="hat")), "New layer")
    commit("Lasso", parts=(Region(((0.0, 0.0), (4.0, 0.0), (4.0, 4.0))),))
    commit("Feather", controls=MatteControls(feather=1.5))
    commit("Solid colour", edit=edits.SolidColour((1, 2, 3)))
    history.undo()
    return history


def _entries(whole: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _zipped(entries: dict[str, bytes], chance: Random) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", chance.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return made.getvalue()


def changed_inside(whole: bytes, chance: Random) -> bytes:
    """One file of the zip mutated."""
    entries = _entries(whole)
    name = chance.choice(list(entries))
    entries[name] = mutated(entries[name], chance)
    return _zipped(entries, chance)


def changed_text(whole: bytes, chance: Random) -> bytes:
    """The JSON or XML of the zip changed: values of the one, bytes of the other."""
    entries = _entries(whole)
    if "document.json" not in entries:
        entries["stack.xml"] = mutated(entries["stack.xml"], chance)
        return _zipped(entries, chance)
    document = json.loads(entries["document.json"])
    for _ in range(chance.choice((1, 1, 3, 10))):
        change_data(document, chance)
    entries["document.json"] = json.dumps(document).encode()
    return _zipped(entries, chance)


class Records:
    """Reads a mutated manifest, settings, presets, example or journal, and does with it what the program does."""

    seconds = 2.0
    growth = 64 * 2**20

    def __init__(self, folder: Path) -> None:
        os.environ["RIM_EDITOR_HOME"] = str(folder / "home")
        self.folder = folder
        (folder / "home").mkdir(exist_ok=True)
        self.images = folder / "images"
        self.images.mkdir(exist_ok=True)
        for name in ("a.png", "b.png"):
            (self.images / name).write_bytes(b"not opened here")
        preset = presets.described(presets.Preset(edit=edits.Background(np.zeros((2, 2, 3), np.uint8))))
        vectors = np.ones((2, 3), np.float32)
        example = example_of(
            vectors, weights="0", variant="compact", source="a.png", expression="the cup", words="the cup"
        )
        rows = [
            {"image": "images/a.png", "expression": "the cup", "edit": "background", "background": "b.png",
             "output": "x/y"},
            {"image": "images/b.png", "expression": ["a", {"expression": "b", "combine": "subtract"}],
             "edit": {"name": "color", "color": "#fff"}},
        ]  # fmt: skip
        self.kinds: dict[str, tuple[list[object], Callable[[Path], object]]] = {
            "manifest.jsonl": (rows, self._plan),
            "manifest.csv": ([CSV], self._plan),
            "home/settings.json": ([settings.records.to_data(settings.Settings(expressions=("a",)))], self._settings),
            "home/presets.json": ([{"version": 1, "presets": {"mine": preset}}], self._presets),
            "mine.rimpreset": ([{"version": 1, "presets": {"mine": preset}}], self._preset),
            "mine.rimexample": ([json.loads(example.to_bytes())], read_example),
            f"out/{NAME}": (self._journal(), self._resume),
        }
        for name in self.kinds:
            self.kinds[name][1](self._put(name, _lines(self.kinds[name][0])))

    def attempt(self, chance: Random) -> None:
        name = chance.choice(sorted(self.kinds))
        lines, ask = self.kinds[name]
        content = _lines(lines)
        if name.endswith(".csv") or chance.random() < 0.4:
            content = mutated(content, chance)
        else:
            changed = json.loads(json.dumps(lines))
            for _ in range(chance.choice((1, 1, 2, 5))):
                change_data(chance.choice(changed), chance)
            content = _lines(changed)
        ask(self._put(name, content))

    def _put(self, name: str, content: bytes) -> Path:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        return path

    def _plan(self, path: Path) -> None:
        rows, problems = manifests.read(path)
        inputs, more = gather_inputs([path])
        plan = make_plan(inputs, Recipe(expressions=(ExpressionTerm("the cup"),)), self.folder / "new", problems + more)
        outside = [item.output for item in plan.items if not item.output.is_relative_to(self.folder / "new")]
        if outside and not plan.fatal:
            raise AssertionError(f"a result outside of the folder of the results: {outside}")
        json.dumps(plan.to_json())
        again = path.with_stem("again")
        again.write_bytes(manifests.content(again, rows))
        if [replace(row, number=0) for row in manifests.read(again)[0]] != [replace(row, number=0) for row in rows]:
            raise AssertionError("a manifest that is written anew has other rows")

    def _settings(self, path: Path) -> None:
        settings.save(settings.load())
        settings.load()

    def _presets(self, path: Path) -> None:
        for name, record in presets.load().items():
            presets.restored(name, record)

    def _preset(self, path: Path) -> None:
        for name, record in presets.read_file(path).items():
            presets.described(presets.restored(name, record))

    def _journal(self) -> list[object]:
        """The lines of a journal of two images, one done and one that failed."""
        recipe = Recipe(expressions=(ExpressionTerm("the cup"),), sidecar=True)
        plan = make_plan(gather_inputs([self.images])[0], recipe, self.folder / "out")
        with Journal.begin(plan) as journal:
            first, second = journal.todo()
            first.output.write_bytes(b"")
            done = Outcome(0, first.source, first.output, State.DONE, presence=0.4, milliseconds={"edit": 1.0}, bytes=1)
            journal.record_made(done)
            journal.record_ended(done)
            journal.record_ended(Outcome(1, second.source, second.output, State.FAILED, "damaged"))
        return [json.loads(line) for line in (self.folder / "out" / NAME).read_text().splitlines()]

    def _resume(self, path: Path) -> None:
        resuming.unfinished(path.parent)
        with resuming.reopened(path.parent) as journal:
            for item in journal.todo():
                for file in item.files:
                    if not Path(os.path.normpath(file)).is_relative_to(path.parent):
                        raise AssertionError(f"it would write {file}, outside of its folder")
            for outcome in journal.outcomes():
                json.dumps(outcome.to_json())
            if sum(journal.counts.values()) > len(journal.plan.items):
                raise AssertionError("more images ended than there are")
            journal.todo(), journal.doubtful  # noqa: B018 - they must not raise


CSV = """image;expression;edit;output
images/a.png;the cup;cutout;x/y
"images/b.png";"[""a"", ""b""]";"{""name"": ""matte""}";
"""


def _lines(lines: list[object]) -> bytes:
    return "\n".join(one if isinstance(one, str) else json.dumps(one) for one in lines).encode() + b"\n"
