"""An Excel file for which the disk has no room: said in words, recorded, and its run ends; asked before, and watched."""

import errno
import os
import shutil
import tempfile
from collections import namedtuple
from pathlib import Path

import pytest

from audit.models import Event, Kind
from tests.pages.conftest import made
from tests.tickets_app.export.reading import TOKEN, said
from tickets_app.export import room
from tickets_app.export.export import Export
from tickets_app.export.writers import Workbook

ADDRESS = f"/tickets/export.xlsx?export={TOKEN}"
Usage = namedtuple("Usage", "total used free")


def is_told(client, response, rows: int) -> None:
    page = response.content.decode()
    assert (response.status_code, "no room left for an Excel file" in page) == (507, True)
    assert "no room left for an Excel file" in said(client)
    event = Event.objects.get(kind=Kind.EXPORTED)
    assert (event.facts["complete"], event.facts["rows"]) == (False, rows)


def test_none_from_the_start(client, serve, monkeypatch):
    serve([made(number) for number in range(10)])
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: Usage(1, 1, room.LEAST - 1))
    is_told(client, client.get(ADDRESS), 0)


def test_less_and_less_while_it_grows(client, serve, monkeypatch):
    serve([made(number) for number in range(250)])
    left = iter([room.LEAST * 2, room.LEAST * 2, room.LEAST - 1])
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: Usage(1, 1, next(left)))
    is_told(client, client.get(ADDRESS), 200)


def test_it_is_asked_for_what_putting_together_takes_with_some_to_spare(tmp_path, monkeypatch):
    (tmp_path / "sheet").write_bytes(bytes(8_000_000))
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: Usage(1, 1, room.LEAST + 10_000_000))
    room.check(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: Usage(1, 1, room.LEAST + 9_999_999))
    with pytest.raises(room.NoRoomError):
        room.check(tmp_path)


def test_what_a_killed_process_left_behind_is_removed_and_nothing_of_others(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with room.folder() as ours:
        (tmp_path / "copper-tickets-export-1-abc").mkdir()
        (tmp_path / "copper-tickets-export-1-abc" / "tickets.xlsx").write_bytes(b"PK")
        (tmp_path / "copper-tickets-export-12-abc").mkdir()
        room.give_back(1)
        assert sorted(tmp_path.iterdir()) == sorted([tmp_path / "copper-tickets-export-12-abc", Path(ours)])
        room.give_back(os.getpid())
        assert not Path(ours).exists()


def test_a_server_that_starts_removes_what_is_left_of_processes_that_are_gone(tmp_path, monkeypatch):
    """As after a kill of the whole server. What another server of this machine makes in the same folder stays."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    gone = 2**22 + 1  # more than Linux gives any process
    left, theirs = tmp_path / f"copper-tickets-export-{gone}-abc", tmp_path / f"copper-tickets-export-{os.getppid()}-x"
    for folder in (left, theirs, tmp_path / "copper-tickets-export-x-1", tmp_path / f"copper-tickets-other-{gone}-abc"):
        folder.mkdir()
        (folder / "tickets.xlsx").write_bytes(b"PK")
    others = set(tmp_path.iterdir()) - {left}
    with room.folder() as ours:
        room.forget_former()
        assert set(tmp_path.iterdir()) == others | {Path(ours)}


@pytest.mark.parametrize("where", [(Workbook, "rows"), (Workbook, "close"), (room, "folder"), (Export, "finish")])
def test_a_file_that_fails_for_another_reason_is_not_being_made_any_more(client, serve, monkeypatch, where):
    real = getattr(*where)

    def fail(*given: object) -> None:
        if where == (Workbook, "close"):
            real(*given)  # what was opened is closed
        raise ValueError("a mistake of ours")

    serve([made(number) for number in range(10)])
    monkeypatch.setattr(*where, fail)
    client.raise_request_exception = False
    assert client.get(ADDRESS).status_code == 500
    assert "The file is not complete" in (page := said(client))
    assert "for a reason of its own" in page


@pytest.mark.parametrize("step", ["rows", "close"])
def test_somebody_else_was_quicker(client, serve, monkeypatch, step):
    serve([made(number) for number in range(10)])

    def full(book: Workbook, *_: object) -> None:
        close(book)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    close = Workbook.close
    monkeypatch.setattr(Workbook, step, full)
    is_told(client, client.get(ADDRESS), 10)


def test_any_other_error_is_a_mistake_and_no_lack_of_room():
    assert not room.is_lack_of_it(OSError(errno.EACCES, "no"))
    assert not room.is_lack_of_it(ValueError())
