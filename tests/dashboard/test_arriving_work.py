"""A request that comes in small pieces costs the loop that all wait for no more than its length: bytes looked at, counted."""

import pytest

from dashboard import arriving as module
from dashboard.arriving import LARGEST_HEAD, Arriving

looked_at = 0


def count(size: int) -> None:
    global looked_at
    looked_at += size


@pytest.fixture(autouse=True)
def from_nothing() -> None:
    count(-looked_at)


class Head(bytearray):
    def find(self, what: bytes, start: int = 0) -> int:
        count(len(self) - start)
        return super().find(what, start)


class Data(bytes):
    def __getitem__(self, part):
        found = super().__getitem__(part)
        count(len(found))
        return Data(found)

    def find(self, what: bytes, start: int = 0) -> int:
        found = super().find(what, start)
        count((len(self) if found < 0 else found) - start)
        return found

    def partition(self, what: bytes):
        count(len(self))
        return tuple(map(Data, super().partition(what)))


class Odd:
    """The expression that finds ends of lines which are none."""

    as_it_is = module._ODD_END_OF_LINE

    def search(self, head: bytes, start: int = 0, until: int | None = None) -> object:
        until = len(head) if until is None else until
        count(max(0, until - start))
        return self.as_it_is.search(head, start, until)


def test_a_head_byte_by_byte(monkeypatch):
    monkeypatch.setattr(module, "_ODD_END_OF_LINE", Odd())
    arriving = Arriving()
    arriving._head = Head()
    raw = b"GET / HTTP/1.1\r\nX: " + b"a" * (LARGEST_HEAD - 100) + b"\r\n\r\n"
    for at in range(len(raw)):
        arriving.take(raw[at : at + 1])
    arriving.close()
    assert arriving.whole
    assert len(raw) <= looked_at < 10 * len(raw)


def test_chunks_of_one_byte():
    chunks, data = module.Chunks(), Data(b"1\r\na\r\n" * 10_000 + b"0\r\n\r\n")
    chunks.take(data)
    assert chunks.ended
    assert len(data) / 2 <= looked_at < 10 * len(data)
