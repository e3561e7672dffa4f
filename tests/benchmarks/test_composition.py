"""Scenes a second on one core, beside a plain PyTorch Dataset of the same work: `pytest -m benchmark -s`."""

import json
import time

import cv2
import numpy as np
import pytest
import torch
from PIL import Image

from training.datasets import Mix, SceneDataset
from training.files.entity_bank import EntityBank
from training.groups import composed, recipes

pytestmark = pytest.mark.benchmark
SIZE = (512, 512)
COUNT = 150


@pytest.fixture(scope="module")
def bank(tmp_path_factory):
    """Cut-outs of 384 px and backgrounds of 448 px, as large as real packs have them."""
    folder = tmp_path_factory.mktemp("large")
    for part in ("entities", "backgrounds"):
        (folder / part).mkdir()
    rng = np.random.default_rng(0)
    entities, backgrounds = [], []
    for i in range(30):
        colour = cv2.resize(rng.integers(0, 256, (12, 9, 3), dtype=np.uint8), (288, 384))
        alpha = np.zeros((384, 288), np.uint8)
        cv2.ellipse(alpha, (144, 192), (120, 180), float(rng.uniform(-8, 8)), 0, 360, 255, -1)
        alpha = cv2.GaussianBlur(alpha, (0, 0), 4)
        Image.fromarray(np.dstack([colour, alpha])).save(folder / "entities" / f"{i}.png")
        kind = ("human", "animal", "object")[i % 3]
        colors = [{"name": "red", "css": "red", "share": 0.9}]
        known = {"id": str(i), "file": f"{i}.png", "keyword": f"thing{i}", "synonyms": [], "kind": kind}
        entities.append({**known, "colors": colors, "source": "test", "split": "train", "transparent": False})
        ground = cv2.resize(rng.integers(0, 256, (8, 10, 3), dtype=np.uint8), (448, 336))
        Image.fromarray(ground).save(folder / "backgrounds" / f"{i}.png")
        backgrounds.append({"id": str(i), "file": f"{i}.png", "may_contain": [], "split": "train"})
    for name, rows in (("entities", entities), ("backgrounds", backgrounds)):
        (folder / f"{name}.jsonl").write_text("\n".join(json.dumps(r) for r in rows), encoding="utf-8")
    return EntityBank.read([folder])


class PlainDataset(torch.utils.data.Dataset):
    """What one would write first: Pillow pastes, numpy keeps the mattes; everything decoded beforehand, too."""

    def __init__(self, bank):
        self.cutouts = [Image.fromarray(bank.cutout(e)) for e in bank.cutouts]
        self.grounds = [Image.fromarray(bank.background(b)) for b in bank.backgrounds]
        self.words = [e.keyword for e in bank.cutouts]

    def __getitem__(self, index):
        rng = np.random.default_rng(index)
        scene = self.grounds[rng.integers(len(self.grounds))].resize(SIZE, Image.Resampling.BILINEAR).convert("RGB")
        mattes, words = [], []
        for _ in range(int(rng.integers(2, 4))):
            pick = rng.integers(len(self.cutouts))
            cutout, share = self.cutouts[pick], rng.uniform(0.4, 0.7)
            scale = share * SIZE[0] / max(cutout.size)
            small = cutout.resize([round(s * scale) for s in cutout.size], Image.Resampling.BILINEAR)
            at = tuple(int(rng.uniform(0, SIZE[0] - side)) for side in small.size)
            matte = Image.new("L", SIZE)
            matte.paste(small.getchannel("A"), at)
            scene.paste(small, at, small)
            alpha = np.asarray(matte, np.float32) / 255
            mattes = [*(m * (1 - alpha) for m in mattes), alpha]
            words.append(f"the {self.words[pick]}")
        target = int(rng.integers(len(mattes)))
        return np.asarray(scene), mattes[target], words[target]


def rate(draw):
    for i in range(30):
        draw(i)  # decodes and warms up
    started = time.process_time()
    for i in range(COUNT):
        draw(i)
    return COUNT / (time.process_time() - started)


def test_scenes_of_512_px_beside_a_plain_dataset(bank):
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        made = list(recipes(bank, COUNT, seed=1))
        data = SceneDataset(bank, 1, Mix(photo=0, mosaic=0, pasted=0), augment=False)
        lit = SceneDataset(bank, 1, Mix(photo=0, mosaic=0, pasted=0))
        grouped, drawn, augmented, plain = (
            rate(lambda i: composed(bank, made[i], SIZE)),
            rate(lambda i: data.sample(i, SIZE)),
            rate(lambda i: lit.sample(i, SIZE)),
            rate(PlainDataset(bank).__getitem__),
        )
    finally:
        cv2.setNumThreads(threads)
    print(  # noqa: T201
        f"\na core's second, 512 px: {grouped:.0f} scenes of RefMatte's groups, {drawn:.0f} samples with expressions, "
        f"{augmented:.0f} with camera effects; plain Pillow dataset {plain:.0f}; ratio {drawn / plain:.2f}"
    )
    assert drawn > plain and grouped > 0.8 * plain
