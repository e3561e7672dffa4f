"""Folders and files of the other systems: settings, tokenizers, headers of tensors and pickles, mutated."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from clipmat.systems import catalogue, loading
from tests import tiny_systems
from tests.fuzz.mutations import EXTREMES, change_data, mutated


class Systems:
    """Loads a tiny system of which one file is another one, and asks it once if it is loaded nevertheless."""

    seconds = 8.0
    growth = 512 * 2**20
    """Their settings are bounded one by one, and not compared with their tensors, as those of our own weights are."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "mutated"
        os.environ["XDG_DATA_HOME"] = str(folder / "data")
        self.systems = {}
        for name in ("clipseg", "grounded_sam", "vitmatte", "sam3", "aimnet", "mdetr"):
            made = folder / name
            made.mkdir()
            file: Path = getattr(tiny_systems, name)(made)
            self.systems[name] = (made, file.relative_to(made) if file.is_file() else Path())
        self.image = np.random.default_rng(1).integers(0, 255, (40, 60, 3)).astype(np.uint8)
        for name in self.systems:  # what is imported once is not counted against an input
            self._ask(name, Random(0), None)

    def attempt(self, chance: Random) -> None:
        name = chance.choice(sorted(self.systems))
        files = sorted(path for path in self.systems[name][0].rglob("*") if path.is_file())
        few = [path for path in files if path.name == "config.json"]
        self._ask(name, chance, chance.choice(few if few and chance.random() < 0.5 else files))

    def _ask(self, name: str, chance: Random, changed: Path | None) -> None:
        whole, file = self.systems[name]
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(whole, self.folder, copy_function=_linked)
        if changed is not None:
            path = self.folder / changed.relative_to(whole)
            path.unlink()
            if (content := _changed(changed, chance)) is not None:
                path.write_bytes(content)
        catalogue.system_of(self.folder / file)
        system: Any = loading.load(self.folder / file, device="cpu")
        system.set_image(self.image)
        matte = system.predict("a cup" if getattr(system, "knows_words", True) else "the main subject").matte
        if matte.shape != self.image.shape[:2] or not np.isfinite(matte).all():
            raise AssertionError(f"a matte of {matte.shape}, or not finite")


def _linked(source: str, to: str) -> str:
    os.link(source, to)
    return to


def _changed(path: Path, chance: Random) -> bytes | None:
    """The content of a file made wrong; None: it is missing."""
    content = path.read_bytes()
    if chance.random() < 0.02:
        return None
    if path.suffix == ".json" and chance.random() < 0.75:
        data = json.loads(content)
        if path.name == "config.json" and chance.random() < 0.6:
            _change_setting(data, chance)
        else:
            for _ in range(chance.choice((1, 1, 3))):
                change_data(data, chance)
        return json.dumps(data).encode()
    if path.suffix == ".json" and chance.random() < 0.1:
        return b"[" * 100_000
    if path.suffix == ".safetensors" and chance.random() < 0.7:
        size = int.from_bytes(content[:8], "little")
        header = json.loads(content[8 : 8 + size])
        change_data(header, chance)
        text = json.dumps(header).encode()
        return len(text).to_bytes(8, "little") + text + content[8 + size :]
    return mutated(content, chance)


def _change_setting(config: dict[str, Any], chance: Random) -> None:
    """A setting somewhere in the tree: a number another number, or one more that a library acts on."""
    at = config
    while within := [value for value in at.values() if isinstance(value, dict) and value]:
        if chance.random() < 0.3:
            break
        at = chance.choice(within)
    if chance.random() < 0.4:
        name, value = chance.choice(_ACTED_ON)
        at[name] = value
        return
    numbers = [name for name, value in at.items() if isinstance(value, int) and not isinstance(value, bool)]
    at[chance.choice(numbers or list(at))] = chance.choice((*EXTREMES, -1, 3, 7, 48, 1000, 5000, 100_000))


_ACTED_ON: list[tuple[str, Any]] = [
    ("auto_map", {"AutoConfig": "x.Config", "AutoModel": "x.Model", "AutoTokenizer": ["x.Tokenizer", None]}),
    ("quantization_config", {"quant_method": "bitsandbytes", "load_in_4bit": True}),
    ("quantization_config", {"quant_method": "gptq", "bits": 4}),
    ("_attn_implementation", "kernels-community/flash-attn"),
    ("attn_implementation", "nobody/kernel"),
    ("_name_or_path", "nobody/model"),
    ("backbone", "resnet50"),
    ("backbone", "nobody/backbone"),
    ("use_timm_backbone", True),
    ("use_pretrained_backbone", True),
    ("backbone_config", None),
    ("backbone_config", {"model_type": "timm_backbone", "backbone": "resnet50", "use_pretrained_backbone": True}),
    ("backbone_kwargs", {"out_indices": [10**9]}),
    ("num_hidden_layers", 10**9),
    ("image_size", 10**6),
    ("model_type", "bert"),
    ("architectures", ["BertModel"]),
    ("dtype", "float64"),
    ("torch_dtype", "x"),
    ("id2label", {"0": "a" * 10**5}),
]
