"""`rim-editor batch` from outside: exit codes, lines, JSON, files on the disk."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from rim_editor import matting
from rim_editor.batch import plan, resuming
from rim_editor.commands import cli

HEAVY = ("torch", "PySide6", "cv2", "numpy", "PIL", "open_clip", "numba", "pymatting")


@pytest.fixture
def photos(tmp_path):
    """Red squares on green in a folder and one below it, and one image where nothing is red."""
    for name in ("a.png", "b.png", "sub/a.jpg", "green.png"):
        pixels = np.full((50, 60, 3), (30, 160, 60), np.uint8)
        pixels[10:30, 20:40] = (30, 160, 60) if name == "green.png" else (230, 20, 20)
        path = tmp_path / "photos" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(path)
    return tmp_path / "photos"


@pytest.fixture
def run(capsys, loaded):
    def run(*arguments):
        code = cli.main(["batch", *map(str, arguments)])
        out, err = capsys.readouterr()
        return code, out, err

    return run


def files(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def opened(path):
    with Image.open(path) as image:
        return np.asarray(image)


def test_a_folder_in_a_folder_out(run, photos, tmp_path):
    before = {path: path.read_bytes() for path in photos.rglob("*") if path.is_file()}
    code, out, err = run(photos / "b.png", photos / "sub", "-o", tmp_path / "out", "-e", "the red square")
    assert (code, err) == (0, "")
    assert out.startswith("2 done in ") and out.rstrip().endswith("report.html")
    assert {"a.png", "b.png", "report.html", "report.json"} < set(files(tmp_path / "out"))
    cut = opened(tmp_path / "out" / "b.png")
    assert (cut[10:30, 20:40] == (230, 20, 20, 255)).all() and not cut[:10, :, 3].any()
    assert {path: path.read_bytes() for path in photos.rglob("*") if path.is_file()} == before


def test_every_result_has_the_outline_and_the_place(run, photos, tmp_path):
    options = ["--place", "down=0.2", "--outline", "width=5,color=#0000ff", "--no-report"]
    code, _, err = run(photos / "b.png", photos / "a.png", "-o", tmp_path / "out", "-e", "red", *options)
    assert (code, err) == (0, "")
    for name in ("a.png", "b.png"):
        cut = opened(tmp_path / "out" / name)
        assert (cut[20:40, 20:40] == (230, 20, 20, 255)).all() and (cut[25:35, 18] == (0, 0, 255, 255)).all()
    journal = (tmp_path / "out").glob("*.jsonl")
    assert any('"outline"' in path.read_text() for path in journal)


def test_another_page_of_every_image(run, photos, tmp_path):
    pages = photos / "pages.tif"
    with Image.open(photos / "b.png") as red, Image.open(photos / "green.png") as green:
        green.save(pages, save_all=True, append_images=[red.copy()])
    code, _, err = run(pages, photos / "b.png", "-o", tmp_path / "out", "-e", "red", "--page", 2)
    assert (code, files(tmp_path / "out")[1:2]) == (4, ["pages.png"])
    assert (opened(tmp_path / "out" / "pages.png")[10:30, 20:40] == (230, 20, 20, 255)).all()
    assert "b.png' has no page 2: it holds one page" in err and "pages.tif" not in err
    pages.rename(photos / "more.tif")  # the journal keeps the page, and so does --resume
    (photos / "b.png").write_bytes((photos / "more.tif").read_bytes())
    code, _, _ = run("-o", tmp_path / "out", "--resume")
    assert code == 0 and (opened(tmp_path / "out" / "b.png") == opened(tmp_path / "out" / "pages.png")).all()


def test_recursively_and_flat(run, photos, tmp_path):
    run(photos, "-r", "-o", tmp_path / "deep", "-e", "red", "--no-report")
    assert "sub/a.png" in files(tmp_path / "deep")
    assert not [name for name in files(tmp_path / "deep") if "report" in name]
    run(photos, "-r", "-o", tmp_path / "flat", "-e", "red", "--flat", "--exists", "number")
    assert {"a.png", "a-2.png"} < set(files(tmp_path / "flat"))


def test_what_failed_is_named_and_the_rest_is_done(run, photos, tmp_path):
    (photos / "cut.jpg").write_bytes((photos / "sub" / "a.jpg").read_bytes()[:200])
    (photos / "empty.jpg").touch()
    code, out, err = run(photos, "-o", tmp_path / "out", "-e", "red", "--json")
    result = json.loads(out)
    assert code == 4
    assert result["counts"] == {"done": 2, "nothing-matched": 1, "failed": 2, "skipped": 0, "waiting": 0}
    assert {(Path(each["image"]).name, each["state"]) for each in result["bad"]} == {
        ("cut.jpg", "failed"),
        ("empty.jpg", "failed"),
        ("green.png", "nothing-matched"),
    }
    assert {each["state"]: (each["certainty"], each["presence"]) for each in result["bad"]} == {
        "failed": (None, None),
        "nothing-matched": ("none", 0.97),
    }
    assert not result["stopped"] and [Path(path).name for path in result["reports"]] == ["report.json", "report.html"]
    for name in ("cut.jpg", "empty.jpg", "green.png"):
        assert name in err
    assert all(line.startswith("rim-editor: ") for line in err.splitlines())


def test_rows_that_no_file_can_have_the_name_of_fail_and_the_others_are_done(run, photos, tmp_path):
    (photos / "loop").symlink_to("loop")
    bad = ["z" * 300 + ".jpg", "z" * 300 + "/a.jpg", "/".join(["z" * 250] * 20), "a\0b.jpg", "a\0/b.jpg", "\ud800.jpg"]
    rows = [{"image": name, "output": f"bad/{number}"} for number, name in enumerate([*bad, "loop", "loop/a.jpg"])]
    rows += [
        {"image": "a.png", "output": "behind", "edit": {"name": "background", "background": "\0.png"}},
        {"image": "z" * 250 + ".\0jpg"},
        {"image": "a.png"},
        {"image": "b.png", "output": "z" * 300},
    ]
    (photos / "list.jsonl").write_text("\n".join(map(json.dumps, rows)))
    code, out, err = run(photos / "list.jsonl", "-o", tmp_path / "out", "-e", "red", "--edit", "matte", "--json")
    data = json.loads(out)
    assert code == 4 and data["counts"]["done"] == 2 and data["counts"]["failed"] == len(rows) - 2
    assert "Something went wrong" not in err
    assert "a.png" in files(tmp_path / "out")


def test_a_bad_row_says_one_thing(run, photos, tmp_path):
    for line in (
        '{"image": "a.png", "edit": "nonsense"}',
        '{"image": "a.png", "edit": {"name": "highlight", "strength": NaN}}',
    ):
        (photos / "list.jsonl").write_text(line)
        code, out, err = run(photos / "list.jsonl", "-o", tmp_path / "out")
        assert (code, out, err.count("\n")) == (2, "", 1) and "line 1" in err
    (photos / "list.csv").write_text("image\n" + "z" * 300 + ".jpg\n")
    assert run(photos / "list.csv", "-e", "red", "-o", tmp_path / "out", "--dry-run")[2].count("\n") == 1


def test_what_the_model_is_not_sure_of_is_written_and_listed_for_review(run, photos, tmp_path):
    code, out, err = run(photos / "a.png", photos / "b.png", "-o", tmp_path / "out", "-e", "maybe red")
    assert code == 0 and {"a.png", "b.png"} < set(files(tmp_path / "out"))
    first, review = out.splitlines()
    assert first.startswith("2 done in ") and review.startswith("2 to review, least certain first: ")
    assert "a.png (0.40)" in review and "b.png (0.40)" in review
    assert err.count("warning: ") == 2 and "Not sure that this is 'maybe red'" in err
    result = json.loads(run(photos / "a.png", "-o", tmp_path / "other", "-e", "maybe red", "--json")[1])
    (each,) = result["review"]
    assert (Path(each["output"]).name, each["presence"]) == ("a.png", 0.4) and result["bad"] == []


def test_a_guess_is_written_on_demand_and_a_bar_is_set(run, photos, tmp_path):
    code, *_ = run(photos / "a.png", "-o", tmp_path / "none", "-e", "red ghost")
    assert code == 4 and "a.png" not in files(tmp_path / "none")
    code, out, _ = run(photos / "a.png", "-o", tmp_path / "guess", "-e", "red ghost", "--best-guess")
    assert code == 0 and "a.png" in files(tmp_path / "guess") and "1 to review" in out
    code, out, _ = run(photos / "a.png", "-o", tmp_path / "bar", "-e", "maybe red", "--at-least", "0.5")
    assert code == 4 and "1 nothing matched" in out and "review" not in out


def test_options_reach_the_results(run, photos, tmp_path):
    options = ["--edit", "solid", "--color", "#00b140", "--format", "JPG", "--quality", "95", "--longest-side", "30"]
    code, *_ = run(photos / "a.png", "-o", tmp_path / "out", "-e", "red", *options, "--template", "{stem} {expression}")
    assert code == 0
    result = opened(tmp_path / "out" / "a red.jpg")
    assert result.shape == (25, 30, 3)
    assert np.abs(result[1, 1].astype(int) - (0, 177, 64)).max() < 12


def test_layers_and_sidecars(run, photos, tmp_path):
    options = ("--format", "ora", "--sidecar", "--depth", "16")
    assert run(photos / "a.png", "-o", tmp_path / "out", "-e", "red", *options)[0] == 0
    assert {"a.ora", "a.matte.png"} < set(files(tmp_path / "out"))
    assert opened(tmp_path / "out" / "a.matte.png").max() == 65535


def test_a_matte_of_16_bits(run, photos, tmp_path):
    options = ("--edit", "matte", "--depth", "16")
    assert run(photos / "a.png", "-o", tmp_path / "out", "-e", "red", *options)[0] == 0
    assert opened(tmp_path / "out" / "a.png").max() == 65535


def test_expressions_are_joined_in_their_order(run, photos, tmp_path):
    order = ["--subtract", "x", "--add", "red one", "-e", "red", "--add", "red two", "--intersect", "--add"]
    code, out, err = run(photos / "a.png", "-o", tmp_path / "out", *order, "--dry-run", "--json")
    assert code == 0
    assert [(each["combine"], each["expression"]) for each in json.loads(out)["recipe"]["expressions"]] == [
        ("new", "red"),
        ("subtract", "x"),
        ("add", "red one"),
        ("add", "red two"),
        ("intersect", "--add"),
    ]


def test_weights_and_device_reach_the_model(run, photos, tmp_path, loaded):
    run(photos / "a.png", "-o", tmp_path / "out", "-e", "red", "--weights", "vit-b-16", "--device", "mps")
    assert [(one.weights, one.device) for one in loaded] == [("vit-b-16", "mps")]


def test_a_dry_run_shows_the_plan_and_does_nothing(run, photos, tmp_path, loaded):
    before = files(tmp_path)
    code, out, err = run(photos, "-r", "-o", tmp_path / "out", "-e", "red", "--dry-run")
    assert (code, err) == (0, "")
    assert f"{photos / 'sub' / 'a.jpg'} -> {tmp_path / 'out' / 'sub' / 'a.png'}" in out
    assert out.splitlines()[-1].startswith("4 images; about ")
    assert (files(tmp_path), loaded) == (before, [])


def test_a_plan_that_cannot_be(run, photos, tmp_path, loaded):
    arguments = (photos, "-r", "-o", tmp_path / "out", "-e", "red", "--flat")
    for more in ((), ("--dry-run",)):
        code, out, err = run(*arguments, *more)
        assert code == 2
        assert "is the result of" in err and "number, skip or overwrite" in err
        assert bool(out) == bool(more)
    assert loaded == [] and not (tmp_path / "out").exists()


def test_the_plan_as_json_says_what_is_amiss(run, photos, tmp_path):
    code, out, err = run(photos, "-r", "-o", tmp_path / "out", "--flat", "--dry-run", "--json")
    plan = json.loads(out)
    assert code == 2 and plan["fatal"]
    assert {"expression", "collision"} <= {problem["kind"] for problem in plan["problems"]}


def test_very_many_problems_are_cut_short(run, photos, tmp_path):
    code, out, err = run(*(f"{number}.jpg" for number in range(50)), "-o", tmp_path / "out", "-e", "red", "--dry-run")
    assert code == 0
    assert err.count("\n") == 21 and "… and 30 more" in err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["photos"], ["--output", "batch --help"]),
        (["-o", "out", "-e", "red"], ["No images", "name files"]),
        (["none", "-o", "out", "-e", "red"], ["'none' does not exist"]),
        (["photos", "-o", "out"], ["No expression", "say what to cut out"]),
        (["photos", "-o", "out", "--subtract", "red"], ["nothing to subtract"]),
        (["photos", "-o", "out", "-e", "red", "--depth", "16"], ["--depth", "--edit matte"]),
        (["photos", "-o", "out", "-e", "red", "--format", "jpg"], ["transparency", ".png"]),
        (["photos", "-o", "out", "-e", "red", "--format", "gif"], [".gif", ".webp"]),
        (["photos", "-o", "out", "-e", "red", "--template", "{name}"], ["{name}", "{stem}"]),
        (["photos", "-o", "out", "-e", "red", "--longest-side", "0"], ["--longest-side"]),
        (["photos", "-o", "out", "-e", "red", "--feather", "nan"], ["--feather"]),
        (["photos", "-o", "out", "-e", "red", "--edit", "background", "--background", "no.png"], ["no.png"]),
        (["photos", "-o", "out", "-e", "red", "--weights", "unknown"], ["'unknown' is no model"]),
        (["-o", "out", "--resume"], ["nothing to resume", "--resume"]),
        (["-o", "out", "--resume", "--dry-run"], ["--dry-run"]),
        (["photos", "-o", "out", "--resume", "--watch"], ["--watch", "--resume"]),
        (["-o", "out", "--watch", "-e", "red"], ["--watch", "folder"]),
        (["photos", "-o", "out", "--watch"], ["say what to cut out"]),
        (["photos", "-o", "out", "--watch", "-e", "red", "--format", "gif"], [".gif"]),
        (["photos", "-o", "photos", "--watch", "-e", "red"], ["photos", "choose another folder"]),
    ],
)
def test_mistakes(run, photos, tmp_path, monkeypatch, arguments, words):
    monkeypatch.chdir(tmp_path)
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    lines = [line for line in err.splitlines() if "warning: " not in line]
    assert len(lines) == 1 and lines[0].startswith("rim-editor: ")
    for word in words:
        assert word in err
    assert not [name for name in files(tmp_path) if not name.startswith("photos/") and "rim-editor" not in name]


@pytest.fixture
def interrupted(monkeypatch, tmp_path, loaded):
    """The program gets an interrupt while it looks for the last thing, once the first result is there."""
    with monkeypatch.context() as patch:
        load = matting.load_predictor

        def loading(*arguments):
            predictor = load(*arguments)
            predict = predictor.predict

            def predicting(expression):
                if len(predictor.images) == 4:
                    wait_for(tmp_path / "out" / "a.png")
                    os.kill(os.getpid(), signal.SIGINT)
                    time.sleep(0.3)
                return predict(expression)

            predictor.predict = predicting
            return predictor

        patch.setattr(matting, "load_predictor", loading)
        yield patch.undo


def wait_for(path):
    deadline = time.monotonic() + 30
    while not path.exists() and time.monotonic() < deadline:
        time.sleep(0.02)


def test_stopped_and_gone_on_with(run, photos, tmp_path, interrupted, monkeypatch):
    arguments = (photos, "-r", "-o", tmp_path / "out", "-e", "the red square", "--edit", "solid")
    handler = signal.getsignal(signal.SIGINT)
    code, out, err = run(*arguments)
    assert code == 5
    assert "stopping" in err and "continue with --resume" in err and "waiting" in out
    assert signal.getsignal(signal.SIGINT) is handler
    interrupted()
    code, out, err = run(*arguments)
    assert code == 2 and "exists already" in err and "continue it with --resume" in err
    code, out, err = run(*arguments, "--color", "#000", "--resume")
    assert code == 2 and "these differ" in err
    Image.new("RGB", (5, 5)).save(photos / "late.png")
    monkeypatch.chdir(tmp_path)
    code, out, err = run("photos", *arguments[1:], "--resume")
    assert code == 4  # nothing is red in one of them
    assert "1 images were not in the plan" in err
    assert out.startswith("3 done, 1 nothing matched in ")
    assert run("-o", tmp_path / "out", "--resume")[0] == 4
    assert {"a.png", "b.png", "sub/a.png"} < set(files(tmp_path / "out"))
    assert not [name for name in files(tmp_path / "out") if "part" in name]


@pytest.mark.parametrize("options", [(), ("--dry-run",), ("--watch",)])
def test_an_interrupt_before_it_begins_does_not_offer_to_resume(run, photos, tmp_path, monkeypatch, options):
    def interrupt(*given):
        raise KeyboardInterrupt

    monkeypatch.setattr(plan, "make_plan", interrupt)
    code, out, err = run(photos, "-o", tmp_path / "out", "-e", "red", "--json", *options)
    assert code == 130 and json.loads(out) == {"error": "interrupted: nothing was written.", "exit_code": 130}
    assert "interrupted: nothing was written." in err and "--resume" not in err
    assert not (tmp_path / "out").exists()


def test_an_interrupt_before_an_old_batch_goes_on_offers_to_resume_it(run, photos, tmp_path, monkeypatch, loaded):
    assert run(photos, "-o", tmp_path / "out", "-e", "red")[0] == 4

    def interrupt(*given):
        raise KeyboardInterrupt

    monkeypatch.setattr(resuming, "reopened", interrupt)
    code, _, err = run("-o", tmp_path / "out", "--resume")
    assert code == 5 and "continue with --resume" in err


def test_watching_goes_on_until_it_is_stopped(run, photos, tmp_path):
    def stop():
        wait_for(tmp_path / "out" / "b.png")
        os.kill(os.getpid(), signal.SIGINT)

    stopper = threading.Thread(target=stop)
    stopper.start()
    code, out, err = run(photos, "-o", tmp_path / "out", "-e", "red", "--watch")
    stopper.join()
    assert code in (0, 4, 5)
    assert "watching" in err and "Ctrl+C" in err
    assert "done" in out
    assert {"a.png", "b.png"} < set(files(tmp_path / "out"))


def test_help_is_light():
    code = "import sys; from rim_editor.commands.cli import main; code = main(sys.argv[1:])\n"
    code += f"sys.exit(f'imported {{found}}' if (found := set({HEAVY}) & set(sys.modules)) else code)"
    command = [sys.executable, "-W", "error", "-c", code, "batch", "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "--resume" in done.stdout and "Exit codes" in done.stdout
