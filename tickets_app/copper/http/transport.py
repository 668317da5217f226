"""One request sent and its answer read by the deadline, for client.py; what went wrong becomes a CopperError."""

import http.client
import ssl
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urlencode

import requests
import urllib3.exceptions
from requests.adapters import HTTPAdapter
from urllib3 import PoolManager

from tickets_app.copper.errors import CopperError, Kind
from tickets_app.copper.http.connections import HttpPool, HttpsPool, attempt
from tickets_app.copper.http.deadline import Deadline
from tickets_app.copper.http.unpacking import read_body

NO_HTTP = 0  # the status of what answered and did not speak HTTP
_USER_AGENT = "copper-tickets/0.1"


_POOLS = {"http": HttpPool, "https": HttpsPool}


class Adapter(HTTPAdapter):
    """Connections that keep the deadline of the attempt under way (connections.py), also those through a proxy.

    No retries of its own: they know neither our deadline nor a broken body (RELIABILITY.md, 0.1).
    """

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **kwargs: Any) -> None:
        """Called by requests, for what goes straight to the host."""
        self.poolmanager = PoolManager(num_pools=connections, maxsize=maxsize, block=block, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        """Called by requests, for what goes through a proxy of this machine."""
        manager = super().proxy_manager_for(proxy, **kwargs)
        manager.pool_classes_by_scheme = _POOLS
        return manager


class _Session(requests.Session):
    """Looks at no redirect: it is never followed, and an address that is none would raise what only requests knows."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Say that there is none."""


@dataclass(frozen=True, slots=True)
class Raw:
    """An HTTP answer as it came."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Transport:
    """Sends one GET and reads its answer by the deadline. Sends only what it is told: no proxies, .netrc or cookies."""

    def __init__(
        self,
        *,
        api_key: str,
        headers: Mapping[str, str],
        connect_timeout: float,
        silence: float,
        pool_size: int,
        ca_file: str | None,
    ) -> None:
        """`silence`: seconds without a byte; `ca_file`: certificates to trust instead of the public ones."""
        self._connect_timeout, self._silence = connect_timeout, silence
        self._session = session = _Session()
        session.trust_env = False
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        session.verify = ca_file or True
        # Prepared once, and copied for each request: preparing the same again was a fifth of what a request costs here.
        self._request = request = requests.PreparedRequest()
        request.prepare_method("GET")
        request.prepare_headers(
            {"Accept": "application/json", "Accept-Encoding": "gzip", "User-Agent": _USER_AGENT, **headers}
        )
        request.prepare_auth((api_key, ""), "https://")
        request.prepare_cookies(session.cookies)
        request.prepare_hooks(None)
        for scheme in ("https://", "http://"):
            session.mount(scheme, Adapter(pool_connections=1, pool_maxsize=pool_size, max_retries=0))

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def exchange(
        self, url: str, params: Sequence[tuple[str, str]], deadline: Deadline, headers: Mapping[str, str] | None = None
    ) -> Raw:
        """Give the whole answer, whatever its status; never follows a redirect. Raises CopperError.

        `headers` are sent on top of those that every request has.
        """
        for reuse in (True, False):
            try:
                return self._exchange(url, params, deadline, headers)
            except _TRANSPORT_ERRORS as error:
                # Copper closed a kept connection while it was idle: that says nothing, so it is asked again at once.
                if reuse and attempt.reused and _closed_without_answer(error) and not deadline.passed:
                    continue
                # No cause is kept: its text holds the URL, and so the search text.
                raise _failure(error) from None
        raise AssertionError("the second exchange returns or raises")

    def _exchange(
        self, url: str, params: Sequence[tuple[str, str]], deadline: Deadline, headers: Mapping[str, str] | None
    ) -> Raw:
        attempt.deadline, attempt.silence, attempt.reused = deadline, self._silence, False
        remaining = deadline.remaining()
        if remaining <= 0:
            raise CopperError(Kind.TIMEOUT, "the deadline passed before the request", attempts=0)
        timeouts = (min(self._connect_timeout, remaining), min(self._silence, remaining))
        request = self._request.copy()
        request.prepare_url(f"{url}?{urlencode(params)}" if params else url, None)
        request.headers.update(headers or {})
        response = self._session.send(request, timeout=timeouts, stream=True, allow_redirects=False, proxies={})
        attempt.reused = False
        whole = False
        try:
            body, whole = read_body(response, deadline)
        finally:
            if not whole:
                response.close()  # a connection with an unread rest cannot serve another request
        return Raw(response.status_code, response.headers, body)


_TRANSPORT_ERRORS = (
    requests.RequestException,
    urllib3.exceptions.HTTPError,
    http.client.HTTPException,
    OSError,
    zlib.error,
)
_TIMEOUTS = (TimeoutError, urllib3.exceptions.ReadTimeoutError, requests.ReadTimeout)  # of the system, or of a library
_BROKEN_TLS = (ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and all that it wraps: a time-out does not look like one from outside (RELIABILITY.md, 0.2)."""
    waiting, seen = [error], set[int]()
    while waiting:
        found = waiting.pop()
        if id(found) in seen:
            continue
        seen.add(id(found))
        yield found
        inner = [found.__cause__, found.__context__, getattr(found, "reason", None), *found.args]
        waiting += [one for one in inner if isinstance(one, BaseException)]


def _failure(error: BaseException) -> CopperError:
    causes = list(_causes(error))
    name = type(causes[-1]).__name__
    if any(isinstance(one, ssl.SSLError | urllib3.exceptions.SSLError) for one in causes) and not any(
        isinstance(one, _BROKEN_TLS) for one in causes
    ):
        return CopperError(Kind.CERTIFICATE, name)
    if any(isinstance(one, _TIMEOUTS) for one in causes):  # a refused connection also is a ConnectTimeout to requests
        return CopperError(Kind.TIMEOUT, name)
    if any(isinstance(one, urllib3.exceptions.DecodeError | zlib.error) for one in causes):
        return CopperError(Kind.UNREADABLE, name)
    if any(_is_malformed(one) for one in causes):
        return CopperError(Kind.UNREADABLE, f"not HTTP ({name})", status=NO_HTTP)
    return CopperError(Kind.UNREACHABLE, name)


def _is_malformed(error: BaseException) -> bool:
    """Whether the answer was no HTTP: too many or too long headers, a status line that is none. Asking again is useless."""
    if isinstance(error, http.client.RemoteDisconnected | http.client.IncompleteRead):
        return False
    return isinstance(error, http.client.HTTPException) and not isinstance(error, urllib3.exceptions.HTTPError)


def _closed_without_answer(error: BaseException) -> bool:
    return any(
        isinstance(one, http.client.RemoteDisconnected | ConnectionResetError | BrokenPipeError)
        for one in _causes(error)
    )
