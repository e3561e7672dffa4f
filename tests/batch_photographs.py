"""Photographs for tests/batch_acceptance.py: variations of the samples, odd files that are fine, files that are broken.

What an odd file has to come out as is told by its twin: a plain PNG of the pixels that a reader has to see in it.
"""

from __future__ import annotations

import os
import struct
import unicodedata
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from itertools import cycle
from pathlib import Path

import cv2
import numpy as np
import pillow_heif
from PIL import Image, ImageEnhance, ImageOps

SAMPLES = Path(__file__).parents[1] / "resources" / "samples"
FULL_SIZE = (720, 480)  # of odd files and what the broken ones are made of
FINE = 1.5  # mean difference of 255 steps that two encodings of one image may make in its result


@dataclass
class Photographs:
    """What lies in a folder. Paths are relative to it."""

    folder: Path
    plain: list[Path] = field(default_factory=list)
    """Of which nothing is known but that they must not fail."""
    twins: dict[Path, tuple[Path, float]] = field(default_factory=dict)
    """The twin of each odd file, and how far their results may lie apart."""
    exported: list[Path] = field(default_factory=list)
    """Odd by their names: they show the sample as it is, so that something must be found in them."""
    broken: dict[Path, str] = field(default_factory=dict)
    """Those that must fail, and in which way each is broken."""


def make(folder: Path, count: int, broken: int, seed: int) -> Photographs:
    """`count` images in all, `broken` of them broken, as many plain ones as the odd ones leave room for."""
    made = Photographs(folder)
    base = sample("still_life.jpg").resize(FULL_SIZE, Image.Resampling.LANCZOS)
    for number, (name, content) in zip(range(broken), cycle(_broken(base).items()), strict=False):
        path = Path("broken", name if number < len(_broken(base)) else f"{number}-{name}")
        put(folder / path, content)
        made.broken[path] = Path(name).stem
    for name, content, twin, tolerance in _odd(base):
        put(folder / "odd" / name, content)
        put(folder / "odd" / f"{name}.twin.png", encoded(twin, "PNG"))
        made.twins[Path("odd", name)] = Path("odd", f"{name}.twin.png"), tolerance
    for name in _names():
        put(folder / name, encoded(base, Image.registered_extensions().get(name.suffix.lower(), "JPEG")))
        made.exported.append(name)
    os.chmod(folder / made.exported[0], 0o444)
    link = Path("names", "a link.jpg")
    put(folder / link, lambda path: path.symlink_to(folder / made.exported[0]))
    made.exported.append(link)
    for name, content in _tiny():
        put(folder / "few pixels" / name, content)
        made.plain.append(Path("few pixels", name))
    random = np.random.default_rng(seed)
    rest = count - len(made.broken) - 2 * len(made.twins) - len(made.exported) - len(made.plain)
    for number in range(rest):
        # The same stems in every folder, which come last, so that memory can be watched while they are at work.
        path = Path(f"roll {number % 4 + 1}", f"DSC_{number // 4:04}.jpg")
        put(folder / path, encoded(variation(random, large=number % 61 == 7), "JPEG", quality=90))
        made.plain.append(path)
    return made


def put(path: Path, content: bytes | Callable[[Path], object]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if callable(content):
        content(path)
    else:
        path.write_bytes(content)


def sample(name: str) -> Image.Image:
    return Image.open(SAMPLES / name).convert("RGB")


def variation(random: np.random.Generator, large: bool) -> Image.Image:
    """One of the samples, cropped, in other colours, of 0.3 to 3 megapixels, or 12 when it is a large one."""
    image = sample(("still_life.jpg", "two_cups.jpg")[random.integers(2)])
    share = random.uniform(0.7, 1, 2)
    width, height = (round(side * part) for side, part in zip(image.size, share, strict=True))
    left, top = random.integers(image.width - width + 1), random.integers(image.height - height + 1)
    image = image.crop((left, top, left + width, top + height))
    for change in (ImageEnhance.Brightness, ImageEnhance.Contrast, ImageEnhance.Color):
        image = change(image).enhance(random.uniform(0.75, 1.25))
    if random.random() < 0.5:
        image = ImageOps.mirror(image)
    pixels = 12e6 if large else np.exp(random.uniform(np.log(0.3e6), np.log(3e6)))
    factor = np.sqrt(pixels / (image.width * image.height))
    return image.resize((round(image.width * factor), round(image.height * factor)), Image.Resampling.BICUBIC)


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    pillow_heif.register_heif_opener()
    buffer = BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def _broken(base: Image.Image) -> dict[str, bytes | Callable[[Path], object]]:
    """One for each way in which a file can be broken; 25 are taken first."""
    jpeg, png = encoded(base, "JPEG"), encoded(base, "PNG")
    damaged = bytearray(png)
    damaged[len(png) // 2 : len(png) // 2 + 64] = bytes(64)
    noise = np.random.default_rng(0).bytes(60_000)
    samples = np.asarray(base, np.float32) / 255
    header = b"BM" + struct.pack("<IHHI", 54, 0, 0, 54) + struct.pack("<IiiHHIIiiII", 40, 60000, 60000, 1, 24, *[0] * 6)
    return {
        "truncated.jpg": jpeg[: len(jpeg) // 2],
        "truncated at once.jpg": jpeg[:700],
        "truncated progressive.jpg": encoded(base, "JPEG", progressive=True)[:-9000],
        "truncated.png": png[: len(png) // 2],
        "truncated.webp": half(encoded(base, "WEBP")),
        "truncated.tif": half(encoded(base, "TIFF", compression="tiff_lzw")),
        "truncated.heic": half(encoded(base, "HEIF")),
        "truncated.avif": half(encoded(base, "AVIF")),
        "truncated.gif": half(encoded(base, "GIF")),
        "truncated.bmp": half(encoded(base, "BMP")),
        "zero bytes.jpg": b"",
        "zero bytes.png": b"",
        "text.jpg": b"this is no photograph\n",
        "page.jpg": b"<!doctype html><title>404 Not Found</title>",
        "document.jpg": b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%%EOF\n",
        "drawing.png": b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
        "noise.jpg": noise,
        "zeros.jpg": bytes(len(jpeg)),
        "damaged.png": bytes(damaged),
        "bomb.png": bomb(),
        "bomb.bmp": header + bytes(1000),
        "32 bits.tif": lambda path: cv2.imwrite(str(path), samples),
        "link to nothing.jpg": lambda path: path.symlink_to("not there.jpg"),
        "link to itself.jpg": lambda path: path.symlink_to(path.name),
        "pipe.jpg": os.mkfifo,
        "without its beginning.jpg": jpeg[300:],
        "beginning alone.jpg": jpeg[:2],
        "truncated.jp2": half(encoded(base, "JPEG2000")),
        "film.heic": b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00" + noise[:5000],
        "program.png": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nshowpage\n",
    }


def half(data: bytes) -> bytes:
    return data[: len(data) // 2]


def bomb() -> bytes:
    """A small PNG that says it has 3.6 gigapixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 60000, 60000, 8, 2, 0, 0, 0)
    chunks = chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(bytes(10**6))), chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _odd(base: Image.Image) -> Iterator[tuple[str, bytes | Callable[[Path], object], Image.Image, float]]:
    """Name, file, twin, and how far their results may lie apart."""
    array, grey = np.asarray(base), base.convert("L")
    high = array.astype(np.uint16) * 257
    yield "cmyk.jpg", encoded(base.convert("CMYK"), "JPEG", quality=95), base, FINE
    yield "cmyk.tif", encoded(base.convert("CMYK"), "TIFF"), base, FINE
    yield "16 bits.png", lambda path: cv2.imwrite(str(path), high[:, :, ::-1]), base, FINE
    yield "16 bits.tif", lambda path: cv2.imwrite(str(path), high[:, :, ::-1]), base, FINE
    grey_high = np.asarray(grey).astype(np.uint16) * 257
    yield "16 bits grey.png", lambda path: cv2.imwrite(str(path), grey_high), grey.convert("RGB"), FINE
    yield "grey.jpg", encoded(grey, "JPEG", quality=95), grey.convert("RGB"), FINE
    for orientation in range(2, 9):
        exif = Image.Exif()
        exif[0x0112] = orientation
        stored = turned(base, orientation)
        yield f"turned {orientation}.jpg", encoded(stored, "JPEG", quality=95, exif=exif), base, FINE
    exif = Image.Exif()
    exif[0x0112] = 6
    yield "turned.heic", encoded(base, "HEIF", quality=90), base, FINE
    yield "turned.webp", encoded(turned(base, 6), "WEBP", quality=95, exif=exif), base, FINE
    yield "damaged exif.jpg", encoded(base, "JPEG", quality=95, exif=b"Exif\0\0II*\0" + b"\xff" * 40), base, FINE
    alpha = np.broadcast_to(np.linspace(160, 255, array.shape[1]).astype(np.uint8), array.shape[:2])
    seen_through = Image.fromarray(np.dstack([array, alpha]))
    yield "alpha.png", encoded(seen_through, "PNG"), seen_through, FINE
    yield "alpha.webp", encoded(seen_through, "WEBP", quality=95), seen_through, FINE
    opaque = Image.fromarray(np.dstack([array, np.full_like(alpha, 255)]))
    yield "opaque alpha.png", encoded(opaque, "PNG"), base, FINE
    few = base.quantize(256)
    yield "palette.png", encoded(few, "PNG"), few.convert("RGB"), FINE
    yield "palette.gif", encoded(few, "GIF"), few.convert("RGB"), FINE
    frames = [ImageOps.invert(base).quantize(64)]
    yield "moving.gif", encoded(few, "GIF", save_all=True, append_images=frames), few.convert("RGB"), FINE
    yield "pages.tif", encoded(base, "TIFF", save_all=True, append_images=[ImageOps.invert(base)]), base, FINE
    profile = display_p3()
    wide = in_display_p3(array)
    # Sixteen bits of linear light and back are not the same everywhere.
    yield "display p3.jpg", encoded(wide, "JPEG", quality=95, icc_profile=profile), base, 2 * FINE
    yield "display p3.png", encoded(wide, "PNG", icc_profile=profile), base, 2 * FINE
    yield "no profile.png", encoded(base, "PNG", icc_profile=b"no profile at all"), base, FINE
    yield "progressive.jpg", encoded(base, "JPEG", quality=95, progressive=True, subsampling=0), base, FINE
    yield "AVIF.AVIF", encoded(base, "AVIF", quality=90), base, FINE
    yield "bitmap.bmp", encoded(base, "BMP"), base, FINE
    yield "wavelets.jp2", encoded(base, "JPEG2000"), base, FINE
    yield "png by another name.jpg", encoded(base, "PNG"), base, FINE
    yield "jpeg by another name.png", encoded(base, "JPEG", quality=95), base, FINE
    yield "with more behind.jpg", encoded(base, "JPEG", quality=95) + b"a film of three seconds" * 1000, base, FINE


def turned(image: Image.Image, orientation: int) -> Image.Image:
    """As a camera stores what it says has this orientation: EXIF's words about where row and column 0 are."""
    pixels = np.asarray(image)
    stored = {
        2: pixels[:, ::-1],
        3: pixels[::-1, ::-1],
        4: pixels[::-1],
        5: pixels.swapaxes(0, 1),
        6: np.rot90(pixels, 1),
        7: pixels[::-1, ::-1].swapaxes(0, 1),
        8: np.rot90(pixels, -1),
    }[orientation]
    return Image.fromarray(np.ascontiguousarray(stored))


def in_display_p3(pixels: np.ndarray) -> Image.Image:
    """By the formula of IEC 61966-2-1 and the published matrix from sRGB to Display P3."""
    share = pixels / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    matrix = np.array([[0.8225, 0.1774, 0.0000], [0.0332, 0.9669, 0.0000], [0.0171, 0.0724, 0.9108]])
    return Image.fromarray(np.rint(255 * (linear @ matrix.T).clip(0, 1) ** (1 / 2.2)).astype(np.uint8))


def display_p3() -> bytes:
    """A profile of version 2 (ICC.1:2001-04): Display P3's primaries adapted to D50, and a plain gamma of 2.2."""

    def place(*values: float) -> bytes:
        return b"XYZ " + bytes(4) + struct.pack(">3i", *(round(value * 65536) for value in values))

    curve = b"curv" + bytes(4) + struct.pack(">IH", 1, round(2.2 * 256))
    tags = {
        b"desc": b"desc" + bytes(4) + struct.pack(">I", 5) + b"wide\0" + bytes(8 + 3 + 67),
        b"cprt": b"text" + bytes(4) + b"none\0",
        b"wtpt": place(0.9642, 1.0, 0.8249),
        b"rXYZ": place(0.51512, 0.24120, -0.00105),
        b"gXYZ": place(0.29198, 0.69225, 0.04189),
        b"bXYZ": place(0.15710, 0.06657, 0.78407),
        b"rTRC": curve,
        b"gTRC": curve,
        b"bTRC": curve,
    }
    table, body, offset = struct.pack(">I", len(tags)), b"", 128 + 4 + 12 * len(tags)
    for name, data in tags.items():
        table += name + struct.pack(">II", offset + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    header = struct.pack(">I4sI", 128 + len(table) + len(body), bytes(4), 0x02400000) + b"mntrRGB XYZ "
    header += struct.pack(">6H", 2020, 1, 1, 0, 0, 0) + b"acsp" + bytes(28)
    return header + place(0.9642, 1.0, 0.8249)[8:] + bytes(48) + table + body


def _names() -> list[Path]:
    """Names that others stumble over; some results of them would be one file, on this disk or on another."""
    spelled = "caf\u00e9"
    folder = Path("names")
    return [
        folder / "read only.jpg",
        folder / f"{spelled}.jpg",
        folder / f"{unicodedata.normalize('NFD', spelled)}.jpg",
        folder / "夏の写真.jpg",
        folder / "זר פרחים 🌻.jpg",
        folder / os.fsdecode(b"not utf-8 \xe9\xff.jpg"),
        folder / "rose.jpg",
        folder / "rose.png",
        folder / "Rose.JPG",
        folder / "rose-2.jpg",
        folder / "-rf.jpg",
        folder / '100% & <b>"it\'s"</b> $HOME; {stem}.jpg',
        folder / "a\nline.jpg",
        folder / "con.jpg",
        folder / "dots...jpg",
        folder / f"{'long ' * 50}.jpg",
        folder / f"{'長' * 82}.png",
        Path("an album.jpg") / "inside.jpg",
        Path("deep", *["folder"] * 30) / "rose.jpg",
    ]


def _tiny() -> Iterator[tuple[str, bytes]]:
    for size in ((1, 1), (1, 3000), (3000, 2), (31, 17)):
        yield f"{size[0]} x {size[1]}.png", encoded(Image.new("RGB", size, (200, 60, 50)), "PNG")
