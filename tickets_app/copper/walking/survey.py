"""Listing a part without the search first, where little is found: its pages tell where to cut it into one request each.

Why that pays, with figures: docs/decisions/0008-lanes.md.
"""

from dataclasses import replace

from tickets_app.copper.moments import Moment
from tickets_app.copper.resources import Page
from tickets_app.copper.walking.census import Census
from tickets_app.copper.walking.cuts import Cuts
from tickets_app.copper.walking.extent import Extent, bound_at, minute_after
from tickets_app.copper.walking.hours import MINUTE
from tickets_app.copper.walking.parts import Part, about
from tickets_app.copper.walking.portions import ROOM
from tickets_app.copper.walking.walk import Step, Walk


class Survey:
    """The surveys of one list's parts."""

    def __init__(self, extent: Extent, census: Census, cuts: Cuts) -> None:
        """Cut the parts of `cuts` by what `census` learns."""
        self._extent, self._census, self._cuts = extent, census, cuts

    def begin_below(self, part: Part, step: Step, before: int) -> None:
        """End a walked part where its last page ended, and survey what is below. `before`: where that page began."""
        cut = self._end_of(step)
        if cut is None or cut >= before:
            return  # by time alone, rows given out before could not be told from those of the same time behind the edge
        if not step.counted:
            self._census.note(cut, before, about(step))
        older = Part(part.low, cut, cut)
        last = part.take_back()
        if step.counted:
            last = replace(last, looked_at=round(self._census.expect(cut, self._extent.top_of(part)) or 0))
        part.low, part.done = cut, True
        if last.rows and step.rest:
            # The last match lies below the cut, and is shown at once all the same: what is below begins behind it.
            older.after = step.rest.cursor
            older.at = self._extent.top_of(older)
            part.steps.append(last)
            part.found += len(last.rows)
        else:
            part.add(last)
        self._cuts.replace(part, part, *self._beside_its_list(older))
        self._cuts.cut_surveyed(older)

    def _beside_its_list(self, part: Part) -> list[Part]:
        """A part to be surveyed of which nothing is known: its newest window is searched while it is listed.

        Bound by an estimate, so that its answer says itself whether it was all; and listed all the same, so that all is counted.
        """
        bottom = self._extent.bottom_of(part)
        if part.after or self._census.known_down_from(part.at, bottom) < part.at:
            return [part]
        low = self._census.reach(part.at, ROOM, bottom)
        if low >= part.at or (bottom is not None and low <= bottom):
            return [part]
        newest = self._extent.walked(low, part.high)
        newest.listed_by, part.high = part, low
        return [newest, part]

    def _end_of(self, step: Step) -> int | None:
        """The time below which nothing was looked at by a step; None where that is not known."""
        if step.looked_to is None:
            return None
        edge = step.looked_to.microseconds
        cut = self._census.above(edge)
        if cut is None and not step.counted:
            return minute_after(edge)  # the edge itself is looked at again
        return cut

    def catch_up(self, part: Part) -> bool:
        """Cut a part by what another page or search has listed of it meanwhile; say whether there was anything."""
        if part.walk or self._census.known_down_from(part.at, self._extent.bottom_of(part)) == part.at:
            return False
        self._cuts.cut_surveyed(part)
        return True

    def take(self, part: Part, page: Page) -> None:
        """Take one page of a part's survey."""
        self._count_above(part, page)
        last = page.tickets[-1].created if page.tickets else None
        if not page.has_more:
            return self._end(part, page, self._lowest(part, last))
        cut = self._census.above(last.microseconds) if last else None
        if cut is None or cut >= part.at:
            if part.at > self._extent.top_of(part):  # what stands above is searched already, and has cursors of its own
                part.at = self._extent.top_of(part)
                return None
            return self._walk_by_cursor(part, page)
        part.at = cut
        return self._cuts.cut_surveyed(part)

    def _lowest(self, part: Part, last: Moment | None) -> int:
        """How far down the rows of a part go, the oldest of which is `last`.

        Copper may say a time later than it compares it, by less than a minute: such a row may lie below the part's top.
        """
        if last is None:
            return part.at
        at, top = last.microseconds, self._extent.top_of(part)
        return min(at, top - 1) if at <= top + MINUTE else at

    def _count_above(self, part: Part, page: Page) -> None:
        """Say how many rows lie in the part that is searched while this survey lists it, where the page holds all of them."""
        place = self._cuts.parts.index(part)
        above = self._cuts.parts[place - 1] if place else None
        if above is None or above.listed_by is not part or part.at != self._extent.top_of(above):
            return
        top = self._extent.top_of(part)
        times = [ticket.created.microseconds for ticket in page.tickets if ticket.created]
        if not page.has_more or (times and times[-1] < top):
            above.rows = sum(time >= top for time in times)

    def _walk_by_cursor(self, part: Part, page: Page) -> None:
        """More rows of one time than a page holds: only that time is walked by cursors, and what is below surveyed on."""
        times = {row.created.microseconds if row.created else None for row in page.tickets}
        at, bottom = times.pop() if times else None, self._extent.bottom_of(part)
        if not times and at is not None and bound_at(at) and part.at > at and (bottom is None or bottom < at):
            self._cuts.replace(part, part, Part(part.low, at, at))
            part.low = at
        part.walk, part.by_cursor = Walk(self._extent.query_of(part)), True

    def _end(self, part: Part, page: Page, lowest: int) -> None:
        """All of the part was listed, and what was split off it since."""
        self._cuts.take_in_below(part)
        bottom = self._extent.bottom_of(part)
        top = self._extent.top_of(part)
        if lowest >= top:  # there is nothing to search
            part.at, part.done = top, True
            return part.add(Step((), None, looked_at=0))
        return self._cuts.cut_surveyed(part, lowest if bottom is None else bottom)
