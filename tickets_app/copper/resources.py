"""Ticket, Location and Page: Copper's JSON, checked once and frozen. Every unknown property is kept."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeGuard

from tickets_app.copper.errors import CopperError, Kind
from tickets_app.copper.moments import Moment
from tickets_app.copper.query import Cursor

MAX_ID = 255  # characters; longer than any id seen, short enough for a URL
MAX_PREVIOUS = 5  # ids remembered beside a cursor

_ID = re.compile(r"(?P<id>[A-Za-z]{1,16}_[A-Za-z0-9_]{4,})", re.ASCII)
_ADDRESS = re.compile(rf"https?://\S+/tickets/{_ID.pattern}(?:[/?#]\S*)?", re.ASCII)
_LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")
# Control characters, and those that turn or hide the text around them. Joiners stay: scripts and emoji need them.
_HIDDEN = r"\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff"
_INVISIBLE = re.compile(f"[{_HIDDEN}]")
_ODD = re.compile(rf"[{_HIDDEN}\ud800-\udfff]")


def encodable(text: str) -> str:
    """Replace lone surrogates, which JSON may hold and UTF-8 may not (RELIABILITY.md, 0.5)."""
    return _LONE_SURROGATE.sub("\ufffd", text)


def legible(text: str) -> str:
    """The text with a visible mark for each character that cannot be seen or would disturb its surroundings."""
    if _ODD.search(text) is None:
        return text
    return _INVISIBLE.sub(_mark, encodable(text))


def escaped(json_text: str) -> str:
    """JSON with an escape for each such character; line ends between its parts stay."""
    return _ODD.sub(lambda match: match[0] if match[0] == "\n" else f"\\u{ord(match[0]):04x}", json_text)


LONGEST_MARK = len("‹U+200B›")


def _mark(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x20:
        return chr(0x2400 + code)  # the block of "control pictures"
    return "\u2421" if code == 0x7F else f"‹U+{code:04X}›"


def usable_id(value: object) -> str | None:
    """The id if it can stand in a URL and come back unchanged, else None."""
    if not isinstance(value, str) or not 0 < len(value) <= MAX_ID:
        return None
    # ASCII letters, digits and underscores alone, as all that were seen. Every id comes through here more than once.
    if value.isascii() and value.isidentifier():
        return value
    return None if value in {".", ".."} or "/" in value or _ODD.search(value) else value


def id_in(text: str) -> str | None:
    """The ticket's id that a text may be (`tkt_9f2KcQ…`), or that stands in the address of a page of one; None in any other.

    How ids are made is not documented; all that are seen look so.
    """
    found = _ID.fullmatch(text.strip()) or _ADDRESS.fullmatch(text.strip())
    return found["id"] if found else None


@dataclass(frozen=True, slots=True)
class Ticket:
    """A bill rung up at a location. `properties` is all that the API sent, in its order and untouched."""

    id: str
    properties: Mapping[str, object] = field(repr=False)
    # When it was rung up; None where that is missing or unreadable (show `properties["created"]` then).
    created: Moment | None = field(init=False, compare=False)

    def __post_init__(self) -> None:
        # Read once: sorting, cursors and pages all ask for it.
        object.__setattr__(self, "created", Moment.parse(self.properties.get("created")))

    @property
    def location(self) -> str | None:
        """The location's id, where there is a usable one."""
        return usable_id(self.properties.get("location"))


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A row of a list that is no ticket: shown as such and counted, so that nothing vanishes without a word."""

    reason: str


Row = Ticket | Unreadable


@dataclass(frozen=True, slots=True)
class Location:
    """A shop or restaurant."""

    id: str
    properties: Mapping[str, object] = field(repr=False)

    @property
    def name(self) -> str:
        """What staff call it; its id where it has no name."""
        name = self.properties.get("display_name")
        return legible(name) if isinstance(name, str) and name.strip() else self.id


@dataclass(frozen=True, slots=True)
class Page:
    """One answer of a list, newest first. Only the walk reads `has_more`."""

    rows: tuple[Row, ...]
    has_more: bool
    tickets: tuple[Ticket, ...] = field(init=False, repr=False, compare=False)  # the readable rows

    def __post_init__(self) -> None:
        # Asked for several times a page.
        object.__setattr__(self, "tickets", tuple([row for row in self.rows if isinstance(row, Ticket)]))

    def edge(self, *, newer: bool = False, behind: Cursor | None = None) -> Cursor | None:
        """The place to go on from: beyond the last ticket in the direction of travel. None if there is no ticket.

        `behind` is the cursor that this page was asked for with.
        """
        tickets = self.tickets[::-1] if newer else self.tickets
        return cursor_at(tickets, behind) if tickets else None


def cursor_at(travelled: tuple[Ticket, ...], behind: Cursor | None = None) -> Cursor:
    """Make the cursor beyond the last of these tickets, given in the order of travel and behind another cursor."""
    last, created = travelled[-1], travelled[-1].created
    before = [(ticket.id, ticket.created) for ticket in travelled[-2::-1]]
    if behind is not None:
        before += [(id_, behind.created) for id_ in (behind.id, *behind.previous)]
    previous = []
    for id_, at in before[:MAX_PREVIOUS]:
        if created is not None and (at is None or at.order != created.order):
            break  # from here on, time alone tells them apart
        previous.append(id_)
    return Cursor(last.id, created, tuple(previous))


def parse_ticket(body: object) -> Ticket:
    """Check one ticket. Raises CopperError(UNREADABLE)."""
    row = _row(body)
    if isinstance(row, Unreadable):
        raise CopperError(Kind.UNREADABLE, f"a ticket that is {row.reason}")
    return row


def parse_page(body: object) -> Page:
    """Check a list of tickets; rows that are none become Unreadable. Raises CopperError(UNREADABLE)."""
    data, has_more = _list(body)
    return Page(tuple([_row(item) for item in data]), has_more)


def parse_locations(body: object) -> tuple[tuple[Location, ...], bool]:
    """Check a list of locations; rows without a usable id are left out. Raises CopperError(UNREADABLE)."""
    data, has_more = _list(body)
    found = ((usable_id(item.get("id")), item) for item in data if isinstance(item, dict))
    return tuple(Location(id_, item) for id_, item in found if id_), has_more


def is_list(body: object) -> TypeGuard[dict[str, Any]]:
    """Whether `parse_page` and `parse_locations` can read this."""
    return isinstance(body, dict) and isinstance(body.get("data"), list) and isinstance(body.get("has_more"), bool)


def is_ticket(body: object) -> TypeGuard[dict[str, Any]]:
    """Whether `parse_ticket` can read this."""
    return isinstance(body, dict) and usable_id(body.get("id")) is not None


def _list(body: object) -> tuple[list[object], bool]:
    if is_list(body):
        return body["data"], body["has_more"]
    lacks = "has_more" if isinstance(body, dict) and isinstance(body.get("data"), list) else "data"
    raise CopperError(Kind.UNREADABLE, f"a list without `{lacks}`")


def _row(item: object) -> Row:
    if not isinstance(item, dict):
        return Unreadable("not an object")
    id_ = usable_id(item.get("id"))
    return Ticket(id_, item) if id_ is not None else Unreadable("without a usable id")
