"""Times as people read them, in a zone; and relative ranges. Reading what people type is `typed_times.py`."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tickets_app.copper.moments import Moment
from tickets_app.display.zones import offset_name, zone_mark
from tickets_app.filters.clock import day_at, day_start, instants, local, spell

_DAY = timedelta(days=1)
Bounds = tuple[Moment, Moment | None]  # from (included), to (not included); None: up to now and whatever comes
Range = Callable[[datetime, ZoneInfo, int], Bounds]  # now, the zone, and the hour at which days turn over there


def _last(**delta: int) -> Range:
    # No upper bound: Copper's clock may be ahead of ours, and the newest tickets are what is wanted.
    return lambda now, zone, _: (spell((now - timedelta(**delta)).astimezone(zone)), None)


def _since(first: Callable[[date], date]) -> Range:
    """From the first day of a stretch that holds today."""
    return lambda now, zone, hour: (_start(first(day_at(now, zone, hour)), zone, hour), None)


def _whole(first: Callable[[date], date]) -> Range:
    """The stretch before the one that holds today: to where that begins."""

    def bounds(now: datetime, zone: ZoneInfo, hour: int) -> Bounds:
        end = first(day_at(now, zone, hour))
        return _start(first(end - _DAY), zone, hour), _start(end, zone, hour)

    return bounds


def _start(day: date, zone: ZoneInfo, hour: int) -> Moment:
    return spell(day_start(datetime.combine(day, time()), zone, hour))


def day_bounds(day: date, zone: ZoneInfo, hour: int = 0) -> tuple[Moment, Moment]:
    """A whole day that turns over at `hour`: its start, and that of the next one. Raises OverflowError at the calendar's ends."""
    return _start(day, zone, hour), _start(day + _DAY, zone, hour)


def _monday(day: date) -> date:
    return day - day.weekday() * _DAY


def _first_of_month(day: date) -> date:
    return day.replace(day=1)


def _itself(day: date) -> date:
    return day


# DESIGN.md, "URLs": `range`, its name for people, and the bounds that it means now. Weeks begin on Monday (ISO 8601).
RANGES: dict[str, tuple[str, Range]] = {
    "1h": ("Last hour", _last(hours=1)),
    "24h": ("Last 24 hours", _last(hours=24)),
    "today": ("Today", _since(_itself)),
    "yesterday": ("Yesterday", _whole(_itself)),
    "this-week": ("This week", _since(_monday)),
    "last-week": ("Last week", _whole(_monday)),
    "7d": ("Last 7 days", _last(days=7)),
    "this-month": ("This month", _since(_first_of_month)),
    "last-month": ("Last month", _whole(_first_of_month)),
    "30d": ("Last 30 days", _last(days=30)),
}


MOVING_RANGES = frozenset({"1h", "24h", "7d", "30d"})  # they begin so long before now
DAY_RANGES = frozenset(RANGES) - MOVING_RANGES  # they begin where a day does in somebody's zone


def resolve_range(name: str, now: datetime, zone: ZoneInfo, hour: int = 0) -> Bounds:
    """Give the bounds that a relative range has at `now` (aware; whole seconds), where days turn over at `hour` of the zone.

    Raises KeyError for an unknown name.
    """
    return RANGES[name][1](now.replace(microsecond=0), zone, hour)


def show(moment: Moment, zone: ZoneInfo) -> str:
    """Say a time to the second in the zone: `Fri 20 Nov 2026, 14:03:22 EST`."""
    at = local(moment, zone)
    return f"{at:%a %-d %b %Y, %H:%M:%S} {zone_mark(at)}" if at else moment.text


class RowTimes:
    """Says the times of a list's rows. The words of a day are made once: `strftime` takes as long as all the rest of a time."""

    def __init__(self, zone: ZoneInfo, year: int) -> None:
        """`year`: the one whose days are said without it."""
        self._zone, self._year = zone, year
        self._days: dict[date, tuple[str, str]] = {}

    def parts(self, moment: Moment) -> tuple[str, str, str]:
        """The three parts that a row has room for: `Fri 20 Nov`, `14:03:22`, `EST`.

        What cannot be said in the zone is said as it is.
        """
        at = local(moment, self._zone)
        if at is None:
            return "", moment.text, ""
        day = at.date()
        _, short = self._days.get(day) or self._said(day)
        return short, at.time().isoformat("seconds"), zone_mark(at)

    def whole(self, moment: Moment) -> str:
        """The time as `show` says it."""
        at = local(moment, self._zone)
        if at is None:
            return moment.text
        day = at.date()
        whole, _ = self._days.get(day) or self._said(day)
        return f"{whole}, {at.time().isoformat('seconds')} {zone_mark(at)}"

    def _said(self, day: date) -> tuple[str, str]:
        """A day with its year, and as a row says it."""
        whole = f"{day:%a %-d %b %Y}"
        self._days[day] = said = whole, f"{day:%a %-d %b}" if day.year == self._year else whole
        return said


def show_short_day(moment: Moment, zone: ZoneInfo) -> str:
    """Say the day of a time in the zone: `20 Nov`."""
    at = local(moment, zone)
    return f"{at:%-d %b}" if at else ""


def show_short(moment: Moment, zone: ZoneInfo, now: datetime, *, marked: bool = True) -> str:
    """Say a time to the minute, without the year where it is this year's: `3 Nov, 14:10 EST`.

    `marked`: with the zone; only for where it stands beside many times can it be left out.
    """
    at = local(moment, zone)
    if at is None:
        return moment.text
    words = at.strftime("%-d %b, %H:%M" if at.year == now.astimezone(zone).year else "%-d %b %Y, %H:%M")
    return f"{words} {zone_mark(at)}" if marked else words


def show_for_typing(moment: Moment, zone: ZoneInfo) -> str:
    """Spell a time as it can be typed in the zone; with its offset where the local time alone would not be exact."""
    at = local(moment, zone)
    if at is None or moment.nanos:
        return moment.text
    wall = at.replace(tzinfo=None, fold=0)
    if len(instants(wall, zone)) != 1:
        return moment.text
    return wall.isoformat(" ", "minutes" if not (at.second or at.microsecond) else "auto")


def zone_words(at: datetime, zone: ZoneInfo) -> str:
    """Name a zone with its offset at a time: `America/New_York, EST (UTC−05:00)`."""
    return f"{zone.key}, {offset_name(at.astimezone(zone))}" if zone.key != "UTC" else "UTC"


def zone_city(zone: ZoneInfo) -> str:
    """What a zone is called for people: `New York`, `UTC`."""
    return zone.key.rpartition("/")[2].replace("_", " ")


def zone_place(zone: ZoneInfo, at: datetime) -> str:
    """The same with its mark at a time: `New York (EST)`, `UTC`."""
    city, mark = zone_city(zone), zone_mark(at.astimezone(zone))
    return city if city == mark else f"{city} ({mark})"


def show_day(day: date, zone: ZoneInfo, hour: int = 0) -> str:
    """Say a whole day of a zone: `Fri 20 Nov 2026, EST`; where it turns over at another hour, `…, EST, from 04:00`."""
    return f"{day:%a %-d %b %Y}, {zone_mark(datetime.combine(day, time(12), tzinfo=zone))}{from_hour(hour)}"


def from_hour(hour: int) -> str:
    """Say when days turn over, to stand behind their zone; nothing for midnight."""
    return f", from {hour:02}:00" if hour else ""
