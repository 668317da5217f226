"""Where the server listens, by BIND and PORT."""

import pytest

from dashboard import serving


@pytest.mark.parametrize(
    ("host", "place"),
    [
        ("", "127.0.0.1:8000"),
        (" ", "127.0.0.1:8000"),
        ("0.0.0.0", "0.0.0.0:8000"),
        ("::1", "[::1]:8000"),
        ("[::1]", "[::1]:8000"),
        ("tickets-1", "tickets-1:8000"),
    ],
)
def test_nobody_but_this_machine_is_answered_unless_it_is_said(host, place):
    assert serving.place(host, 8000) == place
