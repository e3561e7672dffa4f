import errno
import json
import re
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from typer.testing import CliRunner

from training import statistics
from training.entity import ColourShare, Garment
from training.files.labels import Label, LayoutError, Words, write_labels
from training.files.refmatte import label_file
from training.statistics import PAPER, app, bar_chart, markdown, report, statistics_of

LABELS = (
    Label(
        "a_0",
        "a",
        (
            Words("dog", "keyword"),
            Words("the big white dog", "basic"),
            Words("the dog on the left", "absolute", "left"),
        ),
        keyword="dog",
        kind="animal",
        colours=(ColourShare("white", 0.8), ColourShare("red", 0.2)),
        salient=True,
        transparent=False,
        relation="left",
        keyword_unambiguous=True,
    ),
    Label(
        "a_1",
        "a",
        (Words("the woman in a red dress", "basic"),),
        keyword="young woman",
        kind="human",
        garments=(Garment("dress", "red", 0.5, 0.9), Garment("hair", "black", 0.1, 0.9)),
        salient=False,
        transparent=False,
        relation="right",
        keyword_unambiguous=True,
    ),
    Label("b_0", "b", (Words("man", "keyword"),), keyword="man", kind="human", keyword_unambiguous=False),
    Label("b_1", "b", (), keyword="man", kind="human", keyword_unambiguous=False),
)


def test_the_lines_are_those_counted_by_hand():
    assert statistics_of(LABELS).lines() == {
        "images": "2",
        "entities": "4",
        "expressions": "5",
        "categories": "3",
        "entities an image": "2.00",
        "expressions an entity": "1.25",
        "keyword setting, images": "1",
        "keyword setting, entities": "2",
        "keyword setting, mean words": "1.50",  # dog, young woman
        "expression setting, mean words": "5.00",  # 4, 5 and 6 words
        "humans : animals : objects": "3 : 1 : 0",
    }


def test_the_histograms_are_those_counted_by_hand():
    found = statistics_of(LABELS).histograms
    assert found["kinds"] == {"human": 3, "animal": 1}
    assert found["colours"] == {"white": 1}
    assert found["garments"] == {"dress": 1, "hair": 1}
    assert found["salient"] == {"no": 1, "yes": 1} and found["transparent"] == {"no": 2}
    assert found["composed relations"] == {"left": 1}
    assert found["relations in expressions"] == {"left": 1}
    assert found["forms"] == {"basic": 2, "keyword": 2, "absolute": 1}
    assert found["words"] == {"dog": 3, "big": 1, "dress": 1, "left": 1, "man": 1, "red": 1, "white": 1, "woman": 1}


def test_refmatte_in_its_own_numbers():
    """The numbers of the paper agree with each other, so none was mistyped."""
    number = {line: float(value.replace(",", "")) for line, value in PAPER.items() if ":" not in value}
    assert number["entities"] / number["images"] == pytest.approx(number["entities an image"], abs=0.005)
    assert number["expressions"] / number["entities"] == pytest.approx(number["expressions an entity"], abs=0.005)


def test_the_table_has_every_line_of_the_paper_in_equal_columns():
    rows = [line for line in markdown({"train": statistics_of(LABELS)}).splitlines() if line.startswith("|")]
    assert len({len(row) for row in rows}) == 1 and len(rows) == len(PAPER) + 2
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]
    assert cells[0] == ["", "train", "RefMatte"]
    assert ["entities", "4", "118,749"] in cells
    assert ["humans : animals : objects", "3 : 1 : 0", "5 : 1 : 1"] in cells


def test_a_set_without_labels_or_keywords_divides_by_nothing():
    assert statistics_of(()).lines()["entities an image"] == "0.00"
    plain = statistics_of([Label("a_0", "a", (Words("the dog"),))])
    assert (
        plain.lines()["keyword setting, entities"] == "0" and plain.lines()["expression setting, mean words"] == "2.00"
    )
    assert "- kinds: unknown" in markdown({"x": plain})


@settings(deadline=None, max_examples=40)
@given(
    st.lists(
        st.tuples(
            st.sampled_from("abc"), st.sampled_from(["dog", "cat", ""]), st.sampled_from(["human", "animal", ""])
        ),
        max_size=12,
    )
)
def test_histograms_add_up(rows):
    labels = [
        Label(str(n), image, (Words("x", "basic"),), keyword=k, kind=kind) for n, (image, k, kind) in enumerate(rows)
    ]
    found = statistics_of(labels)
    assert found.images == len({image for image, _, _ in rows}) and found.entities == found.expressions == len(rows)
    assert sum(found.histograms["kinds"].values()) == sum(kind != "" for _, _, kind in rows)
    # By counting pairs: without our field, a keyword is ambiguous when it comes twice in an image.
    pairs = Counter((image, keyword) for image, keyword, _ in rows)
    clear = {image for image, _, _ in rows} - {image for (image, _), count in pairs.items() if count > 1}
    named = [image for image, keyword, _ in rows if image in clear and keyword]
    assert found.keyword_entities == len(named) and found.keyword_images == len(set(named))


def bar_lengths(chart, counts):
    """Pixels of each bar, measured in the picture: the longest run of its colour in the rows of the bar."""
    blue = (np.asarray(chart) == (70, 130, 180)).all(axis=2)
    lines = np.flatnonzero(blue.any(axis=1))
    bars = np.split(lines, np.flatnonzero(np.diff(lines) > 1) + 1)
    assert len(bars) == len(counts)
    return [int(blue[bar[0]].sum()) for bar in bars]


def test_bars_are_as_long_as_their_numbers():
    counts = {"left": 400, "right": 200, "top": 100, "a name that is far too long to be shown whole": 1}
    chart = bar_chart("relations", counts)
    lengths = bar_lengths(chart, counts)
    assert lengths[0] == pytest.approx(2 * lengths[1], abs=3) and lengths[1] == pytest.approx(2 * lengths[2], abs=3)
    assert 1 <= lengths[3] <= 4
    assert not (np.asarray(chart)[:, -1] < 255).any(), "numbers stay inside"
    assert bar_chart("nothing", {}).size[0] == 900


def write_split(folder, split, labels):
    write_labels(label_file(folder, split), labels)


def test_the_command_prints_every_split_and_leaves_json_and_charts(tmp_path):
    write_split(tmp_path, "train", LABELS)
    write_split(tmp_path, "test", LABELS[:2])
    result = CliRunner().invoke(app, [str(tmp_path)])
    assert result.exit_code == 0, result.output
    assert re.search(r"\| +\| train +\| test +\| RefMatte +\|", result.output)
    assert re.search(r"\| entities +\| 4 +\| 2 +\| 118,749 +\|", result.output)
    found = json.loads((tmp_path / "train" / "statistics.json").read_text(encoding="utf-8"))
    assert found["entities"] == 4 and found["histograms"]["kinds"] == {"human": 3, "animal": 1}
    with Image.open(tmp_path / "test" / "charts" / "relations_in_expressions.png") as chart:
        assert bar_lengths(chart.convert("RGB"), {"left": 1})
    one = CliRunner().invoke(app, [str(tmp_path), "--split", "test"])
    assert "train" not in one.output.splitlines()[0]


def test_a_folder_without_labels_and_an_unknown_split_are_named(tmp_path):
    with pytest.raises(LayoutError, match=r"no split 'train' \(found: none\): expected SPLIT/img_full"):
        report(tmp_path)
    write_split(tmp_path, "train", LABELS)
    with pytest.raises(LayoutError, match=r"no split 'val' \(found: train\)"):
        report(tmp_path, ["val"])


def test_a_full_disk_is_one_line(tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    write_split(tmp_path, "train", LABELS)
    monkeypatch.setattr("clipmat.files.whole_file", full)
    with pytest.raises(LayoutError, match="the disk is full"):
        report(tmp_path)


def test_most_frequent_come_first_and_long_lists_are_cut():
    words = Words(" ".join(f"w{i:02d} " * (40 - i) for i in range(30)), "basic")
    text = markdown({"x": statistics_of([Label("a_0", "a", (words,))])})
    line = next(line for line in text.splitlines() if line.startswith("- words"))
    assert line.startswith("- words: w00 40, w01 39") and line.endswith(", ...")
    assert line.count(",") == statistics._SHOWN
