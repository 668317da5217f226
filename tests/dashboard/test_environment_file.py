"""`.env` as editors write it: what can be read is, what cannot is named by its line, and no value is ever shown."""

import errno
import os
from pathlib import Path

import pytest

from dashboard import environment

KEY = "sk_test_SECRET0123456789"
GOOD = f"# Copper\nCOPPER_API_KEY={KEY}\nexport COPPER_ACCOUNT=acct_1\n"


@pytest.fixture
def read(tmp_path, monkeypatch):
    """Reads a file of these bytes; gives what was wrong."""
    monkeypatch.setattr(environment, "problems", [])
    for name in ("COPPER_API_KEY", "COPPER_ACCOUNT"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    file = tmp_path / ".env"

    def of(content: bytes) -> list[str]:
        file.write_bytes(content)
        environment.read_file(file)
        return environment.problems

    yield of
    for name in ("COPPER_API_KEY", "COPPER_ACCOUNT"):
        os.environ.pop(name, None)


@pytest.mark.parametrize(
    "content",
    [
        GOOD.encode(),
        b"\xef\xbb\xbf" + GOOD.encode(),
        GOOD.encode("utf-16"),
        b"\xfe\xff" + GOOD.encode("utf-16-be"),
        GOOD.replace("\n", "\r\n").encode(),
        GOOD.replace("COPPER", "  COPPER", 1).encode(),
    ],
    ids=["plain", "with a mark", "UTF-16", "UTF-16, the other order", "lines of Windows", "indented"],
)
def test_it_is_read_however_an_editor_saved_it(read, content):
    assert read(content) == []
    assert (os.environ["COPPER_API_KEY"], os.environ["COPPER_ACCOUNT"]) == (KEY, "acct_1")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (GOOD.encode() + b"\xff\n", "not UTF-8"),
        (GOOD.encode("utf-16-le"), "line 1 "),
        (f"COPPER_ACCOUNT=a\nCOPPER_API_KEY {KEY}\n".encode(), "line 2 "),
        (f"COPPER_ACCOUNT=a\n\n{KEY}\n".encode(), "line 3 "),
        (f"COPPER_API_KEY={KEY}\0\n".encode(), "line 1 "),
        (f"COPPER_API_KEY={KEY} # of the test account\n".encode(), "line 1 has a # behind its value"),
        (f"\nexport COPPER_API_KEY='{KEY}'\t# it\n".encode(), "line 2 has a # behind its value"),
        (f"COPPER_ACCOUNT=  # {KEY}\n".encode(), "line 1 has a # behind its value"),
    ],
    ids=[
        "no UTF-8",
        "UTF-16 without a mark",
        "a space for the sign",
        "the key alone",
        "NUL",
        "a comment behind it",
        "a comment behind quotes",
        "a comment for a value",
    ],
)
def test_what_cannot_be_read_is_named_by_its_line_and_never_shown(read, content, says, caplog, capsys):
    problems = read(content)
    assert says in problems[0]
    out = capsys.readouterr()
    assert "SECRET" not in "".join(problems) + caplog.text + out.out + out.err


@pytest.mark.parametrize("value", ["a#b", "#b", '"a #b"', "'a #b'"])
def test_a_sign_of_a_value_that_begins_comments_is_the_values(read, value):
    assert read(f"# a comment\n  # another = #\nCOPPER_ACCOUNT={value}\n".encode()) == []
    assert os.environ["COPPER_ACCOUNT"] == value.strip("\"'")


def test_of_two_lines_for_one_setting_the_last_counts(read):
    """So that `echo NAME=value >> .env` changes a copy of .env.example."""
    assert read(b"COPPER_ACCOUNT=\nCOPPER_ACCOUNT=acct_1\nCOPPER_ACCOUNT=acct_2\n") == []
    assert os.environ["COPPER_ACCOUNT"] == "acct_2"


def test_a_file_that_is_not_there_is_no_problem_nor_is_a_folder(monkeypatch, tmp_path):
    monkeypatch.setattr(environment, "problems", [])
    environment.read_file(tmp_path / "none")
    environment.read_file(tmp_path)
    assert environment.problems == []


def test_one_that_somebody_named_has_to_be_there(monkeypatch, tmp_path):
    monkeypatch.setattr(environment, "problems", [])
    environment.read_file(tmp_path / "none.env", named=True)
    assert environment.problems == ["none.env cannot be read (No such file or directory)."]


def test_one_that_is_there_and_not_for_us_to_read_is_told(monkeypatch, tmp_path):
    """For one, that of root."""

    def refuse(_path: Path) -> bytes:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(environment, "problems", [])
    monkeypatch.setattr(Path, "read_bytes", refuse)
    environment.read_file(tmp_path / ".env")
    assert environment.problems == [".env cannot be read (Permission denied)."]
