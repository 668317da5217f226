"""A Redis for the tests that need one: that of the machine, or the one TEST_REDIS_URL names; and one that may be killed."""

import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache

import redis

from tests.processes import Process, held_port, started, wait_until

URL = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/15")
HOW = "needs Redis: `redis-server --daemonize yes` (or set TEST_REDIS_URL to a database that tests may use)"


@cache
def answers() -> bool:
    try:
        return bool(redis.Redis.from_url(URL, socket_timeout=1, socket_connect_timeout=1).ping())
    except redis.RedisError:
        return False


class Redis:
    """One of the test's own, on a port of its own."""

    def __init__(self, port: int) -> None:
        self._port, self._running = port, ExitStack()
        self._process: Process | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self._port}/0"

    def start(self) -> None:
        command = ["redis-server", "--port", self._port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self._process = self._running.enter_context(started([*command, "--logfile", os.devnull]))
        wait_until(self._answers, "Redis answers", self._process)

    def _answers(self) -> bool:
        try:
            with redis.Redis.from_url(self.url, socket_timeout=1, socket_connect_timeout=1) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def kill(self) -> None:
        self._signal(signal.SIGKILL)
        self._running.close()

    def freeze(self) -> None:
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        if self._process:
            self._process.send_signal(number)


def may_be_started() -> bool:
    return shutil.which("redis-server") is not None


@contextmanager
def of_its_own() -> Iterator[Redis]:
    """Start one; it is ended whatever was done to it."""
    with held_port() as port:
        server = Redis(port)
        server.start()
        try:
            yield server
        finally:
            server.thaw()
            server.kill()
