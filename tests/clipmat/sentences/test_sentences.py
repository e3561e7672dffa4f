"""150 sentences about made-up photographs (sentences.txt), which were written before the grammar, each in its scene."""

import re
from pathlib import Path

import numpy as np
import pytest

from clipmat.candidates import Candidate
from clipmat.sentences.choosing import choose
from clipmat.sentences.reading import read

RGB = {
    "red": (205, 25, 30), "green": (25, 150, 40), "blue": (30, 60, 210), "yellow": (240, 215, 40),
    "white": (250, 250, 250), "black": (8, 8, 8), "grey": (128, 128, 128), "brown": (110, 65, 30),
    "orange": (245, 135, 20),
}  # fmt: skip
SIDE = 200


class Scene:
    def __init__(self):
        self.image = np.full((SIDE, SIDE, 3), (170, 190, 150), np.uint8)
        self.things, self.sentences = [], []

    def add(self, label, corners, colour, names, tags):
        x0, y0, x1, y1 = (int(value) * SIDE // 100 for value in corners)
        mask = np.zeros((SIDE, SIDE), bool)
        mask[y0:y1, x0:x1] = True
        for other in self.things:
            other["mask"] &= ~mask
        self.image[mask] = RGB[colour]
        self.things.append({"label": label, "mask": mask, "names": names.split("/"), "tags": set(tags)})

    def find(self, noun):
        """What a perfect detector finds: things of that name, with all the tags that are mentioned."""
        words = noun.split()
        tags = {tag for thing in self.things for tag in thing["tags"]} & set(words)
        head = re.split(r" (?:with|in|wearing|of) ", noun)[0].split()
        found = []
        for thing in self.things:
            named = any(word in (name, f"{name}s") for name in thing["names"] for word in head[-1:])
            if (named or head[-1:] in ([], ["thing"], ["vehicle"], ["fruit"])) and tags <= thing["tags"]:
                found.append(self.candidate(thing))
        return found

    def candidate(self, thing):
        thing.setdefault("candidate", Candidate.of_mask(thing["mask"]))
        return thing["candidate"]


def scenes():
    found = []
    for line in (Path(__file__).parent / "sentences.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("scene "):
            found.append((line.split()[1], Scene()))
        elif (match := re.match(r"([a-z?]): (.*)", line)) is not None:
            found[-1][1].sentences.append(match.groups())
        elif line and not line.startswith("#"):
            label, *rest = line.split()
            found[-1][1].add(label, rest[:4], rest[4], rest[5], rest[6:])
    return found


def answer(scene, text):
    reading = read(text)
    if not reading.understood:
        return "?"
    chosen = choose(reading, scene.find, scene.image)
    return next((thing["label"] for thing in scene.things if scene.candidate(thing) is chosen), "-")


def test_that_nine_of_ten_sentences_choose_what_their_writer_meant():
    asked = [(name, scene, *sentence) for name, scene in scenes() for sentence in scene.sentences]
    wrong = [
        f"{name}: {text!r} is {label}, not {got} ({read(text)})"
        for name, scene, label, text in asked
        if (got := answer(scene, text)) != label
    ]
    assert len(asked) == 150
    assert len(wrong) <= 15, "\n".join(wrong)


@pytest.mark.parametrize("text", ["the cup that my sister always uses", "whatever he is looking at"])
def test_that_what_cannot_be_read_stays_whole(text):
    reading = read(text)
    assert not reading.understood
    assert (reading.noun, reading.chooses) == (text, False)
