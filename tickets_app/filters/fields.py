"""The fields of filter forms: each takes one parameter of an address, or says beside it what is wrong."""

import re
from collections.abc import Iterable
from copy import copy
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, Self
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError

from tickets_app.copper.moments import Moment
from tickets_app.copper.query import DEFAULT_LIMIT, MAX_LIMIT
from tickets_app.copper.resources import MAX_ID, MAX_PREVIOUS, usable_id
from tickets_app.display import property_paths
from tickets_app.filters import links
from tickets_app.filters.clock import spell
from tickets_app.filters.days import day_of
from tickets_app.filters.kept_html import KeptBoundField
from tickets_app.filters.links import COLUMNS
from tickets_app.filters.query_string import has_control_characters
from tickets_app.filters.times import RANGES, show_for_typing
from tickets_app.filters.typed_times import MAX_TYPED, Edge, Reading, TypedTimeError, Whose, read_typed
from tickets_app.filters.unseen import Unseen, unseen

MAX_SEARCH = 500  # characters; a reference is what fits on a receipt


_LIMIT = re.compile(r"[1-9]\d{0,2}", re.ASCII)


def text_input(kind: str = "text", **attrs: str) -> forms.TextInput:
    widget = forms.TextInput(attrs={"class": "form-control", "autocomplete": "off", **attrs})
    widget.input_type = kind
    return widget


class Menu(forms.Select):
    """A menu of plain choices: without Django's groups, and what each choice costs with them."""

    template_name = "tickets/filters/_menu.jinja"

    def __init__(self, choices: Iterable[tuple[str, str]] = ()) -> None:
        """(value, words) each."""
        super().__init__(attrs={"class": "form-select"}, choices=choices)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """As for any widget, and the choices."""
        context = forms.Widget.get_context(self, name, value, attrs)
        return {**context, "choices": self.choices, "chosen": value or ""}


class FilterField(forms.Field):
    """A field of the filter form: never required, rendered by one template."""

    bound_field_class: type[forms.BoundField] = KeptBoundField

    def __init__(self, label: str, help_text: str = "", widget: forms.Widget | None = None) -> None:
        """Take what a person reads beside it."""
        super().__init__(
            required=False,
            label=label,
            help_text=help_text,
            widget=widget or text_input(),
            template_name="tickets/filters/_field.jinja",
        )


class TextField(FilterField):
    """Text that reaches Copper exactly as it is; refuses what cannot be typed."""

    max_length = MAX_SEARCH

    def clean(self, value: str) -> str | None:
        """Give the text, or None where there is none."""
        if "\t" in value:
            raise ValidationError(
                "This holds a tab, as what is copied from a table does. Type one of its cells alone, or use Look up many."
            )
        if has_control_characters(value):
            raise ValidationError("This holds a control character (such as NUL or a line end). Please type it again.")
        if len(value) > self.max_length:
            raise ValidationError(f"This is too long: at most {self.max_length} characters.")
        return value or None


class ExactBoundField(KeptBoundField):
    """What is sent exactly as it was typed, with what it holds that nobody sees."""

    @property
    def unseen(self) -> Unseen | None:
        """What that is, and the address of the list without it."""
        return None if self.errors else unseen(self.form.data, self.name)

    def says_something(self) -> bool:
        """Whether it holds what nobody sees."""
        return self.unseen is not None


class ToldExactBoundField(ExactBoundField):
    """The same for a form that leads to no list."""

    @property
    def unseen(self) -> Unseen | None:
        """What that is, without an address."""
        found = super().unseen
        return found and replace(found, url="")


class SearchField(TextField):
    """What is searched for: exactly as it was typed, spaces too."""

    bound_field_class = ExactBoundField


class IdField(TextField):
    """An id of Copper's."""

    max_length = MAX_ID

    def clean(self, value: str) -> str | None:
        """Give the id, or None where there is none."""
        text = super().clean(value)
        if text is not None and usable_id(text) is None:
            raise ValidationError("This cannot be an id of Copper's.")
        return text


class LocationField(IdField):
    """A location's id, which people type where its name is not to be had."""

    bound_field_class = ExactBoundField


class IdsField(TextField):
    """A few ids with a space between them."""

    max_length = (MAX_ID + 1) * MAX_PREVIOUS


class MomentBoundField(KeptBoundField):
    """A time in the form, with the times that may have been meant where it can be read in more than one way."""

    def value(self) -> Any:
        """What was typed where that is wrong; else its day, where all bounds are whole days, or the time itself."""
        moment = None if self.errors else self.form.cleaned_data.get(self.name)
        if moment is None:
            return self.data
        day = days_of(self.form).get(self.name)
        if day and business_day_of(self.form):
            return ""  # it stands in the field for that
        return day.isoformat() if day else show_for_typing(moment, self.field.zone)

    picks_days = True  # a calendar stands beside it
    field: "MomentField"

    @property
    def choices(self) -> list[tuple[str, str]]:
        """Give (what it says, the address of the list with it, or none where it is no list)."""
        found: tuple[Reading, ...] = next(
            (error.params["readings"] for error in self.errors.as_data() if error.params), ()
        )
        return [(reading.words, self.address(self.chosen(reading.at))) for reading in found]

    def chosen(self, at: datetime) -> str:
        """A time to choose, as an address has it."""
        return str(spell(at))

    def address(self, value: str) -> str:
        """The address of the list with this value; of the other times, as they were understood."""
        understood = {
            name: str(moment) for name, moment in self.form.cleaned_data.items() if isinstance(moment, Moment)
        }
        return links.with_value({**self.form.data, **understood}, self.name, value)


class ToldBoundField(MomentBoundField):
    """The same for a form that leads to no list: the choices are told, and typed."""

    def address(self, value: str) -> str:
        """None."""
        return ""


class MomentField(FilterField):
    """A point in time, typed with an offset or in the display zone; or a whole day."""

    bound_field_class = MomentBoundField
    says_days = True

    def __init__(self, zone: ZoneInfo, label: str, *, day: Edge = Edge.FIRST, now: datetime | None = None) -> None:
        """`day`: which of its instants a day stands for. `now` (aware) gives `yesterday` a meaning; None: when it is read."""
        super().__init__(label, widget=text_input(placeholder="20 Nov, fri 7pm", maxlength=str(MAX_TYPED)))
        self.zone, self.day, self.now = zone, day, now
        self.whose: Whose = (zone, 0)

    def at(self, now: datetime, whose: Whose) -> Self:
        """The field of a form that was sent then (aware), whose days these are."""
        field = copy(self)
        field.now, field.whose = now, whose
        return field

    def read(self, value: str) -> Moment:
        """Read what was typed. Raises TypedTimeError."""
        return read_typed(value, self.zone, self.now or datetime.now(UTC), day=self.day, whose=self.whose)

    def clean(self, value: str) -> Moment | None:
        """Give the moment; an error carries the times to choose from as `params["readings"]`."""
        if not value.strip():
            return None
        try:
            return self.read(value)
        except TypedTimeError as error:
            raise ValidationError(str(error), params={"readings": error.readings}) from error


class PlaceField(MomentField):
    """Where a list goes on: a time that a link of ours says, and nobody types in words."""

    says_days = False

    def read(self, value: str) -> Moment:
        """Only ISO 8601 is read."""
        if not value.strip()[:4].isdecimal() or _WORDS.search(value):
            raise TypedTimeError("The address does not say where to go on: open the list anew.")
        return super().read(value)


def days_of(form: forms.BaseForm) -> dict[str, date]:
    """The days of a checked form's times by name; empty where one of them is a time of day."""
    days = {}
    for name, field in form.fields.items():
        moment = form.cleaned_data.get(name)
        if isinstance(field, MomentField) and field.says_days and moment:
            days[name] = day_of(moment, field.day, *field.whose)
    known = {name: day for name, day in days.items() if day}
    return known if len(known) == len(days) else {}


def business_day_of(form: forms.BaseForm) -> date | None:
    """The one business day of a store that a checked form is about; not every form knows of stores."""
    day: date | None = getattr(form, "business_day", None)
    return day


_WORDS = re.compile("[A-SU-Ya-su-y/]", re.ASCII)  # letters but T and Z


class LimitField(FilterField):
    """How many rows a page has. Only plain digits: Django's own field also takes `1_0` and `10.0`."""

    def clean(self, value: str) -> int:
        """Give the number, 1 to 100."""
        if not value:
            return DEFAULT_LIMIT
        if not _LIMIT.fullmatch(value) or int(value) > MAX_LIMIT:
            raise ValidationError(f"Rows per page: a whole number from 1 to {MAX_LIMIT}.")
        return int(value)


class RangeField(FilterField):
    """A relative range by its name."""

    def __init__(self, label: str) -> None:
        """Offer the ranges by their names for people."""
        choices = [("", "Any time"), *((name, words) for name, (words, _) in RANGES.items())]
        super().__init__(label, widget=Menu(choices))

    def clean(self, value: str) -> str | None:
        """Give the range's name."""
        if value and value not in RANGES:
            raise ValidationError("There is no such time range. Choose one of " + ", ".join(RANGES) + ".")
        return value or None


class ColumnsField(FilterField):
    """Which properties are shown as columns, in their order (display/property_paths.py)."""

    def __init__(self) -> None:
        """Kept by the form, chosen in the menu of columns."""
        super().__init__("Columns", widget=forms.HiddenInput())

    def clean(self, value: str) -> tuple[property_paths.Path, ...]:
        """Give the paths; none where the default columns are meant."""
        try:
            return property_paths.parse(value) if value else ()
        except property_paths.BadPathError as error:
            raise ValidationError(f"{COLUMNS}: {error}") from error
