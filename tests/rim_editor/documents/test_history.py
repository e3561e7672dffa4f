"""History is judged by a plain list of documents."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from clipmat.image_files import OpenedImage
from rim_editor.documents.document import Answer, Brush, Combine, Document, Patch, Stroke
from rim_editor.documents.edits import Background, SolidColour
from rim_editor.documents.history import History

SOURCE = OpenedImage(None, np.zeros((10, 10, 3), np.uint8), None)
STROKE = Stroke(Brush.KEEP, ((1.0, 1.0),), 2.0)
DOCUMENT = Document.of_one_layer(SOURCE)


def answer(name, side=10):
    return Answer(name, Combine.ADD, np.zeros((side, side), np.float32), 0.9)


def with_answer(document, name, side=10):
    return document.changed(parts=(*document.parts, answer(name, side)))


def undo_names(history):
    names = []
    while history.can_undo:
        names.append(history.undo_name)
        history.undo()
    return names[::-1]


def test_a_new_history_has_nothing_to_undo_or_redo():
    history = History(DOCUMENT)
    assert history.current is DOCUMENT
    assert (history.can_undo, history.can_redo, history.undo_name, history.redo_name) == (False, False, "", "")
    history.undo()
    history.redo()
    assert history.current is DOCUMENT


def test_names_tell_what_undo_and_redo_will_do():
    history = History(DOCUMENT)
    history.commit(with_answer(DOCUMENT, "the hat"), "Add “the hat”")
    history.commit(history.current.changed(edit=SolidColour()), "Solid colour")
    assert (history.undo_name, history.redo_name) == ("Solid colour", "")
    history.undo()
    assert (history.undo_name, history.redo_name) == ("Add “the hat”", "Solid colour")
    history.undo()
    assert (history.undo_name, history.redo_name) == ("", "Add “the hat”")
    assert history.current is DOCUMENT


@settings(deadline=None, max_examples=80)
@given(st.lists(st.sampled_from(["commit", "a", "b", "undo", "redo", "end"]), max_size=40))
def test_history_is_a_list_with_a_place_in_it(actions):
    history, kept, at, gesture = History(DOCUMENT, steps=5), [DOCUMENT], 0, ""
    for action in actions:
        if action == "undo":
            history.undo()
            at, gesture = max(0, at - 1), ""
        elif action == "redo":
            history.redo()
            at, gesture = min(len(kept) - 1, at + 1), ""
        elif action == "end":
            history.end_gesture()
            gesture = ""
        else:
            made = DOCUMENT.changed(parts=(STROKE,))
            name = "" if action == "commit" else action
            history.commit(made, action, name)
            keep = at if name and name == gesture else at + 1
            kept = ([*kept[:keep], made])[-6:]
            at, gesture = len(kept) - 1, name
        assert history.current is kept[at]
        assert history.can_undo == (at > 0)
        assert history.can_redo == (at < len(kept) - 1)


def test_one_gesture_is_one_step_and_undo_goes_behind_its_start():
    history = History(DOCUMENT)
    for _ in range(30):
        history.commit(DOCUMENT.changed(parts=(STROKE,)), "Shift edge", "shift")
    assert undo_names(history) == ["Shift edge"]
    assert history.current is DOCUMENT


def test_a_gesture_ends_with_its_end_another_commit_undo_and_redo():
    history = History(DOCUMENT)

    def drag():
        history.commit(DOCUMENT.changed(parts=(STROKE,)), "Feather", "feather")

    drag()
    history.end_gesture()
    drag()
    history.commit(replace(DOCUMENT), "Invert")
    drag()
    history.undo()
    history.redo()
    drag()
    assert undo_names(history) == ["Feather", "Feather", "Invert", "Feather", "Feather"]


def test_committing_the_current_document_is_no_step():
    history = History(DOCUMENT)
    history.commit(DOCUMENT, "Clear matte")
    assert not history.can_undo


def test_the_oldest_steps_go_when_there_are_too_many():
    history = History(DOCUMENT)
    for number in range(250):
        history.commit(replace(DOCUMENT), str(number))
    assert undo_names(history) == [str(number) for number in range(50, 250)]


def test_arrays_that_only_old_steps_hold_are_bounded_by_their_bytes():
    history = History(DOCUMENT, limit_bytes=3 * 400)
    for number in range(8):
        history.commit(with_answer(DOCUMENT, str(number)), str(number))  # each replaces the one before: 400 bytes
    assert undo_names(history) == ["5", "6", "7"]


def test_an_array_counts_once_and_not_at_all_while_the_current_document_holds_it():
    history = History(DOCUMENT, limit_bytes=0)
    document = DOCUMENT
    for number in range(20):
        document = with_answer(document, str(number))
        history.commit(document, str(number))
    assert len(undo_names(history)) == 20
    history.commit(DOCUMENT, "Clear matte")  # now only old steps hold the answers
    assert undo_names(history) == []


def test_patches_and_backgrounds_count_as_well():
    for big in (
        DOCUMENT.changed(parts=(Patch(0, 0, np.zeros((10, 10), np.float32)),)),
        DOCUMENT.changed(edit=Background(np.zeros((10, 10, 3), np.uint8))),
    ):
        history = History(DOCUMENT, limit_bytes=100)
        history.commit(big, "big")
        history.commit(replace(DOCUMENT), "small")
        assert undo_names(history) == []


def test_the_current_document_stays_however_big_it_is():
    history = History(DOCUMENT, limit_bytes=10)
    big = with_answer(DOCUMENT, "a", 100)
    history.commit(big, "big")
    assert history.current is big
    assert undo_names(history) == ["big"]


def test_steps_are_joined_if_nothing_else_happened_since():
    history = History(DOCUMENT)
    first, second = replace(DOCUMENT), replace(DOCUMENT)
    history.commit(first, "first")
    history.commit(second, "second")
    history.join(DOCUMENT, 1, "both", "again")
    assert [step.name for step in history.steps] == ["", "first", "second"]
    history.join(DOCUMENT, 2, "both", "again")
    assert history.current is second and [step.name for step in history.steps] == ["", "both"]
    history.commit(replace(DOCUMENT), "edit", "again")
    history.end_gesture()
    assert [step.name for step in history.steps] == ["", "edit"] and history.steps[0].document is DOCUMENT


def test_steps_that_were_undone_are_not_lost_to_a_join():
    history = History(DOCUMENT)
    history.commit(replace(DOCUMENT), "first")
    history.commit(replace(DOCUMENT), "second")
    history.undo()
    history.join(DOCUMENT, 1, "one", "again")
    assert [step.name for step in history.steps] == ["", "first", "second"]
