"""Parameters that look like ours after something on the way changed them: `amp;location`, `created%5Bgte%5D`, `created`.

Chat and mail programs write `&amp;` for `&`, escape what is escaped, and end a link at a bracket. What they leave means
nothing here, so the list would be wider than the link meant, without a word. Foreign parameters (utm_…) are none of ours.
"""

import re
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from difflib import get_close_matches
from urllib.parse import parse_qsl, unquote

from tickets_app.copper.query import FILTERS
from tickets_app.filters import links
from tickets_app.filters.query_string import CUT, Parameters

_OURS = (
    *FILTERS.values(),
    *(links.RANGE, links.BUSINESS_DAY, "limit", links.COLUMNS, "starting_after", "ending_before"),
    *(links.CURSOR_CREATED, links.CURSOR_PREVIOUS, links.LOOKED_TO, links.LOOK_BACK_TO),
)
_AMP = re.compile(r"^\s*(?:[&;]|amp;|#38;|#x26;)+", re.IGNORECASE)
_BOUND = re.compile(r"creat(?:ed?)?(?:$|[^a-z_])", re.IGNORECASE)  # of a time, cut at its bracket
_NO_LETTER = re.compile("[^a-z]")
_DEEPEST = 3  # times that something is escaped anew
_CLOSE = 0.85  # one letter of seven
_LEAST = 4  # letters that a name which was cut begins with
_ENDS = (("created[gte]", "from this time on"), ("created[lt]", "before this time"))
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Mending:
    """What is damaged in an address, and the addresses that may have been meant, with what each says."""

    names: tuple[str, ...]
    lost: bool  # whether something of it is gone for good
    links: tuple[Pair, ...]


def mending(parameters: Parameters, path: str, also: Iterable[str] = ()) -> Mending | None:
    """Look for parameters of an address that are damaged ones of ours; None where there are none.

    `also`: what else the page at `path` takes.
    """
    known = frozenset(also)
    found = _damaged(parameters, known)
    if not found:
        return None
    whole = list(_whole(parameters, {*_OURS, *known} - found.keys(), deep=any("%" in name for name in found)))
    meant = [pair for pairs in found.values() for pair in pairs]
    mended = [(name, value) for name, value in meant if value and (name, value) not in whole]
    return Mending(
        tuple(found), len(meant) > sum(bool(value) for _, value in meant), tuple(_links(path, whole, mended))
    )


def _damaged(parameters: Parameters, known: frozenset[str]) -> dict[str, list[Pair]]:
    """The damaged parameters by name, with what they were before."""
    cut = {name for name in parameters.bare if not parameters.values.get(name)}
    whole = known | (frozenset(_OURS) - cut)  # nearly all are: nothing more is looked for in them
    asked = [(name, value) for name, value in parameters.values.items() if name not in whole]
    meant = ((name, list(_meant(name, value, known, bare=name in parameters.bare))) for name, value in asked)
    found = {name: pairs for name, pairs in meant if pairs}
    return found | {CUT: [("", "")]} if CUT in parameters.bare else found


def _whole(parameters: Parameters, names: Set[str], *, deep: bool) -> Iterator[Pair]:
    """What is as it should be; in an address that was escaped anew (`deep`) the values were, too."""
    for name, value in parameters.values.items():
        if name in names and value:
            yield name, _unescaped(value) if deep else value


def _links(path: str, whole: list[Pair], mended: list[Pair]) -> Iterator[Pair]:
    """One link; or two, where a time may have been a start or an end."""
    cut = [value for name, value in mended if not name]  # times that may be either end
    rest = [*whole, *((name, value) for name, value in mended if name)]
    if not cut:
        yield "Open the mended link" if mended else "Open what is left of it", links.address(path, rest)
        return
    for name, words in _ENDS:
        yield f"Open it {words}", links.address(path, [*rest, (name, cut[0])])


def _meant(name: str, value: str, also: Set[str], *, bare: bool) -> Iterator[Pair]:
    """What a parameter was before: our names with their values, "" for a value that is lost or a name that is not whole.

    Nothing for one that is as it should be, or is not ours. `bare`: it came without a "=".
    """
    plain = _AMP.sub("", _unescaped(name))
    if "=" in plain:  # the whole query was escaped, and became a name
        pairs = parse_qsl(f"{plain}={value}" if value else plain)
        yield from ((meant, given) for one, given in pairs if (meant := _ours(_AMP.sub("", one), also)))
        return
    meant, given = _ours(plain, also), _unescaped(value) if "%" in name else value
    if meant and (given or bare):
        yield meant, given
    elif not meant and (_BOUND.match(plain) or (bare and _begins_one(plain))):
        yield "", given


def _ours(name: str, also: Set[str]) -> str | None:
    """The parameter of ours that has these letters, or nearly these; what the page takes besides, by its whole name alone."""
    if name in also:
        return name
    letters = {_letters(one): one for one in _OURS}
    asked = _letters(name)
    if asked in letters or asked.startswith("created"):  # the four bounds are nearly the same
        return letters.get(asked)
    close = get_close_matches(asked, letters, 1, _CLOSE)
    return letters[close[0]] if close else None


def _begins_one(name: str) -> bool:
    letters = _letters(name)
    return len(letters) >= _LEAST and any(_letters(one).startswith(letters) for one in _OURS)


def _letters(name: str) -> str:
    return _NO_LETTER.sub("", name.lower())


def _unescaped(text: str) -> str:
    for _ in range(_DEEPEST):
        text = unquote(text) if "%" in text else text
    return text
