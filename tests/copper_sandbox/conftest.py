"""A sandbox that all tests of a module ask, and how they ask it."""

from datetime import UTC, datetime, timedelta

import pytest
import requests

from copper_sandbox import Sandbox, Store

KEY = ("sk_test_X", "")
NOW = datetime(2026, 11, 24, tzinfo=UTC)
LOCATIONS = [{"id": f"loc_{letter}", "display_name": letter} for letter in "abc"]


def made(number: int, **properties: object) -> dict[str, object]:
    created = (NOW - timedelta(minutes=number)).isoformat().replace("+00:00", "Z")
    return {"id": f"t{number:03}", "created": created, "reference": f"R{number}", "location": "loc_a", **properties}


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(Store(tickets=[made(number) for number in range(30)], locations=LOCATIONS)) as running:
        yield running


def get(sandbox: Sandbox, path: str, auth=KEY, headers=None, **params) -> requests.Response:
    return requests.get(f"{sandbox.url}/{path}", params=params, auth=auth, headers=headers, timeout=10)
