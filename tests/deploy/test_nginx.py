"""The sample configuration in a real nginx with TLS, in front of a real gunicorn."""

import os
import re
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
import trustme

from tests import server as servers
from tests.processes import PATIENCE, held_port, started, wait_until
from tests.server import Answer, read_all
from tickets_app.lookup import references

PROJECT = Path(__file__).parents[2]
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
NAME = "tickets.example.com"

pytestmark = pytest.mark.skipif(NGINX is None, reason="needs nginx: `apt install nginx-light`")


@dataclass
class Proxy:
    """A running nginx."""

    http: int
    https: int
    authority: trustme.CA

    def ask(
        self, *lines: str, path: str = "/login/", method: str = "GET", name: str = NAME, body: bytes = b""
    ) -> Answer:
        head = "\r\n".join([f"{method} {path} HTTP/1.1", *(lines or (f"Host: {NAME}",)), "Connection: close", "", ""])
        context = ssl.create_default_context()
        self.authority.configure_trust(context)
        plain = socket.create_connection(("127.0.0.1", self.https), timeout=PATIENCE)
        with context.wrap_socket(plain, server_hostname=name, suppress_ragged_eofs=True) as connection:
            connection.sendall(head.encode("latin-1") + body)
            return Answer(read_all(connection))


def configure(folder: Path, site: int, http: int = 8080, https: int = 8443) -> tuple[Path, Proxy]:
    """The sample in this folder: other ports and paths, nothing else."""
    authority = trustme.CA()
    certificate = authority.issue_cert(NAME)
    certificate.private_key_pem.write_to_path(folder / "key.pem")
    for pem in certificate.cert_chain_pems:
        pem.write_to_path(folder / "certificate.pem", append=True)
    proxy = Proxy(http, https, authority)
    for name in ("proxied.conf", "unreachable.html", "too-large.html"):
        shutil.copy(PROJECT / "deploy" / "nginx" / name, folder)
    sample = (PROJECT / "deploy" / "nginx" / "copper-tickets.conf").read_text()
    sample = sample.replace("/etc/nginx/copper-tickets", str(folder)).replace("127.0.0.1:8000", f"127.0.0.1:{site}")
    sample = re.sub(r"listen 80\b", f"listen 127.0.0.1:{proxy.http}", sample)
    sample = re.sub(r"listen 443\b", f"listen 127.0.0.1:{proxy.https}", sample)
    sample = sample.replace("/var/log/nginx", str(folder))
    (folder / "copper-tickets.conf").write_text(sample)
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"{'user root;' if os.geteuid() == 0 else ''}\n"  # pytest's folders are for nobody else
        f"daemon off;\npid {folder}/nginx.pid;\nerror_log stderr warn;\nevents {{}}\n"
        f"http {{\n{temporary}include {folder}/copper-tickets.conf;\n}}\n"
    )
    return folder / "nginx.conf", proxy


@contextmanager
def running(folder: Path, *sites: int) -> Iterator[Proxy]:
    """nginx in front of the sites on these ports."""
    with held_port() as http, held_port() as https:
        conf, proxy = configure(folder, sites[0], http, https)
        sample, one = folder / "copper-tickets.conf", f"server 127.0.0.1:{sites[0]};"
        sample.write_text(sample.read_text().replace(one, " ".join(f"server 127.0.0.1:{site};" for site in sites)))
        with started([NGINX, "-e", "stderr", "-c", conf, "-p", folder]) as process:
            wait_until(lambda: listens(https), "nginx listens", process)
            yield proxy


def listens(port: int) -> bool:
    socket.create_connection(("127.0.0.1", port), timeout=PATIENCE).close()
    return True


@pytest.fixture(scope="module")
def proxy(tmp_path_factory) -> Iterator[Proxy]:
    folder = tmp_path_factory.mktemp("nginx")
    env = servers.environment(folder)
    servers.migrate(env)
    with servers.gunicorn(env) as site, running(folder, site.port) as found:
        yield found


def test_nginx_finds_nothing_wrong_with_the_sample(tmp_path):
    conf, _proxy = configure(tmp_path, 8000)
    done = subprocess.run([NGINX, "-t", "-e", "stderr", "-c", conf], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "[warn]" not in done.stderr


def test_nginx_finds_nothing_wrong_with_the_one_for_compose(tmp_path):
    configure(tmp_path, 8000)
    text = (PROJECT / "deploy" / "compose" / "nginx.conf").read_text()
    places = {"/run/secrets/tls_certificate": "certificate.pem", "/run/secrets/tls_key": "key.pem"}
    text = re.sub(
        r"/run/secrets/\w+|/etc/nginx/copper-tickets|/tmp/(?=\w)",
        lambda found: f"{tmp_path}/{places.get(found[0], '')}",
        text,
    )
    (tmp_path / "compose.conf").write_text(text)
    done = subprocess.run(
        [NGINX, "-t", "-e", "stderr", "-c", tmp_path / "compose.conf"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_the_two_configurations_say_the_same_but_for_names_ports_and_paths():
    host, compose = (
        (PROJECT / "deploy" / name).read_text() for name in ("nginx/copper-tickets.conf", "compose/nginx.conf")
    )

    def rules(text: str) -> list[str]:
        main = text[text.index("ssl_protocols") :]
        lines = [re.sub(r"^error_log \S+", "error_log", line.split("#")[0].strip()) for line in main.splitlines()]
        return [
            line for line in lines if line.strip("} ") and "proxy_pass" not in line and not line.startswith("set $site")
        ]

    assert rules(host) == rules(compose)


def test_a_page_arrives_over_tls_as_https(proxy):
    answer = proxy.ask()
    assert answer.status == 200
    assert answer.header("Set-Cookie").startswith("__Host-csrftoken=")
    assert answer.header("Strict-Transport-Security") == "max-age=31536000; includeSubDomains"


def test_plain_http_is_sent_to_https(proxy):
    with socket.create_connection(("127.0.0.1", proxy.http), timeout=PATIENCE) as connection:
        connection.sendall(f"GET /tickets/?limit=5 HTTP/1.1\r\nHost: {NAME}\r\nConnection: close\r\n\r\n".encode())
        answer = Answer(read_all(connection))
    assert (answer.status, answer.header("Location")) == (301, f"https://{NAME}/tickets/?limit=5")


def test_another_host_name_gets_no_answer(proxy):
    with pytest.raises(ssl.SSLError):
        proxy.ask(name="evil.example")
    with socket.create_connection(("127.0.0.1", proxy.http), timeout=PATIENCE) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n")
        assert read_all(connection) == b""


FORGED = [
    "X-Forwarded-For: 127.0.0.1",
    "X-Forwarded-Proto: http",
    "X-Forwarded-Host: evil.example",
    "Forwarded: proto=http",
]


@pytest.mark.parametrize("header", FORGED)
def test_what_a_browser_forges_ends_at_the_proxy(proxy, header):
    answer = proxy.ask(f"Host: {NAME}", header)
    assert answer.status == 200
    assert answer.header("Strict-Transport-Security")


class Echo(BaseHTTPRequestHandler):
    """A site that answers with the headers it got."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(bytes(self.headers))

    def log_message(self, *_: object) -> None:
        """Nothing."""


def test_nobody_names_a_person_or_groups_to_the_site(tmp_path):
    names = ["Remote-User", "Remote-Groups", "X-Remote-User", "X-Remote-Groups", "X_Remote_Groups"]
    site = HTTPServer(("127.0.0.1", 0), Echo)
    with site, running(tmp_path, site.server_port) as found:
        Thread(target=site.handle_request, daemon=True).start()
        answer = found.ask(f"Host: {NAME}", "X-Kept: so", *(f"{name}: forged" for name in names))
    assert answer.status == 200
    assert b"X-Kept: so" in answer.body
    assert b"forged" not in answer.body


@pytest.mark.parametrize("path", ["/readyz", "/metrics"])
def test_what_is_for_machines_is_not_reached_from_outside(proxy, path):
    answer = proxy.ask(path=path)
    assert answer.status == 404
    assert b"ready" not in answer.body


LARGE = 64 * 1024 + 1  # bytes
TOO_MUCH = {
    "a long header": (400, [f"Host: {NAME}", "X-A: " + "a" * 9_000], "/login/"),
    "a long address": (414, [f"Host: {NAME}"], "/tickets/?search_query=" + "a" * 9_000),
    "a large body": (413, [f"Host: {NAME}", f"Content-Length: {LARGE}"], "/login/"),
    "for machines": (404, [f"Host: {NAME}"], "/readyz"),
}


@pytest.mark.parametrize("case", TOO_MUCH)
def test_what_nginx_answers_itself_carries_the_same_headers(proxy, case):
    status, lines, path = TOO_MUCH[case]
    # What it announces has to be sent: nginx waits 5 s for it.
    answer = proxy.ask(*lines, path=path, body=b"a" * LARGE if "body" in case else b"")
    assert answer.status == status
    check(answer)


def test_a_list_of_references_may_be_large(proxy):
    def posted(size: int) -> Answer:
        """What it announces has to be sent: nginx waits 5 s for it."""
        head = [f"Host: {NAME}", f"Content-Length: {size}"]
        return proxy.ask(*head, path="/tickets/lookup/", method="POST", body=b"a" * size)

    refused = posted(9_000_000)
    assert refused.status == 413
    assert b"1,000,000 characters" in refused.body
    assert b"4 MB as a file" in refused.body
    assert posted(2_000_000).status == 403, "it reached the site, which misses the form's token"


def test_the_page_of_the_proxy_says_the_bounds_that_are_in_force():
    page = (PROJECT / "deploy" / "nginx" / "too-large.html").read_text()
    assert f"{references.MAX_TEXT:,} characters" in page
    assert f"{references.MAX_FILE // 1_000_000} MB as a file" in page


def check(answer: Answer) -> None:
    assert answer.header("Content-Security-Policy").startswith("default-src 'none'")
    assert "no-store" in answer.header("Cache-Control")
    for name, value in {
        "Cross-Origin-Embedder-Policy": "require-corp",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }.items():
        assert answer.header(name) == value
    assert "strict-transport-security" not in answer.head.lower(), "HSTS_SECONDS may be 0, for a trial"
    assert "nginx/" not in answer.head


def test_a_dashboard_that_is_away_is_said_in_plain_words(tmp_path_factory):
    with held_port() as nobody, running(tmp_path_factory.mktemp("away"), nobody) as found:
        answer = found.ask()
    assert answer.status == 502
    assert b"could not answer" in answer.body
    check(answer)


def test_what_people_search_for_stands_in_no_log_of_the_proxy(tmp_path):
    with held_port() as nobody, running(tmp_path, nobody) as found:
        assert found.ask(path="/tickets/?search_query=Jones-4417").status == 502
        sent_from = f"Referer: https://{NAME}/tickets/?search_query=Jones-4417"
        assert found.ask(f"Host: {NAME}", sent_from, "Content-Length: 9000000", method="POST").status == 413
    assert "Jones" not in (tmp_path / "error.log").read_text()
