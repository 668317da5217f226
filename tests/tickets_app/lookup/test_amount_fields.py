"""The fields that compare amounts: errors beside them, nothing lost, and the property is there the next time."""

import re
from html import unescape

import pytest

from tests.pages.conftest import made
from tests.tickets_app.lookup.reading import PAGE, asked, look_up, text_of

pytestmark = pytest.mark.usefixtures("quick")

TABLE = "reference\tamount\tnote\nR-1\t12.00\tx"
WITH = {"amount_column": "amount", "amount_property": "total.amount", "amount_unit": "hundredths"}


def value(response, name: str) -> str:
    return unescape(re.search(rf'name="{name}"[^>]*? value="(.*?)"', response.content.decode())[1])


def chosen(response) -> list[str]:
    return re.findall(r'<option value="(\w*)" selected', response.content.decode())


@pytest.mark.parametrize(
    ("text", "fields", "words"),
    [
        (TABLE, {"amount_column": "amount"}, "Name the property of tickets to compare the amounts with"),
        (TABLE, {**WITH, "amount_property": "a..b"}, "Write the name of a property, such as"),
        (TABLE, {**WITH, "amount_unit": "x"}, "Choose one of these."),
        (TABLE, {**WITH, "amount_column": "sum"}, "No column is called “sum”. The first line has “reference”, “amount”, “note”."),
        (TABLE, {**WITH, "amount_column": "reference"}, "This is the column of the references."),
        ("reference\tamount\tamount\nR-1\t1\t2", WITH, "More than one column is called “amount”."),
        ("reference\nR-1", WITH, "No column is called “amount”."),
        ("R-1\nR-2", WITH, "This list has a single column: there are no amounts in it."),
        ("receipt,amount\nR-1,2", WITH, "Which column holds the references? The first line has “receipt”, “amount”."),
    ],
)  # fmt: skip
def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(client, serve, text, fields, words):
    sandbox = serve([made(1)])
    response = look_up(client, text, **fields)
    assert response.status_code == 400
    assert words in text_of(response)
    assert unescape(re.search(r"<textarea[^>]*>\s*(.*?)</textarea>", response.content.decode(), re.DOTALL)[1]) == text
    assert re.search(r'<details[^>]*id="lookup-compare" open', response.content.decode())
    assert asked(sandbox) == 0


def test_where_no_column_has_the_name_the_others_are_offered(client, serve):
    serve([made(1)])
    response = look_up(client, TABLE, **{**WITH, "amount_column": "sum"})
    menu = re.search(r'<select name="amount_column".*?</select>', response.content.decode(), re.DOTALL)[0]
    assert re.findall(r'<option value="(\w*)"', menu) == ["", "amount", "note"]


def test_a_table_without_headings_is_read_from_its_first_line_on(client, serve):
    """As it is copied from a spreadsheet, with a comma in an amount."""
    serve([made(1, reference="EQ-2", total="1234.50"), made(2, reference="42", total="42.00")])
    sheet = "EQ-2\t$1,234.50\r\n42\t$42.00\r\n"
    asked_back = look_up(client, sheet).content.decode()
    menu = re.search(r'<select name="column".*?</select>', asked_back, re.DOTALL)[0]
    offered = [unescape(one) for one in re.findall(r"<option[^>]*>(.*?)</option>", menu)]
    assert offered == [
        "Choose a column",
        "1st column, from “EQ-2” on",
        "2nd column, from “$1,234.50” on",
        "EQ-2",
        "$1,234.50",
    ]
    found = look_up(client, sheet, column="1st column", amount_column="2nd column", amount_property="total")
    assert "2 of 2 found" in text_of(found)
    assert "1276.50 in the list" in text_of(found)
    assert "The column “1st column” was read, and for the amounts “2nd column”." in text_of(found)


def test_where_columns_are_counted_the_others_are_offered_for_the_amounts(client, serve):
    serve([made(1)])
    response = look_up(client, "EQ-2\t1.00\tx", **{**WITH, "column": "1st column", "amount_column": "amount"})
    menu = re.search(r'<select name="amount_column".*?</select>', response.content.decode(), re.DOTALL)[0]
    assert re.findall(r'<option value="(.*?)"', menu) == ["", "2nd column", "3rd column"]


def test_the_property_and_the_unit_are_remembered_and_the_column_is_not(client, serve):
    serve([made(1, total={"amount": 1200})])
    empty = client.get(PAGE)
    assert not chosen(empty)[:0]
    assert 'id="lookup-compare">' in empty.content.decode()
    assert look_up(client, TABLE, **WITH).status_code == 200
    cookie = client.cookies["amounts"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    again = client.get(PAGE)
    assert value(again, "amount_property") == "total.amount"
    assert "hundredths" in chosen(again)
    assert 'id="lookup-compare">' in again.content.decode()  # folded: no column is named


@pytest.mark.parametrize("name", ["Betrag in €", "a%2Cb", 'x"<b>', "сумма", "a%25b"])
def test_any_name_is_remembered_as_it_is(client, serve, name):
    serve([made(1)])
    look_up(client, TABLE, **{**WITH, "amount_property": name})
    assert value(client.get(PAGE), "amount_property") == name


@pytest.mark.parametrize("cookie", ["", ":", "x", "hundredths", "x:%ff%00", ":a..b", ":" + "a" * 3000, "::::"])
def test_a_cookie_of_any_kind_opens_the_page(client, serve, cookie):
    serve([made(1)])
    client.cookies["amounts"] = cookie
    assert client.get(PAGE).status_code == 200


def test_a_result_has_its_table_and_its_choices_in_the_form_below(client, serve):
    serve([made(1, total={"amount": 1200})])
    response = look_up(client, 'reference;amount\nR-1;12.00\n"a ""b"";c";', **WITH)
    assert response.status_code == 200
    done = client.post(
        PAGE, {"state": re.search(r'name="state" value="(.*?)"', response.content.decode())[1], "do": "go_on"}
    )
    table = unescape(re.search(r"<textarea[^>]*>\s*(.*?)</textarea>", done.content.decode(), re.DOTALL)[1])
    fields = {name: value(done, name) for name in ("amount_column", "amount_property")}
    again = look_up(client, table, **fields, amount_unit="hundredths")
    assert "Amounts: 1 the same, 0 differ, 0 not compared, 1 not found." in text_of(again)
