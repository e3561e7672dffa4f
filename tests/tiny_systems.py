"""Tiny models of the other systems' own classes with random weights, written to folders as their authors publish them.

The models, tokenizers and processors are the real classes; what the published weights find nobody checks here.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.formula_weights import state_of

if TYPE_CHECKING:
    from clipmat.systems.mdetr_network import MdetrSizes

LETTERS = [chr(code) for code in range(97, 123)]


def clipseg(folder: Path) -> Path:
    """CLIPSeg of 32 x 32 pixels, with a vocabulary of letters."""
    import torch
    from transformers import (
        CLIPSegConfig,
        CLIPSegForImageSegmentation,
        CLIPSegProcessor,
        CLIPTokenizer,
        ViTImageProcessor,
    )

    words = [*LETTERS, *(f"{letter}</w>" for letter in LETTERS), "<|startoftext|>", "<|endoftext|>"]
    tower = {"hidden_size": 16, "intermediate_size": 16, "num_attention_heads": 2, "projection_dim": 16}
    text = {
        "num_hidden_layers": 2,
        "vocab_size": len(words),
        "bos_token_id": 52,
        "eos_token_id": 53,
        "pad_token_id": 53,
    }
    vision = {"num_hidden_layers": 3, "image_size": 32, "patch_size": 8}
    torch.manual_seed(0)
    config = CLIPSegConfig(
        text_config=tower | text,
        vision_config=tower | vision,
        projection_dim=16,
        extract_layers=[0, 1, 2],
        reduce_dim=8,
        decoder_num_attention_heads=2,
        decoder_intermediate_size=16,
    )
    CLIPSegForImageSegmentation(config).save_pretrained(folder)
    tokenizer = CLIPTokenizer(vocab={word: place for place, word in enumerate(words)}, merges=[])
    image_processor = ViTImageProcessor(size={"height": 32, "width": 32})
    CLIPSegProcessor(image_processor=image_processor, tokenizer=tokenizer).save_pretrained(folder)
    return folder


def grounding_dino(folder: Path, *, mm: bool = True) -> Path:
    """Grounding DINO, or MM-Grounding-DINO, for 20 boxes in images of about 64 pixels."""
    import torch
    from transformers import (
        BertTokenizer,
        GroundingDinoConfig,
        GroundingDinoForObjectDetection,
        GroundingDinoImageProcessor,
        GroundingDinoProcessor,
        MMGroundingDinoConfig,
        MMGroundingDinoForObjectDetection,
        SwinConfig,
    )

    # Delimiters are known by their places in BERT's vocabulary.
    marks = {"[PAD]": 0, "[UNK]": 100, "[CLS]": 101, "[SEP]": 102, "[MASK]": 103, ".": 1012, "?": 1029}
    pieces = [*LETTERS, *(f"##{letter}" for letter in LETTERS)]
    places = [place for place in range(1030) if place not in marks.values()]
    vocabulary = marks | dict(zip(pieces, places, strict=False))
    vocabulary |= {f"[unused{place}]": place for place in places[len(pieces) :]}
    backbone = SwinConfig(
        window_size=4,
        embed_dim=12,
        depths=[1, 1, 1, 1],
        num_heads=[1, 1, 1, 1],
        image_size=64,
        out_features=["stage2", "stage3", "stage4"],
        out_indices=[2, 3, 4],
    )
    text = {
        "model_type": "bert",
        "vocab_size": 1030,
        "hidden_size": 16,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "intermediate_size": 16,
        "max_position_embeddings": 64,
    }
    torch.manual_seed(0)
    config = (MMGroundingDinoConfig if mm else GroundingDinoConfig)(
        backbone_config=backbone,
        text_config=text,
        d_model=32,
        encoder_layers=2,
        decoder_layers=2,
        encoder_attention_heads=4,
        decoder_attention_heads=4,
        encoder_ffn_dim=16,
        decoder_ffn_dim=16,
        num_queries=20,
        max_text_len=32,
    )
    (MMGroundingDinoForObjectDetection if mm else GroundingDinoForObjectDetection)(config).save_pretrained(folder)
    image_processor = GroundingDinoImageProcessor(size={"shortest_edge": 64, "longest_edge": 96})
    GroundingDinoProcessor(image_processor, BertTokenizer(vocab=vocabulary)).save_pretrained(folder)
    return folder


def sam2(folder: Path) -> Path:
    """SAM 2.1 of 128 x 128 pixels."""
    import torch
    from transformers import (
        Sam2Config,
        Sam2HieraDetConfig,
        Sam2ImageProcessor,
        Sam2MaskDecoderConfig,
        Sam2Model,
        Sam2Processor,
        Sam2PromptEncoderConfig,
        Sam2VisionConfig,
    )

    backbone = Sam2HieraDetConfig(
        hidden_size=12,
        image_size=[128, 128],
        embed_dim_per_stage=[12, 24, 48, 96],
        num_attention_heads_per_stage=[1, 2, 4, 8],
        window_size_per_stage=[8, 4, 4, 4],
        blocks_per_stage=[1, 2, 7, 2],
    )
    vision = Sam2VisionConfig(
        backbone_config=backbone,
        backbone_channel_list=[96, 48, 24, 12],
        backbone_feature_sizes=[[32, 32], [16, 16], [8, 8]],
        fpn_hidden_size=32,
    )
    prompts = Sam2PromptEncoderConfig(hidden_size=32, image_size=128, patch_size=16, mask_input_channels=8)
    decoder = Sam2MaskDecoderConfig(
        hidden_size=32, num_attention_heads=4, mlp_dim=64, iou_head_hidden_dim=32, iou_head_depth=2
    )
    torch.manual_seed(0)
    config = Sam2Config(vision_config=vision, prompt_encoder_config=prompts, mask_decoder_config=decoder)
    Sam2Model(config).save_pretrained(folder)
    Sam2Processor(Sam2ImageProcessor(size={"height": 128, "width": 128})).save_pretrained(folder)
    return folder


def grounded_sam(folder: Path) -> Path:
    """A folder with a folder for each part."""
    grounding_dino(folder / "detector")
    sam2(folder / "sam")
    return folder


def vitmatte(folder: Path) -> Path:
    """ViTMatte with patches of 16 pixels."""
    import torch
    from transformers import VitDetConfig, VitMatteConfig, VitMatteForImageMatting, VitMatteImageProcessor

    backbone = VitDetConfig(
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        image_size=64,
        pretrain_image_size=64,
        num_channels=4,
        window_block_indices=[0],
        window_size=2,
        use_relative_position_embeddings=True,
        out_features=["stage2"],
    )
    torch.manual_seed(0)
    config = VitMatteConfig(
        backbone_config=backbone, hidden_size=16, convstream_hidden_sizes=[4, 8, 12], fusion_hidden_sizes=[16, 8, 8, 4]
    )
    VitMatteForImageMatting(config).save_pretrained(folder)
    VitMatteImageProcessor().save_pretrained(folder)
    return folder


def sam3(folder: Path) -> Path:
    """SAM 3 of 112 x 112 pixels for 10 instances, with its tracker, as one model for videos."""
    import torch
    from transformers import (
        CLIPTokenizer,
        Sam3Config,
        Sam3ImageProcessor,
        Sam3Processor,
        Sam3TrackerVideoConfig,
        Sam3VideoConfig,
    )

    vision = {
        "model_type": "sam3_vision_model",
        "backbone_config": {
            "model_type": "sam3_vit_model",
            "hidden_size": 32,
            "intermediate_size": 32,
            "num_hidden_layers": 2,
            "num_attention_heads": 2,
            "image_size": 112,
            "window_size": 4,
            "global_attn_indexes": [1],
            "pretrain_image_size": 56,
        },
        "fpn_hidden_size": 32,
        "backbone_feature_sizes": [[32, 32], [16, 16], [8, 8]],
    }
    words = [*LETTERS, *(f"{letter}</w>" for letter in LETTERS), "<|startoftext|>", "<|endoftext|>"]
    text = {
        "model_type": "clip_text_model",
        "vocab_size": len(words),
        "hidden_size": 16,
        "intermediate_size": 16,
        "projection_dim": 16,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "max_position_embeddings": 32,
        "bos_token_id": 52,
        "eos_token_id": 53,
        "pad_token_id": 53,
    }
    small = {"hidden_size": 32, "num_attention_heads": 2}
    layers = {"num_layers": 2, "intermediate_size": 32}
    torch.manual_seed(0)
    detector = Sam3Config(
        vision_config=vision,
        text_config=text,
        geometry_encoder_config=small | layers,
        detr_encoder_config=small | layers,
        detr_decoder_config=small | layers | {"num_queries": 10},
        mask_decoder_config=small,
    )
    heads = {"mlp_dim": 32, "iou_head_hidden_dim": 32, "iou_head_depth": 2}
    tracker = Sam3TrackerVideoConfig(
        vision_config=vision,
        prompt_encoder_config={"hidden_size": 32, "image_size": 112, "mask_input_channels": 8},
        mask_decoder_config=small | heads,
        memory_attention_hidden_size=32,
        memory_attention_num_layers=1,
        memory_attention_feed_forward_hidden_size=32,
        memory_attention_rope_feat_sizes=[8, 8],
        memory_encoder_hidden_size=32,
        memory_encoder_output_channels=8,
        mask_downsampler_embed_dim=32,
        memory_fuser_embed_dim=32,
        memory_fuser_intermediate_dim=32,
    )
    config = Sam3VideoConfig(detector_config=detector, tracker_config=tracker)
    config.image_size = 112
    write_sam3(config, folder)
    tokenizer = CLIPTokenizer(vocab={word: place for place, word in enumerate(words)}, merges=[])
    Sam3Processor(Sam3ImageProcessor(size={"height": 112, "width": 112}), tokenizer).save_pretrained(folder)
    return folder


def write_sam3(config: Any, folder: Path) -> None:  # noqa: ANN401
    """A model of this Sam3VideoConfig with random weights, its tensors named as in the published file."""
    from safetensors.torch import load_file, save_file
    from transformers import Sam3VideoModel

    Sam3VideoModel(config).save_pretrained(folder)
    tensors = load_file(folder / "model.safetensors")  # saving doubles a prefix of their names
    tensors = {name.replace("tracker_model.tracker_model.", "tracker_model."): each for name, each in tensors.items()}
    save_file(tensors, folder / "model.safetensors", {"format": "pt"})


def aimnet(folder: Path) -> Path:
    """AimNet, a quarter as wide, in a file named as its authors name theirs."""
    from clipmat.systems.aimnet import AimNet

    return brought(folder / "aimnet_pretrained_matting.pth", AimNet(16))


def p3m_net(folder: Path) -> Path:
    """P3M-Net, a quarter as wide, in a file named as its authors name theirs."""
    from clipmat.systems.p3m_net import P3mNet

    return brought(folder / "p3mnet_pretrained_on_p3m10k.pth", P3mNet(16))


def mdetr(folder: Path, sizes: MdetrSizes | None = None) -> Path:
    """MDETR on a ResNet of four blocks, in a file with all that its authors' has, a vocabulary of letters beside it."""
    import argparse
    import sys
    from pathlib import PosixPath

    import torch
    from transformers import RobertaTokenizerFast

    from clipmat.systems.mdetr_network import MdetrNetwork, MdetrSizes

    marks = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    words = [*marks, *LETTERS, *(f"\u0120{letter}" for letter in LETTERS)]  # as GPT-2 writes a space
    tokenizer = RobertaTokenizerFast(vocab={word: place for place, word in enumerate(words)}, merges=[])
    tokenizer.save_pretrained(folder)
    sizes = sizes or MdetrSizes(
        blocks=(1, 1, 1, 1),
        width=128,
        feed_forward=64,
        encoder_layers=2,
        decoder_layers=2,
        queries=10,
        words=60,
        positions=40,
        text_width=64,
        text_feed_forward=64,
        text_layers=2,
    )
    with torch.device("meta"):
        network = MdetrNetwork(sizes)
    shapes = {name: tuple(each.shape) for name, each in network.state_dict().items()}
    shapes["detr.transformer.text_encoder.pooler.dense.weight"] = (sizes.text_width, sizes.text_width)
    output = "/checkpoint/x" if sys.platform == "win32" else PosixPath("/checkpoint/x")  # Windows makes none
    options = argparse.Namespace(lr=1e-4, masks=True, mask_model="smallconv", output_dir=output)
    state = state_of(shapes, gain=2)
    state["bbox_attention.q_linear.weight"] *= 0.1  # else each query looks at one place, and all at the same
    content = {"model": state, "model_ema": None, "optimizer": {"state": {}}, "epoch": 34, "args": options}
    torch.save(content, file := folder / "phrasecut_resnet101_checkpoint.pth")
    return file


def brought(file: Path, network: Any) -> Path:  # noqa: ANN401
    """The tensors of a formula, the encoder twice, as what is published has them."""
    import torch

    state = state_of({name: tuple(each.shape) for name, each in network.state_dict().items()})
    twice = {"resnet.conv1": "encoder0.0", "resnet.bn1": "encoder0.1", "resnet.layer1": "encoder1.0"}
    twice |= {f"resnet.layer{number}": f"encoder{number}" for number in (2, 3, 4)}
    for again, name in twice.items():
        state |= {again + each.removeprefix(name): state[each] for each in list(state) if each.startswith(f"{name}.")}
    file.parent.mkdir(parents=True, exist_ok=True)
    torch.save({"state_dict": state}, file)
    return file
