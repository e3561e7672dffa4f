"""Prefetching: the next item is there before it is asked for, whoever prepares it, and mistakes arrive whole."""

import os
import signal
import threading
import time

import pytest
import torch

from clipmat.config import variant
from clipmat.model import ClipMat
from training.datasets import SceneDataset
from training.entity import BankError
from training.fitting.batches import batch_of
from training.fitting.prefetching import LoaderError, Prefetcher


def test_things_come_in_order_whatever_the_threads():
    prefetcher = Prefetcher(lambda n: (time.sleep(0.002 * (n % 3)), n * n)[1], 12, depth=4, threads=3)
    assert [prefetcher.get(n) for n in range(12)] == [n * n for n in range(12)]
    prefetcher.close()


def test_nothing_is_made_twice_or_beyond_the_end():
    made = []
    prefetcher = Prefetcher(lambda n: made.append(n) or n, 6)
    assert [prefetcher.get(n) for n in range(6)] == list(range(6))
    assert sorted(made) == list(range(6))
    assert prefetcher.get(7) == 7, "who asks beyond the end gets it, but nothing more is begun"
    assert sorted(made) == [*range(6), 7]
    prefetcher.close()


def test_the_next_thing_is_made_while_the_last_is_used():
    begun = threading.Event()

    def make(number):
        if number == 1:
            begun.set()
        return number

    prefetcher = Prefetcher(make, 3)
    assert prefetcher.get(0) == 0
    assert begun.wait(5), "the second is made before anyone asks"
    prefetcher.close()


def test_waiting_is_counted():
    prefetcher = Prefetcher(lambda n: time.sleep(0.05), 1)
    prefetcher.get(0)
    assert 0.04 < prefetcher.waited < 5
    prefetcher.close()


def test_what_goes_wrong_while_making_is_raised_where_it_is_taken():
    def make(number):
        if number == 1:
            raise BankError("cup_3.png cannot be read")
        return number

    prefetcher = Prefetcher(make, 3)
    assert prefetcher.get(0) == 0
    with pytest.raises(BankError, match=r"cup_3\.png"):
        prefetcher.get(1)
    assert prefetcher.get(2) == 2
    prefetcher.close()


def test_processes_make_what_threads_make(bank):
    """Whole batches: nested tuples of tensors of several types, None among them."""
    model, data = ClipMat(variant("compact")), SceneDataset(bank.select("train"), 3)
    made_in = []

    def make(number):
        made_in.append(os.getpid())
        return batch_of(data, [number, number + 1], (64, 96), 2, model.tokenize, 3)

    prefetcher = Prefetcher(make, 4, depth=3, processes=2)
    found = [prefetcher.get(number) for number in range(4)]
    prefetcher.close()
    assert made_in == [], "nothing was made in this process"
    for number, batch in enumerate(found):
        own = make(number)
        assert type(batch) is type(own) and batch.inputs.nouns is None
        torch.testing.assert_close(batch.inputs.pixels, own.inputs.pixels, atol=0, rtol=0)
        for one, other in zip(batch.inputs.tokens, own.inputs.tokens, strict=True):
            assert torch.equal(one, other)
        for one, other in zip(batch.targets, own.targets, strict=True):
            assert one is other is None or (one.dtype == other.dtype and torch.equal(one, other))


def test_a_mistake_in_a_process_is_raised_here():
    def make(number):
        raise BankError(f"no scene {number}")

    prefetcher = Prefetcher(make, 3, processes=1)
    with pytest.raises(BankError, match="no scene 0"):
        prefetcher.get(0)
    prefetcher.close()


def test_a_loader_that_is_killed_is_one_line():
    prefetcher = Prefetcher(lambda number: os.kill(os.getpid(), signal.SIGKILL), 3, processes=1)
    with pytest.raises(LoaderError, match="perhaps for lack of memory: use fewer --workers"):
        prefetcher.get(0)
    prefetcher.close()


def test_where_processes_cannot_be_copied_threads_are_recommended(monkeypatch):
    monkeypatch.setattr("platform.system", lambda: "Darwin")
    with pytest.raises(LoaderError, match="leave --workers out and raise --threads"):
        Prefetcher(int, 3, processes=1)
