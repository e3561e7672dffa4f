"""What a second expression costs beside the first, on one image in one run: `pytest -m benchmark -s`."""

import statistics
import time

import numpy as np
import pytest

from clipmat.predictor import Predictor

pytestmark = pytest.mark.benchmark


@pytest.mark.parametrize(("variant", "most"), [("vit-b-16", 0.25), ("compact", 0.75)])
def test_a_second_expression_costs_a_part_of_the_first(variant, most):
    predictor = Predictor.load(variant, device="cpu", untrained=True)
    image = np.random.default_rng(0).integers(0, 256, (900, 1200, 3), dtype=np.uint8)
    predictor.set_image(image)
    predictor.predict("the dog")  # warm up
    firsts, seconds = [], []
    for _ in range(5):
        start = time.perf_counter()
        predictor.set_image(image)
        predictor.predict("the red cup on the left")
        middle = time.perf_counter()
        predictor.predict("the blue cup behind the dog")
        firsts.append(middle - start)
        seconds.append(time.perf_counter() - middle)
    ratio = statistics.median(seconds) / statistics.median(firsts)
    print(  # noqa: T201
        f"\n{variant}, {predictor.precision}: first {statistics.median(firsts) * 1000:.0f} ms, "
        f"second {statistics.median(seconds) * 1000:.0f} ms, ratio {ratio:.3f}"
    )
    assert ratio <= most
