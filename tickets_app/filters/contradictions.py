"""What cannot stand together in one address: which field is to be changed, and why, in words for the person."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from tickets_app.copper.moments import Moment
from tickets_app.filters.links import BUSINESS_DAY, LOOKED_TO, RANGE
from tickets_app.filters.whose_days import WhoseDays

Wrong = tuple[str, str]  # the field, and the sentence

_NO_STORE = "A business day is one store’s: choose its location as well."
_NOT_SET = "Zone not set: nobody has said yet by which clock this location goes. Type times from and to."
NO_CLOCK = frozenset({_NO_STORE, _NOT_SET})  # why a day that can be read is no business day

_EXCLUSIVE = (
    *(
        (name, LOOKED_TO, f"The address has two places to go on from ({name}, {LOOKED_TO}). Keep one.")
        for name in ("starting_after", "ending_before")
    ),
    ("starting_after", "ending_before", "The address has two cursors (starting_after, ending_before). Keep one."),
    ("created[gte]", "created[gt]", "Give only one start: either “at or after” or “after”."),
    ("created[lte]", "created[lt]", "Give only one end: either “before” or “at or before”."),
)


def together(values: Mapping[str, object], whose: WhoseDays) -> Iterator[Wrong]:
    """What these values, each right by itself, may not be together."""
    for kept, other, message in _EXCLUSIVE:
        if kept in values and other in values:
            yield other, message
    bounds = any(name.startswith("created[") for name in values)
    if RANGE in values and bounds:
        yield RANGE, "Choose either a time range or times from and to, not both."
    if BUSINESS_DAY not in values:
        return
    if RANGE in values or bounds:
        yield BUSINESS_DAY, "Choose either a business day, a time range, or times from and to."
    if "location" not in values:
        yield BUSINESS_DAY, _NO_STORE
    elif not whose.of_store:
        yield BUSINESS_DAY, _NOT_SET


def backward(values: Mapping[str, object], days: Mapping[str, date]) -> Iterator[Wrong]:
    """An end before its start; `days` are the bounds as days, where all are."""
    low, high = _one_of(values, "created[gte]", "created[gt]"), _one_of(values, "created[lte]", "created[lt]")
    if low is None or high is None:
        return
    start = days[low[0]] + timedelta(days=low[0] == "created[gt]") if days else None
    if start and start > days[high[0]]:
        # With their years: a day without one that is still to come was read as last year's.
        yield high[0], f"{days[high[0]]:%-d %b %Y} is before the start, {start:%-d %b %Y}."
    elif low[1].order > high[1].order:
        yield high[0], f"{_said(high[1], low[1])} is before the start, {_said(low[1], high[1])}."
    elif low[1].order == high[1].order and (low[0], high[0]) != ("created[gte]", "created[lte]"):
        yield high[0], "Nothing lies between these two: they are the same time, and it is not included."


def _said(moment: Moment, other: Moment) -> str:
    """A time as it was understood: by its clock to the minute where that tells it from the other, else in full."""
    words = "%-d %b %Y, %H:%M"
    alike = moment.at.utcoffset() != other.at.utcoffset() or f"{moment.at:{words}}" == f"{other.at:{words}}"
    return moment.text if alike else f"{moment.at:{words}}"


def _one_of(values: Mapping[str, object], *names: str) -> tuple[str, Moment] | None:
    given = ((name, values.get(name)) for name in names)
    return next(((name, value) for name, value in given if isinstance(value, Moment)), None)
