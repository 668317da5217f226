"""One GET done well: authentication, one deadline over everything, retries, a concurrency limit, and errors as facts."""

import logging
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote, urlsplit

from tickets_app.copper.errors import CopperError, Kind
from tickets_app.copper.http import reading
from tickets_app.copper.http.breaker import PROBE_EVERY, Breaker
from tickets_app.copper.http.deadline import Deadline
from tickets_app.copper.http.observer import Observer
from tickets_app.copper.http.retries import Retries
from tickets_app.copper.http.slots import Pool, Slots
from tickets_app.copper.http.transport import NO_HTTP, Transport
from tickets_app.copper.http.turns import Urgency
from tickets_app.copper.resources import usable_id

_PLAIN = re.compile(r"[!-~]*")

# Seconds that somebody waits for Copper where its answer of before is at hand: while all is well, and while it fails.
PATIENCE, PROBE_PATIENCE = 4.0, 1.0

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """A good answer: its JSON, parsed and as it came, Copper's own time, and what it cost."""

    body: object = field(repr=False)
    text: str = field(repr=False)
    date: datetime | None
    request_id: str | None
    seconds: float  # that the caller waited, retries included
    attempts: int


def check_base_url(url: str) -> str | None:
    """Say what is wrong with a base URL, in a sentence that does not repeat it; None if nothing is."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return "it is not a URL."
    if parts.username or parts.password or "@" in parts.netloc:
        return "it holds a user name or a key; those belong into COPPER_API_KEY."
    if not host or not _PLAIN.fullmatch(url) or parts.query or parts.fragment:
        return "it must be like https://api.usecopper.com/v1, without spaces, “?” or “#”."
    if parts.scheme == "https" or (parts.scheme == "http" and host in {"localhost", "127.0.0.1", "::1"}):
        return None
    return "it must begin with https:// (http:// only for this machine: localhost, 127.0.0.1, [::1])."


def check_secret(text: str) -> str | None:
    """Say what is wrong with a key or an account id, without repeating it; None if nothing is."""
    return (
        None
        if _PLAIN.fullmatch(text) and ":" not in text
        else "it holds a space, a line end, a colon or another odd sign."
    )


class CopperClient:
    """Asks Copper. One client serves all threads of a process."""

    def __init__(
        self,
        *,
        base_url: str,
        api_key: str,
        account: str = "",
        connect_timeout: float = 3.0,
        read_timeout: float = 15.0,
        max_concurrency: int = 8,
        ca_file: str | None = None,
        retries: Retries | None = None,
        breaker: Breaker | None = None,
        observer: Observer | None = None,
        pool: Pool | None = None,
    ) -> None:
        """Timeouts in seconds: to connect, and of silence. Raises ValueError for a base URL or key that cannot be used.

        With a `pool`, `max_concurrency` holds for all processes that share it.
        """
        for name, problem in (
            ("base URL", check_base_url(base_url)),
            ("key", check_secret(api_key)),
            ("account", check_secret(account)),
        ):
            if problem:
                raise ValueError(f"Copper's {name} cannot be used: {problem}")
        self._base_url = base_url.rstrip("/")
        self._transport = Transport(
            api_key=api_key,
            headers={"Copper-Account": account} if account else {},
            connect_timeout=connect_timeout,
            silence=read_timeout,
            pool_size=max_concurrency,
            ca_file=ca_file,
        )
        self._retries = retries or Retries()
        self._breaker = breaker or Breaker()
        self._observer = observer or Observer()
        self._slots = Slots(max_concurrency, pool=pool, limited=self._observer.limited)

    def get(
        self,
        *segments: str,
        params: Sequence[tuple[str, str]] = (),
        deadline: Deadline,
        caller: object = None,
        urgency: Urgency = Urgency.FIRST_ROWS,
        request_id: str | None = None,
    ) -> Answer:
        """Retrieve one resource or one page of a list.

        `segments` are the path below the base URL, unquoted. Those who ask at the same time get slots by `urgency`, and share
        them evenly by `caller`; `request_id` is sent along. Raises CopperError; NOT_FOUND without a request for a segment that
        would lead elsewhere.
        """
        started = time.monotonic()
        url, sent = self._url(segments), {"X-Request-Id": request_id} if request_id else {}
        patient = deadline.remaining() >= 1.0  # a caller in a hurry learns nothing about Copper's health
        for number in self._retries.attempts():
            still = self._ask_breaker()
            try:
                with self._turn(deadline, caller or threading.get_ident(), urgency, number, still):
                    asked = time.monotonic()
                    body, text, headers = self._exchange(url, params, sent, deadline)
            except CopperError as error:
                was_sent = error.attempts > 0
                error.attempts = number if was_sent else number - 1
                self._note(error, was_sent=was_sent, patient=patient)
                if error.status == 429:
                    self._slots.throttled(error.retry_after or 0.0)
                self._retries.wait_or_raise(error, number, deadline)
                self._observer.retried()
                continue
            now = time.monotonic()
            self._breaker.succeeded(now - asked)
            self._slots.succeeded()
            return Answer(body, text, reading.date_of(headers), reading.request_id(headers), now - started, number)
        raise AssertionError("the last attempt raises")

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def _url(self, segments: Sequence[str]) -> str:
        # requests folds `..` and decodes `%2e%2e` first (RELIABILITY.md, 0.4): such a segment never reaches it.
        if not segments or any(usable_id(segment) is None for segment in segments):
            raise CopperError(Kind.NOT_FOUND, "no such path", attempts=0)
        return "/".join([self._base_url, *(quote(segment, safe="") for segment in segments)])

    def worth_waiting(self) -> float:
        """How many seconds an answer is worth waiting for where there is something else to show."""
        if self._breaker.waits_for_a_probe():
            return 0.0
        return PROBE_PATIENCE if self._breaker.is_left_alone() else PATIENCE

    def _ask_breaker(self) -> Callable[[], CopperError | None]:
        """Raise where Copper may not be asked. Gives what says to who waits for a slot why it may not any more, if so."""
        if wait := self._breaker.wait_needed():
            raise self._failing(wait)
        probes = self._breaker.is_left_alone()
        return lambda: None if probes or not self._breaker.is_left_alone() else self._failing(PROBE_EVERY)

    def _failing(self, wait: float) -> CopperError:
        self._observer.held_back()
        return CopperError(Kind.FAILING, retry_after=wait, since=self._breaker.since, attempts=0)

    def _note(self, error: CopperError, *, was_sent: bool, patient: bool) -> None:
        """Tell the breaker: only what Copper itself answered says that it is well, and only what was sent that it is not."""
        logger.info("Copper: %s (attempt %d)", error, error.attempts)
        if not was_sent:
            return
        if error.kind in {Kind.TIMEOUT, Kind.UNREACHABLE, Kind.SERVER}:
            if patient:
                self._breaker.failed()
            error.since = self._breaker.since
        elif error.kind is not Kind.CERTIFICATE and error.status != NO_HTTP:
            self._breaker.succeeded()

    @contextmanager
    def _turn(
        self, deadline: Deadline, caller: object, urgency: Urgency, number: int, still: Callable[[], CopperError | None]
    ) -> Iterator[None]:
        """Wait until the attempt `number` may be made, and make it within. `still` says why it no longer may."""
        self._retries.wait_for_turn(deadline)
        with (
            self._slots.hold(caller, deadline, urgency, still),
            self._retries.turn(deadline, number),  # a pause may have begun while this waited for its slot
            self._observer.watch(),
            self._breaker.watching(),
        ):
            yield

    def _exchange(
        self, url: str, params: Sequence[tuple[str, str]], headers: Mapping[str, str], deadline: Deadline
    ) -> tuple[object, str, Mapping[str, str]]:
        raw = self._transport.exchange(url, params, deadline, headers)
        if raw.status != 200:
            raise reading.failure_of(raw.status, raw.headers, raw.body)
        return *reading.parse_json(raw.body), raw.headers
