"""Weights files: verified, loaded strictly, saved whole, or refused with a remedy."""

import hashlib
import json
import time
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from clipmat import weights
from clipmat.certainty import PresenceScale
from clipmat.config import variant
from clipmat.errors import UnknownWeights, WeightsInvalid, WeightsMissing
from clipmat.model import ClipMat
from clipmat.weights_catalogue import locate
from clipmat.weights_shards import files, is_index


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    torch.manual_seed(3)
    model = ClipMat(variant("compact")).eval()
    path = tmp_path_factory.mktemp("weights") / "mine.safetensors"
    digest = weights.save(
        path, model, weights.ModelCard(model.config, PresenceScale(0.1, 0.4), "CC0-1.0", "random, for a test")
    )
    return model, path, digest


def test_what_is_saved_is_loaded_with_its_card(saved):
    model, path, digest = saved
    assert hashlib.sha256(path.read_bytes()).hexdigest() == digest
    again, card = weights.load(path)
    assert (card.presence, card.licence, card.config) == (PresenceScale(0.1, 0.4), "CC0-1.0", model.config)
    for key, value in again.state_dict().items():
        torch.testing.assert_close(value.float(), model.state_dict()[key].float(), atol=1e-3, rtol=1e-3)
    assert not again.training


def test_saving_leaves_no_part_behind(saved):
    _, path, _ = saved
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_a_flipped_byte_is_found(saved, tmp_path):
    _, path, digest = saved
    data = bytearray(path.read_bytes())
    data[-5] ^= 1
    broken = tmp_path / "broken.safetensors"
    broken.write_bytes(data)
    with pytest.raises(WeightsInvalid, match="damaged"):
        weights.verify(broken, digest)


@pytest.mark.parametrize("content", [b"", b"hello", b"\x80\x04pickle", b"\xff" * 64])
def test_garbage_is_no_weights_file(tmp_path, content):
    path = tmp_path / "x.safetensors"
    path.write_bytes(content)
    with pytest.raises(WeightsInvalid, match="not a readable safetensors"):
        weights.load(path)


def test_safetensors_of_something_else_are_refused(tmp_path):
    path = tmp_path / "other.safetensors"
    save_file({"a": torch.zeros(2)}, path)
    with pytest.raises(WeightsInvalid, match="holds no CLIPMat weights"):
        weights.load(path)


@pytest.mark.parametrize("change", ["missing", "extra", "shape"])
def test_loading_is_strict(saved, tmp_path, change):
    _, path, _ = saved
    with safe_open(path, "pt") as file:
        metadata = file.metadata()
    state = load_file(path)
    if change == "missing":
        del state["presence.score.bias"]
    elif change == "extra":
        state["nose"] = torch.zeros(1)
    else:
        state["presence.score.bias"] = torch.zeros(2)
    other = tmp_path / "other.safetensors"
    save_file(state, other, metadata)
    with pytest.raises(WeightsInvalid, match="does not fit the variant 'compact'.*(presence|nose)"):
        weights.load(other)


def test_a_card_without_a_scale_of_presence_is_refused(saved, tmp_path):
    other = tmp_path / "other.safetensors"
    save_file({}, other, {"format": weights.FORMAT, "config": variant("compact").to_json()})
    with pytest.raises(WeightsInvalid, match="no complete model card"):
        weights.load(other)


def test_a_single_threshold_of_earlier_weights_becomes_two(saved, tmp_path):
    _, path, _ = saved
    with safe_open(path, "pt") as file:
        metadata = file.metadata()
    del metadata["presence"]
    older = tmp_path / "older.safetensors"
    save_file(load_file(path), older, metadata | {"format": "clipmat-1", "threshold": "0.6"})
    card = weights.load(older)[1]
    assert card.presence == PresenceScale(unsure=0.12, sure=0.6) and "your own" in weights.check(older)
    save_file(load_file(path), older, metadata | {"format": "clipmat-1"})
    with pytest.raises(WeightsInvalid, match="no complete model card"):
        weights.check(older)


@pytest.mark.parametrize("presence", ["", "{}", "[]", '{"unsure": 0.7, "sure": 0.3}', '{"unsure": "0", "sure": 1.0}'])
def test_a_damaged_scale_is_refused(saved, tmp_path, presence):
    _, path, _ = saved
    with safe_open(path, "pt") as file:
        metadata = file.metadata()
    other = tmp_path / "other.safetensors"
    save_file(load_file(path), other, metadata | {"presence": presence})
    with pytest.raises(WeightsInvalid, match="no complete model card"):
        weights.load(other)


class Bomb:
    """Unpickling this would write a file."""

    def __init__(self, target):
        self.target = target

    def __reduce__(self):
        return (Path.write_text, (self.target, "boom"))


def test_a_pickle_never_runs_code(tmp_path):
    target = tmp_path / "boom.txt"
    torch.save({"averaged": Bomb(target), "config": "", "step": 1}, tmp_path / "evil.pt")
    with pytest.raises(WeightsInvalid, match="not a training checkpoint"):
        weights.load(tmp_path / "evil.pt")
    assert not target.exists()


def test_a_training_checkpoint_loads(tmp_path, saved):
    model, _, _ = saved
    torch.save({"averaged": model.state_dict(), "config": model.config.to_json(), "step": 5}, tmp_path / "best.pt")
    again, card = weights.load(tmp_path / "best.pt")
    assert card.note == "step 5"
    assert torch.equal(again.prompt.vectors, model.prompt.vectors)


def test_every_bundled_tensor_is_finite_and_half():
    path, _ = locate("compact")
    for file in files(path):
        for name, tensor in ({} if is_index(file) else load_file(file)).items():
            assert torch.isfinite(tensor).all(), name
            assert tensor.dtype == torch.float16 or not tensor.is_floating_point(), name


def test_a_variant_without_weights_refuses_with_the_commands(no_user_weights):
    with pytest.raises(WeightsMissing, match="training.train --config.*vit-b-16.*fetch vit-b-16.*training.export"):
        weights.load("vit-b-16")


def test_a_users_own_weights_come_first(no_user_weights, saved):
    _, path, _ = saved
    no_user_weights.mkdir()
    (no_user_weights / "compact.safetensors").write_bytes(path.read_bytes())
    assert weights.load("compact")[1].note == "random, for a test"


@pytest.mark.parametrize(
    ("name", "remedy"),
    [("compct", "did you mean 'compact'"), ("nowhere/x.safetensors", "there is no file"), ("x.pt", "there is no file")],
)
def test_unknown_weights_are_answered(name, remedy):
    with pytest.raises(UnknownWeights, match=remedy):
        weights.load(name)


def test_checking_tells_whole_weights_from_damaged(saved, tmp_path, no_user_weights):
    _, path, _ = saved
    assert "sha256" in weights.check("compact")
    assert "your own" in weights.check(path)
    data = path.read_bytes()
    short, long, bare = tmp_path / "short.safetensors", tmp_path / "long.safetensors", tmp_path / "bare.safetensors"
    short.write_bytes(data[:-1])
    long.write_bytes(data + b"x")
    for wrong in (short, long):
        with pytest.raises(WeightsInvalid, match="cut short or has extra"):
            weights.check(wrong)
    save_file({"a": torch.zeros(2)}, bare)
    with pytest.raises(WeightsInvalid, match="holds no CLIPMat weights"):
        weights.check(bare)


@pytest.mark.parametrize(
    "header", [b"", b"[]", b"{", b'{"__metadata__": 3}', b'{"a": {}}', b'{"a": {"data_offsets": [0]}}', b"\xff\xff"]
)
def test_a_broken_header_is_no_weights_file(tmp_path, header):
    path = tmp_path / "x.safetensors"
    path.write_bytes(len(header).to_bytes(8, "little") + header)
    for ask in (weights.check, weights.nouns):
        with pytest.raises(WeightsInvalid, match="not a readable safetensors"):
            ask(path)


def test_nouns_travel_with_the_weights(saved, tmp_path):
    model, path, _ = saved
    assert weights.nouns(path) == ()
    named = tmp_path / "named.safetensors"
    words = ("teddy  bear", "épée", "cup", "cup", " ")
    weights.save(named, model, weights.ModelCard(model.config, PresenceScale(0.1, 0.4), "CC0-1.0", "", words))
    with safe_open(named, "pt") as file:
        assert file.metadata()["nouns"] == "cup\nteddy bear\népée"
    assert weights.nouns(named) == weights.load(named)[1].nouns == ("cup", "teddy bear", "épée")


def test_a_checkpoint_names_no_nouns(tmp_path):
    (tmp_path / "last.pt").write_bytes(b"")
    assert weights.nouns(tmp_path / "last.pt") == ()


def test_the_bundled_weights_know_everyday_nouns():
    known = weights.nouns("compact")
    assert list(known) == sorted(set(known)) and len(known) > 500
    assert {"dog", "woman", "cup", "flower", "dress"} <= set(known)


def hostile(path, tmp_path, **settings):
    """A copy of a weights file whose configuration says something else."""
    with safe_open(path, framework="pt") as file:
        metadata = file.metadata()
    config = json.loads(metadata["config"]) | settings
    there = tmp_path / "hostile.safetensors"
    save_file({"a": torch.zeros(2)}, there, metadata | {"config": json.dumps(config)})
    return there


@pytest.mark.parametrize(
    "settings",
    [
        {"text_layers": 10**9},
        {"text_layers": -1},
        {"text_layers": 1.5},
        {"text_layers": True},
        {"text_width": 10**4000},
        {"popup_heads": 0},
        {"popup_width": 7},
        {"mean": [float("nan")] * 3},
        {"std": [0.0, 1.0, 1.0]},
        {"std": [1e999] * 3},
        {"level_channels": [16] * 10**5},
        {"image_size": "384"},
        {"image_encoder": "open_clip:hf-hub:somebody/model"},
        {"image_encoder": "open_clip:local-dir:/tmp"},
        {"image_encoder": "open_clip:xlm-roberta-base-ViT-B-32"},  # open_clip asks the hub for its text tower
        {"image_encoder": "open_clip:nllb-clip-base"},
        {"pyramid_width": 0},
        {"meaning_width": 0},
        {"image_encoder": "compact:mobilenetv2", "text_buckets": 0},
        {"image_encoder": "nonsense"},
        {"text_layers": 48, "text_width": 8192, "popup_width": 8192, "visual_width": 8192, "image_size": 8192},
    ],
    ids=lambda settings: " ".join(settings),
)
def test_hostile_settings_are_refused_before_anything_is_built(saved, tmp_path, monkeypatch, settings):
    _, path, _ = saved
    built = []
    monkeypatch.setattr(torch.nn.Parameter, "__new__", spied(torch.nn.Parameter.__new__, built))
    there = hostile(path, tmp_path, **settings)
    start = time.process_time()
    with pytest.raises(WeightsInvalid):
        weights.load(there)
    assert time.process_time() - start < 5
    assert not [size for size, device in built if device != "meta" and size > 10**6]


def spied(new, built):
    def spy(kind, data=None, *arguments, **options):
        if data is not None:
            built.append((data.numel(), data.device.type))
        return new(kind, data, *arguments, **options)

    return spy


@pytest.mark.parametrize(
    "header",
    [b'{"a":' + b"[" * 10**5, b'{"__metadata__":{"x":' + b'{"x":' * 10**4, b'{"a":{"data_offsets":[0,1e999]}}'],
)
def test_a_header_that_is_too_deep_or_not_finite_is_refused(tmp_path, header):
    path = tmp_path / "x.safetensors"
    path.write_bytes(len(header).to_bytes(8, "little") + header)
    for ask in (weights.check, weights.nouns, weights.load):
        with pytest.raises(WeightsInvalid, match="not a readable safetensors"):
            ask(path)
    index = tmp_path / "x.safetensors.index.json"
    index.write_bytes(header)
    for ask in (weights.check, weights.nouns, weights.load):
        with pytest.raises(WeightsInvalid, match="not a readable index"):
            ask(index)


def test_a_header_that_is_too_long_is_not_read(tmp_path):
    path = tmp_path / "x.safetensors"
    path.write_bytes((3 * 10**6).to_bytes(8, "little") + b" " * (3 * 10**6))
    with pytest.raises(WeightsInvalid, match="a header of 3000000 bytes"):
        weights.load(path)
