"""The filter form: what a person typed or an address says → TicketQuery, or errors beside the fields."""

from copy import copy
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings

from tickets_app.copper.moments import Moment
from tickets_app.copper.query import DEFAULT_LIMIT, FILTERS, Cursor, TicketQuery
from tickets_app.copper.resources import MAX_PREVIOUS, legible
from tickets_app.display import property_paths
from tickets_app.display.fragments import Fields
from tickets_app.display.paths import path_of
from tickets_app.display.values import heading
from tickets_app.filters import links
from tickets_app.filters.days import EDGES
from tickets_app.filters.fields import (
    ColumnsField,
    IdField,
    IdsField,
    LimitField,
    Menu,
    MomentField,
    PlaceField,
    RangeField,
    SearchField,
    days_of,
    text_input,
)
from tickets_app.filters.links import COLUMNS, CURSOR_CREATED, CURSOR_PREVIOUS, LOOK_BACK_TO, LOOKED_TO, RANGE
from tickets_app.filters.query_string import Parameters
from tickets_app.filters.times import resolve_range, zone_words
from tickets_app.filters.typed_times import Edge
from tickets_app.filters.unseen import SEARCH, Unseen, unseen
from tickets_app.gateway.location_names import PAUSE, Names, State


@lru_cache(64)
def _fields(zone: ZoneInfo) -> dict[str, forms.Field]:
    """The fields of every form; one that differs is copied first."""
    # A day is meant whole: included at both ends, and "after" it is after all of it (days.py).
    return {
        "location": IdField("Location"),
        RANGE: RangeField("Time"),
        "created[gte]": MomentField(zone, "From (day included)"),
        "created[lt]": MomentField(zone, "To (day included)", day=Edge.NEXT),
        SEARCH: SearchField("Reference", "", text_input("search", spellcheck="false")),
        "created[gt]": MomentField(zone, "After (day not included)", day=Edge.LAST),
        "created[lte]": MomentField(zone, "At or before (day included)", day=Edge.LAST),
        "limit": LimitField("Rows per page", widget=text_input(inputmode="numeric", placeholder=str(DEFAULT_LIMIT))),
        "starting_after": IdField("Cursor"),
        "ending_before": IdField("Cursor"),
        CURSOR_CREATED: PlaceField(zone, "Time of the cursor"),
        CURSOR_PREVIOUS: IdsField("Ids before the cursor"),
        LOOKED_TO: PlaceField(zone, "Looked back to"),
        LOOK_BACK_TO: PlaceField(zone, "Look back to"),
        COLUMNS: ColumnsField(),
    }


class TicketFilterForm(forms.Form):
    """Binds one address. `query` is what to ask Copper for; it exists only when the form is valid."""

    default_renderer = Fields

    def __init__(self, parameters: Parameters, *, zone: ZoneInfo, now: datetime) -> None:
        """Bind parameters as read from the address; `zone` and `now` (aware) give local and relative times a meaning."""
        fields: dict[str, Any] = dict(_fields(zone))
        super().__init__(data={name: parameters.values.get(name, "") for name in fields}, auto_id="filter-%s")
        for name in _BOUNDS:
            if self.data[name]:
                fields[name] = fields[name].at(now)
        self.fields = fields
        self.repeated = parameters.repeated & fields.keys()
        self.zone, self.now = zone, now

    def clean(self) -> dict[str, object]:
        """Refuse what contradicts itself, beside the field that is to be changed."""
        for name in self.repeated:
            self.add_error(name, f"The address has “{name}” more than once. Keep one.")
        values = {name: value for name, value in self.cleaned_data.items() if value is not None}
        for kept, other, message in _EXCLUSIVE:
            if kept in values and other in values:
                self.add_error(other, message)
        self._refuse_range_with_bounds(values)
        if not self.errors:
            self._refuse_backward_bounds()
        return self.cleaned_data

    def _refuse_range_with_bounds(self, values: dict[str, object]) -> None:
        if RANGE in values and any(name.startswith("created[") for name in values):
            self.add_error(RANGE, "Choose either a time range or times from and to, not both.")

    def _refuse_backward_bounds(self) -> None:
        low, high = self._one_of("created[gte]", "created[gt]"), self._one_of("created[lte]", "created[lt]")
        if low is None or high is None:
            return
        days = days_of(self)
        if days and days[low[0]] + timedelta(days=low[0] == "created[gt]") > days[high[0]]:
            self.add_error(high[0], "This day is before the start of the time asked for.")
        elif low[1].order > high[1].order:
            self.add_error(high[0], "This is before the start of the time asked for. Swap the two.")
        elif low[1].order == high[1].order and (low[0], high[0]) != ("created[gte]", "created[lte]"):
            self.add_error(high[0], "Nothing lies between these two: they are the same time, and it is not included.")

    def _one_of(self, *names: str) -> tuple[str, Moment] | None:
        return next(((name, self.cleaned_data[name]) for name in names if self.cleaned_data.get(name)), None)

    def own(self, name: str) -> forms.Field:
        """A field of this form alone, to be changed."""
        self.fields[name] = self[name].field = copy(self.fields[name])
        return self.fields[name]

    @property
    def range(self) -> str | None:
        """The relative range in force, if any."""
        name: str | None = self.cleaned_data[RANGE]
        return name

    @property
    def chosen_columns(self) -> tuple[property_paths.Path, ...]:
        """The columns that are shown: those of the address, else the site's; none where the built-in ones are meant.

        Not `columns`: in a template `form.columns` is the field, which is never false.
        """
        return self.own_columns or self.site_columns

    @property
    def own_columns(self) -> tuple[property_paths.Path, ...]:
        """The columns that the address names; none where it names none, or what it names makes no sense."""
        chosen: tuple[property_paths.Path, ...] = getattr(self, "cleaned_data", {}).get(COLUMNS, ())
        return chosen

    @property
    def site_columns(self) -> tuple[property_paths.Path, ...]:
        """The columns that lists of this site begin with; none: the built-in ones."""
        return property_paths.parse(settings.LIST_COLUMNS) if settings.LIST_COLUMNS else ()

    @property
    def first_columns(self) -> tuple[property_paths.Path, ...]:
        """What a list has without any in its address."""
        return self.site_columns or property_paths.DEFAULT

    @property
    def column_count(self) -> int:
        """How many columns the table has: the first leads to the ticket, or by default the last holds all other properties."""
        return len(self.chosen_columns or property_paths.DEFAULT) + 1

    @property
    def column_names(self) -> list[str]:
        """The chosen columns as they are headed."""
        return [heading(path) for path in self.chosen_columns]

    def address(self, query: TicketQuery, range_name: str | None = None) -> str:
        """The address of a list that looks as this one does."""
        return links.list_url(query, range_name, self.own_columns)

    @property
    def query(self) -> TicketQuery:
        """The filters with absolute bounds: a relative range means what it means at `now`."""
        values = {attribute: self.cleaned_data[name] for attribute, name in FILTERS.items()}
        if self.range:
            values["created_gte"], values["created_lt"] = resolve_range(self.range, self.now, self.zone)
        if values["search_query"] is not None:  # a list without a search goes on by its cursor alone
            values |= {LOOKED_TO: self.cleaned_data[LOOKED_TO], LOOK_BACK_TO: self.cleaned_data[LOOK_BACK_TO]}
        return TicketQuery(
            **values,
            limit=self.cleaned_data["limit"],
            starting_after=self._cursor("starting_after"),
            ending_before=self._cursor("ending_before"),
        )

    def _cursor(self, name: str) -> Cursor | None:
        id_ = self.cleaned_data[name]
        if id_ is None:
            return None
        previous = (self.cleaned_data[CURSOR_PREVIOUS] or "").split()
        return Cursor(id_, self.cleaned_data[CURSOR_CREATED], tuple(previous[:MAX_PREVIOUS]))

    @property
    def has_local_times(self) -> bool:
        """Whether a time was typed without an offset, so that its address would not mean the same to everyone."""
        return any(
            self.cleaned_data[name] is not None and self.cleaned_data[name].text != self.data[name].strip()
            for name in self.fields
            if name.startswith("created[")
        )

    @property
    def zone_name(self) -> str:
        """The display zone with its offset now."""
        return zone_words(self.now, self.zone)

    @property
    def location_field(self) -> forms.BoundField:
        """Where: the bar's first field."""
        return self["location"]

    @property
    def search_field(self) -> forms.BoundField:
        """Which reference: the bar's last."""
        return self[SEARCH]

    @property
    def main_fields(self) -> list[forms.BoundField]:
        """The fields that every form of filters has in view."""
        return [self["location"], *self.time_fields, self[SEARCH]]

    @property
    def time_fields(self) -> list[forms.BoundField]:
        """What a panel of times holds in view."""
        return [self[name] for name in _TIME]

    @property
    def time_errors(self) -> bool:
        """Whether something in that panel is to be corrected."""
        return any(name in self.errors for name in (*_TIME, *_MORE))

    @property
    def unseen(self) -> Unseen | None:
        """What the search holds that nobody sees."""
        return unseen(self.data)

    @property
    def more_fields(self) -> list[forms.BoundField]:
        """The fields behind "More"."""
        return [self[name] for name in _MORE]

    @property
    def more_is_open(self) -> bool:
        """Whether one of those is in use."""
        return any(self.data[name] for name in _MORE)

    @property
    def general_errors(self) -> list[str]:
        """The errors of parameters that have no visible field."""
        return [str(errors[0]) for name, errors in self.errors.items() if name not in {*_MAIN, *_MORE}]

    def offer_locations(self, names: Names) -> None:
        """Make the location a menu of names. Until they are there it asks for them by itself.

        Where the key may not read them, or there are none, it stays a field for an id.
        """
        if not names.by_id and names.state in _NO_NAMES:
            self["location"].help_text = _NO_NAMES[names.state]
            return
        chosen = self.data["location"]
        extra = [] if chosen in names.by_id or not chosen else [(chosen, legible(chosen))]
        all_of_them, again = ("All locations", "") if names.by_id else _NOT_YET[names.state]
        menu = Menu([("", all_of_them), *names.by_id.items(), *extra])
        if again:
            # It stands in a form, and none of what the form does with answers is meant.
            menu.attrs |= {"hx-get": path_of("tickets:locations"), "hx-trigger": again, "hx-target": "this", **_ITSELF}
        self.own("location").widget = menu


_TIME = (RANGE, "created[gte]", "created[lt]")
_MAIN = ("location", *_TIME, "search_query")
_MORE = ("created[gt]", "created[lte]", "limit")

_BOUNDS = tuple(FILTERS[attribute] for attribute in EDGES)

_EXCLUSIVE = (
    *(
        (name, LOOKED_TO, f"The address has two places to go on from ({name}, {LOOKED_TO}). Keep one.")
        for name in ("starting_after", "ending_before")
    ),
    ("starting_after", "ending_before", "The address has two cursors (starting_after, ending_before). Keep one."),
    ("created[gte]", "created[gt]", "Give only one start: either “at or after” or “after”."),
    ("created[lte]", "created[lt]", "Give only one end: either “before” or “at or before”."),
)

_NO_NAMES = {
    State.KNOWN: "The id of a location.",
    State.FORBIDDEN: "This dashboard’s key may not read location names: type an id.",
}
_NOT_YET = {
    State.UNKNOWN: ("All locations (names are being loaded)", "load"),
    State.FAILED: ("All locations (names could not be loaded)", f"load delay:{PAUSE:.0f}s"),
}
_ITSELF = {"hx-swap": "outerHTML", "hx-select": "unset", "hx-sync": "this", "hx-disabled-elt": "unset"}
