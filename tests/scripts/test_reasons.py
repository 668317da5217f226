"""Whoever silences a checker says why, on the same line."""

import re
import subprocess
from pathlib import Path

PROJECT = Path(__file__).parents[2]
SILENCED = re.compile(
    r"# ?(?:noqa(?:: [A-Z]+\d+(?:, [A-Z]+\d+)*)?|type: ignore(?:\[[\w-]+\])?|nosec(?: B\d+)?|pragma: .* secret)"
)


def without_reason(line: str) -> bool:
    found = SILENCED.search(line)
    return bool(found) and len(SILENCED.sub("", line[found.start() :]).strip(" #-")) < 7


def test_each_silenced_line_has_a_reason_beside_it():
    listed = subprocess.run(
        ["git", "ls-files", "*.py", "*.toml"], cwd=PROJECT, capture_output=True, text=True, check=True
    ).stdout.split()
    bare = [
        f"{name}:{number}"
        for name in listed
        for number, line in enumerate((PROJECT / name).read_text().splitlines(), 1)
        if without_reason(line)
    ]
    assert bare == []


def test_the_check_above_would_notice():
    hash_ = "#"
    assert without_reason(f"import x  {hash_} noqa: F401")
    assert without_reason(f"x = y  {hash_} type: ignore[misc] {hash_} noqa")
    assert not without_reason(f"import x  {hash_} noqa: F401 - importing registers it")
    assert not without_reason("x = y  # type annotations are for others")
