"""What was typed stands in the page that says that the database is away; sent again once it is back, it is saved once."""

import re
from html import unescape

import pytest
from django.contrib.auth.models import User
from django.db import connection

from audit.models import Event, Kind
from tests import caches
from tests.dashboard.database.conftest import full, locked
from tests.dashboard.database.test_away import frozen, killed, read_only
from tests.dashboard.database.test_forms_away import browser
from tests.pages.conftest import made
from tickets_app.models import Note, SavedView

LONG = "%F0%9F%98%80" * 500  # a full file has no room for it, not even on a page that has some
VIEW = {"name": 'Reno & "Harbor" <today>', "query": f"search_query={LONG}&range=30d"}
NOTE = {"text": "Called Reno.\r\nThey refund <b>it</b> & “that”."}
LOOK_UP = {"references": "R-1\r\nR-2", "range": "30d"}
FORMS = {
    "/views/": (VIEW, lambda: SavedView.objects.filter(name=VIEW["name"]).count()),
    "/tickets/tkt_00001/notes/": (NOTE, lambda: Note.objects.filter(text=NOTE["text"].replace("\r", "")).count()),
    "/tickets/lookup/": (LOOK_UP, lambda: Event.objects.filter(kind=Kind.LOOKED_UP).count()),
}
FIELD = re.compile(
    r'<input type="hidden" name="(.*?)" value="(.*?)">|<textarea.*? name="(.*?)".*?>\n(.*?)</textarea>', re.DOTALL
)


def form_on(page: str, address: str) -> dict[str, str]:
    """The only form of a page that goes there, as a browser would send it."""
    (form,) = re.findall(rf'<form [^>]*action="{re.escape(address)}".*?</form>', page, re.DOTALL)
    return {unescape(name or area): unescape(value or text) for name, value, area, text in FIELD.findall(form)}


def is_kept_and_saved_once(fault) -> None:
    SavedView.objects.all().delete()
    Note.objects.all().delete()
    client = browser(User.objects.get_or_create(username="ada", is_superuser=True)[0])
    pages, before = {}, {address: saved() for address, (_, saved) in FORMS.items()}
    connection.close()
    with fault:
        for address, (typed, _) in FORMS.items():
            response = client.post(address, {"csrfmiddlewaretoken": client.token, **typed})
            connection.close()  # as at the end of each request on a server
            assert response.status_code == 503, address
            pages[address] = response.content.decode()
    for address, (typed, saved) in FORMS.items():
        form = form_on(pages[address], address)
        kept = {name: value for name, value in form.items() if name in typed}
        assert {name: value.replace("\r", "") for name, value in kept.items()} == {
            name: value.replace("\r", "") for name, value in typed.items()
        }
        assert client.post(address, form).status_code in {200, 302, 303}, address
        assert saved() == before[address] + 1, address


@pytest.fixture(autouse=True)
def people_log_in(settings) -> None:
    settings.LOGIN_REQUIRED = settings.AUDIT_REQUIRED = True
    caches.clear()


@pytest.mark.parametrize("fault", [killed, frozen, read_only])
def test_on_postgresql(postgres_of_the_module, serve, fault):
    serve([made(number) for number in range(3)])
    is_kept_and_saved_once(fault(postgres_of_the_module))


@pytest.mark.parametrize("fault", [locked, full])
def test_on_sqlite(sqlite_of_its_own, serve, fault):
    serve([made(number) for number in range(3)])
    is_kept_and_saved_once(fault(sqlite_of_its_own))
