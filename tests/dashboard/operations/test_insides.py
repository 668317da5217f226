"""DEBUG=true shows the insides of an error, and none of the secrets that stand in them."""

import base64
from urllib.parse import quote

import pytest
from django.contrib.auth.models import User
from django.test import Client

from dashboard.operations.insides import without_secrets
from tests.dashboard.operations.conftest import TICKETS
from tickets_app.copper.http.transport import Transport
from tickets_app.gateway import shared

SECRETS = {
    "COPPER_API_KEY": "sk_test_INSIDE1",
    "SECRET_KEY": "the&'secret INSIDE2",
    "OIDC_CLIENT_SECRET": "INSIDE3<b>",
    "METRICS_TOKEN": "INSIDE4",
}
OF_REDIS, OF_DATABASE = "IN/SIDE@5", "INSIDE%6'"


@pytest.fixture
def broken(serve, settings, monkeypatch, db) -> Client:
    """The browser of somebody whose every page fails, deep inside, where the key is at hand."""
    serve(TICKETS)
    settings.DEBUG = True
    for name, secret in SECRETS.items():
        setattr(settings, name, secret)
    redis = f"redis://:{quote(OF_REDIS, safe='')}@127.0.0.1:9/0"
    settings.CACHES = {**settings.CACHES, "further": {"BACKEND": "tests.NoCache", "LOCATION": [redis]}}
    monkeypatch.setitem(settings.DATABASES["default"], "PASSWORD", OF_DATABASE)
    shared.forget()
    send = Transport._exchange

    def fail(self, url, *asked):
        if not url.endswith("/tickets"):
            return send(self, url, *asked)  # the names of locations, for which a thread asks
        sent, conninfo = dict(self._request.headers), f"dbname=x password={OF_DATABASE}"
        raise RuntimeError(f"nobody thought of this ({conninfo}, {redis})" if sent else "")

    monkeypatch.setattr(Transport, "_exchange", fail)
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.create_superuser("ada"))
    return client


@pytest.mark.parametrize("accepted", ["text/html", "text/plain"])
def test_no_secret_is_on_it(broken, accepted):
    url = "postgres://bob:other@host/x"  # where a server hands its environment on with each request
    response = broken.get("/tickets/", headers={"accept": accepted}, DATABASE_URL=url)
    page = response.content.decode()
    assert response.status_code == 500
    assert "nobody thought of this" in page
    assert "Basic [removed]" in page or accepted == "text/plain"
    assert "INSIDE" not in page
    assert "IN/SIDE" not in page
    assert quote(OF_REDIS, safe="") not in page
    assert base64.b64encode(b"sk_test_INSIDE1:").decode() not in page
    assert "bob:other" not in page


def test_a_secret_is_removed_as_an_address_spells_it_too(settings):
    settings.METRICS_TOKEN = "a/token&of=letters"
    assert without_secrets(f"/x?token={quote(settings.METRICS_TOKEN, safe='')}&b=1") == "/x?token=[removed]&b=1"


def test_what_is_no_secret_stays(settings):
    settings.SECRET_KEY, settings.METRICS_TOKEN, settings.OIDC_CLIENT_SECRET = (
        "see",
        "",
        "",
    )  # too short to be told from words
    text = "see http://127.0.0.1:8000/tickets/ <a href='https://example.com/a'>it</a>, mail a@example.com"
    assert without_secrets(text) == text
