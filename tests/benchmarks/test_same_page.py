"""200 people who open the same page at once cost one request to Copper in each process, and with Redis one in all."""

import pytest

from benchmarks.same_page import PROCESSES, measured
from tests import redis_server

PEOPLE = 40  # more people than threads: some come when the answer is there
needs_redis = pytest.mark.skipif(not redis_server.answers(), reason=redis_server.HOW)


@pytest.mark.parametrize(
    ("cache_url", "most"),
    [pytest.param("", PROCESSES, id="without Redis"), pytest.param(redis_server.URL, 1, id="Redis", marks=needs_redis)],
)
def test_one_question_is_one_request(cache_url, most):
    asked = measured(people=PEOPLE, cache_url=cache_url)
    assert 1 <= asked["/tickets"] <= most
    assert max(asked.values()) <= most, asked
