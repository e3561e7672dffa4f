"""Weights: found, verified, loaded strictly, saved whole, fetched or refused with a remedy."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from clipmat import weights
from clipmat.config import VARIANTS, variant
from clipmat.errors import FetchFailed, UnknownWeights, WeightsInvalid, WeightsMissing
from clipmat.model import ClipMat

ROOT = Path(__file__).parents[2]


@pytest.fixture
def no_user_weights(tmp_path, monkeypatch):
    monkeypatch.setattr(weights, "user_folder", lambda: tmp_path / "user")
    return tmp_path / "user"


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    torch.manual_seed(3)
    model = ClipMat(variant("compact")).eval()
    path = tmp_path_factory.mktemp("weights") / "mine.safetensors"
    digest = weights.save(path, model, weights.Card(model.config, 0.4, "CC0-1.0", "random, for a test"))
    return model, path, digest


def test_what_is_saved_is_loaded_with_its_card(saved):
    model, path, digest = saved
    assert hashlib.sha256(path.read_bytes()).hexdigest() == digest
    again, card = weights.load(path)
    assert (card.threshold, card.licence, card.config) == (0.4, "CC0-1.0", model.config)
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
    with pytest.raises(WeightsInvalid, match="no readable safetensors"):
        weights.load(path)


def test_safetensors_of_something_else_are_refused(tmp_path):
    path = tmp_path / "other.safetensors"
    save_file({"a": torch.zeros(2)}, path)
    with pytest.raises(WeightsInvalid, match="holds no CLIPMat weights"):
        weights.load(path)


@pytest.mark.parametrize("change", ["missing", "extra", "shape"])
def test_loading_is_strict(saved, tmp_path, change):
    _, path, _ = saved
    from safetensors import safe_open

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


def test_a_card_without_a_threshold_is_refused(saved, tmp_path):
    other = tmp_path / "other.safetensors"
    save_file({}, other, {"format": weights.FORMAT, "config": variant("compact").to_json()})
    with pytest.raises(WeightsInvalid, match="no complete card"):
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
    with pytest.raises(WeightsInvalid, match="no training checkpoint"):
        weights.load(tmp_path / "evil.pt")
    assert not target.exists()


def test_a_training_checkpoint_loads(tmp_path, saved):
    model, _, _ = saved
    torch.save({"averaged": model.state_dict(), "config": model.config.to_json(), "step": 5}, tmp_path / "best.pt")
    again, card = weights.load(tmp_path / "best.pt")
    assert card.note == "step 5"
    assert torch.equal(again.prompt.vectors, model.prompt.vectors)


def test_the_bundled_weights_are_whole_and_small_enough():
    info = next(i for i in weights.catalogue() if i.name == "compact")
    assert info.state == "ready" and info.remedy == ""
    assert info.bytes <= 32 * 2**20
    path, digest = weights.locate("compact")
    assert digest
    weights.verify(path, digest)


def test_every_bundled_tensor_is_finite_and_half():
    path, _ = weights.locate("compact")
    for name, tensor in load_file(path).items():
        assert torch.isfinite(tensor).all(), name
        assert tensor.dtype == torch.float16 or not tensor.is_floating_point(), name


@pytest.mark.parametrize("name", ["vit-b-16", "vit-l-14"])
def test_a_variant_without_weights_refuses_with_the_commands(name, no_user_weights):
    with pytest.raises(WeightsMissing, match=f"training.train --config.*{name}.*fetch {name}.*training.export"):
        weights.load(name)
    row = next(i for i in weights.catalogue() if i.name == name)
    assert (row.state, row.path, row.bytes) == ("missing", None, None)


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


def test_fetching_offline_says_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(FetchFailed, match="connect to the internet.*--backbone FILE"):
        weights.fetch("vit-b-16", lambda done, total: None)


def test_a_download_is_verified_and_reported(monkeypatch, tmp_path):
    """The hub is played by a stand-in that drives the tqdm it is given, as hf_hub_download does."""
    from types import SimpleNamespace

    import huggingface_hub

    file = tmp_path / "clip.safetensors"
    file.write_bytes(b"x" * 100)
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    heard = []

    def download(repo, name, tqdm_class):
        if tqdm_class is None:  # nobody listens
            return str(file)
        with tqdm_class(total=100, name="huggingface_hub.http_get") as bar:
            bar.update(60)
            bar.update(40)
        return str(file)

    monkeypatch.setattr(huggingface_hub, "hf_hub_download", download)
    monkeypatch.setattr(huggingface_hub, "get_hf_file_metadata", lambda url: SimpleNamespace(etag=digest))
    assert weights.fetch("vit-b-16", lambda done, total: heard.append((done, total))) == file
    assert heard[-1] == (100, 100)

    def offline(url):
        raise OSError("no network")

    monkeypatch.setattr(huggingface_hub, "get_hf_file_metadata", offline)
    assert weights.fetch("vit-b-16") == file, "what is here and was verified is not asked for again"


def test_a_damaged_download_is_thrown_away(monkeypatch, tmp_path):
    from types import SimpleNamespace

    import huggingface_hub

    file = tmp_path / "clip.safetensors"
    file.write_bytes(b"x" * 100)
    monkeypatch.setattr(huggingface_hub, "hf_hub_download", lambda *a, **o: str(file))
    monkeypatch.setattr(huggingface_hub, "get_hf_file_metadata", lambda url: SimpleNamespace(etag="0" * 64))
    with pytest.raises(FetchFailed, match="thrown away"):
        weights.fetch("vit-b-16")
    assert not file.exists()


def test_fetching_what_is_bundled_gives_its_file(no_user_weights):
    assert weights.fetch("compact") == weights.locate("compact")[0]


def test_the_table_names_every_variant():
    table = json.loads((ROOT / "resources/weights/weights.json").read_text())
    assert set(table) == set(VARIANTS)


def test_the_table_imports_no_torch():
    code = "import sys; from clipmat.weights import catalogue; catalogue(); assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
