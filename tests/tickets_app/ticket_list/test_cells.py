"""Rows as HTML: whatever stands in a text stands there as text, in its own place."""

from collections.abc import Sequence
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets_app.copper.resources import Unreadable
from tickets_app.display.values import Shape
from tickets_app.ticket_list import cells
from tickets_app.ticket_list.cells import RowView

HOSTILE = "<script>alert(1)</script>&amp;\"'>"
texts = st.text(st.sampled_from("<>&\"'\0 ax;%s\u2028é"), min_size=1, max_size=8)


class Read(HTMLParser):
    """What a browser reads: the texts in order, the values of attributes, and all tags."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts, self.values, self.tags = [], {}, []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.values |= dict(attrs)
        self.texts.append("")

    def handle_endtag(self, tag):
        self.texts.append("")

    def handle_data(self, data):
        self.texts[-1:] = [(self.texts or [""])[-1] + data]


def row(*, created: str = "", details: Sequence[tuple[str, str]] = (), more: int = 0, **other: object) -> RowView:
    """Of a ticket without a readable time: what stands for it is `created`. `details`: names and texts."""
    shape = Shape(names=tuple(name for name, _ in details), more=more, told=())
    given = dict.fromkeys(("id", "url", "reference", "location", "iso"), "") | {"moment": ("", created, "")} | other
    return RowView(**given, shape=shape, told=[text for _, text in details])


def read(*rows: RowView | Unreadable, chosen: bool = False, stale: bool = False) -> Read:
    return Read(str(cells.rows(rows, chosen=chosen, columns=5, stale=stale)))


@given(texts, texts, texts, st.lists(st.tuples(texts, texts), max_size=3))
def test_each_text_stands_in_its_own_place(reference, location, created, details):
    given_row = row(id="tkt_1", url="/t", created=created, reference=reference, location=location, details=details)
    found = [text for text in read(given_row).texts if text.strip(" \n")]
    expected = [created, reference, location, "tkt_1", *[text for pair in details for text in pair]]
    assert found == [text for text in expected if text.strip(" \n")]


@given(st.lists(st.tuples(texts, texts, texts), min_size=1, max_size=3))
def test_each_chosen_cell_stands_in_its_own_place(given_cells):
    found = read(row(id="tkt_1", url="/t", cells=given_cells), chosen=True)
    expected = [text for _, _, text in given_cells]
    assert [text for text in found.texts if text.strip(" \n")] == [text for text in expected if text.strip(" \n")]
    assert (found.values["data-label"], found.values["class"]) == (given_cells[-1][1], given_cells[-1][0])


@pytest.mark.parametrize(("reference", "words"), [("R-1", "R-1"), ("", "no reference")])
def test_one_of_the_chosen_cells_leads_to_the_ticket(reference, words):
    cells_of_it = [("value", "x", "a"), ("open", "reference", reference), ("number", "y", "7")]
    found = read(row(id="tkt_1", url="/t", cells=cells_of_it), chosen=True)
    assert [text for text in found.texts if text.strip()] == ["a", words, "7"]
    assert (found.tags.count("a"), found.values["href"]) == (1, "/t")


@pytest.mark.parametrize("field", ["id", "url", "created", "iso", "reference", "location"])
def test_no_text_becomes_a_tag(field):
    harmless, hostile = row(**{field: "x"}), row(**{field: HOSTILE})
    assert read(hostile).tags == read(harmless).tags


def test_what_is_missing_is_said():
    assert [text for text in read(row(id="tkt_1")).texts if text.strip()] == [
        "no time",
        "no reference",
        "no location",
        "tkt_1",
    ]


def test_rows_of_a_while_ago_are_marked_and_unreadable_ones_say_why():
    assert read(row(id="tkt_1"), stale=True).values["data-ticket-id"] == "tkt_1"
    assert str(cells.rows([row(id="a"), row(id="b")], chosen=True, columns=5, stale=True)).count(' class="stale"') == 2
    found = read(Unreadable("<b>odd</b>"))
    assert (found.tags, found.values["colspan"]) == (["tr", "td"], "5")
    assert "(<b>odd</b>)" in "".join(found.texts)
