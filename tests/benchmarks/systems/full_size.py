"""The other systems in the sizes in which their authors publish them, with random weights: time and memory are theirs.

Configurations are those of the published files, as far as they decide how large a network is; vocabularies are the
tiny ones of the tests. `python -m tests.benchmarks.systems.full_size NAME FOLDER` writes one, and prints what stands
for it wherever weights are named.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests import tiny_systems


def clipseg(folder: Path) -> Path:
    """`rd64-refined`: ViT-B/16, 352 pixels a side."""
    from transformers import CLIPSegConfig, CLIPSegForImageSegmentation, CLIPSegProcessor

    tokenizer = CLIPSegProcessor.from_pretrained(tiny_systems.clipseg(folder)).tokenizer
    text = {"bos_token_id": 52, "eos_token_id": 53, "pad_token_id": 53}
    config = CLIPSegConfig(text_config=text, vision_config={"patch_size": 16}, use_complex_transposed_convolution=True)
    CLIPSegForImageSegmentation(config).save_pretrained(folder)
    from transformers import ViTImageProcessor

    CLIPSegProcessor(ViTImageProcessor(size={"height": 352, "width": 352}), tokenizer).save_pretrained(folder)
    return folder


def grounded_sam(folder: Path, size: str) -> Path:
    """MM-Grounding-DINO tiny (Swin-T, BERT base, 800 to 1333 pixels), and SAM 2.1 of 1024 pixels."""
    from transformers import (
        GroundingDinoImageProcessor,
        GroundingDinoProcessor,
        MMGroundingDinoConfig,
        MMGroundingDinoForObjectDetection,
        Sam2Config,
        Sam2ImageProcessor,
        Sam2Model,
        Sam2Processor,
    )

    detector, sam = folder / "detector", folder / "sam"
    tokenizer = GroundingDinoProcessor.from_pretrained(tiny_systems.grounding_dino(detector)).tokenizer
    MMGroundingDinoForObjectDetection(MMGroundingDinoConfig()).save_pretrained(detector)
    GroundingDinoProcessor(GroundingDinoImageProcessor(), tokenizer).save_pretrained(detector)
    Sam2Model(Sam2Config(vision_config=_HIERA[size])).save_pretrained(sam)
    Sam2Processor(Sam2ImageProcessor()).save_pretrained(sam)
    return folder


def _hiera(width: int, heads: int, blocks: list[int], whole: list[int], windows: list[int]) -> dict[str, object]:
    """The image encoder of SAM 2.1; `whole` are the blocks without windows."""
    widths = [width, 2 * width, 4 * width, 8 * width]
    backbone = {
        "model_type": "sam2_hiera_det_model",
        "hidden_size": width,
        "num_attention_heads": heads,
        "blocks_per_stage": blocks,
        "embed_dim_per_stage": widths,
        "num_attention_heads_per_stage": [heads, 2 * heads, 4 * heads, 8 * heads],
        "window_size_per_stage": windows,
        "global_attention_blocks": whole,
    }
    return {"model_type": "sam2_vision_model", "backbone_config": backbone, "backbone_channel_list": widths[::-1]}


_HIERA = {
    "tiny": _hiera(96, 1, [1, 2, 7, 2], [5, 7, 9], [8, 4, 14, 7]),
    "small": _hiera(96, 1, [1, 2, 11, 2], [7, 10, 13], [8, 4, 14, 7]),
    "base-plus": _hiera(112, 2, [2, 3, 16, 3], [12, 16, 20], [8, 4, 14, 7]),
    "large": _hiera(144, 2, [2, 6, 36, 4], [23, 33, 43], [8, 4, 16, 8]),
}


def sam3(folder: Path) -> Path:
    """SAM 3 of 1008 pixels, as its classes are without any settings."""
    from transformers import Sam3Config, Sam3ImageProcessor, Sam3Processor, Sam3TrackerVideoConfig, Sam3VideoConfig

    tokenizer = Sam3Processor.from_pretrained(tiny_systems.sam3(folder)).tokenizer
    text = Sam3Config().text_config.to_dict() | {"bos_token_id": 52, "eos_token_id": 53, "pad_token_id": 53}
    detector = Sam3Config(text_config=text)
    config = Sam3VideoConfig(detector_config=detector, tracker_config=Sam3TrackerVideoConfig())
    tiny_systems.write_sam3(config, folder)
    Sam3Processor(Sam3ImageProcessor(), tokenizer).save_pretrained(folder)
    return folder


def mdetr(folder: Path) -> Path:
    """MDETR on ResNet-101 with RoBERTa base."""
    from clipmat.systems.mdetr_network import MdetrSizes

    return tiny_systems.mdetr(folder, MdetrSizes())


def aimnet(folder: Path) -> Path:
    from clipmat.systems.aimnet import AimNet

    return tiny_systems.brought(folder / "aimnet_pretrained_matting.pth", AimNet())


def p3m_net(folder: Path) -> Path:
    from clipmat.systems.p3m_net import P3mNet

    return tiny_systems.brought(folder / "p3mnet_pretrained_on_p3m10k.pth", P3mNet())


def vitmatte(folder: Path, width: int) -> Path:
    """ViTMatte on the ViT-S or ViT-B of `width`."""
    from transformers import VitDetConfig, VitMatteConfig, VitMatteForImageMatting, VitMatteImageProcessor

    backbone = VitDetConfig(
        hidden_size=width,
        num_attention_heads=width // 64,
        num_channels=4,
        image_size=512,
        pretrain_image_size=224,
        window_size=14,
        window_block_indices=[0, 1, 3, 4, 6, 7, 9, 10],
        residual_block_indices=[2, 5, 8, 11],
        use_relative_position_embeddings=True,
        out_features=["stage12"],
    )
    config = VitMatteConfig(backbone_config=backbone, hidden_size=width, fusion_hidden_sizes=[256, 128, 64, 32])
    VitMatteForImageMatting(config).save_pretrained(folder)
    VitMatteImageProcessor().save_pretrained(folder)
    return folder


WRITERS: dict[str, Callable[[Path], Path]] = {
    "clipseg": clipseg,
    **{f"grounded-sam{'' if size == 'tiny' else f'-{size}'}": partial(grounded_sam, size=size) for size in _HIERA},
    "sam3": sam3,
    "mdetr": mdetr,
    "aimnet": aimnet,
    "p3m-net": p3m_net,
    "vitmatte": partial(vitmatte, width=384),
    "vitmatte-base": partial(vitmatte, width=768),
}
"""By the name of a system: writes its weights into a folder, and gives what stands for them wherever weights are named.

Strategies that are another way to use the same weights have no row of their own."""


if __name__ == "__main__":
    sys.stdout.write(str(WRITERS[sys.argv[1]](Path(sys.argv[2]))))
