"""The model is loaded once and every image read once, whatever the order of the questions."""

import threading

import numpy as np
import pytest

from clipmat.errors import UnknownWeights
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
    assert matting.predict(ONE, "red").present


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
