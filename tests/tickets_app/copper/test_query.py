"""TicketQuery is the one place that turns filters into API parameters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets_app.copper.moments import Moment
from tickets_app.copper.query import FILTERS, Cursor, TicketQuery

NINE = Moment.parse("2026-11-20T09:00:00-05:00")


def test_each_filter_is_sent_under_coppers_name_with_its_exact_value():
    query = TicketQuery(
        location="loc_1",
        search_query=" 44/17 & more ",
        created_gte=NINE,
        created_lt=Moment.parse("2026-11-21T00:00:00.123456789Z"),
        limit=7,
        starting_after=Cursor("tkt_9", NINE, ("tkt_8",)),
    )
    assert query.params() == [
        ("location", "loc_1"),
        ("search_query", " 44/17 & more "),
        ("created[gte]", "2026-11-20T09:00:00-05:00"),
        ("created[lt]", "2026-11-21T00:00:00.123456789Z"),
        ("limit", "7"),
        ("starting_after", "tkt_9"),
    ]


@pytest.mark.parametrize("name", ["created_gte", "created_gt", "created_lte", "created_lt"])
def test_each_bound_is_sent_under_its_own_name(name):
    assert TicketQuery(**{name: NINE}).filters() == [(FILTERS[name], "2026-11-20T09:00:00-05:00")]


@given(st.sets(st.sampled_from(sorted(FILTERS))), st.sampled_from(["starting_after", "ending_before", None]))
def test_only_what_is_given_is_sent_and_never_two_cursors(names, cursor):
    values = {name: NINE if name.startswith("created") else "x" for name in names}
    query = TicketQuery(**values, **({cursor: Cursor("t")} if cursor else {}))
    sent = [name for name, _ in query.params()]
    assert sorted(sent) == sorted([*(FILTERS[name] for name in names), "limit", *([cursor] if cursor else [])])
    further = query.beyond(Cursor("next"))
    assert [value for name, value in further.params() if name in {"starting_after", "ending_before"}] == ["next"]


@pytest.mark.parametrize("limit", [0, 101, -1])
def test_a_limit_that_copper_does_not_take_is_refused(limit):
    with pytest.raises(ValueError, match="limit"):
        TicketQuery(limit=limit)


def test_two_cursors_are_refused():
    with pytest.raises(ValueError, match="exclude"):
        TicketQuery(starting_after=Cursor("a"), ending_before=Cursor("b"))


def bound(text: str) -> Moment:
    return Moment.parse(f"2026-11-20T{text}:00Z")


@pytest.mark.parametrize(
    ("filters", "low", "high", "params"),
    [
        ({}, "09:00", "10:00", {"created[gte]": "09:00", "created[lt]": "10:00"}),
        ({"created_gt": "09:00"}, "09:00", None, {"created[gt]": "09:00"}),
        ({"created_gte": "09:00"}, "08:00", None, {"created[gte]": "09:00"}),
        ({"created_gt": "09:00"}, "09:01", None, {"created[gte]": "09:01"}),
        ({"created_lte": "10:00"}, None, "10:00", {"created[lt]": "10:00"}),
        ({"created_lte": "10:00"}, None, "10:01", {"created[lte]": "10:00"}),
        ({"created_lt": "10:00"}, None, "09:59", {"created[lt]": "09:59"}),
    ],
)
def test_narrowing_keeps_whichever_bound_is_tighter(filters, low, high, params):
    query = TicketQuery(**{name: bound(text) for name, text in filters.items()})
    narrowed = query.between(low and bound(low), high and bound(high))
    assert dict(narrowed.filters()) == {name: str(bound(text)) for name, text in params.items()}


def test_places_by_time_are_no_filters_and_become_bounds_only_for_copper():
    query = TicketQuery(
        search_query="x", created_gt=bound("08:00"), looked_to=bound("10:00"), look_back_to=bound("09:00")
    )
    assert query.continues
    assert dict(query.filters()) == {"search_query": "x", "created[gt]": str(bound("08:00"))}
    resolved = dict(query.resolved().filters())
    assert resolved == {"search_query": "x", "created[gte]": str(bound("09:00")), "created[lt]": str(bound("10:00"))}
    assert query.first_page() == TicketQuery(search_query="x", created_gt=bound("08:00"))


def test_two_places_at_once_are_refused():
    with pytest.raises(ValueError, match="exclude each other"):
        TicketQuery(starting_after=Cursor("a"), looked_to=bound("10:00"))
