"""Licences: what is open as stated, and training on nothing else."""

import json
import shutil
from pathlib import Path

import pytest

from training.files.entity_bank import EntityBank, licensed_counts
from training.files.labels import LayoutError
from training.files.licences import is_open
from training.fitting.data import DataError, read_data
from training.fitting.settings import read_settings

CONFIGS = Path(__file__).parents[3] / "training/configs"


@pytest.mark.parametrize(
    ("licence", "expected"),
    [
        ("CC0 1.0", True),
        ("CC0-1.0", True),
        ("CC0 (as published by Poly Haven; the repository has no licence file)", True),
        ("CC BY 2.0", True),
        ("cc-by-sa-4.0", True),
        ("CC BY 4.0 (as published for Caltech-101; the repository itself has no licence file)", True),
        ("MIT", True),
        ("Apache-2.0", True),
        ("Public Domain", True),
        ("United States Government Work", True),
        ("own", True),
        ("", False),
        ("CC BY-NC 4.0", False),
        ("CC BY-ND 2.0", False),
        ("CC BY-NC-SA 3.0", False),
        ("not stated; research data set", False),
        ("not stated per picture; ImageNet terms of access: non-commercial research and education", False),
        ("CC BY 4.0 for the picture (as published for Caltech-101); not stated for the contour", False),
        ("CC BY-SA 4.0 (Oxford-IIIT Pet web page; the README inside says research purposes only)", False),
        ("MIT (LICENSE of the repository); its README credits this picture to pixabay.com", False),
        ("Creative Commons, version not stated (Wikimedia Commons / Wikipedia)", False),
        ("Wikimedia Commons free licence (CC BY, CC BY-SA or public domain); not listed per picture", False),
        ("per picture: CC0, Unsplash or Pexels licence", False),
        ("Pixabay License", False),
        ("Pexels License (the repository says CC BY 4.0)", False),
        ("No known copyright restrictions (Flickr Commons)", False),
        ("all rights reserved", False),
        ("MITRE", False),
    ],
)
def test_a_licence_is_open_where_it_says_so_and_takes_nothing_back(licence, expected):
    assert is_open(licence) == expected


@pytest.fixture
def mixed(pack, tmp_path):
    """The pack with cups of an unstated licence and cars of a source that its own list allows."""
    folder = tmp_path / "mixed"
    shutil.copytree(pack, folder)
    for part in ("entities", "photos"):
        rows = [json.loads(line) for line in (folder / f"{part}.jsonl").read_text().splitlines()]
        for row in rows:
            if row["keyword"] == "cup":
                row["license"] = "not stated; research data set"
            if row["keyword"] == "car":
                row |= {"source": "our studio", "license": ""}
            if row["keyword"] == "dog":
                del row["license"]
        (folder / f"{part}.jsonl").write_text("\n".join(map(json.dumps, rows)))
    grounds = [
        json.loads(line) | {"license": "CC0"} for line in (folder / "backgrounds.jsonl").read_text().splitlines()
    ]
    (folder / "backgrounds.jsonl").write_text("\n".join(map(json.dumps, grounds)))
    (folder / "licences.csv").write_text("source,licence\nour studio,own\n")
    return folder


def test_only_what_is_openly_licensed_is_kept(mixed):
    bank = EntityBank.read([mixed], licensed_only=True)
    assert {e.keyword for e in bank.cutouts} == {e.keyword for e in bank.photos} == {"woman", "car"}
    assert (len(bank.cutouts), len(bank.photos), len(bank.backgrounds)) == (16, 16, 40)
    assert {e.keyword for e in EntityBank.read([mixed]).cutouts} == {"woman", "car", "cup", "dog"}
    assert licensed_counts(mixed) == {"entities": (16, 32), "photos": (16, 32), "backgrounds": (40, 40)}


def test_samples_come_from_these_alone(mixed):
    settings = read_settings(CONFIGS / "compact.toml", ["mix.scene = 0.0"])
    data = read_data([mixed], settings, licensed_only=True)
    shown = {placed.entity.keyword for index in range(12) for placed in data.train.scene(index, (64, 64))[1]}
    assert shown == {"woman", "car"}
    assert {sample.category for sample in data.held_out()} <= {"woman", "car", ""}
    assert data.train.fingerprint != read_data([mixed], settings).train.fingerprint


def test_a_pack_without_licences_keeps_nothing_and_a_broken_list_is_named(pack, tmp_path, mixed):
    (mixed / "licences.csv").write_text("name\nour studio\n")
    with pytest.raises(LayoutError, match=r"licences\.csv: the first line must name the columns source,licence"):
        EntityBank.read([mixed], licensed_only=True)
    folder = tmp_path / "pairs"
    (folder / "images").mkdir(parents=True)
    with pytest.raises(DataError, match="leave --licensed-only out"):
        read_data([folder], read_settings(CONFIGS / "finetune.toml"), licensed_only=True)
