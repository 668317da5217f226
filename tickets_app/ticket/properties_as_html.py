"""The properties of a ticket as HTML, put together in Python as a list's rows are (ticket_list/cells.py): they are many texts."""

from collections.abc import Iterable, Iterator
from itertools import islice

from markupsafe import Markup

from tickets_app.display.escaping import escaped
from tickets_app.ticket.properties import Value


def as_html(values: Iterable[Value]) -> Markup:
    """A list of names and values, with lists in it where a value has parts."""
    shown = list(values)
    made = _list(shown, iter(escaped(list(_texts(shown)))))
    return Markup(made)  # noqa: S704 - each text in it was escaped  # nosec B704


def _texts(values: Iterable[Value]) -> Iterator[str]:
    """In the order in which `_property` takes them as HTML."""
    for value in values:
        yield from (value.name, value.text, value.copy)
        yield from _texts(value.parts)


def _list(values: Iterable[Value], texts: Iterator[str]) -> str:
    return f'<dl class="properties">\n{"".join([_property(value, texts) for value in values])}</dl>'


def _property(value: Value, texts: Iterator[str]) -> str:
    name, text, copy = islice(texts, 3)
    if value.parts:
        more = f'<p class="nothing mb-0">{value.more} more entries: see the raw JSON.</p>' if value.more else ""
        shown = f'<span class="nothing">{text}</span>{_list(value.parts, texts)}{more}'
    else:
        noun = "character" if value.more == 1 else "characters"
        more = f' <span class="nothing">({value.more} more {noun})</span>' if value.more else ""
        shown = f"<bdi>{text}</bdi>{more}{_button(name, copy) if copy else ''}"
    return f'<div class="property">\n<dt><bdi>{name}</bdi></dt>\n<dd class="{value.kind}">{shown}</dd>\n</div>\n'


def _button(name: str, copy: str) -> str:
    return (
        f' <button type="button" class="btn btn-sm copy" data-copy="{copy}" title="Copy {name}">'
        f'<span class="copy-icon" aria-hidden="true"></span><span class="visually-hidden">Copy {name}</span></button>'
    )
