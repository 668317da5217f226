"""2,000 odd requests to the server as it runs, on SQLite and on PostgreSQL: none is an error of ours (`make fuzz`: 100,000)."""

import pytest

from tests import running_site
from tests.fuzz import drive, growth
from tests.fuzz.growth import Held
from tests.fuzz.shapes import Maker, Shape, addresses
from tests.running_site import HOST, TOKEN, Used

SEED, REQUESTS = 15, 1000  # the latter for each database


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_no_odd_request_is_an_error_of_ours(request, tmp_path, database):
    more = {"DATABASE_URL": request.getfixturevalue("postgres_url")} if database == "postgresql" else {}
    with running_site.running(tmp_path, **more) as site:
        faults = list(drive.drive(site, Maker(SEED, site.session), range(REQUESTS)))
        assert not faults, "\n\n".join(map(str, faults[:5]))
        assert drive.signed_in(site), "what was sent logged the person out: the rest saw the log-in page only"


def test_a_request_is_the_same_bytes_each_time():
    one, other = Maker(SEED, "a" * 32), Maker(SEED, "a" * 32)
    assert [one.make(number) for number in (7, 3)] == [other.make(number) for number in (3, 7)][::-1]
    assert one.make(7) != Maker(SEED + 1, "a" * 32).make(7)


def test_all_addresses_of_the_site_are_among_them():
    found = addresses()
    assert {
        "/tickets/<str:ticket_id>/",
        "/tickets/new",
        "/login/sso/callback/",
        "/audit/export.csv",
        "/views/<int:pk>/",
    } <= set(found)
    assert any(path.startswith("/admin/auth/user/") for path in found)


def test_a_request_that_ends_the_session_says_so_and_ends_the_run(tmp_path):
    with running_site.running(tmp_path) as site:
        cookie = f"Cookie: __Host-sessionid={site.session}; __Host-csrftoken={TOKEN}"
        body = f"csrfmiddlewaretoken={TOKEN}"
        head = [
            "POST /logout/ HTTP/1.1",
            f"Host: {HOST}",
            "X-Forwarded-Proto: https",
            f"Origin: https://{HOST}",
            cookie,
        ]
        kind = ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}", "Connection: close"]
        maker = Maker(SEED, site.session)
        maker.make = lambda number: Shape("\r\n".join([*head, *kind, "", body]).encode())
        assert [fault.what for fault in drive.drive(site, maker, range(9))] == ["it signed its person out"]


@pytest.mark.parametrize("path", ["/logout/", "/password/", "/login/sso/callback/", "/admin/auth/user/7/password/"])
def test_nothing_that_may_end_the_session_is_sent_with_it(path):
    maker = Maker(SEED, "s" * 32)
    maker._address = lambda dice: path
    made = [maker.make(number).raw for number in range(200)]
    assert any(raw.startswith(b"POST") for raw in made)
    assert not [raw for raw in made if raw.startswith(b"POST") and b"s" * 32 in raw]


@pytest.mark.parametrize(
    ("memory", "threads", "descriptors", "well"),
    [
        ([60, 75, 80, 80, 80], 4, 20, True),  # what a new process fills is no growth
        ([60, 75, 80, 60, 60], 4, 20, True),
        ([60, 75, 80, 85, 91], 4, 20, False),
        ([60, 75, 80, 80, 80], growth.POOLS, 20, True),  # threads of its pools, which it starts as they are needed
        ([60, 75, 80, 80, 80], growth.POOLS + 1, 20, False),
        ([60, 75, 80, 80, 80], 4, 25, False),
    ],
)
def test_a_server_that_grows_after_its_warm_up_is_a_fault(memory, threads, descriptors, well):
    used = [Used(1_000 * size, 4, 20) for size in memory[:-1]] + [Used(1_000 * memory[-1], threads, descriptors)]
    held = [Held(10_000 * place, one) for place, one in enumerate(used)]
    assert growth.judge(held)[0] is well


def test_a_short_run_says_that_it_says_nothing_of_growth():
    well, words = growth.judge([Held(0, Used(60_000, 4, 20)), Held(5_000, Used(90_000, 4, 20))])
    assert (well, "Too few requests" in words) == (True, True)
