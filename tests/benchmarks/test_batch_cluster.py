"""How many images a second a Ray cluster of this machine alone exports, beside the batch without: `-m benchmark -s`."""

import time
from pathlib import Path

import cv2
import numpy as np
import pytest

from rim_editor.batch import pipeline, queues
from rim_editor.batch.cluster import connection
from rim_editor.batch.inputs import gather_inputs
from rim_editor.batch.journal import Journal
from rim_editor.batch.outcomes import State
from rim_editor.batch.plan import make_plan
from rim_editor.batch.recipe import ExpressionTerm, Recipe
from rim_editor.matting import Matting

pytest.importorskip("ray")
pytestmark = pytest.mark.benchmark
SAMPLE = Path(__file__).parents[2] / "resources/samples/still_life.jpg"
SIZE = (3000, 2000)
COUNT = 24
RECIPE = Recipe(expressions=(ExpressionTerm("the flower"),))


@pytest.fixture(scope="module")
def photographs(tmp_path_factory):
    """The sample with the grain of a camera of 6 MP, each a little darker than the last."""
    folder = tmp_path_factory.mktemp("photographs")
    large = cv2.resize(cv2.imread(str(SAMPLE)), SIZE, interpolation=cv2.INTER_CUBIC)
    grain = np.random.default_rng(0).normal(0, 3, (SIZE[1], SIZE[0], 1))
    for number in range(COUNT):
        image = np.clip(large + grain - number, 0, 255).astype(np.uint8)
        cv2.imwrite(str(folder / f"{number:02}.jpg"), image, [cv2.IMWRITE_JPEG_QUALITY, 90])
    return folder


def images_per_second(run, plan, matting):
    """Images a second from the first result to the last, without the time that loading and starting take."""
    times = []
    with Journal.begin(plan) as journal:
        for step in run(plan, matting, journal):
            if step.outcome is not None:
                assert step.outcome.state is State.DONE
                times.append(time.perf_counter())
    return (len(times) - 1) / (times[-1] - times[0])


def test_a_cluster_of_one_machine_beside_that_machine_alone(photographs, tmp_path):
    inputs, _ = gather_inputs([photographs])
    matting = Matting()
    matting.predictor("compact", "auto")
    alone, there = [], []
    with connection.connected("local") as cluster:
        for turn in range(2):
            there.append(images_per_second(cluster.run, make_plan(inputs, RECIPE, tmp_path / f"ray-{turn}"), matting))
            alone.append(
                images_per_second(pipeline.run, make_plan(inputs, RECIPE, tmp_path / f"alone-{turn}"), matting)
            )
    ratio = max(there) / max(alone)
    speeds = [", ".join(f"{each:.2f}" for each in rates) for rates in (there, alone)]
    print(  # noqa: T201
        f"\n{COUNT} images of 6 MP on {queues.usable_cores()} cores: Ray {speeds[0]} images/s, alone {speeds[1]}; "
        f"ratio {ratio:.2f}"
    )
    assert ratio >= 0.85
