"""A short slice of the fuzzing with every run of the tests; `python -m tests.fuzz` does the whole of it."""

import pytest
from PIL import Image

from clipmat import hub, model
from rim_editor import matting
from tests.fuzz.judging import Tally, judge
from tests.fuzz.subjects import KINDS
from tests.fuzz.window import Sessions

pytestmark = pytest.mark.filterwarnings("ignore::clipmat.errors.UserFacingWarning")
SLICE = {
    "images": 80,
    "weights": 40,
    "projects": 60,
    "records": 150,
    "expressions": 60,
    "names": 6,
    "renders": 30,
    "models": 60,
    "systems": 20,
}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder to write into; what subjects replace in the program is put back after the test."""
    for owner, name in (
        (Image, "MAX_IMAGE_PIXELS"),
        (model, "ClipMat"),
        (matting, "load_predictor"),
        *((hub, name) for name in ("files", "download", "checksum")),
    ):
        monkeypatch.setattr(owner, name, getattr(owner, name))
    for name in ("RIM_EDITOR_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "HF_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("kind", SLICE)
def test_whatever_comes_in_is_dealt_with_or_refused(kind, folder):
    subject, tally = KINDS[kind].made(folder), Tally()
    for number in range(SLICE[kind]):
        judge(subject, kind, 0, number, tally)
    assert not tally.findings, "\n".join(tally.findings)
    assert tally.done


def test_a_session_of_random_actions_is_undone_to_the_exact_start(folder, qapp):
    sessions, tally = Sessions(folder, actions=25), Tally()
    try:
        judge(sessions, "window", 0, 0, tally)
    finally:
        sessions.close()
    assert not tally.findings, "\n".join(tally.findings)


class Wrong:
    """What must be found: one error that is none for users, one that takes its time."""

    seconds, growth = 0.05, 2**30

    def attempt(self, chance):
        if chance.random() < 0.5:
            raise KeyError("x")
        sum(number * number for number in range(3_000_000))


def test_the_judge_finds_what_is_wrong():
    tally = Tally()
    for number in range(8):
        judge(Wrong(), "wrong", 0, number, tally)
    assert len(tally.findings) == 8
    assert any("KeyError" in text for text in tally.findings) and any(
        "allowed are 0.05" in text for text in tally.findings
    )
