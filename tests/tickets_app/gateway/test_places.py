"""Places of long answers: how many at a time, in which order, one a person; alone, and across processes through Redis."""

import secrets

import pytest
import redis

from tests import redis_server
from tickets_app.gateway.across_processes import board as boards
from tickets_app.gateway.across_processes.board import Board
from tickets_app.gateway.cache import Guard
from tickets_app.gateway.places import LEASE, PRESENT, REMEMBERED, RESERVED, Places, Waiting


class Clock:
    """The board's time, also where Redis would say it."""

    now = 1_000_000.0

    def monotonic(self) -> float:
        return self.now

    def time(self) -> float:
        pytest.fail("a clock that may be set back")


@pytest.fixture
def clock(monkeypatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(boards, "time", clock)
    told = lambda _pipe: (int(clock.now), int(clock.now % 1 * 1_000_000))  # noqa: E731 - shorter than a function
    monkeypatch.setattr(redis.client.Pipeline, "time", told)
    return clock


@pytest.fixture(
    params=[
        "alone",
        pytest.param("redis", marks=pytest.mark.skipif(not redis_server.answers(), reason=redis_server.HOW)),
    ]
)
def board(request, clock):
    """Gives a board for each process; alone there is one process."""
    key = f"test-{secrets.token_hex(8)}"
    alone = Board(Guard())
    yield lambda: Board(Guard(), redis_server.URL, {}, key) if request.param == "redis" else alone
    if request.param == "redis":
        redis.Redis.from_url(redis_server.URL).delete(key)


@pytest.fixture
def process(board):
    return lambda here=2, in_all=0: Places(board(), here=here, in_all=in_all)


def test_so_many_at_a_time_and_the_others_wait_in_the_order_in_which_they_came(process):
    places = process(here=2)
    assert [places.take(one) for one in "ab"] == [None, None]
    assert [places.take(one) for one in "cde"] == [Waiting(0, 0, False), Waiting(1, 1, False), Waiting(2, 2, False)]
    places.give_back("a")
    assert places.take("e") == Waiting(2, 2, False), "two came before"
    assert places.take("d") == Waiting(1, 1, False)
    assert places.take("c") is None
    assert places.take("e") == Waiting(1, 2, False), "one of two is gone"


def test_a_person_has_one_place(process):
    places = process(here=2)
    assert places.take("a") is None
    assert places.take("a") == Waiting(0, 0, True)
    assert places.take("b") is None, "who waits for their own is in nobody's way"
    places.give_back("a")
    assert places.take("a") is None


def test_looking_takes_nothing(process):
    places = process(here=1)
    assert places.look("a") is None
    assert places.look("a") is None
    assert places.take("b") is None
    assert places.look("a") == Waiting(0, 0, False)


def test_who_stops_asking_is_passed_by_and_keeps_the_place_in_line_for_a_while(process, clock):
    places = process(here=1)
    places.take("a")
    places.take("b")
    places.take("c")
    clock.now += PRESENT + 1
    places.keep("a")
    assert places.take("c") == Waiting(0, 1, False), "b does not ask any more"
    assert places.take("b") == Waiting(0, 0, False)
    assert places.take("c") == Waiting(1, 1, False), "and is back"
    clock.now += REMEMBERED + 1
    places.take("c")
    assert places.take("b") == Waiting(1, 1, False), "too late: behind c"


def test_free_places_are_kept_only_shortly_for_who_is_in_line_and_does_not_come(process, clock):
    """They went to another process, or told to come again they do so later: everybody behind them stood in line before places
    that nobody used, and was then not there either when it was their turn.
    """
    places = process(here=2)
    for person in "abcd":
        places.take(person)
    clock.now += 1
    places.give_back("a")
    places.give_back("b")
    clock.now += RESERVED - 0.1
    assert places.look("e") == Waiting(2, 2, False), "c and d may come any moment"
    clock.now += 0.2
    assert places.look("e") is None
    assert places.take("e") is None
    assert places.take("d") is None
    assert places.take("f") == Waiting(1, 1, False), "all are in use again, and c came first"
    assert places.take("c") == Waiting(0, 0, False)
    places.give_back("d")
    assert places.take("f") == Waiting(1, 1, False)
    assert places.take("c") is None


def test_who_leaves_the_line_is_not_waited_for(process):
    places = process(here=1)
    places.take("a")
    places.take("b")
    places.take("c")
    places.leave("b")
    assert places.take("c") == Waiting(0, 1, False)
    places.leave("nobody")


def test_giving_back_twice_frees_one_place(process):
    places = process(here=1)
    places.take("a")
    places.give_back("a")
    places.take("b")
    places.give_back("a")
    assert places.take("c") == Waiting(0, 0, False)


@pytest.mark.parametrize("board", ["redis"], indirect=True)
class TestAcrossProcesses:
    """Two processes that share a Redis."""

    pytestmark = pytest.mark.skipif(not redis_server.answers(), reason=redis_server.HOW)

    def test_all_together_have_so_many(self, process):
        one, other = process(here=2, in_all=3), process(here=2, in_all=3)
        assert [one.take("a"), one.take("b"), other.take("c")] == [None] * 3
        assert other.take("d") == Waiting(0, 0, False)
        one.give_back("a")
        assert other.take("d") is None

    def test_free_places_of_all_together_are_kept_as_shortly(self, process, clock):
        one, other = process(here=2, in_all=1), process(here=2, in_all=1)
        one.take("a")
        other.take("b")
        clock.now += 1
        one.give_back("a")
        clock.now += RESERVED - 0.1
        assert one.look("c") == Waiting(1, 1, False)
        clock.now += 0.2
        assert one.take("c") is None

    def test_a_person_has_one_place_wherever_it_is(self, process):
        one, other = process(), process()
        assert one.take("a") is None
        assert other.take("a") == Waiting(0, 0, True)

    def test_the_line_is_one_but_nobody_waits_for_who_waits_elsewhere(self, process):
        one, other = process(here=1), process(here=1)
        assert one.take("a") is None
        assert one.take("b") == Waiting(0, 0, False)
        assert other.look("c") is None, "b cannot have the place that is free here"
        assert other.take("b") is None, "unless they ask here"
        assert other.take("c") == Waiting(0, 0, False)

    def test_a_place_in_all_goes_to_who_came_first_wherever_they_wait(self, process):
        one, other = process(here=1, in_all=1), process(here=1, in_all=1)
        one.take("a")
        one.take("b")
        other.take("c")
        one.give_back("a")
        assert other.take("c") == Waiting(1, 1, False)
        assert one.take("b") is None

    def test_the_place_of_a_process_that_was_killed_is_free_again(self, process, clock):
        killed, other = process(here=1, in_all=1), process(here=1, in_all=1)
        killed.take("a")
        clock.now += LEASE - 1
        killed.keep("a")
        clock.now += LEASE - 1
        assert other.take("b") == Waiting(0, 0, False), "it said that it is in use"
        clock.now += 2
        assert other.take("b") is None

    def test_a_clock_that_was_set_back_keeps_nobody_in_line_who_left(self, process, clock):
        places, killed = process(here=2, in_all=3), process(here=1)
        assert [places.take("a"), places.take("b"), killed.take("k")] == [None] * 3
        assert [places.take("c").before, places.take("d").before] == [0, 1]
        clock.now -= 3600
        assert places.take("d") == Waiting(1, 1, False), "they come in the order in which they came"
        places.give_back("a")
        places.give_back("b")
        clock.now += PRESENT + 1
        assert places.look("e") is None, "nobody else asks"
        assert places.take("k") == Waiting(0, 0, True), "it may be in use"
        clock.now += LEASE
        assert places.take("k") is None

    def test_an_emptied_redis_frees_no_place_of_this_process(self, process, board):
        places = process(here=1)
        places.take("a")
        redis.Redis.from_url(redis_server.URL).delete(board()._key)
        assert places.take("b") == Waiting(0, 0, False)
        assert places.take("a") == Waiting(1, 1, True)

    def test_what_another_program_wrote_there_is_ignored(self, process, board):
        redis.Redis.from_url(redis_server.URL).set(board()._key, b"[1]")
        assert process().take("a") is None

    def test_two_that_change_it_at_once_both_count(self, board):
        mine, theirs, calls = board(), board(), []

        def change(state: dict[str, int], _now: float) -> None:
            calls.append(1)
            if len(calls) == 1:
                theirs.change(lambda state, _now: state.update(b=1))
            state["a"] = 1

        mine.change(change)
        assert mine.change(lambda state, _now: dict(state)) == {"a": 1, "b": 1}
        assert len(calls) == 2


def test_without_its_redis_each_process_goes_by_itself(clock):
    away = Places(Board(Guard(), "redis://127.0.0.1:9/0", {}, "x"), here=1, in_all=1)
    assert away.take("a") is None
    assert away.take("b") == Waiting(0, 0, False)
    away.give_back("a")
    assert away.take("b") is None


OTHER_SHAPES = [
    '{"running": {"x": ["p", 1, "of a later version"]}}',
    '{"running": {"x": 7}}',
    '{"running": [1]}',
    '{"waiting": {"x": []}}',
    '{"waiting": {"x": [1, "p", "soon", 0]}}',
    '{"full": {"p": null}}',
    '{"last": "x"}',
]


@pytest.mark.skipif(not redis_server.answers(), reason=redis_server.HOW)
@pytest.mark.parametrize("text", OTHER_SHAPES)
def test_a_state_of_another_shape_begins_anew_and_nothing_else_goes_without_redis(text, caplog):
    """Another version wrote it. All that Redis is for was left alone for ten seconds, each time that somebody looked."""
    key, guard = f"test-{secrets.token_hex(8)}", Guard()
    with redis.Redis.from_url(redis_server.URL) as own:
        own.set(key, text)
        one, other = (Places(Board(guard, redis_server.URL, {}, key), here=1, in_all=1) for _ in range(2))
        assert [one.take("a"), other.take("b")] == [None, Waiting(0, 0, False)]
        assert guard(lambda: "Redis is used") == "Redis is used"
        own.set(key, text)
        assert one.take("c") == Waiting(0, 0, False)
        own.delete(key)
    assert [message.partition(" (")[0] for message in caplog.messages] == [
        "What processes know together could not be read"
    ]


@pytest.mark.skipif(not redis_server.answers(), reason=redis_server.HOW)
@pytest.mark.parametrize("text", ["{", "[1]", "7"])
def test_what_is_no_state_is_none(text):
    """Another program wrote there, or half of it was lost."""
    key = f"test-{secrets.token_hex(8)}"
    with redis.Redis.from_url(redis_server.URL) as own:
        own.set(key, text)
        one, other = (Places(Board(Guard(), redis_server.URL, {}, key), here=1, in_all=1) for _ in range(2))
        assert [one.take("a"), other.take("b") is None] == [None, False]  # both know what the first one wrote
        own.delete(key)
