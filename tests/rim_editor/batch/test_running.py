"""A batch comes to its report whatever happens; killed at any moment and resumed, it ends as if it had not been."""

import errno
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from rim_editor.batch import resuming, running
from rim_editor.batch.batch_control import BatchControl
from rim_editor.batch.journal_file import NAME
from rim_editor.batch.outcomes import State
from rim_editor.batch.output_files import STAGING
from rim_editor.batch.recipe import ExpressionTerm, IfExists
from rim_editor.batch.running import PlanRefused

ROOT = Path(__file__).parents[3]


def told_in(folder):
    return json.loads((folder / "report.json").read_text(encoding="utf-8"))


def test_all_done(photos, plan_for, matting):
    plan, told = plan_for(photos(3)), []
    summary = running.export(plan, matting, on_progress=told.append)
    assert (summary.exit_code, summary.stopped, summary.left) == (0, False, 0)
    assert summary.counts[State.DONE] == 3 and [step.done for step in told] == [0, 1, 2, 3]
    report = told_in(plan.folder)
    assert report["stopped"] is False and len(report["outcomes"]) == 3
    assert {path.name for path in summary.reports} == {"report.json", "report.html"}
    assert not (plan.folder / STAGING).exists()


def test_some_failed_or_nothing_matched(photos, plan_for, matting):
    folder = photos(2)
    (folder / "broken.png").write_bytes(b"no image")
    summary = running.export(plan_for(folder), matting, write_report=False)
    assert summary.exit_code == 4 and summary.counts[State.FAILED] == 1 and summary.reports == ()
    summary = running.export(
        plan_for(photos(1, name="b"), folder / "out", expressions=(ExpressionTerm("blue"),)), matting
    )
    assert summary.exit_code == 4 and summary.counts[State.NOTHING_MATCHED] == 1


def test_a_refused_plan_is_not_begun(photos, plan_for, matting):
    folder = photos(2)
    running.export(plan_for(folder), matting)
    journal = (plan_for(folder).folder / NAME).read_bytes()
    with pytest.raises(PlanRefused, match="exists already.*1 more"):
        running.export(plan_for(folder, exists=IfExists.REFUSE), matting)
    assert (plan_for(folder).folder / NAME).read_bytes() == journal


def test_cancelled_and_resumed(photos, plan_for, matting, contents):
    plan, control = plan_for(photos(20), sidecar=True), BatchControl()

    def told(progress):
        if progress.done == 4:
            control.cancel()

    summary = running.export(plan, matting, control, told)
    assert summary.exit_code == 5 and summary.stopped and 0 < summary.left < 17
    assert told_in(plan.folder)["stopped"] is True
    assert not (plan.folder / STAGING).exists()
    before = contents(plan.folder)
    done = resuming.resume(plan.folder, matting)
    assert done.exit_code == 0 and done.counts[State.DONE] == 20
    after = contents(plan.folder)
    assert len(after) == 40 and after | before == after
    assert len(told_in(plan.folder)["outcomes"]) == 20
    again = resuming.resume(plan.folder, matting)
    assert again.exit_code == 0 and contents(plan.folder) == after


def test_an_interrupt_is_a_cancel(photos, plan_for, matting):
    def told(progress):
        if progress.done == 2:
            raise KeyboardInterrupt

    plan = plan_for(photos(12))
    assert running.export(plan, matting, on_progress=told).exit_code == 5
    assert resuming.resume(plan.folder, matting).exit_code == 0


def test_a_full_disk_is_told_and_resumed(photos, plan_for, matting, monkeypatch, contents):
    plan = plan_for(photos(8))
    usual, left = os.fsync, [12]

    def fsync(number):
        left[0] -= 1
        if left[0] < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        usual(number)

    monkeypatch.setattr(os, "fsync", fsync)
    summary = running.export(plan, matting)
    assert summary.exit_code == 5 and "make room" in summary.text and "--resume" in summary.text
    assert summary.counts[State.FAILED] == 0 and summary.counts[State.DONE] > 0
    monkeypatch.undo()
    assert resuming.resume(plan.folder, matting).exit_code == 0
    assert len(contents(plan.folder)) == 8


@pytest.mark.parametrize("how", ["moved", "deleted", "replaced"])
@pytest.mark.skipif(sys.platform == "win32", reason="Windows moves no folder in which a file is open")
def test_a_folder_that_is_moved_or_deleted_ends_the_batch_and_is_not_made_anew(
    photos, plan_for, matting, contents, how
):
    plan = plan_for(photos(20))
    running.export(plan_for(photos(20), plan.folder.with_name("whole")), matting)
    elsewhere = plan.folder.with_name("elsewhere")

    def meddle(progress):
        if progress.done == 3 and plan.folder.is_dir():
            plan.folder.rename(elsewhere)
            if how == "deleted":
                shutil.rmtree(elsewhere)
            elif how == "replaced":
                plan.folder.write_text("precious")

    summary = running.export(plan, matting, on_progress=meddle)
    assert (summary.exit_code, summary.reports) == (5, ())
    assert (
        summary.text.startswith(f"'{plan.folder}' was moved, deleted or closed: put it back")
        and "report" not in summary.text
    )
    if how == "replaced":
        assert plan.folder.read_text() == "precious"
        plan.folder.unlink()
    assert not plan.folder.exists()
    if how != "deleted":
        assert resuming.resume(elsewhere, matting).exit_code == 0
        assert contents(elsewhere) == contents(plan.folder.with_name("whole"))


def test_what_failed_is_tried_again(photos, plan_for, matting):
    folder = photos(2)
    whole = (folder / "00.png").read_bytes()
    (folder / "00.png").write_bytes(whole[:50])
    plan = plan_for(folder)
    assert running.export(plan, matting).exit_code == 4
    (folder / "00.png").write_bytes(whole)
    summary = resuming.resume(plan.folder, matting)
    assert summary.exit_code == 0 and summary.counts[State.DONE] == 2


# Loads once, then exports in children that are killed, each resuming what the one before left.
KILLED = """
import os, random, signal, sys, time
from pathlib import Path
import cv2, numpy as np
from rim_editor.batch import resuming, running
from rim_editor.batch.inputs import gather_inputs
from rim_editor.batch.journal_file import NothingToResume
from rim_editor.batch.pipeline import run
from rim_editor.batch.plan import make_plan
from rim_editor.batch.recipe import Recipe, ExpressionTerm
from rim_editor.documents.edit_description import EditDescription
from rim_editor.documents.edit_description import EditName
from rim_editor.matting import Matting

class Answer:
    presence, certainty, timings = 0.9, "sure", {}

class Slow:
    device, device_reason, precision = "cpu", "", "float32"
    def set_image(self, image):
        self.image = image
    def predict(self, expression):
        answer = Answer()
        answer.matte = self.image[..., 0].astype(np.float32) / 255
        time.sleep(0.002)
        return answer

def export(plan):
    matting = Matting(lambda *_: Slow())
    try:
        return resuming.resume(plan.folder, matting).exit_code
    except NothingToResume:
        return running.export(plan, matting).exit_code

folder, out, seed = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
recipe = Recipe(expressions=(ExpressionTerm("it"),), edit=EditDescription(EditName.MATTE), sidecar=True, depth=16)
plan = make_plan(gather_inputs([folder])[0], recipe, out)
chance, kills = random.Random(seed), 0
while True:
    child = os.fork()
    if not child:
        os._exit(export(plan))
    if seed:
        time.sleep(chance.uniform(0.005, 0.08))
        os.kill(child, signal.SIGKILL)
    status = os.waitpid(child, 0)[1]
    if os.WIFEXITED(status):
        print(kills, os.WEXITSTATUS(status))
        break
    kills += 1
    if kills == 30:
        seed = 0
"""


def exported(folder, out, seed):
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(folder), str(out), str(seed)],
        cwd=ROOT,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    kills, code = map(int, done.stdout.split())
    assert code == 0, done.stderr
    return kills


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the children are forked, so that they start in no time")
def test_killed_at_random_and_resumed_the_results_are_the_same_to_the_byte(photos, tmp_path, contents):
    folder = photos(50, size=(80, 60))
    exported(folder, tmp_path / "whole", 0)
    whole = contents(tmp_path / "whole")
    assert len(whole) == 100
    out = tmp_path / "killed"
    assert exported(folder, out, seed=1) >= 5
    assert contents(out) == whole
    report = told_in(out)
    assert [outcome["state"] for outcome in report["outcomes"]] == ["done"] * 50
    for outcome in report["outcomes"]:
        assert hashlib.sha256(Path(outcome["output"]).read_bytes()).hexdigest() == outcome["sha256"]
