"""Asking the single sign-on provider, and what it says of itself (OpenID Connect Discovery 1.0) when it is first needed."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import requests
from django.conf import settings

from tickets_app.copper.http.connections import attempt
from tickets_app.copper.http.deadline import Deadline
from tickets_app.copper.http.transport import Adapter

KEPT_SECONDS = 3600
AT_ONCE = 4  # requests to the provider: each holds a thread that pages need
SOON = 1.0  # seconds for which others wait for them: so long one takes where the provider is well


class ProviderError(Exception):
    """The provider cannot be used now. The message is for the log."""


@dataclass(frozen=True, slots=True)
class Provider:
    """Where the provider does what. `userinfo` is empty where it has none: the token then says everything."""

    authorization: str
    token: str
    jwks: str
    userinfo: str = ""


def is_safe_address(url: str) -> bool:
    """https, or plain http to this machine."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    loopback = parts.hostname in {"localhost", "127.0.0.1", "::1"}
    return (
        bool(parts.hostname)
        and not parts.username
        and (parts.scheme == "https" or (parts.scheme == "http" and loopback))
    )


_kept: dict[str, tuple[float, Provider]] = {}
_lock = threading.Lock()


def provider() -> Provider:
    """The provider of OIDC_ISSUER, as it described itself in the last hour. Raises ProviderError."""
    issuer = settings.OIDC_ISSUER
    with _lock:
        at, found = _kept.get(issuer, (0.0, None))
    if found is None or time.monotonic() - at > KEPT_SECONDS:
        found = _ask(issuer)
        with _lock:
            _kept[issuer] = (time.monotonic(), found)
    return found


def forget() -> None:
    """Ask again next time."""
    with _lock:
        _kept.clear()


class _Session(requests.Session):
    """Sends what it is told to, by the proxies and certificates of this machine, but never a password of its .netrc:

    requests would put one in the place of a bearer token, or beside the secret of the client.
    """

    def __init__(self) -> None:
        super().__init__()
        self.auth = lambda request: request  # without any, requests looks into .netrc
        for scheme in ("https://", "http://"):
            self.mount(scheme, Adapter(pool_connections=1, pool_maxsize=1))
        # OIDC_TIMEOUT is for all of it. requests' own begins anew with each byte, and so never ends where one comes now and then.
        attempt.deadline, attempt.silence = Deadline.after(settings.OIDC_TIMEOUT), settings.OIDC_TIMEOUT

    def rebuild_auth(self, prepared_request: requests.PreparedRequest, response: requests.Response) -> None:
        """After a redirect: what was told stays, unless it leads to another host."""
        if self.should_strip_auth(response.request.url, prepared_request.url):  # type: ignore[no-untyped-call]  # requests has none
            prepared_request.headers.pop("Authorization", None)


class _Turns:
    """Who asks the provider. Where it hangs nobody waits behind those few who do (docs/decisions/0095)."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._began: list[float] = []  # of the requests under way

    @contextmanager
    def one(self) -> Iterator[None]:
        """Make a request in here. Raises ProviderError where too many are under way for too long."""
        with self._changed:
            while len(self._began) >= AT_ONCE:
                soon = min(self._began) + SOON - time.monotonic()
                if soon <= 0:
                    raise ProviderError("it is slow, and others wait for it already")
                self._changed.wait(soon)
            began = time.monotonic()
            self._began.append(began)
        try:
            yield
        finally:
            with self._changed:
                self._began.remove(began)
                self._changed.notify()


_turns = _Turns()


def get(url: str, *, token: str = "", redirects: bool = True) -> requests.Response:
    """GET, with a bearer token where there is one. Raises what requests does, and ProviderError."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    with _turns.one(), _Session() as session:
        return _well(session.get(url, headers=headers, timeout=settings.OIDC_TIMEOUT, allow_redirects=redirects))


def post(url: str, form: dict[str, str]) -> requests.Response:
    """POST a form. Raises what requests does, and ProviderError."""
    with _turns.one(), _Session() as session:
        return _well(session.post(url, data=form, timeout=settings.OIDC_TIMEOUT))


def _well(answer: requests.Response) -> requests.Response:
    """The answer, unless the provider says with it that it cannot answer just now: that refuses nobody."""
    if answer.status_code == 429 or answer.status_code >= 500:
        raise ProviderError(f"{answer.url} answered with {answer.status_code}")
    return answer


def _ask(issuer: str) -> Provider:
    url = issuer.rstrip("/") + "/.well-known/openid-configuration"
    try:
        answer = get(url, redirects=False)
        said = answer.json() if answer.status_code == 200 else None
    except ValueError as error:
        raise ProviderError(f"what {url} answers is no JSON: is OIDC_ISSUER right?") from error
    except requests.RequestException as error:
        raise ProviderError(f"no answer from {url}: {type(error).__name__}") from error
    if not isinstance(said, dict):
        raise ProviderError(f"{url} describes nothing (status {answer.status_code}): is OIDC_ISSUER right?")
    if said.get("issuer") != issuer:  # to the letter (Discovery 1.0, 4.3); often it is the "/" at its end
        raise ProviderError(f"OIDC_ISSUER is {issuer}, but the provider there calls itself {said.get('issuer')!r:.200}")
    return Provider(
        authorization=_address(said, "authorization_endpoint"),
        token=_address(said, "token_endpoint"),
        jwks=_address(said, "jwks_uri"),
        userinfo=_address(said, "userinfo_endpoint") if said.get("userinfo_endpoint") else "",
    )


def _address(said: dict[str, object], name: str) -> str:
    url = said.get(name)
    if not isinstance(url, str) or not is_safe_address(url):
        raise ProviderError(f"{name} is not an https address")
    return url
