"""The benchmark's machinery at a tiny size and without latency: what is counted is right. Nothing here is a time."""

import platform

import pytest

from benchmarks.document import Occasion, document
from benchmarks.measuring import FIRST, LISTING, SECOND, STRIPE, WALK, Figures, Scenario, run
from benchmarks.report import Results
from benchmarks.verdicts import verdicts
from tickets_app.gateway import shared

TICKETS = 600
platform.processor()  # Stripe's library asks for it once, which starts a process


@pytest.fixture(autouse=True)
def forgotten(db):
    """The site forgets what it learned of the benchmark's sandboxes."""
    yield
    shared.forget()


def test_each_client_is_measured_and_only_stripes_misses_tickets():
    results = Results(run([Scenario(TICKETS, (0, 5), limited=(5,))], latency=0))

    assert [(one.client, one.matches, one.limited) for one in results.all] == [
        (client, matches, limited)
        for matches, limited in ((0, False), (5, False), (5, True))
        for client in (WALK, STRIPE, LISTING, FIRST, SECOND)
    ]
    for one in results.all:
        assert one.complete or one.client == STRIPE, one
        assert (one.first is None) == (one.found == 0)
        if one.client == LISTING:
            assert one.requests == TICKETS / 100
        elif one.client == STRIPE:
            assert one.requests < TICKETS / 100
            assert one.found < 5
        else:
            assert one.requests >= TICKETS / 100


def figures(client: str, **changed) -> Figures:
    plain = {"seconds": 10.0, "first": 1.0, "requests": 200, "throttled": 0, "found": 5, "in_order": True}
    return Figures(**{"client": client, "tickets": 10_000, "matches": 5, **plain, **changed})


@pytest.mark.parametrize(
    ("changed", "holds"),
    [
        ({"seconds": 1.6, "requests": 229}, [True, True]),
        ({"seconds": 1.7, "requests": 229}, [False, True]),
        ({"seconds": 1.6, "requests": 231}, [True, False]),
        ({"seconds": 1.6, "found": 4}, [False, False]),
        ({"seconds": 1.6, "in_order": False}, [False, False]),
    ],
)
def test_a_verdict_passes_only_what_is_fast_lean_and_complete(changed, holds):
    results = Results([figures(WALK), figures(FIRST, **changed)])

    assert [verdict.holds for verdict in verdicts(results)] == holds


def test_best_under_the_limit_counts_answered_requests_beyond_the_burst():
    assert figures(FIRST, requests=230, throttled=10).best == 10.0
    assert figures(FIRST, requests=15).best == 0


def test_the_document_holds_the_tables():
    results = Results(
        [figures(client, limited=limited) for limited in (False, True) for client in (WALK, LISTING, FIRST, SECOND)]
    )

    text = document(results, Occasion.now(), "make bench")

    assert text.count(f"| {FIRST} ") == 2
    assert "falls short" in text
