"""Training data (--data), recognised by its content: entity banks, folders of pairs, sets in RefMatte's layout."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from training import TrainingError
from training.datasets import SceneDataset, photo_samples
from training.files import folders
from training.files.entity_bank import EntityBank
from training.files.folder_dataset import FolderDataset
from training.files.folders import Pair
from training.files.images import by_stem
from training.files.labels import Label, LayoutError, Words, by_image, in_keyword_setting
from training.files.refmatte import label_file, split_labels
from training.fitting.batches import TrainingData
from training.fitting.settings import TrainSettings
from training.samples import Sample

_MOST = 200
"""Largest number of held-out samples of folders and sets used for validation."""


class DataError(TrainingError):
    """A folder is missing, holds too little, or was mixed with one of another kind."""


class DataSplits(NamedTuple):
    """The training and validation data of a run."""

    train: TrainingData
    held_out: Callable[[], Iterator[Sample]] | None
    """The validation samples, always the same; None when nothing is held out."""


def kind_of(path: Path) -> str:
    """bank, set (in RefMatte's layout) or folder. Raises DataError when there is no such folder."""
    if not path.is_dir():
        raise DataError(f"there is no folder {path}: --data takes an entity bank, a folder of pairs or a RefMatte set")
    if label_file(path, "train").is_file() and not (path / "entities.jsonl").is_file():
        return "set"
    return "bank" if folders.is_bank(path) else "folder"


def read_data(paths: Sequence[Path], settings: TrainSettings, *, licensed_only: bool = False) -> DataSplits:
    """The training data in folders of one kind, and the part of it that is held out for validation.

    Of banks the splits `val_seen` and `val_unseen` are held out, of every folder or set a tenth of its images, whatever
    the others hold. With `licensed_only`, for banks, pictures without an open licence are left out. Raises a
    TrainingError that names what is wrong with a folder.
    """
    kinds = {path: kind_of(path) for path in paths}
    if len(set(kinds.values())) > 1:
        kinds_by_path = ", ".join(f"{path} is a {kind}" for path, kind in kinds.items())
        raise DataError(
            f"data of different kinds cannot be mixed ({kinds_by_path}): train on one, then --from that on the other"
        )
    if licensed_only and kinds[paths[0]] != "bank":
        raise DataError(f"{paths[0]} states no licences, as packs do: leave --licensed-only out")
    match kinds[paths[0]]:
        case "bank":
            return _bank(paths, settings, licensed_only)
        case "set":
            # A pair does not list what else the image shows, so no expression is certain to match nothing in it.
            return _folders([tuple(_pairs_of_set(path)) for path in paths], settings, negative=0.0)
        case _:
            return _folders([folders.read_folder(path) for path in paths], settings, settings.mix.negative)


def _bank(paths: Sequence[Path], settings: TrainSettings, licensed_only: bool) -> DataSplits:
    bank = EntityBank.read(paths, licensed_only=licensed_only)
    held = bank.select("val_seen", "val_unseen")
    train = SceneDataset(bank.select("train"), settings.seed, settings.mix, forms=settings.forms)

    def samples() -> Iterator[Sample]:
        return photo_samples(held, settings.seed)

    return DataSplits(train, samples if held.photos else None)


def _folders(given: Sequence[Sequence[Pair]], settings: TrainSettings, negative: float) -> DataSplits:
    parts = zip(*(folders.split(pairs) for pairs in given), strict=True)  # each by itself, as it is measured
    train, held = (folders.pairs_in_setting([p for pairs in part for p in pairs], settings.setting) for part in parts)
    if not train:
        raise DataError(f"the data holds no expressions of the setting '{settings.setting}': choose both")

    def samples() -> Iterator[Sample]:
        return islice(folders.samples(held), _MOST)

    data = FolderDataset(train, settings.seed, negative=negative)
    return DataSplits(data, samples if held else None)


def _pairs_of_set(folder: Path) -> Iterator[Pair]:
    split = folder / "train"
    images = by_stem(split / "img_full")
    for name, group in by_image(split_labels(folder, "train")).items():
        if name not in images:
            raise LayoutError(f"{split / 'img_full'} has no image {name}, which the labels name")
        for label in group:
            yield Pair(images[name], split / "mask" / f"{label.stem}.png", _words(label, group), label.keyword)


def _words(label: Label, group: Sequence[Label]) -> tuple[Words, ...]:
    """Its phrases, and its keyword where no keyword of the image is ambiguous (RIM section 3.4)."""
    phrases = tuple(words for words in label.expressions if words.form != "keyword")
    alone = label.keyword and in_keyword_setting(group)
    return (Words(label.keyword, "keyword"), *phrases) if alone else phrases
