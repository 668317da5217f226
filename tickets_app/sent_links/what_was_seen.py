"""What a sent link says of the look it was made from: one signed parameter, `seen`, that holds for one list or ticket alone.

It is plain text, its parts between dots: mode, account, zone, second, how many, whether those were all, until when they
went back, and a few bytes of each id. docs/decisions/0086-sent-links.md says why these.
"""

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2s
from typing import Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.core import signing
from django.utils.crypto import salted_hmac

from tickets_app.copper.moments import Moment
from tickets_app.copper.resources import Row, Ticket
from tickets_app.gateway import tickets as gateway

SEEN = "seen"  # the parameter
MOST = 100  # tickets that a link tells apart; 4 characters of the address for each
_BYTES = 3  # of an id: 1 of 170,000 new tickets is taken for one of 100 that were seen
_signer = signing.Signer(salt="seen", sep="~")  # a character that addresses take as it is


class BadWitnessError(ValueError):
    """The parameter was changed, belongs to another address, or was signed by another installation."""


@dataclass(frozen=True, slots=True)
class Witness:
    """What was seen. `whole`: the tickets of `marks` were all there were. `down_to`: nothing older was seen."""

    mode: str
    account: str
    zone: ZoneInfo
    at: datetime
    count: int
    whole: bool = False
    down_to: Moment | None = None
    marks: tuple[bytes, ...] = ()

    @classmethod
    def of(
        cls, ids: list[str], zone: ZoneInfo, at: datetime, *, count: int, whole: bool, down_to: Moment | None
    ) -> Self:
        """The witness of a look at `count` tickets that began with `ids`."""
        marks = tuple(mark(id_) for id_ in ids[:MOST])
        return cls(
            mode(), account(), zone, at, count, whole=whole and count == len(marks), down_to=down_to, marks=marks
        )

    @classmethod
    def of_rows(cls, rows: Iterable[Row], zone: ZoneInfo, at: datetime, *, whole: bool) -> Self:
        """The witness of rows of one answer; where one of them could not be read they are not all."""
        found = list(rows)
        tickets = [row for row in found if isinstance(row, Ticket)]
        down_to = next((ticket.created for ticket in reversed(tickets[:MOST]) if ticket.created), None)
        ids, readable = [ticket.id for ticket in tickets], len(tickets) == len(found)
        return cls.of(ids, zone, at, count=len(tickets), whole=whole and readable, down_to=down_to)

    def sealed(self, what: str) -> str:
        """The parameter for the address of `what`: a list's filters, or a ticket."""
        parts = [
            *(self.mode, self.account, self.zone.key, str(int(self.at.timestamp()))),
            f"{self.count}{'w' if self.whole else ''}",
            str(self.down_to.microseconds) if self.down_to else "",
            base64.urlsafe_b64encode(b"".join(self.marks)).decode().rstrip("="),
        ]
        body = ".".join(parts)
        return body + _signer.sign(_before(what) + body).removeprefix(_before(what) + body)


def opened(sealed: str, what: str) -> Witness:
    """What a parameter says of `what`. Raises BadWitnessError where the signature does not hold."""
    try:
        body = _signer.unsign(_before(what) + sealed).removeprefix(_before(what))
        mode_, account_, zone, at, count, down_to, marks = body.split(".")
        return Witness(
            mode_,
            account_,
            ZoneInfo(zone),
            datetime.fromtimestamp(int(at), UTC),
            int(count.removesuffix("w")),
            whole=count.endswith("w"),
            down_to=Moment.of_microseconds(int(down_to)) if down_to else None,
            marks=_in_parts(marks),
        )
    except (signing.BadSignature, ZoneInfoNotFoundError, ValueError) as error:
        raise BadWitnessError(sealed) from error


def mark(text: str) -> bytes:
    """A few bytes by which a ticket is known again."""
    return blake2s(text.encode("utf-8", "surrogatepass"), digest_size=_BYTES).digest()


def mode() -> str:
    """Whose tickets these are: `live` or `test`."""
    return "live" if gateway.is_live() else "test"


def account() -> str:
    """Which account is read, shortened so that nobody can tell it from that: where none is named, which key reads it."""
    return salted_hmac("tickets_app.sent_links", settings.COPPER_ACCOUNT or settings.COPPER_API_KEY).hexdigest()[:6]


def _before(what: str) -> str:
    """What is signed in front of the rest: with its length, so that no text can be moved from one to the other."""
    return f"{len(what)}|{what}|"


def _in_parts(encoded: str) -> tuple[bytes, ...]:
    data = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
    return tuple(data[start : start + _BYTES] for start in range(0, len(data), _BYTES))
