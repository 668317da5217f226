"""What a search or an id holds and nobody sees, such as a space at its end: sent as it is, and to be had without at a press.

So can what one sees and hardly notices, a “‑” for a “-”, where nothing was found.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from tickets_app.copper import spelling
from tickets_app.copper.resources import legible
from tickets_app.filters import links

SEARCH = "search_query"


@dataclass(frozen=True, slots=True)
class Unseen:
    """What it is, to be read behind "This" or "The reference"; the list without it: how its link is called, where it leads."""

    words: str
    label: str
    url: str


def unseen(values: Mapping[str, str], name: str = SEARCH) -> Unseen | None:
    """What nobody sees in the search of these parameters, or another one; None where there is nothing of the kind."""
    text = values.get(name, "")
    seen = spelling.seen(text)
    if seen == text:
        return None
    words, label = _words(text, seen)
    return Unseen(words, label, links.with_value(values, name, seen))


def unusual(values: Mapping[str, str]) -> Unseen | None:
    """The signs in the search of these parameters that hardly anybody types; None where there are none."""
    text = values.get(SEARCH, "")
    usual = spelling.typed(text)
    if usual == text:
        return None
    signs = " ".join(one for one in dict.fromkeys(text) if spelling.typed(one) != one)
    words = f"holds what word processors make of other signs ({signs})"
    return Unseen(words, f"Search “{usual}”", links.with_value(values, SEARCH, usual))


def shown(text: str) -> str:
    """A search or an id as it is read: with marks where it holds what nobody sees."""
    return legible(text) if spelling.seen(text) == text else spelling.marked(text)


def _words(text: str, seen: str) -> tuple[str, str]:
    before, after = len(text) - len(text.lstrip(" ")), len(text) - len(text.rstrip(" "))
    if text.strip(" ") != seen:
        return f"holds what cannot be seen: “{spelling.marked(text)}”", "Without it"
    label = "Without the spaces" if max(before, after) > 1 or (before and after) else "Without the space"
    if not seen:
        return "is nothing but " + ("a space" if len(text) == 1 else f"{len(text)} spaces"), label
    ends = [f"{verb} with {_spaces(number)}" for verb, number in (("begins", before), ("ends", after)) if number]
    return " and ".join(ends), label


def _spaces(number: int) -> str:
    return "a space" if number == 1 else f"{number} spaces"
