"""The requests to Copper behind what is shown: what was asked, what came, how long it took, and how old it was."""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import astuple, dataclass, replace
from typing import Any

from tickets_app.copper.errors import CopperError
from tickets_app.gateway.answer import Kept

MOST = 200  # requests that are listed; more are only counted


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, and what came of it.

    `rows` are those in the answer (None: it was no list), `began` and `given` epoch seconds. `failure` says why Copper did not
    answer; with `given`, something older had to do. `sent`: whether the failed request left this server.
    """

    segments: tuple[str, ...]
    params: tuple[tuple[str, str], ...]
    began: float
    seconds: float = 0.0
    given: float | None = None
    rows: int | None = None
    failure: str = ""
    sent: bool = True

    @property
    def cached(self) -> bool:
        """Whether Copper had given the answer before it was asked for."""
        return self.given is not None and self.given < self.began


class Receipt:
    """The requests of one page or one look-up: the first MOST of them, and how many there were. Lanes add at the same time."""

    def __init__(self, asked: Sequence[Asked] = (), count: int = 0) -> None:
        self._asked, self._count = list(asked), count
        self._lock = threading.Lock()

    def add(self, one: Asked) -> None:
        """Note one request."""
        with self._lock:
            self._count += 1
            if len(self._asked) < MOST:
                self._asked.append(one)

    def listed(self) -> tuple[list[Asked], int]:
        """Give those that are listed, and how many there were in all."""
        with self._lock:
            return list(self._asked), self._count

    def dump(self) -> list[object]:
        """All of it as JSON values."""
        asked, count = self.listed()
        return [count, *(astuple(one) for one in asked)]

    @classmethod
    def load(cls, state: Sequence[object]) -> "Receipt":
        """Read what `dump` gave. Raises LookupError, TypeError or ValueError for anything else."""
        count, *asked = state
        return cls([_load(one) for one in asked[:MOST]], int(str(count)))


# Set by the middleware. Threads do not inherit it: whoever starts one hands it over.
current: ContextVar[Receipt | None] = ContextVar("receipt", default=None)


@contextmanager
def collected(receipt: Receipt) -> Iterator[Receipt]:
    """What is asked in here is noted there."""
    token = current.set(receipt)
    try:
        yield receipt
    finally:
        current.reset(token)


@contextmanager
def noted(segments: Sequence[str], params: Sequence[tuple[str, str]]) -> Iterator[list[Kept]]:
    """Note the request that is made in here; its answer is put into the list."""
    receipt, answers = current.get(), []  # type: Receipt | None, list[Kept]
    one = Asked(tuple(segments), tuple(params), time.time())
    started = time.perf_counter()
    try:
        yield answers
    except CopperError as error:
        one = replace(one, failure=str(error.kind), sent=error.attempts > 0)
        raise
    finally:
        if receipt is not None:
            receipt.add(_with(one, answers, time.perf_counter() - started))


def _with(one: Asked, answers: list[Kept], seconds: float) -> Asked:
    """The request with its answer; its time in whole milliseconds, as it is said."""
    seconds = round(seconds, 3)
    if not answers:
        return replace(one, seconds=seconds)
    kept = answers[0]
    data = kept.body.get("data") if isinstance(kept.body, dict) and len(one.segments) == 1 else None
    return replace(
        one,
        seconds=seconds,
        given=kept.at,
        rows=len(data) if isinstance(data, list) else None,
        failure=str(kept.instead_of.kind) if kept.instead_of else "",
        sent=kept.instead_of is None or kept.instead_of.attempts > 0,
    )


def _load(values: Any) -> Asked:
    segments, params, began, seconds, given, rows, failure, sent = values  # a wrong number raises
    pairs = tuple((str(name), str(value)) for name, value in params)
    return Asked(tuple(segments), pairs, began, seconds, given, rows, failure, sent)
