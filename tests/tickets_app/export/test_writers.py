"""Cells of a file: what a ticket holds lies in the column of its path, and nothing is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets_app.copper import numbers
from tickets_app.copper.numbers import Exact
from tickets_app.copper.resources import Ticket
from tickets_app.display import property_paths
from tickets_app.export.writers import OTHER, Columns, CsvLines

names = st.sampled_from(["a", "b", "c.d", "e,f", "", "location"])
leaves = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text(max_size=3), st.just([]), st.just([{"x": 1}]), st.just({})
)
properties = st.recursive(leaves, lambda inner: st.dictionaries(names, inner, max_size=4), max_leaves=25)
tickets = st.lists(st.dictionaries(names, properties, max_size=5).map(lambda made: Ticket("tkt_1", made)), max_size=5)


@given(tickets, tickets)
def test_every_value_is_in_the_column_of_its_path_or_in_the_last_one(first, later):
    """As `paths.flatten` defines it: whatever shape the first tickets and those behind them have."""
    columns = Columns([])
    header = columns.begin(first)
    assert header[-1] == OTHER
    for ticket in [*first, *later]:
        there = {
            property_paths.dump_path(path): value
            for path, value in property_paths.flatten(ticket.properties)
            if value is not None
        }
        *cells, other = columns.values(ticket)
        found = {name: cell for name, cell in zip(header, cells, strict=False) if cell is not None}
        assert len(cells) == len(header) - 1
        assert found | (other or {}) == there
        assert not found.keys() & (other or {}).keys()


@given(tickets)
def test_all_that_the_first_tickets_have_gets_a_column(first):
    columns = Columns([])
    columns.begin(first)
    assert [columns.values(ticket)[-1] for ticket in first] == [None] * len(first)


def test_names_that_are_one_step_and_others_give_the_same_cells():
    ticket = Ticket("tkt_1", {"a": 1, "b": {"c": 2}, "n": None})
    assert Columns([("a",), ("x",), ("n",)]).values(ticket) == [1, None, None]
    assert Columns([("a",), ("x",), ("n",), ("b", "c")]).values(ticket) == [1, None, None, 2]


@pytest.mark.parametrize(
    ("there", "name"),
    [
        (["x"], "(other)"),
        (["(other)"], "(other 2)"),
        (["(other 2)", "(Other)"], "(other 3)"),
        (["(other)\u200b"], "(other 2)"),
        (["(other) "], "(other 2)"),
        (["( other)"], "(other 2)"),
    ],
)
def test_the_column_for_what_comes_later_is_told_apart_from_all_others(there, name):
    first, later = Ticket("tkt_1", dict.fromkeys(there, "theirs")), Ticket("tkt_2", {"late": 1})
    columns = Columns([])
    assert columns.begin([first])[-1] == name
    assert columns.values(first)[-1] is None
    assert columns.values(later)[-1] == {"late": 1}
    lines = CsvLines()
    assert lines.begin([first]).decode().endswith(f',"{name}"\r\n')


def test_a_half_of_a_character_is_replaced_and_disturbs_no_other_cell():
    lines = CsvLines([("a",), ("b",)])
    rows = [Ticket("tkt_1", {"a": "x\ud800y", "b": "é"}), Ticket("tkt_2", {"a": "=1", "b": "\udfff"})]
    lines.begin(rows)
    assert lines.rows(rows).decode() == '"x\ufffdy","é"\r\n"\'=1","\ufffd"\r\n'


@given(
    st.recursive(
        st.integers(2, 9) | st.just(Exact.read("1.10")), lambda inner: st.lists(inner, max_size=3), max_leaves=8
    )
)
def test_json_keeps_the_spelling_of_numbers_wherever_they_are(value):
    text = numbers.dumps({"a": value, "b": [value]})
    assert text.count("1.10") == 2 * str(value).count("1.1")
