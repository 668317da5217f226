"""What is known of each reference: which tickets have it, and which nearly do. The rule of equality is copper/spelling.py."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tickets_app.copper import spelling
from tickets_app.copper.resources import Ticket
from tickets_app.display.property_paths import Path, value_at
from tickets_app.display.values import located
from tickets_app.lookup.amounts import of_ticket

MAX_LINKS = 5  # tickets named for one reference; all are counted
MAX_NEARLY = 3  # tickets named that nearly have it
MAX_FURTHER = 5_000  # tickets named in all beyond the first of each reference: what is found travels in the page
MAX_CREATED = 40  # characters of a time: as many as a readable one has
MAX_TEXT = 300  # characters of Copper's text where it differs: more than a line may have


@dataclass(frozen=True, slots=True)
class Found:
    """A ticket that was found: what leads to it. `created` as Copper wrote it; `text`: Copper's, where it has unseen signs."""

    id: str
    created: str
    location: str | None
    text: str = ""
    amount: str = ""  # what the property that is compared holds, as amounts.of_ticket gives it


@dataclass(slots=True)
class Answer:
    """What is known of one reference: how many tickets have it, and the newest of them; of none, those that nearly do."""

    count: int = 0
    tickets: list[Found] = field(default_factory=list)
    nearly_count: int = 0
    nearly: list[Found] = field(default_factory=list)


class Answers:
    """The answers by what one sees of the references: lines that look the same have one."""

    def __init__(self, texts: Iterable[str], amount: Path | None = None) -> None:
        """Nothing is known of these yet. `amount`: the property to note of each ticket that is found."""
        self._amount = amount
        self._by_key = {spelling.seen(text): Answer() for text in texts}
        self._near: dict[str, list[str]] = {}
        for key in self._by_key:
            self._near.setdefault(spelling.nearly(key), []).append(key)
        self._further = 0

    def of(self, text: str) -> Answer:
        """The answer for a line."""
        return self._by_key[spelling.seen(text)]

    def compare(self, ticket: Ticket) -> None:
        """Note the ticket where its reference or its id is one of the texts. It counts once for a text that is both."""
        texts = {spelling.seen(text): text for text in (ticket.id, reference_of(ticket.properties))}
        for key, text in texts.items():
            answer = self._by_key.get(key)
            if answer is not None:
                answer.count += 1
                answer.nearly_count, answer.nearly = 0, []
                self._name(answer.tickets, MAX_LINKS, ticket, "" if text == key else text)
        for near, text in self._nearly(texts).items():
            self._by_key[near].nearly_count += 1
            self._name(self._by_key[near].nearly, MAX_NEARLY, ticket, text)

    def _nearly(self, texts: Mapping[str, str]) -> dict[str, str]:
        """The references that are not found so far and nearly one of these texts, each with that text."""
        near = {one: text for key, text in texts.items() for one in self._near.get(spelling.nearly(key), ())}
        return {one: text for one, text in near.items() if one not in texts and not self._by_key[one].count}

    def _name(self, named: list[Found], most: int, ticket: Ticket, text: str) -> None:
        if named:
            if len(named) >= most or self._further >= MAX_FURTHER:
                return
            self._further += 1
        created = str(ticket.properties.get("created") or "")[:MAX_CREATED]
        amount = of_ticket(value_at(ticket.properties, self._amount)) if self._amount else ""
        named.append(Found(ticket.id, created, located(ticket) or None, text[:MAX_TEXT], amount))

    def dump(self) -> list[list[Any]]:
        """All that is known, as JSON values: by the place of the reference among the different ones."""
        return [
            [place, answer.count, _dumped(answer.tickets), answer.nearly_count, _dumped(answer.nearly)]
            for place, answer in enumerate(self._by_key.values())
            if answer.count or answer.nearly_count
        ]

    def load(self, state: Iterable[Any]) -> None:
        """Read what `dump` gave for the same texts. Raises IndexError, TypeError or ValueError for anything else."""
        answers = list(self._by_key.values())
        for place, count, tickets, nearly_count, nearly in state:
            answer = answers[place]
            answer.count, answer.nearly_count = int(count), int(nearly_count)
            answer.tickets, answer.nearly = [Found(*one) for one in tickets], [Found(*one) for one in nearly]
        self._further = sum(max(0, len(named) - 1) for one in answers for named in (one.tickets, one.nearly))


def _dumped(named: Iterable[Found]) -> list[list[str | None]]:
    return [[one.id, one.created, one.location, *_without_end([one.text, one.amount])] for one in named]


def _without_end(texts: list[str]) -> list[str]:
    while texts and not texts[-1]:
        texts.pop()
    return texts


def reference_of(properties: Mapping[str, object]) -> str:
    """A ticket's reference as a text; a number as Copper wrote it. Empty where there is none: no line is empty."""
    value = properties.get("reference")
    match value:
        case str():
            return value
        case float() | int() if not isinstance(value, bool):
            return str(value)
    return ""


def differences(line: str, found: Found) -> Iterator[str]:
    """What nobody sees: where the line, or Copper's text, is more than what one sees of it."""
    key = spelling.seen(line)
    if found.text and found.text != line:
        yield f"in Copper: “{spelling.marked(found.text)}”"
    if line not in {key, found.text}:
        yield f"in the line: “{spelling.marked(line)}”"


def nearness(line: str, found: Found) -> str:
    """Copper's text, which is nearly the line, and in what they differ."""
    return f"“{spelling.marked(found.text)}” ({spelling.how(line, found.text)})"
