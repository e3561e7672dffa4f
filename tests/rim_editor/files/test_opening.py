"""Opening: by what a file holds, whatever it is called; what a crash left goes on top of its project."""

import warnings

import numpy as np
import pytest
from PIL import Image

from clipmat import image_files
from clipmat.errors import ImageUnreadable
from rim_editor import processes
from rim_editor.documents.document import Brush, Document, Stroke
from rim_editor.documents.edits import SolidColour
from rim_editor.documents.history import History
from rim_editor.errors import EditorWarning, ProjectUnreadable
from rim_editor.files import opening, projects
from rim_editor.files.recovery import Recovery

STROKE = Stroke(Brush.KEEP, ((3.0, 3.0),), 2.0)


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "photo.png"
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (6, 9, 3)).astype(np.uint8)).save(path)
    return path


@pytest.fixture
def history(photo):
    history = History(Document(image_files.read(photo)))
    history.commit(history.current.changed(parts=(STROKE,)), "Paint")
    return history


@pytest.fixture
def project(tmp_path, history):
    path = tmp_path / "work.rim"
    projects.write(path, history.steps, history.place)
    return path


def left_behind(folder, monkeypatch, document, project):
    Recovery(folder).save("one", document, project, linked=True)
    monkeypatch.setattr(processes, "is_running", lambda name: False)
    (left,) = Recovery(folder).recoverable()
    return left


def test_an_image_is_saved_as_it_is(photo):
    opened = opening.read(photo)
    assert opened.saved and opened.project is None and opened.source.path == photo
    assert not opened.history.can_undo


def test_a_project_is_known_by_what_it_holds(project):
    renamed = project.rename(project.with_suffix(".zip"))
    opened = opening.read(renamed)
    assert opened.project == renamed and opened.saved and opened.history.undo_name == "Paint"


def test_a_damaged_project_is_unsaved_and_a_new_one(project):
    project.write_bytes(project.read_bytes()[:-30])
    with pytest.warns(EditorWarning, match="'work.rim' is damaged. Lost: the end of the file. The rest was opened"):
        opened = opening.read(project)
    assert not opened.saved and opened.project is None and opened.history.undo_name == "Paint"


def test_an_image_that_is_called_a_project_is_none(photo):
    renamed = photo.rename(photo.with_suffix(".rim"))
    with pytest.raises(ProjectUnreadable):
        opening.read(renamed)
    with pytest.raises(ImageUnreadable):
        opening.read(renamed.with_suffix(".png"))


def test_what_a_crash_left_is_the_next_step_of_its_project(tmp_path, monkeypatch, history, project):
    changed = history.current.changed(edit=SolidColour())
    left = left_behind(tmp_path / "states", monkeypatch, changed, project)
    assert left.name == "work.rim"
    opened = opening.restore(left)
    assert (opened.project, opened.linked, opened.saved) == (project, True, False)
    assert [step.name for step in opened.history.steps] == ["", "Paint", "Restore unsaved work"]
    assert opened.history.current.edit == SolidColour()
    assert opened.source is opened.history.steps[0].document.source


@pytest.mark.parametrize("change", ["gone", "damaged"])
def test_without_its_project_what_a_crash_left_is_all_there_is(tmp_path, monkeypatch, history, project, change):
    left = left_behind(tmp_path / "states", monkeypatch, history.current, project)
    if change == "gone":
        project.unlink()
    else:
        project.write_bytes(project.read_bytes()[:-30])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        opened = opening.restore(left)
    assert opened.project == (project if change == "gone" else None), "a damaged one is not written over"
    assert not opened.saved and not opened.history.can_undo and opened.history.current.parts == (STROKE,)


def test_a_document_without_a_project_is_restored_alone(tmp_path, monkeypatch, history):
    opened = opening.restore(left_behind(tmp_path / "states", monkeypatch, history.current, None))
    assert opened.project is None and not opened.saved and opened.history.current.parts == (STROKE,)
