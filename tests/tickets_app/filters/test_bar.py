"""What the filter bar says: each filter in force, and of an address that is not right only what is not clear."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from tickets_app.copper.query import FILTERS
from tickets_app.filters import bar, chips
from tickets_app.filters.form import TicketFilterForm
from tickets_app.filters.query_string import Parameters, read_query_string
from tickets_app.gateway.location_names import Names

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("address", "time"),
    [
        ("limit=1000&range=24h", "Last 24 hours"),
        ("limit=0", "Any time"),
        ("location=a/b&created[gte]=20 Nov&created[lt]=20 Nov", "Fri 20 Nov"),
        ("limit=1000&created[gte]=11/12", "Not clear yet"),
        ("created[gt]=soon", "Not clear yet"),
        ("range=24h&created[gte]=20 Nov", "Not clear yet"),
    ],
)
def test_a_time_is_not_clear_where_something_is_wrong_with_it_alone(address, time):
    form = TicketFilterForm(read_query_string(address), zone=ZoneInfo("UTC"), now=NOW)
    assert not form.is_valid()
    assert bar.of(form).time == time


@pytest.mark.parametrize("name", FILTERS.values())
def test_each_filter_in_force_is_said_in_the_bar_and_where_a_list_is_kept(name):
    value = "2026-11-20T09:00:00Z" if name.startswith("created") else "x7"
    form, none = (
        TicketFilterForm(Parameters(values, frozenset()), zone=ZoneInfo("UTC"), now=NOW)
        for values in ({name: value}, {})
    )
    assert form.is_valid()
    assert none.is_valid()
    assert bar.of(form).filtered
    assert bar.of(form).all != bar.of(none).all
    assert len(list(chips.chips(form, form.query, Names()))) == 1


def test_it_says_as_what_a_list_is_saved_only_where_it_is(client, serve):
    serve([])
    client.post("/views/", {"name": "Reno, today", "query": "range=24h"})
    for address, said in (("/tickets/?range=24h", 1), ("/tickets/?range=7d", 0)):
        html = client.get(address).content.decode()
        assert (
            html.count(', saved as </span><bdi class="opened-view">Reno, today</bdi>') == html.count("saved as") == said
        )
