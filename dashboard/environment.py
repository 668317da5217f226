"""Reads settings from the environment (and `.env`). A wrong value is noted, not raised: a system check reports it."""

import codecs
import io
import os
import re
import warnings
from collections.abc import Callable
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from environ import Env

PROJECT = Path(__file__).resolve().parent.parent
Parsed = TypeVar("Parsed")
Number = TypeVar("Number", int, float)
Network = IPv4Network | IPv6Network
LONGEST_FILE = 65_536  # bytes; a secret is short, and a device may never end

# One line each, for dashboard/checks.py: a start with any of them is stopped.
problems: list[str] = []

env = Env()
_DJANGO_OPTIONS = {
    "assume_role",
    "isolation_level",
    "server_side_binding",
}  # of a connection; the others are PostgreSQL's
_ASSIGNMENT = re.compile(r"(?:export )?[A-Za-z_0-9]+=")
_QUOTED = re.compile(r"(['\"]).*\1", re.DOTALL)
_COMMENT = re.compile(r"\s#")
# As people write numbers: Python's own reading takes other scripts' digits, 1_0 and 1e1.
_NUMBER, _WHOLE = re.compile(r"\d+\.?\d*|\.\d+", re.ASCII), re.compile(r"\d+", re.ASCII)
IN_MEMORY = ":memory:"  # the name of an SQLite database that is no file
_SQLITE = re.compile(r"sqlite:///[^?#]+", re.IGNORECASE)  # of which the rest would be dropped without a word
_ORIGIN = re.compile(r"https?://(?:\*\.)?(?:[a-z0-9_.-]+|\[[0-9a-f:.]+\])(?::\d+)?", re.ASCII)


def read_file(path: Path, *, named: bool = False) -> None:
    """Read a file of settings into the environment; a real variable wins over it. What cannot be read is noted by its line.

    `named`: somebody said that there is one. A mark at its start and UTF-16 are read: editors of Windows write them. No text of
    it is ever shown: it holds the key.
    """
    try:
        found = path.read_bytes()
    except OSError as error:  # there need be none; a folder of this name holds Python's packages
        if named or not isinstance(error, FileNotFoundError | IsADirectoryError):
            problems.append(f"{path.name} cannot be read ({error.strerror}).")
        return
    wide = found.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        lines = found.decode("utf-16" if wide else "utf-8-sig").splitlines()
    except ValueError:
        problems.append(f"{path.name} is not UTF-8 text. Save it as UTF-8 (“Encoding” when saving).")
        return
    good = []
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if problem := _line_problem(text):
            problems.append(f"{path.name}, line {number} {problem}")
        else:
            good.append(text)
    env.read_env(io.StringIO("\n".join(good)))


def _line_problem(text: str) -> str:
    """What is wrong with a line of such a file, without repeating it; empty where nothing is."""
    if "\0" in text or not (_ASSIGNMENT.match(text) or text[:1] in {"", "#"}):
        return "cannot be read. Each line is NAME=value, or begins with #."
    value = "" if text[:1] == "#" else text.partition("=")[2]
    if _COMMENT.search(value) and not _QUOTED.fullmatch(value):
        return "has a # behind its value. Give a comment its own line, or put the value in quotes."
    return ""


read_file(Path(os.environ.get("ENV_FILE", PROJECT / ".env")), named="ENV_FILE" in os.environ)


def text(name: str, default: str = "") -> str:
    """A text, without white space around it: the variable's, or that of the file which NAME_FILE names."""
    # Not through `env`, which takes a value that begins with "$" for the name of another variable.
    given, file = (os.environ.get(variable, "").strip() for variable in (name, f"{name}_FILE"))
    if given and file:
        problems.append(f"{name} and {name}_FILE are both set. Keep one of them.")
        return default
    found = _file_text(name, file) if file else given
    if _QUOTED.fullmatch(found):  # `.env` has its quotes taken off; what hands over an environment leaves them
        problems.append(f"{name} is in quotes. Write it without them.")
        return default
    return found or default


def _file_text(name: str, file: str) -> str:
    """What the file holds. Neither it nor the file's name is shown: people put the secret itself there by mistake."""
    try:
        with Path(file).open("rb") as opened:
            found = opened.read(LONGEST_FILE + 1)
        held = found.decode().strip() if len(found) <= LONGEST_FILE else ""
    except (OSError, ValueError):
        problems.append(f"{name}_FILE names a file that is not there or cannot be read as text.")
        return ""
    if not held:
        problems.append(f"{name}_FILE names a file that is empty or far too long for a setting.")
    return held


def noted(name: str) -> bool:
    """Whether something about this setting is among the problems already."""
    return any(problem.startswith((f"{name} ", f"{name}_FILE ")) for problem in problems)


def words(name: str) -> list[str]:
    """Texts with commas between them."""
    return [word.strip() for word in text(name).split(",") if word.strip()]


def flag(name: str, *, default: bool) -> bool:
    """True or false; nothing else is taken for either."""
    found = text(name).lower() or str(default).lower()
    if found not in {"true", "1", "yes", "on", "false", "0", "no", "off"}:
        problems.append(f"{name} must be true or false.")
        return default
    return found in {"true", "1", "yes", "on"}


def number(name: str, default: float, *, least: float, most: float) -> float:
    """A number from `least` to `most`."""
    return parsed(name, _within(float, _NUMBER, least, most), default, f"a number from {least:g} to {most:g}")


def whole(name: str, default: int, *, least: int, most: int) -> int:
    """A whole number from `least` to `most`."""
    return parsed(name, _within(int, _WHOLE, least, most), default, f"a whole number from {least} to {most}")


def _within(
    parse: Callable[[str], Number], spelled: re.Pattern[str], least: float, most: float
) -> Callable[[str], Number]:
    def read(given: str) -> Number:
        if spelled.fullmatch(given) and least <= (found := parse(given)) <= most:
            return found
        raise ValueError("too small, too large, or none")

    return read


def one_of(name: str, *choices: str) -> str:
    """One of these words, however it is capitalised; the first of them where nothing is said."""
    found = text(name, choices[0]).upper() or choices[0]
    if found not in choices:
        problems.append(f"{name} must be one of {', '.join(choices)}.")
        return choices[0]
    return found


def networks(name: str, default: str) -> list[Network]:
    """Addresses and networks (CIDR) with commas between them."""

    def parse(given: str) -> list[Network]:
        found = [ip_network(word.strip()) for word in given.split(",") if word.strip()]
        if not all(network.prefixlen for network in found):
            raise ValueError("that is everybody")
        return found

    what = "addresses or networks such as 10.0.0.5,10.1.0.0/24, and not everybody"
    return parsed(name, parse, parse(default), what)


def zone(name: str, default: str) -> str:
    """The name of a time zone."""
    return parsed(name, lambda given: ZoneInfo(given).key, default, "a time zone such as America/New_York")


def database(name: str, default: str) -> dict[str, Any]:
    """A database by its URL; a relative file of SQLite lies beside manage.py."""
    return parsed(
        name,
        _database,
        env.db_url_config(default),
        "a database URL such as postgres://user:password@host/name or sqlite:////folder/file",
    )


def cache(name: str, default: dict[str, Any]) -> dict[str, Any]:
    """A cache by its URL."""
    return parsed(name, _cache, default, "a cache URL such as redis://host:6379/0")


def _cache(url: str) -> dict[str, Any]:
    found: dict[str, Any] = env.cache_url_config(url)
    if found["BACKEND"].endswith("RedisCache"):
        servers = found["LOCATION"] if isinstance(found["LOCATION"], list) else [found["LOCATION"]]
        for parts in map(urlsplit, servers):  # asked for its port, it says whether that is one
            number_alone = re.fullmatch(r"/?\d*", parts.path, re.ASCII)  # of a database: no name of a socket
            if parts.port == 0 or (parts.scheme == "unix") == bool(number_alone):
                raise ValueError("no such server")
        if urlsplit(url).query:
            raise ValueError("options are settings.py's own, and would be dropped without a word")
    elif not found["BACKEND"].endswith(("LocMemCache", "DummyCache")):
        raise ValueError("no such cache")
    return found


def origins(name: str) -> list[str]:
    """What stands before the path in an address of a site, of several with commas between them; as browsers spell it."""
    found = [word.lower() for word in words(name)]
    if all(map(_ORIGIN.fullmatch, found)):
        return found
    problems.append(f"{name} must be origins such as https://tickets.example.com, without a path.")
    return []


def given(name: str) -> bool:
    """Whether anybody set it, be it wrong."""
    return bool(os.environ.get(name, "").strip() or os.environ.get(f"{name}_FILE", "").strip())


def _database(url: str) -> dict[str, Any]:
    # Of a scheme that it does not know it warns, and shows what was given.
    with warnings.catch_warnings(action="error"):
        found: dict[str, Any] = env.db_url_config(url)
    kind, options = found["ENGINE"].rpartition(".")[2], found.get("OPTIONS", {})
    if kind not in {"postgresql", "sqlite3"} or not (found["NAME"] or options.get("service")):
        raise ValueError("no such database")
    if found["NAME"] != found["NAME"].strip():
        raise ValueError("something behind it, such as a comment")
    if kind == "postgresql":
        from psycopg.conninfo import make_conninfo  # 5 MiB of a process, which SQLite does without

        # Raises for an option that there is not.
        make_conninfo("", **{name: value for name, value in options.items() if name not in _DJANGO_OPTIONS})
    elif found["NAME"] == IN_MEMORY:  # for a command: a server does not start with it (dashboard/wsgi.py)
        return found
    elif not _SQLITE.fullmatch(url):
        raise ValueError("it would not be kept where it says")
    else:
        found["NAME"] = str(PROJECT / found["NAME"])  # the same file wherever a command is called
    return found


def parsed(name: str, parse: Callable[[str], Parsed], default: Parsed, what: str) -> Parsed:
    """What `parse` makes of the text, where there is one."""
    given = text(name)
    if not given:
        return default
    try:
        return parse(given)
    except Exception:  # parsers of URLs and zones raise their own kinds; all mean the same here
        problems.append(f"{name} must be {what}.")
        return default
