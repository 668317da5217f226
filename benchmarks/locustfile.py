"""What each of the people of `python -m benchmarks.people` does. Locust runs this in a process of its own; gevent is in it."""

import json
import os
import random
import re
import time
from datetime import UTC, datetime, timedelta
from html import unescape
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from locust import FastHttpUser, between, events, task

DOOR = json.loads(os.environ["PEOPLE_DOOR"])
_ANSWERS: list[dict[str, object]] = []  # all of them, until the end
_numbers = count()
_NEXT = re.compile(r'<a rel="next" href="([^"]+)"')
_HANDED_ON = re.compile(
    r'<input type="hidden" id="(?:histogram-state|seen-since|chart-closed)" name="([^"]+)" value="([^"]*)"'
)
_TICKET = re.compile(r'href="(/tickets/tkt_[^"/?]+/)"')
_TIMING = re.compile(r"copper;dur=([\d.]+), total;dur=([\d.]+)")


def _tell(**_: object) -> None:
    Path(os.environ["PEOPLE_ANSWERS"]).write_text(json.dumps(_ANSWERS))


events.quitting.add_listener(_tell)  # type: ignore[no-untyped-call] # locust gives it no types


class Somebody(FastHttpUser):
    """Opens lists, scrolls on, looks at tickets, and searches now and then."""

    host = f"http://127.0.0.1:{DOOR['port']}"
    wait_time = between(2, 8)  # seconds between two presses

    def on_start(self) -> None:
        """Sign in, by a session that is there."""
        session = DOOR["sessions"][next(_numbers) % len(DOOR["sessions"])]
        cookie = f"__Host-sessionid={session}; scripts=on"
        self._headers = {"Host": DOOR["host"], "X-Forwarded-Proto": "https", "Cookie": cookie}
        self._next, self._handed_on, self._tickets = "", dict[str, str](), list[str]()

    @task(5)
    def open_list(self) -> None:
        """Half of the time one that others have open, too; else one that nobody asked for before."""
        before = datetime.now(UTC) - timedelta(
            seconds=random.randrange(20 * 86_400), microseconds=random.randrange(10**6)
        )
        own = f"&created%5Blt%5D={before:%Y-%m-%dT%H:%M:%S.%f}Z" if random.random() < 0.5 else ""
        self._handed_on = {}
        self._see(self._ask("list", f"/tickets/?limit=100{own}"))

    @task(3)
    def scroll_on(self) -> None:
        """To the next page, where there is one, with what the page hands on: its chart is closed."""
        if self._next:
            url = f"{self._next}&{urlencode(self._handed_on)}"
            self._see(self._ask("appended", url, {"HX-Request": "true"}))
        else:
            self.open_list()

    @task(3)
    def open_ticket(self) -> None:
        """One of those on the screen."""
        if self._tickets:
            self._ask("ticket", random.choice(self._tickets))
        else:
            self.open_list()

    @task(1)
    def search(self) -> None:
        """For what is seldom."""
        self._handed_on = {}
        self._see(self._ask("search", f"/tickets/?search_query={random.randrange(10_000):04}&range=7d"))

    def _see(self, page: str) -> None:
        found = _NEXT.search(page)
        self._next = unescape(found[1]) if found else ""
        self._handed_on |= {name: unescape(value) for name, value in _HANDED_ON.findall(page)}
        self._tickets = _TICKET.findall(page) or self._tickets

    def _ask(self, what: str, path: str, more: dict[str, str] | None = None) -> str:
        began = time.time()
        answer: Any = self.client.get(path, headers=self._headers | (more or {}), name=what)
        timing = _TIMING.search((answer.headers or {}).get("Server-Timing", ""))
        copper, total = (float(timing[1]), float(timing[2])) if timing else (0.0, 0.0)
        status, seconds = answer.status_code, time.time() - began
        _ANSWERS.append(
            {"what": what, "began": began, "status": status, "seconds": seconds, "own": (total - copper) / 1000}
        )
        return answer.text or "" if status == 200 else ""
