"""What nobody sees makes no difference, on either side, and is said; what is nearly the same is named, not counted."""

import pytest

from tests.pages.conftest import made
from tests.tickets_app.lookup.reading import PAGE, download, go_on, lines, look_up, text_of
from tickets_app.lookup import answers, lookup

pytestmark = pytest.mark.usefixtures("quick")

HELD = ["R-4  ", "  R-4", "\tR-4\n", "R-4\u200b", "\ufeffR-4", "R\u200b-4", "\u202aR-4\u202c", "R-4\u00a0", "R-\u00ad4"]


@pytest.mark.parametrize("typed", ["R-4", "R-4  ", "\u200bR-4", "R-4\u00a0", "R\ufeff-4", "\u2068R-4\u2069"], ids=ascii)
@pytest.mark.parametrize("held", ["R-4", *HELD], ids=ascii)
def test_what_nobody_can_see_makes_no_difference_on_either_side(client, serve, held, typed):
    serve([made(1, reference=held), made(2)])
    response = look_up(client, [typed])
    assert [line[1:] for line in lines(response)] == [("found", "Found", ["tkt_00001"])]
    assert ("in Copper: “" in text_of(response)) == (held not in {"R-4", typed.strip()})
    assert ("in the line: “" in text_of(response)) == (typed.strip() not in {"R-4", held})


def test_a_space_that_does_not_break_is_a_space(client, serve):
    serve([made(1, reference="Table\u00a04"), made(2, reference="Bar 7")])
    response = look_up(client, ["Table 4", "Bar\u00a07"])
    assert [line[1] for line in lines(response)] == ["found", "found"]
    assert "in Copper: “Table‹U+00A0›4”" in text_of(response)
    assert "in the line: “Bar‹U+00A0›7”" in text_of(response)


def test_the_row_and_the_file_say_where_the_text_differs(client, serve):
    serve([made(1, reference="R-4  "), made(2, reference="R-4"), made(3, reference="x")])
    response = look_up(client, ["R-4", "tkt_00003\u200b", "x"])
    assert [line[2] for line in lines(response)] == ["Found 2 times", "Found", "Found"]
    assert text_of(response).count("in Copper: “R-4␣␣”") == 1
    rows = download(client, response)
    assert [row[-2] for row in rows] == ["remarks", "in Copper: “R-4␣␣”", "in the line: “tkt_00003‹U+200B›”", ""]


NEARLY = [
    ("Cafe\u0301 4", "Café 4", "the same letters in other codes"),
    ("Café 4", "Cafe\u0301 4", "the same letters in other codes"),
    ("r-1", "R-1", "other capitals"),
    ("00417", "417", "other zeros before it"),
    ("R–1", "R-1", "other signs, spaces or capitals"),
    ("Ｒ-1", "R-1", "other signs, spaces or capitals"),
    ("r-1 ", "R-1", "other capitals"),
]


@pytest.mark.parametrize(("held", "typed", "how"), NEARLY)
def test_what_is_nearly_the_same_is_named_and_not_counted(client, serve, held, typed, how):
    serve([made(1, reference=held), made(2, reference="other")])
    response = look_up(client, [typed])
    assert lines(response) == [(typed, "missing", "Not found", [])]
    assert f"Nearly: “{held.replace(' ', '␣') if held[-1] == ' ' else held}” ({how})" in text_of(response)
    assert 'data-nearly-id="tkt_00001"' in response.content.decode()
    assert "1 not found (1 nearly)." in text_of(response)
    row = download(client, response)[1]
    assert row[1:4] == ["Not found", "0", ""]
    assert row[-2].startswith("nearly: “")
    assert row[-2].endswith(f"({how}) tkt_00001")


def test_what_is_found_after_all_is_not_nearly(client, serve):
    serve([made(1, reference="r-9"), made(2, reference="R-9"), made(3, reference="r-9")])
    response = look_up(client, ["R-9", "TKT_00001"])
    assert [line[1:] for line in lines(response)] == [("found", "Found", ["tkt_00002"]), ("missing", "Not found", [])]
    assert text_of(response).count("Nearly:") == 1
    assert "Nearly: “tkt_00001” (other capitals)" in text_of(response)


def test_lines_that_look_the_same_have_one_answer_and_each_its_row(client, serve):
    serve([made(1)])
    assert [line[:2] for line in lines(look_up(client, ["R-1", "R-1\u200b", "R-1"]))] == [
        ("R-1", "found"),
        ("R-1\u200b", "found"),
        ("R-1", "found"),
    ]


def test_of_many_that_are_nearly_it_a_few_are_named(client, serve):
    serve([made(number, reference="same") for number in range(20)])
    response = look_up(client, ["SAME"])
    assert response.content.count(b"data-nearly-id") == answers.MAX_NEARLY
    assert "Nearly: and 17 more" in text_of(response)


def test_what_is_known_goes_on_in_the_page(client, serve, monkeypatch, settings):
    settings.COPPER_MAX_CONCURRENCY = 1
    monkeypatch.setattr(lookup, "BUDGET", 0.0)
    serve([made(0, reference="r-1"), *(made(number, reference="x ") for number in range(2, 2000))])
    response = look_up(client, ["R-1", "x"])
    assert "Searched to the end" not in text_of(response)
    while "Searched to the end" not in text_of(response):
        response = go_on(client, response)
    assert "Nearly: “r-1” (other capitals)" in text_of(response)
    assert [line[2] for line in lines(response)] == ["Not found", "Found 1,998 times"]
    assert 'href="/tickets/?search_query=x%20&amp;' in response.content.decode(), "as Copper has it"


def test_a_result_of_before_is_refused_in_words(client, serve):
    from django.core import signing

    serve([made(1)])
    response = look_up(client, ["R-1"])
    from tests.tickets_app.lookup.reading import state
    from tickets_app.long_runs.progress import owner_of

    salt = f"lookup-{owner_of(response.wsgi_request)}"
    known = signing.loads(state(response), salt=salt)
    for found in ({"R-1": [1, []]}, {"12345": [1, []]}, [[7, 1, [], 0, []]], [["0", 1, [], 0, []]]):
        old = signing.dumps(known | {"found": found}, salt=salt, compress=True)
        assert client.post(PAGE, {"do": "go_on", "state": old}).status_code == 400


def test_of_many_that_are_nearly_the_same_a_few_are_named_and_the_rest_counted(client, serve):
    serve([made(number, reference="r-1") for number in range(5)])
    response = look_up(client, ["R-1"])
    assert response.content.decode().count("data-nearly-id=") == 3
    row = download(client, response)[1]
    assert row[-2].count("nearly: “r-1”") == 3
    assert "nearly: and 2 more" in row[-2]


@pytest.mark.parametrize("odd", ["\0", "\t", "\n"])
def test_the_rest_of_many_has_no_link_where_their_list_could_not_be_asked_for(client, serve, odd):
    """Copper has the reference with a sign that no address may hold: what would be led to is a refusal."""
    serve([made(number, reference=f"x{odd}") for number in range(10)])
    page = look_up(client, ["x"]).content.decode()
    assert "and 5 more" in page
    assert "search_query=x" not in page
