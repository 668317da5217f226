"""How user names are spelled that come from elsewhere: one rule, for proxies and for single sign-on (docs/decisions/0067)."""

import re
from unicodedata import normalize

from tickets_app.copper.spelling import JOINERS, UNSEEN

MAX_NAME = 150  # characters of a Django user name

# What no screen shows, though Python calls some of it printable. Joiners, too: names are told apart without them.
_UNSEEN = re.compile(f"[{UNSEEN}{JOINERS}]")


def kept(name: str) -> str:
    """The name as an account gets it, in Django's own form (NFKC). Nothing where it holds what nobody can see."""
    name = normalize("NFKC", name).strip()
    return name if name.isprintable() and not _UNSEEN.search(name) else ""


def alike(name: str) -> str:
    """What all spellings of a name share: whatever the capitals, the form of accents, the spaces, and what is unseen."""
    name = _UNSEEN.sub("", name)
    if not name.isascii():
        # Unicode's own way to compare names (toNFKC_Casefold); some letters need the second round.
        name = _folded(_folded(normalize("NFD", name)))
    return " ".join(name.casefold().split())


def _folded(text: str) -> str:
    return normalize("NFKC", text.casefold())
