"""Tickets with anything in them: text is only text, all properties are shown, long ones cut (RELIABILITY.md, rows 39 to 44)."""

import json

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.pages.conftest import made
from tests.tickets_app.copper.test_resources import json_values
from tests.tickets_app.ticket_list.conftest import listed

NASTY = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{7*7}}{% now %}",
    "javascript:alert(1)",
    "</title><h1>",
    "' hx-get='/evil' '",
    "\u202egnp.exe",
    "a\x00b\x1b[31m\u2028c",
    "\ud800",
    "é" + "\u0301" * 50,
    "👩‍🍳",
]


@pytest.mark.parametrize("text", NASTY)
def test_hostile_text_is_only_text(copper, pages, text):
    """Rows 41 and 42."""
    ticket = {**made(1), "reference": text, "location": text, text: text, "nested": {text: [text]}}
    for body, path in ((listed(ticket), "/tickets/"), (ticket, "/tickets/tkt_00001/")):
        copper(body)
        page = pages.open(path)
        html = page.response.content.decode()
        assert page.status == 200
        assert page.ids == ["tkt_00001"]
        for dangerous in (
            "<script>alert",
            "<img src=x",
            "</title><h1>",
            "hx-get='/evil'",
            "\u202e",
            "\x00",
            "\x1b",
            "\u2028",
        ):
            assert dangerous not in html


@pytest.mark.parametrize("length", [201, 5000, 10_000_000])
def test_a_long_reference_is_cut_and_the_pages_stay_small(copper, pages, length):
    """Row 40."""
    ticket = {**made(1), "reference": "R" * length, "note": "x" * 5000}
    copper(listed(*([ticket] + [made(number) for number in range(2, 30)])))
    page = pages.open("/tickets/")
    assert len(page.response.content) < 300_000
    assert "R" * 199 + "…" in page.text
    assert "R" * 200 not in page.text
    copper(ticket)
    page = pages.open("/tickets/tkt_00001/")
    assert len(page.response.content) < 600_000


@pytest.mark.parametrize(
    "created",
    [
        "2026-11-20T09:00:00",
        "2026-11-20T09:00:00.123456789Z",
        "2026-11-20T24:00:00Z",
        "2026-11-20T23:59:60Z",
        "0001-01-01T00:00:00+14:00",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "soon",
        7,
        None,
        ["x"],
    ],
    ids=str,
)
@pytest.mark.parametrize("zone", ["America/New_York", "Pacific/Kiritimati"])
def test_any_created_is_shown_one_way_or_the_other(copper, pages, settings, created, zone):
    """Row 44."""
    settings.TIME_ZONE = zone
    ticket = {"id": "tkt_1", "created": created}
    for body, path in ((listed(ticket, more=True), "/tickets/?limit=1"), (ticket, "/tickets/tkt_1/")):
        copper(body)
        page = pages.open(path)
        assert (page.status, page.ids) == (200, ["tkt_1"])
        if isinstance(created, str):
            assert created in page.response.content.decode()


@hypothesis_settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.text(st.characters(exclude_categories=())), json_values, max_size=6))
def test_any_properties_are_shown_on_both_pages(copper, pages, properties):
    """Row 39."""
    ticket = {**properties, "id": "tkt_1"}
    for body, path in ((listed(ticket), "/tickets/"), (ticket, "/tickets/tkt_1/")):
        copper(json.dumps(body).encode())
        page = pages.open(path)
        assert (page.status, page.ids) == (200, ["tkt_1"])


def test_the_ticket_page_shows_every_property_nested_ones_too(copper, pages):
    ticket = {
        **made(1),
        "zeta": {"deep": {"deeper": [{"deepest": {"more": {"and": {"even": "bottom"}}}}]}},
        "items": [{"name": "Soup", "unit_amount": 800}, {"name": "Tea", "unit_amount": 350}],
        "flag": True,
        "nothing": None,
        "amount": 10.50,
        "empty": {},
    }
    copper(ticket)
    page = pages.open("/tickets/tkt_00001/")
    for word in ("zeta", "deeper", "deepest", "bottom", "Soup", "350", "flag yes", "nothing none", "10.5", "empty {}"):
        assert word in page.text
    first = page.text.index("All properties")
    assert page.text.index("reference", first) < page.text.index("created", first) < page.text.index("zeta", first)
    raw = page.response.context["raw"]
    assert json.loads(raw) == ticket


def test_a_property_with_very_many_entries_is_cut_and_says_so(copper, pages):
    copper({**made(1), "items": list(range(5000))})
    page = pages.open("/tickets/tkt_00001/")
    assert "4800 more entries" in page.text
    assert len(page.response.content) < 300_000
