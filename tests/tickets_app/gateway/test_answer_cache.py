"""Answers are shown again for a while, asked for once at a time, and come without the cache when it is down."""

import threading
import time

import pytest
import redis
import time_machine
from django.core.cache import caches

from tests import redis_server
from tests.caches import clear as clear_all
from tests.patience import PATIENCE
from tickets_app.copper.errors import CopperError, Kind
from tickets_app.copper.http.deadline import Deadline
from tickets_app.gateway import answer_cache
from tickets_app.gateway.answer_cache import FOLLOWERS, Answers, Kept
from tickets_app.gateway.cache import VERSION, Shelf


@pytest.fixture(autouse=True)
def empty_cache():
    clear_all()


@pytest.fixture(autouse=True)
def no_wait_is_long(monkeypatch):
    """On no machine, where that is not what is looked at."""
    monkeypatch.setattr(answer_cache, "SOON", 600.0)


def always(_body: object) -> bool:
    return True


def get(answers: Answers, load, key: str = "k", seconds: float = PATIENCE, keep=always) -> Kept:
    return answers.get(key, load, Deadline.after(seconds), keep)


def test_an_answer_is_kept_with_its_time():
    answers, asked = Answers(60), []
    load = lambda: asked.append(1) or Kept({"x": "\ud800"}, time.time(), 2.0)  # noqa: E731 - short and used here only
    first, second = get(answers, load), get(answers, load)
    assert first == second
    assert asked == [1]


def test_an_answer_that_is_not_worth_keeping_is_asked_for_again():
    answers, asked = Answers(60), []
    for _ in range(2):
        get(answers, lambda: asked.append(1) or Kept({}, time.time()), keep=lambda body: False)
    assert asked == [1, 1]


@pytest.mark.parametrize("at", [-61.0, +61.0], ids=["too old", "from the future"])
def test_an_answer_that_is_too_old_or_from_the_future_is_not_shown(at):
    answers, asked = Answers(60), []
    for _ in range(2):
        get(answers, lambda: asked.append(1) or Kept({}, time.time() + at))
    assert asked == [1, 1]


@pytest.mark.parametrize("garbage", ["not json", "[]", '{"body": 1}', '{"other": 1}', 7, b"x", None])
def test_garbage_in_the_cache_is_no_answer(garbage):
    caches["default"].set(VERSION + "k", garbage)
    assert get(Answers(60), lambda: Kept("fresh", time.time())).body == "fresh"


def test_what_came_between_the_look_and_the_turn_is_not_asked_for():
    """Somebody else's request was begun and done while this thread stood still behind its look into the cache."""
    answers = Answers(60)
    read, late = answers._read, [lambda: get(answers, lambda: Kept("theirs", time.time()))]

    def looked(key: str, seconds: float) -> Kept | None:
        found = read(key, seconds)
        if late:
            late.pop()()
        return found

    answers._read = looked
    assert get(answers, lambda: pytest.fail("it is there")).body == "theirs"


def test_a_hundred_at_once_ask_once():
    answers, asked, entered = Answers(0), [], threading.Barrier(101)
    found: list[object] = []

    def load() -> Kept:
        asked.append(1)
        others_wait.wait(PATIENCE)
        return Kept("shared", time.time())

    others_wait = threading.Event()

    def reader() -> None:
        entered.wait(PATIENCE)
        found.append(get(answers, load).body)

    threads = [threading.Thread(target=reader) for _ in range(100)]
    for thread in threads:
        thread.start()
    entered.wait(PATIENCE)
    while len(answers._flights) != 1 or _waiting(answers) < 99:
        threading.Event().wait(0.01)
    others_wait.set()
    for thread in threads:
        thread.join(PATIENCE)
    assert (len(asked), found) == (1, ["shared"] * 100)


def _waiting(answers: Answers) -> int:
    return sum(len(flight.landed._cond._waiters) for flight in list(answers._flights.values()))


def test_who_waits_gets_the_leaders_error_but_not_its_lack_of_time():
    answers, leads = Answers(0), threading.Event()
    go = threading.Event()

    def slow_failure() -> Kept:
        leads.set()
        go.wait(PATIENCE)
        raise CopperError(Kind.TIMEOUT)

    def lead() -> None:
        with pytest.raises(CopperError):
            get(answers, slow_failure)

    leader = threading.Thread(target=lead)
    leader.start()
    assert leads.wait(PATIENCE)
    found: list[object] = []
    follower = threading.Thread(target=lambda: found.append(get(answers, lambda: Kept("mine", time.time())).body))
    follower.start()
    while _waiting(answers) < 1:
        threading.Event().wait(0.01)
    go.set()
    leader.join(PATIENCE)
    follower.join(PATIENCE)
    assert found == ["mine"]


def test_who_waits_does_not_wait_for_ever():
    answers, leads, go = Answers(0), threading.Event(), threading.Event()
    leader = threading.Thread(
        target=lambda: get(answers, lambda: (leads.set(), go.wait(PATIENCE), Kept(1, time.time()))[2])
    )
    leader.start()
    assert leads.wait(PATIENCE)
    with pytest.raises(CopperError) as refusal:
        get(answers, lambda: pytest.fail("it follows"), seconds=0.05)
    assert refusal.value.kind is Kind.TIMEOUT
    go.set()
    leader.join(PATIENCE)


def test_few_wait_for_long_and_the_others_are_told_at_once(monkeypatch):
    """Forty that opened one ticket, which Copper did not give, held all threads for 18 seconds each."""
    monkeypatch.setattr(answer_cache, "SOON", 0.0)
    answers, leads, go, found = Answers(0), threading.Event(), threading.Event(), []

    def load() -> Kept:
        leads.set()
        assert go.wait(PATIENCE)
        return Kept("shared", time.time())

    def ask() -> None:
        found.append(get(answers, load, seconds=60).body)

    threads = [threading.Thread(target=ask) for _ in range(1 + FOLLOWERS)]
    for thread in threads:
        thread.start()
    assert leads.wait(PATIENCE)
    while _waiting(answers) < FOLLOWERS:
        threading.Event().wait(0.01)
    for _ in range(2):
        with pytest.raises(CopperError) as refusal:
            get(answers, lambda: pytest.fail("it follows"), seconds=60)
        assert (refusal.value.kind, refusal.value.attempts) == (Kind.BUSY, 0)
    assert get(answers, lambda: Kept("mine", time.time()), key="another").body == "mine"
    assert found == []
    go.set()
    for thread in threads:
        thread.join(PATIENCE)
    assert found == ["shared"] * (1 + FOLLOWERS)


def test_who_waits_for_long_and_gives_up_leaves_room(monkeypatch):
    monkeypatch.setattr(answer_cache, "SOON", 0.0)
    answers, leads, go = Answers(0), threading.Event(), threading.Event()
    leader = threading.Thread(
        target=lambda: get(answers, lambda: (leads.set(), go.wait(PATIENCE), Kept(1, time.time()))[2])
    )
    leader.start()
    assert leads.wait(PATIENCE)
    for _ in range(2 * FOLLOWERS):
        with pytest.raises(CopperError) as refusal:
            get(answers, lambda: pytest.fail("it follows"), seconds=0.01)
        assert refusal.value.kind is Kind.TIMEOUT
    go.set()
    leader.join(PATIENCE)


def test_a_dead_cache_is_left_alone_for_a_while(settings):
    """Row 74."""
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:9",
            "OPTIONS": {"socket_timeout": 0.2, "socket_connect_timeout": 0.2},
        }
    }
    answers = Answers(60)
    assert get(answers, lambda: Kept("fresh", time.time())).body == "fresh"
    used: list[str] = []
    original = type(caches["default"]).get
    type(caches["default"]).get = lambda *a, **k: used.append("get") or original(*a, **k)
    try:
        assert get(answers, lambda: Kept("fresh again", time.time())).body == "fresh again"
    finally:
        type(caches["default"]).get = original
    assert used == []


@pytest.mark.skipif(not redis_server.answers(), reason=redis_server.HOW)
def test_threads_that_come_and_go_use_the_same_connection(settings, monkeypatch):
    """Each lane of a search had one of its own, which stayed open until somebody looked for garbage."""
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": redis_server.URL}
    }
    made, make = [], redis.ConnectionPool.make_connection
    monkeypatch.setattr(redis.ConnectionPool, "make_connection", lambda pool: made.append(1) or make(pool))
    shelf, found = Shelf(), []
    for number in range(5):
        for use in (lambda number=number: shelf.put("k", str(number), 60), lambda: found.append(shelf.get("k"))):
            thread = threading.Thread(target=use)
            thread.start()
            thread.join(PATIENCE)
    assert (found, len(made)) == (["0", "1", "2", "3", "4"], 1)
    caches["default"].delete(VERSION + "k")


@pytest.mark.parametrize(("characters", "shown"), [(300_000, True), (300_001, False)])
def test_what_is_too_large_is_kept_for_no_longer_than_it_is_fresh(characters, shown):
    def fail() -> Kept:
        raise CopperError(Kind.TIMEOUT)

    def ask(load) -> Kept:
        return answers.get("k", load, Deadline.after(10), always, stale=True)

    answers = Answers(60, stale_seconds=3600)
    with time_machine.travel(1_800_000_000, tick=False) as clock:
        around = len(Kept("", time.time()).dump())
        large = Kept("x" * (characters - around), time.time())
        assert len(large.dump()) == characters
        ask(lambda: large)
        clock.shift(59)
        assert ask(fail).instead_of is None
        clock.shift(59)
        if shown:
            assert ask(fail) == large
        else:
            with pytest.raises(CopperError):
                ask(fail)
