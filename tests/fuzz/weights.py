"""Weights: headers of safetensors, settings in them, and indexes of shards, mutated as bytes and as data."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

from clipmat import model, records, weights
from clipmat.certainty import PresenceScale
from clipmat.config import VARIANTS, ClipMatConfig
from clipmat.errors import WeightsInvalid
from tests.fuzz.mutations import EXTREMES, change_data, mutated


class Weights:
    """Checks and loads a file of weights whose header is another one than its tensors need."""

    seconds = 1.0
    growth = 100 * 2**20

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.header = _header()
        self.whole = json.dumps(self.header).encode()
        self.shard = folder / "input-0123456789ab-00001-of-00001.safetensors"
        self.index = {
            "metadata": self.header["__metadata__"] | {"total_size": 8, "sha256": {self.shard.name: "0" * 64}},
            "weight_map": {"a": self.shard.name},
        }
        self._put(self.whole, self.shard)
        network, known = model.ClipMat, set(VARIANTS.values())

        def build(config: ClipMatConfig) -> model.ClipMat:
            if config in known:  # it takes a third of a second: of our own it is known that the tensors do not fit
                raise ValueError("no tensor fits")
            return network(config)

        import open_clip  # noqa: F401 - what is imported once is not counted against an input

        self._load(self._put(self.whole))
        model.ClipMat = build

    def attempt(self, chance: Random) -> None:
        way = chance.random()
        if way < 0.4:
            self._load(self._put(mutated(self.whole, chance)))
        elif way < 0.8:
            header = json.loads(self.whole)
            for _ in range(chance.choice((1, 1, 3))):
                change_data(header, chance)
            self._load(self._put(_text(header)))
        elif way < 0.83:
            config = json.loads(VARIANTS[chance.choice(sorted(VARIANTS))].to_json())
            for _ in range(chance.choice((1, 1, 2, 5))):
                _change_setting(config, chance)
            self._load(self._with_config(json.dumps(config)))
        else:
            index = json.loads(json.dumps(self.index))
            change_data(index, chance)
            path = self.folder / "input.safetensors.index.json"
            path.write_bytes(_text(index) if chance.random() < 0.6 else mutated(_text(self.index), chance))
            self._load(path)

    def _with_config(self, config: str) -> Path:
        header = dict(self.header)
        header["__metadata__"] = header["__metadata__"] | {"config": config}
        return self._put(_text(header))

    def _put(self, header: bytes, path: Path | None = None) -> Path:
        path = path or self.folder / "input.safetensors"
        path.write_bytes(len(header).to_bytes(8, "little") + header + bytes(8))
        return path

    def _load(self, path: Path) -> None:
        """Ask for all that is asked of weights; those of the tensors here fit no network, so each has to be refused."""
        refused = 0
        for ask in (weights.nouns, weights.check, weights.load):
            try:
                ask(path)
            except WeightsInvalid as error:
                refused += 1
                if "\n" in str(error):
                    raise AssertionError(f"an error of several lines: {error}") from error
            except weights.WeightsMissing:
                refused += 1
        if not refused:
            raise AssertionError("weights that fit no network were loaded")


def _header() -> dict[str, Any]:
    card = weights.ModelCard(VARIANTS["compact"], PresenceScale(0.1, 0.4), "CC0-1.0", "for a test", ("cup", "dog"))
    metadata = {
        "format": weights.FORMAT,
        "config": card.config.to_json(),
        "presence": json.dumps(records.to_data(card.presence)),
        "licence": card.licence,
        "note": card.note,
        "nouns": "\n".join(card.nouns),
    }
    return {"__metadata__": metadata, "a": {"dtype": "F16", "shape": [2, 2], "data_offsets": [0, 8]}}


def _change_setting(config: dict[str, Any], chance: Random) -> None:
    """Another value of a setting: of the same kind, so that it is looked at more closely, or of any other."""
    name = chance.choice(sorted(config))
    value = config[name]
    if isinstance(value, bool) and chance.random() < 0.7:
        config[name] = not value
    elif isinstance(value, int) and chance.random() < 0.8:
        config[name] = chance.choice((*EXTREMES, 3, 7, 48, 1000, 8192, chance.randrange(1, 9000)))
    elif isinstance(value, list) and value and chance.random() < 0.8:
        value[chance.randrange(len(value))] = chance.choice((*EXTREMES, 0.0, 1.0, 3, 8192))
    elif name == "image_encoder":
        config[name] = chance.choice(_ENCODERS)
    else:
        change_data(config, chance)


_ENCODERS = (
    "compact:mobilenetv2 compact: compact:x open_clip:ViT-B-16-quickgelu open_clip:RN50 open_clip:ViT-bigG-14 "
    "open_clip:xlm-roberta-base-ViT-B-32 open_clip:mt5-xl-ViT-H-14 open_clip:convnext_base open_clip:EVA02-B-16 "
    "open_clip:coca_ViT-L-14 open_clip:nllb-clip-base open_clip:ViT-B-16-SigLIP open_clip:x hf-hub:a/b"
).split()


def _text(data: object) -> bytes:
    return json.dumps(data).encode()
