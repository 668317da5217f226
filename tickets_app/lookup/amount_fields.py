"""The fields of a look-up that compare amounts: which column with which property; the browser remembers the property."""

import csv
import io
from collections.abc import Sequence
from urllib.parse import quote, unquote

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse

from tickets_app.display import property_paths
from tickets_app.display.person import YEAR
from tickets_app.filters.fields import FilterField, Menu, TextField
from tickets_app.lookup.lookup import Listed
from tickets_app.lookup.references import AMOUNT, COLUMN, LIST

PROPERTY, UNIT = "amount_property", "amount_unit"
HUNDREDTHS = "hundredths"
COOKIE = "amounts"  # the unit, a colon, the property
_UNITS = (("", "As written: 12.50"), (HUNDREDTHS, "Hundredths (cents): 1250 is 12.50"))


class PropertyField(TextField):
    """The name of a property, or the way to one, as for columns of the list."""

    max_length = property_paths.MAX_TEXT

    def clean(self, value: str) -> str | None:
        """Give it as an address has it, or None where there is none."""
        text = (super().clean(value) or "").strip()
        if not text:
            return None
        try:
            return property_paths.dump_path(property_paths.parse_path(text))
        except property_paths.BadPathError:
            raise ValidationError("Write the name of a property, such as “amount” or “total.amount”.") from None


class UnitField(FilterField):
    """What a whole number of Copper's means: never guessed."""

    def clean(self, value: str) -> str:
        """Give one of the choices."""
        if value not in dict(_UNITS):
            raise ValidationError("Choose one of these.")
        return value


def amount_fields() -> dict[str, FilterField]:
    """The three fields by their names."""
    return {
        AMOUNT: TextField(
            "Column of amounts", "Its heading in the table above or in the file. Empty: no amounts are compared."
        ),
        PROPERTY: PropertyField("Property of tickets", "Such as “amount”, or “total.amount” for one inside another."),
        UNIT: UnitField("Amounts of tickets are", "", Menu(_UNITS)),
    }


def as_fields(texts: Sequence[str], amounts: Sequence[tuple[int, str]]) -> dict[str, str]:
    """The references for the form: alone, or as a table with their amounts."""
    if not amounts:
        return {LIST: "\n".join(texts), COLUMN: "", AMOUNT: ""}
    table = io.StringIO(newline="")
    write = csv.writer(table, delimiter="\t", lineterminator="\n").writerow
    write(("reference", "amount"))
    for text, (_, amount) in zip(texts, amounts, strict=True):
        write((text, amount))
    return {LIST: table.getvalue(), COLUMN: "", AMOUNT: "amount"}


def remember(response: HttpResponse, listed: Listed | None) -> None:
    """Have the browser remember what amounts were compared with."""
    if listed:
        value = f"{HUNDREDTHS if listed.hundredths else ''}:{quote(listed.property)}"
        response.set_cookie(
            COOKIE, value, max_age=YEAR, samesite="Lax", secure=settings.SERVED_OVER_HTTPS, httponly=True
        )


def remembered(request: HttpRequest) -> dict[str, str]:
    """The fields as they were last."""
    unit, _, name = request.COOKIES.get(COOKIE, "").partition(":")
    try:
        name = PropertyField("").clean(unquote(name)) or ""
    except ValidationError:  # another's cookie, or a damaged one
        name = ""
    return {UNIT: unit if unit == HUNDREDTHS else "", PROPERTY: name}


def fields_of(texts: Sequence[str], listed: Listed | None) -> dict[str, str]:
    """The fields of a look-up that was made."""
    values = as_fields(texts, listed.amounts if listed else ())
    return values | {PROPERTY: listed.property, UNIT: HUNDREDTHS if listed.hundredths else ""} if listed else values
