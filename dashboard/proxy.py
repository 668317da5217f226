"""What a proxy says about a request (X-Forwarded-…) is believed from the addresses in TRUSTED_PROXIES, and from nobody else."""

import re
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponse

_SAID_BY_PROXIES = ("HTTP_X_FORWARDED_", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_X_ORIGINAL_", "HTTP_X_REWRITE_")
# An address of a chain as proxies write it: alone, with the port it came from, IPv6 then in brackets, or all of it quoted.
_HOP = re.compile(r'"?(?:\[(?P<six>[^\[\]]+)\](?::\d*)?|(?P<four>\d+(?:\.\d+){3})(?::\d*)?|(?P<bare>[^"\[\]]+))"?')


class TrustedProxy:
    """Drops forged forwarding headers; behind a trusted proxy, REMOTE_ADDR becomes the address of the person."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Put the request right before anything else reads it."""
        peer = request.META.get("REMOTE_ADDR", "")
        # Whether anybody between says so, believed or not: this machine's own proxy is no client on this machine.
        request.forwarded = any(name.startswith(_SAID_BY_PROXIES) for name in request.META)  # type: ignore[attr-defined] # for /metrics
        request.connected_from = peer  # type: ignore[attr-defined] # the other end of the connection, for whom a header names people
        if trusted(peer):
            request.META["REMOTE_ADDR"] = _person(peer, request.META.get("HTTP_X_FORWARDED_FOR", ""))
            if said := _scheme(request.META.get("HTTP_X_FORWARDED_PROTO", "")):
                request.META["HTTP_X_FORWARDED_PROTO"] = said
        else:
            for name in [name for name in request.META if name.startswith(_SAID_BY_PROXIES)]:
                del request.META[name]
        return self.get_response(request)


def trusted(address: str) -> bool:
    """Whether this is the address of a proxy of ours."""
    try:
        found = _address(address)
    except ValueError:
        return False
    return any(found in network for network in settings.TRUSTED_PROXIES)


def _person(peer: str, forwarded: str) -> str:
    """The last address in X-Forwarded-For that no proxy of ours has; what stands left of it may be made up."""
    person = peer
    for hop in filter(None, (hop.strip() for hop in reversed(forwarded.split(",")))):
        try:
            person = str(_hop(hop))
        except ValueError:
            break
        if not trusted(person):
            break
    return person


def _scheme(forwarded: str) -> str:
    """What the person came by, as Django compares it: of several proxies in a row the first one knows."""
    return next((word for part in forwarded.split(",") if (word := part.strip(' \t"').lower())), "")


def _hop(text: str) -> IPv4Address | IPv6Address:
    """One address of the chain, without the port that it may have: a person has another one with each connection."""
    found = _HOP.fullmatch(text)
    return _address((found["six"] or found["four"] or found["bare"]) if found else text)


def _address(text: str) -> IPv4Address | IPv6Address:
    """The address in its one spelling. Raises ValueError."""
    found = ip_address(text)
    if isinstance(found, IPv4Address):
        return found
    # A socket for both kinds writes 10.0.0.5 as ::ffff:10.0.0.5; which of our network cards it came by (%eth0) is no part of it.
    return found.ipv4_mapped or IPv6Address(int(found))


def connected_from(request: HttpRequest) -> str:
    """The other end of the connection itself: REMOTE_ADDR is the person's by now."""
    return str(getattr(request, "connected_from", request.META.get("REMOTE_ADDR", "")))


def connects_from_trusted_proxy(request: HttpRequest) -> bool:
    """Whether the other end of the connection itself is listed in TRUSTED_PROXIES."""
    return trusted(connected_from(request))


def client_address(request: HttpRequest) -> str | None:
    """The address that counts as the person's; None where there is none."""
    try:
        return str(_address(request.META.get("REMOTE_ADDR", "")))
    except ValueError:
        return None
