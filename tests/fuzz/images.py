"""Images of every format that is read, small ones made here, then mutated; opened, reduced, and written anew."""

from __future__ import annotations

import io
import struct
from contextlib import suppress
from pathlib import Path
from random import Random

import numpy as np
from PIL import Image, ImageCms, PngImagePlugin

from clipmat import image_files
from clipmat.errors import ImageUnreadable, ImageUnsupported
from rim_editor.files import formats
from tests.fuzz.mutations import mutated
from tests.tiff_files import BYTE, LONG, SHORT, layout, write_tiff

LIMIT = 2**20
"""Pixels, in place of the real limit of 179 million: what is too large is seen at a smaller price."""
XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/" dc:source="a"/></rdf:RDF></x:xmpmeta>'
)
IPTC = b"\x1c\x02\x50\0\3Ann\x1c\x02\x69\x80\2\0\5Title"
_SEGMENTS = {
    "exif": (0xE1, b"Exif\0\0"), "icc": (0xE2, b"ICC_PROFILE\0\x01\x01"),
    "iptc": (0xED, b"Photoshop 3.0\x008BIM\x04\x04\0\0"),
    "xmp": (0xE1, b"http://ns.adobe.com/xap/1.0/\0"), "encoded xmp": (0xE1, b"http://ns.adobe.com/xap/1.0/\0"),
}  # fmt: skip
"""The number of the segment of a JPEG that holds each kind of metadata, and what it begins with."""
_ENCODINGS = (b"utf-16", b"utf-7", b"big5", b"hex", b"rot13", b"idna", b"x", b"")


class Images:
    """Reads a mutated image as the window does, as a batch does, or another page; writes it with its metadata."""

    seconds = 4.0
    growth = 96 * 2**20
    """About 40 bytes for each pixel of the limit, and what libraries load when they first meet a format."""

    def __init__(self, folder: Path) -> None:
        Image.MAX_IMAGE_PIXELS = LIMIT // 2  # Pillow refuses above twice this
        self.folder = folder
        self.samples = samples(folder)
        with Image.open(io.BytesIO(self.samples["rgb.jpg"])) as image:
            self.packets = {"exif": image.info["exif"][6:], "icc": image.info["icc_profile"], "xmp": XMP, "iptc": IPTC}
            self.packets["encoded xmp"] = b'<?xml version="1.0" encoding="utf-8"?>' + XMP
        self.names = sorted(self.samples)
        for name in self.names:  # what is loaded once, such as decoders, is not counted against an input
            with suppress(ImageUnsupported):
                self._read(self._put(name, self.samples[name]), Random(0))

    def attempt(self, chance: Random) -> None:
        if chance.random() < 0.25:
            self._read(self._put("metadata.jpg", self._with_strange_metadata(chance)), chance)
            return
        name = chance.choice(self.names)
        content = mutated(self.samples[name], chance)
        if chance.random() < 0.02:
            name = chance.choice(self.names)  # another format than the name says
        self._read(self._put(name, content), chance)

    def _with_strange_metadata(self, chance: Random) -> bytes:
        """A whole JPEG whose EXIF, ICC profile, XMP or IPTC is mutated."""
        kind = chance.choice(sorted(self.packets))
        packet = mutated(self.packets[kind], chance)[:60_000]
        if kind == "encoded xmp":
            packet = self.packets[kind].replace(b"utf-8", chance.choice(_ENCODINGS))
        number, head = _SEGMENTS[kind]
        data = head + (struct.pack(">I", len(packet)) if kind == "iptc" else b"") + packet
        segment = struct.pack(">BBH", 0xFF, number, len(data) + 2) + data
        return self.samples["grey.jpg"][:2] + segment + self.samples["grey.jpg"][2:]

    def _put(self, name: str, content: bytes) -> Path:
        path = self.folder / f"input{Path(name).suffix}"
        path.write_bytes(content)
        return path

    def _read(self, path: Path, chance: Random) -> None:
        way = chance.randrange(8)
        if way == 0:
            image_files.straight_srgb(image_files.load(path, side=8))
            return
        opened = image_files.read(path, whole=way == 1, page=chance.choice((1, 2, 99)) if way == 2 else None)
        height, width = opened.pixels.shape[:2]
        if opened.alpha is not None and opened.alpha.shape != (height, width):
            raise AssertionError(f"alpha {opened.alpha.shape} of {opened.pixels.shape}")
        suffix = chance.choice((".png", ".jpg", ".tif", ".webp"))
        written = formats.encoded(Path(f"x{suffix}"), opened.pixels[:32, :32], opened.metadata, None)
        again = self.folder / f"written{suffix}"
        again.write_bytes(written)
        try:
            image_files.read(again, whole=True)
        except ImageUnreadable as error:
            raise AssertionError("what was written cannot be read") from error


def samples(folder: Path) -> dict[str, bytes]:
    """Whole files by name, each of some 20 pixels a side."""
    import pillow_heif

    pillow_heif.register_heif_opener()
    random = np.random.default_rng(0)
    rgb = Image.fromarray(random.integers(0, 256, (18, 24, 3), np.uint8))
    smooth = Image.fromarray(np.linspace(0, 255, 24 * 18 * 3).reshape(18, 24, 3).astype(np.uint8))
    rgba = rgb.copy()
    rgba.putalpha(Image.fromarray(random.integers(0, 256, (18, 24), np.uint8)))
    grey, palette, deep = (
        rgb.convert("L"),
        rgb.quantize(16),
        Image.fromarray(random.integers(0, 65536, (18, 24), np.uint16)),
    )
    exif = Image.Exif()
    exif[0x010E], exif[0x0112], exif[0x011A], exif[0x011B], exif[0x0128] = "a scene", 6, 300.0, 300.0, 2
    exif.get_ifd(0x8769)[0x9003] = "2026:01:02 03:04:05"
    exif.get_ifd(0x8825)[1] = "N"
    icc = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    all_of_it = {"exif": exif.tobytes(), "icc_profile": icc}
    made: dict[str, bytes] = {}

    def add(name: str, image: Image.Image, kind: str, **options: object) -> None:
        buffer = io.BytesIO()
        image.copy().save(buffer, kind, **options)  # what one format sets on an image would trouble the next one
        made[name] = buffer.getvalue()

    def frames() -> dict[str, object]:
        return {"save_all": True, "append_images": [smooth.copy(), rgb.rotate(180)]}

    png = PngImagePlugin.PngInfo()
    png.add(b"cICP", bytes((9, 16, 0, 1)))
    png.add_itxt("XML:com.adobe.xmp", XMP.decode())
    png.add_text("Raw profile type iptc", "\niptc\n8\n1c0250000141\n", zip=True)
    plain = PngImagePlugin.PngInfo()
    plain.add(b"gAMA", struct.pack(">I", 100000))
    plain.add(b"cHRM", struct.pack(">8I", 31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000))
    add("rgb.png", rgb, "PNG", pnginfo=png, **all_of_it)
    add("gamma.png", smooth, "PNG", pnginfo=plain, dpi=(300, 300))
    add("rgba.png", rgba, "PNG")
    add("palette.png", palette, "PNG", transparency=3)
    add("grey.png", grey, "PNG", transparency=7)
    add("deep.png", deep, "PNG")
    add("bits.png", grey.convert("1"), "PNG")
    add("frames.png", rgb, "PNG", **frames())
    add("rgb.jpg", rgb, "JPEG", xmp=XMP, comment="c", dpi=(72, 72), **all_of_it)
    add("progressive.jpg", rgb, "JPEG", progressive=True, subsampling=2)
    add("grey.jpg", grey, "JPEG")
    add("cmyk.jpg", rgb.convert("CMYK"), "JPEG")
    add("views.jpg", rgb, "MPO", **frames())
    iptc = b"Photoshop 3.0\x008BIM\x04\x04\0\0" + struct.pack(">I", 8) + b"\x1c\x02\x50\0\3Ann"
    photoshop = struct.pack(">BBH", 0xFF, 0xED, len(iptc) + 2) + iptc
    made["iptc.jpg"] = made["grey.jpg"][:2] + photoshop + made["grey.jpg"][2:]
    add("rgb.webp", rgb, "WEBP", xmp=XMP, **all_of_it)
    add("rgba.webp", rgba, "WEBP", lossless=True)
    add("frames.webp", rgb, "WEBP", **frames())
    add("rgb.tif", rgb, "TIFF", **all_of_it)
    for compression in ("tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg"):
        add(f"{compression}.tif", rgb, "TIFF", compression=compression)
    add("fax.tif", grey.convert("1"), "TIFF", compression="group4")
    add("rgba.tif", rgba, "TIFF", compression="tiff_lzw")
    add("cmyk.tif", rgb.convert("CMYK"), "TIFF")
    add("lab.tif", rgb.convert("LAB"), "TIFF")
    add("deep.tif", deep, "TIFF")
    add("float.tif", Image.fromarray(random.random((18, 24), np.float32)), "TIFF")
    add("large.tif", rgb, "TIFF", big_tiff=True)
    add("pages.tif", rgb, "TIFF", **frames())
    preview = layout(12, 9, 2, 8, 3, bytes(3 * 12 * 9)) | {254: (LONG, [1])}
    beside = layout(24, 18, 2, 8, 3, rgb.tobytes()) | {"below": [preview], 700: (BYTE, list(XMP)), 274: (SHORT, [6])}
    made["below.tif"] = write_tiff(folder / "below.tif", beside, order=">").read_bytes()
    sensor = layout(96, 64, 32803, 16, 1, bytes(2 * 96 * 64)) | {33421: (SHORT, [2, 2]), 33422: (BYTE, [0, 1, 1, 2])}
    of_dng = {50706: (BYTE, [1, 4, 0, 0]), "below": [sensor | {254: (LONG, [0])}]}
    made["camera.dng"] = write_tiff(folder / "camera.dng", preview | of_dng).read_bytes()
    add("rgb.heic", rgb, "HEIF", xmp=XMP, **all_of_it)
    add("rgba.heic", rgba, "HEIF")
    add("pictures.heif", rgb, "HEIF", **frames())
    add("rgb.avif", rgb, "AVIF", xmp=XMP, **all_of_it)
    add("rgba.avif", rgba, "AVIF")
    add("frames.avif", rgb, "AVIF", **frames())
    for name, image in {"rgb": rgb, "palette": palette, "bits": grey.convert("1")}.items():
        add(f"{name}.bmp", image, "BMP")
    add("rgb.dib", rgb, "DIB")
    add("palette.gif", palette, "GIF", transparency=2)
    add("frames.gif", palette, "GIF", **frames())
    add("rgb.jp2", rgb, "JPEG2000")
    add("rgba.jp2", rgba, "JPEG2000", tile_size=(16, 16))
    add("grey.j2k", grey, "JPEG2000", no_jp2=True)
    for name, image in {"rgb.ppm": rgb, "grey.pgm": grey, "bits.pbm": grey.convert("1"), "deep.pgm": deep}.items():
        add(name, image, "PPM")
    made["text.ppm"] = b"P3\n# a comment\n2 2\n255\n" + b"1 2 3 " * 4
    for name, image in {"rgb": rgb, "rgba": rgba, "grey": grey, "palette": palette}.items():
        add(f"{name}.tga", image, "TGA", rle=name != "rgb")
    return made
