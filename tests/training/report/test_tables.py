import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clipmat.certainty import Certainty
from training.report.judging import Result
from training.report.tables import FEW, rows_markdown, summarise, table


def result(error=0.1, **fields):
    fields = {
        "set": "made",
        "image_id": "1",
        "entity_id": "1/0",
        "expression": "the cup",
        "form": "basic",
        "relation": "",
        "kind": "object",
        "category": "cup",
        "rivals": 0,
        "height": 100,
        "width": 200,
        "area": 0.25,
        "presence": 0.9,
        "certainty": Certainty.SURE,
        "iou": 0.8,
        "right": True,
        "errors": {"SAD": 20 * error, "MSE": error**2, "MAD": error},
        **fields,
    }
    return Result(**fields)


def parsed(text):
    """A Markdown table read by the rules of GitHub: cells by column name, one dict a line."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    cells = [[c.strip().replace("\\|", "|") for c in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]
    head, rule, *rows = cells
    assert all(re.fullmatch(r"-{2,}:?", part) for part in rule)
    assert {len(row) for row in [rule, *rows]} <= {len(head)}
    return [dict(zip(head, row, strict=True)) for row in rows]


def test_plain_means_are_over_images_and_e_means_over_entities():
    # Image 1 has one entity, image 2 three; one of them is asked for twice.
    results = [result(0.1, image_id="1", entity_id="1/0")]
    results += [result(e, image_id="2", entity_id="2/0", expression=str(e)) for e in (0.2, 0.4)]
    results += [result(0.5, image_id="2", entity_id="2/1"), result(0.9, image_id="2", entity_id="2/2")]
    whole = summarise(results)[0]
    assert (whole.samples, whole.images, whole.entities) == (5, 2, 4)
    assert whole.per_image["MAD"] == pytest.approx((0.1 + (0.2 + 0.4 + 0.5 + 0.9) / 4) / 2)
    assert whole.per_entity["MAD"] == pytest.approx((0.1 + 0.3 + 0.5 + 0.9) / 4)
    assert whole.per_image["SAD"] == pytest.approx(20 * whole.per_image["MAD"])
    assert whole.megapixels == pytest.approx(0.02)


def test_the_size_is_a_mean_over_images_not_over_samples():
    small = [result(image_id="s", expression=str(i), height=10, width=100) for i in range(9)]
    assert summarise([*small, result(image_id="l", height=1000, width=3000)])[0].megapixels == pytest.approx(1.5005)


def test_shares_by_hand():
    results = [result(right=True)] * 5 + [result(right=False, certainty=Certainty.NONE, iou=0.0)] * 3
    negatives = [result(form="negative", entity_id="", category="", right=r, iou=float(r)) for r in (True, False) * 2]
    whole, nothing = summarise(results + negatives)[:2]
    assert (whole.name, whole.samples, whole.right, whole.missed) == ("made", 8, 5 / 8, 3 / 8)
    assert whole.iou == pytest.approx(0.5)
    assert (nothing.name, nothing.samples, nothing.right) == ("made, matching nothing", 4, 0.5)
    assert nothing.per_entity == {}


def test_every_part_has_a_row_but_the_whole_and_the_tiny():
    results = [result(form="keyword", kind="human", category="woman", image_id=str(i)) for i in range(FEW)]
    results += [result(form="absolute", relation="left", rivals=1, image_id=f"a{i}") for i in range(FEW)]
    results += [result(form="basic", rivals=1, image_id=f"b{i}", category="car") for i in range(FEW)]
    results += [result(form="relative", relation="top", image_id=f"r{i}") for i in range(FEW - 1)]
    names = {row.name.removeprefix("made").removeprefix(", ") for row in summarise(results)}
    assert names == {
        "",
        "setting keyword",
        "setting expression",
        "form absolute",
        "form basic",
        "position left",
        "two of a kind told apart by position",
        "two of a kind told apart by look",
        "kind human",
        "kind object",
        "category woman",
        "category cup",
        "category car",
    }


def test_sets_stay_apart_though_their_images_have_the_same_names():
    rows = {r.name: r for r in summarise([result(0.1, set="a"), result(0.3, set="b"), result(0.5, set="b")])}
    assert rows["a"].per_image["MAD"] == pytest.approx(0.1) and rows["b"].per_image["MAD"] == pytest.approx(0.4)
    assert rows["b"].samples == 2


def test_a_measure_that_some_samples_lack_is_the_mean_of_the_others():
    with_it = result(0.1, errors={"SAD": 1.0, "MSE": 0.1, "MAD": 0.1, "MAD trans.": 0.5})
    row = summarise([with_it, result(0.3, image_id="2", entity_id="2/0")])[0]
    assert row.per_image["MAD trans."] == row.per_entity["MAD trans."] == 0.5
    assert row.per_image["MAD"] == pytest.approx(0.2)


def test_the_table_read_back_holds_the_figures():
    results = [result(0.1234, image_id=str(i)) for i in range(3)]
    results.append(result(0.3, form="negative", entity_id="", right=False))
    whole, nothing = parsed(rows_markdown(summarise(results)))
    assert whole["set"] == "made" and whole["samples"] == "3" and float(whole["MP"]) == 0.02
    assert float(whole["SAD"]) == 2.47 and float(whole["MSE"]) == 0.0152 and float(whole["MAD"]) == 0.1234
    assert float(whole["MAD (E)"]) == 0.1234 and float(whole["mean IoU"]) == 0.8 and whole["right object"] == "1.000"
    assert nothing["set"] == "made, matching nothing" and nothing["MAD (E)"] == nothing["missed"] == ""
    assert nothing["right object"] == "0.000" and float(nothing["MAD"]) == 0.3


@given(st.lists(st.tuples(st.text("ab|\\ *1.", max_size=6), st.floats(-9, 9)), min_size=1, max_size=5))
@settings(deadline=None)
def test_any_cell_survives_a_table(rows):
    cells = [[name.replace("\\", "/").strip(), f"{value:.2f}"] for name, value in rows]
    read = parsed(table(["name", "value"], cells))
    assert [[row["name"], row["value"]] for row in read] == cells


def test_columns_of_a_table_stand_straight():
    text = table(["set", "SAD"], [["a very long name", "1.00"], ["b", "**12345.00**"]])
    assert np.unique([len(line) for line in text.splitlines()]).size == 1
    assert text.splitlines()[1].endswith("-: |"), "figures to the right"


def test_the_margin_is_that_of_a_mean_over_images():
    rng = np.random.default_rng(1)
    ious = rng.normal(0.6, 0.1, 400)
    whole = summarise([result(image_id=str(i), iou=float(iou)) for i, iou in enumerate(ious)])[0]
    assert whole.margin == pytest.approx(1.96 * ious.std() / 20, rel=0.12), "the normal approximation"
    clustered = summarise([result(image_id=str(i // 20), iou=float(ious[i // 20])) for i in range(400)])[0]
    assert clustered.margin > 2 * whole.margin, "samples of one image are no independent ones"
    assert summarise([result()] * 3)[0].margin == 0


def test_small_things_have_a_row_of_their_own():
    rows = summarise([result(area=area) for area in (0.01, 0.049, 0.05, 0.19, 0.2, 0.9) for _ in range(FEW)])
    parts = {row.value: row.samples for row in rows if row.group == "area"}
    assert parts == {"below 5 %": 2 * FEW, "5 to 20 %": 2 * FEW, "20 % and more": 2 * FEW}
