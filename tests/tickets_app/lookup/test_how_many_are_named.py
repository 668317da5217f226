"""How many tickets a look-up names: so many for one reference, so many in all, also when it is gone on with; all are counted."""

from tickets_app.copper.moments import Moment
from tickets_app.copper.query import TicketQuery
from tickets_app.copper.resources import Ticket
from tickets_app.copper.walking.walk import Step
from tickets_app.lookup import answers as module
from tickets_app.lookup.lookup import Lookup

ASKED = TicketQuery(created_gte=Moment.parse("2026-11-20T00:00:00Z"))


def found(lookup: Lookup, *references: str) -> None:
    rows = tuple(Ticket(f"t{number}", {"reference": text}) for number, text in enumerate(references))
    lookup._take(Step(rows, ASKED))


def named(lookup: Lookup) -> dict[str, tuple[int, int]]:
    """How many were counted and how many are named, by reference."""
    return {text: (lookup.answer(text).count, len(lookup.answer(text).tickets)) for text in lookup.texts}


def test_of_one_reference_five_are_named():
    lookup = Lookup(("a", "b"), ASKED)
    found(lookup, *["a"] * 7, "b")
    assert named(lookup) == {"a": (7, 5), "b": (1, 1)}


def test_in_all_no_more_than_the_bound_are_named_beyond_the_first_of_each(monkeypatch):
    monkeypatch.setattr(module, "MAX_FURTHER", 3)
    lookup = Lookup(("a", "b", "c"), ASKED)
    found(lookup, "a", "a", "b", "b", "b", "b", "a", "c")
    assert named(lookup) == {"a": (3, 2), "b": (4, 3), "c": (1, 1)}


def test_the_bound_holds_on_when_it_is_gone_on_with(monkeypatch):
    monkeypatch.setattr(module, "MAX_FURTHER", 2)
    lookup = Lookup(("a", "b"), ASKED)
    found(lookup, "a", "a")
    lookup = Lookup.load(lookup.dump())
    found(lookup, "b", "b", "b")
    assert named(lookup) == {"a": (2, 2), "b": (3, 2)}
