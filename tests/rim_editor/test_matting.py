"""The model is loaded once and every image read once, whatever the order of the questions."""

import threading
import weakref
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from clipmat.errors import UnknownWeights
from rim_editor import matting as room
from rim_editor.matting import Matting

ONE, TWO = np.zeros((4, 4, 3), np.uint8), np.zeros((4, 4, 3), np.uint8)


def test_nothing_is_loaded_before_it_is_needed(loaded):
    Matting()
    assert loaded == []


def test_one_model_and_one_reading_for_many_expressions(loaded):
    matting = Matting()
    for expression in ("red", "blue", "red"):
        matting.predict(ONE, expression)
    assert len(loaded) == 1
    assert len(loaded[0].images) == 1
    assert loaded[0].expressions == ["red", "blue", "red"]


def test_another_image_of_the_same_content_is_read(loaded):
    matting = Matting()
    for image in (ONE, TWO, TWO, ONE):
        matting.predict(image, "red")
    assert [image is ONE for image in loaded[0].images] == [True, False, True]


def test_other_weights_or_another_device_load_again_and_read_again(loaded):
    matting = Matting()
    for weights, device in (
        ("compact", "cpu"),
        ("compact", "cpu"),
        ("vit-b-16", "cpu"),
        ("vit-b-16", "cuda"),
    ):
        matting.predict(ONE, "red", weights=weights, device=device)
    assert [(one.weights, one.device) for one in loaded] == [
        ("compact", "cpu"),
        ("vit-b-16", "cpu"),
        ("vit-b-16", "cuda"),
    ]
    assert [len(one.images) for one in loaded] == [1, 1, 1]


def test_a_model_that_does_not_load_leaves_room_for_the_next(loaded):
    matting = Matting()
    with pytest.raises(UnknownWeights):
        matting.predict(ONE, "red", weights="unknown")
    assert matting.predict(ONE, "red").certainty == "sure"


def test_an_image_that_could_not_be_read_is_not_taken_for_the_last(loaded, monkeypatch):
    matting = Matting()
    matting.predict(ONE, "red")
    predictor = loaded[0]
    usual = predictor.set_image

    def fail(image):
        raise RuntimeError("out of memory")

    monkeypatch.setattr(predictor, "set_image", fail)
    with pytest.raises(RuntimeError):
        matting.predict(TWO, "red")
    monkeypatch.setattr(predictor, "set_image", usual)
    matting.predict(ONE, "red")
    assert [image is ONE for image in predictor.images] == [True, True]


def test_threads_get_the_answer_for_their_own_image(loaded):
    matting, answers = Matting(), {}
    images = {level: np.full((4, 4, 3), (level, 0, 0), np.uint8) for level in (50, 100, 150, 200)}

    def ask(level):
        for _ in range(20):
            answers.setdefault(level, set()).add(float(matting.predict(images[level], "red").matte.max()))

    threads = [threading.Thread(target=ask, args=(level,)) for level in images]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {level: {round(value * 200) for value in found} for level, found in answers.items()} == {
        level: {level} for level in images
    }


def test_a_precision_that_is_asked_for_loads_again():
    asked = []

    def load(*options):
        asked.append(options)
        return RED

    matting = Matting(load)
    for precision in ("auto", "auto", "float32", "float32", "auto"):
        matting.predict(ONE, "red", weights="compact", device="cpu", precision=precision)
    assert asked == [("compact", "cpu", "auto"), ("compact", "cpu", "float32"), ("compact", "cpu", "auto")]


class Still:
    """Answers nothing, remembers which images it was given, and refines to a half."""

    def __init__(self):
        self.images = []

    def set_image(self, image):
        self.images.append(image)

    def predict(self, expression):
        return expression

    def refine(self, image, matte, trimap):
        return np.where(trimap == 128, np.float32(0.5), matte)


RED = Still()


def test_refining_leaves_the_image_that_was_read():
    still = Still()
    matting = Matting(lambda *_: still)
    matting.predict(ONE, "red")
    trimap = np.full((4, 4), 128, np.uint8)
    assert (matting.refine(TWO, np.zeros((4, 4), np.float32), trimap) == 0.5).all()
    matting.predict(ONE, "blue")
    assert len(still.images) == 1


def test_two_threads_that_need_the_model_load_it_once(loaded):
    begun, go = threading.Event(), threading.Event()

    def load_slowly(*options):
        begun.set()
        go.wait(10)
        return room.load_predictor(*options)

    matting = Matting(load_slowly)
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(matting.predictor, "compact", "cpu")
        assert begun.wait(10) and not future.done()
        go.set()
        assert matting.predict(ONE, "red", device="cpu").certainty == "sure"
        assert future.result(10) is matting.predictor("compact", "cpu")
    assert len(loaded) == 1


def test_what_goes_wrong_while_loading_is_raised_again_the_next_time(loaded):
    matting = Matting()
    for _ in range(2):
        with pytest.raises(UnknownWeights):
            matting.predictor("unknown", "auto")


def test_that_a_large_model_which_nobody_asks_is_let_go_and_comes_back(loaded, monkeypatch):
    matting = Matting()
    matting.predict(ONE, "red")
    monkeypatch.setattr(type(loaded[0]), "idle_seconds", 0.05, raising=False)
    unloaded = threading.Event()
    weakref.finalize(loaded.pop(), unloaded.set)
    matting.predict(ONE, "blue")
    assert unloaded.wait(30)
    assert matting.predict(ONE, "red").certainty == "sure"
    assert len(loaded) == 1 and len(loaded[0].images) == 1


def test_the_nouns_are_those_of_the_weights(monkeypatch):
    from clipmat import weights

    monkeypatch.setattr(weights, "nouns", lambda name: ("cup", "dog") if name == "compact" else ())
    assert Matting().nouns("compact") == ("cup", "dog") and room.nouns("other") == ()


def test_weights_that_are_not_here_know_no_nouns():
    assert Matting().nouns("no-such-variant") == ()


def test_a_device_is_explained_or_refused_in_words():
    assert room.device_reason("cpu", "float32") == "cpu, as asked; float32, as asked"
    with pytest.raises(room.ClipMatError, match="no device 'tpu'"):
        room.device_reason("tpu", "auto")


def test_the_weights_that_ship_are_whole_and_stay(tmp_path, monkeypatch):
    monkeypatch.setattr("clipmat.weights_catalogue.user_folder", lambda: tmp_path)
    assert "is whole" in room.check("compact")
    with pytest.raises(room.ClipMatError, match="belong to the program"):
        room.remove("compact")
    own = tmp_path / "vit-b-16.safetensors"
    own.write_bytes(b"cut short")
    with pytest.raises(room.ClipMatError):
        room.check("vit-b-16")
    monkeypatch.setattr("clipmat.hub.cached", lambda *_: None)
    assert room.remove("vit-b-16") == (own,) and not own.exists()
