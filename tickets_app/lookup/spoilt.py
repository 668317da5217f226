"""What a spreadsheet has made of references: rounded numbers, lost zeros, dates. A hint, since each may be meant as it is."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

_MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_KINDS = (
    (
        re.compile(r"[+-]?\d(?:[.,]\d+E[+-]?|E[+-])\d{1,3}", re.ASCII | re.IGNORECASE),
        "a spreadsheet has rounded a long number, and the digits are lost",
    ),
    (re.compile(r"[1-9]\d{14}0+", re.ASCII), "spreadsheets keep 15 digits, and put zeros for the rest"),
    (re.compile(rf"\d{{1,2}}-{_MONTH}|{_MONTH}-\d{{2}}"), "a spreadsheet may have taken it for a date"),
    (
        re.compile(r"#(?:NAME\?|REF!|VALUE!|N/A|NUM!|NULL!|DIV/0!)|#{3,}"),
        "this is what a spreadsheet shows for an error",
    ),
)
_ADVICE = (
    "such a line is hardly found. In the spreadsheet make the column text, before the values come in, and save it anew."
)
_LEAST = 4  # digits that most have, from which on a shorter one is told


def hints(lines: Sequence[tuple[int, str]]) -> Iterator[str]:
    """Sentences about these references, given with the numbers of their lines."""
    for pattern, words in _KINDS:
        found = [(number, text) for number, text in lines if pattern.fullmatch(text)]
        if found:
            yield f"{_such(found)}: {words}, and {_ADVICE}"
    if short := _shorter(lines):
        yield f"{_such(short)}, shorter than most. If a spreadsheet has taken zeros off the beginning, {_ADVICE}"


def _such(found: Sequence[tuple[int, str]]) -> str:
    number, text = found[0]
    if len(found) == 1:
        return f"Line {number:,} is “{text}”"
    return f"{len(found):,} lines are like “{text}” (line {number:,})"


def _shorter(lines: Sequence[tuple[int, str]]) -> list[tuple[int, str]]:
    """Numbers with fewer digits than most, where none has a zero in front."""
    if not all(text.isascii() and text.isdecimal() and text[0] != "0" for _, text in lines):
        return []
    (usual, times) = Counter(len(text) for _, text in lines).most_common(1)[0]
    if usual < _LEAST or times * 2 <= len(lines):
        return []
    return [(number, text) for number, text in lines if len(text) < usual]
