import numpy as np

from clipmat.certainty import PresenceScale
from clipmat.predictions import Prediction
from training.report.judging import judge
from training.report.sheets import Cases, cell, sheet
from training.samples import Sample

RED, SIDE = (200, 0, 0), 200


def case(found, truth=None, expression="the red cup", presence=0.9, image_id="1"):
    truth = found if truth is None else truth
    present = bool(truth.any())
    form = "basic" if present else "negative"
    image = np.zeros((*truth.shape, 3), np.uint8) + np.array(RED, np.uint8)
    sample = Sample(image, truth, expression, present, form, "", "object", "photo", 0, 0, (), "cup", image_id, "1/0")
    prediction = Prediction(
        expression, found, found.astype(np.uint8).copy, presence, PresenceScale(0.1, 0.5).certainty(presence, found), {}
    )
    return sample, prediction, judge("made", sample, prediction)


def half(columns, height=60, width=90):
    plane = np.zeros((height, width), np.float32)
    plane[:, :columns] = 1
    return plane


def panels(pixels):
    """The three pictures of a cell, found by looking for what is not white above the words."""
    columns = np.flatnonzero((pixels[6:100] != 255).any(axis=(0, 2)))
    left = columns[0]
    return [pixels[6:, left + k * (SIDE + 6) :][:, :SIDE] for k in range(3)]


def test_a_cell_shows_image_truth_and_matte_side_by_side_in_proportion():
    sample, prediction, result = case(half(30), truth=half(60))
    drawn = cell(sample, prediction, result)
    assert drawn.dtype == np.uint8 and drawn.ndim == 3
    image, truth, matte = panels(drawn)
    tall = round(SIDE * 60 / 90)
    np.testing.assert_array_equal(image[:tall], np.broadcast_to(RED, (tall, SIDE, 3)))
    assert (image[tall : tall + 20] == 255).all(), "not stretched"
    for picture, share in ((truth, 2 / 3), (matte, 1 / 3)):
        assert abs((picture[:tall] > 127).all(axis=2).mean() - share) < 0.02
        assert picture[: tall - 1, 2].min() > 250 and picture[: tall - 1, -2].max() < 5


def test_words_are_under_the_pictures_and_differ_with_the_figures():
    one = cell(*case(half(30), expression="the red cup"))
    other = cell(*case(half(30), expression="the red cup", presence=0.6))
    words = SIDE + 6
    assert (one[words:] < 128).any()
    np.testing.assert_array_equal(one[:words], other[:words])
    assert (one[words:] != other[words:]).any(), "the presence is among the figures"


def test_a_long_expression_is_cut_and_stays_inside():
    short = cell(*case(half(30)))
    for expression in ("the cup " * 60, "x" * 500, "чашка справа, 右边的杯子"):
        drawn = cell(*case(half(30), expression=expression))
        assert drawn.shape == short.shape
        assert (drawn[-4:] == 255).all() and (drawn[SIDE + 6 :] < 128).any()


def test_the_first_on_each_sheet_is_the_most_telling():
    cases = Cases(2, seed=0)
    truth = half(60)
    offered = {columns: case(half(columns), truth, str(columns)) for columns in (50, 10, 60, 30, 0)}
    alarms = {p: case(half(40), half(0), "x", p) for p in (0.6, 0.95, 0.7)}
    refused = case(half(0), half(0), "x", 0.1)
    for one in (*offered.values(), *alarms.values(), refused):
        cases.offer(*one)
    sheets = cases.sheets()
    np.testing.assert_array_equal(sheets["best"], sheet([cell(*offered[60]), cell(*offered[50])]))
    np.testing.assert_array_equal(sheets["worst"], sheet([cell(*offered[0]), cell(*offered[10])]))
    np.testing.assert_array_equal(sheets["false-alarms"], sheet([cell(*alarms[0.95]), cell(*alarms[0.7])]))
    assert sheets["random"].shape == sheets["best"].shape


def test_of_equal_overlap_the_larger_error_is_worse():
    cases = Cases(1, seed=0)
    missed_small, missed_large = case(half(0), half(5)), case(half(0), half(80))
    for one in (missed_small, missed_large):
        cases.offer(*one)
    np.testing.assert_array_equal(cases.sheets()["worst"], cell(*missed_large))


def test_random_cases_are_those_of_the_seed_and_every_case_has_its_chance():
    many = [case(half(5 * i), half(45), str(i)) for i in range(1, 13)]

    def drawn(seed):
        cases = Cases(1, seed)
        for one in many:
            cases.offer(*one)
        return cases.sheets()["random"].tobytes()

    assert drawn(3) == drawn(3)
    assert len({drawn(seed) for seed in range(60)}) > 8


def test_without_cases_there_are_no_sheets():
    assert Cases(3, 0).sheets() == {}
    none = Cases(0, 0)
    none.offer(*case(half(30)))
    assert none.sheets() == {}


def test_cells_fill_rows_and_the_rest_is_white():
    cells = [np.full((20, 30, 3), i, np.uint8) for i in range(5)]
    made = sheet(cells, columns=3)
    assert made.shape == (40, 90, 3)
    assert [made[r * 20, c * 30, 0] for r in range(2) for c in range(3)] == [0, 1, 2, 3, 4, 255]
    assert sheet(cells[:1], columns=3).shape == (20, 30, 3)
