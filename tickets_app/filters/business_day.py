"""The field for one business day of a store, `business_day=2026-11-20`: from its turn-over to that of the next day."""

from collections.abc import Mapping
from copy import copy
from datetime import date, datetime
from typing import Any, Self

from django.core.exceptions import ValidationError

from tickets_app.filters import links
from tickets_app.filters.contradictions import NO_CLOCK
from tickets_app.filters.fields import FilterField, MomentBoundField, business_day_of, text_input
from tickets_app.filters.links import BUSINESS_DAY
from tickets_app.filters.times import day_bounds, show_day
from tickets_app.filters.typed_times import MAX_TYPED, TypedTimeError, Whose, read_day
from tickets_app.filters.whose_days import WhoseDays


class BusinessDayBoundField(MomentBoundField):
    """The day in the form: as it was asked for, or as the bounds of an address are exactly one."""

    def value(self) -> Any:
        """What was typed where that is wrong, else the day."""
        day = business_day_of(self.form)
        return day.isoformat() if day else self.data if self.form.errors else ""

    @property
    def choices(self) -> list[tuple[str, str]]:
        """The days that may have been meant; where no store's day can be, the same day of the reader's."""
        return super().choices or self.of_reader()

    def of_reader(self) -> list[tuple[str, str]]:
        """The day as the reader's, where nothing is wrong but that no store with a clock is chosen (any more)."""
        whose: WhoseDays | None = getattr(self.form, "whose", None)
        if whose is None or set(self.form.errors) != {self.name} or not set(self.errors) <= NO_CLOCK:
            return []
        day: object = self.field.clean(self.data)
        bounds = {"created[gte]": str(day), "created[lt]": str(day), BUSINESS_DAY: ""}
        url = links.with_value({**self.form.data, **bounds}, BUSINESS_DAY, "")
        return [(show_day(day, *whose.clock), url)] if isinstance(day, date) else []

    def chosen(self, at: datetime) -> str:
        """A day to choose."""
        return at.date().isoformat()


class ToldBusinessDay(BusinessDayBoundField):
    """The same for a form that leads to no list: the choices are told, and typed."""

    def address(self, value: str) -> str:
        """None."""
        return ""

    def of_reader(self) -> list[tuple[str, str]]:
        """None: it would be typed in other fields."""
        return []


class BusinessDayField(FilterField):
    """A day, typed as days are. Where the address names no store there is an error beside it anyway (contradictions.py)."""

    bound_field_class = BusinessDayBoundField

    def __init__(self) -> None:
        """Said in two words."""
        super().__init__("Business day", widget=text_input(placeholder="20 Nov, fri", maxlength=str(MAX_TYPED)))
        self._sent: tuple[datetime, Whose] | None = None

    def at(self, now: datetime, whose: Whose) -> Self:
        """The field of a form that was sent then (aware), about a store with these days."""
        field = copy(self)
        field._sent = now, whose
        return field

    def clean(self, value: str) -> date | None:
        """Give the day; an error carries the days to choose from as `params["readings"]`."""
        if not value.strip() or self._sent is None:
            return None
        now, whose = self._sent
        try:
            day = read_day(value, now, whose)
            start, end = day_bounds(day, *whose)
        except TypedTimeError as error:
            raise ValidationError(str(error), params={"readings": error.readings}) from error
        except OverflowError:
            raise ValidationError("This date is out of the range that can be searched.") from None
        if start.order == end.order:
            raise ValidationError("There was no such day: clocks there went past it.")
        return day


def the_one_of(days: Mapping[str, date]) -> date | None:
    """The day that these days of a form's bounds are, where they are exactly one."""
    first = days.get("created[gte]")
    return first if days.keys() == {"created[gte]", "created[lt]"} and first == days["created[lt]"] else None
