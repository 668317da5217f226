"""The outage (`make outage`: 50 people, a minute) says what it is to say; a moment of it as a test."""

import pytest

from copper_sandbox import Fault
from tests.outage import Phase, Seen, outage, verdict
from tests.people import Reply

OLD = "Copper has not answered since 09:00:00."


def phase(*replies: tuple[int, str, float], asked: int = 0, at: float = 0.0) -> Phase:
    seen = [Seen(at, Reply("/tickets/", status, body, seconds)) for status, body, seconds in replies]
    return Phase(began=0.0, seen=seen, asked=asked)


WELL = phase((200, "", 0.1), asked=100), phase((200, OLD, 0.1), asked=10), phase((200, OLD, 0.1), at=1.9)


def test_it_ends_well_where_all_is_as_promised():
    assert verdict(*WELL, lambda _: None) == 0


@pytest.mark.parametrize(
    ("down", "after", "words"),
    [
        (phase((503, "", 0.1)), WELL[2], "1 pages were not shown"),
        (phase((200, OLD, 0.6)), WELL[2], "1 pages took longer"),
        (phase((200, OLD, 0.1), asked=11), WELL[2], "Copper was asked 11%"),
        (WELL[1], phase((200, OLD, 0.1), at=2.1), "not all was well"),
        (WELL[1], phase((502, "", 0.1), at=2.1), "not all was well"),
    ],
)
def test_it_ends_with_1_and_says_what_is_not(down, after, words):
    said: list[str] = []
    assert verdict(WELL[0], down, after, said.append) == 1
    assert any(words in line for line in said)


def test_what_people_saw_is_shown_again_while_copper_is_down(tmp_path):
    more = {"AUDIT_REQUIRED": "false", "DATABASE_TIMEOUT": "60", "COPPER_CACHE_SECONDS": "0.001"}
    before, down, after = outage(
        tmp_path, people=2, seconds=0.1, fault=Fault(status=503), pauses=(0.0, 0.0), WEB_WORKERS="1", **more
    )
    assert before.asked > 0
    assert {one.reply.status for one in (*before.seen, *down.seen, *after.seen)} == {200}
    assert not any(one.of_before for one in before.seen)
    assert all(one.of_before for one in down.seen)
