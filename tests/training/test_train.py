"""The command: two processes are as one, a killed run goes on exactly, a user's folder becomes weights that load."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch
from lightning_fabric import Fabric
from typer.testing import CliRunner

from clipmat import weights
from clipmat.certainty import PresenceScale
from clipmat.model import ClipMat
from clipmat.predictor import Predictor
from training.fitting import checkpoint
from training.fitting.data import read_data
from training.fitting.fabric import with_precision
from training.fitting.optimizer import optimizer_parameters
from training.fitting.pretrained import noun_vectors
from training.fitting.settings import SettingsError, TrainSettings, read_settings
from training.train import app
from training.trainer import Trainer

ROOT = Path(__file__).parents[2]
TINY = """variant = "compact"
precision = "32-true"
warmup = 1
save_every = 2
validate_every = 1000
image_size = 64
[[phases]]
steps = 6
sizes = [[64, 64]]
batch = 2
frozen_stages = -1
"""


def command(data, out, *more):
    config = out.parent / "tiny.toml"
    config.write_text(TINY)
    places = ["--data", str(data), "--config", str(config), "--out", str(out)]
    return [sys.executable, "-m", "training.train", *places, "--accelerator", "cpu", "--no-tensorboard", *more]


def run(*arguments, started=subprocess.run, **options):
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    if started is subprocess.run:
        options |= {"capture_output": True, "text": True, "check": False}
    return started(command(*arguments), cwd=ROOT, env=environment, **options)


def losses(out):
    """Every part of the loss by step, as the log has it to the last bit."""
    rows = [json.loads(line) for line in (out / "log.jsonl").read_text().splitlines()]
    return [{k: v for k, v in row.items() if k not in ("samples/s", "waited")} for row in rows]


def in_this_process(data, settings, nouns=None):
    """The same run without the command around it."""
    torch.manual_seed(settings.seed)
    fabric = Fabric(accelerator="cpu", devices=1, precision="32-true")
    return Trainer(fabric, ClipMat(settings.network), read_data([data], settings).train, settings, nouns)


@pytest.fixture
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def test_two_processes_give_the_loss_and_the_step_of_one(pack, tmp_path):
    """The same 4 images, 2 expressions each and their nouns, in 2 processes and in one: every part of the loss."""
    np.savez(tmp_path / "nouns.npz", names=["cup", "dog", "car"], vectors=np.eye(3, 8, dtype=np.float32))
    phase = "phases = [{{steps = 2, sizes = [[64, 64]], batch = {}, expressions = 2, frozen_stages = -1}}]"
    extra = ["--nouns", str(tmp_path / "nouns.npz"), "--processes", "2", "--set", phase.format(2), "--set", "clip=1e9"]
    done = run(pack, tmp_path / "two", *extra)
    assert done.returncode == 0, done.stderr
    two, found = checkpoint.load(tmp_path / "two/last.pt"), losses(tmp_path / "two")
    assert "2 processes" in two["made_with"]

    nouns = noun_vectors(tmp_path / "nouns.npz")
    one = in_this_process(pack, read_settings(tmp_path / "tiny.toml", [phase.format(4), "clip=1e9"]), nouns)
    for row in found:
        expected = one.step()
        assert {"match", "details", "overlap", "teacher"} <= expected.keys()
        assert {name: row[name] for name in expected} == pytest.approx(expected, abs=1e-5)

    kept = one.state()["optimizer"]["state"]
    largest = max(float(s["exp_avg"].abs().max()) for s in kept.values())
    for number, state in kept.items():
        gradients = two["optimizer"]["state"][number]["exp_avg"]
        torch.testing.assert_close(gradients, state["exp_avg"], atol=1e-3 * largest, rtol=1e-3)
    # AdamW divides a gradient by its size: where it is nothing but rounding noise, so is the step.
    names, off, compared = {id(p): name for name, p in one.model.named_parameters()}, 0, 0
    for number, p in enumerate(optimizer_parameters(one.optimizer)):
        if id(p) in names and number in kept:
            real = kept[number]["exp_avg_sq"].sqrt() > 1e-3 * largest
            off += int(((two["model"][names[id(p)]] - p.detach()).abs()[real] > 1e-5).sum())
            compared += int(real.sum())
    assert compared > 10_000 and off < 1e-3 * compared
    for name, buffer in one.model.named_buffers():
        torch.testing.assert_close(two["model"][name], buffer, atol=1e-5, rtol=1e-4, msg=name)


def test_a_killed_run_goes_on_as_if_nothing_had_happened(pack, tmp_path, one_thread):
    out = tmp_path / "killed"
    process = run(pack, out, started=subprocess.Popen, stdout=subprocess.DEVNULL)
    end = time.monotonic() + 300
    while process.poll() is None and time.monotonic() < end:
        if (out / "log.jsonl").is_file() and len((out / "log.jsonl").read_text().splitlines()) >= 3:
            process.send_signal(signal.SIGKILL)
            break
        time.sleep(0.005)
    assert process.wait() == -signal.SIGKILL, "it was to be killed in its third step or soon after"
    assert 2 <= checkpoint.load(out / "last.pt")["step"] < 6
    done = run(pack, out)
    assert done.returncode == 0, done.stderr

    whole = in_this_process(pack, read_settings(tmp_path / "tiny.toml"))
    uninterrupted = [whole.step() for _ in range(6)]
    logged = losses(out)
    assert [row["step"] for row in logged] == [1, 2, 3, 4, 5, 6]
    for row, parts in zip(logged, uninterrupted, strict=True):
        assert {name: row[name] for name in parts} == parts, "to the last bit"
    state = checkpoint.load(out / "last.pt")
    for key, value in whole.averages.values.items():
        assert torch.equal(state["averaged"][key], value), key


@pytest.fixture(scope="module")
def tuned(tmp_path_factory):
    """A folder of two dozen balls, and what the command makes of the bundled weights on it."""
    import cv2

    root = tmp_path_factory.mktemp("tune")
    folder = root / "my_folder"
    for part in ("images", "mattes"):
        (folder / part).mkdir(parents=True)
    lines = ["file,expression,keyword"]
    for i in range(24):
        rng = np.random.default_rng(i)
        matte = np.zeros((120, 160), np.uint8)
        cv2.circle(matte, (int(rng.integers(50, 110)), int(rng.integers(50, 70))), 36, 255, -1)
        part = (cv2.GaussianBlur(matte, (0, 0), 2) / 255)[..., None]
        image = rng.integers(90, 150, (120, 160, 3)) * (1 - part) + np.array((210, 30, 30)) * part
        cv2.imwrite(str(folder / "images" / f"ball_{i}.jpg"), image[..., ::-1].astype(np.uint8))
        cv2.imwrite(str(folder / "mattes" / f"ball_{i}.png"), (part * 255).astype(np.uint8))
        lines.append(f"ball_{i}.jpg,the red ball,ball")
    (folder / "expressions.csv").write_text("\n".join(lines))
    few = "phases = [{steps = 4, sizes = [[64, 96]], batch = 4}]"
    line = [sys.executable, "-m", "training.train", "--from", "compact", "--data", str(folder), "--out"]
    line += [str(root / "mine"), "--accelerator", "cpu", "--set", few, "--set", "validate_every = 2"]
    done = subprocess.run(
        line, cwd=ROOT, capture_output=True, text=True, check=False, env={**os.environ, "OMP_NUM_THREADS": "1"}
    )
    assert done.returncode == 0, done.stderr
    return folder, root / "mine", done.stdout


def test_weights_are_tuned_on_a_folder_and_loaded_by_their_path(tuned):
    folder, out, shown = tuned
    assert "4/4 loss" in shown and "samples/s, waited for data" in shown and "val IoU" in shown
    assert (out / "best.pt").is_file()
    image = np.zeros((90, 120, 3), np.uint8) + 120
    import cv2

    cv2.circle(image, (60, 45), 25, (210, 30, 30), -1)
    predictor = Predictor.load(out / "last.pt", device="cpu")
    predictor.set_image(image)
    found = predictor.predict("the red ball").matte
    assert found.shape == (90, 120) and found[45, 60] > 0.9 and found[5, 5] < 0.1
    bundled, mine = weights.load("compact"), weights.load(out / "last.pt")
    assert mine[1].config == bundled[1].config
    theirs, ours = bundled[0].state_dict(), mine[0].state_dict()
    moved = {key for key, value in theirs.items() if not torch.equal(value, ours[key])}
    assert any(key.startswith("semantic_decoder") for key in moved)
    assert not any("running" in key for key in moved), "the settings for tuning freeze the norms"


def test_the_editor_takes_them(tuned, tmp_path):
    folder, out, _ = tuned
    line = [sys.executable, "-m", "rim_editor", "matte", str(folder / "images/ball_3.jpg"), "the red ball"]
    line += ["-o", str(tmp_path / "ball.png"), "--weights", str(out / "last.pt"), "--device", "cpu", "--json"]
    done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "ball.png").is_file()


def test_they_are_exported_for_others(tuned, tmp_path):
    out = tmp_path / "mine.safetensors"
    line = [sys.executable, "-m", "training.export", str(tuned[1] / "last.pt"), str(out), "--sure", "0.3"]
    done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert weights.load(out)[1].presence == PresenceScale(weights.UNCALIBRATED.unsure, 0.3)


def mistake(*arguments):
    """The message of the command about a mistake, in this process."""
    result = CliRunner().invoke(app, [str(a) for a in arguments])
    assert result.exception is not None
    return str(result.exception)


def test_mistakes_are_named(pack, tuned, tmp_path):
    out = ["--out", tmp_path / "run", "--accelerator", "cpu"]
    tiny = tmp_path / "tiny.toml"
    tiny.write_text(TINY)
    assert "there is no folder" in mistake("--data", tmp_path / "nowhere", *out)
    assert "did you mean 'seed'" in mistake("--data", pack, *out, "--set", "sead = 3")
    assert "different kinds" in mistake("--data", pack, "--data", tuned[0], *out)
    assert "did you mean 'compact'" in mistake("--data", pack, *out, "--from", "compcat")
    assert "holds weights of 'compact', the settings are of 'vit-b-16'" in mistake(
        "--data", pack, *out, "--from", "compact", "--config", ROOT / "training/configs/vit-b-16.toml"
    )
    assert "16-mixed needs a GPU" in mistake("--data", pack, *out, "--set", 'precision = "16-mixed"')
    assert "no device 'gpu'" in mistake("--data", pack, "--out", tmp_path / "run", "--accelerator", "gpu")
    huge = "phases = [{steps = 1, sizes = [[64, 64]], batch = 100000000}]"
    assert "raise `accumulate`" in mistake("--data", pack, *out, "--config", tiny, "--set", huge)
    assert not (tmp_path / "run").exists(), "nothing was written"


def test_a_broken_image_is_named(tuned, tmp_path):
    broken = tmp_path / "broken"
    shutil.copytree(tuned[0], broken)
    for path in (broken / "images").iterdir():
        path.write_bytes(path.read_bytes()[:300])
    shown = mistake("--from", "compact", "--data", broken, "--out", tmp_path / "run", "--accelerator", "cpu")
    assert "broken/images/ball_" in shown and "damaged or incomplete" in shown and "\n" not in shown


def test_a_mistake_is_one_line_and_no_traceback(tmp_path):
    done = run(tmp_path / "nowhere", tmp_path / "run")
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1 and "there is no folder" in done.stderr


def test_a_run_of_other_settings_is_not_gone_on_with(tuned):
    folder, out, _ = tuned
    assert "made with other settings" in mistake(
        "--data", folder, "--from", "compact", "--out", out, "--accelerator", "cpu", "--no-tensorboard"
    )


def test_a_run_that_is_done_says_so_and_another_start_is_refused(tuned):
    folder, out, _ = tuned
    few = ["--set", "phases = [{steps = 4, sizes = [[64, 96]], batch = 4}]", "--set", "validate_every = 2"]
    line = ["--data", str(folder), "--out", str(out), "--accelerator", "cpu", "--no-tensorboard", *few]
    config = ["--config", str(ROOT / "training/configs/finetune.toml")]
    done = CliRunner().invoke(app, [*line, "--from", "compact"])
    assert done.exit_code == 0 and "already at step 4 of 4" in done.stdout
    assert "--no-resume or a fresh --out" in mistake(*line, *config), "from nothing"


def test_help_shows_examples_and_loads_nothing_heavy():
    code = "import sys; from training.train import app; app(['--help'], standalone_mode=False); " \
        "assert 'torch' not in sys.modules and 'cv2' not in sys.modules"  # fmt: skip
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "--from compact --data my_folder" in done.stdout and "NODE_RANK" in done.stdout


def test_precision_follows_the_device(monkeypatch):
    from training.fitting import fabric

    settings = TrainSettings("compact", read_settings(ROOT / "training/configs/finetune.toml").phases, precision="auto")
    for able, expected in ((True, "bf16-mixed"), (False, "32-true")):
        monkeypatch.setattr(fabric, "cpu_supports_bfloat16", lambda able=able: able)
        assert with_precision(settings, "cpu").precision == expected
    with pytest.raises(SettingsError, match="needs a GPU"):
        with_precision(TrainSettings("compact", settings.phases, precision="16-mixed"), "cpu")
