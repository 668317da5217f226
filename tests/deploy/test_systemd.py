"""The units: systemd itself finds nothing wrong with them, and they are shut in."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.processes import PATIENCE
from tests.run_folder import PROJECT

FOLDER = PROJECT / "deploy" / "systemd"
UNITS = ["copper-tickets.service", "copper-tickets-migrate.service", "copper-tickets-daily.service"]
TIMER = "copper-tickets-daily.timer"

needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="needs systemd-analyze: `apt install systemd`"
)


@pytest.fixture
def units(tmp_path) -> list[Path]:
    """The units, with the place of the site under this folder: systemd looks whether the programs are there."""
    bin_ = tmp_path / "site" / ".venv" / "bin"
    bin_.mkdir(parents=True)
    for program in ("gunicorn", "python"):
        (bin_ / program).write_text("#!/bin/sh\n")
        (bin_ / program).chmod(0o755)
    for name in [*UNITS, TIMER]:
        (tmp_path / name).write_text((FOLDER / name).read_text().replace("/opt/copper-tickets", f"{tmp_path}/site"))
    return [tmp_path / name for name in [*UNITS, TIMER]]


def analyze(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["systemd-analyze", *map(str, arguments)], capture_output=True, text=True, timeout=PATIENCE)


@needs_systemd
def test_systemd_finds_nothing_wrong(units):
    done = analyze("verify", *units)
    assert (done.returncode, done.stderr) == (0, "")


@needs_systemd
def test_the_check_above_would_notice(units):
    units[0].write_text(units[0].read_text().replace("TimeoutStopSec", "TimeoutStopSecs"))
    assert "TimeoutStopSecs" in analyze("verify", units[0]).stderr


@needs_systemd
def test_the_site_is_shut_in(units):
    said = analyze("security", "--offline=true", units[0]).stdout
    assert float(re.search(r"exposure level for \S+: ([\d.]+)", said)[1]) < 2


def test_the_timer_starts_the_unit_of_its_name_every_day_and_is_switched_on_by_its_target():
    timer = (FOLDER / TIMER).read_text()
    assert (FOLDER / TIMER).with_suffix(".service").exists()
    assert "Unit=" not in timer, "the default: the service of the same name"
    assert "OnCalendar=*-*-* 03:00\n" in timer
    assert "Persistent=yes\n" in timer
    assert "WantedBy=timers.target\n" in timer


def test_the_settings_mean_the_same_to_a_shell_and_to_systemd():
    """systemd takes a value with spaces without quotes, which a shell does not; so the example holds none."""
    lines = [line for line in (FOLDER / "settings.example").read_text().splitlines() if not line.startswith("#")]
    assert lines
    assert all(re.fullmatch(r"[A-Z_]+=[\w./:,@-]+", line) for line in lines)


def test_secrets_are_credentials_and_stand_in_no_unit_and_no_settings_file():
    for name in UNITS:
        unit = (FOLDER / name).read_text()
        given = set(re.findall(r"LoadCredential=(\w+):/etc/copper-tickets/\1", unit))
        assert given == {"secret_key", "copper_api_key", "database_url"}
        assert set(re.findall(r"(\w+)_FILE=%d/\w+", unit)) == {secret.upper() for secret in given}
    example = (FOLDER / "settings.example").read_text()
    assert not re.search(r"^(SECRET_KEY|COPPER_API_KEY|DATABASE_URL)=", example, re.MULTILINE)
