"""Several parts of a list walked at the same time, given out strictly newest first. What is asked is `plan.py`'s to say."""

import threading
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Protocol

from tickets_app.copper.errors import CopperError
from tickets_app.copper.query import TicketQuery
from tickets_app.copper.resources import Page
from tickets_app.copper.walking.parts import Job
from tickets_app.copper.walking.plan import Plan
from tickets_app.copper.walking.walk import Step

LOOK = 0.25  # seconds of silence after which it is asked whether anybody still waits


class PatientFetch(Protocol):
    """Gets a page; `first` says that nothing final comes before it, `survey` that nobody asks for it again: what it says was
    learned. Raises CopperError.
    """

    def __call__(self, query: TicketQuery, first: bool, survey: bool) -> Page: ...


def lanes(
    plan: Plan,
    fetch: PatientFetch,
    *,
    count: int,
    patience: Callable[[], float | None] = lambda: None,
    ahead: Callable[[], float] = lambda: 0.0,
    leaving: Callable[[], bool] = lambda: False,
    gone: Callable[[], bool] = lambda: False,
    stopped: Callable[[], object] = lambda: None,
    left: Callable[[], object] = lambda: None,
    watch: Callable[[], AbstractContextManager[object]] = nullcontext,
) -> Generator[Step, None, None]:
    """Yield the steps of a plan in order, with at most `count` requests under way; they end early when patience does.

    `patience` gives the seconds for which the next step may be waited for (None: for ever). No request is begun after it
    is over, or after the generator is closed: `stopped` is called then, while nothing changes the plan. Those under way end by
    themselves, and `left` is called after the last. Only below a page that was left full the next one is asked for while it is
    read: for as many seconds as `ahead` gives, and `stopped` is called again each time that the plan changed. While nothing
    comes, `gone` is asked about every LOOK seconds: once it is true, nobody waits any more, and the steps end at once. Once
    `leaving` is true, the steps end early, too, when all that was asked by then is final. Each request is made inside of
    `watch()`.
    """
    run = _Run(plan, fetch, count, patience, leaving, gone, watch)
    try:
        while (step := run.wait()) is not None:
            yield step
            if step.rest is None or step.failure:
                return
    finally:
        run.stop(ahead, stopped, left)


class _Run:
    """The threads of one plan: as many as requests under way."""

    def __init__(
        self,
        plan: Plan,
        fetch: PatientFetch,
        count: int,
        patience: Callable[[], float | None],
        leaving: Callable[[], bool],
        gone: Callable[[], bool],
        watch: Callable[[], AbstractContextManager[object]],
    ) -> None:
        self._plan, self._fetch, self._count, self._patience, self._leaving = plan, fetch, count, patience, leaving
        self._gone, self._watch = gone, watch
        self._changed = threading.Condition()
        self._under_way = 0
        self._stopped: Callable[[], object] | None = None  # set once it was stopped
        self._left: Callable[[], object] = lambda: None
        self._defect: BaseException | None = None

    def wait(self) -> Step | None:
        """Give the next step, or None when patience is over. Raises what a thread raised that is no CopperError."""
        silent = False
        while not (silent and self._gone()):
            with self._changed:
                if self._defect:
                    raise self._defect
                if (step := self._plan.take()) is not None:
                    return step
                seconds = self._patience()
                if seconds is not None and seconds <= 0:
                    return None
                self._begin()
                if self._plan.winding_down and not self._under_way:
                    return None
                silent = not self._changes(LOOK if seconds is None else min(LOOK, seconds))
        return None

    def _changes(self, seconds: float) -> bool:
        """Wait for a change, and say whether there was one."""
        return self._defect is not None or self._changed.wait(seconds)

    def stop(self, ahead: Callable[[], float], stopped: Callable[[], object], left: Callable[[], object]) -> None:
        """Begin nothing more, but where the page is full what the next one needs."""
        with self._changed:
            self._patience = ahead if self._plan.is_full and not self._defect else _none
            self._stopped, self._left = stopped, left
            self._begin()
            stopped()
            if not self._under_way:
                left()

    def _begin(self) -> None:
        while (job := self._next()) is not None:
            try:
                threading.Thread(target=self._work, args=(job,), name="copper-lane", daemon=True).start()
            except RuntimeError as defect:  # no more threads just now: raised where the steps are waited for
                self._under_way -= 1
                self._defect = defect

    def _next(self) -> Job | None:
        """Take what can be begun now."""
        seconds = self._patience()
        if self._defect or (seconds is not None and seconds <= 0) or self._under_way >= self._count:
            return None
        self._plan.winding_down = self._plan.winding_down or self._leaving()
        if (job := self._plan.next_job()) is not None:
            self._under_way += 1
        return job

    def _work(self, job: Job | None) -> None:
        """Do one job after the other while there is any; a thread that is there already is cheaper than a new one."""
        while job is not None:
            try:
                with self._watch():
                    result: Step | Page | CopperError | None = self._plan.run(
                        job, partial(self._fetch, first=job.first, survey=job.survey is not None)
                    )
            except CopperError as error:
                result = error
            except BaseException as defect:  # raised again where the steps are waited for
                result, self._defect = None, defect
            with self._changed:
                try:
                    job = self._take(job, result)
                except BaseException as defect:  # in the plan itself: it must reach who waits, too
                    job, self._defect = None, defect
                # Most answers are further on, and change nothing for who waits.
                if self._defect or self._plan.has_final or not self._under_way:
                    self._changed.notify_all()

    def _take(self, job: Job, result: Step | Page | CopperError | None) -> Job | None:
        """Take what became of a job (None: a defect); give the next one, and begin all that can be begun beside it."""
        self._under_way -= 1
        following = None
        try:
            if result is not None:
                self._plan.finish(job, result)
                following = self._next()
            if following is not None:
                self._begin()
        finally:
            if self._stopped:
                self._stopped()
            if self._stopped and not self._under_way:
                self._left()
        return following


def _none() -> float:
    return 0.0
