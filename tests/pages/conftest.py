"""The pages over the sandbox, in one process: Django's test client on this side, real HTTP to Copper on the other."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from copper_sandbox import Sandbox, Store
from tests import caches
from tests.pages.reading import Reader
from tickets_app.gateway import shared

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def made(number: int, *, at: datetime | None = None, **properties: object) -> dict[str, object]:
    """A ticket of exact data; each is a minute older than the one before."""
    created = (at or NOON - timedelta(minutes=number)).isoformat().replace("+00:00", "Z")
    return {"id": f"tkt_{number:05}", "created": created, "reference": f"R-{number}", "location": "loc_a", **properties}


LOCATIONS = [{"id": "loc_a", "display_name": "Reno"}, {"id": "loc_b", "display_name": "Harbor Café"}]


@pytest.fixture(autouse=True)
def no_answers_kept(settings, db):
    """Each test starts with an empty cache, and keeps nothing unless it says so. A slow answer is no failure either."""
    settings.COPPER_CACHE_SECONDS = 0
    settings.COPPER_CONNECT_TIMEOUT, settings.COPPER_READ_TIMEOUT = 30, 30
    caches.clear()
    shared.forget()
    yield
    shared.forget()


@pytest.fixture
def serve(settings) -> Iterator[Callable[..., Sandbox]]:
    """Starts a sandbox with these tickets and points the site at it."""
    with ExitStack() as stack:

        def start(
            tickets: list[dict[str, object]] | None = None, *, store: Store | None = None, **options: object
        ) -> Sandbox:
            sandbox = stack.enter_context(
                Sandbox(store or Store(tickets=tickets or [], locations=LOCATIONS), **options)
            )
            settings.COPPER_API_URL = sandbox.url
            return sandbox

        yield start


@pytest.fixture
def pages(client) -> Reader:
    """Reads pages as a program would: by the HTML hooks of DESIGN.md."""
    return Reader(client)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """This machine's clock, to be set by `move_to`; it goes on from there."""
    with time_machine.travel(NOON + timedelta(seconds=30)) as traveller:
        yield traveller
