"""What an export outlasts when the client's own tries are used up, and what ends it: by the table of what may be over soon."""

import json

import pytest

from copper_sandbox import Fault
from tests.pages.conftest import made
from tests.tickets_app.export.reading import TOKEN, body, broken, said
from tickets_app.copper.http.retries import MAX_ATTEMPTS

pytestmark = pytest.mark.usefixtures("quick")
ADDRESS = f"/tickets/export.ndjson?export={TOKEN}&created[gte]=2026-11-20T00:00:00Z"


@pytest.fixture
def failing(serve):
    """Copper with a list whose second page fails so many times with a status, and each question for that page."""
    sandbox = serve([made(number) for number in range(250)])

    def fail(status: int, times: int) -> list[object]:
        asked = []

        def script(entry):
            if ("starting_after", "tkt_00099") not in entry.params:
                return None
            asked.append(entry)
            return Fault(status=status) if len(asked) <= times else None

        sandbox.script(script)
        return asked

    fail.ids = [one["id"] for one in sandbox.store.truth()]
    return fail


@pytest.mark.parametrize("status", [408, 425, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529, 530])
def test_what_may_be_over_soon_is_outlasted_beyond_the_clients_own_tries(client, failing, status):
    asked = failing(status, times=MAX_ATTEMPTS + 1)
    lines = body(client.get(ADDRESS)).decode().splitlines()
    assert [json.loads(line).get("id") for line in lines] == failing.ids
    assert len(asked) == MAX_ATTEMPTS + 2
    assert "The file is complete" in said(client)


@pytest.mark.parametrize("status", [501, 505])
def test_what_would_be_the_same_the_next_time_ends_it_at_once(client, failing, status):
    asked = failing(status, times=1000)
    lines = broken(client.get(ADDRESS)).decode().splitlines()
    assert json.loads(lines[-1]) == {"incomplete": "INCOMPLETE after 100 rows", "rows": 100}
    assert [json.loads(line)["id"] for line in lines[:-1]] == failing.ids[:100]
    assert len(asked) == 1
    assert "The file is not complete" in said(client)
