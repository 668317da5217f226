"""What a server loads at its start: no library of what is not set up. Each worker would hold them for as long as it lives."""

import os
import subprocess
import sys

import pytest

from tests.processes import PATIENCE
from tests.run_folder import PROJECT, of_the_machine

SITE = {"COPPER_API_KEY": "sk_test_X", "SECRET_KEY": "x" * 50, "ALLOWED_HOSTS": "localhost", "ENV_FILE": os.devnull}
SIGN_ON = {"OIDC_ISSUER": "https://idp.example.com", "OIDC_CLIENT_ID": "a", "OIDC_CLIENT_SECRET": "b"}
OF = {
    "psycopg": {"DATABASE_URL": "postgres://nobody@127.0.0.1:9/none"},
    "redis": {"CACHE_URL": "redis://127.0.0.1:9/0"},
    "cryptography.hazmat.bindings._rust": SIGN_ON | {"OIDC_GROUPS": "ops=viewer"},
}


def loaded(**env: str) -> set[str]:
    """Those of them that a worker has loaded before its first request, with what its requests share."""
    program = "import dashboard.wsgi, sys; from tickets_app.gateway import shared; shared.parts(); print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program],
        env=of_the_machine() | SITE | env,
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stderr
    return OF.keys() & set(done.stdout.split())


def test_a_site_on_sqlite_without_redis_and_single_sign_on_loads_none_of_their_libraries():
    assert loaded() == set()


@pytest.mark.parametrize("library", OF)
def test_what_is_set_up_is_loaded_before_somebody_waits_for_it(library):
    assert loaded(**OF[library]) == {library}
