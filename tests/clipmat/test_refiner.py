"""The post-refiner: tiles of the transition, no seams, nothing invented far from the coarse matte."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from clipmat import refiner, refining, weights
from clipmat.errors import BadImage, WeightsInvalid
from clipmat.predictor import Predictor
from clipmat.refiner import (
    DILATION,
    MAX_UPSAMPLING,
    TILE_CORE,
    TILE_MARGIN,
    Refiner,
    sample_squares,
    transition_window,
    upsampling_steps,
)
from clipmat.refining import TILES_PER_BATCH, refine_matte
from clipmat.transforms import from_output, to_input

SAMPLE = Path(__file__).parents[2] / "resources/samples/still_life.jpg"


def noise(height, width, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def disc(height=96, width=128, radius=30, blur=1.0):
    matte = np.zeros((height, width), np.float32)
    cv2.circle(matte, (width // 2, height // 2), radius, 1.0, -1, cv2.LINE_AA)
    return cv2.GaussianBlur(matte, (0, 0), blur)


def sure(matte):
    """Probabilities of a trimap that doubts nothing but what is soft."""
    soft = (matte > 0.01) & (matte < 0.99)
    return np.stack([~soft & (matte < 0.5), soft, ~soft & (matte >= 0.5)]).astype(np.float32)


@pytest.fixture(scope="module")
def wild():
    """A refiner with large random weights: whatever it is asked, it answers something else."""
    torch.manual_seed(0)
    network = Refiner()
    for layer in network.modules():
        if isinstance(layer, torch.nn.Conv2d | torch.nn.ConvTranspose2d):
            torch.nn.init.normal_(layer.weight, std=layer.weight[0].numel() ** -0.5)
            torch.nn.init.normal_(layer.bias, std=0.3)
    return network.eval()


def test_a_fresh_refiner_gives_back_the_coarse_matte():
    coarse = disc()
    found = refine_matte(Refiner(), noise(300, 410), coarse, sure(coarse))
    np.testing.assert_allclose(found, from_output(coarse, 300, 410), atol=1e-5)


@pytest.mark.parametrize("size", [(300, 401), (97, 260), (530, 700)])
def test_tiles_answer_as_the_whole_does(wild, size):
    coarse, image = disc(), noise(*size)
    tiled = refine_matte(wild, image, coarse, sure(coarse))
    whole = refine_matte(wild, image, coarse, sure(coarse), core=704)
    assert np.abs(tiled - from_output(coarse, *size)).max() > 0.3
    np.testing.assert_allclose(tiled, whole, atol=1e-3)


def test_the_margin_covers_what_an_answer_depends_on(wild):
    """The same tile inside a larger one that is full of other numbers: the core's answer is the same."""
    side, more = TILE_CORE + 2 * TILE_MARGIN, 8
    generator = torch.Generator().manual_seed(0)
    image = torch.randint(0, 256, (1, 3, side, side), dtype=torch.uint8, generator=generator)
    coarse = torch.rand(1, 1, side, side, generator=generator)
    guides = torch.rand(
        1, refiner.GUIDE_CHANNELS, side // refiner.CELL_SIZE, side // refiner.CELL_SIZE, generator=generator
    )
    around = more // refiner.CELL_SIZE
    wider = (
        torch.nn.functional.pad(image, (more,) * 4, value=200),
        torch.nn.functional.pad(coarse, (more,) * 4, value=0.7),
        torch.nn.functional.pad(guides, (around,) * 4, value=0.3),
    )
    with torch.no_grad():
        small, large = wild(image, coarse, guides), wild(*wider)[..., more:-more, more:-more]
    core = slice(TILE_MARGIN, -TILE_MARGIN)
    torch.testing.assert_close(small[..., core, core], large[..., core, core], atol=1e-4, rtol=1e-4)
    assert (small - large).abs().max() > 1e-2  # beyond the core it is not: the margin is needed


def test_nothing_changes_far_from_the_transition(wild):
    coarse = disc(radius=25)
    image = noise(480, 640)
    found = refine_matte(wild, image, coarse, sure(coarse))
    soft = ((coarse > 0.02) & (coarse < 0.98)).astype(np.uint8)
    # An independent measure of far: the distance to the coarse matte's soft pixels, in its own pixels.
    distance = cv2.resize(cv2.distanceTransform(1 - soft, cv2.DIST_C, 3), (640, 480), interpolation=cv2.INTER_NEAREST)
    far = distance > 2 * (DILATION + 1)
    assert far.mean() > 0.3
    assert set(np.unique(found[far])) == {0.0, 1.0}
    np.testing.assert_array_equal(found[far], from_output(coarse, 480, 640)[far])


def test_no_foreground_is_invented_where_there_is_none(wild):
    nothing = np.zeros((96, 128), np.float32)
    calls = []
    handle = wild.register_forward_hook(lambda *a: calls.append(1))
    assert not refine_matte(wild, noise(200, 260), nothing, sure(nothing)).any()
    full = np.ones((96, 128), np.float32)
    assert (refine_matte(wild, noise(200, 260), full, sure(full)) == 1).all()
    handle.remove()
    assert calls == []


@given(st.integers(1, 220), st.integers(1, 220), st.integers(0, 9))
@settings(max_examples=15, deadline=None)
def test_any_size_gives_a_matte_of_that_size(wild, height, width, seed):
    coarse = cv2.GaussianBlur(np.random.default_rng(seed).random((32, 64), dtype=np.float32), (0, 0), 2)
    found = refine_matte(wild, noise(height, width, seed), coarse, sure(coarse))
    assert found.shape == (height, width) and found.dtype == np.float32
    assert found.min() >= 0 and found.max() <= 1


def test_what_is_no_image_is_refused(wild):
    with pytest.raises(BadImage):
        refine_matte(wild, np.zeros((5, 5), np.uint8), disc(), sure(disc()))


def test_memory_is_bound_by_the_tile_not_the_image():
    """24 megapixels: what goes through the network at once is a batch of tiles, and only tiles of the edge do."""
    coarse = disc(216, 288, radius=70)
    image = np.zeros((4000, 6000, 3), np.uint8)
    seen = []
    quiet = Refiner().eval()
    quiet.register_forward_hook(lambda _, inputs, out: seen.append(tuple(inputs[0].shape)))
    refine_matte(quiet, image, coarse, sure(coarse))
    side = TILE_CORE + 2 * TILE_MARGIN
    assert all(shape[0] <= TILES_PER_BATCH and shape[1:] == (3, side, side) for shape in seen)
    tiles, every = sum(shape[0] for shape in seen), (4000 / TILE_CORE) * (6000 / TILE_CORE)
    assert 0 < tiles < 0.35 * every


def test_the_order_of_tiles_does_not_matter(wild, monkeypatch):
    coarse, image = disc(), noise(300, 400)
    expected = refine_matte(wild, image, coarse, sure(coarse))
    in_order = refiner.tiles_in_window
    monkeypatch.setattr(refining, "tiles_in_window", lambda *a: in_order(*a)[::-1])
    np.testing.assert_allclose(refine_matte(wild, image, coarse, sure(coarse)), expected, atol=1e-5)


@given(st.integers(1, 400), st.integers(1, 400), st.floats(1, 60), st.floats(1, 60))
def test_the_way_up_is_in_few_equal_steps(height, width, tall, wide):
    end = (round(height * tall), round(width * wide))
    path = [(height, width), *upsampling_steps((height, width), end)]
    assert path[-1] == end
    growth = max(end[0] / height, end[1] / width)
    assert MAX_UPSAMPLING ** (len(path) - 1) >= growth * 0.999
    assert len(path) == 2 or MAX_UPSAMPLING ** (len(path) - 2) < growth


def test_sampling_is_bilinear_as_opencv_has_it():
    plane = np.random.default_rng(0).random((24, 40), dtype=np.float32)
    expected = cv2.resize(plane, (130, 90), interpolation=cv2.INTER_LINEAR)
    found = sample_squares(torch.from_numpy(plane)[None, None], [(0, 0), (20, 60)], (90, 130), 64)[:, 0].numpy()
    np.testing.assert_allclose(found[0], expected[:64, :64], atol=1e-5)
    np.testing.assert_allclose(found[1], expected[20:84, 60:124], atol=1e-5)


def test_the_window_is_open_at_the_transition_and_shut_beyond():
    hard = np.zeros((40, 40), np.float32)
    hard[:, 20:] = 1
    row = transition_window(hard, np.zeros((40, 40), bool))[20]
    assert (row[18:22] == 1).all()  # a step without a soft pixel counts as well
    assert not row[: 19 - DILATION - 1].any() and not row[21 + DILATION + 1 :].any()
    assert (np.diff(row[:20]) >= 0).all()


def test_what_the_trimap_doubts_may_change():
    doubted = np.zeros((40, 40), bool)
    doubted[10, 10] = True
    assert transition_window(np.ones((40, 40), np.float32), doubted)[10, 10] == 1


def test_half_precision_answers_nearly_the_same():
    torch.manual_seed(1)
    network = Refiner().eval()
    torch.nn.init.normal_(network.head.weight, std=0.05)
    coarse, image = disc(), noise(300, 400)
    full = refine_matte(network, image, coarse, sure(coarse))
    with torch.autocast("cpu", torch.bfloat16):
        half = refine_matte(network, image, coarse, sure(coarse))
    assert np.abs(full - from_output(coarse, 300, 400)).max() > 0.05
    assert np.abs(full - half).mean() < 0.002


def test_it_is_small():
    assert sum(p.numel() for p in Refiner().parameters()) * 2 < 4 * 2**20


@pytest.fixture(scope="module")
def with_refiner(wild, tmp_path_factory):
    """The bundled weights and a wild refiner, in one file."""
    model, card = weights.load("compact")
    model.refiner = wild
    path = tmp_path_factory.mktemp("weights") / "both.safetensors"
    weights.save(path, model, replace(card, config=replace(card.config, refiner=True)))
    return path


def test_the_refiner_travels_in_the_file_of_the_weights(with_refiner, wild):
    model, card = weights.load(with_refiner)
    assert card.config.refiner
    for name, value in wild.state_dict().items():
        torch.testing.assert_close(model.refiner.state_dict()[name], value, atol=2e-3, rtol=2e-3)


def test_a_file_that_promises_a_refiner_and_has_none_is_refused(tmp_path):
    model, card = weights.load("compact")
    state = {k: v for k, v in model.state_dict().items() if not k.startswith("refiner.")}
    hollow = type(model)(replace(card.config, refiner=False))
    hollow.load_state_dict(state)
    weights.save(tmp_path / "half.safetensors", hollow, replace(card, config=replace(card.config, refiner=True)))
    with pytest.raises(WeightsInvalid, match="does not fit"):
        weights.load(tmp_path / "half.safetensors")


def test_the_predictor_refines_unless_asked_not_to(with_refiner):
    image = cv2.imread(str(SAMPLE))[..., ::-1].copy()
    predictor = Predictor.load(with_refiner, device="cpu", precision="float32")
    predictor.set_image(image)
    wild, plain = predictor.predict("the flower"), predictor.predict("the flower", refine=False)
    assert wild.matte.shape == plain.matte.shape == image.shape[:2]
    assert np.abs(wild.matte - plain.matte).max() > 0.3
    np.testing.assert_array_equal(wild.trimap, plain.trimap)
    # The judge: the network's matte, enlarged as before there was a refiner.
    model, _ = weights.load("compact")
    with torch.inference_mode():
        tokens, _ = model.tokenize(["the flower"])
        out = model.decode(model.encode_image(to_input(image, model.config)), *model.encode_text(tokens), hard=True)
    np.testing.assert_allclose(plain.matte, from_output(out.matte[0, 0].numpy(), *image.shape[:2]), atol=0.02)


@pytest.fixture(scope="module")
def shipped():
    model, card = weights.load("compact")
    if not card.config.refiner:
        pytest.skip("the bundled weights bring no refiner")
    return model.refiner.eval()


def textured(size, colour, seed, strength=25):
    """A wall: one colour, patches lighter and darker, and grain."""
    rng = np.random.default_rng(seed)
    patches = cv2.resize(rng.normal(0, strength, (12, 12, 1)).astype(np.float32), (size, size))
    return np.array(colour, np.float32) + patches[..., None] + rng.normal(0, 3, (size, size, 3))


def seen(alpha, front, back):
    return np.clip(front * alpha[..., None] + back * (1 - alpha[..., None]), 0, 255).round().astype(np.uint8)


def below(alpha, factor):
    """The coarse matte of an exact one, and a trimap that doubts what is soft in it."""
    size = (alpha.shape[1] // factor, alpha.shape[0] // factor)
    coarse = cv2.resize(alpha, size, interpolation=cv2.INTER_AREA).clip(0, 1)
    return coarse, sure(coarse)


@pytest.mark.parametrize("factor", [4, 8])
def test_strands_come_back_from_a_coarse_matte(shipped, factor):
    """Curves that this project's own strands know nothing of: at least 40 % nearer to the truth than bilinear."""
    rng, fine = np.random.default_rng(3), np.zeros((2048, 2048), np.uint8)
    for _ in range(45):
        x, sway, phase = rng.uniform(200, 1850), rng.uniform(20, 120), rng.uniform(0, 6)
        y = np.linspace(0, 1800, 60)
        curve = np.stack([x + sway * np.sin(y / 400 + phase) + (y / 30) * rng.normal(), y], axis=1)
        cv2.polylines(fine, [curve.round().astype(np.int32)], False, 255, int(rng.integers(6, 16)), cv2.LINE_AA)
    alpha = cv2.resize(fine, (512, 512), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    image = seen(alpha, textured(512, (190, 150, 60), 1, 15), textured(512, (60, 80, 110), 2))
    coarse, trimap = below(alpha, factor)
    found = refine_matte(shipped, image, coarse, trimap)
    errors = [np.abs(m - alpha).sum() for m in (found, from_output(coarse, 512, 512))]
    assert errors[0] < 0.6 * errors[1]


def test_holes_stay_open(shipped):
    alpha = np.zeros((384, 384), np.float32)
    cv2.circle(alpha, (192, 192), 150, 1.0, -1, cv2.LINE_AA)
    holes = [(x, y) for x in range(110, 290, 40) for y in range(110, 290, 40)]
    for hole in holes:
        cv2.circle(alpha, hole, 5, 0.0, -1, cv2.LINE_AA)
    image = seen(alpha, textured(384, (150, 40, 40), 1, 10), textured(384, (60, 140, 200), 2, 10))
    coarse, trimap = below(alpha, 8)
    blurred = from_output(coarse, 384, 384)
    assert min(blurred[y, x] for x, y in holes) > 0.25  # nearly closed, as far as the coarse matte knows
    found = refine_matte(shipped, image, coarse, trimap)
    assert max(found[y - 1 : y + 2, x - 1 : x + 2].max() for x, y in holes) < 0.2


def test_glass_stays_translucent(shipped):
    alpha = np.zeros((384, 384), np.float32)
    cv2.rectangle(alpha, (80, 60), (300, 320), 0.4, -1)
    image = seen(alpha, np.full((384, 384, 3), (200.0, 225, 220)), textured(384, (90, 110, 70), 5, 30))
    coarse, trimap = below(alpha, 4)
    inside = refine_matte(shipped, image, coarse, trimap)[80:300, 100:280]
    assert abs(inside.mean() - 0.4) < 0.05 and np.abs(inside - 0.4).mean() < 0.06
