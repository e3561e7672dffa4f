"""The pipeline does everything once, whatever is broken, in bounded memory, and stops when it is told to."""

import threading
import time
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from clipmat import image_files
from clipmat.errors import WeightsMissing
from rim_editor.batch import output_files, pipeline, resuming, stages
from rim_editor.batch.batch_control import BatchControl
from rim_editor.batch.journal import Journal
from rim_editor.batch.outcomes import Outcome, State
from rim_editor.batch.output_files import DiskFull
from rim_editor.batch.progress import Throughput
from rim_editor.batch.queues import MegapixelBudget, ThreadCounts
from rim_editor.batch.recipe import ExpressionTerm, IfExists
from rim_editor.documents.edit_description import EditDescription
from rim_editor.matting import Matting


@pytest.fixture(autouse=True)
def no_thread_stays():
    before = set(threading.enumerate())
    yield
    assert set(threading.enumerate()) <= before


def run(plan, matting, control=None, **options):
    with Journal.begin(plan) as journal:
        return list(pipeline.run(plan, matting, journal, control, **options))


def test_every_image_is_done_as_alone(photos, plan_for, matting, contents):
    plan = plan_for(photos(12), sidecar=True)
    progress = run(plan, matting)
    assert [step.done for step in progress] == list(range(13))
    assert progress[0].outcome is None and progress[-1].seconds_left == 0 and progress[-1].images_per_second > 0
    assert sorted(step.outcome.index for step in progress[1:]) == list(range(12))
    files = contents(plan.folder)
    for item in plan.items:
        alone = stages.finish(stages.find(stages.decode(item), matting, plan.recipe), plan.recipe)
        assert files.pop(item.output.name) == alone.content
        assert files.pop(item.sidecar.name) == alone.sidecar[1]
    assert files == {}


def test_broken_images_are_named_and_stop_nothing(photos, plan_for, matting):
    folder = photos(4)
    whole = (folder / "00.png").read_bytes()
    (folder / "truncated.png").write_bytes(whole[:60])
    (folder / "half.png").write_bytes(whole[: int(0.9 * len(whole))])
    (folder / "empty.png").touch()
    (folder / "text.jpg").write_text("no image")
    (folder / "folder.png").mkdir()
    (folder / "ünïcode – 花.png").write_bytes(whole)
    (folder / "gone.png").symlink_to("nowhere.png")
    (folder / "round.png").symlink_to("round.png")
    Image.new("CMYK", (40, 30), (0, 255, 255, 0)).save(folder / "cmyk.jpg")
    Image.fromarray(np.full((30, 40), 40000, np.uint16)).save(folder / "deep.png")
    plan = plan_for(folder)
    outcomes = {step.outcome.source.name: step.outcome for step in run(plan, matting)[1:]}
    assert set(outcomes) == {item.source.name for item in plan.items}
    failed = {name for name, outcome in outcomes.items() if outcome.state is State.FAILED}
    assert failed == set(outcomes) & {"truncated.png", "empty.png", "text.jpg", "gone.png", "round.png", "folder.png"}
    assert {"truncated.png", "empty.png", "text.jpg"} <= failed
    assert all(name in outcomes[name].text for name in failed)
    assert outcomes["half.png"].state is State.DONE
    assert "half.png' is damaged or incomplete" in outcomes["half.png"].text and "is shown" in outcomes["half.png"].text
    assert outcomes["ünïcode – 花.png"].state is outcomes["cmyk.jpg"].state is State.DONE
    assert all(path.suffix == ".png" for path in plan.folder.iterdir() if not path.name.startswith("."))


def test_what_nobody_foresaw_is_an_outcome_too(photos, plan_for, matting, monkeypatch):
    plan = plan_for(photos(3))
    usual = image_files.read

    def read(path, **options):
        if path.name == "01.png":
            raise ZeroDivisionError("oh")
        return usual(path, **options)

    monkeypatch.setattr(image_files, "read", read)
    states = Counter(step.outcome.state for step in run(plan, matting)[1:])
    assert states == {State.DONE: 2, State.FAILED: 1}


def test_images_in_which_nothing_matches_and_those_left_out(photos, plan_for, matting):
    plan = plan_for(photos(2), expressions=(ExpressionTerm("the blue square"),))
    assert {step.outcome.state for step in run(plan, matting)[1:]} == {State.NOTHING_MATCHED}
    plan = plan_for(photos(2))
    run(plan, matting)
    plan.items[1].output.unlink()
    plan = plan_for(photos(2), exists=IfExists.SKIP)
    states = {step.outcome.index: step.outcome.state for step in run(plan, matting)[1:]}
    assert states == {0: State.SKIPPED, 1: State.DONE}


def test_an_output_that_came_meanwhile_stays_and_is_told(photos, plan_for, matting):
    plan = plan_for(photos(2))
    plan.folder.mkdir()
    plan.items[0].output.write_bytes(b"mine")
    outcomes = {step.outcome.index: step.outcome for step in run(plan, matting)[1:]}
    assert (outcomes[0].state, outcomes[1].state) == (State.FAILED, State.DONE)
    assert "exists already" in outcomes[0].text and not outcomes[0].sha256
    assert plan.items[0].output.read_bytes() == b"mine"


def test_a_model_that_cannot_be_loaded_ends_the_run(photos, plan_for):
    def load(*_):
        raise WeightsMissing("fetch them")

    with pytest.raises(WeightsMissing):
        run(plan_for(photos(3)), Matting(load))


class Gate:
    """A predictor that answers one question at a time, when it is let."""

    device, device_reason, precision = "cpu", "", "float32"

    def __init__(self):
        self.asked, self.may = threading.Semaphore(0), threading.Semaphore(0)

    def set_image(self, image):
        self.image = image

    def predict(self, expression):
        self.asked.release()
        assert self.may.acquire(timeout=10)
        return Whole(self.image.shape[:2])


class Whole:
    presence, certainty, timings = 0.9, "sure", {}  # noqa: RUF012

    def __init__(self, shape):
        self.matte = np.ones(shape, np.float32)


def test_cancelling_ends_the_run_after_the_step_at_work(photos, plan_for):
    plan, gate, control = plan_for(photos(8)), Gate(), BatchControl()
    steps = []

    def work():
        steps.extend(run(plan, Matting(lambda *_: gate), control))

    thread = threading.Thread(target=work)
    thread.start()
    gate.may.release(2)
    for _ in range(3):
        assert gate.asked.acquire(timeout=10)
    control.cancel()
    start = time.monotonic()
    gate.may.release()
    thread.join(10)
    assert time.monotonic() - start < 1
    assert not gate.asked.acquire(blocking=False)
    with resuming.reopened(plan.folder) as journal:
        assert len(plan.items) - len(journal.todo()) in range(len(steps) - 1, 4)
    assert not list(plan.folder.rglob("*.part"))


def test_a_pause_lets_nothing_begin(photos, plan_for, matting):
    plan, control = plan_for(photos(6)), BatchControl()
    with Journal.begin(plan) as journal:
        steps = pipeline.run(plan, matting, journal, control)
        next(steps)
        next(steps)
        control.pause()
        assert control.paused
        time.sleep(0.3)
        size = journal.path.stat().st_size
        time.sleep(0.3)
        assert journal.path.stat().st_size == size
        control.resume()
        assert len(list(steps)) == 5
    assert 0.5 < control.paused_seconds < 5


def test_a_pause_can_be_cancelled_and_closed(photos, plan_for, matting):
    plan = plan_for(photos(6))
    for end in ("cancel", "close"):
        control = BatchControl()
        with Journal.begin(plan_for(photos(6), out=plan.folder / end)) as journal:
            steps = pipeline.run(journal.plan, matting, journal, control)
            next(steps)
            control.pause()
            if end == "cancel":
                control.cancel()
                list(steps)
            else:
                steps.close()
            assert journal.todo()


def test_a_generator_that_is_given_up_leaves_no_thread(photos, plan_for, matting):
    plan = plan_for(photos(20))
    with Journal.begin(plan) as journal:
        for step in pipeline.run(plan, matting, journal):
            if step.done == 3:
                break
        del step
        assert not [thread for thread in threading.enumerate() if thread.name.startswith("batch-")]
        left = journal.todo()
    with resuming.reopened(plan.folder) as journal:
        assert len(list(pipeline.run(plan, matting, journal))) == len(left) + 1
        assert journal.todo() == ()


def test_a_full_disk_stops_everything_and_nothing_is_called_a_failure(photos, plan_for, matting, monkeypatch):
    plan = plan_for(photos(8))
    usual, written = output_files.write, []
    outputs = {item.output for item in plan.items}

    def write(path, *rest, **options):
        if path in outputs:
            if len(written) == 3:
                raise DiskFull("full")
            written.append(path)
        usual(path, *rest, **options)

    monkeypatch.setattr(output_files, "write", write)
    with pytest.raises(DiskFull):
        run(plan, matting)
    monkeypatch.undo()
    with resuming.reopened(plan.folder) as journal:
        assert len(journal.todo()) == 5
        assert all(outcome.state is State.DONE for outcome in journal.outcomes())


def test_images_in_flight_are_few_whatever_the_count(photos, plan_for, matting, monkeypatch):
    plan = plan_for(photos(40))
    lock, flying, most = threading.Lock(), [0], [0]
    decode = stages.decode

    def counted(*arguments):
        with lock:
            flying[0] += 1
            most[0] = max(most[0], flying[0])
        return decode(*arguments)

    monkeypatch.setattr(stages, "decode", counted)
    threads = ThreadCounts.for_cores(2)
    with Journal.begin(plan) as journal:
        for step in pipeline.run(plan, matting, journal, threads=threads):
            if step.outcome is not None:
                time.sleep(0.005)  # a slow reader holds the others up
                with lock:
                    flying[0] -= 1
    assert 1 < most[0] <= threads.images + 1


def test_a_large_image_is_alone(photos, plan_for, matting, monkeypatch):
    plan = plan_for(photos(6, size=(100, 100)))  # 0.01 megapixels
    lock, at_work, most = threading.Lock(), [0], [0]
    find, finish = stages.find, stages.finish

    def found(*arguments):
        with lock:
            at_work[0] += 1
            most[0] = max(most[0], at_work[0])
        return find(*arguments)

    def finished(*arguments):
        result = finish(*arguments)
        with lock:
            at_work[0] -= 1
        return result

    monkeypatch.setattr(stages, "find", found)
    monkeypatch.setattr(stages, "finish", finished)
    run(plan, matting, megapixels=0.005)
    assert most[0] == 1


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0.1, 30), min_size=1, max_size=12), st.integers(1, 4))
def test_a_budget_holds_what_it_may_and_everybody_gets_in(sizes, places):
    budget = MegapixelBudget(places, 20.0, lambda: None)
    lock, inside, over = threading.Lock(), {}, []

    def visit(index, size):
        budget.admit()
        budget.reserve(index, size)
        with lock:
            inside[index] = size
            over.append(len(inside) > places or (len(inside) > 1 and sum(inside.values()) > 20.0 + 1e-9))
        with lock:
            del inside[index]
        budget.free_pixels(index)
        budget.release(index)

    threads = [threading.Thread(target=visit, args=each) for each in enumerate(sizes)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(over) == len(sizes) and not any(over)


def test_the_pace_does_not_count_what_is_left_out():
    now = [0.0]
    pace = Throughput(100, lambda: now[0])
    assert pace.images_per_second == 0 and pace.seconds_left is None

    def outcome(state):
        return Outcome(0, Path("a"), Path("b"), state)

    pace.count(outcome(State.SKIPPED))
    assert pace.seconds_left is None
    for _ in range(80):
        now[0] += 0.5
        pace.count(outcome(State.DONE))
    assert pace.images_per_second == pytest.approx(2) and pace.seconds_left == pytest.approx(10)


@pytest.mark.parametrize("cores", [1, 2, 4, 16])
def test_workers_suit_the_cores(cores):
    threads = ThreadCounts.for_cores(cores)
    assert cores <= threads.model_threads + threads.finish <= cores + 2
    assert threads.images <= cores + 10


def test_results_with_colours_of_their_own_are_done_side_by_side(photos, plan_for, matting):
    plan = plan_for(photos(8), edit=EditDescription())
    assert {step.outcome.state for step in run(plan, matting)[1:]} == {State.DONE}
    item = plan.items[3]
    alone = stages.finish(stages.find(stages.decode(item), matting, plan.recipe), plan.recipe)
    assert item.output.read_bytes() == alone.content
