"""The form of a look-up: the references and where to look for them → a Lookup, or errors beside the fields."""

from collections.abc import Mapping
from copy import copy, deepcopy
from dataclasses import replace
from datetime import datetime
from typing import cast
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from tickets_app.copper.query import FILTERS
from tickets_app.display.values import cut
from tickets_app.filters.business_day import ToldBusinessDay
from tickets_app.filters.days import EDGES
from tickets_app.filters.fields import FilterField, Menu, TextField, ToldBoundField, ToldExactBoundField
from tickets_app.filters.form import TicketFilterForm
from tickets_app.filters.links import BUSINESS_DAY, RANGE
from tickets_app.filters.query_string import Parameters, read_query_string
from tickets_app.filters.zone_change import TYPED_IN, typed_elsewhere
from tickets_app.gateway.default_start import with_a_start
from tickets_app.lookup import references
from tickets_app.lookup.amount_fields import HUNDREDTHS, PROPERTY, UNIT, amount_fields, as_fields
from tickets_app.lookup.kept import KeptFile
from tickets_app.lookup.lookup import Listed, Lookup
from tickets_app.lookup.references import AMOUNT, COLUMN, FILE, LIST, Reading
from tickets_app.lookup.tables import BadListError, counted

_MORE = ("created[gt]", "created[lte]")  # what stands behind "More"
NAMES = ("location", RANGE, BUSINESS_DAY, "created[gte]", "created[lt]", *_MORE)  # the filters that a look-up has
_TABLES = (".csv", ".tsv")
# Those whose links to choose by lead to lists.
_TOLD: dict[str, type[forms.BoundField]] = {
    "location": ToldExactBoundField,
    BUSINESS_DAY: ToldBusinessDay,
    **dict.fromkeys((FILTERS[attribute] for attribute in EDGES), ToldBoundField),
}


class ListField(FilterField):
    """The references as text, exactly as they were typed."""

    def __init__(self) -> None:
        """A large field."""
        attrs = {"class": "form-control", "rows": "8", "spellcheck": "false", "autocomplete": "off"}
        super().__init__(
            "References or ids, one a line",
            f"Paste up to {references.MOST:,} lines, or a column with its heading.",
            forms.Textarea(attrs=attrs),
        )

    def clean(self, value: str) -> str:
        """Give the text; what it means depends on the other fields."""
        return value


class LookupForm(TicketFilterForm):
    """Binds what was sent, or the filters of an address. `lookup` exists only when the form is valid."""

    def __init__(
        self,
        parameters: Parameters,
        upload: "UploadedFile[bytes] | None" = None,
        *,
        kept: KeptFile | None = None,
        remembered: Mapping[str, str] | None = None,
        zone: ZoneInfo,
        now: datetime,
        sent: bool = True,
    ) -> None:
        """`zone` and `now` (aware) give local and relative times a meaning; not `sent`: only the filters are looked at.

        `kept`: a file that was sent before, in force where neither another one is nor anything in the field.
        `remembered`: what an empty form has in the fields of amounts.
        """
        filters = {name: value for name, value in parameters.values.items() if name in NAMES}
        super().__init__(Parameters(filters, parameters.repeated), zone=zone, now=now)
        self._upload, self._sent, self.reading = upload, sent, Reading(())
        self._file = kept if upload is None and not parameters.values.get(LIST, "").strip() else None
        self.too_much = False  # more was pasted than may be
        own = {
            LIST: ListField(),
            FILE: FilterField(
                "Or a file",
                "Text or CSV, in UTF-8 (Excel: “CSV UTF-8”).",
                forms.FileInput(attrs={"class": "form-control"}),
            ),
            COLUMN: TextField("Column of a table", "Only where it is not called “reference” or “id”."),
            **amount_fields(),
        }
        self.fields |= own
        defaults = {} if sent else remembered or {}
        self.data = {**self.data, **{name: parameters.values.get(name, defaults.get(name, "")) for name in own}}
        for name, told in _TOLD.items():
            self.fields[name] = copy(self.fields[name])
            self.fields[name].bound_field_class = told
        times = self.fields[RANGE] = deepcopy(self.fields[RANGE])  # its menu, too
        times.widget.choices = [("", "From … to …"), *list(times.widget.choices)[1:]]
        times.help_text = f"Without a start: {settings.SEARCH_DEFAULT_DAYS} days back."

    def clean(self) -> dict[str, object]:
        """Read the references too."""
        cleaned = super().clean()
        if not self._sent:
            return cleaned
        where = FILE if self._upload or self._file else LIST
        try:
            self.reading = self._read()
        except BadListError as error:
            self.too_much = error.too_much
            self.add_error(error.field or where, str(error))
            self._offer(error)
        if cleaned.get(AMOUNT) and not cleaned.get(PROPERTY) and PROPERTY not in self.errors:
            self.add_error(PROPERTY, "Name the property of tickets to compare the amounts with, such as “amount”.")
        return cleaned

    def _read(self) -> Reading:
        text, column = self.data[LIST], self.cleaned_data.get(COLUMN) or ""
        amount = self.cleaned_data.get(AMOUNT) or ""
        if self._file is None and self._upload is None:
            if not text.strip():
                raise BadListError("Paste the references here, or choose a file.")
            return references.read(text, column, amount=amount)
        if self._upload is not None:
            self._file = _decoded(self._upload, text)
        file = cast(KeptFile, self._file)
        table = file.name.lower().endswith(_TABLES)
        return references.read(file.text, column, amount=amount, table=table, pasted=False)

    def _offer(self, error: BadListError) -> None:
        """Have one of the columns chosen that may be meant, in place of typing its name."""
        if not error.headings and not error.cells:
            return
        named = [(one, one) for one in error.headings]
        below = [
            (counted(at), f"{counted(at)}, from “{cut(one, 40)}” on") for at, one in enumerate(error.cells, 1) if one
        ]
        # A figure is sooner part of a ticket than of a heading.
        first, then = (below, named) if any(map(str.isdigit, "".join(error.cells))) else (named, below)
        self.fields[AMOUNT if error.field == AMOUNT else COLUMN].widget = Menu([("", "Choose a column"), *first, *then])

    @property
    def lookup(self) -> Lookup:
        """What was asked for."""
        notes = self.reading.notes
        if self.query.low is None:
            notes += (f"No start was given: {settings.SEARCH_DEFAULT_DAYS} days are searched first.",)
        return Lookup(self.reading.texts, with_a_start(self.query, self.now), notes, self.listed)

    @property
    def listed(self) -> Listed | None:
        """The amounts to compare, if any shall be."""
        if not self.reading.amounts or not self.cleaned_data.get(PROPERTY):
            return None
        return Listed(self.reading.amounts, self.cleaned_data[PROPERTY], self.cleaned_data.get(UNIT) == HUNDREDTHS)

    def keep_file(self) -> None:
        """A browser forgets the file of a form that comes back with an error: put what was read of it into the field."""
        if self._file and self.reading.texts:
            self.data = {**self.data, **as_fields(self.reading.texts, self.reading.amounts)}
            self[LIST].help_text = "These are the references of the file."

    @property
    def unread_file(self) -> KeptFile | None:
        """The file that is text, and no list yet: to be kept until the rest of the form is right."""
        return self._file if self._file and self._file.text.strip() and not self.reading.texts else None

    def tell_of(self, file: KeptFile) -> None:
        """Say that this file is kept."""
        words = f"“{file.name}” is still here, and is read where no other is chosen and the field above is empty."
        self[FILE].help_text = words

    @property
    def list_fields(self) -> list[forms.BoundField]:
        """Which references."""
        return [self[name] for name in (LIST, FILE, COLUMN)]

    @property
    def amount_fields(self) -> list[forms.BoundField]:
        """What to compare."""
        return [self[name] for name in (AMOUNT, PROPERTY, UNIT)]

    @property
    def amounts_are_open(self) -> bool:
        """Whether amounts are compared, or something is wrong with how."""
        return bool(self.data[AMOUNT]) or any(name in self.errors for name in (AMOUNT, PROPERTY, UNIT))

    @property
    def main_fields(self) -> list[forms.BoundField]:
        """Where to look for them."""
        return [self.location_field, *self.time_fields]

    @property
    def more_fields(self) -> list[forms.BoundField]:
        """The bounds behind "More"."""
        return [self[name] for name in _MORE]

    @property
    def more_is_open(self) -> bool:
        """Whether one of those is in use."""
        return any(self.data[name] for name in _MORE)

    @property
    def general_errors(self) -> list[str]:
        """The errors of parameters that have no visible field."""
        shown = {LIST, FILE, COLUMN, AMOUNT, PROPERTY, UNIT, *NAMES}
        return [str(errors[0]) for name, errors in self.errors.items() if name not in shown]


def as_drawn(parameters: Parameters, zone: ZoneInfo, now: datetime) -> Parameters:
    """What was sent, its times as they were read where another zone than `zone` was chosen since the form was drawn."""
    filters = {name: value for name, value in parameters.values.items() if name in (*NAMES, TYPED_IN)}
    moved = typed_elsewhere(Parameters(filters, frozenset()), zone, now)
    if moved is None:
        return parameters
    rest = {name: value for name, value in parameters.values.items() if name not in filters}
    return replace(parameters, values=rest | read_query_string(urlsplit(moved).query).values)


def _decoded(upload: "UploadedFile[bytes]", text: str) -> KeptFile:
    """The file as text. `text`: what is in the field, which must be nothing. Raises BadListError."""
    if text.strip():
        raise BadListError("There are references in the field above as well: empty it, or choose no file.")
    if (upload.size or 0) > references.MAX_FILE:
        raise BadListError(references.TOO_LARGE)
    return KeptFile(upload.name or "", references.decode(upload.read()))
