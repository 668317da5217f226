"""Forwarding headers are believed from the proxies that are listed, and from nobody else (RELIABILITY.md, row 57)."""

from ipaddress import ip_network

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from dashboard.proxy import TrustedProxy

PROXIES = [ip_network("10.0.0.0/24"), ip_network("::1")]


def seen(settings, peer: str, **headers: str) -> HttpRequest:
    """The request as the rest of the site gets it."""
    settings.TRUSTED_PROXIES = PROXIES
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    request = RequestFactory().get("/", REMOTE_ADDR=peer, headers=headers)
    TrustedProxy(lambda _request: HttpResponse())(request)
    return request


PEOPLE = [
    ("10.0.0.2", "198.51.100.7", "198.51.100.7"),
    ("::1", "2001:db8::7", "2001:db8::7"),
    ("10.0.0.2", "1.1.1.1, 198.51.100.7", "198.51.100.7"),  # the left one was sent by the person
    ("10.0.0.2", "198.51.100.7, 10.0.0.9", "198.51.100.7"),  # two proxies of ours
    ("10.0.0.2", "198.51.100.7, made up", "10.0.0.2"),
    ("10.0.0.2", "made up, 10.0.0.9", "10.0.0.9"),
    ("10.0.0.2", "", "10.0.0.2"),
    ("10.0.0.2", "198.51.100.7, 10.0.0.9, ", "198.51.100.7"),  # an empty place is none (RFC 9110, 5.6.1.2)
    ("198.51.100.7", "10.0.0.3", "198.51.100.7"),  # not a proxy of ours
    ("198.51.100.7", "10.0.0.3:80", "198.51.100.7"),
    # With the port that the person's connection came from.
    ("10.0.0.2", "203.0.113.66:4000", "203.0.113.66"),
    ("10.0.0.2", "203.0.113.66:", "203.0.113.66"),
    ("10.0.0.2", "[2001:db8::1]:443", "2001:db8::1"),
    ("10.0.0.2", "[2001:db8::1]", "2001:db8::1"),
    ("10.0.0.2", '"[2001:db8::1]:443"', "2001:db8::1"),
    ("10.0.0.2", '"203.0.113.66:4000"', "203.0.113.66"),
    ("10.0.0.2", "1.1.1.1:1, 203.0.113.66:4000, 10.0.0.9:5000", "203.0.113.66"),
    ("10.0.0.2", "203.0.113.66, [::1]:5000", "203.0.113.66"),
    # One spelling for each address.
    ("10.0.0.2", "2001:0DB8:0:0::0001", "2001:db8::1"),
    ("10.0.0.2", "::ffff:203.0.113.66", "203.0.113.66"),
    ("10.0.0.2", "[::ffff:203.0.113.66]:4000", "203.0.113.66"),
    ("10.0.0.2", "fe80::1%eth0", "fe80::1"),
    ("10.0.0.2", "[fe80::1%25eth0]:443", "fe80::1"),
    # Not an address, with or without a port.
    ("10.0.0.2", "203.0.113.66:http", "10.0.0.2"),
    ("10.0.0.2", "203.0.113.666:4000", "10.0.0.2"),
    ("10.0.0.2", "[2001:db8::1", "10.0.0.2"),
    ("10.0.0.2", "[203.0.113.66.1]:4000", "10.0.0.2"),
    ("10.0.0.2", "unknown:4000", "10.0.0.2"),
    ("10.0.0.2", "[]", "10.0.0.2"),
    ("10.0.0.2", ":4000", "10.0.0.2"),
    ("", "10.0.0.3", ""),
]


@pytest.mark.parametrize(("peer", "forwarded", "person"), PEOPLE)
def test_the_address_of_the_person_is_what_our_own_proxies_saw(settings, peer, forwarded, person):
    assert seen(settings, peer, **{"X-Forwarded-For": forwarded}).META["REMOTE_ADDR"] == person


@pytest.mark.parametrize(("peer", "secure"), [("10.0.0.2", True), ("198.51.100.7", False), ("", False)])
def test_https_is_believed_of_a_proxy_only(settings, peer, secure):
    assert seen(settings, peer, **{"X-Forwarded-Proto": "https"}).is_secure() is secure


@pytest.mark.parametrize(
    ("said", "secure"),
    [
        ("HTTPS", True),
        (" Https ", True),
        ("https, http", True),  # TLS ends at the outer of two proxies
        ("https,https", True),
        (", HTTPS", True),  # an empty place is none
        ('"https"', True),
        ("http, https", False),
        ("http", False),
        ("httpss", False),
        ("", False),
        (",", False),
    ],
)
def test_what_a_proxy_says_of_tls_is_read_however_it_spells_it(settings, said, secure):
    assert seen(settings, "10.0.0.2", **{"X-Forwarded-Proto": said}).is_secure() is secure


@pytest.mark.parametrize(
    "name", ["X-Forwarded-Host", "X-Forwarded-Port", "X-Forwarded-Prefix", "Forwarded", "X-Real-IP"]
)
def test_what_others_forge_is_gone_before_anybody_reads_it(settings, name):
    assert name not in seen(settings, "198.51.100.7", **{name: "evil.example"}).headers


def test_a_forged_host_has_no_effect_even_from_a_proxy(settings):
    assert seen(settings, "10.0.0.2", **{"X-Forwarded-Host": "evil.example"}).get_host() == "testserver"


def test_without_login_a_proxy_on_this_machine_does_not_let_others_in(client, db):
    assert client.get("/readyz", headers={"X-Forwarded-For": "198.51.100.7"}).status_code == 403
    assert client.get("/readyz", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 200
