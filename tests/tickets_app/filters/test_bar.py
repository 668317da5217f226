"""What the filter bar says of an address that is not right: only what is not clear is said not to be."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from tickets_app.filters import bar
from tickets_app.filters.form import TicketFilterForm
from tickets_app.filters.query_string import read_query_string

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


def test_it_says_as_what_a_list_is_saved_only_where_it_is(client, serve):
    serve([])
    client.post("/views/", {"name": "Reno, today", "query": "range=24h"})
    for address, said in (("/tickets/?range=24h", 1), ("/tickets/?range=7d", 0)):
        html = client.get(address).content.decode()
        assert (
            html.count(', saved as </span><bdi class="opened-view">Reno, today</bdi>') == html.count("saved as") == said
        )
