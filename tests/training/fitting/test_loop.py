"""The loop: every step is reported, then saved where due; the best validation is kept; a stopped run goes on."""

from types import SimpleNamespace

import pytest

from training.fitting import checkpoint
from training.fitting.loop import TrainingLoop
from training.fitting.validation import Validation

SETTINGS = SimpleNamespace(steps=5, learning_rate=1.0, warmup=2, save_every=2)


class Counter(TrainingLoop):
    """A trainer that counts."""

    def __init__(self, settings=SETTINGS, scores=()):
        super().__init__(settings, validate_every=2 if scores else 0)
        self.scores = iter(scores)

    def step(self):
        self.step_number += 1
        return {"one": 1.0, "half": 0.5}

    def samples_at(self, step):
        return 10 + step

    def validate(self):
        return Validation(next(self.scores), ())

    def state(self):
        return {"step": self.step_number, "best": self.best}

    def restore(self, state):
        self.step_number, self.best = state["step"], state["best"]


def test_every_step_is_reported_with_its_learning_rate_and_samples(tmp_path):
    reports = []
    Counter().fit(tmp_path, reports.append)
    assert [r.step for r in reports] == [1, 2, 3, 4, 5] and {r.loss for r in reports} == {1.5}
    assert [r.learning_rate for r in reports] == pytest.approx([0.5, 1, 1, 0.75, 0.25])
    assert [r.samples for r in reports] == [10, 11, 12, 13, 14]
    assert all(r.validation is None and r.waited == 0 for r in reports)


def test_the_best_validation_is_kept(tmp_path):
    Counter(scores=(0.4, 0.6, 0.5)).fit(tmp_path, lambda report: None)  # after steps 2, 4 and the last
    assert checkpoint.load(tmp_path / "best.pt") == {"step": 4, "best": 0.6}
    assert checkpoint.load(tmp_path / "last.pt") == {"step": 5, "best": 0.6}


def test_a_stopped_run_goes_on_after_its_last_checkpoint(tmp_path):
    def stop(report):
        if report.step == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Counter().fit(tmp_path, stop)
    again, reports = Counter(), []
    again.restore(checkpoint.load(tmp_path / "last.pt"))
    again.fit(tmp_path, reports.append)
    assert [r.step for r in reports] == [3, 4, 5]


def test_a_process_that_does_not_save_writes_nothing(tmp_path):
    silent = Counter()
    silent.writes_checkpoints = False
    silent.fit(tmp_path, lambda report: None)
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_is_over_before_its_last_step_is_saved_as_it_is(tmp_path):
    class Hurried(Counter):
        """It has time for three steps."""

        @property
        def done(self):
            return super().done or self.step_number >= 3

        def learning_rate(self):
            return 0.5 - 0.1 * self.step_number

    reports = []
    Hurried(scores=(0.4, 0.3)).fit(tmp_path, reports.append)
    assert [r.step for r in reports] == [1, 2, 3]
    assert [r.learning_rate for r in reports] == pytest.approx([0.5, 0.4, 0.3]), "as it was when the step began"
    assert checkpoint.load(tmp_path / "last.pt") == {"step": 3, "best": 0.4}
    Hurried().fit(tmp_path / "again", reports.append)
