"""Downloads from the hub, judged by a server on the loopback interface and by stand-ins for the hub's client."""

import hashlib
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import huggingface_hub
import pytest

from clipmat import hub
from clipmat.errors import FetchCancelled, FetchFailed, RemoveFailed, UnknownWeights
from clipmat.weights_catalogue import locate

ROOT = Path(__file__).parents[2]

LOOPBACK = """
import hashlib, os, sys, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

BODY = bytes(range(256)) * 256 * 480  # 30 MB: more than one chunk of the hub's client
SHA256 = hashlib.sha256(BODY).hexdigest()
damaged, sent = False, []

class Hub(BaseHTTPRequestHandler):
    def do_HEAD(self):
        if "missing" in self.path:
            self.send_error(404)
            return
        tag = "small-file" if "small" in self.path else "0" * 64 if damaged else SHA256
        self.send_response(200)
        for key, value in {"Content-Length": len(BODY), "X-Repo-Commit": "a" * 40, "ETag": tag.join('""')}.items():
            self.send_header(key, str(value))
        self.end_headers()

    def do_GET(self):
        self.do_HEAD()
        if "missing" in self.path:
            return
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

from clipmat import hub
from clipmat.errors import FetchCancelled, FetchFailed

def kept():
    return [p for p in Path(sys.argv[1]).rglob("*") if p.is_file() and p.stat().st_size > 1000]

class Enough(Exception):
    pass

def cancel(done, total):
    if done:
        assert 0 < done < total == len(BODY), (done, total)
        raise Enough

try:
    hub.fetch("vit-b-16", cancel)
except FetchCancelled as error:
    assert "was cancelled" in str(error) and isinstance(error.__cause__, Enough)
else:
    raise AssertionError("the download was not cancelled")
assert not kept(), kept()

calls = []
path = hub.fetch("vit-b-16", lambda *bytes: calls.append(bytes))
assert path.read_bytes() == BODY and len(sent) == 2
assert calls[0] == (0, None) and calls[-1] == (len(BODY), len(BODY)) and calls[1:] == sorted(calls[1:])
repo, file = "timm/vit_base_patch16_clip_224.openai", "open_clip_model.safetensors"
assert hub.cached(repo, file) == path and hub.checksum(repo, file) == SHA256
assert hub.fetch("vit-b-16") == path and len(sent) == 2, "what is in the cache is not downloaded again"
assert hub.removable("vit-b-16") == (path,) == hub.remove("vit-b-16")
assert not kept() and hub.removable("vit-b-16") == () and hub.cached(repo, file) is None

damaged = True
try:
    hub.fetch("vit-b-16")
except FetchFailed as error:
    assert "arrived damaged and was deleted" in str(error)
else:
    raise AssertionError("the damaged file was taken")
assert not kept(), kept()

assert hub.checksum("some/small", "config.json") is None
assert hub.checksum("some/missing", "x") is None
try:
    hub.download("some/missing", "x")
except FetchFailed as error:
    assert "x of some/missing could not be fetched" in str(error)
else:
    raise AssertionError("a file that is not there was downloaded")
"""


def test_a_download_over_http_is_cancelled_reported_verified_and_removed(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", LOOPBACK, str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_fetching_offline_says_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(FetchFailed, match="connect to the internet.*--backbone FILE"):
        hub.fetch("vit-b-16", lambda done, total: None)


def test_without_a_network_one_question_is_asked(monkeypatch, tmp_path):
    """Nothing listens at this address: the client would ask it again and again, with a line on stderr each time."""
    asked = []
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr("huggingface_hub.hf_hub_download", lambda *_, **__: asked.append("again"))
    monkeypatch.setattr("huggingface_hub.hf_hub_url", lambda *_: "http://127.0.0.1:9/file")
    with pytest.raises(FetchFailed, match="connect to the internet"):
        hub.fetch("vit-b-16")
    assert asked == []


def test_a_download_is_verified_and_reported(monkeypatch, tmp_path):
    """The hub is played by a stand-in that drives the tqdm it is given, as hf_hub_download does."""
    file = tmp_path / "clip.safetensors"
    file.write_bytes(b"x" * 100)
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    calls = []

    def download(repo, name, tqdm_class):
        if tqdm_class is None:  # nobody listens
            return str(file)
        with tqdm_class(total=100, name="huggingface_hub.http_get") as bar:
            bar.update(60)
            bar.update(40)
        return str(file)

    monkeypatch.setattr(huggingface_hub, "hf_hub_download", download)
    monkeypatch.setattr(huggingface_hub, "get_hf_file_metadata", lambda url, **_: SimpleNamespace(etag=digest))
    assert hub.fetch("vit-b-16", lambda done, total: calls.append((done, total))) == file
    assert calls[-1] == (100, 100)

    def offline(url, **_):
        raise OSError("no network")

    monkeypatch.setattr(huggingface_hub, "get_hf_file_metadata", offline)
    monkeypatch.setattr(hub, "cached", lambda *_: file)
    assert hub.fetch("vit-b-16") == file, "what is here and was verified is not asked for again"


def test_a_damaged_download_is_thrown_away(monkeypatch, tmp_path):
    file = tmp_path / "clip.safetensors"
    file.write_bytes(b"x" * 100)
    monkeypatch.setattr(huggingface_hub, "hf_hub_download", lambda *a, **o: str(file))
    monkeypatch.setattr(huggingface_hub, "get_hf_file_metadata", lambda url, **_: SimpleNamespace(etag="0" * 64))
    with pytest.raises(FetchFailed, match="was deleted"):
        hub.fetch("vit-b-16")
    assert not file.exists()


def test_a_cancel_before_the_first_byte_asks_no_network(monkeypatch):
    def reached(*args, **options):
        raise AssertionError

    def cancel(done, total):
        raise RuntimeError

    monkeypatch.setattr("huggingface_hub.hf_hub_download", reached)
    with pytest.raises(FetchCancelled, match="cancelled: nothing was kept"):
        hub.fetch("vit-b-16", cancel)


def test_a_users_own_weights_are_removed_and_the_bundled_stay(no_user_weights):
    bundled, _ = locate("compact")
    with pytest.raises(RemoveFailed, match="to remove.*bundled ones belong to the program"):
        hub.remove("compact")
    no_user_weights.mkdir()
    own = no_user_weights / "compact.safetensors"
    own.write_bytes(b"mine")
    assert hub.remove("compact") == (own,)
    assert not own.exists()
    assert locate("compact")[0] == bundled
    with pytest.raises(UnknownWeights):
        hub.remove("compct")


def test_fetching_what_is_bundled_gives_its_file(no_user_weights):
    assert hub.fetch("compact") == locate("compact")[0]


def test_a_file_that_resists_is_named(no_user_weights, monkeypatch):
    no_user_weights.mkdir()
    own = no_user_weights / "compact.safetensors"
    own.write_bytes(b"mine")

    def resist(path, missing_ok=False):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "unlink", resist)
    with pytest.raises(RemoveFailed, match=f"{own.name} cannot be removed .Permission denied.: close"):
        hub.remove("compact")


def test_discarding_follows_every_link_and_forgives_what_is_gone(tmp_path):
    blob, link, other = tmp_path / "blob", tmp_path / "snapshot" / "link", tmp_path / "other"
    blob.write_bytes(b"x")
    other.write_bytes(b"y")
    link.parent.mkdir()
    link.symlink_to("../blob")
    hub.discard(link)
    assert [p.name for p in tmp_path.rglob("*") if not p.is_dir()] == ["other"]
    hub.discard(link)
