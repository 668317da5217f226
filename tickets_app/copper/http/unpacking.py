"""A body as it comes over the wire, unpacked within a bound: what is too large is known as soon as it is."""

import zlib
from collections.abc import Iterator

import requests
import urllib3.exceptions

from tickets_app.copper.errors import CopperError, Kind
from tickets_app.copper.http.connections import CHUNK
from tickets_app.copper.http.deadline import Deadline

MAX_BODY = 32 * 1024 * 1024  # bytes after unpacking; a page of 100 tickets has about 60 kB
PIECE = 1024 * 1024  # bytes unpacked at once
MAX_ERROR_BODY = 64 * 1024  # bytes; the documented attributes are a few hundred


def read_body(response: requests.Response, deadline: Deadline) -> tuple[bytes, bool]:
    """Read a body up to a bound, and say whether that was all of it.

    Raises CopperError: TOO_LARGE for a good answer beyond the bound, at the first byte that tells so, be it the announced
    length; UNREADABLE for an encoding that nobody asked for; TIMEOUT where unpacking takes too long.
    """
    good = response.status_code == 200
    most = MAX_BODY if good else MAX_ERROR_BODY
    if good and (response.raw.length_remaining or 0) > most:  # packed, it would only be longer
        raise _too_large(most)
    parts, size = [], 0
    for part in _unpacked(response, deadline):
        parts.append(part)
        size += len(part)
        if size > most:
            if good:
                raise _too_large(most)
            return b"".join(parts), False
    if response.raw.length_remaining:  # a body shorter than it was announced
        raise urllib3.exceptions.IncompleteRead(size, response.raw.length_remaining)
    response.raw.release_conn()
    return b"".join(parts), True


def _too_large(most: int) -> CopperError:
    return CopperError(Kind.TOO_LARGE, f"more than {most} bytes", status=200)


def _unpacked(response: requests.Response, deadline: Deadline) -> Iterator[bytes]:
    """The body's parts. urllib3 would unpack layer upon layer and each without an end; here none grows past the bound."""
    encoding = response.headers.get("Content-Encoding", "").strip().lower()
    packed = iter(lambda: response.raw.read(CHUNK, decode_content=False), b"")
    if encoding in {"", "identity"}:
        yield from packed
        return
    if encoding not in {"gzip", "x-gzip"}:  # Accept-Encoding says what is asked for
        raise CopperError(Kind.UNREADABLE, "an encoding that was not asked for")
    yield from _gunzipped(packed, deadline)


def _gunzipped(packed: Iterator[bytes], deadline: Deadline) -> Iterator[bytes]:
    """One gzip file may follow the other (RFC 1952, 2.2). Raises zlib.error for one that is cut."""
    unpacker = zlib.decompressobj(31)
    for chunk in packed:
        rest = chunk
        while rest:
            if deadline.passed:
                raise CopperError(Kind.TIMEOUT, "the deadline passed while the answer was unpacked")
            if unpacker.eof:
                unpacker = zlib.decompressobj(31)
            yield unpacker.decompress(rest, PIECE)
            rest = unpacker.unconsumed_tail or unpacker.unused_data
    if not unpacker.eof:
        raise zlib.error("a gzip file that is cut")
