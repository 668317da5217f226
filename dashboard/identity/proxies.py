"""Whom a request comes from, when proxies stand in front: only what a trusted one says is believed."""

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

Network = IPv4Network | IPv6Network
NETWORKS_WANTED = "addresses or networks, such as 10.0.0.5,10.1.0.0/16"


def read_networks(text: str) -> list[Network]:
    """Read addresses and networks with commas between them. Raises ValueError for anything else."""
    return [ip_network(part.strip()) for part in text.split(",") if part.strip()]


def _within(address: str, networks: Sequence[Network]) -> bool:
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if found.version == 6 and found.ipv4_mapped:  # a socket for both writes 10.0.0.5 as ::ffff:10.0.0.5
        found = found.ipv4_mapped
    return any(found in network for network in networks)


def connected_from(request: HttpRequest) -> str:
    """The other end of the connection itself. Whoever puts a person's address into REMOTE_ADDR keeps it in `connected_from`."""
    return str(getattr(request, "connected_from", request.META.get("REMOTE_ADDR", "")))


def connects_from_trusted_proxy(request: HttpRequest) -> bool:
    """Whether the other end of the connection itself is listed in TRUSTED_PROXIES."""
    return _within(connected_from(request), settings.TRUSTED_PROXIES)


def client_address(request: HttpRequest) -> str | None:
    """The address that counts as the person's: as many hops to the left as there are proxies, never further.

    What a person writes into X-Forwarded-For stands further left than what our proxies add, so it is never reached.
    """
    connected = request.META.get("REMOTE_ADDR", "")
    if settings.PROXY_COUNT and (not settings.TRUSTED_PROXIES or connects_from_trusted_proxy(request)):
        hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
        if len(hops) >= settings.PROXY_COUNT:
            connected = hops[-settings.PROXY_COUNT]
    try:
        return str(ip_address(connected))
    except ValueError:
        return None
