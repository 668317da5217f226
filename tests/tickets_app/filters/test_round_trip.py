"""TicketQuery ↔ address ↔ API parameters: what a link says is what Copper is asked."""

from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets_app.copper.moments import Moment
from tickets_app.copper.query import Cursor, TicketQuery
from tickets_app.copper.resources import MAX_ID, MAX_PREVIOUS
from tickets_app.filters import links
from tickets_app.filters.form import TicketFilterForm
from tickets_app.filters.query_string import read_query_string
from tickets_app.filters.times import RANGES
from tickets_app.stores.clocks import Clocks, _kept

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
texts = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=60)
ids = st.text("abcXYZ0189_-.?#&%+ü \u00a0\u3000", min_size=1, max_size=30).filter(lambda id_: id_ not in {".", ".."})
offsets = st.sampled_from(["Z", "+00:00", "-05:00", "+05:30", "+14:00", "-12:00"])
moments = st.builds(
    lambda at, digits, offset: Moment.parse(
        at.isoformat(timespec="seconds") + (f".{digits}" if digits else "") + offset
    ),
    st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1)),
    st.text("0123456789", max_size=9),
    offsets,
)
cursors = st.builds(
    Cursor, ids, st.none() | moments, st.lists(ids.filter(lambda id_: " " not in id_), max_size=MAX_PREVIOUS).map(tuple)
)


@pytest.fixture(autouse=True)
def no_zone_is_set(monkeypatch) -> None:
    monkeypatch.setattr(_kept, "get", lambda: Clocks(known=True))


@st.composite
def queries(draw: st.DrawFn) -> TicketQuery:
    low, high = sorted((draw(moments), draw(moments)), key=lambda moment: moment.order)
    values = {
        "location": draw(st.none() | ids),
        "search_query": draw(st.none() | texts),
        "limit": draw(st.integers(1, 100)),
        draw(st.sampled_from(["starting_after", "ending_before"])): draw(st.none() | cursors),
    }
    if draw(st.booleans()):
        values[draw(st.sampled_from(["created_gte", "created_gt"]))] = low
    if draw(st.booleans()) and low.order < high.order:
        values[draw(st.sampled_from(["created_lte", "created_lt"]))] = high
    return TicketQuery(**values)


def read(url: str) -> TicketFilterForm:
    return TicketFilterForm(read_query_string(urlsplit(url).query), zone=ZoneInfo("America/New_York"), now=NOW)


@given(queries())
def test_a_query_survives_its_address(query):
    form = read(links.list_url(query))
    assert form.is_valid(), form.errors
    assert form.query == query
    assert form.query.params() == query.params()
    assert not form.has_local_times
    assert links.list_url(form.query) == links.list_url(query)


def place(*previous: str) -> Cursor:
    return Cursor("tkt_1", Moment.parse("2026-11-20T09:00:00Z"), previous)


def brought_back(cursor: Cursor) -> Cursor | None:
    form = read(links.list_url(TicketQuery(starting_after=cursor)))
    assert form.is_valid(), form.errors
    return form.query.starting_after


@pytest.mark.parametrize("previous", [("t 2",), ("t2", "t 3"), (" t2",), ("t2", "t3 ")])
def test_a_place_behind_an_id_with_a_space_is_found_by_its_own_id_and_its_time_alone(previous):
    """The ids stand in the address with spaces between them: half an id would be no ticket's, or another one's."""
    assert brought_back(place(*previous)) == place()


@pytest.mark.parametrize("count", [MAX_PREVIOUS - 1, MAX_PREVIOUS, MAX_PREVIOUS + 1, 60])
def test_of_more_previous_ids_than_are_remembered_the_nearest_ones_count(count):
    previous = [f"t{number}" for number in range(count)]
    assert brought_back(place(*previous)) == place(*previous[:MAX_PREVIOUS])


def test_no_other_space_ends_an_id():
    assert brought_back(place("t\u00a02", "t\u30003")) == place("t\u00a02", "t\u30003")


def test_as_many_of_the_longest_ids_as_are_remembered_come_back():
    longest = place(*(f"{number:0{MAX_ID}}" for number in range(MAX_PREVIOUS)))
    assert brought_back(longest) == longest


@given(queries())
def test_an_address_can_stand_in_a_page_and_a_mail(query):
    url = links.list_url(query)
    assert url.isascii()
    assert not set(url) & set(" \"'<>[]{}|\\^`")


@given(queries(), st.sampled_from(["1h", "24h", "today", "yesterday", "7d", "30d"]))
def test_a_relative_range_stays_in_its_address_and_is_absolute_in_the_query(query, name):
    form = read(links.list_url(query, name))
    assert form.is_valid(), form.errors
    assert form.range == name
    assert form.query.created_gte is not None
    assert f"range={name}" in links.list_url(form.query, form.range)
    assert "created" not in links.list_url(form.query.first_page(), form.range).replace("cursor_created", "")


@given(queries(), moments, moments, st.sampled_from(sorted(RANGES)))
def test_addresses_at_one_time_after_the_other_are_those_of_the_lists(query, low, high, name):
    top = query.first_page()
    urls = links.TimedUrls(top, (("created",), ("a,b",)))

    def alone(other, **options):
        return links.list_url(other, columns=(("created",), ("a,b",)), **options)

    bounds = {"created_gte": low, "created_gt": None, "created_lte": None, "created_lt": high}
    assert read(urls.between(low, high)).data == read(alone(replace(top, **bounds))).data
    assert urls.between(None, None) == alone(top)
    assert urls.within(name) == alone(replace(top, **dict.fromkeys(bounds)), range_name=name)
