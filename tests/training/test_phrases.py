from dataclasses import replace

import numpy as np
import pytest

from training.entity import ColourShare, Entity, Garment
from training.phrases import coloured, phrase_of, phrase_text, plain, see_through, wearing, with_article
from training.wording import as_typed, is_plural

CUP = Entity(
    "1", "cup", "object", ("cup", "mug"), frozenset({"bowl"}), (ColourShare("red", 0.9),), (), "", "train", "", "", 0
)
WOMAN = Entity("2", "woman", "human", ("woman", "lady"), frozenset({"girl"}), (ColourShare("blue", 0.9),),
               (Garment("dress", "red", 0.5, 0.9),), "", "train", "", "", 0)  # fmt: skip


def rng(seed=0):
    return np.random.default_rng(seed)


def test_a_noun_names_surely_what_it_is_called_and_possibly_what_it_may_be():
    assert plain("mug").surely(CUP) and not plain("bowl").surely(CUP) and plain("bowl").possibly(CUP)
    assert not plain("woman").possibly(CUP)


def test_a_colour_names_things_and_lookalike_colours_stay_possible():
    assert coloured("cup", "red").surely(CUP)
    assert not coloured("cup", "orange").surely(CUP) and coloured("cup", "orange").possibly(CUP)
    assert not coloured("cup", "green").possibly(CUP)
    assert not coloured("woman", "blue").surely(WOMAN), "people have no colour of their own"


def test_a_person_is_named_by_clothes_and_unlabelled_clothes_may_be_anything():
    dress = wearing("woman", [("dress", "red")], rng())
    assert dress.surely(WOMAN) and "red dress" in dress.after
    assert not wearing("woman", [("dress", "green")], rng()).possibly(WOMAN)
    bare = replace(WOMAN, garments=())
    assert not dress.surely(bare) and dress.possibly(bare)


def test_only_what_is_transparent_is_surely_see_through():
    phrase = see_through("cup", "transparent")
    assert not phrase.surely(CUP) and phrase.surely(replace(CUP, transparent=True)) and phrase.possibly(CUP)


@pytest.mark.parametrize("entity", [CUP, WOMAN])
def test_drawn_phrases_fit_their_entity_and_are_put_into_words(entity):
    phrases = [phrase_of(entity, rng(seed)) for seed in range(60)]
    assert all(phrase.surely(entity) for phrase in phrases)
    texts = {phrase_text(phrase, rng(seed)) for seed, phrase in enumerate(phrases)}
    assert len(texts) > 6 and all(any(name in text for name in entity.names) for text in texts)
    assert any("red" in text for text in texts) and not any(text != text.strip() or "  " in text for text in texts)


def test_plurals_take_no_singular_article():
    assert is_plural("running shoes") and not is_plural("shoe")
    drawn = {with_article(rng(seed), "black jeans", "jeans") for seed in range(200)}
    assert drawn == {"the black jeans", "black jeans"}
    assert "an apple" in {with_article(rng(seed), "apple", "apple") for seed in range(200)}


def test_typing_changes_capitals_often_and_letters_rarely():
    typed = [as_typed("the yellow teapot", rng(seed)) for seed in range(400)]
    same = sum(text.lower() == "the yellow teapot" for text in typed)
    assert 360 < same < 400 and any(text.isupper() for text in typed)
    assert all(len(text.split()) == 3 and abs(len(text) - 17) <= 1 for text in typed)
