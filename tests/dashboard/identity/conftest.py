"""The site as it is with LOGIN_REQUIRED=true: the settings of a real start, with users in the database."""

import importlib.util
import os
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from django.contrib.auth.models import User
from django.test import Client

from dashboard.identity.accounts import give_roles
from dashboard.identity.throttle import hashes, hashes_of_known_browsers
from tests.pages.conftest import no_answers_kept, pages, serve  # noqa: F401 - fixtures

PROJECT = Path(__file__).parents[3]
HERE = "/password/changed/"  # for everybody who is logged in
PASSWORD = "correct horse battery"
KEPT = {"DATABASES", "CACHES", "SECRET_KEY", "STATIC_ROOT", "ALLOWED_HOSTS", "COPPER_API_URL", "PASSWORD_HASHERS"}


def start_settings(**environment: str) -> ModuleType:
    """dashboard/settings.py, run once more with another environment, as a start would."""
    before = dict(os.environ)
    os.environ |= environment
    try:
        spec = importlib.util.spec_from_file_location(
            "settings_of_another_start", PROJECT / "dashboard" / "settings.py"
        )
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module
    finally:
        os.environ.clear()
        os.environ |= before


def apply(settings: object, **environment: str) -> None:
    """Put the settings of a start with that environment in force."""
    # The test client and the live server speak plain http.
    fresh = start_settings(LOGIN_REQUIRED="true", SERVED_OVER_HTTPS="false", **environment)
    for name in dir(fresh):
        if name.isupper() and name not in KEPT and getattr(settings, name, None) != getattr(fresh, name):
            setattr(settings, name, getattr(fresh, name))


@pytest.fixture(autouse=True)
def login_required(settings: object, monkeypatch: pytest.MonkeyPatch) -> None:
    apply(settings)
    for cap in (hashes, hashes_of_known_browsers):
        # It does not fill meanwhile, however long a test takes.
        monkeypatch.setattr(cap, "_clock", lambda cap=cap: cap._at)
    settings.LOGIN_HASHES_PER_SECOND = 1000.0


@pytest.fixture
def at_full_strength(settings: object) -> None:
    """Passwords are hashed as on the site."""
    settings.PASSWORD_HASHERS = start_settings().PASSWORD_HASHERS


@pytest.fixture
def person(db: None) -> Callable[..., User]:
    """Makes a user with these roles."""

    def make(name: str = "anna", *roles: str, password: str = PASSWORD, **properties: object) -> User:
        user = User.objects.create_user(name, password=password, **properties)
        give_roles(user, roles)
        return user

    return make


@pytest.fixture
def logged_in(person: Callable[..., User]) -> Callable[..., Client]:
    """A browser in which a person with these roles is logged in, by the form."""

    def enter(name: str = "anna", *roles: str) -> Client:
        person(name, *roles)
        client = Client()
        assert log_in(client, name).status_code == 302
        return client

    return enter


def log_in(client: Client, name: str = "anna", password: str = PASSWORD, **more: object):
    headers = more.pop("headers", None)
    address = more.pop("address", "127.0.0.1")
    return client.post(
        "/login/", {"username": name, "password": password, **more}, headers=headers, REMOTE_ADDR=address
    )


@pytest.fixture
def proxy(settings, db):
    apply(settings, REMOTE_USER_HEADER="X-Remote-User", TRUSTED_PROXIES="10.0.0.1,10.1.0.0/16")


@pytest.fixture
def proxy_with_groups(settings, db):
    apply(
        settings,
        REMOTE_USER_HEADER="X-Remote-User",
        TRUSTED_PROXIES="10.0.0.1",
        REMOTE_GROUPS_HEADER="X-Remote-Groups",
        REMOTE_GROUPS="ops=viewer,leads=admin",
    )


def wsgi(text: str) -> str:
    """Text as a server hands it over that got it as UTF-8 (PEP 3333)."""
    return text.encode().decode("latin-1")


def through(
    client: Client, name: str | None = "anna", *, groups: str | None = None, path: str = HERE, address: str = "10.0.0.1"
):
    headers = {"X-Remote-User": name, "X-Remote-Groups": groups}
    given = {header: value for header, value in headers.items() if value is not None}
    return client.get(path, headers=given, REMOTE_ADDR=address)
