"""What a page says of an export or a look-up: times in its zone, the first and the last the right way round, counts of what."""

import re

import pytest

from tests.pages.conftest import made
from tests.tickets_app.export.reading import TOKEN, body, said
from tickets_app.long_runs.progress import Run, State
from tickets_app.long_runs.wording import run_view


def facts(page: str) -> dict[str, str]:
    return dict(re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", page))


def test_the_first_created_is_the_oldest_and_both_are_in_the_zone_of_the_page(client, serve):
    serve([made(0), made(1), made(600)])
    client.post("/preferences/", {"zone": "America/Los_Angeles"})
    body(client.get(f"/tickets/export.csv?export={TOKEN}"))
    told = facts(said(client))
    assert told["First created"] == "Thu 19 Nov 2026, 18:00:00 PST"
    assert told["Last created"] == "Fri 20 Nov 2026, 04:00:00 PST"


def test_tickets_without_a_time_are_neither_first_nor_last(client, serve):
    serve([made(1), made(2), {**made(3), "created": None}])
    body(client.get(f"/tickets/export.csv?export={TOKEN}"))
    told = facts(said(client))
    assert told["First created"] == "Fri 20 Nov 2026, 11:58:00 UTC"
    assert told["Last created"] == "Fri 20 Nov 2026, 11:59:00 UTC"


WORDS = [
    ("csv", State.RUNNING, 2501, "2,501 tickets in the file so far."),
    ("csv", State.COMPLETE, 1, "1 ticket in the file."),
    ("lookup", State.RUNNING, 2501, "2,501 tickets so far."),  # the page has "Searched" in front of it
]


@pytest.mark.parametrize(("file_format", "state", "rows", "words"), WORDS)
def test_a_count_says_what_it_counts(clock, settings, file_format, state, rows, words):
    from datetime import UTC, datetime
    from zoneinfo import ZoneInfo

    run = Run(state=state, file_format=file_format, began=0, at=0, rows=rows)
    assert run_view(run, ZoneInfo("UTC"), datetime.now(UTC)).so_far == words
