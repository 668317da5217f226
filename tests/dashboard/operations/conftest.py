"""What the tests of seeing the site run share: a sandbox, everything that is logged, and pages that stream or break."""

import io
import json
import logging
from collections.abc import Callable, Iterator

import pytest

from copper_sandbox import Fault
from dashboard.operations.logs import JsonLine, Output
from tests.pages.conftest import made, no_answers_kept, serve  # noqa: F401 - fixtures

TICKETS = [made(number) for number in range(120)]


@pytest.fixture
def log() -> Iterator[Callable[[], list[dict[str, object]]]]:
    """Everything that is logged, at DEBUG, as it would stand on standard output; the function gives the lines."""
    out = io.StringIO()
    handler = Output(out)
    handler.setFormatter(JsonLine())
    root = logging.getLogger()
    former = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield lambda: [json.loads(line) for line in out.getvalue().splitlines()]
    root.setLevel(former)
    root.removeHandler(handler)


def fail(sandbox, *faults: Fault) -> None:
    """Faults for the next requests for tickets; the names of locations are asked for at any time."""
    left = list(faults)
    sandbox.script(lambda asked: left.pop(0) if left and "/tickets" in asked.path else None)
