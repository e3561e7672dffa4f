"""What a folder of weights may say: settings within bounds, files that are files, and nothing that lies elsewhere."""

import json
import os
import shutil
import sys

import numpy as np
import pytest

from clipmat.errors import WeightsInvalid
from clipmat.systems import catalogue, fetching
from clipmat.systems.loading import load
from tests import tiny_systems

IMAGE = np.zeros((40, 60, 3), np.uint8)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return tiny_systems.clipseg(tmp_path_factory.mktemp("systems") / "whole")


@pytest.fixture
def folder(whole, tmp_path):
    return shutil.copytree(whole, tmp_path / "tiny")


def change(file, **settings):
    data = json.loads(file.read_text())
    file.write_text(json.dumps(data | settings))


@pytest.mark.parametrize(
    ("setting", "problem"),
    [
        ({"auto_map": {"AutoModel": "x.Model"}}, "'auto_map', which is not followed"),
        ({"quantization_config": {"quant_method": "gptq"}}, "'quantization_config', which is not followed"),
        ({"_attn_implementation": "nobody/kernel"}, "'_attn_implementation', which is not followed"),
        ({"text_config": {"num_hidden_layers": 10**9}}, "1000000000 for 'num_hidden_layers'"),
        ({"projection_dim": 10**400}, "for 'projection_dim'"),
        ({"vision_config": {"image_size": 100_000}}, "100000 for 'image_size'"),
    ],
)
def test_settings_that_look_elsewhere_or_have_no_bound_are_refused(folder, setting, problem):
    change(folder / "config.json", **setting)
    with pytest.raises(WeightsInvalid, match=problem):
        load(folder, device="cpu")


def test_sizes_of_zero_are_refused_without_a_warning_of_another_package(folder, recwarn):
    change(folder / "config.json", projection_dim=0)
    with pytest.raises(WeightsInvalid, match="cannot be read"):
        load(folder, device="cpu")
    assert not recwarn.list


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such pipes")
@pytest.mark.parametrize("name", ["model.safetensors", "config.json", "tokenizer.json"])
def test_a_pipe_in_place_of_a_file_is_refused_and_not_waited_for(folder, name):
    (folder / name).unlink(missing_ok=True)
    os.mkfifo(folder / name)
    with pytest.raises(WeightsInvalid):
        load(folder, device="cpu")


def test_settings_that_are_too_deep_are_those_of_nothing(folder):
    (folder / "config.json").write_bytes(b"[" * 100_000)
    with pytest.raises(WeightsInvalid, match="a folder without the weights of a system"):
        catalogue.system_of(folder)


def test_settings_that_fail_at_work_are_damage(folder):
    change(folder / "config.json", extract_layers=[0, 1, 7])
    system = load(folder, device="cpu")
    system.set_image(IMAGE)
    with pytest.raises(WeightsInvalid, match="do not work"):
        system.predict("a cup")


def test_files_that_a_repository_has_in_other_folders_are_left_out(tmp_path, monkeypatch, no_user_weights):
    asked = []
    names = ("config.json", "model.safetensors", "../outside.json", str(tmp_path / "outside.json"), "a\0.json")
    monkeypatch.setattr(fetching.hub, "files", lambda repo, remedy: dict.fromkeys(names, 2))
    monkeypatch.setattr(fetching.hub, "checksum", lambda repo, file: None)

    def download(repo, file, progress=None, *, remedy=""):
        asked.append(file)
        path = tmp_path / f"arrived{len(asked)}"
        path.write_bytes(b"{}")
        return path

    monkeypatch.setattr(fetching.hub, "download", download)
    made = fetching.fetch("clipseg")
    assert asked == ["config.json", "model.safetensors"] == sorted(path.name for path in made.iterdir())
    assert not (tmp_path / "outside.json").exists()
