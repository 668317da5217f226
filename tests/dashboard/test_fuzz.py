"""2,000 odd requests to the server as it runs, on SQLite and on PostgreSQL: none is an error of ours (`make fuzz`: 100,000)."""

import pytest

from tests import running_site
from tests.fuzz import drive
from tests.fuzz.shapes import Maker, addresses

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
