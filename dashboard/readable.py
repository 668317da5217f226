"""What of a request may reach Django: no charset that is no text, no cookie that is no text, no form of unknown length.

Django reads the address and the form in whatever encoding `Content-Type` names, before any middleware runs; some of
Python's encodings decode no text at all (rot13, bz2), others stumble over ordinary bytes (idna, undefined). Ours are
UTF-8, always: the address never has another, and a form that says it has one is refused (docs/decisions/0069-requests.md).
"""

import codecs
import re
from collections.abc import Callable, Iterable
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.utils.http import parse_header_parameters

SAID = "copper_tickets.content_type"  # in the environ: what the header said, where Django must not read it
LONGEST_ADDRESS = 8_000  # bytes of a path and its query; nginx in deploy/ takes lines of 8 kB
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_TEXT = {"utf-8", "ascii"}  # ASCII is UTF-8

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


def shielded(application: Application) -> Application:
    """The same WSGI application, for which a `Content-Type` that Django would stumble over is put aside."""

    def shield(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        said = environ.get("CONTENT_TYPE", "")
        if said and not is_text(said):
            environ[SAID] = said
            environ["CONTENT_TYPE"] = ""
        return application(environ, start_response)

    return shield


def is_text(content_type: str) -> bool:
    """Whether a content type can be read, and names no other encoding than ours."""
    if ";" not in content_type:
        return True
    try:
        _kind, parameters = parse_header_parameters(content_type)
        return "charset" not in parameters or codecs.lookup(parameters["charset"]).name in _TEXT
    except (LookupError, ValueError):  # no such encoding; one that decodes no text; parameters that nobody can read
        return False


class InPiecesError(BadRequest):
    """A form in chunks, without its length. Django takes it for empty, and to put it together can take minutes: of a
    megabyte in pieces of one byte, seven seconds of a processor.
    """


class AddressTooLongError(BadRequest):
    """An address that is longer than any of ours, as it came: 500 characters of a search are 6,000 bytes at most."""


class Readable:
    """Refuses what is too long, in an encoding that is not ours, or without its length, and drops cookies that are no text."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Put the request right before anything reads its address, its form or its cookies."""
        if len(request.META.get("RAW_URI", "")) > LONGEST_ADDRESS:
            raise AddressTooLongError
        if SAID in request.META or not is_text(request.META.get("CONTENT_TYPE", "")):
            if request.method == "POST":
                raise BadRequest("The form is in an encoding other than UTF-8.")
            request.content_type, request.content_params = "", {}
        if request.method == "POST" and "HTTP_TRANSFER_ENCODING" in request.META:  # never beside a length: gunicorn
            raise InPiecesError
        if request.encoding:  # else Django reads the address here, to forget it, and reads it again
            request.encoding = "utf-8"
        for name in [name for name, value in request.COOKIES.items() if _CONTROL.search(name + value)]:
            del request.COOKIES[name]  # in quotes a cookie may spell any byte; PostgreSQL takes no NUL
        return self.get_response(request)
