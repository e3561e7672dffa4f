"""A system from a hub on the loopback interface to its first answer: fetched, cancelled, damaged, gated."""

import subprocess
import sys
from pathlib import Path

from tests import tiny_systems

ROOT = Path(__file__).parents[3]

SCRIPT = """
import hashlib, json, os, sys, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

home, folder = Path(sys.argv[1]), Path(sys.argv[2])
(folder / "README.md").write_text("# no weights")
(folder / "pytorch_model.bin").write_bytes(b"a pickle")
served = {path.name: path.read_bytes() for path in folder.iterdir()}
damaged, sent = False, []

class Hub(BaseHTTPRequestHandler):
    def answer(self, body, **headers):
        self.send_response(200)
        for key, value in {"Content-Length": len(body), "X-Repo-Commit": "a" * 40, **headers}.items():
            self.send_header(key.replace("_", "-"), str(value))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def do_HEAD(self):
        path = self.path.partition("?")[0]
        if path.startswith("/api/models/"):
            siblings = [{"rfilename": name, "size": len(body)} for name, body in served.items()]
            self.answer(json.dumps({"id": path[len("/api/models/"):], "siblings": siblings}).encode())
        elif path.startswith("/facebook/sam3"):
            self.send_response(403)
            self.send_header("X-Error-Code", "GatedRepo")
            self.send_header("Content-Length", "0")
            self.end_headers()
        else:
            name = path.rpartition("/")[2]
            body = served[name]
            tag = hashlib.sha256(body).hexdigest() if name.endswith(".safetensors") else hashlib.sha1(body).hexdigest()
            sent.append((self.command, name))
            self.answer(body, ETag=f'"{"0" * 64 if damaged and len(tag) == 64 else tag}"')

    do_GET = do_HEAD

    def log_message(self, *args):
        pass

server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
threading.Thread(target=server.serve_forever, daemon=True).start()
os.environ |= {
    "HF_ENDPOINT": f"http://127.0.0.1:{server.server_port}", "HF_HOME": str(home / "hub"), "HF_HUB_OFFLINE": "0",
    "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1", "HF_HUB_DISABLE_TELEMETRY": "1",
}

import numpy as np
from clipmat import weights_catalogue
from clipmat.errors import FetchCancelled, FetchFailed
from clipmat.systems import fetching
from clipmat.systems.loading import load

weights_catalogue.user_folder = lambda: home / "user"
own = home / "user" / "clipseg-rd64-refined"

def enough(done, total):
    if done > 500:
        raise RuntimeError

try:
    fetching.fetch("clipseg", enough)
except FetchCancelled as error:
    assert "was cancelled" in str(error)
else:
    raise AssertionError("the download was not cancelled")
assert not own.exists()

damaged = True
try:
    fetching.fetch("clipseg")
except FetchFailed as error:
    assert "arrived damaged and was deleted" in str(error)
else:
    raise AssertionError("the damaged file was taken")
assert not own.exists()

damaged = False
calls = []
assert fetching.fetch("clipseg", lambda *bytes: calls.append(bytes)) == own
wanted = {name for name in served if name.endswith((".json", ".txt", ".safetensors"))}
assert {path.name for path in own.iterdir()} == wanted and "pytorch_model.bin" not in dict(map(reversed, sent))
total = sum(len(served[name]) for name in wanted)
assert calls[-1] == (total, total) and calls == sorted(calls), (calls[-1], total)
assert not [path for path in (home / "hub").rglob("*.safetensors")], "what was moved is not kept twice"
assert "full length" in fetching.check("clipseg")
system = load("clipseg", device="cpu")
system.set_image(np.zeros((40, 60, 3), np.uint8))
assert system.predict("the cup").matte.shape == (40, 60)

try:
    fetching.fetch("sam3")
except FetchFailed as error:
    assert "GatedRepo" in str(error) and "hf auth login" in str(error), error
else:
    raise AssertionError("what is gated was fetched")
"""


def test_a_system_over_http_is_cancelled_verified_fetched_loaded_and_what_is_gated_named(tmp_path):
    folder = tiny_systems.clipseg(tmp_path / "served")
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path), str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
