"""The pages over the sandbox, where people log in: notes have writers."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError, connection
from django.test import Client

from dashboard.identity.accounts import give_roles
from tests.dashboard.identity.conftest import apply
from tests.pages.conftest import clock, made, no_answers_kept, serve  # noqa: F401 - fixtures
from tickets_app.stores import clocks


@pytest.fixture
def browser(settings, db, monkeypatch) -> Callable[..., Client]:
    """Browsers of people with these roles."""
    apply(settings)
    monkeypatch.setattr(clocks, "FRESH", float("inf"))

    def enter(name: str, *roles: str, **options: object) -> Client:
        user = User.objects.filter(username=name).first() or User.objects.create_user(name)
        give_roles(user, list(roles))
        client = Client(**options)
        client.force_login(user, backend="dashboard.identity.backends.Accounts")
        return client

    return enter


@pytest.fixture
def anna(browser, serve) -> Client:  # noqa: F811 - the fixture
    """An analyst, before an account of three tickets."""
    serve([made(number) for number in range(3)])
    return browser("anna", "analyst")


def without_notes() -> AbstractContextManager[None]:
    """In here the database does not answer where it is asked for notes."""

    def refuse(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if "tickets_app_note" in sql:
            raise OperationalError("away")
        return execute(sql, *rest)

    return connection.execute_wrapper(refuse)
