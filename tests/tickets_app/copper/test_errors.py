"""A failure in one line: all that helps to find out, and nothing that is not known."""

import pytest

from tickets_app.copper.errors import CopperError, Kind


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (CopperError(Kind.TIMEOUT), "timeout"),
        (CopperError(Kind.TIMEOUT, "ReadTimeout"), "timeout, ReadTimeout"),
        (
            CopperError(Kind.REFUSED, "no", status=400, code="bad", param="limit", request_id="r-1"),
            "refused, no, status 400, code bad, param limit, request r-1",
        ),
    ],
)
def test_a_failure_in_one_line(error, line):
    assert str(error) == line
