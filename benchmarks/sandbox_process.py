"""The sandbox in a process of its own, so that its work is not done at the cost of the client that is measured."""

import multiprocessing
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from multiprocessing.connection import Connection
from typing import Any, Self

from copper_sandbox import Sandbox, Store
from copper_sandbox.rows import Json

QUIET = 10.0  # seconds within which requests under way have to end
START = 300.0  # seconds that making the tickets may take on a busy machine


@dataclass(frozen=True, slots=True)
class Traffic:
    """The requests for tickets that reached the sandbox; those for locations are not counted."""

    requests: int  # the refused ones included
    throttled: int  # answered 429


class SandboxProcess:
    """Makes tickets in another process and serves them there. Use it as a context manager."""

    def __init__(
        self, *, tickets: int, days: float, now: datetime, seed: int = 7, make: Callable[..., Store] = Store.generate
    ) -> None:
        """`tickets` are spread over the `days` before `now`; `make` makes them, with these names."""
        context = multiprocessing.get_context("spawn")  # a fork would take Django's threads and locks along
        self._control, other = context.Pipe()
        made = {"tickets": tickets, "days": days, "now": now, "seed": seed}
        self._process = context.Process(target=_obey, args=(other, make, made), name="copper-sandbox", daemon=True)

    def __enter__(self) -> Self:
        self._process.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._control.close()  # it ends by itself when nobody controls it any more
        self._process.join(QUIET)
        if self._process.is_alive():
            self._process.kill()

    def serve(self, *, latency: float, rate_limit: float | None = None) -> str:
        """Serve the tickets anew, with an empty ledger and all of the rate still to be used; give the base URL."""
        return str(self._ask("serve", latency=latency, rate_limit=rate_limit))

    def hide(self, needles: Mapping[str, int], *, seed: int) -> dict[str, list[str]]:
        """Write each needle into the references of so many tickets, at random; give their ids, newest first.

        What was hidden before is taken out again.
        """
        found: dict[str, list[str]] = self._ask("hide", needles=dict(needles), seed=seed)
        return found

    def truth(self, text: str) -> list[str]:
        """Give the ids of all tickets that a search for this finds, newest first."""
        found: list[str] = self._ask("truth", text=text)
        return found

    def traffic(self) -> Traffic:
        """Say what was asked since the last time, once no request is under way."""
        counted: Traffic = self._ask("traffic")
        return counted

    def _ask(self, command: str, **arguments: object) -> Any:
        self._control.send((command, arguments))
        if not self._control.poll(START):
            raise TimeoutError(f"the sandbox's process did not answer {command!r}")
        answer = self._control.recv()
        if isinstance(answer, Exception):
            raise answer
        return answer


def _obey(control: Connection, make: Callable[..., Store], made: dict[str, Any]) -> None:
    """The other process: do what is asked until the control channel is closed."""
    served = _Served(make(**made))
    commands: dict[str, Callable[..., object]] = {
        "serve": served.serve,
        "hide": served.hide,
        "truth": served.truth,
        "traffic": served.traffic,
    }
    try:
        while True:
            command, arguments = control.recv()
            try:
                control.send(commands[command](**arguments))
            except Exception as error:  # whatever it is, it is raised where the command was given
                control.send(error)
    except (EOFError, KeyboardInterrupt, BrokenPipeError):
        served.stop()


class _Served:
    """The tickets, and the sandbox that serves them just now."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._ids = [str(ticket["id"]) for ticket in store.truth()]
        self._plain: dict[str, tuple[str | None, Callable[[], Json]]] = {}  # by id: as it was before a needle
        self._sandbox: Sandbox | None = None
        for ticket in store:
            ticket.json()  # so that no search is the one that pays for it

    def serve(self, latency: float, rate_limit: float | None) -> str:
        self.stop()
        self._sandbox = Sandbox(self._store, latency=latency, rate_limit=rate_limit)
        self._sandbox.__enter__()
        return self._sandbox.url

    def stop(self) -> None:
        if self._sandbox:
            self._sandbox.__exit__()
            self._sandbox = None

    def hide(self, needles: Mapping[str, int], seed: int) -> dict[str, list[str]]:
        self._take_out()
        rng = random.Random(seed)
        references: dict[str, list[str]] = {}
        for needle, count in needles.items():
            for id_ in rng.sample(self._ids, count):
                references.setdefault(id_, []).append(needle)
        for id_, parts in references.items():
            self._refer(id_, " ".join(parts))
        found = {needle: [str(one["id"]) for one in self._store.truth(search_query=needle)] for needle in needles}
        if wrong := [needle for needle, ids in found.items() if len(ids) != needles[needle]]:
            raise ValueError(f"tickets that nobody hid match {wrong}")
        return found

    def truth(self, text: str) -> list[str]:
        return [str(one["id"]) for one in self._store.truth(search_query=text)]

    def _refer(self, id_: str, reference: str) -> None:
        row = self._store.ticket(id_)
        if row is None:
            raise KeyError(id_)
        self._plain[id_] = row.reference, row.make
        row.reference, row.make = reference, partial(_with_reference, row.make, reference)

    def _take_out(self) -> None:
        for id_, (reference, make) in self._plain.items():
            if row := self._store.ticket(id_):
                row.reference, row.make = reference, make
        self._plain.clear()

    def traffic(self) -> Traffic:
        if self._sandbox is None:
            return Traffic(0, 0)
        ledger, until = self._sandbox.ledger, time.monotonic() + QUIET
        while ledger.in_flight and time.monotonic() < until:
            time.sleep(0.01)
        entries = [entry for entry in ledger if entry.path.endswith("/tickets")]
        ledger.clear()
        return Traffic(len(entries), sum(entry.status == 429 for entry in entries))


def _with_reference(make: Callable[[], Json], reference: str) -> Json:
    return {**make(), "reference": reference}
