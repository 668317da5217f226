"""An OpenID Connect provider in a process of its own, the site set up for it, and a person's way there and back."""

import json
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from urllib.parse import quote, urlsplit

import pytest
from django.http import HttpResponse
from django.test import Client

from dashboard.identity import provider as discovery
from tests.dashboard.identity.conftest import PROJECT, apply
from tests.dashboard.identity.single_sign_on.oidc_provider import CLIENT
from tests.processes import PATIENCE, started


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


class Remote:
    """The provider, as a test speaks to it."""

    def __init__(self, url: str) -> None:
        self.url = url

    def script(self, **lies: object) -> None:
        """From now on tell these lies; without any, be honest."""
        urllib.request.urlopen(f"{self.url}/script", json.dumps(lies).encode(), timeout=PATIENCE).close()

    def refused(self) -> list[str]:
        """What it refused since the last script."""
        with urllib.request.urlopen(f"{self.url}/log", timeout=PATIENCE) as answer:
            return json.load(answer)

    def log_in_there(self, url: str) -> str:
        """What a browser does at the provider: the address it is sent back to."""
        try:
            urllib.request.build_opener(NoRedirect).open(url, timeout=PATIENCE).close()
        except urllib.error.HTTPError as answer:
            with answer:
                assert answer.code == 302, answer.read()
                return answer.headers["Location"]
        raise AssertionError("not sent back")


@pytest.fixture(scope="module")
def process() -> Iterator[str]:
    command = [sys.executable, "-m", "tests.dashboard.identity.single_sign_on.oidc_provider"]
    with started(command, cwd=PROJECT, stdout=subprocess.PIPE) as running:
        yield running.stdout.readline().strip()


@pytest.fixture
def remote(process: str, settings: object, db: None) -> Iterator[Remote]:
    sign_on = {"OIDC_CLIENT_ID": CLIENT[0], "OIDC_CLIENT_SECRET": CLIENT[1]}
    apply(settings, OIDC_ISSUER=process, OIDC_GROUPS="ops=viewer,leads=admin", **sign_on)
    discovery.forget()
    found = Remote(process)
    found.script()
    yield found
    discovery.forget()


def sign_on(client: Client, remote: Remote, next_: str = "") -> HttpResponse:
    """Press the button, log in at the provider, come back."""
    start = client.get(f"/login/sso/?next={quote(next_)}")
    assert start.status_code == 302, start.content.decode()
    return come_back(client, remote.log_in_there(start["Location"]))


def come_back(client: Client, url: str) -> HttpResponse:
    parts = urlsplit(url)
    assert (parts.netloc, parts.path) == ("testserver", "/login/sso/callback/")
    return client.get(f"{parts.path}?{parts.query}")


def is_in(client: Client) -> bool:
    return client.get("/password/changed/").status_code == 200
