"""What is measured: the held-out parts of entity-bank packs, and other people's sets, as named sets of samples."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count as numbers
from itertools import islice
from pathlib import Path

from training.datasets import Mix, SceneDataset, photo_samples, scene_samples
from training.entity import BankError
from training.expressions import FORMS, SETTINGS
from training.files import folders
from training.files.entity_bank import EntityBank
from training.files.labels import read_labels
from training.files.refmatte import label_file, read_refmatte, read_rw100, splits_of
from training.report.judging import EvaluationError
from training.samples import Sample

_SIDE = 320


@dataclass(frozen=True, slots=True)
class SampleSet:
    """Samples to be iterated once: each image is decoded or composed when it comes."""

    samples: Iterator[Sample]
    most: int | None = None
    """How many are taken at most; None for all, where counting them would take reading them."""

    def __iter__(self) -> Iterator[Sample]:
        return islice(self.samples, self.most)


def read_sets(
    data: Sequence[Path],
    count: int,
    seed: int,
    setting: str = "both",
    limit: int | None = None,
    held_out: bool = False,
) -> dict[str, SampleSet]:
    """The sets by name of entity banks (measured together) and of other data, recognised by its layout.

    Banks are packs and the public matting sets that `training.files.sources` knows. A set in RefMatte's layout gives
    every split but `train`; a split's own folder gives that split. A plain folder gives all it holds, or with
    `held_out` the part that training leaves out. `setting` is keyword, expression or both; `limit` samples of each
    set at most. Raises a TrainingError at once for a wrong layout, and while iterating for a broken file.
    """
    if setting not in SETTINGS:
        raise EvaluationError(f"setting '{setting}' is not known: choose {', '.join(SETTINGS)}")
    banks = [folder for folder in data if folders.is_bank(folder)]
    sets = sample_sets(EntityBank.read(banks), count, seed, SETTINGS[setting]) if banks else {}
    for folder in data:
        if folder not in banks:
            found = _others(folder, setting, held_out)
            if twice := sets.keys() & found:
                raise EvaluationError(f"{folder}: there is a set {min(twice)} already; rename one, or measure it apart")
            sets |= found
    if limit is not None:
        sets = {name: replace(drawn, most=min(limit, drawn.most or limit)) for name, drawn in sets.items()}
    return sets


def _others(folder: Path, setting: str, held_out: bool) -> dict[str, SampleSet]:
    whole = folder.resolve()
    if (folder / "refmatte_rw100_label.json").is_file():
        if setting == "keyword":
            raise EvaluationError(f"{folder}: RefMatte-RW100 is asked in expressions, it has no --setting keyword")
        return {whole.name: SampleSet(read_rw100(folder))}
    if label_file(whole.parent, whole.name).is_file():
        return _refmatte(whole.parent, whole.name, setting)
    if splits := splits_of(folder):
        chosen = [_refmatte(folder, part, setting) for part in splits if part != "train"]
        if not chosen:
            raise EvaluationError(f"{folder} has no split but train: give {folder / 'train'} if that is meant")
        return {name: drawn for sets in chosen for name, drawn in sets.items()}
    pairs = folders.read_folder(folder)
    return {whole.name: _folder(folders.split(pairs)[1] if held_out else pairs, setting)}


def _folder(pairs: Sequence[folders.Pair], setting: str) -> SampleSet:
    chosen = folders.pairs_in_setting(pairs, setting)
    return SampleSet(folders.samples(chosen), sum(len(pair.expressions) for pair in chosen))


def _refmatte(folder: Path, split: str, setting: str) -> dict[str, SampleSet]:
    """Both settings where the labels name keywords."""
    if setting == "both":
        named = all(label.keyword for label in read_labels(label_file(folder, split)))
        settings = ("keyword", "expression") if named else ("expression",)
    else:
        settings = (setting,)
    name = f"{folder.resolve().name}/{split}"
    return {f"{name}/{one}": SampleSet(read_refmatte(folder, split, one)) for one in settings}


def sample_sets(bank: EntityBank, count: int, seed: int, forms: Sequence[str] = FORMS[:4]) -> dict[str, SampleSet]:
    """The held-out sets of a bank by name: `count` composites a split, half as many mosaics, every photograph.

    Photographs are asked for by keyword, so they are there when that is among `forms`; labelled scenes, which need both
    keywords and positions, when all forms are. Same seed, same samples.
    Raises BankError when nothing is held out.
    """
    composites, mosaics = Mix(photo=0, mosaic=0, pasted=0), Mix(photo=0, mosaic=1)
    sets: dict[str, SampleSet] = {}
    for split in ("val_seen", "val_unseen"):
        held = bank.select(split)
        if held.photos and "keyword" in forms:
            sets[f"photos/{split}"] = SampleSet(photo_samples(held, seed), 2 * len(held.photos))
        if held.scenes and set(FORMS[:4]) <= set(forms):
            sets[f"scenes/{split}"] = SampleSet(scene_samples(held, seed))
        if held.cutouts and held.backgrounds:
            sets[f"composites/{split}"] = SampleSet(_drawn(held, composites, seed, forms), count)
        if held.photos and held.cutouts and held.backgrounds:
            sets[f"mosaics/{split}"] = SampleSet(_drawn(held, mosaics, seed, forms), count // 2)
    if not sets:
        raise BankError("the packs hold nothing in the splits val_seen and val_unseen: nothing can be measured")
    return sets


def _drawn(bank: EntityBank, mix: Mix, seed: int, forms: Sequence[str]) -> Iterator[Sample]:
    dataset = SceneDataset(bank, seed, mix, augment=False, forms=forms)
    return (dataset.sample(index, (_SIDE, _SIDE)) for index in numbers())
