"""The folders of the public matting sets once unpacked.

AM-2k and BG-20k (Li et al., IJCV 2022), P3M-10k (Li, Ma et al., ACM MM 2021), AIM-500 (Li et al., IJCAI 2021),
Distinctions-646 of HATT (Qiao et al., CVPR 2020), DIM (Xu et al., CVPR 2017), SIMD (Sun et al., CVPR 2021).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SplitFolders:
    """Folders of one split of a set that belong together, file by file, by their stems."""

    folder: str
    """Below the set; * stands for any name."""
    matte: str
    split: str
    image: str = ""
    """Photographs; empty where the set has none."""
    foreground: str = ""
    """Colours of the object alone; empty where the set has none. Beside an `image` they may be missing."""

    @property
    def shown(self) -> str:
        """The folder that must be there beside the mattes."""
        return self.image or self.foreground


@dataclass(frozen=True, slots=True)
class SetLayout:
    """The folders of a public set."""

    name: str
    tree: str
    parts: tuple[SplitFolders, ...] = ()
    backgrounds: tuple[tuple[str, str], ...] = ()
    """Folders of backgrounds, and their split."""
    kind: str = ""
    """Of all its entities; empty where they differ."""
    keyword: str = ""
    """Of all its entities; empty where they differ."""


LAYOUTS = (
    SetLayout(
        "AM-2k",
        "train/{original,mask[,fg]} and validation/{original,mask}",
        (
            SplitFolders("train", "mask", "train", "original", "fg"),
            SplitFolders("validation", "mask", "val_seen", "original", "fg"),
        ),
        kind="animal",
    ),
    SetLayout(
        "P3M-10k",
        "train/{blurred_image,mask[,fg]}, validation/P3M-500-P/{blurred_image,mask}, "
        "validation/P3M-500-NP/{original_image,mask}",
        (
            SplitFolders("train", "mask", "train", "blurred_image", "fg"),
            SplitFolders("validation/P3M-500-P", "mask", "val_seen", "blurred_image"),
            SplitFolders("validation/P3M-500-NP", "mask", "val_seen", "original_image"),
        ),
        kind="human",
        keyword="person",
    ),
    SetLayout("AIM-500", "original, mask", (SplitFolders("", "mask", "val_seen", "original"),)),
    SetLayout(
        "HATT (Distinctions-646)",
        "Train/{FG,GT} and Test/{FG,GT}",
        (
            SplitFolders("Train", "GT", "train", foreground="FG"),
            SplitFolders("Test", "GT", "val_seen", foreground="FG"),
        ),
    ),
    SetLayout(
        "DIM",
        "Combined_Dataset/Training_set/{Adobe-licensed images,Other}/{fg,alpha} and "
        "Combined_Dataset/Test_set/Adobe-licensed images/{fg,alpha}",
        (
            SplitFolders("Combined_Dataset/Training_set/*", "alpha", "train", foreground="fg"),
            SplitFolders("Combined_Dataset/Test_set/*", "alpha", "val_seen", foreground="fg"),
        ),
    ),
    SetLayout(
        "SIM (SIMD)",
        "train/PATTERN/{fg,alpha} and test/PATTERN/{fg,alpha}, as in train/fur/fg",
        (
            SplitFolders("train/*", "alpha", "train", foreground="fg"),
            SplitFolders("test/*", "alpha", "val_seen", foreground="fg"),
        ),
    ),
    SetLayout("BG-20k", "train, testval", backgrounds=(("train", "train"), ("testval", "val"))),
)
"""Those in which a folder is looked for, in this order."""
