"""The filter form: what a person typed or an address says → TicketQuery, or errors beside the fields."""

from copy import copy
from dataclasses import replace
from datetime import date, datetime
from functools import cached_property, lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings

from tickets_app.copper.moments import Moment
from tickets_app.copper.query import DEFAULT_LIMIT, FILTERS, Cursor, TicketQuery
from tickets_app.copper.resources import MAX_PREVIOUS
from tickets_app.display import property_paths
from tickets_app.display.paths import path_of
from tickets_app.filters import contradictions, links
from tickets_app.filters.address_form import AddressForm
from tickets_app.filters.business_day import BusinessDayField, the_one_of
from tickets_app.filters.days import EDGES
from tickets_app.filters.fields import (
    ColumnsField,
    IdField,
    IdsField,
    LimitField,
    LocationField,
    Menu,
    MomentField,
    PlaceField,
    RangeField,
    SearchField,
    days_of,
    text_input,
)
from tickets_app.filters.links import BUSINESS_DAY, COLUMNS, LOOK_BACK_TO, LOOKED_TO, RANGE
from tickets_app.filters.query_string import Parameters
from tickets_app.filters.times import day_bounds, resolve_range, zone_words
from tickets_app.filters.typed_times import Edge
from tickets_app.filters.unseen import SEARCH, Unseen, shown, unseen, unusual
from tickets_app.filters.whose_days import State as Whose
from tickets_app.filters.whose_days import whose_days
from tickets_app.gateway.location_names import AGAIN, PAUSE, Names, State
from tickets_app.stores import clocks


@lru_cache(64)
def _fields(zone: ZoneInfo) -> dict[str, forms.Field]:
    """The fields of every form; one that differs is copied first."""
    # A day is meant whole: included at both ends, and "after" it is after all of it (days.py).
    return {
        "location": LocationField("Location"),
        RANGE: RangeField("Time"),
        BUSINESS_DAY: BusinessDayField(),
        "created[gte]": MomentField(zone, "From (day included)"),
        "created[lt]": MomentField(zone, "To (day included)", day=Edge.NEXT),
        SEARCH: SearchField("Reference", "", text_input("search", spellcheck="false")),
        "created[gt]": MomentField(zone, "After (day not included)", day=Edge.LAST),
        "created[lte]": MomentField(zone, "At or before (day included)", day=Edge.LAST),
        "limit": LimitField("Rows per page", widget=text_input(inputmode="numeric", placeholder=str(DEFAULT_LIMIT))),
        "starting_after": IdField("Cursor"),
        "ending_before": IdField("Cursor"),
        links.CURSOR_CREATED: PlaceField(zone, "Time of the cursor"),
        links.CURSOR_PREVIOUS: IdsField("Ids before the cursor"),
        LOOKED_TO: PlaceField(zone, "Looked back to"),
        LOOK_BACK_TO: PlaceField(zone, "Look back to"),
        COLUMNS: ColumnsField(),
    }


class TicketFilterForm(AddressForm):
    """Binds one address. `query` is what to ask Copper for; it exists only when the form is valid."""

    def __init__(self, parameters: Parameters, *, zone: ZoneInfo, now: datetime) -> None:
        """Bind parameters as read from the address; `zone` and `now` (aware) give local and relative times a meaning.

        Days are those of `zone`, or of the location's own clock. Where the address asks for a business day and no clock could
        be read yet it raises what the database does.
        """
        fields: dict[str, Any] = dict(_fields(zone))
        super().__init__(data={name: parameters.values.get(name, "") for name in fields}, auto_id="filter-%s")
        self.whose = whose_days(self.data["location"], zone)
        if self.data[BUSINESS_DAY] and self.whose.state is Whose.UNKNOWN:
            clocks.demand()
            self.whose = whose_days(self.data["location"], zone)
        for name in _BOUNDS:
            if self.data[name]:
                fields[name] = fields[name].at(now, self.whose.clock)
        self.fields = fields
        self.repeated = parameters.repeated & fields.keys()
        self.zone, self.now = zone, now

    def clean(self) -> dict[str, object]:
        """Refuse what contradicts itself, beside the field that is to be changed."""
        for name in self.repeated:
            self.add_error(name, f"The address has “{name}” more than once. Keep one.")
        values = {name: value for name, value in self.cleaned_data.items() if value is not None}
        for name, message in contradictions.together(values, self.whose):
            self.add_error(name, message)
        if not self.errors:
            for name, message in contradictions.backward(values, days_of(self)):
                self.add_error(name, message)
        return self.cleaned_data

    def own(self, name: str) -> forms.Field:
        """A field of this form alone, to be changed."""
        self.fields[name] = self[name].field = copy(self.fields[name])
        return self.fields[name]

    @property
    def range(self) -> str | None:
        """The relative range in force, if any."""
        name: str | None = self.cleaned_data[RANGE]
        return name

    def count_from(self, start: Moment | None) -> None:
        """Let a relative range that ends with now begin at `start`, whatever it begins with at `now`."""
        self.bounds = replace(self.bounds, created_gte=start)
        self.__dict__.pop("query", None)

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
        return property_paths.of_setting(settings.LIST_COLUMNS) if settings.LIST_COLUMNS else ()

    @property
    def first_columns(self) -> tuple[property_paths.Path, ...]:
        """What a list has without any in its address."""
        return self.site_columns or property_paths.DEFAULT

    @property
    def column_count(self) -> int:
        """How many columns the table has: one leads to the ticket, or by default the last holds all other properties.

        Where the reference was chosen, that is the one that leads to it.
        """
        return len(self.chosen_columns or property_paths.DEFAULT) + (
            property_paths.REFERENCE not in self.chosen_columns
        )

    def address(self, query: TicketQuery, range_name: str | None = None) -> str:
        """The address of a list that looks as this one does."""
        return links.list_url(query, range_name, self.own_columns)

    @cached_property
    def query(self) -> TicketQuery:
        """The filters with absolute bounds: a relative range is that of `now`, unless `count_from` said otherwise."""
        values: dict[str, Any] = {name: self._cursor(name) for name in ("starting_after", "ending_before")}
        values |= {part: self.cleaned_data[name] for part, name in FILTERS.items() if part not in EDGES}
        if values["search_query"] is not None:  # a list without a search goes on by its cursor alone
            values |= {LOOKED_TO: self.cleaned_data[LOOKED_TO], LOOK_BACK_TO: self.cleaned_data[LOOK_BACK_TO]}
        return replace(self.bounds, **values, limit=self.cleaned_data["limit"])

    @cached_property
    def bounds(self) -> TicketQuery:
        """The same with nothing but its times: there as long as nothing is wrong with those, whatever else is."""
        values = {attribute: self.cleaned_data[FILTERS[attribute]] for attribute in EDGES}
        if self.range:
            values["created_gte"], values["created_lt"] = resolve_range(self.range, self.now, *self.whose.clock)
        if day := self.cleaned_data[BUSINESS_DAY]:
            values["created_gte"], values["created_lt"] = day_bounds(day, *self.whose.clock)
        return TicketQuery(**values)

    def _cursor(self, name: str) -> Cursor | None:
        id_ = self.cleaned_data[name]
        if id_ is None:
            return None
        # By the one space that links.py puts between them: an id may hold others, such as U+00A0.
        previous = [one for one in (self.cleaned_data[links.CURSOR_PREVIOUS] or "").split(" ") if one]
        return Cursor(id_, self.cleaned_data[links.CURSOR_CREATED], tuple(previous[:MAX_PREVIOUS]))

    @property
    def has_local_times(self) -> bool:
        """Whether a time was typed without an offset, so that its address would not mean the same to everyone."""
        return self.cleaned_data[BUSINESS_DAY] is not None or any(
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
    def time_fields(self) -> list[forms.BoundField]:
        """What a panel of times holds in view."""
        return [self[name] for name in _TIME if name != BUSINESS_DAY or self.offers_business_day]

    @property
    def offers_business_day(self) -> bool:
        """Whether there is a field for one: where a store has a clock, or somebody asked for it anyway."""
        return self.whose.of_store or bool(self.data[BUSINESS_DAY])

    @property
    def business_day(self) -> date | None:
        """The one business day of a store that the list is about."""
        if self.errors or not self.whose.of_store:
            return None
        asked: date | None = self.cleaned_data[BUSINESS_DAY]
        return asked or the_one_of(days_of(self))

    @property
    def place_words(self) -> str:
        """The chosen location by its name, where it is known; empty where none is."""
        widget, place = self["location"].field.widget, self.data["location"]
        choices = dict(widget.choices) if isinstance(widget, Menu) else {}
        return choices.get(place, shown(place)) if place else ""

    @property
    def days_words(self) -> str:
        """Whose days the days are, where a location is chosen."""
        return self.whose.words(self.place_words, self.zone, self.now)

    @property
    def time_errors(self) -> bool:
        """Whether something in that panel is to be corrected."""
        return any(name in self.errors for name in (*_TIME, *_MORE))

    @property
    def doubtful(self) -> Unseen | None:
        """What of the search may be why nothing was found."""
        return unseen(self.data) or unusual(self.data)

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
        extra = [] if chosen in names.by_id or not chosen else [(chosen, shown(chosen))]
        all_of_them, again = ("All locations", "") if names.by_id else _NOT_YET[names.state]
        menu = Menu([("", all_of_them), *names.by_id.items(), *extra])
        if again:
            # It stands in a form, and none of what the form does with answers is meant.
            menu.attrs |= {"hx-get": path_of("tickets:locations"), "hx-trigger": again, "hx-target": "this", **_ITSELF}
        self.own("location").widget = menu


_TIME = (RANGE, BUSINESS_DAY, "created[gte]", "created[lt]")
_MAIN = ("location", *_TIME, "search_query")
_MORE = ("created[gt]", "created[lte]", "limit")

_BOUNDS = (BUSINESS_DAY, *(FILTERS[attribute] for attribute in EDGES))

_NO_NAMES = {
    State.KNOWN: "The id of a location.",
    State.FORBIDDEN: "This dashboard’s key may not read location names: type an id.",
}
_NOT_YET = {
    State.UNKNOWN: ("All locations (names are being loaded)", "load"),
    State.AWAITED: ("All locations (names are being loaded)", f"load delay:{AGAIN:.0f}s"),
    State.FAILED: ("All locations (names could not be loaded)", f"load delay:{PAUSE:.0f}s"),
}
_ITSELF = {"hx-swap": "outerHTML", "hx-select": "unset", "hx-sync": "this", "hx-disabled-elt": "unset"}
