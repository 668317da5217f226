"""System checks: a wrong or missing setting stops the start with one clear line, and never shows a secret."""

import re
from collections.abc import Iterator

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from dashboard.environment import IN_MEMORY, noted, problems
from tickets_app.copper.http.client import check_base_url, check_secret
from tickets_app.display import property_paths


@register()
def check_settings(**_: object) -> list[CheckMessage]:
    """Report what was wrong when the environment was read, and what contradicts itself."""
    found: list[CheckMessage] = [Error(problem, id="copper.E001") for problem in problems]
    found += [Error(problem, id="copper.E002") for problem in _copper()]
    found += [Error(problem, id="copper.E003") for problem in _site()]
    if settings.COPPER_API_KEY and not settings.COPPER_API_KEY.startswith(("sk_test_", "sk_live_")):
        found.append(Warning("COPPER_API_KEY begins neither with sk_test_ nor with sk_live_.", id="copper.W001"))
    return found


def _copper() -> Iterator[str]:
    if not settings.COPPER_API_KEY and not noted("COPPER_API_KEY"):
        yield "COPPER_API_KEY is not set. Set it to the account's secret key (sk_test_… or sk_live_…)."
    elif problem := check_secret(settings.COPPER_API_KEY):
        yield f"COPPER_API_KEY cannot be used: {problem}"
    if problem := check_secret(settings.COPPER_ACCOUNT):
        yield f"COPPER_ACCOUNT cannot be used: {problem}"
    if problem := check_base_url(settings.COPPER_API_URL):
        yield f"COPPER_API_URL cannot be used: {problem}"


_HOST = re.compile(r"(\*|\.?[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])")


def starting() -> Iterator[str]:
    """What commands, which answer nobody, do without; a server does not start (dashboard/wsgi.py)."""
    if not settings.ALLOWED_HOSTS:
        yield "ALLOWED_HOSTS is not set. Set it to the host name that people type, such as tickets.example.com."
    if settings.DATABASES["default"]["NAME"] == IN_MEMORY:
        yield "DATABASE_URL is SQLite in memory: nothing would be kept. Name a file, such as sqlite:///db.sqlite3, or PostgreSQL."


def _hosts() -> Iterator[str]:
    """What would be 400 on every page, said at the start."""
    for host in settings.ALLOWED_HOSTS:
        if not _HOST.fullmatch(host):
            yield (
                "ALLOWED_HOSTS holds something that is no host name. Write tickets.example.com, without https://, port and path."
            )
            return


def _site() -> Iterator[str]:
    yield from _hosts()
    if settings.DEBUG and settings.COPPER_API_KEY.startswith("sk_live_"):
        yield "DEBUG=true shows the insides of errors: use it with a test key only, not with a live one."
    loopback_only = set(settings.ALLOWED_HOSTS) <= {*settings.LOOPBACK_HOSTS, "testserver"}
    if not settings.LOGIN_REQUIRED and not loopback_only:
        yield "LOGIN_REQUIRED=false is for this machine alone: leave ALLOWED_HOSTS empty, or set LOGIN_REQUIRED=true."
    elif not settings.SERVED_OVER_HTTPS and not loopback_only:
        yield (
            "SERVED_OVER_HTTPS=false sends passwords in the clear and is for this machine alone: "
            "leave ALLOWED_HOSTS empty, or put a proxy with TLS in front."
        )
    for name in ("LIST_COLUMNS", "TICKET_SUMMARY"):
        if problem := _columns_problem(getattr(settings, name)):
            yield f"{name} cannot be used: {problem}"
    if problem := _token_problem(settings.METRICS_TOKEN):
        yield f"METRICS_TOKEN cannot be used: {problem}"


def _columns_problem(text: str) -> str | None:
    try:
        if text:
            property_paths.parse(text)
    except property_paths.BadPathError as error:
        return f"{error} Write names with commas between them, such as created,reference,total."
    return None


def _token_problem(token: str) -> str | None:
    if not token:
        return None
    if len(token) < 16:
        return "it is too short; take at least 16 characters that nobody can guess."
    return check_secret(token)
