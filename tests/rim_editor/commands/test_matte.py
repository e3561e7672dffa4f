"""`rim-editor matte` from outside: exit codes, one line on stderr, pure JSON on stdout, files on the disk."""

import json
import os
import signal
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree
from zipfile import ZipFile

import numpy as np
import pytest
from PIL import Image

from rim_editor import matting
from rim_editor.errors import OutputNotWritable


def opened(path):
    with Image.open(path) as image:
        return np.asarray(image)


def test_a_cutout(run, photo, tmp_path):
    code, out, err = run("matte", photo, "the red square", "-o", tmp_path / "out.png")
    assert (code, err) == (0, "")
    assert "presence 0.97" in out
    assert "cpu (no GPU was found)" in out
    cut = opened(tmp_path / "out.png")
    assert (cut[10:30, 20:40] == (230, 20, 20, 255)).all()
    assert (cut[:10, :, 3] == 0).all()
    with Image.open(tmp_path / "out.png") as image:
        assert image.getexif()[0x013B] == "Ann"


def test_without_words_the_main_subject_is_asked_for(run, photo, tmp_path):
    _, out, _ = run("matte", photo, "-o", tmp_path / "out.png", "--json")
    assert json.loads(out)["expression"] == "the main subject"


def test_json_is_all_that_stdout_gets(run, photo, tmp_path):
    code, out, err = run("matte", photo, "the red square", "-o", tmp_path / "out.png", "--json")
    assert (code, err) == (0, "")
    report = json.loads(out)
    assert report["box"] == [20, 10, 40, 30]
    assert report["size"] == [60, 50]
    assert (report["device"], report["precision"], report["weights"]) == ("cpu", "float32", "compact")
    assert report["presence"] == 0.97
    assert report["certainty"] == "sure"
    steps = report["milliseconds"]
    assert set(steps) == {"decode", "load", "image", "text", "matte", "edit", "encode"}
    assert all(value >= 0 for value in steps.values())
    assert Path(report["output"]) == tmp_path / "out.png"


def test_weights_and_device_reach_the_model(run, photo, tmp_path, loaded):
    run("matte", photo, "red", "-o", tmp_path / "out.png", "--weights", "vit-b-16", "--device", "mps")
    assert [(one.weights, one.device) for one in loaded] == [("vit-b-16", "mps")]


@pytest.mark.parametrize(
    ("options", "inside", "outside"),
    [
        (["--edit", "matte"], 255, 0),
        (["--edit", "matte", "--depth", "16"], 65535, 0),
        (["--edit", "solid", "--color", "#00b140"], (230, 20, 20), (0, 177, 64)),
        (["--edit", "solid"], (230, 20, 20), (255, 255, 255)),
        (["--edit", "highlight", "--strength", "1"], (230, 20, 20), (0, 0, 0)),
        (["--edit", "highlight", "--strength", "0"], (230, 20, 20), (30, 160, 60)),
        (["--edit", "highlight", "--style", "blur"], (230, 20, 20), (30, 160, 60)),
        (["--edit", "highlight", "--style", "desaturate", "--strength", "1"], (230, 20, 20), (110, 110, 110)),
        (
            ["--edit", "highlight", "--style", "tint", "--strength", "1", "--color", "#0000ff"],
            (0, 0, 255),
            (30, 160, 60),
        ),
        (["--edit", "gradient", "--color", "#0000ff", "--to-color", "#0000ff"], (230, 20, 20), (0, 0, 255)),
        (["--edit", "gradient", "--color", "#0a0b0c", "--angle", "0"], (230, 20, 20), (10, 10, 11)),
        (["--edit", "background", "--background", "back.png"], (230, 20, 20), (1, 2, 3)),
        (["--edit", "background", "--background", "back.png", "--offset", "-0.5,2"], (230, 20, 20), (1, 2, 3)),
        (
            ["--edit", "background", "--background", "back.png", "--fit", "fit", "--offset=0,0.9", "--color", "#fff"],
            (230, 20, 20),
            (255, 255, 255),
        ),
        (["--edit", "solid", "--invert"], (255, 255, 255), (30, 160, 60)),
        (["--edit", "matte", "--shift-edge", "-5"], 255, 0),
        (["--edit", "background", "--background", "back.png", "--fit", "tile"], (230, 20, 20), (1, 2, 3)),
        (
            ["--edit", "background", "--background", "back.png", "--fit", "fit", "--color", "#fff"],
            (230, 20, 20),
            (255, 255, 255),
        ),
    ],
)
def test_every_edit(run, photo, tmp_path, monkeypatch, options, inside, outside):
    monkeypatch.chdir(tmp_path)
    Image.new("RGB", (9, 3), (1, 2, 3)).save("back.png")
    code, _, err = run("matte", photo, "the red square", "-o", "out.png", *options)
    assert (code, err) == (0, "")
    result = opened("out.png")
    assert (result[20, 30] == inside).all()
    assert np.abs(result[2, 2].astype(int) - outside).max() <= 1


def test_an_object_is_placed_with_shadow_and_outline(run, photo, tmp_path):
    options = ["--place", "right=0.25,down=0.2", "--outline", "width=5,color=#0000ff", "--edit", "solid"]
    shadow = ["--shadow", "angle=0,distance=20,softness=0,strength=1,color=#000000"]
    code, _, err = run("matte", photo, "the red square", "-o", tmp_path / "out.png", *options, *shadow)
    assert (code, err) == (0, "")
    result = opened(tmp_path / "out.png")
    # The square is 15 right and 10 down of its place in the image; 1 % is 0.6 pixels.
    assert (result[20:40, 35:55] == (230, 20, 20)).all()
    assert (result[21:39, 33] == (0, 0, 255)).all() and (result[18, 36:54] == (0, 0, 255)).all()
    assert (result[22:38, 58] == 0).all() and (result[22:38, 30] == 255).all()
    assert (result[10:15, 20:30] == 255).all()


def test_the_controls_change_the_matte(run, photo, tmp_path):
    mattes = []
    for options in ([], ["--shift-edge", "3"], ["--shift-edge", "-3"], ["--feather", "4"], ["--invert"]):
        out = tmp_path / f"{len(mattes)}.png"
        assert run("matte", photo, "the red square", "-o", out, "--edit", "matte", *options)[0] == 0
        mattes.append(opened(out).astype(int))
    plain, wide, narrow, feathered, inverted = mattes
    assert narrow.sum() < plain.sum() < wide.sum()
    assert ((feathered > 10) & (feathered < 245)).any()
    assert (inverted == 255 - plain).all()


def test_holes_are_filled_on_demand(run, tmp_path):
    pixels = np.full((40, 40, 3), (30, 160, 60), np.uint8)
    pixels[10:30, 10:30] = (230, 20, 20)
    pixels[18:22, 18:22] = (230, 180, 170)
    Image.fromarray(pixels).save(tmp_path / "ring.png")
    fill = "--fill-holes"
    for options, inside in (
        ([], 64),
        ([fill], 255),
        ([fill, "--largest-hole", "1"], 64),
        (["--largest-hole", "9"], 64),
    ):
        run("matte", tmp_path / "ring.png", "red", "-o", tmp_path / "a.png", "--edit", "matte", "--force", *options)
        assert opened(tmp_path / "a.png")[20, 20] == inside


def test_controls_that_leave_nothing_are_told(refused, run, photo, tmp_path):
    result = run("matte", photo, "red", "-o", tmp_path / "out.png", "--shift-edge", "-50")
    refused(result, 3, "leave nothing", "--allow-empty")
    assert not (tmp_path / "out.png").exists()


def test_layers(run, photo, tmp_path):
    out = tmp_path / "out.ora"
    assert run("matte", photo, "red", "-o", out, "--edit", "solid", "--color", "#00b140")[0] == 0
    with ZipFile(out) as archive:
        assert archive.read("mimetype") == b"image/openraster"
        stack = ElementTree.fromstring(archive.read("stack.xml"))
        assert [layer.get("name") for layer in stack.iter("layer")] == [
            "red cut-out", "red matte", "red background", "original",
        ]  # fmt: skip
        with Image.open(BytesIO(archive.read("mergedimage.png"))) as merged:
            assert merged.getpixel((30, 20)) == (230, 20, 20)
            assert merged.getpixel((2, 2)) == (0, 177, 64)
            assert merged.getexif()[0x013B] == "Ann"


@pytest.mark.parametrize("name", ["out.png", "out.ora"])
def test_metadata_can_be_left_out(run, photo, tmp_path, name):
    assert run("matte", photo, "red", "-o", tmp_path / name, "--no-metadata")[0] == 0
    assert b"Ann" not in (tmp_path / name).read_bytes()


def test_rights_and_resolution_travel_with_the_cutout(run, photo, tmp_path):
    packet = b'<x:xmpmeta xmlns:x="adobe:ns:meta/" xmlns:dc="http://purl.org/dc/elements/1.1/" dc:rights="Ann\'s"/>'
    with Image.open(photo) as image:
        image.save(tmp_path / "photo.jpg", quality=100, xmp=packet, dpi=(300, 300))
    assert run("matte", tmp_path / "photo.jpg", "red", "-o", tmp_path / "out.png")[0] == 0
    with Image.open(tmp_path / "out.png") as image:
        assert b"Ann's" in image.info["xmp"]
        assert round(image.info["dpi"][0]) == 300
    assert run("matte", tmp_path / "photo.jpg", "red", "-o", tmp_path / "bare.png", "--no-metadata")[0] == 0
    with Image.open(tmp_path / "bare.png") as image:
        assert not {"xmp", "dpi"} & image.info.keys()


def test_another_page_is_read_on_request_and_the_first_with_a_warning(run, photo, refused, tmp_path):
    with Image.open(photo) as image:
        pages = Image.new("RGB", image.size, (9, 9, 9)), image.convert("RGB")
        pages[0].save(tmp_path / "pages.tif", save_all=True, append_images=pages[1:])
    pages = tmp_path / "pages.tif"
    assert run("matte", pages, "red", "-o", tmp_path / "out.png", "--page", 2)[::2] == (0, "")
    assert opened(tmp_path / "out.png")[20, 30, :3].tolist() == [230, 20, 20]
    err = run("matte", pages, "red", "-o", tmp_path / "first.png", "--allow-empty")[2]
    assert err.startswith("rim-editor: warning: ")
    assert "several pages or frames: the first is read, --page N" in err
    refused(run("matte", pages, "red", "-o", tmp_path / "none.png", "--page", 3), 2, "no page 3", "from 1 to 2")


def test_the_transparency_of_the_image_limits_the_cutout(run, tmp_path):
    pixels = np.full((20, 20, 4), (230, 20, 20, 255), np.uint8)
    pixels[:, 10:, 3] = 0
    Image.fromarray(pixels).save(tmp_path / "half.png")
    assert run("matte", tmp_path / "half.png", "red", "-o", tmp_path / "out.png")[0] == 0
    cut = opened(tmp_path / "out.png")
    assert (cut[:, :10] == (230, 20, 20, 255)).all()
    assert (cut[:, 10:, 3] == 0).all()


def test_nothing_matches(refused, run, photo, tmp_path):
    result = run("matte", photo, "the zebra", "-o", tmp_path / "out.png")
    refused(result, 3, "Nothing in this image matches 'the zebra' (presence 0.12)", "other words", "--allow-empty")
    assert not (tmp_path / "out.png").exists()


def test_an_unsure_answer_is_written_with_one_line(run, photo, tmp_path):
    code, out, err = run("matte", photo, "maybe red", "-o", tmp_path / "out.png", "--json")
    assert code == 0 and (opened(tmp_path / "out.png")[10:30, 20:40, 3] == 255).all()
    assert err == "rim-editor: warning: Not sure that this is 'maybe red' (presence 0.40): check the result.\n"
    assert (json.loads(out)["certainty"], json.loads(out)["presence"]) == ("unsure", 0.4)


def test_the_best_guess_on_demand(refused, run, photo, tmp_path):
    refused(run("matte", photo, "red ghost", "-o", tmp_path / "out.png"), 3, "presence 0.03", "--best-guess")
    code, out, err = run("matte", photo, "red ghost", "-o", tmp_path / "out.png", "--best-guess", "--json")
    assert code == 0 and (opened(tmp_path / "out.png")[10:30, 20:40, 3] == 255).all()
    assert (
        err.count("\n") == 1
        and "warning: Nothing in this image matches 'red ghost' (presence 0.03): this is the best guess." in err
    )
    assert json.loads(out)["certainty"] == "none"


def test_a_speck_is_no_guess_but_what_is_there_may_be_small(refused, run, tmp_path):
    pixels = np.full((200, 300, 3), 90, np.uint8)
    pixels[100, 50:54] = (230, 20, 20)
    Image.fromarray(pixels).save(tmp_path / "speck.png")
    out = tmp_path / "out.png"
    refused(run("matte", tmp_path / "speck.png", "red ghost", "-o", out, "--best-guess"), 3, "ghost", "--allow-empty")
    assert not out.exists()
    assert run("matte", tmp_path / "speck.png", "red", "-o", out)[0] == 0
    assert (opened(out)[..., 3] > 0).sum() == 4


def test_a_guess_that_shows_nothing_is_not_written(refused, run, photo, tmp_path):
    refused(run("matte", photo, "the zebra", "-o", tmp_path / "out.png", "--best-guess"), 3, "zebra")
    assert not (tmp_path / "out.png").exists()


@pytest.mark.parametrize(
    ("expression", "bar", "code", "certainty"),
    [
        ("red", "0.98", 3, "none"),
        ("red", "0.97", 0, "sure"),
        ("maybe red", "0.5", 3, "none"),
        ("maybe red", "0.3", 0, "unsure"),
        ("red ghost", "0", 0, "unsure"),
        ("the zebra", "0", 3, "none"),
    ],
)
def test_scripts_set_a_bar_of_their_own(run, photo, tmp_path, expression, bar, code, certainty):
    result = run("matte", photo, expression, "-o", tmp_path / "out.png", "--at-least", bar, "--json")
    assert (result[0], json.loads(result[1])["certainty"]) == (code, certainty)
    assert (tmp_path / "out.png").exists() == (code == 0)


@pytest.mark.parametrize("bar", ["-0.1", "1.5", "much"])
def test_a_bar_outside_0_and_1_is_refused(refused, run, photo, tmp_path, bar):
    refused(run("matte", photo, "red", "-o", tmp_path / "out.png", "--at-least", bar), 2, "--at-least")


@pytest.mark.parametrize(
    ("expression", "force", "code", "certainty", "presence"),
    [
        ("red", True, 0, "sure", 0.97),
        ("maybe red", True, 0, "unsure", 0.4),
        ("the zebra", True, 3, "none", 0.12),
        ("red", False, 2, None, None),
        ("...", True, 2, None, None),
    ],
)
def test_json_has_certainty_and_presence_with_every_exit_code(
    run, photo, tmp_path, expression, force, code, certainty, presence
):
    (tmp_path / "out.png").write_bytes(b"there")
    forced = ["--force"] if force else []
    result = run("matte", photo, expression, "-o", tmp_path / "out.png", "--json", *forced)
    data = json.loads(result[1])
    assert result[0] == data["exit_code"] == code
    assert (data["certainty"], data["presence"]) == (certainty, presence)
    assert (data["expression"], data["weights"], data["image"]) == (expression, "compact", str(photo))
    if code:
        assert data["output"] is None and data["error"] in result[2]


def test_an_answer_is_known_even_if_the_file_cannot_be_written(run, photo, tmp_path, monkeypatch):
    def full(*_, **__):
        raise OutputNotWritable("the disk is full: make room.")

    monkeypatch.setattr("rim_editor.files.outputs.write", full)
    code, out, err = run("matte", photo, "maybe red", "-o", tmp_path / "out.png", "--json")
    assert code == 2 and json.loads(out)["certainty"] == "unsure" and "make room" in err


def test_an_object_where_the_image_is_transparent_is_nothing_too(refused, run, tmp_path):
    Image.new("RGBA", (20, 20), (230, 20, 20, 0)).save(tmp_path / "clear.png")
    refused(run("matte", tmp_path / "clear.png", "red", "-o", tmp_path / "out.png"), 3, "Nothing")


def test_an_empty_result_on_demand(run, photo, tmp_path):
    code, out, _ = run("matte", photo, "the zebra", "-o", tmp_path / "out.png", "--allow-empty", "--json")
    assert code == 0
    report = json.loads(out)
    assert report["box"] is None
    assert report["certainty"] == "none"
    assert (opened(tmp_path / "out.png") == 0).all()


def test_a_long_expression_is_told_in_one_line_and_done(run, photo, tmp_path):
    code, out, err = run("matte", photo, "red " * 30, "-o", tmp_path / "out.png", "--json")
    assert code == 0
    assert json.loads(out)["certainty"] == "sure"
    assert err == "rim-editor: warning: the expression is too long; not read: end\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["missing.jpg", "red", "-o", "out.png"], ["missing.jpg", "does not exist", "check"]),
        (["empty.jpg", "red", "-o", "out.png"], ["is empty", "again"]),
        (["letter.jpg", "red", "-o", "out.png"], ["is not a readable image", "use PNG"]),
        (["cut.png", "red", "-o", "out.png"], ["damaged", "again"]),
        (["cup.rim", "red", "-o", "out.png"], ["is a project", "rim-editor render"]),
        (["folder", "red", "-o", "out.png"], ["is a folder", "name an image file"]),
        (["photo.png", "", "-o", "out.png"], ["expression is empty", "say what"]),
        (["photo.png", " . ", "-o", "out.png"], ["expression is empty"]),
        (["photo.png", "red", "-o", "none/out.png"], ["no folder", "create it"]),
        (["photo.png", "red", "-o", "letter.jpg/out.png"], ["no folder", "create it"]),
        (["photo.png", "red", "-o", "folder"], ["names no format", ".png"]),
        (["photo.png", "red", "-o", "out.gif"], ["names no format", ".png"]),
        (["photo.png", "red", "-o", "out.jpg"], ["transparency", "out.png"]),
        (["photo.png", "red", "-o", "photo.png"], ["is an input", "--force"]),
        (["photo.png", "red", "-o", "folder/../photo.png"], ["is an input", "--force"]),
        (["photo.png", "red", "-o", "link.png"], ["is an input", "--force"]),
        (["photo.png", "red", "-o", "back.png"], ["exists already", "--force"]),
        (["photo.png", "red", "-o", "out.png", "--quality", "80"], ["lossless", "leave it out"]),
        (["photo.png", "red", "-o", "out.webp", "--quality", "101"], ["--quality", "100"]),
        (["photo.png", "red", "-o", "out.webp", "--edit", "matte", "--depth", "16"], ["16 bits", ".png"]),
        (["photo.png", "red", "-o", "out.png", "--edit", "matte", "--depth", "12"], ["8 or 16"]),
        (["photo.png", "red", "-o", "out.png", "--edit", "solid", "--color", "mauve"], ["mauve", "#rrggbb"]),
        (["photo.png", "red", "-o", "out.png", "--color", "#fff"], ["--color", "--edit solid"]),
        (["photo.png", "red", "-o", "out.png", "--edit", "highlight", "--color", "#fff"], ["--style tint"]),
        (["photo.png", "red", "-o", "out.png", "--edit", "highlight", "--strength", "2"], ["--strength"]),
        (["photo.png", "red", "-o", "out.png", "--edit", "sepia"], ["sepia", "cutout"]),
        (["photo.png", "red", "-o", "out.png", "--edit", "background"], ["--background FILE"]),
        (["photo.png", "red", "-o", "out.png", "--background", "back.png"], ["--edit background"]),
        (["photo.png", "red", "-o", "out.png", "--to-color", "#fff"], ["--to-color", "--edit gradient"]),
        (["photo.png", "red", "-o", "out.png", "--edit", "gradient", "--to-color", "dusk"], ["dusk", "#rrggbb"]),
        (["photo.png", "red", "-o", "out.png", "--edit", "gradient", "--angle", "nan"], ["angle", "degrees"]),
        (["photo.png", "red", "-o", "out.png", "--edit", "solid", "--offset", "0,0"], ["--edit background"]),
        *(
            (
                [
                    "photo.png",
                    "red",
                    "-o",
                    "out.png",
                    "--edit",
                    "background",
                    "--background",
                    "back.png",
                    "--offset",
                    o,
                ],
                ["offset", "0.1"],
            )
            for o in ("left", "1", "1,2,3", "", "nan,0", "0,inf")
        ),
        (["photo.png", "red", "-o", "out.png", "--edit", "solid", "--scale", "2"], ["--edit background"]),
        (["photo.png", "red", "-o", "out.png", "--scale", "20"], ["--scale", "10"]),
        (["photo.png", "red", "-o", "out.png", "--shadow", "strength=2"], ["strength of a shadow", "0 to 1"]),
        (["photo.png", "red", "-o", "out.png", "--shadow", "blur=2"], ["blur=2", "softness"]),
        (["photo.png", "red", "-o", "out.png", "--outline", "width=wide"], ["'wide' is not a number", "width"]),
        (["photo.png", "red", "-o", "out.png", "--place", "scale=0"], ["scale of 0", "0.01 to 20"]),
        (["photo.png", "red", "-o", "out.png", "--match-colours", "7"], ["--match-colours", "1"]),
        (["photo.png", "red", "-o", "out.png", "--shift-edge", "51"], ["--shift-edge", "50"]),
        (["photo.png", "red", "-o", "out.png", "--feather", "-1"], ["--feather"]),
        (["photo.png", "red", "-o", "out.png", "--contrast", "nan"], ["contrast"]),
        (["photo.png", "red", "-o", "out.ora", "--quality", "80"], ["lossless", "leave it out"]),
        (["photo.png", "red", "-o", "none/out.ora"], ["no folder", "create it"]),
        (["photo.png", "red", "-o", "out.ora", "--edit", "matte", "--depth", "16"], ["16 bits", ".png"]),
        (
            ["photo.png", "red", "-o", "out.png", "--edit", "background", "--background", "missing.png"],
            ["missing.png", "does not exist"],
        ),
        (
            ["photo.png", "red", "-o", "out.png", "--edit", "background", "--background", "cut.png"],
            ["cut.png", "damaged"],
        ),
        (
            ["photo.png", "red", "-o", "back.png", "--edit", "background", "--background", "back.png"],
            ["is an input", "--force"],
        ),
        (["photo.png", "red"], ["--output", "--help"]),
        (["photo.png", "red", "-o", "out.png", "--colour", "x"], ["--colour", "--help"]),
    ],
)
def test_bad_input_is_one_line_and_nothing_is_written_or_loaded(
    refused, run, photo, tmp_path, monkeypatch, loaded, arguments, words
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty.jpg").touch()
    (tmp_path / "letter.jpg").write_text("dear reader, " * 50)
    (tmp_path / "cut.png").write_bytes(photo.read_bytes()[:120])
    (tmp_path / "folder").mkdir()
    (tmp_path / "link.png").symlink_to(photo)
    Image.new("RGB", (9, 3), (1, 2, 3)).save("back.png")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    refused(run("matte", *arguments), 2, *words)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
    assert loaded == []


def test_a_truncated_image_is_done_as_far_as_it_is_readable_with_a_warning(run, photo, tmp_path):
    noise = np.random.default_rng(0).integers(0, 40, (50, 60, 3), np.uint8)
    noise[10:20, 20:40] = (230, 20, 20)
    Image.fromarray(noise).save(tmp_path / "half.jpg", quality=95)
    content = (tmp_path / "half.jpg").read_bytes()
    (tmp_path / "half.jpg").write_bytes(content[: int(0.8 * len(content))])
    code, _, err = run("matte", tmp_path / "half.jpg", "red", "-o", tmp_path / "out.png")
    assert code == 0
    assert err.startswith("rim-editor: warning: '") and "is damaged or incomplete" in err and err.count("\n") == 1
    assert opened(tmp_path / "out.png").shape == (50, 60, 4)


def test_unknown_weights(refused, run, photo, tmp_path):
    result = run("matte", photo, "red", "-o", tmp_path / "out.png", "--weights", "unknown")
    refused(result, 2, "'unknown' is no model", "rim-editor models")
    assert not (tmp_path / "out.png").exists()


def test_force_replaces_even_the_input(run, photo):
    assert run("matte", photo, "red", "-o", photo, "--force")[0] == 0
    assert opened(photo).shape == (50, 60, 4)


def test_an_interrupt_leaves_nothing(refused, run, photo, tmp_path, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupt)
    refused(run("matte", photo, "red", "-o", tmp_path / "out.png"), 130, "interrupted")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["photo.png"]


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_stop_while_the_file_is_written_leaves_nothing_half(refused, run, photo, tmp_path, monkeypatch, name, step):
    if not hasattr(signal, name):
        pytest.skip("Windows has no such signal")
    asked = getattr(signal, name)
    monkeypatch.setattr(os, step, lambda *_: signal.raise_signal(asked))
    before = signal.signal(asked, signal.SIG_DFL)  # the tests themselves may run under nohup
    try:
        refused(run("matte", photo, "red", "-o", tmp_path / "out.png"), 130, "interrupted: nothing was written")
        assert signal.getsignal(asked) is signal.SIG_DFL
    finally:
        signal.signal(asked, before)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["photo.png"]


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="Windows has no such signal")
def test_under_nohup_a_closed_terminal_stops_nothing(run, photo, tmp_path, monkeypatch):
    usual = os.replace
    monkeypatch.setattr(os, "replace", lambda *paths: (signal.raise_signal(signal.SIGHUP), usual(*paths)))
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        assert run("matte", photo, "red", "-o", tmp_path / "out.png")[0] == 0
    finally:
        signal.signal(signal.SIGHUP, before)
    assert (tmp_path / "out.png").stat().st_size > 100


def test_a_mistake_in_the_program_is_not_hidden(run, photo, tmp_path, monkeypatch):
    def fail(*_):
        raise ZeroDivisionError

    monkeypatch.setattr(matting, "load_predictor", fail)
    with pytest.raises(ZeroDivisionError):
        run("matte", photo, "red", "-o", tmp_path / "out.png")
