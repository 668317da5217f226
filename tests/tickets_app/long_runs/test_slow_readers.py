"""Who reads a file too slowly is sent its last line and no more; who keeps up is left alone. Over real sockets."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest
from django.test import RequestFactory

from tests.pages.conftest import made
from tests.tickets_app.export.reading import TOKEN, body, broken, said
from tickets_app.export import export
from tickets_app.gateway import shared
from tickets_app.long_runs import reader as module
from tickets_app.long_runs.reader import Reader


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    """The server's end of a connection, and the reader's."""
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.socket() as reading:
        reading.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8_192)
        reading.connect(listener.getsockname())
        sending, _ = listener.accept()
        with sending:
            yield sending, reading


@pytest.fixture
def reader(ends) -> Reader:
    found = Reader(RequestFactory().get("/", **{"gunicorn.socket": ends[0]}))
    found.begins()
    return found


def fill(sending: socket.socket) -> None:
    """Nobody reads what is sent, until the system takes no more."""
    sending.setblocking(False)
    with suppress(BlockingIOError):
        while sending.send(b"a" * 65_536):
            pass
    sending.setblocking(True)


def never() -> bool:
    return False


def test_who_keeps_up_is_never_slow_however_little_comes(reader, monkeypatch):
    monkeypatch.setattr(module, "WINDOW", 0.0)
    assert all(reader.takes(sent, never) for sent in range(100))
    assert not reader.slow


def test_who_reads_nothing_is_too_slow(reader, ends, monkeypatch):
    monkeypatch.setattr(module, "LOOK", 0.01)
    monkeypatch.setattr(module, "WINDOW", 0.05)
    fill(ends[0])
    assert not reader.takes(0, never)
    assert reader.slow


def test_who_took_enough_in_the_half_minute_begins_another(reader, ends, settings, monkeypatch):
    """What had arrived is what was sent less what the system still keeps."""
    settings.SLOWEST_READER = 1_000
    kept = [500_000]
    monkeypatch.setattr(module, "_on_the_way", lambda _connection: kept[0])
    reader.takes(500_000, never)
    reader._waited = module.WINDOW + 1
    assert reader._is_slow(), "nothing has arrived"
    kept[0] -= int(module.WINDOW) * settings.SLOWEST_READER - 1
    assert reader._is_slow(), "a byte too few"
    kept[0] -= 1
    assert not reader._is_slow()
    reader._waited = module.WINDOW + 1
    assert reader._is_slow(), "of this half minute"


def test_with_0_nobody_is_too_slow(reader, ends, settings, monkeypatch):
    settings.SLOWEST_READER = 0
    monkeypatch.setattr(module, "LOOK", 0.01)
    monkeypatch.setattr(module, "WINDOW", 0.0)
    fill(ends[0])
    asked = []
    assert not reader.takes(0, lambda: asked.append(1) or len(asked) > 5)
    assert not reader.slow


def test_while_a_reader_is_waited_for_it_is_asked_whether_to_end(reader, ends):
    fill(ends[0])
    assert not reader.takes(0, lambda: True)
    assert not reader.slow


def test_who_left_is_noticed(reader, ends):
    assert not reader.left
    ends[1].close()
    assert reader.left


@pytest.fixture
def slow(ends, serve, monkeypatch) -> dict[str, object]:
    """What a request of somebody looks like who takes nothing."""
    monkeypatch.setattr(module, "LOOK", 0.01)
    monkeypatch.setattr(module, "WINDOW", 0.05)
    serve([made(number) for number in range(500)])
    return {"gunicorn.socket": ends[0]}


def test_a_file_that_is_read_too_slowly_says_so_in_its_last_line_and_goes_on_from_there(client, slow, ends):
    response = client.get(f"/tickets/export.ndjson?location=loc_a&export={TOKEN}", **slow)
    fill(ends[0])
    *rows, last = map(json.loads, broken(response).splitlines())
    assert last == {"incomplete": f"INCOMPLETE after {len(rows)} rows", "rows": len(rows)}
    page = said(client)
    assert export.TOO_SLOW in page
    go_on = page.split('href="/tickets/export/?')[1].split('"')[0].replace("&amp;", "&")
    rest = [json.loads(line) for line in body(client.get(f"/tickets/export.ndjson?{go_on}")).splitlines()]
    assert [one["id"] for one in rows + rest] == [made(number)["id"] for number in range(500)]
    assert shared.parts().places.take("user-901") is None, "its place is free"


def test_an_excel_file_that_is_read_too_slowly_breaks_off(client, slow, ends):
    response = client.get(f"/tickets/export.xlsx?export={TOKEN}", **slow)
    assert int(response["Content-Length"]) > 0
    fill(ends[0])
    assert broken(response) == b""
    assert export.TOO_SLOW in said(client)


def test_who_reads_gets_the_whole_file(client, slow, ends):
    took = threading.Thread(target=lambda: [None for _ in iter(lambda: ends[1].recv(65_536), b"")], daemon=True)
    took.start()
    response = client.get("/tickets/export.ndjson", **slow)
    assert len(body(response).splitlines()) == 500
