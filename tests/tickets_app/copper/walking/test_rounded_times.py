"""A Copper that says times less exactly than it compares them: cut down, rounded or rounded up, to a thousandth or a minute."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.tickets_app.copper.walking.model import START, ModelCopper
from tests.tickets_app.copper.walking.runner import Runner
from tests.tickets_app.copper.walking.test_lanes import small_parts  # noqa: F401 - a fixture
from tests.tickets_app.copper.walking.test_walk import ids
from tickets_app.copper.moments import Moment
from tickets_app.copper.query import TicketQuery
from tickets_app.copper.resources import Ticket
from tickets_app.copper.walking.census import Census
from tickets_app.copper.walking.plan import Plan
from tickets_app.copper.walking.walk import Step

MOST_REQUESTS = 1000  # of a search that ends: one that goes on for ever is a fault
Rounding = Callable[[datetime], datetime]


def down(unit: timedelta) -> Rounding:
    return lambda at: at - (at - START) % unit


def up(unit: timedelta) -> Rounding:
    return lambda at: at + (START - at) % unit


EXACT, MILLI, SECOND, MINUTE = (
    timedelta(**one) for one in ({"microseconds": 1}, {"milliseconds": 1}, {"seconds": 1}, {"minutes": 1})
)
DOWN = [down(unit) for unit in (EXACT, MILLI, SECOND, MINUTE)]
UP = [up(SECOND), up(MINUTE), lambda at: down(SECOND)(at + SECOND / 2)]


class Rounder(ModelCopper):
    """It compares the exact times."""

    def __init__(self, seed: int, said: Rounding, max_page: int) -> None:
        chance = random.Random(seed)
        span, share = chance.choice([3, 20, 300, 3600, 86_400]), chance.choice([0.05, 0.3, 1.0])
        times: list[datetime] = []
        for _ in range(chance.choice([3, 20, 70])):
            at = START + timedelta(seconds=chance.uniform(0, span))
            times.append(chance.choice([at, at, at.replace(microsecond=0), *times[-1:]]))
        self.exact = {f"t{number}": at for number, at in enumerate(sorted(times))}
        super().__init__([_ticket(id_, said(at), chance.random() < share) for id_, at in self.exact.items()][::-1])
        self.max_page, self.now = max_page, Moment.of(START + timedelta(seconds=span)).microseconds

    def _order(self, row: Ticket) -> tuple[datetime, int]:
        return self.exact[row.id], 0


def _ticket(id_: str, at: datetime, matches: bool) -> Ticket:
    created = at.isoformat().replace("+00:00", "Z")
    return Ticket(id_, {"id": id_, "created": created, "reference": "hit" if matches else ""})


def coppers(roundings: list[Rounding]) -> st.SearchStrategy[Rounder]:
    return st.builds(Rounder, st.integers(), st.sampled_from(roundings), st.integers(1, 9))


orders = st.integers().map(random.Random)  # of answers


def steps_of(copper: Rounder, text: str | None, count: int, rng: random.Random) -> list[Step]:
    plan = Plan(TicketQuery(limit=100, search_query=text), Census(keeps=text is not None), now=copper.now)
    return Runner(copper, rng, count, patience=MOST_REQUESTS).steps(plan)


@settings(max_examples=200, deadline=None)
@given(coppers([*DOWN, *UP]), st.integers(1, 8), orders)
def test_every_ticket_of_a_list_comes_once_and_it_ends(copper, count, rng):
    steps = steps_of(copper, None, count, rng)
    assert (steps[-1].rest, ids(steps)) == (None, [row.id for row in copper.tickets])


@settings(max_examples=400, deadline=None)
@given(coppers([*DOWN, *UP]), st.integers(1, 8), orders)
@example(Rounder(451387356048135636, up(MINUTE), 1), 2, random.Random(842548230070))  # the rest of a part seemed empty
def test_every_match_of_a_search_comes_once_and_it_ends(copper, count, rng):
    steps = steps_of(copper, "hit", count, rng)
    assert (steps[-1].rest, ids(steps)) == (None, matches_of(copper))


@settings(max_examples=400, deadline=None)
@given(coppers(DOWN), st.integers(1, 8), st.integers(1, 20), st.booleans(), orders)
@example(
    Rounder(165189492097775958, down(SECOND), 1), 6, 10, False, random.Random(99116571451)
)  # a part seemed at its end
def test_a_search_that_is_left_and_taken_up_again_finds_each_once(copper, count, patience, keeps, rng):
    assert found_in_turns(copper, count, patience, rng, keeps=keeps) == matches_of(copper)


@settings(max_examples=200, deadline=None)
@given(coppers(UP), st.integers(1, 8), st.integers(1, 20), st.booleans(), orders)
def test_it_loses_none_either_where_times_are_rounded_up(copper, count, patience, keeps, rng):
    """One at the very place where a page was left can come again on the next: a place in time names no ticket."""
    found = found_in_turns(copper, count, patience, rng, keeps=keeps)
    assert list(dict.fromkeys(found)) == matches_of(copper)


def found_in_turns(copper: Rounder, count: int, patience: int, rng: random.Random, *, keeps: bool) -> list[str]:
    """What a search finds that is left after ever more answers; its cuts are kept meanwhile, or forgotten."""
    rest, census, cuts, found = TicketQuery(limit=100, search_query="hit"), Census(), None, []
    while rest is not None:
        plan = Plan(rest, census, now=copper.now, cuts=cuts)
        steps = Runner(copper, rng, count, patience=patience).steps(plan)
        found += ids(steps)
        rest = steps[-1].rest if steps else rest
        cuts = plan.dump() if keeps else None
        patience += 1
    return found


def matches_of(copper: Rounder) -> list[str]:
    return [row.id for row in copper.tickets if row.properties["reference"]]
