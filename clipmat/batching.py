"""Several images and several expressions in one call of the network, for a GPU, which one of each does not fill."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from clipmat.encoders import ImageFeatures
from clipmat.model import ClipMat, EncodedImage, MatteOutput
from clipmat.text_encoding import encoded_words


def encoded_together(model: ClipMat, pixels: Sequence[Tensor]) -> list[EncodedImage]:
    """Each of `pixels`, 1x3xhxw normalised and on the network's device, encoded; those of a size in one call.

    Under the caller's inference mode and autocast.
    """
    found: dict[int, EncodedImage] = {}
    for numbers in _alike([tuple(image.shape) for image in pixels]):
        batch = torch.cat([pixels[number] for number in numbers])
        encoded = model.encode_image(batch.contiguous(memory_format=torch.channels_last))
        found |= {number: _picked(encoded, [place]) for place, number in enumerate(numbers)}
    return [found[number] for number in range(len(pixels))]


def decoded_together(model: ClipMat, images: Sequence[EncodedImage], words: Sequence[str]) -> list[MatteOutput]:
    """The network's answer to each image with its words, fused hard, each of a batch of one; a size in one call.

    Words that several images share are read once. Under the caller's inference mode and autocast.
    Warns ExpressionTruncated with words that did not fit.
    """
    different = list(dict.fromkeys(words))
    text, valid = encoded_words(model, different)
    found: dict[int, MatteOutput] = {}
    for numbers in _alike([image.size for image in images]):
        which = [different.index(words[number]) for number in numbers]
        out = model.decode(_joined([images[number] for number in numbers]), text[which], valid[which], hard=True)
        found |= {number: _one(out, place) for place, number in enumerate(numbers)}
    return [found[number] for number in range(len(images))]


def _alike(sizes: Sequence[tuple[int, ...]]) -> list[list[int]]:
    """The numbers of those that have the same size, together."""
    groups: dict[tuple[int, ...], list[int]] = {}
    for number, size in enumerate(sizes):
        groups.setdefault(size, []).append(number)
    return list(groups.values())


def _picked(image: EncodedImage, places: list[int]) -> EncodedImage:
    features = image.features
    t1, t2, t3, t4 = (level[places] for level in features.levels)
    where = None if features.places is None else features.places[places]
    details = None if image.details is None else tuple(plane[places] for plane in image.details)
    picked = ImageFeatures(features.tokens[places], features.grid, (t1, t2, t3, t4), where)
    return EncodedImage(picked, details, image.alpha_logits[places], image.size)


def _joined(images: Sequence[EncodedImage]) -> EncodedImage:
    first = images[0]
    if len(images) == 1:
        return first
    t1, t2, t3, t4 = (torch.cat(levels) for levels in zip(*(one.features.levels for one in images), strict=True))
    where = [one.features.places for one in images if one.features.places is not None]
    details = [one.details for one in images if one.details is not None]
    features = ImageFeatures(
        torch.cat([one.features.tokens for one in images]),
        first.features.grid,
        (t1, t2, t3, t4),
        torch.cat(where) if where else None,
    )
    planes = tuple(torch.cat(several) for several in zip(*details, strict=True)) if details else None
    return EncodedImage(features, planes, torch.cat([one.alpha_logits for one in images]), first.size)


def _one(out: MatteOutput, place: int) -> MatteOutput:
    part, match = slice(place, place + 1), out.match_logits
    return MatteOutput(
        *(out.trimap_logits[part], out.details[part], out.matte[part], out.presence_logits[part]),
        *(out.token_embeddings[part], out.text_embedding[part], out.grid, None if match is None else match[part]),
    )
