"""Losses against numpy and OpenCV, and what they must prefer."""

import cv2
import numpy as np
import torch

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


def test_every_part_is_finite_has_a_gradient_and_is_least_at_the_truth():
    torch.manual_seed(0)
    target = (torch.rand(2, 1, 32, 32) > 0.5).float()
    target[1] = 0
    trimap = (target[:, 0] * 2).long()
    trimap[0, :4] = 1
    known = {
        "trimap": trimap,
        "target": target,
        "image": torch.rand(2, 3, 32, 32),
        "present": torch.tensor([True, False]),
    }

    def parts(sign):
        logits = torch.nn.functional.one_hot(trimap, 3).permute(0, 3, 1, 2).float() * 8 * sign
        logits.requires_grad_(True)
        matte = target if sign > 0 else 1 - target
        presence = torch.tensor([4.0, -4.0]) * sign
        return losses.total_loss(logits, matte.clone().requires_grad_(True), matte.clone().requires_grad_(True),
                                 presence.requires_grad_(True), **known)  # fmt: skip

    good, bad = parts(1), parts(-1)
    assert set(good) == {"trimap", "details", "matte", "composition", "overlap", "presence"}
    for name in good:
        assert torch.isfinite(good[name]) and good[name] < bad[name], name
    losses.summed(bad).backward()


def test_losses_live_where_their_tensors_live():
    a = torch.rand(1, 1, 8, 8, device="meta")
    for loss in (losses.alpha_loss, losses.laplacian_loss):
        assert loss(a, a).device.type == "meta"
