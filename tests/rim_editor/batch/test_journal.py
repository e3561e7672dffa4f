"""Whatever moment a process dies at, its journal says what is done; nothing is done twice, nothing is lost."""

import errno
import hashlib
import json
import os
import subprocess
import sys
from dataclasses import replace
from io import FileIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clipmat.certainty import Certainty
from rim_editor.batch import resuming, stages
from rim_editor.batch.batch_control import BatchControl
from rim_editor.batch.journal import FolderInUse, Journal
from rim_editor.batch.journal_file import NAME, NothingToResume
from rim_editor.batch.outcomes import Outcome, State
from rim_editor.batch.output_files import STAGING, DiskFull
from rim_editor.batch.recipe import ExpressionTerm, Recipe
from rim_editor.batch.watching import watch
from rim_editor.errors import OutputExists, OutputNotWritable

RED = (ExpressionTerm("the red square"),)


def made(item, matting, recipe):
    return stages.finish(stages.find(stages.decode(item), matting, recipe), recipe)


@pytest.fixture
def work(matting):
    """A function that does items of a journal as the pipeline does, up to a step."""

    def do(journal, items, until="done"):
        for item in items:
            finished = made(item, matting, journal.plan.recipe)
            journal.record_made(finished.outcome)
            if until == "made":
                continue
            outcome = stages.write(finished, own=journal.own)
            if until == "done":
                journal.record_ended(outcome)

    return do


def test_a_new_journal_has_all_to_do_and_the_plan_in_its_first_line(photos, plan_for):
    plan = plan_for(photos(3))
    with Journal.begin(plan) as journal:
        assert journal.todo() == plan.items
    first = json.loads((plan.folder / NAME).read_text().splitlines()[0])
    assert first["digest"] == plan.digest
    with resuming.reopened(plan.folder) as journal:
        assert (journal.plan, journal.todo()) == (plan, plan.items)


@pytest.mark.parametrize("sidecar", [False, True])
def test_what_is_done_is_not_done_again(sidecar, photos, plan_for, work):
    plan = plan_for(photos(3), sidecar=sidecar)
    with Journal.begin(plan) as journal:
        work(journal, plan.items[:2])
        assert journal.todo() == plan.items[2:]
        told = list(journal.outcomes())
    with resuming.reopened(plan.folder) as journal:
        assert journal.todo() == plan.items[2:]
        assert journal.counts[State.DONE] == 2
        assert list(journal.outcomes()) == told and all(outcome.thumbnail for outcome in told)


def test_a_result_that_was_renamed_and_not_noted_is_done(photos, plan_for, work):
    plan = plan_for(photos(2), sidecar=True)
    with Journal.begin(plan) as journal:
        work(journal, plan.items[:1], "written")
    with resuming.reopened(plan.folder) as journal:
        assert journal.todo() == plan.items[1:]


def test_a_result_that_was_not_renamed_is_made_again_and_its_sidecar_replaced(photos, plan_for, work):
    plan = plan_for(photos(2), sidecar=True)
    with Journal.begin(plan) as journal:
        work(journal, plan.items[:1], "written")
    item = plan.items[0]
    item.output.unlink()  # as if the process had died between the two
    staged = item.output.parent / STAGING
    staged.mkdir()
    (staged / "half.png").write_bytes(b"half")
    with resuming.reopened(plan.folder) as journal:
        assert not staged.exists()
        assert journal.todo() == plan.items
        work(journal, plan.items)
        assert journal.todo() == ()


@pytest.mark.parametrize("change", ["gone", "another", "link"])
def test_a_result_that_is_not_as_it_was_made_is_not_taken_for_done(change, photos, plan_for, work):
    plan = plan_for(photos(1))
    with Journal.begin(plan) as journal:
        work(journal, plan.items)
    output, content = plan.items[0].output, plan.items[0].output.read_bytes()
    output.unlink()
    if change == "another":
        output.write_bytes(content[:-1] + b"!")
    elif change == "link":
        (output.parent / "elsewhere.png").write_bytes(content)
        output.symlink_to("elsewhere.png")
    with resuming.reopened(plan.folder) as journal:
        assert journal.todo() == plan.items
        if change != "gone":  # somebody else's now: it stays
            with pytest.raises(OutputExists):
                work(journal, plan.items)


def test_failures_are_tried_again_and_what_did_not_match_is_not(photos, plan_for):
    plan = plan_for(photos(3))
    with Journal.begin(plan) as journal:
        journal.record_ended(stages.failed(plan.items[0], MemoryError()))
        journal.record_ended(stages.skipped(plan.items[1]))
        assert journal.todo() == plan.items[2:]
        assert [outcome.state for outcome in journal.outcomes()] == [State.FAILED, State.SKIPPED]
    with resuming.reopened(plan.folder) as journal:
        assert journal.todo() == (plan.items[0], plan.items[2])


def test_one_process_at_a_time(photos, plan_for):
    plan = plan_for(photos(1))
    with Journal.begin(plan):
        for door in (lambda: Journal.begin(plan), lambda: resuming.reopened(plan.folder)):
            with pytest.raises(FolderInUse, match="is being exported into"):
                door()
        code = "import sys; from rim_editor.batch import resuming; resuming.reopened(sys.argv[1])"
        root = Path(__file__).parents[3]
        done = subprocess.run(
            [sys.executable, "-c", code, str(plan.folder)], cwd=root, capture_output=True, text=True, check=False
        )
        assert "FolderInUse" in done.stderr
    Journal.begin(plan).close()


RACE = """
import multiprocessing, sys
from pathlib import Path
from rim_editor.batch.journal import FolderInUse, Journal
from rim_editor.batch.plan import Plan
from rim_editor.batch.recipe import ExpressionTerm, Recipe
from rim_editor.batch import resuming

def work(number, barrier, folder, rounds, owners):
    for turn in range(rounds):
        plan = Plan((), (), Recipe(expressions=(ExpressionTerm(f"word {number} {turn}"),)), folder / str(turn // 2))
        barrier.wait(60)
        try:
            journal = Journal.begin(plan)
        except FolderInUse:
            journal = None
        else:
            owners[turn] += 1
        barrier.wait(60)
        if journal is not None:
            journal.close()
            assert resuming.reopened(plan.folder).plan == plan
        barrier.wait(60)

processes, rounds = 4, 20
there = multiprocessing.get_context("fork")
barrier, owners = there.Barrier(processes), there.Array("i", rounds)
started = [there.Process(target=work, args=(n, barrier, Path(sys.argv[1]), rounds, owners)) for n in range(processes)]
for each in started:
    each.start()
for each in started:
    each.join()
assert list(owners) == [1] * rounds, list(owners)
assert not any(each.exitcode for each in started)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="forks")
def test_of_processes_that_begin_at_one_moment_exactly_one_has_the_folder(tmp_path):
    """Twice in each folder: where there is no journal yet, and where there is a former one."""
    root = Path(__file__).parents[3]
    command = [sys.executable, "-c", RACE, str(tmp_path / "out")]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege")
def test_a_journal_that_is_a_link_is_not_written_through(photos, plan_for, tmp_path):
    plan = plan_for(photos(1))
    (tmp_path / "precious").write_text("precious")
    plan.folder.mkdir()
    (plan.folder / NAME).symlink_to(tmp_path / "precious")
    with pytest.raises(OutputNotWritable):
        Journal.begin(plan)
    assert (tmp_path / "precious").read_text() == "precious"


def test_a_journal_that_is_nested_without_end_is_damaged(tmp_path):
    (tmp_path / NAME).write_bytes(b"[" * 10**5 + b"\n")
    with pytest.raises(NothingToResume, match="delete it"):
        resuming.reopened(tmp_path)


def test_nothing_to_resume_is_told(tmp_path):
    with pytest.raises(NothingToResume, match="nothing to resume"):
        resuming.reopened(tmp_path)
    (tmp_path / NAME).touch()  # killed before the plan was written
    with pytest.raises(NothingToResume, match="stopped before it began: export without --resume"):
        resuming.reopened(tmp_path)
    for content in (b"{", b"[]\n", b'{"version": 2}\n', b'{"version": 2, "plan": {"recipe": 3}}\n'):
        (tmp_path / NAME).write_bytes(content)
        with pytest.raises(NothingToResume, match="delete it"):
            resuming.reopened(tmp_path)


def test_a_journal_of_the_first_release_is_refused_in_one_line_and_stays(tmp_path, matting):
    recipe = {"said": [{"expression": "the dog", "combine": "new"}], "edit": {"name": "cutout"}}
    plan = {"folder": str(tmp_path), "recipe": recipe, "items": [{"source": "a.jpg", "output": "a.png"}]}
    line = json.dumps({"event": "plan", "version": 1, "digest": "", "plan": plan}).encode() + b"\n"
    out, photos = tmp_path / "out", tmp_path / "in"
    out.mkdir()
    photos.mkdir()
    (out / NAME).write_bytes(line)
    for go_on in (
        lambda: resuming.reopened(out),
        lambda: watch([photos], Recipe(RED), out, matting, BatchControl()),
    ):
        with pytest.raises(NothingToResume, match="another version of RIM Editor: .*delete it") as refused:
            go_on()
        assert "\n" not in str(refused.value)
    assert (out / NAME).read_bytes() == line


def test_what_is_to_be_reviewed_survives_and_a_second_result_may_be_sure(photos, plan_for, work):
    plan = plan_for(photos(3))
    doubts = {0: (0.6, Certainty.UNSURE), 1: (0.1, Certainty.NONE), 2: (0.9, Certainty.SURE)}

    def results(journal, items):
        for item in items:
            presence, certainty = doubts[item.index]
            content = b"result of %d" % item.index
            item.output.write_bytes(content)
            outcome = Outcome(item.index, item.source, item.output, State.READY, presence=presence, certainty=certainty)
            journal.record_made(replace(outcome, sha256=hashlib.sha256(content).hexdigest()))
            journal.record_ended(replace(outcome, state=State.DONE))

    with Journal.begin(plan) as journal:
        results(journal, journal.todo())
        expected = ((plan.items[1], 0.1), (plan.items[0], 0.6))
        assert journal.doubtful == expected
    with resuming.reopened(plan.folder) as journal:
        assert journal.doubtful == expected and [each.certainty for each in journal.outcomes()] == [
            certainty for _, certainty in doubts.values()
        ]
    plan.items[1].output.unlink()
    with resuming.reopened(plan.folder) as journal:
        assert journal.doubtful == expected[1:], "its result is gone"
        doubts[1] = (0.95, Certainty.SURE)
        results(journal, journal.todo())
        assert journal.doubtful == expected[1:]


def test_a_journal_without_certainties_is_continued(photos, plan_for, work):
    plan = plan_for(photos(3))
    with Journal.begin(plan) as journal:
        work(journal, plan.items[:2])
    path = plan.folder / NAME
    first, *lines = (json.loads(line) for line in path.read_text().splitlines())
    first["version"] = 2
    for key in ("best_guess", "at_least"):
        del first["plan"]["recipe"][key]
    for line in lines:
        line.get("outcome", {}).pop("certainty", None)
    path.write_text("".join(json.dumps(line) + "\n" for line in (first, *lines)))
    with resuming.reopened(plan.folder) as journal:
        assert journal.todo() == plan.items[2:] and journal.doubtful == ()


def test_a_folder_that_was_renamed_is_gone_on_with(photos, plan_for, work):
    plan = plan_for(photos(2), sidecar=True)
    with Journal.begin(plan) as journal:
        work(journal, plan.items[:1])
    moved = plan.folder.rename(plan.folder.with_name("moved"))
    with resuming.reopened(moved) as journal:
        assert [item.index for item in journal.todo()] == [1]
        work(journal, journal.todo())
        assert journal.todo() == ()
    assert not plan.folder.exists()


def test_items_that_come_later_are_done_too(photos, plan_for, work):
    plan = plan_for(photos(2))
    more = plan_for(photos(3, name="more"), out=plan.folder / "more")
    looks = {item.source: (1, 2) for item in more.items}
    with Journal.begin(plan) as journal:
        work(journal, plan.items[:1])
        journal.extend(more, looks)
        assert [item.index for item in journal.todo()] == [1, 2, 3, 4]
        work(journal, journal.todo()[1:2])
    with resuming.reopened(plan.folder) as journal:
        assert [item.index for item in journal.todo()] == [1, 3, 4]
        assert journal.plan.items[3].source == more.items[1].source
        assert journal.seen == looks


def test_a_full_disk_leaves_whole_lines(photos, plan_for, work, monkeypatch):
    plan = plan_for(photos(2))
    room = [10**6]

    class SmallDisk(FileIO):
        def write(self, data):
            part = data[: room[0]]
            room[0] -= len(part)
            if not part:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return super().write(part)

    monkeypatch.setattr("rim_editor.batch.journal.FileIO", SmallDisk)
    journal = Journal.begin(plan)
    work(journal, plan.items[:1])
    room[0] = 40
    with pytest.raises(DiskFull, match="--resume"):
        journal.record_made(made_outcome(plan))
    room[0] = 10**6
    work(journal, plan.items[1:])
    journal.close()
    assert all(json.loads(line) for line in (plan.folder / NAME).read_bytes().splitlines())
    with resuming.reopened(plan.folder) as journal:
        assert journal.todo() == ()


def made_outcome(plan):
    return stages.failed(plan.items[1], MemoryError())


def test_a_journal_that_has_no_room_is_told(photos, plan_for, monkeypatch):
    plan = plan_for(photos(1))

    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DiskFull):
        Journal.begin(plan)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_journal_that_ends_anywhere_is_gone_on_with(data, photos, plan_for, work, tmp_path_factory, contents):
    """Cut at any byte, with the results that were there by then: the rest is done, and all is as if nothing was."""
    folder, whole = whole_run(photos, plan_for, work, contents)
    journal = (folder / NAME).read_bytes()
    first = journal.index(b"\n") + 1
    cut = data.draw(st.integers(first, len(journal)))
    there = tmp_path_factory.mktemp("cut")
    (there / NAME).write_bytes(journal[:cut])
    # A result can be there from the moment that it is noted as made, and is there from when it is noted as done.
    lines = [json.loads(line) for line in journal[:cut].split(b"\n")[:-1]]
    names = sorted(whole)
    done = {line["index"] for line in lines if line["event"] == "done"}
    for index in {line["outcome"]["index"] for line in lines if line["event"] == "made"}:
        if index in done or data.draw(st.booleans()):
            (there / names[index]).write_bytes(whole[names[index]])
    with resuming.reopened(there) as resumed:
        assert done.isdisjoint(item.index for item in resumed.todo())
        work(resumed, resumed.todo())
        assert resumed.counts[State.DONE] == 3
        assert [outcome.index for outcome in resumed.outcomes()] == [0, 1, 2]
    assert contents(there) == whole


_whole = {}


def whole_run(photos, plan_for, work, contents):
    if not _whole:
        plan = plan_for(photos(3))
        with Journal.begin(plan) as journal:
            work(journal, plan.items)
        _whole["run"] = plan.folder, contents(plan.folder)
    return _whole["run"]


def rewritten_lines(folder, change):
    """The events of a journal, changed by `change(events)`, in its place."""
    lines = [json.loads(line) for line in (folder / NAME).read_text().splitlines()]
    change(lines)
    (folder / NAME).write_text("".join(json.dumps(line) + "\n" for line in lines))


@pytest.mark.parametrize("place", ["/etc/rim-editor.png", "{folder}/../elsewhere.png", "{folder}/a\0.png"])
@pytest.mark.parametrize("file", ["output", "sidecar"])
def test_a_journal_cannot_have_anything_written_outside_of_its_folder(photos, plan_for, place, file):
    plan = plan_for(photos(2), sidecar=True)
    Journal.begin(plan).close()

    def change(lines):
        lines[0]["plan"]["items"][1][file] = place.format(folder=plan.folder)

    rewritten_lines(plan.folder, change)
    with pytest.raises(NothingToResume, match="not in the folder of the results.*delete it"):
        resuming.reopened(plan.folder)


@pytest.mark.parametrize(
    "outcome", [3, [], {}, {"index": {}}, {"index": 99, "state": "skipped"}, {"index": 0, "state": 7}]
)
def test_a_damaged_line_counts_as_never_written(photos, plan_for, work, outcome):
    plan = plan_for(photos(2))
    with Journal.begin(plan) as journal:
        work(journal, plan.items[:1])
    rewritten_lines(
        plan.folder, lambda lines: lines.extend({"event": kind, "outcome": outcome} for kind in ("made", "ended"))
    )
    with resuming.reopened(plan.folder) as journal:
        assert [one.index for one in journal.outcomes()] == [0]
        assert journal.todo() == plan.items[1:] and sum(journal.counts.values()) == 1
