"""`python -m copper_sandbox`: serve made-up tickets until Ctrl-C."""

import argparse
import signal
import threading
from collections.abc import Callable

from copper_sandbox.server import Sandbox
from copper_sandbox.store import Store

CONNECTED_ACCOUNT = "acct_sandbox_harbor"
MOST = 1_000_000_000  # of anything: beyond it the clock of a machine does not count
MOST_DAYS = 36_500  # a century; calendars have a beginning


def _at_least(least: float, most: float = MOST, kind: type = float) -> Callable[[str], float]:
    """A number within bounds, for argparse."""

    def number(text: str) -> float:
        found: float = kind(text)
        if not least <= found <= most:
            raise argparse.ArgumentTypeError(f"{text} is not from {least:g} to {most:.10g}")
        return found

    return number


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="copper_sandbox", description="A stand-in for the Copper API.")
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="address to listen on")
    add("--port", type=_at_least(0, 65_535, int), default=8001, help="port to listen on; 0 takes a free one")
    add("--tickets", type=_at_least(0, kind=int), default=20_000, help="how many tickets there are")
    add("--days", type=_at_least(0, MOST_DAYS), default=60, help="over how many days before now they are spread")
    add("--seed", type=int, default=7, help="the same seed gives the same tickets")
    add("--latency-ms", type=_at_least(0), default=60, help="how long each answer takes")
    add("--rate-limit", type=_at_least(0.001), help="requests a second beyond which the answer is 429")
    add("--fail-rate", type=_at_least(0, 1), default=0, help="share of requests that fail, from 0 to 1")
    add("--arrivals", type=_at_least(0), default=0, metavar="PER_MINUTE", help="tickets that are rung up each minute")
    return parser.parse_args()


def main() -> None:
    """Serve until SIGINT or SIGTERM."""
    given = _arguments()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    store = Store.generate(tickets=given.tickets, days=given.days, seed=given.seed)
    harbor = Store.generate(tickets=given.tickets // 10, days=given.days, seed=given.seed + 1)
    try:
        sandbox = _sandbox(given, store, harbor)
    except OSError as error:
        raise SystemExit(f"Port {given.port} of {given.host} cannot be used ({error.strerror}).") from None
    with sandbox:
        print(f"Copper sandbox: {sandbox.url} with {len(store)} tickets", flush=True)
        stop.wait()


def _sandbox(given: argparse.Namespace, store: Store, harbor: Store) -> Sandbox:
    return Sandbox(
        store,
        host=given.host,
        port=given.port,
        latency=given.latency_ms / 1000,
        rate_limit=given.rate_limit,
        fail_rate=given.fail_rate,
        seed=given.seed,
        arrivals_per_minute=given.arrivals,
        accounts={CONNECTED_ACCOUNT: harbor},
    )


if __name__ == "__main__":
    main()
