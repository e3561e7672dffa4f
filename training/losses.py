"""Losses: pure functions of tensors, on the device of their inputs. All mattes are in [0, 1]."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from clipmat.model import MatteOutput


def trimap_loss(logits: Tensor, target: Tensor, weight: Tensor | None = None) -> Tensor:
    """Cross-entropy over three classes: Bx3xHxW logits, BxHxW int64 labels (AimNet, IJCAI 2021, eq. 2).

    With `weight` (Bx1xHxW) it is averaged over the weighted pixels.
    """
    if weight is None:
        return F.cross_entropy(logits, target)
    entropy = F.cross_entropy(logits, target, reduction="none").unsqueeze(1)
    return (entropy * weight).sum() / (weight.sum() + 1.0)


def alpha_loss(alpha: Tensor, target: Tensor, weight: Tensor | None = None) -> Tensor:
    """sqrt(d^2 + 1e-12), averaged over the weighted pixels: Bx1xHxW each (P3M, ACM MM 2021, eq. 4)."""
    difference = ((alpha - target) ** 2 + 1e-12).sqrt()
    if weight is None:
        return difference.mean()
    return (difference * weight).sum() / (weight.sum() + 1.0)


def laplacian_loss(alpha: Tensor, target: Tensor, weight: Tensor | None = None, levels: int = 5) -> Tensor:
    """L1 between Laplacian pyramids, level i weighted 2^i: Bx1xHxW (Hou and Liu, ICCV 2019, eq. 6).

    Each level's L1 is a mean, as in MGMatting (CVPR 2021). With `weight` (Bx1xHxW) only the weighted pixels count; the
    others are masked before the pyramid, as in P3M, whose coarse levels would carry them in from 80 pixels away.
    """
    total = alpha.new_zeros(())
    difference = alpha - target if weight is None else (alpha - target) * weight
    for level in range(levels):
        if min(difference.shape[2:]) < 2:
            break
        smaller = F.avg_pool2d(_blurred(difference), 2)
        band = difference - F.interpolate(smaller, size=difference.shape[2:], mode="bilinear", align_corners=False)
        if weight is None:
            total = total + 2**level * band.abs().mean()
        else:
            total = total + 2**level * (band.abs() * weight).sum() / (weight.sum() + 1.0)
            weight = F.adaptive_avg_pool2d(weight, (smaller.shape[2], smaller.shape[3]))
        difference = smaller
    return total


def _blurred(x: Tensor) -> Tensor:
    padded = F.pad(x, (2, 2, 2, 2), mode="replicate")
    for dim in (2, 3):  # one axis after the other, by shifting: a convolution of one channel is slow backwards
        length = padded.shape[dim] - 4
        shifted = [tap / 16 * padded.narrow(dim, i, length) for i, tap in enumerate((1, 4, 6, 4, 1))]
        padded = shifted[0] + shifted[1] + shifted[2] + shifted[3] + shifted[4]
    return padded


def composition_loss(alpha: Tensor, target: Tensor, image: Tensor, weight: Tensor | None = None) -> Tensor:
    """Colour error of compositing the image itself over black: alpha Bx1xHxW, image Bx3xHxW in [0, 1].

    Deep Image Matting (CVPR 2017, eq. 2) with the image in place of the unknown foreground.
    """
    difference = (((alpha - target) * image) ** 2 + 1e-12).sqrt().mean(dim=1, keepdim=True)
    return difference.mean() if weight is None else (difference * weight).sum() / (weight.sum() + 1.0)


def overlap_loss(matte: Tensor, target: Tensor, present: Tensor) -> Tensor:
    """1 - soft IoU of each present object, averaged: Bx1xHxW and B bool (Rahman and Wang, ISVC 2016)."""
    inter = (matte * target).sum(dim=(1, 2, 3))
    union = (matte + target - matte * target).sum(dim=(1, 2, 3))
    shares = 1 - (inter + 1) / (union + 1)
    kept = present.to(shares.dtype)
    return (shares * kept).sum() / kept.sum().clamp(min=1)


def presence_loss(logits: Tensor, present: Tensor) -> Tensor:
    """Binary cross-entropy: B logits and B bool, True where the expression names something."""
    return F.binary_cross_entropy_with_logits(logits, present.to(logits.dtype))


def teacher_loss(meaning: Tensor, vectors: Tensor) -> Tensor:
    """1 - cosine between the text tower's meaning of nouns and CLIP's vectors for them: BxD each."""
    return (1 - F.cosine_similarity(meaning.float(), vectors.float(), dim=1)).mean()


def match_loss(places: Tensor, meaning: Tensor, cover: Tensor, present: Tensor) -> Tensor:
    """Text-to-place contrast (CRIS, CVPR 2022, eq. 8): each place should score as much as the object covers it.

    BxNxD places, BxD meaning, BxN cover in [0, 1], B bool; absent objects cover nothing and count as well.
    """
    scores = torch.einsum("bnd,bd->bn", places.float(), meaning.float()) / places.shape[2] ** 0.5
    return F.binary_cross_entropy_with_logits(scores, cover * present[:, None])


def contrast_loss(places: Tensor, meaning: Tensor, cover: Tensor, present: Tensor, group: int) -> Tensor:
    """InfoNCE between covered places and the meanings of one batch (CLIP, ICML 2021, figure 3), temperature 1/14.

    As above; every `group` rows in turn belong to one image and are not contrasted with each other.
    """
    regions = torch.einsum("bnd,bn->bd", places.float(), cover) / (cover.sum(dim=1, keepdim=True) + 1e-3)
    scores = 14 * F.normalize(regions, dim=1) @ F.normalize(meaning.float(), dim=1).T
    rows = torch.arange(len(scores), device=scores.device)
    siblings = (rows[:, None] // group == rows[None] // group) & (rows[:, None] != rows[None])
    scores = scores.masked_fill(siblings | ~present[None], -1e4)
    kept = present & (cover.sum(dim=1) > 0.5)
    return F.cross_entropy(scores[kept], rows[kept]) if bool(kept.any()) else scores.sum() * 0


def dense_loss(logits: Tensor, target: Tensor, counts: Tensor) -> Tensor:
    """Dense words: BxUxhxw logits at stride 8, target in [0, 1] and `counts` (0 or 1) at stride 4, BxUx2hx2w.

    Binary cross-entropy weighted by the error, words that are there twice, and 1 - Dice of the latter (V-Net, 3DV
    2016). Where nothing counts, nothing is learned.
    """
    logits = F.interpolate(logits, size=target.shape[2:], mode="bilinear", align_corners=False)
    probability = logits.sigmoid()
    entropy = F.binary_cross_entropy_with_logits(logits, target, reduction="none")
    entropy = entropy * (0.25 + (probability - target).abs().detach()) * counts
    each = entropy.sum(dim=(2, 3)) / counts.sum(dim=(2, 3)).clamp(min=40)
    there, known = (target.amax(dim=(2, 3)) > 0.3).float(), (counts.sum(dim=(2, 3)) > 0).float()
    shared = (probability * target * counts).sum(dim=(2, 3))
    both = (probability * counts).sum(dim=(2, 3)) + (target * counts).sum(dim=(2, 3))
    missed = (1 - (2 * shared + 1) / (both + 1)) * there
    return (each * (1 + there)).sum() / known.sum().clamp(min=1) + 0.7 * missed.sum() / there.sum().clamp(min=1)


def total_loss(
    out: MatteOutput,
    *,
    trimap: Tensor,
    target: Tensor,
    image: Tensor,
    present: Tensor,
    images: int,
    match_counts: Tensor | None = None,
) -> dict[str, Tensor]:
    """Every part by name, each already weighted; their sum is what training descends.

    Of the truth: labels BxHxW int64, matte `target` Bx1xHxW, image Bx3xHxW in [0, 1], present B bool; the B rows
    belong to `images` images, those of one image in a row. `match_counts` BKx1x(H/4)x(W/4), 0 or 1, says where the
    dense match of an expression is known. Where an expression names nothing, the presence and the
    match learn it and the matte does not: an empty matte for every doubtful word would leave rare words without one.
    """
    shown = present.to(out.matte.dtype)[:, None, None, None].expand_as(out.matte)
    transition = (trimap == 1).unsqueeze(1) * shown
    cover = F.adaptive_avg_pool2d(target, out.grid).flatten(1)
    group = len(target) // images
    matte, details = out.matte, out.details
    if out.match_logits is None or match_counts is None:
        match = {
            "match": 0.5 * match_loss(out.token_embeddings, out.text_embedding, cover, present),
            "contrast": 0.15 * contrast_loss(out.token_embeddings, out.text_embedding, cover, present, group),
        }
    else:
        coarse = F.adaptive_avg_pool2d(target * present[:, None, None, None], match_counts.shape[2:])  # type: ignore
        match = {"match": 0.5 * dense_loss(out.match_logits, coarse, match_counts)}
    return {
        "trimap": trimap_loss(out.trimap_logits, trimap, shown),
        "details": 0.7 * alpha_loss(details, target, transition) + 0.2 * laplacian_loss(details, target, transition),
        "matte": alpha_loss(matte, target, shown) + 0.1 * laplacian_loss(matte, target, shown),
        "composition": 0.5 * composition_loss(matte, target, image, shown),
        "overlap": 0.5 * overlap_loss(matte, target, present),
        "presence": 0.3 * presence_loss(out.presence_logits, present),
        **match,
    }


def summed(parts: dict[str, Tensor]) -> Tensor:
    """The sum of the parts."""
    return torch.stack(list(parts.values())).sum()
