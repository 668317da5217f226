"""The audit of the pinned packages: "could not ask" is never shown as "nothing found"."""

import json
import re
import subprocess

import pytest

from scripts import audit

GOOD = {"name": "django", "version": "5.2.19", "vulns": []}
BAD = {"name": "django", "version": "5.2.0", "vulns": [{"id": "CVE-1", "fix_versions": ["5.2.1"]}]}
SKIPPED = {"name": "django", "skip_reason": "not found"}


@pytest.fixture
def said(monkeypatch, capsys):
    """Runs the audit over what each service is made to say; gives the exit status and what was printed."""

    def run(*reports: object) -> tuple[int, str]:
        given = iter(reports)

        def answer(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
            if "uv" in command[0]:
                return subprocess.CompletedProcess(command, 0, "django==999.0\n", "")
            report = next(given)
            text = report if isinstance(report, str) else json.dumps({"dependencies": report})
            return subprocess.CompletedProcess(command, 0, text, "No known vulnerabilities found")

        monkeypatch.setattr(subprocess, "run", answer)
        status = audit.main()
        return status, capsys.readouterr().out

    return run


def test_nothing_found_is_said_where_every_package_was_known(said):
    assert said([GOOD]) == (0, "pip-audit (osv): no known vulnerability in 1 pinned packages.\n")


def test_a_known_vulnerability_fails_and_is_named(said):
    status, text = said([GOOD, BAD])
    assert status == 1
    assert "django 5.2.0: CVE-1, fixed in 5.2.1" in text


def test_the_second_service_is_asked_where_the_first_is_not_reached(said):
    status, text = said("Traceback …", [BAD])
    assert status == 1
    assert "CVE-1" in text


@pytest.mark.parametrize("reports", [("", ""), ([SKIPPED], [SKIPPED]), ("Traceback", [GOOD, SKIPPED]), ([], [])])
def test_what_could_not_be_asked_is_said_and_not_called_clean(said, reports):
    status, text = said(*reports)
    assert status == 0
    assert "NOT CHECKED" in text
    assert "no known" not in text.lower()
    assert "django" in text, "the second best: which pins are behind"


def test_where_the_service_must_be_reached_not_asked_is_a_failure(said, monkeypatch):
    monkeypatch.setenv("AUDIT_REQUIRED", "true")
    assert said("", "")[0] == 1


def test_every_pin_has_a_hash():
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (audit.PROJECT / name).read_text()
        assert len(audit.pins(text)) > 10
        blocks = re.split(r"^(?=[a-zA-Z0-9])", text, flags=re.MULTILINE)[1:]
        assert len(blocks) >= len(audit.pins(text))
        assert [block for block in blocks if "--hash=sha256:" not in block] == []
