"""`make mutation`: small changes, two at a time, each in a copy of the tree; says which ones no test noticed."""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from queue import Queue

from tests.mutation.changes import Change, drawn, of_the_lua
from tests.mutation.nearest import nearest
from tests.processes import held_port, started

AT_ONCE = 2
TOO_LONG = 900  # seconds: tests that take so long have noticed
OPTIONS = "no:cacheprovider no:randomly no:xdist no:playwright tests.mutation.quickest_first"
PYTEST = ["-m", "pytest", "-xq", "--timeout=0", "--tb=line", *(f"-p{plugin}" for plugin in OPTIONS.split())]


def main() -> int:
    """Run it; give the exit status: 1 where something was not noticed."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("--seed", type=int, default=15, help="the same seed and code, the same changes")
    parser.add_argument("--changes", type=int, default=200, help="how many of the Python; those of the Lua come on top")
    parser.add_argument("--only", type=int, nargs="+", help="those of these numbers, and not the tests without any")
    wanted = parser.parse_args()
    changes = dict(enumerate([*drawn(wanted.seed, wanted.changes), *of_the_lua()], 1))
    with ExitStack() as stack:
        copies: Queue[tuple[Path, str]] = Queue()
        for _ in range(AT_ONCE):
            copies.put(stack.enter_context(_copy()))
        pool = stack.enter_context(ThreadPoolExecutor(AT_ONCE))
        if not wanted.only:
            tests = {tuple(nearest(change.path)): str(change.path.parent) for change in changes.values()}
            if not all(list(pool.map(lambda asked: _green(copies, f"{asked[1]} as it is", asked[0]), tests.items()))):
                sys.exit("Tests fail without any change: mend that first.")
        numbers = wanted.only or list(changes)
        green = list(
            pool.map(lambda number: _green(copies, number, nearest(changes[number].path), changes[number]), numbers)
        )
    unseen = [number for number, passed in zip(numbers, green, strict=True) if passed]
    print(f"\nSeed {wanted.seed}: {len(numbers)} changes, {len(numbers) - len(unseen)} noticed, {len(unseen)} not.")
    for number in unseen:
        print(f"\n{number}  {changes[number]}")
    return 1 if unseen else 0


def _green(copies: "Queue[tuple[Path, str]]", name: object, tests: list[str], change: Change | None = None) -> bool:
    """Whether these tests pass, with the change where there is one, in the next copy that is free."""
    folder, redis_url = copies.get()
    environment = {**os.environ, "TEST_REDIS_URL": redis_url, "FOLDER_OF_THE_TESTS": str(folder / ".local")}
    environment["COLUMNS"] = "300"  # for pytest to say why
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # else each start would compile all tests anew
    try:
        if change:
            (folder / change.path).write_text(change.new)
        how = _first_that_fails(["nice", "-n10", sys.executable, *PYTEST, *tests], folder, environment)
    finally:
        if change:
            (folder / change.path).write_text(change.old)
        copies.put((folder, redis_url))
    print(f"{name}  {change.where if change else ''}  {how or ('NOT NOTICED' if change else 'green')}", flush=True)
    return not how


def _first_that_fails(command: list[str], folder: Path, environment: Mapping[str, str]) -> str:
    """The line that says what failed; nothing where all passed."""
    with tempfile.TemporaryFile("w+") as output:
        with started(command, signal.SIGKILL, cwd=folder, env=environment, stdout=output, stderr=output) as tests:
            try:
                status = tests.wait(TOO_LONG)
            except subprocess.TimeoutExpired:
                return "takes too long"
        output.seek(0)
        said = [line.strip() for line in output if line.startswith(("FAILED", "ERROR"))]
    return "" if status == 0 else (said or [f"pytest ended with {status}"])[0]


@contextmanager
def _copy() -> Iterator[tuple[Path, str]]:
    """The files that Git knows or would take up, as they are now; and a Redis that nobody else empties."""
    listed = ["git", "ls-files", "-coz", "--exclude-standard"]
    files = subprocess.run(listed, capture_output=True, text=True, check=True).stdout.split("\0")
    with tempfile.TemporaryDirectory(prefix="copper-tickets-mutation-") as name, held_port() as port:
        folder = Path(name)
        for file in filter(os.path.exists, files):
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(file, folder / file)
        (folder / ".local").mkdir()
        redis = ["redis-server", "--port", port, "--bind", "127.0.0.1", "--save", "", "--dir", name]
        with started(redis, stdout=subprocess.DEVNULL):
            yield folder, f"redis://127.0.0.1:{port}/0"


if __name__ == "__main__":
    sys.exit(main())
