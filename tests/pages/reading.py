"""Reads pages by the HTML hooks of the contract (DESIGN.md, "URLs")."""

from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser

from django.http import HttpResponse
from django.test import Client


@dataclass
class Seen(HTMLParser):
    """What a page shows: ticket ids, next links, and its text."""

    response: HttpResponse
    ids: list[str] = field(default_factory=list)
    next: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        HTMLParser.__init__(self)
        self.feed(self.response.content.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if "data-ticket-id" in values:
            self.ids.append(values["data-ticket-id"])
        if tag == "a" and values.get("rel") == "next":
            self.next.append(values["href"])
        if tag == "a" and values.get("href"):
            self.links.append(values["href"])

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def next_url(self) -> str | None:
        assert len(self.next) <= 1, "more than one next link"
        return self.next[0] if self.next else None


@dataclass
class Reader:
    """Opens pages of the site."""

    client: Client

    def open(self, path: str, **headers: str) -> Seen:
        return Seen(self.client.get(path, headers=headers))

    def rows(self, path: str) -> Seen:
        """What htmx gets."""
        return self.open(path, **{"HX-Request": "true"})

    def follow(self, path: str, most: int = 1000) -> list[Seen]:
        """Follow rel=next until there is none."""
        seen = []
        url: str | None = path
        while url is not None:
            assert len(seen) < most, f"still a next link after {most} pages"
            seen.append(self.open(url))
            url = seen[-1].next_url
        return seen

    def ids(self, path: str) -> list[str]:
        """The ids of the whole list, in order."""
        return [id_ for page in self.follow(path) for id_ in page.ids]


def unescaped(html: bytes) -> str:
    return unescape(html.decode())
