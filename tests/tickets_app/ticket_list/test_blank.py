"""What is blank is said: no link is without a text, and nothing looks as if it were not there."""

import re
from html import unescape

import pytest

from tests.pages.conftest import made

BLANKS = ["", " ", "   ", "\u00a0", "\u3164", "\u00ad", "\u2800 ", "\t", "\u200b", "\n"]
LINK = re.compile(r"<a\b[^>]*>(.*?)</a>", re.DOTALL)


def link_texts(html: str) -> list[str]:
    return [unescape(re.sub("<[^>]*>", "", link)).strip(" \n") for link in LINK.findall(html)]


@pytest.mark.parametrize("blank", BLANKS, ids=ascii)
@pytest.mark.parametrize(
    "path",
    [
        "/tickets/",
        "/tickets/?columns=reference,note",
        "/tickets/?search_query=tkt_00001",
        "/tickets/tkt_00001/",
        "/tickets/lookup/",
    ],
)
def test_a_blank_reference_is_said_to_be_blank(client, serve, blank, path):
    serve([made(1, reference=blank, note=blank, **{blank: "x"})])
    if "lookup" in path:
        html = client.post(path, {"references": "tkt_00001", "created[gte]": "2026-11-01T00:00:00Z"}).content.decode()
    else:
        html = client.get(path).content.decode()
        shown = "(blank)" if blank not in {"\t", "\u200b", "\n"} else {"\t": "␉", "\n": "␊"}.get(blank, "‹U+200B›")
        assert shown in html
    texts = link_texts(html)
    assert texts
    assert all(texts)


def test_no_reference_is_another_thing_than_a_blank_one(client, serve):
    serve([made(1, reference=None), made(2, reference=" ")])
    html = client.get("/tickets/").content.decode()
    assert html.count("no reference") == 1
    assert html.count("(blank)") == 1
