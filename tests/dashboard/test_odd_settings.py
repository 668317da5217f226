"""Settings as they are easily written wrong: in other digits, in quotes, with a comment behind them or what would be dropped."""

import os
import re

import pytest

from dashboard import checks
from tests.dashboard import starting
from tests.run_folder import of_the_machine

GOOD = {"COPPER_API_KEY": "sk_test_SECRET", "SECRET_KEY": "long and random", "ENV_FILE": os.devnull}
SIGN_ON = {"OIDC_CLIENT_ID": "tickets", "OIDC_CLIENT_SECRET": "sk_test_SECRET", "OIDC_GROUPS": "ops=viewer"}

WRONG = [
    ("COPPER_CONNECT_TIMEOUT", ["1_0", "٣", "3,5", "1e1", "3s"], "must be a number from 0.1 to 60."),
    ("COPPER_MAX_CONCURRENCY", ["1_0", "８", "8.0"], "must be a whole number from 1 to 64."),
    ("COPPER_API_KEY", ['"sk_test_SECRET"'], "is in quotes. Write it without them."),
    ("COPPER_ACCOUNT", ["'sk_test_SECRET'", '""'], "is in quotes. Write it without them."),
    ("LOGIN_REQUIRED", ['"false"'], "is in quotes. Write it without them."),
    ("TIME_ZONE", ["'UTC'"], "is in quotes. Write it without them."),
    ("ALLOWED_HOSTS", ["tickets.example.com."], "holds something that is no host name."),
    ("DATABASE_URL", ["sqlite:///x?mode=memory", "sqlite:///x # ours", "sqlite:x.sqlite3"], "must be a database URL"),
    ("DATABASE_URL", ["postgres://u:sk_test_SECRET@h/x # ours"], "must be a database URL"),
    ("CACHE_URL", ["redis://h:6379/٣", "redis://h:6379/?db=3", "redis://", "redis:///0"], "must be a cache URL"),
    ("CSRF_TRUSTED_ORIGINS", ["https://a.example.com?x", "https://a.example.com#x"], "must be origins"),
    ("CSRF_TRUSTED_ORIGINS", ["https://me@a.example.com", "https://tïckets.example.com"], "must be origins"),
    (
        "OIDC_ISSUER",
        ["https://idp.example.com/.well-known/openid-configuration", "https://idp.example.com/?tenant=1"],
        "must be what stands before /.well-known/openid-configuration",
    ),
    ("OIDC_ISSUER", ["https://[idp.example.com"], "must be an https:// address"),
]


def check(**env: str) -> starting.Ended:
    return starting.check(of_the_machine() | GOOD | env)


@pytest.mark.parametrize(
    ("name", "value", "line"), [(name, one, line) for name, values, line in WRONG for one in values]
)
def test_it_stops_the_start_with_one_line_that_does_not_show_it(name, value, line):
    done = check(**(SIGN_ON if name == "OIDC_ISSUER" else {}), **{name: value})
    assert (done.returncode, len(re.findall(r"copper\.E\d+", done.stderr))) == (1, 1)
    assert f"{name} {line}" in done.stderr
    assert "sk_test_SECRET" not in done.stderr


def test_quotes_in_a_file_of_a_secret_are_none_of_its_signs(tmp_path):
    (tmp_path / "key").write_text('"sk_test_SECRET"\n')
    done = check(COPPER_API_KEY="", COPPER_API_KEY_FILE=str(tmp_path / "key"))
    assert (done.returncode, "COPPER_API_KEY is in quotes." in done.stderr) == (1, True)


@pytest.mark.parametrize("value", ["3", "3.", "0.5", ".5", " 3 ", "03"])
def test_numbers_as_people_write_them_are_read(value):
    assert check(COPPER_CONNECT_TIMEOUT=value).returncode == 0


@pytest.mark.parametrize("url", ["redis://h", "redis://:pw@h:6379/3", "rediss://h/", "redis:///run/redis.sock"])
def test_a_redis_is_named_by_its_server_or_its_socket(url):
    assert check(CACHE_URL=url).returncode == 0


def test_origins_are_spelled_as_browsers_send_them():
    given = "HTTPS://Tickets.example.com:8443, https://*.example.com,http://[::1]:8000"
    with starting.settings_of(of_the_machine() | GOOD | {"CSRF_TRUSTED_ORIGINS": given}) as fresh:
        found = fresh.CSRF_TRUSTED_ORIGINS
    assert found == ["https://tickets.example.com:8443", "https://*.example.com", "http://[::1]:8000"]


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///", "sqlite://:memory:", "sqlite:///:memory:"])
def test_a_server_whose_database_is_in_memory_does_not_start(url):
    """Each process would have one of its own, without tables. Commands that keep nothing do with it."""
    assert check(DATABASE_URL=url).returncode == 0
    with starting.settings_of(of_the_machine() | GOOD | {"DATABASE_URL": url, "ALLOWED_HOSTS": "localhost"}):
        assert [line[:33] for line in checks.starting()] == ["DATABASE_URL is SQLite in memory:"]
