"""Training and measuring of the refiner: faithful coarse mattes, exact resume, fair rivals."""

import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from clipmat import weights
from clipmat.predictor import Predictor
from clipmat.refiner import CELL_SIZE, GUIDE_CHANNELS, Refiner
from clipmat.weights_catalogue import locate
from training import refine
from training.checkpoint import CheckpointError
from training.export import app as export_app
from training.refiner.coarse_mattes import degraded
from training.refiner.fit import RefinerSettings, export, fit, refiner_loss, trained
from training.refiner.measure import by_closed_form, cases, figures, guided, summary
from training.refiner.pairs import Pairs, PairsError, write
from training.refiner.patches import PATCH, TRAINED, UNSEEN, Cutouts, drawn, example, joined, patch
from training.strands.families import FAMILIES

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def cutouts(bank):
    return Cutouts(bank.select("train"), families=("hair", "web"), held=2, reuse=1000)


def soft_disc(side=PATCH):
    alpha = np.zeros((side, side), np.float32)
    cv2.circle(alpha, (side // 2, side // 2), side // 4, 1.0, -1)
    return cv2.GaussianBlur(alpha, (0, 0), 2.0)


@pytest.mark.parametrize("factor", [2, 4, 8, 16])
def test_an_exact_coarse_matte_is_the_mean_of_each_block(factor):
    alpha = np.random.default_rng(0).random((192, 192), dtype=np.float32)
    coarse = degraded(alpha, (192 // factor,) * 2, np.random.default_rng(1), exact=True)
    blocks = alpha.reshape(192 // factor, factor, 192 // factor, factor).mean(axis=(1, 3))
    np.testing.assert_allclose(coarse.matte, blocks, atol=1e-5)


@given(st.integers(0, 10_000), st.integers(8, 96), st.booleans())
@settings(max_examples=40, deadline=None)
def test_coarse_mattes_are_mattes_and_labels_are_probabilities(seed, side, exact):
    coarse = degraded(soft_disc(96), (side, side), np.random.default_rng(seed), exact=exact)
    assert coarse.matte.shape == (side, side) and coarse.labels.shape == (side, side, 3)
    assert coarse.matte.dtype == coarse.labels.dtype == np.float32
    assert 0 <= coarse.matte.min() and coarse.matte.max() <= 1
    assert coarse.labels.min() >= 0
    np.testing.assert_allclose(coarse.labels.sum(axis=2), 1, atol=1e-4)


def test_the_same_seed_gives_the_same_bytes(bank):
    first, second = (drawn(Cutouts(bank.select("train"), ("fur",), held=2), np.random.default_rng(5)) for _ in range(2))
    for one, other in zip(first, second, strict=True):
        assert torch.equal(one, other)


def test_a_patch_has_a_transition_and_lies_between_its_alphas_ends(cutouts):
    for seed in range(8):
        image, alpha = patch(cutouts, np.random.default_rng(seed))
        assert image.shape == (PATCH, PATCH, 3) and image.dtype == np.uint8
        assert alpha.shape == (PATCH, PATCH) and alpha.dtype == np.float32
        assert 0 < alpha.mean() < 1 and ((alpha > 0.05) & (alpha < 0.95)).any()


def test_the_network_is_shown_what_the_predictor_would_show_it():
    """The base is the coarse matte as OpenCV enlarges it; the planes have the sizes that the network asks for."""
    alpha = soft_disc()
    coarse = degraded(alpha, (48, 48), np.random.default_rng(0), exact=True)
    shown = example(np.full((PATCH, PATCH, 3), 90, np.uint8), alpha, coarse, coarse)
    expected = cv2.resize(coarse.matte, (PATCH, PATCH), interpolation=cv2.INTER_LINEAR)
    np.testing.assert_allclose(shown.base[0, 0].numpy(), expected, atol=1e-5)
    assert shown.guides.shape == (1, GUIDE_CHANNELS, PATCH // CELL_SIZE, PATCH // CELL_SIZE)
    assert shown.window[0, 0, PATCH // 2, PATCH // 4] == 1 and shown.window[0, 0, 2, 2] == 0


def test_families_that_are_kept_for_measuring_are_not_trained_on():
    assert set(UNSEEN) <= set(FAMILIES)
    assert not set(UNSEEN) & set(TRAINED)
    assert set(UNSEEN) | set(TRAINED) == set(FAMILIES)


def test_the_loss_is_zero_for_the_truth_and_blind_outside_the_window():
    alpha = torch.from_numpy(soft_disc(64))[None, None]
    window = torch.zeros_like(alpha)
    window[..., :32, :] = 1
    assert refiner_loss(alpha, alpha, window) < 1e-4
    wrong = alpha.clone()
    wrong[..., 48:, :] = 0.5
    inside = alpha.clone()
    inside[..., :16, :] = 0.5
    assert refiner_loss(inside, alpha, window) > 10 * refiner_loss(wrong, alpha, window)


def drawing(cutouts, batch=2):
    return lambda rng, network: joined([drawn(cutouts, rng, network) for _ in range(batch)])


def test_a_few_steps_beat_the_coarse_matte(cutouts, tmp_path):
    quick = RefinerSettings(steps=40, batch=2, warmup=5, learning_rate=2e-3, bfloat16=False)
    told = list(fit(drawing(cutouts), tmp_path, quick))
    late = told[25:]
    assert sum(p.refined for p in late) < 0.97 * sum(p.coarse for p in late)


def test_a_run_goes_on_exactly_where_it_was(cutouts, tmp_path):
    draw = drawing(cutouts)
    draw(np.random.default_rng(0), Refiner())  # the pool of strands is full from here on
    quick = RefinerSettings(steps=4, batch=2, save_every=2, bfloat16=False)
    list(fit(draw, tmp_path / "whole", quick))
    part = fit(draw, tmp_path / "parts", quick)
    assert [next(part).step for _ in range(3)] == [1, 2, 3]  # stopped after step 3, saved at 2
    part.close()
    assert [p.step for p in fit(draw, tmp_path / "parts", quick)] == [3, 4]
    one, other = (trained(tmp_path / run / "last.pt").state_dict() for run in ("whole", "parts"))
    assert all(torch.equal(one[name], other[name]) for name in one)
    assert list(fit(draw, tmp_path / "parts", quick)) == []


def test_a_run_can_begin_from_a_trained_refiner(cutouts, tmp_path):
    """One step of nothing leaves the weights that it was given."""
    torch.manual_seed(1)
    given = Refiner()
    torch.nn.init.normal_(given.head.weight, std=0.01)
    still = RefinerSettings(steps=1, batch=1, learning_rate=0.0, bfloat16=False)
    list(fit(drawing(cutouts, 1), tmp_path, still, begin=given))
    found = trained(tmp_path / "last.pt").state_dict()
    for name, value in given.state_dict().items():
        torch.testing.assert_close(found[name], value)


def test_weights_come_back_from_their_file(tmp_path):
    network = Refiner()
    torch.nn.init.normal_(network.head.weight)
    assert export(network, tmp_path / "refiner.safetensors") == (tmp_path / "refiner.safetensors").stat().st_size
    assert (tmp_path / "refiner.safetensors").stat().st_size < 4 * 2**20
    found = trained(tmp_path / "refiner.safetensors").state_dict()
    for name, value in network.state_dict().items():
        torch.testing.assert_close(found[name], value, atol=2e-3, rtol=2e-3)


@pytest.mark.parametrize("name", ["missing.safetensors", "broken.safetensors", "broken.pt"])
def test_a_file_that_is_no_refiner_is_named(tmp_path, name):
    if "broken" in name:
        (tmp_path / name).write_bytes(b"not weights")
    with pytest.raises(CheckpointError, match=name):
        trained(tmp_path / name)


@pytest.fixture(scope="module")
def blind():
    """A network of random weights that finds everything: its matte is a fixed square."""
    torch.manual_seed(0)
    return weights.untrained("compact")[0]


def test_pairs_come_back_from_their_file(bank, blind, tmp_path, monkeypatch):
    from training.refiner import pairs

    monkeypatch.setattr(pairs, "FOUND", -1.0)  # random weights find nothing
    made = list(pairs(blind, bank.select("train"), 3, seed=1))
    assert write(tmp_path / "pairs.npz", iter(made)) == 3
    read = Pairs.read(tmp_path / "pairs.npz")
    assert len(read) == 3
    found = [read.drawn(np.random.default_rng(seed)) for seed in range(30)]
    same = [f for f in found if torch.equal(f.image, made[0].image)]
    assert same
    for name, tolerance in (("base", 0.003), ("window", 0.003), ("alpha", 0.003), ("guides", 0.01)):
        torch.testing.assert_close(
            getattr(same[0], name), getattr(made[0], name).clamp(-30, 30), atol=tolerance, rtol=0.01
        )


def test_a_missing_file_of_pairs_says_how_it_is_made(tmp_path):
    with pytest.raises(PairsError, match=r"none.npz holds no pairs .*training.refine pairs --out"):
        Pairs.read(tmp_path / "none.npz")


def test_the_guided_filter_keeps_what_is_a_straight_line_of_colour():
    """He et al.: where the input is linear in the guide, it comes back; on a flat guide it is a blur twice over."""
    image = np.random.default_rng(0).integers(0, 256, (40, 50, 3), dtype=np.uint8)
    linear = (image @ np.array([0.2, 0.5, 0.3]) / 255).astype(np.float32)
    np.testing.assert_allclose(guided(image, linear, 4, 1e-8), linear, atol=1e-3)
    flat = np.full((40, 50, 3), 77, np.uint8)
    matte = np.random.default_rng(1).random((40, 50), dtype=np.float32)
    twice = cv2.blur(cv2.blur(matte, (9, 9), borderType=cv2.BORDER_REFLECT), (9, 9), borderType=cv2.BORDER_REFLECT)
    np.testing.assert_allclose(guided(flat, matte, 4, 1e-3), twice, atol=1e-4)


def test_closed_form_matting_solves_two_flat_colours():
    truth = np.clip((np.arange(60, dtype=np.float32) - 20) / 20, 0, 1)[None, :] * np.ones((40, 1), np.float32)
    image = (truth[..., None] * [200, 40, 40] + (1 - truth[..., None]) * [20, 60, 200]).astype(np.uint8)
    unknown = (truth > 0) & (truth < 1)
    assert np.abs(by_closed_form(image, (truth > 0.5).astype(np.float32), unknown) - truth).mean() < 0.02


def test_closed_form_matting_without_a_known_foreground_gives_the_matte_back():
    matte = np.full((8, 8), 0.3, np.float32)
    everything = np.ones((8, 8), bool)
    np.testing.assert_array_equal(by_closed_form(np.zeros((8, 8, 3), np.uint8), matte, everything), matte)


def test_a_fresh_refiner_measures_as_bilinear_upsampling(bank):
    held = bank.select("val_seen")
    rows = [
        row
        for case in cases(held, ("hair", "web"), 2, 7, 4, exact=True, side=96)
        for row in figures(case, Refiner().eval(), closed_form=False)
    ]
    assert [row.method for row in rows[:3]] == ["bilinear", "guided filter", "refiner"]
    for bilinear, fresh in zip(rows[::3], rows[2::3], strict=True):
        assert fresh.whole["SAD"] == pytest.approx(bilinear.whole["SAD"], rel=1e-3)
    table = summary(rows)
    assert "| 4 | refiner |" in table and "(+0%)" in table


def test_measured_scenes_are_the_same_each_time(bank):
    held = bank.select("val_seen")
    one, other = (list(cases(held, ("fern",), 2, 7, 4, side=64)) for _ in range(2))
    for a, b in zip(one, other, strict=True):
        np.testing.assert_array_equal(a.image, b.image)
        np.testing.assert_array_equal(a.coarse.matte, b.coarse.matte)


def test_train_measure_and_merge_by_command(pack, tmp_path):
    run = CliRunner()
    done = run.invoke(refine.app, ["train", "--data", str(pack), "--out", str(tmp_path), "--steps", "1"])
    assert done.exit_code == 0, done.output
    assert "step 1: loss" in done.output
    weights_of_it = tmp_path / "refiner.safetensors"
    options = ["--data", str(pack), "--refiner", str(weights_of_it), "--count", "1", "--factor", "4", "--unseen"]
    done = run.invoke(refine.app, ["measure", *options, "--no-closed-form", "--out", str(tmp_path / "seen")])
    assert done.exit_code == 0, done.output
    assert "| 4 | refiner |" in done.output and len(list((tmp_path / "seen").glob("4x_*.png"))) == 1
    bundled, _ = locate("compact")
    both = tmp_path / "both.safetensors"
    done = run.invoke(export_app, [str(bundled), str(both), "--refiner", str(weights_of_it)])
    assert done.exit_code == 0, done.output
    predictor = Predictor.load(both, device="cpu")
    assert predictor.card.config.refiner


def test_a_users_mistake_is_one_line(tmp_path):
    command = [sys.executable, "-m", "training.refine", "train", "--data", str(tmp_path), "--out", str(tmp_path / "o")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "is not an entity bank" in done.stderr and "Traceback" not in done.stderr
