"""What people type for a time, in one spelling: small letters, plain spaces and hyphens, a colon in every time of day."""

import re

# Spaces, hyphens and dashes of every kind; and what is drawn as nothing, which comes with what is copied from other programs.
_SIGNS = str.maketrans(
    {
        **dict.fromkeys("\u00a0\u2002\u2003\u2007\u2009\u200a\u202f\u3000", " "),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"),
        **dict.fromkeys("\u200b\u200e\u200f\u202a\u202c\u202d\u2066\u2068\u2069\ufeff", ""),
    }
)
_NOON = re.compile(r"(?:12 )?noon|midday")
# As the page names an offset: EST (UTC-05:00). What is exact is read.
_NAMED_OFFSET = re.compile(r"[a-z]{2,5} \((utc[+-]\d\d:\d\d)\)$")

# In two steps every time of day becomes one with a colon: 7 p.m. → 7pm → 7:00pm.
_HALF = re.compile(r"(?<=\d) ?([ap])(?:\.?m\.?)?(?![a-z.])", re.ASCII)
_NO_COLON = re.compile(r"(?<![\d:])(\d\d?)(?:\.(\d\d))?(?=[ap]m)", re.ASCII)
# As clocks are read elsewhere: 19 Uhr, 19.30 Uhr, 19h30, 19:30 h. Not 19h alone, which may be a span of time.
_UHR = re.compile(r"(?<![\d:.])(\d\d?)(?:(?:[.:](\d\d))? ?uhr| ?h ?(\d\d)|[.:](\d\d) ?h)(?![\da-z])", re.ASCII)


def plain(text: str) -> str:
    """Give it in that spelling."""
    text = re.sub(" +", " ", text.translate(_SIGNS)).lower().strip(" ,")
    text = _NAMED_OFFSET.sub(r"\1", _NOON.sub("12:00", text))
    text = _UHR.sub(lambda found: f"{found[1]}:{found[2] or found[3] or found[4] or '00'}", text)
    return _NO_COLON.sub(lambda found: f"{found[1]}:{found[2] or '00'}", _HALF.sub(r"\1m", text))
