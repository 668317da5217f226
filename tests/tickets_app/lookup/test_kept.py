"""A result has an address: for the session in which it was looked up, while that lasts. A file that was no list stays, too."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.test import Client

from audit.models import Event
from tests.pages.conftest import made
from tests.tickets_app.lookup.reading import DAY, PAGE, go_on, lines, look_up, never_missing, state, text_of
from tickets_app.lookup import kept, lookup
from tickets_app.models import KeptLookup

pytestmark = pytest.mark.usefixtures("quick")
HTMX = {"HX-Request": "true"}


@pytest.fixture
def browser(client, serve) -> Client:
    """One that has opened the page, so that it has a session."""
    serve([made(number) for number in range(9)])
    client.get(PAGE)
    return client


def press(browser: Client, *references: str, **fields: object):
    """Send the form as the page has it."""
    return look_up(browser, references, token="a-token-of-its-own-01", **fields)


def value(response, name: str) -> str:
    return re.search(rf'name="{name}" value="(.*?)"', response.content.decode())[1]


def test_the_form_leads_to_the_result_and_its_address_gives_it_again_without_asking_copper(browser, serve):
    sandbox = serve([made(number) for number in range(9)])
    answer = press(browser, "R-3", "none")
    assert answer.status_code == 303
    assert re.fullmatch(r"/tickets/lookup/results/[\w-]{16,}/", answer["Location"])
    asked, told = len(sandbox.ledger), Event.objects.count()
    for _ in range(2):
        page = browser.get(answer["Location"])
        assert page.status_code == 200
        assert [line[:2] for line in lines(page)] == [("R-3", "found"), ("none", "missing")]
    assert [one for one in sandbox.ledger[asked:] if one.path.endswith("/tickets")] == []
    assert Event.objects.count() == told  # it was recorded when it was looked up (docs/decisions/0082-kept-lookups.md)
    html = page.content.decode()
    assert html.index('id="lookup-result"') < html.index("Look up others") < html.index('id="lookup-form"')
    assert '<details id="look-up-others">' in html
    assert "R-3\nnone</textarea>" in html
    assert 'value="2026-11-19"' in html


def test_what_is_typed_without_a_session_is_answered_and_not_kept(client, serve):
    serve([made(3)])
    answer = press(client, "R-3")
    assert answer.status_code == 200
    assert lines(answer)[0][1] == "found"
    assert "Not kept: it is in this page alone." in text_of(answer)
    assert not KeptLookup.objects.exists()


def test_a_script_that_sends_no_token_has_the_result_in_the_answer_and_is_told_its_address(browser):
    answer = look_up(browser, ["R-3"])
    assert answer.status_code == 200
    assert lines(answer)[0][1] == "found"
    assert lines(browser.get(answer["Content-Location"])) == lines(answer)


def test_htmx_is_told_the_address_and_what_is_gone_on_with_keeps_it(client, serve, monkeypatch, settings):
    settings.COPPER_MAX_CONCURRENCY = 1
    monkeypatch.setattr(lookup, "BUDGET", 0.2)
    serve([made(number) for number in range(900)], latency=0.06)
    client.get(PAGE)
    first = client.post(PAGE, {"references": "R-899", "token": "a-token-of-its-own-01", **DAY}, headers=HTMX)
    address = first["HX-Push-Url"]
    opened = client.get(address)
    never_missing(opened)
    assert "data-running" in first.content.decode()
    assert "data-running" not in opened.content.decode()  # nobody pressed anything
    assert "so far, searched back to" in text_of(opened)
    response = first
    while "data-running" in response.content.decode():
        sent = {"state": state(response), "result": value(response, "result"), "do": "go_on"}
        response = client.post(PAGE, sent, headers=HTMX)
        assert response["HX-Replace-Url"] == address
        assert "HX-Push-Url" not in response
        assert lines(client.get(address)) == lines(response)
    assert lines(client.get(address))[0][1] == "found"
    old = {"state": state(first), "result": value(first, "result"), "do": "go_on"}
    monkeypatch.setattr(lookup.Lookup, "look", lambda *_, **__: None)
    client.post(PAGE, old, headers=HTMX)  # from a tab that was left behind
    assert lines(client.get(address))[0][1] == "found"
    assert KeptLookup.objects.count() == 1


def test_a_kept_result_is_gone_on_with_and_taken_away(browser):
    page = browser.get(press(browser, "R-3", "none")["Location"])
    file = go_on(browser, page, "download")
    assert file["Content-Disposition"].startswith("attachment")
    further = browser.post(
        PAGE, {"state": state(page), "result": value(page, "result"), "do": "further", "token": "a-token-of-its-own-01"}
    )
    assert further.status_code == 303
    assert "Searched to the end: from Tue 20 Oct 2026" in text_of(browser.get(further["Location"]))


def test_others_and_later_sessions_of_the_same_person_get_404_in_words(client, serve, django_user_model):
    serve([made(3)])
    anna = django_user_model.objects.create_superuser("anna")
    client.force_login(anna)
    client.get(PAGE)
    address = press(client, "R-3")["Location"]
    assert client.get(address).status_code == 200
    for who in (django_user_model.objects.create_superuser("ben"), anna, None):
        other = Client()
        if who:
            other.force_login(who)
        answer = other.get(address)
        assert answer.status_code == 404
        assert "This result is not kept, or no longer." in text_of(answer)
        assert "until they log out, for at most 12 hours, and of each person the newest 10." in text_of(answer)
        assert lines(answer) == []


def test_it_goes_when_the_session_ends(client, serve, django_user_model):
    serve([made(3)])
    client.force_login(django_user_model.objects.create_superuser("anna"))
    client.get(PAGE)
    address = press(client, "R-3")["Location"]
    no_list(client)
    assert KeptLookup.objects.count() == 2
    client.post("/logout/")
    assert not KeptLookup.objects.exists()
    assert client.get(address).status_code in {302, 404}


def test_it_is_kept_for_some_hours_and_of_each_session_the_newest(browser, settings, monkeypatch):
    addresses = [press(browser, "R-3")["Location"] for _ in range(11)]
    assert [browser.get(address).status_code for address in addresses] == [404] + [200] * 10
    other = Client()
    other.get(PAGE)
    monkeypatch.setattr(kept, "IN_ALL", 4)
    others = press(other, "R-3")["Location"]
    assert [browser.get(address).status_code for address in addresses[1:]] == [404] * 7 + [200] * 3
    assert other.get(others).status_code == 200
    one = KeptLookup.objects.order_by("at").last()
    KeptLookup.objects.update(at=one.at - timedelta(hours=settings.SESSION_MAX_HOURS))
    assert other.get(others).status_code == 404
    press(other, "R-3")
    assert KeptLookup.objects.count() == 1


def test_a_database_that_takes_nothing_costs_the_address_alone(browser, monkeypatch):
    def full(**_: object) -> None:
        raise OperationalError("full")

    monkeypatch.setattr(KeptLookup.objects, "create", full)
    answer = press(browser, "R-3")
    assert answer.status_code == 200
    assert lines(answer)[0][1] == "found"
    assert "Not kept: it is in this page alone." in text_of(answer)


def test_a_failure_is_the_answer_itself_and_what_was_asked_is_kept(browser, serve):
    from copper_sandbox import Fault

    serve([made(3)]).script(lambda asked: Fault(status=500))
    answer = press(browser, "R-3")
    assert answer.status_code == 502
    kept_page = browser.get(answer["Content-Location"])
    assert "Nothing is searched yet" in text_of(kept_page)
    assert "R-3</textarea>" in kept_page.content.decode()


# --- what was sent stays after an error ---------------------------------------------------------------------------------------

TABLE = b"guest;bill no;table\r\nAnna;R-3;1\r\nBen;none;2\r\n"


def no_list(browser: Client, content: bytes = TABLE, **fields: object):
    """Upload a table of which it is not known which column is meant."""
    file = SimpleUploadedFile("day.csv", content)
    return browser.post(
        PAGE, {"references": "", "file": file, "token": "a-token-of-its-own-01", **DAY, **fields}, headers=HTMX
    )


def options(response) -> list[str]:
    menu = re.search(r'<select name="column".*?</select>', response.content.decode(), re.DOTALL)
    return re.findall(r'<option value="(.*?)"', menu[0]) if menu else []


@pytest.mark.parametrize("column", ["", "bill"])
def test_a_file_stays_and_its_columns_are_offered(browser, column):
    refused = no_list(browser, column=column)
    assert refused.status_code == 400
    assert options(refused) == ["", "guest", "bill no", "table", "1st column", "2nd column", "3rd column"]
    assert "“day.csv” is still here" in text_of(refused)
    sent = {"references": "", "column": "bill no", "kept_file": value(refused, "kept_file"), **DAY}
    assert [line[:2] for line in lines(browser.post(PAGE, sent))] == [("R-3", "found"), ("none", "missing")]


def test_a_file_that_stays_is_kept_once_and_its_end_is_still_what_it_is(browser):
    refused = no_list(browser)
    sent = {"references": "", "column": "", "kept_file": value(refused, "kept_file"), **DAY}
    again = browser.post(PAGE, sent)
    assert options(again) == ["", "guest", "bill no", "table", "1st column", "2nd column", "3rd column"]
    assert value(again, "kept_file") == value(refused, "kept_file")
    assert KeptLookup.objects.count() == 1


def test_what_is_pasted_or_chosen_goes_before_a_file_that_stays(browser):
    id_ = value(no_list(browser), "kept_file")
    assert lines(browser.post(PAGE, {"references": "R-4", "kept_file": id_, **DAY}))[0][:2] == ("R-4", "found")
    other = SimpleUploadedFile("b.csv", b"reference\r\nR-5\r\n")
    sent = {"references": "", "file": other, "kept_file": id_, **DAY}
    assert lines(browser.post(PAGE, sent))[0][:2] == ("R-5", "found")


def test_a_file_of_another_session_is_not_read(browser):
    id_ = value(no_list(browser), "kept_file")
    other = Client()
    other.get(PAGE)
    answer = other.post(PAGE, {"references": "", "column": "bill no", "kept_file": id_, **DAY})
    assert answer.status_code == 400
    assert "Paste the references here, or choose a file." in text_of(answer)


def test_a_pasted_table_stays_and_its_columns_are_offered(browser):
    pasted = "guest\tbill no\tbill no\r\nAnna\tR-3\tx"
    refused = press(browser, pasted, column="bil")
    assert options(refused) == ["", "guest", "1st column", "2nd column", "3rd column"], "of two alike none can be meant"
    assert f"{pasted}</textarea>" in refused.content.decode()
    assert not KeptLookup.objects.exists()


def test_nothing_is_kept_of_what_is_no_text_or_empty(browser):
    for content in (b"PK\x03\x04", b"", b"\r\n \r\n"):
        refused = no_list(browser, content)
        assert refused.status_code == 400
        assert "kept_file" not in refused.content.decode()
    assert not KeptLookup.objects.exists()


def test_a_large_file_stays(browser):
    content = b"guest;bill no\r\n" + b"".join(b"%0600d;R-%d\r\n" % (number, number) for number in range(4_500))
    refused = no_list(browser, content)
    sent = {"references": "", "column": "bill no", "kept_file": value(refused, "kept_file"), **DAY}
    assert len(lines(browser.post(PAGE, sent))) == 4_500


def test_it_says_for_how_long_it_is_kept(browser, settings, django_user_model):
    address = press(browser, "R-3").url
    assert "For this browser alone, for 12 hours." in text_of(browser.get(address))
    settings.LOGIN_REQUIRED = True
    boss = django_user_model.objects.create_superuser("boss")
    browser.force_login(boss, backend="dashboard.identity.backends.Accounts")
    assert "For you alone, until you log out." in text_of(browser.get(press(browser, "R-3").url))
