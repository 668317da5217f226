"""How exports and look-ups go, for the page that watches: in the shared cache, for who began each, by its page's token."""

import json
import re
import secrets
import time
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Self

from django.http import HttpRequest

from tickets_app.display import person
from tickets_app.gateway import shared

KEPT = 6 * 3600.0  # seconds after the last word
SILENT = 20.0  # seconds without a word of one that runs, until the page says so
_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,64}", re.ASCII)


class State(StrEnum):
    """What became of an export."""

    RUNNING = "running"
    COMPLETE = "complete"
    INCOMPLETE = "incomplete"  # Copper failed for good, or the format holds no more
    CANCELLED = "cancelled"
    LEFT = "left"  # the browser left, or the server was stopped


@dataclass(frozen=True, slots=True)
class Run:
    """One export as far as it has come. Times of tickets as Copper wrote them; `began` and `at` in epoch seconds."""

    state: State
    file_format: str
    began: float
    at: float
    rows: int = 0
    unreadable: int = 0
    looked_to: str | None = None
    low: str | None = None  # the bounds of the time asked for
    high: str | None = None
    newest: str | None = None  # `created` of the first and of the last ticket in the file
    oldest: str | None = None
    sha256: str | None = None
    size: int = 0  # bytes
    failure: str | None = None  # what happened, in words
    rest: str | None = None  # the query string that goes on from there

    @classmethod
    def never_begun(cls, words: str) -> Self:
        """One that somebody left before it had a place."""
        now = time.time()
        return cls(State.CANCELLED, "", began=now, at=now, failure=words)

    @property
    def begun(self) -> bool:
        """Whether it ever had a place."""
        return bool(self.file_format)

    @property
    def running(self) -> bool:
        """Whether rows still come."""
        return self.state is State.RUNNING


def owner_of(request: HttpRequest) -> str:
    """Whose exports and look-ups these are: a person's, or a browser's; where that has no session, the token alone tells."""
    if request.user.is_authenticated:
        return f"user-{request.user.pk}"
    owner = person.owner_of(request)
    return f"browser-{owner.session_key}" if owner else "nobody"


def begin(request: HttpRequest) -> str:
    """A token for the page that offers a run; from here on the browser has a session, so that its runs are its own."""
    if request.method == "GET":
        person.begin(request)
    return secrets.token_urlsafe(16)


def is_token(text: str) -> bool:
    """Whether this could be one."""
    return _TOKEN.fullmatch(text) is not None


class Watched:
    """The place of one export: `owner` is who may see it."""

    def __init__(self, owner: str, token: str | None) -> None:
        """Without a usable token nothing is kept."""
        self._key = shared.key("export", owner, token) if token and is_token(token) else None

    def put(self, run: Run) -> None:
        """Keep how far it is."""
        if self._key:
            shared.parts().shelf.put(self._key, json.dumps(asdict(run)), KEPT)

    def get(self) -> Run | None:
        """How far it is, where that is known."""
        text = shared.parts().shelf.get(self._key) if self._key else None
        try:
            found = json.loads(text) if text else None
            return Run(**{**found, "state": State(found["state"])}) if found else None
        except (ValueError, TypeError, KeyError):
            return None  # of another version

    def cancel(self) -> None:
        """Ask it to end, whichever process makes it."""
        if self._key:
            shared.parts().shelf.put(f"{self._key}-cancel", "1", KEPT)

    @property
    def cancelled(self) -> bool:
        """Whether it was asked to end."""
        return self._key is not None and shared.parts().shelf.get(f"{self._key}-cancel") is not None
