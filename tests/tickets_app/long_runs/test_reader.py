"""Who closed the connection is noticed without a byte being sent or taken."""

import socket

import pytest

from tickets_app.long_runs.reader import Reader


@pytest.fixture
def pair():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def test_who_is_there_has_not_left_whether_they_said_something_or_not(rf, pair):
    ours, theirs = pair
    reader = Reader(rf.get("/", **{"gunicorn.socket": ours}))
    assert not reader.left
    theirs.sendall(b"GET")
    assert not reader.left
    assert ours.recv(10) == b"GET", "it was only looked at"


def test_who_closed_the_connection_has_left(rf, pair):
    ours, theirs = pair
    reader = Reader(rf.get("/", **{"gunicorn.socket": ours}))
    theirs.close()
    assert reader.left
    ours.close()
    assert reader.left


def test_where_the_server_does_not_say_which_connection_it_is_nobody_leaves(rf):
    assert not Reader(rf.get("/")).left
