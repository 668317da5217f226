"""`make run`: the dashboard, with a stand-in Copper beside it unless COPPER_API_KEY says which account to show."""

import os
import re
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from dashboard import environment as read

PROJECT = Path(__file__).resolve().parent.parent
LOCAL = PROJECT / ".local"  # not in git: what this machine's runs keep
SANDBOX = ["--port", "0", "--tickets", "20000", "--days", "60", "--seed", "7", "--latency-ms", "60", "--arrivals", "4"]
SANDBOX_KEY = "sk_test_sandbox"


class StartError(Exception):
    """Why nothing was started, in one line."""


def main() -> int:
    """Run until Ctrl-C or SIGTERM; give the exit status."""
    # Both, also where whoever started it ignores SIGINT, as a shell does for what it runs in the background: then Python
    # would ignore it too, while the next lines say that Ctrl-C stops it.
    signal.signal(signal.SIGINT, _stop)
    signal.signal(signal.SIGTERM, _stop)
    os.chdir(PROJECT)
    try:
        env = environment()
        port = free_port(env)
        with collecting(env) as static_files, copper(env):
            prepare(env)
            finish(static_files)
            announce(env, port)
            return serve(env)
    except StartError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped.")
        return 0


def _stop(*_: object) -> NoReturn:
    raise KeyboardInterrupt


def environment() -> dict[str, str]:
    """The environment for the dashboard: the real one and `.env`, and a secret key that survives restarts."""
    if read.problems:  # of `.env`, which is read there
        raise StartError("\n".join(read.problems))
    env = dict(os.environ)
    if not env.get("SECRET_KEY_FILE"):
        env["SECRET_KEY"] = env.get("SECRET_KEY") or kept_secret()
    env["WEB_WORKERS"] = env.get("WEB_WORKERS", "").strip() or "1"  # one process: the cache is in its memory
    env["PORT"] = env.get("PORT", "").strip() or "8000"
    if not env.get("ALLOWED_HOSTS"):  # nobody but this machine, and without TLS
        env["ALLOWED_HOSTS"] = "localhost,127.0.0.1,[::1]"
        env["SERVED_OVER_HTTPS"] = env.get("SERVED_OVER_HTTPS") or "false"
    return env


def kept_secret() -> str:
    """A secret key made at the first run, readable for nobody else."""
    path = LOCAL / "secret_key"
    if not path.exists():
        LOCAL.mkdir(exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(50))
    return path.read_text()


def free_port(env: Mapping[str, str]) -> int:
    """The port to serve on. Raises StartError where somebody else has it."""
    text = env["PORT"]
    if not re.fullmatch(r"[1-9]\d{0,4}", text, re.ASCII) or int(text) > 65_535:
        raise StartError(f"PORT must be a port number, not “{text}”.")
    try:
        with socket.create_server(("127.0.0.1", int(text))):
            return int(text)
    except OSError as error:
        words = f"Port {text} cannot be used ({error.strerror}). Choose another: make run PORT=8001"
        raise StartError(words) from None


@contextmanager
def copper(env: MutableMapping[str, str]) -> Iterator[None]:
    """Start the sandbox where no key is set, and end it at the end."""
    if env.get("COPPER_API_KEY") or env.get("COPPER_API_KEY_FILE"):
        yield
        return
    command = [sys.executable, "-m", "copper_sandbox", *SANDBOX]
    # A process group of its own: Ctrl-C ends the server first, then the sandbox, and nothing is asked in between.
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
    try:
        line = process.stdout.readline() if process.stdout else ""
        found = re.search(r"http://\S+", line)
        if not found:
            raise StartError("The stand-in Copper API did not start.")
        env.update({"COPPER_API_KEY": SANDBOX_KEY, "COPPER_API_URL": found[0], "LOGIN_REQUIRED": "false"})
        env["SANDBOX"] = line.strip()
        yield
    finally:
        process.terminate()
        process.wait()


@contextmanager
def collecting(env: Mapping[str, str]) -> Iterator["subprocess.Popen[str]"]:
    """Collect and compress static files beside all else: it takes longest, and needs none of it."""
    process = _begin(env, "manage.py", "collectstatic", "--noinput", "--verbosity=0")
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def prepare(env: Mapping[str, str]) -> None:
    """Check the settings, bring the database up to date, make the roles. Raises StartError."""
    finish(_begin(env, "-m", "scripts.prepare"))


def _begin(env: Mapping[str, str], *arguments: str) -> "subprocess.Popen[str]":
    command = [sys.executable, *arguments]
    return subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finish(process: "subprocess.Popen[str]") -> None:
    """Wait for its end. Raises StartError where it failed."""
    out, said = process.communicate()
    if process.returncode:
        raise StartError((said or out).strip())


def announce(env: Mapping[str, str], port: int) -> None:
    """Say where the dashboard is and what stands behind it."""
    print(f"Copper Tickets: http://127.0.0.1:{port}")
    if "SANDBOX" in env:
        print("Behind it: a stand-in with made-up tickets. Set COPPER_API_KEY to see those of your account.")
    else:
        print("Behind it: Copper. With the same key, the first user: .venv/bin/python manage.py createsuperuser")
    print("Ctrl-C stops it.", flush=True)


def serve(env: Mapping[str, str]) -> int:
    """Serve until told to stop; give the server's exit status."""
    command = [sys.executable, "-m", "gunicorn", "dashboard.wsgi", "--log-level", "warning"]
    process = subprocess.Popen(command, env={**env, "BIND": "127.0.0.1"}, start_new_session=True)
    try:
        return process.wait()
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)  # without waiting for idle connections
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()


if __name__ == "__main__":
    sys.exit(main())
