"""Each kind of Copper's failure → status, heading, advice: one table. Nothing here comes from Copper's own texts."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from math import ceil
from zoneinfo import ZoneInfo

from tickets_app.copper.errors import CopperError, Kind
from tickets_app.display.zones import clock


@dataclass(frozen=True, slots=True)
class Failure:
    """What a person is told. `param` names the filter at fault, where Copper said so."""

    status: int
    heading: str
    advice: str
    retry_after: int | None = None
    param: str | None = None
    request_id: str | None = None


_TRY_AGAIN = "Try again; what is shown already stays."
_ADMIN = "Tell the people who run this dashboard; trying again will not help."

# DESIGN.md, "URLs": 404 is 404, a timeout 504, a 429 or no free slot 503, anything else 502.
_TABLE: dict[Kind, tuple[int, str, str]] = {
    Kind.TIMEOUT: (504, "Copper did not answer in time", _TRY_AGAIN),
    Kind.UNREACHABLE: (502, "Copper could not be reached", "The connection failed or broke off. " + _TRY_AGAIN),
    Kind.CERTIFICATE: (502, "Copper’s certificate could not be verified", "The connection is not safe. " + _ADMIN),
    Kind.REDIRECTED: (502, "Copper pointed to another address", "COPPER_API_URL is probably wrong. " + _ADMIN),
    Kind.RATE_LIMITED: (503, "Copper is being asked too often", "Wait a moment, then try again."),
    Kind.UNAUTHORIZED: (502, "Copper refused this dashboard’s key", "COPPER_API_KEY is wrong or withdrawn. " + _ADMIN),
    Kind.FORBIDDEN: (502, "This dashboard’s key may not read that", "The key lacks a right in Copper. " + _ADMIN),
    Kind.NOT_FOUND: (404, "Copper does not know this", "Check the address or the filters."),
    Kind.REFUSED: (
        502,
        "Copper refused this request",
        "Check the filters; one of them may have a value it does not take.",
    ),
    Kind.SERVER: (502, "Copper had an error of its own", _TRY_AGAIN),
    Kind.UNREADABLE: (502, "Copper answered with something that is not readable", _TRY_AGAIN),
    Kind.TOO_LARGE: (502, "Copper’s answer was too large to read", "Ask for fewer rows, or fewer days."),
    Kind.BUSY: (503, "Too many people are asking at once", "Every connection to Copper is in use. " + _TRY_AGAIN),
    Kind.FAILING: (502, "Copper is failing", "It is left alone for a few seconds at a time. " + _TRY_AGAIN),
    Kind.STUCK: (
        502,
        "Copper’s list contradicts itself",
        "It does not lead on from here, so what lies beyond is unknown. Try again; if it stays, choose other times.",
    ),
}


def describe(error: CopperError, zone: ZoneInfo) -> Failure:
    """Put a failure into words; times in `zone`."""
    status, heading, advice = _TABLE[error.kind]
    if error.kind is Kind.FAILING and error.since is not None:
        heading += f" since {datetime.fromtimestamp(error.since, UTC).astimezone(zone):%H:%M:%S}"
    retry_after = None
    if status == 503 or error.retry_after is not None:
        retry_after = max(1, ceil(error.retry_after or 1))
        if error.asked_pause is not None:
            asked = _long(error.asked_pause)
            advice += f" Copper asked for a pause of {asked}; it is asked again in {retry_after} s all the same."
        elif error.retry_after is not None:
            advice += f" Copper can be asked again in about {retry_after} s."
    return Failure(status, heading, advice, retry_after, error.param, error.request_id)


def _long(seconds: float) -> str:
    """A stretch of time in its largest whole unit."""
    for unit, length in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:,.0f} {unit}"
    return f"{seconds:.0f} s"


def silence(error: CopperError, as_of: datetime, zone: ZoneInfo) -> str:
    """What stands above what Copper gave a while ago, while it does not answer."""
    since = datetime.fromtimestamp(error.since, UTC) if error.since is not None else datetime.now(UTC)
    said = f"Copper has not answered since {clock(since, zone)}."
    if error.kind is Kind.BUSY:
        said = "More people ask Copper than it answers just now."
    age = max(1, round((datetime.now(UTC) - as_of).total_seconds() / 60))
    return (
        f"{said} This is what it gave at "
        f"{clock(as_of, zone)}, {age} {'minute' if age == 1 else 'minutes'} ago: anything newer is missing."
    )


def describe_ticket(error: CopperError, zone: ZoneInfo) -> Failure:
    """The same for a single ticket, where "not known" has a plainer meaning."""
    failure = describe(error, zone)
    if error.kind is not Kind.NOT_FOUND:
        return failure
    advice = (
        "Copper has no ticket with this id in this account and mode: a test key sees no live tickets. Check the id."
    )
    return replace(failure, heading="There is no such ticket", advice=advice)
