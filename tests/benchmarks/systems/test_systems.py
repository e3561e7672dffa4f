"""The table of the systems, on tiny ones: that all are in it, and that it measures what it says."""

import json

import numpy as np
import pytest
from PIL import Image

from clipmat.systems.system_table import SYSTEMS
from tests import tiny_systems
from tests.benchmarks.beside.processes import run
from tests.benchmarks.systems.__main__ import row
from tests.benchmarks.systems.full_size import WRITERS


def test_each_network_of_the_table_is_measured():
    assert {part.repo for name in WRITERS for part in SYSTEMS[name].parts} == {
        part.repo for entry in SYSTEMS.values() for part in entry.parts
    }


@pytest.mark.parametrize("name", ["clipseg", "aimnet"])
def test_a_process_asks_a_system_twice(name, tmp_path):
    weights = getattr(tiny_systems, name)(tmp_path / name)
    pixels = np.random.default_rng(0).integers(0, 256, (60, 90, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(tmp_path / "image.png")
    spent, said = run(["tests.benchmarks.systems.ask", str(weights), str(tmp_path / "image.png")])
    found = json.loads(said)
    assert 0 < sum(found[part] for part in ("load", "image", "first", "second", "click")) < spent.seconds
    assert 100 < found["mebibytes"] <= spent.mebibytes  # which counts what this process held when it began
    line = row(name, found | {"megabytes": 7})
    assert line.startswith(f"| `{name}` | 7 (") and line.count("|") == 10
    assert row(name, {"failed": "not done after 15 minutes", "megabytes": 7}).count("|") == 10
