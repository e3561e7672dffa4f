"""Metadata on its way from one file into another: what is kept, what is not, what damage does."""

import struct
import time

import numpy as np
import pillow_heif
import pytest
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from clipmat.errors import ImageWarning
from clipmat.image_files import read
from clipmat.image_metadata import Metadata
from rim_editor.files.formats import encoded

ORIENTATION = 0x0112
XMP = b"""<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:tiff="http://ns.adobe.com/tiff/1.0/" xmlns:exif="http://ns.adobe.com/exif/1.0/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:xmpRights="http://ns.adobe.com/xap/1.0/rights/" xmlns:crs="http://ns.adobe.com/camera-raw-settings/1.0/"
 xmlns:other="http://ns.adobe.com/hdr-gain-map/1.0/" tiff:Orientation="6" exif:PixelXDimension="40" tiff:Make="Maker"
 xmp:Rating="4" crs:Exposure2012="+1.00" other:Version="1.0" xmpRights:Marked="True">
<exif:PixelYDimension>24</exif:PixelYDimension><xmp:Thumbnails><rdf:Alt><rdf:li>SECRET</rdf:li></rdf:Alt></xmp:Thumbnails>
<dc:rights><rdf:Alt><rdf:li xml:lang="x-default">\xc2\xa9 Ann &amp; Bo</rdf:li></rdf:Alt></dc:rights>
<crs:ToneCurve><rdf:Seq><rdf:li>0, 0</rdf:li></rdf:Seq></crs:ToneCurve>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""


def record(number, data, of=2, long=False):
    """A data set of IPTC-IIM 4.2."""
    size = struct.pack(">HI", 0x8004, len(data)) if long else struct.pack(">H", len(data))
    return bytes((0x1C, of, number)) + size + data


CITY, CREDIT = record(90, b"Bern"), record(110, b"Ann")
IPTC = record(90, b"\x1b%G", of=1) + CITY + record(131, b"L") + record(202, b"SECRET" * 9, long=True) + CREDIT


def photoshop_segment(iptc):
    data = b"Photoshop 3.0\x008BIM\x04\x04\0\0" + struct.pack(">I", len(iptc)) + iptc + bytes(len(iptc) % 2)
    return b"\xff\xed" + struct.pack(">H", len(data) + 2) + data


def image():
    return Image.fromarray(np.random.default_rng(0).integers(0, 256, (24, 40, 3), np.uint8))


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".tif", ".avif", ".heic"])
def test_xmp_is_kept_without_what_is_of_the_old_file(tmp_path, suffix):
    pillow_heif.register_heif_opener()
    options = {}
    if suffix == ".png":
        from PIL.PngImagePlugin import PngInfo

        options["pnginfo"] = PngInfo()
        options["pnginfo"].add_itxt("XML:com.adobe.xmp", XMP.decode())
    elif suffix == ".tif":
        options["tiffinfo"] = {700: XMP}
    else:
        options["xmp"] = XMP
    image().save(tmp_path / f"a{suffix}", **options)
    opened = read(tmp_path / f"a{suffix}")
    kept = opened.metadata.xmp.decode()
    for words in ("© Ann &amp; Bo", 'tiff:Make="Maker"', 'xmp:Rating="4"', 'xmpRights:Marked="True"', "<?xpacket end"):
        assert words in kept
    for words in (
        "Orientation",
        "PixelXDimension",
        "PixelYDimension",
        "SECRET",
        "crs:Exp",
        "crs:Tone",
        "other:Version",
    ):
        assert words not in kept
    # It said the image lies on its side: only HEIC's own rotation goes before that.
    assert suffix == ".heic" or opened.pixels.shape == (40, 24, 3)


@pytest.mark.parametrize(
    "packet",
    [
        b"<x:xmpmeta", b"\xff\xfe\0<", b"<a>&b;</a>", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
        b"<a>" * 3000 + b"</a>" * 3000, b'<?xml version="1.0" encoding="klingon"?><a/>',
        b'<?xml version="1.0" encoding="hex"?><a/>',
    ],
)  # fmt: skip
def test_damaged_or_hostile_xmp_is_left_out_with_a_warning(tmp_path, packet):
    image().save(tmp_path / "a.jpg", xmp=packet)
    with pytest.warns(ImageWarning, match="XMP data .* left out"):
        assert read(tmp_path / "a.jpg").metadata.xmp == b""


@pytest.mark.parametrize(
    "packet",
    [
        b"<a>" + b"<b/>" * 700_000 + b"</a>",
        b"<a>" * 1_000_000,
        b"<a " + b" ".join(b'b%d=""' % number for number in range(300_000)) + b"/>",
    ],
    ids=["wide", "deep", "attributes"],
)
def test_xmp_that_would_take_all_memory_is_left_out_at_once(tmp_path, packet):
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_itxt("XML:com.adobe.xmp", packet.decode())
    image().save(tmp_path / "a.png", pnginfo=info)
    start = time.process_time()
    with pytest.warns(ImageWarning, match="XMP data .* left out"):
        assert read(tmp_path / "a.png").metadata.xmp == b""
    assert time.process_time() - start < 1.5


def test_xmp_that_goes_on_elsewhere_is_cut_with_a_warning(tmp_path):
    packet = XMP.replace(b'tiff:Make="Maker"', b'xmlns:n="http://ns.adobe.com/xmp/note/" n:HasExtendedXMP="0123"')
    image().save(tmp_path / "a.jpg", xmp=packet)
    with pytest.warns(ImageWarning, match="beyond its first 64 KiB"):
        assert b"HasExtended" not in read(tmp_path / "a.jpg").metadata.xmp


def test_iptc_of_a_jpeg_is_kept_without_preview_and_orientation(tmp_path):
    image().save(tmp_path / "a.jpg", extra=photoshop_segment(IPTC))
    assert read(tmp_path / "a.jpg").metadata.iptc == record(90, b"\x1b%G", of=1) + CITY + CREDIT


@pytest.mark.parametrize("kind", [1, 4, 7])
@pytest.mark.parametrize("order", ["<", ">"])
def test_iptc_of_a_tiff_in_any_type(tmp_path, kind, order):
    from tests.tiff_files import BYTE, LONG, layout, write_tiff

    data = IPTC + bytes(-len(IPTC) % 4)
    values = list(struct.unpack(f"{order}{len(data) // 4}I", data)) if kind == 4 else list(data)
    tags = layout(2, 2, 1, 8, 1, bytes(4)) | {33723: (LONG if kind == 4 else BYTE, values)}
    path = write_tiff(tmp_path / "a.tif", tags, order=order)
    assert read(path).metadata.iptc == record(90, b"\x1b%G", of=1) + CITY + CREDIT


@pytest.mark.parametrize("broken", [IPTC[:-2], b"words", record(5, b"x" * 40, long=True)[:20], CITY + b"\x1c\x02"])
def test_damaged_iptc_is_left_out_with_a_warning(tmp_path, broken):
    image().save(tmp_path / "a.jpg", extra=photoshop_segment(broken))
    with pytest.warns(ImageWarning, match="IPTC data .* left out"):
        assert read(tmp_path / "a.jpg").metadata.iptc == b""


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".tif"])
def test_the_resolution_is_kept(tmp_path, suffix):
    image().save(tmp_path / f"a{suffix}", dpi=(300, 150))
    assert np.abs(np.array(read(tmp_path / f"a{suffix}").metadata.resolution) - (300, 150)).max() < 0.02
    image().save(tmp_path / f"b{suffix}")
    assert read(tmp_path / f"b{suffix}").metadata == Metadata()


@pytest.mark.parametrize("suffix", [".webp", ".avif", ".jpg"])
def test_the_resolution_of_the_exif_counts_where_there_is_no_other(tmp_path, suffix):
    exif = Image.Exif()
    exif[0x011A] = exif[0x011B] = 100.0
    exif[0x0128] = 3
    image().save(tmp_path / f"a{suffix}", exif=exif)
    assert read(tmp_path / f"a{suffix}").metadata.resolution == pytest.approx((254, 254))


def test_no_resolution_is_invented_for_a_jpeg(tmp_path):
    exif = Image.Exif()
    exif[0x013B] = "Ann"
    image().save(tmp_path / "a.jpg", exif=exif)
    with Image.open(tmp_path / "a.jpg") as opened:
        assert opened.info["dpi"] == (72, 72)  # by Pillow
    assert read(tmp_path / "a.jpg").metadata.resolution is None


def test_a_resolution_without_a_unit_is_none(tmp_path):
    image().save(tmp_path / "a.tif", tiffinfo={282: 300.0, 283: 300.0, 296: 1})
    assert read(tmp_path / "a.tif").metadata.resolution is None


@pytest.mark.parametrize("tags", [{296: 38146}, {296: 2, 282: 300.0, 283: IFDRational(0, 0)}, {282: 0.0}])
def test_a_resolution_that_cannot_be_written_is_left_out(tmp_path, tags):
    exif = Image.Exif()
    exif.update({0x010E: "a scene"} | tags)
    image().save(tmp_path / "a.jpg", exif=exif)
    metadata = read(tmp_path / "a.jpg").metadata
    kept = Image.Exif()
    kept.load(metadata.exif)
    assert dict(kept) == {0x010E: "a scene"}
    for suffix in (".tif", ".jpg", ".png", ".webp"):
        encoded(tmp_path / f"b{suffix}", np.zeros((4, 5, 3), np.uint8), metadata, None)
