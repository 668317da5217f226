"""How user names are spelled that come from elsewhere: one rule, for proxies and for single sign-on (docs/decisions/0067)."""

import re
from unicodedata import normalize

MAX_NAME = 150  # characters of a Django user name

# What no screen shows, though Python calls some of it printable (Unicode: Default_Ignorable_Code_Point).
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)


def kept(name: str) -> str:
    """The name as an account gets it, in Django's own form (NFKC). Nothing where it holds what nobody can see."""
    name = normalize("NFKC", name).strip()
    return name if name.isprintable() and not _UNSEEN.search(name) else ""


def alike(name: str) -> str:
    """What all spellings of a name share: whatever the capitals, the form of accents, the spaces, and what is unseen."""
    if not name.isascii():
        # Unicode's own way to compare names (toNFKC_Casefold); some letters need the second round.
        name = _folded(_folded(normalize("NFD", _UNSEEN.sub("", name))))
    return " ".join(name.casefold().split())


def _folded(text: str) -> str:
    return normalize("NFKC", text.casefold())
