"""A day as people type it: `20 Nov`, `11/20`, `20.11.`, `fri`, `last friday`, `yesterday`. What can be meant, never a guess.

What is not typed is filled in by one rule: the most recent such day that is not in the future, today included.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)
_YEARS = 40  # to look back: a 29 February that is a Friday comes every 28 years, over 1900 and 2100 after 40

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
NO_SUCH = (
    "There is no such date or time in the calendar. Dates are typed as 20 Nov, 11/20 or 20.11.; times as 7pm or 19:30, and "
    "midnight as 00:00 of the day that begins then."
)
TWO_WAYS = "“{typed}” can be read two ways. Which one do you mean?"
_NEAR = {"today": 0, "yesterday": -1, "tomorrow": 1}


def _short(names: tuple[str, ...], **more: int) -> dict[str, int]:
    """Each name in full and by its first three letters, and other ways to write some: which one of them it is."""
    lower = [name.lower() for name in names]
    return {name[:3]: place for place, name in enumerate(lower)} | {n: place for place, n in enumerate(lower)} | more


_WEEKDAY = _short(WEEKDAYS, tues=1, weds=2, thur=3, thurs=3)
_MONTH = _short(_MONTHS, sept=8)


def _one_of(names: dict[str, int]) -> str:
    return "|".join(sorted(names, key=len, reverse=True))


_YEAR, _TH = r"(?P<year>\d{4})", r"(?:st|nd|rd|th)"
_DATES = [
    re.compile(pattern, re.ASCII)
    for pattern in (
        r"(?P<year>\d{4})(?P<mark>[-/.])(?P<month>\d\d?)(?P=mark)(?P<day>\d\d?)",  # 2026-11-20
        r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)",  # 20261120
        rf"(?P<day>\d\d?)(?:{_TH}|\.)?[ -]?(?:of )?(?P<name>{_one_of(_MONTH)})\.?(?:,?[ -]?{_YEAR})?",  # 20 Nov 2026
        rf"(?P<name>{_one_of(_MONTH)})\.?[ -]?(?P<day>\d\d?){_TH}?(?:(?:, ?|[ -]){_YEAR})?",  # Nov 20, 2026
        r"(?P<day>\d\d?)\. ?(?P<month>\d\d?)(?:\.(?: ?(?P<year>\d{4})|(?P<short>\d\d))?)?",  # 20.11.
        rf"(?P<one>\d\d?)/(?P<other>\d\d?)(?:/(?:{_YEAR}|(?P<short>\d\d)))?",  # 11/20
        rf"(?P<one>\d\d?)-(?P<other>\d\d?)-{_YEAR}",  # 11-20-2026
    )
]
_ON_A_WEEKDAY = re.compile(rf"(?P<last>last )?(?P<weekday>{_one_of(_WEEKDAY)})\.?,? ?(?P<date>.*)", re.ASCII)


class NoSuchDayError(ValueError):
    """It is spelled like a day, and no calendar has it. The message is a sentence for the person."""


@dataclass(frozen=True, slots=True)
class Days:
    """The days that may be meant, one where it is clear; else `why` says what is to be chosen.

    `dated`: said by a date, so that it needs no zone to be known. `every`: after how many days it comes again, where it
    may lie ahead once a time of day is added (0: it does not).
    """

    days: tuple[date, ...]
    dated: bool = True
    every: int = 0
    why: str = ""


def read_days(text: str, today: date) -> Days | None:
    """Read a day from lower-case ASCII with single spaces; None for what is none. Raises NoSuchDayError.

    `today`: what words and days without a year are counted from.
    """
    text = text.removeprefix("on ")
    if text in _NEAR:
        return Days((today + _NEAR[text] * _DAY,), dated=False)
    if match := _ON_A_WEEKDAY.fullmatch(text):
        weekday = _WEEKDAY[match["weekday"]]
        if match["date"]:
            return None if match["last"] else _on_weekday(_date(match["date"], today), weekday)
        if match["last"]:
            return _last(weekday, today)
        return Days((_recent(weekday, today),), dated=False, every=7)
    found = _date(text, today)
    return Days(found.days, why=TWO_WAYS if len(found.days) > 1 else "") if found else None


def _recent(weekday: int, today: date) -> date:
    return today - (today.weekday() - weekday) % 7 * _DAY


def _last(weekday: int, today: date) -> Days:
    """The most recent one before today. On that very day of the week some mean today."""
    if today.weekday() != weekday:
        return Days((_recent(weekday, today),), dated=False)
    return Days((today - _WEEK, today), dated=False, why=f"Today is {WEEKDAYS[weekday]}. Which one do you mean?")


@dataclass(frozen=True, slots=True)
class _Dates:
    """What a date may mean: its day and month, or two of them; with a year, or each year that had it, newest first."""

    days: tuple[date, ...]
    of_other_years: tuple[tuple[date, ...], ...]


def _date(text: str, today: date) -> _Dates | None:
    match = next(filter(None, (pattern.fullmatch(text) for pattern in _DATES)), None)
    if match is None:
        return None
    parts = match.groupdict()
    year = int(parts["year"]) if parts.get("year") else 2000 + int(parts["short"]) if parts.get("short") else None
    found = [days for month, day in _months_and_days(parts) if (days := tuple(_in_years(year, month, day, today)))]
    if not found:
        raise NoSuchDayError(NO_SUCH)
    return _Dates(tuple(days[0] for days in found), tuple(found))


def _months_and_days(parts: dict[str, str | None]) -> list[tuple[int, int]]:
    if parts.get("one"):
        one, other = int(parts["one"] or 0), int(parts["other"] or 0)
        return list(dict.fromkeys([(one, other), (other, one)]))
    month = _MONTH[name] + 1 if (name := parts.get("name")) else int(parts["month"] or 0)
    return [(month, int(parts["day"] or 0))]


def _in_years(year: int | None, month: int, day: int, today: date) -> Iterator[date]:
    """The days with this number and month: of the year, or of the years up to today, newest first."""
    for one in (year,) if year is not None else range(today.year, today.year - _YEARS - 1, -1):
        try:
            found = date(one, month, day)
        except ValueError:
            continue
        if year is not None or found <= today:
            yield found


def _on_weekday(dates: _Dates | None, weekday: int) -> Days | None:
    """A date that was typed with its day of the week: where the two do not fit, nobody knows which one was a slip."""
    if dates is None:
        return None
    if fitting := tuple(day for day in dates.days if day.weekday() == weekday):
        return Days(fitting, why=TWO_WAYS if len(fitting) > 1 else "")
    others = (next((day for day in days if day.weekday() == weekday), None) for days in dates.of_other_years)
    first = dates.days[0]
    why = f"{first:%-d %b %Y} is a {WEEKDAYS[first.weekday()]}. Which day do you mean?"
    return Days((*dates.days, *(day for day in others if day)), why=why)
