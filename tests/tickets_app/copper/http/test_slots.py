"""A free slot goes to who holds the fewest; a 429 halves how many there are, and they come back slowly."""

import threading
from collections.abc import Callable

import pytest

from tests.patience import PATIENCE
from tickets_app.copper.errors import CopperError, Kind
from tickets_app.copper.http.deadline import Deadline
from tickets_app.copper.http.slots import GROW_EVERY, LONGEST_QUEUE, Account, Slots
from tickets_app.copper.http.turns import Urgency


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


class Holder:
    """A request that holds its slot until it is told to end."""

    def __init__(self, slots: Slots, caller: str, admitted: list[str], urgency: Urgency = Urgency.FIRST_ROWS) -> None:
        self.end, self.admitted = threading.Event(), threading.Event()
        self.caller, self.urgency = caller, urgency
        self.thread = threading.Thread(target=self._run, args=(slots, admitted))
        self.thread.start()

    def _run(self, slots: Slots, admitted: list[str]) -> None:
        with slots.hold(self.caller, Deadline.after(PATIENCE), self.urgency):
            admitted.append(self.caller)
            self.admitted.set()
            self.end.wait(PATIENCE)

    def finish(self) -> None:
        self.end.set()
        self.thread.join(PATIENCE)


def wait_for(condition) -> None:
    """Until it is so."""
    deadline = Deadline.after(PATIENCE)
    while not condition():
        assert not deadline.passed
        threading.Event().wait(0.002)


def waiting(slots: Slots, number: int) -> None:
    wait_for(lambda: len(slots._waiting) == number)


def test_a_search_with_many_lanes_does_not_hold_back_one_that_comes_later():
    slots, admitted = Slots(4), []
    first = [Holder(slots, "search 1", admitted) for _ in range(4)]
    wait_for(lambda: slots.in_flight == 4)
    queue = []
    for number, caller in enumerate(["search 1"] * 4 + ["search 2"] * 4 + ["page"]):
        queue.append(Holder(slots, caller, admitted))
        waiting(slots, number + 1)
    for holder in first:
        before = len(admitted)
        holder.finish()
        wait_for(lambda before=before: len(admitted) > before)
    assert sorted(admitted[4:6]) == ["page", "search 2"]  # those who held none; then as many as the other
    assert admitted[4:8].count("search 1") <= 2
    for holder in queue:
        holder.end.set()
    for holder in queue:
        holder.thread.join(PATIENCE)
    assert slots.in_flight == 0


def test_never_more_than_allowed_and_who_waits_too_long_is_told():
    slots, admitted = Slots(2), []
    holders = [Holder(slots, "a", admitted) for _ in range(2)]
    wait_for(lambda: slots.in_flight == 2)
    with pytest.raises(CopperError) as refusal, slots.hold("b", Deadline.after(0.05)):
        pytest.fail("there is no slot")
    assert (refusal.value.kind, refusal.value.attempts) == (Kind.BUSY, 0)
    for holder in holders:
        holder.finish()
    with slots.hold("b", Deadline.after(1)):
        assert slots.in_flight == 1


def test_nothing_is_begun_after_the_deadline_to_start():
    late = Deadline(Deadline.after(10).at, start_by=Deadline.after(0).at)
    slots, admitted = Slots(1), []
    holder = Holder(slots, "a", admitted)
    wait_for(lambda: slots.in_flight == 1)
    with pytest.raises(CopperError), slots.hold("b", late):
        pytest.fail("it is too late to begin")
    holder.finish()


def test_a_429_halves_them_once_for_all_that_were_under_way():
    clock = Clock()
    slots = Slots(8, clock)
    for _ in range(5):
        slots.throttled(pause=1.0)
    assert slots.limit == 4
    clock.now += 1.0
    slots.throttled(pause=1.0)
    assert slots.limit == 2
    for _ in range(5):
        clock.now += 1.0
        slots.throttled(pause=1.0)
    assert slots.limit == 1


def test_they_come_back_one_after_the_other_when_copper_answers():
    clock = Clock()
    slots = Slots(8, clock)
    slots.throttled(pause=2.0)
    slots.succeeded()
    assert slots.limit == 4  # the pause is still on
    limits = []
    clock.now += 2.0
    for _ in range(6):
        clock.now += GROW_EVERY
        slots.succeeded()
        slots.succeeded()
        limits.append(slots.limit)
    assert limits == [5, 6, 7, 8, 8, 8]


def test_a_page_comes_before_searches_that_go_on_and_those_before_an_export():
    slots, admitted = Slots(1), []
    holders = [Holder(slots, "a", admitted)]
    wait_for(lambda: slots.in_flight == 1)
    for urgency in (Urgency.LONG, Urgency.GOING_ON, Urgency.FIRST_ROWS):
        holders.append(Holder(slots, urgency.name, admitted, urgency))
        waiting(slots, len(holders) - 1)
    for number, holder in enumerate([holders[0], *holders[:0:-1]]):
        wait_for(lambda number=number: len(admitted) == number + 1)
        holder.finish()
    assert admitted == ["a", "FIRST_ROWS", "GOING_ON", "LONG"]


def held_for(slots: Slots, clock: Clock, seconds: float) -> None:
    with slots.hold("a", Deadline.after(60)):
        clock.now += seconds


def test_who_has_nothing_to_look_at_and_would_wait_for_long_is_told_at_once():
    clock = Clock()
    slots, admitted = Slots(1, clock), []
    for _ in range(100):
        held_for(slots, clock, LONGEST_QUEUE / 2)
    holders = [Holder(slots, "a", admitted)]
    wait_for(lambda: slots.in_flight == 1)
    holders.append(Holder(slots, "export", admitted, Urgency.LONG))  # it does not count: pages pass it
    waiting(slots, 1)
    holders.append(Holder(slots, "page", admitted))
    waiting(slots, 2)
    holders.append(Holder(slots, "page", admitted))
    waiting(slots, 3)
    with pytest.raises(CopperError) as refusal, slots.hold("page", Deadline.after(3600)):
        pytest.fail("there are two before it")
    assert (refusal.value.kind, refusal.value.attempts) == (Kind.BUSY, 0)
    assert refusal.value.retry_after == pytest.approx(1.5 * LONGEST_QUEUE, rel=0.01)
    holders.append(Holder(slots, "export", admitted, Urgency.LONG))  # nobody looks at an empty page: it may wait
    waiting(slots, 4)
    for holder in holders:
        holder.end.set()
    for holder in holders:
        holder.thread.join(PATIENCE)
    assert len(admitted) == 5


def test_one_slow_answer_sends_nobody_away():
    """The first one of a process, too: a time-out of 18 s is no queue."""
    clock = Clock()
    slots, admitted = Slots(1, clock), []
    held_for(slots, clock, 18.0)
    holders = [Holder(slots, "a", admitted)]
    wait_for(lambda: slots.in_flight == 1)
    holders.append(Holder(slots, "page", admitted))
    waiting(slots, 1)
    for holder in holders:
        holder.finish()
    assert admitted == ["a", "page"]


def test_after_one_quick_answer_the_slow_ones_before_it_are_forgotten():
    clock = Clock()
    slots, admitted = Slots(1, clock), []
    for seconds in (15.0, 15.0, 0.1):
        held_for(slots, clock, seconds)
    holders = [Holder(slots, "a", admitted) for _ in range(9)]
    waiting(slots, 8)
    for holder in holders:
        holder.end.set()
    for holder in holders:
        holder.thread.join(PATIENCE)
    assert len(admitted) == 9


class Faulty:
    """A pool that fails when it is told anything, `after` it let the request in or before."""

    def __init__(self, *, after: bool) -> None:
        self.after, self.slots, self.fails = after, None, True

    def settle(self, account: Account) -> int | None:
        if self.fails:
            if self.after:
                self.slots._take(None)
            raise MemoryError
        return None

    def attach(self, heard: Callable[[int | None], None]) -> None:
        """It never calls."""


@pytest.mark.parametrize("after", [False, True])
def test_who_is_gone_before_their_turn_holds_no_slot(after):
    """The slot of one that failed on its way in was lost for good."""
    pool = Faulty(after=after)
    slots = pool.slots = Slots(1, pool=pool)
    with pytest.raises(MemoryError), slots.hold("a", Deadline.after(5)):
        pytest.fail("it failed")
    pool.fails = False
    with slots.hold("b", Deadline.after(5)):
        assert slots.in_flight == 1
