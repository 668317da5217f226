"""When two texts are one reference: what nobody sees makes no difference, what one sees does (docs/decisions/0068)."""

import re
import unicodedata

from tickets_app.copper.resources import encodable

# What is drawn as nothing: control characters, soft hyphen, zero widths, marks of direction, fillers, variation selectors.
# To stand between the brackets of a regular expression, as JOINERS.
UNSEEN = (
    r"\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f"
    r"\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3"
    r"\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
JOINERS = "\u200c\u200d"
_UNSEEN_ONE = re.compile(f"[{UNSEEN}]")
_SPACE = re.compile(r"[^\S ]|\u2800")  # white space of every kind but the plain one, and Braille's empty pattern
# Joiners change how the letters around them look in some scripts, and emoji. Beside Latin, Greek, Cyrillic: nothing.
_IDLE_JOINERS = re.compile(f"(?<![^\\0-\u058f])[{JOINERS}]+|[{JOINERS}]+(?![^\\0-\u058f{JOINERS}])")
_ODD = re.compile(rf"[{UNSEEN}{JOINERS}\u2800]|[^\S ]")
_MARKED = re.compile(rf"[{UNSEEN}{JOINERS}\u2800]|[^\S ]|^ +| +$| {{2,}}")
# What word processors and spreadsheets make of - ' and " by themselves, and what looks like them.
_SIGNS = str.maketrans(
    {**dict.fromkeys("‐‑‒–—―−﹘﹣", "-"), **dict.fromkeys("‘’‚‛′`", "'"), **dict.fromkeys("“”„‟«»", '"')}
)
_LETTERS = _SIGNS | {ord("ı"): "i"}
# What comes along from around a reference: quotation marks, bullets, and the signs that end a sentence or part a list.
_AROUND = "\"'`-#*.,;:•‣▪◦●·"


_SEVERAL = re.compile(r"\d[,;]? \S*\d|\d[,;]\S*\d")  # EQ-1, EQ-2; 4417;4418; 4417 4418


# Characters of a text that is compared with what is nearly it; no line of a look-up has so many. Python puts marks in order
# (NFC and its like) in the square of their number, while no other thread runs: 50,000 on one letter take 15 s.
LONGEST = 1_000


def seen(text: str) -> str:
    """What one sees of a text: without what is drawn as nothing, every white space a plain one, none at its ends."""
    if _ODD.search(text) is None:
        return text.strip(" ")
    return _IDLE_JOINERS.sub("", _UNSEEN_ONE.sub("", _SPACE.sub(" ", text))).strip(" ")


def nearly(text: str) -> str:
    """What texts have in common that are nearly the same: no capitals, spaces or zeros before a number, one code a letter.

    Nor signs around it, nor a dot on an i: capitals lose or keep that as the language has it.
    """
    text = seen(text)
    if len(text) > LONGEST:
        return text
    if not text.isascii():
        folded = _compatible(unicodedata.normalize("NFD", text).casefold()).casefold()  # Unicode, definition D146
        text = _compatible(folded).translate(_LETTERS).replace("i\u0307", "i")
    text = text.lower().replace(" ", "")
    text = text.strip(_AROUND) or text
    return (text.lstrip("0") or "0") if text.isdecimal() else text


def typed(text: str) -> str:
    """The text with the signs that a keyboard has, where word processors have written others."""
    return text.translate(_SIGNS)


def how(one: str, other: str) -> str:
    """In what two texts differ that are nearly the same, in words."""
    one, other = seen(one), seen(other)
    if unicodedata.normalize("NFC", one) == unicodedata.normalize("NFC", other):
        return "the same letters in other codes"
    if one.casefold() == other.casefold():
        return "other capitals"
    if one.isdecimal() and one.lstrip("0") == other.lstrip("0"):
        return "other zeros before it"
    return "other signs, spaces or capitals"


def marked(text: str) -> str:
    """The text with a visible mark for what cannot be seen: ␣ for spaces that would be lost, else its code."""
    return _MARKED.sub(_mark, encodable(text))


def _mark(match: re.Match[str]) -> str:
    found = match[0]
    return "␣" * len(found) if found[0] == " " else f"‹U+{ord(found):04X}›"


def _compatible(text: str) -> str:
    return unicodedata.normalize("NFKD", text)


def may_be_several(text: str) -> bool:
    """Whether a text that is no ticket's reference may be some of them, one behind the other. One can have a comma in it, too."""
    return _SEVERAL.search(seen(text)) is not None
