"""Who has nothing to look at yet comes first, whatever comes when, and nobody is passed over for ever."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from tickets_app.copper.http.turns import PASSED_AT_MOST, Turns, Urgency, Waiter, counted

URGENCIES = st.sampled_from(list(Urgency))
# How many choices in a row may go to others while somebody with this urgency waits.
MOST_IN_A_ROW = {
    Urgency.FIRST_ROWS: len(Urgency) - 1,  # each of the others, where all were passed over for long
    Urgency.GOING_ON: PASSED_AT_MOST + 1,
    Urgency.LONG: PASSED_AT_MOST + 1,
}


def served(arrivals: list[list[Urgency]]) -> list[tuple[Urgency, set[Urgency]]]:
    """Who was next, and who waited then; before each choice some come."""
    turns, waiting, found = Turns(), list[Waiter](), []
    for number, coming in enumerate(arrivals):
        waiting += [Waiter(f"{number}-{place}", urgency) for place, urgency in enumerate(coming)]
        if waiting:
            here = {waiter.urgency for waiter in waiting}
            chosen = turns.next_of(waiting, Counter())
            waiting.remove(chosen)
            found.append((chosen.urgency, here))
    return found


@given(st.lists(st.lists(URGENCIES, max_size=3), max_size=120))
def test_nobody_is_passed_over_for_ever(arrivals):
    passed = dict.fromkeys(Urgency, 0)
    for chosen, waiting in served(arrivals):
        for urgency in Urgency:
            passed[urgency] = passed[urgency] + 1 if urgency in waiting and urgency is not chosen else 0
            assert passed[urgency] <= MOST_IN_A_ROW[urgency]


@given(st.lists(st.lists(URGENCIES, max_size=3), max_size=120))
def test_somebody_less_urgent_is_next_only_where_that_was_passed_over_for_long(arrivals):
    passed = dict.fromkeys(Urgency, 0)
    for chosen, waiting in served(arrivals):
        assert chosen == min(waiting) or passed[chosen] >= PASSED_AT_MOST
        for urgency in Urgency:
            if urgency is chosen or urgency not in waiting:
                passed[urgency] = 0
            elif urgency > chosen:
                passed[urgency] += 1


@given(st.lists(URGENCIES, max_size=PASSED_AT_MOST))
def test_the_most_urgent_come_first(coming):
    assert [chosen for chosen, _ in served([coming, *([[]] * len(coming))])] == sorted(coming)


def test_where_all_kinds_wait_all_the_time_most_slots_are_for_first_rows():
    got = Counter(chosen for chosen, _ in served([list(Urgency)] * 600))
    assert got[Urgency.FIRST_ROWS] >= 0.6 * 600
    assert min(got.values()) >= 600 / (PASSED_AT_MOST + 3)


def test_of_those_that_are_as_urgent_the_caller_with_the_fewest_is_next_then_who_waits_longest():
    one, two, three = Waiter("many"), Waiter("few"), Waiter("few")
    assert Turns().next_of([one, two, three], Counter(many=3, few=1)) is two


def test_no_more_are_told_than_may_be_in_flight():
    waiting = [Waiter("a", urgency) for urgency in Urgency for _ in range(3)]
    assert counted(waiting, 9) == (3, 3, 3)
    assert counted(waiting, 4) == (3, 1, 0)
    assert counted([], 4) == (0, 0, 0)
