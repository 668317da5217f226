"""What Copper refuses of an address is said beside its field (RELIABILITY.md, row 7), or in its place where there is no field."""

import json
import re

import pytest

from copper_sandbox import Fault
from tests.pages.conftest import made


def field(page, name: str) -> tuple[str, str]:
    """A field's tag, and what is wrong beside it."""
    html = page.response.content.decode()
    (tag,) = re.findall(rf'<(?:input|select)[^>]* id="filter-{re.escape(name)}"[^>]*>', html)
    found = re.search(
        rf'<div id="filter-{re.escape(name)}_error" class="field-error">\s*(.*?)\s*</div>', html, re.DOTALL
    )
    return tag, found[1] if found else ""


def refusing(serve, status: int, **named: str):
    sandbox = serve([made(number) for number in range(9)])
    body = json.dumps({"error": {"type": "invalid_request_error", "message": "upstream-secret", **named}}).encode()
    sandbox.script(lambda asked: Fault(status=status, body=body) if "/tickets" in asked.path else None)
    return sandbox


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("location", "loc_b"),
        ("search_query", "R"),
        ("created[gte]", "2026-11-20T00:00:00Z"),
        ("created[lte]", "2026-11-20T00:00:00Z"),
        ("limit", "7"),
    ],
)
@pytest.mark.parametrize(
    ("status", "ours", "words"),
    [(400, 502, "Copper does not take this."), (404, 404, "Copper does not know this.")],
)
def test_it_stands_beside_the_field_that_copper_names(serve, pages, name, value, status, ours, words):
    refusing(serve, status, param=name)
    page = pages.open(f"/tickets/?{name}={value}")
    tag, said = field(page, name)
    assert (page.status, said) == (ours, words)
    assert 'aria-invalid="true"' in tag
    assert "upstream-secret" not in page.text
    # Copper was asked, and nothing lies over what is said of that.
    assert "Try again" in page.text
    assert "Nothing was looked up yet" not in page.text
    assert ' id="time-menu">' in page.response.content.decode()


def test_fields_that_it_does_not_name_are_not_marked(serve, pages):
    refusing(serve, 400, param="location")
    page = pages.open("/tickets/?location=loc_b&search_query=R")
    assert field(page, "search_query")[1] == ""
    refusing(serve, 400)
    page = pages.open("/tickets/?location=loc_b&search_query=R")
    assert "aria-invalid" not in page.response.content.decode()


def test_a_time_that_a_range_stands_for_is_marked_nowhere(serve, pages):
    refusing(serve, 400, param="created[gte]")
    page = pages.open("/tickets/?range=7d")
    assert page.status == 502
    assert "aria-invalid" not in page.response.content.decode()


@pytest.mark.parametrize("cursor", ["starting_after", "ending_before"])
@pytest.mark.parametrize(("status", "named"), [(400, True), (400, False), (404, False)])
def test_an_address_that_goes_on_from_a_ticket_that_is_gone_says_so_and_what_to_press(
    serve, pages, cursor, status, named
):
    """Row 54: of a link that does not say its time, as ours do."""
    refusing(serve, status, **({"param": cursor} if named else {}))
    page = pages.open(f"/tickets/?{cursor}=tkt_gone&location=loc_a")
    assert page.status == (404 if status == 404 else 502)
    assert "goes on from the ticket “tkt_gone”, which Copper does not know (any more). Press Show" in page.text


def test_what_was_typed_is_no_part_of_the_page_s_own_html(serve, pages):
    refusing(serve, 400, param="starting_after")
    page = pages.open("/tickets/?starting_after=%3Cb%3E" + "x" * 200)
    assert "“<b>" + "x" * 56 + "…”" in page.text
    assert "<b>x" not in page.response.content.decode()
