import pytest

from training.files.labels import LayoutError, Words
from training.files.lists import listed_name, names_of, parse_expression, read_list, read_lists, read_text_file


def test_columns_come_by_name_whatever_their_order_separator_and_byte_order_mark(tmp_path):
    (tmp_path / "a.csv").write_bytes("\ufeffexpression; File\n the left cup ;a.png\n\n;b.png\n".encode())
    assert read_list(tmp_path / "a.csv", ("file", "expression"), ("form",)) == [
        {"file": "a.png", "expression": "the left cup", "form": ""},
        {"file": "b.png", "expression": "", "form": ""},
    ]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("name,expression\n", "first line must name the columns file,expression"),
        ("file,expression\na,b,c\n", "line 2 has 3 values for 2 columns"),
        ('file,expression\na,"b\n', "line 2"),
        (b"file,expression\na,\xff\n", "is not UTF-8"),
    ],
)
def test_a_broken_list_is_named(tmp_path, content, fault):
    path = tmp_path / "list.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(LayoutError, match=rf"list\.csv.*{fault}"):
        read_list(path, ("file", "expression"))


def test_a_file_has_one_name_in_lists(tmp_path):
    assert listed_name("masks\\cup.PNG") == listed_name("masks/cup") == "masks/cup"
    assert listed_name("v1.2") == "v1.2", "a dot alone is no suffix of an image"
    assert names_of((tmp_path / "masks" / "cup.png").relative_to(tmp_path)) == ("masks/cup", "cup")


def test_short_expressions_without_a_position_are_keywords():
    assert parse_expression("the coffee cup") == (Words("the coffee cup", "keyword"), "coffee cup")
    assert parse_expression("the left cup") == (Words("the left cup", "free", "left"), "")
    assert parse_expression("a cup with a blue handle", "basic", "cup") == (
        Words("a cup with a blue handle", "basic"),
        "cup",
    )


def test_both_lists_and_the_text_file_are_read(tmp_path):
    (tmp_path / "expressions.csv").write_text("file,expression\nimages/a.jpg,the cup behind the vase\n")
    (tmp_path / "keywords.csv").write_text("file,keyword\na,cup\nb,\n")
    (tmp_path / "a.txt").write_text("my cup\n\n")
    found = read_lists(tmp_path)
    assert {name: [one.words.text for one in lines] for name, lines in found.items()} == {
        "images/a": ["the cup behind the vase"],
        "a": ["cup"],
    }
    assert found["images/a"][0].words.relation == "behind"
    assert [one.words.text for one in read_text_file(tmp_path / "a.jpg")] == ["my cup"]
    assert read_text_file(tmp_path / "b.jpg") == []
