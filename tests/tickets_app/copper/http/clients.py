"""Clients of Copper for tests, how they fail, and a clock of their own."""

import pytest

from tickets_app.copper.errors import CopperError
from tickets_app.copper.http.client import CopperClient
from tickets_app.copper.http.deadline import Deadline

KEY = "sk_test_CANARY0123456789"


def client_for(url: str, **options) -> CopperClient:
    options = {"api_key": KEY, "connect_timeout": 1.0, "read_timeout": 5.0, **options}
    return CopperClient(base_url=url, **options)


def failure(client: CopperClient, *segments: str, seconds: float = 8.0, **options) -> CopperError:
    with pytest.raises(CopperError) as caught:
        client.get(*(segments or ("tickets",)), deadline=Deadline.after(seconds), **options)
    return caught.value


class Clock:
    """A clock that only moves when somebody sleeps."""

    def __init__(self) -> None:
        self.now, self.slept = 1000.0, []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
