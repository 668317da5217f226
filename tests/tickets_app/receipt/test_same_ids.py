"""The lines of a receipt, run in a shell against the sandbox, give the ids that the page shows."""

import json
import os
import re
import shutil
import subprocess
from datetime import timedelta

import pytest

from copper_sandbox import Store
from tests.pages.conftest import NOON, made
from tests.tickets_app.lookup.reading import look_up
from tests.tickets_app.receipt.reading import receipt
from tickets_app.gateway import curl

pytestmark = pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
ODD = """it's $HOME "x" `id` \\ & é 日本 % + [1] @f"""


def run(line: str, key: str) -> dict:
    """What Copper answers to the line in bash."""
    environment = {"PATH": os.environ["PATH"], "COPPER_API_KEY": key, "HOME": "/nowhere", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(["bash", "-c", line], env=environment, capture_output=True, check=True)
    return json.loads(done.stdout)


def ids_of(lines: list[str], key: str) -> set[str]:
    """The ids that all the lines give."""
    answers = [run(line, key) for line in lines]
    return {row["id"] for answer in answers for row in answer.get("data", [answer])}


def shown(response) -> set[str]:
    return set(re.findall(r'data-ticket-id="(.*?)"', response.content.decode()))


def lines(response) -> list[str]:
    return [line for _, line in receipt(response)]


def test_of_a_list(client, serve, settings):
    serve([made(number) for number in range(120)])
    page = client.get("/tickets/?limit=30&location=loc_a&created[gte]=2026-11-20T11:00:00Z")
    assert len(shown(page)) == 30
    assert ids_of(lines(page), settings.COPPER_API_KEY) == shown(page)


def test_of_an_appended_page_its_own_requests_alone_which_are_added_to_those_before(client, serve, settings):
    serve([made(number) for number in range(120)])
    first = client.get("/tickets/?limit=30")
    url = re.search(r'<a rel="next" href="(.*?)"', first.content.decode())[1].replace("&amp;", "&")
    second = client.get(url, headers={"HX-Request": "true"})
    assert 'id="receipt-groups" hx-swap-oob="beforeend"' in second.content.decode()
    assert ids_of(lines(second), settings.COPPER_API_KEY) == shown(second) == {f"tkt_{n:05}" for n in range(30, 60)}


def test_of_a_search_by_several_lanes_with_a_reference_that_a_shell_would_read(client, serve, settings):
    store = Store(
        tickets=[
            made(number, at=NOON - timedelta(hours=number), reference=ODD if number % 150 == 7 else f"R-{number}")
            for number in range(900)
        ]
    )
    serve(store=store)
    bounds = {"created[gte]": "2026-10-01T00:00:00Z", "created[lt]": "2026-11-20T13:00:00Z"}
    page = client.get("/tickets/", {"search_query": ODD, "limit": "100", **bounds})
    assert len(shown(page)) == 6
    searched = [line for line in lines(page) if "search_query" in line]
    assert len(searched) > 1
    assert ids_of(searched, settings.COPPER_API_KEY) == shown(page)


def test_of_a_ticket_and_its_comparison(client, serve, settings):
    serve([made(number, reference="R-1") for number in range(3)])
    page = client.get("/tickets/tkt_00001/")
    assert ids_of(lines(page), settings.COPPER_API_KEY) == {"tkt_00001"}
    same = client.get("/tickets/tkt_00001/same/")
    assert ids_of(lines(same), settings.COPPER_API_KEY) == {"tkt_00000", "tkt_00001", "tkt_00002"}


def test_of_the_ticket_whose_id_was_searched_for(client, serve, settings):
    serve([made(number) for number in range(3)])
    page = client.get("/tickets/?search_query=tkt_00001&created[gte]=2026-11-20T00:00:00Z")
    assert any(line.endswith("/tickets/tkt_00001") for line in lines(page))
    assert ids_of(lines(page), settings.COPPER_API_KEY) >= shown(page) == {"tkt_00001"}


def test_of_a_look_up_all_that_was_looked_through(client, serve, settings):
    serve([made(number) for number in range(250)])
    page = look_up(client, ["R-3", "R-222"])
    assert ids_of(lines(page), settings.COPPER_API_KEY) == {f"tkt_{number:05}" for number in range(250)}


@pytest.mark.parametrize("text", [ODD, "a\nb", "\x1b[201~; id", "\t'\\", "\u202eabc1", "=x", "@/etc/passwd", "--url"])
def test_whatever_is_searched_for_reaches_copper_as_it_is(serve, settings, text):
    serve([made(1, reference=text), made(2)])
    line = curl.line(["tickets"], [("search_query", text)])
    assert "\n" not in line
    assert line.isprintable()
    assert [row["id"] for row in run(line, settings.COPPER_API_KEY)["data"]] == ["tkt_00001"]


def test_the_account_is_sent_where_the_site_sends_it(settings):
    assert "Copper-Account" not in curl.line(["tickets"])
    settings.COPPER_ACCOUNT = "acct_1 x"
    assert "-H 'Copper-Account: acct_1 x'" in curl.line(["tickets"])


def test_an_id_is_one_segment(settings):
    settings.COPPER_API_URL = "https://api.usecopper.com/v1/"
    assert curl.line(["tickets", "a/b'c"]).endswith("https://api.usecopper.com/v1/tickets/a%2Fb%27c")
