"""A copy of .env.example changes nothing: what it gives each setting is what holds without it, whatever else is set."""

import json
import os
import subprocess
import sys

import pytest

from tests.run_folder import PROJECT

SAY = (
    "import json, dashboard.settings as found;"
    "print(json.dumps({name: getattr(found, name) for name in dir(found) if name.isupper()}, default=repr))"
)
OURS = ("PATH", "HOME", "TMPDIR")


def settings_with(env_file: str, site: dict[str, str]) -> dict[str, object]:
    env = {name: os.environ[name] for name in OURS if name in os.environ}
    env |= {"ENV_FILE": env_file, "SECRET_KEY": "x", "PYTHONHASHSEED": "0", **site}
    done = subprocess.run([sys.executable, "-c", SAY], cwd=PROJECT, env=env, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


@pytest.mark.parametrize("site", [{}, {"LOGIN_REQUIRED": "false"}, {"DEBUG": "true"}], ids=str)
def test_a_site_has_the_same_settings_with_it_and_without(site):
    assert settings_with(str(PROJECT / ".env.example"), site) == settings_with("/dev/null", site)
