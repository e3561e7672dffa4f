"""Captions: what is surely said of one thing, in the words of whoever wrote it."""

import re
from dataclasses import replace

import numpy as np
import pytest

from training.captions import descriptions
from training.datasets import Mix, SceneDataset
from training.entity import Description, Entity
from training.expressions import reworded
from training.nouns import everyday_names, possible_names
from training.scene import SceneCanvas


def entity(keyword, kind="object"):
    names = everyday_names(keyword, ())
    maybe = possible_names(keyword, kind, names)
    return Entity(keyword, keyword, kind, names, maybe, (), (), "test", "train", "", "", 0)


DOG, CAT, CUP, MAN, WOMAN = (
    entity(word, kind)
    for word, kind in (("dog", "animal"), ("cat", "animal"), ("cup", "object"), ("man", "human"), ("woman", "human"))
)


@pytest.mark.parametrize(
    ("caption", "expected"),
    [
        ("A dog is sleeping on the floor.", Description("dog", "dog", "sleeping on the floor", verb=False)),
        ("A small dog that is lying in the sun", Description("small dog", "dog", "lying in the sun", verb=False)),
        ("the DOG sits near a wall, and a bird sings", Description("dog", "dog", "sits near a wall", verb=True)),
        ("A dog in a basket next to a cup", Description("dog", "dog", "in a basket next to a cup", verb=False)),
        ("One puppy chasing a ball and jumping", Description("puppy", "dog", "chasing a ball", verb=False)),
        ("A dog on the left of a cup", None),
        ("A dog house standing on grass", None),
        ("A dog racing track is empty", None),
        ("Two dogs sitting on the floor", None),
        ("A man with a dog on the floor", None),
        ("A hot dog lying on a plate", None),
        ("A dog sleeping", None),
        ("A dog lying in a", None),
        ("A dog wearing a hat is lying on a bed", None),
        ("", None),
    ],
)
def test_only_whole_sentences_about_one_thing_are_taken(caption, expected):
    expected = expected and expected._replace(noun=expected.subject.split()[-1])
    dog, cup = descriptions([caption], [DOG, CUP], frozenset())
    assert dog == (() if expected is None else (expected,)) and cup == ()


def test_a_noun_that_might_fit_another_thing_says_nothing():
    caption = ["A dog is lying on a bed."]
    assert descriptions(caption, [DOG, CAT], ())[0]
    assert not any(descriptions(caption, [DOG, DOG], ()))
    assert not any(descriptions(caption, [DOG, CAT], {"dog"})), "another may be there without a label"
    assert descriptions(["A pet is lying on a bed."], [DOG, CAT], ()) == ((), ()), "both are pets"
    assert not any(descriptions(["A person is lying on a bed."], [MAN, WOMAN], ()))


def scene(*entities, may_contain=frozenset()):
    canvas = SceneCanvas(np.zeros((40, 30 * len(entities), 3), np.uint8), may_contain, absent=())
    for number, one in enumerate(entities):
        alpha = np.zeros((40, 30 * len(entities)), np.float32)
        alpha[5:35, 30 * number + 5 : 30 * number + 25] = 1
        canvas.add(one, alpha)
    return canvas.scene()


SLEEPS = replace(DOG, descriptions=(Description("small dog", "dog", "sleeping on a bed", verb=False),))
RIDES = replace(MAN, descriptions=(Description("man", "man", "rides a bike in the rain", verb=True),))


def fitting(text, shown):
    """The judge: who bears the first noun of a text, by a list of its own; someone and the one are people."""
    nouns = {
        "dog": r"dog|puppy|doggy|pup|hound", "cat": r"cat|kitty|kitten|feline", "cup": r"cup|mug|coffee cup|teacup",
        "man": r"man|guy|gentleman|male|fellow|dude", "woman": r"woman|lady|female",
    }  # fmt: skip
    people = r"person|human|someone|somebody|the one"
    broad = {"dog": r"animal|pet", "cat": r"animal|pet", "cup": "", "man": people, "woman": people}
    found = {}
    for word in nouns:
        pattern = rf"\b(?:{nouns[word]}{'|' if broad[word] else ''}{broad[word]})\b"
        if at := re.search(pattern, text):
            found[word] = at.start()
    first = min(found.values())
    return [i for i, placed in enumerate(shown.placed) if found.get(placed.entity.keyword) == first]


@pytest.mark.parametrize(
    "entities", [(SLEEPS, CUP), (SLEEPS, CAT, MAN), (RIDES, SLEEPS), (RIDES, WOMAN, CUP), (DOG, DOG, RIDES)]
)
def test_what_is_reworded_fits_its_target_and_nothing_else(entities):
    shown = scene(*entities)
    made = [
        expression
        for seed in range(80)
        for target in range(len(entities))
        if (expression := reworded(shown, target, np.random.default_rng(seed)))
    ]
    assert len(made) > 20
    for expression in made:
        assert fitting(expression.text, shown) == [expression.target], expression.text
    texts = {expression.text for expression in made}
    if entities == (RIDES, SLEEPS):
        assert {"the man who rides a bike in the rain", "someone that rides a bike in the rain", "my dog"} <= texts
        assert {"the small dog sleeping on a bed", "the small dog which is sleeping on a bed"} <= texts
        assert not any(re.search(r"\b(?:my|our) (?:man|guy|person)", text) for text in texts)
    if entities == (RIDES, WOMAN, CUP):
        assert not any(re.match("some|the one|the person", text) for text in texts)


def test_where_another_may_be_there_nothing_is_said():
    doubtful = scene(SLEEPS, CUP, may_contain=frozenset(DOG.names))
    assert not any(reworded(doubtful, 0, np.random.default_rng(seed)) for seed in range(40))


def test_a_mix_asks_for_them_and_without_it_samples_are_what_they_were(bank):
    def texts(mix, forms=("keyword", "basic")):
        data = SceneDataset(bank, 4, mix, augment=False, forms=forms)
        return [sample.expression for index in range(25) for sample in data.samples(index, (64, 64), 2)]

    own = re.compile(r"(?:my|our|this|that|just the|only the) \w+")
    assert 10 < sum(bool(own.fullmatch(text)) for text in texts(Mix(reworded=0.6)))
    assert not any(own.fullmatch(text) for text in texts(Mix()))
    assert texts(Mix(reworded=0.6), ("keyword",)) == texts(Mix(), ("keyword",)), "a keyword is a noun alone"
