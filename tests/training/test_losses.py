"""Losses against numpy and OpenCV, and what they must prefer."""

import cv2
import numpy as np
import pytest
import torch

from clipmat.model import MatteOutput, fuse_soft
from training import losses


def random_mattes(seed=0, size=32):
    g = torch.Generator().manual_seed(seed)
    return torch.rand(2, 1, size, size, generator=g), torch.rand(2, 1, size, size, generator=g)


def test_alpha_loss_is_the_mean_absolute_difference():
    a, b = random_mattes()
    np.testing.assert_allclose(losses.alpha_loss(a, b), np.abs(a.numpy() - b.numpy()).mean(), rtol=1e-5)


def test_a_weight_counts_the_transition_alone():
    a, b = random_mattes()
    weight = torch.zeros_like(a)
    weight[:, :, 8:16] = 1
    counted = weight.numpy()
    expected = (np.abs(a.numpy() - b.numpy()) * counted).sum() / (counted.sum() + 1)
    np.testing.assert_allclose(losses.alpha_loss(a, b, weight), expected, rtol=1e-4)


def pyramid_l1(difference, weight=None, levels=5):
    """The same pyramid by OpenCV's filters: binomial blur, 2x2 means, bilinear enlargement."""
    taps = np.array([1, 4, 6, 4, 1]) / 16
    weight = np.ones_like(difference) if weight is None else weight
    sums, shares = np.zeros(levels), np.zeros(levels)
    for plane, counted in zip(difference[:, 0], weight[:, 0], strict=True):
        plane = (plane * counted).astype(np.float64)
        for level in range(levels):
            blurred = cv2.sepFilter2D(plane, -1, taps, taps, borderType=cv2.BORDER_REPLICATE)
            half = (plane.shape[1] // 2, plane.shape[0] // 2)
            small = cv2.resize(blurred, half, interpolation=cv2.INTER_AREA)
            band = plane - cv2.resize(small, plane.shape[::-1], interpolation=cv2.INTER_LINEAR)
            sums[level] += (np.abs(band) * counted).sum()
            shares[level] += counted.sum()
            plane, counted = small, cv2.resize(counted, half, interpolation=cv2.INTER_AREA)
    return sums, shares


@pytest.mark.parametrize("sides", [(64, 64), (96, 32)])
def test_the_laplacian_is_opencvs_pyramid(sides):
    a, b = torch.rand((2, 2, 1, *sides), generator=torch.Generator().manual_seed(3))
    sums, shares = pyramid_l1((a - b).numpy())
    expected = (2.0 ** np.arange(5) * sums / shares).sum()
    np.testing.assert_allclose(losses.laplacian_loss(a, b), expected, rtol=1e-4)
    np.testing.assert_allclose(losses.laplacian_loss(a, b, levels=1), sums[0] / shares[0], rtol=1e-4)


def test_the_laplacian_in_the_transition_is_opencvs_pyramid_of_it():
    a, b = random_mattes(seed=4, size=64)
    weight = (torch.rand(a.shape, generator=torch.Generator().manual_seed(5)) < 0.3).float()
    sums, shares = pyramid_l1((a - b).numpy(), weight.numpy())
    expected = (2.0 ** np.arange(5) * sums / (shares + 1)).sum()
    np.testing.assert_allclose(losses.laplacian_loss(a, b, weight), expected, rtol=1e-4)


def test_a_laplacian_of_odd_sides_is_still_zero_at_the_truth_and_above_elsewhere():
    a, b = torch.rand((2, 1, 1, 37, 23), generator=torch.Generator().manual_seed(6))
    assert losses.laplacian_loss(a, a) == 0 < losses.laplacian_loss(a, b)
    assert losses.laplacian_loss(a, b, torch.ones_like(a)) > 0


@pytest.mark.parametrize("loss", [losses.alpha_loss, losses.laplacian_loss])
def test_what_lies_beside_the_transition_neither_counts_nor_learns(loss):
    a, b = random_mattes(seed=7, size=64)
    weight = torch.zeros_like(a)
    weight[..., 20:30] = 1
    right_inside = torch.where(weight > 0, b, a).requires_grad_()
    torch.testing.assert_close(loss(right_inside, b, weight), torch.zeros(()), atol=2e-6, rtol=0)
    wrong = a.clone().requires_grad_()
    loss(wrong, b, weight).backward()
    assert not wrong.grad[weight == 0].any() and wrong.grad[weight > 0].any()


@pytest.mark.parametrize("loss", [losses.alpha_loss, losses.laplacian_loss])
def test_at_the_truth_gradients_are_finite(loss):
    b, _ = random_mattes(seed=8)
    a = b.clone().requires_grad_()
    (loss(a, b) + loss(a, b, torch.ones_like(b)) + losses.composition_loss(a, b, torch.zeros(2, 3, 32, 32))).backward()
    assert torch.isfinite(a.grad).all()


def test_the_laplacian_sees_a_blur_that_l1_hardly_sees():
    sharp = torch.zeros(1, 1, 64, 64)
    sharp[..., 32:] = 1
    blurred = torch.from_numpy(cv2.GaussianBlur(sharp[0, 0].numpy(), (0, 0), 2))[None, None]
    fainter = sharp * 0.97
    pyramid = losses.laplacian_loss(blurred, sharp, levels=3) / losses.laplacian_loss(fainter, sharp, levels=3)
    plain = losses.alpha_loss(blurred, sharp) / losses.alpha_loss(fainter, sharp)
    assert pyramid > 4 * plain


def test_trimap_loss_is_cross_entropy():
    torch.manual_seed(0)
    logits, target = torch.randn(2, 3, 5, 7), torch.randint(0, 3, (2, 5, 7))
    p = np.exp(logits.numpy()) / np.exp(logits.numpy()).sum(1, keepdims=True)
    expected = -np.log(np.take_along_axis(p, target.numpy()[:, None], 1)).mean()
    np.testing.assert_allclose(losses.trimap_loss(logits, target), expected, rtol=1e-5)


def test_composition_loss_is_the_difference_of_two_composites_over_black():
    a, b = random_mattes()
    image = torch.rand((2, 3, 32, 32), generator=torch.Generator().manual_seed(1))
    ours, truth = (x.numpy() * image.numpy() for x in (a, b))
    np.testing.assert_allclose(losses.composition_loss(a, b, image), np.abs(ours - truth).mean(), rtol=1e-4)


def test_overlap_is_one_less_the_soft_intersection_over_union():
    a, b = (x.numpy().astype(np.float64) for x in random_mattes())
    ratios = [((x * y).sum() + 1) / ((x + y - x * y).sum() + 1) for x, y in zip(a, b, strict=True)]
    found = losses.overlap_loss(*random_mattes(), torch.tensor([True, True]))
    np.testing.assert_allclose(found, 1 - np.mean(ratios), rtol=1e-5)


def logistic(x):
    return 1 / (1 + np.exp(-x))


def test_presence_is_binary_cross_entropy():
    logits, present = np.array([2.0, -1.0, 0.3]), np.array([True, False, False])
    expected = -np.log(np.where(present, logistic(logits), 1 - logistic(logits))).mean()
    np.testing.assert_allclose(
        losses.presence_loss(torch.from_numpy(logits), torch.from_numpy(present)), expected, rtol=1e-6
    )


def test_match_is_cross_entropy_of_each_place_with_its_cover():
    rng = np.random.default_rng(0)
    places, meaning, cover = rng.normal(size=(3, 5, 16)), rng.normal(size=(3, 16)), rng.random((3, 5))
    present = np.array([True, False, True])
    p = logistic(np.einsum("bnd,bd->bn", places, meaning) / 4)
    wanted = cover * present[:, None]
    expected = -(wanted * np.log(p) + (1 - wanted) * np.log(1 - p)).mean()
    given = (torch.from_numpy(x.astype(np.float32)) for x in (places, meaning, cover))
    np.testing.assert_allclose(losses.match_loss(*given, torch.from_numpy(present)), expected, rtol=1e-5)


def test_contrast_is_infonce_of_regions_and_words():
    rng = np.random.default_rng(0)
    places, meaning = rng.normal(size=(4, 5, 8)), rng.normal(size=(4, 8))
    cover = (rng.random((4, 5)) < 0.5) * 1.0
    cover[:, 0] = 1
    regions = np.einsum("bnd,bn->bd", places, cover)

    def unit(x):
        return x / np.linalg.norm(x, axis=1, keepdims=True)

    odds = np.exp(14 * unit(regions) @ unit(meaning).T)
    others = np.array([[1, 0, 1, 1], [0, 1, 1, 1], [1, 1, 1, 0], [1, 1, 0, 1]])  # two rows to an image
    expected = -np.log(np.diag(odds) / (odds * others).sum(1)).mean()
    given = (torch.from_numpy(x.astype(np.float32)) for x in (places, meaning, cover))
    np.testing.assert_allclose(losses.contrast_loss(*given, torch.ones(4, dtype=torch.bool), 2), expected, rtol=1e-4)


def test_overlap_ignores_absent_objects():
    a, b = random_mattes()
    present = torch.tensor([True, False])
    only = losses.overlap_loss(a[:1], b[:1], present[:1])
    torch.testing.assert_close(losses.overlap_loss(a, b, present), only)
    assert losses.overlap_loss(b, b, torch.tensor([True, True])) < losses.overlap_loss(a, b, torch.tensor([True, True]))
    assert losses.overlap_loss(a, b, torch.tensor([False, False])) == 0


def test_the_teacher_wants_direction_only():
    v = torch.randn(4, 9)
    torch.testing.assert_close(losses.teacher_loss(v * 3, v), torch.tensor(0.0), atol=1e-6, rtol=0)
    torch.testing.assert_close(losses.teacher_loss(-v, v), torch.tensor(2.0))


def test_every_part_is_finite_and_least_at_the_truth():
    torch.manual_seed(0)
    target = torch.zeros(2, 1, 32, 32)
    target[0, :, 8:24, 8:24] = 1
    trimap = (target[:, 0] * 2).long()
    trimap[0, 8:10] = 1
    present = torch.tensor([True, False])
    known = {"trimap": trimap, "target": target, "image": torch.rand(2, 3, 32, 32), "present": present, "images": 2}
    cover = torch.nn.functional.adaptive_avg_pool2d(target, (4, 4)).flatten(1)

    def parts(sign):
        logits = torch.nn.functional.one_hot(trimap, 3).permute(0, 3, 1, 2).float() * 8 * sign
        matte = target if sign > 0 else 1 - target
        places = torch.stack([cover * 2 - 1, torch.ones_like(cover)], dim=2) * 9 * sign
        meaning = torch.tensor([[1.0, 0.0], [0.0, -1.0]])
        out = MatteOutput(logits, matte, matte, torch.tensor([4.0, -4.0]) * sign, places, meaning, (4, 4))
        return losses.total_loss(out, **known)

    good, bad = parts(1), parts(-1)
    names = {"trimap", "details", "matte", "composition", "overlap", "presence", "match", "contrast"}
    assert set(good) == names
    for name in names - {"contrast"}:
        assert torch.isfinite(good[name]) and good[name] < bad[name], name
    assert torch.isfinite(losses.summed(bad))


def test_the_details_part_sees_the_transition_alone():
    details, target = random_mattes(seed=9)
    trimap = torch.full((2, 32, 32), 2)
    trimap[:, 10:14], trimap[:, :10] = 1, 0
    rest = torch.zeros(2), torch.zeros(2, 16, 4), torch.zeros(2, 4), (4, 4)
    known = {"trimap": trimap, "target": target, "image": torch.rand(2, 3, 32, 32), "images": 2}

    def part(details):
        out = MatteOutput(torch.zeros(2, 3, 32, 32), details, target, *rest)
        return losses.total_loss(out, present=torch.tensor([True, True]), **known)["details"]

    beside, inside = details.clone(), details.clone()
    beside[:, :, :10] = beside[:, :, 14:] = 0.5
    inside[:, :, 10:14] = target[:, :, 10:14]
    assert part(beside) == part(details) > part(inside)
    assert part(inside) < 1e-5


def test_contrast_pairs_each_object_with_its_own_words():
    torch.manual_seed(0)
    words = torch.nn.functional.normalize(torch.randn(6, 16), dim=1)
    cover = torch.zeros(6, 9)
    cover[:, 4] = 1
    places = torch.randn(6, 9, 16) * 0.1
    places[:, 4] = words
    present = torch.ones(6, dtype=torch.bool)
    right = losses.contrast_loss(places, words, cover, present, 1)
    assert right < 0.1 < losses.contrast_loss(places, words.roll(1, 0), cover, present, 1)
    # Words of the same image are no wrong answers, words for nothing neither.
    twins = torch.cat([words[:1], words[:1], words[2:]])
    places[:, 4] = twins
    assert losses.contrast_loss(places, twins, cover, present, 2) < 0.1
    assert losses.contrast_loss(places, twins, cover, present, 1) > 0.2
    absent = torch.tensor([True, False, True, True, True, True])
    assert losses.contrast_loss(places, twins, cover, absent, 1) < 0.1
    assert losses.contrast_loss(places, twins, cover, ~present, 1) == 0


def test_losses_live_where_their_tensors_live():
    a = torch.rand(1, 1, 8, 8, device="meta")
    for loss in (losses.alpha_loss, losses.laplacian_loss):
        assert loss(a, a).device.type == "meta"


def test_an_expression_that_names_nothing_teaches_presence_and_match_but_no_matte():
    torch.manual_seed(0)
    logits, details = torch.randn(2, 3, 16, 16, requires_grad=True), torch.rand(2, 1, 16, 16, requires_grad=True)
    presence = torch.zeros(2, requires_grad=True)
    places, meaning = torch.randn(2, 4, 8, requires_grad=True), torch.randn(2, 8)
    out = MatteOutput(logits, details, fuse_soft(logits.softmax(dim=1), details), presence, places, meaning, (2, 2))
    present = torch.tensor([True, False])
    truth = torch.zeros(2, 1, 16, 16)
    truth[0, :, 4:12, 4:12] = 1
    trimap = torch.ones(2, 16, 16, dtype=torch.long)
    parts = losses.total_loss(
        out, trimap=trimap, target=truth, image=torch.rand(2, 3, 16, 16), present=present, images=1
    )
    losses.summed(parts).backward()
    for tensor in (logits, details):
        assert tensor.grad[0].abs().sum() > 0 and tensor.grad[1].abs().sum() == 0
    assert (presence.grad.abs() > 0).all() and (places.grad.flatten(1).abs().sum(1) > 0).all()


def test_the_dense_loss_is_weighted_entropy_and_dice_of_what_is_there():
    """Two images and three words, one of them unknown everywhere in the second image."""
    g = torch.Generator().manual_seed(3)
    logits, target = 2 * torch.randn(2, 3, 6, 8, generator=g), torch.zeros(2, 3, 12, 16)
    target[0, 0, 2:8, 3:9], target[1, 2, :, 10:] = 1.0, 0.8
    counts = torch.ones(2, 3, 12, 16)
    counts[0, 1, :, :12], counts[1, 0] = 0, 0
    entropies, missed = [], []
    for image in range(2):
        for word in range(3):
            t, c = target[image, word].double().numpy(), counts[image, word].double().numpy()
            if not c.any():
                continue
            z = cv2.resize(logits[image, word].numpy(), (16, 12), interpolation=cv2.INTER_LINEAR).astype(np.float64)
            p = 1 / (1 + np.exp(-z))
            each = -(t * np.log(p) + (1 - t) * np.log(1 - p)) * (0.25 + np.abs(p - t)) * c
            there = t.max() > 0.3
            entropies.append(each.sum() / max(40, c.sum()) * (2 if there else 1))
            if there:
                missed.append(1 - (2 * (p * t * c).sum() + 1) / ((p * c).sum() + (t * c).sum() + 1))
    expected = np.mean(entropies) + 0.7 * np.mean(missed)
    np.testing.assert_allclose(losses.dense_loss(logits, target, counts), expected, rtol=1e-4)


def test_what_does_not_count_teaches_nothing():
    logits = torch.randn(1, 2, 6, 8, requires_grad=True)
    counts = torch.zeros(1, 2, 12, 16)
    counts[0, 0, 4:8, 4:8] = 1
    losses.dense_loss(logits, torch.rand(1, 2, 12, 16), counts).backward()
    assert logits.grad[0, 1].abs().sum() == 0 and logits.grad[0, 0, 2:4, 2:4].abs().sum() > 0
    assert logits.grad[0, 0, 5, 7] == 0
