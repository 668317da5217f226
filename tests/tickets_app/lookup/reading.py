"""Looks references up as a browser does, and reads the result: its table, its words, and its file."""

import csv
import io
import re
from html import unescape

PAGE = "/tickets/lookup/"
DAY = {"created[gte]": "2026-11-19T00:00:00Z"}


def look_up(client, references, **fields):
    text = references if isinstance(references, str) else "\r\n".join(references)
    return client.post(PAGE, {"references": text, **DAY, **fields})


_ROW = re.compile(
    r'<tr role="row" data-result="(\w+)">.*?<bdi>(.*?)</bdi></th>\s*'
    r'<td role="cell"><span class="answer">(.*?)</span></td>(.*?)</tr>',
    re.DOTALL,
)


def lines(response) -> list[tuple[str, str, str, list[str]]]:
    """Each line of the table: its text, its kind, its words, and the tickets that it names."""
    found = _ROW.findall(response.content.decode())
    return [
        (unescape(text), kind, unescape(words), re.findall(r'data-ticket-id="(.*?)"', rest))
        for kind, text, words, rest in found
    ]


def state(response) -> str:
    return unescape(re.search(r'name="state" value="(.*?)"', response.content.decode())[1])


def go_on(client, response, do: str = "go_on"):
    return client.post(PAGE, {"state": state(response), "do": do})


def download(client, response) -> list[list[str]]:
    file = go_on(client, response, "download")
    assert file.status_code == 200
    return list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"), newline="")))


def text_of(response) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def asked(sandbox) -> int:
    return sum(entry.path.endswith("/tickets") for entry in sandbox.ledger)


def never_missing(response) -> None:
    assert "missing" not in [line[1] for line in lines(response)]
    assert "Not found" not in text_of(response)
    assert "not found" not in text_of(response)
