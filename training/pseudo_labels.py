"""What teachers make of photographs: the mattes of nouns, where two views of a photograph or two teachers agree."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from clipmat.certainty import Certainty
from clipmat.transforms import resized
from training.entity import Pixels
from training.files.attributes import dominant_colours
from training.metrics import iou
from training.nouns import everyday_names
from training.scene import Alpha

if TYPE_CHECKING:
    from clipmat.predictor import Predictor
    from clipmat.systems.system import System

SMALLER = 0.75
"""Scale of the second view, which is mirrored too."""
_AREA = (0.002, 0.95)
"""Shares of the photograph between which a matte is learnt from."""
_RIVAL = 0.25
"""Score from which on another candidate of a noun may be meant as well."""
_HELD_OUT = 20
"""One of so many photographs is for validation."""


@dataclass
class TaughtPhoto:
    """A photograph with what teachers agreed about."""

    id: str
    image: Pixels
    """HxWx3 uint8 sRGB."""
    captions: tuple[str, ...] = ()
    mattes: dict[str, Alpha] = field(default_factory=dict)
    """HxW float32 in [0, 1] by noun; nouns of one matte are joined by a comma."""
    left: dict[str, str] = field(default_factory=dict)
    """Why there is none, by noun."""


def taught(
    photos: Iterable[tuple[str, Pixels, Sequence[str], Sequence[str]]],
    teachers: Sequence[Predictor | System],
    agreement: float,
) -> Iterator[TaughtPhoto]:
    """What is learnt of each photograph, of which id, image, nouns to ask for and captions are given.

    Of one teacher, it is what it finds in a view that is smaller and mirrored as well; of several, what all find.
    They agree where the intersection over union is at least `agreement`.
    """
    for name, image, nouns, captions in photos:
        photo = TaughtPhoto(name, image, tuple(captions))
        answers: list[dict[str, Alpha | str]] = [_asked(teacher, image, nouns) for teacher in teachers]
        if len(teachers) == 1:
            answers.append(_asked_mirrored(teachers[0], image, nouns))
        for noun in nouns:
            found = [answer[noun] for answer in answers]
            reason = next((each for each in found if isinstance(each, str)), "")
            mattes = [each for each in found if not isinstance(each, str)]
            if not reason and min(iou(mattes[0], each) for each in mattes[1:]) < agreement:
                reason = "not agreed"
            if reason:
                photo.left[noun] = reason
            else:
                _add(photo, noun, mattes[0], agreement)
        yield photo


def row_of(photo: TaughtPhoto, source: str, licence: str) -> tuple[dict[str, Any], list[Pixels]]:
    """The row of a photograph for a pack's `scenes.jsonl`, and its masks HxW uint8 in the order of its objects."""
    objects, masks = [], []
    for number, (nouns, matte) in enumerate(photo.mattes.items()):
        keyword, *synonyms = nouns.split(",")
        mask = (matte * 255 + 0.5).astype(np.uint8)
        colours = dominant_colours(np.dstack([photo.image, mask]))
        objects.append(
            {
                "keyword": keyword,
                "synonyms": synonyms,
                "kind": _kind(keyword),
                "mask": f"{photo.id}_{number}.png",
                "colors": [{"name": each.name, "css": each.css, "share": each.share} for each in colours],
            }
        )
        masks.append(mask)
    held_out = hashlib.sha256(photo.id.encode()).digest()[0] % _HELD_OUT == 0
    row = {
        "id": photo.id,
        "file": f"{photo.id}.jpg",
        "source": source,
        "license": licence,
        "split": "val_seen" if held_out else "train",
        "complete_for": [],
        "captions": list(photo.captions),
        "objects": objects,
        "unmasked": [{"keyword": noun, "kind": _kind(noun)} for noun in photo.left],
    }
    return row, masks


def _asked(teacher: Predictor | System, image: Pixels, nouns: Sequence[str]) -> dict[str, Alpha | str]:
    """The matte of each noun, HxW, or why there is nothing to learn from."""
    teacher.set_image(image)
    answers: dict[str, Alpha | str] = {}
    for noun in nouns:
        answer = teacher.predict(noun)
        area = float(answer.matte.mean())
        if answer.certainty is not Certainty.SURE:
            answers[noun] = "not sure"
        elif sum(candidate.score >= _RIVAL for candidate in answer.candidates) > 1:
            answers[noun] = "several"
        elif not _AREA[0] <= area <= _AREA[1]:
            answers[noun] = "too small or nearly all"
        else:
            answers[noun] = answer.matte
    return answers


def _asked_mirrored(teacher: Predictor | System, image: Pixels, nouns: Sequence[str]) -> dict[str, Alpha | str]:
    height, width = image.shape[:2]
    size = max(1, round(SMALLER * height)), max(1, round(SMALLER * width))
    view = np.ascontiguousarray(cv2.flip(resized(image, size), 1), np.uint8)
    answers = _asked(teacher, view, nouns)
    return {
        noun: answer if isinstance(answer, str) else resized(np.ascontiguousarray(answer[:, ::-1]), (height, width))
        for noun, answer in answers.items()
    }


def _add(photo: TaughtPhoto, noun: str, matte: Alpha, agreement: float) -> None:
    """Two nouns for one thing are synonyms."""
    for nouns, known in photo.mattes.items():
        if iou(known, matte) >= agreement:
            photo.mattes = {f"{each},{noun}" if each == nouns else each: other for each, other in photo.mattes.items()}
            return
    photo.mattes[noun] = matte


def _kind(noun: str) -> str:
    return "human" if "person" in everyday_names(noun, ()) else "object"
