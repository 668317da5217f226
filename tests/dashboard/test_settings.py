"""A wrong or missing setting stops the start with one clear line (DESIGN.md, "Settings")."""

import os
import re
import subprocess
import sys

import pytest

from dashboard import environment
from tests.dashboard import starting
from tests.dashboard.starting import Ended
from tests.processes import PATIENCE
from tests.run_folder import PROJECT, of_the_machine

GOOD = {
    "COPPER_API_KEY": "sk_test_SECRET",
    "SECRET_KEY": "long and random",
    "ENV_FILE": os.devnull,
}
PROXY = {"REMOTE_USER_HEADER": "X-Remote-User", "TRUSTED_PROXIES": "10.0.0.1"}
SIGN_ON = {
    "OIDC_ISSUER": "https://idp.example.com",
    "OIDC_CLIENT_ID": "tickets",
    "OIDC_CLIENT_SECRET": "sk_test_SECRET",
    "OIDC_GROUPS": "ops=viewer,leads=admin",
}


def start(*command: str, **env: str) -> subprocess.CompletedProcess[str]:
    """For real."""
    whole = of_the_machine() | GOOD | env
    return subprocess.run(
        [sys.executable, *command], env=whole, cwd=PROJECT, capture_output=True, text=True, timeout=PATIENCE
    )


def check(*options: str, **env: str) -> starting.Ended:
    """`manage.py check` without a process for it; that a process says the same is a test of its own."""
    return starting.check(of_the_machine() | GOOD | env, *options)


WRONG = [
    ({"COPPER_API_KEY": ""}, "COPPER_API_KEY is not set"),
    ({"COPPER_API_KEY": "sk_test_SECRET\tX"}, "COPPER_API_KEY cannot be used"),
    ({"COPPER_API_URL": "http://api.usecopper.com/v1"}, "COPPER_API_URL cannot be used: it must begin with https://"),
    ({"COPPER_API_URL": "https://sk_test_SECRET@api.usecopper.com"}, "COPPER_API_URL cannot be used"),
    ({"COPPER_ACCOUNT": "acct\r\nX: y"}, "COPPER_ACCOUNT cannot be used"),
    ({"COPPER_CONNECT_TIMEOUT": "soon"}, "COPPER_CONNECT_TIMEOUT must be a number from 0.1 to 60"),
    ({"COPPER_READ_TIMEOUT": "0"}, "COPPER_READ_TIMEOUT must be a number"),
    ({"COPPER_MAX_CONCURRENCY": "2.5"}, "COPPER_MAX_CONCURRENCY must be a whole number from 1 to 64"),
    ({"LONG_ANSWERS": "0"}, "LONG_ANSWERS must be a whole number from 1 to 64"),
    ({"COPPER_CACHE_SECONDS": "-1"}, "COPPER_CACHE_SECONDS must be a number"),
    ({"SEARCH_TIME_BUDGET": "nan"}, "SEARCH_TIME_BUDGET must be a number"),
    ({"LIST_COLUMNS": "created,,total"}, "LIST_COLUMNS cannot be used: A column has no name"),
    ({"TICKET_SUMMARY": "status,,total"}, "TICKET_SUMMARY cannot be used: A column has no name"),
    ({"LIST_COLUMNS": "total,total"}, "LIST_COLUMNS cannot be used: The column “total” is named more than once."),
    ({"SEARCH_DEFAULT_DAYS": "0"}, "SEARCH_DEFAULT_DAYS must be a whole number"),
    ({"LOGIN_REQUIRED": "maybe"}, "LOGIN_REQUIRED must be true or false"),
    ({"DEBUG": "2"}, "DEBUG must be true or false"),
    ({"SECRET_KEY": ""}, "SECRET_KEY is not set"),
    ({"DEBUG": "true", "COPPER_API_KEY": "sk_live_SECRET"}, "DEBUG=true shows the insides of errors"),
    (
        {"LOGIN_REQUIRED": "false", "ALLOWED_HOSTS": "tickets.example.com"},
        "LOGIN_REQUIRED=false is for this machine alone",
    ),
    ({"AUDIT_SEARCH_TEXT": "some"}, "AUDIT_SEARCH_TEXT must be true or false"),
    ({"AUDIT_RETENTION_DAYS": "-1"}, "AUDIT_RETENTION_DAYS must be a whole number from 0 to 3650"),
    ({"METRICS_TOKEN": "sk_test_SECRET"}, "METRICS_TOKEN cannot be used: it is too short"),
    ({"METRICS_TOKEN": "sk_test_SECRET and more"}, "METRICS_TOKEN cannot be used: it holds a space"),
    ({"LOG_LEVEL": "loud"}, "LOG_LEVEL must be one of INFO, DEBUG, WARNING, ERROR"),
    ({"SESSION_IDLE_MINUTES": "0"}, "SESSION_IDLE_MINUTES must be a whole number from 1 to 1440"),
    ({"SESSION_MAX_HOURS": "1.5"}, "SESSION_MAX_HOURS must be a whole number from 1 to 720"),
    ({"LOGIN_HASHES_PER_SECOND": "0"}, "LOGIN_HASHES_PER_SECOND must be a number from 0.1 to 1000"),
    ({"TRUSTED_PROXIES": "10.0.0.1/8"}, "TRUSTED_PROXIES must be addresses or networks"),
    ({"REMOTE_USER_HEADER": "X-Remote-User"}, "REMOTE_USER_HEADER is set: TRUSTED_PROXIES must list the proxies"),
    ({**PROXY, "REMOTE_USER_HEADER": "X Remote User"}, "REMOTE_USER_HEADER must be the name of a header"),
    ({"REMOTE_GROUPS_HEADER": "X-Groups", "REMOTE_GROUPS": "a=viewer"}, "REMOTE_GROUPS_HEADER is set: it is read"),
    ({**PROXY, "REMOTE_GROUPS_HEADER": "X-Groups"}, "REMOTE_GROUPS_HEADER and REMOTE_GROUPS"),
    ({**PROXY, "REMOTE_GROUPS": "ops=viewer"}, "REMOTE_GROUPS_HEADER and REMOTE_GROUPS"),
    (
        {**PROXY, "REMOTE_GROUPS_HEADER": "X-Groups", "REMOTE_GROUPS": "ops=boss"},
        "REMOTE_GROUPS must be groups and their",
    ),
    ({**SIGN_ON, "OIDC_ISSUER": ""}, "OIDC_ISSUER is not set, but other settings"),
    ({**SIGN_ON, "OIDC_ISSUER": "http://idp.example.com"}, "OIDC_ISSUER must be an https:// address"),
    ({**SIGN_ON, "OIDC_CLIENT_ID": ""}, "OIDC_CLIENT_ID and OIDC_CLIENT_SECRET are needed too"),
    ({**SIGN_ON, "OIDC_CLIENT_SECRET": ""}, "OIDC_CLIENT_ID and OIDC_CLIENT_SECRET are needed too"),
    ({**SIGN_ON, "OIDC_GROUPS": ""}, "without OIDC_GROUPS (such as ops=viewer,leads=admin) nobody could enter"),
    ({**SIGN_ON, "OIDC_GROUPS": "ops=boss"}, "OIDC_GROUPS must be groups and their roles"),
    ({**SIGN_ON, "OIDC_SCOPES": "email"}, "OIDC_SCOPES must contain openid"),
    (
        {"SERVED_OVER_HTTPS": "false", "ALLOWED_HOSTS": "tickets.example.com"},
        "SERVED_OVER_HTTPS=false sends passwords in the clear",
    ),
    ({"SERVED_OVER_HTTPS": "https"}, "SERVED_OVER_HTTPS must be true or false"),
    ({"HSTS_SECONDS": "-1"}, "HSTS_SECONDS must be a whole number"),
    ({"TRUSTED_PROXIES": "proxy.example.com"}, "TRUSTED_PROXIES must be addresses or networks"),
    ({"TRUSTED_PROXIES": "10.0.0.1,0.0.0.0/0"}, "TRUSTED_PROXIES must be addresses or networks"),
    ({"TIME_ZONE": "Mars/Base"}, "TIME_ZONE must be a time zone"),
    ({"ALLOWED_HOSTS": "https://tickets.example.com"}, "ALLOWED_HOSTS holds something that is no host name"),
    ({"ALLOWED_HOSTS": "a.example.com,tickets.example.com:8000"}, "ALLOWED_HOSTS holds something"),
    ({"ALLOWED_HOSTS": "tickets.example.com/tickets"}, "ALLOWED_HOSTS holds something"),
    ({"COPPER_MAX_PAUSE": "0"}, "COPPER_MAX_PAUSE must be a number from 1 to 3600"),
    ({"DATABASE_TIMEOUT": "0"}, "DATABASE_TIMEOUT must be a number from 0.5 to 60"),
    ({"DATABASE_CONNECT_TIMEOUT": "1"}, "DATABASE_CONNECT_TIMEOUT must be a whole number from 2 to 60"),
    ({"AUDIT_REQUIRED": "perhaps"}, "AUDIT_REQUIRED must be true or false"),
    ({"DATABASE_URL": "what://ever"}, "DATABASE_URL must be a database URL"),
    ({"DATABASE_URL": "nonsense"}, "DATABASE_URL must be a database URL"),
    ({"DATABASE_URL": "mysql://u:p@h/x"}, "DATABASE_URL must be a database URL"),
    ({"DATABASE_URL": "postgres://"}, "DATABASE_URL must be a database URL"),
    ({"DATABASE_URL": "postgres://u:sk_test_SECRET@h/x?ssl_mode=require"}, "DATABASE_URL must be a database URL"),
    ({"CACHE_URL": "what://ever"}, "CACHE_URL must be a cache URL"),
    ({"CACHE_URL": "redis://127.0.0.1:99999/0"}, "CACHE_URL must be a cache URL"),
    ({"CACHE_URL": "redis://127.0.0.1:6379/abc"}, "CACHE_URL must be a cache URL"),
    ({"CACHE_URL": "memcache://127.0.0.1:11211"}, "CACHE_URL must be a cache URL"),
    ({"CSRF_TRUSTED_ORIGINS": "tickets.example.com"}, "CSRF_TRUSTED_ORIGINS must be origins"),
    (
        {"TRUSTED_PROXIES_FILE": "/nowhere", "REMOTE_USER_HEADER": "X-User"},
        "TRUSTED_PROXIES_FILE names a file that is not",
    ),
    ({"OIDC_ISSUER_FILE": "/nowhere", "OIDC_CLIENT_ID": "x"}, "OIDC_ISSUER_FILE names a file that is not"),
]


@pytest.mark.parametrize(("env", "line"), WRONG, ids=[line for _, line in WRONG])
def test_a_wrong_setting_stops_the_start_with_one_clear_line(env, line):
    done = check(**env)
    assert done.returncode != 0
    assert len(re.findall(r"copper\.E\d+", done.stderr)) == 1
    assert line in done.stderr
    assert "Traceback" not in done.stderr
    assert "SECRET\t" not in done.stderr
    assert "sk_test_SECRET" not in done.stderr + done.stdout
    assert "sk_live_SECRET" not in done.stderr + done.stdout


ONE_OF_EACH_KIND = {
    "read": {"COPPER_CONNECT_TIMEOUT": "soon"},
    "read from a file": {"COPPER_API_KEY": "", "COPPER_API_KEY_FILE": "/sk_live_SECRET"},
    "Copper": {"COPPER_API_KEY": "sk_test_SECRET\tX"},
    "the site": {"DEBUG": "true", "COPPER_API_KEY": "sk_live_SECRET"},
    "ways in": {**SIGN_ON, "OIDC_GROUPS": ""},
    "a warning": {"COPPER_API_KEY": "of another kind"},
}


@pytest.mark.parametrize("kind", ONE_OF_EACH_KIND)
def test_a_process_says_and_does_the_same_as_the_check_in_ours(kind):
    env = ONE_OF_EACH_KIND[kind]
    done = start("manage.py", "check", **env)
    assert Ended(done.returncode, done.stdout, done.stderr) == check(**env)
    assert re.search(r"copper\.[EW]00\d", done.stderr)


@pytest.mark.parametrize("env", [{}, SIGN_ON, PROXY, {**SIGN_ON, **PROXY}])
def test_right_settings_pass_and_no_provider_is_asked_at_the_start(env):
    done = check(**env)
    assert (done.returncode, done.stderr) == (0, "")


SECRET_FILES = ["COPPER_API_KEY", "SECRET_KEY", "DATABASE_URL", "CACHE_URL"]


@pytest.mark.parametrize("name", SECRET_FILES)
def test_a_setting_can_come_from_a_file_whose_last_newline_does_not_count(tmp_path, name):
    held = {"DATABASE_URL": "postgres://u:p@db/tickets", "CACHE_URL": "redis://cache:6379/0"}.get(name, "sk_test_$X")
    (tmp_path / "secret").write_text(f"{held}\n")
    given = {name: "", f"{name}_FILE": str(tmp_path / "secret")}
    with starting.settings_of(of_the_machine() | GOOD | given):
        assert environment.text(name) == held
    assert check(**given).returncode == 0


BAD_FILES = {
    "missing": (None, "names a file that is not there"),
    "a folder": ("folder", "names a file that is not there or cannot be read"),
    "empty": (b" \n", "names a file that is empty"),
    "no text": (b"\xff\xfesk_live_SECRET", "cannot be read as text"),
    "endless": (b"sk_live_SECRET" * 10_000, "far too long"),
}


@pytest.mark.parametrize("name", SECRET_FILES)
@pytest.mark.parametrize("bad", BAD_FILES)
def test_a_secret_file_that_is_no_good_stops_the_start_and_shows_nothing(tmp_path, name, bad):
    content, line = BAD_FILES[bad]
    file = tmp_path / "sk_live_SECRET"  # people put the secret itself where the file's name belongs
    if content == "folder":
        file.mkdir()
    elif content is not None:
        file.write_bytes(content)
    assert_stopped(check(**{name: "", f"{name}_FILE": str(file)}), f"{name}_FILE {line}", line)


@pytest.mark.parametrize("name", SECRET_FILES)
def test_a_setting_given_twice_stops_the_start(tmp_path, name):
    (tmp_path / "secret").write_text("sk_live_SECRET")
    given = {name: "sk_live_SECRET", f"{name}_FILE": str(tmp_path / "secret")}
    assert_stopped(check(**given), f"{name} and {name}_FILE are both set")


def test_an_inner_newline_in_the_key_file_stops_the_start(tmp_path):
    (tmp_path / "secret").write_text("sk_live_SECRET\nsk_test_SECRET\n")
    given = {"COPPER_API_KEY": "", "COPPER_API_KEY_FILE": str(tmp_path / "secret")}
    assert_stopped(check(**given), "COPPER_API_KEY cannot be used")


def assert_stopped(done: Ended, *words: str) -> None:
    assert done.returncode != 0
    assert len(re.findall(r"copper\.E\d+", done.stderr)) == 1
    assert any(word in done.stderr for word in words)
    assert "Traceback" not in done.stderr
    assert "SECRET" not in re.sub(r"SECRET_KEY", "", done.stderr + done.stdout)


STRICTLY = ("--deploy", "--fail-level", "WARNING")
PRODUCTION = {
    "ALLOWED_HOSTS": "tickets.example.com",
    "SECRET_KEY": "long-and-random-" * 4,
    "COPPER_API_KEY": "sk_live_X",
}


@pytest.mark.parametrize("more", [{}, {"HSTS_SECONDS": "0"}], ids=["as it comes", "first trial"])
def test_djangos_deployment_checks_find_nothing_with_production_settings(more):
    done = check(*STRICTLY, **PRODUCTION, **more)
    assert (done.returncode, done.stderr) == (0, "")


def test_djangos_deployment_checks_find_a_weak_secret_key():
    weak = PRODUCTION | {"SECRET_KEY": "short"}
    done = start("manage.py", "check", *STRICTLY, **weak)
    assert "security.W009" in done.stderr
    assert Ended(done.returncode, done.stdout, done.stderr) == check(*STRICTLY, **weak)


def test_with_tls_the_cookies_are_for_this_host_alone_and_without_it_they_work_on_this_machine():
    def found(**env: str) -> list[object]:
        names = ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS")
        with starting.settings_of(of_the_machine() | GOOD | env) as fresh:
            return [getattr(fresh, "SESSION_COOKIE_NAME", ""), *(getattr(fresh, name) for name in names)]

    assert found() == ["__Host-sessionid", True, True, True, 31_536_000]
    assert found(SERVED_OVER_HTTPS="false") == ["", False, False, False, 0]
    assert found(LOGIN_REQUIRED="false") == ["", False, False, False, 0]


def test_right_settings_pass():
    assert start("manage.py", "check").returncode == 0


@pytest.mark.parametrize(
    "entry", [("-c", "import dashboard.wsgi"), ("-m", "gunicorn", "dashboard.wsgi")], ids=["wsgi", "gunicorn"]
)
def test_the_server_does_not_start_either(entry):
    done = start(*entry, COPPER_API_KEY="", PORT="0")
    assert done.returncode != 0
    assert "COPPER_API_KEY is not set" in done.stderr + done.stdout
    assert "Traceback" not in done.stderr + done.stdout


def test_the_defaults_are_those_of_the_contract():
    names = (
        "COPPER_API_URL COPPER_CONNECT_TIMEOUT COPPER_READ_TIMEOUT COPPER_MAX_CONCURRENCY COPPER_CACHE_SECONDS "
        "SEARCH_TIME_BUDGET SEARCH_DEFAULT_DAYS LOGIN_REQUIRED DEBUG ALLOWED_HOSTS TIME_ZONE "
        "SESSION_IDLE_MINUTES SESSION_MAX_HOURS COPPER_MAX_PAUSE STALE_MINUTES DATABASE_CONNECT_TIMEOUT DATABASE_TIMEOUT"
    )
    with starting.settings_of(of_the_machine() | GOOD) as fresh:
        found = " ".join(str(getattr(fresh, name)) for name in names.split())
    assert found == "https://api.usecopper.com/v1 3 15 8 15 2.0 30 True False [] UTC 60 12 120 60 2 2"


@pytest.mark.parametrize(("given", "refused"), [({}, True), ({"LOGIN_REQUIRED": "false"}, False)])
def test_where_people_log_in_no_page_comes_that_is_not_recorded_unless_it_is_said_otherwise(given, refused):
    for said, found in (({}, refused), ({"AUDIT_REQUIRED": "true"}, True), ({"AUDIT_REQUIRED": "false"}, False)):
        with starting.settings_of(of_the_machine() | GOOD | given | said) as fresh:
            assert fresh.AUDIT_REQUIRED is found


@pytest.mark.parametrize(("given", "seconds"), [({}, 2), ({"DATABASE_CONNECT_TIMEOUT": "7"}, 7)])
def test_postgresql_is_connected_to_for_as_long_as_the_setting_says(given, seconds):
    with starting.settings_of(of_the_machine() | GOOD | {"DATABASE_URL": "postgres://u@db/tickets"} | given) as fresh:
        assert fresh.DATABASES["default"]["OPTIONS"]["connect_timeout"] == seconds


def test_a_server_without_host_names_does_not_start_and_says_so_in_one_line():
    """Each of its pages would be 400. Commands, which answer nobody, do without."""
    done = start("-c", "import dashboard.wsgi", ALLOWED_HOSTS="")
    assert (done.returncode, done.stderr.splitlines()[-1][:24]) == (3, "ALLOWED_HOSTS is not set")
    assert "Traceback" not in done.stderr
    assert check(ALLOWED_HOSTS="").returncode == 0
