"""How many images of 24 MP a batch exports, beside a plain loop over the same stage calls: `pytest -m benchmark -s`."""

import time
from collections import Counter
from pathlib import Path

import cv2
import numpy as np
import pytest

from rim_editor.batch import pipeline, queues, stages
from rim_editor.batch.inputs import gather_inputs
from rim_editor.batch.journal import Journal
from rim_editor.batch.outcomes import State
from rim_editor.batch.plan import make_plan
from rim_editor.batch.recipe import ExpressionTerm, Recipe
from rim_editor.matting import Matting

pytestmark = pytest.mark.benchmark
SAMPLE = Path(__file__).parents[2] / "resources/samples/still_life.jpg"
SIZE = (6000, 4000)
COUNT = 16
RECIPE = Recipe(expressions=(ExpressionTerm("the flower"),))


@pytest.fixture(scope="module")
def photographs(tmp_path_factory):
    """The sample as a camera of 24 MP would have taken it, with grain, each a little darker than the last."""
    folder = tmp_path_factory.mktemp("photographs")
    large = cv2.resize(cv2.imread(str(SAMPLE)), SIZE, interpolation=cv2.INTER_CUBIC)
    grain = cv2.resize(np.random.default_rng(0).normal(0, 3, (2000, 3000)), SIZE)[:, :, None]
    for number in range(COUNT):
        image = np.clip(large + grain - number, 0, 255).astype(np.uint8)
        cv2.imwrite(str(folder / f"{number:02}.jpg"), image, [cv2.IMWRITE_JPEG_QUALITY, 90])
    return folder


def in_turn(plan, matting):
    """Seconds of each stage, all images one after the other."""
    spent = Counter()

    def timed(stage, *arguments):
        start = time.perf_counter()
        result = stage(*arguments)
        spent[stage.__name__] += time.perf_counter() - start
        return result

    for item in plan.items:
        decoded = timed(stages.decode, item)
        found = timed(stages.find, decoded, matting, plan.recipe)
        finished = timed(stages.finish, found, plan.recipe)
        timed(stages.write, finished)
    return spent


def at_once(plan, matting):
    with Journal.begin(plan) as journal:
        start = time.perf_counter()
        outcomes = [step.outcome for step in pipeline.run(plan, matting, journal) if step.outcome]
        seconds = time.perf_counter() - start
    assert [outcome.state for outcome in outcomes] == [State.DONE] * COUNT
    return seconds


def test_a_batch_beside_a_plain_loop(photographs, tmp_path):
    """The loop computes the edges on all cores itself, so that a batch can gain by overlapping the rest alone."""
    inputs, _ = gather_inputs([photographs])
    matting = Matting()
    in_turn(make_plan(inputs[:1], RECIPE, tmp_path / "warm"), matting)
    spent = in_turn(make_plan(inputs, RECIPE, tmp_path / "loop"), matting)
    before = time.process_time()
    seconds = at_once(make_plan(inputs, RECIPE, tmp_path / "batch"), matting)
    cores = queues.usable_cores()
    busy, plain = (time.process_time() - before) / (seconds * cores), sum(spent.values())
    stage_seconds = ", ".join(f"{stage} {each / COUNT:.2f}" for stage, each in spent.items())
    print(  # noqa: T201
        f"\n{COUNT} images of 24 MP on {cores} cores: batch {COUNT / seconds:.2f} images/s, {busy:.0%} of the cores "
        f"busy, plain loop {COUNT / plain:.2f} ({stage_seconds} s an image), ratio {plain / seconds:.2f}"
    )
    assert plain / seconds >= 1.1
    assert busy >= 0.75
