"""While Copper is down one of all processes probes, and what it sees is known to all; without Redis each probes for itself."""

import secrets

import pytest
import redis

from tests import redis_server
from tests.tickets_app.gateway.across_processes.conftest import OPTIONS
from tickets_app.copper.http.breaker import FAILURES, LOOK_AGAIN, PROBE_EVERY, Breaker
from tickets_app.gateway.across_processes.board import Board
from tickets_app.gateway.across_processes.peers import Peers
from tickets_app.gateway.across_processes.recovery import Recovery
from tickets_app.gateway.cache import Guard

needs_redis = pytest.mark.skipif(not redis_server.answers(), reason=redis_server.HOW)


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Town:
    """Processes of one account, each with a breaker that is open."""

    def __init__(self, url: str) -> None:
        self.clock, self.name, self._url = Clock(), secrets.token_hex(4), url

    def process(self, *, is_open: bool = True) -> Breaker:
        breaker = Breaker(self.clock, Recovery(self._url, OPTIONS, self.name, Guard()))
        for _ in range(FAILURES if is_open else 0):
            breaker.failed()
        return breaker

    def probe_is_over(self) -> None:
        """As after its seconds: Redis has a clock that no test moves."""
        with redis.Redis.from_url(self._url) as own:
            own.delete(f"copper-tickets:1:{{{self.name}}}:probe")
        self.clock.now += PROBE_EVERY


@pytest.fixture
def town() -> Town:
    return Town(redis_server.URL)


@needs_redis
def test_one_of_all_probes(town):
    one, other = town.process(), town.process()
    town.probe_is_over()
    assert [one.wait_needed(), other.wait_needed()] == [0.0, LOOK_AGAIN]
    town.clock.now += LOOK_AGAIN
    assert other.wait_needed() == LOOK_AGAIN
    town.probe_is_over()
    assert [other.wait_needed(), one.wait_needed()] == [0.0, LOOK_AGAIN]


@needs_redis
def test_a_probe_is_taken_only_for_a_while(town):
    """Who took it may have died."""
    one = town.process()
    town.probe_is_over()
    assert one.wait_needed() == 0.0
    with redis.Redis.from_url(redis_server.URL) as own:
        assert 0 < own.pttl(f"copper-tickets:1:{{{town.name}}}:probe") < PROBE_EVERY * 1000


@needs_redis
def test_an_answered_probe_closes_all(town):
    one, other = town.process(), town.process()
    town.probe_is_over()
    assert one.wait_needed() == 0.0
    one.succeeded()
    assert other.wait_needed() == 0.0
    assert other.since is None
    assert other.wait_needed() == 0.0  # and not as its probe


@needs_redis
def test_what_was_told_before_it_opened_closes_nothing(town):
    before = town.process()
    before.succeeded()
    after = town.process()
    assert after.wait_needed() > 0
    assert before.wait_needed() == 0.0


@needs_redis
def test_where_one_is_open_one_failure_opens_the_next(town):
    """Each would ask Copper in vain as often as the first; and the probe is still the first one's."""
    other = town.process(is_open=False)
    one = town.process()
    assert other.wait_needed() == 0.0
    other.failed()
    assert other.wait_needed() == PROBE_EVERY
    town.probe_is_over()
    assert [one.wait_needed(), other.wait_needed()] == [0.0, LOOK_AGAIN]


@needs_redis
def test_a_failure_after_all_is_well_again_opens_nothing(town):
    one, other = town.process(), town.process(is_open=False)
    one.succeeded()
    other.failed()
    assert other.wait_needed() == 0.0


@needs_redis
def test_who_opens_has_probed(town):
    """It has just seen that Copper does not answer: nobody asks again before a probe is due."""
    town.process()
    late = town.process()
    town.clock.now += PROBE_EVERY
    assert late.wait_needed() == LOOK_AGAIN


@needs_redis
def test_a_breaker_that_was_not_open_tells_nothing(town):
    other = town.process()
    town.process(is_open=False).succeeded()
    assert other.wait_needed() > 0


@needs_redis
def test_other_accounts_hear_nothing(town):
    other = Town(redis_server.URL).process()
    town.process().succeeded()
    assert other.wait_needed() > 0


def test_without_redis_each_probes_for_itself():
    town = Town("redis://127.0.0.1:1/0")
    one, other = town.process(), town.process()
    town.clock.now += PROBE_EVERY
    assert [one.wait_needed(), other.wait_needed()] == [0.0, 0.0]
    one.succeeded()
    assert (one.wait_needed(), other.wait_needed()) == (0.0, PROBE_EVERY)


@pytest.mark.parametrize(
    "make",
    [
        lambda url, options: Board(Guard(), url, options, "key")._redis,
        lambda url, options: Peers(url, options, "name", Guard(), lease=60)._redis,
        lambda url, options: Recovery(url, options, "name", Guard())._redis,
    ],
    ids=["a board", "peers", "recovery"],
)
def test_redis_is_asked_with_the_options_of_the_cache(make):
    """Else a Redis that says nothing would be waited for without an end."""
    options = {"socket_timeout": 1.25, "socket_connect_timeout": 0.75, "client_name": "ours"}
    assert make("redis://127.0.0.1:1/0", options).get_connection_kwargs().items() >= options.items()
