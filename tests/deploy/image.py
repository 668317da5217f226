"""Reads the Dockerfile and .dockerignore, and makes and runs what they say without a Docker engine, under other paths."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path

from tests import processes

PROJECT = Path(__file__).parents[2]
USER = 10001


@dataclass
class Stage:
    """The instructions of one FROM."""

    env: dict[str, str] = field(default_factory=dict)
    run: list[str] = field(default_factory=list)
    copy: list[list[str]] = field(default_factory=list)
    other: dict[str, str] = field(default_factory=dict)  # the last of each kind, as Docker takes it


def stages() -> list[Stage]:
    """The Dockerfile, stage by stage."""
    text = re.sub(r"^\s*#.*\n", "", (PROJECT / "Dockerfile").read_text(), flags=re.MULTILINE).replace("\\\n", " ")
    found: list[Stage] = []
    for instruction, rest in (line.split(None, 1) for line in text.splitlines() if line.strip()):
        if instruction == "FROM":
            found.append(Stage())
        elif instruction == "ENV":
            found[-1].env |= dict(re.findall(r"(\w+)=(\S+)", rest))
        elif instruction == "RUN":
            found[-1].run.append(rest)
        elif instruction == "COPY":
            found[-1].copy.append(rest.split())
        else:
            found[-1].other[instruction] = rest
    return found


def admitted() -> list[Path]:
    """What `COPY . .` copies: .dockerignore is read as "nothing but these", which a test holds it to."""
    lines = (PROJECT / ".dockerignore").read_text().splitlines()
    _star, *rules = [line for line in lines if line and not line.startswith("#")]
    named = [PROJECT / rule[1:] for rule in rules if rule.startswith("!")]
    dropped = [rule.removeprefix("**/") for rule in rules if not rule.startswith("!")]
    files = [file for name in named for file in (name, *name.rglob("*")) if file.is_file()]
    return [file for file in files if not _matches(file, dropped)]


def _matches(file: Path, rules: list[str]) -> bool:
    return any(fnmatch(part, rule) for part in file.relative_to(PROJECT).parts for rule in rules)


@dataclass
class Image:
    """A folder that stands for the image's root: /app and /venv lie in it."""

    root: Path

    @property
    def tmp(self) -> Path:
        """What is /tmp in it: the one folder that can be written to."""
        return self.root / "tmp"

    def path(self, text: str) -> str:
        """A command of the Dockerfile with the image's two folders in their places here."""
        return re.sub(r"(?<![\w/])/(app|venv)\b", rf"{self.root}/\1", text)

    def build(self, python: str) -> None:
        """Do what the first stage says, in its order: copy the requirements, install, copy all, collect."""
        build = stages()[0]
        (self.root / "bin").mkdir(parents=True)
        (self.root / "app").mkdir()
        (self.root / "bin" / "python").symlink_to(python)
        shutil.copy(PROJECT / "requirements.txt", self.root / "app")
        env = kept() | build.env | {"PATH": f"{self.root}/bin:{os.environ['PATH']}", "ENV_FILE": os.devnull}
        for command in build.run:
            if "manage.py" in command:
                self._copy_all()
            subprocess.run(self.path(command), shell=True, cwd=self.root / "app", env=env, check=True, timeout=600)
        for folder, _folders, files in os.walk(self.root):
            for name in [folder, *(os.path.join(folder, file) for file in files)]:
                if not os.path.islink(name):
                    os.chmod(name, os.stat(name).st_mode & ~0o222 | 0o044)
        self.tmp.mkdir()
        self.tmp.chmod(0o1777)

    def _copy_all(self) -> None:
        for file in admitted():
            target = self.root / "app" / file.relative_to(PROJECT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, target)

    def env(self, **settings: str) -> dict[str, str]:
        """The environment of a container: the image's own, and what `docker run --env` adds."""
        own = {name: self.path(value) for name, value in stages()[-1].env.items()}
        return {**own, "PATH": f"{self.root}/venv/bin:/usr/bin:/bin", **settings}

    @contextmanager
    def started(self, command: list[str], env: dict[str, str]) -> Iterator[processes.Process]:
        """A command of the image as the image's user and, where root may, with a read-only root file system."""
        shell = command
        if can_switch():
            # Becoming another user takes it off the leash of tests/processes.py.
            nobody = [f"--reuid={USER}", f"--regid={USER}", "--clear-groups", "--pdeathsig=TERM"]
            mounts = f"mount --make-rprivate / && mount --bind {self.tmp} /tmp && mount -o remount,bind,ro /"
            again = f'{mounts} && cd {self.root}/app && exec "$@"'
            shell = ["unshare", "--mount", "sh", "-c", again, "sh", "setpriv", *nobody, *command]
        output = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        with processes.started(shell, env=env, cwd=self.root / "app", **output) as process:
            yield process

    def run(self, command: list[str], env: dict[str, str]) -> str:
        """Run a command to its end; give what it printed. Raises AssertionError where it failed."""
        with self.started(command, env) as process:
            said, _ = process.communicate(timeout=processes.PATIENCE)
        assert process.returncode == 0, said
        return said


def exec_form(text: str) -> list[str]:
    """`["gunicorn", "dashboard.wsgi"]`, also behind options as in HEALTHCHECK."""
    found: list[str] = json.loads(text[text.index("[") :])
    return found


def kept() -> dict[str, str]:
    """What a build has of the machine: the way to the package index, and nothing of the developer's settings."""
    return {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "SSL_", "REQUESTS_", "LANG"))}


def can_switch() -> bool:
    """Whether this process may become another user and mount: root in CI may, a developer need not."""
    if os.geteuid() != 0 or not shutil.which("unshare") or not shutil.which("setpriv"):
        return False
    command = ["unshare", "--mount", "sh", "-c", "mount --make-rprivate / && mount -o remount,bind,ro /"]
    return subprocess.run(command, capture_output=True).returncode == 0
