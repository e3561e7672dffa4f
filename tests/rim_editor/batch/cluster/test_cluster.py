"""A batch on a Ray cluster ends as on one machine, whichever worker dies and when; one instance serves all tests."""

import itertools
import json
import os
import re
import signal
import socket
import sys
import threading
import time
from collections import Counter
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipmat import image_files
from clipmat.certainty import Certainty
from clipmat.errors import UnknownWeights
from rim_editor.batch import output_files, queues, resuming, running
from rim_editor.batch.batch_control import BatchControl
from rim_editor.batch.cluster import ClusterError, connection, fleet
from rim_editor.batch.cluster.connection import fleet_size
from rim_editor.batch.cluster.fleet import FleetSize, Scheduler
from rim_editor.batch.cluster.worker import Instructions, Worker, WorkerSetup
from rim_editor.batch.journal import Journal
from rim_editor.batch.journal_file import NAME
from rim_editor.batch.outcomes import State
from rim_editor.batch.output_files import STAGING, DiskFull
from rim_editor.batch.plan import Item
from rim_editor.commands import batch, cli
from rim_editor.documents.edit_description import EditDescription
from rim_editor.errors import EditorWarning
from rim_editor.files.exporting import Content
from rim_editor.matting import Matting
from rim_editor.model_requests import ModelOptions

ray = pytest.importorskip("ray")
SLOW = 0.03


class Answer:
    presence, certainty, timings = 0.9, Certainty.SURE, {}  # noqa: RUF012


class Predictor:
    """Finds red things, slowly, and notes in a folder which process was asked for which image."""

    device, device_reason, precision = "cpu", "", "float32"

    def __init__(self, notes, dies):
        self.notes, self.dies = notes, dies

    def set_image(self, image):
        self.image = image

    def predict(self, expression):
        name = int(self.image.sum())
        with (self.notes / f"{name}.txt").open("a") as file:
            file.write(f"{os.getpid()}\n")
        time.sleep(SLOW)
        self.dies(name)
        answer = Answer()
        answer.matte = (self.image[..., 0] > 200).astype(np.float32)
        return answer


def never(name):
    pass


def once(marker, die):
    try:
        marker.touch(exist_ok=False)
    except FileExistsError:
        return
    die()


def when(deadly, die, name):
    if name == deadly:
        die()


def sigkill():
    os.kill(os.getpid(), signal.SIGKILL)


def ray_kill():
    import ray

    ray.kill(ray.get_runtime_context().current_actor)
    time.sleep(10)


def both(folder, name):
    """Lets nobody go on before two processes are at work; tells how often this one was asked."""
    with (folder / f"{os.getpid()}.asked").open("a") as file:
        file.write(".")
    end = time.monotonic() + 30
    while len(list(folder.glob("*.asked"))) < 2 and time.monotonic() < end:
        time.sleep(0.02)
    return (folder / f"{os.getpid()}.asked").stat().st_size


def twice(folder, name):
    """One worker kills itself, and the other has Ray do it, each in the midst of the work."""
    if both(folder, name) == 3:
        once(folder / "killed", sigkill)
        once(folder / "killed by Ray", ray_kill)


def after_places(folder):
    """Lets one process die after it has placed a matte, and another after the result as well, before it could tell."""
    placed, usual = [], output_files.write

    def place(*arguments):
        usual(*arguments)
        placed.append(arguments)
        if len(placed) in (1, 2):
            once(folder / str(len(placed)), sigkill)

    output_files.write = place


def no_room():
    def place(path, *rest):
        raise DiskFull("The disk is full: make room.")

    output_files.write = place


def load(notes, dies, before, *model):
    before()
    return Predictor(notes, dies)


def nothing():
    pass


def no_such_weights():
    raise UnknownWeights("'it' is no model.")


@pytest.fixture(scope="module")
def workers():
    """Two of one core, on a Ray that is started here."""
    ray.cloudpickle.register_pickle_by_value(sys.modules[__name__])
    before = signal.getsignal(signal.SIGTERM)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(queues, "usable_cores", lambda: 2)
        with connection.connected("local", cores=1) as connected:
            assert signal.getsignal(signal.SIGTERM) is before
            yield connected
    assert not ray.is_initialized()


@pytest.fixture
def notes(tmp_path):
    folder = tmp_path / "notes"
    folder.mkdir()
    return folder


@pytest.fixture
def matting_that(notes):
    """A door to a model whose process may die of an image, or do something before the model is loaded."""

    def make(dies=never, before=nothing):
        return Matting(partial(load, notes, dies, before))

    return make


def asked(notes):
    """How often each image was looked for, and by which processes."""
    lines = {path.stem: path.read_text().split() for path in notes.glob("*.txt")}
    return {name: len(pids) for name, pids in lines.items()}, {int(pid) for pids in lines.values() for pid in pids}


def times_in_journal(folder):
    """How often the journal says that each item came to its end."""
    events = [json.loads(line) for line in (folder / NAME).read_text().splitlines()]
    ends = [each for each in events if each["event"] in ("done", "ended")]
    return Counter(each["index"] if each["event"] == "done" else each["outcome"]["index"] for each in ends)


def alive(pids):
    def runs(pid):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        return True

    return [pid for pid in pids if runs(pid)]


def test_the_same_comes_of_it_as_on_one_machine(workers, photos, plan_for, matting_that, notes, contents, capfd):
    folder = photos(12)
    (folder / "broken.png").write_bytes(b"no image")
    here, there = plan_for(folder, sidecar=True), plan_for(folder, folder.parent / "there", sidecar=True)
    told, told_there = [], []
    summary = running.export(here, matting_that(), on_progress=told.append)
    others = running.export(
        there, matting_that(partial(both, folder.parent)), on_progress=told_there.append, run=workers.run
    )
    assert others.exit_code == summary.exit_code == 4 and others.counts == summary.counts
    assert contents(there.folder) == contents(here.folder) and len(contents(there.folder)) == 24
    assert [(step.done, step.total) for step in told_there] == [(step.done, step.total) for step in told]
    assert told_there[-1].seconds_left == 0 and told_there[-1].images_per_second > 0
    ends = [
        {step.outcome.index: (step.outcome.state, step.outcome.text, step.outcome.sha256) for step in steps[1:]}
        for steps in (told, told_there)
    ]
    assert ends[0] == ends[1]
    reports = [json.loads((plan.folder / "report.json").read_text()) for plan in (here, there)]
    assert reports[0]["counts"] == reports[1]["counts"] and len(reports[1]["outcomes"]) == 13
    assert set(times_in_journal(there.folder).values()) == {1}
    assert len(asked(notes)[1] - {os.getpid()}) == 2
    assert capfd.readouterr() == ("", "")


def test_workers_that_are_killed_lose_nothing(
    workers, photos, plan_for, matting_that, notes, tmp_path, contents, capfd
):
    folder = photos(16)
    running.export(plan_for(folder), matting_that())
    plan = plan_for(folder, tmp_path / "there")
    with pytest.warns(EditorWarning, match="worker on .* was lost") as warned:
        summary = running.export(plan, matting_that(partial(twice, tmp_path)), run=workers.run)
    assert len(warned) == 2 and summary.exit_code == 0
    assert contents(plan.folder) == contents(tmp_path / "out") and len(contents(plan.folder)) == 16
    assert times_in_journal(plan.folder) == dict.fromkeys(range(16), 1)
    assert len(asked(notes)[1] - {os.getpid()}) in (3, 4)
    assert capfd.readouterr() == ("", "")


def test_workers_that_die_while_they_write(workers, photos, plan_for, matting_that, tmp_path, contents):
    folder = photos(8)
    running.export(plan_for(folder, sidecar=True), matting_that())
    plan = plan_for(folder, tmp_path / "there", sidecar=True)
    with pytest.warns(EditorWarning, match="lost"):
        summary = running.export(plan, matting_that(before=partial(after_places, tmp_path)), run=workers.run)
    assert (tmp_path / "1").exists() and (tmp_path / "2").exists() and summary.exit_code == 0
    assert contents(plan.folder) == contents(tmp_path / "out") and len(contents(plan.folder)) == 16
    assert times_in_journal(plan.folder) == dict.fromkeys(range(8), 1)


def test_an_image_that_kills_is_given_up_and_nobody_else_suffers(workers, photos, plan_for, matting_that, notes):
    folder = photos(8)
    plan = plan_for(folder)
    poison = int(image_files.read(plan.items[3].source).pixels.sum())
    with pytest.warns(EditorWarning, match="lost") as warned:
        summary = running.export(plan, matting_that(partial(when, poison, sigkill)), run=workers.run)
    assert len(warned) in (1, 2) and asked(notes)[0][str(poison)] == 2
    assert summary.exit_code == 4 and summary.counts[State.DONE] == 7 and summary.counts[State.FAILED] == 1
    report = json.loads((plan.folder / "report.json").read_text())
    bad = [outcome for outcome in report["outcomes"] if outcome["state"] == "failed"]
    assert [each["index"] for each in bad] == [3]
    assert "03.png" in bad[0]["text"] and "given up: 2 processes" in bad[0]["text"] and "Scale" in bad[0]["text"]


def test_cancelled_and_resumed(workers, photos, plan_for, matting_that, notes, contents):
    plan, control = plan_for(photos(24)), BatchControl()

    def told(progress):
        if progress.done == 4:
            control.cancel()

    summary = running.export(plan, matting_that(), control, told, run=workers.run)
    assert summary.exit_code == 5 and 0 < summary.left < 21
    assert json.loads((plan.folder / "report.json").read_text())["stopped"] is True
    before = contents(plan.folder)
    assert len(before) == 24 - summary.left and not (plan.folder / STAGING).exists()
    done = resuming.resume(plan.folder, matting_that(), run=workers.run)
    assert done.exit_code == 0 and contents(plan.folder) | before == contents(plan.folder)
    assert times_in_journal(plan.folder) == dict.fromkeys(range(24), 1)
    end = time.monotonic() + 10
    while alive(asked(notes)[1]) and time.monotonic() < end:
        time.sleep(0.1)
    assert alive(asked(notes)[1]) == []


def test_a_pause_lets_nothing_begin_and_what_is_closed_can_be_resumed_here(workers, photos, plan_for, matting_that):
    plan, control = plan_for(photos(20)), BatchControl()
    with Journal.begin(plan) as journal:
        steps = workers.run(plan, matting_that(), journal, control)
        next(steps)
        next(steps)
        control.pause()
        rest = []
        going_on = threading.Thread(target=lambda: rest.extend(itertools.islice(steps, 12)))
        going_on.start()
        time.sleep(1)
        size = journal.path.stat().st_size
        time.sleep(0.5)
        assert journal.path.stat().st_size == size and len(rest) < 12
        control.resume()
        going_on.join(10)
        assert len(rest) == 12
        steps.close()
        assert journal.todo()
    assert resuming.resume(plan.folder, matting_that()).exit_code == 0
    assert times_in_journal(plan.folder) == dict.fromkeys(range(20), 1)


def test_what_stops_a_batch_here_stops_it_there(workers, photos, plan_for, matting_that, tmp_path):
    folder = photos(3)
    summary = running.export(plan_for(folder), matting_that(before=no_room), run=workers.run)
    assert (summary.exit_code, summary.left, summary.text) == (5, 3, "The disk is full: make room.")
    with pytest.raises(UnknownWeights, match=f"On '{socket.gethostname()}': 'it' is no model"):
        running.export(plan_for(folder, tmp_path / "b"), matting_that(before=no_such_weights), run=workers.run)
    with pytest.raises(ClusterError, match="has a GPU: choose"):
        plan = plan_for(folder, tmp_path / "c", model=ModelOptions(device="cuda"))
        running.export(plan, matting_that(), run=workers.run)


def test_workers_that_die_at_once_are_not_hired_for_ever(workers, photos, plan_for, matting_that):
    plan = plan_for(photos(3))
    with pytest.warns(EditorWarning, match="lost"):
        summary = running.export(plan, matting_that(before=sigkill), run=workers.run)
    assert (summary.exit_code, summary.left) == (5, 3)
    assert "die before they are ready" in summary.text and "--resume" in summary.text


def test_a_cluster_that_does_not_go_on(workers, photos, plan_for, matting_that, monkeypatch):
    usual, left = ray.wait, [8]

    def wait(*arguments, **options):
        left[0] -= 1
        if left[0] < 0:
            raise ray.exceptions.RaySystemError("gone")
        return usual(*arguments, **options)

    monkeypatch.setattr(ray, "wait", wait)
    summary = running.export(plan_for(photos(20)), matting_that(), run=workers.run)
    assert summary.exit_code == 5 and "does not answer" in summary.text and "--resume" in summary.text


def test_a_cluster_that_is_busy_is_not_waited_for_for_ever(workers, photos, plan_for, matting_that, monkeypatch):
    class Occupant:
        def here(self):
            return True

    occupant = ray.remote(Occupant).options(num_cpus=2).remote()
    try:
        assert ray.get(occupant.here.remote())
        monkeypatch.setattr(fleet, "START_SECONDS", 0.3)
        summary = running.export(plan_for(photos(3)), matting_that(), run=workers.run)
    finally:
        ray.kill(occupant)
    assert (summary.exit_code, summary.left) == (5, 3) and "ray status" in summary.text


def test_other_versions_and_folders_that_are_not_shared_are_refused(
    workers, photos, plan_for, matting_that, monkeypatch, tmp_path
):
    folder = photos(2)
    with monkeypatch.context() as patch, pytest.raises(ClusterError, match="RIM Editor .* install the same"):
        patch.setattr(fleet.rim_editor, "__version__", "99")
        running.export(plan_for(folder), matting_that(), run=workers.run)
    with Journal.begin(plan_for(folder, tmp_path / "b")) as journal:
        steps = workers.run(journal.plan, matting_that(), journal)
        next(steps)
        journal.path.write_bytes(b"another " + journal.path.read_bytes())
        with pytest.raises(ClusterError, match="not the same folder there: choose"):
            next(steps)


def test_the_command_line(workers, photos, tmp_path, matting_that, monkeypatch, capsys):
    monkeypatch.setattr(batch, "Matting", matting_that)
    folder, out = photos(3), tmp_path / "out"
    options = ["-e", "the red square", "--edit", "matte", "--ray", "local"]
    assert cli.main(["batch", str(folder), "-o", str(out), *options, "--json"]) == 0
    told, err = capsys.readouterr()
    assert json.loads(told)["counts"]["done"] == 3 and err == ""
    (out / "01.png").unlink()
    assert cli.main(["batch", "-o", str(out), "--resume", "--ray", "local"]) == 0
    assert (out / "01.png").exists()
    capsys.readouterr()
    assert cli.main(["batch", str(folder), "-o", str(out), *options, "--exists", "skip"]) == 0
    assert capsys.readouterr().out.startswith("3 skipped")
    assert cli.main(["batch", str(folder), "-o", str(out), *options, "--watch"]) == 2
    assert "leave --ray out" in capsys.readouterr().err


@pytest.fixture
def not_connected(monkeypatch):
    monkeypatch.setattr(ray, "is_initialized", lambda: False)


def refused(address):
    with pytest.raises(ClusterError) as caught, connection.connected(address):
        pass
    return str(caught.value)


@pytest.mark.parametrize("address", ["", "nowhere", "10.0.0.5", "host:", ":80", "host:port", "ray://host", "h:70000"])
def test_what_is_no_address_is_said_to_be_none(not_connected, address):
    assert "'local' to start one here" in refused(address)


def test_where_nobody_answers(not_connected):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    start = time.monotonic()
    for address in (f"127.0.0.1:{port}", f"ray://127.0.0.1:{port}"):
        assert f"No Ray cluster answers at '{address}'" in refused(address)
    assert time.monotonic() - start < 2


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ConnectionError("Could not find any running Ray instance. Please."), "any running Ray instance.*'ray start"),
        (RuntimeError("Version mismatch: The cluster was started with:\n    Ray: 2.9"), "Ray: 2.9.*install the same"),
        (ValueError("what else"), "what else.*ray status"),
    ],
)
def test_what_ray_says_is_told_with_a_remedy(not_connected, monkeypatch, error, words):
    def init(*_, **__):
        raise error

    monkeypatch.setattr(ray, "init", init)
    assert re.search(words, refused("auto"))


def test_without_ray(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    assert "install rim-editor[cluster]" in refused("local")


@pytest.mark.parametrize(
    ("machines", "device", "size"),
    [
        ([{"CPU": 2.0}], "auto", FleetSize(1, 2, 0)),
        ([{"CPU": 16.0}, {"CPU": 9.0}, {}], "cpu", FleetSize(6, 4, 0)),
        ([{"CPU": 32.0, "GPU": 4.0}, {"CPU": 64.0}], "auto", FleetSize(4, 8, 1)),
        ([{"CPU": 32.0, "GPU": 4.0}, {"CPU": 8.0, "GPU": 2.0}], "cuda", FleetSize(6, 4, 1)),
        ([{"CPU": 32.0, "GPU": 4.0}], "cpu", FleetSize(8, 4, 0)),
    ],
)
def test_one_worker_for_each_gpu_or_for_some_cores(machines, device, size):
    assert fleet_size(machines, device) == size


@pytest.mark.parametrize(("machines", "device"), [([], "auto"), ([{"memory": 1.0}], "cpu"), ([{"CPU": 4.0}], "cuda")])
def test_a_cluster_that_cannot_compute(machines, device):
    with pytest.raises(ClusterError, match="'ray start|choose the device"):
        fleet_size(machines, device)


def items_of(count):
    return [
        Item(number, Path(f"{number}"), Path(f"{number}.png"), None, (), EditDescription(), Content.RESULT)
        for number in range(count)
    ]


@given(st.integers(0, 40), st.integers(1, 5), st.integers(1, 8), st.sets(st.integers(0, 39), max_size=5), st.data())
def test_whatever_is_deadly_is_found_and_all_else_is_done_once(count, workers, most, deadly, data):
    scheduler = Scheduler(items_of(count), most)
    held = {worker: set() for worker in range(workers)}
    done, given_up, hired = [], [], workers
    for worker in held:
        scheduler.add_worker(worker)
    while not scheduler.finished:
        worker = data.draw(st.sampled_from(sorted(held)))
        dealt = {item.index for item in scheduler.assign(worker)}
        assert not any(dealt & other for other in held.values())
        held[worker] |= dealt
        assert len(held[worker]) <= most
        if not held[worker]:
            continue
        index = data.draw(st.sampled_from(sorted(held[worker])))
        if index not in deadly:
            scheduler.item_ended(worker, index)
            held[worker].remove(index)
            done.append(index)
            continue
        del held[worker]
        given_up += [item.index for item in scheduler.worker_lost(worker)]
        held[hired] = set()
        scheduler.add_worker(hired)
        hired += 1
    assert sorted(given_up) == sorted(deadly & set(range(count)))
    assert sorted(done) == sorted(set(range(count)) - deadly)
    assert hired - workers <= 2 * len(deadly)


def test_nobody_gets_more_than_a_share():
    scheduler = Scheduler(items_of(10), 7)
    for worker in range(4):
        scheduler.add_worker(worker)
    assert [len(scheduler.assign(worker)) for worker in range(4)] == [3, 3, 3, 1]
    alone = Scheduler(items_of(10), 7)
    alone.add_worker(0)
    assert len(alone.assign(0)) == 7 and alone.assign(0) == ()


def test_a_worker_writes_what_the_journal_knows_and_nothing_else(photos, plan_for, matting):
    plan = plan_for(photos(2))

    def until(what, orders=None):
        end = time.monotonic() + 10
        while time.monotonic() < end:
            news = worker.exchange(orders or Instructions())
            orders = None
            if getattr(news, what):
                return news
        raise AssertionError(what)

    worker = Worker()
    with Journal.begin(plan) as journal:
        start = journal.path.read_bytes()[:10]
        assert worker.start(WorkerSetup(plan.recipe, matting, 1, journal.path, start)) is None
        (made,) = until("made", Instructions(plan.items)).made
        worker.exchange(Instructions())
        assert not made.output.exists()
        news = until("ended", Instructions(recorded=frozenset({made.index})))
        assert [outcome.state for outcome in news.ended] == [State.DONE] and made.output.exists()
        other = news.made or until("made").made
        news = until("stopped", Instructions(cancelled=True))
        assert news.error is None and not news.ended and not other[0].output.exists()
