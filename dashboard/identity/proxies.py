"""Whom a request comes from, for the ways in. What a proxy says about it is dashboard/proxy.py's to believe."""

from ipaddress import ip_address

from django.http import HttpRequest

from dashboard.proxy import trusted


def connected_from(request: HttpRequest) -> str:
    """The other end of the connection itself: REMOTE_ADDR is the person's by now."""
    return str(getattr(request, "connected_from", request.META.get("REMOTE_ADDR", "")))


def connects_from_trusted_proxy(request: HttpRequest) -> bool:
    """Whether the other end of the connection itself is listed in TRUSTED_PROXIES."""
    return trusted(connected_from(request))


def client_address(request: HttpRequest) -> str | None:
    """The address that counts as the person's; None where there is none."""
    try:
        return str(ip_address(request.META.get("REMOTE_ADDR", "")))
    except ValueError:
        return None
