"""Which weights are on this machine: the table, the user's folder before the bundled files, remedies."""

import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest

from clipmat import weights
from clipmat.config import VARIANTS
from clipmat.errors import UnknownWeights, WeightsMissing
from clipmat.weights_catalogue import catalogue, locate, own_path, table_entry, user_folder
from clipmat.weights_shards import files

ROOT = Path(__file__).parents[2]


def test_the_bundled_weights_are_whole_and_small_enough(no_user_weights):
    info = next(i for i in catalogue() if i.name == "compact")
    assert info.state == "ready" and info.remedy == ""
    assert info.bytes <= 48 * 2**20
    path, digest = locate("compact")
    assert path == info.path and digest
    assert "is whole" in weights.check("compact")
    assert all(file.stat().st_size <= 16.3 * 2**20 for file in files(path)), "a larger one has to be split"


def test_the_table_names_every_variant():
    table = json.loads((ROOT / "resources/weights/weights.json").read_text())
    assert set(table) == set(VARIANTS)
    for name in VARIANTS:
        entry = {key: value for key, value in asdict(table_entry(name)).items() if value}
        assert entry == table[name]


def test_the_catalogue_imports_no_torch():
    code = "import sys; from clipmat.weights_catalogue import catalogue; from clipmat.weights import check, nouns; "
    code += "catalogue(); check('compact'); nouns('compact'); assert not {'torch', 'numpy'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


@pytest.mark.parametrize("name", ["vit-b-16", "vit-l-14"])
def test_a_variant_without_weights_is_listed_with_the_commands(name, no_user_weights):
    remedy = f"training.train --config.*{name}.*fetch {name}.*training.export.*user.*{name}.safetensors"
    with pytest.raises(WeightsMissing, match=remedy):
        locate(name)
    entry = next(i for i in catalogue() if i.name == name)
    assert (entry.state, entry.path, entry.bytes) == ("missing", None, None)
    assert "training.train" in entry.remedy


def test_a_users_own_weights_come_before_the_bundled_without_a_checksum(no_user_weights):
    own = own_path("compact")
    assert own.parent == no_user_weights
    own.parent.mkdir()
    own.write_bytes(b"mine")
    assert locate("compact") == (own, None)
    info = next(i for i in catalogue() if i.name == "compact")
    assert (info.path, info.bytes, info.state) == (own, 4, "ready")


def test_a_file_of_any_name_is_taken_as_it_is(tmp_path):
    path = tmp_path / "best.pt"
    path.write_bytes(b"")
    assert locate(path) == locate(str(path)) == (path, None)


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("compct", "did you mean 'compact'"),
        ("elephant", "choose one of compact, vit-b-16, vit-l-14"),
        ("nowhere/x.safetensors", "there is no file"),
        ("x.safetensors.index.json", "there is no file .*the .safetensors.index.json of a split one"),
        ("x.pt", "there is no file"),
    ],
)
def test_unknown_weights_are_answered_with_the_choice(name, remedy):
    with pytest.raises(UnknownWeights, match=remedy):
        locate(name)


def test_the_users_folder_is_the_systems_own():
    folder = user_folder()
    assert folder.is_absolute() and folder.parts[-2:] == ("rim-editor", "weights")
