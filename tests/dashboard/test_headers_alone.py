"""HEAD: the headers of a page without its content, as the server is given them (the test client would hide a content)."""

import io
from wsgiref.util import setup_testing_defaults

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpResponse


def asked(method: str, path: str, **more: str) -> tuple[str, dict[str, str], bytes]:
    """What the server is to send: status, headers, content."""
    sent: list[tuple[str, dict[str, str]]] = []
    environ = {"REQUEST_METHOD": method, "PATH_INFO": path, "HTTP_HOST": "testserver", "wsgi.input": io.BytesIO()}
    environ |= more
    setup_testing_defaults(environ)
    answer: HttpResponse = WSGIHandler()(environ, lambda status, headers: sent.append((status, dict(headers))))
    content = b"".join(answer)
    answer.close()
    return (*sent[0], content)


@pytest.mark.parametrize("path", ["/healthz", "/login/", "/readyz", "/nothing", "/tickets/"])
@pytest.mark.parametrize("taken", ["", "gzip"])
def test_headers_come_without_content(db, path, taken):
    status, headers, content = asked("GET", path, HTTP_ACCEPT_ENCODING=taken)
    alone = asked("HEAD", path, HTTP_ACCEPT_ENCODING=taken)
    assert (alone[0], alone[2]) == (status, b"")
    assert int(alone[1]["Content-Length"]) > 0 or not content
    assert set(alone[1]) == set(headers) | {"Content-Length"}
