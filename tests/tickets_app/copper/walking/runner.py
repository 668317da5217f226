"""Runs a plan as lanes do, but without threads, and a search of many tickets in that way."""

import random
from dataclasses import dataclass, field
from datetime import timedelta

from tests.tickets_app.copper.walking.model import START, ModelCopper, ticket
from tickets_app.copper.errors import CopperError, Kind
from tickets_app.copper.moments import Moment
from tickets_app.copper.query import TicketQuery
from tickets_app.copper.resources import Page, Ticket
from tickets_app.copper.walking import parts
from tickets_app.copper.walking.census import Census
from tickets_app.copper.walking.plan import Plan
from tickets_app.copper.walking.walk import Step

NOW = Moment.of(START + timedelta(minutes=20)).microseconds
LATER = Moment.of(START + timedelta(days=10)).microseconds


def moment(minute: float) -> Moment:
    return Moment.of(START + timedelta(minutes=minute))


@dataclass
class Runner:
    """Runs a plan without threads: answers come in a random order, some of them faults, until the patience is over."""

    copper: ModelCopper
    random: random.Random
    count: int = 4
    fault_rate: float = 0.0
    patience: int = 1_000_000  # answers
    leaves_after: int = 1_000_000  # answers
    most_under_way: int = 0
    after_each: list[str] = field(default_factory=list)

    def steps(self, plan: Plan) -> list[Step]:
        given, under_way = [], []
        for number in range(self.patience):
            plan.winding_down = number >= self.leaves_after
            self.begin(plan, under_way)
            if plan.winding_down and not under_way:
                return given
            assert under_way, "nothing is under way, and nothing is final"
            plan.finish(*under_way.pop(self.random.randrange(len(under_way))))
            while (step := plan.take()) is not None:
                given.append(step)
                if step.rest is None or step.failure:
                    return given
        return given

    def begin(self, plan: Plan, under_way: list[tuple[parts.Job, Step | Page | CopperError]]) -> None:
        while len(under_way) < self.count and (job := plan.next_job()) is not None:
            under_way.append((job, self.result(plan, job)))
        self.most_under_way = max(self.most_under_way, len(under_way))

    def result(self, plan: Plan, job: parts.Job) -> Step | Page | CopperError:
        try:
            return plan.run(job, self.fetch)
        except CopperError as error:
            return error

    def fetch(self, query: TicketQuery) -> Page:
        if self.random.random() < self.fault_rate:
            raise CopperError(*self.random.choice([(Kind.SERVER, "", 500), (Kind.RATE_LIMITED, "", 429)]))
        return self.copper.fetch(query)


def crowd(count: int, hits: set[int] = frozenset()) -> list[Ticket]:
    """Real sizes: a ticket a minute, newest first."""
    return [ticket(number, reference="hit" if number in hits else "") for number in reversed(range(count))]


def searched(copper: ModelCopper, text: str, census: Census, **options: object) -> list[Step]:
    query = TicketQuery(search_query=text, created_gte=Moment.of(START), limit=100)
    return Runner(copper, random.Random(1), 8, **options).steps(Plan(query, census, now=LATER))
