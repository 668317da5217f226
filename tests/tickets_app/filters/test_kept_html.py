"""Fields that were drawn before are the same as if they were drawn now, whatever was drawn in between."""

from copy import copy
from datetime import UTC, datetime
from itertools import product
from unittest.mock import patch
from zoneinfo import ZoneInfo

import pytest
from django import forms

from tickets_app.filters import kept_html
from tickets_app.filters.fields import text_input
from tickets_app.filters.form import TicketFilterForm
from tickets_app.filters.query_string import Parameters, read_or_say
from tickets_app.gateway.location_names import Names, State
from tickets_app.lookup.form import LookupForm
from tickets_app.lookup.references import LIST

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
ADDRESSES = [
    "",
    "search_query=ABC-1",
    "search_query=Zo%C3%AB%2C%22%3E%3Cb%3E",
    "search_query=%20ABC",  # begins with a space, which is said
    "range=7d",
    "limit=20",
    "limit=0",  # wrong
    "created%5Bgte%5D=20+Nov&created%5Blte%5D=21+Nov",
    "created%5Bgte%5D=2026-11-20T10:00:00Z",
    "created%5Bgte%5D=nonsense",  # wrong
    "location=loc_a",
]
ZONES = [ZoneInfo("UTC"), ZoneInfo("America/New_York")]
NAMES = [*map(Names, State), Names(State.KNOWN, {"loc_a": "Harbor", "loc_b": "Zoë’s <Bar>"})]


@pytest.fixture(autouse=True)
def nothing_kept():
    kept_html._kept.clear()


def form_of(address: str, zone: ZoneInfo, names: Names) -> TicketFilterForm:
    parameters, problem = read_or_say(address)
    assert not problem
    form = TicketFilterForm(parameters, zone=zone, now=NOW)
    form.is_valid()
    form.offer_locations(names)
    return form


def drawn(form: TicketFilterForm) -> dict[str, str]:
    return {name: form[name].as_field_group() for name in form.fields}


@pytest.mark.django_db
def test_a_kept_field_is_the_same_as_one_drawn_anew():
    forms_of_all = [form_of(*one) for one in product(ADDRESSES, ZONES, NAMES)]
    anew = [{name: forms.BoundField.as_field_group(form[name]) for name in form.fields} for form in forms_of_all]
    for _ in range(2):  # kept, and taken from there
        assert [drawn(form) for form in forms_of_all] == anew


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("location", lambda field: field.field.widget.attrs.update({"hx-get": "/elsewhere/"})),
        ("location", lambda field: setattr(field.field.widget, "choices", [("", "All"), ("loc_c", "Pier")])),
        ("location", lambda field: setattr(field.field, "widget", text_input())),
        ("search_query", lambda field: setattr(field.field.widget, "input_type", "tel")),
        ("search_query", lambda field: setattr(field, "label", "Receipt")),
        ("search_query", lambda field: setattr(field, "help_text", "As on the receipt.")),
        ("search_query", lambda field: setattr(field, "picks_days", True)),
        ("search_query", lambda field: setattr(field.form, "auto_id", "other-%s")),
        ("search_query", lambda field: field.form.data.update(search_query="ABC-2")),
    ],
)
def test_whatever_a_field_shows_makes_another_one_of_it(name, change):
    form = form_of("search_query=ABC-1", ZONES[0], NAMES[-1])
    field = form[name]
    form.own(name).widget = copy(field.field.widget)
    before = field.as_field_group()
    change(field)
    assert field.as_field_group() == forms.BoundField.as_field_group(field) != before


@pytest.mark.django_db
def test_a_field_is_drawn_once_for_what_it_holds():
    with patch.object(forms.BoundField, "as_field_group", autospec=True, return_value="html") as drawing:
        for _ in range(5):
            drawn(form_of("search_query=ABC-1", ZONES[0], NAMES[-1]))
        assert drawing.call_count == len(form_of("", ZONES[0], NAMES[-1]).fields)
        drawn(form_of("search_query=ABC-2", ZONES[0], NAMES[-1]))
        assert drawing.call_args.args[0].name == "search_query"


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["limit=0", "search_query=%20ABC", "created%5Bgte%5D=nonsense"])
def test_what_is_said_beside_a_field_is_said_each_time_and_not_kept(address):
    for _ in range(2):
        form = form_of(address, ZONES[0], NAMES[0])
        html = "".join(drawn(form).values())
        assert ("field-error" in html) == bool(form.errors)
        assert ("unseen" in html) == (not form.errors)
    assert not any("field-error" in html or "unseen" in html for html in kept_html._kept.values())


@pytest.mark.django_db
def test_no_more_is_kept_than_was_said():
    with patch.object(kept_html, "MOST", 40):
        for number in range(100):
            drawn(form_of(f"search_query={number}", ZONES[0], NAMES[0]))
            assert len(kept_html._kept) <= 40


@pytest.mark.django_db
def test_what_is_long_is_one_persons_alone_and_not_kept():
    """Thousands of pasted references, twice a megabyte with their form, stayed in memory behind each look-up, up to 500 times."""
    for text, more in (("EQ-1\n" * 1_000, 0), ("EQ-1\n" * 10, 1)):
        before = len(kept_html._kept)
        form = LookupForm(Parameters({LIST: text}, frozenset()), zone=ZONES[0], now=NOW)
        assert form.is_valid()
        assert text.strip() in form[LIST].as_field_group()
        assert len(kept_html._kept) == before + more


@pytest.mark.django_db
def test_menus_of_very_many_locations_take_no_more_room_than_was_said():
    names = Names(State.KNOWN, {f"loc_{number}": "Harbor" for number in range(300)})
    with patch.object(kept_html, "ROOM", 100_000):
        for number in range(20):
            drawn(form_of(f"location=loc_{number}", ZONES[0], names))
            assert sum(map(len, kept_html._kept.values())) <= 100_000
