"""The trainer: it learns, it resumes exactly, its processes share gradients, and it refuses what does not belong."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from lightning_fabric import Fabric

from clipmat import weights
from clipmat.config import variant
from clipmat.model import ClipMat
from training import checkpoint
from training.datasets import SceneDataset
from training.settings import Phase, SettingsError, TrainSettings, read_settings
from training.trainer import Trainer, schedule

ROOT = Path(__file__).parents[2]
SETTINGS = TrainSettings(
    variant="compact",
    phases=(Phase(4, ((64, 64), (64, 96)), 2, 3), Phase(4, ((96, 64),), 2, -1)),
    warmup=2,
    precision="32-true",
    validate_every=1000,
    save_every=1000,
)


def trainer(bank, settings=SETTINGS, score=None, nouns=None):
    torch.manual_seed(settings.seed)
    fabric = Fabric(accelerator="cpu", devices=1, precision=settings.precision)
    data = SceneDataset(bank.select("train"), settings.seed)
    return Trainer(fabric, ClipMat(variant("compact")), data, settings, nouns, score)


def test_resumed_is_uninterrupted(bank, tmp_path):
    whole = trainer(bank)
    losses = [whole.step() for _ in range(6)]
    half = trainer(bank)
    assert [half.step() for _ in range(3)] == losses[:3]
    checkpoint.save(tmp_path / "last.pt", half.state())
    other = trainer(bank)
    other.restore(checkpoint.load(tmp_path / "last.pt"))
    assert [other.step() for _ in range(3)] == losses[3:]
    for key, value in whole.averaged.items():
        torch.testing.assert_close(other.averaged[key], value, atol=0, rtol=0)


def test_it_learns_one_batch(bank):
    t = trainer(bank, replace(SETTINGS, phases=(Phase(40, ((64, 64),), 4, -1),), warmup=5, learning_rate=2e-3))
    batch = t.batch(0)
    t.batch = lambda step: batch  # the same batch again and again
    first = sum(t.step().values())
    for _ in range(38):
        last = sum(t.step().values())
    assert last < 0.6 * first


def test_frozen_stages_stay_and_later_train(bank):
    t = trainer(bank)
    before = {k: v.clone() for k, v in t.model.image_encoder.state_dict().items()}

    def moved():
        return {
            k.split(".depth")[0] for k, v in t.model.image_encoder.state_dict().items() if not torch.equal(v, before[k])
        }

    for _ in range(4):
        t.step()
    assert moved() and not any(k.startswith(("stem", "stages.0.", "stages.1.", "stages.2.")) for k in moved())
    for _ in range(4):
        t.step()
    assert any(k.startswith("stem") for k in moved()) and any(k.startswith("stages.0.") for k in moved())


def test_fit_keeps_the_last_and_the_best(bank, tmp_path):
    scores = iter([0.3, 0.2])
    t = trainer(bank, replace(SETTINGS, validate_every=4, save_every=2), score=lambda model: next(scores))
    heard = []
    t.fit(tmp_path, heard.append)
    assert [p.step for p in heard] == list(range(1, 9))
    assert [p.score for p in heard if p.score is not None] == [0.3, 0.2]
    assert checkpoint.load(tmp_path / "best.pt")["step"] == 4
    assert checkpoint.load(tmp_path / "last.pt")["step"] == 8
    assert weights.load(tmp_path / "last.pt")[0].config == variant("compact")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["best.pt", "last.pt"]


def test_validation_leaves_the_weights_alone(bank):
    t = trainer(bank, score=lambda model: float(next(model.parameters()).sum()))
    t.step()
    before = {k: v.clone() for k, v in t.model.state_dict().items()}
    t.validate()
    assert all(torch.equal(v, before[k]) for k, v in t.model.state_dict().items())


def test_the_teacher_is_heard(bank):
    nouns = (["cup", "dog", "car"], torch.eye(3, 16))
    t = trainer(bank, nouns=nouns)
    parts = [t.step() for _ in range(3)]
    assert all(0 < p["teacher"] < 2 for p in parts)


def test_a_checkpoint_of_other_settings_is_refused(bank):
    one, other = trainer(bank), trainer(bank, replace(SETTINGS, learning_rate=1e-3))
    with pytest.raises(checkpoint.CheckpointError, match="other settings"):
        other.restore(one.state())


def test_a_torn_checkpoint_is_refused(tmp_path):
    (tmp_path / "last.pt").write_bytes(b"PK\x03\x04 torn")
    with pytest.raises(checkpoint.CheckpointError, match="no readable checkpoint"):
        checkpoint.load(tmp_path / "last.pt")


def test_the_schedule_warms_up_and_ends_at_zero():
    rates = [schedule(i, 10, 100) for i in range(100)]
    assert rates[0] == pytest.approx(0.1) and max(rates) == pytest.approx(1.0) and rates[-1] < 1e-3
    assert rates[10:] == sorted(rates[10:], reverse=True)


def test_samples_are_numbered_through_the_phases():
    settings = replace(SETTINGS, phases=(Phase(2, ((64, 64),), 3), Phase(5, ((64, 64),), 4)))
    assert [settings.samples_before(s, 2) for s in range(5)] == [0, 6, 12, 20, 28]
    assert [settings.phase_at(s).batch for s in range(4)] == [3, 3, 4, 4]


@pytest.mark.parametrize("name", ["compact", "vit-b-16", "vit-l-14"])
def test_the_configurations_that_ship_are_read(name):
    settings = read_settings(ROOT / f"training/configs/{name}.toml")
    assert settings.variant == name
    multiple = variant(name).multiple
    assert all(side % multiple == 0 for phase in settings.phases for size in phase.sizes for side in size)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (
            'variant = "compact"\nlearning_rat = 1\n[[phases]]\nsteps=1\nsizes=[[64,64]]\nbatch=1',
            "did you mean 'learning_rate'",
        ),
        ('variant = "compact"\n[[phases]]\nstep=1\nsizes=[[64,64]]\nbatch=1', "did you mean 'steps'"),
        ('variant = "compact"', "at least one"),
        ('variant = "compact"\n[[phases]]\nsteps=1\nsizes=[[64,64]]', "batch"),
        ("variant = ", "x.toml"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path, text, complaint):
    (tmp_path / "x.toml").write_text(text)
    with pytest.raises(SettingsError, match=complaint):
        read_settings(tmp_path / "x.toml")


def run_train(pack, out, *more):
    config = out.parent / "tiny.toml"
    config.write_text(
        'variant = "compact"\nprecision = "32-true"\nwarmup = 1\nvalidate_every = 4\nsave_every = 1\n'
        "[[phases]]\nsteps = 4\nsizes = [[64, 64]]\nbatch = 2\nfrozen_stages = -1\n"
    )
    command = [
        sys.executable,
        "-m",
        "training.train",
        "--data",
        str(pack),
        "--config",
        str(config),
        "--out",
        str(out),
        *more,
    ]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, env={**os.environ, "OMP_NUM_THREADS": "1"}
    )


def test_the_command_trains_exports_and_the_result_is_loaded_by_path(pack, tmp_path):
    done = run_train(pack, tmp_path / "run")
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in (tmp_path / "run/log-0.jsonl").read_text().splitlines()]
    assert "val photo IoU" in rows[-1]
    out = tmp_path / "mine.safetensors"
    command = [sys.executable, "-m", "training.export", str(tmp_path / "run/last.pt"), str(out), "--threshold", "0.3"]
    exported = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert exported.returncode == 0, exported.stderr
    assert weights.load(out)[1].threshold == 0.3


def test_two_processes_take_one_step_together(pack, tmp_path):
    done = run_train(pack, tmp_path / "run", "--processes", "2")
    assert done.returncode == 0, done.stderr
    state = checkpoint.load(tmp_path / "run/last.pt")
    assert state["step"] == 4 and "2 processes" in state["made_with"]


def test_gradients_are_averaged_over_the_processes_each_in_its_place(bank):
    t = trainer(bank)
    parameters = [p for g in t.optimizer.param_groups for p in g["params"]]
    for i, p in enumerate(parameters):
        p.grad = torch.full_like(p, float(i))
    parameters[3].grad = None  # frozen

    def mean_with_zeros(flat, reduce_op):
        assert reduce_op == "mean"
        return flat / 2

    t.fabric = SimpleNamespace(world_size=2, all_reduce=mean_with_zeros)
    t._share_gradients()
    assert parameters[3].grad is None
    for i, p in enumerate(parameters):
        assert i == 3 or torch.equal(p.grad, torch.full_like(p, i / 2))


def test_a_users_mistake_is_one_line(tmp_path):
    done = run_train(tmp_path / "nowhere", tmp_path / "run")
    assert done.returncode == 2
    assert "is no entity bank" in done.stderr and "Traceback" not in done.stderr
