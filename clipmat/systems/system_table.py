"""The table of the other systems: their parts, licences and sizes. Importing this imports no torch."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from clipmat import weights_catalogue
from clipmat.systems import brought_files


@dataclass(frozen=True, slots=True)
class Part:
    """One network of a system, which has a folder of its own; several systems may share it."""

    repo: str
    """Its repository on the Hugging Face hub, or of what the user brings on GitHub."""
    model_types: tuple[str, ...]
    """What config.json of its weights may call it."""
    bytes: int
    """About how much is downloaded."""
    gated: bool = False
    """Whether its authors give it only to whoever has accepted their terms."""
    file: str = ""
    """How its authors call the one file of it that the user brings; '' of what is fetched from the hub."""
    url: str = ""
    """The page on which they offer that file."""
    tensor: str = ""
    """The name of a tensor that of all such files only this one has."""
    beside: tuple[tuple[str, ...], ...] = ()
    """Files of a vocabulary of which it needs one set in the same folder."""
    beside_url: str = ""
    """The page on which that vocabulary is."""

    @property
    def consent(self) -> str:
        """What to do before a download of a gated part, with a comma at its end; '' of others."""
        if not self.gated:
            return ""
        return (
            f"accept the terms of its authors at https://huggingface.co/{self.repo}, make a token at "
            "https://huggingface.co/settings/tokens and give it to `hf auth login` (it goes to "
            "~/.cache/huggingface/token), then "
        )

    @property
    def folder(self) -> Path:
        """Where its weights are, or would be."""
        return weights_catalogue.user_folder() / self.repo.rpartition("/")[2]

    @property
    def place(self) -> Path | None:
        """The folder of its weights, or the file that a user brought; None where they are not on this machine."""
        if self.file:
            return brought_files.file_in(self.folder) if self.has_beside(self.folder) else None
        return self.folder if os.path.isfile(self.folder / "config.json") else None

    def has_beside(self, folder: Path) -> bool:
        """Whether a folder has the vocabulary that is needed, if any is."""
        return not self.beside or any(all(os.path.isfile(folder / name) for name in names) for names in self.beside)

    def vocabulary(self, folder: Path) -> str:
        """What brings the vocabulary into a folder."""
        names = ", or ".join(" and ".join(names) for names in self.beside)
        return f"download {names} from {self.beside_url} and copy it to {folder}"

    @property
    def again(self) -> str:
        """What to do about a file that is damaged or another."""
        return f"download {self.file} from {self.url} again, and unpack it if it is in an archive"

    @property
    def remedy(self) -> str:
        """What brings the file here that the user brings."""
        return (
            f"download {self.file} ({self.bytes / 1e6:.0f} MB; unpack it if it is in an archive) from {self.url} and "
            f"copy it to {self.folder}, or give its path as weights"
            f"{'; ' + self.vocabulary(self.folder) + ', or beside it' if self.beside else ''}"
        )


@dataclass(frozen=True, slots=True)
class SystemEntry:
    """What is known of a system before its weights are here."""

    description: str
    licence: str
    """As its authors state it."""
    parts: tuple[Part, ...]
    working_bytes: int
    """What an answer takes beside the weights, about."""
    refines: bool = False
    """Whether it computes edges for others, and finds nothing by itself."""
    knows_words: bool = True
    """False where it finds what it always finds, such as the main subject."""

    @property
    def missing(self) -> tuple[Part, ...]:
        """The parts whose weights are not on this machine."""
        return tuple(part for part in self.parts if part.place is None)

    @property
    def brought(self) -> tuple[Part, ...]:
        """The parts that the user brings."""
        return tuple(part for part in self.parts if part.file)


_NOT_RUN = "not run with its published weights by us"
_DETECTOR = Part(
    "openmmlab-community/mm_grounding_dino_tiny_o365v1_goldg_v3det",
    ("mm-grounding-dino", "grounding-dino"),
    690_000_000,
)
_SAM_SIZES = {"tiny": 156_000_000, "small": 184_000_000, "base-plus": 324_000_000, "large": 898_000_000}


def _grounded_sam(size: str) -> SystemEntry:
    return SystemEntry(
        f"MM-Grounding-DINO and SAM 2.1 ({size}); {_NOT_RUN}",
        "Apache-2.0",
        (_DETECTOR, Part(f"facebook/sam2.1-hiera-{size}", ("sam2", "sam2_video"), _SAM_SIZES[size])),
        2_000_000_000,
    )


def _vitmatte(size: str, weights: int) -> SystemEntry:
    return SystemEntry(
        f"ViTMatte ({size}), edges in place of our refiner's; {_NOT_RUN}",
        "Apache-2.0",
        (Part(f"hustvl/vitmatte-{size}-composition-1k", ("vitmatte",), weights),),
        2_000_000_000,
        refines=True,
    )


_AIMNET = Part(
    "JizhiziLi/AIM",
    ("aimnet",),
    221_000_000,
    file="aimnet_pretrained_matting.pth",
    url="https://github.com/JizhiziLi/AIM",
    tensor="decoder0_g_spatial.weight",
)


_P3M_NET = Part(
    "JizhiziLi/P3M",
    ("p3m-net",),
    158_000_000,
    file="p3mnet_pretrained_on_p3m10k.pth",
    url="https://github.com/JizhiziLi/P3M",
    tensor="tfi_3.transform.weight",
)
_MDETR = Part(
    "ashkamath/mdetr",
    ("mdetr",),
    1_500_000_000,
    file="phrasecut_resnet101_checkpoint.pth",
    url="https://zenodo.org/records/4721981",
    tensor="detr.backbone.0.body.conv1.weight",
    beside=(("tokenizer.json",), ("vocab.json", "merges.txt")),
    beside_url="https://huggingface.co/FacebookAI/roberta-base",
)


def _wordless(part: Part, text: str) -> SystemEntry:
    return SystemEntry(f"{text}; {_NOT_RUN}", "MIT", (part,), 4_000_000_000, knows_words=False)


SYSTEMS = {
    "clipseg": SystemEntry(
        f"CLIPSeg, the paper's comparison; {_NOT_RUN}",
        "Apache-2.0",
        (Part("CIDAS/clipseg-rd64-refined", ("clipseg",), 603_000_000),),
        500_000_000,
    ),
    "grounded-sam": _grounded_sam("tiny"),
    **{f"grounded-sam-{size}": _grounded_sam(size) for size in list(_SAM_SIZES)[1:]},
    "sam3": SystemEntry(
        f"SAM 3, every instance of what words name; {_NOT_RUN}",
        "SAM License, gated",
        (Part("facebook/sam3", ("sam3_video",), 3_440_000_000, gated=True),),
        5_000_000_000,
    ),
    "mdetr": SystemEntry(
        f"MDETR on ResNet-101, the paper's comparison; {_NOT_RUN}", "Apache-2.0", (_MDETR,), 2_500_000_000
    ),
    "aimnet": _wordless(_AIMNET, "AimNet (HYBRID), the main subject without words"),
    "aimnet-resize": _wordless(_AIMNET, "AimNet (RESIZE), the main subject without words"),
    "p3m-net": _wordless(_P3M_NET, "P3M-Net (HYBRID), portraits without words"),
    "p3m-net-resize": _wordless(_P3M_NET, "P3M-Net (RESIZE), portraits without words"),
    "vitmatte": _vitmatte("small", 103_000_000),
    "vitmatte-base": _vitmatte("base", 387_000_000),
}
"""By the name that stands for them wherever weights are named."""
