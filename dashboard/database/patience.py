"""How long a page waits for its database in all; then whatever still needs it fails at once, and the page says so in time."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponseBase


class _Here(threading.local):
    left: float | None = None  # seconds; None: this thread serves no page
    since: float | None = None  # when the wait that is under way began


_here = _Here()


def left() -> float | None:
    """Seconds that the page in hand may still wait for its database, perhaps negative; None where no page is served."""
    if _here.left is None or _here.since is None:
        return _here.left
    return _here.left - (time.monotonic() - _here.since)


def is_over() -> bool:
    """Whether the page in hand has waited for as long as it may."""
    seconds = left()
    return seconds is not None and seconds <= 0


@contextmanager
def charged() -> Iterator[None]:
    """What is done in here is time waited for the database; what such a wait is made of counts once."""
    if _here.since is not None:
        yield
        return
    _here.since = time.monotonic()
    try:
        yield
    finally:
        _here.left, _here.since = left(), None


@contextmanager
def of_its_own(seconds: float) -> Iterator[None]:
    """What is done in here waits for so long in all: whatever a page has left, which is not charged, and where none is made."""
    before = _here.left, _here.since
    _here.left, _here.since = seconds, None
    try:
        yield
    finally:
        _here.left, _here.since = before


def _limited(execute: Callable[..., Any], sql: str, params: object, many: bool, context: dict[str, Any]) -> Any:
    """Run a statement (Django's `execute_wrapper`). Raises OperationalError where the time is up."""
    if is_over():
        raise OperationalError("the database did not answer in time")
    with charged():
        return execute(sql, params, many, context)


class DatabasePatience:
    """While a page is made, all its waits for the database together take at most DATABASE_TIMEOUT seconds."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer within that."""
        _here.left = settings.DATABASE_TIMEOUT
        try:
            with connection.execute_wrapper(_limited):
                return self.get_response(request)
        finally:
            _here.left = None
