"""`make` sets up .venv with this: pip brings uv, uv installs the rest and shows how far it is. Without uv, pip goes on.

Runs on the Python that .venv is made with, before anything is installed: the standard library is all there is.
"""

import ast
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

VENV = Path(".venv")
PYTHON = VENV / "bin" / "python"
UV_PIN = "requirements-uv.txt"
# What every command needs comes first, and is compiled: the site and the tests start with all of it. Most of the other
# packages is never imported; compiling it took a third of the time until the first test (docs/decisions/0074).
RUNTIME = "requirements.txt"
# Each says that what is in its file was installed; younger than the file, it still holds.
STAMPS = {RUNTIME: VENV / ".ready-to-run", "requirements-dev.txt": VENV / ".ready"}

# pip's options for where packages come from, and uv's variables of the same meaning.
OF_UV = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "trusted-host": "UV_INSECURE_HOST",
    "no-index": "UV_NO_INDEX",
    "cert": "SSL_CERT_FILE",
    "proxy": "ALL_PROXY",
}


def main() -> int:
    """Install what the named file pins; give the exit status."""
    requirements = sys.argv[1]
    print(f"Setting up .venv for {requirements} (once, and after requirements changed) ...", flush=True)
    if not reusable():
        if VENV.is_symlink():
            print(
                f"{VENV} is a link: what it leads to is not emptied for this. Remove the link, and try again.",
                file=sys.stderr,
            )
            return 1
        without_pip = ["--without-pip"] if pip_of_python_will_do() else []
        made = subprocess.run([sys.executable, "-m", "venv", "--clear", *without_pip, str(VENV)], check=False)
        if made.returncode:
            print(f"{VENV} could not be made (see above). Mend that, or remove {VENV}, and try again.", file=sys.stderr)
            return made.returncode
    status = install(requirements)
    if status == 0:
        for name in (requirements, RUNTIME):  # the second is part of either
            STAMPS[name].touch()
    return status


def reusable() -> bool:
    """Whether what is there was installed to its end, from the files as they are now: then only the rest is added."""
    found = [stamp.stat().st_mtime for stamp in STAMPS.values() if stamp.exists()]
    can_be_added_to = has_own_pip() or pip_of_python_will_do()  # another Python, which has a pip, may have made it
    return (
        can_be_added_to
        and bool(found)
        and PYTHON.exists()
        and min(found) >= max(Path(name).stat().st_mtime for name in STAMPS)
    )


def install(requirements: str) -> int:
    """Install with uv; where it cannot be had or does not run, with pip. Every package needs its hash with both."""
    wanted = ["install", "--require-hashes", "-r"]
    if (uv := found_uv()) is not None:
        env = {**os.environ, **as_uv_is_told(pip_config())}
        steps = [[RUNTIME, "--compile-bytecode"], *([] if requirements == RUNTIME else [[requirements]])]
        commands = ([uv, "pip", *wanted, *step, "--python", str(PYTHON)] for step in steps)
        if all(subprocess.run(command, env=env, check=False).returncode == 0 for command in commands):
            return 0
        print("uv did not install them: pip goes on, which says less and takes longer.", file=sys.stderr, flush=True)
    return pip(*wanted, requirements).returncode


def found_uv() -> str | None:
    """The uv in .venv, brought there by pip; None where there is none for this machine, or it does not run."""
    uv = VENV / "bin" / "uv"
    done = pip("install", "--quiet", "--require-hashes", "-r", UV_PIN, capture_output=True)
    if done.returncode == 0 and runs(uv):
        return str(uv)
    print(
        "There is no uv for this machine: pip installs the packages, which takes longer.", file=sys.stderr, flush=True
    )
    return None


def runs(program: Path) -> bool:
    """Whether it is there, and made for this machine."""
    try:
        return subprocess.run([program, "--version"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def pip_of_python_will_do() -> bool:
    """Whether the pip of this Python can install elsewhere (`--python`, since 22.3): then .venv needs none of its own.

    Making one takes longer than all else that a new environment needs.
    """
    try:
        major, minor = version("pip").split(".")[:2]
        return (int(major), int(minor)) >= (22, 3)
    except (PackageNotFoundError, ValueError):
        return False


def has_own_pip() -> bool:
    """Whether there is a pip in the environment."""
    return any(VENV.glob("lib/python*/site-packages/pip"))


def pip_command() -> list[str]:
    """How pip is started: the environment's own where there is one."""
    if has_own_pip():
        return [str(PYTHON), "-m", "pip"]
    return [sys.executable, "-m", "pip", "--python", str(PYTHON)]


def pip(*arguments: str, capture_output: bool = False) -> "subprocess.CompletedProcess[bytes]":
    """Run pip for the environment."""
    command = [*pip_command(), "--disable-pip-version-check", *arguments]
    return subprocess.run(command, capture_output=capture_output, check=False)


def pip_config() -> dict[str, list[str]]:
    """What pip was told of package indexes, by its files and its variables: an option's values, the last word last."""
    return read_pip_config(pip("config", "list", capture_output=True).stdout.decode().splitlines())


def read_pip_config(lines: Iterable[str]) -> dict[str, list[str]]:
    """`global.index-url='…'` and the like; for `pip install` what is said of install counts more, of `:env:` the most."""
    found: dict[str, list[str]] = {}
    rank = {"global": 0, "user": 0, "site": 0, "install": 1, ":env:": 2}
    entries = [line.partition("=") for line in lines if "=" in line]
    for name, _, value in sorted(entries, key=lambda entry: rank.get(entry[0].rpartition(".")[0], -1)):
        section, _, option = name.rpartition(".")
        if section in rank:
            found[option] = str(ast.literal_eval(value)).split()
    return found


def as_uv_is_told(config: Mapping[str, list[str]]) -> dict[str, str]:
    """The same for uv. Several indexes are one to pip, which takes the best of all; with hashes that is safe."""
    told = {variable: " ".join(config[option]) for option, variable in OF_UV.items() if config.get(option)}
    if "UV_FIND_LINKS" in told:
        told["UV_FIND_LINKS"] = ",".join(config["find-links"])
    if "UV_INDEX" in told:
        told["UV_INDEX_STRATEGY"] = "unsafe-best-match"
    return {variable: value for variable, value in told.items() if variable not in os.environ}


if __name__ == "__main__":
    sys.exit(main())
