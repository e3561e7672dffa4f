import errno
import json
import os
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from clipmat.certainty import Certainty
from training.report.judging import EvaluationError, Result
from training.report.runs import EvaluationRun, RunFolder, comparison_markdown, read_run, shared


def result(number, error=0.1, form="keyword", **fields):
    told = {"set": "made", "image_id": str(number), "entity_id": f"{number}/0", "expression": "the cup", "form": form}
    known = {"relation": "", "kind": "object", "category": "cup", "rivals": 0, "height": 100, "width": 200, "area": 0.2}
    found = {"presence": 0.9, "certainty": Certainty.SURE, "iou": 1 - error, "right": error < 0.5}
    errors = {"SAD": 20 * error, "MSE": error**2, "MAD": error}
    return Result(**{**told, **known, **found, "errors": errors, **fields})


def run(name, errors):
    return EvaluationRun(name, {"seed": 7}, tuple(result(number, error) for number, error in enumerate(errors)))


def lines(text):
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines() if line.startswith("|")]
    return [dict(zip(rows[0], row, strict=True)) for row in rows[2:]]


def test_the_better_run_is_bold_and_the_difference_is_the_paired_one():
    worse, better = [0.30, 0.20, 0.60, 0.10], [0.20, 0.15, 0.30, 0.10]
    first, second = lines(comparison_markdown([run("old", worse), run("new", better)]))
    assert (first["run"], second["run"]) == ("old", "new") and first["MAD less the first's"] == ""
    assert second["MAD"] == f"**{np.mean(better):.4f}**" and first["MAD"] == f"{np.mean(worse):.4f}"
    assert second["mean IoU"] == f"**{1 - np.mean(better):.3f}**", "here more is better"
    assert second["right object"] == "**1.000**" and first["right object"] == "0.750"
    assert first["missed"] == second["missed"] == "0.000", "nobody is better"
    gaps = np.subtract(better, worse)
    half = 1.96 * np.sqrt(np.var(gaps, ddof=1) / 4)
    assert second["MAD less the first's"] == f"{gaps.mean():+.4f} ± {half:.4f}"


def test_samples_of_one_image_are_no_proof_each():
    def asked(error):
        return [result(n, error[n], expression=f"{n}, {i}") for n in range(3) for i in range(10)]

    old, new = (
        EvaluationRun("old", {}, tuple(asked([0.3, 0.3, 0.3]))),
        EvaluationRun("new", {}, tuple(asked([0.1, 0.2, 0.3]))),
    )
    second = lines(comparison_markdown([old, new]))[1]
    assert second["MAD less the first's"] == f"-0.1000 ± {1.96 * 0.1 / np.sqrt(3):.4f}"


def test_three_runs_and_every_part_of_them():
    made = [run(name, [error] * 6 + [0.3] * 6) for name, error in (("a", 0.4), ("b", 0.2), ("c", 0.3))]
    made = [
        replace(r, results=tuple(replace(s, kind="human") if i < 6 else s for i, s in enumerate(r.results)))
        for r in made
    ]
    rows = lines(comparison_markdown(made))
    assert [r["run"] for r in rows] == ["a", "b", "c"] * 3
    human = [r for r in rows if r["set"] == "made, kind human"]
    assert [r["MAD"] for r in human] == ["0.4000", "**0.2000**", "0.3000"]
    assert [r["MAD less the first's"] for r in human] == ["", "-0.2000 ± 0.0000", "-0.1000 ± 0.0000"]
    objects = [r for r in rows if r["set"] == "made, kind object"]
    assert [r["MAD"] for r in objects] == ["0.3000"] * 3


def test_only_samples_that_all_matted_count_and_it_is_said():
    long, short = run("long", [0.1, 0.2, 0.9]), run("short", [0.1, 0.2])
    cut = shared([long, short])
    assert [len(r.results) for r in cut] == [2, 2]
    text = comparison_markdown([long, short])
    assert {row["MAD"] for row in lines(text)} == {"0.1500"}
    assert "the 2 samples that all runs share, of: long 3, short 2" in text


def test_the_order_of_the_samples_does_not_matter():
    one = run("one", [0.1, 0.4, 0.3])
    turned = EvaluationRun("turned", {}, one.results[::-1])
    assert lines(comparison_markdown([one, turned]))[1]["MAD less the first's"] == "+0.0000 ± 0.0000"


def test_runs_of_the_first_format_are_still_read(tmp_path):
    RunFolder(tmp_path).write_run(EvaluationRun("old", {}, (result(1), result(2))))
    content = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    for each, present in zip(content["results"], (True, False), strict=True):
        del each["certainty"]
        each["present"] = present
    content["format"] = "clipmat-evaluation-1"
    (tmp_path / "results.json").write_text(json.dumps(content), encoding="utf-8")
    assert [r.certainty for r in read_run(tmp_path).results] == [Certainty.SURE, Certainty.NONE]


def test_runs_without_a_common_sample_are_refused():
    other = EvaluationRun("new", {}, tuple(replace(r, set="elsewhere") for r in run("", [0.1]).results))
    with pytest.raises(EvaluationError, match="old and new have no sample in common: measure them with the same"):
        comparison_markdown([run("old", [0.1]), other])


def test_a_run_read_back_is_the_run(tmp_path):
    made = EvaluationRun(
        "mine, größer", {"data": ["x"], "limit": None}, (result(1, 0.123456789), result(2, form="negative"))
    )
    RunFolder(tmp_path / "new" / "out").write_run(made)
    assert read_run(tmp_path / "new" / "out") == read_run(tmp_path / "new/out/results.json") == made
    content = json.loads((tmp_path / "new/out/results.json").read_text(encoding="utf-8"))
    assert content["rows"][0]["per_image"]["MAD"] == pytest.approx(0.123456789)
    assert len(content["calibration"]["bins"]) == 10 and content["results"][0]["image_id"] == "1"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "No such file"),
        ("{", "Expecting property name"),
        ("[]", "it has another format"),
        ('{"format": "clipmat-evaluation-2", "name": "x", "made_with": {}}', "'results'"),
        ('{"format": "clipmat-evaluation-2", "name": "x", "made_with": {}, "results": []}', "it is empty"),
        ('{"format": "clipmat-evaluation-2", "name": "x", "made_with": {}, "results": [{"iou": 1}]}', "missing"),
    ],
)
def test_what_is_no_run_is_named_with_its_fault(tmp_path, content, reason):
    path = tmp_path / "results.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(EvaluationError, match=r"results\.json holds no results to compare .*" + reason):
        read_run(path)


def test_a_folder_that_cannot_be_written_says_so_at_once(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(EvaluationError, match=r"cannot be written \(.*\): make room, or choose another --out"):
        RunFolder(tmp_path / "file" / "out")


def test_a_full_disk_leaves_the_former_run_whole(tmp_path, monkeypatch):
    folder = RunFolder(tmp_path)
    folder.write_run(run("former", [0.1]))

    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(EvaluationError, match=r"results\.json cannot be written \(No space left"):
        folder.write_run(run("new", [0.1] * 50))
    assert read_run(tmp_path).name == "former" and os.listdir(tmp_path) == ["results.json"]


def test_a_matte_is_kept_as_it_was_to_a_level(tmp_path):
    matte = np.random.default_rng(0).random((30, 40)).astype(np.float32)
    RunFolder(tmp_path).write_matte(12, result(1, set="photos/val", expression="The Émile's cup!"), matte)
    path = tmp_path / "mattes/photos/val/00012_the-mile-s-cup.png"
    with Image.open(path) as kept:
        assert kept.mode == "L" and kept.size == (40, 30)
        np.testing.assert_allclose(np.asarray(kept) / 255, matte, atol=0.5 / 255 + 1e-6)
