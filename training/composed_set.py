"""A composed set on disk: made by several processes, continued after a stop, the same bytes whatever happened."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from clipmat.files import write_whole
from training import TrainingError
from training.expressions import varied_expressions
from training.files.entity_bank import EntityBank
from training.files.labels import Label, by_image, labels_of, parsed, read_labels, row_of, write_labels
from training.files.refmatte import is_whole, label_file, write_image, writing
from training.groups import SceneRecipe, composed, recipes
from training.worker_process import begin_worker

SPLITS = {"train": ("train",), "test": ("val_seen", "val_unseen"), "val_seen": ("val_seen",),
          "val_unseen": ("val_unseen",)}  # fmt: skip
"""The splits that can be written, and the packs' splits that each draws from."""
_PROBE = 8
"""New images after which the room for the rest is estimated."""
_WORDS = 1000
"""Third word of the seeds of expressions, apart from the attempts of a composition."""


class ComposeError(TrainingError):
    """A set cannot be written; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class SetPlan:
    """What decides the bytes of a set, besides the pixels of the packs."""

    packs: tuple[Path, ...]
    split: str
    """One of SPLITS."""
    size: int
    """Side of the square images, pixels."""
    seed: int
    most: int
    """Entities an image, at most."""
    quality: int | None
    """Of the JPEGs, 1..100; None for PNG."""

    def bank(self) -> EntityBank:
        """The part of the packs that the split draws from. Raises BankError."""
        return EntityBank.read(self.packs).select(*SPLITS[self.split])

    def stamp(self, bank: EntityBank) -> dict[str, object]:
        """The record next to a set by which it is recognised; a pack is recognised by its content, in any folder."""
        known = [(e.id, e.keyword, e.kind, e.split) for e in bank.cutouts], [b.id for b in bank.backgrounds]
        return {**asdict(self), "packs": hashlib.sha256(json.dumps(known).encode()).hexdigest()}


def write_set(
    plan: SetPlan, out: Path, images: int, workers: int = 1, on_progress: Callable[[int], None] = lambda done: None
) -> None:
    """Write the split of a plan into `out`, or what is missing of it; `on_progress` gets how many images are there.

    The bytes depend on the plan and the packs alone, neither on `workers` nor on earlier stops. Raises BankError for
    the packs; ComposeError when the folder holds something else or the disk has too little room for `images`;
    LayoutError when the folder cannot be written.
    """
    folder, bank = out / plan.split, plan.bank()
    ordered = list(recipes(bank, images, plan.seed, plan.most))
    with writing(folder):
        _claim(folder, plan, bank)
        for partial in folder.rglob("*.part"):  # of a process that was killed while it wrote
            partial.unlink()
        journal = _LabelJournal(folder, label_file(out, plan.split))
        there = journal.standing()
        if there.keys() - {_name(recipe) for recipe in ordered}:
            raise ComposeError(f"{folder} holds more than {images} images: ask for all, or choose another --out")
        on_progress(len(there))
        missing = [recipe for recipe in ordered if _name(recipe) not in there]
        written = 0
        for number, (labels, size) in enumerate(_written_images(plan, bank, folder, missing, workers), start=1):
            journal.add(labels)
            there[labels[0].image_name] = labels
            on_progress(len(there))
            written += size
            if number == _PROBE:
                _check_room(folder, written / _PROBE * (len(missing) - _PROBE))
        write_labels(journal.labels, [label for labels in there.values() for label in labels])
        journal.path.unlink(missing_ok=True)


def _claim(folder: Path, plan: SetPlan, bank: EntityBank) -> None:
    path, stamp = folder / "compose.json", plan.stamp(bank)
    if path.is_file():
        try:
            former = json.loads(path.read_text(encoding="utf-8"))
            other = [f"{key} {former.get(key)}" for key in stamp if former.get(key) != stamp[key]]
        except (ValueError, AttributeError) as error:
            raise ComposeError(f"{path} is damaged ({error}): choose another --out") from error
        if other:
            raise ComposeError(f"{folder} was made with {', '.join(other)}: ask for the same, or choose another --out")
    elif folder.is_dir() and any(file.suffix != ".part" for file in folder.iterdir()):
        raise ComposeError(f"{folder} holds files of something else: choose another --out")
    else:
        write_whole(path, json.dumps(stamp, indent=1))


class _LabelJournal:
    """The labels of the images that stand, an image a line, until the label file is written."""

    def __init__(self, folder: Path, labels: Path) -> None:
        self.folder, self.labels, self.path = folder, labels, labels.with_suffix(".jsonl")

    def standing(self) -> dict[str, tuple[Label, ...]]:
        """Labels by image, of the images that are whole on disk."""
        known = list(read_labels(self.labels)) if self.labels.is_file() else []
        if self.path.is_file():
            text = self.path.read_bytes()
            end = text.rfind(b"\n") + 1
            os.truncate(self.path, end)  # a stop within a line leaves a part of it
            for line in text[:end].decode().splitlines():
                known += parsed(line, self.path)
        groups = by_image({label.stem: label for label in known}.values())
        return {name: tuple(labels) for name, labels in groups.items() if is_whole(self.folder, labels)}

    def add(self, labels: Sequence[Label]) -> None:
        """Note an image that stands."""
        rows = {label.stem: row_of(label) for label in labels}
        with self.path.open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(rows) + "\n")


WrittenImage = tuple[tuple[Label, ...], int]
"""Labels of an image and the bytes of its files."""


def _written_images(
    plan: SetPlan, bank: EntityBank, folder: Path, todo: Sequence[SceneRecipe], workers: int
) -> Iterator[WrittenImage]:
    """Each image in order, as soon as it stands."""
    if workers == 1 or len(todo) < 2:
        yield from (_write_image(bank, plan, folder, recipe) for recipe in todo)
        return
    context = get_context("spawn")
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_start_worker, initargs=(plan, folder))
    waiting: deque[Future[WrittenImage]] = deque()
    try:
        for recipe in todo:
            waiting.append(pool.submit(_compose_in_worker, recipe))
            if len(waiting) > 2 * workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    except BrokenProcessPool as error:
        raise ComposeError("a worker process was killed, perhaps for lack of memory: use fewer --workers") from error
    finally:
        pool.shutdown(cancel_futures=True)


_worker_state: tuple[EntityBank, SetPlan, Path]
"""Of a worker process: set once, when it starts."""


def _start_worker(plan: SetPlan, folder: Path) -> None:
    global _worker_state
    begin_worker()
    _worker_state = plan.bank(), plan, folder


def _compose_in_worker(recipe: SceneRecipe) -> WrittenImage:
    return _write_image(*_worker_state, recipe)


def _write_image(bank: EntityBank, plan: SetPlan, folder: Path, recipe: SceneRecipe) -> WrittenImage:
    scene, relation = composed(bank, recipe, (plan.size, plan.size))
    words = [
        varied_expressions(scene, target, np.random.default_rng((recipe.seed, recipe.number, _WORDS, target)))
        for target in range(len(scene.placed))
    ]
    labels = labels_of(_name(recipe), scene, relation, recipe.background.id, words)
    return labels, write_image(folder, scene, labels, plan.quality)


def _name(recipe: SceneRecipe) -> str:
    return f"{recipe.number:06d}"


def _check_room(folder: Path, needed: float) -> None:
    free = shutil.disk_usage(folder).free
    if needed > 0.98 * free:
        raise ComposeError(
            f"{folder}: the rest needs about {needed / 2**30:.1f} GiB, {free / 2**30:.1f} GiB are free; what is "
            "written stands: make room and call again, or ask for fewer --images"
        )
