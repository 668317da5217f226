"""One look at a list, however many pages it takes: the addresses that go on carry a mark, so that each look is recorded once.

The mark is signed for the very address, and for the person it was made for: an address that was made up, changed, kept
for too long, or got from somebody else has none that holds, and is a look of its own (docs/decisions/0069-requests.md).
"""

from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest

from audit import trail
from tickets_app.copper.query import TicketQuery
from tickets_app.gateway.page_result import Outcome

LOOK = "look"
_signer = signing.TimestampSigner(salt="look")


def continued(request: HttpRequest, address: str, mark: str) -> str:
    """The address of a page that belongs to the look of this request; the same again where it is to be tried again.

    `mark`: what the request came with.
    """
    if not mark or not belongs(request, address, mark):
        mark = _signer.sign(_of(request, address)).removeprefix(f"{_of(request, address)}:")
    return f"{address}{'&' if '?' in address else '?'}{LOOK}={mark}"


def belongs(request: HttpRequest, address: str, mark: str) -> bool:
    """Whether `mark` says that this address goes on with a look of this person's."""
    longest = timedelta(hours=settings.SESSION_MAX_HOURS)
    try:
        _signer.unsign(f"{_of(request, address)}:{mark}", max_age=longest)
    except signing.BadSignature:
        return False
    return True


def record(request: HttpRequest, address: str, mark: str, query: TicketQuery, outcome: Outcome) -> None:
    """Tell the audit trail of a list that is given out, unless the page goes on with one that it knows."""
    if mark and belongs(request, address, mark):
        return
    shown = len(outcome.rows) + (outcome.exact is not None and outcome.exact not in outcome.rows)
    failure = outcome.failure.kind if outcome.failure else None
    trail.searched(request, [*query.filters(), *query.place()], shown=shown, failure=failure)


def _of(request: HttpRequest, address: str) -> str:
    owner = request.user.pk if request.user.is_authenticated else request.session.session_key
    return f"{owner}|{address}"
