"""Checkpoints: whole or not at all, read or refused, and a start for another run."""

from dataclasses import replace

import pytest
import torch

from clipmat import weights
from clipmat.certainty import PresenceScale
from clipmat.config import variant
from clipmat.errors import ClipMatError
from clipmat.model import ClipMat
from training.fitting import checkpoint
from training.fitting.checkpoint import CheckpointError
from training.fitting.settings import Phase, TrainSettings

SETTINGS = TrainSettings("compact", (Phase(1, ((64, 64),), 1),))
CONFIG = replace(variant("compact"), image_size=224).without("post_context")


@pytest.fixture(scope="module")
def started(tmp_path_factory):
    """A checkpoint whose averaged weights are known, and the same as safetensors."""
    folder = tmp_path_factory.mktemp("start")
    torch.manual_seed(1)
    model = ClipMat(CONFIG)
    other = {k: torch.zeros_like(v) for k, v in model.state_dict().items()}
    state = {"model": other, "averaged": model.state_dict(), "config": CONFIG.to_json(), "step": 7}
    checkpoint.save(folder / "last.pt", state)
    weights.save(folder / "mine.safetensors", model, weights.ModelCard(CONFIG, PresenceScale(0.1, 0.4), "mine", ""))
    return folder, model.state_dict()


def test_a_torn_checkpoint_is_refused(tmp_path):
    (tmp_path / "last.pt").write_bytes(b"PK\x03\x04 torn")
    with pytest.raises(CheckpointError, match="is not a readable checkpoint"):
        checkpoint.load(tmp_path / "last.pt")


def test_a_disk_that_fills_up_while_saving_costs_nothing_that_was_saved(tmp_path):
    resource = pytest.importorskip("resource")  # not on Windows
    path = tmp_path / "last.pt"
    checkpoint.save(path, {"step": 1})
    _, most = before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, most))
    try:
        with pytest.raises(
            CheckpointError, match=r"last\.pt cannot be written \(.+\), the former file is kept: make room"
        ):
            checkpoint.save(path, {"step": 2, "model": torch.zeros(300_000)})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert checkpoint.load(path) == {"step": 1}
    assert [p.name for p in tmp_path.iterdir()] == ["last.pt"]


@pytest.mark.parametrize("name", ["last.pt", "mine.safetensors"])
def test_a_start_brings_its_own_network(started, name):
    folder, expected = started
    model = checkpoint.begin_from(str(folder / name), SETTINGS)
    assert model.config == CONFIG
    for key, value in expected.items():
        torch.testing.assert_close(model.state_dict()[key], value, atol=2e-3, rtol=2e-3)


def test_a_variants_name_is_a_start():
    model = checkpoint.begin_from("compact", SETTINGS)
    assert model.config == weights.load("compact")[1].config


def test_settings_may_change_the_size_that_is_looked_at(started):
    folder, expected = started
    model = checkpoint.begin_from(str(folder / "last.pt"), replace(SETTINGS, image_size=192))
    assert model.config == replace(CONFIG, image_size=192)
    assert all(torch.equal(model.state_dict()[k], v) for k, v in expected.items())


def test_settings_of_another_variant_or_without_what_the_weights_have_are_refused(started):
    start = str(started[0] / "last.pt")
    with pytest.raises(CheckpointError, match="weights of 'compact', the settings are of 'vit-b-16'"):
        checkpoint.begin_from(start, replace(SETTINGS, variant="vit-b-16"))
    with pytest.raises(CheckpointError, match=r"has modules that the settings switch off \(popup\)"):
        checkpoint.begin_from(start, replace(SETTINGS, without=("popup",)))
    assert checkpoint.begin_from(start, replace(SETTINGS, without=("post_context",))).config == CONFIG


@pytest.mark.parametrize("start", ["compcat", "nowhere/last.pt"])
def test_a_start_that_is_not_there_is_named(start):
    with pytest.raises(ClipMatError, match=r"did you mean 'compact'|there is no file nowhere/last\.pt"):
        checkpoint.begin_from(start, SETTINGS)
