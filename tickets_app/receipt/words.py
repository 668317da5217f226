"""The requests behind a page in words, each with its line for a shell."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from tickets_app.copper.errors import Kind
from tickets_app.copper.moments import Moment
from tickets_app.copper.query import MAX_LIMIT
from tickets_app.filters import times
from tickets_app.gateway import curl
from tickets_app.gateway.receipt import Asked, Receipt, current

# A look-up says "not found" of a reference alone.
_KINDS: dict[str, str] = {
    Kind.NOT_FOUND: "404",
    Kind.SERVER: "server error",
    Kind.FAILING: "Copper failed too often just now",
}


@dataclass(frozen=True, slots=True)
class Group:
    """The requests of one answer of ours. `more`: how many are counted and not listed."""

    count: int
    words: str
    lines: list[tuple[str, str]]  # what came of it, and the line for a shell
    more: int
    names_line: str  # for the names of locations, which a thread asks for now and then


def of_page(zone: ZoneInfo) -> Group:
    """The requests made so far for the page in hand."""
    return of(current.get() or Receipt(), zone)


def of(receipt: Receipt, zone: ZoneInfo) -> Group:
    """The requests of a receipt; times in `zone`."""
    asked, count = receipt.listed()
    words = f"{count:,} {'request' if count == 1 else 'requests'} to Copper"
    lines = [(", ".join(_said(one, zone)), curl.line(one.segments, one.params)) for one in asked]
    return Group(count, words, lines, count - len(asked), curl.line(["locations"], [("limit", str(MAX_LIMIT))]))


def _said(one: Asked, zone: ZoneInfo) -> Iterator[str]:
    kind = _KINDS.get(one.failure, one.failure.replace("_", " "))
    if one.failure and one.given is None:
        yield f"failed ({kind})" if one.sent else f"not sent ({kind})"
    elif one.rows is not None:
        yield _rows(one, one.rows)
    else:
        yield f"1 {one.segments[0].removesuffix('s')}"
    yield f"{one.seconds * 1000:,.0f} ms"
    if one.failure and one.given is not None:
        yield f"Copper did not answer ({kind}): shown as it answered at {_time(one.given, zone)}"
    elif one.cached and one.given is not None:
        yield f"cached since {_time(one.given, zone)}"
    else:
        yield f"at {_time(one.began, zone)}"


def _rows(one: Asked, rows: int) -> str:
    """A search is matched after its rows were looked at (COPPER_API.md), and how many those were Copper does not say."""
    params = dict(one.params)
    if "search_query" in params:
        return f"up to {params.get('limit', '10')} rows looked at, {rows} matched"
    return f"{rows} {'row' if rows == 1 else 'rows'}, no search"


def _time(seconds: float, zone: ZoneInfo) -> str:
    return times.show(Moment.of(datetime.fromtimestamp(int(seconds), UTC)), zone)
