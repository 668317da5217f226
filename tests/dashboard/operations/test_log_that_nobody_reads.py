"""A log that nobody takes, as a terminal that was stopped or a full disk: pages come, and what was lost is said."""

import fcntl
import json
import logging
import os
import resource
import signal
from collections.abc import Iterator
from contextlib import suppress
from typing import IO

import pytest

from dashboard.operations import logs
from dashboard.operations.logs import JsonLine, Output
from tests import server as servers
from tests.processes import PATIENCE, wait_until


class Pipe:
    """A small one."""

    def __init__(self) -> None:
        self.out, self.into = os.pipe()
        self.room = fcntl.fcntl(self.into, fcntl.F_SETPIPE_SZ, 16_384)
        os.set_blocking(self.out, False)

    def fill(self) -> None:
        os.write(self.into, b"x" * self.room)

    def read(self) -> str:
        """All that is there, one piece after the other."""
        found = b""
        with suppress(BlockingIOError):
            while piece := os.read(self.out, 65_536):
                found += piece
        return found.decode()

    def close(self) -> None:
        os.close(self.out)
        os.close(self.into)


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    made = Pipe()
    yield made
    made.close()


@pytest.fixture
def log(pipe, monkeypatch) -> Iterator[logging.Logger]:
    monkeypatch.setattr(logs, "PATIENCE", 0.01)
    with open(pipe.into, "w", closefd=False) as stream:
        yield log_into(stream)


def log_into(stream: IO[str]) -> logging.Logger:
    handler = Output(stream)
    handler.setFormatter(JsonLine())
    made = logging.Logger("of the test")
    made.addHandler(handler)
    return made


def events(text: str) -> list[str]:
    return [json.loads(line)["event"] for line in text.splitlines()]


def test_lines_that_nobody_takes_are_counted_and_said_to_who_reads_on(pipe, log):
    for number in range(500):
        log.warning("line %d", number)
    before = events(pipe.read())
    assert before == [f"line {number}" for number in range(len(before))]
    assert 0 < len(before) < 500
    log.warning("and on")
    log.warning("and on")
    lost = f"{500 - len(before)} lines of this log were lost: nobody took them"
    assert events(pipe.read()) == [lost, "and on", "and on"]


def test_a_line_that_was_sent_in_part_spoils_no_other(pipe, log):
    log.warning("a traceback " * 1500)
    assert len(pipe.read()) == pipe.room
    log.warning("and on")
    end, others = pipe.read().split("\n", 1)
    assert end == "", "the line that broke off ends here"
    assert events(others) == ["1 lines of this log were lost: nobody took them", "and on"]


def test_a_disk_that_was_full_spoils_no_line_and_is_told_of(tmp_path):
    room, hard = 1000, resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    with open(tmp_path / "log", "w+") as file:
        log = log_into(file)
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))  # for a moment no file of this process grows beyond
        try:
            log.warning("fits")
            log.warning("is cut " * 200)
            log.warning("does not fit")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
        assert (tmp_path / "log").stat().st_size == room
        log.warning("and on")
        first, cut, *others = (tmp_path / "log").read_text().splitlines()
    assert (events(first), "is cut" in cut) == (["fits"], True)
    assert events("\n".join(others)) == ["2 lines of this log were lost: nobody took them", "and on"]


def test_a_long_line_that_is_read_comes_whole(pipe, log, monkeypatch):
    taken = []
    monkeypatch.setattr(logs, "_takes", lambda *_: taken.append(pipe.read()) or True)
    log.warning("a traceback " * 1000)
    assert events("".join(taken) + pipe.read()) == ["a traceback " * 1000]


def test_a_server_whose_log_nobody_reads_answers_and_stops(tmp_path, pipe):
    pipe.fill()
    env = servers.environment(tmp_path, LOG_LEVEL="DEBUG")
    servers.migrate(env)
    with servers.gunicorn(env, level="debug", stdout=pipe.into, stderr=pipe.into) as server:
        for _ in range(3):
            assert server.ask("Host: tickets.example.com", "X-Forwarded-Proto: https").status == 200
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(PATIENCE) == 0
        assert set(pipe.read()) == {"x"}


def test_a_server_whose_log_is_read_on_says_how_much_was_lost(tmp_path, pipe):
    pipe.fill()
    env = servers.environment(tmp_path)
    servers.migrate(env)
    with servers.gunicorn(env, stdout=pipe.into) as server:
        server.ask("Host: tickets.example.com", "X-Forwarded-Proto: https")
        assert set(pipe.read()) == {"x"}
        said = []

        def is_said() -> bool:
            server.ask("Host: tickets.example.com", "X-Forwarded-Proto: https")
            said.append(pipe.read())
            return "were lost: nobody took them" in "".join(said)

        wait_until(is_said, "it says so", server.process)
        assert all(events("".join(said)))
