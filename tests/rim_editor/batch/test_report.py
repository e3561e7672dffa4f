"""Reports: all that became of a batch, for programs and for people, whatever the names."""

import json
import os
from dataclasses import replace
from html.parser import HTMLParser
from io import BytesIO
from urllib.parse import unquote_to_bytes
from urllib.request import urlopen

import pytest
from PIL import Image

from clipmat.certainty import Certainty
from rim_editor import __version__
from rim_editor.batch import report
from rim_editor.batch.outcomes import Outcome, State
from rim_editor.batch.plan import Item, Plan
from rim_editor.batch.problems import Problem, ProblemKind
from rim_editor.batch.recipe import ExpressionTerm, Recipe
from rim_editor.documents.edit_description import EditDescription
from rim_editor.errors import OutputNotWritable
from rim_editor.files.exporting import Content

NASTY = "<script>alert('x')<script> & \"ü\" #1?.jpg"


def thumbnail():
    buffer = BytesIO()
    Image.new("RGBA", (3, 2), (1, 2, 3, 128)).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture
def plan(tmp_path):
    names = (NASTY, "failed.jpg", "nothing.jpg", "skipped.jpg", "waiting.jpg")
    terms = (ExpressionTerm("the <b>rose"),)
    items = tuple(
        Item(number, tmp_path / name, tmp_path / "out" / f"{name}.png", None, terms, EditDescription(), Content.RESULT)
        for number, name in enumerate(names)
    )
    (tmp_path / "out").mkdir()
    problems = (Problem(ProblemKind.LEFT_OUT, "2 files & a <folder> are left out."),)
    return Plan(items, problems, Recipe(terms), tmp_path / "out")


@pytest.fixture
def outcomes(plan):
    done, failed, nothing, skipped, _ = (
        Outcome(item.index, item.source, item.output, State.FAILED, f"'{item.source}' is damaged.")
        for item in plan.items
    )
    return [
        replace(
            done,
            state=State.DONE,
            text="",
            presence=0.97,
            milliseconds={"decode": 12.34, "edit": 100.0},
            sha256="ab" * 32,
            bytes=7,
            thumbnail=thumbnail(),
        ),
        failed,
        replace(nothing, state=State.NOTHING_MATCHED, presence=0.12, text="Nothing matches."),
        replace(skipped, state=State.SKIPPED, text="It is there."),
    ]


class Page(HTMLParser):
    """What a browser would find."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.sections, self.text = [], {}, ""
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag == "section":
            self.sections[dict(attributes)["id"]] = len(self.text)

    def handle_data(self, data):
        self.text += data

    def of(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]


def test_json_says_all(plan, outcomes):
    data, _ = report.write(plan, outcomes, stopped=True, seconds=12.34)
    assert data == plan.folder / "report.json"
    told = json.loads(data.read_bytes())
    assert told["program"] == "RIM Editor batch" and told["made_by"] == __version__
    assert told["counts"] == {"done": 1, "nothing-matched": 1, "failed": 1, "skipped": 1, "waiting": 1}
    assert (told["stopped"], told["seconds"], told["plan"]) == (True, 12.3, plan.digest)
    assert Recipe.from_json(told["recipe"]) == plan.recipe
    assert told["problems"][0]["text"] == plan.problems[0].text
    assert [each["state"] for each in told["outcomes"]] == ["done", "failed", "nothing-matched", "skipped"]
    first = told["outcomes"][0]
    assert (first["source"], first["presence"]) == (str(plan.items[0].source), 0.97)
    assert first["milliseconds"] == {"decode": 12.3, "edit": 100.0}
    assert "thumbnail" not in first


def test_the_page_needs_nothing_else_and_runs_nothing(plan, outcomes):
    _, path = report.write(plan, outcomes, seconds=12.34)
    page = Page(path.read_text(encoding="utf-8"))
    assert not page.of("script") and not page.of("link") and not page.of("b") and not page.of("folder")
    (image,) = page.of("img")
    with urlopen(image["src"]) as data:
        assert data.read() == thumbnail()
    (link,) = page.of("a")
    assert unquote_to_bytes(link["href"]) == os.fsencode(plan.items[0].output.name)
    for text in (NASTY, "the <b>rose", "0.97", "0.12", "112 ms", "is damaged", "It is there.", "2 files & a <folder>"):
        assert text in page.text
    assert "after 12 s" in page.text and "1 waiting" in page.text


def test_what_nothing_matched_is_apart(plan, outcomes):
    page = Page(report.write(plan, outcomes)[1].read_text(encoding="utf-8"))
    starts = [page.sections[name] for name in ("failed", "nothing-matched", "done", "skipped", "plan")]
    assert starts == sorted(starts)
    assert "nothing.jpg" in page.text[starts[1] : starts[2]]


def test_what_is_not_sure_is_apart_least_certain_first(plan, outcomes):
    done = outcomes[0]
    for number, (presence, certainty) in enumerate([(0.6, "unsure"), (0.9, "sure"), (0.2, "unsure"), (0.05, "none")]):
        item = plan.items[number]
        outcomes[number] = replace(
            done,
            index=number,
            source=item.source,
            output=item.output,
            presence=presence,
            certainty=Certainty(certainty),
        )
    data, path = report.write(plan, outcomes)
    told, page = json.loads(data.read_bytes()), Page(path.read_text(encoding="utf-8"))
    assert told["review"] == [3, 2, 0] and told["counts"]["done"] == 4
    assert [each["certainty"] for each in told["outcomes"]] == ["unsure", "sure", "unsure", "none"]
    review = page.text[page.sections["review"] : page.sections["done"]]
    assert "(3)" in review and "failed.jpg" not in review
    places = [review.index(plan.items[number].source.name) for number in (3, 2, 0)]
    assert places == sorted(places)


def test_a_batch_that_was_stopped_at_once(plan):
    data, path = report.write(plan, iter(()), stopped=True)
    assert json.loads(data.read_bytes())["outcomes"] == []
    assert json.loads(data.read_bytes())["counts"]["waiting"] == 5
    assert "Stopped" in Page(path.read_text(encoding="utf-8")).text


def test_a_report_replaces_its_like_and_nothing_else(plan, outcomes):
    (plan.folder / "report.json").write_text("{}")
    (plan.folder / "report.html").mkdir()
    first = report.write(plan, outcomes)
    assert [path.name for path in first] == ["report-2.json", "report-2.html"]
    assert report.write(plan, outcomes[:1]) == first
    assert len(json.loads(first[0].read_bytes())["outcomes"]) == 1
    assert (plan.folder / "report.json").read_text() == "{}"
    assert sorted(path.name for path in plan.folder.iterdir()) == [
        "report-2.html",
        "report-2.json",
        "report.html",
        "report.json",
    ]


@pytest.mark.skipif(os.name == "nt", reason="no such names there")
def test_names_that_are_no_text(plan, outcomes):
    odd = plan.folder / os.fsdecode(b"\xff.png")
    data, path = report.write(plan, [replace(outcomes[0], output=odd)])
    assert json.loads(data.read_bytes())["outcomes"][0]["output"] == str(odd)
    (link,) = Page(path.read_text(encoding="utf-8")).of("a")
    assert unquote_to_bytes(link["href"]) == b"\xff.png"


def test_a_report_that_cannot_be_written(plan, outcomes):
    plan.folder.rmdir()
    with pytest.raises(OutputNotWritable, match="report"):
        report.write(plan, outcomes)


def test_no_folder_for_temporary_files_is_needed(plan, outcomes, monkeypatch):
    def nowhere(*_):
        raise FileNotFoundError(2, "No usable temporary directory found")

    monkeypatch.setattr("tempfile.gettempdir", nowhere)
    data, page = report.write(plan, [replace(outcomes[0], text="x" * 2**21)])
    assert len(json.loads(data.read_bytes())["outcomes"]) == 1 and page.stat().st_size > 2**21


def test_an_outcome_survives_json(outcomes):
    for outcome in outcomes:
        again = Outcome.from_json(json.loads(json.dumps(outcome.to_json())))
        assert again == replace(outcome, milliseconds=again.milliseconds)


def test_many_outcomes_are_not_kept(plan, outcomes):
    seen = 0

    def many():
        nonlocal seen
        for index in range(3000):
            seen += 1
            yield replace(outcomes[0], index=index, thumbnail=b"\xff\xd8" + bytes(2000))

    data, path = report.write(replace(plan, items=plan.items * 600), many())
    assert seen == 3000
    assert json.loads(data.read_bytes())["counts"]["done"] == 3000
    assert len(Page(path.read_text(encoding="utf-8")).of("img")) == 3000
