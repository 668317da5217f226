"""Equal is what looks the same, nearly equal what looks alike: one rule for both sides, and it holds for every text."""

import unicodedata
from unittest.mock import Mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets_app.copper import spelling

UNSEEN = (
    "\u200b\ufeff\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    "\u2060\u00ad\u061c\u200c\u200d\u034f\u180e\ufe0f\u3164\ufff0\ufff8\0\x1b\x7f\x80"
)
SPACES = " \t\n\r\x0b\x0c\u0085\u00a0\u2007\u2009\u202f\u3000\u2028\u1680\u2800"


@pytest.mark.parametrize("sign", [*UNSEEN], ids=ascii)
def test_what_is_drawn_as_nothing_makes_no_difference(sign):
    for text in (f"{sign}R-4", f"R-4{sign}", f"R{sign}-4", f"R-{sign}{sign}4", f" {sign} R-4{sign} "):
        assert spelling.seen(text) == "R-4"
        assert spelling.marked(text) != text


@pytest.mark.parametrize("sign", [*SPACES], ids=ascii)
def test_every_white_space_is_a_space_and_none_counts_at_the_ends(sign):
    assert spelling.seen(f"{sign}Table{sign}4{sign}{sign}") == "Table 4"
    assert spelling.marked(f"R-4{sign}") != f"R-4{sign}"


@pytest.mark.parametrize("text", ["نامه\u200cای", "👩\u200d🍳", "क्\u200dष", "e\u0301", "Ａ", "R–1"])
def test_what_can_be_seen_stays(text):
    assert spelling.seen(text) == text


@given(st.text())
def test_what_one_sees_is_seen_as_it_is(text):
    once = spelling.seen(text)
    assert spelling.seen(once) == once
    assert spelling.nearly(once) == spelling.nearly(text)


@given(st.text(st.characters(exclude_categories=("Cs",))))
def test_codes_and_capitals_never_part_what_is_nearly_the_same(text):
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        assert spelling.nearly(unicodedata.normalize(form, text)) == spelling.nearly(text)


ALIKE = [
    ("Café", "Cafe\u0301", "the same letters in other codes"),
    ("R-1", "r-1", "other capitals"),
    ("STRASSE 1", "straße 1", "other capitals"),
    ("00417", "417", "other zeros before it"),
    ("R-1", "R–1", "other signs, spaces or capitals"),
    ("Ｒ-1", "R-1", "other signs, spaces or capitals"),
    ("Table  4", "table4", "other signs, spaces or capitals"),
    ("O'Neil", "o’neil", "other signs, spaces or capitals"),
    ("“R-4417”,", "R-4417", "other signs, spaces or capitals"),
    ("• 4417;", "04417", "other signs, spaces or capitals"),
    ("- R-4417.", "#R-4417", "other signs, spaces or capitals"),
    ("'4417", "4417", "other signs, spaces or capitals"),
    ("istanbul", "İstanbul", "other signs, spaces or capitals"),
    ("ISPARTA", "ısparta", "other signs, spaces or capitals"),
]


@pytest.mark.parametrize(("one", "other", "words"), ALIKE)
def test_what_looks_alike_is_nearly_the_same_and_not_equal(one, other, words):
    assert spelling.seen(one) != spelling.seen(other)
    assert spelling.nearly(one) == spelling.nearly(other)
    assert spelling.how(one, other) == spelling.how(other, one) == words


@pytest.mark.parametrize(
    ("one", "other"), [("R-1", "R-11"), ("R-1", "R1"), ("a", "á"), ("0", ""), ("R-01", "R-1"), ("1.0", "1"), ("--", "")]
)
def test_what_looks_different_is_not_even_nearly_the_same(one, other):
    assert spelling.nearly(one) != spelling.nearly(other)


def test_marks_say_what_is_there_and_where():
    assert spelling.marked(" R  4\u00a0x \u200b") == "␣R␣␣4‹U+00A0›x ‹U+200B›"
    assert spelling.marked("Table 4") == "Table 4"


def test_a_heap_of_marks_is_not_put_in_order(monkeypatch):
    """Python takes the square of their number for that and lets no other thread run. No line of a look-up is as long."""
    put_in_order = Mock(side_effect=unicodedata.normalize)
    monkeypatch.setattr(spelling.unicodedata, "normalize", put_in_order)
    heap = "A" + "\u0301\u0323" * 50_000
    assert spelling.nearly(heap) == heap
    put_in_order.assert_not_called()
