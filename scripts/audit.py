"""`make security` asks here whether a pinned package has a known vulnerability, and never takes "could not ask" for "none".

pip-audit alone does: where its service knows none of the packages it says "No known vulnerabilities found" and ends well
(docs/decisions/0043-vulnerabilities.md). Set AUDIT_REQUIRED=true where the service is reached: not asked is then a failure.
"""

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
PINS = "requirements-dev.txt"  # holds those of requirements.txt as well
SERVICES = ("osv", "pypi")
BIN = Path(sys.executable).parent
TIMEOUT = 120  # seconds for one service


@dataclass(frozen=True)
class Audit:
    """What one service said."""

    checked: int
    skipped: int
    found: tuple[str, ...]  # one line each

    @property
    def complete(self) -> bool:
        """Whether it knew every pinned package."""
        return self.checked > 0 and self.skipped == 0


def main() -> int:
    """Ask one service after the other until one knows all packages; give the exit status."""
    for service in SERVICES:
        audit = ask(service)
        if audit.found:
            print(f"pip-audit ({service}): known vulnerabilities", *audit.found, sep="\n  ")
            return 1
        if audit.complete:
            print(f"pip-audit ({service}): no known vulnerability in {audit.checked} pinned packages.")
            return 0
        print(f"pip-audit ({service}): asked in vain for {audit.skipped or 'all'} of the pinned packages.")
    print("Known vulnerabilities were NOT CHECKED: no service that knows them was reached from here.")
    print(*behind(), sep="\n  ")
    return 1 if os.environ.get("AUDIT_REQUIRED") == "true" else 0


def ask(service: str) -> Audit:
    """What pip-audit learns from a service about the pins, all of which need hashes."""
    options = [
        "--requirement",
        PINS,
        "--require-hashes",
        "--disable-pip",
        "--progress-spinner",
        "off",
        "--timeout",
        "10",
    ]
    command = [str(BIN / "pip-audit"), *options, "--vulnerability-service", service, "--format", "json"]
    try:
        done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False, timeout=TIMEOUT)
        return read(json.loads(done.stdout))
    except (subprocess.TimeoutExpired, ValueError):  # it printed a traceback, or nothing
        return Audit(0, 0, ())


def read(report: dict[str, list[dict[str, object]]]) -> Audit:
    """pip-audit's report in figures."""
    packages = report["dependencies"]
    skipped = [package for package in packages if "skip_reason" in package]
    found = tuple(
        f"{package['name']} {package['version']}: {bug['id']}, fixed in {', '.join(bug['fix_versions']) or 'no version'}"
        for package in packages
        for bug in package.get("vulns", [])  # type: ignore[attr-defined]  # a list of objects, by pip-audit's format
    )
    return Audit(len(packages) - len(skipped), len(skipped), found)


def behind() -> list[str]:
    """The second best: which pins are not the newest release. A known hole is mended in a newer one, seldom in an older."""
    command = ["pip", "compile", "--upgrade", "--universal", "--python-version", "3.11", "--no-header", "--no-annotate"]
    done = subprocess.run(
        [str(BIN / "uv"), *command, "--quiet", "requirements-dev.in"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT,
    )
    newest, pinned = pins(done.stdout), pins((PROJECT / PINS).read_text())
    if not newest:
        return ["Nor could the package index be asked for newer releases."]
    older = [
        f"{name} {pinned[name]}: {newest[name]} is out"
        for name in pinned
        if newest.get(name, pinned[name]) != pinned[name]
    ]
    return [f"Of {len(pinned)} pinned packages, {len(older)} are not the newest release:", *older]


def pins(text: str) -> dict[str, str]:
    """The packages of a lock file and their versions."""
    return dict(re.findall(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", text, re.MULTILINE))


if __name__ == "__main__":
    sys.exit(main())
