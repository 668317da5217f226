"""Reads what an export gave: the file, and what its page says of it."""

import csv
import io

import openpyxl
import pytest

from tickets_app.export import export

TOKEN = "a-token-of-its-own-01"


def body(response) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def broken(response) -> bytes:
    """What came of a file until it broke off."""
    parts = []
    with pytest.raises(export.BrokenOffError):
        parts.extend(response.streaming_content)
    return b"".join(parts)


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def said(client) -> str:
    return client.get(f"/tickets/export/{TOKEN}/").content.decode()


def sheet_of(response) -> list[list[object]]:
    book = openpyxl.load_workbook(io.BytesIO(body(response)), read_only=True)
    return [list(row) for row in book["Tickets"].iter_rows(values_only=True)]
