"""A list in another time zone: whole days stay the same days of the calendar, times of day the same moments."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from tickets_app.display.paths import path_of
from tickets_app.display.person import zones
from tickets_app.filters.days import day_of, on_days, whole_days
from tickets_app.filters.fields import MomentField
from tickets_app.filters.form import TicketFilterForm
from tickets_app.filters.links import address
from tickets_app.filters.query_string import Parameters, read_or_say
from tickets_app.filters.times import DAY_RANGES, RANGES, show_for_typing, zone_city, zone_place
from tickets_app.filters.typed_times import TypedTimeError

TYPED_IN = "typed_in"  # the zone of the page that a form was sent from (static/copper_tickets/filters.js)


def is_list(url: str) -> bool:
    """Whether this is an address of the list."""
    return urlsplit(url).path == path_of("tickets:list")


def typed_elsewhere(parameters: Parameters, zone: ZoneInfo, now: datetime) -> str | None:
    """The address for a form that was drawn in another zone than `zone`, which was chosen since (in another tab).

    None where it was not. The times that stand in its fields are meant as they were read there.
    """
    name = parameters.values.get(TYPED_IN, "")
    if not name or name == zone.key or name not in zones():
        return None
    rest = {key: value for key, value in parameters.values.items() if key != TYPED_IN}
    return in_zone(address(path_of("tickets:list"), list(rest.items())), ZoneInfo(name), zone, now)[0]


def in_zone(url: str, old: ZoneInfo, new: ZoneInfo, now: datetime) -> tuple[str, str]:
    """The address of the same list for somebody whose zone was `old` and is `new`, and a sentence that says what was done.

    `now` is aware. Of an address with something wrong in it the times that can be read are the same moments, and all else stays.
    """
    said = f"Times are now in {zone_place(new, now)}."
    parameters, problem = read_or_say(urlsplit(url).query)
    form = TicketFilterForm(parameters, zone=old, now=now)
    if problem:
        return url, said
    if not form.is_valid():
        times = dict(_times_read(form, new))
        return address(path_of("tickets:list"), list((parameters.values | times).items())) if times else url, said
    if form.whose.of_store and (form.range in DAY_RANGES or whole_days(form.query, *form.whose.clock)):
        return url, f"{said} Days stay the store’s."
    city = zone_city(new)
    if form.range:
        return url, f"{said} “{RANGES[form.range][0]}” goes by {city} days." if form.range in DAY_RANGES else said
    return _moved(form, old, new, url, said)


def _times_read(form: TicketFilterForm, new: ZoneInfo) -> Iterator[tuple[str, str]]:
    """The times of day among its bounds, each read by itself, as they are typed in another zone. A day is one there, too."""
    for name, field in form.fields.items():
        if isinstance(field, MomentField) and field.says_days and form.data[name].strip():
            with suppress(TypedTimeError):
                moment = field.read(form.data[name])
                if not day_of(moment, field.day, *field.whose):
                    yield name, show_for_typing(moment, new)


def _moved(form: TicketFilterForm, old: ZoneInfo, new: ZoneInfo, url: str, said: str) -> tuple[str, str]:
    """The same for bounds."""
    query = form.query
    if query.low is None and query.high is None:
        return url, said
    try:
        days = {} if form.whose.of_store else whole_days(query, old)
        moved = on_days(query, days, new) if days else None
    except OverflowError:
        moved = None
    if moved is None:
        url = form.address(query) if form.has_local_times else url
        return url, f"{said} The times asked for are the same moments as before."
    return form.address(moved), f"{said} The same days are asked for, now as {zone_city(new)} days."
