import errno
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw
from typer.testing import CliRunner

from training.datasets import SceneDataset
from training.files.entity_bank import EntityBank
from training.strands import pack as packs
from training.strands.__main__ import app
from training.strands.families import FAMILIES, geometry, strand
from training.strands.geometry import DrawnLayer, Geometry, Patches, Ribbons, StrandError
from training.strands.render import render

ROOT = Path(__file__).parents[3]
RED = (200, 30, 40)


def ribbon(points, width, colour=RED):
    points = np.asarray(points, np.float32)[None]
    size = points.shape[:2]
    widths = np.broadcast_to(np.float32(width), size)
    return Geometry((DrawnLayer((Ribbons(points, widths, np.full((*size, 3), colour, np.float32)),)),), "ribbon")


def straight(degrees, width, length=0.6):
    angle = np.radians(degrees)
    half = length / 2 * np.array([np.cos(angle), np.sin(angle)])
    return ribbon([0.5 - half, 0.5 + half], width)


def shares(alpha, factor):
    side = alpha.shape[0] // factor
    return alpha.reshape(side, factor, side, factor).mean(axis=(1, 3))


@pytest.mark.parametrize("family", FAMILIES)
def test_alpha_is_the_box_average_of_a_larger_rendering(family):
    drawn = geometry(family, np.random.default_rng(3))
    small = render(drawn, 128).alpha
    # Twice as many samples a side, so that the two have no sample in common.
    large = shares(render(drawn, 512, supersample=8).alpha, 4)
    error = np.abs(small - large)
    assert small.mean() > 0.005
    assert error.mean() < 0.003 and np.sqrt((error**2).mean()) < 0.01 and error.max() < 0.15
    assert abs(small.mean() - large.mean()) < 0.01 * large.mean()


@pytest.mark.parametrize("degrees", [7, 20, 45, 62, 85, 130])
@pytest.mark.parametrize("pixels", [3, 6])
def test_a_straight_strand_covers_its_area(degrees, pixels):
    alpha = render(straight(degrees, pixels / 512), 512, supersample=8).alpha
    assert alpha.sum() == pytest.approx(pixels * 0.6 * 512, rel=0.01)


@pytest.mark.parametrize("pixels", [0.1, 0.25, 0.6])
def test_a_thread_thinner_than_a_pixel_covers_its_area_too(pixels):
    alpha = render(straight(33, pixels / 512), 512).alpha
    assert alpha.sum() == pytest.approx(pixels * 0.6 * 512, rel=0.05)
    assert alpha.max() < pixels * 1.7


@settings(max_examples=15, deadline=None)
@given(st.floats(0, 180), st.floats(1, 8), st.sampled_from([256, 384, 512]))
@example(0.0, 1.1875, 256)
def test_the_area_of_a_strand_does_not_depend_on_its_direction(degrees, pixels, side):
    alpha = render(straight(degrees, pixels / side), side, supersample=8).alpha
    row = 0.6 * side / 8  # where it is level, its width is a whole number of eighths of a pixel
    assert alpha.sum() == pytest.approx(pixels * 0.6 * side, rel=0.05, abs=row)
    assert alpha.dtype == np.float32 and alpha.min() >= 0 and alpha.max() <= 1


def test_a_bent_strand_covers_what_is_near_its_line():
    t = np.linspace(0, 1, 300)
    line = np.stack([0.2 + 0.6 * t, 0.5 + 0.2 * np.sin(5 * t)], 1).astype(np.float32)
    y, x = (np.mgrid[:576, :576].astype(np.float32) + 0.5) / 576
    nearest = np.full((576, 576), 9, np.float32)
    for point in line:
        np.minimum(nearest, np.hypot(x - point[0], y - point[1]), out=nearest)
    error = np.abs(render(ribbon(line[::6], 0.04), 96).alpha - shares(nearest < 0.02, 6))
    # Its ends are cut straight.
    for end in line[[0, -1]]:
        error[np.hypot(x - end[0], y - end[1])[3::6, 3::6] < 0.05] = 0
    assert error.max() < 0.1 and error.mean() < 0.001


def test_a_patch_with_corners_is_where_pillow_draws_it():
    ring = np.array([(0.2, 0.15), (0.85, 0.3), (0.6, 0.5), (0.8, 0.85), (0.25, 0.7)])
    sheet = Image.new("L", (2048, 2048))
    ImageDraw.Draw(sheet).polygon([tuple(p) for p in ring * 2048 - 0.5], fill=255)
    expected = shares(np.asarray(sheet) / 255, 16)
    for way in (ring, ring[::-1]):
        patch = Patches((way.astype(np.float32),), np.array([RED], np.float32))
        alpha = render(Geometry((DrawnLayer((patch,)),), "patch"), 128).alpha
        assert np.abs(alpha - expected).mean() < 0.001 and np.abs(alpha - expected).max() < 0.15


def test_the_hole_of_a_ring_is_empty_and_its_tube_is_full():
    t = np.linspace(0, 2 * np.pi * 200 / 198, 200)
    alpha = render(ribbon(0.5 + 0.3 * np.stack([np.cos(t), np.sin(t)], 1), 0.1), 256).alpha
    y, x = (np.mgrid[:256, :256] + 0.5) / 256 - 0.5
    radius = np.hypot(x, y)
    assert not alpha[(radius < 0.24) | (radius > 0.36)].any()
    assert (alpha[(radius > 0.26) & (radius < 0.34)] == 1).all()


@pytest.mark.parametrize("seed", range(6))
def test_every_ring_of_the_family_has_an_open_hole(seed):
    drawn = geometry("ring", np.random.default_rng(seed))
    outermost = drawn.layers[0].shapes[0]
    free = np.hypot(*(outermost.points[0] - 0.5).T).min() - outermost.widths.max() / 2 - 0.02
    y, x = (np.mgrid[:256, :256] + 0.5) / 256 - 0.5
    assert free > 0 and not render(drawn, 256).alpha[np.hypot(x, y) < free].any()


def test_a_constant_opacity_is_the_alpha_inside():
    ring = np.array([(0.2, 0.2), (0.8, 0.2), (0.8, 0.8), (0.2, 0.8)], np.float32)
    patch = Patches((ring,), np.array([RED], np.float32))
    layer = DrawnLayer((patch,), np.full((1, 1), 0.37, np.float32))
    colour, alpha = render(Geometry((layer,), "pane"), 100)
    np.testing.assert_allclose(alpha[25:75, 25:75], 0.37, atol=1e-4)
    assert np.abs(colour[50, 50].astype(int) - RED).max() <= 1


def test_a_layer_in_front_covers_as_over_does():
    panes = [
        DrawnLayer((), np.full((1, 1), alpha, np.float32), np.full((1, 1, 3), grey, np.float32))
        for alpha, grey in ((0.5, 100), (0.4, 200))
    ]
    colour, alpha = render(Geometry(tuple(panes), "panes"), 16)
    np.testing.assert_allclose(alpha, 1 - 0.5 * 0.6, atol=1e-6)
    np.testing.assert_allclose(colour, (0.4 * 200 + 0.6 * 0.5 * 100) / 0.7, atol=1)


def test_a_field_varies_over_its_box_and_is_averaged():
    ramp = np.broadcast_to(np.linspace(0, 1, 64, dtype=np.float32), (64, 64)).copy()
    layer = DrawnLayer((), ramp, np.full((1, 1, 3), 90, np.float32), (0.25, 0.25, 0.75, 0.75))
    alpha = render(Geometry((layer,), "ramp"), 64).alpha
    assert not alpha[:16].any() and not alpha[:, :16].any()
    np.testing.assert_allclose(alpha[32, 17:47], (np.arange(17, 47) - 15.5 - 0.25) / 31.5, atol=0.01)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_same_seed_gives_the_same_bytes_and_another_seed_another_entity(family):
    first, again, other = (strand(family, 96, np.random.default_rng(seed)) for seed in (5, 5, 6))
    assert first.shape == (96, 96, 4) and first.dtype == np.uint8
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_the_colour_is_the_strand_s_own_everywhere():
    colour, alpha = render(straight(33, 1.4 / 256), 256)
    assert (alpha == 0).mean() > 0.9
    assert np.abs(colour[alpha > 0.3].astype(int) - RED).max() <= 3
    assert np.abs(colour.astype(int) - RED).max() <= 8


@pytest.mark.parametrize("family", FAMILIES)
def test_colour_is_present_under_zero_alpha(family):
    pixels = strand(family, 128, np.random.default_rng(11))
    shown, hidden = (pixels[..., :3][mask].astype(int) for mask in (pixels[..., 3] > 60, pixels[..., 3] == 0))
    assert len(hidden) > 1000
    low, high = np.percentile(shown, 1, axis=0) - 12, np.percentile(shown, 99, axis=0) + 12
    assert ((hidden >= low) & (hidden <= high)).all(axis=1).mean() > 0.97


@pytest.mark.parametrize("family", ["smoke", "glass", "bubble"])
def test_what_one_sees_through_is_neither_empty_nor_full_inside(family):
    for seed in range(4):
        alpha = strand(family, 128, np.random.default_rng(seed))[..., 3] / 255
        touched = alpha[alpha > 0.02]
        assert ((touched > 0.03) & (touched < 0.97)).mean() > 0.85


def test_threads_of_a_web_are_finer_than_a_pixel():
    alpha = strand("web", 256, np.random.default_rng(2))[..., 3] / 255
    touched = alpha[alpha > 0.02]
    assert np.median(touched) < 0.6 and touched.max() > 0.3


def test_an_unknown_family_is_told_the_nearest():
    with pytest.raises(StrandError, match="no family of strands 'hairs'; did you mean 'hair'"):
        strand("hairs", 64, np.random.default_rng(0))
    with pytest.raises(StrandError, match="choose one of hair, fur, feather"):
        geometry("qqqq", np.random.default_rng(0))


@pytest.mark.parametrize(("side", "supersample"), [(0, 4), (-3, 4), (64, 0)])
def test_a_size_below_one_is_refused(side, supersample):
    with pytest.raises(StrandError, match="both are at least 1"):
        render(straight(10, 0.1), side, supersample)


def test_a_single_pixel_can_be_rendered():
    colour, alpha = render(straight(10, 0.1), 1)
    assert colour.shape == (1, 1, 3) and alpha[0, 0] == pytest.approx(0.06, abs=0.005)


@pytest.fixture(scope="module")
def strands(tmp_path_factory):
    folder = tmp_path_factory.mktemp("strands")
    packs.write_pack(folder, len(FAMILIES) + 4, 4, 96)
    return folder


def test_a_pack_is_read_by_the_bank(strands):
    rows = [json.loads(line) for line in (strands / "entities.jsonl").read_text(encoding="utf-8").splitlines()]
    bank = EntityBank.read([strands])
    assert len(bank.cutouts) == len(rows) == len(FAMILIES) + 4
    for entity, row in zip(bank.cutouts, rows, strict=True):
        pixels = bank.cutout(entity)
        assert pixels.shape == (row["height"], row["width"], 4) and max(pixels.shape) <= 96
        assert pixels[..., 3].max() > 20
        assert entity.kind == "object" and entity.split == "train" and entity.keyword == entity.names[0]
        assert row["source"] == "made by this project" and row["license"] == "Apache-2.0"
        assert all(0.1 <= colour["share"] <= 1 and colour["css"] for colour in row["colors"])
    assert {"feather", "spider web", "net", "fern", "smoke", "ring"} <= {entity.keyword for entity in bank.cutouts}
    assert all(row["transparent"] == (row["keyword"] in packs.TRANSPARENT) for row in rows)


def test_clear_glass_claims_no_colour_and_a_net_claims_its_own():
    by_name = {}
    for number in range(6 * len(FAMILIES)):
        if list(FAMILIES)[number % len(FAMILIES)] in ("bubble", "net"):
            row, _ = packs.strand_entity(number, 9, 64)
            by_name.setdefault(row["keyword"].removesuffix("s"), []).append(row["colors"])
    assert all(colours == [] for colours in by_name["soap bubble"]) and all(by_name["net"])


def test_composition_uses_a_pack(strands, pack):
    bank = EntityBank.read([strands, pack])
    dataset = SceneDataset(bank, seed=1)
    seen = {dataset.sample(i, (64, 96)).category for i in range(16)}
    assert seen & {entity.keyword for entity in EntityBank.read([strands]).cutouts}


def test_every_drawn_thing_has_its_synonyms():
    drawn = {geometry(family, np.random.default_rng(seed)).name for family in FAMILIES for seed in range(16)}
    assert drawn <= set(packs.SYNONYMS)
    assert drawn >= {"wig", "hair", "lace", "doily", "wine glass", "soap bubble", "soap bubbles"}


def test_the_same_seed_writes_the_same_pack(strands, tmp_path):
    packs.write_pack(tmp_path, 6, 4, 96)
    files = sorted(path.name for path in (tmp_path / "entities").iterdir())
    assert len(files) == 6
    for name in files:
        assert (tmp_path / "entities" / name).read_bytes() == (strands / "entities" / name).read_bytes()
    lines = (tmp_path / "entities.jsonl").read_text(encoding="utf-8").splitlines()
    assert lines == (strands / "entities.jsonl").read_text(encoding="utf-8").splitlines()[:6]


def test_one_of_eight_of_a_family_is_held_out():
    splits = [packs.strand_entity(13 + turn * len(FAMILIES), 1, 48)[0]["split"] for turn in range(8)]
    assert splits == ["train"] * 7 + ["val_seen"]


@pytest.mark.parametrize(("count", "seed", "side"), [(0, 1, 96), (3, -1, 96), (3, 1, 8)])
def test_a_pack_of_impossible_numbers_is_refused(tmp_path, count, seed, side):
    with pytest.raises(StrandError, match="at least"):
        packs.write_pack(tmp_path, count, seed, side)
    assert not list(tmp_path.iterdir())


def test_a_pack_that_is_there_is_not_overwritten(strands):
    before = (strands / "entities.jsonl").read_bytes()
    with pytest.raises(StrandError, match="holds a pack already"):
        packs.write_pack(strands, 1, 9, 64)
    assert (strands / "entities.jsonl").read_bytes() == before


def test_a_full_disk_is_one_line_and_leaves_no_pack(tmp_path, monkeypatch):
    taken = []

    def full(path, content):
        taken.append(path)
        if len(taken) > 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write_whole(path, content)

    write_whole = packs.write_whole
    monkeypatch.setattr(packs, "write_whole", full)
    with pytest.raises(StrandError, match="cannot be written: .*No space left on device"):
        packs.write_pack(tmp_path, 5, 1, 48)
    assert not (tmp_path / "entities.jsonl").exists()


def test_the_command_writes_a_pack(tmp_path):
    done = CliRunner().invoke(app, ["--out", str(tmp_path / "made"), "--count", "3", "--seed", "2", "--side", "64"])
    assert done.exit_code == 0 and "3 cut-outs" in done.output
    assert len(EntityBank.read([tmp_path / "made"]).cutouts) == 3


def test_the_command_tells_a_mistake_in_one_line(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    done = subprocess.run(
        [sys.executable, "-m", "training.strands", "--out", str(tmp_path / "file"), "--count", "1", "--side", "48"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("training.strands: ") and done.stderr.count("\n") == 1


def test_help_imports_nothing_heavy():
    code = "import sys, training.strands.__main__; print({'cv2', 'numpy', 'PIL', 'torch'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
