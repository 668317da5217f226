"""What pages cost beside Django admin's list is measured on pages that are there. Nothing here is a time."""

import io
import json
import subprocess
import sys
from http.cookies import SimpleCookie

import pytest
from django.core.cache import caches

from benchmarks.own_share import BOUNDS, Share, verdicts
from benchmarks.visitor import Answer, Visitor, _value
from tests.benchmarks.test_start import PROJECT


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
    assert all(one.ours > 0 and one.admin > 0 and one.ratio > 0 and one.processor > 0 for one in shares)
    whole, appended, ticket, panel = (one.bytes for one in shares)
    assert whole > appended > ticket > panel > 1000
    assert not [left for left in tmp_path.iterdir() if left.name.startswith("copper-tickets-bench")]


@pytest.mark.parametrize(("ratio", "holds"), [(0.25, True), (0.26, False)])
def test_a_page_holds_up_to_its_bound(ratio, holds):
    [verdict] = verdicts([Share("page of 100 tickets", ours=1, admin=4, ratio=ratio, processor=0.2, bytes=1)])
    assert verdict.holds is holds


def test_what_a_browser_hands_on_is_read_as_it_is_meant():
    assert _value('<a rel="next" href="/tickets/?a=1&amp;b=%22">', "href") == "/tickets/?a=1&b=%22"
    assert Answer(b"<p>", 0.0, "").text == "<p>"


def test_each_page_is_asked_of_copper_anew():
    for cache in caches.all():
        cache.set("answer", "kept")
    Visitor.forget(None)
    assert [cache.get("answer") for cache in caches.all()] == [None] * len(list(caches.all()))


def test_a_visitor_sends_back_the_cookies_she_was_given():
    maria = Visitor.__new__(Visitor)
    maria._cookies = SimpleCookie("sessionid=abc")
    said = [
        ("Server-Timing", "copper;dur=1.5"),
        ("Set-Cookie", "csrftoken=t1; Path=/"),
        ("Set-Cookie", "other=1; Secure"),
    ]
    asked = []

    def application(environ, start):
        asked.append(environ["HTTP_COOKIE"])
        start("200 OK", said)
        return io.BytesIO(b"")

    maria._application = application
    assert maria.get("/").copper == 0.0015
    maria.get("/")
    assert asked == ["sessionid=abc", "sessionid=abc; csrftoken=t1; other=1"]
