"""MDETR (Kamath et al., Modulated Detection for End-to-End Multi-Modal Understanding, ICCV 2021) with its mask head.

ResNet-101 and RoBERTa, whose features one transformer joins; each of its queries is a thing or none. For one image that
is not padded. Parameters are named as in the published code.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import torch
from torch import nn
from torch.nn import functional

if TYPE_CHECKING:
    from torch import Tensor

UNUSED = (
    "detr.transformer.text_encoder.pooler.",
    "detr.transformer.text_encoder.embeddings.position_ids",
    "detr.contrastive_align_projection_",
)
"""How names in the published files begin that nothing is computed with here."""
_HEADS = 8
_HEAD_WIDTH = 64
"""Of each of RoBERTa's heads."""


@dataclass(frozen=True, slots=True)
class MdetrSizes:
    """What the shapes of the tensors say of a network; those of the published one by default."""

    blocks: tuple[int, int, int, int] = (3, 4, 23, 3)
    """Of the ResNet, by layer."""
    width: int = 256
    feed_forward: int = 2048
    encoder_layers: int = 6
    decoder_layers: int = 6
    queries: int = 100
    classes: int = 256
    words: int = 50265
    """In RoBERTa's vocabulary."""
    positions: int = 514
    text_width: int = 768
    text_feed_forward: int = 3072
    text_layers: int = 12


def sizes_of(state: Mapping[str, Tensor]) -> MdetrSizes:
    """Those of a state dict. Raises KeyError for a tensor that is missing, IndexError for one of another shape."""
    transformer, text = "detr.transformer.", "detr.transformer.text_encoder."

    def shape(name: str) -> torch.Size:
        return state[name].shape

    def count(prefix: str) -> int:
        return len({name[len(prefix) :].split(".")[0] for name in state if name.startswith(prefix)})

    first, second, third, fourth = (count(f"detr.backbone.0.body.layer{number}.") for number in (1, 2, 3, 4))
    return MdetrSizes(
        blocks=(first, second, third, fourth),
        width=shape("detr.query_embed.weight")[1],
        feed_forward=shape(f"{transformer}encoder.layers.0.linear1.weight")[0],
        encoder_layers=count(f"{transformer}encoder.layers."),
        decoder_layers=count(f"{transformer}decoder.layers."),
        queries=shape("detr.query_embed.weight")[0],
        classes=shape("detr.class_embed.weight")[0],
        words=shape(f"{text}embeddings.word_embeddings.weight")[0],
        positions=shape(f"{text}embeddings.position_embeddings.weight")[0],
        text_width=shape(f"{text}embeddings.word_embeddings.weight")[1],
        text_feed_forward=shape(f"{text}encoder.layer.0.intermediate.dense.weight")[0],
        text_layers=count(f"{text}encoder.layer."),
    )


class Seen(NamedTuple):
    """Features of an image, 1 x channels x h x w: of the ResNet, finest first; the last, as wide as the network is."""

    layers: tuple[Tensor, ...]
    projected: Tensor


class Queried(NamedTuple):
    """What the queries found, 1 x queries x ..."""

    logits: Tensor
    """Of 255 places in the words; the last is that of no thing."""
    boxes: Tensor
    """Middle x and y, width and height, as shares of the image."""
    queries: Tensor
    memory: Tensor
    """Of the image's features, 1 x width x h x w."""


class MdetrNetwork(nn.Module):
    """Three steps: see an image once, find things for words, compute the masks of some of them."""

    def __init__(self, sizes: MdetrSizes) -> None:
        super().__init__()
        self.detr = _Detector(sizes)
        self.bbox_attention = _AttentionMap(sizes.width)
        self.mask_head = _MaskHead(sizes.width)

    def see(self, pixels: Tensor) -> Seen:
        """1x3xHxW, normalised as for ImageNet."""
        layers = self.detr.backbone[0](pixels)
        return Seen(layers, self.detr.input_proj(layers[-1]))

    def find(self, seen: Seen, tokens: Tensor) -> Queried:
        """Tokens of RoBERTa, 1 x length."""
        detr, projected = self.detr, seen.projected
        queries, memory = detr.transformer(projected, position_encoding(projected), tokens, detr.query_embed.weight)
        memory = memory[: projected.shape[2] * projected.shape[3]].permute(1, 2, 0).reshape(projected.shape)
        return Queried(detr.class_embed(queries), detr.bbox_embed(queries).sigmoid(), queries, memory)

    def masks(self, seen: Seen, found: Queried, places: Tensor) -> Tensor:
        """Logits, chosen x h x w at a quarter of the image's size, of the queries at these places."""
        attention = self.bbox_attention(found.queries[:, places], found.memory)
        masks: Tensor = self.mask_head(seen.projected, attention[0], seen.layers)
        return masks


class _Detector(nn.Module):
    def __init__(self, sizes: MdetrSizes) -> None:
        super().__init__()
        width = sizes.width
        self.transformer = _Transformer(sizes)
        self.class_embed = nn.Linear(width, sizes.classes)
        self.bbox_embed = _Layers(width, width, width, 4)
        self.query_embed = nn.Embedding(sizes.queries, width)
        self.input_proj = nn.Conv2d(2048, width, 1)
        self.backbone = nn.ModuleList([_Backbone(sizes.blocks)])


class _Backbone(nn.Module):
    def __init__(self, blocks: tuple[int, int, int, int]) -> None:
        from torchvision.models.resnet import Bottleneck, ResNet
        from torchvision.ops import FrozenBatchNorm2d

        super().__init__()
        self.body: Any = ResNet(Bottleneck, list(blocks), num_classes=1, norm_layer=FrozenBatchNorm2d)
        del self.body.fc

    def forward(self, pixels: Tensor) -> tuple[Tensor, ...]:
        body = self.body
        seen = body.maxpool(body.relu(body.bn1(body.conv1(pixels))))
        layers = []
        for layer in (body.layer1, body.layer2, body.layer3, body.layer4):
            seen = layer(seen)
            layers.append(seen)
        return tuple(layers)


class _Transformer(nn.Module):
    def __init__(self, sizes: MdetrSizes) -> None:
        from transformers import RobertaConfig, RobertaModel

        super().__init__()
        encoder = [_EncoderLayer(sizes.width, sizes.feed_forward) for _ in range(sizes.encoder_layers)]
        decoder = [_DecoderLayer(sizes.width, sizes.feed_forward) for _ in range(sizes.decoder_layers)]
        self.encoder: Any = nn.ModuleDict({"layers": nn.ModuleList(encoder)})
        self.decoder: Any = nn.ModuleDict({"layers": nn.ModuleList(decoder), "norm": nn.LayerNorm(sizes.width)})
        config = RobertaConfig(
            vocab_size=sizes.words,
            max_position_embeddings=sizes.positions,
            hidden_size=sizes.text_width,
            intermediate_size=sizes.text_feed_forward,
            num_hidden_layers=sizes.text_layers,
            num_attention_heads=max(1, sizes.text_width // _HEAD_WIDTH),
            type_vocab_size=1,
            layer_norm_eps=1e-5,
        )
        self.text_encoder: Any = RobertaModel(config, add_pooling_layer=False)
        # No file has these, and a network that is on the meta device would not get them.
        places = torch.arange(sizes.positions, device="cpu")[None]
        self.text_encoder.embeddings.register_buffer("position_ids", places, persistent=False)
        self.text_encoder.embeddings.register_buffer("token_type_ids", torch.zeros_like(places), persistent=False)
        resizer = {"fc": nn.Linear(sizes.text_width, sizes.width), "layer_norm": nn.LayerNorm(sizes.width, eps=1e-12)}
        self.resizer: Any = nn.ModuleDict(resizer)

    def forward(self, seen: Tensor, positions: Tensor, tokens: Tensor, queries: Tensor) -> tuple[Tensor, Tensor]:
        """The queries, 1 x queries x width, and what the encoder made of image and words, all x 1 x width."""
        image = seen.flatten(2).permute(2, 0, 1)
        words = self.text_encoder(input_ids=tokens).last_hidden_state.transpose(0, 1)
        words = self.resizer["layer_norm"](self.resizer["fc"](words))
        memory = torch.cat([image, words])
        at = torch.cat([positions.flatten(2).permute(2, 0, 1), torch.zeros_like(words)])
        for layer in self.encoder["layers"]:
            memory = layer(memory, at)
        asked = queries[:, None]
        found = torch.zeros_like(asked)
        for layer in self.decoder["layers"]:
            found = layer(found, asked, memory, at)
        return self.decoder["norm"](found).transpose(0, 1), memory


class _EncoderLayer(nn.Module):
    def __init__(self, width: int, feed_forward: int) -> None:
        super().__init__()
        self.self_attn = nn.MultiheadAttention(width, _HEADS)
        self.linear1, self.linear2 = nn.Linear(width, feed_forward), nn.Linear(feed_forward, width)
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)

    def forward(self, memory: Tensor, at: Tensor) -> Tensor:
        placed = memory + at
        memory = self.norm1(memory + self.self_attn(placed, placed, memory, need_weights=False)[0])
        forward: Tensor = self.norm2(memory + self.linear2(functional.relu(self.linear1(memory))))
        return forward


class _DecoderLayer(nn.Module):
    def __init__(self, width: int, feed_forward: int) -> None:
        super().__init__()
        self.self_attn = nn.MultiheadAttention(width, _HEADS)
        self.cross_attn_image = nn.MultiheadAttention(width, _HEADS)
        self.linear1, self.linear2 = nn.Linear(width, feed_forward), nn.Linear(feed_forward, width)
        self.norm1, self.norm3, self.norm4 = nn.LayerNorm(width), nn.LayerNorm(width), nn.LayerNorm(width)

    def forward(self, found: Tensor, asked: Tensor, memory: Tensor, at: Tensor) -> Tensor:
        both = found + asked
        found = self.norm1(found + self.self_attn(both, both, found, need_weights=False)[0])
        across = self.cross_attn_image(found + asked, memory + at, memory, need_weights=False)[0]
        found = self.norm3(found + across)
        forward: Tensor = self.norm4(found + self.linear2(functional.relu(self.linear1(found))))
        return forward


class _Layers(nn.Module):
    def __init__(self, *widths: int) -> None:
        super().__init__()
        pairs = zip(widths, widths[1:], strict=False)
        self.layers = nn.ModuleList([nn.Linear(inputs, outputs) for inputs, outputs in pairs])

    def forward(self, values: Tensor) -> Tensor:
        *hidden, last = self.layers
        for layer in hidden:
            values = functional.relu(layer(values))
        result: Tensor = last(values)
        return result


class _AttentionMap(nn.Module):
    """Where each query looks, a map for each head."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.q_linear, self.k_linear = nn.Linear(width, width), nn.Linear(width, width)

    def forward(self, queries: Tensor, memory: Tensor) -> Tensor:
        asked = self.q_linear(queries)
        asked = asked.reshape(*asked.shape[:2], _HEADS, -1)
        keys = functional.conv2d(memory, self.k_linear.weight[:, :, None, None], self.k_linear.bias)
        keys = keys.reshape(len(keys), _HEADS, -1, *keys.shape[2:])
        weights = torch.einsum("bqnc,bnchw->bqnhw", asked * asked.shape[-1] ** -0.5, keys)
        return weights.flatten(3).softmax(dim=-1).view_as(weights)


class _MaskHead(nn.Module):
    """Masks from those maps and the image's features, finer at each step."""

    def __init__(self, width: int) -> None:
        super().__init__()
        first = width + _HEADS
        widths = (first, width // 2, width // 4, width // 8, width // 16)
        for number, (inputs, outputs) in enumerate(zip((first, *widths), widths, strict=False), start=1):
            self.add_module(f"lay{number}", nn.Conv2d(inputs, outputs, 3, padding=1))
            self.add_module(f"gn{number}", nn.GroupNorm(8, outputs))
        self.out_lay = nn.Conv2d(widths[-1], 1, 3, padding=1)
        for number, (inputs, outputs) in enumerate(zip((1024, 512, 256), widths[1:], strict=False), start=1):
            self.add_module(f"adapter{number}", nn.Conv2d(inputs, outputs, 1))

    def forward(self, projected: Tensor, attention: Tensor, layers: tuple[Tensor, ...]) -> Tensor:
        seen = torch.cat([projected.expand(len(attention), -1, -1, -1), attention], 1)
        seen = self._step(2, self._step(1, seen))
        for number, finer in enumerate((layers[2], layers[1], layers[0]), start=1):
            finer = self.get_submodule(f"adapter{number}")(finer)
            seen = self._step(number + 2, finer + functional.interpolate(seen, size=finer.shape[-2:], mode="nearest"))
        masks: Tensor = self.out_lay(seen)[:, 0]
        return masks

    def _step(self, number: int, seen: Tensor) -> Tensor:
        return functional.relu(self.get_submodule(f"gn{number}")(self.get_submodule(f"lay{number}")(seen)))


def position_encoding(seen: Tensor) -> Tensor:
    """Sines and cosines of the places, 1 x channels x h x w: half the channels for y, half for x; as DETR has them."""
    height, width = seen.shape[-2:]
    half = seen.shape[1] // 2
    lengths = 10000 ** (2 * torch.div(torch.arange(half, device=seen.device), 2, rounding_mode="floor") / half)
    planes = []
    for side in (height, width):
        places = torch.arange(1, side + 1, dtype=torch.float32, device=seen.device) / (side + 1e-6) * 2 * math.pi
        angles = places[:, None] / lengths
        planes.append(torch.stack([angles[:, 0::2].sin(), angles[:, 1::2].cos()], 2).flatten(1))
    both = [planes[0][:, None].expand(-1, width, -1), planes[1][None].expand(height, -1, -1)]
    return torch.cat(both, 2).permute(2, 0, 1)[None].to(seen.dtype)
