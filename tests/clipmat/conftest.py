from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from clipmat import weights_catalogue


@pytest.fixture
def no_user_weights(tmp_path, monkeypatch):
    """A user's folder of weights that does not exist yet."""
    monkeypatch.setattr(weights_catalogue, "user_folder", lambda: tmp_path / "user")
    return tmp_path / "user"


def array(tensor):
    return tensor.detach().double().numpy()


def linear(x, layer):
    return x @ array(layer.weight).T + array(layer.bias)


def normed(x, layer, axes=-1):
    """Layer norm over `axes`; its weight and bias belong to the last one."""
    mean, variance = x.mean(axis=axes, keepdims=True), x.var(axis=axes, keepdims=True)
    return (x - mean) / np.sqrt(variance + layer.eps) * array(layer.weight) + array(layer.bias)


def convolved(x, layer):
    """HxWxC, an odd kernel, zeros around: every kernel position added up."""
    weight = array(layer.weight)
    margin = weight.shape[2] // 2
    padded = np.pad(x, ((margin, margin), (margin, margin), (0, 0)))
    out = np.zeros((*x.shape[:2], weight.shape[0]))
    for dy in range(weight.shape[2]):
        for dx in range(weight.shape[3]):
            out += padded[dy : dy + x.shape[0], dx : dx + x.shape[1]] @ weight[:, :, dy, dx].T
    return out if layer.bias is None else out + array(layer.bias)


def block(x, layers):
    """Convolution, batch norm by its running statistics, ReLU."""
    convolution, norm, _ = layers
    x = (convolved(x, convolution) - array(norm.running_mean)) / np.sqrt(array(norm.running_var) + norm.eps)
    return np.maximum(x * array(norm.weight) + array(norm.bias), 0)


def bilinear(x, size):
    """OpenCV's, which keeps pixel centres in place; a channel at a time."""
    planes = [cv2.resize(x[..., i], size[::-1], interpolation=cv2.INTER_LINEAR) for i in range(x.shape[2])]
    return np.stack(planes, axis=2)


def last(x):
    """1xCxHxW tensor -> HxWxC array."""
    return array(x)[0].transpose(1, 2, 0)


@pytest.fixture(scope="session")
def reference():
    """Layers written anew in numpy and OpenCV, in float64."""
    return SimpleNamespace(
        array=array, linear=linear, normed=normed, convolved=convolved, block=block, bilinear=bilinear, last=last
    )
