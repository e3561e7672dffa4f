"""Makes what the others need, in a process of its own: photographs, the mask of their object, and the networks.

`python -m tests.benchmarks.beside.prepare WORK --sizes 24 12 --batch 12 --batch-size 12 [--onnx]`. A photograph is the
sample as a camera of so many megapixels would have taken it: enlarged, which is smooth, with grain, which is not.
"""

from __future__ import annotations

import argparse
import shutil
import warnings
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.benchmarks.beside.processes import ROOT

SAMPLE = ROOT / "resources/samples/still_life.jpg"
EXPRESSION = "the sunflower"
_OPSET = 17


def photograph(megapixels: float, seed: int = 0) -> NDArray[np.uint8]:
    """The sample in so many megapixels, HxWx3 BGR, another grain for each seed."""
    sample = cv2.imread(str(SAMPLE))
    factor = (megapixels * 1e6 / (sample.shape[0] * sample.shape[1])) ** 0.5
    large = cv2.resize(sample, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC)
    height, width = large.shape[:2]
    grain = np.random.default_rng(seed).normal(0, 3, (height // 2 + 1, width // 2 + 1)).astype(np.float32)
    whole = cv2.resize(grain, (width, height))[:, :, None]
    return np.clip(large + whole, 0, 255).astype(np.uint8)


def write_photograph(path: Path, megapixels: float, seed: int = 0) -> None:
    cv2.imwrite(str(path), photograph(megapixels, seed), [cv2.IMWRITE_JPEG_QUALITY, 92])


def write_mask(path: Path) -> None:
    """The matte of the object as a network sees it, for those whose weights are random."""
    from clipmat.predictor import Predictor

    predictor = Predictor.load("compact", device="cpu")
    predictor.set_image(np.ascontiguousarray(cv2.imread(str(SAMPLE))[..., ::-1]))
    matte = predictor.predict(EXPRESSION, refine=False).matte
    cv2.imwrite(str(path), np.rint(matte * 255).astype(np.uint8))


def write_graph(name: str, path: Path) -> None:
    """One network as ONNX, at its own size."""
    import torch

    from tests.benchmarks.beside.graphs import SIDES, build

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter that needs no further package is called an old one
        inputs = (torch.zeros(1, 3, SIDES[name], SIDES[name]),)
        torch.onnx.export(build(name), inputs, str(path), dynamo=False, input_names=["image"], opset_version=_OPSET)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("work", type=Path)
    parser.add_argument("--sizes", type=float, nargs="+", default=[])
    parser.add_argument("--batch", type=int, default=0)
    parser.add_argument("--batch-size", type=float, default=12)
    parser.add_argument("--onnx", nargs="*", default=[])
    wanted = parser.parse_args()
    shutil.rmtree(wanted.work / "batch", ignore_errors=True)  # of another run
    (wanted.work / "batch").mkdir(parents=True)
    for size in wanted.sizes:
        write_photograph(wanted.work / f"{size:g}.jpg", size)
    for number in range(wanted.batch):
        write_photograph(wanted.work / "batch" / f"{number:02}.jpg", wanted.batch_size, number)
    write_mask(wanted.work / "mask.png")
    for name in wanted.onnx:
        path = wanted.work / f"{name}.onnx"
        if not path.exists():
            write_graph(name, path)


if __name__ == "__main__":
    main()
