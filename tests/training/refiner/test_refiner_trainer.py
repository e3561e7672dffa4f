"""The refiner's trainer: it learns, it resumes exactly, its weights come back from their files."""

import numpy as np
import pytest
import torch

from clipmat.refiner import Refiner
from training.fitting.checkpoint import CheckpointError
from training.fitting.loop import DivergedError
from training.refiner.patches import concatenated, draw_patch
from training.refiner.refiner_trainer import RefinerSettings, RefinerTrainer, export_refiner, load_refiner, refiner_loss


def sampler(cutouts, batch=2):
    return lambda rng, network: concatenated([draw_patch(cutouts, rng, network) for _ in range(batch)])


def fit(sampler, folder, settings, **options):
    """The reports of a run."""
    reports = []
    RefinerTrainer(sampler, settings, **options).fit(folder, reports.append)
    return reports


def test_the_loss_is_zero_for_the_truth_and_blind_outside_the_window(soft_disc):
    alpha = torch.from_numpy(soft_disc(64))[None, None]
    window = torch.zeros_like(alpha)
    window[..., :32, :] = 1
    assert refiner_loss(alpha, alpha, window) < 1e-4
    wrong = alpha.clone()
    wrong[..., 48:, :] = 0.5
    inside = alpha.clone()
    inside[..., :16, :] = 0.5
    assert refiner_loss(inside, alpha, window) > 10 * refiner_loss(wrong, alpha, window)


def test_a_few_steps_beat_the_coarse_matte(cutouts, tmp_path):
    quick = RefinerSettings(steps=40, batch=2, warmup=5, learning_rate=2e-3, bfloat16=False)
    late = [report.metrics for report in fit(sampler(cutouts), tmp_path, quick)[25:]]
    assert sum(errors["refined"] for errors in late) < 0.97 * sum(errors["coarse"] for errors in late)


def test_a_run_goes_on_exactly_where_it_was(cutouts, tmp_path):
    draw = sampler(cutouts)
    draw(np.random.default_rng(0), Refiner())  # the pool of strands is full from here on
    quick = RefinerSettings(steps=4, batch=2, save_every=2, bfloat16=False)
    fit(draw, tmp_path / "whole", quick)
    stopped = []

    def stop_after_three(report):
        stopped.append(report.step)
        if report.step == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        RefinerTrainer(draw, quick).fit(tmp_path / "parts", stop_after_three)
    assert stopped == [1, 2, 3]  # saved at 2
    assert [report.step for report in fit(draw, tmp_path / "parts", quick)] == [3, 4]
    one, other = (load_refiner(tmp_path / run / "last.pt").state_dict() for run in ("whole", "parts"))
    assert all(torch.equal(one[name], other[name]) for name in one)
    assert fit(draw, tmp_path / "parts", quick) == []


def test_a_run_can_begin_from_a_trained_refiner(cutouts, tmp_path):
    """One step of nothing leaves the weights that it was given."""
    torch.manual_seed(1)
    given = Refiner()
    torch.nn.init.normal_(given.head.weight, std=0.01)
    still = RefinerSettings(steps=1, batch=1, learning_rate=0.0, bfloat16=False)
    fit(sampler(cutouts, 1), tmp_path, still, start=given)
    found = load_refiner(tmp_path / "last.pt").state_dict()
    for name, value in given.state_dict().items():
        torch.testing.assert_close(found[name], value)


def test_weights_come_back_from_their_file(tmp_path):
    network = Refiner()
    torch.nn.init.normal_(network.head.weight)
    assert (
        export_refiner(network, tmp_path / "refiner.safetensors") == (tmp_path / "refiner.safetensors").stat().st_size
    )
    assert (tmp_path / "refiner.safetensors").stat().st_size < 4 * 2**20
    found = load_refiner(tmp_path / "refiner.safetensors").state_dict()
    for name, value in network.state_dict().items():
        torch.testing.assert_close(found[name], value, atol=2e-3, rtol=2e-3)


@pytest.mark.parametrize("name", ["missing.safetensors", "broken.safetensors", "broken.pt"])
def test_a_file_that_is_no_refiner_is_named(tmp_path, name):
    if "broken" in name:
        (tmp_path / name).write_bytes(b"not weights")
    with pytest.raises(CheckpointError, match=name):
        load_refiner(tmp_path / name)


def test_a_loss_that_is_no_number_stops_the_run_before_the_weights_change(cutouts, tmp_path):
    start = Refiner()
    with torch.no_grad():
        next(start.parameters()).fill_(float("nan"))
    file = tmp_path / "broken.safetensors"
    export_refiner(start, file)
    quick = RefinerSettings(steps=2, batch=2, save_every=1, bfloat16=False)
    draw, whole = sampler(cutouts), Refiner()  # the patches are drawn with a network that computes numbers
    trainer = RefinerTrainer(lambda rng, _: draw(rng, whole), quick, start=load_refiner(file))
    with pytest.raises(DivergedError, match=r"step 1 diverged \(loss nan\).*lower learning_rate"):
        trainer.fit(tmp_path / "run", lambda report: None)
    assert trainer.step_number == 0 and not (tmp_path / "run" / "last.pt").exists()
