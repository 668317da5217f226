"""What gunicorn.conf.py takes from the environment, checked. Nothing of Django: the server's own process loads none of it."""

import os
import resource


def whole(name: str, default: int, *, least: int, most: int) -> int:
    """A whole number from `least` to `most`. Ends the start with one line where it is none."""
    text = os.environ.get(name, "").strip() or str(default)
    if not (text.isascii() and text.isdecimal() and least <= int(text) <= most):
        raise SystemExit(f"{name} must be a whole number from {least} to {most}.")
    return int(text)


def place(host: str, port: int) -> str:
    """Where gunicorn listens. Without a host this machine alone, as where none is said: to gunicorn that would be everybody."""
    host = host.strip() or "127.0.0.1"
    return f"[{host}]:{port}" if host.count(":") > 1 and host[0] != "[" else f"{host}:{port}"


# This machine alone, unless told otherwise: a container and a host behind a proxy set BIND.
BIND = place(os.environ.get("BIND", ""), whole("PORT", 8000, least=0, most=65_535))
# For two cores. Threads mostly wait for Copper; more processes than cores only add memory and more searches at once.
WORKERS = whole("WEB_WORKERS", 2, least=1, most=256)
THREADS = whole("WEB_THREADS", 8, least=1, most=256)
# Seconds to finish what is being sent, after SIGTERM. Whoever stops the server has to wait longer than this:
# stop_grace_period in compose.yaml, TimeoutStopSec in systemd, terminationGracePeriodSeconds in Kubernetes.
GRACEFUL_SECONDS = whole("WEB_GRACEFUL_SECONDS", 30, least=0, most=3600)


def connections(most: int = 1000, files: int = 4096, others: int = 256) -> int:
    """How many connections a worker may have open: so many that its descriptors suffice for all else, too.

    A process may ask for more descriptors than the 1,024 that it usually begins with (the hard limit): `files`, here. `others`:
    what else it opens, to Copper, Redis, the database, and for what is on the disk.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < files:
        soft = files if hard == resource.RLIM_INFINITY else min(files, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return most if soft == resource.RLIM_INFINITY else min(most, max(soft - others, soft // 2))
