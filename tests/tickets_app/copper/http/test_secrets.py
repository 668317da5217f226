"""The key and what people search for go to Copper alone: over TLS that verifies, to an address that is safe, and into no log."""

import base64
import logging
import ssl
import traceback

import pytest
import trustme

from tests.fault_server import (
    FAULTS,
    LIST,
    FaultServer,
    answer,
    head,
    silence,
)
from tests.tickets_app.copper.http.clients import KEY, client_for, failure
from tickets_app.copper.errors import CopperError, Kind
from tickets_app.copper.http.client import check_base_url, check_secret
from tickets_app.copper.http.deadline import Deadline

GUEST = "".join(["GUEST", "NAME"])  # in one piece, tracebacks of this very file would hold it


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def tls_server(certificate: trustme.LeafCert, **options) -> FaultServer:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    for name, value in options.items():
        setattr(context, name, value)
    return FaultServer(answer(), wrap=lambda plain: context.wrap_socket(plain, server_side=True))


def test_a_trusted_certificate_works_and_the_deadline_holds_over_tls_too(authority, tmp_path):
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    with tls_server(authority.issue_cert("localhost")) as server:
        client = client_for(f"https://localhost:{server.port}/v1", ca_file=str(tmp_path / "ca.pem"))
        assert client.get("tickets", deadline=Deadline.after(5)).body == LIST
        server.behaviours[:] = [silence(head(200, 99))]
        assert failure(client, seconds=0.7).kind is Kind.TIMEOUT


@pytest.mark.parametrize("flaw", ["unknown authority", "wrong host", "expired"])
def test_a_certificate_that_does_not_verify_is_never_retried(authority, tmp_path, flaw):
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    from datetime import UTC, datetime

    certificate = {
        "unknown authority": lambda: trustme.CA().issue_cert("localhost"),
        "wrong host": lambda: authority.issue_cert("elsewhere.example"),
        "expired": lambda: authority.issue_cert("localhost", not_after=datetime(2020, 1, 1, tzinfo=UTC)),
    }[flaw]()
    with tls_server(certificate) as server:
        error = failure(client_for(f"https://localhost:{server.port}/v1", ca_file=str(tmp_path / "ca.pem")))
        assert (error.kind, error.attempts, server.connections) == (Kind.CERTIFICATE, 1, 1)


@pytest.mark.parametrize("name", ["500", "silence", "reset in the body", "HTML as 200", "redirect away", "401"])
def test_the_key_and_the_search_text_are_in_no_log_and_no_exception(name, caplog):
    fault = FAULTS[name]
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.WARNING, logger="urllib3")  # as in settings.LOGGING
    with FaultServer(fault.behaviour()) as server:
        client = client_for(server.url)
        with pytest.raises(CopperError) as caught:
            client.get("tickets", params=[("search_query", GUEST)], deadline=Deadline.after(fault.deadline))
    shown = "".join(traceback.format_exception(caught.value)) + caplog.text + repr(client) + repr(vars(caught.value))
    for secret in (KEY, base64.b64encode(f"{KEY}:".encode()).decode(), GUEST, "upstream-secret"):
        assert secret not in shown
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    "url",
    [
        "http://api.usecopper.com/v1",
        "https://sk_test_X@api.usecopper.com/v1",
        "https://a:b@api.usecopper.com",
        "https://api.usecopper.com/v1?x=1",
        "https://api.usecopper.com/v1#x",
        "ftp://api.usecopper.com",
        "https://",
        "https://host:port/",
        "api.usecopper.com",
        "https://api.usecopper .com/",
        "http://127.0.0.1.evil.example/",
        "",
    ],
)
def test_a_base_url_that_is_not_safe_is_refused_without_repeating_it(url):
    with pytest.raises(ValueError, match="base URL cannot be used") as refusal:
        client_for(url)
    assert "sk_test_X" not in str(refusal.value)


@pytest.mark.parametrize(
    "url", ["https://api.usecopper.com/v1", "http://127.0.0.1:8001/v1", "http://localhost/v1/", "http://[::1]:80"]
)
def test_safe_base_urls_are_taken(url):
    assert check_base_url(url) is None


@pytest.mark.parametrize("secret", ["sk_test_X\n", "sk test", "sk_test_ü", "sk:x", "\x00"])
def test_a_key_that_cannot_be_sent_is_refused_without_repeating_it(secret):
    assert check_secret(secret)
    with pytest.raises(ValueError, match="key cannot be used") as refusal:
        client_for("https://api.usecopper.com/v1", api_key=secret)
    assert secret not in str(refusal.value)
