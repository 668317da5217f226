"""The places of a process that was killed are free at once for those of its machine, and nobody else's are touched."""

import os
import secrets
import subprocess
import sys

import pytest
import redis

from tests import redis_server
from tests.processes import started
from tests.run_folder import PROJECT, of_the_machine
from tickets_app.gateway.across_processes.alive import is_gone, name_here
from tickets_app.gateway.across_processes.board import Board
from tickets_app.gateway.cache import Guard
from tickets_app.gateway.places import Places, Waiting

HOLDS_A_PLACE = """
import sys
import django
django.setup()
from tickets_app.gateway.across_processes.board import Board
from tickets_app.gateway.cache import Guard
from tickets_app.gateway.places import Places
print(Places(Board(Guard(), sys.argv[1], {}, sys.argv[2]), here=1, in_all=1).take("a"), flush=True)
sys.stdin.read()
"""


@pytest.mark.skipif(not redis_server.answers(), reason=redis_server.HOW)
def test_who_lost_their_export_with_a_process_has_a_place_at_once():
    key = f"test-{secrets.token_hex(8)}"
    here = Places(Board(Guard(), redis_server.URL, {}, key), here=1, in_all=1)
    env = of_the_machine() | {"DJANGO_SETTINGS_MODULE": "tests.settings"}
    command = [sys.executable, "-c", HOLDS_A_PLACE, redis_server.URL, key]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with redis.Redis.from_url(redis_server.URL) as own, started(command, cwd=PROJECT, env=env, **pipes) as other:
        assert other.stdout.readline() == "None\n"
        assert here.take("a") == Waiting(0, 0, True), "that process runs"
        other.kill()
        other.wait()
        assert here.take("a") is None
        own.delete(key)


def test_only_of_a_process_that_would_be_seen_is_said_that_it_is_gone():
    mine = name_here()
    own, number, machine = mine.split(" ", 2)
    with started([sys.executable, "-c", ""]) as ended:
        ended.wait()
    assert is_gone(f"{own} {ended.pid} {machine}", mine)
    for name in (
        mine,
        f"{own} 1 {machine}",
        own,
        "",
        f"{own} {ended.pid}",
        f"{own} {ended.pid} elsewhere",
        f"{own} x {machine}",
    ):
        assert not is_gone(name, mine), name
    assert not is_gone(f"{own} {ended.pid} {machine}", own), "who asks does not know where they are"
    assert int(number) == os.getpid()
