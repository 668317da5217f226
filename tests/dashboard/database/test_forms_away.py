"""Every form that is sent while the database goes away: a whole page of ours with 503, or what was asked for is done."""

import shutil
from itertools import count

import pytest
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.contrib.sessions.models import Session
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from audit.models import Event, Kind
from dashboard.identity.throttle import hashes, hashes_of_known_browsers
from tests import caches
from tests.dashboard.database.test_away import frozen, killed
from tests.pages.conftest import made
from tickets_app.models import LocationClock, Note, Preference, SavedView

PASSWORD = "analytical engine"
CLOCKS = "/admin/tickets_app/locationclock/"
NOTES = "/tickets/tkt_00001/notes/"
# pk 1 of each: the only one there is.
FORMS = {
    "log-in": ("/login/", {"username": "ada", "password": PASSWORD}),
    "log-out": ("/logout/", {}),
    "password": (
        "/password/",
        {"old_password": PASSWORD, "new_password1": "difference engine", "new_password2": "difference engine"},
    ),
    "preferences": ("/preferences/", {"zone": "Europe/Zurich"}),
    "a new view": ("/views/", {"name": "Reno, today", "query": "range=30d"}),
    "a view renamed": ("/views/1/", {"change": "rename", "name": "Reno, later"}),
    "a view shared": ("/views/1/", {"change": "share"}),
    "a view deleted": ("/views/1/", {"change": "delete"}),
    "a view to begin with": ("/views/1/", {"change": "default"}),
    "a note": (NOTES, {"text": "Called Reno."}),
    "a note removed": (f"{NOTES}1/remove/", {}),
    "a look-up": ("/tickets/lookup/", {"references": "R-1\nR-2", "range": "30d"}),
    "a look-up cancelled": ("/tickets/lookup/a-token-of-its-own-01/cancel/", {}),
    "an export cancelled": ("/tickets/export/a-token-of-its-own-01/cancel/", {}),
    "a store's clock": (f"{CLOCKS}1/change/", {"zone": "America/Denver", "turns_over": "3"}),
    "stores' clocks": (f"{CLOCKS}import/", {"table": "location,zone,turns_over\r\nloc_b,America/New_York,0"}),
    "a person": (
        "/admin/auth/user/1/change/",
        {"username": "ada", "first_name": "Ada", "is_active": "on", "is_staff": "on"},
    ),
    "a role": ("/admin/auth/group/add/", {"name": "night shift"}),
}
CHANGE_NOTHING = {"log-in", "a look-up cancelled", "an export cancelled"}


@pytest.fixture(autouse=True)
def people_log_in(settings) -> None:
    settings.LOGIN_REQUIRED = settings.AUDIT_REQUIRED = True
    caches.clear()


def browser(user: User) -> Client:
    """One that minds tokens, as they all do; somebody is logged in, who may do everything."""
    client = Client(enforce_csrf_checks=True, raise_request_exception=False, headers={"Origin": "http://testserver"})
    client.force_login(user, backend="dashboard.identity.backends.Accounts")
    client.token = client.get("/preferences/").cookies["csrftoken"].value
    return client


def send(client: Client, name: str):
    address, fields = FORMS[name]
    return client.post(address, {"csrfmiddlewaretoken": client.token, **fields})


def is_ours(response) -> None:
    """A whole page that says that the database is away, what to quote, and when to come again."""
    html = response.content.decode()
    assert response.status_code == 503
    assert html.lstrip().lower().startswith("<!doctype html>")
    assert "</html>" in html
    assert "The dashboard’s own database does not answer" in html or "This cannot be recorded just now" in html
    assert "Quote this number" in html
    assert int(response["Retry-After"]) > 0


class GoesAway:
    """A database that answers so many statements, and then none."""

    def __init__(self, answers: int) -> None:
        self.answers, self.refused = answers, 0

    def __call__(self, execute, *statement):
        if self.answers:
            self.answers -= 1
            return execute(*statement)
        self.refused += 1
        raise OperationalError("away")


def everything() -> list[object]:
    """All that the forms change."""
    user = User.objects.get()
    found = [
        (user.first_name, user.check_password(PASSWORD), Session.objects.count()),
        sorted(SavedView.objects.values_list("name", "shared")),
        sorted(Note.objects.values_list("text", flat=True)),
        sorted(Preference.objects.values_list("zone", "default_view")),
        sorted(LocationClock.objects.values_list("location", "zone", "turns_over")),
        sorted(Group.objects.values_list("name", flat=True)),
        Event.objects.filter(kind=Kind.LOOKED_UP).count(),
    ]
    connection.close()
    return found


def one_of_each(user: User) -> None:
    SavedView.objects.create(user=user, name="Reno", query="range=7d")
    here = {"account": settings.COPPER_ACCOUNT, "live": False, "ticket": "tkt_00001"}
    Note.objects.create(**here, user_id=user.pk, author="ada", at=timezone.now(), text="old", folded="old")
    LocationClock.objects.create(location="loc_a", zone="America/Los_Angeles", turns_over=4)


@pytest.fixture
def from_the_start(sqlite_of_its_own, serve):
    """The browser again and again, with everything as it was."""
    serve([made(number) for number in range(3)])
    user = User.objects.create_superuser("ada", password=PASSWORD)
    one_of_each(user)
    client = browser(user)
    cookies = client.cookies.output(header="")
    connection.close()
    copy = shutil.copy(sqlite_of_its_own, sqlite_of_its_own.with_name("copy.sqlite3"))

    def again() -> Client:
        connection.close()
        shutil.copy(copy, sqlite_of_its_own)
        hashes.fill()
        hashes_of_known_browsers.fill()
        client.cookies.load(cookies)
        return client

    return again


def test_at_whichever_statement_it_goes_away_the_page_says_so_or_it_is_done(from_the_start):
    from_the_start()
    before = everything()
    for name in FORMS:
        answer = send(from_the_start(), name)
        wanted = everything()
        assert (wanted == before) is (name in CHANGE_NOTHING), name
        for answers in count():
            client, database = from_the_start(), GoesAway(answers)
            with connection.execute_wrapper(database):
                response = send(client, name)
            if not database.refused:
                break
            if response.status_code == 503:
                is_ours(response)
            else:
                assert answers, f"{name}: it needs no database at all"
                assert (response.status_code, everything()) == (answer.status_code, wanted), (name, answers)


@pytest.mark.parametrize("fault", [killed, frozen])
def test_without_postgresql_no_form_is_blamed(postgres_of_the_module, serve, fault):
    serve([made(number) for number in range(3)])
    client = browser(User.objects.get_or_create(username="ada", is_superuser=True)[0])
    with fault(postgres_of_the_module):
        for name in ("log-out", "a note"):
            is_ours(send(client, name))
            connection.close()  # as on a server; the first was sent over one that was open
    assert [send(client, name).status_code for name in ("a note", "log-out")] == [303, 302]
