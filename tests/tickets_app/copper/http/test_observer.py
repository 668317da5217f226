"""What the client tells an observer: every request that was sent, how it ended, and none that was not."""

import pytest

from copper_sandbox import Fault, Sandbox, Store
from tests.fault_server import refused
from tests.tickets_app.copper.http.clients import client_for, failure
from tickets_app.copper.http.breaker import FAILURES
from tickets_app.copper.http.deadline import Deadline
from tickets_app.copper.http.observer import Observer
from tickets_app.copper.http.retries import Retries

NO_WAIT = {"sleep": lambda seconds: None, "jitter": lambda low, high: 0.0}


class Told(Observer):
    """Keeps what it was told."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.under_way = 0

    def began(self) -> None:
        self.under_way += 1

    def ended(self, result: str, seconds: float, status: int | None) -> None:
        assert 0 <= seconds < 60
        self.under_way -= 1
        self.told.append(f"{result} {status}")

    def retried(self) -> None:
        self.told.append("retried")

    def held_back(self) -> None:
        self.told.append("held back")


def test_it_is_told_of_each_attempt_and_each_retry():
    observer = Told()
    with Sandbox(Store(tickets=[], locations=[])) as sandbox:
        sandbox.script(Fault(body=b"<html>"), Fault(status=500), None)
        client = client_for(sandbox.url, observer=observer, retries=Retries(**NO_WAIT))
        client.get("tickets", deadline=Deadline.after(8))
    assert observer.told == ["unreadable None", "retried", "server 500", "retried", "ok 200"]
    assert observer.under_way == 0


def test_a_request_that_is_not_sent_is_no_attempt():
    observer = Told()
    with refused() as url:
        client = client_for(url, observer=observer, retries=Retries(**NO_WAIT))
        while "held back" not in observer.told:
            failure(client)
            assert len(observer.told) < 10 * FAILURES
    attempts = [said for said in observer.told if said.startswith("unreachable")]
    assert len(attempts) == FAILURES
    assert observer.told[-1] == "held back"
    assert observer.under_way == 0


def test_the_number_of_the_request_goes_along_with_every_attempt():
    with Sandbox(Store(tickets=[], locations=[])) as sandbox:
        sandbox.script(Fault(status=500), None, None)
        client = client_for(sandbox.url, retries=Retries(**NO_WAIT))
        client.get("tickets", deadline=Deadline.after(8), request_id="number-1")
        client.get("tickets", deadline=Deadline.after(8))
        assert [entry.request_id for entry in sandbox.ledger] == ["number-1", "number-1", None]


def test_a_mistake_of_ours_is_no_good_answer_of_coppers():
    observer = Told()
    with pytest.raises(RecursionError), observer.watch():
        raise RecursionError
    assert observer.told == ["broken None"]
