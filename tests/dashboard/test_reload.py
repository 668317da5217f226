"""A reload, as systemd and people do it (SIGHUP): nobody waits for the new workers, and what cannot begin ends nothing."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue
from types import SimpleNamespace

from dashboard import reloading
from tests import server as servers
from tests.processes import PATIENCE, children, wait_until
from tests.server import Server

# gunicorn.conf.py, with workers that do not begin while somebody holds them.
HELD = """
import os, runpy, threading

globals().update(runpy.run_path("gunicorn.conf.py"))
as_it_is = post_fork


def post_fork(server, worker):
    as_it_is(server, worker)
    open({folder!r} + f"/forked {{os.getpid()}}", "w").close()
    while os.path.exists({folder!r} + "/hold"):
        threading.Event().wait(0.01)
"""


class Site:
    """A running server whose workers can be held as they begin, and its settings in files."""

    def __init__(self, server: Server, folder: Path) -> None:
        self.server, self._folder = server, folder

    def workers(self) -> set[int]:
        """Those that were begun and still run."""
        return {*children(self.server.process.pid)} & {
            int(file.name.split()[1]) for file in self._folder.glob("forked *")
        }

    def hold(self) -> None:
        (self._folder / "hold").touch()

    def let_go(self) -> None:
        (self._folder / "hold").unlink()

    def reload(self) -> None:
        self.server.process.send_signal(signal.SIGHUP)

    def reload_and_hold(self) -> set[int]:
        """Reload, with the new worker held as it begins; give those there were."""
        before = self.workers()
        self.hold()
        self.reload()
        wait_until(lambda: self.workers() > before, "a new worker is about to begin", self.server.process)
        return before

    def has(self, what: str, *, workers: int, of: set[int]) -> None:
        """Wait until so many of these workers run."""
        wait_until(lambda: len(self.workers() & of) == workers, what, self.server.process)


@contextmanager
def running(folder: Path, **more: str) -> Iterator[Site]:
    (folder / "held.conf.py").write_text(HELD.format(folder=str(folder)))
    (folder / "key").write_text("long-and-random-" * 4)
    env = servers.environment(folder, SECRET_KEY_FILE=str(folder / "key"), **more)
    del env["SECRET_KEY"]
    servers.migrate(env)
    env["GUNICORN_CMD_ARGS"] = f"--config {folder}/held.conf.py"
    with (folder / "log").open("w") as log, servers.gunicorn(env, level="info", stderr=log) as server:
        yield Site(server, folder)


def test_pages_are_answered_while_the_new_workers_begin(tmp_path):
    with running(tmp_path) as site:
        before = site.reload_and_hold()
        for _ in range(3):
            assert site.server.answers()
        assert site.workers() > before, "and it has not begun"
        site.let_go()
        site.has("the old one has ended", workers=0, of=before)
        assert site.server.answers()
    assert "was sent SIGTERM" not in (tmp_path / "log").read_text(), "it ended by itself"


def test_a_wrong_setting_leaves_all_as_it_was_and_is_said(tmp_path):
    with running(tmp_path) as site:
        before, log = site.workers(), tmp_path / "log"
        (tmp_path / "key").write_text("")
        site.reload()
        wait_until(lambda: "Nothing is reloaded" in log.read_text(), "it is said", site.server.process)
        assert "SECRET_KEY_FILE names a file that is empty" in log.read_text()
        assert site.server.answers()
        assert site.workers() == before
        (tmp_path / "key").write_text("another-and-random-" * 4)
        site.reload()
        site.has("the next reload takes it", workers=0, of=before)
        assert site.server.answers()


def test_a_server_that_is_stopped_meanwhile_stops(tmp_path):
    with running(tmp_path, WEB_GRACEFUL_SECONDS="1") as site:
        site.reload_and_hold()
        site.server.process.send_signal(signal.SIGTERM)
        assert site.server.process.wait(PATIENCE) == 0


def test_a_new_worker_that_is_killed_as_it_begins_holds_nothing_up(tmp_path):
    with running(tmp_path) as site:
        before = site.reload_and_hold()
        [new] = site.workers() - before
        os.kill(new, signal.SIGKILL)
        site.has("it is gone", workers=0, of={new})
        site.let_go()
        site.reload()
        site.has("the next reload is taken", workers=0, of=before)
        assert site.server.answers()


def test_a_new_worker_that_hangs_as_it_begins_is_ended_as_any_other():
    """Else the reload that brings the mended code would never be heard."""
    ended: list[str] = []

    def murder() -> None:
        ended.append("looked")
        if len(ended) == 3:
            del workers[2]

    workers = {number: SimpleNamespace(age=number, tmp=SimpleNamespace(last_update=lambda: 7.0)) for number in (1, 2)}
    reloading._wait_for(
        SimpleNamespace(
            WORKERS=workers,
            SIG_QUEUE=SimpleQueue(),
            wait_for_signals=lambda timeout: [],
            murder_workers=murder,
            reap_workers=lambda: None,
        ),
        before=1,
    )
    assert ended == ["looked"] * 3
