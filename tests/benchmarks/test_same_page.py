"""200 people who open the same page at once cost one request to Copper in each process, and with Redis one in all."""

import pytest

from benchmarks.same_page import asked_for_one_page
from copper_sandbox import Sandbox, Store
from tests import redis_server, server

PROCESSES, PEOPLE = 2, 40  # more people than threads: some come when the answer is there
needs_redis = pytest.mark.skipif(not redis_server.answers(), reason=redis_server.HOW)


@pytest.mark.parametrize(
    ("cache_url", "most"),
    [pytest.param("", PROCESSES, id="without Redis"), pytest.param(redis_server.URL, 1, id="Redis", marks=needs_redis)],
)
def test_one_question_is_one_request(tmp_path, cache_url, most):
    with Sandbox(Store.generate(tickets=120, days=30, seed=7)) as sandbox:
        env = server.environment(
            tmp_path,
            ALLOWED_HOSTS="localhost",
            COPPER_API_URL=sandbox.url,
            COPPER_CACHE_SECONDS="3600",  # however long the machine takes for 200 pages
            COPPER_READ_TIMEOUT="120",
            LOGIN_REQUIRED="false",
            TEST_PATIENT="yes",
            WEB_WORKERS=str(PROCESSES),
            **({"CACHE_URL": cache_url} if cache_url else {}),
        )
        server.migrate(env)
        with server.gunicorn(env) as site:
            asked = asked_for_one_page(sandbox, site.port, "/tickets/", people=PEOPLE)
    assert 1 <= asked["/tickets"] <= most
    assert max(asked.values()) <= most, asked
