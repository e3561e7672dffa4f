"""One process that asks a network twice about one photograph, and prints the seconds of both as JSON.

`python -m tests.benchmarks.beside.expressions vit-b-16|vit-b-16:float32|clipseg IMAGE`: random weights. From the
decoded image to a matte of the image's size; loading is no part of it. CLIPSeg (Lüddecke and Ecker, CVPR 2022) is the
class that transformers has, in the shape of its published `rd64-refined`, called as its page says: image and words
together, each time.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Ask = Callable[[Image, str, bool], NDArray[np.float32]]
"""An image, words, and whether it is another image than the last time -> a matte of its size."""
FIRST, SECOND = "the red cup on the left", "the blue cup behind the dog"
SIDE = 352  # of CLIPSeg's input
_ROUNDS = 3


def ours(variant: str, precision: str) -> Ask:
    from clipmat.predictor import Predictor

    predictor = Predictor.load(variant, device="cpu", precision=precision, untrained=True)

    def ask(image: Image, words: str, new: bool) -> NDArray[np.float32]:
        if new:
            predictor.set_image(image)
        return predictor.predict(words).matte

    return ask


def clipseg() -> Ask:
    import open_clip
    import torch
    from transformers import CLIPSegConfig, CLIPSegForImageSegmentation, ViTImageProcessor

    torch.manual_seed(0)
    model = CLIPSegForImageSegmentation(
        CLIPSegConfig(vision_config={"patch_size": 16}, use_complex_transposed_convolution=True)
    )
    model = model.eval()
    processor = ViTImageProcessor(
        size={"height": SIDE, "width": SIDE},
        image_mean=[0.485, 0.456, 0.406],
        image_std=[0.229, 0.224, 0.225],
    )
    tokens = open_clip.get_tokenizer("ViT-B-16")  # CLIP's, as the published processor has it

    def ask(image: Image, words: str, new: bool) -> NDArray[np.float32]:
        pixels = processor(images=[image], return_tensors="pt")["pixel_values"]
        with torch.inference_mode():
            heat = model(input_ids=tokens([words]), pixel_values=pixels).logits.sigmoid()
        small = heat.reshape(SIDE, SIDE).numpy()
        return np.asarray(cv2.resize(small, (image.shape[1], image.shape[0]), interpolation=cv2.INTER_LINEAR))

    return ask


def measured(ask: Ask, image: Image, rounds: int = _ROUNDS) -> dict[str, float]:
    """Seconds of a first and of a second expression, and of the processor for each, the least of several rounds."""
    ask(image, FIRST, True)  # warm up
    found: dict[str, list[float]] = {"first": [], "first_cpu": [], "second": [], "second_cpu": []}
    for _ in range(rounds):
        for name, words, new in (("first", FIRST, True), ("second", SECOND, False)):
            start, busy = time.perf_counter(), time.process_time()
            matte = ask(image, words, new)
            found[f"{name}_cpu"].append(time.process_time() - busy)
            found[name].append(time.perf_counter() - start)
            if matte.shape != image.shape[:2]:
                raise ValueError(f"a matte of {matte.shape} for an image of {image.shape}")
    return {name: min(values) for name, values in found.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("network")
    parser.add_argument("image", type=Path)
    wanted = parser.parse_args()
    variant, _, precision = wanted.network.partition(":")
    ask = clipseg() if variant == "clipseg" else ours(variant, precision or "auto")
    image = np.ascontiguousarray(cv2.imread(str(wanted.image))[..., ::-1])
    sys.stdout.write(json.dumps(measured(ask, image)) + "\n")


if __name__ == "__main__":
    main()
