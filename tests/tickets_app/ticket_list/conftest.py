"""The pages over the sandbox: what tests/pages gives its tests; and over a Copper that answers with any bodies at all."""

import pytest

from tests.fault_server import FaultServer, answer
from tests.pages.conftest import clock, no_answers_kept, pages, serve  # noqa: F401 - fixtures


def listed(*tickets: object, more: bool = False, **extra: object) -> dict[str, object]:
    return {"object": "list", "data": list(tickets), "has_more": more, **extra}


@pytest.fixture
def copper(settings):
    """Copper answers with these bodies, the last one for ever."""
    servers = []

    def start(*bodies: object, **headers: str) -> FaultServer:
        server = FaultServer(*(answer(body, **headers) for body in bodies)).__enter__()
        servers.append(server)
        settings.COPPER_API_URL = server.url
        return server

    yield start
    for server in servers:
        server.__exit__()
