"""More than a form may hold gets a whole page over a real socket, however it is sent; no connection is cut while it is."""

import pytest

from tests import server as servers
from tests.server import Answer, Server
from tickets_app.lookup import references

TOKEN = "a1" * 16


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    env = servers.environment(tmp_path_factory.mktemp("too_much"))
    servers.migrate(env)
    with servers.gunicorn(env) as server:
        yield server


def post(site: Server, path: str, body: bytes, content_type: str, *, token: str = TOKEN) -> Answer:
    head = [
        f"POST {path} HTTP/1.1",
        "Host: tickets.example.com",
        "X-Forwarded-Proto: https",
        "Origin: https://tickets.example.com",
        f"Cookie: __Host-csrftoken={token}",
        f"Content-Type: {content_type}",
        f"Content-Length: {len(body)}",
        "Connection: close",
    ]
    return site.send("\r\n".join([*head, "", ""]).encode() + body)


def pasted(size: int, kind: str) -> tuple[bytes, str]:
    """A list of so many bytes as a browser sends it."""
    lines = (b"R-1234567\r\n" * (size // 11 + 1))[:size]
    if kind == "plain":
        return b"csrfmiddlewaretoken=" + TOKEN.encode() + b"&references=" + lines.replace(b"\r\n", b"%0D%0A"), (
            "application/x-www-form-urlencoded"
        )
    parts = (("csrfmiddlewaretoken", TOKEN.encode()), ("references", lines))
    body = b"".join(
        b'--x\r\nContent-Disposition: form-data; name="' + name.encode() + b'"\r\n\r\n' + value + b"\r\n"
        for name, value in parts
    )
    return body + b"--x--\r\n", "multipart/form-data; boundary=x"


@pytest.mark.parametrize("kind", ["plain", "multipart"])
@pytest.mark.parametrize("size", [2_700_000, 8_000_000, 15_000_000])
def test_a_list_that_is_too_large_gets_a_page_that_says_the_bound_and_what_to_do(site, size, kind):
    answer = post(site, "/tickets/lookup/", *pasted(size, kind))
    assert answer.status == 413
    page = answer.body.decode()
    assert page.rstrip().endswith("</html>")
    assert references.TOO_MUCH in page
    assert (
        "at most 1,000,000 characters. Save it as a file and choose that (up to 4 MB), or look it up in parts." in page
    )
    assert "Go back: what you typed is still there." in page


def test_any_other_form_says_its_bound(site):
    answer = post(site, "/login/", *pasted(3_000_000, "plain"))
    assert answer.status == 413
    assert "A form may hold 2.6 MB." in answer.body.decode()
    assert "references" not in answer.body.decode()


@pytest.mark.parametrize(("path", "status"), [("/login/", 403), ("/tickets/lookup/", 413)])
def test_without_the_token_the_connection_is_not_cut_either(site, path, status):
    body, content_type = pasted(3_000_000, "multipart")
    answer = post(site, path, body, content_type, token="")
    assert answer.status == status
    assert answer.body.decode().rstrip().endswith("</html>")
