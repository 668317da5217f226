"""The parameter itself: what goes in comes out, and nothing else is believed."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets_app.copper.moments import Moment
from tickets_app.sent_links.what_was_seen import MOST, BadWitnessError, Witness, mark, opened

AT = datetime(2026, 11, 20, 19, 2, tzinfo=UTC)
IDS = st.lists(st.text(min_size=1), max_size=MOST + 5)


@given(IDS, st.integers(0, 10**6), st.booleans(), st.sampled_from(["UTC", "America/New_York", "Asia/Kathmandu"]))
def test_what_goes_in_comes_out(ids, more, whole, zone):
    down_to = Moment.of(AT) if ids else None
    seen = Witness.of(ids, ZoneInfo(zone), AT, count=len(ids) + more, whole=whole, down_to=down_to)
    sealed = seen.sealed("location=ë&search_query=4.417|x~y")
    assert opened(sealed, "location=ë&search_query=4.417|x~y") == seen
    assert sealed.isascii()
    assert not set(sealed) & set("&?#% +")
    assert len(sealed) <= 160 + 4 * MOST
    assert seen.marks == tuple(mark(id_) for id_ in ids[:MOST])
    assert not (seen.whole and seen.count > len(seen.marks))


@given(st.data())
def test_any_other_character_at_any_place_is_noticed(data):
    sealed = Witness.of(["a", "b"], ZoneInfo("UTC"), AT, count=2, whole=True, down_to=None).sealed("x")
    place = data.draw(st.integers(0, len(sealed) - 1))
    other = data.draw(st.characters().filter(lambda one: one != sealed[place]))
    changed = sealed[:place] + other + sealed[place + 1 :]
    with pytest.raises(BadWitnessError):
        opened(changed, "x")


@given(st.text())
def test_nothing_made_up_is_believed(text):
    with pytest.raises(BadWitnessError):
        opened(text, "x")


def test_it_holds_for_its_own_address_alone():
    sealed = Witness.of(["a"], ZoneInfo("UTC"), AT, count=1, whole=True, down_to=None).sealed("x")
    with pytest.raises(BadWitnessError):
        opened(sealed, "x|y")
    with pytest.raises(BadWitnessError):
        opened(f"y|{sealed}", "x")


def test_a_tail_cut_off_the_address_cannot_move_into_what_it_says():
    """What is signed is one text: the bar between its two parts must not be one that can be shifted."""
    seen = Witness.of(["a"], ZoneInfo("UTC"), AT, count=1, whole=True, down_to=None)
    with pytest.raises(BadWitnessError):
        opened("b|" + seen.sealed("a|b"), "a")
