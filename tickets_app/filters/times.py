"""Times as people type and read them: in a zone, with the clock changes that zones have. Takes now and zone as arguments."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tickets_app.copper.moments import Moment

_TYPED = re.compile(
    r"(?P<date>\d{4}-\d\d-\d\d)(?:[Tt ](?P<time>\d\d:\d\d(?::\d\d)?)(?:[.](?P<fraction>\d{1,9}))?)?", re.ASCII
)
# In an address typed by hand the "+" of an offset arrives as a space; nothing else can stand there.
_LOST_PLUS = re.compile(r"(\d\d:\d\d(?:[:.\d]*)) (\d\d:\d\d)", re.ASCII)
_LOOSE_OFFSET = re.compile(r"(?<=\d) (?=(?:[Zz]|[+-]\d\d:\d\d)$)", re.ASCII)  # 09:00 -05:00
_TICK = timedelta(microseconds=1)
MAX_TYPED = 60  # characters


class TypedTimeError(ValueError):
    """What was typed is no time, or not exactly one. `choices` are the times that may have been meant."""

    def __init__(self, message: str, *choices: datetime) -> None:
        """Keep a sentence for the person, and the aware datetimes to choose from."""
        super().__init__(message)
        self.choices = choices


def read_typed(text: str, zone: ZoneInfo, *, end_of_day: bool) -> Moment:
    """Read what a person or an address gives: ISO 8601, with an offset, without one (then in `zone`), or only a date.

    A date alone means the whole day: its first instant, or its last with `end_of_day`. What is given back is spelled as
    Copper's documentation spells times, however it was typed. Raises TypedTimeError.
    """
    text = _LOOSE_OFFSET.sub("", _LOST_PLUS.sub(r"\1+\2", text.strip()))
    if len(text) > MAX_TYPED:
        raise TypedTimeError("This is too long for a date and a time.")
    if moment := Moment.parse(text):
        return moment.plain
    match = _TYPED.fullmatch(text)
    if match is None:
        raise TypedTimeError("Type a date and a time like 2026-11-20 09:00, or only a date like 2026-11-20.")
    try:
        return _in_zone(match, zone, end_of_day=end_of_day)
    except OverflowError:
        raise TypedTimeError("This date is out of the range that can be searched.") from None


def _in_zone(match: re.Match[str], zone: ZoneInfo, *, end_of_day: bool) -> Moment:
    try:
        wall = datetime.fromisoformat(match["date"] + "T" + (match["time"] or "00:00"))
    except ValueError:
        raise TypedTimeError("There is no such date or time in the calendar.") from None
    if match["time"] is None:
        return _spell(day_end(wall, zone) if end_of_day else day_start(wall, zone))
    return _spell(_only_reading(wall, zone), match["fraction"] or "")


def _only_reading(wall: datetime, zone: ZoneInfo) -> datetime:
    """Give the one instant that clocks in the zone showed as `wall`; refuse where there are two or none (PEP 495)."""
    first, second = wall.replace(tzinfo=zone, fold=0), wall.replace(tzinfo=zone, fold=1)
    if first.utcoffset() == second.utcoffset():
        first.astimezone(UTC)  # raises OverflowError at the ends of the calendar
        return first
    if _exists(first):
        message = f"Clocks in {zone.key} were set back: {wall:%H:%M} came twice on this day. Which one do you mean?"
        raise TypedTimeError(message, first, second)
    message = f"Clocks in {zone.key} were set forward: there was no {wall:%H:%M} on this day. Which one do you mean?"
    # Read with the offset from before the change the time lies after it, and the other way round.
    raise TypedTimeError(message, *sorted((_normal(second), _normal(first)), key=lambda at: at.astimezone(UTC)))


def _normal(at: datetime) -> datetime:
    return at.astimezone(UTC).astimezone(at.tzinfo)


def _exists(at: datetime) -> bool:
    return _normal(at).replace(tzinfo=None) == at.replace(tzinfo=None)


def day_start(day: datetime, zone: ZoneInfo) -> datetime:
    """The first instant of a day in the zone, also where clocks change at midnight."""
    start = datetime.combine(day.date(), time(), tzinfo=zone)
    if _exists(start):
        return start
    low, high = start.astimezone(UTC) - timedelta(days=1), start.astimezone(UTC) + timedelta(days=1)
    while high - low > _TICK:  # midnight was skipped: the day begins at the change
        middle = low + (high - low) / 2
        low, high = (low, middle) if middle.astimezone(zone).date() >= day.date() else (middle, high)
    return high.astimezone(zone)


def day_end(day: datetime, zone: ZoneInfo) -> datetime:
    """The last instant of a day in the zone, to the microsecond."""
    return (day_start(day + timedelta(days=1), zone).astimezone(UTC) - _TICK).astimezone(zone)


def _spell(at: datetime, fraction: str = "") -> Moment:
    if (at.utcoffset() or timedelta()).seconds % 60:
        at = at.astimezone(UTC)  # before railway time: an offset with seconds has no place in ISO 8601 here
    text = at.isoformat(timespec="seconds" if at.microsecond == 0 else "microseconds")
    if fraction:
        text = f"{text[:19]}.{fraction}{text[19:]}"
    moment = Moment.parse(text.replace("+00:00", "Z"))
    if moment is None:
        raise OverflowError(text)
    return moment


Bounds = tuple[Moment, Moment | None]  # from (included), to (not included); None: up to now and whatever comes


def _last(**delta: int) -> Callable[[datetime, ZoneInfo], Bounds]:
    # No upper bound: Copper's clock may be ahead of ours, and the newest tickets are what is wanted.
    return lambda now, zone: (_spell((now - timedelta(**delta)).astimezone(zone)), None)


def _today(now: datetime, zone: ZoneInfo) -> Bounds:
    return _spell(day_start(now.astimezone(zone), zone)), None


def _yesterday(now: datetime, zone: ZoneInfo) -> Bounds:
    today = now.astimezone(zone)
    return _spell(day_start(today - timedelta(days=1), zone)), _spell(day_start(today, zone))


# DESIGN.md, "URLs": `range`, its name for people, and the bounds that it means now.
RANGES: dict[str, tuple[str, Callable[[datetime, ZoneInfo], Bounds]]] = {
    "1h": ("Last hour", _last(hours=1)),
    "24h": ("Last 24 hours", _last(hours=24)),
    "today": ("Today", _today),
    "yesterday": ("Yesterday", _yesterday),
    "7d": ("Last 7 days", _last(days=7)),
    "30d": ("Last 30 days", _last(days=30)),
}


def resolve_range(name: str, now: datetime, zone: ZoneInfo) -> Bounds:
    """Give the bounds that a relative range has at `now` (aware; whole seconds). Raises KeyError for an unknown name."""
    return RANGES[name][1](now.replace(microsecond=0), zone)


def _local(moment: Moment, zone: ZoneInfo) -> datetime | None:
    try:
        return moment.at.astimezone(zone)
    except OverflowError:
        return None


def show(moment: Moment, zone: ZoneInfo) -> str:
    """Say a time to the second in the zone: `Fri 20 Nov 2026, 14:03:22 EST`."""
    at = _local(moment, zone)
    return f"{at:%a %-d %b %Y, %H:%M:%S} {zone_mark(at)}" if at else moment.text


def show_in_row(moment: Moment, zone: ZoneInfo, year: int) -> tuple[str, str, str]:
    """Say a time in three parts: `Fri 20 Nov`, `14:03:22`, `EST`; the day with its year unless it is in `year`.

    What cannot be said in the zone is said as it is.
    """
    at = _local(moment, zone)
    if at is None:
        return "", moment.text, ""
    day = f"{at:%a %-d %b}" if at.year == year else f"{at:%a %-d %b %Y}"
    return day, f"{at:%H:%M:%S}", zone_mark(at)


def show_day(moment: Moment, zone: ZoneInfo) -> str:
    """Say the day of a time in the zone: `20 Nov`."""
    at = _local(moment, zone)
    return f"{at:%-d %b}" if at else ""


def show_short(moment: Moment, zone: ZoneInfo, now: datetime, *, marked: bool = True) -> str:
    """Say a time to the minute, without the year where it is this year's: `3 Nov, 14:10 EST`.

    `marked`: with the zone; only for where it stands beside many times can it be left out.
    """
    at = _local(moment, zone)
    if at is None:
        return moment.text
    words = at.strftime("%-d %b, %H:%M" if at.year == now.astimezone(zone).year else "%-d %b %Y, %H:%M")
    return f"{words} {zone_mark(at)}" if marked else words


def show_for_typing(moment: Moment, zone: ZoneInfo) -> str:
    """Spell a time as it can be typed in the zone; with its offset where the local time alone would not be exact."""
    at = _local(moment, zone)
    if at is None or moment.nanos:
        return moment.text
    text = at.replace(tzinfo=None).isoformat(" ", "minutes" if not (at.second or at.microsecond) else "auto")
    try:
        return text if read_typed(text, zone, end_of_day=False).order == moment.order else moment.text
    except TypedTimeError:
        return moment.text


def offset_name(at: datetime) -> str:
    """Name an aware datetime's zone and offset for people: `EST (UTC−05:00)`."""
    offset = at.strftime("%z")
    spelled = f"UTC{offset[:3].replace('-', '−')}:{offset[3:5]}"
    name = at.tzname() or ""
    return f"{name} ({spelled})" if name.isalpha() and name != "UTC" else spelled


def zone_mark(at: datetime) -> str:
    """Mark an aware datetime with its zone in a few characters: `EST`, `UTC`, or `UTC+05:45` where it has no such name."""
    name = at.tzname() or ""
    return name if name.isalpha() else offset_name(at)


def zone_words(at: datetime, zone: ZoneInfo) -> str:
    """Name a zone with its offset at a time: `America/New_York, EST (UTC−05:00)`."""
    return f"{zone.key}, {offset_name(at.astimezone(zone))}" if zone.key != "UTC" else "UTC"
