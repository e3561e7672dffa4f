"""The image that follows another one in its folder: by number and letter, without results of the images there."""

from rim_editor.files.folder_images import next_image


def test_names_that_follow(tmp_path):
    for name in ("img2.jpg", "IMG10.jpg", "img3.txt", ".img4.jpg", "x.png"):
        (tmp_path / name).touch()
    assert next_image(tmp_path / "img1.jpg").name == "img2.jpg"
    assert next_image(tmp_path / "img2.jpg").name == "IMG10.jpg"
    assert next_image(tmp_path / "x.png") is None
    assert next_image(tmp_path / "img1.jpg", frozenset({tmp_path / "img2.jpg"})).name == "IMG10.jpg"


def test_results_named_after_an_image_there_do_not_follow_it(tmp_path):
    for name in ("a.jpg", "a-print.jpg", "a-print-2.jpg", "b-print.jpg", "c.jpg", "c-print.png"):
        (tmp_path / name).touch()
    follow = next_image(tmp_path / "a.jpg", ending="-print.jpg")
    assert follow.name == "b-print.jpg", "an image of its own"
    assert next_image(follow, ending="-print.jpg").name == "c.jpg"
    assert next_image(tmp_path / "a.jpg").name == "a-print.jpg"
    assert next_image(tmp_path / "a.jpg", ending=".jpg").name == "a-print.jpg"
    assert next_image(tmp_path / "c.jpg", ending="-print.jpg").name == "c-print.png"
