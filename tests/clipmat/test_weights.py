"""Weights: found, verified, loaded strictly, saved whole, fetched or refused with a remedy."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from clipmat import weights
from clipmat.config import VARIANTS, variant
from clipmat.errors import FetchCancelled, FetchFailed, RemoveFailed, UnknownWeights, WeightsInvalid, WeightsMissing
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


HUB = """
import hashlib, os, sys, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

BODY = bytes(range(256)) * 256 * 480  # 30 MB: more than one chunk of the hub's client
sent = []

class Hub(BaseHTTPRequestHandler):
    def do_HEAD(self, body=b""):
        self.send_response(200)
        for key, value in {
            "Content-Length": len(BODY), "X-Repo-Commit": "a" * 40, "ETag": hashlib.sha256(BODY).hexdigest().join('""'),
        }.items():
            self.send_header(key, str(value))
        self.end_headers()

    def do_GET(self):
        self.do_HEAD()
        sent.append(self.path)
        try:
            self.wfile.write(BODY)
        except OSError:
            pass  # the client went away, as it may

    def log_message(self, *args):
        pass

server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
threading.Thread(target=server.serve_forever, daemon=True).start()
os.environ |= {
    "HF_ENDPOINT": f"http://127.0.0.1:{server.server_port}", "HF_HOME": sys.argv[1], "HF_HUB_OFFLINE": "0",
    "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1", "HF_HUB_DISABLE_TELEMETRY": "1",
}

from clipmat import weights
from clipmat.errors import FetchCancelled

def kept():
    return [p for p in Path(sys.argv[1]).rglob("*") if p.is_file() and p.stat().st_size > 1000]

class Enough(Exception):
    pass

def cancel(done, total):
    if done:
        assert 0 < done < total == len(BODY), (done, total)
        raise Enough

try:
    weights.fetch("vit-b-16", cancel)
except FetchCancelled as error:
    assert "was cancelled" in str(error) and isinstance(error.__cause__, Enough)
else:
    raise AssertionError("the cancel was not heard")
assert not kept(), kept()

heard = []
path = weights.fetch("vit-b-16", lambda *bytes: heard.append(bytes))
assert path.read_bytes() == BODY and len(sent) == 2
assert heard[0] == (0, None) and heard[-1] == (len(BODY), len(BODY)) and heard[1:] == sorted(heard[1:])
assert weights.removable("vit-b-16") == (path,) == weights.remove("vit-b-16")
assert not kept() and weights.removable("vit-b-16") == ()
"""


def test_a_download_is_cancelled_followed_and_removed_again(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", HUB, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr


def test_a_cancel_before_the_first_byte_asks_no_network(monkeypatch):
    def reached(*args, **options):
        raise AssertionError

    def cancel(done, total):
        raise RuntimeError

    monkeypatch.setattr("huggingface_hub.hf_hub_download", reached)
    with pytest.raises(FetchCancelled, match="cancelled: nothing of it was kept"):
        weights.fetch("vit-b-16", cancel)


def test_a_users_own_weights_are_removed_and_the_bundled_stay(no_user_weights):
    bundled, _ = weights.locate("compact")
    with pytest.raises(RemoveFailed, match="to remove.*bundled ones belong to the program"):
        weights.remove("compact")
    no_user_weights.mkdir()
    own = no_user_weights / "compact.safetensors"
    own.write_bytes(b"mine")
    assert weights.remove("compact") == (own,)
    assert not own.exists()
    assert weights.locate("compact")[0] == bundled
    with pytest.raises(UnknownWeights):
        weights.remove("compct")


def test_checking_tells_whole_weights_from_damaged(saved, tmp_path, no_user_weights):
    _, path, _ = saved
    assert "sha256" in weights.check("compact")
    assert "your own" in weights.check(path)
    data = path.read_bytes()
    short, long, bare = tmp_path / "short.safetensors", tmp_path / "long.safetensors", tmp_path / "bare.safetensors"
    short.write_bytes(data[:-1])
    long.write_bytes(data + b"x")
    for wrong in (short, long):
        with pytest.raises(WeightsInvalid, match="cut short or has more"):
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
        with pytest.raises(WeightsInvalid, match="no readable safetensors"):
            ask(path)


def test_nouns_travel_with_the_weights(saved, tmp_path):
    model, path, _ = saved
    assert weights.nouns(path) == ()
    named = tmp_path / "named.safetensors"
    words = ("teddy  bear", "épée", "cup", "cup", " ")
    weights.save(named, model, weights.Card(model.config, 0.4, "CC0-1.0", "", words))
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


def test_fetching_what_is_bundled_gives_its_file(no_user_weights):
    assert weights.fetch("compact") == weights.locate("compact")[0]


def test_the_table_names_every_variant():
    table = json.loads((ROOT / "resources/weights/weights.json").read_text())
    assert set(table) == set(VARIANTS)


def test_the_table_imports_no_torch():
    code = "import sys; from clipmat.weights import catalogue, check, nouns; catalogue(); check('compact')"
    code += "; nouns('compact'); assert not {'torch', 'numpy'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
