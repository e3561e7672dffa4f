"""The file of an example: read back as it was, and whatever is wrong with it is named."""

import base64
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clipmat.errors import BadExample
from clipmat.examples import SUFFIX, Example, example_of, read_example

TOKENS = np.linspace(-2, 2, 24, dtype=np.float32).reshape(4, 6)


def made(**card):
    return example_of(TOKENS, weights="0123456789abcdef", variant="compact", **card)


def test_a_file_gives_the_example_back(tmp_path):
    example = made(expression="the red cup", source="café.jpg", words="cup", agreement=0.9)
    path = tmp_path / f"cup{SUFFIX}"
    path.write_bytes(example.to_bytes())
    assert read_example(path) == example and hash(read_example(path)) == hash(example)
    np.testing.assert_allclose(read_example(path).tokens(), TOKENS, atol=1e-3)


def test_the_file_is_json_that_other_programs_read():
    data = json.loads(made(source="a.jpg").to_bytes())
    assert data["format"] == "rim-example" and data["version"] == 1 and data["source"] == "a.jpg"
    vectors = np.frombuffer(base64.b64decode(data["vectors"]), "<f2").reshape(-1, data["width"])
    np.testing.assert_array_equal(vectors, TOKENS.astype("<f2"))
    assert data["made"].endswith("+00:00")


def test_it_is_called_by_what_the_user_knows():
    assert made(expression="the cup", words="mug").title == "the cup"
    assert made(words="emu", source="beach.jpg").title == "the example of beach.jpg"
    assert made(words="emu").title == "the example"


def changed(**fields):
    return json.dumps(json.loads(made().to_bytes()) | fields).encode()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "damaged"),
        (b"\xff\xd8\xff", "damaged"),
        (b"[" * 100_000, "damaged"),
        (made().to_bytes()[:200], "damaged"),
        (b"[]", "choose a .rimexample file"),
        (changed(format="clipmat-2"), "choose a .rimexample file"),
        (changed(version=2), "a later version .* install a newer rim-editor"),
        (changed(version="one"), "damaged"),
        (changed(width=5), "mark the object again"),
        (changed(width=0), "mark the object again"),
        (changed(vectors=""), "mark the object again"),
        (changed(vectors="!!"), "damaged"),
        (changed(vectors=base64.b64encode(np.full(6, np.nan, "<f2").tobytes()).decode()), "not finite"),
    ],
)
def test_what_is_wrong_with_a_file_is_named(content, message):
    with pytest.raises(BadExample, match=message):
        Example.from_bytes(content)


def test_fields_of_the_same_version_that_are_unknown_are_ignored():
    assert Example.from_bytes(changed(mood="fine")) == Example.from_bytes(changed())


def test_a_file_that_is_not_there_or_far_too_large_names_the_remedy(tmp_path):
    with pytest.raises(BadExample, match=r"choose another \.rimexample file"):
        read_example(tmp_path / "none.rimexample")
    large = tmp_path / "large.rimexample"
    large.write_bytes(b" " * 5_000_000)
    with pytest.raises(BadExample, match=r"choose a \.rimexample file"):
        read_example(large)


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_any_damage_is_an_error_for_users_or_still_an_example(data):
    content = bytearray(made(expression="the cup").to_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        Example.from_bytes(bytes(content)).tokens()
    except BadExample as error:
        assert str(error)
