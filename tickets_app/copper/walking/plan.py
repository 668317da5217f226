"""What to ask next when several parts of the time are walked at once, and what of it is final. No threads, no clock.

A list is cut into parts with half-open bounds, newest first (cuts.py). Each is walked by `walk.Walk`, so all together give
what one walk gives. Where a search finds little, a part is surveyed first (survey.py).
"""

from collections.abc import Callable
from dataclasses import replace
from math import isfinite

from tickets_app.copper.errors import CopperError
from tickets_app.copper.moments import Moment
from tickets_app.copper.query import MAX_LIMIT, TicketQuery
from tickets_app.copper.resources import Page, Ticket
from tickets_app.copper.walking.census import Census
from tickets_app.copper.walking.cuts import SPAN, Cuts
from tickets_app.copper.walking.extent import Extent, bound_at
from tickets_app.copper.walking.parts import Edge, Job, Part, Tally, about, begins_above, in_order, spell
from tickets_app.copper.walking.survey import Survey
from tickets_app.copper.walking.walk import Fetch, Step, Walk

MOST_AHEAD = 64  # steps that may wait to be taken before one that is not there yet: a slow reader slows the walk down
MOST_WAITING = 128  # steps that may wait in all: seven lanes' while the eighth walks the newest part
FULL = 0.75  # of the rows wanted, from which on a page is left so rather than filled up with a part of a step
MOST_PAUSES = 20  # times that Copper may answer 429 to one request


class Plan:
    """The parts of one list. Not safe for several threads: lanes.py holds a lock around every call but `run`."""

    def __init__(
        self,
        query: TicketQuery,
        census: Census,
        *,
        now: int,
        wanted: int | None = None,
        ahead: int = 0,
        cuts: str | None = None,
        span: Callable[[], float] = lambda: SPAN,
    ) -> None:
        """Plan a list from its place on, towards older tickets.

        `census` is what is known of its rows whatever is searched; `now` in microseconds; `wanted`: rows that fill a page; no
        further parts are begun after that many and `ahead` more; `cuts`: what `dump` gave when this list was left; `span`: rows
        that one part shall hold.
        """
        self._whole, self._census, self._now, self._wanted = query, census, now, wanted
        self._most = None if wanted is None else wanted + ahead
        self._place: TicketQuery = query  # behind the last step that was given out
        self._searches = query.search_query is not None
        self._tally, self._edge = Tally(), Edge()
        self._found = self._given = 0
        self._irregular = self._sequential = self._overflows = False
        self.winding_down = False  # set: only what makes final what was asked already is still done
        self._extent = Extent(query, now)
        self._cuts = Cuts(self._extent, census, self._tally, span, cuts)
        self._survey = Survey(self._extent, census, self._cuts)

    @property
    def _parts(self) -> list[Part]:
        return self._cuts.parts

    # What to do next

    def next_job(self) -> Job | None:
        """Give the newest thing that can be done now; None while there is nothing until something ends."""
        part = self._next_part()
        while part is not None and self._survey.catch_up(part):
            part = self._next_part()
        if part is None:
            return None
        part.running, part.asked = True, part.bound
        if part.walk and part.walk.rest and part.bound is not None:  # it may have been split since its last request
            part.walk.rest = part.walk.rest.between(bound_at(part.bound), None)
        return Job(part, None if part.walk else self._extent.survey_of(part), part is self._parts[0])

    def _next_part(self) -> Part | None:
        within = self._within_reach()
        idle = [part for part in within if part.idle]
        return self._most_urgent(idle) if idle else None if self._sequential else self._cuts.split(within)

    def _most_urgent(self, idle: list[Part]) -> Part:
        """The newest, since what is newer is final sooner; close to the end a survey, since others wait for what it finds."""
        surveys = [part for part in idle if not part.walk]
        if surveys and sum(part.rows or MAX_LIMIT for part in idle) + sum(map(self._cuts.left, surveys)) < SPAN:
            return max(surveys, key=self._cuts.left)
        return idle[0]

    def _within_reach(self) -> list[Part]:
        """The parts that may be worked on: none behind a failure, and none when enough was found or waits before it."""
        found, waiting, within = float(self._found), 0, []
        crowded = sum(len(part.steps) for part in self._parts) >= MOST_WAITING
        for part in self._before_the_last_begun() if self.winding_down else self._parts:
            found += part.found
            waiting += len(part.steps)
            if part.failure or waiting >= MOST_AHEAD or (crowded and waiting):
                break
            if part.done or self._most is None or found < self._most:
                within.append(part)
            found += self._to_be_found(part)
        return within

    def _before_the_last_begun(self) -> list[Part]:
        """What the last one has given is final once all before it is done."""
        begun = [number for number, part in enumerate(self._parts) if part.steps or part.running]
        return self._parts[: begun[-1]] if begun else []

    def _to_be_found(self, part: Part) -> float:
        """The matches in the rest of a part, if they are as many as so far; 0 where that is not known, or asked for nothing."""
        if self._most is None or part.done or not self._tally.dense:
            return 0.0
        left = self._cuts.left(part)
        return left * self._tally.matches / max(1, self._tally.looked) if isfinite(left) else 0.0

    def run(self, job: Job, fetch: Fetch) -> Step | Page:
        """Do a job; the only call that takes time. Raises CopperError."""

        def learning(query: TicketQuery) -> Page:
            page = fetch(query)
            listed = query.search_query is None
            if begins_above(page, query.high) or (
                listed and not self._census.learn(query, page, self._now, job.part.high)
            ):
                self._irregular = True
            return page

        return learning(job.survey) if job.survey else job.part.walk.step(learning)  # type: ignore[union-attr] # one of the two is there

    # What became of it

    def finish(self, job: Job, result: Step | Page | CopperError) -> None:
        """Take a job's result."""
        part = job.part
        part.running = False
        if part.dropped:
            return
        if isinstance(result, CopperError):
            part.pauses += 1
            if result.status != 429 or part.pauses > MOST_PAUSES:
                part.failure = result
        else:
            part.pauses = 0
            self._take_in(part, result)
        if self._irregular and not self._sequential:
            self._go_on_in_sequence()

    def _take_in(self, part: Part, result: Step | Page) -> None:
        if isinstance(result, Step):
            self._walked_on(part, result)
        else:
            self._survey.take(part, result)

    def _go_on_in_sequence(self) -> None:
        """Times are missing, out of order or beyond a bound, so parts of the time are no parts of the list: walk on as one."""
        self._sequential = True
        self._cuts.one_for_all(Part(None, None, self._extent.ceiling, walk=Walk(self._place.resolved())))

    def _walked_on(self, part: Part, step: Step) -> None:
        # Without a search `learning` looked at the whole page.
        self._irregular = self._irregular or (self._searches and not self._sequential and not in_order(step.rows))
        if self._irregular and not self._sequential:
            return
        before = part.at
        self._tally.requests += 1
        self._tally.matches += len(step.rows)
        self._come_down(part, step)
        if step.looked_at is None:
            step = self._with_number(part, step)
        self._tally.looked += step.looked_at or 0
        part.add(step)
        if not part.done and part.walk and part.walk.rest:
            self._go_on(part, part.walk, part.walk.rest, step, before)

    def _come_down(self, part: Part, step: Step) -> None:
        """A step was walked: how far down its part has come, and whether it is at its end."""
        part.lows.append(part.asked)
        if step.looked_to:
            self._sample(step, step.looked_to.microseconds, part)
            part.at = min(part.at, step.looked_to.microseconds)
        if step.rest is None:
            self._cuts.take_in_below(part)
        overran = part.lowest is not None and step.looked_to is not None and part.at < part.lowest
        part.done = step.rest is None or overran

    def _sample(self, step: Step, low: int, part: Part) -> None:
        """Learn from a step how busy its hours were, unless its rows were listed: then that is known."""
        if self._searches and (step.looked_at is not None or part.rows is not None):
            return
        times = [row.created.microseconds for row in step.rows if isinstance(row, Ticket) and row.created]
        self._census.sample(low, part.at, step.looked_at or about(step), times)

    def _go_on(self, part: Part, walk: Walk, rest: TicketQuery, step: Step, before: int) -> None:
        """Settle how the rest of a part is asked for. `before`: where the step began."""
        if rest.cursor and not part.by_cursor:  # the high end says nothing below a cursor
            walk.rest = replace(rest, created_lt=self._whole.created_lt, created_lte=self._whole.created_lte)
        by_walking = self._tally.dense or self._sequential or part.by_cursor or part.rows is not None
        if self._searches and not by_walking:
            self._survey.begin_below(part, step, before)

    def _with_number(self, part: Part, step: Step) -> Step:
        """Say how many rows a page of a search looked at: Copper only gives those that match."""
        if part.done and not part.steps and part.rows is not None:
            return replace(step, looked_at=part.rows)
        low, top = self._extent.bottom_of(part), self._extent.top_of(part)
        rows = max(len(step.rows), about(step))
        if part.done and low is not None and low < top:
            rows = max(rows, min(MAX_LIMIT, round(self._census.expect(low, top) or 0)))
            if not (part.steps or part.listed_by):
                self._census.note(low, top, rows)
        return replace(step, looked_at=rows, counted=False)

    # What is final

    @property
    def is_full(self) -> bool:
        """Whether a page was filled: what is worked on from here on is the next one's. Not where it was filled over its brim."""
        return self._wanted is not None and (self._overflows or self._given == self._wanted)

    @property
    def has_final(self) -> bool:
        """Whether `take` would give a step."""
        part = self._parts[0] if self._parts else None
        return part is not None and bool(part.steps or part.failure or part.done) and not self._is_being_counted(part)

    def _is_being_counted(self, part: Part) -> bool:
        """Whether nothing was found in a part, and the survey below it will say how many rows that were."""
        by = part.listed_by
        if by is None or by.failure or self._parts[1:2] != [by]:
            return False
        return part.done and not part.found and by.at >= self._extent.top_of(part)

    def take(self) -> Step | None:
        """Give the next final step, newest first; None while there is none. After one without `rest`, or with a failure,
        nothing follows.
        """
        if not self.has_final:
            return None
        part = self._parts[0]
        if part.steps:
            if self._is_enough_without(part.steps[0]):
                self._overflows = True
                return Step((), self._place, fits=False)
            step = part.steps.popleft()
            if part.listed_by and part.rows is not None:  # it is one request, and was counted since
                step = replace(step, looked_at=part.rows, counted=True)
            part.given += 1
            self._given += len(step.rows)
        elif part.failure:
            return Step((), self._place, failure=part.failure)
        else:
            step = Step((), None)
        return self._given_out(part, step)

    def _is_enough_without(self, step: Step) -> bool:
        """Whether a page ends before this step. Cut in the middle of one, the next page would look at its rows again."""
        return (
            self._wanted is not None
            and self._given >= FULL * self._wanted
            and self._wanted < self._given + len(step.rows)
        )

    def _given_out(self, part: Part, step: Step) -> Step:
        step = replace(step, rows=self._edge.sift(step.rows))
        if part.steps or not part.done:
            cursor = step.rest.cursor if step.rest else None
            self._place = self._whole.beyond(cursor) if cursor else self._place
            return replace(step, rest=self._place)
        self._parts.pop(0)
        self._found += part.found
        if part.low is None:
            return replace(step, rest=None)
        if self._parts[0].after is not None:
            self._place = self._whole.beyond(self._parts[0].after)
            return replace(step, rest=self._place)
        below = Moment.of_microseconds(part.low)
        self._place = self._whole.from_moment(below)
        # The last row looked at may lie lower: where others may share its time, it is looked at again with them.
        lower = step.looked_to is not None and step.looked_to.order < below.order
        return replace(step, rest=self._place, looked_to=step.looked_to if lower else below)

    # Leaving and coming back

    def dump(self) -> str:
        """Spell the cuts below the place, so that whoever goes on asks the very same questions."""
        return spell(self._tally, self._parts)
