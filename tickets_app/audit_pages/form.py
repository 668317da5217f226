"""The filter form of the audit pages: what a person typed or an address says → the events it means."""

from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from audit.models import Event, Kind
from tickets_app.display.fragments import Fields
from tickets_app.filters.fields import FilterField, MomentField, TextField, ToldBoundField
from tickets_app.filters.query_string import Parameters
from tickets_app.filters.typed_times import Edge

BEFORE = "before"  # the cursor: only events older than the one with this id
_MOST = 2**63 - 1  # the largest id


class KindField(FilterField):
    """A kind of event."""

    def __init__(self, label: str) -> None:
        """Offer all kinds."""
        choices = [("", "Anything"), *Kind.choices]
        super().__init__(label, widget=forms.Select(attrs={"class": "form-select"}, choices=choices))

    def clean(self, value: str) -> str:
        """Give the kind, or nothing."""
        if value and value not in Kind.values:
            raise ValidationError("There is no such kind of event.")
        return value


class NameField(TextField):
    """A name or an id, as it was pasted: the spaces around it are none of it, and nobody sees them in the field."""

    def clean(self, value: str) -> str | None:
        """Give it alone."""
        return super().clean(value.strip())


class WhenField(MomentField):
    """A time or a day; where it is not exactly one, the person types it anew."""

    bound_field_class = ToldBoundField


class CursorField(FilterField):
    """The id of an event."""

    def clean(self, value: str) -> int | None:
        """Give the id, or None."""
        if not value:
            return None
        if not (value.isascii() and value.isdigit() and len(value) <= 19 and int(value) <= _MOST):
            raise ValidationError("The address does not say where to go on: start from the top.")
        return int(value)


def _fields(zone: ZoneInfo) -> dict[str, forms.Field]:
    return {
        "person": NameField("Person", "The user name, exactly."),
        "kind": KindField("What"),
        "about": NameField("About", "A ticket’s id, or the name of a shared view."),
        "from": WhenField(zone, "From (day included)"),
        "to": WhenField(zone, "To (day included)", day=Edge.NEXT),
        BEFORE: CursorField("Cursor"),
    }


# Parameter → the lookup it stands for.
_LOOKUPS = {
    "person": "user_name",
    "kind": "kind",
    "about": "subject",
    "from": "at__gte",
    "to": "at__lt",
    BEFORE: "id__lt",
}


class EventFilterForm(forms.Form):
    """Binds one address."""

    default_renderer = Fields

    def __init__(self, parameters: Parameters, *, zone: ZoneInfo) -> None:
        """Bind parameters as read from the address; times without an offset are read in `zone`."""
        fields = _fields(zone)
        super().__init__(data={name: parameters.values.get(name, "") for name in fields}, auto_id="filter-%s")
        self.fields = fields
        self.repeated = parameters.repeated & fields.keys()

    def clean(self) -> dict[str, Any]:
        """Refuse what contradicts itself."""
        for name in self.repeated:
            self.add_error(name, f"The address has “{name}” more than once. Keep one.")
        start, end = self.cleaned_data.get("from"), self.cleaned_data.get("to")
        if start and end and start.order >= end.order:
            self.add_error("to", "This is not after the start.")
        return self.cleaned_data

    @property
    def has_words(self) -> bool:
        """Whether a time was typed in words, such as `yesterday`: its address would mean another one tomorrow."""
        return any(self.data[name].strip() and not self.data[name].strip()[:4].isdecimal() for name in ("from", "to"))

    @property
    def given(self) -> dict[str, str]:
        """The filters in force, without the cursor; times with their offset."""
        values = {name: self.cleaned_data[name] for name in self.fields if name != BEFORE}
        return {name: str(value) for name, value in values.items() if value}

    def events(self) -> QuerySet[Event]:
        """The events that match, newest first. Only for a valid form."""
        wanted = {_LOOKUPS[name]: _value(value) for name, value in self.cleaned_data.items() if value not in (None, "")}
        return Event.objects.filter(**wanted).order_by("-id")

    def address(self, path: str, before: int | None = None) -> str:
        """The path with these filters, and from an event on."""
        params = self.given | ({BEFORE: str(before)} if before else {})
        return f"{path}?{urlencode(params, safe=':', quote_via=quote)}" if params else path

    @property
    def shown_fields(self) -> list[forms.BoundField]:
        """The fields that a person sees."""
        return [self[name] for name in self.fields if name != BEFORE]


def _value(value: Any) -> str | int | datetime:
    """What the database compares with: a Moment is a datetime to the microsecond there."""
    found: str | int | datetime = getattr(value, "at", value)
    return found
