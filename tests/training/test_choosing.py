"""The reader and the chooser of `clipmat.systems`, judged by scenes of the composition and expression engines.

What is placed in a scene are the perfect candidates; the engine knows which of them an expression means, by its own
geometry and by who was pasted over whom. With packs: `python tests/training/test_choosing.py 500 PACK...` prints a row
for each form and each expression that went wrong.
"""

import re
import sys
from collections import Counter
from pathlib import Path

import numpy as np

from clipmat.candidates import Candidate
from clipmat.sentences.choosing import choose
from clipmat.sentences.reading import read
from training.datasets import Mix, SceneDataset
from training.expressions import express
from training.files.entity_bank import EntityBank


def finder(scene, candidates):
    """What a perfect detector finds: the things of that noun, of people those that wear what is spoken of."""

    def find(noun):
        head, *worn = re.split(r" (?:in|with|wearing|carrying|who wears|who has|dressed in) ", noun, maxsplit=1)
        head = head.removesuffix(" dressed")
        found = []
        for placed, candidate in zip(scene.placed, candidates, strict=True):
            entity = placed.entity
            garments = {garment.name for garment in entity.garments}
            bare = " ".join(word for word in head.split() if word not in ("transparent", "see-through", "translucent"))
            named = bare in entity.names or noun in entity.names or bare.endswith(tuple(f" {n}" for n in entity.names))
            wears = not worn or not garments or any(f" {name}" in f" {worn[0]}" for name in garments)
            if named and wears and (bare == head or entity.transparent):
                found.append(candidate)
        return found

    return find


def asked(dataset, count, size=(256, 256)):
    """Scenes of several things, each with an expression that is more than a noun."""
    number = 0
    while count:
        rng = np.random.default_rng((7, number))
        number += 1
        scene, _ = dataset.draw_scene(rng, size)
        if len(scene.placed) < 2:
            continue
        made = express(scene, int(rng.integers(len(scene.placed))), rng, ("basic", "absolute", "relative"))
        if made is not None:
            count -= 1
            yield number, scene, made


def judged(dataset, count):
    """The rights and the numbers by form and relation, and what went wrong."""
    right, all_of, wrong = Counter(), Counter(), []
    for number, scene, made in asked(dataset, count):
        candidates = [Candidate.of_mask(placed.alpha > 0.5) for placed in scene.placed]
        reading = read(made.text)
        chosen = choose(reading, finder(scene, candidates), scene.image)
        kind = f"{made.form} {made.relation}".strip()
        all_of[kind] += 1
        right[kind] += chosen is candidates[made.target]
        if chosen is not candidates[made.target]:
            got = [scene.placed[i].entity.keyword for i, c in enumerate(candidates) if c is chosen]
            wanted = scene.placed[made.target].entity.keyword
            wrong.append(f"{number}: {made.text!r} ({kind}) is a {wanted}, not {got or 'nothing'}: {reading}")
    return right, all_of, wrong


def test_that_expressions_of_small_scenes_choose_what_the_engine_meant(bank):
    right, all_of, wrong = judged(SceneDataset(bank, 3, Mix(photo=0, mosaic=0.3, pairs=0.8), augment=False), 60)
    assert sum(all_of.values()) == 60
    assert sum(right.values()) >= 58, "\n".join(wrong)


if __name__ == "__main__":
    packs = EntityBank.read([Path(name) for name in sys.argv[2:]])
    right, all_of, wrong = judged(SceneDataset(packs, 3, Mix(photo=0), augment=False), int(sys.argv[1]))
    rows = [f"{kind}: {right[kind]} of {number}" for kind, number in sorted(all_of.items())]
    sys.stdout.write("\n".join([*wrong, *rows, f"all: {sum(right.values())} of {sum(all_of.values())}", ""]))
