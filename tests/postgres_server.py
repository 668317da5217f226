"""An empty PostgreSQL database: the one that TEST_POSTGRES_URL names, or one made beside this process and dropped after it."""

import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

WHERE = "TEST_POSTGRES_URL"
HOW = f"no PostgreSQL here: set {WHERE}=postgres://user:password@host/name to an empty database (or run as root beside one)"


class NoPostgresError(RuntimeError):
    """There is none. The message says how to have one."""


@contextmanager
def empty_database() -> Iterator[str]:
    """Its URL. Raises NoPostgresError."""
    if given := os.environ.get(WHERE):
        yield given
        return
    name, password = f"audit_{secrets.token_hex(4)}", secrets.token_hex(8)
    try:
        if os.geteuid() != 0 or shutil.which("psql") is None:
            raise NoPostgresError(HOW)
        _as_postgres(f"CREATE ROLE {name} LOGIN PASSWORD '{password}';\nCREATE DATABASE {name} OWNER {name};")
    except (OSError, subprocess.SubprocessError):
        raise NoPostgresError(HOW) from None
    try:
        yield f"postgres://{name}:{password}@127.0.0.1:5432/{name}"
    finally:
        _as_postgres(f"DROP DATABASE {name} WITH (FORCE);\nDROP ROLE {name};")


def _as_postgres(sql: str) -> None:
    command = ["su", "postgres", "-c", "psql --quiet --set ON_ERROR_STOP=1"]
    subprocess.run(command, input=sql, text=True, check=True, capture_output=True, timeout=30, cwd="/")
