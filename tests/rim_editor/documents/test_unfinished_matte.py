"""A matte that is computed when it is needed: once, whole, and the same for everybody."""

import threading
from dataclasses import replace

import numpy as np

from clipmat.image_files import OpenedImage
from rim_editor.documents.document import Answer, Combine, Document, Patch, unfinished_matte, without_parts
from rim_editor.documents.history import History
from rim_editor.documents.unfinished_matte import UnfinishedMatte
from rim_editor.files.document_records import described, restored

DRAFT = np.full((6, 8), 0.5, np.float32)
FINE = np.linspace(0, 1, 48, dtype=np.float32).reshape(6, 8)


class Steps:
    """Computes FINE in three steps, and asks before each whether to stop."""

    def __init__(self):
        self.calls = 0
        self.gate = None

    def finished(self, stop):
        self.calls += 1
        for _ in range(3):
            if self.gate is not None:
                self.gate.wait(10)
            if stop():
                return None
        return FINE.copy()


def answer(steps, combine=Combine.NEW):
    return Answer("the cup", combine, UnfinishedMatte(DRAFT, steps), 0.9)


def test_it_is_computed_once_and_read_only():
    steps = Steps()
    matte = UnfinishedMatte(DRAFT, steps)
    assert not matte.is_finished and matte.draft is DRAFT and steps.calls == 0
    first = matte.array
    np.testing.assert_array_equal(first, FINE)
    assert matte.array is first and matte.draft is first and matte.is_finished and steps.calls == 1
    assert not first.flags.writeable and matte.nbytes == FINE.nbytes


def test_stopped_it_is_as_before_and_can_go_on():
    steps = Steps()
    matte, asked = UnfinishedMatte(DRAFT, steps), []
    assert not matte.finish(lambda: bool(asked.append(1)) or len(asked) > 1)
    assert not matte.is_finished and matte.draft is DRAFT
    assert matte.finish(lambda: False)
    np.testing.assert_array_equal(matte.array, FINE)


def test_many_threads_get_one_array():
    steps = Steps()
    steps.gate = threading.Event()
    matte, found = UnfinishedMatte(DRAFT, steps), []
    threads = [threading.Thread(target=lambda: found.append(matte.array)) for _ in range(6)]
    for thread in threads:
        thread.start()
    assert matte.draft is DRAFT and not found
    steps.gate.set()
    for thread in threads:
        thread.join(10)
    assert len(found) == 6 and all(array is found[0] for array in found) and steps.calls == 1


def test_who_waits_goes_on_where_the_background_stopped():
    steps = Steps()
    steps.gate = threading.Event()
    matte, found = UnfinishedMatte(DRAFT, steps), []
    background = threading.Thread(target=lambda: matte.finish(lambda: True))
    background.start()
    waiting = threading.Thread(target=lambda: found.append(matte.array))
    waiting.start()
    steps.gate.set()
    background.join(10)
    waiting.join(10)
    np.testing.assert_array_equal(found[0], FINE)


def test_an_answer_has_the_finished_matte_whoever_reads_it():
    steps = Steps()
    made = answer(steps)
    assert unfinished_matte(made) is not None and steps.calls == 0
    np.testing.assert_array_equal(made.matte, FINE)
    assert unfinished_matte(made) is None
    copy = replace(answer(Steps()), presence=0.5)
    np.testing.assert_array_equal(copy.matte, FINE)
    stored = []
    record = described(answer(Steps()), lambda array: stored.append(array) or "a.png")
    np.testing.assert_array_equal(stored[0], FINE)
    np.testing.assert_array_equal(restored(record, lambda _: stored[0]).matte, FINE)


def test_a_history_counts_it_without_computing_it():
    steps, source = Steps(), OpenedImage(None, np.zeros((6, 8, 3), np.uint8), None)
    made = answer(steps)
    history = History(Document.of_one_layer(source))
    history.commit(Document.of_one_layer(source, (made,)), "Find")
    assert steps.calls == 0
    assert sum(history.steps[-1].arrays.values()) == source.pixels.nbytes + FINE.nbytes


def test_removing_a_part_does_not_wait_for_it():
    steps = Steps()
    made, patch = answer(steps), Patch(1, 1, np.ones((2, 2), np.float32))
    assert without_parts((made, patch), [0]) == ()
    assert steps.calls == 0
