"""Amounts as they are written → exact decimals: what is ambiguous is told, nothing is rounded, nothing is guessed."""

from decimal import Decimal

import pytest

from tickets_app.copper.numbers import loads
from tickets_app.lookup import amounts
from tickets_app.lookup.amounts import Ambiguous, Amount, NoAmountError


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", "12"),
        ("0.30", "0.3"),
        ("1,234.50", "1234.5"),
        ("1.234,50", "1234.5"),
        ("1 234,50", "1234.5"),
        ("1\u00a0234,50", "1234.5"),
        ("1\u202f234,50", "1234.5"),
        ("1'234.50", "1234.5"),
        ("1’234’567.50", "1234567.5"),
        ("1,234,567", "1234567"),
        ("1.234.567", "1234567"),
        ("1,234,567.891", "1234567.891"),
        ("1 234", "1234"),
        ("12,5", "12.5"),
        ("1234,567", "1234.567"),
        ("0,234", "0.234"),
        (".50", "0.5"),
        ("$12.00", "12"),
        ("12.00 EUR", "12"),
        ("EUR 12.00", "12"),
        ("12,00 €", "12"),
        ("-$12.00", "-12"),
        ("$-12.00", "-12"),
        ("(12.00)", "-12"),
        ("($1,234.00)", "-1234"),
        ("-12", "-12"),
        ("−12", "-12"),
        ("'-12.00", "-12"),
        ("12-", "-12"),
        ("12.00- EUR", "-12"),
        ("+12", "12"),
        ("-0", "0"),
        ("  12.00 ", "12"),
        ("12345678901234567890.12", "12345678901234567890.12"),
    ],
)
def test_it_is_read_as_it_is_meant(text, value):
    read = amounts.read_written(text)
    assert isinstance(read, Amount)
    assert read.value == Decimal(value)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "the line has no amount"),
        ("\u00a0", "the line has no amount"),
        ("9" * 41, "too long"),
        *(
            (text, "cannot be read")
            for text in (
                "n/a", "1e3", "1E+05", "1e400", "--1", "-12-", "(-12)", "(12", "12)", "$12 EUR", "1,23,456", "12,34.5",
                "1.2.3", "1,2,3", "1,234.5.6", "1.234,5,6", "1,2 34", "12 34", "1  234", "١٢", "１２", "½", "12%", "#REF!",
                "0x12", "NaN", "Infinity", "12.", "12 eur", "=1+1", "1_000",
            )
        ),
    ],
)  # fmt: skip
def test_what_is_no_amount_says_so(text, why):
    with pytest.raises(NoAmountError, match=why):
        amounts.read_written(text)


@pytest.mark.parametrize("text", ["1,234", "1.234", "-999,000", "$1,234", "(1.234)"])
def test_three_digits_after_the_only_sign_may_be_either(text):
    assert isinstance(amounts.read_written(text), Ambiguous)
    ((why,), note) = amounts.read_column([text])
    assert isinstance(why, NoAmountError)
    assert " or " in str(why)
    assert not note


@pytest.mark.parametrize(
    ("others", "value"),
    [
        (["12.50"], "1234"),
        (["12,50"], "1.234"),
        (["1,234,567"], "1234"),
        (["1.234.567"], "1.234"),
        (["1,234.00", "7"], "1234"),
        (["12.50", "12,50"], None),  # the column has both
        (["7", "n/a", ""], None),
    ],
)
def test_the_rest_of_the_column_decides_where_it_agrees(others, value):
    read, note = amounts.read_column(["1,234", *others])
    if value is None:
        assert isinstance(read[0], NoAmountError)
        assert "may be 1234 or 1.234" in str(read[0])
    else:
        assert isinstance(read[0], Amount)
        assert read[0].value == Decimal(value)
    assert bool(note) == (value is not None)


def sent(json: str) -> str:
    return amounts.of_ticket(loads(json))


@pytest.mark.parametrize(
    ("json", "value"),
    [
        ("0.1", "0.1"),
        ("0.30", "0.3"),
        ("0.30000000000000004", "0.30000000000000004"),
        ("-0", "0"),
        ("-0.00", "0"),
        ("0e9", "0"),
        ("1e3", "1000"),
        ("1.5E-3", "0.0015"),
        ("12345678901234567890", "12345678901234567890"),
        ("12345678901234567890.12", "12345678901234567890.12"),
        ('"12.50"', "12.5"),
        ('"-12"', "-12"),
    ],
)
def test_copper_s_digits_are_taken_as_they_were_sent(json, value):
    assert amounts.read_sent(sent(json)) == Decimal(value)


@pytest.mark.parametrize(
    "json",
    ["1e400", "-1e400", "1e-400", "1e99999999999", "1e-99999999999", "9" * 41, "9" * 4000, '"1e400"', '"12,50"', '"x"',
     '"NaN"', '"١٢"', '""', "null", "true", "[]", "[12]", '{"value":12}'],
)  # fmt: skip
def test_what_is_no_amount_of_a_ticket_is_never_written_out(json):
    text = sent(json)
    assert len(text) <= 41
    with pytest.raises(NoAmountError):
        amounts.read_sent(text)


def test_hundredths_are_divided_exactly():
    assert amounts.read_sent("1250", hundredths=True) == Decimal("12.50")
    assert amounts.read_sent("9" * 40, hundredths=True) == Decimal(f"{'9' * 38}.99")


def test_sums_and_differences_are_exact():
    tenths = [Decimal("0.1"), Decimal("0.2")]
    assert amounts.total(tenths) == Decimal("0.3")
    assert amounts.less(amounts.total(tenths), Decimal("0.30")) == 0
    large, small = amounts.read_sent("9e39"), amounts.read_sent("1e-40")
    assert amounts.less(amounts.total([large, small]), large) == small
    assert amounts.total([large] * 5000) == Decimal(9 * 10**39 * 5000)


@pytest.mark.parametrize(
    ("value", "words"),
    [("12", "12"), ("12.5", "12.50"), ("12.500", "12.50"), ("1E+3", "1000"), ("-0", "0"), ("-0.00", "0.00"),
     ("0.30000000000000004", "0.30000000000000004"), ("-123456789012345678901234567.125", "-123456789012345678901234567.125")],
)  # fmt: skip
def test_a_value_is_said_in_plain_digits_and_all_of_them(value, words):
    assert amounts.say(Decimal(value)) == words
