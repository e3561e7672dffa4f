"""What the refiner costs: one picture of 6, 24, 96 MP, and beside reading and writing: `pytest -m benchmark -s`."""

import statistics
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from clipmat import weights
from clipmat.devices import choose_device
from clipmat.predictor import Predictor
from clipmat.refiner import TILE_CORE, Refiner, upsampling_steps
from clipmat.refining import refine_matte

pytestmark = pytest.mark.benchmark
SAMPLE = Path(__file__).parents[2] / "resources/samples/still_life.jpg"


class Sharpening(Refiner):
    """Stands in where no refiner is bundled: it costs the same, and narrows the transition as a trained one does."""

    def forward(self, image, coarse, guides):
        super().forward(image, coarse, guides)
        return (coarse - 0.5) * 6 + 0.5


@pytest.fixture(scope="module")
def loaded():
    model, card = weights.load("compact")
    if model.refiner is None:
        model.refiner = Sharpening()
        card = replace(card, config=replace(card.config, refiner=True))
    return model, card


@pytest.fixture
def one_thread():
    """The processor's time counts what waits for other threads, too."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def drawn(width):
    """A round thing with a wavy outline on a wall, 3:2, drawn anew at each size: its edge is always a pixel wide."""
    height = width * 2 // 3
    angles = np.linspace(0, 2 * np.pi, 4000)
    reach = height * (0.3 + 0.02 * np.sin(9 * angles) + 0.01 * np.sin(23 * angles))
    outline = np.stack([width / 2 + reach * np.cos(angles), height / 2 + reach * np.sin(angles)], axis=1)
    alpha = np.zeros((height, width), np.uint8)
    cv2.fillPoly(alpha, [(outline * 16).round().astype(np.int32)], 255, cv2.LINE_AA, 4)
    image = np.empty((height, width, 3), np.uint8)
    image[:] = (150, 140, 120)
    image[alpha > 127] = (40, 60, 160)
    return image, alpha


def timed(act, times=3, clock=time.perf_counter):
    act()
    spent = []
    for _ in range(times):
        start = clock()
        act()
        spent.append(clock() - start)
    return min(spent)


def test_the_cost_grows_with_the_edge_not_with_the_area(loaded, one_thread):
    network = loaded[0].refiner.eval().to(memory_format=torch.channels_last)
    seconds, counts = [], []
    for width in (3000, 6000, 12000):
        image, alpha = drawn(width)
        coarse = cv2.resize(alpha, (288, 192), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
        trimap = np.stack([coarse <= 0.01, (coarse > 0.01) & (coarse < 0.99), coarse >= 0.99]).astype(np.float32)
        tiles = []
        handle = network.register_forward_hook(lambda _, inputs, out, tiles=tiles: tiles.append(len(inputs[0])))
        with torch.autocast("cpu", torch.bfloat16):
            act = partial(refine_matte, network, image, coarse, trimap)
            seconds.append(timed(act, 2, time.process_time))  # other programs do not count
        handle.remove()
        counts.append(sum(tiles) / 3)
        every = image.shape[0] * image.shape[1] / TILE_CORE**2
        print(  # noqa: T201
            f"\n{image.shape[0] * image.shape[1] / 1e6:.0f} MP: {seconds[-1] * 1000:.0f} ms, {counts[-1]:.0f} tiles in "
            f"{len(upsampling_steps(coarse.shape, image.shape[:2]))} steps ({counts[-1] / every:.1%} of the image)"
        )
    for small, large in ((0, 1), (1, 2)):  # four times the area, twice the edge
        assert counts[large] / counts[small] < 3
        assert seconds[large] / seconds[small] < 3


def test_a_first_expression_costs_little_beside_reading_and_writing_the_picture(loaded):
    small = cv2.imread(str(SAMPLE))
    noise = np.random.default_rng(0).normal(0, 3, (3000, 4000, 1))
    large = cv2.resize(small, (4000, 3000), interpolation=cv2.INTER_CUBIC)
    photo = np.clip(large + noise, 0, 255).astype(np.uint8)
    coded = cv2.imencode(".jpg", photo, [cv2.IMWRITE_JPEG_QUALITY, 90])[1]
    reading = timed(lambda: cv2.imdecode(coded, cv2.IMREAD_COLOR))
    writing = timed(lambda: cv2.imencode(".png", photo))
    image = cv2.cvtColor(photo, cv2.COLOR_BGR2RGB)
    predictor = Predictor(*loaded, choose_device("cpu"))
    ratios = []
    for expression in ("the flower", "the cup"):

        def first(words=expression):
            predictor.set_image(image)
            return predictor.predict(words)

        def second(words=expression, refine=True):
            return predictor.predict(words, refine=refine)

        spent, again, plain = timed(first), timed(second), timed(lambda: second(refine=False))
        ratios.append(spent / (reading + writing))
        print(  # noqa: T201
            f"\n12 MP, {expression}, {predictor.precision}, {torch.get_num_threads()} threads: first {spent * 1000:.0f}"
            f" ms, again {again * 1000:.0f} ms, unrefined {plain * 1000:.0f} ms; JPEG read {reading * 1000:.0f} ms,"
            f" PNG written {writing * 1000:.0f} ms, ratio {ratios[-1]:.2f}"
        )
        assert predictor.predict(expression).certainty == "sure"
    assert statistics.median(ratios) < 1.5
