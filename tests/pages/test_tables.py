"""Tables are tables for ears wherever CSS makes cards of their rows: each part says its role, since a browser then does not."""

from html.parser import HTMLParser

import pytest

from tests.pages.conftest import made

ROLES = {
    "thead": {"rowgroup"},
    "tbody": {"rowgroup"},
    "tr": {"row"},
    "td": {"cell"},
    "th": {"columnheader", "rowheader"},
}


class Parts(HTMLParser):
    """The parts of tables that say that they are tables, those that do not say what they are, and how wide their rows are."""

    def __init__(self, html: str, *, rows_alone: bool = False) -> None:
        super().__init__()
        self.parts, self.silent, self.widths, self._within = 0, [], [], rows_alone
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "table":
            self._within = values.get("role") == "table"
        if self._within and tag in ROLES:
            self.parts += 1
            if values.get("role") not in ROLES[tag]:
                self.silent.append(self.get_starttag_text())
            if tag == "tr":
                self.widths.append(0)
            elif tag in {"td", "th"}:
                self.widths[-1] += int(values.get("colspan") or 1)

    def handle_endtag(self, tag: str) -> None:
        self._within = self._within and tag != "table"


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("/tickets/", None),
        ("/tickets/?columns=created,total,id", None),
        ("/tickets/?search_query=none", None),
        ("/tickets/lookup/", {"references": "R-1\nnone", "created[gte]": "2026-11-19T00:00:00Z"}),
        ("/audit/", None),
        ("/audit/?user=nobody", None),
    ],
)
def test_each_part_of_a_table_says_its_role(admin_client, serve, path, sent):
    serve([made(number, total="12.50") for number in range(3)])
    response = admin_client.post(path, sent) if sent else admin_client.get(path)
    assert response.status_code == 200
    found = Parts(response.content.decode())
    assert found.parts >= 6
    assert found.silent == []
    assert len(set(found.widths)) == 1


@pytest.mark.parametrize("query", ["limit=0", "location=a&location=b", "limit=2", "search_query=none"])
@pytest.mark.parametrize(("columns", "width"), [("", 5), ("&columns=created,total", 3)])
def test_rows_that_are_appended_are_as_wide_as_the_table(pages, serve, query, columns, width):
    serve([made(number, total="12.50") for number in range(3)])
    rows = Parts(pages.rows(f"/tickets/?{query}{columns}").response.content.decode(), rows_alone=True)
    assert rows.silent == []
    assert set(rows.widths) == {width}
