"""The room that Excel files take while they are made: what docs/deploy.md says of it is so, and the samples give it."""

import json
import os
import re

from copper_sandbox import Store
from tests.deploy.test_compose import OURS, compose
from tests.deploy.test_kubernetes import pod
from tests.run_folder import PROJECT
from tickets_app.copper.resources import Ticket
from tickets_app.export import room
from tickets_app.export.writers import EXCEL_ROWS, Workbook

TICKETS = 3000
GIB = 2**30


def said(words: str) -> float:
    """A figure of the document."""
    text = " ".join((PROJECT / "docs" / "deploy.md").read_text().split())
    return float(re.search(words, text)[1])


def taken(folder) -> int:
    return sum(file.stat().st_size for file in folder.iterdir())


def test_a_ticket_takes_what_is_said_and_no_more_than_is_asked_for(tmp_path, monkeypatch):
    at_once, unlink = [], os.unlink

    def watched(*what, **how):
        at_once.append(taken(tmp_path))
        unlink(*what, **how)

    with_all = [Ticket(str(one["id"]), one) for one in Store.generate(tickets=TICKETS).truth()]
    book = Workbook(tmp_path / "tickets.xlsx")
    book.begin(with_all[:100])
    book.rows(with_all)
    book._sheet.fh.flush()
    written = taken(tmp_path)
    monkeypatch.setattr(os, "unlink", watched)  # nothing is put together later than when its parts are removed
    book.close()
    monkeypatch.undo()
    most = max([*at_once, taken(tmp_path)])
    assert written < most <= written * (1 + room.PACKED)
    assert 0.8 < most / TICKETS / 1000 / said(r"about ([\d.]+) kB a ticket") < 1.1


def test_the_largest_sheet_takes_what_is_said():
    largest = EXCEL_ROWS * said(r"about ([\d.]+) kB a ticket") * 1000
    assert 0.9 < largest / 1e9 / said(r"([\d.]+) GB for the largest sheet") < 1.1


def test_kubernetes_gives_room_for_it_on_a_disk():
    (mounted,) = [volume for volume in pod("deployment.yaml")["volumes"] if volume["name"] == "tmp"]
    claim = mounted["ephemeral"]["volumeClaimTemplate"]["spec"]
    given = int(re.fullmatch(r"(\d+)Gi", claim["resources"]["requests"]["storage"])[1]) * GIB
    needed = said(r"([\d.]+) GB for the largest sheet") * 1e9 * (2 + room.PACKED) / 2 + room.LEAST
    assert given >= needed
    assert claim["accessModes"] == ["ReadWriteOnce"]


def test_compose_gives_what_its_disk_has():
    services = json.loads(compose("config", "--format=json").stdout)["services"]
    for name in OURS:
        assert "tmpfs" not in services[name]
        assert [(one["type"], one["target"]) for one in services[name]["volumes"]] == [("volume", "/tmp")]
