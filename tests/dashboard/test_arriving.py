"""A request on its way: when it is whole, and when it is waited for no longer. The clock is the test's own."""

from contextlib import ExitStack

import pytest

from dashboard import arriving as module
from dashboard.arriving import (
    IN_MEMORY,
    LARGEST,
    PACE,
    PATIENCE,
    AddressTooLongError,
    Arriving,
    HeadTooLargeError,
    Received,
    TooLargeError,
)

HEAD = b"GET /tickets/?a=b HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST /tickets/lookup/ HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n"
CHUNKED = b"POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.fixture
def begun():
    """Begins requests with what came of them, and closes them."""
    with ExitStack() as stack:

        def begin(came: bytes = b"") -> Arriving:
            arriving = Arriving()
            stack.callback(arriving.close)
            arriving.take(came)
            return arriving

        yield begin


def handed_over(arriving: Arriving) -> tuple[bytes, bytes]:
    file, rest = arriving.hand_over()
    with file:
        return file.read(), rest


WHOLE = {
    "without a body": HEAD,
    "with one": POST % 5 + b"abcde",
    "with an empty one": POST % 0,
    "with one on the disk": POST % (2 * IN_MEMORY) + b"a" * 2 * IN_MEMORY,
    "in chunks": CHUNKED + b"2\r\nab\r\n0\r\n\r\n",
    "in chunks, one of which looks like the end": CHUNKED + b"7;a=b\r\n0\r\n\r\nab\r\n1\r\nc\r\n0\r\n\r\n",
    "in chunks, with a field behind": CHUNKED + b"A\r\n0123456789\r\n0\r\nX: y\r\n\r\n",
    "headers in capitals": (POST % 2).upper() + b"ab",
}


@pytest.mark.parametrize("raw", WHOLE.values(), ids=WHOLE)
@pytest.mark.parametrize("step", [1, 7, 10_000_000], ids=["bytes", "pieces", "at once"])
def test_it_is_whole_with_its_last_byte_however_it_is_cut(begun, raw, step):
    if step < len(raw) / 5_000:
        step = 1_000
    arriving = begun()
    for start in range(0, len(raw), step):
        assert not arriving.whole
        arriving.take(raw[start : start + step])
    assert arriving.whole
    assert handed_over(arriving) == (raw, b"")


def test_what_comes_behind_it_is_the_next_one(begun):
    arriving = begun(POST % 3 + b"abc" + HEAD)
    assert arriving.whole
    assert handed_over(arriving) == (POST % 3 + b"abc", HEAD)


@pytest.mark.parametrize(
    ("raw", "path"), [(HEAD, "/tickets/"), (b"GET /healthz HTTP/1.1\r\n\r\n", "/healthz"), (b"\r\n\r\n", "")]
)
def test_it_says_what_is_asked_for(begun, raw, path):
    assert begun(raw).path == path


def test_what_may_be_long_to_read_gets_no_thread_of_machines(begun):
    arriving = begun(b"GET /healthz HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
    assert (arriving.whole, arriving.path) == (True, "")


ODD = {
    "bare line feeds": b"GET / HTTP/1.1\nHost: x\n\n",
    "a body that is no chunk": CHUNKED + b"a=b&c=d",
    "a size that is none": CHUNKED + b"2\r\nab\r\n-1\r\n",
    "a line that does not end": CHUNKED + b"1;" + b"a" * (module.LONGEST_LINE + 1),
}


@pytest.mark.parametrize("raw", ODD.values(), ids=ODD)
def test_what_is_no_request_is_left_to_the_parser_at_once(begun, raw):
    arriving = begun(raw)
    assert arriving.whole
    assert handed_over(arriving) == (raw, b"")


@pytest.mark.parametrize("length", [LARGEST + 1, 10**18 - 1, 10**18, 10**2000, "9" * 5000])
def test_one_that_says_it_is_too_large_is_refused_before_it_comes(begun, length):
    with pytest.raises(TooLargeError):
        begun(b"POST / HTTP/1.1\r\nContent-Length: %s\r\n\r\na=b" % str(length).encode())


def test_a_head_without_an_end_is_not_waited_for(begun):
    arriving = begun(b"GET / HTTP/1.1\r\nX: ")
    with pytest.raises(HeadTooLargeError):
        arriving.take(b"a" * module.LARGEST_HEAD)


def test_nor_is_an_address_without_one(begun):
    arriving = begun(b"GET /")
    with pytest.raises(AddressTooLongError):
        arriving.take(b"a" * module.LARGEST_HEAD)


@pytest.mark.parametrize("more", [0, 1])
@pytest.mark.parametrize("last", [0, 1, 2, 3, 4, 5])
def test_a_head_is_too_large_or_not_however_it_is_cut(begun, more, last):
    begin, end = b"GET / HTTP/1.1\r\nX: ", b"\r\n\r\n"
    raw = begin + b"a" * (module.LARGEST_HEAD + more - len(begin) - len(end)) + end
    arriving = begun(begin)
    refused = False
    try:
        arriving.take(raw[len(begin) : len(raw) - last])
        arriving.take(raw[len(raw) - last :])
    except HeadTooLargeError:
        refused = True
    assert (refused, arriving.whole) == (bool(more), not more)


@pytest.mark.parametrize("raw", [HEAD, *ODD.values()])
def test_whoever_reads_more_than_came_is_at_its_end_and_waits_for_nothing(begun, raw):
    received = Received()
    received.receive(begun(raw))
    assert received.read(len(raw) + 1_000_000) == raw
    assert received.read() == b""
    received.next_up()


@pytest.mark.parametrize("read", [1, 50, 90_000])
def test_however_much_of_it_was_looked_at_what_comes_behind_chunks_is_the_next_one(begun, read):
    """Where those end, and the next request begins, the parser says: it puts back what it read of that."""
    raw = CHUNKED + b"0\r\n\r\n" + (POST % 90_000 + b"a" * 90_000)
    received = Received()
    received.receive(begun(raw))
    received.unread(received.read(len(raw) - 90_000 + read)[-read:])
    received.next_up()
    assert received.take_buffered() == b"a" * 90_000


def test_chunks_without_an_end_are_refused_at_the_same_size(begun):
    arriving = begun(CHUNKED)
    for _ in range(LARGEST // 1_000_000):
        arriving.take(b"f4240\r\n" + b"a" * 999_000)
    with pytest.raises(TooLargeError):
        arriving.take(b"a" * 2_000_000)


def test_who_waits_for_a_word_before_the_body_gets_it_unless_the_body_came_along(begun):
    expecting = (POST % 2)[:-2] + b"Expect: 100-continue\r\n\r\n"
    assert begun(expecting).wants_go_ahead
    assert not begun(expecting + b"ab").wants_go_ahead
    assert not begun(POST % 2).wants_go_ahead


def test_a_request_that_stays_half_is_late_within_ten_seconds_and_not_at_once(begun, clock):
    arriving = begun(HEAD[:-4])
    clock.now += PATIENCE - 0.5
    assert not arriving.late
    clock.now += 1.5
    assert arriving.late
    assert PATIENCE + 1 < 10  # it is looked at once a second


def test_a_silent_connection_is_late_just_so(begun, clock):
    arriving = begun()
    clock.now += PATIENCE + 0.1
    assert (arriving.late, arriving.begun) == (True, False)


def test_a_drip_does_not_put_the_end_off(begun, clock):
    arriving = begun(HEAD[:10])
    for byte in range(10, 20):
        clock.now += 0.9
        arriving.take(HEAD[byte : byte + 1])
    assert arriving.late


def test_a_large_file_may_take_as_long_as_a_slow_line_needs(begun, clock):
    arriving = begun(POST % 4_000_000)
    for _ in range(60):
        clock.now += 1
        arriving.take(b"a" * 2 * PACE)
        assert not arriving.late
    clock.now += PATIENCE + 70
    assert arriving.late


def test_a_stop_hastens_also_what_is_large(begun, clock):
    arriving = begun(POST % 4_000_000 + b"a" * 1_000_000)
    arriving.hasten(2.0)
    clock.now += 2.1
    assert arriving.late
