"""A request on its way: what has come of it, whether that is all, and until when the rest may take. Holds no thread."""

import re
import time
from contextlib import suppress
from tempfile import SpooledTemporaryFile

from gunicorn.http.unreader import Unreader

PATIENCE = 8.0  # seconds within which a request has come; it is looked at once a second
PACE = 2_000  # bytes for which a request that is longer gets a second more
IN_MEMORY = 65_536  # bytes; what is longer goes to the disk (TMPDIR)
LARGEST = 32 * 1024 * 1024  # bytes of a request: more than any form takes (tickets_app/lookup/references.py)
LARGEST_HEAD = 65_536  # bytes; a header that is too long gunicorn refuses, an address of more than 8,000 our page
_PIECE = 65_536

LONGEST_LINE = 8_192  # bytes between two chunks; gunicorn says what is wrong with a longer one
_END_OF_HEAD = b"\r\n\r\n"
_CHUNK_SIZE = re.compile(rb"\s*([0-9A-Fa-f]{1,16})\s*(?:;.*)?", re.DOTALL)
_ODD_END_OF_LINE = re.compile(rb"(?<!\r)\n")
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d+)[ \t]*\r\n", re.IGNORECASE)
_DIGITS = 18  # of a length: Python refuses to read thousands of them
_CHUNKED = re.compile(rb"\r\ntransfer-encoding:", re.IGNORECASE)
_EXPECTS = re.compile(rb"\r\nexpect:[ \t]*100-continue", re.IGNORECASE)


class TooLargeError(Exception):
    """Longer than any request of this site."""

    status, reason, words = 413, "Content Too Large", "No request of this site is as large as that."


class HeadTooLargeError(TooLargeError):
    """The head is longer than any of this site's, or its end does not come."""

    status, reason, words = 431, "Request Header Fields Too Large", "The head of no request is as long as that."


class AddressTooLongError(TooLargeError):
    """The end of the first line does not come."""

    status, reason, words = 414, "URI Too Long", "No address of this site is as long as that."


class Chunks:
    """A body in chunks (RFC 9112, 7.1): only where it ends. What is no chunk ends it, too: the parser says what is wrong."""

    def __init__(self) -> None:
        self._line = bytearray()
        self._skip = 0  # bytes of a chunk that are still to come, with the line end behind them
        self._last = False  # after the chunk of no bytes come fields, and an empty line
        self.ended = False

    def take(self, data: bytes) -> None:
        """Look at what came."""
        at, size = 0, len(data)
        while at < size and not self.ended:
            if self._skip:
                passed = min(self._skip, size - at)
                self._skip, at = self._skip - passed, at + passed
                continue
            end = data.find(b"\n", at)
            self._line += data[at : end if end >= 0 else size]
            at = end + 1 if end >= 0 else size
            if end >= 0:
                self._read(bytes(self._line).removesuffix(b"\r"))
                self._line.clear()
            elif len(self._line) > LONGEST_LINE or not (self._last or _CHUNK_SIZE.fullmatch(self._line)):
                self.ended = True

    def _read(self, line: bytes) -> None:
        if self._last:
            self.ended = not line
            return
        size = _CHUNK_SIZE.fullmatch(line)
        if size is None:
            self.ended = True
        elif number := int(size[1], 16):
            self._skip = number + 2
        else:
            self._last = True


class Arriving:
    """One request. What is no request is whole at once: gunicorn's parser says what is wrong with it."""

    def __init__(self) -> None:
        self._until, self._hastened = time.monotonic() + PATIENCE, False
        self._head, self._looked_at = bytearray(), 0  # what was looked at is not looked at again with each piece
        self._file = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - handed on to the parser, which closes it
        self._size = 0
        self._chunks = Chunks()
        self._length: int | None = None  # of all of it; None: unknown
        self._chunked = False
        self.whole = False
        self.wants_go_ahead = False  # whether the sender waits for a word before it sends the body

    def take(self, data: bytes) -> None:
        """Add what came. Raises TooLargeError, or OSError where the disk takes no more."""
        self._size += len(data)
        self._file.write(data)
        if self._chunked:
            self._chunks.take(data)
        elif self._length is None:
            self._read_head(data)
        if (self._length or self._size) > LARGEST:
            raise TooLargeError
        if self._length is not None:
            self.whole = self._size >= self._length
        elif self._chunked:
            self.whole = self._chunks.ended

    def _read_head(self, data: bytes) -> None:
        self._head += data
        end = self._head.find(_END_OF_HEAD, max(0, self._looked_at - len(_END_OF_HEAD) + 1))
        until = end + 2 if end >= 0 else len(self._head)
        odd = _ODD_END_OF_LINE.search(self._head, self._looked_at, until)
        self._looked_at = until
        too_long = (end + len(_END_OF_HEAD) if end >= 0 else len(self._head)) > LARGEST_HEAD
        if odd:
            self._length = self._size
        elif too_long:
            raise HeadTooLargeError if b"\r\n" in self._head[:LARGEST_HEAD] else AddressTooLongError
        elif end >= 0:
            head = bytes(self._head[:until])
            self._chunked = bool(_CHUNKED.search(head))
            if self._chunked:
                self._chunks.take(bytes(self._head[end + len(_END_OF_HEAD) :]))
            else:
                found = _LENGTH.search(head)
                self._length = end + len(_END_OF_HEAD) + (_number(found[1]) if found else 0)
            self.wants_go_ahead = bool(_EXPECTS.search(head)) and self._size == end + len(_END_OF_HEAD)

    @property
    def begun(self) -> bool:
        """Whether anything came."""
        return self._size > 0

    @property
    def large(self) -> bool:
        """Whether it takes room on the disk."""
        return self._size > IN_MEMORY

    @property
    def late(self) -> bool:
        """Whether it is waited for no longer."""
        return time.monotonic() > self._until + (0.0 if self._hastened else self._size / PACE)

    def hasten(self, seconds: float) -> None:
        """Wait no longer than so many seconds."""
        self._until, self._hastened = min(self._until, time.monotonic() + seconds), True

    @property
    def path(self) -> str:
        """What is asked for, without parameters; nothing for chunks: those may be so small that reading takes long."""
        if self._chunked:
            return ""
        words = bytes(self._head[:LARGEST_HEAD]).split(b"\r\n", 1)[0].split(b" ")
        return words[1].split(b"?", 1)[0].decode("latin-1") if len(words) > 1 else ""

    def hand_over(self) -> tuple["SpooledTemporaryFile[bytes]", bytes]:
        """The request, to be read from its beginning, and what came of the next one."""
        size = self._size if self._length is None else min(self._length, self._size)
        self._file.seek(size)
        rest = self._file.read()
        self._file.truncate(size)
        self._file.seek(0)
        return self._file, rest

    def close(self) -> None:
        """Forget it."""
        _forget(self._file)


def _number(digits: bytes) -> int:
    return int(digits) if len(digits) <= _DIGITS else LARGEST + 1


def _forget(file: "SpooledTemporaryFile[bytes]") -> None:
    with suppress(OSError):  # it writes what it had not written yet, which a full disk does not take
        file.close()


class Received(Unreader):  # type: ignore[misc]  # gunicorn has no types
    """What gunicorn's parser reads: the request that has come, and never the connection.

    What lacks something after all is at its end there: a thread that waited for the rest could be kept for good, byte by byte.
    """

    def __init__(self) -> None:
        """Nothing has come yet."""
        super().__init__()
        self._file: SpooledTemporaryFile[bytes] | None = None
        self._rest = b""

    def receive(self, arrived: Arriving) -> None:
        """Take a request that is whole."""
        self._file, self._rest = arrived.hand_over()

    def chunk(self, size_hint: int | None = None) -> bytes:
        """The next bytes of it; none where there are no more."""
        return self._file.read(_PIECE) if self._file else b""

    def next_up(self) -> None:
        """The request was answered: what came behind it is read next."""
        rest, self._rest = self.take_buffered() + self.chunk() + self._rest, b""
        if self._file:
            _forget(self._file)
            self._file = None
        if rest:
            self.unread(rest)
