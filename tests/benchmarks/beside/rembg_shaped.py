"""One process that does what rembg's commands do (`i` with one image, `p` with a folder), with a network of its shape.

`python -m tests.benchmarks.beside.rembg_shaped GRAPH SIDE MASK OUT IMAGE... [--alpha-matting]`: read with Pillow, turn
upright, shrink by Lanczos to the network's square, run it, enlarge its mask by Lanczos, compose, write a PNG with
Pillow's usual compression. The network has random weights, so that its mask is replaced by MASK, the one that it would
have found, in the size in which it would have found it. Only what is used is imported, which is less than rembg does.
"""

from __future__ import annotations

import argparse
import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

Network = Callable[[NDArray[np.float32]], NDArray[np.float32]]
"""1x3xSxS -> 1x1xSxS."""
FOREGROUND, BACKGROUND, EROSION = 240, 10, 10
"""rembg's usual thresholds of 255, and how many pixels the known regions are eroded."""
_MEAN, _DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def loaded(graph: str) -> Network:
    """An .onnx file through ONNX Runtime; `torch:NAME` is the same network by torch, of another speed."""
    kind, _, name = graph.partition(":")
    if kind == "torch":
        import torch

        from tests.benchmarks.beside.graphs import build

        network = build(name)

        def by_torch(pixels: NDArray[np.float32]) -> NDArray[np.float32]:
            with torch.inference_mode():
                return network(torch.from_numpy(pixels))[0].numpy()

        return by_torch
    import onnxruntime

    session = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    return lambda pixels: session.run(None, {name: pixels})[0]


def found(image: Image.Image, network: Network, side: int, mask: Image.Image) -> Image.Image:
    """The mask at the image's size."""
    small = np.array(image.convert("RGB").resize((side, side), Image.Resampling.LANCZOS))
    values = small / max(np.max(small), 1e-6)
    values = (values - _MEAN) / _DEVIATION
    raw = network(values.transpose(2, 0, 1)[None].astype(np.float32))[:, 0]
    low, high = raw.min(), raw.max()
    raw = np.squeeze((raw - low) / (high - low))
    if raw.shape != (side, side):
        raise ValueError(f"the network gave {raw.shape}, not {side} x {side}")
    return mask.resize((side, side), Image.Resampling.LANCZOS).resize(image.size, Image.Resampling.LANCZOS)


def trimap(mask: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """0 background, 128 unknown, 255 foreground, HxW, of a mask HxW."""
    from scipy.ndimage import binary_erosion

    square = np.ones((EROSION, EROSION), np.uint8)
    labels = np.full(mask.shape, 128, np.uint8)
    labels[binary_erosion(mask > FOREGROUND, structure=square)] = 255
    labels[binary_erosion(mask < BACKGROUND, structure=square, border_value=1)] = 0
    return labels


def matted(image: Image.Image, mask: Image.Image) -> Image.Image:
    """The cut-out by closed-form matting and multi-level colours of the foreground."""
    from pymatting.alpha.estimate_alpha_cf import estimate_alpha_cf
    from pymatting.foreground.estimate_foreground_ml import estimate_foreground_ml
    from pymatting.util.util import stack_images

    pixels = np.asarray(image.convert("RGB")) / 255.0
    alpha = estimate_alpha_cf(pixels, trimap(np.asarray(mask)) / 255.0)
    both = stack_images(estimate_foreground_ml(pixels, alpha), alpha)
    return Image.fromarray(np.clip(both * 255, 0, 255).astype(np.uint8))


def cut_out(data: bytes, network: Network, side: int, mask: Image.Image, alpha_matting: bool) -> bytes:
    """A picture's file -> the PNG of its cut-out."""
    image = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
    large = found(image, network, side, mask)
    if alpha_matting:
        result = matted(image, large)
    else:
        result = Image.composite(image, Image.new("RGBA", image.size, 0), large)
    buffer = io.BytesIO()
    result.save(buffer, "PNG")
    return buffer.getvalue()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("graph")
    parser.add_argument("side", type=int)
    parser.add_argument("mask", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("images", type=Path, nargs="+")
    parser.add_argument("--alpha-matting", action="store_true")
    wanted = parser.parse_args()
    network, mask = loaded(wanted.graph), Image.open(wanted.mask)
    wanted.out.mkdir(parents=True, exist_ok=True)
    for path in wanted.images:
        content = cut_out(path.read_bytes(), network, wanted.side, mask, wanted.alpha_matting)
        (wanted.out / f"{path.stem}.png").write_bytes(content)


if __name__ == "__main__":
    main()
