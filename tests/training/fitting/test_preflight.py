"""A run that cannot come to its end does not begin."""

import shutil
from dataclasses import replace
from types import SimpleNamespace

import pytest
import torch
from lightning_fabric import Fabric

from clipmat.config import variant
from clipmat.model import ClipMat
from training.fitting import checkpoint, preflight
from training.fitting.preflight import (
    PreflightError,
    free_memory,
    measure_activations,
    needed_memory,
    refuse_full_disk,
    refuse_small_memory,
)
from training.fitting.settings import Phase, TrainSettings

SETTINGS = TrainSettings("compact", (Phase(4, ((64, 64), (96, 128)), 6, expressions=2),), precision="32-true")


@pytest.fixture(scope="module")
def model():
    return ClipMat(variant("compact"))


@pytest.fixture(scope="module")
def fabric():
    return Fabric(accelerator="cpu", devices=1, precision="32-true")


def test_a_full_disk_is_refused_before_the_first_step(model, tmp_path, monkeypatch):
    refuse_full_disk(tmp_path / "not" / "yet", model)
    size = sum(v.numel() * v.element_size() for v in model.state_dict().values())
    monkeypatch.setattr(
        shutil, "disk_usage", lambda path: SimpleNamespace(total=10**12, used=10**12, free=12 * size - 1)
    )
    with pytest.raises(PreflightError, match="GiB are free: make room, or choose another --out"):
        refuse_full_disk(tmp_path / "not" / "yet", model)


def test_a_checkpoint_is_no_larger_than_reckoned(model, tmp_path):
    optimizer = torch.optim.AdamW(model.parameters())
    for p in model.parameters():
        p.grad = torch.zeros_like(p)
    optimizer.step()
    averaged = {k: v.clone() for k, v in model.state_dict().items()}
    state = {"model": model.state_dict(), "averaged": averaged, "optimizer": optimizer.state_dict()}
    checkpoint.save(tmp_path / "x.pt", state)
    size = sum(v.numel() * v.element_size() for v in model.state_dict().values())
    assert 0.97 * 4 * size < (tmp_path / "x.pt").stat().st_size < 1.03 * 4 * size
    model.zero_grad()


def test_too_little_memory_is_refused_with_the_remedy(model, fabric, monkeypatch):
    refuse_small_memory(fabric, model, SETTINGS, 1, 1)
    monkeypatch.setattr(preflight, "free_memory", lambda device: 2.0**26)
    with pytest.raises(PreflightError, match=r"about 0\.\d GiB and 0\.1 GiB are free: raise `accumulate`"):
        refuse_small_memory(fabric, model, SETTINGS, 1, 1)


def test_the_phase_that_is_reckoned_with_has_the_most_pixels_images_and_expressions(model, fabric, monkeypatch):
    reckoned = []
    monkeypatch.setattr(preflight, "needed_memory", lambda *given: reckoned.append(given[3]) or 0.0)
    phases = (Phase(1, ((64, 64),), 4, expressions=4), Phase(1, ((64, 96),), 4, expressions=1))
    refuse_small_memory(fabric, model, replace(SETTINGS, phases=phases), 1, 1)
    assert reckoned == [phases[0]]


def test_more_processes_than_gpus_are_refused(monkeypatch):
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    preflight.refuse_few_devices("cuda", 2)
    preflight.refuse_few_devices("cpu", 8)
    with pytest.raises(PreflightError, match="3 processes need as many GPUs and this machine has 2"):
        preflight.refuse_few_devices("cuda", 3)


def test_the_remedy_helps_and_what_costs_is_counted(model, fabric):
    def needed(world=1, **changes):
        phase = replace(SETTINGS.phases[0], **changes)
        return needed_memory(fabric, model, SETTINGS, phase, world)

    plain = needed()
    assert needed_memory(fabric, model, replace(SETTINGS, accumulate=3), SETTINGS.phases[0]) < plain
    assert needed(batch=12) > 1.5 * plain - 2**28 and needed(batch=12) > plain
    assert needed(sizes=((256, 256),)) > 3 * plain - 3 * 2**28  # the network itself costs the same
    assert needed(expressions=4) > plain and needed(world=8) > plain


def test_what_a_step_really_keeps_is_what_was_reckoned(fabric):
    """The judge is torch's own profiler: what was allocated and not given back."""
    torch.manual_seed(0)
    model = ClipMat(variant("compact"))
    batch, size = 4, (96, 128)
    in_network, in_loss = measure_activations(fabric, model, size, 1)
    tokens, _ = model.tokenize(["the large red cup on the left side of the photo"] * batch)
    pixels = torch.rand(batch, 3, *size)
    with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CPU], profile_memory=True) as profile:
        out = model(pixels, tokens, shrink=2)
        kept = [out]  # and with it all that the backward pass needs
    allocated = sum(event.self_cpu_memory_usage for event in profile.key_averages())
    assert kept and 0.7 * allocated < in_network * batch < 1.3 * allocated
    assert in_loss > 0


def test_measuring_leaves_no_trace(model, fabric):
    before = {k: v.clone() for k, v in model.state_dict().items()}
    model.train()
    needed_memory(fabric, model, SETTINGS, SETTINGS.phases[0])
    assert model.training and all(p.grad is None for p in model.parameters())
    assert all(torch.equal(v, before[k]) for k, v in model.state_dict().items())


def test_free_memory_is_part_of_all_memory():
    assert 0 < free_memory(torch.device("cpu")) < 2**50
