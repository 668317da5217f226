"""The newest rules of time zones at hand are in force, whatever the system's age."""

import subprocess
import sys
import sysconfig
import zoneinfo
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import tzdata

from dashboard import zone_rules
from dashboard.environment import PROJECT

ZONE = "America/Winnipeg"
OF_OLD = datetime(2024, 7, 1, tzinfo=UTC)


@pytest.fixture
def system(tmp_path, monkeypatch) -> Iterator[Callable[[str, str], None]]:
    """Makes a system whose rules have this version, in such a file; its Winnipeg lies where London does."""

    def make(name: str, line: str) -> None:
        there = tmp_path / ZONE
        there.parent.mkdir()
        there.write_bytes((Path(tzdata.__file__).parent / "zoneinfo" / "Europe" / "London").read_bytes())
        (tmp_path / name).write_text(line)

    asked = sysconfig.get_config_var
    monkeypatch.delenv("PYTHONTZPATH", raising=False)
    monkeypatch.setattr(sysconfig, "get_config_var", lambda name: str(tmp_path) if name == "TZPATH" else asked(name))
    yield make
    monkeypatch.undo()
    zone_rules.use_the_newest()


def offset() -> timedelta | None:
    return OF_OLD.astimezone(zoneinfo.ZoneInfo(ZONE)).utcoffset()


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("tzdata.zi", "# version 2025b\n# This zic input file is in the public domain.\n"),
        ("+VERSION", "2025b"),
        ("tzdata.zi", ""),
        ("tzdata.zi", "# vérsion"),
        ("leapseconds", "nobody says which"),
    ],
)
def test_an_older_system_is_not_asked(system, name, line):
    system(name, line)
    zone_rules.use_the_newest()
    assert offset() == timedelta(hours=-5)


@pytest.mark.parametrize(("name", "line"), [("tzdata.zi", "# version 9999a\n"), ("+VERSION", "9999a\n")])
def test_a_newer_system_is(system, name, line):
    system(name, line)
    zone_rules.use_the_newest()
    assert offset() == timedelta(hours=1)


def test_rules_that_somebody_chose_are_taken_as_they_are(system, tmp_path, monkeypatch):
    system("tzdata.zi", "# version 2025b\n")
    monkeypatch.setenv("PYTHONTZPATH", str(tmp_path))
    zone_rules.use_the_newest()
    assert offset() == timedelta(hours=1)


def test_whatever_loads_the_settings_has_them():
    """Here, too: no rule is older than the package's."""
    script = """
import os, zoneinfo, tzdata
os.environ["DJANGO_SETTINGS_MODULE"] = "dashboard.settings"
from django.conf import settings
settings.TIME_ZONE
from dashboard import zone_rules
print(zone_rules.version_in(zoneinfo.TZPATH) >= tzdata.IANA_VERSION or zoneinfo.TZPATH)
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() in {"True", "()"}
