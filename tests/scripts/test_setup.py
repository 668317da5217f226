"""`make setup`, `make run`, `make test`: one command each, and plain words where something is missing."""

import os
import re
import shutil
import subprocess
import sys
from collections import namedtuple
from pathlib import Path

import pytest

from scripts import check_python, setup

PROJECT = Path(__file__).parents[2]
Done = namedtuple("Done", "returncode")
Version = namedtuple("Version", "major minor micro releaselevel serial")

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="needs make: install it to run these")


def make(*arguments: str, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", *arguments], cwd=cwd, env={**os.environ, **env}, capture_output=True, text=True, timeout=120
    )


@pytest.fixture
def copy(tmp_path) -> Path:
    """The files that setting up needs, in an empty folder."""
    for name in ("Makefile", "requirements.txt", "requirements-dev.txt", "requirements-uv.txt"):
        shutil.copy(PROJECT / name, tmp_path)
    shutil.copytree(PROJECT / "scripts", tmp_path / "scripts")
    return tmp_path


@pytest.fixture
def old_python(copy) -> Path:
    """A python3 that says it is 3.8: the check script runs in it, told an old version."""
    fake = copy / "python3.8"
    fake.write_text(
        '#!/bin/sh\nexec python3 -c "import sys; sys.version_info = (3, 8, 18); sys.argv = sys.argv[1:]; '
        'import runpy; runpy.run_path(sys.argv[0], run_name=\'__main__\')" "$@"\n'
    )
    fake.chmod(0o755)
    return fake


@pytest.mark.parametrize("goal", ["run", "test"])
def test_a_python_that_is_too_old_is_named_and_so_is_the_way_out(copy, old_python, goal):
    done = make(goal, f"PYTHON={old_python}", cwd=copy)
    assert done.returncode != 0
    assert "Copper Tickets needs Python 3.11 or newer" in done.stderr
    assert "is Python 3.8" in done.stderr
    assert f"make {goal} PYTHON=python3.12" in done.stderr
    assert not (copy / ".venv").exists()


@pytest.mark.parametrize("goal", ["run", "test"])
def test_no_python_at_all_is_said_plainly(copy, goal):
    done = make(goal, "PYTHON=python3-of-nowhere", cwd=copy)
    assert done.returncode != 0
    assert "there is no python3-of-nowhere here" in done.stderr


def test_a_python_without_venv_names_the_package():
    assert "apt install python3-venv" in check_python.problem(Version(3, 12, 0, "final", 0), False)


@pytest.mark.parametrize(
    ("version", "fine"), [((3, 10, 9), False), ((2, 7, 18), False), ((3, 11, 0), True), ((3, 14, 1), True)]
)
def test_the_oldest_python_that_will_do_is_3_11(version, fine):
    assert (check_python.problem(version, True) is None) is fine


def test_the_check_itself_runs_on_old_pythons():
    old = [name for name in ("python2.7", "python3.6", "python3.8", "python3.9", "python3.10") if _works(name)]
    if not old:
        pytest.skip("no older Python here: install one, such as python3.8, to run this")
    for name in old:
        done = subprocess.run([name, PROJECT / "scripts" / "check_python.py"], capture_output=True, text=True)
        assert (done.returncode, done.stderr.count("needs Python 3.11 or newer")) == (1, 1), name


def _works(name: str) -> bool:
    path = shutil.which(name)
    return path is not None and subprocess.run([path, "-c", ""], capture_output=True).returncode == 0


def test_setup_does_nothing_when_nothing_changed(copy):
    (copy / ".venv").mkdir()
    (copy / ".venv" / ".ready").touch()
    done = make("setup", "PYTHON=python3-of-nowhere", cwd=copy)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Setting up" not in done.stdout


def test_changed_requirements_are_installed_again(copy):
    (copy / ".venv").mkdir()
    (copy / ".venv" / ".ready").touch()
    later = (copy / ".venv" / ".ready").stat().st_mtime + 5
    os.utime(copy / "requirements.txt", (later, later))
    assert "there is no python3-of-nowhere here" in make("setup", "PYTHON=python3-of-nowhere", cwd=copy).stderr


def test_an_interrupted_installation_is_not_taken_for_a_finished_one(copy):
    (copy / "requirements-dev.txt").write_text("no-such-package-of-ours==0 --hash=sha256:" + "0" * 64 + "\n")
    done = make("setup", cwd=copy, PIP_NO_INDEX="1")
    assert done.returncode != 0
    assert not (copy / ".venv" / ".ready").exists()


def fake_environment(copy: Path, pip: str, uv: str | None, has_pip: bool = True) -> Path:
    """A .venv whose pip and uv are these shell scripts; both write down what they are asked."""
    folder = copy / ".venv" / "bin"
    folder.mkdir(parents=True)
    if has_pip:
        (copy / ".venv" / "lib" / "python3.11" / "site-packages" / "pip").mkdir(parents=True)
    (folder / "python").write_text(f'#!/bin/sh\necho "pip $*" >> "{copy}/asked"\n{pip}\n')
    if uv is not None:
        (folder / "uv").write_text(f'#!/bin/sh\necho "uv $* $UV_INDEX" >> "{copy}/asked"\n{uv}\n')
    for file in folder.iterdir():
        file.chmod(0o755)
    for stamp in (".ready-to-run", ".ready"):  # so that it is taken for an environment that was made whole
        (copy / ".venv" / stamp).touch()
    return copy


def installs(copy: Path, requirements: str, **env: str) -> tuple[subprocess.CompletedProcess[str], list[str]]:
    """What setting up says, and what it asked of pip and uv to install."""
    command = [sys.executable, "scripts/setup.py", requirements]
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("UV_", "PIP_"))}
    done = subprocess.run(command, cwd=copy, env=clean | env, capture_output=True, text=True, timeout=120)
    return done, [
        line for line in (copy / "asked").read_text().splitlines() if "install" in line and "--require-hashes" in line
    ]


def test_pip_brings_only_uv_and_uv_the_rest(copy):
    done, asked = installs(fake_environment(copy, "exit 0", "exit 0"), "requirements.txt")
    assert done.returncode == 0
    assert ["requirements-uv.txt" in line for line in asked] == [True, False]
    assert asked[1].startswith("uv pip install --require-hashes -r requirements.txt --compile-bytecode --python .venv")


def test_only_what_every_command_needs_is_compiled_at_once(copy):
    done, asked = installs(fake_environment(copy, "exit 0", "exit 0"), "requirements-dev.txt")
    assert done.returncode == 0
    compiled = {line.split(" -r ")[1].split()[0]: "--compile-bytecode" in line for line in asked[1:]}
    assert compiled == {"requirements.txt": True, "requirements-dev.txt": False}


def test_an_environment_without_pip_is_served_by_the_pip_of_the_python_that_makes_it(copy):
    """It runs in the environment's Python all the same, which here is a script that writes down what it is asked."""
    done, asked = installs(fake_environment(copy, "exit 0", "exit 0", has_pip=False), "requirements.txt")
    assert (done.returncode, done.stderr) == (0, "")
    assert asked[0].endswith("install --quiet --require-hashes -r requirements-uv.txt")
    assert not asked[0].startswith("pip -m pip")


@pytest.mark.parametrize(
    ("version", "will_do"), [("22.2.2", False), ("22.3", True), ("26.3.1", True), ("?", False), (None, False)]
)
def test_a_new_environment_gets_a_pip_only_where_that_of_this_python_cannot_reach_it(
    copy, monkeypatch, version, will_do
):
    def version_of(name: str) -> str:
        if version is None:
            raise setup.PackageNotFoundError(name)
        return version

    made = []
    monkeypatch.chdir(copy)
    monkeypatch.setattr(setup, "version", version_of)
    monkeypatch.setattr(setup.subprocess, "run", lambda command, check: made.append(command) or Done(1))
    monkeypatch.setattr(sys, "argv", ["setup.py", "requirements.txt"])
    assert setup.main() == 1
    assert made == [[sys.executable, "-m", "venv", "--clear", *["--without-pip"] * will_do, ".venv"]]


@pytest.mark.parametrize(
    ("pip", "uv"), [("exit 0", None), ("exit 0", "exit 1"), ('case "$*" in *uv.txt*) exit 1;; esac', "exit 0")]
)
def test_where_uv_cannot_be_had_or_run_pip_goes_on_and_that_is_said(copy, pip, uv):
    done, asked = installs(fake_environment(copy, pip, uv), "requirements-dev.txt")
    assert done.returncode == 0
    assert "There is no uv for this machine: pip installs the packages" in done.stderr
    assert asked[-1].startswith("pip -m pip")
    assert asked[-1].endswith("install --require-hashes -r requirements-dev.txt")


def test_where_uv_does_not_come_to_its_end_pip_goes_on_and_that_is_said(copy):
    only_version = 'case "$*" in *--version*) exit 0;; esac; exit 2'
    done, asked = installs(fake_environment(copy, "exit 0", only_version), "requirements.txt")
    assert done.returncode == 0
    assert "uv did not install them: pip goes on" in done.stderr
    assert asked[-1].startswith("pip -m pip")


def test_an_environment_to_which_nothing_can_be_added_is_made_anew(copy, monkeypatch):
    """Without a pip of its own, and now with a Python that has none either."""
    monkeypatch.chdir(fake_environment(copy, "exit 0", "exit 0", has_pip=False))
    assert setup.reusable()
    monkeypatch.setattr(setup, "pip_of_python_will_do", lambda: False)
    assert not setup.reusable()
    (copy / ".venv" / "lib" / "python3.12" / "site-packages" / "pip").mkdir(parents=True)
    assert setup.reusable()


def test_uv_asks_the_indexes_that_pip_is_told_of(monkeypatch):
    for variable in setup.OF_UV.values():
        monkeypatch.delenv(variable, raising=False)
    lines = [
        "global.extra-index-url='https://a/simple https://b/simple'",
        "global.cert='/ca'",
        ":env:.index-url='https://c'",
    ]
    config = setup.read_pip_config([*lines, "install.cert='/other'", "global.timeout='3'", "freeze.find-links='/no'"])
    assert setup.as_uv_is_told(config) == {
        "UV_DEFAULT_INDEX": "https://c",
        "UV_INDEX": "https://a/simple https://b/simple",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "SSL_CERT_FILE": "/other",
    }


def test_a_link_to_an_environment_elsewhere_is_not_emptied(copy, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "kept").touch()
    (copy / ".venv").symlink_to(elsewhere)
    done = make("setup", cwd=copy)
    assert done.returncode != 0
    assert ".venv is a link" in done.stderr
    assert (elsewhere / "kept").exists()


def test_what_uv_is_told_by_people_stays(monkeypatch):
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://mine")
    assert setup.as_uv_is_told({"index-url": ["https://c"]}) == {}


def test_run_needs_only_what_runs(copy):
    (copy / ".venv").mkdir()
    (copy / ".venv" / ".ready-to-run").touch()
    planned = make("--dry-run", "run", cwd=copy).stdout
    assert "scripts/setup.py" not in planned
    assert "-m scripts.run" in planned
    assert "scripts/setup.py requirements-dev.txt" in make("--dry-run", "test", cwd=copy).stdout
    (copy / ".venv" / ".ready-to-run").unlink()
    assert "scripts/setup.py requirements.txt" in make("--dry-run", "run", cwd=copy).stdout


def test_the_uv_that_installs_is_the_uv_of_the_tools():
    def pin(name: str) -> set[str]:
        entry = re.search(r"^uv==.*(?:\n    --hash=.*)+", (PROJECT / name).read_text(), re.MULTILINE)[0]
        return {line.strip(" \\") for line in entry.splitlines()}

    assert pin("requirements-uv.txt") == pin("requirements-dev.txt")


def test_every_pin_has_a_hash():
    for name in ("requirements.txt", "requirements-dev.txt", "requirements-uv.txt"):
        pins = [
            entry
            for entry in (PROJECT / name).read_text().split("\n")
            if "==" in entry and not entry.startswith((" ", "#"))
        ]
        assert pins
        assert all(pin.endswith("\\") for pin in pins)


def test_the_key_to_record_with_is_in_no_command_line(copy):
    """What make runs it shows, and so does the list of processes."""
    done = make("-n", "record", cwd=copy, COPPER_API_KEY="sk_live_canary")
    assert "--record-mode=rewrite" in done.stdout
    assert "sk_live_canary" not in done.stdout + done.stderr
