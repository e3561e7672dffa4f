"""Losses against numpy and OpenCV, and what they must prefer."""

import cv2
import numpy as np
import torch

from clipmat.model import MatteOutput
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


def test_the_first_laplacian_band_is_opencvs():
    a, b = random_mattes(size=64)
    one = losses.laplacian_loss(a, b, levels=1)
    d = (a - b).numpy()[:, 0]
    bands = []
    for plane in d:
        small = cv2.resize(
            cv2.GaussianBlur(plane, (5, 5), 0, borderType=cv2.BORDER_REPLICATE), (32, 32), interpolation=cv2.INTER_AREA
        )
        bands.append(np.abs(plane - cv2.resize(small, (64, 64), interpolation=cv2.INTER_LINEAR)).mean())
    # OpenCV's 5-tap Gaussian is not quite the binomial one.
    np.testing.assert_allclose(one, np.mean(bands), rtol=0.03)


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


def test_composition_loss_uses_the_image_in_unit_range():
    a, b = random_mattes()
    image = torch.full((2, 3, 32, 32), 0.5)
    expected = np.abs(a.numpy() - b.numpy()).mean() * 0.5
    np.testing.assert_allclose(losses.composition_loss(a, b, image), expected, rtol=1e-4)


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
