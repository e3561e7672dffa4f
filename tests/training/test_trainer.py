"""The trainer: it learns, it resumes exactly, parts are the whole, and it refuses what does not belong."""

import copy
import gc
import math
from dataclasses import replace

import pytest
import torch
from lightning_fabric import Fabric
from lightning_fabric.plugins import MixedPrecision

from clipmat import weights
from clipmat.config import FORMER_COMPACT, variant
from clipmat.model import ClipMat
from clipmat.transforms import normalised
from training.datasets import SceneDataset
from training.fitting import checkpoint
from training.fitting.clock import Clock
from training.fitting.loop import DivergedError
from training.fitting.optimizer import batch_norms, optimizer_parameters, warmup_cosine
from training.fitting.settings import Phase, SettingsError, TrainSettings
from training.fitting.validation import Validation
from training.losses import dense_loss, summed, total_loss
from training.trainer import Trainer

SETTINGS = TrainSettings(
    variant="compact",
    phases=(Phase(4, ((64, 64), (64, 96)), 2, 3), Phase(4, ((96, 64),), 2, -1)),
    warmup=2,
    precision="32-true",
    validate_every=1000,
    save_every=1000,
)
ONE = replace(SETTINGS, phases=(Phase(3, ((64, 64),), 4, -1, expressions=2),), clip=1e9)
NOUNS = (["cup", "dog", "car"], torch.eye(3, 16))


@pytest.fixture(autouse=True)
def nothing_stays():
    """A trainer and its prefetcher hold each other: hundreds of megabytes each would wait for the collector."""
    yield
    gc.collect()


def trainer(bank, settings=SETTINGS, validation=None, nouns=None, config=None, clock=None, **options):
    torch.manual_seed(settings.seed)
    fabric = Fabric(accelerator="cpu", devices=1, **(options or {"precision": settings.precision}))
    data = SceneDataset(bank.select("train"), settings.seed)
    return Trainer(fabric, ClipMat(config or variant("compact")), data, settings, nouns, validation, clock=clock)


def moments(t):
    """AdamW's first moments by parameter: after one step a tenth of the gradient."""
    return [t.optimizer.state[p].get("exp_avg") for p in optimizer_parameters(t.optimizer)]


def test_resumed_is_uninterrupted(bank, tmp_path):
    whole = trainer(bank)
    losses = [whole.step() for _ in range(6)]
    half = trainer(bank)
    assert [half.step() for _ in range(3)] == losses[:3]
    checkpoint.save(tmp_path / "last.pt", half.state())
    other = trainer(bank)
    other.restore(checkpoint.load(tmp_path / "last.pt"))
    assert [other.step() for _ in range(3)] == losses[3:]
    for key, value in whole.averages.values.items():
        torch.testing.assert_close(other.averages.values[key], value, atol=0, rtol=0)


def test_a_step_follows_the_gradient_of_the_loss(bank):
    """The judge is the plain way: the network, the loss, backward."""
    t = trainer(bank, replace(ONE, phases=(replace(ONE.phases[0], words=7),)))
    inputs, targets = t.batch(0)
    model = ClipMat(variant("compact")).train()
    model.load_state_dict(t.model.state_dict())
    pixels = inputs.pixels.float() / 255
    text, valid = model.encode_text(inputs.tokens)
    image = model.encode_image(normalised(pixels, model.config))
    parts = total_loss(
        model.decode(image.repeated(2), text, valid, shrink=2),
        trimap=targets.trimap.long(),
        target=targets.matte,
        image=torch.nn.functional.avg_pool2d(pixels, 2).repeat_interleave(2, dim=0),
        present=targets.present.bool(),
        images=4,
        match_counts=targets.match_counts.float(),
    )
    match, known = model.popup.dense_match, targets.word_counts.float()
    assert known.shape[:2] == (4, 7)
    meanings = match.embed_text(*model.encode_text(inputs.words))
    logits = torch.cat([match.logits(one[None], meanings[None]) for one in image.features.places])
    parts["words"] = dense_loss(logits, targets.word_masks.float() / 255, known)
    summed(parts).backward()
    found = t.step()
    assert found == pytest.approx({name: float(part.detach()) for name, part in parts.items()}, rel=1e-5)
    expected = dict(zip(t.model.parameters(), model.parameters(), strict=True))
    largest = max(float(p.grad.abs().max()) for p in model.parameters() if p.grad is not None)
    for p, moment in zip(optimizer_parameters(t.optimizer), moments(t), strict=True):
        if p in expected and expected[p].grad is not None:
            torch.testing.assert_close(10 * moment, expected[p].grad, rtol=1e-3, atol=1e-5 * largest)


@pytest.mark.parametrize(
    ("config", "shared"), [(variant("compact"), "words"), (FORMER_COMPACT, "contrast")], ids=["dense match", "tokens"]
)
def test_a_batch_in_parts_gives_the_loss_and_the_gradient_of_the_whole(bank, config, shared):
    """Every part of the loss, also what all images share: words, or the contrast of all pairs. 4 images in 3 parts."""
    settings = replace(ONE, frozen_norms=True, phases=(replace(ONE.phases[0], words=5),))
    whole = trainer(bank, settings, nouns=NOUNS, config=config)
    parts = trainer(bank, replace(settings, accumulate=3), nouns=NOUNS, config=config)
    for _ in range(2):
        expected, found = whole.step(), parts.step()
        assert found == pytest.approx(expected, rel=1e-5, abs=1e-6) and expected[shared] > 0.01
    for one, other in zip(moments(whole), moments(parts), strict=True):
        assert (one is None) == (other is None)
        if one is not None:
            torch.testing.assert_close(other, one, atol=1e-6, rtol=1e-4)


def test_norms_remember_each_part_once_and_frozen_ones_nothing(bank):
    t = trainer(bank, replace(ONE, accumulate=2))
    t.step()
    assert {int(norm.num_batches_tracked) for norm in batch_norms(t.model)} == {2}
    frozen = trainer(bank, replace(ONE, accumulate=2, frozen_norms=True))
    before = {k: v.clone() for k, v in frozen.model.state_dict().items() if "running" in k}
    frozen.step()
    assert before and all(torch.equal(frozen.model.state_dict()[k], v) for k, v in before.items())


def test_it_learns_one_batch(bank):
    t = trainer(bank, replace(SETTINGS, phases=(Phase(40, ((64, 64),), 4, -1),), warmup=5, learning_rate=2e-3))
    batch = t.batch(0)
    t.prefetcher.get = lambda step: batch  # the same batch again and again
    first = sum(t.step().values())
    for _ in range(38):
        last = sum(t.step().values())
    assert last < 0.6 * first


def test_half_precision_scales_its_loss_skips_what_overflows_and_resumes(bank):
    def half(scale):
        scaler = torch.amp.GradScaler("cpu", init_scale=scale, growth_interval=2)
        return trainer(bank, ONE, plugins=MixedPrecision("16-mixed", "cpu", scaler))

    t, full = half(2.0**10), trainer(bank, ONE)
    assert sum(t.step().values()) == pytest.approx(sum(full.step().values()), rel=0.02)
    for one, other in zip(moments(full), moments(t), strict=True):
        if one is not None and one.norm() > 1e-2:
            assert (one - other).norm() < 0.2 * one.norm(), "unscaled before it is clipped and used"
    assert t.state()["scaler"]["scale"] == 2.0**10
    t.step()
    restored = half(2.0**5)
    restored.restore(t.state())
    assert restored.fabric.strategy.precision.scaler.get_scale() == 2.0**11
    wild = half(2.0**100)
    before = {k: v.detach().clone() for k, v in wild.model.named_parameters()}
    wild.step()
    assert all(torch.equal(v, before[k]) for k, v in wild.model.named_parameters())
    assert wild.fabric.strategy.precision.scaler.get_scale() == 2.0**99


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


@pytest.mark.parametrize(("tower", "rate"), [("image_encoder", "image_rate"), ("text_tower", "text_rate")])
def test_an_encoder_is_frozen_or_has_its_own_rate(bank, tower, rate):
    still, slow, fast = (trainer(bank, replace(ONE, warmup=0, **{rate: r})) for r in (0.0, 0.01, 1.0))
    before = {k: v.detach().clone() for k, v in getattr(still.model, tower).named_parameters()}

    def moved(t):
        t.step()
        trained = getattr(t.model, tower).named_parameters()
        return max(float((v.detach() - before[k]).abs().max()) for k, v in trained)

    distances = [moved(t) for t in (still, slow, fast)]
    assert distances[0] == 0 and all(p.grad is None for p in getattr(still.model, tower).parameters())
    assert distances[2] == pytest.approx(100 * distances[1], rel=0.1), "Adam's first step is the rate itself"


def test_fit_keeps_the_last_and_the_best(bank, tmp_path):
    validations = iter([Validation(0.3, ()), Validation(0.2, ())])
    t = trainer(bank, replace(SETTINGS, validate_every=4, save_every=2), validation=lambda model: next(validations))
    reports = []
    t.fit(tmp_path, reports.append)
    assert [p.step for p in reports] == list(range(1, 9))
    assert [p.validation.score for p in reports if p.validation is not None] == [0.3, 0.2]
    assert all(p.samples == 2 and 0 <= p.waited <= p.seconds for p in reports)
    assert [p.learning_rate for p in reports] == pytest.approx([6e-4 * warmup_cosine(i, 2, 8) for i in range(8)])
    assert checkpoint.load(tmp_path / "best.pt")["step"] == 4
    assert checkpoint.load(tmp_path / "last.pt")["step"] == 8
    assert weights.load(tmp_path / "last.pt")[0].config == variant("compact")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["best.pt", "last.pt"]


def test_a_step_is_reported_before_it_is_saved(bank, tmp_path):
    """A run that is killed in between does the step again; the other way round the log would lack it."""
    t = trainer(bank, replace(SETTINGS, save_every=1))

    def killed(report):
        if report.step == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        t.fit(tmp_path, killed)
    assert checkpoint.load(tmp_path / "last.pt")["step"] == 1


def test_validation_leaves_the_weights_alone(bank):
    t = trainer(bank, validation=lambda model: Validation(float(next(model.parameters()).sum()), ()))
    t.step()
    before = {k: v.clone() for k, v in t.model.state_dict().items()}
    t.validate()
    assert all(torch.equal(v, before[k]) for k, v in t.model.state_dict().items())


def test_the_teacher_is_learnt_from(bank):
    t = trainer(bank, nouns=NOUNS)
    parts = [t.step() for _ in range(3)]
    assert all(0 < p["teacher"] < 2 for p in parts)
    assert "teacher" not in trainer(bank, replace(SETTINGS, teacher=0.0), nouns=NOUNS).step()


@pytest.mark.parametrize("changes", [{"learning_rate": 1e-3}, {"accumulate": 2}, {"seed": 1}])
def test_a_checkpoint_of_other_settings_is_refused(bank, changes):
    one, other = trainer(bank), trainer(bank, replace(SETTINGS, **changes))
    with pytest.raises(checkpoint.CheckpointError, match="other settings"):
        other.restore(one.state())


@pytest.mark.parametrize("changes", [{"save_every": 3}, {"validate_every": 7}])
def test_a_run_goes_on_with_another_interval_of_saving_or_validating(bank, changes):
    """Nothing in the weights of a step depends on them: the losses to come are those of the run as it was."""
    one, other = trainer(bank), trainer(bank, replace(SETTINGS, **changes))
    one.step()
    other.restore(copy.deepcopy(one.state()))
    assert other.step() == one.step()


def test_a_checkpoint_of_version_0_1_is_gone_on_with(bank):
    """It named the settings with every field."""
    one = trainer(bank)
    origin = one.made_with.removeprefix(one.settings.course)
    state = {**one.state(), "made_with": f"{one.settings!r}{origin}"}
    trainer(bank).restore(state)
    with pytest.raises(checkpoint.CheckpointError, match="other settings"):
        trainer(bank, replace(SETTINGS, seed=1)).restore(state)


def test_a_checkpoint_of_other_data_is_refused(bank):
    one, other = trainer(bank), trainer(replace(bank, photos=bank.photos[1:]))
    with pytest.raises(checkpoint.CheckpointError, match="other settings, data"):
        other.restore(one.state())


def test_a_checkpoint_of_another_start_is_refused(bank):
    one, other = trainer(bank), ClipMat(variant("compact"))
    with torch.no_grad():
        next(other.parameters()).flatten()[0] += 1
    other = Trainer(one.fabric, other, one.data, SETTINGS)
    with pytest.raises(checkpoint.CheckpointError, match=r"or start \(--from.*--no-resume or a fresh --out"):
        other.restore(one.state())


@pytest.mark.parametrize("name", ["loss", "gradient"])
def test_a_run_that_diverges_stops_and_leaves_the_weights(bank, name, monkeypatch):
    t = trainer(bank)
    t.step()
    before = {k: v.detach().clone() for k, v in t.model.named_parameters()}
    if name == "loss":
        monkeypatch.setattr("training.trainer.total_loss", lambda out, **_: {"x": out[0].mean() * float("nan")})
    else:
        next(p for p in t.model.parameters() if p.requires_grad).register_hook(lambda gradient: gradient * float("nan"))
    with pytest.raises(DivergedError, match=rf"step 2 diverged \({name} nan\).*lower learning_rate"):
        t.step()
    assert all(torch.equal(v, before[k]) for k, v in t.model.named_parameters()) and t.step_number == 1


def test_the_schedule_warms_up_and_ends_at_zero():
    rates = [warmup_cosine(i, 10, 100) for i in range(100)]
    assert rates[0] == pytest.approx(0.1) and max(rates) == pytest.approx(1.0) and rates[-1] < 1e-3
    assert rates[10:] == sorted(rates[10:], reverse=True)


def test_a_run_by_the_clock_ends_with_it_and_its_rate_falls_with_the_time(bank, tmp_path):
    """Four seconds, and a second passes from one report to the next: the judge is the cosine written out."""
    now, reports = 0.0, []

    def listener(report):
        nonlocal now
        now += 1
        reports.append(report)

    many = replace(ONE, phases=(replace(ONE.phases[0], steps=1000),), warmup=2)
    t = trainer(bank, many, clock=Clock(4 / 60, lambda: now))
    t.fit(tmp_path, listener)
    assert [r.step for r in reports] == [1, 2, 3, 4, 5], "the fifth was begun before the fourth second was reported"
    cosines = [0.5 * (1 + math.cos(math.pi * passed / 4)) for passed in (0, 1, 2, 3, 4)]
    assert [r.learning_rate for r in reports] == pytest.approx([6e-4 * c for c in (cosines[0] / 2, *cosines[1:])])
    saved = checkpoint.load(tmp_path / "last.pt")
    assert (saved["step"], saved["seconds"]) == (5, 5.0)

    again = trainer(bank, many, clock=Clock(4 / 60, lambda: 0.0))
    again.restore(saved)
    assert again.done
    longer = trainer(bank, many, clock=Clock(10 / 60, lambda: 0.0))
    longer.restore(saved)
    assert not longer.done and longer.clock.share == pytest.approx(0.5)


def test_a_clock_wants_one_phase(bank):
    with pytest.raises(SettingsError, match="one phase and one process"):
        trainer(bank, clock=Clock(1))


def test_compiling_reaches_what_a_step_calls(bank, monkeypatch):
    called = []

    def compiled(function):
        def call(*arguments, **named):
            called.append(type(function.__self__).__name__)
            return function(*arguments, **named)

        return call

    monkeypatch.setattr("torch.compile", compiled)
    plain, t = trainer(bank, ONE), trainer(bank, replace(ONE, compile=True))
    assert t.step() == plain.step()
    assert set(called) == {"EfficientNetEncoder", "SemanticDecoder", "DetailsDecoder"}
    assert t.model.state_dict().keys() == plain.model.state_dict().keys()
