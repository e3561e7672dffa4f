"""The answer to words: what the network found, less the parts that they do not mean, and how present that is.

Where the thing has none of the colours that they name, as the yellow one for `the blue sunflower`, nobody can be sure.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from clipmat.candidates import Candidate
from clipmat.certainty import PresenceScale
from clipmat.image_state import SetImage
from clipmat.model import MatteOutput
from clipmat.pointed_crops import whole_region
from clipmat.region_growing import GrownRegion
from clipmat.sentences.choosing import colour_share
from clipmat.sentences.reading import read
from clipmat.worded_parts import worded_parts

_LEAST_SHARE = 0.02
"""Share of an answer from which on it has a colour. Of 299 right and sure answers to such words in composites and
photographs of the packs all have more; of 8 sure answers to what is not there 2 have less."""
_LEAST_PX = 20
_WORN = re.compile(r"\b(?:in|wearing|with)\b")
"""What somebody wears may be a small part: `the boy wearing red shoes`."""


def worded_answer(out: MatteOutput, words: str, image: SetImage, scale: PresenceScale) -> tuple[GrownRegion, float]:
    """The region that the words mean of the network's answer to them, fused `hard`, and its stated presence, 0..1."""
    region = worded_parts(whole_region(out, image.size), words, image.small)
    presence = scale.stated(float(out.presence_logits[0]))
    return region, scale.doubted(presence) if lacks_its_colours(region, words, image.small) else presence


def lacks_its_colours(region: GrownRegion, expression: str, colours: NDArray[np.uint8]) -> bool:
    """Whether words name colours of the thing, and what was found for them has none of these.

    `colours`, hxwx3 uint8 sRGB, is the image at the size of the region's matte.
    """
    reading = read(expression)
    if not reading.colours or _WORN.search(reading.noun):
        return False
    solid = region.matte > 0.5
    if solid.sum() < _LEAST_PX:
        return False
    found = Candidate.of_mask(solid)
    return all(colour_share(colours, found, colour) < _LEAST_SHARE for colour in reading.colours)
