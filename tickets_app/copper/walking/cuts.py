"""Where a list's time is cut into parts: by what is known of how many rows lie where, so that each is about equal work."""

from collections.abc import Callable
from math import sqrt

from tickets_app.copper.query import MAX_LIMIT
from tickets_app.copper.walking.census import Census
from tickets_app.copper.walking.extent import Extent
from tickets_app.copper.walking.parts import Part, SavedPart, Tally, reaches, read
from tickets_app.copper.walking.portions import ROOM, Portion

SPAN = 16 * MAX_LIMIT  # rows that one part shall hold, so that the newest parts are finished first
LEAST_SPLIT = 2.5 * MAX_LIMIT  # rows; a smaller rest is walked sooner than it is shared out
LEAST_SPLIT_OF_MANY = 2 * MAX_LIMIT  # where a few requests fill a page, lanes have nothing but such rests to work on
LIKELY = 1.0  # standard deviations of a number of rows
ENOUGH = 0.8 * MAX_LIMIT  # rows; a smaller portion waits for the next page of the survey to fill it up


class Cuts:
    """The parts of one list, newest first, one below the other: `parts`."""

    def __init__(
        self, extent: Extent, census: Census, tally: Tally, span: Callable[[], float], saved: str | None
    ) -> None:
        """Cut a list as it was when it was left (`saved`, by `parts.spell`), else by what the census knows.

        `span`: rows that one part shall hold.
        """
        self._extent, self._census, self._tally, self._span = extent, census, tally, span
        self._searches = extent.base.search_query is not None
        self.parts: list[Part] = []
        self._restore(saved)
        self.parts = self.parts or self._of_time(extent.floor, extent.ceiling)
        newest = self.parts[0]
        if saved is None and newest.walk is None:  # whatever is known: the newest window is searched before all else
            self.parts[0] = extent.walked(newest.low, newest.high)
        self._open_ends()

    def _restore(self, saved: str | None) -> None:
        """Take the parts of a list that was left, as far as they lie below the place."""
        top = self._extent.ceiling
        self._tally.requests, self._tally.matches, self._tally.looked, old = read(saved)
        if old and old[0].high is not None and old[0].high < top:
            old = [SavedPart(old[0].high), *old]  # what is left of the part in which it was left
        for one in old:
            if one.low is None or one.low < self._extent.ceiling:
                top = self._restore_part(one, top)

    def _restore_part(self, one: SavedPart, top: int) -> int:
        """Take one that begins at `top`; give where it ends."""
        part = self._extent.walked(one.low, top, one.rows if one.high == top else None, one.lows)
        self.parts.append(part)
        if one.surveyed and not self._tally.dense:
            part.walk = None
            self.cut_surveyed(part)
        return top if one.low is None else one.low

    def _of_time(self, low: int | None, high: int) -> list[Part]:
        portions = [] if low is not None and low >= high else self._census.portions(low, high)
        return [self._of_portion(portion) for portion in portions] or [self._extent.walked(low, high)]

    def _of_portion(self, portion: Portion) -> Part:
        """A portion as a part: surveyed first where it is large, unknown, and little is found."""
        small = portion.rows is None or portion.rows <= ROOM
        if not self._searches or small or portion.counted or self._tally.dense:
            return self._walked(portion)
        return Part(portion.low, portion.high, portion.high)

    def _walked(self, portion: Portion) -> Part:
        rows = round(portion.rows or 0) if portion.counted else None
        return self._extent.walked(portion.low, portion.high, rows)

    def _open_ends(self) -> None:
        """The outer parts end where the query does, to its last digit."""
        self.parts[0].high = self.parts[-1].low = None
        for part in (self.parts[0], self.parts[-1]):
            if part.walk:
                self._extent.bound(part)
        cursor = self._extent.base.starting_after
        self.parts[0].by_cursor = cursor is not None and cursor.created is None

    def replace(self, part: Part, *parts: Part) -> None:
        """Put parts in the place of one."""
        place = self.parts.index(part)
        self.parts[place : place + 1] = parts

    def one_for_all(self, part: Part) -> None:
        """Drop all parts for one that holds the whole list."""
        for one in self.parts:
            one.dropped = True
        self.parts = [part]

    def take_in_below(self, part: Part) -> None:
        """An answer that ends the list ends it down to where its request was bound, whatever was split off since."""
        place = self.parts.index(part) + 1
        while part.low != part.asked and reaches(part.asked, self.parts[place].low):
            below = self.parts.pop(place)
            below.dropped = True
            part.low = below.low

    # Sharing out what is worked on

    def split(self, parts: list[Part]) -> Part | None:
        """Cut the rest of a part in two, the newest long one first, and give the older half; None if all are short."""
        part, rest, span = None, 0.0, self._span()
        least = LEAST_SPLIT_OF_MANY if self._tally.many else LEAST_SPLIT
        for one in parts:
            left = self._to_share(one)
            if left >= least and left > rest:
                part, rest = one, left
            if rest > 2 * span:
                break
        if part is None:
            return None
        bottom = self._extent.bottom_of(part)
        cut = self._census.reach(part.at, self._in_whole_pages(MAX_LIMIT + min(span, (rest - MAX_LIMIT) / 2)), bottom)
        if cut >= min(part.at, self._extent.top_of(part)) or (bottom is not None and cut <= bottom):
            return None
        older = self._extent.walked(part.low, cut) if part.walk else Part(part.low, cut, cut)
        part.low = cut
        self.replace(part, part, older)
        return older

    def _in_whole_pages(self, rows: float) -> float:
        """About so many rows; of a dense search so many that whole requests are likely to end with them."""
        if not self._tally.dense or not self._tally.looked:
            return rows
        page = self._tally.looked / self._tally.requests
        whole = max(1, round(rows / page)) * page
        return max(page, whole - LIKELY * sqrt(whole))

    def _to_share(self, part: Part) -> float:
        """The rows that can be split off a part that is worked on."""
        if not part.running or part.rows is not None or part.by_cursor or not self._census.knows_anything:
            return 0.0
        if part.walk and part.high is None and part.at == self._extent.ceiling:
            return 0.0  # its first page tells where its rows begin
        if len(part.lows) < len(part.again):
            return 0.0  # it is walked again as far as it was: a cut there would ask anew what was answered
        return self.left(part)

    def left(self, part: Part) -> float:
        """The rows of a part below where it has come to, by estimate; estimated once for each place."""
        bottom = self._extent.bottom_of(part)
        if bottom is None:
            return float("inf")
        if part.left is None or part.left[:2] != (bottom, part.at):
            part.left = (bottom, part.at, self._census.expect(bottom, part.at) or 0.0)
        return part.left[2]

    # What a survey found

    def cut_surveyed(self, part: Part, lowest: int | None = None) -> None:
        """Turn what is known of a surveyed part into parts to be walked; a small rest waits for the next page.

        `lowest`: where the part was found to end.
        """
        bottom = self._extent.bottom_of(part)
        part.at = self._census.known_down_from(part.at, bottom) if lowest is None else lowest
        ends = lowest is not None or part.at == bottom
        made = self._of_surveyed(part, ends=ends)
        if not made:
            return
        below = made[-1].low
        self._extent.bound(made[0], high=part.high, after=part.after)
        if ends:
            self._extent.bound(made[-1], low=part.low)
            self.replace(part, *made)
        else:
            part.high, part.after = below, None
            self.replace(part, *made, part)

    def _of_surveyed(self, part: Part, *, ends: bool) -> list[Part]:
        """The parts of what is known; `ends`: all of it is."""
        portions = self._census.portions(part.at, self._extent.top_of(part))
        if not ends and portions and (portions[-1].rows or 0) < ENOUGH:
            portions.pop()
        made = [self._walked(portion) for portion in portions]
        return made or ([self._extent.walked(part.low, part.high)] if ends else [])
