"""Processes share one limit through Redis, whichever of them comes and goes, and have their own without it."""

import threading

import pytest

from tests import redis_server, thread_starts
from tests.patience import PATIENCE
from tests.tickets_app.copper.http.test_slots import Holder, wait_for, waiting
from tests.tickets_app.gateway.across_processes.conftest import SHORT, die
from tickets_app.copper.errors import CopperError
from tickets_app.copper.http.deadline import Deadline
from tickets_app.copper.http.slots import Slots
from tickets_app.gateway.across_processes import peers as module

needs_redis = pytest.mark.skipif(not redis_server.answers(), reason=redis_server.HOW)


@needs_redis
def test_two_processes_have_one_limit_together(process):
    one, other, admitted = Slots(4, pool=process()), Slots(4, pool=process()), []
    holders = [Holder(slots, "search", admitted) for _ in range(4) for slots in (one, other)]
    wait_for(lambda: len(admitted) == 4)
    for holder in holders:
        holder.end.set()
    for holder in holders:
        holder.thread.join(PATIENCE)
    assert len(admitted) == 8
    assert max(one.in_flight, other.in_flight) == 0


@needs_redis
def test_never_more_than_the_limit_however_they_take_turns(process):
    pools, under_way, most, lock = [Slots(3, pool=process()) for _ in range(3)], 0, 0, threading.Lock()

    def work(slots: Slots, caller: int) -> None:
        nonlocal under_way, most
        for _ in range(20):
            with slots.hold(caller, Deadline.after(PATIENCE)):
                with lock:
                    under_way += 1
                    most = max(most, under_way)
                threading.Event().wait(0.002)  # as long as a very fast answer
                with lock:
                    under_way -= 1

    threads = [threading.Thread(target=work, args=(slots, number)) for slots in pools for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert under_way == 0
    assert 1 < most <= 3


@needs_redis
def test_a_free_slot_goes_to_the_process_that_holds_none(process):
    peers, admitted = process(), []
    one, other = Slots(2, pool=peers), Slots(2, pool=process())
    first = [Holder(one, "search", admitted) for _ in range(2)]
    wait_for(lambda: one.in_flight == 2)
    queue = [Holder(one, "search", admitted) for _ in range(4)]
    wait_for(lambda: len(one._waiting) == 4)
    page = Holder(other, "page", admitted)
    wait_for(lambda: peers._redis.hlen(peers._key("accounts")) == 2)
    first[0].finish()
    assert page.admitted.wait(PATIENCE)
    assert admitted == ["search", "search", "page"]
    for holder in [*first, *queue, page]:
        holder.end.set()
    for holder in [*first, *queue, page]:
        holder.thread.join(PATIENCE)


@needs_redis
def test_the_slots_of_a_process_that_was_killed_are_free_again(process):
    dead, admitted = process(lease=SHORT), []
    killed, other = Slots(2, pool=dead), Slots(2, pool=process(lease=SHORT))
    lost = [Holder(killed, "lost", admitted) for _ in range(2)]
    wait_for(lambda: killed.in_flight == 2)
    die(dead)
    with other.hold("page", Deadline.after(PATIENCE)), other.hold("page", Deadline.after(PATIENCE)):
        assert other.in_flight == 2
    for holder in lost:
        holder.finish()


@needs_redis
def test_a_429_of_one_process_slows_all(process):
    one, other, admitted = Slots(4, pool=process()), Slots(4, pool=process()), []
    one.throttled(pause=5)
    holders = [Holder(one, "a", admitted)]
    wait_for(lambda: len(admitted) == 1)
    holders += [Holder(other, "b", admitted) for _ in range(3)]
    wait_for(lambda: len(admitted) == 2)
    with pytest.raises(CopperError), other.hold("b", Deadline.after(0.2)):
        pytest.fail("there are two slots for both")
    for holder in holders:
        holder.end.set()
    for holder in holders:
        holder.thread.join(PATIENCE)
    assert len(admitted) == 4


@needs_redis
def test_redis_may_be_emptied_at_any_time(process):
    peers, admitted = process(), []
    one, other = Slots(2, pool=peers), Slots(2, pool=process())
    holders = [Holder(one, "a", admitted) for _ in range(2)]
    wait_for(lambda: one.in_flight == 2)
    peers._redis.delete(peers._key("alive"), peers._key("accounts"))
    wait_for(lambda: peers._redis.hlen(peers._key("accounts")) == 1)  # the sign of life says it anew
    with pytest.raises(CopperError), other.hold("b", Deadline.after(0.2)):
        pytest.fail("both slots are held")
    for holder in holders:
        holder.finish()
    with other.hold("b", Deadline.after(PATIENCE)):
        assert other.in_flight == 1


def test_without_redis_each_process_has_its_own_limit(process, caplog):
    slots, admitted = Slots(2, pool=process("redis://127.0.0.1:9")), []
    holders = [Holder(slots, "a", admitted) for _ in range(3)]
    wait_for(lambda: len(admitted) == 2)
    holders[0].end.set()
    holders[1].end.set()
    wait_for(lambda: len(admitted) == 3)
    for holder in holders:
        holder.finish()
    assert [record.message for record in caplog.records] == [
        "The cache failed (ConnectionError); going on without it for 10 s"
    ]


@needs_redis
def test_slots_are_found_again_when_redis_goes_away_in_between(process):
    peers, admitted = process(), []
    slots, other = Slots(2, pool=peers), Slots(2, pool=process())
    guard = peers._guard
    first = Holder(slots, "a", admitted)
    wait_for(lambda: len(admitted) == 1)
    die(peers)
    second = Holder(slots, "a", admitted)  # by its own limit
    wait_for(lambda: len(admitted) == 2)
    peers._guard = guard
    wait_for(lambda: peers._redis.hlen(peers._key("accounts")) >= 1 and not slots._alone)
    with pytest.raises(CopperError), other.hold("b", Deadline.after(0.3)):
        pytest.fail("both slots are held")
    first.finish()
    second.finish()


@needs_redis
def test_nobody_listens_where_nothing_is_awaited(process, monkeypatch):
    monkeypatch.setattr(module, "LINGER", 0.1)
    peers = process()
    with Slots(1, pool=peers).hold("a", Deadline.after(PATIENCE)):
        assert peers._thread is not None
    wait_for(lambda: peers._thread is None)


@needs_redis
def test_who_cannot_listen_just_now_goes_by_itself_and_listens_later(process, caplog):
    """Its thread was never tried again: what other processes gave back reached nobody here until a restart."""
    peers, admitted = process(), []
    slots, other = Slots(1, pool=peers), Slots(1, pool=process())
    with thread_starts.refused("peers"), slots.hold("a", Deadline.after(PATIENCE)):
        assert slots._alone
    assert set(caplog.messages) == {"Other processes are not listened to: can't start new thread"}
    theirs = Holder(other, "b", admitted)
    wait_for(lambda: len(admitted) == 1)
    mine = Holder(slots, "a", admitted)
    waiting(slots, 1)
    theirs.finish()
    assert mine.admitted.wait(PATIENCE)
    mine.finish()


@needs_redis
def test_who_cannot_listen_just_now_waits_for_nobodys_answer(process):
    leads, follows = process(), process()
    assert leads.join("k", pytest.fail, again=False)
    with thread_starts.refused("peers"):
        assert follows.join("k", pytest.fail, again=False) is None
    assert not follows._awaited
    leads.land("k", "ours")
