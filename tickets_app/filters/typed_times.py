"""Times as people type them: `fri 7pm`, `20.11. 19:00`, `yesterday`, ISO 8601. Exactly one instant, or the choices there are.

docs/decisions/0081-right-days.md says what is taken, what is filled in, and why this is a grammar of our own.
"""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

from tickets_app.copper.moments import Moment
from tickets_app.display.zones import offset_name
from tickets_app.filters.clock import around, day_at, day_end, day_start, instants, next_day_start, spell
from tickets_app.filters.typed_days import NO_SUCH, Days, NoSuchDayError, read_days
from tickets_app.filters.typed_plain import plain
from tickets_app.filters.typed_spans import span_words

MAX_TYPED = 60  # characters
HELP = "Type a date or a time, such as 20 Nov, 11/20, fri 7pm, yesterday or 2026-11-20 09:00."
DAY_HELP = "Type a day, such as 20 Nov, 11/20, fri, yesterday or 2026-11-20."
_BEYOND = "This date is out of the range that can be searched."

# In an address typed by hand or put together by a program the "+" of an offset is a space; nothing else can stand there.
_LOST_PLUS = re.compile(
    r"(?<=^\d{4}-\d\d-\d\d.)(\d\d:\d\d[:.,\d]* (?=\d\d:\d\d$)|(?:(?<=[Tt])\d\d:\d\d|\d\d:\d\d:\d\d[.,\d]*) (?=\d\d(?:\d\d)?$))",
    re.ASCII,
)
_LOOSE_OFFSET = re.compile(r"(?<=\d) (?=(?:[Zz]|[+-]\d\d:\d\d)$)", re.ASCII)  # 09:00 -05:00
_CLOCK = r"(?P<hour>\d\d?):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,](?P<fraction>\d{1,9}))?)?(?P<half>[ap]m)?"
_ISO_CLOCK = (
    r"(?P<hour>\d\d)(?:(?P<colon>:?)(?P<minute>\d\d)(?:(?P=colon)(?P<second>\d\d)(?:[.,](?P<fraction>\d{1,9}))?)?)?"
)
_OFFSET = r"(?P<offset>(?:z|utc|gmt)(?![a-z+-])|(?:utc|gmt)?[+-]\d\d(?::?\d\d)?)"
_FORMS = [
    re.compile(pattern, re.ASCII)
    for pattern in (
        # ISO 8601 with a T: 2026-11-20T19, 20261120T190000.5+0100
        rf"(?P<day>\d{{4}}-\d\d-\d\d|\d{{8}})t{_ISO_CLOCK} ?{_OFFSET}?",
        rf"{_CLOCK}(?!\d),? ?(?P<day>.+)",  # 19:00 20 Nov
        rf"(?P<day>.*?)(?<![\d:]){_CLOCK}(?: ?(?:{_OFFSET}|(?P<name>[a-z]{{2,5}})))?",  # 20 Nov, 19:00 EST
    )
]
_TO = re.compile(" (?:-|to|until|till) ")  # 20 Nov - 21 Nov
_HOURS = re.compile(
    r"(?P<day>.*(?:[^\d ,]| \d\d?)) (?P<year>(?:[01]\d|2[0-3])[0-5]\d)", re.ASCII
)  # 20 Nov 1900, Nov 20 1900
# What names of zones mean to those who ring up in the United States: for the example in a message alone.
_NAMED = {
    f"{letter}{kind}t": f"-{hours + (kind == 's'):02}:00"
    for letter, hours in {"e": 4, "c": 5, "m": 6, "p": 7}.items()
    for kind in "sd"
}
_DAY = timedelta(days=1)


class Edge(Enum):
    """What a day without a time of day stands for: its first instant, its last one, or the first of the next day."""

    FIRST = "first"
    LAST = "last"
    NEXT = "next"

    def of(self, day: datetime, zone: ZoneInfo, hour: int = 0) -> datetime:
        """That instant of a day in a zone where days turn over at `hour`. Raises TypedTimeError at the ends of the calendar."""
        try:
            return {Edge.FIRST: day_start, Edge.LAST: day_end, Edge.NEXT: next_day_start}[self](day, zone, hour)
        except OverflowError:
            raise TypedTimeError(_BEYOND) from None


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text may mean: the instant (aware), and how it is said."""

    at: datetime
    words: str


class TypedTimeError(ValueError):
    """What was typed is no time, or not exactly one. `readings` are the times that may have been meant."""

    def __init__(self, message: str, *readings: Reading) -> None:
        """Keep a sentence for the person, and what there is to choose from."""
        super().__init__(message)
        self.readings = readings

    @property
    def choices(self) -> tuple[datetime, ...]:
        """The instants to choose from."""
        return tuple(reading.at for reading in self.readings)


Whose = tuple[ZoneInfo, int]  # whose days: a zone, and the hour at which they turn over there


def read_typed(
    text: str, zone: ZoneInfo, now: datetime, *, day: Edge = Edge.FIRST, whose: Whose | None = None
) -> Moment:
    """Read what a person or an address gives. Without an offset it is a time of `zone`; `now` (aware) fills in what is missing.

    A date alone is a whole day, of the zone or as `whose` says; `day` says which of its instants stands for it here. What is
    given back is spelled as Copper's documentation spells times, however it was typed. Raises TypedTimeError.
    """
    try:
        if told := span_words(plain(text), zone, now):
            raise TypedTimeError(told)
        text = _LOOSE_OFFSET.sub("", _LOST_PLUS.sub(lambda found: f"{found[1][:-1]}+", text.strip()))
        if len(text) > MAX_TYPED:
            raise TypedTimeError("This is too long for a date and a time.")
        if moment := Moment.parse(text):
            return moment.plain
        spelled = plain(text)
        if not (spelled.isascii() and spelled.isprintable()):
            raise TypedTimeError(HELP)
        return _Reader(text, spelled, zone, now, day, whose or (zone, 0)).read()
    except NoSuchDayError as error:
        raise TypedTimeError(str(error)) from None
    except OverflowError:
        raise TypedTimeError(_BEYOND) from None


def read_day(text: str, now: datetime, whose: Whose) -> date:
    """Read a day alone; `now` (aware) fills in what is missing. Raises TypedTimeError, its readings at noon of their days."""
    spelled = plain(text)
    try:
        days = read_days(spelled, day_at(now, *whose)) if spelled.isascii() and len(spelled) <= MAX_TYPED else None
    except NoSuchDayError as error:
        raise TypedTimeError(str(error)) from None
    if days is None:
        raise TypedTimeError(DAY_HELP)
    if days.why:
        readings = (Reading(datetime.combine(day, time(12), whose[0]), _words(day)) for day in days.days)
        raise TypedTimeError(days.why.replace("{typed}", text), *readings)
    return days.days[0]


@dataclass(frozen=True, slots=True)
class _Clock:
    """A time of day, the digits of its second that a `time` cannot hold, and what was typed behind it."""

    at: time
    fraction: str
    offset: str
    name: str


def _clock(match: re.Match[str]) -> _Clock:
    parts = match.groupdict()
    hour, minute, second = (int(parts.get(name) or 0) for name in ("hour", "minute", "second"))
    if half := parts.get("half"):
        if not 1 <= hour <= 12:
            raise NoSuchDayError(NO_SUCH)
        hour = hour % 12 + (12 if half == "pm" else 0)
    try:
        return _Clock(time(hour, minute, second), *(parts.get(name) or "" for name in ("fraction", "offset", "name")))
    except ValueError:
        raise NoSuchDayError(NO_SUCH) from None


@dataclass(frozen=True, slots=True)
class _Reader:
    """One text that is being read: as it was typed and in its plain form, where, when, and what a day stands for."""

    typed: str
    plain: str
    zone: ZoneInfo
    now: datetime
    edge: Edge
    whose: Whose

    def read(self) -> Moment:
        """The one time that it is. Raises TypedTimeError, NoSuchDayError, OverflowError."""
        local_now = self.now.astimezone(self.zone).replace(microsecond=0)
        if self.plain == "now":
            return spell(local_now)
        self._no_hours(local_now.date())
        if days := read_days(self.plain, day_at(self.now, *self.whose)):
            return self._whole(days)
        for match in filter(None, (form.fullmatch(self.plain) for form in _FORMS)):
            text = (match["day"] or "").removesuffix("at ").strip(" ,")
            if days := read_days(text, local_now.date()) if text else Days((local_now.date(),), dated=False, every=1):
                return self._timed(days, _clock(match))
        raise TypedTimeError(self._as_two() or HELP)

    def _no_hours(self, today: date) -> None:
        """Refuse a time of day that would be read as a year in which there were no tickets, such as `20 Nov 1900`."""
        match = _HOURS.fullmatch(self.plain)
        if match is None or 1970 <= int(match["year"]) <= today.year + 1:
            return
        if days := read_days(match["day"], today):
            clock, year = f"{match['year'][:2]}:{match['year'][2:]}", f"{match['year']}-{days.days[0]:%m-%d}"
            raise TypedTimeError(f"Is {match['year']} a time or a year? Type {match['day']} {clock}, or {year}.")

    def _as_two(self) -> str:
        """What to type where it is one time and another: `20 Nov - 21 Nov`, `mon-fri`; empty where it is not."""
        for parts in (_TO.split(self.plain), self.plain.split("-")):
            if len(parts) == 2 and all(map(self._is_read, parts)):
                return f"This looks like a span of time: type {parts[0].strip()} in From, and {parts[1].strip()} in To."
        return ""

    def _is_read(self, part: str) -> bool:
        try:
            return replace(self, plain=part.strip()).read() is not None
        except TypedTimeError as error:
            return bool(error.readings)
        except NoSuchDayError:
            return False

    def _whole(self, days: Days) -> Moment:
        readings = [Reading(self.edge.of(_midnight(day), *self.whose), _words(day)) for day in days.days]
        if days.why:
            raise self._asked(days.why, readings)
        return spell(readings[0].at)

    def _timed(self, days: Days, clock: _Clock) -> Moment:
        if clock.offset:
            return self._by_offset(days, clock)
        meant, why = days.days, days.why
        if days.every and all(reading.at > self.now for reading in self._on(meant[0], clock)):
            meant, why = (meant[0] - days.every * _DAY, meant[0]), "“{typed}” still lies ahead. Which one do you mean?"
        if not why:
            return spell(self._one(meant[0], clock), clock.fraction)
        raise self._asked(why, [reading for day in meant for reading in self._on(day, clock)])

    def _asked(self, why: str, readings: list[Reading]) -> TypedTimeError:
        return TypedTimeError(why.replace("{typed}", self.typed), *readings)

    def _one(self, day: date, clock: _Clock) -> datetime:
        """The one instant at which clocks showed this; where there are two or none they are to be chosen from."""
        readings = self._on(day, clock)
        if len(readings) == 1:
            return readings[0].at
        back = readings[0].at.replace(tzinfo=None) == readings[1].at.replace(tzinfo=None)
        how = f"back: {clock.at:%H:%M} came twice" if back else f"forward: there was no {clock.at:%H:%M}"
        raise TypedTimeError(f"Clocks in {self.zone.key} were set {how} on this day. Which one do you mean?", *readings)

    def _on(self, day: date, clock: _Clock) -> list[Reading]:
        """The instants at which clocks showed this time on a day, or those nearest to it; only of the zone's name typed."""
        wall = datetime.combine(day, clock.at)
        found = instants(wall, self.zone)
        if clock.name:
            found = tuple(at for at in found if (at.tzname() or "").lower() == clock.name)
            if not found:
                name, there, whole = (
                    clock.name.upper(),
                    self.zone.key,
                    _whole(day, clock, _NAMED.get(clock.name, "-05:00")),
                )
                raise TypedTimeError(
                    f"No clock in {there} shows {clock.at:%H:%M} {name} then. For the time in {there} leave {name} out; for "
                    f"another type its offset from UTC, such as {whole}."
                )
        shown = "%H:%M:%S" if clock.at.second else "%H:%M"
        return [Reading(at, f"{_words(at)}, {at:{shown}} {offset_name(at)}") for at in found or around(wall, self.zone)]

    def _by_offset(self, days: Days, clock: _Clock) -> Moment:
        digits = re.sub("[^0-9+-]", "", clock.offset).ljust(5, "0")
        offset = f"{digits[:3]}:{digits[3:]}" if clock.offset[-1].isdigit() else "Z"
        if not days.dated or days.why:
            raise TypedTimeError(
                f"With an offset type the date in full, such as {_whole(days.days[0], clock, offset)}."
            )
        fraction = f".{clock.fraction}" if clock.fraction else ""
        moment = Moment.parse(f"{days.days[0].isoformat()}T{clock.at:%H:%M:%S}{fraction}{offset}")
        if moment is None:
            raise TypedTimeError(NO_SUCH)
        return moment.plain


def _whole(day: date, clock: _Clock, offset: str) -> str:
    """A time in full, as it can be typed anywhere."""
    return f"{day:%-d %b %Y} {clock.at:%H:%M} {offset}"


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())


def _words(day: date) -> str:
    return f"{day:%a %-d %b %Y}"
