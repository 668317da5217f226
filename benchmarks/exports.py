"""`python -m benchmarks.exports [TICKETS] [LATENCY_MS]`: one export as CSV beside a sequential walk with requests.

Prints the figures; docs/benchmarks.md holds those of a run under a heading of its own, put in by hand.
"""

import hashlib
import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import requests

from benchmarks.sandbox_process import SandboxProcess

TICKETS, LATENCY = 200_000, 20.0  # latency in milliseconds
DAYS = 60
ADDRESS = "/tickets/export.csv?columns=id,created,reference,location,total"


def run(arguments: list[str]) -> None:
    """Measure, and print a table."""
    tickets = int(arguments[0]) if arguments else TICKETS
    latency = float(arguments[1]) if arguments[1:] else LATENCY
    address = arguments[2] if arguments[2:] else ADDRESS
    with SandboxProcess(tickets=tickets, days=DAYS, now=datetime.now(UTC)) as sandbox:
        url = sandbox.serve(latency=latency / 1000)
        print(f"{tickets:,} tickets, {latency:.0f} ms a request, load {os.getloadavg()[0]:.1f}; {address}", flush=True)
        walk_seconds, truth = _sequential(url) if latency else (0.0, [])
        walked = sandbox.traffic().requests
        print(f"sequential walk: {walk_seconds:.1f} s, {walked} requests", flush=True)
        seconds, rows, ids, digest, grown, base = _ours(url, address)
        asked = sandbox.traffic().requests
    if truth:
        print(f"time ÷ walk: {seconds / walk_seconds:.3f}; same rows in the same order: {ids == truth}")
    print(f"export: {seconds:.1f} s, {rows:,} rows, {asked} requests, SHA-256 {digest[:12]}…")
    print(f"server's memory: {base:.0f} MiB before, at most {grown:.1f} MiB more; load after {os.getloadavg()[0]:.1f}")


def _sequential(url: str) -> tuple[float, list[str]]:
    """What a script with requests does: one page after the other over one connection."""
    ids: list[str] = []
    params = {"limit": "100"}
    started = time.perf_counter()
    with requests.Session() as session:
        session.auth, session.trust_env = ("sk_test_bench", ""), False
        while True:
            page = session.get(f"{url}/tickets", params=params, timeout=60).json()
            ids += [one["id"] for one in page["data"]]
            if not page["has_more"]:
                return time.perf_counter() - started, ids
            params["starting_after"] = ids[-1]


def _ours(url: str, address: str) -> tuple[float, int, list[str], str, float, float]:
    """The same as a download from a gunicorn of one worker, whose memory is watched."""
    from tests.run_folder import PROJECT
    from tests.server import environment, gunicorn, migrate

    folder = Path(PROJECT) / ".local" / "benchmark"
    folder.mkdir(parents=True, exist_ok=True)
    env = environment(folder, COPPER_API_URL=url, LOGIN_REQUIRED="false", SERVED_OVER_HTTPS="false", LOG_LEVEL="ERROR")
    env["ALLOWED_HOSTS"] = "127.0.0.1"
    migrate(env)
    with gunicorn(env) as server, requests.Session() as session:
        session.trust_env = False
        site = f"http://127.0.0.1:{server.port}"
        nothing = f"created[gte]={datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
        session.get(f"{site}{address}&{nothing}", timeout=60)  # so that all is imported
        worker = subprocess.run(
            ["pgrep", "-P", str(server.process.pid)], capture_output=True, text=True, check=True
        ).stdout.split()[0]
        base, digest, ids, rest = _peak(worker), hashlib.sha256(), list[str](), b""
        started = time.perf_counter()
        with session.get(f"{site}{address}", stream=True, timeout=600) as response:
            for part in response.iter_content(262_144):
                digest.update(part)
                lines = (rest + part).split(b"\r\n")
                rest = lines.pop()
                ids += [line.split(b'"', 2)[1].decode() for line in lines]
        seconds = time.perf_counter() - started
        return seconds, len(ids) - 1, ids[1:], digest.hexdigest(), _peak(worker) - base, base


def _peak(worker: str) -> float:
    """The most memory that a process ever had, in MiB."""
    status = Path(f"/proc/{worker}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1024


if __name__ == "__main__":
    run(sys.argv[1:])
