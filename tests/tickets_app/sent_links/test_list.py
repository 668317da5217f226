"""A sent link of a list: the reader sees the same tickets, and is told when they were seen and what is new since."""

import re
from datetime import timedelta
from html import unescape

import pytest

from tests.pages.conftest import NOON, made

DAY = "/tickets/?location=loc_a&created%5Bgte%5D=2026-11-20T00:00:00Z&created%5Blt%5D=2026-11-21T00:00:00Z"
SAID = re.compile(r'sent-said" role="status">(.*?)</p>')


def fixed(page) -> str:
    html = page.response.content.decode()
    return unescape(html.partition('id="fixed-link" href="http://testserver')[2].partition('"')[0])


def said(page) -> str:
    found = SAID.search(page.response.content.decode())
    return unescape(found[1]) if found else ""


def marked(page) -> list[str]:
    rows = page.response.content.decode().split('<tr role="row" data-ticket-id="')[1:]
    return [row.partition('"')[0] for row in rows if 'class="new-mark"' in row]


def test_in_another_zone_the_same_tickets_in_the_same_order_and_when_they_were_seen(client, serve, pages, clock):
    serve([made(number) for number in range(5)])
    client.post("/preferences/", {"zone": "America/Los_Angeles"})
    sent = pages.open(DAY)
    client.post("/preferences/", {"zone": "Europe/Berlin"})
    clock.move_to(NOON + timedelta(hours=2))
    got = pages.open(fixed(sent))
    assert got.ids == sent.ids == [f"tkt_{number:05}" for number in range(5)]
    assert said(got) == "Seen 5 on 20 Nov, 04:00 −08:00 (America/Los_Angeles); they are the same now."
    assert marked(got) == []


def test_a_ticket_added_in_between_is_counted_and_marked(serve, pages, clock):
    sandbox = serve([made(number) for number in range(41)])
    link = fixed(pages.open(DAY))
    sandbox.store.add(made(900, at=NOON - timedelta(minutes=3, seconds=30)))
    got = pages.open(link)
    assert said(got) == "Seen 41 on 20 Nov, 12:00 +00:00 (UTC); now 42, the new one is marked."
    assert marked(got) == ["tkt_00900"]
    sandbox.store.add(made(901, at=NOON - timedelta(hours=9)))
    assert said(pages.open(link)).endswith("now 43, the 2 new ones are marked.")
    assert marked(pages.open(link)) == ["tkt_00900", "tkt_00901"]
    chosen = pages.open(f"{link}&columns=total")
    assert marked(chosen) == ["tkt_00900", "tkt_00901"]


def test_a_ticket_that_is_gone_is_said(serve, pages, clock):
    sandbox = serve([made(number) for number in range(5)])
    link = fixed(pages.open(DAY))
    sandbox.store.delete("tkt_00002")
    assert said(pages.open(link)).endswith("; now 4. 1 is no longer there.")


def test_an_empty_list_can_be_sent(serve, pages, clock):
    sandbox = serve([made(1, location="loc_b")])
    link = fixed(pages.open(DAY))
    assert said(pages.open(link)) == "Seen 0 on 20 Nov, 12:00 +00:00 (UTC); they are the same now."
    sandbox.store.add(made(2))
    assert said(pages.open(link)).endswith("; now 1, the new one is marked.")


def test_of_a_list_that_goes_on_what_is_new_is_marked_on_every_page_as_far_as_was_seen(serve, pages, clock):
    sandbox = serve([made(number) for number in range(9)])
    link = fixed(pages.open(f"{DAY}&limit=6"))
    sandbox.store.add(made(900, at=NOON - timedelta(seconds=30)))
    sandbox.store.add(made(901, at=NOON - timedelta(minutes=4, seconds=30)))
    sandbox.store.add(made(902, at=NOON - timedelta(minutes=7, seconds=30)))  # below what was seen
    first = pages.open(link.replace("limit=6", "limit=3"))
    assert said(first) == ("Seen the first 6 on 20 Nov, 12:00 +00:00 (UTC). What was not there then is marked “new”.")
    second = pages.rows(first.next_url)
    third = pages.rows(second.next_url)
    last = pages.rows(third.next_url)
    assert [*marked(first), *marked(second), *marked(third), *marked(last)] == ["tkt_00900", "tkt_00901"]
    assert last.ids[:2] == ["tkt_00007", "tkt_00902"]


@pytest.mark.parametrize(
    "change",
    [
        lambda link: link[:-1] + ("A" if link[-1] != "A" else "B"),
        lambda link: link.replace(".5w.", ".4w."),
        lambda link: link.replace("seen=test.", "seen=live."),
        lambda link: link.replace("loc_a", "loc_b"),
        lambda link: link.partition("seen=")[0] + "seen=nonsense",
        lambda link: link.partition("~")[0],
        lambda link: link.partition("seen=")[0] + "seen=%00",
        lambda link: link + "x" * 2000,
    ],
    ids=["signature", "count", "mode", "filter", "nonsense", "cut", "NUL", "long"],
)
def test_a_changed_link_is_told_and_is_a_plain_link(serve, pages, clock, change):
    serve([made(number, location="loc_b" if number == 4 else "loc_a") for number in range(6)])
    link = fixed(pages.open(DAY))
    assert ".5w." in link
    got = pages.open(change(link))
    assert got.status == 200
    assert said(got).startswith("This link was changed on its way, or made by another installation")
    assert got.ids == (["tkt_00004"] if "loc_b" in change(link) else pages.ids(DAY))
    assert "seen=" not in (got.next_url or "")


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("COPPER_API_KEY", "sk_live_other", "It leads to TEST tickets. This dashboard shows LIVE ones now."),
        ("COPPER_API_KEY", "sk_test_other", "another account of Copper’s, or this one by another key"),
        ("COPPER_ACCOUNT", "acct_other", "another account of Copper’s"),
    ],
)
def test_a_link_from_another_mode_or_account_warns_before_copper_is_asked(serve, pages, settings, name, value, words):
    sandbox = serve([made(number) for number in range(3)])
    link = fixed(pages.open(DAY))
    sandbox.ledger.clear()
    setattr(settings, name, value)
    got = pages.open(link)
    assert (got.status, words in got.text, got.ids) == (409, True, [])
    assert not sandbox.ledger
    assert "Open it here all the same" in got.text
    assert DAY in got.links


def test_another_key_of_a_named_account_is_no_other_account(serve, pages, settings):
    settings.COPPER_ACCOUNT = "acct_1"
    serve([made(1)])
    link = fixed(pages.open(DAY))
    settings.COPPER_API_KEY = f"{settings.COPPER_API_KEY}_renewed"
    assert pages.open(link).status != 409


def test_what_lies_on_its_address_tells_nothing_of_key_and_account(serve, pages, settings):
    settings.COPPER_ACCOUNT = "acct_secretive"
    serve([made(1)])
    page = pages.open(DAY)
    assert settings.COPPER_API_KEY not in page.response.content.decode()
    assert "secretive" not in fixed(page)


def test_a_page_that_has_grown_gets_a_link_to_all_of_it(client, serve, pages, clock):
    sandbox = serve([made(number) for number in range(6)])
    page = pages.open(f"{DAY}&limit=3")
    form = {
        "address": fixed(page).replace("limit=3", "limit=50"),
        "id": [f"tkt_{number:05}" for number in range(6)],
        "count": "6",
        "down_to": "2026-11-20T11:55:00Z",
        "whole": "1",
    }
    link = client.post("/tickets/share", form).content.decode()
    sandbox.store.add(made(900, at=NOON - timedelta(minutes=5, seconds=30)))
    got = pages.open(link)
    assert said(got) == "Seen 6 on 20 Nov, 12:00 +00:00 (UTC); now 7, the new one is marked."
    assert marked(got) == ["tkt_00900"]


@pytest.mark.parametrize(
    "change",
    [
        {"address": ""},
        {"address": "/tickets/?created[gte]=nonsense"},
        {"address": "/tickets/?location=%FF"},
        {"id": []},
        {"id": ["x"] * 101, "count": "101"},
        {"id": ["x" * 256]},
        {"count": "0"},
        {"count": "²"},
        {"count": "9" * 5000},
        {"count": ""},
    ],
)
def test_what_is_no_list_of_tickets_gets_no_link(client, serve, change):
    sandbox = serve([])
    form = {"address": DAY, "id": ["tkt_00001"], "count": "1", "down_to": ""}
    assert client.post("/tickets/share", form).status_code == 200
    answer = client.post("/tickets/share", form | change)
    expected = 200 if change == {"address": ""} else 400  # no filter at all is a list, too
    assert answer.status_code == expected
    assert not sandbox.ledger


def test_no_script_is_needed_and_no_row_gets_a_mark_without_such_a_link(serve, pages):
    serve([made(number) for number in range(3)])
    page = pages.open(DAY)
    assert said(page) == ""
    assert marked(page) == []
    assert "&seen=test." in fixed(page)


@pytest.mark.parametrize("fraction", ["", ".5", ".123456", ".123456789"])
def test_of_tickets_of_one_time_over_the_page_s_end_none_is_new(serve, pages, clock, fraction):
    """How far the sender looked is kept to the microsecond, and Copper may send nine digits."""
    serve([{**made(number), "created": f"2026-11-20T11:00:00{fraction}Z"} for number in range(60)])
    link = fixed(pages.open(DAY))
    seen = pages.follow(link)
    assert [len(page.ids) for page in seen] == [50, 10]
    assert [marked(page) for page in seen] == [[], []]
