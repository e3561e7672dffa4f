"""A small entity bank made on the spot: plain shapes with soft edges, as cut-outs, photographs and backgrounds."""

import json

import cv2
import numpy as np
import pytest
from PIL import Image

from training.files.entity_bank import EntityBank

COLORS = {"red": (210, 30, 30), "blue": (30, 60, 210), "green": (20, 160, 40), "yellow": (230, 210, 30)}
KINDS = {"cup": "object", "dog": "animal", "woman": "human", "car": "object"}


def shape(color, seed):
    rng = np.random.default_rng(seed)
    alpha = np.zeros((96, 80), np.uint8)
    cv2.ellipse(alpha, (40, 48), (30, 40), float(rng.uniform(-20, 20)), 0, 360, 255, -1)
    alpha = cv2.GaussianBlur(alpha, (0, 0), 1.5)
    pixels = np.zeros((96, 80, 3), np.uint8) + np.array(color, np.uint8)
    return pixels, alpha


def row(identity, keyword, color, split):
    human = KINDS[keyword] == "human"
    return {
        "id": identity,
        "keyword": keyword,
        "synonyms": {"woman": ["lady", "person"], "dog": ["animal"]}.get(keyword, []),
        "kind": KINDS[keyword],
        "colors": [{"name": color, "css": color, "share": 0.9}],
        "garments": [{"name": "dress", "color": color, "css": color, "share": 0.6, "purity": 0.9}] if human else [],
        "transparent": False,
        "source": "made for a test",
        "license": "CC0-1.0",
        "split": split,
    }


@pytest.fixture(scope="session")
def pack(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pack")
    for part in ("entities", "photos", "backgrounds"):
        (folder / part).mkdir()
    entities, photos, backgrounds = [], [], []
    number = 0
    for split in ("train", "val_seen"):
        for keyword in KINDS:
            for color, rgb in COLORS.items():
                number += 1
                pixels, alpha = shape(rgb, number)
                name = f"{keyword}_{number}"
                Image.fromarray(np.dstack([pixels, alpha])).save(folder / "entities" / f"{name}.png")
                entities.append({**row(name, keyword, color, split), "file": f"{name}.png"})
                back = np.random.default_rng(number).integers(90, 140, (120, 150, 3)).astype(np.uint8)
                mask = np.zeros((120, 150), np.uint8)
                mask[12:108, 35:115] = alpha
                part = (mask / 255)[..., None]
                paper = np.broadcast_to(np.array(rgb), back.shape)
                Image.fromarray((paper * part + back * (1 - part)).astype(np.uint8)).save(
                    folder / "photos" / f"photo_{name}.png"
                )
                Image.fromarray(mask).save(folder / "photos" / f"mask_{name}.png")
                photos.append(
                    {
                        **row(f"photo_{name}", keyword, color, split),
                        "file": f"photo_{name}.png",
                        "mask": f"mask_{name}.png",
                    }
                )
    for i in range(40):
        gray = np.random.default_rng(100 + i).integers(80, 170, (70, 90, 3)).astype(np.uint8)
        Image.fromarray(gray).save(folder / "backgrounds" / f"bg_{i}.png")
        backgrounds.append(
            {"id": f"bg_{i}", "file": f"bg_{i}.png", "may_contain": ["tree"], "split": "train" if i < 20 else "val"}
        )
    for name, rows in (("entities", entities), ("photos", photos), ("backgrounds", backgrounds)):
        (folder / f"{name}.jsonl").write_text("\n".join(json.dumps(r) for r in rows), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def bank(pack):
    return EntityBank.read([pack])


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    """Tests leave the user's own cache alone."""
    monkeypatch.setattr("platformdirs.user_cache_dir", lambda *_, **__: str(tmp_path / "cache"))
