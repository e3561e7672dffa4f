"""The bundled weights are trained ones: none of their tensors is a starting point's, to the bit."""

import json
import zlib
from pathlib import Path

import pytest

from clipmat import weights

STARTING_POINTS = json.loads((Path(__file__).parent / "starting_points.json").read_text())
"""CRC-32 of the float16 bytes of each tensor of ImageNet's EfficientNet-Lite0 and of MiniLM, under our names."""


@pytest.fixture(scope="module")
def tensors():
    return weights.load("compact")[0].state_dict()


def checksum(tensor):
    return zlib.crc32(tensor.half().contiguous().numpy().tobytes())


def test_no_tensor_is_as_it_came(tensors):
    untouched = [name for name, known in STARTING_POINTS.items() if checksum(tensors[name]) == known]
    assert untouched == []


def test_the_starting_points_are_those_of_both_encoders():
    parts = {name.split(".")[0] for name in STARTING_POINTS}
    assert parts == {"image_encoder", "text_tower"} and len(STARTING_POINTS) > 150
