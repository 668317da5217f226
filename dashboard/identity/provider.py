"""What the single sign-on provider says of itself (OpenID Connect Discovery 1.0), asked for when it is first needed."""

import threading
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

import requests
from django.conf import settings

KEPT_SECONDS = 3600


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
    parts = urlsplit(url)
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


def _ask(issuer: str) -> Provider:
    url = issuer.rstrip("/") + "/.well-known/openid-configuration"
    try:
        answer = requests.get(url, timeout=settings.OIDC_TIMEOUT, allow_redirects=False)
        said = answer.json() if answer.status_code == 200 else None
    except (requests.RequestException, ValueError) as error:
        raise ProviderError(f"no answer from {url}: {type(error).__name__}") from error
    if not isinstance(said, dict) or said.get("issuer") != issuer:
        raise ProviderError(f"{url} does not describe the issuer {issuer}")
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
