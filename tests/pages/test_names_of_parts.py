"""What a page's parts say of each other is true: each name that one gives is another's, and none stands for two."""

import re
from collections import Counter
from html.parser import HTMLParser

import pytest

from tests.pages.conftest import made

# Attributes that name other parts of the page by their ids.
NAMING = {
    "for",
    "form",
    "popovertarget",
    "aria-labelledby",
    "aria-describedby",
    "aria-controls",
    "data-copy-from",
    "data-day-of",
}
BY_SELECTOR = {"hx-target", "hx-include", "hx-select", "hx-sync"}
TYPED = {"input", "select", "textarea"}


def _named(tag: str, values: dict[str, str | None]) -> set[tuple[str, str]]:
    """The ids that a part names, each with how."""
    found = {(name, id_) for name in NAMING & set(values) for id_ in values[name].split()}
    for name in BY_SELECTOR & set(values):
        found |= {(name, id_) for id_ in re.findall(r"#([\w-]+)", values[name])}
    if tag == "a" and (values.get("href") or "").startswith("#"):
        found.add(("href", values["href"][1:]))
    return found


class Named(HTMLParser):
    """The ids of a page, those that its parts name, and the fields that nothing says the name of."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids, self.meant, self.fields, self._labels = Counter(), set(), [], 0
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if values.get("id") is not None:
            self.ids[values["id"]] += 1
        self.meant |= _named(tag, values)
        self._labels += tag == "label"
        unseen = values.get("type") in {"hidden", "submit"} or {"hidden", "aria-hidden"} & set(values)
        if tag in TYPED and not unseen:
            self.fields.append((values.get("id"), "aria-label" in values or self._labels > 0, values.get("name")))

    def handle_endtag(self, tag: str) -> None:
        self._labels -= tag == "label"

    def check(self) -> None:
        assert [id_ for id_, times in self.ids.items() if times > 1] == [], "two parts have one id"
        assert sorted(one for one in self.meant if one[1] not in self.ids) == [], "named, and not there"
        labelled = {id_ for name, id_ in self.meant if name == "for"}
        assert [name for id_, has_one, name in self.fields if not (has_one or id_ in labelled)] == [], "without a label"


LOOK_UP = {"references": "R-1\nnone", "created[gte]": "2026-11-19T00:00:00Z"}
PAGES = {
    "list": ("/tickets/", None),
    "list with columns": ("/tickets/?columns=created,total,nothing", None),
    "search": ("/tickets/?search_query=R-1&range=30d", None),
    "list that is refused": ("/tickets/?created%5Bgte%5D=nonsense&limit=0", None),
    "ticket": ("/tickets/tkt_00001/", None),
    "no ticket": ("/tickets/tkt_none/", None),
    "comparison": ("/tickets/tkt_00001/same/", None),
    "notes of a ticket": ("/tickets/tkt_00001/notes/", None),
    "notes": ("/tickets/notes/", None),
    "histogram": ("/tickets/histogram/?range=30d", None),
    "export": ("/tickets/export/?columns=total,nothing", None),
    "look-up": ("/tickets/lookup/", None),
    "look-up that is refused": ("/tickets/lookup/", {"references": ""}),
    "result of a look-up": ("/tickets/lookup/", LOOK_UP),
    "views": ("/views/", None),
    "view that is refused": ("/views/", {"name": ""}),
    "preferences": ("/preferences/", None),
    "audit": ("/audit/?from=nonsense", None),
    "password": ("/password/", None),
    "password that is refused": ("/password/", {"old_password": "x"}),
}


@pytest.mark.parametrize(("path", "sent"), PAGES.values(), ids=PAGES)
def test_each_name_is_a_parts_and_each_field_has_a_label(admin_client, serve, path, sent):
    serve([made(number, total="12.50", reference="same" if number > 7 else f"R-{number}") for number in range(10)])
    admin_client.post("/views/", {"name": "Reno", "query": "range=7d"})
    admin_client.post("/tickets/tkt_00001/notes/", {"text": "called"})
    response = admin_client.post(path, sent) if sent else admin_client.get(path)
    assert "<!DOCTYPE html>" in response.content.decode()[:200]
    Named(response.content.decode()).check()


def test_so_it_is_where_somebody_may_not_enter(client, settings):
    settings.LOGIN_REQUIRED = True
    for response in (client.get("/login/"), client.post("/login/", {"username": "nobody", "password": "wrong"})):
        Named(response.content.decode()).check()
    assert response.content.decode().count('aria-describedby="login-problem"') == 2
