"""The text of a note: what is taken, how it is shown, and how it is searched."""

import re
import unicodedata

from tickets_app.copper.resources import legible
from tickets_app.models import Note

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_NAMES = {"\0": "NUL", "\x07": "BEL", "\x08": "backspace", "\x1b": "ESC", "\x7f": "DEL", "\x0c": "form feed"}
_OF_ONE = 4  # code points that NFC makes one of, at most
_KEPT = re.compile(r"([\n\t])")


class BadNoteError(ValueError):
    """This is no note. The message is for the person."""


def good(typed: str) -> str:
    """The text as it is kept: NFC, line ends as \\n, nothing empty around it. Raises BadNoteError."""
    text = typed.replace("\r\n", "\n").replace("\r", "\n").rstrip().lstrip("\n")
    if not text.strip():
        raise BadNoteError("Write something first.")
    # Python puts marks in order in the square of their number, and all else waits meanwhile.
    if len(text) > _OF_ONE * Note.MAX_TEXT:
        raise BadNoteError(f"The note has more than {Note.MAX_TEXT:,} characters, which is the most. Shorten it.")
    text = unicodedata.normalize("NFC", text)
    if found := list(dict.fromkeys(_CONTROL.findall(text))):
        raise BadNoteError(f"The note holds control characters ({', '.join(map(_name, found[:5]))}). Delete them.")
    if len(text) > Note.MAX_TEXT:
        raise BadNoteError(f"The note has {len(text):,} characters; {Note.MAX_TEXT:,} is the most. Shorten it.")
    return text


def shown(text: str) -> str:
    """The text with a visible mark for what cannot be seen or would turn its surroundings; line ends and tabs stay."""
    return "".join(part if part in {"\n", "\t"} else legible(part) for part in _KEPT.split(text))


def folded(text: str) -> str:
    """What texts have in common that differ in capitals alone: SQLite itself knows those of ASCII only."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", text).casefold())


def _name(one: str) -> str:
    code = f"U+{ord(one):04X}"
    return f"{_NAMES[one]}, {code}" if one in _NAMES else code
