"""What pages cost beside Django admin's list is measured on pages that are there. Nothing here is a time."""

import io
import json
import subprocess
import sys
from http.cookies import SimpleCookie

import pytest
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse

from benchmarks.own_share import BOUNDS, Share, _rounds, _timed, verdicts
from benchmarks.visitor import Answer, Visitor, _value
from tests.benchmarks.test_start import PROJECT
from tickets_app.gateway import server_timing
from tickets_app.middleware import ServerTiming


def test_each_page_is_measured_in_a_process_of_its_own(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.own_share", "--json", "--rounds", "1"],
        cwd=PROJECT,
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    shares = [Share(**one) for one in json.loads(done.stdout)]
    assert [one.page for one in shares] == list(BOUNDS)
    ratios = [(one.ratio, one.processor, one.whole, one.whole_processor) for one in shares]
    assert all(ratio > 0 for of_page in ratios for ratio in of_page)
    assert all(one.ours > 0 and one.admin > 0 for one in shares)
    whole, appended, ticket, panel = (one.bytes for one in shares)
    assert whole > appended > ticket > panel > 1000
    assert not [left for left in tmp_path.iterdir() if left.name.startswith("copper-tickets-bench")]


@pytest.mark.parametrize(("ratio", "holds"), [(0.25, True), (0.26, False)])
def test_a_page_holds_up_to_its_bound(ratio, holds):
    others = {"ours": 1, "admin": 4, "processor": 0.2, "whole": 0.27, "whole_processor": 0.19, "bytes": 1}
    [verdict] = verdicts([Share("page of 100 tickets", ratio=ratio, **others)])
    assert verdict.holds is holds
    assert verdict.measured == ratio
    said = "1.00 of 4.0 ms; of processor time 0.200; whole calls 0.270, of processor time 0.190"
    assert verdict.where == said


def test_what_is_judged_is_what_the_header_says_and_the_whole_call_stands_beside_it():
    """The same clock for all of it, and Copper off both."""
    now = [0.0]

    class Slow(Visitor):
        def __init__(self):
            self._cookies = SimpleCookie()

        def _application(self, environ, start):
            now[0] += 1  # outside of what is measured by the header

            def page(_request):
                now[0] += 2
                with server_timing.waiting():
                    now[0] += 4
                return HttpResponse()

            header = ServerTiming(page)(HttpRequest())["Server-Timing"]
            start("200 OK", [("Server-Timing", header)])
            return io.BytesIO(b"")

    visitor = Slow()
    taken, sizes = _rounds({"page": lambda clock: _timed(clock, visitor, "/")}, 2, lambda: now[0])
    assert taken == {"page": [(2000, 3000)] * 2}
    assert sizes == {"page": 0}


def test_what_a_browser_hands_on_is_read_as_it_is_meant():
    assert _value('<a rel="next" href="/tickets/?a=1&amp;b=%22">', "href") == "/tickets/?a=1&b=%22"
    assert Answer(b"<p>", 0.0, 0.0, "").text == "<p>"


def test_each_page_is_asked_of_copper_anew():
    for cache in caches.all():
        cache.set("answer", "kept")
    Visitor.forget(None)
    assert [cache.get("answer") for cache in caches.all()] == [None] * len(list(caches.all()))


def test_a_visitor_sends_back_the_cookies_she_was_given():
    maria = Visitor.__new__(Visitor)
    maria._cookies = SimpleCookie("sessionid=abc")
    said = [
        ("Server-Timing", "copper;dur=1.5, total;dur=4.25"),
        ("Set-Cookie", "csrftoken=t1; Path=/"),
        ("Set-Cookie", "other=1; Secure"),
    ]
    asked = []

    def application(environ, start):
        asked.append(environ["HTTP_COOKIE"])
        start("200 OK", said)
        return io.BytesIO(b"")

    maria._application = application
    answer = maria.get("/")
    assert (answer.copper, answer.total) == (0.0015, 0.00425)
    maria.get("/")
    assert asked == ["sessionid=abc", "sessionid=abc; csrftoken=t1; other=1"]
